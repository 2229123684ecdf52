"""Faults on a connection, which ASGI has no messages for."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, MutableMapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any, NamedTuple

from mock_server.http_messages import BODYLESS, Fault, Reply, header_bytes, retry_header

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# The extension of the scope by which the server hands over the connection.
EXTENSION = "mock_server.connection"
# How many bytes too many a wrong Content-Length states.
BYTES_TOO_MANY = 16
# The most pieces of a drip.
MOST_DRIPS = 50
# Close at once, with a reset that the other side sees: `l_onoff` and `l_linger`.
_LINGER = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class ClientLeft(Exception):
    """An error for a client that left before its request was whole, or before it was answered."""


class Connection(asyncio.Protocol):
    """The connection under the requests of a client.

    `lost` is done when the connection has ended. `over` is done when the connection has ended, or
    is to end because the server ends: nothing is to wait on it any longer. After `take_over`, what
    the client still sends is thrown away, and no further request is served.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        loop = asyncio.get_running_loop()
        self.transport = transport
        self.over: asyncio.Future[None] = loop.create_future()
        self.lost: asyncio.Future[None] = loop.create_future()
        # The reply that the server itself sent to a request that came too slowly.
        self.refused: Reply | None = None
        self._server: Any = None

    def take_over(self) -> None:
        """Stop serving requests, and listen only for the client's leaving."""
        self._server = self.transport.get_protocol()
        self.transport.set_protocol(self)
        self.transport.resume_reading()

    def reset(self) -> None:
        """End the connection by a TCP reset."""
        sock: socket.socket = self.transport.get_extra_info("socket")
        with suppress(OSError):  # the client was quicker
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
        self.transport.abort()

    def stop(self) -> None:
        """End all waits on the connection."""
        if not self.over.done():
            self.over.set_result(None)

    def end(self) -> None:
        """Note that the connection has ended."""
        self.stop()
        if not self.lost.done():
            self.lost.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Notify the server, to which the connection still belongs."""
        self._server.connection_lost(exc)

    def pause_writing(self) -> None:
        """Notify the server, through which everything is still sent."""
        self._server.pause_writing()

    def resume_writing(self) -> None:
        """Notify the server, through which everything is still sent."""
        self._server.resume_writing()


class Exchanged(NamedTuple):
    """One request, with what it is answered through."""

    scope: Scope
    receive: Receive
    send: Send

    @property
    def connection(self) -> Connection | None:
        """Return the connection; None if the app is called without one."""
        found: Connection | None = self.scope.get("extensions", {}).get(EXTENSION)
        return found

    def has_body(self, reply: Reply) -> bool:
        """Return whether a client expects a body behind the reply's head."""
        return self.scope["method"] != "HEAD" and reply.status not in BODYLESS

    async def head(self, reply: Reply, *others: tuple[bytes, bytes]) -> None:
        """Send a reply's head; `others` replace its framing of the body if there are any."""
        headers = reply.headers if not others else [*_unframed(reply.headers), *others]
        head = {"type": "http.response.start", "status": reply.status, "headers": headers}
        await self.send(head)

    async def part(self, body: bytes, more: bool = True) -> None:
        """Send a part of the body."""
        await self.send({"type": "http.response.body", "body": body, "more_body": more})

    async def whole(self, reply: Reply) -> None:
        """Send a reply as it is."""
        await self.head(reply)
        assert isinstance(reply.pieces, tuple), "what has no end doesn't go wrong on purpose"
        pieces = (reply.pieces or (reply.body,)) if self.has_body(reply) else ()
        for piece in pieces[:-1]:
            await self.part(piece)
        await self.part(pieces[-1] if pieces else b"", more=False)

    async def wait(self, waiting: Awaitable[Any]) -> None:
        """Wait, but no longer than the server and the client do. Raises ClientLeft."""
        left = asyncio.ensure_future(_left(self.receive))
        tasks: set[asyncio.Future[Any]] = {left, asyncio.ensure_future(waiting)}
        others = {self.connection.over} if self.connection is not None else set()
        try:
            await asyncio.wait(tasks | others, return_when=asyncio.FIRST_COMPLETED)
            if left.done() or (self.connection is not None and self.connection.lost.done()):
                raise ClientLeft
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def while_there(self, pieces: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        """Yield the pieces of a body without end, until the client leaves or the server ends."""
        left = asyncio.ensure_future(_left(self.receive))
        over = {left} if self.connection is None else {left, self.connection.over}
        piece: asyncio.Future[bytes] | None = None
        try:
            while not any(future.done() for future in over):
                piece = asyncio.ensure_future(anext(pieces))
                await asyncio.wait({piece, *over}, return_when=asyncio.FIRST_COMPLETED)
                if not piece.done():
                    return
                yield piece.result()
        except StopAsyncIteration:
            return
        finally:
            # A generator that a task still runs can't be closed.
            tasks: list[asyncio.Future[Any]] = [left] if piece is None else [left, piece]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await pieces.aclose()


def refused_by_server(scope: Scope) -> Reply | None:
    """Return the server's own reply to the request of a scope; None if it sent none."""
    connection: Connection | None = scope.get("extensions", {}).get(EXTENSION)
    return connection.refused if connection is not None else None


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def spoilt(reply: Reply, fault: Fault) -> Reply:
    """Return a reply with what a fault does to it before it is sent."""
    headers = reply.headers
    if fault.retry_after is not None and fault.status is None:
        name, value = (part.encode() for part in retry_header(fault.retry_after))
        headers = [*(pair for pair in headers if pair[0] != name.lower()), (name.lower(), value)]
    if str(fault):
        headers = [*headers, (b"mock-fault", header_bytes(str(fault)))]
    reply = reply._replace(headers=headers, fault=fault)
    return _malformed(reply) if fault.kind == "malformed" else reply


async def misbehave(fault: Fault, reply: Reply, exchanged: Exchanged) -> None:
    """Send a reply with a fault on the connection, or whole if the fault isn't one of those.

    Raises ClientLeft, and ConnectionError if there is no connection to misbehave on. So a client
    inside this process meets the failure too.
    """
    deed = _DEEDS.get(fault.kind)
    if deed is None:
        await exchanged.whole(reply)
    else:
        await deed(fault, reply, exchanged)


async def _reset(fault: Fault, reply: Reply, exchanged: Exchanged) -> None:
    connection = _taken_over(exchanged, ConnectionResetError("the connection was reset"))
    connection.reset()
    await _ended(connection)


async def _close(fault: Fault, reply: Reply, exchanged: Exchanged) -> None:
    connection = _taken_over(exchanged, ConnectionAbortedError("closed without a reply"))
    connection.transport.close()
    await _ended(connection)


async def _hang(fault: Fault, reply: Reply, exchanged: Exchanged) -> None:
    if exchanged.connection is None:
        await _left(exchanged.receive)
        raise ClientLeft
    exchanged.connection.take_over()
    await exchanged.connection.over
    exchanged.connection.transport.abort()
    await _ended(exchanged.connection)


async def _truncated(fault: Fault, reply: Reply, exchanged: Exchanged) -> None:
    if not exchanged.has_body(reply) or not reply.body:
        await _head_cut(reply, exchanged)
        return
    await exchanged.head(reply)
    await exchanged.part(reply.body[: len(reply.body) // 2])
    await cut_connection(exchanged)


async def _wrong_length(fault: Fault, reply: Reply, exchanged: Exchanged) -> None:
    if not exchanged.has_body(reply):
        await _head_cut(reply, exchanged)
        return
    length = len(reply.body) + BYTES_TOO_MANY
    await exchanged.head(reply, (b"content-length", b"%d" % length))
    await exchanged.part(reply.body)
    await cut_connection(exchanged)


async def _chunk(fault: Fault, reply: Reply, exchanged: Exchanged) -> None:
    if exchanged.scope["http_version"] == "1.0" or not exchanged.has_body(reply):
        await _truncated(fault, reply, exchanged)  # chunks are unknown there
        return
    await exchanged.head(reply, (b"transfer-encoding", b"chunked"))
    await exchanged.part(reply.body)
    await cut_connection(exchanged)


async def _drip(fault: Fault, reply: Reply, exchanged: Exchanged) -> None:
    """Send the body in small pieces; without a body the head itself is sent late."""
    body = reply.body if exchanged.has_body(reply) else b""
    drips = min(len(body), MOST_DRIPS)
    if not body:
        await exchanged.wait(asyncio.sleep(fault.over))
    await exchanged.head(reply)
    for number in range(drips):
        await exchanged.wait(asyncio.sleep(fault.over / drips))
        if exchanged.connection is not None and exchanged.connection.over.done():
            await _ended(exchanged.connection)
        begin, end = (len(body) * n // drips for n in (number, number + 1))
        await exchanged.part(body[begin:end], more=end < len(body))
    if not body:
        await exchanged.part(b"", more=False)


def _malformed(reply: Reply) -> Reply:
    """Return the reply with a body that is no JSON, whatever it was.

    A reply whose status allows no body stays as it is.
    """
    if reply.status in BODYLESS:
        return reply
    half = reply.body[: len(reply.body) // 2].decode("utf-8", "ignore").encode()
    body = half + b","
    headers = [*_unframed(reply.headers), (b"content-length", b"%d" % len(body))]
    return reply._replace(headers=headers, body=body, pieces=())


async def _head_cut(reply: Reply, exchanged: Exchanged) -> None:
    """Stop a reply without a body in the middle of its head."""
    without = ConnectionResetError("the connection was closed in the middle of the head")
    connection = _taken_over(exchanged, without)
    head = _head_bytes(reply)
    connection.transport.write(head[: len(head) // 2])
    connection.transport.close()
    await _ended(connection)


def _head_bytes(reply: Reply) -> bytes:
    phrase = HTTPStatus(reply.status).phrase if reply.status in set(HTTPStatus) else ""
    line = f"HTTP/1.1 {reply.status} {phrase}".encode()
    return b"\r\n".join([line, *(b": ".join(header) for header in reply.headers), b"", b""])


async def cut_connection(exchanged: Exchanged) -> None:
    """Close the connection behind what was sent.

    Raises ConnectionError if there is none.
    """
    without = ConnectionResetError("the connection was closed in the middle of the body")
    connection = _taken_over(exchanged, without)
    connection.transport.close()
    await _ended(connection)


def _taken_over(exchanged: Exchanged, without: ConnectionError) -> Connection:
    """Return the connection after its take-over; raise `without` if there is none."""
    if exchanged.connection is None:
        raise without
    exchanged.connection.take_over()
    return exchanged.connection


async def _ended(connection: Connection) -> None:
    """Wait until the connection has ended; if the server ends, what isn't sent is dropped."""
    # The shortest wait that there is, so the next request finds this exchange in the journal.
    await connection.over
    if not connection.lost.done():
        connection.transport.abort()
        await connection.lost


def _unframed(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return [pair for pair in headers if pair[0] not in (b"content-length", b"transfer-encoding")]


_Deed = Callable[[Fault, Reply, Exchanged], Awaitable[None]]
_DEEDS: Mapping[str, _Deed] = {
    "reset": _reset,
    "close": _close,
    "truncated": _truncated,
    "content-length": _wrong_length,
    "chunk": _chunk,
    "drip": _drip,
    "hang": _hang,
}
