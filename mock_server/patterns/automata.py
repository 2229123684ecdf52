"""Languages: the sets of strings that patterns stand for, taken apart character by character.

A language is a number; its derivative by a symbol is the language of what may follow that symbol
(Brzozowski, "Derivatives of Regular Expressions", 1964). So languages can be intersected and
complemented, which is what several patterns, and lookaheads, ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from math import prod
from typing import Any

from mock_server.patterns.parser import (
    Ahead,
    Behind,
    Characters,
    Either,
    End,
    Ranges,
    Repeated,
    Sequel,
    Tree,
)

# No string; the empty one alone; every string.
NONE, EMPTY, ALL = 0, 1, 2
# What stands before the first symbol.
START = -1
# How often what looks ahead is written out where it repeats.
_MOST_LOOKS = 3
_MOST_OPTIONS = 64
_ASCII = range(0x20, 0x7F)
_SURROGATES = range(0xD800, 0xE000)
_SOME = 20


class Languages:
    """The languages of some trees, over one alphabet; each language is written down once.

    A symbol stands for all characters that the same sets of the trees hold; `symbols` has some of
    the characters of each.
    """

    def __init__(self, trees: Iterable[Tree]) -> None:
        self._sets = list(dict.fromkeys(held for tree in trees for held in _sets(tree)))
        found: dict[tuple[bool, ...], list[str]] = {}
        for code in _alphabet(self._sets):
            key = tuple(any(low <= code <= high for low, high in held) for held in self._sets)
            found.setdefault(key, []).append(chr(code))
        self.symbols = list(found.values())
        self._of_set = {
            held: frozenset(number for number, key in enumerate(found) if key[index])
            for index, held in enumerate(self._sets)
        }
        self._terms: list[tuple[Any, ...]] = []
        self._numbers: dict[tuple[Any, ...], int] = {}
        self.has_empty: list[bool] = []
        self._looks_behind: list[bool] = []
        self._derived: dict[tuple[int, int], int] = {}
        for term, has_empty in ((("none",), False), (("empty",), True), (("not", NONE), True)):
            self._number(term, has_empty)

    def _number(self, term: tuple[Any, ...], has_empty: bool, *inner: int) -> int:
        if term not in self._numbers:
            self._numbers[term] = len(self._terms)
            self._terms.append(term)
            self.has_empty.append(has_empty)
            looks = term[0] == "behind" or any(self._looks_behind[part] for part in inner)
            self._looks_behind.append(looks)
        return self._numbers[term]

    def both(self, *languages: int) -> int:
        """What is in all of them."""
        parts = self._parts("both", languages, ALL)
        if NONE in parts:
            return NONE
        if EMPTY in parts:
            return EMPTY if all(self.has_empty[part] for part in parts) else NONE
        if len(parts) < 2:
            return parts[0] if parts else ALL
        return self._number(("both", *parts), all(self.has_empty[p] for p in parts), *parts)

    def either(self, *languages: int) -> int:
        """What is in one of them."""
        parts = self._parts("either", languages, NONE)
        if ALL in parts:
            return ALL
        if len(parts) < 2:
            return parts[0] if parts else NONE
        return self._number(("either", *parts), any(self.has_empty[p] for p in parts), *parts)

    def _parts(self, kind: str, languages: Iterable[int], neutral: int) -> list[int]:
        parts: set[int] = set()
        for language in languages:
            own, *inner = self._terms[language]
            parts.update(inner if own == kind else [language])
        return sorted(parts - {neutral})

    def other_than(self, language: int) -> int:
        """What isn't in it."""
        kind, *inner = self._terms[language]
        if kind == "not":
            return int(inner[0])
        return self._number(("not", language), not self.has_empty[language], language)

    def then(self, first: int, rest: int) -> int:
        """One of the first with one of the rest behind it."""
        if NONE in (first, rest):
            return NONE
        if first == EMPTY or rest == EMPTY:
            return rest if first == EMPTY else first
        kind, *inner = self._terms[first]
        if kind == "then":
            return self.then(inner[0], self.then(inner[1], rest))
        has_empty = self.has_empty[first] and self.has_empty[rest]
        return self._number(("then", first, rest), has_empty, first, rest)

    def repeated(self, item: int, low: int, high: int | None) -> int:
        """From `low` to `high` of it, one behind the other."""
        if high == 0 or item == EMPTY or (item == NONE and not low):
            return EMPTY
        if item == NONE or (low, high) == (1, 1):
            return item
        has_empty = not low or self.has_empty[item]
        return self._number(("repeated", item, low, high), has_empty, item)

    def options(self, language: int) -> Sequence[int]:
        """Languages that make up this one together: simpler ones, where it can be parted."""
        kind, *inner = self._terms[language]
        if kind == "either":
            return inner
        if kind == "then":
            return [self.then(option, inner[1]) for option in self.options(inner[0])]
        parts = [self.options(part) for part in inner] if kind == "both" else []
        if 1 < prod(map(len, parts)) <= _MOST_OPTIONS:
            return list(dict.fromkeys(self.both(*chosen) for chosen in product(*parts)))
        return [language]

    def after(self, language: int, symbol: int) -> int:
        """What may follow the symbol in the language."""
        return self.seen(self._after(language, symbol), symbol)

    def _after(self, language: int, symbol: int) -> int:
        key = language, symbol
        if key not in self._derived:
            kind, *inner = self._terms[language]
            self._derived[key] = getattr(self, f"_after_{kind}")(symbol, *inner)
        return self._derived[key]

    def seen(self, language: int, symbol: int) -> int:
        """The language once it's known what stands before: that symbol, or START."""
        if not self._looks_behind[language]:
            return language
        kind, *inner = self._terms[language]
        if kind == "behind":
            return self.seen(inner[1], symbol) if symbol in inner[0] else NONE
        if kind == "then":
            first = self.then(self.seen(inner[0], symbol), inner[1])
            is_there = self.has_empty[inner[0]]
            return self.either(first, self.seen(inner[1], symbol)) if is_there else first
        if kind == "repeated":
            return self._repeated_seen(symbol, *inner)
        if kind == "not":
            return self.other_than(self.seen(inner[0], symbol))
        combined = self.both if kind == "both" else self.either
        return combined(*(self.seen(part, symbol) for part in inner))

    def _repeated_seen(self, symbol: int, item: int, low: int, high: int | None) -> int:
        rest = self.repeated(item, max(low - 1, 0), None if high is None else high - 1)
        found = self.then(self.seen(item, symbol), rest)
        return found if low else self.either(found, EMPTY)

    def _after_none(self, symbol: int, *_: Any) -> int:
        return NONE

    _after_empty = _after_behind = _after_none

    def _after_one(self, symbol: int, held: frozenset[int]) -> int:
        return EMPTY if symbol in held else NONE

    def _after_not(self, symbol: int, language: int) -> int:
        return self.other_than(self._after(language, symbol))

    def _after_both(self, symbol: int, *languages: int) -> int:
        return self.both(*(self._after(language, symbol) for language in languages))

    def _after_either(self, symbol: int, *languages: int) -> int:
        return self.either(*(self._after(language, symbol) for language in languages))

    def _after_then(self, symbol: int, first: int, rest: int) -> int:
        found = self.then(self._after(first, symbol), rest)
        return self.either(found, self._after(rest, symbol)) if self.has_empty[first] else found

    def _after_repeated(self, symbol: int, item: int, low: int, high: int | None) -> int:
        rest = self.repeated(item, max(low - 1, 0), None if high is None else high - 1)
        return self.then(self._after(item, symbol), rest)

    def whole(self, tree: Tree) -> int:
        """The strings that the tree is all of."""
        return self._with(tree, EMPTY)

    def around(self, tree: Tree) -> int:
        """The strings in which the tree is found."""
        return self.then(ALL, self._with(tree, ALL))

    def _with(self, tree: Tree, rest: int) -> int:
        """The strings of the tree with the rest behind them."""
        return _BY_KIND[type(tree)](self, tree, rest)

    def _with_characters(self, tree: Characters, rest: int) -> int:
        return self.then(self._number(("one", self._of_set[tree.ranges]), False), rest)

    def _with_sequel(self, tree: Sequel, rest: int) -> int:
        for item in reversed(tree.items):
            rest = self._with(item, rest)
        return rest

    def _with_either(self, tree: Either, rest: int) -> int:
        return self.either(*(self._with(option, rest) for option in tree.options))

    def _with_repeated(self, tree: Repeated, rest: int) -> int:
        if not _looks_ahead(tree.item):
            return self.then(self.repeated(self._with(tree.item, EMPTY), *tree[1:]), rest)
        most = tree.low + _MOST_LOOKS
        found = [rest]
        for _ in range(most if tree.high is None else min(most, tree.high)):
            found.append(self._with(tree.item, found[-1]))
        return self.either(*found[tree.low :])

    def _with_ahead(self, tree: Ahead, rest: int) -> int:
        found = self._with(tree.item, ALL)
        return self.both(self.other_than(found) if tree.negative else found, rest)

    def _with_behind(self, tree: Behind, rest: int) -> int:
        if rest == NONE:
            return NONE
        symbols = self._of_set[tree.ranges] | ({START} if tree.start else set())
        return self._number(("behind", symbols, rest), False)

    def _with_end(self, tree: End, rest: int) -> int:
        return self.both(EMPTY, rest)


