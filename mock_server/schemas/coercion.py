"""Text to JSON values, by the types that a schema allows.

OpenAPI leaves this conversion to its implementations (OAS 3.1.1, appendix B). Ours takes numbers
by the grammar of JSON to the letter, and leaves a text that fits nothing as it is: the validator
then names the type that was expected.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce
from operator import and_, or_
from typing import Any, Protocol

from mock_server.documents import BrokenRef

PRIMITIVES = frozenset({"string", "integer", "number", "boolean", "null"})
EVERYTHING = PRIMITIVES | {"array", "object"}

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")

# So many references, parts and alternatives in one another say something of one value's types.
_MOST_STEPS = 100

Combine = Callable[["Types", "Types"], "Types"]


class SchemaView(Protocol):
    """A schema of JSON Schema 2020-12, and the way to the schemas around it."""

    @property
    def raw(self) -> Any:
        """The schema as written, a bool or a dict, always the same one; `$ref` isn't followed."""

    def child(self, *tokens: str | int) -> SchemaView:
        """The schema that stands at those tokens inside this one."""

    def follow(self, ref: str) -> SchemaView:
        """The schema that `$ref: ref` means when written here."""


@dataclass(frozen=True, eq=False)
class Types:
    """The JSON types that a schema allows, at the top and, when asked, inside.

    A number may be whole, so where "number" is named, "integer" is too. `texts` are the strings
    that are listed, None where any may be. The inside is read when it is first needed, so a schema
    that holds itself has an end.
    """

    names: frozenset[str]
    look_inside: Callable[[], Inside] | None = field(default=None, repr=False)
    texts: frozenset[str] | None = None

    @cached_property
    def inside(self) -> Inside:
        """What the members of an array and the properties of an object may be."""
        if self.look_inside:
            return self.look_inside()
        return Inside(self._any_if("array"), self._any_if("object"))

    def _any_if(self, name: str) -> Types:
        return ANY if name in self.names else NOTHING

    @cached_property
    def plain(self) -> bool:
        """Whether a value is one text: the schema names no array and no object, or says nothing."""
        return self.names <= PRIMITIVES or self.names == EVERYTHING

    @cached_property
    def only_object(self) -> bool:
        """Whether a value, if there is one, is an object."""
        return "object" in self.names and self.names <= {"object", "null"}

    def takes(self, text: str) -> bool:
        """Whether the text may be a string."""
        return "string" in self.names and (self.texts is None or text in self.texts)

    def __and__(self, other: Types) -> Types:
        if self is ANY:
            return other
        if other is ANY or other is self:
            return self
        texts = [types.texts for types in (self, other) if types.texts is not None]
        return Types(
            self.names & other.names,
            lambda: self.inside.combine(other.inside, and_),
            frozenset.intersection(*texts) if texts else None,
        )

    def __or__(self, other: Types) -> Types:
        if self is NOTHING:
            return other
        if other is NOTHING or other is self:
            return self
        texts = [types.texts for types in (self, other) if "string" in types.names]
        return Types(
            self.names | other.names,
            lambda: self.inside.combine(other.inside, or_),
            frozenset().union(*(t for t in texts if t)) if texts and None not in texts else None,
        )


@dataclass(frozen=True, slots=True)
class Inside:
    """The types one level down; `free` says that the schema speaks of further properties."""

    items: Types
    additional: Types
    prefix: tuple[Types, ...] = ()
    properties: Mapping[str, Types] = field(default_factory=dict)
    free: bool = False

    def item(self, index: int) -> Types:
        """The types of the member at that index."""
        return self.prefix[index] if index < len(self.prefix) else self.items

    def property(self, name: str) -> Types:
        """The types of the property of that name, declared or not."""
        return self.properties.get(name, self.additional)

    def combine(self, other: Inside, combine: Combine) -> Inside:
        """Both insides, member by member."""
        width = max(len(self.prefix), len(other.prefix))
        additional = combine(self.additional, other.additional)
        both = _either if combine is or_ else combine
        return Inside(
            both(self.items, other.items),
            additional,
            tuple(both(self.item(index), other.item(index)) for index in range(width)),
            {
                name: both(self.property(name), other.property(name))
                for name in {**self.properties, **other.properties}
            },
            (self.free or other.free) and bool(additional.names),
        )


def _either(one: Types, other: Types) -> Types:
    """What one of two alternatives says of a member; one that allows anything allows that too."""
    if EVERYTHING in (one.names, other.names):
        return other if one.names == EVERYTHING else one
    return one | other


ANY = Types(EVERYTHING)
NOTHING = Types(frozenset())


def types_of(schema: SchemaView) -> Types:
    """The types that the schema allows; where it says nothing, any."""
    return _Reading().types(schema)


