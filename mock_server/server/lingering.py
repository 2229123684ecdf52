"""The end of a connection whose client still sends."""

from __future__ import annotations

import asyncio

from mock_server.server.limits import Limits
from mock_server.server.watch import Watch


class Lingering(asyncio.Protocol):
    """A protocol that throws away what a client sends behind the last reply.

    So the client gets to read the reply. To close at once would reset the connection, and the reply
    would be lost with it (RFC 9112, section 9.6; nginx calls it `lingering_close`). The other
    direction is closed at once.
    """

    def __init__(
        self, transport: asyncio.Transport, server: asyncio.Protocol, limits: Limits
    ) -> None:
        self._transport, self._server, self._limits = transport, server, limits
        self._loop = asyncio.get_running_loop()
        self._left = limits.linger_bytes
        self._active = self._loop.time()
        self._end = self._active + limits.linger_seconds
        self._watch = Watch(self._loop, self._look)

    def begin(self) -> None:
        """Take the connection over from the server's protocol."""
        self._transport.set_protocol(self)
        self._transport.resume_reading()
        if self._transport.can_write_eof():
            self._transport.write_eof()
        self._watch.look_by(self._due())

    def data_received(self, data: bytes) -> None:
        """Throw the data away."""
        self._active = self._loop.time()
        self._left -= len(data)
        if self._left < 0:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Notify the server, to which the connection still belongs."""
        self._watch.end()
        self._server.connection_lost(exc)

    def pause_writing(self) -> None:
        """Notify the server."""
        self._server.pause_writing()

    def resume_writing(self) -> None:
        """Notify the server."""
        self._server.resume_writing()

    def _due(self) -> float:
        return min(self._end, self._active + self._limits.quiet_seconds)

    def _look(self, now: float) -> float | None:
        if self._due() > now:
            return self._due()
        # The connection to a client that doesn't read would keep unsent data for ever.
        self._transport.abort()
        return None
