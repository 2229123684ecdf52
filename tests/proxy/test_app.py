"""The proxy in front of a real service: what it passes on, reports and refuses."""

from __future__ import annotations

import gzip
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.helpers.coverage import report_of
from tests.helpers.processes import serving
from tests.helpers.proxied import Pass, told
from tests.helpers.running import SECONDS, Serve, document_text, json_of, request, thing, until
from tests.helpers.service import Answer, Seen, Service, json_reply, reply

NAME = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
REX = b'{"name": "Rex"}'
WRONG = b'{"name": 5}'
GET = thing({"200": json_of(NAME), "404": json_of(NAME)})
POST = thing({"200": json_of(NAME)}, "post", requestBody=json_of(NAME))
ANYTHING: dict[str, Any] = {
    "/{name}": {
        method: {
            "operationId": method,
            "parameters": [{"name": "name", "in": "path", "required": True}],
            "responses": {"default": {"description": "anything", "content": {"*/*": {}}}},
            **({"requestBody": {"content": {"*/*": {}}}} if method in ("post", "put") else {}),
        }
        for method in ("get", "post", "put", "delete")
    }
}


def always(data: bytes) -> Answer:
    return lambda seen, connection: data


# What goes through


def test_a_reply_is_the_service_s_own(proxy: Pass) -> None:
    passed = proxy(
        GET, always(json_reply(REX, "X-Own: yes", "Date: Thu, 01 Jan 1970 00:00:00 GMT"))
    )
    got = passed.client.get("/thing")
    assert (got.status_code, got.content) == (200, REX)
    assert got.headers["x-own"] == "yes"
    assert got.headers.get_list("date") == ["Thu, 01 Jan 1970 00:00:00 GMT"]
    assert "mock-violations" not in got.headers


def test_a_request_goes_on_as_it_was_sent(proxy: Pass) -> None:
    passed = proxy(ANYTHING, always(json_reply(b"{}")), base="/v1/")
    with passed.proxy.wire() as wire:
        wire.send(
            b"PUT /a%2Fb;c=%7e?x=1&x=%20&y HTTP/1.1\r\nHost: proxy\r\nX-Two: 1\r\nAccept: a/b\r\n"
            b"x-two: 2\r\nConnection: X-Mine, keep-alive\r\nX-Mine: hop\r\nKeep-Alive: 5\r\n"
            b"TE: trailers\r\nCookie: a=1\r\nAuthorization: Bearer t\r\n"
            b"Content-Length: 3\r\n\r\nabc"
        )
        assert wire.answer().status == 200
    (seen,) = passed.service.seen
    assert (seen.method, seen.target, seen.body) == ("PUT", "/v1/a%2Fb;c=%7e?x=1&x=%20&y", b"abc")
    assert [(name.lower(), value) for name, value in seen.headers] == [
        ("host", f"127.0.0.1:{passed.service.port}"),
        ("x-two", "1"),
        ("accept", "a/b"),
        ("x-two", "2"),
        ("cookie", "a=1"),
        ("authorization", "Bearer t"),
        ("content-length", "3"),
        ("via", "1.1 mock-server"),
    ]


def test_repeated_headers_of_a_reply_stay_apart_and_in_order(proxy: Pass) -> None:
    answer = json_reply(
        REX, "Set-Cookie: b=2", "X-A: 1", "Set-Cookie: a=1; Path=/", "Connection: X-A", "Vary: *"
    )
    got = proxy(GET, always(answer)).client.get("/thing")
    assert got.headers.get_list("set-cookie") == ["b=2", "a=1; Path=/"]
    assert "x-a" not in got.headers
    assert got.headers["vary"] == "*"


def test_cookies_of_one_client_are_not_another_s(proxy: Pass) -> None:
    passed = proxy(GET, always(json_reply(REX, "Set-Cookie: a=1")))
    for _ in range(2):
        httpx.get(f"{passed.proxy.url}/thing")
    assert [seen.all("cookie") for seen in passed.service.seen] == [[], []]


