"""Discriminators: each names the schema that judges a value, and unknown names are refused."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mock_server.contract.model import Contract
from mock_server.contract.reader import read_contract
from mock_server.documents.document import Document, Documents
from mock_server.schemas import Schema, Schemas
from mock_server.schemas.dialects import Direction

WHERE = {"request": ("request", "body"), "reply": ("response", "body")}
KIND = {"propertyName": "kind"}
CAT = {"required": ["kind"], "properties": {"kind": {"type": "string"}, "lives": {"minimum": 1}}}
DOG = {"required": ["kind"], "properties": {"kind": {"type": "string"}, "age": {"minimum": 1}}}


def ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def schema_at(
    schemas: Mapping[str, Any],
    direction: Direction = "request",
    version: str = "3.1.0",
    name: str = "Pet",
) -> Schema:
    """Return a component of a document, as one direction sees it."""
    whole = {"openapi": version, "components": {"schemas": {"Cat": CAT, "Dog": DOG, **schemas}}}
    document = Document(Path("/api/openapi.json"), b"", "", whole, True)
    compiled = Schemas(Documents(document), direction, version.startswith("3.0"))
    return compiled.place(document, ("components", "schemas", name))


def told(
    pet: Any, value: Any, others: Mapping[str, Any] | None = None, direction: Direction = "request"
) -> list[str]:
    schema = schema_at({"Pet": pet, **(others or {})}, direction)
    assert schema.compile() is None
    return [violation.message for violation in schema.violations(value, WHERE[direction])]


PETS = {"oneOf": [ref("Cat"), ref("Dog")], "discriminator": KIND}


def mapped(**mapping: Any) -> dict[str, Any]:
    return {**PETS, "discriminator": {**KIND, "mapping": mapping}}


# Which alternative judges ----------------------------------------------------------------------


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0", "3.2.0"])
@pytest.mark.parametrize("keyword", ["oneOf", "anyOf"])
@pytest.mark.parametrize(
    ("mapping", "name"),
    [
        pytest.param({}, "Dog", id="the name of a component"),
        pytest.param({"woof": "#/components/schemas/Dog"}, "woof", id="by reference"),
        pytest.param({"woof": "Dog"}, "woof", id="by the component's name"),
        pytest.param({"woof": "Dog"}, "Dog", id="its own name, though it has another"),
        pytest.param({"Cat": "Dog", "Dog": "Cat"}, "Cat", id="a name that another one has"),
        pytest.param({"woof": "openapi.json#/components/schemas/Dog"}, "woof", id="with the file"),
        pytest.param({"wau": "Dog", "woof": "Dog"}, "woof", id="one of several names"),
    ],
)
def test_the_alternative_that_is_named_judges(
    version: str, keyword: str, mapping: Any, name: str
) -> None:
    """Though the value fits each of them, the schema that the value names judges it."""
    pet = {keyword: PETS["oneOf"], "discriminator": {**KIND, "mapping": mapping}}
    schema = schema_at({"Pet": pet}, version=version)
    assert schema.is_valid({"kind": name})
    assert schema.is_valid({"kind": name, "lives": 0})
    found = schema.violations({"kind": name, "age": 0}, WHERE["request"])
    assert [v.message for v in found] == ["age in the body is 0; expected at least 1"]
    assert found[0].rule.endswith("#/components/schemas/Dog/properties/age/minimum")


def test_everything_that_is_wrong_by_the_named_alternative_is_told() -> None:
    dog = {**DOG, "required": ["kind", "name"]}
    assert told(PETS, {"kind": "Dog", "age": 0}, {"Dog": dog}) == [
        "name in the body is missing",
        "age in the body is 0; expected at least 1",
    ]


@pytest.mark.parametrize("direction", ["request", "reply"])
@pytest.mark.parametrize(
    ("pet", "names"),
    [
        pytest.param(PETS, '"Cat", "Dog"', id="components"),
        pytest.param(mapped(meow="Cat"), '"meow", "Dog"', id="one with a mapping"),
        pytest.param(mapped(meow="Cat", purr="Cat"), '"meow", "purr", "Dog"', id="two names"),
        pytest.param(mapped(gone="Gone"), '"Cat", "Dog"', id="a mapping that leads nowhere"),
    ],
)
def test_a_name_that_nothing_has_is_refused_with_those_that_are_known(
    pet: Any, names: str, direction: Direction
) -> None:
    schema = schema_at({"Pet": {"items": pet}}, direction)
    (found,) = schema.violations([{"kind": "Cow"}], WHERE[direction])
    assert found.message.startswith("[0].kind in the")
    assert found.message.endswith(f'is "Cow"; expected one of {names}')
    assert (found.keyword, found.pointer) == ("discriminator", "/0/kind")
    assert found.rule.endswith("#/components/schemas/Pet/items/discriminator")


def test_of_many_names_the_first_are_shown() -> None:
    many = {f"Pet{n}": CAT for n in range(12)}
    pet = {"oneOf": [ref(name) for name in many], "discriminator": KIND}
    (message,) = told(pet, {"kind": "Cow"}, many)
    assert message.endswith('"Pet6", "Pet7" and 4 more')


@pytest.mark.parametrize(
    ("value", "message"),
    [
        pytest.param({}, "in the nearest kind is missing; expected a string", id="missing"),
        pytest.param({"kind": 5}, "in the nearest kind is an integer, 5", id="no text"),
        pytest.param("Cat", 'is "Cat" and fits 2 of 2 alternatives', id="no object"),
    ],
)
def test_a_value_without_a_name_is_judged_as_ever(value: Any, message: str) -> None:
    (found,) = told(PETS, value)
    assert message in found


def consts(**kinds: str) -> dict[str, Any]:
    return {name: {"properties": {"kind": {"const": kind}}} for name, kind in kinds.items()}


@pytest.mark.parametrize("listing", ["const", "enum", "by reference", "in its parts"])
def test_what_an_alternative_lists_is_known_without_a_mapping(listing: str) -> None:
    kinds: dict[str, Any] = {
        "const": {"const": "meow"},
        "enum": {"enum": ["meow", "purr"]},
        "by reference": ref("Meow"),
        "in its parts": {"type": "string"},
    }
    cat: dict[str, Any] = {"required": ["kind"], "properties": {"kind": kinds[listing]}}
    if listing == "in its parts":
        cat = {"allOf": [cat, {"oneOf": [consts(Any="meow")["Any"]]}]}
    dog = {"required": ["kind"], "properties": {"kind": {"const": "Dog"}}}
    pet_and = {"Cat": cat, "Dog": dog, "Meow": {"enum": ["meow"]}}
    assert told(PETS, {"kind": "meow"}, pet_and) == []
    (found,) = told(PETS, {"kind": "Cow"}, pet_and)
    assert found.startswith('kind in the body is "Cow"; expected one of "meow", ')


@pytest.mark.parametrize(
    "alternative",
    [
        {"properties": {"age": {"type": "integer"}}, "required": ["age"]},
        True,
        {"$ref": "#/components/schemas/Dog/properties/kind"},
    ],
    ids=["written in place", "anything", "no component"],
)
def test_where_an_alternative_has_no_name_an_unknown_one_may_be_its_own(alternative: Any) -> None:
    pet = {"anyOf": [ref("Cat"), alternative], "discriminator": KIND}
    assert told(pet, {"kind": "Cow", "age": 5}) == []
    assert told(pet, {"kind": "Cat", "age": 5, "lives": 0}) == [
        "lives in the body is 0; expected at least 1"
    ]


def test_a_property_that_is_no_text_needs_no_name() -> None:
    numbers = {
        "Cat": {"required": ["kind"], "properties": {"kind": {"const": 1}}},
        "Dog": {"required": ["kind"], "properties": {"kind": {"const": 2}}},
    }
    pet = mapped(**{"1": "Cat", "2": "Dog"})
    assert [told(pet, {"kind": kind}, numbers) == [] for kind in (1, 2, 3)] == [True, True, False]


@pytest.mark.parametrize("direction", ["request", "reply"])
def test_discriminators_in_discriminators_know_the_inner_names(direction: Direction) -> None:
    inner = {"oneOf": [ref("Cat"), ref("Dog")], "discriminator": KIND}
    birds = consts(Bird="Bird", Cat="Cat", Dog="Dog")
    outer = {"oneOf": [ref("Mammal"), ref("Bird")], "discriminator": KIND}
    told_of = [
        told(outer, {"kind": kind}, {"Mammal": inner, **birds}, direction)
        for kind in ("Cat", "Dog", "Bird", "Cow")
    ]
    assert told_of[:3] == [[], [], []]
    assert len(told_of[3]) == 1


@pytest.mark.parametrize("direction", ["request", "reply"])
def test_a_deep_value_of_schemas_that_hold_themselves_is_told_of(direction: Direction) -> None:
    """Each alternative that isn't named would double the work at each level."""
    kinds = {
        f"K{n}": {
            "required": ["kind"],
            "properties": {"kind": {"const": f"K{n}"}, "next": ref("Pet")},
        }
        for n in range(6)
    }
    pet = {"oneOf": [ref(name) for name in kinds], "discriminator": KIND}
    value: Any = {"kind": "Cow"}
    for _ in range(60):
        value = {"kind": "K3", "next": value}
    (found,) = schema_at({"Pet": pet, **kinds}, direction).violations(value, WHERE[direction])
    assert found.keyword == "discriminator"
    assert found.pointer == "/next" * 60 + "/kind"


