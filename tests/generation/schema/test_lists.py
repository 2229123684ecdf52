"""How long lists are, and how whole their items."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mock_server.generation.schema import Unsatisfiable
from tests.helpers.values import MODES, USER, faults, made, many


@pytest.mark.parametrize(("asked", "got"), [(0, 2), (3, 3), (40, 5)])
def test_lists_have_the_size_asked_for_within_their_limits(asked: int, got: int) -> None:
    inner = {"type": "array", "items": {"type": "integer"}}
    schema = {"type": "array", "items": inner, "minItems": 2, "maxItems": 5}
    value = made(schema, items=asked)
    assert len(value) == got
    assert all(len(item) <= 3 for item in value)


def test_a_long_list_has_whole_items() -> None:
    users = made({"type": "array", "items": USER}, items=500)
    assert len(users) == 500
    assert sum(len(user) for user in users) > 500 * 9


def test_what_must_be_contained_has_room() -> None:
    schema = {"prefixItems": [{"const": 1}, {"const": 2}], "contains": {"const": "x"},
              "minContains": 2, "type": "array"}  # fmt: skip
    for mode in MODES:
        for value in many(schema, 20, mode=mode):
            assert not faults(schema, value)


def test_a_list_that_closes_after_its_first_items_is_no_longer() -> None:
    schema = {"prefixItems": [{"type": "integer"}], "items": False}
    assert {len(value) for value in many(schema, items=4)} == {1}


VALUED = {"properties": {"value": {"type": "integer"}}, "required": ["value"]}
ITEMS: list[dict[str, Any]] = [
    {"type": "string"},
    {"type": "integer"},
    {"type": "array", "items": {"type": "integer"}, "minItems": 2},
    VALUED,
]


@pytest.mark.parametrize("item", ITEMS, ids=str)
def test_a_long_list_of_different_items_is_found(item: dict[str, Any]) -> None:
    value = made({"items": item, "uniqueItems": True}, items=100)
    assert len({json.dumps(found) for found in value}) == 100


def test_one_and_true_are_different_items_but_one_and_one_point_zero_are_not() -> None:
    schema = {"type": "array", "items": {"enum": [1, True]}, "uniqueItems": True, "minItems": 2}
    assert not faults(schema, made(schema))
    schema["items"] = {"enum": [1, 1.0]}
    with pytest.raises(Unsatisfiable, match="only 1 different"):
        made(schema)