def test_a_compressed_body_goes_through_as_it_is_and_is_checked(proxy: Pass) -> None:
    body = gzip.compress(WRONG)
    passed = proxy(GET, always(json_reply(body, "Content-Encoding: gzip")))
    with passed.client.stream("GET", "/thing") as got:
        assert b"".join(got.iter_raw()) == body
    assert got.headers["content-encoding"] == "gzip"
    assert told(got) == [("response", "body", "name")]


def test_a_compressed_request_goes_through_as_it_is_and_is_checked(proxy: Pass) -> None:
    passed, body = proxy(POST, always(json_reply(REX))), gzip.compress(WRONG)
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    got = passed.client.post("/thing", content=body, headers=headers)
    assert passed.service.seen[0].body == body
    assert told(got) == [("request", "body", "name")]


def test_a_redirect_is_left_to_the_client(proxy: Pass) -> None:
    passed = proxy(ANYTHING, always(reply(302, b"", "Location: /other")))
    got = passed.client.get("/thing")
    assert (got.status_code, got.headers["location"]) == (302, "/other")
    assert len(passed.service.seen) == 1


def test_head_brings_the_head_alone(proxy: Pass) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n"
    passed = proxy(GET, always(head))
    for _ in range(2):
        got = passed.client.head("/thing")
        assert (got.status_code, got.headers["content-length"], got.content) == (200, "15", b"")
    assert [seen.method for seen in passed.service.seen] == ["HEAD", "HEAD"]
    assert told(got) == []


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n",
        b"HTTP/1.1 304 Not Modified\r\nETag: x\r\nContent-Length: 15\r\n\r\n",
    ],
    ids=["204", "304", "304 with the length of what isn't sent"],
)
def test_a_reply_without_a_body_leaves_the_connection_usable(proxy: Pass, answer: bytes) -> None:
    passed = proxy(ANYTHING, always(answer))
    with passed.proxy.wire() as wire:
        for _ in range(2):
            wire.send(request("/thing", method="GET", length=False))
            assert wire.answer("HEAD").status == int(answer[9:12])


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 204 No Content\r\nContent-Length: 15\r\n\r\n",
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 15\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
    ids=["204", "304", "204 in chunks"],
)
def test_what_has_no_body_has_no_length_of_one(proxy: Pass, answer: bytes) -> None:
    passed = proxy(ANYTHING, always(answer))
    with passed.proxy.wire() as wire:
        for _ in range(2):
            wire.send(request("/thing", method="GET", length=False))
            head = wire.answer("HEAD")
            assert head.status == int(answer[9:12])
            assert not {"content-length", "transfer-encoding"} & set(head.headers)


BOTH = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 3\r\n"
    b"Transfer-Encoding: chunked\r\n\r\nf\r\n" + REX + b"\r\n0\r\n\r\n"
)


@pytest.mark.parametrize("enforce", [False, True])
def test_chunks_of_a_service_count_and_not_the_length_beside_them(
    proxy: Pass, enforce: bool
) -> None:
    passed = proxy(GET, always(BOTH), enforce=enforce)
    for _ in range(2):
        got = passed.client.get("/thing")
        assert (got.status_code, got.content) == (200, REX)
        assert got.headers.get("content-length") in (None, str(len(REX)))
    assert passed.service.connections == 1


def test_a_request_with_a_length_beside_its_chunks_does_not_go_on(proxy: Pass) -> None:
    passed = proxy(ANYTHING, always(json_reply(b"{}")))
    with passed.proxy.wire() as wire:
        wire.send(
            b"POST /thing HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"
        )
        assert wire.answer().status == 400
    assert passed.service.seen == []


