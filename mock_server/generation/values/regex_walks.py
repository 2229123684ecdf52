"""Walks through a regular language: its strings of a certain length, drawn at random."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count, islice

from mock_server.generation.values.keywords import SizeLimits
from mock_server.generation.values.random_source import Source
from mock_server.patterns import NONE, START, Languages

# The most languages (states) that are explored. Strings that need more of them are left out.
_MOST_LANGUAGES = 4_000
_LONGEST = 5_000
# A string is at most so many characters longer than it must be.
_SLACK = 8


class Walks:
    """The walks through one language; `lengths` are the lengths of the strings that are drawn."""

    def __init__(self, languages: Languages, start: int, limits: SizeLimits) -> None:
        self._languages, self._start = languages, languages.seen(start, START)
        self._characters = [_everyday(symbol) for symbol in languages.symbols]
        self._after: dict[int, Sequence[tuple[int, int]]] = {}
        self._explore()
        self._before = self._reversed()
        # For each length, the languages that have a string of that length.
        self._layers = [{n for n in self._after if languages.has_empty[n]}]
        self.lengths = list(self._some_lengths(limits))

    def _explore(self) -> None:
        waiting = [self._start]
        for language in waiting:
            if language not in self._after:
                self._after[language] = list(self._ways(language))
                if len(waiting) < _MOST_LANGUAGES:
                    waiting += dict.fromkeys(next_one for _, next_one in self._after[language])

    def _ways(self, language: int) -> Iterator[tuple[int, int]]:
        for symbol in range(len(self._characters)):
            for option in self._languages.options(self._languages.after(language, symbol)):
                if option != NONE:
                    yield symbol, option

    def _reversed(self) -> dict[int, set[int]]:
        before: dict[int, set[int]] = {}
        for language, ways in self._after.items():
            for _, next_one in ways:
                before.setdefault(next_one, set()).add(language)
        return before

    def _layer(self, length: int) -> set[int]:
        while len(self._layers) <= length:
            last = self._layers[-1]
            self._layers.append({b for n in last for b in self._before.get(n, ())})
        return self._layers[length]

    def _some_lengths(self, limits: SizeLimits) -> Iterator[int]:
        """Yield the least length that fits, and the fitting lengths up to `_SLACK` above it."""
        for least in islice(self._fitting(limits), 1):
            yield from self._fitting(SizeLimits(least, limits.clamped(least + _SLACK)))

    def _fitting(self, limits: SizeLimits) -> Iterator[int]:
        for length in count():
            layer = self._layer(length)
            if length > limits.clamped(_LONGEST) or not layer:
                return
            if length >= limits.low and self._start in layer:
                yield length

    def draw(self, source: Source) -> str:
        """Return one of the strings."""
        made, language = "", self._start
        for left in range(source.pick(self.lengths) - 1, -1, -1):
            layer = self._layers[left]
            ways = [way for way in self._after[language] if way[1] in layer]
            symbol, language = self._picked(source, ways)
            made += source.pick(self._characters[symbol])
        return made

    def _picked(self, source: Source, ways: Sequence[tuple[int, int]]) -> tuple[int, int]:
        """Return one of the ways; the more characters it has, the likelier it is."""
        place = source.below(sum(len(self._characters[symbol]) for symbol, _ in ways))
        for way in ways:
            place -= len(self._characters[way[0]])
            if place < 0:
                break
        return way


def _everyday(symbol: Sequence[str]) -> Sequence[str]:
    """Return the plainest of the characters: small letters and digits first, then capitals."""
    plain = [c for c in symbol if c.isascii() and c.isalnum()]
    if plain and len(plain) == len(symbol):
        return plain
    small = [c for c in plain if not c.isupper()]
    visible = [c for c in symbol if "!" <= c <= "~"]
    return small or plain or visible or [c for c in symbol if c.isprintable()] or symbol
