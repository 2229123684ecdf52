"""The items of a session: what its clients stored, by collection.

A request reads with `begin` and writes with one `commit`. Either may have to be awaited, so a store
elsewhere can replace `Items`. `commit` refuses what another request has changed in between, so that
nothing is lost.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any, Protocol

import orjson

# Part of the keys of an index: values of different types aren't equal.
Sortable = tuple[str, Any]
IndexKey = tuple[str, ...]
_SIZE = "size"


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One item, never changed: a change puts another in its place.

    `number` counts the items of a collection in the order in which they came. `version` counts the
    changes of one item. `links` are the other items that it belongs to, by the relation.
    """

    id: str
    value: Any
    number: int = 0
    version: int = 1
    links: frozenset[tuple[str, str]] = frozenset()
    forms: dict[Any, Any] = field(default_factory=dict, repr=False)

    @property
    def size(self) -> int:
        """Return how many bytes its value has as JSON."""
        if _SIZE not in self.forms:
            self.forms[_SIZE] = len(orjson.dumps(self.value, default=str))
        size: int = self.forms[_SIZE]
        return size


def item_etag(item: Item) -> str:
    """Return the entity tag of an item (RFC 9110, section 8.8.3): another one after each change."""
    text = orjson.dumps(item.value, option=orjson.OPT_SORT_KEYS, default=str)
    return f'"{blake2b(text, digest_size=8).hexdigest()}-{item.version}"'


class Outdated(Exception):
    """An error if another request changed what this one has read, before it could write."""


class Full(Exception):
    """An error if there is no room for what a request wants to store."""


@dataclass(slots=True)
class Changes:
    """The changes of a request to items, all of them or none.

    `met` are the versions of the items that the request relies on, None for one that wasn't there.
    """

    puts: dict[tuple[str, str], Item] = field(default_factory=dict)
    removals: set[tuple[str, str]] = field(default_factory=set)
    met: dict[tuple[str, str], int | None] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.puts or self.removals)


class ItemStore(Protocol):
    """The interface of the place that holds a session's items."""

    def begin(self, names: Iterable[str]) -> Items | Awaitable[Items]:
        """Return the items of collections, as a request is to see them."""

    def commit(self, changes: Changes) -> Awaitable[None] | None:
        """Write all changes of a request, or none. Raises Outdated and Full."""

    def clear(self, name: str | None = None) -> None:
        """Forget the items of a collection, or of all, which begin anew with their first items."""


class Collection:
    """The items of one collection, with an index for each way in which they were asked for."""

    __slots__ = (
        "_by_number",
        "_indexes",
        "_orders",
        "gone",
        "items",
        "last",
        "numbers",
        "size",
        "top",
    )

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self.numbers: list[int] = []
        self.gone: set[str] = set()
        self.last = 0
        # The highest id that is a whole number.
        self.top = 0
        self.size = 0
        self._by_number: dict[int, Item] = {}
        self._indexes: dict[IndexKey, tuple[_Keys, dict[Any, list[int]]]] = {}
        self._orders: dict[IndexKey, tuple[_Keys, list[tuple[Sortable, int]]]] = {}

    def __len__(self) -> int:
        return len(self.items)

    def at(self, number: int) -> Item:
        """Return the item with a number."""
        return self._by_number[number]

    def put(self, item: Item) -> None:
        """Store an item in the place of one with its id."""
        before = self.items.get(item.id)
        if before is not None:
            self._unindex(before)
        else:
            if item.number in self._by_number:  # two items were made at once, with the same number
                item = replace(item, number=self.last + 1)
            insort(self.numbers, item.number)
        self.items[item.id] = item
        self._by_number[item.number] = item
        self.size += item.size - (before.size if before is not None else 0)
        self.last = max(self.last, item.number)
        own = item.id.rpartition("/")[2]
        if own.isascii() and own.isdigit() and len(own) < 19:
            self.top = max(self.top, int(own))
        self.gone.discard(item.id)
        for keys, index in self._indexes.values():
            for key in keys(item):
                insort(index.setdefault(key, []), item.number)
        for keys, order in self._orders.values():
            insort(order, (_sortable(keys(item)), item.number))

    def remove(self, id: str) -> None:
        """Remove an item."""
        item = self.items.pop(id)
        self._unindex(item)
        self.numbers.pop(bisect_left(self.numbers, item.number))
        del self._by_number[item.number]
        self.size -= item.size
        self.gone.add(id)

    def _unindex(self, item: Item) -> None:
        for keys, index in self._indexes.values():
            for key in keys(item):
                numbers = index[key]
                numbers.pop(bisect_left(numbers, item.number))
        for keys, order in self._orders.values():
            order.pop(bisect_left(order, (_sortable(keys(item)), item.number)))

    def equal(self, name: IndexKey, keys: _Keys, key: Any) -> Sequence[int]:
        """Return the numbers of the items that have a key in an index, made at its first use."""
        if name not in self._indexes:
            index: dict[Any, list[int]] = {}
            for number in self.numbers:
                for one in keys(self._by_number[number]):
                    index.setdefault(one, []).append(number)
            self._indexes[name] = (keys, index)
        return self._indexes[name][1].get(key, ())

    def ordered(self, name: IndexKey, keys: _Keys) -> Sequence[tuple[Sortable, int]]:
        """Return the numbers of all items by what they have in one place, the lowest first."""
        if name not in self._orders:
            found = [(_sortable(keys(self._by_number[n])), n) for n in self.numbers]
            self._orders[name] = (keys, sorted(found))
        return self._orders[name][1]

    def between(self, name: IndexKey, keys: _Keys, low: Any, high: Any) -> list[int]:
        """Return the numbers of the items in a range.

        An end is a value with whether the range includes it, or None for an open end.
        """
        order = self.ordered(name, keys)
        kinds = {_sortable([end[0]])[0] for end in (low, high) if end is not None}
        if len(kinds) != 1:
            return []
        kind = kinds.pop()
        first = bisect_left(order, ((kind,), 0)) if low is None else _edge(order, low, False)
        end = bisect_left(order, ((f"{kind}~",), 0)) if high is None else _edge(order, high, True)
        return [number for _, number in order[first:end]]