@pytest.mark.parametrize(
    ("sent", "forwarded"),
    [([], "1.1 mock-server"), (["1.0 a", "1.1 b (x)"], "1.0 a, 1.1 b (x), 1.1 mock-server")],
    ids=["the first", "behind others"],
)
def test_via_names_the_proxy_in_both_directions(
    proxy: Pass, sent: list[str], forwarded: str
) -> None:
    answer = json_reply(REX, *(f"Via: {value}" for value in sent))
    passed = proxy(GET, always(answer))
    got = passed.client.get("/thing", headers=[("Via", value) for value in sent])
    assert passed.service.seen[0].all("via") == [forwarded]
    assert got.headers.get_list("via") == [forwarded]


def test_via_has_the_version_by_which_the_message_came(proxy: Pass) -> None:
    passed = proxy(GET, always(b"HTTP/1.0" + json_reply(REX)[8:]))
    with passed.proxy.wire() as wire:
        wire.send(b"GET /thing HTTP/1.0\r\n\r\n")
        assert wire.answer().headers["via"] == "1.0 mock-server"
    assert passed.service.seen[0].all("via") == ["1.0 mock-server"]


OURS = ["Mock-Source: handler", 'Mock-Violations: [{"location": ["a"]}]', "Sl-Violations: []",
        "Mock-Unchecked: request body", "mock-fault: 503"]  # fmt: skip


@pytest.mark.parametrize("enforce", [False, True])
def test_headers_of_the_service_are_not_taken_for_the_proxy_s_own(
    proxy: Pass, enforce: bool
) -> None:
    passed = proxy(GET, always(json_reply(REX, *OURS, "Mock: 1", "X-Mock-A: 1")), enforce=enforce)
    got = passed.client.get("/thing")
    ours = {name for name in got.headers if name.startswith("mock-") or name == "sl-violations"}
    assert ours == set()
    assert got.headers["upstream-mock-source"] == "handler"
    assert got.headers["upstream-sl-violations"] == "[]"
    assert (got.headers["mock"], got.headers["x-mock-a"]) == ("1", "1")
    kept = passed.last.reply
    assert kept is not None and (kept.source, kept.violations) == ("upstream", ())
    listed = passed.client.get("/_mock/exchanges").json()["exchanges"][0]["reply"]["headers"]
    assert not [name for name in listed if name.startswith("mock-")]


def test_chunked_bodies_go_through_both_ways(proxy: Pass) -> None:
    chunked = b"Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n"
    answer = b"HTTP/1.1 200 OK\r\n" + chunked + b'8\r\n{"name":\r\n8\r\n "Pol" }\r\n0\r\n\r\n'
    passed = proxy(POST, always(answer))
    sent = passed.client.post(
        "/thing",
        content=iter([b'{"name"', b': "A"}']),
        headers={"content-type": "application/json"},
    )
    assert sent.json() == {"name": "Pol"}
    assert passed.service.seen[0].body == b'{"name": "A"}'
    assert passed.service.seen[0].all("transfer-encoding") == ["chunked"]
    assert told(sent) == []


def test_a_client_that_waits_for_100_gets_it(proxy: Pass) -> None:
    passed = proxy(POST, always(json_reply(REX)))
    with passed.proxy.wire() as wire:
        head = request("/thing", b"", "Expect: 100-continue", "content-type: application/json",
                       f"content-length: {len(REX)}", length=False)  # fmt: skip
        wire.send(head)
        assert wire._until(b"\r\n\r\n") == b"HTTP/1.1 100 Continue"
        wire.send(REX)
        assert wire.answer().body == REX
    assert passed.service.seen[0].body == REX


def test_a_connection_to_the_service_is_used_again(proxy: Pass) -> None:
    passed = proxy(GET, always(json_reply(REX)))
    for _ in range(5):
        assert passed.client.get("/thing").content == REX
    assert passed.service.connections == 1


def test_a_connection_that_the_service_closed_is_not_the_client_s_concern(proxy: Pass) -> None:
    def once(seen: Seen, connection: socket.socket) -> bytes | None:
        connection.sendall(json_reply(REX))
        connection.shutdown(socket.SHUT_RDWR)
        return None

    passed = proxy(GET, once)
    assert [passed.client.get("/thing").status_code for _ in range(5)] == [200] * 5


