"""One timer for a connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Watch:
    """A timer that looks at a connection when something may be due there.

    `look` is called with the loop's time and returns the time to look again, None for never. What
    happens meanwhile doesn't set the timer back, so a request costs nothing.
    """

    __slots__ = ("_handle", "_look", "_loop", "_when")

    def __init__(
        self, loop: asyncio.AbstractEventLoop, look: Callable[[float], float | None]
    ) -> None:
        self._loop, self._look = loop, look
        self._handle: asyncio.TimerHandle | None = None
        self._when = 0.0

    def look_by(self, when: float) -> None:
        """Look at that time of the loop, unless a look is due earlier."""
        if self._handle is not None:
            if self._when <= when:
                return
            self._handle.cancel()
        self._when = when
        self._handle = self._loop.call_at(when, self._ring)

    def end(self) -> None:
        """End the timer."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _ring(self) -> None:
        self._handle = None
        again = self._look(self._loop.time())
        if again is not None:
            self.look_by(again)
