"""`not` is met in every way that there is."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.generation.schema import Mode, Unsatisfiable
from tests.helpers.values import MODES, faults, made, many

# What is asked for, and what of it is excluded.
EXCLUDED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"type": "integer"}, {"minimum": 5}),
    ({"type": "integer"}, {"exclusiveMaximum": 5}),
    ({"type": "string"}, {"maxLength": 30}),
    ({"type": "array"}, {"minItems": 1}),
    ({"type": "object"}, {"maxProperties": 5}),
    ({"type": ["integer", "string", "boolean"]}, {"type": ["integer", "boolean"]}),
    ({"type": "object"}, {"required": ["a", "b"]}),
    ({"type": "object"}, {"properties": {"a": {"type": "string"}}}),
    ({"type": "integer"}, {"allOf": [{"minimum": 3}, {"maximum": 9}]}),
    ({"type": "integer"}, {"anyOf": [{"minimum": 9}, {"maximum": 3}]}),
    ({"type": "integer"}, {"oneOf": [{"minimum": 3}, {"maximum": 9}]}),
    ({"type": "integer"}, {"not": {"minimum": 2000}}),
    ({"type": "integer"}, {"$ref": "#/$defs/large"}),
    ({"type": "integer"}, {"if": {"minimum": 5}, "then": False, "else": {"maximum": 2}}),
    ({"enum": ["a", "b", "c"]}, {"const": "b"}),
    ({"type": "string"}, {"pattern": "^[a-m]"}),
]  # fmt: skip
LARGE = {"$defs": {"large": {"minimum": 1000}}}


@pytest.mark.parametrize(("base", "excluded"), EXCLUDED, ids=[str(case[1]) for case in EXCLUDED])
@pytest.mark.parametrize("mode", MODES)
def test_what_is_excluded_is_never_made(
    base: dict[str, Any], excluded: dict[str, Any], mode: Mode
) -> None:
    schema = {**LARGE, **base, "not": excluded}
    for value in many(schema, 20, mode=mode):
        assert not faults(schema, value), value


def test_each_way_to_break_a_schema_is_gone() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
              "not": {"required": ["a", "b"]}}  # fmt: skip
    found = {frozenset(value) & {"a", "b"} for value in many(schema, 100)}
    assert found >= {frozenset("a"), frozenset("b")}


def test_not_of_a_broken_reference_is_refused() -> None:
    with pytest.raises(Unsatisfiable, match=r"there is no elsewhere\.json"):
        made({"not": {"$ref": "elsewhere.json"}})
