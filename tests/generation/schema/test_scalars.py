"""What is asked of a single string, number or value of any kind."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.helpers.values import many


@pytest.mark.parametrize("schema", [True, {}])
def test_anything_is_a_small_value(schema: Any) -> None:
    assert all(len(json.dumps(value)) < 100 for value in many(schema))
    assert {type(value) for value in many(schema)} == {str, dict}


def test_x_faker_makes_the_value() -> None:
    values = many({"type": "string", "x-faker": "internet.email"})
    assert all("@example." in value for value in values)


def test_a_name_alone_tells_a_number_from_a_text() -> None:
    schema = {"properties": {"age": {}, "email": {}}, "required": ["age", "email"]}
    for value in many(schema):
        assert isinstance(value["age"], int | float)
        assert "@" in value["email"]


def test_a_truth_is_true_and_false_and_false_where_little_is_made() -> None:
    assert set(many({"type": "boolean"})) == {True, False}
    assert set(many({"type": "boolean"}, mode="minimal")) == {False}
