"""Which properties an object has, and what they are called after."""

from __future__ import annotations

import re
from typing import Any

import pytest

from mock_server.generation.schema import Direction, Generator, Unsatisfiable, ValueShape
from tests.helpers.values import SEEDS, Unjudged, made, many


@pytest.mark.parametrize(("direction", "kept"), [("reply", "id"), ("request", "password")])
def test_what_is_for_the_other_direction_is_left_out(direction: Direction, kept: str) -> None:
    secret = {"$ref": "#/$defs/Secret"}
    properties = {"id": {"type": "integer", "readOnly": True}, "password": secret}
    defs = {"Secret": {"type": "string", "writeOnly": True}}
    schema = {"type": "object", "properties": properties, "$defs": defs}
    assert made(schema, direction=direction, mode="maximal").keys() == {kept}


def test_the_example_of_an_object_gives_its_properties() -> None:
    properties = {"name": {"type": "string"}, "size": {"type": "integer"}}
    example = {"name": "Rex", "size": "big"}
    schema = {"type": "object", "required": ["name", "size"], "properties": properties}
    value = made({**schema, "example": example})
    assert value["name"] == "Rex"
    assert isinstance(value["size"], int)


NAMED = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
OWNERS = [("User", r"\S+ \S+"), ("Bucket", r"[a-z]+-[a-z]+-bucket"), ("Project", r"[a-z]+-[a-z]+")]


@pytest.mark.parametrize(("owner", "expected"), OWNERS, ids=[owner for owner, _ in OWNERS])
def test_a_name_looks_like_that_of_its_owner(owner: str, expected: str) -> None:
    component = {"$ref": f"#/$defs/{owner}", "$defs": {owner: NAMED}}
    assert all(re.fullmatch(expected, value["name"]) for value in many(component, 20))
    place = {"properties": {owner: NAMED}, "required": [owner]}
    assert all(re.fullmatch(expected, value[owner]["name"]) for value in many(place, 20))


def test_a_property_satisfies_all_that_speak_of_it() -> None:
    schema = {
        "properties": {"n_a": {"minimum": 3}},
        "patternProperties": {"^n_": {"type": "integer"}, "a$": {"maximum": 4}},
        "additionalProperties": False,
        "required": ["n_a"],
    }
    assert {value["n_a"] for value in many(schema)} == {3, 4}


def test_a_property_whose_reference_is_broken_is_left_out_unless_it_is_required() -> None:
    broken, whole = {"$ref": "no.json"}, {"type": "integer"}
    schema: dict[str, Any] = {"properties": {"created_at": broken, "b": whole}}
    plain = Unjudged(schema)
    found = [Generator().value(plain, seed, shape=ValueShape(mode="maximal")) for seed in SEEDS]
    assert all(value.keys() == {"b"} for value in found)
    with pytest.raises(Unsatisfiable, match=r"there is no no\.json"):
        Generator().value(Unjudged({**schema, "required": ["created_at"]}), "seed")
