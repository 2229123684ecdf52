"""What goes wrong on the wire, as a raw socket, http.client and httpx see it."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from mock_server.app import App, create_app
from mock_server.http_messages.faults import KINDS, STATUSES
from mock_server.server.uvicorn_server import BackgroundServer
from mock_server.settings import Settings
from tests.helpers.control import call
from tests.helpers.running import SECONDS, Mock, Serve, Wire, document_text, json_of, request, until

BODY = {"name": "Minka", "tags": ["ä" * 40, "b" * 40]}
OK = json_of(True, example=BODY)
LARGE = {"name": "x" * 12_000_000}
POST = {"requestBody": {"content": {"application/json": {"schema": True}}}}


def operation(id: str, *answers: tuple[str, Any], **more: Any) -> dict[str, Any]:
    responses = {code: {"description": code, **content} for code, content in answers}
    return {"operationId": id, "responses": responses, **more}


PATHS = {
    "/thing": {
        "get": operation("thing", ("200", OK)),
        "post": operation("add", ("200", OK), **POST),
    },
    "/none": {"delete": operation("none", ("204", {}))},
    "/text": {
        "get": operation("text", ("200", {"content": {"text/plain": {"example": "a plain text"}}}))
    },
    "/lines": {
        "get": operation(
            "lines", ("200", {"content": {"application/jsonl": {"example": [BODY, BODY]}}})
        )
    },
    "/told": {
        "get": operation(
            "told",
            ("200", OK),
            ("503", json_of({"type": "object"}, example={"error": "out of order"})),
        )
    },
    "/count": {
        "get": operation(
            "count",
            ("200", OK),
            parameters=[{"name": "n", "in": "query", "schema": {"type": "integer"}}],
        )
    },
}
LARGE_PATHS = {"/large": {"get": operation("large", ("200", json_of(True, example=LARGE)))}}
# What closes the connection, and what leaves it as it is.
CLOSING = ["reset", "close", "truncated", "content-length", "chunk"]
GOING_ON = ["malformed", "drip", "429", "503"]
METHODS = ["GET", "POST", "HEAD"]


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mock]:
    """Yield a server for all tests that don't look at what else it does."""
    path = tmp_path_factory.mktemp("wire") / "openapi.yaml"
    path.write_text(document_text({**PATHS, **LARGE_PATHS}))
    app = create_app(Settings(document=path))
    with (
        BackgroundServer(app) as server,
        httpx.Client(base_url=server.url, timeout=SECONDS) as client,
    ):
        yield Mock(server.url, app, client, server)


@pytest.fixture
def own(serve: Serve) -> Mock:
    """Return a server of the test's own."""
    return serve(PATHS)


@pytest.fixture
def large(serve: Serve) -> Mock:
    """Return a server of the test's own, with an answer that no socket's buffers hold."""
    return serve(LARGE_PATHS)


def asked(method: str, *headers: str, path: str = "/thing") -> bytes:
    body = b"{}" if method == "POST" else b""
    kind = ["content-type: application/json"] if body else []
    return request(path, body, *headers, *kind, method=method, length=bool(body))


def everything(wire: Wire) -> tuple[bytes, str]:
    """All that comes on a connection, and how it ends."""
    got = b""
    try:
        while data := wire.socket.recv(65_536):
            got += data
    except ConnectionResetError:
        return got, "reset"
    return got, "closed"


def split(got: bytes) -> tuple[dict[str, str], bytes]:
    head, end, body = got.partition(b"\r\n\r\n")
    assert end, got
    fields = (line.partition(": ") for line in head.decode("latin-1").split("\r\n")[1:])
    return {name.lower(): value for name, _, value in fields}, body


CONNECTIONS = pytest.mark.parametrize(
    "connection", [["connection: close"], []], ids=["close", "keep-alive"]
)
EVERY_METHOD = pytest.mark.parametrize("method", METHODS)


