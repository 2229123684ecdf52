"""A document read as a whole: its content, and all that is wrong in it, with the place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mock_server.contract.model import ANY_METHOD, Contract, Operation
from mock_server.contract.reader import read_contract
from mock_server.errors import StartError, WrongUse

CONTRACTS = Path(__file__).parents[1] / "contracts"
GET = {"get": {"responses": {"200": {"description": "d"}}}}


@pytest.fixture(autouse=True)
def _in_contracts(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that messages name the files alone."""
    monkeypatch.chdir(CONTRACTS)


def read(name: str) -> Contract:
    return read_contract(Path(name))


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Contract]:
    """Return a function that writes a document of those members and reads it."""
    monkeypatch.chdir(tmp_path)

    def contract(**members: Any) -> Contract:
        whole = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}, **members}
        Path("a.json").write_text(json.dumps(whole))
        return read_contract(Path("a.json"))

    return contract


def only(contract: Contract) -> Operation:
    (operation,) = contract.operations
    return operation


# What can't be served at all -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (
            "swagger_2.yaml",
            "swagger_2.yaml:2:10: Swagger 2.0 is not OpenAPI 3; convert it first, for example with:"
            " npx swagger2openapi --outfile openapi.yaml FILE (at /swagger, rule openapi)",
        ),
        (
            "version_unknown.yaml",
            "version_unknown.yaml:3:10: OpenAPI 4.0.0 is not known; expected 3.0, 3.1 or 3.2"
            " (at /openapi, rule openapi)",
        ),
        (
            "version_missing.yaml",
            "version_missing.yaml:2:1: `openapi` is missing; expected the version, such as 3.1.0"
            " (rule openapi)",
        ),
        (
            "no_mapping.yaml",
            "no_mapping.yaml:1:1: this is no OpenAPI document; it is a list; expected a mapping"
            " with `openapi` (rule openapi)",
        ),
        (
            "empty.yaml",
            "empty.yaml:1:1: this is no OpenAPI document; it is empty; expected a mapping with"
            " `openapi` (rule openapi)",
        ),
    ],
)
def test_a_document_that_cannot_be_served_is_refused_in_one_line(name: str, line: str) -> None:
    with pytest.raises(StartError) as caught:
        read(name)
    assert caught.value.lines == [line]


def test_a_missing_file_is_wrong_use() -> None:
    with pytest.raises(WrongUse, match=r"^nope\.yaml: there is no such file"):
        read("nope.yaml")


@pytest.mark.parametrize(
    "version", ["3.0.0", "3.0.4", "3.1.0", "3.1.1", "3.2.0", "3.1", "3.1.0-rc1", "3.0.3-beta"]
)
def test_every_version_from_3_0_to_3_2_is_known(
    written: Callable[..., Contract], version: str
) -> None:
    assert written(openapi=version).version == version


@pytest.mark.parametrize("version", ["2.0", "3", "3.3.0", "3.10.0", "30.1", "", None, 3, [], {}])
def test_no_other_version_is_known(written: Callable[..., Contract], version: Any) -> None:
    with pytest.raises(StartError, match=r"^a\.json:1:\d+: OpenAPI .* is not known; expected 3\.0"):
        written(openapi=version)


def test_a_version_may_be_a_number() -> None:
    assert read("version_number.yaml").version == "3.1"


# What is wrong in a document, and no reason not to serve the rest --------------------------------

