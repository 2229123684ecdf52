"""The keywords of several schemas that hold for one value."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

# The most characters, items or properties that are made. Schemas that ask for more get no value.
MOST = 100_000
# The keywords of one schema.
Raw = Mapping[str, Any]


def formats_of(raws: Iterable[Raw]) -> list[str]:
    """Return the `format` of each schema that has one."""
    return [raw["format"] for raw in raws if "format" in raw]


class SizeLimits(NamedTuple):
    """The allowed number of characters, items or properties; a `high` of None is no limit."""

    low: int
    high: int | None

    @classmethod
    def of(cls, raws: Iterable[Raw], what: str) -> SizeLimits:
        """Return the tightest `min…` and `max…` of all `raws`."""
        raws = list(raws)
        lows = [math.ceil(raw[f"min{what}"]) for raw in raws if f"min{what}" in raw]
        highs = [math.floor(raw[f"max{what}"]) for raw in raws if f"max{what}" in raw]
        return cls(max(lows, default=0), min(highs, default=None))

    def __str__(self) -> str:
        if self.low > MOST:
            return f"at least {self.low} (too many to be made)"
        return f"at least {self.low} and at most {self.high}"

    @property
    def empty(self) -> bool:
        """Return whether no number is allowed."""
        return self.low > MOST or (self.high is not None and self.low > self.high)

    def clamped(self, count: int) -> int:
        """Return the allowed number that is nearest to a count."""
        count = max(count, self.low)
        return count if self.high is None else min(count, self.high)
