"""What several schemas say together of one value."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

# So many characters, items or properties are made at most: what asks for more isn't served.
MOST = 100_000
# The keywords of one schema.
Raw = Mapping[str, Any]


def formats_of(raws: Iterable[Raw]) -> list[str]:
    """The formats that are asked for."""
    return [raw["format"] for raw in raws if "format" in raw]


class SizeLimits(NamedTuple):
    """How many characters, items or properties there may be; None where there's no upper limit."""

    low: int
    high: int | None

    @classmethod
    def of(cls, raws: Iterable[Raw], what: str) -> SizeLimits:
        """The tightest `min…` and `max…` of all."""
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
        """Whether no number of them is right."""
        return self.low > MOST or (self.high is not None and self.low > self.high)

    def clamped(self, count: int) -> int:
        """The nearest number of them that is right."""
        count = max(count, self.low)
        return count if self.high is None else min(count, self.high)