FINDINGS = {
    "dangling_refs.yaml": [
        "6:11: $ref #/components/pathItems/Nope: dangling_refs.yaml has no /components/pathItems"
        " (at /paths/~1item/$ref, rule $ref)",
        "10:17: $ref #/components/parameters/Nope: dangling_refs.yaml has no"
        " /components/parameters (at /paths/~1things/get/parameters/0/$ref, rule $ref)",
        "13:26: $ref #/components/schemas/Nope: dangling_refs.yaml has no /components/schemas"
        " (at /paths/~1things/get/parameters/1/schema/$ref, rule $ref)",
        "16:17: $ref #/components/responses/Nope: dangling_refs.yaml has no /components/responses"
        " (at /paths/~1things/get/responses/200/$ref, rule $ref)",
        "20:29: $ref #/components/headers/Nope: dangling_refs.yaml has no /components/headers"
        " (at /paths/~1things/get/responses/201/headers/X-Count/$ref, rule $ref)",
        "23:30: $ref other.yaml#/Nope: other.yaml: there is no such file"
        " (at /paths/~1things/get/responses/201/content/application~1json/schema/$ref, rule $ref)",
        "25:29: $ref #/components/examples/Nope: dangling_refs.yaml has no /components/examples"
        " (at /paths/~1things/get/responses/201/content/application~1json/examples/one/$ref,"
        " rule $ref)",
        "27:27: $ref https://example.com/body.yaml leads to another host, which is not asked;"
        " keep a copy beside the document and refer to that"
        " (at /paths/~1things/post/requestBody/$ref, rule $ref)",
        "32:17: $ref #/components/securitySchemes/key leads back to itself"
        " (at /components/securitySchemes/key/$ref, rule $ref)",
    ],
    "duplicate_ids.yaml": [
        '8:24: the operationId "same" is also that of GET /a; this one is known as "GET /b"'
        " (at /paths/~1b/get/operationId, rule operationId)",
    ],
    "path_parameters.yaml": [
        '8:9: the path /a/{x}/{y}.{z} has no parameter "elsewhere"'
        " (at /paths/~1a~1{x}~1{y}.{z}/parameters/1, rule parameters)",
        *(
            f'{line}:5: the path parameter "{name}" is not declared'
            f" (at /paths/~1a~1{{x}}~1{{y}}.{{z}}/{method}, rule parameters)"
            for line, method in ((9, "get"), (10, "put"))
            for name in "yz"
        ),
    ],
    "status_keys.yaml": [
        f'{line}:9: "{key}" is no status; expected 200, say, 4XX or default'
        f" (at /paths/~1a/get/responses/{key}, rule responses)"
        for line, key in ((13, "20"), (14, "6XX"), (15, "OK"))
    ],
    "styles.yaml": [
        "8:54: path parameters have no style form; use simple or label or matrix"
        " (at /paths/~1a~1{p}/get/parameters/0/style, rule style)",
        "9:32: query parameters have no style ['pipes']; use form or spaceDelimited or"
        " pipeDelimited or deepObject (at /paths/~1a~1{p}/get/parameters/1/style, rule style)",
        "10:40: header parameters have no style deepObject; use simple"
        " (at /paths/~1a~1{p}/get/parameters/2/style, rule style)",
        *(
            f"{line}:11: expected a parameter with `name` and `in` (one of path, query, header,"
            f" cookie, querystring) (at /paths/~1a~1{{p}}/get/parameters/{index}, rule parameters)"
            for line, index in ((11, 3), (12, 4), (13, 5))
        ),
        "19:26: header parameters have no style matrix; use simple"
        " (at /paths/~1a~1{p}/get/responses/200/headers/X-A/style, rule style)",
    ],
    "servers.yaml": ["17:10: this is no URL: Invalid IPv6 URL (at /servers/8/url, rule servers)"],
    "same_paths.yaml": [
        "10:5: GET /pets/{name} can't be reached: /pets/{id} is the same"
        " (at /paths/~1pets~1{name}/get, rule paths)",
        '12:3: the path "no-slash" doesn\'t start with "/" (at /paths/no-slash, rule paths)',
    ],
    "no_paths.yaml": ["2:1: `paths` is missing; expected the operations to serve (rule paths)"],
    "no_responses.yaml": [
        "9:16: expected an operation: a mapping with `responses`"
        " (at /paths/~1text/get, rule paths)"
    ],
    "webhooks_only.yaml": [],
    "parameters.yaml": [],
    "examples.yaml": [
        "20:42: the example is no JSON: number with leading zero is not allowed (at"
        " /paths/~1a/get/responses/200/content/application~1json/examples/wrong/serializedValue,"
        " rule serializedValue)",
        "22:44: externalValue https://example.com/4 leads to another host, which is not asked; keep"
        " a copy beside the document and refer to that (at"
        " /paths/~1a/get/responses/200/content/application~1json/examples/elsewhere/externalValue,"
        " rule externalValue)",
    ],
    "security.yaml": [],
    "methods.yaml": [],
    "split/openapi.yaml": [],
}  # fmt: skip


