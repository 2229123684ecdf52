"""A clock that a test can freeze, set and advance."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable


class Clock:
    """The time of one session, in seconds since the epoch.

    It runs with the machine's clock until it is set. A waiting task wakes as soon as the clock
    shows its time. So an advance of an hour takes no time, and no task wakes while the clock is
    frozen.
    """

    __slots__ = ("_frozen", "_machine", "_offset", "_waiting")

    def __init__(self, machine: Callable[[], float] = time.time) -> None:
        self._machine = machine
        self._offset = 0.0
        self._frozen: float | None = None
        self._waiting: set[asyncio.Event] = set()

    def now(self) -> float:
        """Return the time that the clock shows."""
        return self._machine() + self._offset if self._frozen is None else self._frozen

    @property
    def is_frozen(self) -> bool:
        """Return whether the clock is frozen."""
        return self._frozen is not None

    @property
    def offset(self) -> float:
        """Return how far the clock is ahead of the machine's, in seconds."""
        return self.now() - self._machine()

    def freeze(self) -> None:
        """Freeze the clock at the time that it shows."""
        self._frozen = self.now()

    def resume(self) -> None:
        """Resume the clock from the time that it shows."""
        if self._frozen is not None:
            self._offset, self._frozen = self._frozen - self._machine(), None
        self._wake()

    def set(self, moment: float) -> None:
        """Set the clock to that time; it stays frozen, or goes on, from there."""
        if self._frozen is None:
            self._offset = moment - self._machine()
        else:
            self._frozen = moment
        self._wake()

    def advance(self, seconds: float) -> None:
        """Advance the clock."""
        self.set(self.now() + seconds)

    def reset(self) -> None:
        """Reset the clock to the machine's."""
        self._offset, self._frozen = 0.0, None
        self._wake()

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock has advanced by so many seconds."""
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
        """Wait for a change of the clock, for `most` seconds at most.

        That is how long the clock takes to run to the awaited time.
        """
        try:
            async with asyncio.timeout(most):
                await changed.wait()
            changed.clear()
        except TimeoutError:
            pass

    def _wake(self) -> None:
        for changed in self._waiting:
            changed.set()
