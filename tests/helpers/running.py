"""A mock server on a socket of its own, and the helpers to use it."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import httpx

from mock_server.app import App
from mock_server.server.uvicorn_server import BackgroundServer
from mock_server.sessions.journal import Exchange
from tests.helpers.judge import Judge

# As long as anything may take on a busy machine; whatever waits goes on at once when it is there.
SECONDS = 60
OPERATION = "/api/v1/sources/{source_id}/invocations/latest-by-keys"
HANDBOOK = "3b241101-e2bb-4255-8caf-4136c566a962"
LATEST = OPERATION.replace("{source_id}", HANDBOOK)
KEYS = {"object_keys": ["README.md"]}


@dataclass(frozen=True)
class Mock:
    """A running server, and a client for it."""

    url: str
    app: App
    client: httpx.Client
    server: BackgroundServer

    @property
    def busy(self) -> int:
        """Return how many requests and connections the server has in hand."""
        state = self.server._server.server_state
        return len(state.tasks) + len(state.connections)

    @property
    def exchanges(self) -> list[Exchange]:
        """Return what the journal holds, the oldest first."""
        return self.exchanges_of("")

    def exchanges_of(self, session: str) -> list[Exchange]:
        """Return a session's journal, with the exchange whose reply has just arrived."""
        httpx.get(f"{self.url}/_mock/health")  # a server writes down one before it takes the next
        found = self.app.sessions.named(session) if session else self.app.sessions.main
        return list(found.journal)

    @cached_property
    def judge(self) -> Judge:
        """Return the second engine with this server's contract."""
        return Judge(self.app.parts.contract.documents.root.data)

    def get(self, path: str = "/thing", **request: Any) -> httpx.Response:
        """Return the reply to a GET."""
        return self.client.get(path, **request)

    def post(self, path: str = "/thing", **request: Any) -> httpx.Response:
        """Return the reply to a POST."""
        return self.client.post(path, **request)

    def faults(self, reply: httpx.Response) -> list[str]:
        """Return how a reply breaks the contract, by the second engine."""
        return self.judge.faults(reply.request.method, reply.request.url.raw_path.decode(), reply)

    def wire(self) -> Wire:
        """Return a connection whose bytes the test writes itself."""
        url = httpx.URL(self.url)
        return Wire(socket.create_connection((url.host, url.port or 80), SECONDS))


class Serve(Protocol):
    """A function that starts a server; the server ends with the test.

    The document is a path, text, or the `paths` of one; fixtures are a folder, or texts by their
    names in it; handlers are a path or the text of a module.
    """

    def __call__(
        self,
        document: Path | str | Mapping[str, Any] | None = None,
        *,
        fixtures: Path | Mapping[str, str] | None = None,
        handlers: Path | str | None = None,
        **settings: Any,
    ) -> Mock: ...


def document_text(paths: Mapping[str, Any]) -> str:
    """Return a document of those paths; a key that is no path belongs to the document itself."""
    top = {key: value for key, value in paths.items() if not key.startswith("/")}
    own = {key: value for key, value in paths.items() if key.startswith("/")}
    info = {"title": "Things", "version": "1"}
    return json.dumps({"openapi": "3.1.0", "info": info, **top, "paths": own})


def thing(responses: Mapping[str, Any], method: str = "get", **operation: Any) -> dict[str, Any]:
    """Return the paths of a document with one operation, `thing` on `/thing`."""
    answers = {code: {"description": code, **response} for code, response in responses.items()}
    return {"/thing": {method: {"operationId": "thing", "responses": answers, **operation}}}


def json_of(schema: Any, **content: Any) -> dict[str, Any]:
    """Return a response, or a body, of JSON."""
    return {"content": {"application/json": {"schema": schema, **content}}}


def until(condition: Callable[[], object], what: str) -> None:
    """Wait until a condition holds; fail with `what` if it doesn't in time."""
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, f"waited {SECONDS} s in vain: {what}"
        time.sleep(0.005)


@dataclass(frozen=True)
class Answer:
    """The answer on a connection: one reply, whole, and the chunks that its body came in."""

    status: int
    headers: dict[str, str]
    body: bytes
    chunks: tuple[bytes, ...] = ()


class Wire:
    """A connection whose bytes the test writes itself."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self._got = b""

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        """Send all of it."""
        self.socket.sendall(data)

    def reset(self) -> None:
        """Close the connection at once, as a process that is killed does."""
        linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"  # on, for no time: close sends a reset
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.socket.close()

    def _more(self) -> bool:
        data = self.socket.recv(65_536)
        self._got += data
        return bool(data)

    def answer(self, method: str = "POST") -> Answer:
        """Return the next reply on the connection."""
        head = self._until(b"\r\n\r\n")
        line, *fields = head.decode("latin-1").split("\r\n")
        pairs = (field.partition(":") for field in fields)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        status = int(line.split()[1])
        if headers.get("transfer-encoding") == "chunked" and method != "HEAD":
            chunks = tuple(self._chunks())
            return Answer(status, headers, b"".join(chunks), chunks)
        length = 0 if method == "HEAD" else int(headers.get("content-length", 0))
        return Answer(status, headers, self._take(length))

    def _until(self, end: bytes) -> bytes:
        while end not in self._got:
            assert self._more(), f"the connection ended in {self._got!r}"
        before, _, self._got = self._got.partition(end)
        return before

    def _take(self, length: int) -> bytes:
        while len(self._got) < length:
            assert self._more(), "the connection ended in the body"
        taken, self._got = self._got[:length], self._got[length:]
        return taken

    def _chunks(self) -> Iterator[bytes]:
        """Yield the chunks of a body (RFC 9112, section 7.1), without the last, which is empty."""
        while size := int(self._until(b"\r\n"), 16):
            yield self._take(size)
            assert self._until(b"\r\n") == b""
        assert self._until(b"\r\n") == b""

    def ended(self) -> bool:
        """Return whether the server has closed the connection; waits until it has."""
        try:
            while self._more():
                pass
        except ConnectionResetError:
            return True
        except TimeoutError:
            return False
        return True


def request(
    path: str = LATEST, body: bytes = b"", *headers: str, method: str = "POST", length: bool = True
) -> bytes:
    """Return the bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", "host: mock", *headers]
    if length:
        lines.append(f"content-length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body