@pytest.mark.parametrize("name", FINDINGS)
def test_all_that_is_wrong_is_a_finding_with_its_place(name: str) -> None:
    findings = sorted(read(name).findings, key=lambda f: (f.place.line, f.place.column))
    assert [str(finding) for finding in findings] == [f"{name}:{line}" for line in FINDINGS[name]]


def test_only_what_depends_on_it_is_affected_by_a_finding() -> None:
    item, get, post = read("dangling_refs.yaml").operations
    assert (item.method, item.path) == (ANY_METHOD, "/item")
    assert item.fault == "the $ref #/components/pathItems/Nope of its path leads nowhere"
    assert [p.name for p in get.parameters] == ["q"]
    assert list(get.responses) == ["201"]
    content = get.responses["201"].content["application/json"]
    assert (content.schema, dict(content.examples)) == (None, {})
    assert post.body is None
    assert list(post.responses) == ["204"]


# What a document says --------------------------------------------------------------------------


def test_operations_have_an_id_of_their_own_each() -> None:
    ids = {o.id: (o.method, o.path) for o in read("duplicate_ids.yaml").operations}
    assert ids == {
        "same": ("GET", "/a"),
        "GET /b": ("GET", "/b"),
        "PUT /b": ("PUT", "/b"),
        "POST /b": ("POST", "/b"),
    }


def test_every_method_is_an_operation() -> None:
    assert [o.method for o in read("methods.yaml").operations] == [
        "GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE", "QUERY",
        "COPY", "PURGE",
    ]  # fmt: skip


def test_an_operations_own_parameters_stand_before_those_of_its_path() -> None:
    operation = only(read("parameters.yaml"))
    assert [
        (p.location, p.name, p.required, p.schema and p.schema.raw) for p in operation.parameters
    ] == [
        ("query", "limit", True, {"type": "string"}),
        ("header", "X-Trace", False, {"type": "string"}),
        ("path", "id", True, {"type": "integer"}),
        ("query", "id", False, {"type": "boolean"}),
    ]


def test_undeclared_path_parameters_are_taken_for_any_text() -> None:
    get, _ = read("path_parameters.yaml").operations
    assert [(p.location, p.name, p.required) for p in get.parameters] == [
        ("path", "x", True), ("path", "y", True), ("path", "z", True),
    ]  # fmt: skip


def test_header_parameters_that_the_specification_ignores_are_left_out() -> None:
    names = [p.name for p in only(read("styles.yaml")).parameters]
    assert names == ["p", "q", "h"]


def test_a_wrong_style_is_taken_for_the_usual_one() -> None:
    styles = {p.name: p.shape.style for p in only(read("styles.yaml")).parameters}
    assert styles == {"p": "simple", "q": "form", "h": "simple"}


def test_statuses_are_read_as_numbers_texts_and_ranges() -> None:
    assert list(only(read("status_keys.yaml")).responses) == ["200", "404", "5XX", "default"]


@pytest.mark.parametrize(
    ("status", "code"),
    [(200, "200"), (404, "404"), (503, "5XX"), (201, "default"), (99, "default")],
)
def test_a_status_is_covered_by_itself_its_range_or_default(status: int, code: str) -> None:
    response = only(read("status_keys.yaml")).response_for(status)
    assert response is not None
    assert response.code == code


@pytest.mark.parametrize(
    ("declared", "lowest"),
    [
        (["404", "201", "200"], (200, "200")),
        (["default", "204"], (204, "204")),
        (["2XX", "404"], (200, "2XX")),
        (["2XX", "299"], (299, "299")),
        (["404", "default"], (200, "default")),
        (["500", "404"], (500, "500")),
        (["4XX"], (400, "4XX")),
        (["301"], (301, "301")),
        ([], None),
    ],
)
def test_the_lowest_success_is_what_is_answered_when_all_is_well(
    written: Callable[..., Contract], declared: list[str], lowest: tuple[int, str] | None
) -> None:
    responses = {code: {"description": "d"} for code in declared}
    success = only(written(paths={"/a": {"get": {"responses": responses}}})).lowest_success
    assert (success and (success[0], success[1].code)) == lowest