def test_many_at_once_each_get_their_own(proxy: Pass) -> None:
    def named(seen: Seen, connection: socket.socket) -> bytes:
        return json_reply(b'"%s"' % seen.target.encode())

    passed = proxy(ANYTHING, named)
    with ThreadPoolExecutor(32) as pool:
        got = list(pool.map(lambda n: passed.client.get(f"/n{n}").json(), range(200)))
    assert got == [f"/n{n}" for n in range(200)]
    assert len(passed.proxy.exchanges) == 200


# Bodies as they come


def events(go_on: threading.Event) -> Answer:
    def answer(seen: Seen, connection: socket.socket) -> None:
        connection.sendall(reply(200, b"", "Content-Type: text/event-stream", length=False))
        connection.sendall(b"data: 1\n\n")
        if go_on.wait(SECONDS):  # else the test was about what comes before
            connection.sendall(b"data: 2\n\n")
            connection.shutdown(socket.SHUT_RDWR)

    return answer


EVENTS = thing({"200": {"content": {"text/event-stream": {"itemSchema": {
    "type": "object", "properties": {"data": {"const": "1"}},
}}}}}, openapi="3.2.0")  # fmt: skip


@pytest.mark.parametrize("enforce", [False, True])
def test_an_event_arrives_when_it_is_sent(proxy: Pass, enforce: bool) -> None:
    go_on = threading.Event()
    document = document_text({"openapi": "3.2.0", **EVENTS})
    passed = proxy(document, events(go_on), enforce=enforce)
    with passed.client.stream("GET", "/thing") as got:
        pieces = got.iter_raw()
        assert next(pieces) == b"data: 1\n\n"
        go_on.set()
        assert b"".join(pieces) == b"data: 2\n\n"
    until(lambda: passed.proxy.exchanges, "the exchange in the journal")
    kept = passed.last.reply
    assert kept is not None and kept.body == b"data: 1\n\ndata: 2\n\n"
    assert [v.location for v in kept.violations] == [("response", "body", "1", "data")]


def test_a_stream_may_be_silent_for_longer_than_an_answer_may_take(proxy: Pass) -> None:
    go_on = threading.Event()

    def answer(seen: Seen, connection: socket.socket) -> bytes | None:
        if seen.target == "/thing":
            connection.sendall(reply(200, b"", "Content-Type: text/event-stream", length=False))
        go_on.wait(SECONDS)
        connection.sendall(b"data: 1\n\n")
        connection.shutdown(socket.SHUT_RDWR)
        return None

    passed = proxy(ANYTHING, answer, seconds=0.5)
    with passed.client.stream("GET", "/thing") as got:
        # What was asked for after the stream began has taken too long while it was silent.
        late = httpx.get(f"{passed.proxy.url}/late", timeout=SECONDS)
        go_on.set()
        assert b"".join(got.iter_raw()) == b"data: 1\n\n"
    assert (got.status_code, late.status_code) == (200, 504)


def test_a_stream_that_its_client_leaves_is_left_too(proxy: Pass) -> None:
    left = threading.Event()

    def endless(seen: Seen, connection: socket.socket) -> None:
        connection.sendall(reply(200, b"", "Content-Type: text/event-stream", length=False))
        connection.sendall(b"data: 1\n\n")
        connection.recv(1)  # what comes is its end
        left.set()

    passed = proxy(ANYTHING, endless)
    with passed.client.stream("GET", "/thing") as got:
        assert next(got.iter_raw()) == b"data: 1\n\n"
    assert left.wait(SECONDS)
    until(lambda: passed.proxy.exchanges, "the exchange in the journal")


def test_a_stream_ends_with_the_server(proxy: Pass) -> None:
    passed = proxy(ANYTHING, events(threading.Event()))
    with passed.client.stream("GET", "/thing") as got:
        pieces = got.iter_raw()
        next(pieces)
        passed.proxy.server._server.should_exit = True
        with pytest.raises(httpx.RemoteProtocolError):
            next(pieces)