# An alternative for all else (OAS 3.2.0) -------------------------------------------------------

OTHERWISE = {
    "oneOf": [ref("Cat"), ref("Dog"), ref("Other")],
    "discriminator": {**KIND, "mapping": {"woof": "Dog"}, "defaultMapping": "Other"},
}
OTHER = {"properties": {"wings": {"maximum": 4}}}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"kind": "Cat"}, None),
        ({"kind": "woof", "wings": 9}, None),
        ({"kind": "Cow", "wings": 2}, None),
        ({"wings": 2}, None),
        ({}, None),
        ({"kind": "Cow", "wings": 9}, "wings in the body is 9; expected at most 4"),
        ({"wings": 9}, "wings in the body is 9; expected at most 4"),
        ({"kind": "woof", "age": 0}, "age in the body is 0; expected at least 1"),
    ],
)
def test_what_has_no_known_name_is_judged_by_the_default(value: Any, message: str | None) -> None:
    assert told(OTHERWISE, value, {"Other": OTHER}) == ([message] if message else [])


# Schemas that are extended ---------------------------------------------------------------------

BASE = {"required": ["kind"], "properties": {"kind": {"type": "string"}}, "discriminator": KIND}


def extending(parent: str, **properties: Any) -> dict[str, Any]:
    return {"allOf": [ref(parent), {"properties": properties}]}


