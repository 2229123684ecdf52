"""Patterns of ECMA-262 (section 22.2) as trees, for making strings from them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

# Sets of characters: from code point to code point, both included, in their order.
Ranges = tuple[tuple[int, int], ...]
_LAST = 0x10FFFF
_ESCAPED = {"t": 9, "n": 10, "v": 11, "f": 12, "r": 13, "0": 0}
# As far as properties of Unicode are looked up: Latin, with what it's written with.
_FAMILIAR = range(0x20, 0x250)


class Characters(NamedTuple):
    """One character of those."""

    ranges: Ranges


class Sequel(NamedTuple):
    """One after the other."""

    items: tuple[Tree, ...]


class Either(NamedTuple):
    """One of them."""

    options: tuple[Tree, ...]


class Repeated(NamedTuple):
    """From `low` to `high` times, or without end."""

    item: Tree
    low: int
    high: int | None


class Ahead(NamedTuple):
    """What follows begins so, or doesn't."""

    item: Tree
    negative: bool


class Behind(NamedTuple):
    """What stands before is one of the characters or, with `start`, nothing."""

    ranges: Ranges
    start: bool


class End(NamedTuple):
    """Nothing follows."""


Tree = Characters | Sequel | Either | Repeated | Ahead | Behind | End
NOTHING = Sequel(())


class UnreadPattern(ValueError):
    """A pattern that isn't understood."""


def parsed(pattern: str) -> Tree:
    """The tree of a pattern. Raises UnreadPattern.

    It may stand for more than the pattern does: a lookbehind of more than one character isn't
    looked at, and a back reference may be any text that its group may be.
    """
    reader = _Reader(pattern)
    try:
        tree = reader.options()
    except (IndexError, ValueError, RecursionError):
        raise UnreadPattern(pattern) from None
    if reader.rest():
        raise UnreadPattern(pattern)
    return tree


def merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """The ranges in their order, without overlaps."""
    found: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(high, found[-1][1])
        else:
            found.append((low, high))
    return tuple(found)


def _others(ranges: Ranges) -> Ranges:
    edges = [-1, *(edge for pair in ranges for edge in pair), _LAST + 1]
    gaps = zip(edges[::2], edges[1::2], strict=True)
    return tuple((low + 1, high - 1) for low, high in gaps if low + 1 < high)


def _set(text: str) -> Ranges:
    return merged((ord(character), ord(character)) for character in text)


_DIGITS: Ranges = ((48, 57),)
_WORD = merged([(48, 57), (65, 90), (95, 95), (97, 122)])
_SPACE = merged([*_set("\t\n\v\f\r \xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff"),
                 (0x2000, 0x200A)])  # fmt: skip
_CLASSES: Mapping[str, Ranges] = {
    "d": _DIGITS, "D": _others(_DIGITS), "w": _WORD, "W": _others(_WORD),
    "s": _SPACE, "S": _others(_SPACE),
}  # fmt: skip
_ANY_BUT_LINE_ENDS = Characters(_others(_set("\n\r\u2028\u2029")))
_START = Behind((), start=True)
_AFTER_WORD, _AFTER_OTHER = Behind(_WORD, start=False), Behind(_others(_WORD), start=True)


def _boundary(is_one: bool) -> Tree:
    """`\\b`, where a word begins or ends, or `\\B`."""
    begins, ends = Ahead(Characters(_WORD), not is_one), Ahead(Characters(_WORD), is_one)
    return Either((Sequel((_AFTER_OTHER, begins)), Sequel((_AFTER_WORD, ends))))


@cache
def _with_property(name: str) -> Ranges:
    """The familiar characters of a general category; letters where it's no category."""
    category = name.rpartition("=")[2]
    kinds = {code: unicodedata.category(chr(code)) for code in _FAMILIAR}
    found = [(code, code) for code, kind in kinds.items() if kind.startswith(category)]
    letters = [(code, code) for code, kind in kinds.items() if kind.startswith("L")]
    return merged(found or letters)


def _behind(tree: Tree, negative: bool) -> Tree:
    if not isinstance(tree, Characters):
        return NOTHING
    return Behind(_others(tree.ranges) if negative else tree.ranges, negative)


