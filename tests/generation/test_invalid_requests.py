"""Requests that break one rule: which rule, judged by a second engine, and by a server."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]

from mock_server.generation.invalid_requests import InvalidRequestCase, invalid_requests
from tests.generation.test_requests import CONTRACTS, OK, parameter, read, requests_of, sent
from tests.helpers.running import Serve, thing


def broken(folder: Path, **operation: Any) -> list[InvalidRequestCase]:
    requests = requests_of(read(thing(OK, "post", **operation), folder))
    return list(invalid_requests(requests, requests.asked(mode="maximal", optional=True)))


def body_of(schema: Any) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def keywords(found: list[InvalidRequestCase], part: str) -> set[str]:
    return {b.violation.keyword for b in found if b.violation.location[1] == part}


# Each schema, and the rules of it that requests are found to break.
RULES: dict[str, tuple[Any, set[str]]] = {
    "type": ({"type": "integer"}, {"type"}),
    "required": ({"type": "object", "required": ["a"], "properties": {"a": True}}, {"required"}),
    "closed": ({"type": "object", "additionalProperties": False}, {"additionalProperties"}),
    "unevaluated": (
        {"allOf": [{"type": "object"}], "unevaluatedProperties": False},
        {"unevaluatedProperties"},
    ),
    "minimum": ({"type": "integer", "minimum": 3}, {"minimum"}),
    "maximum": ({"type": "integer", "maximum": 3}, {"maximum"}),
    "exclusive": (
        {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        {"exclusiveMinimum", "exclusiveMaximum"},
    ),
    "multiple": ({"type": "integer", "multipleOf": 4}, {"multipleOf"}),
    "lengths": ({"type": "string", "minLength": 3, "maxLength": 5}, {"minLength", "maxLength"}),
    "pattern": ({"type": "string", "pattern": "^[a-z]{3}$"}, {"pattern"}),
    "enum": ({"enum": ["cat", "dog"]}, {"enum"}),
    "const": ({"const": 7}, {"const"}),
    "uuid": ({"type": "string", "format": "uuid"}, {"format"}),
    "date-time": ({"type": "string", "format": "date-time"}, {"format"}),
    "int32": ({"type": "integer", "format": "int32"}, {"format"}),
    "sizes": (
        {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 3},
        {"minItems", "maxItems"},
    ),
    "unique": ({"type": "array", "items": {"type": "integer"}, "minItems": 1,
                "uniqueItems": True}, {"uniqueItems"}),
    "properties": ({"type": "object", "minProperties": 1, "maxProperties": 2,
                    "additionalProperties": {"type": "boolean"}},
                   {"minProperties", "maxProperties"}),
    "alternatives": ({"oneOf": [{"type": "integer"}, {"type": "boolean"}]}, {"oneOf"}),
}  # fmt: skip


@pytest.mark.parametrize(("schema", "expected"), RULES.values(), ids=RULES)
def test_each_rule_of_a_body_is_broken(schema: Any, expected: set[str], tmp_path: Path) -> None:
    inside = {"type": "object", "required": ["it"], "properties": {"it": schema}}
    assert keywords(broken(tmp_path, requestBody=body_of(inside)), "body") >= expected


@pytest.mark.parametrize(("schema", "expected"), RULES.values(), ids=RULES)
def test_each_body_breaks_one_rule_and_that_which_is_named(
    schema: Any, expected: set[str], tmp_path: Path
) -> None:
    inside = {"type": "object", "required": ["it"], "properties": {"it": schema}}
    judge = Draft202012Validator(inside, format_checker=FormatChecker())
    judged = 0
    for request, violation in broken(tmp_path, requestBody=body_of(inside)):
        by_schema = violation.location[:2] == ("request", "body") and violation.pointer
        if not by_schema or violation.keyword == "format":
            continue  # the package knows neither int32 nor the rest by itself
        errors = list(judge.iter_errors(json.loads(request.body)))
        assert [error.validator for error in errors] == [violation.keyword]
        judged += 1
    assert judged or expected == {"format"}


def test_a_body_is_left_out_cut_short_and_sent_as_another_type(tmp_path: Path) -> None:
    found = broken(tmp_path, requestBody=body_of({"type": "object"}))
    assert {"required", "syntax"} <= keywords(found, "body")
    assert keywords(found, "header") == {"content-type"}


@pytest.mark.parametrize("where", ["query", "header", "cookie"])
def test_a_parameter_is_left_out_and_is_wrong(where: str, tmp_path: Path) -> None:
    found = broken(tmp_path, parameters=[parameter("q", where, {"type": "integer", "minimum": 1})])
    assert keywords(found, where) == {"required", "type", "minimum"}


def test_a_path_s_variable_is_wrong_but_never_left_out(tmp_path: Path) -> None:
    own = parameter("id", "path", {"type": "integer", "maximum": 9})
    contract = read({"/a/{id}": {"get": {"parameters": [own], "responses": OK}}}, tmp_path)
    requests = requests_of(contract)
    assert keywords(list(invalid_requests(requests, requests.asked())), "path") == {
        "type",
        "maximum",
    }


def test_credentials_are_left_out(tmp_path: Path) -> None:
    schemes = {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}
    paths = thing(OK, security=[{"key": []}])
    requests = requests_of(read({**paths, "components": {"securitySchemes": schemes}}, tmp_path))
    [(request, violation)] = invalid_requests(requests, requests.asked())
    assert (violation.keyword, request.headers) == ("security", {})


def test_a_schema_that_allows_everything_has_no_rule_to_break(tmp_path: Path) -> None:
    own: Mapping[str, Any] = {"name": "q", "in": "query", "schema": {}}
    assert broken(tmp_path, parameters=[own]) == []


@pytest.mark.parametrize("name", ["world_depot", "world_library", "world_zoo"])
def test_a_server_refuses_each_of_them_for_that_one_rule(name: str, serve: Serve) -> None:
    mock = serve(CONTRACTS / f"{name}.yaml")
    contract = mock.app.parts.contract
    count = 0
    for index, _ in enumerate(contract.operations):
        requests = requests_of(contract, index)
        for request, violation in invalid_requests(requests, requests.asked(optional=True)):
            told = json.loads(sent(mock, request).headers["mock-violations"])
            assert [tuple(v["location"]) for v in told] == [violation.location]
            assert [v["code"] for v in told] == [violation.keyword]
            count += 1
    assert count > len(contract.operations)
