"""What one connection may take, and what a client sees that takes more."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import threading
from typing import Any

import httpx
import pytest

from mock_server.app import create_app
from mock_server.server import Limits
from mock_server.server.uvicorn_server import BackgroundServer
from mock_server.settings import Settings
from tests.helpers.proxied import Pass
from tests.helpers.running import (
    SECONDS,
    Answer,
    Mock,
    Serve,
    Wire,
    json_of,
    request,
    thing,
    until,
)

JSON = "content-type: application/json"
OK = {"200": json_of(True, example="ok")}
ECHO = thing({"200": json_of(True)}, "post", requestBody=json_of(True))
HANDLER = "def thing(body): return body"
GET = b"GET /thing HTTP/1.1\r\nhost: mock\r\n\r\n"
SHORT = 0.2
# Longer than any test takes.
LONG = 1_000.0


def problem(answer: Answer) -> Any:
    document = json.loads(answer.body)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["connection"] == "close"
    assert document["status"] == answer.status
    return document


def head(size: int, *, line: str = "GET /thing HTTP/1.1") -> bytes:
    """Return a head of exactly so many bytes."""
    start = f"{line}\r\nHost: mock\r\nX-Long: ".encode()
    return start + b"x" * (size - len(start) - 4) + b"\r\n\r\n"


# The head


@pytest.mark.parametrize("limit", [1_000, 65_536])
def test_a_head_may_be_so_long_and_no_longer(serve: Serve, limit: int) -> None:
    mock = serve(thing(OK), head_limit=limit)
    with mock.wire() as wire:
        wire.send(head(limit))
        assert wire.answer("GET").status == 200
        wire.send(head(limit + 1))
        answer = wire.answer("GET")
        assert answer.status == 431
        assert problem(answer)["detail"] == (
            f"The head of the request is larger than {limit} bytes; --head-limit sets the limit."
        )
        assert wire.socket.recv(1) == b""


def test_a_long_target_counts_as_part_of_the_head(serve: Serve) -> None:
    with serve(thing(OK), head_limit=1_000).wire() as wire:
        wire.send(b"GET /%b HTTP/1.1\r\nhost: mock\r\n\r\n" % (b"x" * 1_000))
        assert wire.answer("GET").status == 431


@pytest.mark.parametrize("start", [b"x-a: ", b"x-", b""], ids=["a value", "a name", "many"])
def test_a_head_that_never_ends_is_refused_while_it_comes(serve: Serve, start: bytes) -> None:
    mock = serve(thing(OK))
    piece = b"x" * 8_192 if start else b"x: 1\r\n" * 1_000
    with mock.wire() as wire:
        wire.send(b"GET /thing HTTP/1.1\r\nhost: mock\r\n" + start)
        for _ in range(20):
            wire.send(piece)
        assert wire.answer("GET").status == 431


@pytest.mark.parametrize("size", [100_000, 150_000, 200_000])
def test_nothing_of_what_comes_with_a_head_that_is_too_long_is_served(
    serve: Serve, size: int
) -> None:
    mock = serve(thing(OK))
    with mock.wire() as wire:
        wire.send(head(size) + GET * 3)
        assert wire.answer("GET").status == 431
        assert wire.socket.recv(1) == b""
    assert mock.exchanges == []


@pytest.mark.parametrize("number", [10, 200])
def test_a_head_may_have_so_many_fields_and_no_more(serve: Serve, number: int) -> None:
    mock = serve(thing(OK), field_limit=number)
    with mock.wire() as wire:
        fields = b"x: 1\r\n" * (number - 1)
        wire.send(GET.replace(b"\r\n\r\n", b"\r\n" + fields + b"\r\n"))
        assert wire.answer("GET").status == 200
        wire.send(GET.replace(b"\r\n\r\n", b"\r\nx: 2\r\n" + fields + b"\r\n"))
        answer = wire.answer("GET")
    assert answer.status == 431
    assert f"more than {number} header fields; --field-limit" in problem(answer)["detail"]


@pytest.mark.parametrize(
    "part",
    [b"0\r\n" + b"x-trailer: 1\r\n" * 10_000, b"1;" + b"x" * 150_000],
    ids=["trailers", "chunk extensions"],
)
def test_what_stands_between_the_bytes_of_a_body_is_bounded_too(serve: Serve, part: bytes) -> None:
    mock = serve(ECHO, handlers=HANDLER)
    with mock.wire() as wire:
        wire.send(request("/thing", b"", JSON, "transfer-encoding: chunked", length=False))
        wire.send(part)
        assert wire.answer().status == 431


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        (b"", "The request has no Host; HTTP/1.1 asks for one."),
        (b"host: a\r\nhost: a\r\n", "The request has more than one Host; expected one."),
        (b"Host: a\r\nx: 1\r\nHOST: b\r\n", "The request has more than one Host; expected one."),
    ],
)
def test_a_request_is_for_one_host(serve: Serve, fields: bytes, detail: str) -> None:
    with serve(thing(OK)).wire() as wire:
        wire.send(b"GET /thing HTTP/1.1\r\n%b\r\n" % fields + GET)
        answer = wire.answer("GET")
        assert (answer.status, problem(answer)["detail"]) == (400, detail)
        assert wire.socket.recv(1) == b""


@pytest.mark.parametrize(
    "head", [b"GET /thing HTTP/1.0\r\n\r\n", b"GET /thing HTTP/1.1\r\nhost:\r\n\r\n"]
)
def test_a_client_that_knows_no_host_needs_none(serve: Serve, head: bytes) -> None:
    with serve(thing(OK)).wire() as wire:
        wire.send(head)
        assert wire.answer("GET").status == 200


# Methods


@pytest.mark.parametrize("method", ["BREW", "COPY", "PROPFIND", "UNLINK", "x-any"])
@pytest.mark.parametrize("path", ["/thing", "/nowhere", "/openapi.json", "/_mock/seed"])
def test_a_method_that_no_path_could_have_is_501(serve: Serve, method: str, path: str) -> None:
    with serve(thing(OK)).wire() as wire:
        wire.send(f"{method} {path} HTTP/1.1\r\nhost: localhost\r\n\r\n".encode())
        answer = wire.answer()
    assert answer.status == 501
    assert f"method {method}" in json.loads(answer.body)["detail"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY"])
@pytest.mark.parametrize("path", ["/thing", "/openapi.json"])
def test_a_method_that_another_path_could_have_is_405_with_those_allowed(
    serve: Serve, method: str, path: str
) -> None:
    reply = serve(thing(OK)).client.request(method, path)
    assert (reply.status_code, reply.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_a_method_that_one_path_has_is_405_on_the_others(serve: Serve) -> None:
    copied = {"additionalOperations": {"COPY": {"responses": OK}}}
    mock = serve({"openapi": "3.2.0", "/copied": copied, **thing(OK)})
    statuses = [mock.client.request("COPY", path).status_code for path in ("/copied", "/thing")]
    assert statuses == [200, 405]


# Time


def test_half_a_head_is_waited_for_so_long(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    mock = serve(thing(OK), head_timeout=SHORT, idle_timeout=LONG, body_timeout=LONG)
    with mock.wire() as wire:
        wire.send(GET[:-2])
        assert wire.socket.recv(1) == b""
    assert "head took over 0.2 s" in caplog.text
    assert list(mock.exchanges) == []


def test_the_time_for_a_head_is_not_prolonged_by_each_byte(serve: Serve) -> None:
    mock = serve(thing(OK), head_timeout=SHORT, idle_timeout=LONG)
    ended = threading.Event()
    with mock.wire() as wire:

        def drip() -> None:
            try:
                wire.send(b"GET /thing HTTP/1.1\r\n")
                while not ended.wait(0.01):
                    wire.send(b"x: 1\r\n")
            except OSError:
                pass

        dripping = threading.Thread(target=drip)
        dripping.start()
        assert wire.ended()
        ended.set()
        dripping.join()


def test_the_second_head_of_a_connection_has_as_much_time(serve: Serve) -> None:
    mock = serve(thing(OK), head_timeout=SHORT, idle_timeout=LONG)
    with mock.wire() as wire:
        wire.send(GET + GET[:10])
        assert wire.answer("GET").status == 200
        assert wire.socket.recv(1) == b""


@pytest.mark.parametrize(
    "sent",
    [
        request("/thing", b"[1, 2]", JSON)[:-3],
        request("/thing", b"", JSON, "transfer-encoding: chunked", length=False) + b"2\r\n[",
    ],
    ids=["with a length", "in chunks"],
)
def test_the_rest_of_a_body_is_waited_for_so_long(serve: Serve, sent: bytes) -> None:
    mock = serve(ECHO, handlers=HANDLER, body_timeout=SHORT, idle_timeout=LONG)
    with mock.wire() as wire:
        wire.send(sent)
        answer = wire.answer()
        assert answer.status == 408
        assert problem(answer)["detail"] == (
            "Nothing came of the body for 0.2 s; --body-timeout sets the limit."
        )
        assert wire.socket.recv(1) == b""
    until(lambda: mock.exchanges, "the exchange is in the journal")
    assert [e.reply and e.reply.status for e in mock.exchanges] == [408]


def test_a_body_that_comes_slowly_but_comes_is_read(serve: Serve) -> None:
    mock = serve(ECHO, handlers=HANDLER, body_timeout=2.0, head_timeout=LONG, idle_timeout=0.1)
    whole = request("/thing", b'"' + b"x" * 10 + b'"', JSON)
    pause = threading.Event()
    with mock.wire() as wire:
        wire.send(whole[:-10])
        for byte in whole[-10:]:
            pause.wait(0.25)
            wire.send(bytes([byte]))
        assert wire.answer().body == b'"xxxxxxxxxx"'


async def reluctant(scope: Any, receive: Any, send: Any) -> None:
    """Return an application that waits before it reads each part of a body."""
    more, size = True, 0
    while more:
        await asyncio.sleep(0.3)
        message = await receive()
        more, size = message["more_body"], size + len(message["body"])
    body = b"%d" % size
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-length", b"%d" % len(body))],
        }
    )
    await send({"type": "http.response.body", "body": body})


def test_a_client_that_waits_to_be_asked_for_its_body_is_not_late() -> None:
    server = BackgroundServer(reluctant, limits=Limits(body_seconds=0.1))
    with server, wire_to(server) as wire:
        wire.send(request("/", b"", "expect: 100-continue", "content-length: 3", length=False))
        assert wire._until(b"\r\n\r\n") == b"HTTP/1.1 100 Continue"
        wire.send(b"abc")
        assert wire.answer().body == b"3"


def test_a_client_whose_body_is_read_slowly_is_not_late() -> None:
    server = BackgroundServer(reluctant, limits=Limits(body_seconds=0.1))
    with server, wire_to(server) as wire:
        sending = threading.Thread(target=wire.send, args=[request("/", b"x" * 1_000_000)])
        sending.start()
        assert wire.answer().body == b"1000000"
        sending.join()


def test_a_connection_may_be_idle_so_long(serve: Serve) -> None:
    mock = serve(thing(OK), idle_timeout=SHORT, head_timeout=LONG)
    with mock.wire() as fresh, mock.wire() as used:
        used.send(GET)
        assert used.answer("GET").status == 200
        assert fresh.socket.recv(1) == b""
        assert used.socket.recv(1) == b""


WAITING = """\
import asyncio

