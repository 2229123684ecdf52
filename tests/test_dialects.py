"""OpenAPI's own words for schemas, in those of JSON Schema 2020-12."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mock_server.dialects import Direction, Translation
from mock_server.document import Documents, read_document


def translation(
    folder: Path,
    schemas: dict[str, Any],
    direction: Direction = "reply",
    is_30: bool = True,
    **others: dict[str, Any],
) -> Translation:
    """A contract with those schemas; `others` are files beside it, by their names' stems."""
    for stem, data in {"api": {"components": {"schemas": schemas}}, **others}.items():
        (folder / f"{stem}.json").write_text(json.dumps(data))
    documents = Documents(read_document(folder / "api.json"))
    return Translation(documents, direction, is_30)


def translated(folder: Path, schema: Any, is_30: bool = True) -> Any:
    done = translation(folder, {"A": schema}, is_30=is_30)
    return done.data(done._documents.root)["components"]["schemas"]["A"]


_INT32 = {"minimum": -(2**31), "maximum": 2**31 - 1}
_INT64 = {"minimum": -(2**63), "maximum": 2**63 - 1}
IN_30: dict[str, tuple[Any, Any]] = {
    "nullable": ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
    "not nullable": ({"type": "string", "nullable": False}, {"type": "string"}),
    "nullable without a type": ({"nullable": True}, {}),
    "nullable inside": (
        {"items": {"type": "string", "nullable": True}},
        {"items": {"type": ["string", "null"]}},
    ),
    "exclusive minimum": ({"minimum": 1, "exclusiveMinimum": True}, {"exclusiveMinimum": 1}),
    "inclusive minimum": ({"minimum": 1, "exclusiveMinimum": False}, {"minimum": 1}),
    "exclusive maximum": ({"maximum": 1, "exclusiveMaximum": True}, {"exclusiveMaximum": 1}),
    "exclusive without a bound": ({"exclusiveMaximum": True}, {}),
    "siblings of $ref": (
        {"$ref": "#/components/schemas/B", "type": "string", "nullable": True},
        {"$ref": "#/components/schemas/B"},
    ),
    "int32": ({"format": "int32"}, {"format": "int32", **_INT32}),
    "int64": ({"format": "int64"}, {"format": "int64", **_INT64}),
    "int32 with tighter bounds": (
        {"format": "int32", "minimum": 0, "maximum": 2**40},
        {"format": "int32", "minimum": 0, "maximum": 2**31 - 1},
    ),
}


@pytest.mark.parametrize(("schema", "expected"), IN_30.values(), ids=IN_30)
def test_the_words_of_3_0_become_those_of_2020_12(
    tmp_path: Path, schema: object, expected: object
) -> None:
    assert translated(tmp_path, schema) == expected


UNTOUCHED: dict[str, tuple[Any, bool]] = {
    "a property named nullable": ({"properties": {"nullable": {"type": "boolean"}}}, True),
    "a property named example": ({"properties": {"example": {"type": "string"}}}, True),
    "a property named default": ({"properties": {"default": {"type": "string"}}}, True),
    "an example that looks like a schema": ({"example": {"type": "a", "nullable": True}}, True),
    "a default that looks like a schema": ({"default": {"type": "a", "nullable": True}}, True),
    "an enum that looks like a schema": ({"enum": [{"type": "a", "nullable": True}]}, True),
    "3.1 has no nullable": ({"type": "string", "nullable": True}, False),
    "3.1 has siblings of $ref": ({"$ref": "#/components/schemas/A", "minLength": 1}, False),
    "3.1 has numbers for bounds": ({"exclusiveMinimum": 1}, False),
    "a format that is no text": ({"format": 5}, True),
    "a boolean schema": (True, False),
}


@pytest.mark.parametrize(("schema", "is_30"), UNTOUCHED.values(), ids=UNTOUCHED)
def test_what_is_no_word_of_the_dialect_stays_as_written(
    tmp_path: Path, schema: object, is_30: bool
) -> None:
    assert translated(tmp_path, schema, is_30) == schema


def test_a_property_named_nullable_is_itself_translated(tmp_path: Path) -> None:
    schema = {"properties": {"nullable": {"type": "boolean", "nullable": True}}}
    expected = {"properties": {"nullable": {"type": ["boolean", "null"]}}}
    assert translated(tmp_path, schema) == expected


@pytest.mark.parametrize("is_30", [True, False], ids=["3.0", "3.1"])
def test_int32_has_its_bounds_in_every_version(tmp_path: Path, is_30: bool) -> None:
    assert translated(tmp_path, {"format": "int32"}, is_30) == {"format": "int32", **_INT32}


def test_a_schema_in_another_file_is_translated_where_a_ref_reaches_it(tmp_path: Path) -> None:
    nullable = {"type": "string", "nullable": True}
    other = {"far": {"deep": {"items": {"$ref": "#/far/next"}}, "next": nullable, "no": nullable}}
    done = translation(tmp_path, {"A": {"$ref": "other.json#/far/deep"}}, other=other)
    far = next(done.data(d) for d in done._documents if d.path.name == "other.json")["far"]
    assert far["deep"] == {"items": {"$ref": "#/far/next"}}
    assert far["next"] == {"type": ["string", "null"]}
    assert far["no"] == nullable


_DIRECTED = {
    "required": ["id", "secret", "name", "far"],
    "properties": {
        "id": {"readOnly": True},
        "secret": {"writeOnly": True},
        "name": {"type": "string"},
        "far": {"$ref": "#/components/schemas/Far"},
    },
}
DIRECTIONS: dict[str, tuple[Direction, list[str]]] = {
    "a request needs nothing that is only read": ("request", ["secret", "name"]),
    "a reply needs nothing that is only written": ("reply", ["id", "name", "far"]),
}


@pytest.mark.parametrize(("direction", "required"), DIRECTIONS.values(), ids=DIRECTIONS)
@pytest.mark.parametrize("is_30", [True, False], ids=["3.0", "3.1"])
def test_a_required_property_is_required_in_its_own_direction(
    tmp_path: Path, direction: Direction, required: list[str], is_30: bool
) -> None:
    schemas = {"A": _DIRECTED, "Far": {"type": "string", "readOnly": True}}
    done = translation(tmp_path, schemas, direction, is_30)
    data = done.data(done._documents.root)
    assert data["components"]["schemas"]["A"] == {**_DIRECTED, "required": required}
    assert done.differs


def test_parts_that_need_no_change_are_shared_with_the_document(tmp_path: Path) -> None:
    schemas = {"A": {"properties": {"x": {"type": "string"}}}, "B": {"format": "int32"}}
    done = translation(tmp_path, schemas)
    root = done._documents.root
    before, after = root.data["components"]["schemas"], done.data(root)["components"]["schemas"]
    assert after["A"] is before["A"]
    assert before["B"] == {"format": "int32"}
    assert not done.differs


def test_a_document_that_needs_no_change_is_the_same_object(tmp_path: Path) -> None:
    done = translation(tmp_path, {"A": {"type": "string"}})
    assert done.data(done._documents.root) is done._documents.root.data
