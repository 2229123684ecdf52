"""An event loop in a thread of its own, which runs what other threads hand to it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")


class BackgroundLoop:
    """An event loop that runs in a thread of this process until it is left.

    One thread alone does all work in it, so nothing in it needs a lock.
    """

    def __init__(
        self, factory: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
    ) -> None:
        self._factory = factory
        self._running: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, name="mock-server", daemon=True)
        self._loop: asyncio.AbstractEventLoop
        self._left: asyncio.Event

    def _run(self) -> None:
        # The runner cancels what is still running when it is left.
        try:
            with asyncio.Runner(loop_factory=self._factory) as runner:
                runner.run(self._stay())
        except BaseException as error:
            if self._running.done():
                raise
            self._running.set_exception(error)

    async def _stay(self) -> None:
        self._loop, self._left = asyncio.get_running_loop(), asyncio.Event()
        self._running.set_result(None)
        await self._left.wait()

    def __enter__(self) -> BackgroundLoop:
        self._thread.start()
        self._running.result()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(RuntimeError):  # it was left before
            self._loop.call_soon_threadsafe(self._left.set)
        self._thread.join()

    @property
    def is_here(self) -> bool:
        """Return whether the caller is run by this loop."""
        return threading.current_thread() is self._thread

    def submit(self, work: Coroutine[Any, Any, Result]) -> Future[Result]:
        """Run a coroutine in the loop; its result can be waited for.

        Raises RuntimeError if the loop was left.
        """
        try:
            return asyncio.run_coroutine_threadsafe(work, self._loop)
        except RuntimeError:
            work.close()
            raise

    def call(
        self, function: Callable[Given, Result], *args: Given.args, **named: Given.kwargs
    ) -> Result:
        """Call a function in the loop, and wait for what it returns or raises."""
        if self.is_here:
            return function(*args, **named)

        async def called() -> Result:
            return function(*args, **named)

        return self.submit(called()).result()
