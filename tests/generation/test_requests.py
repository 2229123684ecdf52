"""Requests made from a contract: valid ones, written as the contract states, and judged twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from mock_server.contract.model import Contract
from mock_server.contract.reader import read_contract
from mock_server.generation.requests import NoRequest, Requests
from mock_server.generation.schema import Generator, Mode
from mock_server.http_messages.messages import Request
from mock_server.validation.messages import RequestOptions
from tests.helpers.judge import faults
from tests.helpers.running import Mock, Serve, document_text, thing

CONTRACTS = Path(__file__).parents[1] / "contracts"
SEEDS = ("mock", "another", "7")
OK: dict[str, Any] = {"200": {}}


def read(paths: Mapping[str, Any], folder: Path) -> Contract:
    path = folder / "openapi.json"
    path.write_text(document_text(paths))
    return read_contract(path)


def requests_of(contract: Contract, index: int = 0) -> Requests:
    options = RequestOptions(10**6, schemes=contract.security_schemes)
    return Requests(contract.operations[index], Generator(), options)


def made(folder: Path, optional: bool = False, mode: Mode = "minimal", **operation: Any) -> Request:
    """Return the request of a document with one operation."""
    contract = read(thing(OK, "post", **operation), folder)
    return requests_of(contract).valid(mode=mode, optional=optional)


def parameter(name: str, where: str, schema: Any, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": where, "required": True, "schema": schema, **more}


ARRAY = {"type": "array", "items": {"type": "integer"}}
OBJECT = {"type": "object", "properties": {"R": {"type": "integer"}, "G": {"type": "integer"}}}
STYLES = {
    "form": ("query", ARRAY, {}, [3, 4], "q=3&q=4"),
    "form in one": ("query", ARRAY, {"explode": False}, [3, 4], "q=3,4"),
    "space": ("query", ARRAY, {"style": "spaceDelimited"}, [3, 4], "q=3%204"),
    "pipe": ("query", ARRAY, {"style": "pipeDelimited"}, [3, 4], "q=3%7C4"),
    "deep": ("query", OBJECT, {"style": "deepObject"}, {"R": 1, "G": 2}, "q%5BR%5D=1&q%5BG%5D=2"),
    "object": ("query", OBJECT, {}, {"R": 1, "G": 2}, "R=1&G=2"),
    "escaped": ("query", {"type": "string"}, {}, "a&b=ü +", "q=a%26b%3D%C3%BC%20%2B"),
    "header": ("header", ARRAY, {}, [3, 4], "3,4"),
    "header object": ("header", OBJECT, {"explode": True}, {"R": 1, "G": 2}, "R=1,G=2"),
    "cookie": ("cookie", {"type": "string"}, {}, "it's", "q=it%27s"),
}


@pytest.mark.parametrize(("where", "schema", "style", "value", "text"), STYLES.values(), ids=STYLES)
def test_a_parameter_is_written_by_its_style(
    where: str, schema: Any, style: Mapping[str, Any], value: Any, text: str, tmp_path: Path
) -> None:
    own = parameter("q", where, schema, example=value, **style)
    request = made(tmp_path, parameters=[own])
    places = {"query": request.query, "header": request.header("q"), "cookie": ""}
    written = request.header("cookie") if where == "cookie" else places[where]
    assert written == text


@pytest.mark.parametrize(
    ("style", "path"),
    [("simple", "/a/3,4/b"), ("label", "/a/.3,4/b"), ("matrix", "/a/;id=3,4/b")],
)
def test_a_path_s_variables_are_written_by_their_styles(
    style: str, path: str, tmp_path: Path
) -> None:
    own = parameter("id", "path", ARRAY, style=style, example=[3, 4])
    contract = read({"/a/{id}/b": {"get": {"parameters": [own], "responses": OK}}}, tmp_path)
    assert requests_of(contract).valid().path == path


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("/a b/ü", "/a%20b/%C3%BC"),
        ("/a%20b", "/a%20b"),
        ("/{id}.json", "/x.json"),
        ("/{id}...{id2}", "/x...y"),
        ("/a#fragment", "/a"),
    ],
)
def test_the_literal_parts_of_a_path_are_written_as_a_url_has_them(
    template: str, path: str, tmp_path: Path
) -> None:
    names = {"id": "x", "id2": "y"}
    own = [
        parameter(name, "path", {"type": "string"}, example=value)
        for name, value in names.items()
        if f"{{{name}}}" in template
    ]
    contract = read({template: {"get": {"parameters": own, "responses": OK}}}, tmp_path)
    assert requests_of(contract).valid().path == path


def test_a_query_that_stands_in_the_path_is_sent(tmp_path: Path) -> None:
    own = parameter("page", "query", {"const": 1})
    contract = read({"/a?state=open": {"get": {"parameters": [own], "responses": OK}}}, tmp_path)
    assert requests_of(contract).valid().query == "state=open&page=1"


SCHEMA = {
    "type": "object",
    "required": ["id", "tags", "kind"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "tags": {"type": "array", "items": {"type": "string", "minLength": 2}, "minItems": 1},
        "kind": {"enum": ["cat", "dog"]},
        "note": {"type": "string"},
        "seen_at": {"type": "string", "readOnly": True},
    },
    "additionalProperties": False,
}
BODY = {"required": True, "content": {"application/json": {"schema": SCHEMA}}}


@pytest.mark.parametrize("mode", ["minimal", "typical", "maximal", "boundary"])
def test_a_body_is_valid_to_a_second_engine_too(mode: Mode, tmp_path: Path) -> None:
    body = json.loads(made(tmp_path, mode=mode, requestBody=BODY).body)
    assert faults(SCHEMA, body) == []


def test_a_minimal_request_has_nothing_but_what_must_be_there(tmp_path: Path) -> None:
    optional = {"name": "q", "in": "query", "schema": {"type": "integer"}}
    request = made(tmp_path, requestBody=BODY, parameters=[optional])
    assert set(json.loads(request.body)) == {"id", "tags", "kind"}
    assert request.query == ""


def test_a_full_request_has_all_that_may_be_there(tmp_path: Path) -> None:
    optional = {"name": "q", "in": "query", "schema": {"type": "integer"}}
    body = {**BODY, "required": False}
    request = made(tmp_path, True, "maximal", requestBody=body, parameters=[optional])
    assert set(json.loads(request.body)) >= {"id", "tags", "kind", "note"}
    assert list(parse_qs(request.query)) == ["q"]


def test_an_optional_body_is_left_out_where_it_may_be(tmp_path: Path) -> None:
    assert made(tmp_path, requestBody={**BODY, "required": False}).body == b""


def test_the_contract_s_own_example_of_a_parameter_is_taken(tmp_path: Path) -> None:
    wrong_first = {"one": {"value": "no number"}, "two": {"value": 42}}
    own = parameter("q", "query", {"type": "integer"}, examples=wrong_first)
    assert made(tmp_path, parameters=[own]).query == "q=42"


def test_json_is_taken_where_a_body_may_be_of_several_types(tmp_path: Path) -> None:
    content = {"text/plain": {}, "application/json": {"schema": SCHEMA}}
    request = made(tmp_path, requestBody={"required": True, "content": content})
    assert request.header("content-type") == "application/json"


def test_the_same_seed_gives_the_same_request(tmp_path: Path) -> None:
    contract = read(thing(OK, "post", requestBody=BODY), tmp_path)
    bodies = {requests_of(contract).valid(seed).body for seed in SEEDS}
    assert bodies == {requests_of(contract).valid(seed).body for seed in SEEDS}
    assert len(bodies) == len(SEEDS)


@pytest.mark.parametrize(
    "name", ["world_depot", "world_library", "world_zoo", "styles", "security", "methods"]
)
@pytest.mark.parametrize("optional", [False, True], ids=["what must be", "what may be"])
def test_a_server_refuses_none_of_the_requests(name: str, optional: bool, serve: Serve) -> None:
    mock = serve(CONTRACTS / f"{name}.yaml")
    contract = mock.app.parts.contract
    for index, operation in enumerate(contract.operations):
        for seed in SEEDS:
            request = requests_of(contract, index).valid(seed, optional=optional)
            reply = sent(mock, request)
            assert reply.headers["mock-source"] != "refusal", (operation.id, reply.text)


def sent(mock: Mock, request: Request) -> Any:
    target = request.path + (f"?{request.query}" if request.query else "")
    return mock.client.request(
        request.method, target, content=request.body, headers=list(request.headers.items())
    )


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        ({"parameters": [parameter("q", "query", False)]}, "q in the query"),
        ({"requestBody": {"required": True, "content": {"application/json": {"schema": False}}}},
         "the body"),
    ],
    ids=["a parameter", "a body"],
)  # fmt: skip
def test_where_nothing_is_valid_it_is_said_of_what(
    operation: Mapping[str, Any], words: str, tmp_path: Path
) -> None:
    with pytest.raises(NoRequest, match=words):
        made(tmp_path, **operation)
