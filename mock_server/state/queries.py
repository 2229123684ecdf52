"""Lists: which items a request asks for, and in which order."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from mock_server.generation import plain
from mock_server.paging import SchemaPlace
from mock_server.sessions import Collection, Item
from mock_server.state import names

Steps = tuple[str, ...]
_SORTS = {"sort", "sort_by", "order_by", "ordering", "orderby", "sortby", "sort_field"}
_DIRECTIONS = {"order", "direction", "sort_order", "sort_dir", "sort_direction", "order_direction"}
_TEXTS = {"q", "search", "query", "search_term", "keyword", "keywords", "filter_text"}
_LOWS = {"gte": True, "gt": False, "min": True, "from": True, "after": False, "since": True,
         "start": True, "ge": True}  # fmt: skip
_HIGHS = {"lte": True, "lt": False, "max": True, "to": True, "before": False, "until": True,
          "end": True, "le": True}  # fmt: skip
_BRACKETED = re.compile(r"filter\[(\w+)\]|(?:filter\[)?(\w+)\]?\[(\w+)\]")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d.*)?")


@dataclass(slots=True)
class Query:
    """What a request asks of a list; `ignored` are the parameters that nobody understands."""

    equal: list[tuple[Steps, Any]] = field(default_factory=list)
    ranges: dict[Steps, list[tuple[str, Any, bool]]] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    order: list[tuple[Steps, bool]] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


class QueryReader:
    """Reads the queries of one list, whose items have the members of a place."""

    def __init__(self, place: SchemaPlace, paging: frozenset[str]) -> None:
        self._members = {plain(name): name for name in place.members}
        self._place = place
        self._paging = paging

    def read(self, sent: Mapping[str, Any]) -> Query:
        """What the values of a query ask for."""
        query = Query()
        descending = None
        for name, value in sent.items():
            key = plain(name)
            if name in self._paging or value is None or value == "":
                continue
            if key in _SORTS:
                query.order += self._order(value)
            elif key in _DIRECTIONS and str(value).lower() in (
                "asc",
                "desc",
                "ascending",
                "descending",
            ):
                descending = str(value).lower().startswith("desc")
            elif not self._read(name, key, value, query):
                if key in _TEXTS and isinstance(value, str):
                    query.texts.append(value.lower())
                else:
                    query.ignored.append(name)
        if descending is not None:
            query.order = [(steps, descending) for steps, _ in query.order]
        return query

    def _read(self, name: str, key: str, value: Any, query: Query) -> bool:
        if isinstance(value, dict):
            if key == "filter":
                known = [self._read(n, plain(n), v, query) for n, v in value.items()]
                return all(known)
            return self._range(key, value, query)
        found = _BRACKETED.fullmatch(name)
        if found is not None:
            if found[1]:
                return self._read(found[1], plain(found[1]), value, query)
            return self._range(plain(found[2]), {found[3]: value}, query)
        steps = self._steps(key)
        if steps is not None:
            query.equal.append((steps, value))
            return True
        return self._bound(key, value, query)

    def _range(self, key: str, value: Mapping[str, Any], query: Query) -> bool:
        steps = self._steps(key)
        known = {plain(n): v for n, v in value.items()}
        if steps is None or not known.keys() <= _LOWS.keys() | _HIGHS.keys() | {"eq", "ne", "in"}:
            return False
        for word, end in known.items():
            if word in ("eq", "in"):
                query.equal.append((steps, end))
            elif word != "ne":
                query.ranges.setdefault(steps, []).append(_end(word, end))
        return True

    def _bound(self, key: str, value: Any, query: Query) -> bool:
        """`min_price`, `price_max`, `created_after` and their like."""
        words = key.split("_")
        for word, rest in ((words[0], words[1:]), (words[-1], words[:-1])):
            steps = self._steps("_".join(rest)) or self._steps("_".join([*rest, "at"]))
            if rest and steps is not None and word in _LOWS.keys() | _HIGHS.keys():
                query.ranges.setdefault(steps, []).append(_end(word, value))
                return True
        return False

    def _steps(self, key: str) -> Steps | None:
        """The member that a name means: itself, one of which it is the id, or one of a list."""
        for form in (key, f"{key}s", key.removesuffix("s"), f"{key}_id", key.removesuffix("_id")):
            if form in self._members:
                return (self._members[form],)
        attributes = self._place.members.get("attributes")
        if attributes is not None:
            inner = {plain(name): name for name in attributes.members}
            if key in inner:
                return ("attributes", inner[key])
        return None

    def _order(self, value: Any) -> Iterator[tuple[Steps, bool]]:
        texts = value if isinstance(value, list) else str(value).split(",")
        for text in map(str, texts):
            name, _, direction = text.strip().replace(":", " ").partition(" ")
            bare = name.lstrip("+-")
            steps = self._steps(plain(bare))
            if steps is None and "_" in bare:
                head, _, tail = bare.rpartition("_")
                steps = self._steps(plain(head)) if tail.lower() in ("asc", "desc") else None
                direction = direction or tail
            if steps is not None:
                yield steps, name.startswith("-") or direction.strip().lower().startswith("desc")


def _end(word: str, value: Any) -> tuple[str, Any, bool]:
    if word in _LOWS:
        return "low", comparable(value), _LOWS[word]
    return "high", comparable(value), _HIGHS[word]


def comparable(value: Any) -> Any:
    """A value that orders as it means: a moment as seconds, a number in a text as a number."""
    if isinstance(value, str) and _DATE.fullmatch(value):
        with suppress(ValueError):
            moment = datetime.fromisoformat(value.upper().replace(" ", "T"))
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return value


def key_of_value(value: Any) -> str | None:
    """What values are told apart by in an index; the id of an object. None for what has none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return str(int(value)) if value == int(value) else str(value)
    if isinstance(value, dict):
        found = next((value[key] for key in names.KEYS[:8] if key in value), None)
        return key_of_value(found) if found is not None else None
    return None


