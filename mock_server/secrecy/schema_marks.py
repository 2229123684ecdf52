"""What schemas mark as secret: `format: password` (OAS 3.1.1, section 4.4) and `writeOnly`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from mock_server.contract import Content, Operation, Response
from mock_server.schemas import Schema, listed, property_schemas, schemas_within

# Keywords whose schema is for members without a declared name.
_NAMELESS = ("items", "additionalProperties", "contains", "unevaluatedItems",
             "unevaluatedProperties")  # fmt: skip
_CONDITIONAL = ("if", "then", "else")
_MARKED = {"writeOnly": True, "format": "password"}


class Marks(NamedTuple):
    """The names that schemas mark as secret; `is_whole` is for a value that is secret itself."""

    names: frozenset[str] = frozenset()
    is_whole: bool = False


class OperationMarks:
    """The marks of an operation's schemas, found when first needed; none without operation."""

    def __init__(self, operation: Operation | None) -> None:
        self._operation = operation

    @cached_property
    def request(self) -> Marks:
        """The marks in the bodies of requests."""
        body = self._operation.body if self._operation is not None else None
        return _of_contents(body.content.values() if body is not None else ())

    @cached_property
    def reply(self) -> Marks:
        """The marks in the bodies of replies."""
        return _of_contents(
            content for response in self._responses for content in response.content.values()
        )

    @cached_property
    def parameters(self) -> frozenset[tuple[str, str]]:
        """The parameters that are marked: the location and the name of each."""
        declared = self._operation.parameters if self._operation is not None else ()
        return frozenset((p.location, p.name) for p in declared if _is_whole(p.schema))

    @cached_property
    def headers(self) -> frozenset[str]:
        """The headers of replies that are marked, in lower case."""
        declared = (header for response in self._responses for header in response.headers)
        return frozenset(one.name.lower() for one in declared if _is_whole(one.schema))

    @property
    def _responses(self) -> Iterable[Response]:
        return self._operation.responses.values() if self._operation is not None else ()


def _of_contents(contents: Iterable[Content]) -> Marks:
    found = [
        schema_marks(schema)
        for content in contents
        for schema in (content.schema, content.item_schema)
        if schema is not None
    ]
    names = frozenset[str]().union(*(marks.names for marks in found))
    return Marks(names, any(marks.is_whole for marks in found))


def _is_whole(schema: Schema | None) -> bool:
    return schema is not None and schema_marks(schema).is_whole


def schema_marks(schema: Schema) -> Marks:
    """Return what a schema marks, with the marks of every schema that it leads to."""
    names: set[str] = set()
    is_whole = _walk(schema, names, set())
    return Marks(frozenset(names), is_whole)


def _walk(schema: Schema, names: set[str], seen: set[int]) -> bool:
    """Add the names of the properties that are marked; return whether the value itself is."""
    if id(schema.raw) in seen:
        return False
    seen.add(id(schema.raw))
    within = schemas_within(schema)
    is_marked = any(_is_marked(one.raw) for one in within)
    for name, subs in property_schemas(within, "properties").items():
        marked = [_walk(sub, names, seen) or _is_marked_here(sub) for sub in subs]
        if any(marked):
            names.update({name, *_names_in_xml(subs)})
    for sub in _without_names(within):
        is_marked |= _walk(sub, names, seen) or _is_marked_here(sub)
    return is_marked


def _without_names(schemas: Iterable[Schema]) -> Iterator[Schema]:
    """Yield the schemas of members without a declared name, and those under conditions."""
    for schema in schemas:
        for keyword in (*_NAMELESS, *_CONDITIONAL):
            if isinstance(schema.raw.get(keyword), dict):
                yield schema.child(keyword)
        yield from listed(schema, "prefixItems")
        for keyword in ("patternProperties", "dependentSchemas"):
            for subs in property_schemas([schema], keyword).values():
                yield from subs


def _is_marked_here(schema: Schema) -> bool:
    """Return whether a schema itself is marked; what it leads to may be visited already."""
    return any(_is_marked(one.raw) for one in schemas_within(schema))


def _is_marked(raw: Mapping[str, Any]) -> bool:
    return any(raw.get(keyword) == value for keyword, value in _MARKED.items())


def _names_in_xml(schemas: Iterable[Schema]) -> Iterator[str]:
    for schema in schemas_within(*schemas):
        xml = schema.raw.get("xml")
        name = xml.get("name") if isinstance(xml, dict) else None
        if isinstance(name, str):
            yield name
