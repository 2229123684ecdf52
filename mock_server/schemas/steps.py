"""How many steps it takes at most to judge one value, by what holds for it in its place.

The engine goes through all that a schema is put together from, each time that it stands there: of
`allOf` with the same reference twice, in itself thirty times, a thousand million.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any, TypeAlias

from mock_server.documents import BrokenRef
from mock_server.schemas.schema import Schema

# What holds for the value itself, not for one inside it.
_LISTS = ("allOf", "anyOf", "oneOf")
_SINGLE = ("not", "if", "then", "else")
# So many are enough for any number.
_MOST = 10**12

# A schema as written, and the one by whose place its references are followed.
_Place: TypeAlias = tuple[Schema, dict[str, Any]]
_Count: TypeAlias = Generator[_Place, int, int]


class Steps:
    """The steps of the schemas of one contract, each counted once."""

    def __init__(self, most: int) -> None:
        """Take the most steps that one value may take."""
        self._limit = most
        # The schemas are kept, so that no other one gets their identity.
        self._known: dict[int, tuple[dict[str, Any], int]] = {}
        # Those within which no value takes more.
        self._fine: set[int] = set()

    def are_too_many(self, schema: Schema) -> bool:
        """Whether one value, itself or inside one that the schema judges, takes more steps."""
        waiting = [(schema, schema.raw)]
        seen: set[int] = set()
        while waiting:
            place = waiting.pop()
            own = id(place[1])
            if not isinstance(place[1], dict) or own in self._fine or own in seen:
                continue
            if self._counted(place) > self._limit:
                return True
            seen.add(own)
            waiting += _written_in(*place)
            waiting += _referred(*place)
        self._fine |= seen
        return False

    def _counted(self, start: _Place) -> int:
        """The steps of one schema: those of its parts first, however deep they are."""
        stack: list[tuple[_Place, _Count]] = []
        self._begin(start, stack)
        while stack:
            place, count = stack[-1]
            try:
                part = next(count)
                if id(part[1]) not in self._known:
                    self._begin(part, stack)
            except StopIteration as ended:
                self._known[id(place[1])] = place[1], min(ended.value, _MOST)
                stack.pop()
        return self._known[id(start[1])][1]

    def _begin(self, place: _Place, stack: list[tuple[_Place, _Count]]) -> None:
        if id(place[1]) not in self._known:
            self._known[id(place[1])] = place[1], 1  # what leads back to itself goes no further
            stack.append((place, self._count(place)))

    def _count(self, place: _Place) -> _Count:
        parts = [*_parts(*place), *_referred(*place)]
        yield from parts
        return 1 + sum(self._known[id(raw)][1] for _, raw in parts)


def _parts(owner: Schema, raw: dict[str, Any]) -> Iterator[_Place]:
    """What a schema is put together from."""
    for keyword in _LISTS:
        listed = raw.get(keyword)
        for part in listed if isinstance(listed, list) else ():
            if isinstance(part, dict):
                yield owner, part
    single = [raw.get(keyword) for keyword in _SINGLE]
    dependent = raw.get("dependentSchemas")
    single += dependent.values() if isinstance(dependent, dict) else ()
    yield from ((owner, part) for part in single if isinstance(part, dict))


def _referred(owner: Schema, raw: dict[str, Any]) -> Iterator[_Place]:
    try:
        if isinstance(raw.get("$ref"), str):
            target = owner.follow(raw["$ref"])
            if isinstance(target.raw, dict):
                yield target, target.raw
    except BrokenRef:
        return  # whoever compiles the schema reports it


def _written_in(owner: Schema, raw: dict[str, Any]) -> Iterator[_Place]:
    """All schemas that are written in one."""
    for value in raw.values():
        members = value if isinstance(value, list) else [value]
        for member in members:
            if isinstance(member, dict):
                yield owner, member
                yield from ((owner, one) for one in member.values() if isinstance(one, dict))
