"""Coroutines that run at once, and go on as a task if they have to wait."""

from __future__ import annotations

import asyncio
from asyncio.tasks import _enter_task, _leave_task
from collections.abc import Coroutine
from contextvars import Context, copy_context
from typing import Any


class EagerStarter:
    """A starter of coroutines that run at once; one that ends without waiting never becomes a task.

    A task that exists already is the current one meanwhile, and goes on with the coroutine if that
    waits. So a coroutine that asks for its task finds the same one at each step, and that task can
    be cancelled. From Python 3.12 on, `asyncio.eager_task_factory` does as much. This class does it
    in 3.11 too, by what asyncio has for implementers of tasks ("Extending", "Task lifetime
    support").
    """

    def __init__(self) -> None:
        self._spare: tuple[asyncio.Task[None], _Steps] | None = None

    def start(self, coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None] | None:
        """Run a coroutine until it ends or waits. Return the task that goes on with it, if any.

        Must be called from a callback of the running loop, not from a task. The coroutine has its
        own copy of the context, as a task has. Raises what the coroutine raises before it waits.
        """
        task, steps = self._spare or self._new()
        loop, context = task.get_loop(), copy_context()
        _enter_task(loop, task)
        try:
            waited = context.run(coroutine.send, None)
        except StopIteration:
            if task.cancelling():  # the coroutine has cancelled itself, but ended all the same
                self._spare = None
            return None
        finally:
            _leave_task(loop, task)
        self._spare = None
        steps.take(coroutine, waited, context)
        return task

    def close(self) -> None:
        """Cancel the task that waits for work."""
        if self._spare is not None:
            self._spare[0].cancel()
            self._spare = None

    def _new(self) -> tuple[asyncio.Task[None], _Steps]:
        loop = asyncio.get_running_loop()
        steps = _Steps(loop.create_future())
        # An empty context, so that nothing of a request stays.
        self._spare = loop.create_task(steps, context=Context()), steps
        return self._spare


class _Steps(Coroutine[Any, Any, None]):
    """The coroutine of such a task: it idles until it takes over a coroutine that waits already."""

    def __init__(self, work: asyncio.Future[None]) -> None:
        self._work = work
        self._coroutine: Coroutine[Any, Any, None] | None = None
        self._context = Context()
        self._waited: Any = None
        self._is_new = False

    def take(self, coroutine: Coroutine[Any, Any, None], waited: Any, context: Context) -> None:
        """Go on with a coroutine from its first wait, which is for `waited`."""
        self._coroutine, self._waited, self._context = coroutine, waited, context
        self._is_new = True
        if not self._work.done():
            self._work.set_result(None)

    def send(self, value: Any) -> Any:
        """Run the coroutine to its next wait; the first wait was met already, and is handed on."""
        if self._coroutine is None:
            return next(self._work.__await__())
        if self._is_new:
            return self._first_wait()
        return self._context.run(self._coroutine.send, value)

    def throw(self, error: Any, value: Any = None, trace: Any = None, /) -> Any:
        """Raise an error in the coroutine, such as its cancellation."""
        error = error if isinstance(error, BaseException) else value
        if self._coroutine is None:
            raise error
        if self._is_new and self._cancels_wait(error):
            return self._first_wait()
        self._is_new = False
        return self._context.run(self._coroutine.throw, error)

    def close(self) -> None:
        """Close the coroutine."""
        if self._coroutine is not None:
            self._context.run(self._coroutine.close)

    def __await__(self) -> Any:
        raise RuntimeError("only a task runs these steps")

    def _first_wait(self) -> Any:
        waited, self._waited, self._is_new = self._waited, None, False
        return waited

    def _cancels_wait(self, error: object) -> bool:
        """Cancel what is waited for, as a cancelled task does; return whether it was cancelled."""
        is_future = asyncio.isfuture(self._waited)
        return isinstance(error, asyncio.CancelledError) and is_future and self._waited.cancel()