def test_an_upload_arrives_as_it_is_sent(proxy: Pass) -> None:
    passed = proxy(ANYTHING, always(json_reply(b"{}")))
    with passed.proxy.wire() as wire:
        wire.send(request("/thing", b"", "content-length: 6", length=False) + b"abc")
        until(lambda: passed.service.arrived == 3, "the first half")
        wire.send(b"def")
        assert wire.answer().status == 200
    assert passed.service.seen[0].body == b"abcdef"


def test_large_bodies_go_through_in_bounded_memory(tmp_path: Path) -> None:
    size = 64 * 1024 * 1024
    large = b"x" * size
    document = tmp_path / "openapi.yaml"
    document.write_text(document_text(ANYTHING))
    answer = always(reply(200, large, "Content-Type: application/octet-stream"))
    with (
        Service(answer) as service,
        serving(service.url, document, "--body-limit", "100000", name="proxy") as running,
    ):
        httpx.get(f"{running.url}/_mock/exchanges")
        before = peak(running.process.pid)
        got = httpx.post(f"{running.url}/thing", content=large, timeout=SECONDS)
        # Beside the body, what the server has ready after its start (Faker) may come in between.
        assert peak(running.process.pid) - before < size // 2
        assert (got.content == large, service.seen[0].body == large) == (True, True)
        assert got.headers["mock-unchecked"] == "request body, response body"
        (kept,) = httpx.get(f"{running.url}/_mock/exchanges").json()["exchanges"]
    assert (kept["request"]["body"]["size"], kept["reply"]["body"]["size"]) == (size, size)
    assert kept["request"]["body"]["cut"] and kept["reply"]["body"]["cut"]
    assert "not checked: the request's body" in kept["reply"]["why"]


