"""What a client sees is the same by uvicorn's own protocol and by ours, to the byte."""

from __future__ import annotations

import asyncio
import json
import random
import re
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from importlib.metadata import version
from typing import Any, NamedTuple

import httpx
import pytest

from mock_server.app import App, create_app
from mock_server.server import ASGIApp
from mock_server.server.uvicorn_server import BackgroundServer
from mock_server.settings import Settings
from tests.helpers.plain import plain_server
from tests.helpers.running import SECONDS, Mock, Wire, document_text, json_of, request, until

# Older ones don't say that they close a connection of HTTP/1.0.
judged = pytest.mark.skipif(
    tuple(map(int, version("uvicorn").split(".")[:2])) < (0, 53), reason="an older uvicorn"
)
JSON = "content-type: application/json"
LIMIT = 200_000
PET = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {
        "id": {"type": "integer", "minimum": 1},
        "name": {"type": "string", "minLength": 1},
        "kind": {"enum": ["cat", "dog"]},
    },
}
EXAMPLES = {
    "cat": {"value": {"id": 1, "name": "Minka"}},
    "dog": {"value": {"id": 2, "name": "Rex"}},
}


def operation(id: str, answers: dict[str, Any], **more: Any) -> dict[str, Any]:
    responses = {code: {"description": code, **content} for code, content in answers.items()}
    return {"operationId": id, "responses": responses, **more}


ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
PATHS = {
    "/pets/{id}": {
        "parameters": [ID],
        "get": operation("pet", {"200": json_of(PET, examples=EXAMPLES), "404": json_of(True)}),
        "put": operation("put", {"200": json_of(PET)}, requestBody=json_of(PET)),
        "delete": operation("remove", {"204": {}}),
    },
    "/echo": {"post": operation("echo", {"200": json_of(True)}, requestBody=json_of(True))},
    "/slow": {"post": operation("slow", {"200": json_of(True)}, requestBody=json_of(True))},
    "/broken": {"get": operation("broken", {"200": json_of(PET)})},
    "/large": {"get": operation("large", {"200": json_of(True)})},
    "/lines": {
        "get": operation(
            "lines", {"200": {"content": {"application/jsonl": {"example": [1, 2, {"a": 3}]}}}}
        )
    },
    "/events": {
        "get": operation(
            "events",
            {"200": {"content": {"text/event-stream": {"itemSchema": {"type": "object"}}}}},
        )
    },
    "/text": {"get": operation("text", {"200": {"content": {"text/plain": {"example": "a"}}}})},
}
HANDLERS = """\
import asyncio


def echo(body):
    return body


async def slow(body):
    await asyncio.sleep(0)
    return body


def broken():
    raise ValueError("no")


def large():
    return "x" * 3_000_000
"""


class Ways(NamedTuple):
    """The same settings behind uvicorn's own protocol, and behind ours."""

    plain: Mock
    ours: Mock


def running(server: BackgroundServer, app: App, stack: ExitStack) -> Mock:
    stack.enter_context(server)
    client = stack.enter_context(httpx.Client(base_url=server.url, timeout=SECONDS))
    return Mock(server.url, app, client, server)


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ways]:
    folder = tmp_path_factory.mktemp("ways")
    (folder / "openapi.json").write_text(document_text({"openapi": "3.2.0", **PATHS}))
    (folder / "handlers.py").write_text(HANDLERS)
    named = Settings(
        document=folder / "openapi.json",
        handlers=str(folder / "handlers.py"),
        body_limit=LIMIT,
        journal_size=100_000,
        reload=False,
    )
    with ExitStack() as stack:
        one, other = create_app(named), create_app(named)
        yield Ways(
            running(plain_server(one), one, stack), running(BackgroundServer(other), other, stack)
        )


@pytest.fixture(params=[pytest.param("plain", marks=judged), "ours"])
def mock(request: pytest.FixtureRequest, ways: Ways) -> Mock:
    """Each of the two in turn: what holds for one holds for the other."""
    found: Mock = getattr(ways, request.param)
    return found


def everything(wire: Wire) -> tuple[bytes, str]:
    """All that comes on a connection, and how it ends."""
    got = b""
    try:
        while data := wire.socket.recv(65_536):
            got += data
    except ConnectionResetError:
        return got, "reset"
    return got, "closed"


DATE = re.compile(rb"\r\ndate: [^\r]+")


