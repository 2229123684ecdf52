"""Which member of an item is its id: found by schemas and replies, not by a name alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from mock_server.contract import Parameter
from mock_server.documents import BrokenRef
from mock_server.generation import plain
from mock_server.paging import SchemaPlace, schema_place
from mock_server.schemas import EVERYTHING, Schema
from mock_server.state import names

Steps = tuple[str, ...]
_SCALARS = frozenset({"string", "integer", "number"})


@dataclass(frozen=True, eq=False)
class Key:
    """The member of an item that is its id, where it stands, and how that was found out."""

    steps: Steps
    place: SchemaPlace
    why: str
    asked: SchemaPlace | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the id is a whole number."""
        return "integer" in self.place.types and "string" not in self.place.types

    @property
    def places(self) -> tuple[SchemaPlace, ...]:
        """The member, and the parameter of the path that has the id, too."""
        return (self.place,) if self.asked is None else (self.place, self.asked)

    def accepts(self, value: Any) -> bool:
        """Whether the value may be an id, in an item as in a path."""
        if not self.place.accepts(value):
            return False
        if self.asked is None or self.asked.accepts(value) or self.asked.accepts(str(value)):
            return True
        text = str(value)
        return text.isascii() and text.isdigit() and self.asked.accepts(int(text))


def key_of(parameter: Parameter, segment: str, items: Sequence[SchemaPlace]) -> Key | None:
    """The member that a parameter of a path names, of the first item that has one.

    `segment` is the name before the parameter, `items` are the forms in which replies show the
    item. None if nothing tells which member it is.
    """
    asked = None if parameter.schema is None else schema_place(parameter.schema, parameter.name)
    forms = [[m for m in _members(item) if _fits(asked, m[1])] for item in items]
    for rank in (_by_schema, _by_name, _by_key, _by_format):
        for members in forms:
            key = rank(parameter.name, asked, segment, members)
            if key is not None:
                return replace(key, asked=asked)
    return None


Members = list[tuple[Steps, SchemaPlace]]


def _members(item: SchemaPlace) -> Iterator[tuple[Steps, SchemaPlace]]:
    """The single values of an item, then those of the objects in it."""
    inner = []
    for name, place in item.members.items():
        if place.types & _SCALARS and not ("object" in place.types and place.members):
            yield (name,), place
        elif "object" in place.types:
            inner.append((name, place))
    for name, around in inner:
        for own, place in around.members.items():
            if place.types & _SCALARS and "object" not in place.types:
                yield (name, own), place


def _fits(asked: SchemaPlace | None, place: SchemaPlace) -> bool:
    """Whether a value of the parameter may be one of the member."""
    if asked is None or asked.types == EVERYTHING or place.types == EVERYTHING:
        return True
    if "boolean" in place.types and not place.types & _SCALARS:
        return False
    if "date-time" in place.formats or "date" in place.formats:
        return bool(asked.formats & place.formats)
    if "uuid" in asked.formats:
        return "string" in place.types and place.formats <= {"uuid"}
    if asked.types <= {"integer", "number", "null"}:
        return bool(place.types & {"integer", "number"}) or not place.formats
    return True


def _by_schema(name: str, asked: SchemaPlace | None, segment: str, members: Members) -> Key | None:
    """The one member that has the very schema of the parameter."""
    own = {_component(schema) for schema in asked.schemas} - {None} if asked else set()
    found = [
        (steps, place)
        for steps, place in members
        if own & {_component(schema) for schema in place.schemas}
    ]
    if len(found) != 1:
        return None
    return Key(*found[0], f"{_shown(found[0][0])} has the schema of {{{name}}}")


def _component(schema: Schema) -> str | None:
    """The component that a schema is, or refers to."""
    ref = schema.raw.get("$ref") if isinstance(schema.raw, dict) else None
    with suppress(BrokenRef):  # whoever checks the document reports it
        return schema.target().uri if isinstance(ref, str) and "/schemas/" in ref else None
    return None


def _by_name(name: str, asked: SchemaPlace | None, segment: str, members: Members) -> Key | None:
    """The member that is called as the parameter, or as what it ends with."""
    asked_for, thing = plain(name), names.single(segment)
    last = asked_for.rpartition("_")[2]
    wanted = [asked_for, f"{thing}_{last}"]
    if last in names.KEYS[:8]:
        # Of `id` and `company_id` in a company, the other is a name that its owner gave it.
        wanted.insert(0 if asked_for == f"{thing}_{last}" else 2, last)
    for depth in (1, 2):
        for key in wanted:
            for steps, place in members:
                is_there = len(steps) == depth and plain(steps[-1]) == key
                if is_there and (depth == 1 or _holds(steps, asked_for)):
                    return Key(steps, place, f"{_shown(steps)} is called as {{{name}}}")
    return None


def _holds(steps: Steps, asked_for: str) -> bool:
    return plain(steps[0]) in names.ID_HOLDERS or plain(steps[-1]) == asked_for != "id"


def _by_key(name: str, asked: SchemaPlace | None, segment: str, members: Members) -> Key | None:
    """The member by which things are usually told apart."""
    thing, words = names.single(segment), plain(name).split("_")
    for key in names.KEYS:
        forms = {key, f"{thing}_{key}"}
        is_sure = key in names.KEYS[:8] or key in words or words[-1:] == [thing.split("_")[-1]]
        is_name = is_sure or (words[-1] in ("id", "key", "name", "ref") and key in names.KEYS[8:15])
        for steps, place in members:
            is_there = plain(steps[-1]) in forms and (
                len(steps) == 1 or plain(steps[0]) in names.ID_HOLDERS
            )
            if is_there and is_name:
                return Key(steps, place, f"{_shown(steps)} tells items apart for {{{name}}}")
    return None


def _by_format(name: str, asked: SchemaPlace | None, segment: str, members: Members) -> Key | None:
    """The one member with the format or the pattern of the parameter, or that is only read."""
    if asked is None:
        return None
    patterns = {p for s in asked.schemas if (p := _raw(s).get("pattern"))}
    alike = [
        (steps, place)
        for steps, place in members
        if (asked.formats & {"uuid", "ulid"} & place.formats)
        or patterns & {_raw(schema).get("pattern") for schema in place.schemas}
    ]
    if len(alike) == 1:
        return Key(*alike[0], f"{_shown(alike[0][0])} alone looks like the parameter")
    own = [(steps, place) for steps, place in members if place.says("readOnly", True)]
    alone = [(s, p) for s, p in own if p.required and len(s) == 1 and not p.formats & {"date-time"}]
    if len(alone) == 1:
        return Key(*alone[0], f"{_shown(alone[0][0])} alone is the server's to give")
    return None


def _raw(schema: Schema) -> dict[str, object]:
    return schema.raw if isinstance(schema.raw, dict) else {}


def _shown(steps: Steps) -> str:
    return ".".join(steps)
