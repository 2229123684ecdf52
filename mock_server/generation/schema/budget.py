"""How much one reply may take: so many values, tries and bytes, and so many levels."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from typing import NamedTuple

# So deep are objects and lists made within each other: Python's calls go no deeper.
MOST_LEVELS = 100
# From so many values and tries, or bytes, on a reply is large.
_LARGE = 1_000
_LARGE_TEXTS = 64 * 1024


class ReplyLimits(NamedTuple):
    """The most that one reply may take.

    `values` are the properties and items that it has; as many places of its schemas are planned.
    `tries` are the alternatives looked at, and the values made that don't fit. `bytes` are those of
    long texts, as they stand in the reply.
    """

    values: float = 200_000
    tries: float = 20_000
    bytes: float = 16 * 1024 * 1024


# What is made while others wait for it.
AT_ONCE = ReplyLimits(2_000, 500, 128 * 1024)
UNLIMITED = ReplyLimits(inf, inf, inf)


class Exhausted(Exception):
    """The budget is spent; `limit` says in words what there would have to be more of."""

    def __init__(self, limit: str) -> None:
        super().__init__(limit)
        self.limit = limit


class Budget:
    """What is left of the limits; each of `spend_…` raises Exhausted when nothing is."""

    def __init__(self, limits: ReplyLimits = UNLIMITED) -> None:
        self.limits = limits
        self._values, self._tries, self._bytes = limits
        self._places = limits.values
        # Why it is spent, if it is, and whether that was while something was planned.
        self.spent = ""
        self.is_spent_on_plans = False
        self._plans = 0

    @property
    def effort(self) -> float:
        """How many values and tries were spent."""
        return self.limits.values - self._values + self.limits.tries - self._tries

    @property
    def is_large(self) -> bool:
        """Whether so much was made that all that is done with it takes long, too."""
        return self.effort > _LARGE or self.limits.bytes - self._bytes > _LARGE_TEXTS

    @contextmanager
    def planning(self) -> Iterator[None]:
        """Know that what is spent is for a plan."""
        self._plans += 1
        try:
            yield
        finally:
            self._plans -= 1

    def spend_values(self, count: int) -> None:
        """Take so many values."""
        self._values -= count
        if self._values < 0:
            raise self._exhausted(f"{self.limits.values:,.0f} values (--reply-values)")

    def spend_tries(self, count: float = 1) -> None:
        """Take so many tries."""
        self._tries -= count
        if self._tries < 0:
            raise self._exhausted(f"{self.limits.tries:,.0f} tries (--reply-tries)")

    def spend_bytes(self, count: int) -> None:
        """Take so many bytes."""
        self._bytes -= count
        if self._bytes < 0:
            raise self._exhausted(f"{self.limits.bytes:,.0f} bytes (--reply-bytes)")

    def spend_place(self) -> None:
        """Take one place of a schema, which is planned."""
        self._places -= 1
        if self._places < 0:
            raise self._exhausted(f"{self.limits.values:,.0f} values (--reply-values)")

    def too_deep(self) -> Exhausted:
        """What is raised for lists and objects that are nested too deep."""
        return self._exhausted(f"{MOST_LEVELS} levels")

    def _exhausted(self, limit: str) -> Exhausted:
        self.spent = limit
        self.is_spent_on_plans = self._plans > 0
        return Exhausted(limit)