_Keys = Callable[[Item], Sequence[Any]]


def _edge(order: Sequence[tuple[Sortable, int]], end: tuple[Any, bool], is_high: bool) -> int:
    value, is_in = end
    key = _sortable([value])
    if is_high is is_in:
        return bisect_right(order, (key, float("inf")))
    return bisect_left(order, (key, 0))


def _sortable(values: Sequence[Any]) -> Sortable:
    """Return a key that orders values of all types: numbers, then texts, then missing values."""
    value = values[0] if values else None
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, int | float):
        return ("number", value)
    return ("text", value) if isinstance(value, str) else ("~", 0)


class Items:
    """The items of a session, in memory; at most so many of a collection, and so many bytes."""

    __slots__ = ("_collections", "_most_bytes", "_most_items", "seeded")

    def __init__(self, most_items: int = 10_000, most_bytes: int = 64 * 1024 * 1024) -> None:
        self._most_items, self._most_bytes = most_items, most_bytes
        self._collections: dict[str, Collection] = {}
        # The collections that have got what they start with.
        self.seeded: set[str] = set()

    def begin(self, names: Iterable[str]) -> Items:
        """Return itself: the items are in memory already."""
        return self

    def __iter__(self) -> Iterator[str]:
        return iter(self._collections)

    def __getitem__(self, name: str) -> Collection:
        """Return the collection of that name, which may be empty."""
        found = self._collections.get(name)
        if found is None:
            found = self._collections[name] = Collection()
        return found

    def commit(self, changes: Changes) -> None:
        """Write all changes of a request, or none. Raises Outdated and Full."""
        for (name, id), version in changes.met.items():
            there = self[name].items.get(id)
            if (there.version if there is not None else None) != version:
                raise Outdated(f"{name} {id}")
        self._check_room(changes)
        for name, id in changes.removals:
            if id in self[name].items:
                self[name].remove(id)
        for (name, _), item in changes.puts.items():
            self[name].put(item)

    def _check_room(self, changes: Changes) -> None:
        added: dict[str, int] = {}
        size = 0
        for (name, id), item in changes.puts.items():
            before = self[name].items.get(id)
            size += item.size - (before.size if before is not None else 0)
            added[name] = added.get(name, 0) + (before is None)
        for name, count in added.items():
            if count and len(self[name]) + count > self._most_items:
                raise Full(f"{name} holds {self._most_items} items, which is the most")
        if size > 0 and size + sum(c.size for c in self._collections.values()) > self._most_bytes:
            raise Full(f"the items of the session take {self._most_bytes} bytes, which is the most")

    def clear(self, name: str | None = None) -> None:
        """Forget the items of a collection, or of all, which begin anew with their first items."""
        if name is None:
            self._collections.clear()
            self.seeded.clear()
        else:
            self._collections.pop(name, None)
            self.seeded.discard(name)

    def empty(self, name: str) -> None:
        """Remove all items of a collection, also those that it starts with."""
        self._collections.pop(name, None)
        self.seeded.add(name)

    def values(self, name: str) -> Mapping[str, Any]:
        """Return the values of a collection's items by id, in the order in which they came."""
        found = self[name]
        return {found.at(n).id: found.at(n).value for n in found.numbers}
