"""A coroutine that is begun at once is a task in all that it can see."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import anyio
import pytest
import sniffio

from mock_server.server.eager import EagerStarter
from mock_server.server.uvicorn_server import new_loop

Begin = Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None] | None"]
NAME: contextvars.ContextVar[str] = contextvars.ContextVar("name", default="none")


def run(test: Callable[[Begin], Awaitable[None]]) -> None:
    """Run a test whose coroutines are begun in a callback of the loop, as a server's are."""

    async def main() -> None:
        starter = EagerStarter()
        loop = asyncio.get_running_loop()

        def begin(coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None] | None:
            outcome: list[asyncio.Task[None] | None] = []
            _call_between_tasks(loop, lambda: outcome.append(starter.start(coroutine)))
            return outcome[0]

        await test(begin)
        starter.close()

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(main())


def _call_between_tasks(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    """Call it as a callback of the loop is called: while no task runs."""
    here = asyncio.current_task()
    asyncio.tasks._leave_task(loop, here)  # type: ignore[arg-type]
    try:
        call()
    finally:
        asyncio.tasks._enter_task(loop, here)  # type: ignore[arg-type]


def test_one_that_does_not_wait_has_ended_before_anything_else_runs() -> None:
    async def test(begin: Begin) -> None:
        done = []

        async def work() -> None:
            done.append(1)

        assert begin(work()) is None
        assert done == [1]

    run(test)


def test_one_that_waits_goes_on_as_the_task_that_it_was_from_its_beginning() -> None:
    async def test(begin: Begin) -> None:
        tasks = []

        async def work() -> None:
            tasks.append(asyncio.current_task())
            await asyncio.sleep(0)
            tasks.append(asyncio.current_task())
            await asyncio.sleep(0.001)
            tasks.append(asyncio.current_task())

        task = begin(work())
        assert task is not None
        await task
        assert tasks == [task] * 3

    run(test)


def test_after_one_that_waited_the_next_has_a_task_of_its_own() -> None:
    async def test(begin: Begin) -> None:
        async def work() -> None:
            await asyncio.sleep(0)

        tasks = [begin(work()) for _ in range(5)]
        assert len(set(tasks)) == 5
        await asyncio.gather(*filter(None, tasks))

    run(test)


def test_nothing_is_the_current_task_once_it_has_waited_or_ended() -> None:
    async def test(begin: Begin) -> None:
        here = asyncio.current_task()

        async def work() -> None:
            await asyncio.sleep(0)

        task = begin(work())
        assert asyncio.current_task() is here
        assert task is not None
        await task

    run(test)


@pytest.mark.parametrize("waits_first", [False, True])
def test_a_timeout_that_it_sets_ends_its_wait(waits_first: bool) -> None:
    async def test(begin: Begin) -> None:
        ended = []

        async def work() -> None:
            if waits_first:
                await asyncio.sleep(0)
            try:
                async with asyncio.timeout(0):
                    await asyncio.Event().wait()
            except TimeoutError:
                ended.append("in time")
            await asyncio.sleep(0)
            ended.append("goes on")

        task = begin(work())
        assert task is not None
        await task
        assert ended == ["in time", "goes on"]

    run(test)


def test_libraries_that_ask_for_the_task_work_from_the_first_step_on() -> None:
    async def test(begin: Begin) -> None:
        seen: list[Any] = []

        async def work() -> None:
            seen.append(sniffio.current_async_library())
            with anyio.move_on_after(0) as scope:
                await anyio.sleep_forever()
            seen.append(scope.cancelled_caught)
            async with anyio.create_task_group() as group:
                group.start_soon(anyio.sleep, 0)
            seen.append("ended")

        task = begin(work())
        assert task is not None
        await task
        assert seen == ["asyncio", True, "ended"]

    run(test)


def test_what_it_sets_in_its_context_is_its_own() -> None:
    async def test(begin: Begin) -> None:
        seen = []

        async def work(name: str) -> None:
            seen.append(NAME.get())
            NAME.set(name)
            await asyncio.sleep(0)
            seen.append(NAME.get())

        async def ended() -> None:
            seen.append(NAME.get())
            NAME.set("ended")

        tasks = [begin(work("a")), begin(ended()), begin(work("b")), begin(ended())]
        await asyncio.gather(*filter(None, tasks))
        assert seen == ["none"] * 4 + ["a", "b"]
        assert NAME.get() == "none"

    run(test)


@pytest.mark.parametrize("rounds", [0, 1, 2], ids=["at once", "soon", "later"])
@pytest.mark.parametrize("is_first", [True, False], ids=["first task", "later task"])
def test_to_cancel_it_raises_where_it_waits_and_cancels_what_it_waits_for(
    rounds: int, is_first: bool
) -> None:
    async def test(begin: Begin) -> None:
        async def nothing() -> None: ...

        if not is_first:  # then the task has run before it is needed
            begin(nothing())
            await asyncio.sleep(0)
        waited: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        seen = []

        async def work() -> None:
            try:
                await waited
            except asyncio.CancelledError:
                seen.append("cancelled")
                raise

        task = begin(work())
        assert task is not None
        for _ in range(rounds):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert seen == ["cancelled"]
        assert waited.cancelled()

    run(test)


def test_one_that_cancels_itself_is_cancelled_where_it_waits_next() -> None:
    async def test(begin: Begin) -> None:
        seen = []

        async def work() -> None:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            seen.append("goes on")
            await asyncio.sleep(1_000)
            seen.append("never")

        task = begin(work())
        assert task is not None
        with pytest.raises(asyncio.CancelledError):
            await task
        assert seen == ["goes on"]

    run(test)


def test_one_that_cancels_itself_and_ends_leaves_the_next_alone() -> None:
    async def test(begin: Begin) -> None:
        seen = []

        async def ended() -> None:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()

        async def work() -> None:
            await asyncio.sleep(0)
            seen.append("ended")

        assert begin(ended()) is None
        task = begin(work())
        assert task is not None
        await task
        assert seen == ["ended"]

    run(test)


@pytest.mark.parametrize("waits", [False, True])
def test_what_it_raises_is_raised_where_a_task_would_have_it(waits: bool) -> None:
    async def test(begin: Begin) -> None:
        async def work() -> None:
            if waits:
                await asyncio.sleep(0)
            raise ValueError("no")

        if not waits:
            with pytest.raises(ValueError, match="no"):
                begin(work())
            return
        task = begin(work())
        assert task is not None
        with pytest.raises(ValueError, match="no"):
            await task

    run(test)


def test_a_result_that_it_waits_for_reaches_it() -> None:
    async def test(begin: Begin) -> None:
        waited: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        seen = []

        async def work() -> None:
            seen.append(await waited)
            try:
                await asyncio.wait_for(asyncio.Event().wait(), 0.001)
            except TimeoutError:
                seen.append("late")

        task = begin(work())
        assert task is not None
        waited.set_result("there")
        await task
        assert seen == ["there", "late"]

    run(test)


def test_the_end_of_the_loop_leaves_no_task_behind(recwarn: pytest.WarningsRecorder) -> None:
    async def main() -> None:
        starter = EagerStarter()

        async def nothing() -> None: ...

        asyncio.get_running_loop().call_soon(lambda: starter.start(nothing()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        starter.close()
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(main())
    assert not recwarn.list