FAMILY = {
    "Pet": BASE,
    "Cat": extending("Pet", lives={"minimum": 1}),
    "Dog": extending("Pet", age={"minimum": 1}),
    "Puppy": extending("Dog", toys={"minimum": 1}),
}


def judged(name: str, value: Any, direction: Direction = "request") -> list[str]:
    schema = schema_at(FAMILY, direction, name=name)
    return [violation.message for violation in schema.violations(value, WHERE[direction])]


@pytest.mark.parametrize("direction", ["request", "reply"])
def test_a_parent_knows_the_names_of_all_that_extend_it(direction: Direction) -> None:
    for kind in ("Cat", "Dog", "Puppy", "Pet"):
        assert judged("Pet", {"kind": kind}, direction) == []
    (found,) = schema_at(FAMILY, direction).violations({"kind": "Cow"}, WHERE[direction])
    assert found.message.endswith('is "Cow"; expected one of "Cat", "Dog", "Puppy"')
    assert found.rule.endswith("#/components/schemas/Pet/discriminator")


def test_a_parent_does_not_ask_for_what_its_children_ask_for() -> None:
    """OAS 3.1.1, section 4.8.25.1: validation doesn't search for child schemas."""
    assert judged("Pet", {"kind": "Cat", "lives": 0}) == []


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("Cat", "Cat", None),
        ("Cat", "Dog", '"Cat"'),
        ("Dog", "Puppy", None),
        ("Puppy", "Dog", '"Puppy"'),
        ("Dog", "Cat", 'one of "Dog", "Puppy"'),
    ],
)
def test_a_request_that_names_another_child_is_not_this_one(
    name: str, kind: str, expected: str | None
) -> None:
    message = f'kind in the body is "{kind}"; expected {expected}'
    assert judged(name, {"kind": kind}) == ([message] if expected else [])


def test_alternatives_that_share_a_parent_are_told_apart_by_its_discriminator() -> None:
    either = {"oneOf": [ref("Cat"), ref("Dog")]}
    schema = schema_at({**FAMILY, "Either": either}, name="Either")
    assert schema.is_valid({"kind": "Cat"})
    (found,) = schema.violations({"kind": "Cat", "lives": 0}, WHERE["request"])
    assert found.message == "lives in the body is 0; expected at least 1"


# Replies ---------------------------------------------------------------------------------------


def test_a_reply_is_judged_by_the_alternative_that_it_names_alone() -> None:
    """As a request is, whether another alternative would fit too or not."""
    for direction in ("request", "reply"):
        schema = schema_at({"Pet": PETS}, direction)
        assert schema.is_valid({"kind": "Dog"})
        assert schema.is_valid({"kind": "Dog", "lives": 0})


