"""Values that a schema itself gives are taken."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.generation.schema import Generator
from tests.helpers.values import Plain, made, many

UUID = "6f2b37a6-6f4b-4281-9ab7-69785f424cc7"


def test_a_caller_may_change_what_it_got() -> None:
    schema: dict[str, Any] = {"enum": [{"a": []}]}
    generator, plain = Generator(), Plain(schema)
    generator.value(plain, "seed")["a"].append(1)
    assert generator.value(plain, "seed") == {"a": []}


def test_examples_are_taken_first_and_not_for_every_item() -> None:
    pet = {
        "type": "object",
        "required": ["id", "breed"],
        "properties": {
            "id": {"type": "string", "format": "uuid", "example": UUID},
            "breed": {"type": "string", "examples": ["Labrador", "Beagle"]},
        },
    }
    pets = made({"type": "array", "items": pet}, items=4)
    assert pets[0]["id"] == UUID
    assert len({found["id"] for found in pets}) == 4
    assert {found["breed"] for found in pets} <= {"Labrador", "Beagle"}


@pytest.mark.parametrize("keyword", ["example", "default"])
def test_a_hint_that_is_not_valid_is_ignored(keyword: str) -> None:
    assert all(isinstance(value, int) for value in many({"type": "integer", keyword: "ten"}))


def test_a_default_is_taken_now_and_then() -> None:
    values = many({"type": "integer", "default": 20})
    assert 10 < values.count(20) < 50


def test_only_those_of_the_listed_values_that_fit_the_rest_are_taken() -> None:
    schema = {"enum": ["a", 7, None, "longer"], "type": "string", "maxLength": 3}
    assert set(many(schema)) == {"a"}


def test_null_is_taken_if_nothing_else_is_listed() -> None:
    assert many({"enum": [None]}, 3) == [None, None, None]


def test_the_least_value_is_the_first_that_is_listed() -> None:
    assert set(many({"enum": ["b", "a"]}, mode="minimal")) == {"b"}


def test_an_example_of_a_list_does_not_change_the_size_asked_for() -> None:
    schema = {"type": "array", "items": {"type": "integer"}, "example": [1, 2]}
    assert made(schema) == [1, 2]
    assert len(made(schema, items=7)) == 7
