"""Bodies on their way, passed on in pieces and kept as far as they are checked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from mock_server.gateway import ClientLeft, Receive
from mock_server.http_messages import RawHeaders
from mock_server.sessions import MOST_BODY_BYTES


class Kept:
    """A body as far as it is kept: all of it, or only its beginning if it is too long."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.size = 0
        self._data = bytearray()

    @property
    def is_whole(self) -> bool:
        """Return whether nothing of it was thrown away."""
        return self.size <= self.most

    @property
    def data(self) -> bytes:
        """Return what is kept."""
        return bytes(self._data)

    def add(self, piece: bytes) -> None:
        """Add the next piece."""
        self.size += len(piece)
        if self.is_whole:
            self._data += piece
        else:
            del self._data[MOST_BODY_BYTES:]


class Incoming:
    """A request's body as it comes from the client."""

    def __init__(self, headers: RawHeaders, receive: Receive, most: int) -> None:
        names = {name for name, _ in headers}
        self.kept = Kept(most)
        self.has_any = bool(names & {b"content-length", b"transfer-encoding"})
        self._receive = receive
        self._has_ended = asyncio.Event()
        if not self.has_any:
            self._has_ended.set()

    @property
    def has_ended(self) -> bool:
        """Return whether all of it has come."""
        return self._has_ended.is_set()

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield what comes, piece by piece; what was read before comes first. Raises ClientLeft."""
        if self.kept.size:
            yield self.kept.data
        while not self.has_ended:
            message = await self._next()
            if piece := message.get("body", b""):
                yield piece

    async def read(self) -> None:
        """Read all of it, as long as it can be kept. Raises ClientLeft."""
        while not self.has_ended and self.kept.is_whole:
            await self._next()

    async def _next(self) -> Any:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ClientLeft
        self.kept.add(message.get("body", b""))
        if not message.get("more_body"):
            self._has_ended.set()
        return message

    async def left(self) -> None:
        """Wait until the client has left; nothing else looks for that once the body has come."""
        await self._has_ended.wait()
        while (await self._receive())["type"] != "http.disconnect":
            pass

    def again(self) -> Receive:
        """Return a `receive` that gives all of the body from the beginning."""
        begun = False

        async def receive() -> Any:
            nonlocal begun
            if begun:
                return await self._receive()
            begun = True
            more = not self.has_ended
            return {"type": "http.request", "body": self.kept.data, "more_body": more}

        return receive if self.kept.size or self.has_ended else self._receive
