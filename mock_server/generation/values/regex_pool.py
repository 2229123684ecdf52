"""Strings made from patterns."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property

from mock_server.generation.values.fakes import Fakes
from mock_server.generation.values.keywords import SizeLimits
from mock_server.generation.values.random_source import Source, Valid
from mock_server.generation.values.regex_walks import Walks
from mock_server.patterns import Languages, UnreadPattern, parsed

_SIZE = 200
_TRIES = 40


class Pool:
    """Strings that match every pattern; each is made once, when first drawn.

    If no try gave a valid string, the last one is kept. The check of the whole value refuses it.
    """

    def __init__(self, patterns: Sequence[str], limits: SizeLimits, valid: Valid) -> None:
        self._patterns, self._limits, self._valid = patterns, limits, valid
        self._made: dict[int, str] = {}

    def draw(self, source: Source) -> str:
        """Return one of the strings."""
        index = source.below(_SIZE)
        if index not in self._made:
            self._made[index] = self._make(index, source.fakes)
        return self._made[index]

    def _make(self, index: int, fakes: Fakes) -> str:
        source = Source(f"{self._patterns} {index}", fakes)
        made = ""
        for _ in range(_TRIES if self._walks else 0):
            for walks in self._walks:
                made = walks.draw(source)
                if self._valid(made):
                    return made
        return made

    @cached_property
    def _walks(self) -> Sequence[Walks]:
        """Return the walks of whole matches, and those of strings that contain a match of each."""
        with suppress(UnreadPattern, RecursionError):
            trees = [parsed(pattern) for pattern in self._patterns]
            languages = Languages(trees)
            found = (
                Walks(languages, languages.both(*map(having, trees)), self._limits)
                for having in (languages.whole, languages.around)
            )
            return [walks for walks in found if walks.lengths]
        return ()
