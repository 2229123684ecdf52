"""A clock that a test can freeze, set and advance."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable


class Clock:
    """The time of one session, in seconds since the epoch.

    It runs with the machine's until it is told otherwise. What waits on it wakes as soon as it
    shows the time: an advance of an hour takes no time, and nothing wakes while it stands.
    """

    __slots__ = ("_frozen", "_machine", "_offset", "_waiting")

    def __init__(self, machine: Callable[[], float] = time.time) -> None:
        self._machine = machine
        self._offset = 0.0
        self._frozen: float | None = None
        self._waiting: set[asyncio.Event] = set()

    def now(self) -> float:
        """The time that it shows."""
        return self._machine() + self._offset if self._frozen is None else self._frozen

    @property
    def is_frozen(self) -> bool:
        """Whether it stands."""
        return self._frozen is not None

    @property
    def offset(self) -> float:
        """How far it is ahead of the machine's, in seconds."""
        return self.now() - self._machine()

    def freeze(self) -> None:
        """Let it stand where it is."""
        self._frozen = self.now()

    def resume(self) -> None:
        """Let it run on from where it stands."""
        if self._frozen is not None:
            self._offset, self._frozen = self._frozen - self._machine(), None
        self._wake()

    def set(self, moment: float) -> None:
        """Let it show that time; it goes on standing, or running, from there."""
        if self._frozen is None:
            self._offset = moment - self._machine()
        else:
            self._frozen = moment
        self._wake()

    def advance(self, seconds: float) -> None:
        """Put it forward."""
        self.set(self.now() + seconds)

    def reset(self) -> None:
        """Let it run with the machine's again."""
        self._offset, self._frozen = 0.0, None
        self._wake()

    async def sleep(self, seconds: float) -> None:
        """Wait until it has gone so many seconds further."""
        end = self.now() + seconds
        changed = asyncio.Event()
        self._waiting.add(changed)
        try:
            while (left := end - self.now()) > 0:
                await self._changed(changed, None if self.is_frozen else left)
        finally:
            self._waiting.discard(changed)

    @staticmethod
    async def _changed(changed: asyncio.Event, most: float | None) -> None:
        """Wait for a change of the clock, but no longer than it takes to run there."""
        try:
            async with asyncio.timeout(most):
                await changed.wait()
            changed.clear()
        except TimeoutError:
            pass

    def _wake(self) -> None:
        for changed in self._waiting:
            changed.set()
