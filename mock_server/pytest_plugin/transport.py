"""httpx clients that reach an app in this process, without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from concurrent.futures import Future
from typing import Any

import httpx

from mock_server.gateway import IN_PROCESS
from mock_server.server import ASGIApp, BackgroundLoop

# What stands in for an address where there is none.
BASE_URL = "http://mock"

Client = httpx.Client
AsyncClient = httpx.AsyncClient


def client(app: ASGIApp, loop: BackgroundLoop, **options: Any) -> Client:
    """Return a client of an app that runs in a loop, with options of httpx."""
    return Client(transport=Transport(app, loop), **{"base_url": BASE_URL, **options})


def async_client(app: ASGIApp, loop: BackgroundLoop, **options: Any) -> AsyncClient:
    """Return an async client of an app that runs in a loop, with options of httpx."""
    return AsyncClient(transport=Transport(app, loop), **{"base_url": BASE_URL, **options})


class Transport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Puts the requests of a client, sync or async, to an app that runs in a loop of its own.

    A reply comes as a whole. Faults of the wire and the client's read timeout are met as they
    are on a socket, by the same exceptions.
    """

    def __init__(self, app: ASGIApp, loop: BackgroundLoop) -> None:
        self._app, self._loop = app, loop

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the reply to a request of a sync client."""
        exchange = _Exchange(request, request.read())
        return exchange.response(self._begun(exchange), self._loop, exchange.seconds)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the reply to a request of an async client."""
        exchange = _Exchange(request, await request.aread())
        running = self._begun(exchange)
        waiting = asyncio.wrap_future(running)
        waiting.add_done_callback(asyncio.Future.exception)  # `running` tells it
        try:
            await asyncio.wait([waiting], timeout=exchange.seconds)
        except asyncio.CancelledError:
            self._loop.call(exchange.leave)
            raise
        return exchange.response(running, self._loop, 0)

    def _begun(self, exchange: _Exchange) -> Future[None]:
        return self._loop.submit(exchange.run(self._app))


class _Exchange:
    """A request on its way, and what has come back of its reply."""

    def __init__(self, request: httpx.Request, body: bytes) -> None:
        self._request, self._body = request, body
        self._waiting = [{"type": "http.request", "body": body, "more_body": False}]
        self._left = asyncio.Event()
        self._head: MutableMapping[str, Any] | None = None
        self._parts: list[bytes] = []

    @property
    def seconds(self) -> float | None:
        """How long the client waits."""
        timeout: float | None = self._request.extensions.get("timeout", {}).get("read")
        return timeout

    async def run(self, app: ASGIApp) -> None:
        """Have the request answered."""
        await app(self._scope(), self._receive, self._send)

    async def _receive(self) -> MutableMapping[str, Any]:
        if self._waiting:
            return self._waiting.pop()
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self._head = message
        else:
            self._parts.append(message.get("body", b""))

    def leave(self) -> None:
        """Tell the app that the client waits no longer."""
        self._left.set()

    def response(
        self, running: Future[None], loop: BackgroundLoop, seconds: float | None
    ) -> httpx.Response:
        """Return the reply in time, or raise the exception that a client of a socket would meet."""
        try:
            running.result(seconds)
        except TimeoutError:
            loop.call(self.leave)
            raise httpx.ReadTimeout("timed out", request=self._request) from None
        except ConnectionError as error:
            raise self._failure(error) from None
        assert self._head is not None
        status, headers = self._head["status"], self._head["headers"]
        stream = httpx.ByteStream(b"".join(self._parts))
        return httpx.Response(status, headers=headers, stream=stream, request=self._request)

    def _failure(self, error: ConnectionError) -> httpx.TransportError:
        if self._head is None and isinstance(error, ConnectionResetError):
            return httpx.ReadError(str(error), request=self._request)
        return httpx.RemoteProtocolError(str(error), request=self._request)

    def _scope(self) -> dict[str, Any]:
        """Return the connection scope of ASGI."""
        url = self._request.url
        raw_path, _, query = url.raw_path.partition(b"?")
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": self._request.method,
            "scheme": url.scheme,
            "path": url.path,
            "raw_path": raw_path,
            "query_string": query,
            "root_path": "",
            "headers": [(name.lower(), value) for name, value in self._request.headers.raw],
            "client": ("127.0.0.1", 0),
            "server": (url.host, url.port),
            "extensions": {IN_PROCESS: {}},
        }
