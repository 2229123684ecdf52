"""Requests put to an app in the process, as a server puts them, one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any, NamedTuple
from urllib.parse import unquote

from mock_server.app import App
from mock_server.http_messages import Request

# No one waits longer than this for a request that is only tried.
SECONDS = 1.0
# A delay goes by the session's clock: after so long it is put on by as much as any delay takes.
SECONDS_TO_ADVANCE = 0.05
LONGEST_DELAY = 86_400.0
_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "QUERY", "TRACE"})


class DryRun(NamedTuple):
    """What became of a request: the operation that answered, its status, from where, and why."""

    operation: str
    status: int
    source: str
    detail: str


class DryRunner:
    """An app that requests are tried with, each as if the app had just been started."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._is_as_started = True

    def faults(self, operation: str) -> list[str]:
        """What goes wrong with an operation's answers on purpose, by the rules of the start."""
        rules = self._app.sessions.main.faults.rules
        own = (rule for rule in rules if rule.operation in (None, operation))
        return [str(rule.fault) for rule in own if rule.fault is not None]

    async def outcome(self, request: Request) -> DryRun | None:
        """What a request leads to; None where no reply comes in time."""
        if not self._is_as_started:
            self._app.load()
        self._app.sessions.main.reset()
        try:
            sent = await self._sent(request)
        except Exception:  # whatever it is, no reply came
            self._is_as_started = False
            return None
        outcome = self._seen(sent)
        # What a handler did may have changed what it remembers (RFC 9110, section 9.2.1).
        handled = outcome is None or outcome.source == "handler"
        self._is_as_started = not handled or request.method in _SAFE
        return outcome

    async def _sent(self, request: Request) -> list[MutableMapping[str, Any]]:
        """What the app sends. Raises TimeoutError, and whatever the app does."""
        sent: list[MutableMapping[str, Any]] = []
        waiting = [{"type": "http.request", "body": request.body, "more_body": False}]

        async def receive() -> MutableMapping[str, Any]:
            return waiting.pop() if waiting else await asyncio.Future()  # the client stays

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message)

        async def exchange() -> None:
            await self._app(_scope(request), receive, send)

        task = asyncio.ensure_future(exchange())
        if not (await asyncio.wait({task}, timeout=SECONDS_TO_ADVANCE))[0]:
            self._app.sessions.main.clock.advance(LONGEST_DELAY)
        if not (await asyncio.wait({task}, timeout=SECONDS))[0]:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            raise TimeoutError  # and what the app says when it is ended is no answer
        await task
        return sent

    def _seen(self, sent: list[MutableMapping[str, Any]]) -> DryRun | None:
        exchange = next(reversed(list(self._app.journal)), None)
        if not sent or exchange is None or exchange.reply is None:
            return None
        headers = {name.lower(): value.decode("latin-1") for name, value in sent[0]["headers"]}
        body = b"".join(message.get("body", b"") for message in sent[1:])
        told = [violation.message for violation in exchange.reply.violations]
        detail = told[0] if told else body.decode("utf-8", "replace")
        source = headers.get(b"mock-source", "")
        return DryRun(exchange.operation, sent[0]["status"], source, detail)


def _scope(request: Request) -> dict[str, Any]:
    """The connection scope of ASGI, with the headers that curl adds by itself."""
    headers = {b"host": b"127.0.0.1", b"accept": b"*/*", **request.headers}
    if request.body or b"content-type" in headers:
        headers[b"content-length"] = b"%d" % len(request.body)
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": unquote(request.path),
        "raw_path": request.path.encode("latin-1"),
        "query_string": request.query.encode("latin-1"),
        "root_path": "",
        "headers": list(headers.items()),
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 0),
    }
