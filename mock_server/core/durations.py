"""Lengths of time as people write them: `250ms`, `2s`, `5m`, `1h`, `1d`."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from random import Random

_THOUSANDTHS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_DURATION = re.compile(r"(\d{1,12}(?:\.\d{1,9})?)(ms|s|m|h|d)", re.ASCII)
_SPREAD = re.compile(r"(\S+?)~(\d{1,3}(?:\.\d{1,9})?)", re.ASCII)
EXPECTED = "a length of time such as 250ms, 2s, 5m, 1h or 1d"
EXPECTED_DELAY = f"{EXPECTED}, a range such as 100ms..500ms, or a median and its spread: 250ms~0.4"


def parse_duration(text: str) -> float:
    """The seconds that a length of time takes. Raises ValueError where it is none."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no length of time; expected {EXPECTED}")
    return float(found[1]) * _THOUSANDTHS[found[2]] / 1000


def duration_text(seconds: float) -> str:
    """A length of time as people write it, in the largest unit that takes no fraction."""
    thousandths = seconds * 1000
    for unit in ("d", "h", "m", "s"):
        if thousandths and thousandths % _THOUSANDTHS[unit] == 0:
            return f"{thousandths / _THOUSANDTHS[unit]:.0f}{unit}"
    return f"{thousandths:.6f}".rstrip("0").rstrip(".") + "ms"


@dataclass(frozen=True, slots=True)
class Delay:
    """How long to wait: fixed, anywhere in a range, or spread around a median.

    `least` and `most` are seconds; `spread` is the sigma of a lognormal distribution whose median
    is `least`.
    """

    least: float
    most: float
    spread: float = 0.0

    def __str__(self) -> str:
        if self.spread:
            return f"{duration_text(self.least)}~{self.spread:g}"
        ends = [
            duration_text(self.least),
            *([] if self.most == self.least else [duration_text(self.most)]),
        ]
        return "..".join(ends)

    def seconds(self, random: Random) -> float:
        """One wait, in seconds."""
        if self.spread:
            return self.least * math.exp(self.spread * random.gauss(0, 1))
        return self.least if self.least == self.most else random.uniform(self.least, self.most)


def read_delay(text: str) -> Delay:
    """`250ms`, `100ms..500ms` or `250ms~0.4`. Raises ValueError for anything else."""
    try:
        if (spread := _SPREAD.fullmatch(text)) is not None:
            median = parse_duration(spread[1])
            return Delay(median, median, float(spread[2]))
        first, dots, last = text.partition("..")
        least, most = parse_duration(first), parse_duration(last if dots else first)
    except ValueError:
        raise ValueError(f"{text!r} is no delay; expected {EXPECTED_DELAY}") from None
    if most < least:
        raise ValueError(f"{text!r} is no delay: the range ends before it begins")
    return Delay(least, most)
