"""Lines for curl, run by sh: what arrives is the request that was to be sent."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

import pytest

from mock_server.http_messages.curl import curl_line
from mock_server.http_messages.messages import Request

SECONDS = 30
JSON = {b"content-type": b"application/json"}


class Arrived(NamedTuple):
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class Listener(NamedTuple):
    """A server of Python's own that keeps what arrives."""

    url: str
    arrived: list[Arrived]

    def sent(self, line: str, shell: str = "sh") -> Arrived:
        """Return what arrives when that line is run."""
        done = subprocess.run([shell, "-c", line], capture_output=True, timeout=SECONDS)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(b"HTTP/1.0 204 ")
        return self.arrived.pop()


@pytest.fixture
def listener() -> Iterator[Listener]:
    arrived: list[Arrived] = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            arrived.append(Arrived(self.command, self.path, headers, body))
            self.send_response(204)
            self.end_headers()

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = answer
        do_QUERY = answer

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield Listener(f"http://127.0.0.1:{server.server_port}", arrived)
        server.shutdown()
        thread.join()


def asked(method: str = "POST", path: str = "/a", query: str = "", body: bytes = b"") -> Request:
    return Request(method, path, query, JSON if body else {}, body)


REQUESTS = {
    "GET": asked("GET"),
    "GET with a body": asked("GET", body=b"{}"),
    "HEAD": asked("HEAD"),
    "DELETE": asked("DELETE"),
    "OPTIONS": asked("OPTIONS"),
    "QUERY with a body": asked("QUERY", body=b"{}"),
    "POST without a body": asked("POST"),
    "POST": asked(body=b'{"a": 1}'),
    "PUT": asked("PUT", body=b"[]"),
    "a query": asked("GET", query="a=1&b=%20&c"),
    "brackets in the query": asked("GET", query="a[b]=1&c={d}"),
    "braces in the path": asked("GET", "/a{b}/[1-3]"),
    "steps in the path": asked("GET", "/a/../b/./c"),
    "encoded steps in the path": asked("GET", "/a/%2e%2E/b"),
    "what sh would expand": asked("GET", "/a$HOME/`id`/'b'", "a=$(id)&b=!!;c"),
    "quotes in the body": asked(body=b"""{"it's": "\\"$HOME\\" `id`"}"""),
    "a body like a file's name": asked(body=b"@/etc/hostname"),
    "a body like an option": asked(body=b"-d"),
    "text beyond ASCII": asked(body="„Grüße“ \N{GRINNING FACE}".encode()),
    "line breaks": asked(body=b"a\r\nb\n\tc\n"),
    "like an option, in bytes": asked(body=b"--boundary\r\n%s \\n 'x'\r\n--boundary--\r\n"),
    "every byte": asked(body=bytes(range(256)) + b"123"),
    "a digit behind a byte": asked(body=b"\x007\x01\xff0"),
}


@pytest.mark.parametrize("shell", ["sh", "bash"])
@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_what_arrives_is_what_was_to_be_sent(
    request_: Request, shell: str, listener: Listener
) -> None:
    line = curl_line(request_, listener.url)
    assert "\n" not in line
    target = request_.path + ("?" if request_.query else "") + request_.query
    got = listener.sent(line, shell)
    assert (got.method, got.target, got.body) == (request_.method, target, request_.body)
    assert got.headers.get("content-type") == ("application/json" if request_.body else None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("prefer", 'code=404, example="it\'s \\"one\\""'),
        ("x-empty", ""),
        ("cookie", "a=1; b=$HOME"),
        ("content-type", "application/x-nothing"),
        ("accept", "application/xml"),
    ],
    ids=lambda given: given,
)
def test_a_header_arrives_as_it_was_to_be_sent(name: str, value: str, listener: Listener) -> None:
    request = Request("POST", "/", "", {name.encode(): value.encode()}, b"")
    assert listener.sent(curl_line(request, listener.url)).headers[name] == value


def test_a_body_without_a_type_arrives_without_one(listener: Listener) -> None:
    got = listener.sent(curl_line(Request("POST", "/", "", {}, b"a=1"), listener.url))
    assert ("content-type" in got.headers, got.body) == (False, b"a=1")


def test_an_empty_body_with_a_type_is_sent_as_one(listener: Listener) -> None:
    request = Request("POST", "/", "", {b"content-type": b"text/plain"}, b"")
    assert listener.sent(curl_line(request, listener.url)).headers["content-length"] == "0"


def test_the_usual_line_has_no_more_than_it_needs() -> None:
    assert curl_line(asked("GET"), "http://127.0.0.1:4010/") == "curl -i http://127.0.0.1:4010/a"
    assert curl_line(asked(body=b'{"a":1}'), "http://127.0.0.1:4010") == (
        "curl -i http://127.0.0.1:4010/a -H 'Content-Type: application/json' -d '{\"a\":1}'"
    )


@pytest.mark.parametrize(
    "request_",
    [
        asked(body=b"x" * 200_000),
        asked(body=b"\0" * 30_000),
        Request("GET", "/", "", {b"x-name": b"\xff"}, b""),
    ],
    ids=["a long body", "a body that grows long", "a header that sh would write otherwise"],
)
def test_what_no_line_can_send_is_refused(request_: Request) -> None:
    with pytest.raises(ValueError):
        curl_line(request_, "http://127.0.0.1")