def peak(pid: int) -> int:
    """Return the most memory that a process ever had, in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


# What is told


def test_what_is_wrong_in_a_reply_is_told_and_kept(proxy: Pass) -> None:
    passed = proxy(GET, always(json_reply(WRONG)))
    got = passed.client.get("/thing")
    assert (got.status_code, got.content) == (200, WRONG)
    assert told(got) == [("response", "body", "name")]
    listed = passed.client.get("/_mock/exchanges", params={"with_violations": "true"}).json()
    (kept,) = listed["exchanges"]
    assert (kept["operation"], kept["reply"]["source"]) == ("thing", "upstream")


def test_what_is_wrong_in_a_request_is_told_and_it_goes_on(proxy: Pass) -> None:
    passed = proxy(POST, always(json_reply(REX)))
    got = passed.client.post("/thing", json={"name": 5})
    assert (got.status_code, told(got)) == (200, [("request", "body", "name")])
    assert passed.service.seen[0].body == b'{"name":5}'


def test_what_the_contract_does_not_have_goes_on_unmatched(proxy: Pass) -> None:
    passed = proxy(GET, always(json_reply(b"1")))
    assert passed.client.get("/other").content == b"1"
    listed = passed.client.get("/_mock/exchanges", params={"unmatched": "true"}).json()
    assert [kept["request"]["path"] for kept in listed["exchanges"]] == ["/other"]


def test_a_session_has_its_own_journal(proxy: Pass) -> None:
    passed = proxy(GET, always(json_reply(REX)))
    passed.client.get("/thing", headers={"Mock-Session": "one"})
    passed.client.get("/_session/two/thing")
    assert [seen.target for seen in passed.service.seen] == ["/thing", "/thing"]
    assert not passed.proxy.exchanges
    assert {s.name: len(s.journal) for s in passed.proxy.app.sessions} == {
        "": 0,
        "one": 1,
        "two": 1,
    }


def test_faults_go_wrong_with_what_the_service_answers(proxy: Pass) -> None:
    passed = proxy(GET, always(json_reply(REX)), fault=("truncated; next=1", "503; next=1"))
    with pytest.raises(httpx.RemoteProtocolError):
        passed.client.get("/thing")
    statuses = [passed.client.get("/thing").status_code for _ in range(2)]
    assert statuses == [503, 200]


def test_what_the_service_answered_counts_as_met(proxy: Pass) -> None:
    body = gzip.compress(b'{"kind": "cat"}')
    schema = {"type": "object", "properties": {"kind": {"enum": ["cat", "dog"]}}}
    passed = proxy(
        thing({"200": json_of(schema)}), always(json_reply(body, "Content-Encoding: gzip"))
    )
    passed.client.get("/thing")
    entries = report_of(passed.proxy).entries
    enums = {entry.name: entry.met for entry in entries if entry.kind == "enums"}
    assert sorted(enums.values()) == [False, True]


# What is refused


def test_enforcing_refuses_a_request_as_the_mock_would(proxy: Pass, serve: Serve) -> None:
    passed = proxy(POST, always(json_reply(REX)), enforce=True)
    got = passed.client.post("/thing", json={"name": 5})
    mocked = serve(POST).post("/thing", json={"name": 5})
    assert passed.service.seen == []
    assert (got.status_code, got.content) == (mocked.status_code, mocked.content)


def test_enforcing_lets_through_what_keeps_to_the_contract(proxy: Pass) -> None:
    passed = proxy(POST, always(json_reply(REX)), enforce=True)
    got = passed.client.post("/thing", json={"name": "A"})
    assert (got.status_code, got.content) == (200, REX)
    assert passed.service.seen[0].body == b'{"name":"A"}'


def test_enforcing_refuses_a_reply_with_502_and_what_is_wrong(proxy: Pass) -> None:
    got = proxy(GET, always(json_reply(WRONG)), enforce=True).client.get("/thing")
    assert (got.status_code, got.headers["content-type"]) == (502, "application/problem+json")
    assert got.json()["validation"][0]["location"] == ["response", "body", "name"]
    assert told(got) == [("response", "body", "name")]


def test_enforcing_refuses_what_the_contract_does_not_have(proxy: Pass) -> None:
    passed = proxy(GET, always(json_reply(REX)), enforce=True)
    assert passed.client.get("/other").status_code == 404
    assert passed.client.post("/thing").status_code == 405
    assert passed.service.seen == []


def test_enforcing_refuses_a_body_that_is_too_large_to_be_checked(proxy: Pass) -> None:
    passed = proxy(POST, always(json_reply(REX)), enforce=True, body_limit=10)
    assert passed.client.post("/thing", json={"name": "A" * 20}).status_code == 413
    assert passed.service.seen == []


# When the service fails


def closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def test_a_service_that_is_down_is_a_502_that_says_what_to_do(proxy: Pass) -> None:
    got = proxy(GET, closed_port()).client.get("/thing")
    assert (got.status_code, got.headers["content-type"]) == (502, "application/problem+json")
    assert "can't be reached" in got.json()["detail"]
    assert "--fallback" in got.json()["detail"]


def test_a_service_that_takes_too_long_is_a_504(proxy: Pass) -> None:
    done = threading.Event()

    def never(seen: Seen, connection: socket.socket) -> None:
        assert done.wait(SECONDS)

    got = proxy(GET, never, seconds=0.05).client.get("/thing")
    done.set()
    assert got.status_code == 504
    assert "--timeout" in got.json()["detail"]


def test_a_service_that_answers_no_http_is_a_502(proxy: Pass) -> None:
    assert proxy(GET, always(b"hello\r\n\r\n")).client.get("/thing").status_code == 502


@pytest.mark.parametrize("status", [600, 700, 999])
@pytest.mark.parametrize("enforce", [False, True])
def test_a_status_that_http_does_not_have_is_a_502_that_names_it(
    proxy: Pass, status: int, enforce: bool
) -> None:
    answer = f"HTTP/1.1 {status} Odd\r\nContent-Length: 0\r\n\r\n".encode()
    passed = proxy(GET, always(answer), enforce=enforce)
    for _ in range(2):
        got = passed.client.get("/thing")
        assert got.status_code == 502
        assert f"the status {status}; expected one from 100 to 599" in got.json()["detail"]


@pytest.mark.parametrize("line", ["099 Odd", "99 Odd", "1000 Odd", "101 Switching Protocols"])
def test_a_status_line_that_is_none_is_a_502_that_shows_it(proxy: Pass, line: str) -> None:
    answer = f"HTTP/1.1 {line}\r\nContent-Length: 0\r\n\r\n".encode()
    got = proxy(GET, always(answer)).client.get("/thing")
    assert got.status_code == 502
    assert line.split()[0].lstrip("0") in got.json()["detail"]


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 30\r\n\r\n" + REX,
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"f\r\n" + REX + b"\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"f\r\n" + REX + b"\r\n",
    ],
    ids=["length", "chunks held back", "chunks passed on"],
)
@pytest.mark.parametrize("enforce", [False, True])
def test_a_body_that_stops_in_the_middle_stops_for_the_client(
    proxy: Pass, head: bytes, enforce: bool
) -> None:
    def dying(seen: Seen, connection: socket.socket) -> None:
        connection.sendall(head)
        connection.shutdown(socket.SHUT_RDWR)

    passed = proxy(ANYTHING, dying, enforce=enforce)
    with passed.client.stream("GET", "/thing") as got:
        pieces = got.iter_raw()
        assert next(pieces) == REX
        with pytest.raises(httpx.RemoteProtocolError):
            next(pieces)
    until(lambda: passed.proxy.exchanges, "the exchange in the journal")
    kept = passed.last.reply
    assert kept is not None and kept.body == REX
    assert [v.keyword for v in kept.violations] == ["incomplete"]


def test_a_client_that_leaves_in_its_upload_is_in_the_journal(proxy: Pass) -> None:
    passed = proxy(ANYTHING, always(json_reply(b"{}")))
    with passed.proxy.wire() as wire:
        wire.send(request("/thing", b"", "content-length: 6", length=False) + b"abc")
        until(lambda: passed.service.connections, "the connection to the service")
        wire.reset()
    until(lambda: passed.proxy.exchanges, "the exchange in the journal")
    assert passed.last.reply is None
    assert passed.client.get("/thing").status_code == 200


# Where the mock answers instead

FALLBACK = thing({"200": json_of(NAME, example={"name": "of the mock"})}, "post",
                 requestBody=json_of(NAME))  # fmt: skip


def test_the_mock_answers_where_the_service_is_down(proxy: Pass) -> None:
    passed = proxy(FALLBACK, closed_port(), fallback=True)
    got = passed.client.post("/thing", json={"name": "A"})
    assert (got.status_code, got.json()) == (200, {"name": "of the mock"})
    assert got.headers["mock-source"].startswith("example")
    assert len(passed.proxy.exchanges) == 1


def test_the_mock_answers_where_the_service_has_not_implemented_it(proxy: Pass) -> None:
    passed = proxy(FALLBACK, always(json_reply(b"{}", status=501)), fallback=True)
    got = passed.client.post("/thing", json={"name": "A"})
    assert (got.status_code, got.json()) == (200, {"name": "of the mock"})
    assert passed.client.post("/thing", json={"name": 5}).status_code == 422
    assert len(passed.service.seen) == 2


def test_the_mock_answers_nothing_else(proxy: Pass) -> None:
    passed = proxy(FALLBACK, always(json_reply(b"{}", status=500)), fallback=True)
    assert passed.client.post("/thing", json={"name": "A"}).status_code == 500
    assert proxy(GET, closed_port(), fallback=True).client.get("/other").status_code == 502


def test_a_reload_checks_by_the_new_contract(proxy: Pass, tmp_path: Path) -> None:
    passed = proxy(GET, always(json_reply(REX)))
    assert told(passed.client.get("/thing")) == []
    (tmp_path / "openapi.yaml").write_text(document_text(thing({"200": json_of(False)})))
    passed.proxy.app.load()
    assert told(passed.client.get("/thing")) == [("response", "body")]