def test_examples_are_found_wherever_they_are_written() -> None:
    responses = only(read("examples.yaml")).responses
    examples = {
        f"{code} {key}": {name: e.value for name, e in content.examples.items()}
        for code, response in responses.items()
        for key, content in response.content.items()
    }
    assert examples == {
        "200 application/json": {
            "first": 1,
            "second": 2,
            "third": 3,
            "null": None,
            "written": 4,
            "file": 5,
        },
        "200 text/plain": {"written": "04"},
        "201 application/json": {"example": 5},
        "202 application/json": {"example": 6},
        "203 application/json": {"example-1": 7, "example-2": 8},
    }


def test_base_paths_are_those_of_the_servers_with_their_variables_put_in() -> None:
    assert read("servers.yaml").base_paths == SERVERS


SERVERS = (
    "/v1", "/api/2", "/internal/2", "/relative", "/without-slash", "/dot", "/dots/b", "/v3",
    "/host",
)  # fmt: skip


def test_an_operation_has_the_base_paths_of_its_own_servers_too() -> None:
    get, put = read("servers.yaml").operations
    assert get.base_paths == ("/operation", "/v1", "/path", *SERVERS[1:])
    assert put.base_paths == ("/path", *SERVERS)


def test_an_operations_requirements_stand_for_those_of_the_document() -> None:
    contract = read("security.yaml")
    assert {o.id: o.security for o in contract.operations} == {
        "inherited": ({"key": ()},),
        "own": ({"oauth": ("read", "write")}, {}),
        "none": (),
    }
    assert {name: scheme["type"] for name, scheme in contract.security_schemes.items()} == {
        "key": "apiKey", "oauth": "oauth2", "real": "oauth2",
    }  # fmt: skip


def test_an_operation_whose_responses_are_none_says_that_it_cannot_be_served() -> None:
    operations = {o.path: o for o in read("no_responses.yaml").operations}
    silent = "the contract declares no response that can be used"
    assert {path: o.fault for path, o in operations.items()} == {
        "/none": None, "/empty": silent, "/extension": silent, "/fine": None,
    }  # fmt: skip
    # Since OpenAPI 3.1 an operation need not declare its responses.
    assert list(operations["/none"].responses) == ["200"]


def test_a_document_in_several_files_is_one_contract() -> None:
    contract = read("split/openapi.yaml")
    operation = only(contract)
    assert [d.name for d in contract.documents] == [
        "split/openapi.yaml", "split/parts/schemas.json", "split/parts/paths.yaml",
    ]  # fmt: skip
    (identifier,) = operation.parameters
    assert identifier.schema is not None
    assert [identifier.schema.is_valid(n) for n in (5, 2**31)] == [True, False]
    pet = operation.responses["200"].content["application/json"].schema
    assert pet is not None
    assert pet.is_valid({"id": 5, "name": None})
    (found,) = pet.violations({"id": 2**31}, ("response", "body"))
    assert found.rule == "split/openapi.yaml#/components/schemas/Id/format"
    (found,) = pet.violations({"name": "a"}, ("response", "body"))
    assert found.rule == "split/parts/schemas.json#/Pet/required"
    error = operation.responses["default"].content["application/json"].schema
    assert error is not None
    assert [error.is_valid(v) for v in (None, "a", 5)] == [True, True, False]


@pytest.mark.parametrize(
    ("info", "title"),
    [
        ({"title": "Pets", "version": "1"}, "Pets"),
        ({"title": 5}, "5"),
        ({}, "a.json"),
        ({"title": ""}, "a.json"),
        (None, "a.json"),
        ("Pets", "a.json"),
        ([], "a.json"),
    ],
)
def test_a_contract_has_a_title_to_be_known_by(
    written: Callable[..., Contract], info: Any, title: str
) -> None:
    assert written(info=info).title == title


