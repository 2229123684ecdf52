"""What a document says, compiled, and what is wrong in it, with its place."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.app import create_app
from mock_server.contract import Contract, Operation, read_contract
from mock_server.errors import StartError
from mock_server.settings import Settings

HEAD = "openapi: 3.1.0\ninfo: {title: Things, version: '1'}\n"
OK = "      responses: {'200': {description: ok}}\n"
ID = "[{name: %s, in: path, required: true, schema: {}}]"
JSON = "          description: ok\n          content:\n            application/json:\n"


def read(folder: Path, text: str) -> Contract:
    path = folder / "openapi.yaml"
    path.write_text(text)
    return read_contract(path)


def in_paths(text: str) -> str:
    return f"{HEAD}paths:\n{text}"


@pytest.mark.parametrize(
    ("paths", "place", "words", "pointer", "rule"),
    [
        pytest.param(
            f"  /a:\n    get:\n      parameters:\n        - $ref: '#/components/Gone'\n{OK}",
            (7, 11),
            "has no /components",
            "/paths/~1a/get/parameters/0",
            "$ref",
            id="dangling-parameter",
        ),
        pytest.param(
            "  /a:\n    get:\n      parameters:\n"
            f"        - {{name: q, in: query, schema: {{$ref: '#/components/Gone'}}}}\n{OK}",
            (7, 32),
            "has no /components",
            "/paths/~1a/get/parameters/0/schema",
            "$ref",
            id="dangling-schema-of-a-parameter",
        ),
        pytest.param(
            f"  /a:\n    get:\n      responses:\n        '200':\n{JSON}"
            "              schema: {$ref: '#/components/Gone'}\n",
            (11, 15),
            "has no /components",
            "/paths/~1a/get/responses/200/content/application~1json/schema",
            "$ref",
            id="dangling-schema-of-a-response",
        ),
        pytest.param(
            "  /a:\n    get:\n      responses:\n        '200': {$ref: '#/components/Gone'}\n",
            (7, 9),
            "has no /components",
            "/paths/~1a/get/responses/200",
            "$ref",
            id="dangling-response",
        ),
        pytest.param(
            f"  /a:\n    get:\n      operationId: same\n{OK}"
            f"  /b:\n    get:\n      operationId: same\n{OK}",
            (10, 20),
            'the operationId "same" is also that of GET /a',
            "/paths/~1b/get/operationId",
            "operationId",
            id="duplicate-operation-id",
        ),
        pytest.param(
            f"  /a/{{id}}:\n    get:\n{OK}",
            (5, 5),
            'the path parameter "id" is not declared',
            "/paths/~1a~1{id}/get",
            "parameters",
            id="undeclared-path-parameter",
        ),
        pytest.param(
            f"  /a:\n    get:\n      parameters: {ID % 'id'}\n{OK}",
            (6, 20),
            'the path /a has no parameter "id"',
            "/paths/~1a/get/parameters/0",
            "parameters",
            id="parameter-that-the-path-has-not",
        ),
        pytest.param(
            "  /a:\n    get:\n      responses:\n        ok: {description: ok}\n"
            "        '200': {description: ok}\n",
            (7, 9),
            '"ok" is no status; expected 200, say, 4XX or default',
            "/paths/~1a/get/responses/ok",
            "responses",
            id="bad-status",
        ),
        pytest.param(
            "  /a:\n    get:\n      parameters:\n"
            f"        - {{name: q, in: query, style: matrix, schema: {{}}}}\n{OK}",
            (7, 39),
            "query parameters have no style matrix; use form",
            "/paths/~1a/get/parameters/0/style",
            "style",
            id="wrong-style",
        ),
        pytest.param(
            f"  /a/{{x}}:\n    parameters: {ID % 'x'}\n    get:\n{OK}"
            f"  /a/{{y}}:\n    parameters: {ID % 'y'}\n    get:\n{OK}",
            (10, 5),
            "GET /a/{y} can't be reached: /a/{x} is the same",
            "/paths/~1a~1{y}/get",
            "paths",
            id="same-path-by-other-names",
        ),
        pytest.param(
            f"  /a:\n    get:\n      security: {{key: []}}\n{OK}",
            (6, 7),
            "expected a list of security requirements",
            "/paths/~1a/get/security",
            "security",
            id="security-no-list",
        ),
        pytest.param(
            f"  a:\n    get:\n{OK}",
            (4, 3),
            'the path "a" doesn\'t start with "/"',
            "/paths/a",
            "paths",
            id="path-without-a-slash",
        ),
        pytest.param(
            "  /a:\n    get: 5\n",
            (5, 10),
            "expected an operation",
            "/paths/~1a/get",
            "",
            id="operation-no-mapping",
        ),
    ],
)
def test_what_is_wrong_in_a_document_is_a_finding_with_its_place(
    tmp_path: Path, paths: str, place: tuple[int, int], words: str, pointer: str, rule: str
) -> None:
    (found,) = read(tmp_path, in_paths(paths)).findings
    assert Path(found.place.file).name == "openapi.yaml"
    assert (found.place.line, found.place.column) == place
    assert words in found.message
    assert (found.pointer, found.rule) == (pointer, rule)


def test_what_is_wrong_in_one_operation_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    text = in_paths(f"  /a:\n    get: 5\n    put:\n{OK}  /b:\n    get:\n{OK}")
    contract = read(tmp_path, text)
    assert [operation.id for operation in contract.operations] == ["PUT /a", "GET /b"]
    assert all(operation.fault is None for operation in contract.operations)


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("- a\n", "1:1", "no OpenAPI document; expected a mapping"),
        ("", "1:1", "no OpenAPI document; expected a mapping"),
        ("info: {}\nswagger: '2.0'\n", "2:10", "Swagger 2.0 is not OpenAPI 3; convert it first"),
        ("swagger: '2.0'\n", "1:10", "npx swagger2openapi"),
        ("info: {}\nopenapi: 4.0.0\n", "2:10", "OpenAPI 4.0.0 is not known"),
        ("openapi: 2.0\n", "1:10", "expected 3.0, 3.1 or 3.2"),
        ("info: {}\n", "1:1", "`openapi` is missing"),
    ],
    ids=["list", "empty", "swagger", "converter", "unknown", "too-old", "missing"],
)
def test_a_document_that_is_no_openapi_3_stops_the_start_at_its_place(
    tmp_path: Path, text: str, place: str, words: str
) -> None:
    with pytest.raises(StartError) as caught:
        read(tmp_path, text)
    (line,) = map(str, caught.value.lines)
    assert f"openapi.yaml:{place}: " in line and words in line


@pytest.mark.parametrize(
    ("servers", "base_paths"),
    [
        ("[]", ()),
        ("[{url: 'https://a.example'}]", ()),
        ("[{url: 'https://a.example/'}]", ()),
        ("[{url: 'https://a.example/v1/'}]", ("/v1",)),
        ("[{url: /v1/api}]", ("/v1/api",)),
        ("[{url: /v1}, {url: 'http://b.example/v1'}, {url: /v2}]", ("/v1", "/v2")),
        ("[{url: 'https://{host}/{v}', variables: {v: {default: v3}}}]", ("/v3",)),
        ("[{url: '{all}', variables: {all: {default: 'http://a.example/v4'}}}]", ("/v4",)),
        ("[{url: 'https://a.example/{v}'}]", ()),
    ],
)
def test_base_paths_are_those_of_the_servers_with_their_variables_defaults(
    tmp_path: Path, servers: str, base_paths: tuple[str, ...]
) -> None:
    assert read(tmp_path, f"{HEAD}servers: {servers}\npaths: {{}}\n").base_paths == base_paths


def answering(folder: Path, codes: str) -> Operation:
    """An operation that declares responses of those codes."""
    responses = json.dumps({code: {"description": code} for code in codes.split()})
    (only,) = read(folder, in_paths(f"  /a:\n    get: {{responses: {responses}}}\n")).operations
    return only


@pytest.mark.parametrize(
    ("codes", "lowest"),
    [
        ("404 204 200", (200, "200")),
        ("default 201", (201, "201")),
        ("2XX 202", (202, "202")),
        ("default 2XX", (200, "2XX")),
        ("404 default", (200, "default")),
        ("404 302", (404, "404")),
        ("4xx", (400, "4XX")),
        ("", None),
    ],
)
def test_the_lowest_success_is_what_is_sent_when_all_is_well(
    tmp_path: Path, codes: str, lowest: tuple[int, str] | None
) -> None:
    found = answering(tmp_path, codes).lowest_success
    assert (found and (found[0], found[1].code)) == lowest


@pytest.mark.parametrize(
    ("codes", "status", "code"),
    [
        ("404 4XX default", 404, "404"),
        ("404 4XX default", 422, "4XX"),
        ("404 4XX default", 500, "default"),
        ("default 4XX 404", 404, "404"),
        ("404 4xx", 422, "4XX"),
        ("404 4XX", 500, None),
        ("", 200, None),
    ],
)
def test_a_status_is_covered_by_its_own_response_then_its_range_then_the_default(
    tmp_path: Path, codes: str, status: int, code: str | None
) -> None:
    found = answering(tmp_path, codes).response_for(status)
    assert (found and found.code) == code


def test_an_operations_own_parameters_stand_before_those_of_its_path(tmp_path: Path) -> None:
    text = in_paths(
        "  /a:\n"
        "    parameters:\n"
        "      - {name: shared, in: query, schema: {type: string}}\n"
        "      - {name: own, in: query, required: true, schema: {}}\n"
        "      - {name: own, in: header, schema: {}}\n"
        "    get:\n"
        "      parameters:\n"
        "        - {name: last, in: query, schema: {}}\n"
        f"        - {{name: own, in: query, required: false, schema: {{}}}}\n{OK}"
    )
    (operation,) = read(tmp_path, text).operations
    assert [(p.location, p.name) for p in operation.parameters] == [
        ("query", "last"),
        ("query", "own"),
        ("query", "shared"),
        ("header", "own"),
    ]
    assert not any(parameter.required for parameter in operation.parameters)


REPLY = {"$ref": "#/components/responses/Thing"}
GOOD: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Things", "version": "1"},
    "servers": [{"url": "https://a.example/{v}", "variables": {"v": {"default": "v1"}}}],
    "security": [{"key": []}],
    "paths": {
        "/things/{id}": {
            "parameters": [
                {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}},
                {"name": "q", "in": "query", "style": "form", "schema": {"type": "array"}},
            ],
            "get": {"operationId": "get_thing", "responses": {"200": REPLY, "default": {**REPLY}}},
            "put": {
                "security": [],
                "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}},
                "responses": {"2XX": {"description": "done"}},
            },
        }
    },
    "components": {
        "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "x-key"}},
        "responses": {
            "Thing": {
                "description": "a thing",
                "headers": {"x-a": {"required": True, "schema": {"type": "integer"}}},
                "content": {
                    "application/json": {
                        "schema": {"$ref": "#/components/schemas/Thing"},
                        "examples": {"one": {"value": {"name": "a"}}},
                    }
                },
            }
        },
        "schemas": {
            "Thing": {
                "type": "object",
                "required": ["name"],
                "properties": {"name": {"type": "string", "pattern": "^a"}, "at": {"enum": [1]}},
            }
        },
    },
}
Steps = tuple[str | int, ...]


def places(value: Any, steps: Steps = ()) -> list[Steps]:
    """Where something stands in a value, itself included."""
    if not isinstance(value, dict | list):
        return [steps]
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    return [steps, *(place for k, v in inside for place in places(v, (*steps, k)))]


def changed(document: Any, steps: Steps, value: Any) -> Any:
    if not steps:
        return value
    document = copy.deepcopy(document)
    inner = document
    for step in steps[:-1]:
        inner = inner[step]
    inner[steps[-1]] = value
    return document


SCALARS = st.none() | st.booleans() | st.integers(-9, 999) | st.text(max_size=5)
WORDS = st.sampled_from(["$ref", "type", "in", "name", "schema", "#/components", "", "/", "{x}"])
VALUES = st.recursive(
    SCALARS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)


def test_the_document_to_be_changed_is_good(tmp_path: Path) -> None:
    assert read(tmp_path, json.dumps(GOOD)).findings == []


@settings(max_examples=150, deadline=None)
@given(steps=st.sampled_from(places(GOOD)), value=VALUES)
def test_a_document_with_anything_anywhere_is_read_or_stops_the_start(
    steps: Steps, value: Any
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "openapi.json"
        path.write_text(json.dumps(changed(GOOD, steps, value)))
        try:
            assert read_contract(path).operations is not None
            assert create_app(Settings(document=path, reload=False)).parts.contract is not None
        except StartError as error:
            assert error.lines
