"""A session's clock, which runs with the machine's unless a test changes it."""

from __future__ import annotations

import asyncio
import time

import pytest

from mock_server.sessions.clock import Clock


class Machine:
    """A machine's time, which goes on only if a test moves it."""

    def __init__(self) -> None:
        self.time = 1_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def clock(machine: Machine) -> Clock:
    return Clock(machine)


def test_it_runs_with_the_machine(clock: Clock, machine: Machine) -> None:
    machine.time = 1_005.0
    assert clock.now() == 1_005.0
    assert clock.offset == 0
    assert not clock.is_frozen


def test_a_clock_on_its_own_shows_the_time_of_day() -> None:
    before = time.time()
    assert before <= Clock().now() <= time.time()


def test_a_frozen_clock_stands(clock: Clock, machine: Machine) -> None:
    clock.freeze()
    machine.time += 100
    assert clock.now() == 1_000.0
    assert clock.is_frozen


def test_a_clock_that_is_resumed_runs_on_from_where_it_stood(
    clock: Clock, machine: Machine
) -> None:
    clock.freeze()
    machine.time += 100
    clock.resume()
    machine.time += 5
    assert clock.now() == 1_005.0
    assert clock.offset == -100


def test_to_resume_a_running_clock_changes_nothing(clock: Clock, machine: Machine) -> None:
    clock.advance(7)
    clock.resume()
    machine.time += 1
    assert clock.now() == 1_008.0


@pytest.mark.parametrize("is_frozen", [False, True])
def test_it_can_be_set_and_advanced(clock: Clock, machine: Machine, is_frozen: bool) -> None:
    if is_frozen:
        clock.freeze()
    clock.set(50.0)
    clock.advance(3_600)
    machine.time += 1
    assert clock.now() == 3_650.0 + (not is_frozen)


def test_a_reset_clock_runs_with_the_machine_again(clock: Clock, machine: Machine) -> None:
    clock.freeze()
    clock.advance(10)
    clock.reset()
    machine.time += 2
    assert clock.now() == 1_002.0


@pytest.mark.parametrize("is_frozen", [False, True])
@pytest.mark.parametrize("moved", ["advanced", "set"])
def test_who_waits_on_it_wakes_when_it_is_moved(clock: Clock, moved: str, is_frozen: bool) -> None:
    async def waited() -> float:
        waiting = [asyncio.create_task(clock.sleep(3_600)) for _ in range(3)]
        await asyncio.sleep(0)
        if is_frozen:
            clock.freeze()
        if moved == "set":
            clock.set(1_000_000.0)
        else:
            clock.advance(3_600)
        await asyncio.wait_for(asyncio.gather(*waiting), 20)
        return clock.now()

    assert asyncio.run(waited()) >= 4_600


def test_a_move_that_is_too_short_wakes_nobody(clock: Clock) -> None:
    async def waited() -> list[bool]:
        clock.freeze()
        waiting = asyncio.create_task(clock.sleep(10))
        await asyncio.sleep(0)
        done = []
        for _ in range(3):
            clock.advance(4)
            for _ in range(5):  # as often as the loop has anything to do
                await asyncio.sleep(0)
            done.append(waiting.done())
        return done

    assert asyncio.run(waited()) == [False, False, True]


def test_who_waits_on_a_running_clock_wakes_by_itself() -> None:
    async def waited() -> float:
        clock = Clock()
        start = clock.now()
        await asyncio.wait_for(clock.sleep(0.02), 20)
        return clock.now() - start

    assert asyncio.run(waited()) >= 0.02


def test_who_gives_up_waiting_is_forgotten(clock: Clock) -> None:
    async def given_up() -> None:
        waiting = asyncio.create_task(clock.sleep(10))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(given_up())
    assert clock._waiting == set()
