"""Known values, which a generated object carries if they fit."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.generation.schema import Generator, Mode, Unsatisfiable, ValueShape
from tests.helpers.values import MODES, SEEDS, Plain, faults, made, many

WITH_ID = {"type": "object", "properties": {"id": {"type": "integer"}}}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (WITH_ID, {"id": 7}),
        ({"properties": {"id": {"type": "string"}}}, {"id": None}),
        ({"properties": {"data": WITH_ID}}, {"data": {"id": 7}}),
        ({"properties": {"owner": WITH_ID}}, {"owner": {"id": None}}),
        ({"oneOf": [{"type": "null"}, WITH_ID]}, {"id": 7}),
        ({"properties": {"id": {"type": "integer", "maximum": 5}}}, {"id": None}),
    ],
    ids=["object", "other-type", "wrapper", "other-object", "choice", "out-of-bounds"],
)  # fmt: skip
def test_what_is_known_is_carried_where_it_fits(schema: Any, value: Any) -> None:
    def carried(found: Any, expected: Any) -> bool:
        if isinstance(expected, dict):
            return all(carried(found[name], expected[name]) for name in expected)
        return bool((found == 7) is (expected == 7))

    shape = ValueShape(mode="maximal")
    generator, plain = Generator(), Plain(schema)
    for seed in SEEDS:
        assert carried(generator.value(plain, seed, shape=shape, known={"id": 7}), value)


def test_what_is_known_is_not_shared_by_the_items_of_a_list_or_map() -> None:
    item = {"properties": {"id": {"type": "integer"}}, "required": ["id"]}
    found = made({"items": item}, items=5, known={"id": 7})
    found += made({"additionalProperties": item}, items=5, known={"id": 7}).values()
    assert 7 not in [value["id"] for value in found]


def test_a_property_brings_those_that_depend_on_it() -> None:
    properties = {name: {"type": "integer"} for name in "abc"}
    schema = {"properties": properties, "dependentRequired": {"a": ["b"], "b": ["c"]}}
    values = many(schema, 100, mode="boundary")
    assert not [value for value in values if faults(schema, value)]
    assert {"a" in value for value in values} == {True, False}
    assert made({**schema, "required": ["a"]}, mode="minimal").keys() == {"a", "b", "c"}


@pytest.mark.parametrize("mode", MODES)
def test_there_are_as_many_properties_as_there_may_be(mode: Mode) -> None:
    properties = {name: {"type": "integer"} for name in "abcdef"}
    schema = {"properties": properties, "minProperties": 2, "maxProperties": 3, "required": ["f"]}
    for value in many(schema, mode=mode):
        assert {"f"} < value.keys() < properties.keys()
        assert 2 <= len(value) <= 3


def test_what_is_known_is_carried_by_a_second_try_too() -> None:
    digits = {"enum": [*range(10)]}
    schema = {
        "properties": {"id": {"type": "integer"}, "digit": digits},
        "required": ["id", "digit"],
        "not": {"properties": {"digit": {"enum": [*range(8)]}}},
    }
    generator, plain = Generator(), Plain(schema)
    values = [generator.value(plain, seed, known={"id": 7}) for seed in SEEDS]
    assert {value["id"] for value in values} == {7}


def test_an_object_without_what_it_requires_is_refused() -> None:
    bits = {"type": "array", "items": {"type": "boolean"}, "uniqueItems": True, "minItems": 3}
    with pytest.raises(Unsatisfiable, match="only 2 different items"):
        made({"properties": {"bits": bits}, "required": ["bits"]})
    assert made({"type": "object", "properties": {"bits": bits}}) == {}
