"""Places in a body, described by a schema, or by an example if there is no schema."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from mock_server.schemas import (
    Schema,
    listed,
    property_schemas,
    referred,
    schemas_within,
    types_of,
)

_LINK_FORMATS = {"uri", "url", "iri", "uri-reference", "iri-reference"}
_LINK = re.compile(r"(?:https?:/)?/|\?")
_SPEAKS_OF_LINKS = re.compile(r"\b(?:url|uri|link|hyperlink)\b", re.IGNORECASE)


class Place(Protocol):
    """One place in a body.

    `types` are the JSON types that may stand there, `required` is whether a value has to.
    `hints` are values that the document gives for it.
    """

    @property
    def name(self) -> str:
        """The name of the member; empty for the body itself."""

    @property
    def types(self) -> frozenset[str]:
        """The JSON types of its values."""

    @property
    def required(self) -> bool:
        """Whether the object around it can't be without it."""

    @property
    def members(self) -> Mapping[str, Place]:
        """The members of an object, in the document's order."""

    @property
    def item(self) -> Place | None:
        """What stands in a list; None if that isn't known."""

    @property
    def hints(self) -> tuple[Any, ...]:
        """Values that the document gives for it."""

    @property
    def formats(self) -> frozenset[str]:
        """The formats of a text there."""

    @property
    def is_link(self) -> bool:
        """Whether a text there is a link, as far as that is written."""

    @property
    def schemas(self) -> tuple[Schema, ...]:
        """The schemas that hold for it."""

    def accepts(self, value: Any) -> bool:
        """Return whether the value may stand there."""


@dataclass(frozen=True, eq=False)
class SchemaPlace:
    """A place that schemas describe: `certain` hold in any case, of `possible` one alternative."""

    name: str
    certain: tuple[Schema, ...]
    possible: tuple[Schema, ...]
    required: bool = True

    @property
    def schemas(self) -> tuple[Schema, ...]:
        """The schemas of all alternatives."""
        return self.possible

    @cached_property
    def _holding(self) -> tuple[Schema, ...]:
        return tuple(_only(self.certain))

    @cached_property
    def _within(self) -> tuple[Schema, ...]:
        return schemas_within(*self.possible)

    @cached_property
    def types(self) -> frozenset[str]:
        """The types that all schemas allow, or else that one does."""
        found = [types_of(schema).names for schema in self.possible]
        together = frozenset.intersection(*found) if found else frozenset[str]()
        return together or frozenset[str]().union(*found)

    @cached_property
    def members(self) -> Mapping[str, SchemaPlace]:
        """The properties that any of the alternatives declares."""
        certain = property_schemas(self._holding, "properties")
        lists = [one.raw.get("required") for one in self._within]
        required = {name for names in lists if isinstance(names, list) for name in names}
        return {
            name: SchemaPlace(name, tuple(certain.get(name, ())), tuple(own), name in required)
            for name, own in property_schemas(self._within, "properties").items()
        }

    @cached_property
    def item(self) -> SchemaPlace | None:
        """The place that `items` describes; None without `items`."""
        own = [s.child("items") for s in self._within if isinstance(s.raw.get("items"), dict)]
        return SchemaPlace("", tuple(own), tuple(own)) if own else None

    @cached_property
    def hints(self) -> tuple[Any, ...]:
        """The examples, the default, and the values of `enum` and `const`."""
        found: list[Any] = []
        for schema in self._within:
            raw = schema.raw
            listed_values = [raw.get("examples"), raw.get("enum")]
            found += [
                value for values in listed_values if isinstance(values, list) for value in values
            ]
            found += [raw[key] for key in ("example", "default", "const") if key in raw]
        return tuple(found)

    @cached_property
    def formats(self) -> frozenset[str]:
        """The formats that the schemas name."""
        named = (schema.raw.get("format") for schema in self._within)
        return frozenset(name for name in named if isinstance(name, str))

    @cached_property
    def is_link(self) -> bool:
        """Whether its format, an example, its pattern or its description marks a link."""
        texts = [s.raw.get("description") for s in self._within]
        patterns = [s.raw.get("pattern") for s in self._within]
        return (
            bool(self.formats & _LINK_FORMATS)
            or looks_like_links(self.hints)
            or any(isinstance(p, str) and _LINK.match(p.lstrip("^")) for p in patterns)
            or any(isinstance(t, str) and _SPEAKS_OF_LINKS.search(t) for t in texts)
        )

    def says(self, keyword: str, value: Any) -> bool:
        """Return whether a schema has the keyword with that value."""
        return any(schema.raw.get(keyword) == value for schema in self._within)

    def number(self, keyword: str) -> int | None:
        """Return the whole number that a keyword such as `default` has; None without one."""
        found = (schema.raw.get(keyword) for schema in self._within)
        whole = (n for n in found if isinstance(n, int | float) and not isinstance(n, bool))
        return next((int(n) for n in whole if n == int(n)), None)

    def accepts(self, value: Any) -> bool:
        """Return whether the schemas allow the value."""
        if not all(schema.is_valid(value) for schema in self.certain):
            return False
        return not self.possible or any(schema.is_valid(value) for schema in self.possible)


