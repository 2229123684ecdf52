"""The types that a value may have, stated by `type` or implied by other keywords."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.values import many

TYPES = [
    ({"type": "integer"}, {int}),
    ({"type": ["integer", "string"], "allOf": [{"type": "number"}]}, {int}),
    ({"type": ["number", "null"], "allOf": [{"type": ["integer", "null"]}]}, {int, type(None)}),
    ({"type": ["boolean", "string"]}, {bool, str}),
    ({"type": "string", "properties": {"a": True}}, {str}),
    ({"minLength": 3}, {str}),
    ({"maximum": 3}, {float}),
    ({"maxItems": 3}, {list}),
    ({"required": ["a"]}, {dict}),
    ({"pattern": "^a", "minProperties": 1}, {str, dict}),
]


@pytest.mark.parametrize(("schema", "types"), TYPES, ids=str)
def test_a_value_has_each_type_that_all_keywords_allow(schema: Any, types: set[type]) -> None:
    assert {type(value) for value in many(schema, 80, mode="boundary")} == types


def test_every_integer_is_a_number() -> None:
    assert {type(value) for value in many({"type": "number", "multipleOf": 5})} == {int}