def seen(mock: Mock, pieces: Sequence[bytes]) -> tuple[bytes, str]:
    """Return what a client sees who sends those pieces one after the other, dates aside."""
    with mock.wire() as wire:
        wire.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            for piece in pieces:
                wire.send(piece)
        except (BrokenPipeError, ConnectionResetError):
            pass
        got, end = everything(wire)
    return DATE.sub(b"", got), end


# Requests of all kinds

METHODS = ["GET", "GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "PATCH", "PROPFIND"]
TARGETS = [
    "/pets/7", "/pets/7", "/pets/8?x=1&y=%20", "/pets/minka", "/pets/%37", "/echo", "/echo",
    "/slow", "/broken", "/lines", "/events", "/text", "/nowhere", "/", "/docs", "/openapi.json",
    "/_mock/health", "/_mock/seed", "/_mock/stubs", "/_session/a/pets/7", "/pets/7#part", "*",
    "http://mock/pets/7?q", "/a%2Fb;c=%7e",
]  # fmt: skip
FIELDS = [
    "accept: application/json", "accept: text/html", "accept: */*;q=0.1", "x-empty:",
    "prefer: example=dog", "prefer: dynamic=true, seed=a", "prefer: code=404", "prefer: explain",
    "prefer: delay=1ms", "prefer: fault=503", "prefer: fault=reset", "prefer: fault=truncated",
    "prefer: fault=chunk", "prefer: fault=malformed", "prefer: fault=drip, over=1ms",
    "prefer: handling=lenient", "origin: http://app.example.com", "mock-session: b",
    "mock-session: no name", "cookie: mock-session=c", "cookie: a=b", "x-twice: 1", "x-twice: 2",
    "access-control-request-method: POST", "authorization: Bearer abc", "upgrade: h2c",
    "content-encoding: gzip", "x-long: " + "y" * 5_000, "x-high: \xe4\xff",
]  # fmt: skip
BODIES = [
    b'{"id": 1, "name": "Minka"}', b'{"id": 0}', b"{", b"", b"null", b'"\xc3\xa4"', b'"\xff"',
    b'"' + b"x" * 70_000 + b'"', b'"' + b"x" * 150_000 + b'"', b'"' + b"x" * LIMIT + b'"',
]  # fmt: skip


def chunked(body: bytes, chance: random.Random) -> bytes:
    parts = []
    while body:
        size = chance.randint(1, max(1, len(body)))
        parts.append(b"%x\r\n%b\r\n" % (size, body[:size]))
        body = body[size:]
    return b"".join([*parts, b"0\r\n\r\n"])


def drawn(chance: random.Random, is_last: bool) -> bytes:
    """Return a request; the last on its connection wants that closed."""
    version = "1.1" if not is_last or chance.random() < 0.9 else "1.0"
    method, target = chance.choice(METHODS), chance.choice(TARGETS)
    fields = ["Host: mock", *chance.sample(FIELDS, chance.choice([0, 1, 1, 2, 3]))]
    if method == "OPTIONS" and target == "*":
        target = "/text"
    body = b""
    if method in ("PUT", "POST", "PATCH") or chance.random() < 0.05:
        body = chance.choice(BODIES)
        fields.append(chance.choice([JSON, JSON, "Content-Type: text/plain", "x-none: 1"]))
        if len(body) < LIMIT and version == "1.1" and chance.random() < 0.3:
            fields.append("Transfer-Encoding: chunked")
            body = chunked(body, chance)
        else:
            fields.append(f"Content-Length: {len(body)}")
    if is_last:
        fields.append("Connection: close")
    head = "\r\n".join([f"{method} {target} HTTP/{version}", *fields, "", ""])
    return head.encode("latin-1") + body


def cut(data: bytes, chance: random.Random) -> list[bytes]:
    """Return the data in one piece, or in a few."""
    ends = sorted(chance.sample(range(1, len(data)), chance.choice([0, 0, 0, 1, 3])))
    return [data[a:b] for a, b in zip([0, *ends], [*ends, len(data)], strict=True)]


def conversation(number: int) -> list[bytes]:
    """Return what one client sends: one request, or several behind each other."""
    chance = random.Random(number)
    several = chance.choice([1, 1, 1, 1, 2, 5])
    data = b"".join(drawn(chance, n == several - 1) for n in range(several))
    return cut(data, chance)


LARGE = 60_000
CUTTING = re.compile(rb"fault=(reset|truncated|chunk)")


def is_cut(pieces: list[bytes]) -> bool:
    """Return whether a fault cuts the connection before all requests on it are read.

    Then it depends on the moment whether the client sees a reset.
    """
    data = b"".join(pieces)
    return len(re.findall(rb" HTTP/1\.[01]\r\n", data)) > 1 and bool(CUTTING.search(data))


@pytest.mark.parametrize("part", range(10))
def test_a_client_gets_the_same_bytes_by_both(ways: Ways, part: int) -> None:
    for number in range(part * 200, part * 200 + 200):
        pieces = conversation(number)
        plain, ours = seen(ways.plain, pieces), seen(ways.ours, pieces)
        if is_cut(pieces):
            assert ours[0].startswith(plain[0]) or plain[0].startswith(ours[0]), number
        elif plain[1] == "reset" and ours[1] == "closed":
            # Who still sends when the reply is there is reset by uvicorn; we let it read that.
            assert len(pieces) > 1 or sum(map(len, pieces)) > LARGE, number
            assert ours[0].startswith(plain[0]), number
        else:
            assert ours == plain, (number, pieces)
            assert plain[0] or plain[1] == "reset"


def kept(mock: Mock) -> list[tuple[Any, ...]]:
    """Return what the journal holds of each exchange, times aside."""
    rows = [
        (e.method, e.path, e.query, e.operation, e.request_headers, e.request_body, e.met.scenarios)
        + ((e.reply.status, e.reply.headers, e.reply.body, e.reply.source) if e.reply else ())
        for e in mock.exchanges
    ]
    return sorted(rows, key=repr)


def test_the_journal_is_the_same_by_both(ways: Ways) -> None:
    for mock in ways:
        mock.client.post("/_mock/reset")
        for number in range(3_000, 3_100):
            if not is_cut(pieces := conversation(number)):
                seen(mock, pieces)
    until(lambda: len(kept(ways.ours)) == len(kept(ways.plain)), "all is written down")
    assert len(kept(ways.ours)) > 50
    assert kept(ways.ours) == kept(ways.plain)


# What HTTP asks for, by both

GET = b"GET /text HTTP/1.1\r\nhost: mock\r\n\r\n"


def echo(body: bytes, *fields: str) -> bytes:
    return request("/echo", body, JSON, *fields)


def test_pipelined_requests_are_answered_in_their_order(mock: Mock) -> None:
    bodies = [json.dumps(n).encode() for n in range(200)]
    with mock.wire() as wire:
        wire.send(b"".join(map(echo, bodies)))
        assert [wire.answer().body for _ in bodies] == bodies


def test_pipelined_requests_that_wait_are_answered_in_their_order(mock: Mock) -> None:
    paths = ["/slow", "/echo"] * 50
    bodies = [json.dumps(n).encode() for n in range(100)]
    with mock.wire() as wire:
        wire.send(b"".join(request(p, b, JSON) for p, b in zip(paths, bodies, strict=True)))
        assert [wire.answer().body for _ in bodies] == bodies


def test_a_request_that_comes_byte_by_byte_is_answered(mock: Mock) -> None:
    with mock.wire() as wire:
        wire.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in echo(b'{"a": 1}'):
            wire.send(bytes([byte]))
        assert wire.answer().body == b'{"a":1}'


def test_a_body_in_chunks_is_read_and_its_trailers_are_no_headers(mock: Mock) -> None:
    head = request("/echo", b"", JSON, "transfer-encoding: chunked", length=False)
    with mock.wire() as wire:
        wire.send(head + b"2\r\n[1\r\n")
        wire.send(b"2;ext=1\r\n,2\r\n1\r\n]\r\n0\r\nx-trailer: 1\r\n\r\n" + GET)
        assert wire.answer().body == b"[1,2]"
        assert wire.answer("GET").body == b"a"


def test_a_body_of_no_known_length_comes_in_chunks(mock: Mock) -> None:
    with mock.wire() as wire:
        wire.send(GET.replace(b"/text", b"/events"))
        answer = wire.answer("GET")
        assert answer.headers["transfer-encoding"] == "chunked"
        assert answer.chunks
        wire.send(GET)
        assert wire.answer("GET").body == b"a"


def test_who_asks_whether_to_send_is_told_to_go_on(mock: Mock) -> None:
    with mock.wire() as wire:
        wire.send(
            request("/echo", b"", JSON, "expect: 100-continue", "content-length: 1", length=False)
        )
        assert wire._until(b"\r\n\r\n") == b"HTTP/1.1 100 Continue"
        wire.send(b"1")
        assert wire.answer().body == b"1"


def test_who_asks_whether_to_send_too_much_is_told_not_to(mock: Mock) -> None:
    length = f"content-length: {LIMIT + 1}"
    with mock.wire() as wire:
        wire.send(request("/echo", b"", JSON, "expect: 100-continue", length, length=False))
        assert wire.answer().status == 413


def test_head_has_the_headers_of_get_and_no_body(mock: Mock) -> None:
    with mock.wire() as wire:
        wire.send(GET.replace(b"GET", b"HEAD") + GET)
        head, got = wire.answer("HEAD"), wire.answer("GET")
    assert {**head.headers, "date": ""} == {**got.headers, "date": ""}
    assert (head.body, got.body) == (b"", b"a")


@pytest.mark.parametrize(
    "head",
    [b"GET /text HTTP/1.0\r\n\r\n", b"GET /text HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"],
    ids=["1.0", "close"],
)
def test_a_connection_ends_with_the_reply_if_the_client_wants_that(mock: Mock, head: bytes) -> None:
    with mock.wire() as wire:
        wire.send(head)
        answer = wire.answer("GET")
        assert (answer.headers["connection"], answer.body) == ("close", b"a")
        assert wire.socket.recv(1) == b""


def test_a_connection_stays_without_that(mock: Mock) -> None:
    with mock.wire() as wire:
        for _ in range(50):
            wire.send(GET)
            assert wire.answer("GET").body == b"a"


@pytest.mark.parametrize("how", ["closes", "resets"])
@pytest.mark.parametrize(
    "sent",
    [b"GET /te", echo(b"[1, 2]")[:-3], GET.replace(b"/text", b"/large"), GET * 500],
    ids=["in a head", "in a body", "before it reads", "with many unanswered"],
)
def test_a_client_that_leaves_leaves_nothing_behind(
    mock: Mock, sent: bytes, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    with mock.wire() as wire:
        wire.send(sent)
        if how == "resets":
            wire.reset()
    connections = mock.server._server.server_state.connections
    mock.client.get("/_mock/health")
    until(lambda: len(connections) <= 1, "the connection has ended")
    until(lambda: not mock.server._server.server_state.tasks, "its requests have ended")
    assert mock.client.get("/text").text == "a"


def test_what_fails_is_answered_and_logged_alike(ways: Ways) -> None:
    answers = [mock.client.get("/broken") for mock in ways]
    assert {answer.status_code for answer in answers} == {500}
    assert answers[0].content == answers[1].content


# Applications of every kind


START = {"type": "http.response.start", "status": 200, "headers": [(b"X-Own", b"1")]}
SIZED = {**START, "headers": [(b"content-length", b"3")]}
BODY = {"type": "http.response.body", "body": b"abc"}
PART = {**BODY, "more_body": True}


def sending(*steps: Any) -> ASGIApp:
    """Return an application that sends messages, waits at each None, and raises errors."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        for step in steps:
            if step is None:
                await asyncio.sleep(0)
            elif isinstance(step, Exception):
                raise step
            else:
                await send(step)

    return app


async def reading(scope: Any, receive: Any, send: Any) -> None:
    """Return an application that reads all, and once more."""
    message = await receive()
    while message.get("more_body"):
        message = await receive()
    await sending(START, BODY)(scope, receive, send)
    assert (await receive())["type"] == "http.disconnect"


async def returning(scope: Any, receive: Any, send: Any) -> None:
    await sending(START, BODY)(scope, receive, send)
    return 1  # type: ignore[return-value]


def headed(*headers: tuple[bytes, bytes], status: int = 200) -> dict[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": list(headers)}


APPS: dict[str, ASGIApp] = {
    "whole": sending(SIZED, BODY),
    "chunked": sending(START, BODY),
    "in parts": sending(START, PART, PART, BODY),
    "in parts of a length": sending(headed((b"Content-Length", b"6")), PART, BODY),
    "waits first": sending(None, SIZED, BODY),
    "waits between head and body": sending(SIZED, None, BODY),
    "waits between parts": sending(START, PART, None, PART, None, BODY),
    "large": sending(headed((b"content-length", b"300000")), {**BODY, "body": b"x" * 300_000}),
    "empty part": sending(START, {"type": "http.response.body"}),
    "no content": sending(headed(status=204), {"type": "http.response.body"}),
    "not modified": sending(headed((b"etag", b"x"), status=304), {"type": "http.response.body"}),
    "closes": sending(headed((b"Connection", b"x, Close"), (b"content-length", b"3")), BODY),
    "own framing": sending(headed((b"Transfer-Encoding", b"Chunked")), BODY),
    "same header twice": sending(headed((b"Set-Cookie", b"a"), (b"set-cookie", b"b")), BODY),
    "long header": sending(headed((b"x", b"y" * 10_000)), BODY),
    "a date of its own": sending(headed((b"date", b"today"), (b"content-length", b"3")), BODY),
    "reads": reading,
    "fails": sending(ValueError("no")),
    "fails after a wait": sending(None, ValueError("no")),
    "fails behind the head": sending(SIZED, ValueError("no")),
    "fails in the body": sending(START, PART, ValueError("no")),
    "fails in the body after a wait": sending(START, None, PART, None, ValueError("no")),
    "fails behind all": sending(SIZED, BODY, ValueError("no")),
    "says nothing": sending(),
    "says nothing after a wait": sending(None),
    "stops behind the head": sending(SIZED),
    "stops in the body": sending(START, PART),
    "sends too much": sending(SIZED, {**BODY, "body": b"abcd"}),
    "sends too little": sending(SIZED, {**BODY, "body": b"ab"}),
    "sends a body first": sending(BODY),
    "sends two heads": sending(SIZED, SIZED),
    "sends more behind all": sending(SIZED, BODY, BODY),
    "wrong name": sending(headed((b"a b", b"1")), BODY),
    "wrong value": sending(headed((b"a", b"1\r\nb: 2")), BODY),
    "wrong value twice": sending(headed((b"a", b"1"), (b"a", b"1\n")), BODY),
    "wrong status": sending(headed(status=600), BODY),
    "wrong length": sending(headed((b"content-length", b"many")), BODY),
    "returns": returning,
}
REQUESTS = {
    "GET": "GET /{} HTTP/1.1\r\nhost: a\r\n\r\n",
    "HEAD": "HEAD /{} HTTP/1.1\r\nhost: a\r\n\r\n",
    "POST": "POST /{} HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\nabc",
    "1.0": "GET /{} HTTP/1.0\r\n\r\n",
}
LAST = b"GET /0 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"


async def one_of_them(scope: Any, receive: Any, send: Any) -> Any:
    """Return the application whose number the path is."""
    apps = list(APPS.values())
    return await apps[int(scope["path"][1:])](scope, receive, send)


@pytest.fixture(scope="module")
def servers() -> Iterator[list[BackgroundServer]]:
    with plain_server(one_of_them) as plain, BackgroundServer(one_of_them) as ours:
        yield [plain, ours]


def wire_to(server: BackgroundServer) -> Wire:
    url = httpx.URL(server.url)
    return Wire(socket.create_connection((url.host, url.port or 80), SECONDS))


@judged
@pytest.mark.parametrize("asked", REQUESTS.values(), ids=REQUESTS)
@pytest.mark.parametrize("number", range(len(APPS)), ids=APPS)
def test_an_application_is_answered_for_alike(
    servers: list[BackgroundServer], number: int, asked: str, caplog: pytest.LogCaptureFixture
) -> None:
    logs, answers = [], []
    for server in servers:
        caplog.clear()
        with wire_to(server) as wire:
            wire.send(asked.format(number).encode() + LAST)
            got, end = everything(wire)
        until(lambda server=server: not server._server.server_state.tasks, "the tasks end")  # type: ignore[misc]
        answers.append((DATE.sub(b"", got), end))
        logs.append([(r.levelname, r.getMessage()) for r in caplog.records])
    assert answers[0] == answers[1]
    assert logs[0] == logs[1]


@pytest.mark.parametrize(
    "app", [sending(START, PART, None, BODY), sending(SIZED, None, BODY)], ids=["part", "head"]
)
def test_what_is_there_before_a_wait_is_sent_before_it(app: ASGIApp) -> None:
    go = threading.Event()

    async def held(scope: Any, receive: Any, send: Any) -> None:
        async def slowly(message: Any) -> None:
            await send(message)
            if message.get("more_body") or message["type"].endswith("start"):
                while not go.is_set():
                    await asyncio.sleep(0.001)

        await app(scope, receive, slowly)

    with BackgroundServer(held) as server, wire_to(server) as wire:
        wire.send(LAST)
        assert wire._until(b"\r\n\r\n").startswith(b"HTTP/1.1 200 OK")
        go.set()
        assert b"abc" in everything(wire)[0]