@dataclass(frozen=True, eq=False)
class ValuePlace:
    """A place in an example that no schema describes."""

    name: str
    value: Any
    required: bool = True
    formats: frozenset[str] = frozenset()

    @property
    def schemas(self) -> tuple[Schema, ...]:
        """No schemas: an example has none."""
        return ()

    @cached_property
    def types(self) -> frozenset[str]:
        """The type that the example has there."""
        if self.value is None:
            return frozenset({"null", "string"})
        return next(types for kind, types in _TYPES.items() if isinstance(self.value, kind))

    @cached_property
    def members(self) -> Mapping[str, ValuePlace]:
        """The members of the example."""
        named = self.value if isinstance(self.value, dict) else {}
        return {name: ValuePlace(name, value) for name, value in named.items()}

    @cached_property
    def item(self) -> ValuePlace | None:
        """The first item."""
        is_list = isinstance(self.value, list) and self.value
        return ValuePlace("", self.value[0]) if is_list else None

    @property
    def hints(self) -> tuple[Any, ...]:
        """The example's own value."""
        return (self.value,)

    @property
    def is_link(self) -> bool:
        """Whether the example has a link there."""
        return looks_like_links(self.hints)

    def accepts(self, value: Any) -> bool:
        """Return True: an example excludes no value."""
        return True


_TYPES: dict[type | tuple[type, ...], frozenset[str]] = {
    bool: frozenset({"boolean"}),
    (int, float): frozenset({"integer", "number"}),
    str: frozenset({"string", "null"}),
    list: frozenset({"array"}),
    dict: frozenset({"object", "null"}),
}


def schema_place(schema: Schema, name: str = "") -> SchemaPlace:
    """Return the place of all that a schema describes."""
    return SchemaPlace(name, (schema,), (schema,))


def looks_like_links(values: Iterable[Any]) -> bool:
    """Return whether one of the values is a link: absolute, a path, or a query alone."""
    return any(isinstance(value, str) and _LINK.match(value) is not None for value in values)


def _only(schemas: Iterable[Schema]) -> Iterator[Schema]:
    """Yield the schemas and those that hold with them: by reference, `allOf`, or a sole option.

    An option of `anyOf` or `oneOf` is the sole one if the others allow only null.
    """
    waiting, seen = list(schemas), set[int]()
    while waiting:
        schema = waiting.pop(0)
        if not isinstance(schema.raw, dict) or id(schema.raw) in seen:
            continue
        seen.add(id(schema.raw))
        yield schema
        waiting += [*referred(schema), *listed(schema, "allOf")]
        for keyword in ("anyOf", "oneOf"):
            options = [one for one in listed(schema, keyword) if types_of(one).names != {"null"}]
            waiting += options if len(options) == 1 else []
