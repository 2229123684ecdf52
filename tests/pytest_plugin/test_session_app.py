"""A test's session knows which of its requests aren't in the journal yet."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_server.app import create_app
from mock_server.gateway.connection import Receive, Scope, Send
from mock_server.pytest_plugin.session_app import SessionApp, SessionApps
from mock_server.server.event_loop import BackgroundLoop
from mock_server.settings import Settings
from tests.helpers.running import SECONDS, document_text, thing, until


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is given up on a busy machine."""
    monkeypatch.setattr("mock_server.pytest_plugin.session_app.SECONDS_TO_SETTLE", SECONDS)


@pytest.fixture
def worlds(tmp_path: Path) -> Iterator[SessionApps]:
    (tmp_path / "things.json").write_text(document_text(thing({"204": {}})))
    with BackgroundLoop() as loop:
        yield SessionApps(create_app(Settings(document=tmp_path / "things.json")), loop)


class Slow:
    """An app that has answered, but goes on until a test ends it."""

    def __init__(self, more: bool) -> None:
        self._more = more
        self.end = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b"", "more_body": self._more})
        await self.end.wait()


async def receive() -> dict[str, Any]:
    return {"type": "http.disconnect"}


async def send(message: Any) -> None:
    """Let the client have it."""


SCOPE = {"type": "http", "method": "GET", "raw_path": b"/thing", "headers": []}


def asked(worlds: SessionApps, more: bool) -> tuple[SessionApp, Slow]:
    """Return a session with a request in hand that is answered, as a whole or in part."""
    world, slow = worlds.open(), Slow(more)
    world._app = slow  # type: ignore[assignment]
    worlds.loop.submit(world(SCOPE, receive, send))
    until(lambda: world._in_hand, "it is in hand")
    return world, slow


@pytest.mark.parametrize(("more", "all_of_them"), [(False, False), (False, True), (True, True)])
def test_what_is_answered_is_waited_for(worlds: SessionApps, more: bool, all_of_them: bool) -> None:
    world, slow = asked(worlds, more)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(world.settled, all_of_them=all_of_them)
        until(lambda: waiting.done() or world._ended._waiters, "someone waits")
        assert not waiting.done()
        worlds.loop.call(slow.end.set)
        waiting.result(SECONDS)
    assert not world._in_hand


def test_what_is_still_being_answered_holds_nobody_up(worlds: SessionApps) -> None:
    world, slow = asked(worlds, more=True)
    world.settled()
    assert world._in_hand
    worlds.loop.call(slow.end.set)


def test_nobody_waits_longer_than_a_while(
    worlds: SessionApps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mock_server.pytest_plugin.session_app.SECONDS_TO_SETTLE", 0.01)
    world, slow = asked(worlds, more=True)
    world.settled(all_of_them=True)
    assert world._in_hand
    worlds.loop.call(slow.end.set)


def test_a_path_that_names_no_open_session_is_served_all_the_same(worlds: SessionApps) -> None:
    world = worlds.open()
    worlds.close(world)

    async def ask() -> list[int]:
        transport = httpx.ASGITransport(app=worlds)
        async with httpx.AsyncClient(transport=transport, base_url="http://a") as client:
            paths = ("/thing", f"/_session/{world.name}/thing", "/_session/%C3%BC/thing")
            return [(await client.get(path)).status_code for path in paths]

    assert worlds.loop.submit(ask()).result(SECONDS) == [204, 204, 400]