_BY_KIND: dict[type, Callable[..., int]] = {
    Characters: Languages._with_characters,
    Sequel: Languages._with_sequel,
    Either: Languages._with_either,
    Repeated: Languages._with_repeated,
    Ahead: Languages._with_ahead,
    Behind: Languages._with_behind,
    End: Languages._with_end,
}


def _inner(tree: Tree) -> Iterator[Tree]:
    """The tree and all in it."""
    yield tree
    if isinstance(tree, Sequel | Either):
        for part in tree[0]:
            yield from _inner(part)
    elif isinstance(tree, Repeated | Ahead):
        yield from _inner(tree.item)


def _sets(tree: Tree) -> Iterator[Ranges]:
    return (part.ranges for part in _inner(tree) if isinstance(part, Characters | Behind))


def _looks_ahead(tree: Tree) -> bool:
    return any(isinstance(part, Ahead | End) for part in _inner(tree))


def _alphabet(sets: Iterable[Ranges]) -> list[int]:
    """The printable ASCII characters, and so many others that no combination of sets is missed."""
    codes = {*_ASCII}
    for low, high in {pair for held in sets for pair in held}:
        codes.update(range(max(low, 0x7F), min(high, low + _SOME) + 1), [low, high + 1])
    return sorted(code for code in codes if code <= 0x10FFFF and code not in _SURROGATES)