async def thing():
    await asyncio.sleep(0.5)
    return "late"
"""


def test_a_request_that_is_being_answered_has_all_the_time(serve: Serve) -> None:
    limits: Any = {"idle_timeout": SHORT, "head_timeout": SHORT, "body_timeout": SHORT}
    mock = serve(thing({"200": json_of(True)}), handlers=WAITING, **limits)
    with mock.wire() as wire:
        wire.send(GET)
        assert wire.answer("GET").body == b'"late"'
        wire.send(GET + GET[:10])  # half a head behind one that is answered
        assert wire.answer("GET").body == b'"late"'
        assert wire.socket.recv(1) == b""


# Many requests at once


def test_a_client_that_sends_much_and_reads_nothing_delays_nobody_and_fills_nothing(
    serve: Serve,
) -> None:
    paths = thing({"200": json_of(True, example="x" * 10_000)})
    mock = serve(paths, journal_size=10)
    with mock.wire() as wire:
        wire.socket.settimeout(0.5)
        sent = 0
        try:
            while sent < 64 * 2**20:
                sent += wire.socket.send(GET * 1_000)
        except TimeoutError:
            pass
        # What the kernel buffers on both sides is most of it.
        assert sent < 32 * 2**20
        assert mock.get().status_code == 200
        connections: set[Any] = mock.server._server.server_state.connections
        until(lambda: any(c.flow.write_paused for c in connections), "it can send no more")
        (connection,) = [c for c in connections if c.flow.write_paused]
        assert len(connection.pipeline) < 500
        assert len(connection._held) < 2**20


def test_requests_that_are_read_late_are_all_answered(serve: Serve) -> None:
    mock = serve(thing({"200": json_of(True, example="x" * 10_000)}))
    with mock.wire() as wire:
        sending = threading.Thread(target=wire.send, args=[GET * 5_000])
        sending.start()
        assert {wire.answer("GET").status for _ in range(5_000)} == {200}
        sending.join()


def test_what_is_refused_has_the_replies_before_it(serve: Serve) -> None:
    mock = serve(thing({"200": json_of(True)}), handlers=WAITING)
    with mock.wire() as wire:
        wire.send(GET + GET.replace(b"host: mock\r\n", b"") + GET)
        assert [wire.answer("GET").status for _ in range(2)] == [200, 400]
        assert wire.socket.recv(1) == b""


def test_what_is_no_http_behind_a_request_leaves_its_reply_alone(serve: Serve) -> None:
    with serve(thing(OK)).wire() as wire:
        wire.send(GET + b"\x00\x01\r\n\r\n")
        assert [wire.answer("GET").status for _ in range(2)] == [200, 400]


def test_a_body_that_stops_being_one_is_refused(serve: Serve) -> None:
    mock = serve(ECHO, handlers=HANDLER)
    with mock.wire() as wire:
        wire.send(request("/thing", b"", JSON, "transfer-encoding: chunked", length=False))
        wire.send(b"2\r\n[1\r\nxyz\r\n")
        assert wire.answer().status == 400
    until(lambda: mock.exchanges, "the exchange is in the journal")
    assert [e.reply for e in mock.exchanges] == [None]


# A body that is too large


@pytest.mark.parametrize("megabytes", [1, 20])
def test_a_client_that_sends_all_before_it_reads_sees_why_it_was_too_much(
    serve: Serve, megabytes: int
) -> None:
    mock = serve(ECHO, body_limit=1_000)
    with mock.wire() as wire:
        wire.send(request("/thing", b"x" * megabytes * 2**20, JSON))
        assert wire.answer().status == 413
        assert wire.socket.recv(1) == b""


def limited(mock_settings: dict[str, Any], limits: Limits, tmp_path: Any) -> BackgroundServer:
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps({"openapi": "3.1.0", "info": {"title": "T", "version": "1"},
                                "paths": ECHO}))  # fmt: skip
    return BackgroundServer(
        create_app(Settings(document=path, reload=False, **mock_settings)), limits=limits
    )


def wire_to(server: BackgroundServer) -> Wire:
    url = httpx.URL(server.url)
    return Wire(socket.create_connection((url.host, url.port or 80), SECONDS))


@pytest.mark.parametrize(
    "limits",
    [
        Limits(linger_seconds=SHORT, quiet_seconds=LONG),
        Limits(linger_seconds=LONG, quiet_seconds=SHORT),
    ],
    ids=["in all", "without a byte"],
)
def test_what_still_comes_is_thrown_away_for_so_long(limits: Limits, tmp_path: Any) -> None:
    with limited({"body_limit": 10}, limits, tmp_path) as server, wire_to(server) as wire:
        wire.send(request("/thing", b"", JSON, "content-length: 1000", length=False) + b"x" * 20)
        assert wire.answer().status == 413
        assert wire.socket.recv(1) == b""  # nothing more comes, but the connection stands
        connections = server._server.server_state.connections
        until(lambda: not connections, "the connection has ended")


def test_a_server_that_ends_doesn_t_wait_for_what_is_thrown_away(tmp_path: Any) -> None:
    limits = Limits(linger_seconds=LONG, quiet_seconds=LONG)
    with limited({"body_limit": 10}, limits, tmp_path) as server, wire_to(server) as wire:
        wire.send(request("/thing", b"", JSON, "content-length: 1000", length=False) + b"x" * 20)
        assert wire.answer().status == 413


def test_of_what_still_comes_so_much_is_thrown_away(tmp_path: Any) -> None:
    limits = Limits(linger_seconds=LONG, quiet_seconds=LONG, linger_bytes=100_000)
    with limited({"body_limit": 10}, limits, tmp_path) as server, wire_to(server) as wire:
        wire.send(request("/thing", b"", JSON, f"content-length: {2**40}", length=False))
        assert wire.answer().status == 413
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            while True:
                wire.send(b"x" * 65_536)


# In the proxy


def test_the_proxy_has_the_same_limits(proxy: Pass) -> None:
    passed = proxy(thing(OK), "http://127.0.0.1:1", head_limit=1_000, body_timeout=SHORT)
    with passed.proxy.wire() as wire:
        wire.send(head(1_001))
        answer = wire.answer("GET")
    assert (answer.status, "date" in answer.headers) == (431, True)


def test_the_proxy_writes_down_who_was_too_slow(proxy: Pass) -> None:
    passed = proxy(ECHO, "http://127.0.0.1:1", body_timeout=SHORT, enforce=True)
    with passed.proxy.wire() as wire:
        wire.send(request("/thing", b"[1, 2]", JSON)[:-3])
        assert wire.answer().status == 408
    until(lambda: passed.proxy.exchanges, "the exchange is in the journal")
    assert [e.reply and e.reply.status for e in passed.proxy.exchanges] == [408]


def test_other_clients_are_served_meanwhile(serve: Serve) -> None:
    mock: Mock = serve(ECHO, handlers=HANDLER)
    with mock.wire() as half, mock.wire() as other:
        half.send(request("/thing", b"[1]", JSON)[:-1])
        other.send(GET[:-1])
        assert mock.post(json=1).status_code == 200
        half.send(b"]")
        assert half.answer().body == b"[1]"