class _Reader:
    """Reads one pattern from left to right."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._groups: list[Tree] = []
        self._names: dict[str, int] = {}

    def rest(self) -> str:
        """What isn't read yet."""
        return self._pattern[self._at :]

    def _take(self, text: str) -> bool:
        found = self._pattern.startswith(text, self._at)
        self._at += len(text) * found
        return found

    def _next(self) -> str:
        self._at += 1
        return self._pattern[self._at - 1]

    def _until(self, end: str) -> str:
        start, self._at = self._at, self._pattern.index(end, self._at) + 1
        return self._pattern[start : self._at - 1]

    def options(self) -> Tree:
        """What `|` parts."""
        found = [self._sequel()]
        while self._take("|"):
            found.append(self._sequel())
        return found[0] if len(found) == 1 else Either(tuple(found))

    def _sequel(self) -> Tree:
        items: list[Tree] = []
        while self._at < len(self._pattern) and self._pattern[self._at] not in "|)":
            items.append(self._repeated(self._item()))
        return items[0] if len(items) == 1 else Sequel(tuple(items))

    def _repeated(self, item: Tree) -> Tree:
        signs: Sequence[tuple[str, int, int | None]] = (("*", 0, None), ("+", 1, None), ("?", 0, 1))
        found = next(((low, high) for sign, low, high in signs if self._take(sign)), None)
        if found is None and self._take("{"):
            low, comma, high = self._until("}").partition(",")
            found = int(low), (int(high) if high else None) if comma else int(low)
        if found is None:
            return item
        self._take("?")  # how eager it is changes nothing in what it's found in
        return Repeated(item, *found)

    def _item(self) -> Tree:
        character = self._next()
        if character in "^$":
            return _START if character == "^" else End()
        if character == "(":
            return self._group()
        if character == "[":
            return self._class()
        if character == ".":
            return _ANY_BUT_LINE_ENDS
        if character in "*+?":
            raise UnreadPattern(self._pattern)
        return self._escape() if character == "\\" else Characters(_set(character))

    def _group(self) -> Tree:
        for opening, negative in (("?=", False), ("?!", True)):
            if self._take(opening):
                return Ahead(self._closed(), negative)
            if self._take(opening.replace("?", "?<")):
                return _behind(self._closed(), negative)
        if self._take("?:"):
            return self._closed()
        number = len(self._groups)
        self._groups.append(NOTHING)
        if self._take("?<"):
            self._names[self._until(">")] = number
        elif self._take("?"):
            raise UnreadPattern(self._pattern)
        self._groups[number] = self._closed()
        return self._groups[number]

    def _closed(self) -> Tree:
        tree = self.options()
        if not self._take(")"):
            raise UnreadPattern(self._pattern)
        return tree

    def _escape(self) -> Tree:
        if (sign := self._pattern[self._at]) in "bB":
            self._at += 1
            return _boundary(sign == "b")
        if self._take("k<"):
            return self._groups[self._names[self._until(">")]]
        number = self._pattern[self._at]
        if number in "123456789":
            self._at += 1
            return self._groups[int(number) - 1]
        return Characters(self._escaped())

    def _escaped(self) -> Ranges:
        """The characters of an escape, inside a class or outside."""
        character = self._next()
        if character in _CLASSES:
            return _CLASSES[character]
        if character in "pP" and self._take("{"):
            found = _with_property(self._until("}"))
            return found if character == "p" else _others(found)
        code = self._code(character)
        return ((code, code),)

    def _code(self, character: str) -> int:
        if character == "u" and self._take("{"):
            return int(self._until("}"), 16)
        if character in "xu":
            length = 2 if character == "x" else 4
            self._at += length
            return int(self._pattern[self._at - length : self._at], 16)
        if character == "c":
            return ord(self._next()) % 32
        return _ESCAPED.get(character, ord(character))

    def _class(self) -> Tree:
        is_negated = self._take("^")
        found: list[tuple[int, int]] = []
        while not self._take("]"):
            ranges = self._member()
            if self._pattern[self._at] == "-" and self._pattern[self._at + 1] != "]":
                self._at += 1
                ranges = ((ranges[0][0], self._member()[-1][1]),)
            found += ranges
        ranges = merged(found)
        return Characters(_others(ranges) if is_negated else ranges)

    def _member(self) -> Ranges:
        character = self._next()
        if character != "\\":
            return _set(character)
        return ((8, 8),) if self._take("b") else self._escaped()
