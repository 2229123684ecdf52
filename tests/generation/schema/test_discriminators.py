"""The property of a discriminator names the schema."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.values import made, many

CAT = {"allOf": [{"$ref": "#/$defs/Pet"}, {"properties": {"age": {"type": "integer"}}}]}
DOG = {"allOf": [{"$ref": "#/$defs/Pet"}, {"properties": {"bark": {"type": "boolean"}}}]}
PET = {
    "type": "object",
    "required": ["kind"],
    "properties": {"kind": {"type": "string"}},
    "discriminator": {"propertyName": "kind", "mapping": {"meow": "#/$defs/Cat"}},
}
PETS = {"$defs": {"Cat": CAT, "Dog": DOG, "Pet": PET}}


def test_a_discriminator_names_the_schema_that_extends_the_base() -> None:
    assert made({"$ref": "#/$defs/Cat", **PETS})["kind"] == "meow"
    assert made({"$ref": "#/$defs/Dog", **PETS})["kind"] == "Dog"


def test_a_discriminator_names_the_alternative() -> None:
    told = {"propertyName": "kind", "mapping": {"woof": "#/$defs/Dog"}}
    alternatives = [{"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}]
    values = many({"oneOf": alternatives, "discriminator": told, **PETS}, mode="maximal")
    assert {value["kind"] for value in values} == {"Cat", "woof"}


def test_no_word_of_an_author_fixes_a_value() -> None:
    assert "fixed" not in many({"type": "string", "x-tag": "fixed"})


MISTAKEN: list[Any] = [
    "kind",
    {},
    {"propertyName": 7},
    {"propertyName": "kind", "mapping": ["#/$defs/Dog"]},
    {"propertyName": "kind", "mapping": {"woof": None}},
]


@pytest.mark.parametrize("told", MISTAKEN, ids=str)
def test_a_discriminator_with_a_mistake_does_no_harm(told: Any) -> None:
    defs = {**PETS["$defs"], "Pet": {"type": "object"}}
    schema = {"oneOf": [{"$ref": "#/$defs/Dog"}], "discriminator": told, "$defs": defs}
    assert all(isinstance(value, dict) for value in many(schema, 9))
