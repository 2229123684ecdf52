"""The schemas that speak of one value: those that a schema refers to or is put together from."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from mock_server.documents import BrokenRef
from mock_server.schemas.coercion import Types
from mock_server.schemas.schema import Schema


def schemas_within(*schemas: Schema, alternatives: bool = True) -> tuple[Schema, ...]:
    """The schemas and those that hold with them by `$ref` and `allOf`, the nearest first.

    With `alternatives` also those that may hold, by `anyOf` and `oneOf`. Each is a mapping.
    """
    keywords = ("allOf", "anyOf", "oneOf") if alternatives else ("allOf",)
    found: dict[int, Schema] = {}
    waiting = list(reversed(schemas))
    while waiting:
        schema = waiting.pop()
        if isinstance(schema.raw, dict) and id(schema.raw) not in found:
            found[id(schema.raw)] = schema
            inner = [one for keyword in keywords for one in listed(schema, keyword)]
            waiting.extend(reversed([*referred(schema), *inner]))
    return tuple(found.values())


def property_schemas(schemas: Iterable[Schema], keyword: str) -> dict[str, list[Schema]]:
    """The schemas that a keyword such as `properties` has, by name."""
    found: dict[str, list[Schema]] = {}
    for schema in schemas:
        named = schema.raw.get(keyword)
        for name in named if isinstance(named, dict) else ():
            found.setdefault(name, []).append(schema.child(keyword, name))
    return found


def listed(schema: Schema, keyword: str) -> list[Schema]:
    """The schemas that a keyword such as `allOf` has, in their order."""
    found = schema.raw.get(keyword)
    return [schema.child(keyword, i) for i in range(len(found) if isinstance(found, list) else 0)]


def referred(schema: Schema) -> list[Schema]:
    """The schema that a `$ref` leads to; whoever compiles a schema reports a broken one."""
    with suppress(BrokenRef):
        if isinstance(schema.raw.get("$ref"), str):
            return [schema.follow(schema.raw["$ref"])]
    return []


def required_names(schema: Schema) -> set[str]:
    """The properties that an object can't be without, whatever else it is."""
    certain = schemas_within(schema, alternatives=False)
    lists = [one.raw.get("required") for one in certain]
    return {name for names in lists if isinstance(names, list) for name in names}


def only_array(types: Types) -> bool:
    """Whether a value, if there is one, is an array."""
    return "array" in types.names and types.names <= {"array", "null"}


def item_schemas(schemas: Iterable[Schema], index: int) -> list[Schema]:
    """The schemas of an array's member at that index."""
    found: list[Schema] = []
    for schema in schemas_within(*schemas):
        first = listed(schema, "prefixItems")
        if index < len(first):
            found.append(first[index])
        elif isinstance(schema.raw.get("items"), dict):
            found.append(schema.child("items"))
    return found
