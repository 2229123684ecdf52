"""Schemas of every OpenAPI version, which mean what their version states, at every place."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openapi_schema_validator import OAS30Validator

from mock_server.contract.model import Contract
from mock_server.contract.reader import read_contract
from mock_server.documents.document import Documents, read_document
from mock_server.schemas import Schema
from mock_server.schemas.dialects import Direction, Translation
from tests.helpers.contents import schema_of

Write = Callable[[Mapping[str, Any]], Contract]
INT32 = {"type": "integer", "format": "int32"}
INT64 = {"type": "integer", "format": "int64"}


@pytest.fixture
def read(tmp_path: Path) -> Write:
    """Return a function that writes a document, whatever its files, and reads it."""

    def contract(files: Mapping[str, Any]) -> Contract:
        for name, data in files.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(json.dumps(data))
        return read_contract(tmp_path / "openapi.json")

    return contract


def document(version: str = "3.0.3", **members: Any) -> dict[str, Any]:
    return {"openapi": version, "info": {"title": "t", "version": "1"}, "paths": {}, **members}


def of_schema(
    read: Write, schema: Any, version: str = "3.0.3", direction: Direction = "reply", **others: Any
) -> Schema:
    """Return a schema among the components of a document."""
    schemas = {"It": schema, **others}
    contract = read({"openapi.json": document(version, components={"schemas": schemas})})
    return at(contract, "components", "schemas", "It", direction=direction)


def at(contract: Contract, *tokens: str, direction: Direction = "reply") -> Schema:
    schemas = contract.replies if direction == "reply" else contract.requests
    return schemas.place(contract.documents.root, tokens)


FIVE = {"$ref": "#/components/schemas/Five"}


# OpenAPI 3.0 -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "valid", "invalid"),
    [
        pytest.param({"type": "string", "nullable": True}, ["a", None], [5], id="nullable"),
        pytest.param({"type": "string", "nullable": False}, ["a"], [None], id="not nullable"),
        pytest.param({"type": "string"}, ["a"], [None], id="no word of null"),
        pytest.param({"nullable": True}, ["a", None, 5], [], id="nullable without a type"),
        pytest.param(
            {"type": "string", "nullable": True, "enum": ["a"]},
            ["a"],
            [None, "b"],
            id="nullable, and null is not listed",
        ),
        pytest.param(
            {"type": "string", "nullable": True, "enum": ["a", None]},
            ["a", None],
            ["b"],
            id="nullable, and null is listed",
        ),
        pytest.param(
            {"type": "array", "items": {"type": "integer", "nullable": True}},
            [[1, None]],
            [[1, "a"], None],
            id="nullable items",
        ),
        pytest.param(
            {"type": "object", "additionalProperties": {"type": "integer", "nullable": True}},
            [{"a": None}],
            [{"a": "b"}],
            id="nullable further properties",
        ),
        pytest.param(
            {"allOf": [{"type": "string", "nullable": True}, {"maxLength": 1}]},
            ["a", None],
            ["ab"],
            id="nullable in allOf",
        ),
        pytest.param(
            {"not": {"type": "string", "nullable": True}}, [5], ["a", None], id="nullable in not"
        ),
        pytest.param(
            {"type": "number", "minimum": 5, "exclusiveMinimum": True},
            [6, 5.01],
            [5, 4],
            id="more than",
        ),
        pytest.param(
            {"type": "number", "maximum": 5, "exclusiveMaximum": True},
            [4, 4.99],
            [5, 6],
            id="less than",
        ),
        pytest.param(
            {"type": "number", "minimum": 5, "exclusiveMinimum": False}, [5], [4], id="at least"
        ),
        pytest.param({"exclusiveMaximum": True}, [10**9], [], id="an exclusive bound of nothing"),
        pytest.param(
            {**INT32, "minimum": 0, "exclusiveMinimum": True},
            [1, 2**31 - 1],
            [0, 2**31],
            id="an exclusive bound and a format's",
        ),
        pytest.param(
            {"$ref": "#/components/schemas/Five", "maxLength": 1, "nullable": True},
            ["fives"],
            ["a", None],
            id="siblings of a reference are ignored",
        ),
        pytest.param(
            {"properties": {"a": {"$ref": "#/components/schemas/Five", "enum": ["x"]}}},
            [{"a": "fives"}],
            [{"a": "x"}],
            id="siblings of a reference inside",
        ),
        *(
            pytest.param(
                {keyword: [FIVE, null]},
                ["fives", None],
                ["a", 5],
                id=f"a reference or null, by {keyword} and {len(null)} words",
            )
            for keyword in ("anyOf", "oneOf", "allOf")
            for null in ({"nullable": True}, {"nullable": True, "description": "None", "x-a": 1})
        ),
        pytest.param(
            {"allOf": [{"nullable": True}, FIVE, {"maxLength": 6}]},
            ["fives", None],
            ["a", "too long"],
            id="of several parts, or null",
        ),
        pytest.param(
            {"anyOf": [FIVE, {"nullable": True, "minLength": 1}]},
            ["a", 5],
            [""],
            id="nullable beside what a part asks for",
        ),
        pytest.param({"anyOf": [{"nullable": True}]}, ["a", None], [], id="nullable and no more"),
        pytest.param(
            {"anyOf": [FIVE, {"nullable": False}]}, ["a", None, 5], [], id="a part not nullable"
        ),
    ],
)
def test_openapi_3_0_has_words_of_its_own(
    read: Write, schema: Any, valid: list[Any], invalid: list[Any]
) -> None:
    own = of_schema(read, schema, Five={"type": "string", "minLength": 5})
    assert own.compile() is None
    assert [v for v in valid if not own.is_valid(v)] == []
    assert [v for v in invalid if own.is_valid(v)] == []


@pytest.mark.parametrize("version", ["3.1.0", "3.2.0"])
def test_later_versions_do_not_know_nullable_and_mind_siblings(read: Write, version: str) -> None:
    nullable = of_schema(read, {"type": "string", "nullable": True}, version)
    assert not nullable.is_valid(None)
    sibling = {"$ref": "#/components/schemas/Five", "maxLength": 6}
    five = of_schema(read, sibling, version, Five={"type": "string", "minLength": 5})
    assert [five.is_valid(text) for text in ("four", "fives", "sevenish")] == [False, True, False]


NAMES = ["nullable", "example", "default", "required", "properties", "$ref", "schema", "x-name"]


@pytest.mark.parametrize("name", NAMES)
def test_a_property_may_have_any_name(read: Write, name: str) -> None:
    inner = {"type": "string", "nullable": True}
    own = of_schema(read, {"type": "object", "properties": {name: inner}, "required": [name]})
    assert own.compile() is None
    assert [own.is_valid(v) for v in ({name: None}, {name: "a"}, {name: 5}, {})] == [
        True, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize("keyword", ["example", "default", "x-data"])
def test_data_is_left_as_it_is(read: Write, keyword: str) -> None:
    data = {"type": "string", "nullable": True, "properties": {"a": {"nullable": True}}}
    own = of_schema(read, {keyword: data})
    assert own.raw == {keyword: data}


def test_the_document_itself_is_not_changed(read: Write) -> None:
    schemas = {"It": {"type": "string", "nullable": True, "format": "int32"}}
    text = json.dumps(document(components={"schemas": schemas}))
    contract = read({"openapi.json": json.loads(text)})
    assert contract.documents.root.data == json.loads(text)


BOUNDS = st.integers(-3, 3)
NUMBERS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"type": st.sampled_from(["integer", "number"])},
    optional={
        "nullable": st.booleans(),
        "minimum": BOUNDS,
        "maximum": BOUNDS,
        "exclusiveMinimum": st.booleans(),
        "exclusiveMaximum": st.booleans(),
    },
)
TEXTS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"type": st.just("string")},
    optional={
        "nullable": st.booleans(),
        "maxLength": st.integers(0, 3),
    },
)
SCHEMAS_30: st.SearchStrategy[dict[str, Any]] = st.recursive(
    NUMBERS | TEXTS,
    lambda inner: st.one_of(
        st.fixed_dictionaries(
            {"type": st.just("array"), "items": inner}, optional={"nullable": st.booleans()}
        ),
        st.fixed_dictionaries(
            {"type": st.just("object")},
            optional={
                "nullable": st.booleans(),
                "properties": st.dictionaries(st.sampled_from("ab"), inner),
                "required": st.lists(st.sampled_from("ab"), min_size=1, unique=True),
                "additionalProperties": st.booleans() | inner,
            },
        ),
        st.fixed_dictionaries({"allOf": st.lists(inner, min_size=1, max_size=2)}),
        st.fixed_dictionaries({"anyOf": st.lists(inner, min_size=1, max_size=2)}),
    ),
    max_leaves=5,
)
VALUES = st.recursive(
    st.none() | st.integers(-4, 4) | st.sampled_from(["", "a", "long"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=2)
    ),
    max_leaves=5,
)


@given(SCHEMAS_30, VALUES)
def test_a_second_engine_for_3_0_comes_to_the_same_verdict(schema: Any, value: Any) -> None:
    ours = schema_of({"$ref": "#/components/schemas/It"}, {"It": schema}, "3.0.3")
    assert ours.is_valid(value) == OAS30Validator(schema).is_valid(value)


# Where schemas stand ---------------------------------------------------------------------------

NULLABLE = {"type": "string", "nullable": True}
JSON = {"application/json": {"schema": NULLABLE}}
RESPONSES = {"200": {"description": "d"}}
PLACES: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "a response": (
        {"paths": {"/a": {"get": {"responses": {"200": {"content": JSON}}}}}},
        ("paths", "/a", "get", "responses", "200", "content", "application/json", "schema"),
    ),
    "the default response": (
        {"paths": {"/a": {"get": {"responses": {"default": {"content": JSON}}}}}},
        ("paths", "/a", "get", "responses", "default", "content", "application/json", "schema"),
    ),
    "a header of a response": (
        {"components": {"responses": {"A": {"headers": {"A": {"schema": NULLABLE}}}}}},
        ("components", "responses", "A", "headers", "A", "schema"),
    ),
    "a header whose name starts with x-": (
        {"components": {"responses": {"A": {"headers": {"x-a": {"schema": NULLABLE}}}}}},
        ("components", "responses", "A", "headers", "x-a", "schema"),
    ),
    "a request body": (
        {"paths": {"/a": {"post": {"requestBody": {"content": JSON}, "responses": RESPONSES}}}},
        ("paths", "/a", "post", "requestBody", "content", "application/json", "schema"),
    ),
    "a parameter of an operation": (
        {"paths": {"/a": {"get": {"parameters": [{"schema": NULLABLE}]}}}},
        ("paths", "/a", "get", "parameters", "0", "schema"),
    ),
    "a parameter of a path": (
        {"paths": {"/a": {"parameters": [{"content": JSON}]}}},
        ("paths", "/a", "parameters", "0", "content", "application/json", "schema"),
    ),
    "a path that is named like data": (
        {"paths": {"/example": {"get": {"parameters": [{"schema": NULLABLE}]}}}},
        ("paths", "/example", "get", "parameters", "0", "schema"),
    ),
    "a header of a part": (
        {
            "components": {
                "requestBodies": {
                    "A": {
                        "content": {
                            "multipart/form-data": {
                                "encoding": {"a": {"headers": {"B": {"schema": NULLABLE}}}}
                            }
                        }
                    }
                }
            }
        },
        ("components", "requestBodies", "A", "content", "multipart/form-data", "encoding", "a",
         "headers", "B", "schema"),
    ),
    "a component named default": (
        {"components": {"parameters": {"default": {"schema": NULLABLE}}}},
        ("components", "parameters", "default", "schema"),
    ),
    "a component named schema": (
        {"components": {"parameters": {"schema": {"schema": NULLABLE}}}},
        ("components", "parameters", "schema", "schema"),
    ),
    "a schema named example": (
        {"components": {"schemas": {"example": NULLABLE}}},
        ("components", "schemas", "example"),
    ),
    "a schema in a schema": (
        {"components": {"schemas": {"A": {"anyOf": [{"items": {"not": NULLABLE}}]}}}},
        ("components", "schemas", "A", "anyOf", "0", "items", "not"),
    ),
    "a callback": (
        {
            "paths": {
                "/a": {"get": {"callbacks": {"c": {"{$url}": {"post": {"requestBody":
                {"content": JSON}}}}}}}
            }
        },
        ("paths", "/a", "get", "callbacks", "c", "{$url}", "post", "requestBody", "content",
         "application/json", "schema"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("members", "tokens"), PLACES.values(), ids=PLACES)
def test_a_schema_is_known_wherever_the_specification_has_one(
    read: Write, members: dict[str, Any], tokens: tuple[str, ...]
) -> None:
    found = at(read({"openapi.json": document(**members)}), *tokens)
    assert found.raw == {"type": ["string", "null"]}


@pytest.mark.parametrize(
    "members",
    [
        pytest.param({"x-a": {"schema": NULLABLE}}, id="an extension"),
        pytest.param(
            {"components": {"examples": {"A": {"value": {"schema": NULLABLE}}}}}, id="an example"
        ),
        pytest.param({"info": {"schema": NULLABLE}}, id="a member that nobody knows"),
    ],
)
def test_what_only_looks_like_a_schema_is_left_alone(read: Write, members: Any) -> None:
    contract = read({"openapi.json": document(**members)})
    assert contract.replies.translation.data(contract.documents.root) == document(**members)


@pytest.mark.parametrize("version", ["3.1.0", "3.2.0"])
def test_what_needs_no_change_is_not_copied(read: Write, version: str) -> None:
    contract = read({"openapi.json": document(version, components={"schemas": {"A": NULLABLE}})})
    assert (
        contract.replies.translation.data(contract.documents.root) is contract.documents.root.data
    )
    assert contract.requests is contract.replies


def test_the_later_versions_have_schemas_in_more_places(read: Write) -> None:
    media = {"itemSchema": INT32, "itemEncoding": {"headers": {"A": {"schema": INT32}}}}
    query = {"requestBody": {"content": {"application/jsonl": media}}}
    components = {
        "mediaTypes": {"M": media},
        "pathItems": {"P": {"query": query, "additionalOperations": {"COPY": query}}},
    }
    contract = read({"openapi.json": document("3.2.0", components=components)})
    media_type = ("requestBody", "content", "application/jsonl")
    for tokens in (
        ("mediaTypes", "M", "itemSchema"),
        ("mediaTypes", "M", "itemEncoding", "headers", "A", "schema"),
        ("pathItems", "P", "query", *media_type, "itemSchema"),
        ("pathItems", "P", "additionalOperations", "COPY", *media_type, "itemSchema"),
    ):
        assert not at(contract, "components", *tokens).is_valid(2**31), tokens


# References ------------------------------------------------------------------------------------


def test_schemas_that_only_a_reference_tells_are_schemas(read: Write) -> None:
    """In extensions, in other files, in files behind those, and back again."""
    schemas = {
        "Here": {"$ref": "#/x-parts/A"},
        "There": {"$ref": "parts/b.json#/deep/0/B"},
        "Whole": {"$ref": "parts/whole.json"},
    }
    contract = read(
        {
            "openapi.json": document(components={"schemas": schemas})
            | {"x-parts": {"A": NULLABLE}},
            "parts/b.json": {"deep": [{"B": {"properties": {"c": {"$ref": "c.json#/C"}}}}]},
            "parts/c.json": {"C": {"items": {"$ref": "../openapi.json#/x-parts/A"}}},
            "parts/whole.json": {**NULLABLE, "minLength": 2},
        }
    )
    here, there, whole = (
        at(contract, "components", "schemas", name) for name in ("Here", "There", "Whole")
    )
    assert [here.is_valid(v) for v in (None, "a", 5)] == [True, True, False]
    assert there.is_valid({"c": [None, "a"]})
    assert not there.is_valid({"c": [5]})
    assert [whole.is_valid(v) for v in (None, "ab", "a")] == [True, True, False]


@pytest.mark.parametrize(
    ("members", "file"),
    [
        pytest.param(
            {"paths": {"/a": {"$ref": "b.json#/It"}}},
            {"It": {"get": {"responses": {"default": {"content": JSON}}}}},
            id="a path",
        ),
        pytest.param(
            {"paths": {"/a": {"get": {"responses": {"default": {"$ref": "b.json#/It"}}}}}},
            {"It": {"content": JSON}},
            id="a response",
        ),
        pytest.param(
            {"paths": {"/a": {"get": {"responses": {"200": {"$ref": "b.json#/x/y"}}}}}},
            {"x": {"y": {"$ref": "#/components/responses/It"}},
             "components": {"responses": {"It": {"content": JSON}}}},
            id="a response behind a reference",
        ),
    ],
)  # fmt: skip
def test_what_a_reference_leads_to_is_what_stands_at_it(
    read: Write, members: Any, file: Any
) -> None:
    contract = read({"openapi.json": document(**members), "b.json": file})
    (operation,) = contract.operations
    (response,) = operation.responses.values()
    schema = response.content["application/json"].schema
    assert schema is not None
    assert [schema.is_valid(v) for v in (None, "a", 5)] == [True, True, False]


def test_a_schema_may_hold_itself(read: Write) -> None:
    tree = {"type": "object", "nullable": True, "properties": {"kids": {"type": "array", "items":
            {"$ref": "#/components/schemas/It"}}}}  # fmt: skip
    own = of_schema(read, tree)
    assert own.is_valid({"kids": [{"kids": [None]}]})
    assert not own.is_valid({"kids": [{"kids": [5]}]})


def test_what_a_3_0_reference_swallows_is_no_harm(read: Write) -> None:
    swallowing = {"$ref": "#/components/schemas/B", "properties": {"a": NULLABLE}}
    into = {"$ref": "#/components/schemas/It/properties/a"}
    of_schema(read, swallowing, B={"type": "string"}, C=into)
    assert of_schema(read, swallowing, B={"type": "string"}, C=into).is_valid("a")


# Integers of 32 and 64 bits --------------------------------------------------------------------


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0", "3.2.0"])
@pytest.mark.parametrize(
    ("schema", "valid", "invalid"),
    [
        (INT32, [0, -(2**31), 2**31 - 1], [-(2**31) - 1, 2**31, 1e12]),
        (INT64, [0, -(2**63), 2**63 - 1], [2**63, 1e19, -1e19]),
        ({**INT32, "minimum": 0}, [0, 2**31 - 1], [-1, 2**31]),
        ({**INT32, "maximum": 2**40}, [2**31 - 1], [2**31]),
        ({"type": "number", "format": "int32"}, [1.5], [2.0**31]),
        ({"type": "string", "format": "int32"}, ["99999999999"], [5]),
        ({"format": "int32"}, ["a", 5], [2**31]),
        ({"type": "integer", "format": "int128"}, [2**70], ["a"]),
        ({"type": "integer", "format": "int8"}, [-128, 127], [-129, 128]),
        ({"type": "integer", "format": "int16"}, [-(2**15), 2**15 - 1], [2**15]),
        ({"type": "integer", "format": "uint8"}, [0, 255], [-1, 256]),
        ({"type": "integer", "format": "uint16"}, [0, 65_535], [-1, 65_536]),
        ({"type": "integer", "format": "uint32"}, [0, 4_294_967_295], [-1, 4_294_967_296]),
        ({"type": "integer", "format": "uint64"}, [0, 2**64 - 1], [-1, 2**64]),
        ({"type": "number", "format": "double-int"}, [2**53 - 1], [2**53]),
        ({"type": "string", "format": "int64"}, ["0", "-5", str(2**63 - 1)], [str(2**63), "a", ""]),
        ({"type": "string", "format": "uint64"}, ["0", str(2**64 - 1)], ["-1", str(2**64), "1.0"]),
        ({"type": "string", "format": "decimal"}, ["12.50", "-1"], ["1e5", "twelve", "1."]),
        ({"type": "string", "format": "decimal128"}, ["1.5E-3", "9" * 34], ["9" * 35, "NaN"]),
        ({"type": "string", "format": "unixtime"}, ["1700000000"], ["yesterday"]),
        # The registry has these for numbers alone.
        ({"type": "string", "format": "int32"}, ["any", "99999999999"], [5]),
        ({"type": "array", "items": INT32}, [[1]], [[1, 2**31]]),
    ],
)
def test_integers_have_as_many_bits_as_their_format_says(
    read: Write, version: str, schema: Any, valid: list[Any], invalid: list[Any]
) -> None:
    own = of_schema(read, schema, version)
    assert [v for v in valid if not own.is_valid(v)] == []
    assert [v for v in invalid if own.is_valid(v)] == []


def _text(number: float) -> str:
    """Return a number as JSON; releases of the library write the exponent differently."""
    return orjson.dumps(number).decode()


@pytest.mark.parametrize(
    ("schema", "value", "message", "rule"),
    [
        (INT32, 2**31, "is 2147483648; expected an integer of 32 bits", "format"),
        (INT64, -1e19, f"is {_text(-1e19)}; expected an integer of 64 bits", "format"),
        ({**INT32, "minimum": 1}, 0, "is 0; expected at least 1", "minimum"),
        ({**INT32, "minimum": 1}, 2**31, "is 2147483648; expected an integer of 32", "format"),
    ],
)
def test_too_many_bits_are_told_as_the_format_that_was_broken(
    read: Write, schema: Any, value: Any, message: str, rule: str
) -> None:
    (violation,) = of_schema(read, schema).violations(value, ("request", "query", "n"))
    assert violation.message.startswith(f"n in the query {message}")
    assert (violation.keyword, violation.pointer) == (rule, "")
    assert violation.rule.endswith(f"openapi.json#/components/schemas/It/{rule}")


# For one direction only ------------------------------------------------------------------------

PET = {
    "type": "object",
    "required": ["id", "secret", "name"],
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "secret": {"type": "string", "writeOnly": True},
        "name": {"type": "string"},
    },
}


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0", "3.2.0"])
@pytest.mark.parametrize(
    ("direction", "missing"), [("request", ["secret", "name"]), ("reply", ["id", "name"])]
)
def test_a_property_for_the_other_direction_may_be_missing(
    read: Write, version: str, direction: Direction, missing: list[str]
) -> None:
    pet = of_schema(read, PET, version, direction)
    found = [v.location[-1] for v in pet.violations({}, ("request", "body"))]
    assert sorted(found) == sorted(missing)
    assert pet.is_valid({"id": 1, "secret": "s", "name": "n"})


@pytest.mark.parametrize(
    ("member", "version"),
    [
        pytest.param({"$ref": "#/components/schemas/Id"}, "3.0.3", id="in what it refers to"),
        pytest.param({"allOf": [{}], "readOnly": True}, "3.0.3", id="beside allOf"),
        pytest.param(
            {"$ref": "#/components/schemas/Plain", "readOnly": True}, "3.1.0", id="beside $ref"
        ),
    ],
)
def test_it_does_not_matter_how_a_property_is_said_to_be_read_only(
    read: Write, member: Any, version: str
) -> None:
    schema = {"type": "object", "required": ["id"], "properties": {"id": member}}
    others = {"Id": {"type": "integer", "readOnly": True}, "Plain": {"type": "integer"}}
    assert of_schema(read, schema, version, "request", **others).is_valid({})
    assert not of_schema(read, schema, version, "reply", **others).is_valid({})


def test_deep_inside_and_behind_a_reference_it_is_the_same(read: Write) -> None:
    pets = {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}}
    sent = of_schema(read, pets, "3.1.0", "request", Pet=PET)
    received = of_schema(read, pets, "3.1.0", "reply", Pet=PET)
    assert sent.is_valid([{"secret": "s", "name": "n"}])
    assert not received.is_valid([{"secret": "s", "name": "n"}])
    assert received.is_valid([{"id": 1, "name": "n"}])


BASE = {"type": "object", "properties": {"id": {"allOf": [{"$ref": "#/components/schemas/Id"}]}}}
ID = {"type": "integer", "readOnly": True}
REQUIRED = {"required": ["id", "name"]}


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0", "3.2.0"])
@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"allOf": [{"$ref": "#/components/schemas/Base"}, REQUIRED]}, id="siblings"),
        pytest.param({"allOf": [{"$ref": "#/components/schemas/Base"}], **REQUIRED}, id="beside"),
        pytest.param({**BASE, "allOf": [{"allOf": [REQUIRED]}]}, id="deep inside allOf"),
    ],
)
def test_it_does_not_matter_where_a_read_only_property_is_required(
    read: Write, version: str, schema: Any
) -> None:
    sent = of_schema(read, schema, version, "request", Base=BASE, Id=ID)
    received = of_schema(read, schema, version, "reply", Base=BASE, Id=ID)
    assert [v.location[-1] for v in sent.violations({}, ("request", "body"))] == ["name"]
    assert not received.is_valid({"name": "n"})
    assert received.is_valid({"name": "n", "id": 1})


def test_what_stands_beside_a_reference_of_3_0_is_not_said(read: Write) -> None:
    member = {"$ref": "#/components/schemas/Plain", "readOnly": True}
    schema = {"type": "object", "required": ["id"], "properties": {"id": member}}
    assert not of_schema(read, schema, "3.0.3", "request", Plain={"type": "integer"}).is_valid({})


def test_schemas_that_hold_each_other_have_an_end(read: Write) -> None:
    loop = {"allOf": [{"$ref": "#/components/schemas/Loop"}], "properties": {"id": ID}, **REQUIRED}
    sent = of_schema(read, loop, "3.1.0", "request", Loop=loop)
    assert sent.raw["required"] == ["name"]


# Dialects of JSON Schema -----------------------------------------------------------------------

DRAFT_4 = "http://json-schema.org/draft-04/schema#"


def test_the_document_may_name_another_dialect(read: Write) -> None:
    components = {"schemas": {"It": {"minimum": 5, "exclusiveMinimum": True}}}
    whole = document("3.1.0", jsonSchemaDialect=DRAFT_4, components=components)
    own = at(read({"openapi.json": whole}), "components", "schemas", "It")
    assert own.compile() is None
    assert own.raw == {"exclusiveMinimum": 5}
    assert [own.is_valid(n) for n in (5, 6)] == [False, True]


def test_a_schema_may_name_a_dialect_of_its_own(read: Write) -> None:
    seven = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "items": [{"type": "string"}, {"$ref": "#/components/schemas/Other"}],
        "additionalItems": False,
    }
    own = of_schema(read, seven, "3.1.0", Other={"type": "integer"})
    assert own.compile() is None
    verdicts = [own.is_valid(v) for v in (["a"], ["a", 5], ["a", "b"], ["a", 5, 5])]
    assert verdicts == [True, True, False, False]


@pytest.mark.parametrize("dialect", ["https://example.com/mine", "", 5, None])
def test_a_dialect_that_nobody_knows_is_taken_for_the_usual_one(read: Write, dialect: Any) -> None:
    components = {"schemas": {"It": {"type": "string"}}}
    whole = document("3.1.0", jsonSchemaDialect=dialect, components=components)
    own = at(read({"openapi.json": whole}), "components", "schemas", "It")
    assert [own.is_valid(v) for v in (5, "a")] == [False, True]


WEIRD: list[Any] = [
    *(None, True, 5, -1, 2**64, 1.5, "", "x", [], {}, [None], [[]], [{}], {"": None}),
    *({"$ref": 5}, {"$ref": []}, {"$ref": "//["}, {"$ref": "#"}, {"$ref": ""}),
]
KEYWORDS = [
    *("type", "format", "required", "properties", "items", "allOf", "nullable", "minimum"),
    *("exclusiveMinimum", "$ref", "$id", "$schema", "$anchor", "enum", "readOnly"),
]


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize("keyword", KEYWORDS)
def test_a_keyword_of_any_value_is_no_reason_to_fail(
    tmp_path: Path, keyword: str, version: str
) -> None:
    base = {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}
    weird = {f"It{n}": {**base, keyword: value} for n, value in enumerate(WEIRD)}
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(document(version, components={"schemas": weird})))
    documents = Documents(read_document(path))
    for direction in ("request", "reply"):
        translation = Translation(documents, direction, version == "3.0.3")
        assert translation.data(documents.root)["openapi"] == version
