"""Schemas that lead back to themselves have values that end."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mock_server.generation.schema import Mode
from tests.helpers.values import MODES, faults, many

TREE = {
    "$ref": "#/$defs/Node",
    "$defs": {
        "Node": {
            "type": "object",
            "required": ["children"],
            "properties": {
                "children": {"type": "array", "items": {"$ref": "#/$defs/Node"}},
                "parent": {"$ref": "#/$defs/Node"},
            },
        }
    },
}
LEAST = {
    "$ref": "#/$defs/Term",
    "$defs": {
        "Term": {"oneOf": [{"$ref": "#/$defs/Sum"}, {"type": "integer"}]},
        "Sum": {
            "type": "object",
            "required": ["left", "right"],
            "properties": {"left": {"$ref": "#/$defs/Term"}, "right": {"$ref": "#/$defs/Term"}},
        },
    },
}


@pytest.mark.parametrize("schema", [TREE, LEAST], ids=["tree", "term"])
@pytest.mark.parametrize("mode", MODES)
def test_recursion_ends(schema: Any, mode: Mode) -> None:
    for value in many(schema, 20, mode=mode):
        assert not faults(schema, value)
        assert len(json.dumps(value)) < 50_000


def test_an_optional_property_without_a_value_is_left_out() -> None:
    schema = {"type": "object", "properties": {"a": {"$ref": "#"}, "b": {"type": "integer"}},
              "required": ["b"], "dependentSchemas": {"a": False}}  # fmt: skip
    assert all(value.keys() == {"b"} for value in many(schema))
