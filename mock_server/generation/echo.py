"""What a client sent, shown in the reply wherever that has the same property at the same place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from mock_server.generation.schema.composition import opened
from mock_server.generation.schema.schema import SchemaSource
from mock_server.generation.values.words import plain

# The members that a reply has around the thing that was sent.
_WRAPPERS = frozenset({"data", "result", "item", "payload", "response", "resource", "record"})
_MOST_ITEMS = 1_000
_MOST_LEVELS = 12
# Makes the item at an index of a list, by its schema.
MakeItem = Callable[[SchemaSource, int], Any]


class Echoed(NamedTuple):
    """A value with what was sent in it, and which members were: by name or index, True for all."""

    value: Any
    kept: Any


class Echo:
    """Puts what was sent into generated values; each member is valid by its own schema."""

    def __init__(self, make_item: MakeItem) -> None:
        self._make_item = make_item

    def put(self, schema: SchemaSource, value: Any, sent: Any) -> Echoed:
        """Return a value with what was sent. Raises BrokenRef.

        A thing may be wrapped in the reply alone, as in `{"data": {…}}`, or in the request alone.
        """
        if isinstance(value, list):
            return (
                self._list(schema, value, sent, 0) if isinstance(sent, list) else Echoed(value, {})
            )
        if not isinstance(value, dict) or not isinstance(sent, dict) or not sent:
            return Echoed(value, {})
        named = _properties(schema)
        if named.keys() & sent.keys():
            return self._object(schema, value, sent, 0)
        inner = _inside(sent)
        if inner is not None and named.keys() & inner.keys():
            return self._object(schema, value, inner, 0)
        return self._wrapped(named, value, sent)

    def _wrapped(
        self, named: Mapping[str, SchemaSource], value: dict[str, Any], sent: dict[str, Any]
    ) -> Echoed:
        for name, member in value.items():
            is_wrapper = plain(name) in _WRAPPERS and isinstance(member, dict) and name in named
            if is_wrapper and _properties(named[name]).keys() & sent.keys():
                found = self._object(named[name], member, sent, 1)
                return Echoed({**value, name: found.value}, {name: found.kept})
        return Echoed(value, {})

    def _object(
        self, schema: SchemaSource, value: dict[str, Any], sent: dict[str, Any], level: int
    ) -> Echoed:
        shown, kept = dict(value), {}
        for name, own in _properties(schema).items():
            if name not in sent or _is_marked(own):
                continue
            member = self._member(own, value.get(name), sent[name], level)
            if own.is_valid(member.value):
                shown[name], kept[name] = member.value, member.kept
        return Echoed(shown, kept)

    def _member(self, schema: SchemaSource, made: Any, sent: Any, level: int) -> Echoed:
        if level < _MOST_LEVELS and isinstance(sent, dict):
            if _properties(schema):
                return self._object(schema, made if isinstance(made, dict) else {}, sent, level + 1)
        elif level < _MOST_LEVELS and isinstance(sent, list) and len(sent) <= _MOST_ITEMS:
            return self._list(schema, made if isinstance(made, list) else [], sent, level + 1)
        return Echoed(sent, True)

    def _list(self, schema: SchemaSource, made: list[Any], sent: list[Any], level: int) -> Echoed:
        """Return a list of as many items as were sent; each has what the server adds to it."""
        item = _items_of(schema)
        if item is None or not any(isinstance(one, dict) for one in sent):
            return Echoed(sent, True)
        found = []
        for index, one in enumerate(sent):
            base = made[index] if index < len(made) else self._make_item(item, index)
            found.append(self._member(item, base, one, level))
        return Echoed([one.value for one in found], dict(enumerate(one.kept for one in found)))


def _inside(sent: dict[str, Any]) -> dict[str, Any] | None:
    """Return the one object that a request's body wraps; None if there is more in it."""
    (*members,) = sent.values()
    return members[0] if len(members) == 1 and isinstance(members[0], dict) else None


def _parts(schema: SchemaSource) -> list[SchemaSource]:
    return [part for part in opened([schema]) if isinstance(part.raw, dict)]


def _properties(schema: SchemaSource) -> Mapping[str, SchemaSource]:
    """Return the schemas of an object's properties: those that hold whatever else it has."""
    found: dict[str, SchemaSource] = {}
    for part in _parts(schema):
        named = part.raw.get("properties")
        for name in named if isinstance(named, dict) else ():
            found.setdefault(name, part.child("properties", name))
    return found


def _items_of(schema: SchemaSource) -> SchemaSource | None:
    owners = (part for part in _parts(schema) if isinstance(part.raw.get("items"), dict))
    found = next(owners, None)
    return None if found is None else found.child("items")


def _is_marked(schema: SchemaSource) -> bool:
    """Return whether a property is the server's, or never comes back (OAS 3.0.4, 4.7.24.2)."""
    return any(
        part.raw.get(keyword) is True
        for part in _parts(schema)
        for keyword in ("readOnly", "writeOnly")
    )