# The bytes


@EVERY_METHOD
@CONNECTIONS
@pytest.mark.parametrize(("fault", "end"), [("reset", "reset"), ("close", "closed")])
def test_a_connection_is_reset_or_closed_without_a_byte(
    mock: Mock, method: str, connection: list[str], fault: str, end: str
) -> None:
    with mock.wire() as wire:
        wire.send(asked(method, f"prefer: fault={fault}", *connection))
        assert everything(wire) == (b"", end)


@pytest.mark.parametrize("method", ["GET", "POST"])
@CONNECTIONS
def test_half_of_the_body_comes_under_the_length_of_the_whole(
    mock: Mock, method: str, connection: list[str]
) -> None:
    with mock.wire() as wire:
        wire.send(asked(method, "prefer: fault=truncated", *connection))
        got, end = everything(wire)
    headers, body = split(got)
    whole = mock.client.request(method, "/thing", json={} if method == "POST" else None).content
    assert int(headers["content-length"]) == len(whole)
    assert (body, end) == (whole[: len(whole) // 2], "closed")


@pytest.mark.parametrize("method", ["GET", "POST"])
@CONNECTIONS
def test_the_length_says_more_than_is_sent(mock: Mock, method: str, connection: list[str]) -> None:
    with mock.wire() as wire:
        wire.send(asked(method, "prefer: fault=content-length", *connection))
        got, end = everything(wire)
    headers, body = split(got)
    assert json.loads(body) == BODY
    assert int(headers["content-length"]) > len(body)
    assert end == "closed"


@pytest.mark.parametrize("method", ["GET", "POST"])
@CONNECTIONS
def test_the_last_chunk_is_missing(mock: Mock, method: str, connection: list[str]) -> None:
    with mock.wire() as wire:
        wire.send(asked(method, "prefer: fault=chunk", *connection))
        got, end = everything(wire)
    headers, body = split(got)
    size, _, chunk = body.partition(b"\r\n")
    assert headers["transfer-encoding"] == "chunked"
    assert "content-length" not in headers
    assert json.loads(chunk[: int(size, 16)]) == BODY
    assert (chunk[int(size, 16) :], end) == (b"\r\n", "closed")


def test_a_client_that_knows_no_chunks_gets_half_of_the_body(mock: Mock) -> None:
    with mock.wire() as wire:
        wire.send(b"GET /thing HTTP/1.0\r\nprefer: fault=chunk\r\n\r\n")
        headers, body = split(everything(wire)[0])
    assert len(body) == int(headers["content-length"]) // 2


@pytest.mark.parametrize("fault", ["truncated", "content-length", "chunk"])
@pytest.mark.parametrize(("method", "path"), [("HEAD", "/thing"), ("DELETE", "/none")])
def test_an_answer_without_a_body_stops_in_its_head(
    mock: Mock, method: str, path: str, fault: str
) -> None:
    with mock.wire() as wire:
        wire.send(asked(method, f"prefer: fault={fault}", path=path))
        got, end = everything(wire)
    assert got.startswith(b"HTTP/1.1 20")
    assert b"\r\n\r\n" not in got
    assert end == "closed"


@pytest.mark.parametrize("fault", GOING_ON)
@EVERY_METHOD
def test_what_leaves_the_connection_alone_is_a_whole_answer_and_another_follows(
    mock: Mock, method: str, fault: str
) -> None:
    with mock.wire() as wire:
        wire.send(asked(method, f"prefer: fault={fault}, over=0s"))
        first = wire.answer(method)
        wire.send(asked(method))
        second = wire.answer(method)
    assert first.headers["mock-fault"] == fault
    assert (first.body == b"") is (method == "HEAD")
    assert (second.status, "mock-fault" in second.headers) == (200, False)


@pytest.mark.parametrize("fault", CLOSING)
def test_a_request_behind_gets_no_stray_bytes(mock: Mock, fault: str) -> None:
    with mock.wire() as alone, mock.wire() as wire:
        alone.send(asked("GET", f"prefer: fault={fault}"))
        wire.send(asked("GET", f"prefer: fault={fault}") + asked("GET", path="/text") * 3)
        expected, got = everything(alone), everything(wire)
    undated = [
        b"\r\n".join(line for line in g[0].split(b"\r\n") if b"date" not in line)
        for g in (expected, got)
    ]
    assert undated[0] == undated[1]
    assert b"a plain text" not in got[0]


@pytest.mark.parametrize("fault", ["drip", "malformed", "503"])
def test_a_request_behind_waits_for_its_turn(mock: Mock, fault: str) -> None:
    with mock.wire() as wire:
        wire.send(asked("GET", f"prefer: fault={fault}, over=50ms") + asked("GET", path="/text"))
        assert wire.answer().headers["mock-fault"] == fault
        assert wire.answer().body == b"a plain text"


@pytest.mark.parametrize("fault", CLOSING)
def test_a_request_before_has_its_whole_answer(mock: Mock, fault: str) -> None:
    with mock.wire() as wire:
        wire.send(asked("GET", path="/text") + asked("GET", f"prefer: fault={fault}"))
        if fault != "reset":  # a reset may overtake what was sent before it
            assert wire.answer().body == b"a plain text"
        assert wire.ended()


def test_half_of_a_large_body_comes_whole(mock: Mock) -> None:
    with mock.wire() as wire:
        wire.send(asked("GET", "prefer: fault=truncated", path="/large"))
        headers, body = split(everything(wire)[0])
    assert len(body) == int(headers["content-length"]) // 2 > 2_000_000


def test_a_drip_comes_bit_by_bit(mock: Mock) -> None:
    with mock.wire() as wire:
        wire.send(asked("GET", "prefer: fault=drip, over=1s"))
        parts = [wire.socket.recv(65_536)]
        while not parts[-1].endswith(b"]}"):
            parts.append(wire.socket.recv(65_536))
    assert len(parts) > 3


@pytest.mark.parametrize("path", ["/thing", "/text", "/large"])
def test_a_malformed_body_is_well_sent_but_no_json(mock: Mock, path: str) -> None:
    reply = mock.get(path, headers={"Prefer": "fault=malformed"})
    assert reply.status_code == 200
    assert len(reply.content) == int(reply.headers["Content-Length"]) > 1
    assert reply.content.decode("utf-8")
    with pytest.raises(json.JSONDecodeError):
        reply.json()


@pytest.mark.parametrize("fault", ["delay=1ms", "fault=drip, over=1ms"])
def test_a_sequence_comes_late_or_slowly_but_whole(mock: Mock, fault: str) -> None:
    reply = mock.get("/lines", headers={"Prefer": fault})
    assert reply.content == mock.get("/lines").content
    assert [json.loads(line) for line in reply.text.splitlines()] == [BODY, BODY]


@pytest.mark.parametrize("fault", ["truncated", "content-length", "chunk"])
def test_a_sequence_stops_in_the_middle(mock: Mock, fault: str) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        mock.get("/lines", headers={"Prefer": f"fault={fault}"})


def test_a_sequence_can_be_malformed(mock: Mock) -> None:
    reply = mock.get("/lines", headers={"Prefer": "fault=malformed"})
    assert json.loads(reply.text.splitlines()[0]) == BODY
    assert reply.text.endswith(",")


# What a client library makes of it

SEEN_BY_HTTPX: dict[str, type[Exception]] = {
    "reset": httpx.ReadError,
    "close": httpx.RemoteProtocolError,
    "truncated": httpx.RemoteProtocolError,
    "content-length": httpx.RemoteProtocolError,
    "chunk": httpx.RemoteProtocolError,
    "hang": httpx.ReadTimeout,
}
SEEN_BY_HTTP_CLIENT: dict[str, type[Exception]] = {
    "reset": ConnectionResetError,
    "close": http.client.RemoteDisconnected,
    "truncated": http.client.IncompleteRead,
    "content-length": http.client.IncompleteRead,
    "chunk": http.client.IncompleteRead,
    "hang": TimeoutError,
}


@pytest.mark.parametrize("fault", SEEN_BY_HTTPX)
@EVERY_METHOD
def test_httpx_fails_as_it_would_in_earnest_and_goes_on(
    mock: Mock, method: str, fault: str
) -> None:
    timeout = 0.2 if fault == "hang" else SECONDS
    with pytest.raises(SEEN_BY_HTTPX[fault]):
        mock.client.request(method, "/thing", headers={"Prefer": f"fault={fault}"}, timeout=timeout)
    assert mock.get().json() == BODY


@pytest.mark.parametrize("fault", SEEN_BY_HTTP_CLIENT)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_http_client_fails_as_it_would_in_earnest(mock: Mock, method: str, fault: str) -> None:
    url = httpx.URL(mock.url)
    connection = http.client.HTTPConnection(
        url.host, url.port, timeout=0.2 if fault == "hang" else SECONDS
    )
    headers = {"Prefer": f"fault={fault}", "Content-Type": "application/json"}
    try:
        connection.request(method, "/thing", "{}" if method == "POST" else None, headers)
        with pytest.raises(SEEN_BY_HTTP_CLIENT[fault]):
            connection.getresponse().read()
    finally:
        connection.close()


def test_every_fault_is_met_by_these_tests() -> None:
    assert {*CLOSING, *GOING_ON, "hang"} == set(KINDS)
    assert {*SEEN_BY_HTTPX, *GOING_ON} == set(KINDS)


@pytest.mark.parametrize("status", STATUSES)
def test_a_refusal_on_purpose_says_when_to_come_again(mock: Mock, status: str) -> None:
    reply = mock.get(headers={"Prefer": f"fault={status}, retry-after=1500ms"})
    assert (reply.status_code, reply.headers["Retry-After"]) == (int(status), "2")
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.json()["status"] == int(status)
    assert mock.get(headers={"Prefer": f"fault={status}"}).headers["Retry-After"] == "1"


def test_a_refusal_on_purpose_is_the_declared_reply_where_there_is_one(mock: Mock) -> None:
    reply = mock.get("/told", headers={"Prefer": "fault=503"})
    assert (reply.status_code, list(reply.json())) == (503, ["error"])
    assert reply.headers["Mock-Source"] == "fault"
    assert not mock.faults(reply)


# What a request asks for, and the reply that it gets


def test_what_was_honoured_is_told(mock: Mock) -> None:
    reply = mock.get(headers={"Prefer": "fault=drip, over=0s, delay=1ms, retry-after=5s, code=200"})
    assert reply.headers["Preference-Applied"] == (
        "code=200, fault=drip, delay=1ms, retry-after=5s, over=0s"
    )
    assert reply.headers["Mock-Fault"] == "drip; delay=1ms"
    assert reply.headers["Retry-After"] == "5"
    assert "Mock-Preference-Ignored" not in reply.headers


def test_how_long_a_drip_takes_is_ignored_where_there_is_none(mock: Mock) -> None:
    reply = mock.get(headers={"Prefer": "fault=malformed, over=1s"})
    assert reply.headers["Mock-Preference-Ignored"] == "over"


def test_a_fault_that_is_not_known_is_refused_with_those_that_are(mock: Mock) -> None:
    reply = mock.get(headers={"Prefer": "fault=rest"})
    assert reply.status_code == 422
    for kind in KINDS:
        assert kind in reply.json()["detail"]
    assert "did you mean reset?" in reply.json()["detail"]


@pytest.mark.parametrize("fault", ["reset", "truncated"])
def test_a_refused_request_fails_on_the_wire_too(mock: Mock, fault: str) -> None:
    with pytest.raises(httpx.TransportError):
        mock.get("/count?n=x", headers={"Prefer": f"fault={fault}"})


def test_a_refused_request_is_told_what_was_honoured_of_its_preferences(mock: Mock) -> None:
    reply = mock.get("/count?n=x", headers={"Prefer": "fault=drip, over=0s, code=200"})
    assert reply.status_code == 422
    assert reply.headers["Preference-Applied"] == "fault=drip, over=0s"
    assert reply.headers["Mock-Preference-Ignored"] == "code"
    busy = mock.get("/count?n=x", headers={"Prefer": "fault=503"})
    assert (busy.status_code, busy.headers["Preference-Applied"]) == (503, "fault=503")


def test_another_origin_may_read_what_went_wrong(mock: Mock) -> None:
    reply = mock.get(headers={"Prefer": "fault=503", "Origin": "http://app.test"})
    assert reply.headers["Access-Control-Allow-Origin"] == "http://app.test"
    assert "mock-fault" in reply.headers["Access-Control-Expose-Headers"]
    assert "retry-after" in reply.headers["Access-Control-Expose-Headers"]


def test_the_journal_holds_what_was_done(own: Mock) -> None:
    for fault in ("reset", "truncated", "503"):
        with own.wire() as wire:
            wire.send(asked("GET", f"prefer: fault={fault}", "connection: close"))
            wire.ended()
    until(lambda: len(own.exchanges) == 3, "the exchanges are in the journal")
    replies = [exchange.reply for exchange in own.exchanges]
    assert [str(reply.fault) for reply in replies if reply] == ["reset", "truncated", "503"]


def test_the_journal_tells_of_a_malformed_body_as_it_was_sent(own: Mock) -> None:
    sent = own.get(headers={"Prefer": "fault=malformed, delay=1ms..2ms"})
    until(lambda: own.exchanges, "the exchange is in the journal")
    [exchange] = own.exchanges
    assert exchange.reply is not None
    assert exchange.reply.body == sent.content
    assert str(exchange.reply.fault) == sent.headers["Mock-Fault"]


def test_the_control_api_tells_what_was_done(own: Mock) -> None:
    for fault in ("reset", "malformed"):
        with own.wire() as wire:
            wire.send(asked("GET", f"prefer: fault={fault}", "connection: close"))
            wire.ended()
    own.get()
    until(lambda: len(own.exchanges) == 3, "the exchanges are in the journal")
    told = own.get("/_mock/exchanges").json()["exchanges"]
    faults = {exchange["id"]: exchange["reply"]["fault"] for exchange in told}
    assert faults == {1: "reset", 2: "malformed", 3: None}
    entries = own.get("/_mock/exchanges.har").json()["log"]["entries"]
    seen = [(entry["_fault"], entry["response"]["status"]) for entry in entries]
    assert sorted(seen, key=str) == [("malformed", 200), ("reset", 0), (None, 200)]


# Delays


@pytest.mark.parametrize("delay", ["20ms", "10ms..30ms", "20ms~0.4"])
def test_a_delay_comes_before_the_first_byte(own: Mock, delay: str) -> None:
    call(own, "PUT", "/_mock/clock", json={"frozen": True})
    with own.wire() as wire:
        wire.send(asked("GET", f"prefer: delay={delay}"))
        until(lambda: own.app.sessions.main.clock._waiting, "the reply waits")
        wire.socket.setblocking(False)
        with pytest.raises(BlockingIOError):
            wire.socket.recv(1)
        wire.socket.settimeout(SECONDS)
        call(own, "PATCH", "/_mock/clock", json={"advance": "1s"})
        reply = wire.answer("GET")
    assert json.loads(reply.body) == BODY
    assert reply.headers["mock-fault"].startswith("delay=")
    assert reply.headers["preference-applied"].startswith("delay=")


def test_a_delay_ends_by_itself(mock: Mock) -> None:
    assert mock.get(headers={"Prefer": "delay=1ms"}).json() == BODY


def test_a_delay_follows_the_clock_of_the_session(app: App) -> None:
    async def get() -> httpx.Response:
        clock = app.sessions.main.clock
        clock.freeze()
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
            answer = asyncio.create_task(client.get("/thing", headers={"Prefer": "delay=1h"}))
            while not clock._waiting and not answer.done():
                await asyncio.sleep(0)
            for advance in (1800, 1799):
                clock.advance(advance)
                for _ in range(20):  # more often than the loop has anything to do
                    await asyncio.sleep(0)
                assert not answer.done()
            clock.advance(1)
            return await asyncio.wait_for(answer, SECONDS)

    assert asyncio.run(get()).headers["Mock-Fault"] == "delay=1h"


# Nothing is left behind


@pytest.mark.parametrize("prefer", ["fault=hang", "fault=drip, over=1h", "delay=1h"])
@pytest.mark.parametrize(
    "leave", [Wire.reset, lambda wire: wire.socket.close()], ids=["reset", "close"]
)
def test_what_takes_for_ever_ends_when_the_client_leaves(
    own: Mock, prefer: str, leave: Callable[[Wire], None]
) -> None:
    with own.wire() as wire:
        wire.send(asked("GET", f"prefer: {prefer}"))
        until(lambda: own.busy == 2, "the server is at it")
        leave(wire)
        until(lambda: own.busy == 0, "the server has let go of it")
    until(lambda: len(own.exchanges) == 1, "the exchange is in the journal")


@pytest.mark.parametrize("prefer", ["fault=hang", "fault=drip, over=1h", "delay=1h"])
def test_what_takes_for_ever_ends_behind_a_large_request_too(own: Mock, prefer: str) -> None:
    body = json.dumps("x" * 300_000).encode()
    with own.wire() as wire:
        wire.send(request("/thing", body, f"prefer: {prefer}", "content-type: application/json"))
        until(lambda: own.busy == 2, "the server is at it")
    until(lambda: own.busy == 0, "the server has let go of it")


def test_a_hang_with_requests_behind_it_ends_when_the_client_leaves(own: Mock) -> None:
    with own.wire() as wire:
        wire.send(asked("GET", "prefer: fault=hang") + asked("GET") * 20)
        until(lambda: own.busy == 2, "the server hangs")
        wire.send(asked("GET") * 1000)
    until(lambda: own.busy == 0, "the server has let go of it")


@pytest.mark.parametrize("fault", CLOSING)
def test_a_fault_that_closes_leaves_nothing_behind(large: Mock, fault: str) -> None:
    for _ in range(5):
        with large.wire() as wire:
            wire.send(asked("GET", f"prefer: fault={fault}", path="/large"))
            assert wire.ended()
    until(lambda: large.busy == 0, "the server has let go of it")


@pytest.mark.parametrize(
    ("prefer", "path"),
    [
        ("fault=hang", "/large"),
        ("fault=drip, over=1h", "/large"),
        ("fault=drip, over=1s", "/large"),
        ("fault=truncated", "/large"),
        ("delay=1h", "/thing"),
    ],
)
def test_the_server_ends_although_something_takes_for_ever(
    prefer: str, path: str, tmp_path: Any, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "openapi.yaml").write_text(document_text({**PATHS, **LARGE_PATHS}))
    app = create_app(Settings(document=tmp_path / "openapi.yaml"))
    server = BackgroundServer(app)
    with server:
        url = httpx.URL(server.url)
        wire = Wire(socket.create_connection((url.host, url.port or 80), SECONDS))
        wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        wire.send(asked("GET", f"prefer: {prefer}", path=path))
        until(lambda: server._server.server_state.tasks, "the server is at it")
        ended = threading.Thread(target=server.__exit__, daemon=True)
        ended.start()
        ended.join(8)  # a request in flight would have ten seconds to end
        assert not ended.is_alive()
        wire.socket.close()
    assert [record.getMessage() for record in caplog.records if record.levelno >= 40] == []


@pytest.mark.parametrize("fault", [*CLOSING, "hang"])
def test_the_log_is_silent_about_what_was_wanted(
    own: Mock, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    with own.wire() as wire:
        wire.send(asked("GET", f"prefer: fault={fault}") + asked("GET"))
        if fault != "hang":
            assert wire.ended()
        else:
            until(lambda: own.busy, "the server hangs")
    until(lambda: own.busy == 0, "the server has let go of it")
    assert caplog.records == []


# Inside this process


IN_PROCESS = {
    "reset": ConnectionResetError,
    "close": ConnectionAbortedError,
    "truncated": ConnectionError,
    "content-length": ConnectionError,
    "chunk": ConnectionError,
}


@pytest.fixture
def app(tmp_path: Any) -> App:
    (tmp_path / "openapi.yaml").write_text(document_text(PATHS))
    return create_app(Settings(document=tmp_path / "openapi.yaml"))


def inside(app: App, prefer: str, **options: Any) -> httpx.Response:
    async def get() -> httpx.Response:
        transport = httpx.ASGITransport(app, **options)
        async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
            return await asyncio.wait_for(client.get("/thing", headers={"Prefer": prefer}), SECONDS)

    return asyncio.run(get())


@pytest.mark.parametrize("fault", IN_PROCESS)
def test_a_client_in_this_process_meets_the_failure_too(app: App, fault: str) -> None:
    with pytest.raises(IN_PROCESS[fault]):
        inside(app, f"fault={fault}")
    [exchange] = app.journal
    assert exchange.reply is not None
    assert str(exchange.reply.fault) == fault


@pytest.mark.parametrize("prefer", ["fault=malformed", "fault=drip, over=10ms", "delay=1ms"])
def test_a_client_in_this_process_gets_what_can_be_sent(app: App, prefer: str) -> None:
    assert inside(app, prefer).status_code == 200


def test_a_hang_in_this_process_lasts_until_the_client_gives_up(app: App) -> None:
    async def get() -> None:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
            async with asyncio.timeout(0.1):
                await client.get("/thing", headers={"Prefer": "fault=hang"})

    with pytest.raises(TimeoutError):
        asyncio.run(get())


# Rules


def test_the_next_three_answers_are_three_however_many_ask_at_once(serve: Serve) -> None:
    mock = serve(PATHS, fault=("503; next=3; operation=thing",))

    async def ask() -> list[int]:
        async with httpx.AsyncClient(base_url=mock.url, timeout=SECONDS) as client:
            replies = await asyncio.gather(*(client.get("/thing") for _ in range(100)))
            return [reply.status_code for reply in replies]

    statuses = asyncio.run(ask())
    assert (statuses.count(503), statuses.count(200)) == (3, 97)


def test_a_rule_of_the_fixtures_holds(serve: Serve) -> None:
    rules = "- {fault: 429, next: 1, operation: thing, retry_after: 7s}\n- {delay: 1ms, every: 2}\n"
    mock = serve(PATHS, fixtures={"faults.yaml": rules})
    first, second, third = (mock.get() for _ in range(3))
    assert (first.status_code, first.headers["Retry-After"]) == (429, "7")
    assert (second.status_code, second.headers["Mock-Fault"]) == (200, "delay=1ms")
    assert "Mock-Fault" not in third.headers


def test_the_command_line_s_rules_stand_before_those_of_the_fixtures(serve: Serve) -> None:
    mock = serve(PATHS, fixtures={"faults.yaml": "- {fault: 429}"}, fault=("503; next=1",))
    assert [mock.get().status_code for _ in range(3)] == [503, 429, 429]


def test_a_canned_reply_has_a_fault_and_a_delay_of_its_own(serve: Serve) -> None:
    replies = {
        "replies/thing.yaml": (
            "odd:\n  when: {query: {odd: 1}}\n  status: 200\n  body: {a: 1}\n  fault: malformed\n"
            "busy:\n  when: {query: {odd: 2}}\n  status: 200\n  body: {a: 1}\n  fault: 503\n"
            "slow:\n  status: 200\n  body: {a: 2}\n  delay: 1ms\n"
        )
    }
    mock = serve(PATHS, fixtures=replies)
    assert mock.get("/thing?odd=1").headers["Mock-Fault"] == "malformed"
    assert mock.get("/thing?odd=2").status_code == 503
    assert mock.get().headers["Mock-Fault"] == "delay=1ms"
    asked = mock.get("/thing?odd=1", headers={"Prefer": "fault=429, delay=1ms"})
    assert (asked.status_code, asked.headers["Mock-Fault"]) == (429, "429; delay=1ms")


def test_a_reply_in_turn_goes_wrong_at_its_turn(serve: Serve) -> None:
    text = (
        "flaky:\n  sequence:\n"
        "    - {status: 200, body: {}, fault: 503}\n"
        "    - {status: 200, body: {}, fault: reset}\n"
        "    - {status: 200, body: {a: 1}}\n"
    )
    mock = serve(PATHS, fixtures={"replies/thing.yaml": text})
    assert mock.get().status_code == 503
    with pytest.raises(httpx.ReadError):
        mock.get()
    assert [mock.get().json() for _ in range(2)] == [{"a": 1}] * 2


def test_what_a_request_asks_for_comes_before_a_rule(serve: Serve) -> None:
    mock = serve(PATHS, fault=("reset", "delay=1ms"))
    reply = mock.get(headers={"Prefer": "fault=malformed"})
    assert reply.headers["Mock-Fault"] == "malformed; delay=1ms"


def test_rules_hold_in_each_session_from_its_start_and_for_its_own_answers(serve: Serve) -> None:
    mock = serve(PATHS, fault=("503; next=1",))
    for session in ("a", "b"):
        named = {"Mock-Session": session}
        assert [mock.get(headers=named).status_code for _ in range(2)] == [503, 200]
    mock.app.sessions.named("a").reset()
    assert mock.get(headers={"Mock-Session": "a"}).status_code == 503
    assert mock.get(headers={"Mock-Session": "b"}).status_code == 200


def test_a_client_that_asks_too_often_is_told_so_with_the_usual_headers(serve: Serve) -> None:
    mock = serve(PATHS, fault=("limit=2/1m",))
    clock = mock.app.sessions.main.clock
    clock.freeze()
    names = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After")

    def told(**headers: str) -> tuple[int, list[str | None]]:
        reply = mock.get(headers=headers)
        return reply.status_code, [reply.headers.get(name) for name in names]

    assert told() == (200, ["2", "1", "60", None])
    assert told() == (200, ["2", "0", "60", None])
    assert told() == (429, ["2", "0", "60", "60"])
    assert told(Authorization="Bearer other") == (200, ["2", "1", "60", None])
    clock.advance(59.5)
    assert told() == (429, ["2", "0", "1", "1"])
    clock.advance(0.5)
    assert told() == (200, ["2", "1", "60", None])


def test_a_limit_counts_a_client_and_not_its_connections(serve: Serve) -> None:
    mock = serve(PATHS, fault=("limit=1/1h",))
    assert [httpx.get(f"{mock.url}/thing").status_code for _ in range(2)] == [200, 429]


def test_the_pages_of_the_mock_itself_never_go_wrong(serve: Serve) -> None:
    mock = serve(PATHS, fault=("reset",))
    assert mock.get("/_mock/health").status_code == 200
    assert mock.get("/openapi.json").status_code == 200