def test_schemas_are_shared_by_both_directions_unless_they_differ(
    written: Callable[..., Contract],
) -> None:
    pet = {"required": ["id"], "properties": {"id": {"type": "integer", "readOnly": True}}}
    alike = written(components={"schemas": {"Pet": {"type": "object"}}})
    assert alike.requests is alike.replies
    differing = written(components={"schemas": {"Pet": pet}})
    assert differing.requests is not differing.replies


# Documents of any shape ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "members",
    [
        {"paths": []},
        {"paths": None},
        {"paths": 5},
        {"paths": {"/a": None}},
        {"paths": {"/a": []}},
        {"paths": {"": GET, "//": GET, "/{": GET, "/{}": GET, "/}{": GET, "/{a}{b}": GET}},
        {"paths": {"/a": {"get": {"responses": 5}}}},
        {"paths": {"/a": {"get": {"responses": {"200": None, "201": [], "202": "text"}}}}},
        {"paths": {"/a": {**GET, "parameters": {}}}},
        {"paths": {"/a": {**GET, "parameters": [None, [], {}, 5, {"name": 5, "in": "query"}]}}},
        {"paths": {"/a": {**GET, "parameters": [{"name": "a", "in": "query", "schema": []}]}}},
        {"paths": {"/a": {**GET, "parameters": [{"name": "", "in": "path", "schema": None}]}}},
        {"paths": {"/a": {**GET, "parameters": [{"name": "a", "in": "query", "content": []}]}}},
        {"paths": {"/a": {**GET, "parameters": [{"name": "a", "in": ["query"]}]}}},
        {"paths": {"/a": {"get": {**GET["get"], "requestBody": []}}}},
        {"paths": {"/a": {"get": {**GET["get"], "requestBody": {"content": {"a/b": []}}}}}},
        {"paths": {"/a": {"get": {**GET["get"], "requestBody": {"content": {"": {}, "x": {}}}}}}},
        {"paths": {"/a": {"get": {**GET["get"], "operationId": {}, "deprecated": "x"}}}},
        {"paths": {"/a": {"get": {**GET["get"], "security": {}, "tags": 5, "callbacks": []}}}},
        {"servers": "x"},
        {"servers": [None, 5, "x", {}, {"url": None}, {"url": "{", "variables": []}]},
        {"servers": [{"url": "/{a}", "variables": {"a": 5}}]},
        {"components": None},
        {"components": []},
        {"components": {"schemas": [], "parameters": 5, "securitySchemes": "x"}},
        {"components": {"schemas": {"A": None, "B": 5, "C": []}}},
        {"security": {}},
        {"security": [None, 5, {"a": 5}, {"b": None}]},
        {"info": None, "tags": "x", "externalDocs": [], "jsonSchemaDialect": 5, "$self": []},
    ],
    ids=json.dumps,
)
def test_members_of_any_type_are_served_around(
    written: Callable[..., Contract], members: dict[str, Any]
) -> None:
    contract = written(**members)
    for operation in contract.operations:
        assert operation.id
    for finding in contract.findings:
        assert finding.place.file == "a.json"
        assert finding.rule


def test_a_document_too_deep_to_be_read_is_refused(tmp_path: Path) -> None:
    """How deep that is depends on Python's version; no document meets a traceback."""
    deep: Any = {}
    for _ in range(120):
        deep = {"items": {"not": deep}}
    path = tmp_path / "deep.json"
    path.write_text(json.dumps({"openapi": "3.1.0", "components": {"schemas": {"A": deep}}}))
    try:
        assert read_contract(path).version == "3.1.0"
    except StartError as error:
        assert error.lines == [f"{path}:1:1: nested too deeply to be read"]


@pytest.mark.parametrize("levels", [30, 60])
def test_a_document_may_be_nested_as_deep_as_any_person_writes(
    written: Callable[..., Contract], levels: int
) -> None:
    deep: Any = {"type": "string"}
    for _ in range(levels):
        deep = {"properties": {"a": deep}}
    contract = written(components={"schemas": {"A": deep}})
    schema = contract.replies.place(contract.documents.root, ("components", "schemas", "A"))
    value: Any = 5
    for _ in range(levels):
        value = {"a": value}
    assert len(schema.violations(value, ("response", "body"))) == 1
