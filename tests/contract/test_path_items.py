"""What a `$ref` of a path or an operation brings, beside what stands there itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.helpers.running import Serve, document_text, json_of

NAMED = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}


def operation(name: str, **more: Any) -> dict[str, Any]:
    answers = {"200": {"description": "ok", **json_of(True, example=name)}}
    return {"operationId": name, "responses": answers, **more}


def messages(mock: Any) -> list[str]:
    return [str(finding) for finding in mock.app.parts.findings]


def test_an_operation_that_is_only_a_reference_is_followed_and_a_finding(
    serve: Serve, tmp_path: Path
) -> None:
    (tmp_path / "op.yaml").write_text(
        "operationId: one\nparameters: [{name: id, in: path, required: true,"
        " schema: {$ref: 'kinds.yaml#/id'}}]\nresponses: {'200': {description: ok}}\n"
    )
    (tmp_path / "kinds.yaml").write_text("id: {type: integer}\n")
    mock = serve({"/a/{id}": {"get": {"$ref": "op.yaml"}}})
    assert [mock.get(f"/a/{id}").status_code for id in ("1", "x")] == [200, 422]
    assert mock.exchanges[-1].operation == "one"
    (told,) = messages(mock)
    assert "an operation has no `$ref` in OpenAPI; it is followed all the same" in told
    assert "openapi.yaml:1:" in told and "/paths/~1a~1{id}/get/$ref" in told
    whole = mock.get("/openapi.json").json()["paths"]["/a/{id}"]["get"]
    assert whole["operationId"] == "one" and "$ref" not in whole


def test_an_operation_whose_reference_leads_nowhere_says_so(serve: Serve) -> None:
    mock = serve({"/a": {"get": {"$ref": "#/gone"}, "put": operation("put")}})
    reply = mock.get("/a")
    assert reply.status_code == 501
    assert reply.json()["detail"] == "GET /a can't be served: its $ref #/gone leads nowhere."
    assert any("has no /gone" in told for told in messages(mock))
    assert mock.client.put("/a").json() == "put"


def test_fields_beside_the_reference_of_a_path_count(serve: Serve) -> None:
    shared = {"get": operation("get"), "parameters": [NAMED], "servers": [{"url": "/base"}]}
    own = {"$ref": "#/components/pathItems/Shared", "put": operation("put")}
    mock = serve({"components": {"pathItems": {"Shared": shared}}, "/a/{id}": own})
    assert messages(mock) == []
    assert (mock.get("/a/1").json(), mock.client.put("/a/1").json()) == ("get", "put")
    assert (mock.get("/a/x").status_code, mock.client.put("/a/x").status_code) == (422, 422)
    assert mock.client.put("/base/a/1").json() == "put"


def test_of_a_field_in_both_its_own_counts_and_it_is_a_finding(serve: Serve) -> None:
    shared = {"get": operation("there"), "put": operation("put")}
    own = {"$ref": "#/components/pathItems/Shared", "get": operation("here")}
    mock = serve({"components": {"pathItems": {"Shared": shared}}, "/a": own})
    assert (mock.get("/a").json(), mock.client.put("/a").json()) == ("here", "put")
    (told,) = messages(mock)
    assert "what the $ref leads to has this field too; this one counts (at /paths/~1a/get" in told


def test_references_are_followed_through_several_paths(serve: Serve) -> None:
    items = {
        "One": {"$ref": "#/components/pathItems/Two", "put": operation("one")},
        "Two": {"get": operation("two")},
    }
    mock = serve({"components": {"pathItems": items}, "/a": {"$ref": "#/components/pathItems/One"}})
    assert (mock.get("/a").json(), mock.client.put("/a").json()) == ("two", "one")


@pytest.mark.parametrize("ref", ["#/gone", "#/paths/~1a"])
def test_what_stands_beside_a_broken_reference_is_served(serve: Serve, ref: str) -> None:
    mock = serve({"/a": {"$ref": ref, "get": operation("get")}})
    assert mock.get("/a").json() == "get"
    assert mock.client.put("/a").status_code == 501
    assert len(messages(mock)) == 1


# Security schemes by their URI (OAS 3.2)

KEY = {"type": "apiKey", "in": "header", "name": "X-Key"}


def secured(name: str, version: str = "3.2.0", **components: Any) -> str:
    item = {"get": operation("get", security=[{name: []}])}
    return document_text({"openapi": version, "components": components, "/a": item})


@pytest.mark.parametrize(
    "name",
    ["auth.json#/key", "./auth.json#/key", "#/components/securitySchemes/Key", "./whole.json"],
)
def test_a_requirement_may_name_a_scheme_by_its_uri(
    serve: Serve, tmp_path: Path, name: str
) -> None:
    for file, text in {"auth.json": {"key": KEY}, "whole.json": KEY}.items():
        (tmp_path / file).write_text(str(text).replace("'", '"'))
    mock = serve(secured(name, securitySchemes={"Key": KEY}))
    assert messages(mock) == []
    assert mock.get("/a").status_code == 401
    assert mock.get("/a", headers={"X-Key": "k"}).status_code == 200


def test_the_name_of_a_component_is_no_uri(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "Key").write_text('{"type": "http", "scheme": "bearer"}')
    mock = serve(secured("Key", securitySchemes={"Key": KEY}))
    assert mock.get("/a", headers={"X-Key": "k"}).status_code == 200
    mock = serve(secured("./Key", securitySchemes={"Key": KEY}))
    assert mock.get("/a", headers={"X-Key": "k"}).status_code == 401


def test_before_version_3_2_a_requirement_names_a_component(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "whole.json").write_text(str(KEY).replace("'", '"'))
    assert serve(secured("./whole.json", "3.1.0")).get("/a").status_code == 200


def test_a_uri_that_leads_nowhere_is_a_finding(serve: Serve) -> None:
    (told,) = messages(serve(secured("./gone.json")))
    assert ": ./gone.json: " in told and "gone.json: there is no such file" in told


# $self

PET = {
    "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
    "discriminator": {
        "propertyName": "kind",
        "mapping": {"cat": "#/components/schemas/Cat", "dog": "#/components/schemas/Dog"},
    },
}
SCHEMAS: dict[str, Any] = {
    name: {"required": ["kind"], "properties": {"kind": {"type": "string"}, own: {}}}
    for name, own in (("Cat", "lives"), ("Dog", "breed"))
}


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({}, id="plain"),
        pytest.param({"$self": "https://x.example/openapi.yaml"}, id="$self"),
        pytest.param({"$self": "/other/openapi.yaml"}, id="a relative $self"),
    ],
)
def test_the_document_s_own_address_leaves_discriminators_alone(
    serve: Serve, more: dict[str, Any]
) -> None:
    item = {"post": operation("post", requestBody=json_of({"$ref": "#/components/schemas/Pet"}))}
    components = {"schemas": {"Pet": PET, **SCHEMAS}}
    mock = serve({"openapi": "3.2.0", **more, "components": components, "/p": item})
    assert mock.post("/p", json={"kind": "cat", "lives": 9}).status_code == 200
    refused = mock.post("/p", json={"kind": "bird"}).json()["detail"]
    assert refused == 'kind in the body is "bird"; expected one of "cat", "dog".'


def test_neither_does_a_schema_with_an_id_of_its_own(serve: Serve) -> None:
    item = {"post": operation("post", requestBody=json_of({"$ref": "#/components/schemas/Pet"}))}
    named = {"$id": "https://x.example/other", "type": "string"}
    components = {"schemas": {"Pet": PET, "Other": named, **SCHEMAS}}
    mock = serve({"components": components, "/p": item})
    assert mock.post("/p", json={"kind": "cat", "lives": 9}).status_code == 200