def _values(item: Item, steps: Steps) -> Any:
    value = item.value
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def equal_keys(*places: Steps) -> Callable[[Item], Sequence[str]]:
    """What an item is found by at those places; each member of a list counts."""

    def keys(item: Item) -> Sequence[str]:
        found: dict[str, None] = {}
        for steps in places:
            value = _values(item, steps)
            for one in value if isinstance(value, list) else [value]:
                if (key := key_of_value(one)) is not None:
                    found[key] = None
        return list(found)

    return keys


def _ordered_keys(steps: Steps) -> Callable[[Item], Sequence[Any]]:
    def keys(item: Item) -> Sequence[Any]:
        value = _values(item, steps)
        return [] if value is None or isinstance(value, dict | list) else [comparable(value)]

    return keys


def selected(there: Collection, query: Query, within: Sequence[int] | None) -> Sequence[int]:
    """The numbers of the items that a query asks for, in its order; `within` are all of a view."""
    chosen: Sequence[int] | None = within
    for steps, value in query.equal:
        name = ("=", *steps)
        values = value if isinstance(value, list) else [value]
        keys = [key for one in values if (key := key_of_value(one)) is not None]
        lists = [there.equal(name, equal_keys(steps), key) for key in keys]
        found = lists[0] if len(lists) == 1 else sorted({n for one in lists for n in one})
        chosen = _both(chosen, found)
    for steps, ends in query.ranges.items():
        low = next(((v, is_in) for side, v, is_in in ends if side == "low"), None)
        high = next(((v, is_in) for side, v, is_in in ends if side == "high"), None)
        low, high = (_as_kept(there, steps, end) for end in (low, high))
        found = there.between(("<", *steps), _ordered_keys(steps), low, high)
        chosen = _both(chosen, sorted(found))
    for text in query.texts:
        numbers = there.numbers if chosen is None else chosen
        chosen = [n for n in numbers if _has_text(_texts(there.at(n)), text)]
    return _sorted(there, query, chosen)


def _as_kept(there: Collection, steps: Steps, end: Any) -> Any:
    """The end of a range in the type of the values: a text that is a number as one."""
    if end is None or not isinstance(end[0], str):
        return end
    with suppress(ValueError):
        return float(end[0]), end[1]
    return end


def _both(one: Sequence[int] | None, other: Sequence[int]) -> Sequence[int]:
    if one is None:
        return other
    small, large = (one, other) if len(one) < len(other) else (other, one)
    known = set(large) if len(large) < 8 * len(small) else None
    if known is not None:
        return [number for number in small if number in known]
    return [number for number in small if _is_in(large, number)]


def _is_in(numbers: Sequence[int], number: int) -> bool:
    at = bisect_left(numbers, number)
    return at < len(numbers) and numbers[at] == number


def _texts(item: Item) -> Any:
    """The value of an item without its id and what it's only told apart by."""
    if not isinstance(item.value, dict):
        return item.value
    keys = names.KEYS[:8]
    return {n: v for n, v in item.value.items() if plain(n).rpartition("_")[2] not in keys}


def _has_text(value: Any, text: str) -> bool:
    if isinstance(value, str):
        return text in value.lower()
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(_has_text(one, text) for one in inner)


def _sorted(there: Collection, query: Query, chosen: Sequence[int] | None) -> Sequence[int]:
    if not query.order:
        return there.numbers if chosen is None else chosen
    if chosen is None and len(query.order) == 1:
        (steps, is_descending), *_ = query.order
        order = there.ordered(("<", *steps), _ordered_keys(steps))
        return _Numbers(order, is_descending)
    numbers = list(there.numbers if chosen is None else chosen)
    for steps, is_descending in reversed(query.order):
        keys = _ordered_keys(steps)
        numbers.sort(key=lambda n: _place(keys(there.at(n))), reverse=is_descending)
    return numbers


def _place(values: Sequence[Any]) -> tuple[int, Any]:
    value = values[0] if values else None
    if isinstance(value, int | float):
        return (0, value)
    return (1, value) if isinstance(value, str) else (2, 0)


class _Numbers(Sequence[int]):
    """The numbers of an order, from either end, without a copy of it."""

    def __init__(self, order: Sequence[tuple[Any, int]], is_descending: bool) -> None:
        self._order, self._is_descending = order, is_descending

    def __len__(self) -> int:
        return len(self._order)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        return self._order[-1 - index if self._is_descending else index][1]
