"""The values that a number may have, counted in steps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from mock_server.generation.values.keywords import Raw

# From, to, and the digits after the point.
Range = tuple[float, float, int]
_WIDTH = 1_000
# The largest integer that a JavaScript client reads exactly.
EXACT = 2**53 - 1


@dataclass(frozen=True, slots=True)
class NumberRange:
    """The multiples of `step` from `low` to `high`, counted in steps; None is no bound."""

    step: Fraction
    low: int | None
    high: int | None

    @classmethod
    def of(cls, raws: Sequence[Raw], step: Fraction) -> NumberRange:
        """Return the multiples of a step that lie within the bounds of all `raws`."""
        lows = [math.ceil(b / step) for b in bounds(raws, "minimum")]
        lows += [math.floor(b / step) + 1 for b in bounds(raws, "exclusiveMinimum")]
        highs = [math.floor(b / step) for b in bounds(raws, "maximum")]
        highs += [math.ceil(b / step) - 1 for b in bounds(raws, "exclusiveMaximum")]
        return cls(step, max(lows, default=None), min(highs, default=None))

    @property
    def empty(self) -> bool:
        """Return whether nothing lies between the bounds."""
        return self.low is not None and self.high is not None and self.low > self.high

    def clamped(self, count: int) -> int:
        """Return the count of steps within the bounds that is nearest to a count."""
        count = count if self.high is None else min(count, self.high)
        return count if self.low is None else max(count, self.low)

    def reaches_beyond(self, those: range) -> bool:
        """Return whether an edge of the range, times `step`, is outside `those`."""
        edges = [self.clamped(0), *filter(None, (self.low, self.high))]
        return any(not those[0] <= count * self.step <= those[-1] for count in edges)

    def usual(self, named: Range | None) -> tuple[int, int]:
        """Return the lowest and highest usual value in steps: by `named`, else near zero."""
        if named:
            low, high = (math.floor(Fraction(edge) / self.step) for edge in named[:2])
            if self.clamped(low) < self.clamped(high):
                return self.clamped(low), self.clamped(high)
        width = max(100, int(_WIDTH / self.step), self._distance // 2)
        if self.low is not None and self.high is not None and self.high - self.low <= width:
            return self.low, self.high
        low = self.clamped(0)
        return (low - width, low) if low == self.high else (low, self.clamped(low + width))

    @property
    def _distance(self) -> int:
        """Return the distance of the range from zero, in steps, if it is beyond `EXACT`; else 0."""
        nearest = abs(self.clamped(0))
        return nearest if nearest * self.step > EXACT else 0

    def at(self, count: int) -> float:
        """Return the value of a count of steps; an int if the step is one."""
        steps = count * self.step.numerator
        return steps if self.step.denominator == 1 else steps / self.step.denominator


def bounds(raws: Sequence[Raw], keyword: str) -> list[Fraction]:
    """Return the values of a keyword in all schemas, as exact as they are written."""
    return [Fraction(str(raw[keyword])) for raw in raws if keyword in raw]