def test_a_reply_has_to_fit_the_alternative_that_it_names() -> None:
    found = told(PETS, {"kind": "Dog", "age": 0}, direction="reply")
    assert found == ["age in the reply's body is 0; expected at least 1"]


@pytest.mark.parametrize("direction", ["request", "reply"])
def test_what_is_declared_beside_a_discriminator_is_not_evaluated_by_it(
    direction: Direction,
) -> None:
    """The conditions that a discriminator stands for name no property as far as others can see."""
    closed = {"oneOf": [ref("Any"), ref("None")], "discriminator": KIND}
    pet = {**closed, "unevaluatedProperties": False}
    pets = {"Any": {"required": ["kind"]}, "None": {"required": ["gone"]}}
    (found,) = told(pet, {"kind": "Any"}, pets, direction)
    assert 'has the undeclared "kind"' in found


# What is left alone ----------------------------------------------------------------------------

MISTAKEN: list[Any] = [
    "kind",
    [],
    {},
    {"propertyName": 7},
    {"propertyName": "kind", "mapping": ["#/components/schemas/Dog"]},
    {"propertyName": "kind", "mapping": {"woof": None, "moo": "#/nowhere", "x": "//["}},
    {"propertyName": "kind", "mapping": {"woof": "https://example.com/dog.json"}},
    {"propertyName": "kind", "defaultMapping": 5},
    {"propertyName": "kind", "defaultMapping": "Gone"},
]


@pytest.mark.parametrize("told_of", MISTAKEN, ids=str)
@pytest.mark.parametrize("keyword", ["oneOf", "anyOf", "none"])
@pytest.mark.parametrize("direction", ["request", "reply"])
def test_a_discriminator_with_a_mistake_does_no_harm(
    told_of: Any, keyword: str, direction: Direction
) -> None:
    pet = {keyword: [ref("Cat"), {"required": ["a"]}], "discriminator": told_of, "properties": []}
    schema = schema_at({"Pet": {k: v for k, v in pet.items() if k != "none"}}, direction)
    assert schema.is_valid({"kind": "Cat"})


OLDER = ["http://json-schema.org/draft-04/schema#", "http://json-schema.org/draft-07/schema"]


@pytest.mark.parametrize("dialect", OLDER)
def test_older_dialects_know_no_discriminators(dialect: str) -> None:
    pet = {"$schema": dialect, "anyOf": [ref("Cat")], "discriminator": KIND}
    assert told(pet, {"kind": "Cow"}) == []


def test_who_walks_a_schema_sees_it_as_it_is_written() -> None:
    assert schema_at({"Pet": PETS}).raw == PETS
    assert schema_at({"Pet": PETS}).child("oneOf", 1).raw == ref("Dog")


def test_alternatives_are_found_where_they_are_written() -> None:
    inline = {"properties": {"wings": {"type": "integer"}}, "required": ["wings"]}
    schema = schema_at({"Pet": {"oneOf": [ref("Cat"), inline], "discriminator": KIND}})
    wings = schema.child("oneOf", 1, "properties", "wings")
    assert [wings.is_valid(value) for value in (2, "two")] == [True, False]
    (found,) = schema.violations({"wings": "two"}, WHERE["request"])
    assert "alternatives" in found.message


# In files --------------------------------------------------------------------------------------


@pytest.fixture
def split(tmp_path: Path) -> Contract:
    """Return a contract whose schemas stand in another file."""
    (tmp_path / "openapi.yaml").write_text(
        """
openapi: 3.0.3
info: {title: Pets, version: '1'}
paths:
  /pets:
    post:
      requestBody:
        content: {application/json: {schema: {$ref: 'pets.yaml#/components/schemas/Pet'}}}
      responses: {'204': {description: Kept}}
"""
    )
    (tmp_path / "pets.yaml").write_text(
        """
components:
  schemas:
    Pet:
      oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]
      discriminator:
        propertyName: kind
        mapping: {woof: Dog, meow: './pets.yaml#/components/schemas/Cat'}
    Cat: {type: object, properties: {kind: {type: string}}}
    Dog: {type: object, properties: {kind: {type: string}}}
"""
    )
    return read_contract(tmp_path / "openapi.yaml")


def test_names_are_those_of_the_file_that_the_discriminator_stands_in(split: Contract) -> None:
    body = split.operations[0].body
    assert body
    schema = body.content["application/json"].schema
    assert schema
    verdicts = {kind: schema.is_valid({"kind": kind}) for kind in ("woof", "meow", "Dog", "moo")}
    assert verdicts == {"woof": True, "meow": True, "Dog": True, "moo": False}
