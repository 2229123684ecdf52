"""The contract's schemas: what they accept, and what is said of a value that breaks one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mock_server.document import Documents, read_document
from mock_server.errors import Violation
from mock_server.schemas import MOST_ALONE, Schema, Schemas

_BODY = ("request", "body")


def compiled(folder: Path, schemas: dict[str, Any]) -> dict[str, Schema]:
    """The schemas of a contract by name."""
    path = folder / "api.json"
    path.write_text(json.dumps({"components": {"schemas": schemas}}))
    documents = Documents(read_document(path))
    engine = Schemas(documents, "request", False)
    root = documents.root
    return {name: engine.place(root, ("components", "schemas", name)) for name in schemas}


def broken(folder: Path, schema: Any, value: Any, **others: Any) -> list[Violation]:
    return compiled(folder, {"A": schema, **others})["A"].violations(value, _BODY)


def test_every_violation_is_found_with_its_place_and_its_rule(tmp_path: Path) -> None:
    schema = {
        "required": ["id"],
        "properties": {
            "id": {"type": "integer"},
            "a/b": {"type": "string"},
            "tags": {"type": "array", "items": {"$ref": "#/components/schemas/Tag"}},
        },
    }
    value = {"a/b": 5, "tags": ["a", "bbb"]}
    found = broken(tmp_path, schema, value, Tag={"type": "string", "maxLength": 2})
    rules = {v.pointer: (v.keyword, v.rule.split("api.json")[1]) for v in found}
    assert rules == {
        "/id": ("required", "#/components/schemas/A/required"),
        "/a~1b": ("type", "#/components/schemas/A/properties/a~1b/type"),
        "/tags/1": ("maxLength", "#/components/schemas/Tag/maxLength"),
    }
    messages = {v.pointer: v.message for v in found}
    assert messages == {
        "/id": "id in the body is missing; expected an integer",
        "/a~1b": "a/b in the body is an integer, 5; expected a string",
        "/tags/1": "tags[1] in the body has 3 characters; expected at most 2 characters",
    }
    assert ("request", "body", "tags", "1") in [v.location for v in found]


# The schema, a value that breaks it, the keyword and the message.
MESSAGES: dict[str, tuple[Any, Any, str, str]] = {
    "the whole body": (
        {"type": "object"},
        5,
        "type",
        "the body is an integer, 5; expected an object",
    ),
    "int64 is a format": (
        {"type": "integer", "format": "int64"},
        2**63,
        "format",
        f"the body is {2**63}; expected an integer of 64 bits",
    ),
    "an undeclared property": (
        {"properties": {"name": {}}, "additionalProperties": False},
        {"nmae": 1},
        "additionalProperties",
        'the body has the undeclared "nmae"; expected only "name"; did you mean "name"?',
    ),
    "several alternatives fit": (
        {"oneOf": [{"type": "integer"}, {"minimum": 0}]},
        5,
        "oneOf",
        "the body is 5 and fits 2 of 2 alternatives; expected exactly one to fit",
    ),
    "the nearest alternative": (
        {
            "oneOf": [
                {"type": "string"},
                {"properties": {"a": {"type": "integer"}}, "type": "object"},
            ]
        },
        {"a": "x"},
        "oneOf",
        'the body is {"a":"x"} and fits none of 2 alternatives;'
        ' in the nearest a is a string, "x"; expected an integer',
    ),
}


@pytest.mark.parametrize(("schema", "value", "keyword", "message"), MESSAGES.values(), ids=MESSAGES)
def test_a_message_says_field_what_is_wrong_and_what_is_expected(
    tmp_path: Path, schema: object, value: object, keyword: str, message: str
) -> None:
    [found] = broken(tmp_path, schema, value)
    assert (found.keyword, found.message) == (keyword, message)
    assert found.rule.endswith(f"api.json#/components/schemas/A/{keyword}")


def test_a_value_that_keeps_to_its_schema_has_no_violations(tmp_path: Path) -> None:
    assert broken(tmp_path, {"type": "string"}, "a") == []


UNUSABLE: dict[str, Any] = {
    "an invalid pattern": {"pattern": "("},
    "a dangling ref": {"$ref": "#/components/schemas/None"},
    "a dangling ref inside": {"properties": {"a": {"$ref": "#/components/schemas/None"}}},
    "a type that is none": {"type": 5},
}


@pytest.mark.parametrize("schema", UNUSABLE.values(), ids=UNUSABLE)
def test_a_schema_that_cant_be_used_has_a_fault_and_accepts_everything(
    tmp_path: Path, schema: object
) -> None:
    unusable = compiled(tmp_path, {"A": schema})["A"]
    assert unusable.compile()
    assert unusable.compile() == unusable.fault
    values: list[Any] = [None, 5, "a", [], {"a": 1}]
    assert all(map(unusable.is_valid, values))
    assert unusable.violations({"a": 1}, _BODY) == []


# The schemas, a value that A accepts and one that it doesn't.
NAMED: dict[str, tuple[dict[str, Any], Any, Any]] = {
    "an anchor": ({"A": {"$ref": "#b"}, "B": {"$anchor": "b", "type": "string"}}, "a", 5),
    "an $id": (
        {
            "A": {"$ref": "https://example.com/b"},
            "B": {"$id": "https://example.com/b", "type": "string"},
        },
        "a",
        5,
    ),
}


@pytest.mark.parametrize(("schemas", "fits", "breaks"), NAMED.values(), ids=NAMED)
def test_a_schema_with_a_name_of_its_own_is_found_by_it(
    tmp_path: Path, schemas: dict[str, Any], fits: object, breaks: object
) -> None:
    schema = compiled(tmp_path, schemas)["A"]
    assert schema.compile() is None
    assert (schema.is_valid(fits), schema.is_valid(breaks)) == (True, False)
    assert schema.violations(breaks, _BODY)


def test_many_schemas_judged_together_have_the_verdicts_that_they_have_alone(
    tmp_path: Path,
) -> None:
    many: dict[str, Any] = {f"N{n}": {"minimum": n} for n in range(MOST_ALONE)}
    many |= {"Text": {"type": "string"}, "Bad": {"pattern": "("}, "Ref": {"$ref": "#/no"}}
    many["Linked"] = {"properties": {"a": {"$ref": "#/components/schemas/N3"}}}
    values: list[Any] = [*range(0, MOST_ALONE, 7), "a", None, {"a": 2}, {"a": 3}]
    together = compiled(tmp_path, many)
    # All of them are known before the first is judged, so they are judged together.
    verdicts = {name: [s.is_valid(v) for v in values] for name, s in together.items()}
    few: dict[str, list[bool]] = {}
    for name, schema in many.items():
        alone = compiled(tmp_path, {"N3": many["N3"], name: schema})[name]
        few[name] = [alone.is_valid(v) for v in values]
    assert verdicts == few
    assert [name for name, schema in together.items() if schema.fault] == ["Bad", "Ref"]


def test_a_schema_may_speak_a_dialect_of_its_own(tmp_path: Path) -> None:
    old = "http://json-schema.org/draft-07/schema#"
    schema = compiled(tmp_path, {"A": {"$schema": old, "dependencies": {"a": ["b"]}}})["A"]
    assert schema.compile() is None
    assert schema.is_valid({"a": 1, "b": 2})
    assert not schema.is_valid({"a": 1})
