"""The budget of one reply: the most values, tries, bytes and levels that it may take."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from typing import NamedTuple

# The most levels of objects and lists, because Python limits the depth of calls.
MOST_LEVELS = 100
# A reply with more values and tries, or more bytes, is large.
_LARGE = 1_000
_LARGE_TEXTS = 64 * 1024


class ReplyLimits(NamedTuple):
    """The most that one reply may take.

    `values` are the properties and items that it has, and limit the planned places of its schemas.
    `tries` are the alternatives looked at, and the values made that don't fit. `bytes` are those of
    long texts, as they stand in the reply.
    """

    values: float = 200_000
    tries: float = 20_000
    bytes: float = 16 * 1024 * 1024


# The limits of replies that are made while other requests wait.
AT_ONCE = ReplyLimits(2_000, 500, 128 * 1024)
UNLIMITED = ReplyLimits(inf, inf, inf)


class Exhausted(Exception):
    """The error of a spent budget; `limit` names the limit that was reached."""

    def __init__(self, limit: str) -> None:
        super().__init__(limit)
        self.limit = limit


class Budget:
    """The rest of the limits; each `spend_…` raises Exhausted if nothing is left."""

    def __init__(self, limits: ReplyLimits = UNLIMITED) -> None:
        self.limits = limits
        self._values, self._tries, self._bytes = limits
        self._places = limits.values
        # The limit that was reached, if any, and whether a plan was being made then.
        self.spent = ""
        self.is_spent_on_plans = False
        self._plans = 0

    @property
    def effort(self) -> float:
        """Return how many values and tries were spent."""
        return self.limits.values - self._values + self.limits.tries - self._tries

    @property
    def is_large(self) -> bool:
        """Return whether the reply is so large that further work with it takes long, too."""
        return self.effort > _LARGE or self.limits.bytes - self._bytes > _LARGE_TEXTS

    @contextmanager
    def planning(self) -> Iterator[None]:
        """Count what is spent inside the context as spent on plans."""
        self._plans += 1
        try:
            yield
        finally:
            self._plans -= 1

    def spend_values(self, count: int) -> None:
        """Spend so many values. Raises Exhausted."""
        self._values -= count
        if self._values < 0:
            raise self._exhausted(f"{self.limits.values:,.0f} values (--reply-values)")

    def spend_tries(self, count: float = 1) -> None:
        """Spend so many tries. Raises Exhausted."""
        self._tries -= count
        if self._tries < 0:
            raise self._exhausted(f"{self.limits.tries:,.0f} tries (--reply-tries)")

    def spend_bytes(self, count: int) -> None:
        """Spend so many bytes. Raises Exhausted."""
        self._bytes -= count
        if self._bytes < 0:
            raise self._exhausted(f"{self.limits.bytes:,.0f} bytes (--reply-bytes)")

    def spend_place(self) -> None:
        """Spend one planned place of a schema. Raises Exhausted."""
        self._places -= 1
        if self._places < 0:
            raise self._exhausted(f"{self.limits.values:,.0f} values (--reply-values)")

    def too_deep(self) -> Exhausted:
        """Return the error for lists and objects that are nested too deep."""
        return self._exhausted(f"{MOST_LEVELS} levels")

    def _exhausted(self, limit: str) -> Exhausted:
        self.spent = limit
        self.is_spent_on_plans = self._plans > 0
        return Exhausted(limit)