class _Reading:
    """One reading of a schema and those it reaches; each is read once, so circles close."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[object, Types]] = {}
        self._steps = 0

    def types(self, schema: SchemaView) -> Types:
        raw = schema.raw
        if not isinstance(raw, dict):
            return ANY if raw else NOTHING
        if id(raw) not in self._known:
            # What a schema says by pointing at itself adds nothing. The raw schema is kept
            # because its id would otherwise be free to be given again.
            self._known[id(raw)] = raw, ANY
            if self._steps < _MOST_STEPS:
                self._steps += 1
                self._known[id(raw)] = raw, reduce(and_, self._parts(schema, raw), ANY)
                self._steps -= 1
        return self._known[id(raw)][1]

    def _parts(self, schema: SchemaView, raw: dict[str, Any]) -> Iterator[Types]:
        """What has to hold at once."""
        if not raw.keys().isdisjoint(_OWN):
            names = _names(raw)
            yield Types(names, lambda: self._inside(schema, raw, names), _texts(raw))
        if "$ref" in raw:
            with suppress(BrokenRef):  # whoever compiles the schema reports it
                yield self.types(schema.follow(raw["$ref"]))
        yield from self._all(schema, "allOf")
        for keyword in ("anyOf", "oneOf"):
            if keyword in raw:
                yield reduce(or_, self._all(schema, keyword), NOTHING)

    def _inside(self, schema: SchemaView, raw: dict[str, Any], names: frozenset[str]) -> Inside:
        """What the schema's own keywords say one level down; nothing where that can't be."""
        inside = Types(names).inside
        if "array" in names:
            items = self.types(schema.child("items")) if "items" in raw else ANY
            inside = replace(inside, items=items, prefix=tuple(self._all(schema, "prefixItems")))
        if "object" in names:
            free = not raw.keys().isdisjoint(_FURTHER)
            additional = self._further(schema, raw) if free else ANY
            inside = replace(
                inside,
                properties=self._named(schema, "properties"),
                additional=additional,
                free=free and bool(additional.names),
            )
        return inside

    def _further(self, schema: SchemaView, raw: dict[str, Any]) -> Types:
        """The types of properties that have no name of their own."""
        further = [*self._named(schema, "patternProperties").values()]
        if "additionalProperties" in raw:
            further.append(self.types(schema.child("additionalProperties")))
        return reduce(or_, further, NOTHING)

    def _all(self, schema: SchemaView, keyword: str) -> Iterator[Types]:
        for index in range(len(schema.raw.get(keyword, ()))):
            yield self.types(schema.child(keyword, index))

    def _named(self, schema: SchemaView, keyword: str) -> dict[str, Types]:
        return {
            name: self.types(schema.child(keyword, name)) for name in schema.raw.get(keyword, ())
        }


_FURTHER = frozenset({"additionalProperties", "patternProperties"})
_OWN = _FURTHER | {"type", "enum", "const", "items", "prefixItems", "properties"}


def _names(raw: dict[str, Any]) -> frozenset[str]:
    """The types that the schema names, or that its listed values have."""
    named = raw.get("type", EVERYTHING)
    names = frozenset({named} if isinstance(named, str) else named)
    if "number" in names:
        names |= {"integer"}
    for values in (raw.get("enum"), [raw["const"]] if "const" in raw else None):
        if values is not None:
            names &= frozenset().union(*map(_names_of, values))
    return names


def _texts(raw: dict[str, Any]) -> frozenset[str] | None:
    """The strings among the values that the schema lists; None where it lists none."""
    values = [raw["const"]] if "const" in raw else raw.get("enum")
    return None if values is None else frozenset(v for v in values if isinstance(v, str))


def _names_of(value: object) -> frozenset[str]:
    """The types of a value; 1 and 1.0 are one number (JSON Schema core, section 4.2.2)."""
    if value is None:
        return frozenset({"null"})
    return next(names for kind, names in _KINDS.items() if isinstance(value, kind))


# A bool is an int to Python, so it comes first.
_KINDS: dict[type | tuple[type, ...], frozenset[str]] = {
    bool: frozenset({"boolean"}),
    (int, float): frozenset({"integer", "number"}),
    str: frozenset({"string"}),
    list: frozenset({"array"}),
    object: frozenset({"object"}),
}


def coerce(text: str, types: Types) -> Any:
    """The value that a text stands for: itself where a string is allowed, or where nothing fits."""
    names = types.names
    if types.takes(text):
        return text
    if "boolean" in names and text in ("true", "false"):
        return text == "true"
    if "null" in names and text in ("null", ""):
        return None
    if "integer" in names:
        return _number(text, fractions="number" in names)
    return text


def _number(text: str, fractions: bool) -> int | float | str:
    """A JSON number (RFC 8259, section 6); the text where it is none, or too large."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        return text
    point, exponent = match.groups()
    if not point and not exponent:
        return _integer(text)
    value = float(text)
    if not math.isfinite(value):
        return text
    if fractions:
        return value
    return int(value) if not point and value.is_integer() else text


def _integer(text: str) -> int | str:
    try:
        return int(text)
    except ValueError:  # more digits than Python converts (sys.get_int_max_str_digits)
        return text
