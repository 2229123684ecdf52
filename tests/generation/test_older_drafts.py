"""Replies keep to JSON Schema's older drafts, as requests do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import validators  # type: ignore[import-untyped]

from mock_server.project import document_findings
from tests.helpers.running import Serve, json_of, thing

DRAFT_4, DRAFT_6, DRAFT_7 = (f"http://json-schema.org/draft-0{n}/schema#" for n in (4, 6, 7))
DRAFT_2019 = "https://json-schema.org/draft/2019-09/schema"
ALL = [DRAFT_4, DRAFT_6, DRAFT_7, DRAFT_2019]
FIRST_3 = ALL[:3]
TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
PAIR: dict[str, Any] = {"type": "array", "minItems": 2}
AB: dict[str, Any] = {"type": "object", "properties": {"a": TEXT, "b": NUMBER}}

# Each with the drafts that mean by it what it says here.
SCHEMAS: list[tuple[list[str], dict[str, Any]]] = [
    ([DRAFT_4], {"type": "integer", "minimum": 5, "exclusiveMinimum": True, "maximum": 7}),
    ([DRAFT_4], {"type": "number", "maximum": 1, "exclusiveMaximum": True, "minimum": 0.5}),
    ([DRAFT_4], {"type": "integer", "minimum": 5, "maximum": 5, "exclusiveMinimum": False}),
    ([DRAFT_4], {"type": "object", "properties": {"a": {"minimum": 1, "exclusiveMinimum": True}}}),
    (ALL[1:], {"type": "integer", "exclusiveMinimum": 5, "exclusiveMaximum": 7}),
    (ALL, {**PAIR, "items": [TEXT, NUMBER]}),
    (ALL, {**PAIR, "items": [TEXT, NUMBER], "additionalItems": False}),
    (ALL, {**PAIR, "items": [TEXT], "additionalItems": NUMBER}),
    (ALL, {**PAIR, "items": TEXT, "additionalItems": False}),
    (ALL, {**PAIR, "items": [{**PAIR, "items": [NUMBER, TEXT]}]}),
    (ALL, {**PAIR, "not": {"items": [TEXT], "minItems": 1}}),
    (FIRST_3, {**AB, "required": ["a"], "dependencies": {"a": ["b"]}}),
    (FIRST_3, {**AB, "required": ["a"], "dependencies": {"a": {"required": ["c"]}}}),
    (FIRST_3, {**AB, "required": ["c"], "unevaluatedProperties": False}),
    ([DRAFT_4], {"type": "string", "const": 5}),
    ([DRAFT_4, DRAFT_6], {"type": "string", "if": {}, "then": False}),
    (
        FIRST_3,
        {
            "type": "object",
            "required": ["x"],
            "properties": {"x": {"$ref": "#/definitions/n", "type": "string", "maxLength": 0}},
            "definitions": {"n": NUMBER},
        },
    ),
    (ALL, {**PAIR, "items": {"$ref": "#/definitions/n"}, "definitions": {"n": NUMBER}}),
]
TREE = {
    "type": "object",
    "required": ["v"],
    "properties": {"next": {"$recursiveRef": "#"}, "v": NUMBER},
    "$recursiveAnchor": True,
}
MODES = ["", *(f"dynamic={mode}" for mode in ("true", "minimal", "maximal", "boundary"))]


def of(dialect: str) -> list[dict[str, Any]]:
    return [schema for dialects, schema in SCHEMAS if dialect in dialects]


def replies_keep_to(
    serve: Serve, dialect: str, schemas: list[Any], placed: list[Any], **top: Any
) -> None:
    """Check that replies of components, whose schemas are as in the document, fit the schemas."""
    components = {"schemas": {f"S{n}": schema for n, schema in enumerate(placed)}}
    paths = {}
    for n in range(len(placed)):
        response = {"200": json_of({"$ref": f"#/components/schemas/S{n}"})}
        paths[f"/s{n}"] = {**thing(response)["/thing"]}
        paths[f"/s{n}"]["get"]["operationId"] = f"s{n}"
    mock = serve({**top, "components": components, **paths})
    for n, schema in enumerate(schemas):
        judge = validators.validator_for({"$schema": dialect})(schema)
        for wish in MODES:
            reply = mock.get(f"/s{n}", headers={"Prefer": wish} if wish else {})
            assert reply.status_code == 200, (schema, reply.text)
            assert judge.is_valid(reply.json()), (schema, reply.text)


@pytest.mark.parametrize("dialect", ALL)
def test_replies_keep_to_the_draft_that_the_document_names(serve: Serve, dialect: str) -> None:
    schemas = of(dialect)
    texts = (
        json.dumps(schema).replace("#/definitions", f"#/components/schemas/S{n}/definitions")
        for n, schema in enumerate(schemas)
    )
    placed = list(map(json.loads, texts))
    replies_keep_to(serve, dialect, schemas, placed, jsonSchemaDialect=dialect)


@pytest.mark.parametrize("dialect", ALL)
def test_replies_keep_to_the_draft_that_a_schema_names(serve: Serve, dialect: str) -> None:
    schemas = [*of(dialect), *([TREE] if dialect == DRAFT_2019 else [])]
    own = "id" if dialect == DRAFT_4 else "$id"
    placed = [{"$schema": dialect, own: f"urn:s{n}", **s} for n, s in enumerate(schemas)]
    replies_keep_to(serve, dialect, schemas, placed)


def test_the_check_of_schemas_of_other_drafts_finds_what_is_wrong_alone(serve: Serve) -> None:
    schemas = {"It": {"type": "integer", "minimum": 5, "exclusiveMinimum": True, "maximum": 5}}
    paths = thing({"200": json_of({"$ref": "#/components/schemas/It"})})
    mock = serve({"jsonSchemaDialect": DRAFT_4, "components": {"schemas": schemas}, **paths})
    (found,) = [f.message for f in document_findings(mock.app.parts)]
    assert "no number lies within its bounds" in found
    assert mock.get("/thing").status_code == 501
