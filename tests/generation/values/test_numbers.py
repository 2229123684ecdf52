"""Numbers that keep their bounds and fit their name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
import pytest

from mock_server.generation.values.numbers import number
from tests.helpers.drawing import MODES, numbers, wrong

BOUNDS: Sequence[dict[str, Any]] = [
    {"type": "integer", "minimum": 5, "maximum": 7},
    {"type": "integer", "exclusiveMinimum": 5, "exclusiveMaximum": 7},
    {"type": "integer", "maximum": -10},
    {"type": "integer", "minimum": 10_000_000},
    {"type": "integer", "multipleOf": 7, "minimum": 50},
    {"type": "integer", "multipleOf": 2.5},
    {"type": "number", "minimum": 0.1, "maximum": 0.2},
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.001},
    {"type": "number", "minimum": 0.3, "maximum": 0.3},
    {"type": "number", "multipleOf": 0.01, "minimum": 1, "maximum": 20},
    {"type": "number", "minimum": 1e20},
    {"type": "number", "exclusiveMinimum": 1e-15, "maximum": 2e-15},
]


@pytest.mark.parametrize("schema", BOUNDS, ids=str)
@pytest.mark.parametrize("mode", MODES)
def test_a_number_keeps_its_bounds(schema: dict[str, Any], mode: str) -> None:
    assert not wrong(schema, numbers(schema, "price", mode))


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("age", 18, 90), ("price", 1, 500), ("latitude", -90, 90), ("duration_ms", 50, 90_000),
     ("page", 1, 5), ("totalCount", 1, 200), ("http-status", 200, 204), ("rating", 1, 5)],
)  # fmt: skip
def test_a_name_tells_where_a_number_lies(name: str, low: int, high: int) -> None:
    assert all(low <= n <= high for n in numbers({"type": "number"}, name))


@pytest.mark.parametrize(
    ("name", "digits"), [("age", 0), ("rating", 1), ("price", 2), ("score", 3), ("latitude", 5)]
)
def test_a_number_has_as_many_digits_as_its_name_tells(name: str, digits: int) -> None:
    found = numbers({"type": "number"}, name)
    assert all(round(n, digits) == n for n in found)
    assert digits == 0 or any(round(n, digits - 1) != n for n in found)


def test_an_integer_is_one_whatever_it_is_called() -> None:
    assert all(isinstance(n, int) for n in numbers({"type": "integer"}, "price"))


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("int32", -(2**31), 2**31 - 1), ("int64", -(2**63), 2**63 - 1)],
)
def test_boundary_integers_reach_the_ends_of_their_format(name: str, least: int, most: int) -> None:
    found = numbers({"type": "integer", "format": name}, mode="boundary")
    assert (min(found), max(found)) == (least, most)


@pytest.mark.parametrize("name", ["count", "", "price"])
@pytest.mark.parametrize(
    "schema", [{"type": "number"}, {"type": "number", "multipleOf": 1}], ids=str
)
def test_the_largest_numbers_are_ones_that_can_be_written(schema: Any, name: str) -> None:
    found = numbers(schema, name, mode="boundary")
    assert max(found) == 1e308
    assert orjson.loads(orjson.dumps(found)) == found


def test_no_number_is_made_where_none_lies_between_the_bounds() -> None:
    raws = [{"minimum": 5}, {"maximum": 4}]
    assert number(raws, [""], lambda _: True, integer=False) is None
