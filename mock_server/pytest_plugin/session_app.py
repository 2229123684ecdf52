"""A session of an app for each test, with the requests that it has in hand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import unquote_to_bytes

from mock_server.app import App
from mock_server.gateway import EXTENSION, SESSION_PREFIX, Receive, Scope, Send
from mock_server.server import BackgroundLoop
from mock_server.sessions import Exchange, Session, Verdict

# A request that was answered is in the journal a moment later; nobody waits longer for that.
SECONDS_TO_SETTLE = 1.0


class InHand:
    """A request that isn't in the journal yet."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._connection = scope.get("extensions", {}).get(EXTENSION)
        self._send = send
        self._is_answered = False

    async def send(self, message: Any) -> None:
        """Send a part of the reply."""
        self._is_answered = not message.get("more_body") and message["type"].endswith("body")
        await self._send(message)

    @property
    def is_over(self) -> bool:
        """Whether the client has all that comes, so that it may go on."""
        connection = self._connection
        return self._is_answered or (connection is not None and connection.transport.is_closing())


class SessionApp:
    """One session of an app, as an ASGI app whose every request is in it.

    It belongs to the loop; other threads reach it by `loop.call` and `settled`.
    """

    def __init__(self, app: App, name: str, loop: BackgroundLoop) -> None:
        self._app, self.name, self._loop = app, name, loop
        self.session: Session = app.sessions.named(name)
        self.verdict = self._new_verdict()
        self.tolerates = False
        self._in_hand: set[InHand] = set()
        self._ended = asyncio.Event()
        self.session.journal.listen(self._judge)

    def _new_verdict(self) -> Verdict:
        return Verdict(lambda: self._app.secrets)

    def _judge(self, exchange: Exchange) -> None:
        if not self.tolerates:
            self.verdict.add(exchange)

    def judged(self) -> Verdict:
        """Return the verdict until now, and begin a new one."""
        verdict, self.verdict = self.verdict, self._new_verdict()
        return verdict

    @contextmanager
    def serving(self, scope: Scope, send: Send) -> Iterator[Send]:
        """Have a request in hand, with what sends its reply."""
        in_hand = InHand(scope, send)
        self._in_hand.add(in_hand)
        try:
            yield in_hand.send
        finally:
            self._in_hand.discard(in_hand)
            self._ended.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request in the session, in the loop."""
        if scope["type"] == "http":
            others = [(name, value) for name, value in scope["headers"] if name != b"mock-session"]
            scope = {**scope, "headers": [*others, (b"mock-session", self.name.encode())]}
        with self.serving(scope, send) as sending:
            await self._app(scope, receive, sending)

    async def bridged(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request of another loop."""
        if self._loop.is_here:
            await self(scope, receive, send)
            return
        here = asyncio.get_running_loop()

        def there(function: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
            async def call(*args: Any) -> Any:
                future = asyncio.run_coroutine_threadsafe(function(*args), here)
                return await asyncio.wrap_future(future)

            return call

        serving = self._loop.submit(self(scope, there(receive), there(send)))
        await asyncio.wrap_future(serving)

    def settled(self, *, all_of_them: bool = False) -> None:
        """Wait until the requests are in the journal whose clients may have gone on.

        With `all_of_them` those that are still being answered too, but not for long.
        """
        if not self._loop.is_here:
            self._loop.submit(self._settle(all_of_them)).result()

    async def _settle(self, all_of_them: bool) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(SECONDS_TO_SETTLE):
                while any(all_of_them or in_hand.is_over for in_hand in self._in_hand):
                    self._ended.clear()
                    await self._ended.wait()


class SessionApps:
    """An app whose sessions tests have; served on a socket it knows them by their path."""

    def __init__(self, app: App, loop: BackgroundLoop) -> None:
        self.app, self.loop = app, loop
        self._open: dict[str, SessionApp] = {}
        self._last = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, in the session that its path names."""
        world = self._open.get(_name(scope))
        if world is None:
            await self.app(scope, receive, send)
            return
        with world.serving(scope, send) as sending:
            await self.app(scope, receive, sending)

    def open(self) -> SessionApp:
        """Open a new session."""
        return self.loop.call(self._opened)

    def _opened(self) -> SessionApp:
        self._last += 1
        world = SessionApp(self.app, f"test-{self._last}", self.loop)
        self._open[world.name] = world
        return world

    def close(self, world: SessionApp) -> None:
        """Let a session go, with all that is in it."""
        self.loop.call(self._closed, world)

    def _closed(self, world: SessionApp) -> None:
        world.session.reset()
        self._open.pop(world.name, None)
        self.app.sessions.drop(world.name)


def _name(scope: Scope) -> str:
    """Return the session that a path names; the empty string if it names none."""
    raw: bytes = scope.get("raw_path", b"")
    prefix = SESSION_PREFIX.encode()
    if not raw.startswith(prefix):
        return ""
    return unquote_to_bytes(raw[len(prefix) :].partition(b"/")[0]).decode("latin-1")
