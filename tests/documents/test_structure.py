"""Structures of a document, found only at the places that the specification gives them."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.documents.structure import METHODS, inner_schemas, objects


def test_the_schemas_in_a_schema_are_found_and_nothing_else() -> None:
    schema = {
        "properties": {"enum": {"type": "string"}, "b": True},
        "allOf": [{"items": {"not": {}}}],
        "enum": [{"properties": {"data": {}}}],
        "x-a": {"items": {}},
        "items": [{}],  # as the dialects up to 2019-09 have it
    }
    found = set(inner_schemas(schema))
    below = ("allOf", 0)
    inside = {below, (*below, "items"), (*below, "items", "not")}
    assert found == {(), ("properties", "enum"), ("items", 0), *inside}


@pytest.mark.parametrize("value", [None, True, 5, "a", [], [{"properties": {}}]])
def test_what_is_no_mapping_has_no_schemas_in_it(value: Any) -> None:
    assert list(inner_schemas(value)) == []


def test_every_kind_of_object_is_found_wherever_it_may_stand() -> None:
    example: dict[str, Any] = {"value": {"schema": {}}}
    header = {"schema": {}, "examples": {"e": example}}
    operation = {
        "responses": {"200": {"headers": {"h": header}, "links": {"l": {}}}},
        "callbacks": {"c": {"x-a": {}, "{$url}": {"post": {}}, "$ref": {}}},
    }
    whole = {"paths": {"/a": {"get": operation}}, "components": {"securitySchemes": {"s": {}}}}
    found = {"/".join(map(str, steps)): kind for steps, kind, _ in objects(whole, "document")}
    get = "paths//a/get"
    assert found == {
        "": "document",
        "components": "components",
        "components/securitySchemes/s": "security scheme",
        "paths//a": "path item",
        get: "operation",
        f"{get}/responses/200": "response",
        f"{get}/responses/200/headers/h": "header",
        f"{get}/responses/200/headers/h/schema": "schema",
        f"{get}/responses/200/headers/h/examples/e": "example",
        f"{get}/responses/200/links/l": "link",
        f"{get}/callbacks/c": "callback",
        f"{get}/callbacks/c/{{$url}}": "path item",
        f"{get}/callbacks/c/{{$url}}/post": "operation",
    }


@pytest.mark.parametrize("method", METHODS)
def test_an_operation_stands_under_each_method(method: str) -> None:
    assert [kind for _, kind, _ in objects({method: {}}, "path item")] == ["path item", "operation"]
