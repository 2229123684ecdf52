"""Long calls beside the event loop, in threads of their own, one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Lock, Thread
from typing import Any, TypeVar

from mock_server.errors import ServerEnds

Result = TypeVar("Result")


class Background:
    """Runs calls that would hold an event loop for long.

    A thread that computes lets the loop go on every few milliseconds (`sys.setswitchinterval`), and
    that for each thread that does: so one alone does at a time. The threads don't keep the process
    from ending.
    """

    def __init__(self) -> None:
        self._turn = Lock()
        self._waiting: set[asyncio.Future[Any]] = set()
        self._has_ended = False

    async def run(self, call: Callable[[], Result]) -> Result:
        """Return what a call gives, and raise what it raises. Raises ServerEnds at the end."""
        if self._has_ended:
            raise _ends()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()

        def work() -> None:
            with self._turn:
                settle = _outcome(call, future)
            with suppress(RuntimeError):  # the loop may be closed
                loop.call_soon_threadsafe(settle)

        self._waiting.add(future)
        try:
            Thread(target=work, name="mock-server work", daemon=True).start()
            return await future
        finally:
            self._waiting.discard(future)

    def end(self) -> None:
        """Let nobody wait any longer. What runs goes on, and nobody gets what it gives."""
        self._has_ended = True
        for future in list(self._waiting):
            if not future.done():
                future.set_exception(_ends())


def _ends() -> ServerEnds:
    return ServerEnds("The mock server ends.")


def _outcome(call: Callable[[], Result], future: asyncio.Future[Result]) -> Callable[[], None]:
    """Make the call, unless nobody waits for it; what settles the future in its loop."""
    if future.done():
        return lambda: None
    try:
        result = call()
    except Exception as error:
        problem = error
        return lambda: None if future.done() else future.set_exception(problem)
    return lambda: None if future.done() else future.set_result(result)
