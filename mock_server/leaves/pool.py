"""Strings made from patterns: the one door to rstr."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from itertools import product

from mock_server.leaves.fakes import Fakes
from mock_server.leaves.keywords import Limits
from mock_server.leaves.patterns import python_pattern
from mock_server.leaves.source import Source, Valid

_REPEATS = (4, 8, 1, 16, 40)
_MOST_REPEATS = 1_000
_SIZE = 200


class Pool:
    """Strings in which each of the patterns is found; each is made once, when first drawn.

    Where no try gave a valid one the last is kept, for whoever judges the whole to refuse.
    """

    def __init__(self, patterns: Sequence[str], limits: Limits, valid: Valid) -> None:
        self._patterns, self._limits, self._valid = patterns, limits, valid
        self._made: dict[int, str] = {}

    def draw(self, source: Source) -> str:
        """One of the strings."""
        index = source.below(_SIZE)
        if index not in self._made:
            self._made[index] = self._make(index, source.fakes)
        return self._made[index]

    def _make(self, index: int, fakes: Fakes) -> str:
        from rstr import Rstr  # imports a lot, and few contracts need it

        rstr = Rstr(Source(f"{self._patterns} {index}", fakes).rng)
        made = ""
        repeats = (*_REPEATS, self._limits.low, self._limits.high or 0) * 6
        for most, pattern in product(repeats, self._patterns):
            with suppress(re.error, KeyError):  # a pattern that Python or rstr can't read
                drawn = rstr.xeger(python_pattern(pattern, min(most, _MOST_REPEATS)))
                made = self._stretched(drawn)
            if self._valid(made):
                return made
        return made

    def _stretched(self, made: str) -> str:
        """As long as needed: a pattern may be found anywhere in the string."""
        longer = made.ljust(self._limits.low, "a")
        return longer if len(longer) > len(made) and self._valid(longer) else made
