"""Large values and many schemas, and what is done with them in a process of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mock_server.schemas import Schema
from mock_server.schemas.slices import MOST_EXPLAINED
from tests.helpers.contents import schema_of
from tests.helpers.effort import calls

BODY = ("request", "body")
TEXTS = {"type": "array", "items": {"type": "string"}}
MANY = 40 * MOST_EXPLAINED


def mapping() -> dict[str, int]:
    return dict.fromkeys(map(str, range(MANY)), 5)


LARGE: dict[str, tuple[Any, Callable[[], Any]]] = {
    "a list": (TEXTS, lambda: [5] * MANY),
    "a list in an object": ({"properties": {"a": TEXTS}}, lambda: {"a": [5] * MANY, "b": 1}),
    "lists in a list": ({"items": TEXTS}, lambda: [[5] * 2_000] * 200),
    "a mapping": ({"additionalProperties": {"type": "string"}}, mapping),
    "objects": ({"items": {"required": ["a", "b", "c"]}}, lambda: [{}] * MANY),
    "alternatives": ({"items": {"oneOf": [{"type": "string"}, True, True]}}, lambda: [5] * MANY),
    "names": ({"propertyNames": {"maxLength": 1}}, mapping),
    "undeclared": ({"additionalProperties": False}, mapping),
    "alternatives of lists": (
        {"oneOf": [TEXTS, {"items": {"type": "boolean"}}]},
        lambda: ["a"] * MANY + [5],
    ),
}


def large_wrong_value(name: str) -> Callable[[], tuple[int, int]]:
    """Return how many violations one of them has, and how many calls their report takes."""
    raw, value = LARGE[name]
    schema, large = schema_of(raw), value()
    assert not schema.is_valid(large)

    def told() -> tuple[int, int]:
        found: list[Any] = []
        effort = calls(lambda: found.extend(schema.violations(large, BODY)))
        return len(found), effort

    return told


NODE = {"$ref": "#/components/schemas/Node"}


def wrong_tree(kinds: int, levels: int) -> Callable[[], list[str]]:
    """Return what is wrong with a tree so deep whose nodes are of so many kinds."""
    value: Any = {"kind": "wrong"}
    for _ in range(levels):
        value = {"kind": 1, "left": value}
    nodes = {f"K{n}": {"properties": {"kind": {"const": n}, "left": NODE}} for n in range(kinds)}
    node = {"oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in nodes]}
    schema = schema_of(NODE, {**nodes, "Node": node})
    assert not schema.is_valid(value)
    return lambda: [violation.message for violation in schema.violations(value, BODY)]


def reference(name: str) -> dict[str, str]:
    """Return a reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def referring(schemas: dict[str, Any]) -> list[Schema]:
    """Return a schema for each of them that only refers to it, all of one document."""
    whole = schema_of({"properties": {name: reference(name) for name in schemas}}, schemas)
    return [whole.child("properties", name) for name in schemas]


def component(schema: Schema, name: str) -> Schema:
    """Return a component of the document of a schema."""
    return schema.follow(f"#/components/schemas/{name}")


def linked_schemas() -> Callable[[], None]:
    """Three hundred schemas, each of which refers to the next, all put to use."""
    linked = {f"S{n}": {"properties": {"next": reference(f"S{n + 1}")}} for n in range(300)}
    schemas = referring({**linked, "S300": {"type": "string"}})

    def use() -> None:
        assert all(schema.is_valid({}) for schema in schemas[:300])
        assert all(schema.violations({"next": {"next": 5}}, BODY) == [] for schema in schemas[:298])
        assert len(schemas[299].violations({"next": 5}, BODY)) == 1

    return use


def schemas_inside_schemas() -> Callable[[], None]:
    """Four hundred schemas, in each of which two others refer to more of them, put to use."""
    count = 400
    schemas = {
        f"S{n}": {
            "properties": {
                "next": {"items": reference(f"S{(n + 1) % count}")},
                "all": {"additionalProperties": reference(f"S{n // 2}")},
            }
        }
        for n in range(count)
    }
    first = schema_of({}, schemas)

    def use() -> None:
        for name in schemas:
            schema = component(first, name)
            assert schema.child("properties", "next").is_valid([{"next": []}])
            assert schema.child("properties", "all").is_valid({"a": {"all": {}}})

    return use
