"""Long calls run beside the event loop."""

from __future__ import annotations

import asyncio
import threading

import pytest

from mock_server.core import Background
from mock_server.errors import ServerEnds


def test_a_call_gives_its_result_and_raises_what_it_raises() -> None:
    async def both() -> int:
        background = Background()
        with pytest.raises(KeyError, match="gone"):
            await background.run(lambda: dict[str, int]()["gone"])
        return await background.run(lambda: 5)

    assert asyncio.run(both()) == 5


def test_the_loop_goes_on_while_a_call_runs() -> None:
    async def beside() -> str:
        seen = threading.Event()
        waiting = asyncio.ensure_future(Background().run(lambda: seen.wait(20)))
        await asyncio.sleep(0)
        seen.set()  # which would not happen if the loop waited for the call
        return "seen" if await waiting else "not seen"

    assert asyncio.run(beside()) == "seen"


def test_calls_run_one_after_the_other() -> None:
    running: list[int] = []

    def call() -> int:
        running.append(1)
        most = len(running)
        threading.Event().wait(0.01)
        running.pop()
        return most

    async def several() -> list[int]:
        background = Background()
        return await asyncio.gather(*(background.run(call) for _ in range(5)))

    assert asyncio.run(several()) == [1] * 5


def test_at_the_end_nobody_waits_and_nothing_begins() -> None:
    async def ended() -> None:
        background, over = Background(), threading.Event()
        waiting = asyncio.ensure_future(background.run(lambda: over.wait(20)))
        await asyncio.sleep(0)
        background.end()
        with pytest.raises(ServerEnds):
            await waiting
        over.set()
        with pytest.raises(ServerEnds):
            await background.run(lambda: 5)

    asyncio.run(ended())


def test_a_call_that_nobody_waits_for_any_more_is_not_made() -> None:
    made: list[str] = []

    async def given_up() -> None:
        background, go_on = Background(), threading.Event()
        first = asyncio.ensure_future(background.run(lambda: go_on.wait(20)))
        second = asyncio.ensure_future(background.run(lambda: made.append("second")))
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.sleep(0)
        go_on.set()
        await first
        await background.run(lambda: made.append("third"))

    asyncio.run(given_up())
    assert made == ["third"]
