"""The related numbers of one object: a minimum and its maximum, a list and its count."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from math import inf
from typing import Any, NamedTuple, TypeGuard

from mock_server.generation.schema.json_types import possible_types
from mock_server.generation.schema.nodes import ValueNode
from mock_server.generation.schema.properties import Property
from mock_server.generation.values.words import plain, words_of

_HIGHER = {"min": "max", "minimum": "maximum", "low": "high", "lower": "upper", "from": "to",
           "start": "end", "first": "last", "begin": "end", "lowest": "highest"}  # fmt: skip
_COUNTS = {"count", "total", "total_count", "total_items", "total_results", "total_elements",
           "total_records", "count_total"}  # fmt: skip

_POSITIONS = {"index", "idx", "position"}


class Pair(NamedTuple):
    """Two numbers, of which the second is at least as large as the first."""

    low: Property
    high: Property


class Agreements:
    """The relations between the numbers of one object; `are_any` states whether there are some."""

    def __init__(self, found: Iterable[Property]) -> None:
        found = list(found)
        self._pairs = list(_pairs(found))
        self._counts = [entry for entry in found if "_".join(words_of(entry.name)) in _COUNTS]
        self._lists = [e.name for e in found if self._counts and "array" in _types(e)]
        # Counts of each kind, `failed` of `total`. Without a list the total is their sum.
        kinds = [entry for entry in found if entry.node.hint == f"{entry.name}_count"]
        self._kinds = [entry.name for entry in kinds] if len(kinds) > 1 and not self._lists else []
        self.are_any = bool(self._pairs or self._counts)

    def put_into(self, value: dict[str, Any], fixed: Container[str]) -> None:
        """Change the numbers so that they agree, except those that are fixed."""
        for low, high in self._pairs:
            if low.name not in fixed and high.name not in fixed:
                _order(value, low, high)
        numbers = [value.get(name) for name in self._kinds]
        if numbers and all(map(_is_number, numbers)):
            for entry in self._counts:
                if entry.name in value and entry.name not in fixed:
                    _put(value, entry.name, entry.node, sum(filter(_is_number, numbers)))
        lists = (value.get(name) for name in self._lists)
        size = max((len(inner) for inner in lists if isinstance(inner, list)), default=-inf)
        for entry in self._counts:
            told = value.get(entry.name)
            if entry.name not in fixed and _is_number(told) and told < size:
                _put(value, entry.name, entry.node, size)


def _types(entry: Property) -> Sequence[str]:
    return possible_types(entry.node) or ()


def _pairs(found: Iterable[Property]) -> Iterator[Pair]:
    by_words = {tuple(words_of(entry.name)): entry for entry in found}
    for words, entry in by_words.items():
        for index, word in enumerate(words):
            other = by_words.get((*words[:index], _HIGHER.get(word, ""), *words[index + 1 :]))
            if other is not None:
                yield Pair(entry, other)


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _order(value: dict[str, Any], low: Property, high: Property) -> None:
    first, second = value.get(low.name), value.get(high.name)
    if not (_is_number(first) and _is_number(second)) or first <= second:
        return
    if low.node.accepts(second) and high.node.accepts(first):
        value[low.name], value[high.name] = second, first
    else:
        _put(value, high.name, high.node, first)
        _put(value, low.name, low.node, value[high.name])


def _put(value: dict[str, Any], name: str, node: ValueNode, number: float) -> None:
    if node.accepts(number):
        value[name] = number


def is_position(name: str) -> bool:
    """Return whether a property holds the position of an object in its list."""
    return plain(name) in _POSITIONS


def positions(found: Iterable[Property]) -> list[Property]:
    """Return the integer properties that hold the position of an object in its list."""
    return [
        entry
        for entry in found
        if is_position(entry.name)
        and list(_types(entry)) == ["integer"]
        and not entry.node.says("enum", "const", "example", "examples")
    ]


def put_position(
    value: dict[str, Any], found: Iterable[Property], position: int, fixed: Container[str]
) -> None:
    """Set the properties that aren't fixed to the position, from 0, or 1 if 0 isn't valid."""
    for entry in found:
        if entry.name in value and entry.name not in fixed:
            first = next((n for n in (0, 1) if entry.node.accepts(n)), 0)
            _put(value, entry.name, entry.node, first + position)
