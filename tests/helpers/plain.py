"""The app behind uvicorn's own protocol, to compare with ours."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mock_server.gateway import EXTENSION, Connection
from mock_server.server import ASGIApp
from mock_server.server.uvicorn_server import BackgroundServer


class PlainProtocol(HttpToolsProtocol):
    """uvicorn's protocol as it is, but for the connection that faults of the wire need."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._connection = Connection(transport)

    def on_headers_complete(self) -> None:
        scope: Any = self.scope
        scope["extensions"] = {EXTENSION: self._connection}
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._connection.end()

    def shutdown(self) -> None:
        super().shutdown()
        self._connection.stop()


def plain_server(app: ASGIApp) -> BackgroundServer:
    """Return a server of an app by uvicorn's own protocol."""
    server = BackgroundServer(app)
    server._server.config.http = PlainProtocol
    return server
