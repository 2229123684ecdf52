"""An event loop in a thread of its own does all that is handed to it, in that one thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from mock_server.server.event_loop import BackgroundLoop
from tests.helpers.running import SECONDS, until


@pytest.fixture
def loop() -> Iterator[BackgroundLoop]:
    with BackgroundLoop() as loop:
        yield loop


def test_a_function_is_called_in_the_loop_s_own_thread(loop: BackgroundLoop) -> None:
    there = loop.call(threading.current_thread)
    assert there is not threading.current_thread()
    assert loop.call(threading.current_thread) is there
    assert (loop.is_here, loop.call(lambda: loop.is_here)) == (False, True)


def test_a_function_that_is_called_there_can_call_others(loop: BackgroundLoop) -> None:
    assert loop.call(lambda: loop.call(int, "5")) == 5


def test_what_it_raises_is_raised_where_it_was_called(loop: BackgroundLoop) -> None:
    with pytest.raises(ZeroDivisionError):
        loop.call(divmod, 1, 0)


def test_what_waits_in_it_goes_on_when_another_thread_says_so(loop: BackgroundLoop) -> None:
    event = loop.call(asyncio.Event)
    waiting = loop.submit(event.wait())
    assert not waiting.done()
    loop.call(event.set)
    assert waiting.result(SECONDS)


def test_what_still_runs_is_cancelled_when_it_is_left() -> None:
    with BackgroundLoop() as loop:
        forever = loop.submit(asyncio.Event().wait())
        loop.call(int)
    assert forever.cancelled()


def test_it_can_be_left_twice_and_leaves_no_thread() -> None:
    before = threading.active_count()
    with BackgroundLoop() as loop:
        loop.__exit__()
    until(lambda: threading.active_count() <= before, "its thread has ended")


def test_a_loop_that_cannot_be_made_is_told_where_it_was_asked_for() -> None:
    def unable() -> asyncio.AbstractEventLoop:
        raise OSError("Too many open files")

    with pytest.raises(OSError, match="Too many open files"):
        BackgroundLoop(unable).__enter__()
