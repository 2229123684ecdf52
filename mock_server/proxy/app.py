"""An app that stands in front of the real service."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from typing import Any

from mock_server.app import App
from mock_server.contract import Contract
from mock_server.errors import Problem
from mock_server.gateway import (
    SESSION_PREFIX,
    Exchanged,
    Receive,
    Scope,
    Send,
    is_control,
    is_preflight,
    shared_headers,
    within,
)
from mock_server.http_messages import header_map
from mock_server.proxy.passage import pass_on
from mock_server.proxy.recorder import Recorder
from mock_server.proxy.upstream import Upstream
from mock_server.settings import Settings


@dataclass(frozen=True)
class Proxying:
    """The settings of a proxy: the upstream, and what happens to exchanges that break the contract.

    `record` is the folder that canned replies are written to; with `record_all` also those that
    break the contract. `seconds` is how long the upstream has.
    """

    upstream: str
    enforce: bool = False
    fallback: bool = False
    record: Path | None = None
    seconds: float = 60.0
    record_all: bool = False


class Proxy(App):
    """An app that passes requests on to the real service, and judges both directions.

    It keeps what the mock has beside the contract: sessions, faults, the journal, the control API.
    """

    sends_dates = True

    def __init__(self, settings: Settings, proxying: Proxying) -> None:
        self.upstream = Upstream(proxying.upstream, proxying.seconds)
        self.enforce, self.fallback = proxying.enforce, proxying.fallback
        self.body_limit = settings.body_limit
        self.recorder: Recorder | None = None
        super().__init__(settings)
        if proxying.record is not None:
            self.recorder = Recorder(
                proxying.record,
                self.contract,
                self.upstream.name,
                self.secrets,
                proxying.record_all,
            )

    def load(self) -> None:
        """Read everything anew; what is recorded from now on follows the new contract."""
        super().load()
        if self.recorder is not None:
            self.recorder = self.recorder.of(self.contract, self.secrets)

    @property
    def contract(self) -> Contract:
        """Return the contract, by which both directions are judged."""
        return self.parts.contract

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it here if the mock answers such requests itself."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        path = scope["raw_path"].decode("latin-1")
        if path.startswith(SESSION_PREFIX) and self.target(scope["method"], path, "") is None:
            scope = within(scope, path.removeprefix(SESSION_PREFIX))
            path = scope["raw_path"].decode("latin-1")
        if self._is_answered_here(scope["method"], path, scope):
            await super().__call__(scope, receive, _dated(send))
            return
        headers = header_map(scope["headers"])
        if self.settings.cors and b"origin" in headers:
            send = _shared(send, headers)
        await pass_on(self, Exchanged(scope, receive, _dated(send)))

    def _is_answered_here(self, method: str, path: str, scope: Scope) -> bool:
        """Return whether the mock answers a request: one of the control API, or a preflight."""
        if is_control(path) and self.target(method, path, "") is None:
            return True
        is_asked = self.settings.cors and method == "OPTIONS"
        return is_asked and is_preflight(header_map(scope["headers"]))

    async def mock(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the mock does."""
        await super().__call__(scope, receive, send)

    def rejection(self, method: str, path: str) -> Problem | None:
        """Return why the contract has no such request; None if it may pass.

        An OPTIONS request on a known path may pass.
        """
        known = self.methods(path)
        if method == "OPTIONS" and known:
            return None
        return self.unserved(method, path)

    async def close(self) -> None:
        """Close the connections to the upstream."""
        await self.upstream.aclose()


def _shared(send: Send, headers: Mapping[bytes, bytes]) -> Send:
    """Return a `send` whose replies the origin that asks may read, whatever the service allows."""

    async def shared(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": shared_headers(message["headers"], headers)}
        await send(message)

    return shared


def _dated(send: Send) -> Send:
    """Return a `send` whose replies have a Date (RFC 9110, section 6.6.1).

    A reply that comes with a Date keeps that.
    """

    async def dated(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            headers = message["headers"]
            if not any(name == b"date" for name, _ in headers):
                date = formatdate(usegmt=True).encode()
                message = {**message, "headers": [(b"date", date), *headers]}
        await send(message)

    return dated
