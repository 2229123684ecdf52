"""A real small service on a socket of its own, whose every byte a test decides."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from io import BufferedReader

from tests.helpers.running import SECONDS


@dataclass(frozen=True)
class Seen:
    """A request as it came in, and the number of the connection that it came on."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    connection: int

    def all(self, name: str) -> list[str]:
        """Return the values of a header, each as it stood."""
        return [value for other, value in self.headers if other.lower() == name]


Answer = Callable[[Seen, socket.socket], bytes | None]


def reply(status: int, body: bytes = b"", *headers: str, length: bool = True) -> bytes:
    """Return the bytes of a reply."""
    phrase = HTTPStatus(status).phrase
    lines = [f"HTTP/1.1 {status} {phrase}", *headers]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def json_reply(body: bytes, *headers: str, status: int = 200) -> bytes:
    """Return the bytes of a reply in JSON."""
    return reply(status, body, "Content-Type: application/json", *headers)


@dataclass
class Service:
    """A service that answers by a function, whose None stands for a reply that was sent already."""

    answer: Answer
    seen: list[Seen] = field(default_factory=list)
    # How many bytes of bodies have come in.
    arrived: int = 0
    connections: int = 0

    def __enter__(self) -> Service:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    @property
    def url(self) -> str:
        """Return the URL of the service."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def port(self) -> int:
        """Return the port of the service."""
        return int(self._listening.getsockname()[1])

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                connection.settimeout(SECONDS)
                self.connections += 1
                self._open.append(connection)
                threading.Thread(
                    target=self._serve, args=(connection, self.connections), daemon=True
                ).start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        with connection, suppress(OSError, ValueError), connection.makefile("rb") as lines:
            while line := lines.readline():
                method, target, _ = line.decode("latin-1").split(" ", 2)
                headers = list(_headers(iter(lines.readline, b"")))
                body = self._body(headers, lines)
                request = Seen(method, target, headers, body, number)
                self.seen.append(request)
                sent = self.answer(request, connection)
                if sent is not None:
                    connection.sendall(sent)

    def _body(self, headers: list[tuple[str, str]], lines: BufferedReader) -> bytes:
        named = {name.lower(): value for name, value in headers}
        read = lines.read
        if named.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(lines.readline(), 16):
                body += read(size)
                self.arrived += size
                read(2)
            read(2)
            return body
        left, parts = int(named.get("content-length", 0)), []
        while left:
            parts.append(lines.read1(min(left, 65_536)))
            if not parts[-1]:
                raise ConnectionResetError
            left -= len(parts[-1])
            self.arrived += len(parts[-1])
        return b"".join(parts)


def _headers(lines: Iterator[bytes]) -> Iterator[tuple[str, str]]:
    for line in lines:
        if line == b"\r\n":
            return
        name, _, value = line.decode("latin-1").partition(":")
        yield name, value.strip()
