"""Requests and replies by Hypothesis: valid by two engines, wide, and shrunk to the least."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import Phase, find, settings
from hypothesis.strategies import SearchStrategy

from mock_server.contract.reader import read_contract
from mock_server.errors import WrongUse
from mock_server.testing import broken_requests, replies, requests
from mock_server.testing.answers import allowed_replies
from mock_server.testing.places import Places
from tests.generation.schema.test_satisfiable import SATISFIABLE
from tests.helpers.judge import CONTRACT, Judge
from tests.helpers.running import Mock, Serve
from tests.helpers.samples import samples
from tests.helpers.values import Plain, faults

LATEST = "latest_invocations_by_keys"
ID = "00000000-0000-4000-8000-000000000000"
RECORD = {
    "created_at": "2000-01-01T00:00:00Z",
    "id": ID,
    "metadata": {
        "github": {"git_ref_identifier": {"sha": ""}},
        "collection_name": "",
        "database_name": "",
    },
    "status": "pending",
}
PETS = """\
openapi: 3.0.3
info: {title: Pets, version: 1.0.0}
paths:
  /pets/{id}:
    put:
      operationId: put_pet
      security: [{key: []}]
      parameters:
        - {name: id, in: path, required: true, schema: {type: integer, minimum: 1}}
        - {name: tags, in: query, schema: {type: array, items: {type: string}}}
        - {name: X-Mode, in: header, schema: {type: string, enum: [fast, slow]}}
        - {name: flavour, in: cookie, schema: {type: string, maxLength: 5}}
      requestBody:
        content:
          application/json: {schema: {$ref: '#/components/schemas/Pet'}}
          application/x-www-form-urlencoded: {schema: {$ref: '#/components/schemas/Pet'}}
      responses:
        '200':
          description: The pet.
          headers: {X-Rate: {required: true, schema: {type: integer}}}
          content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}
        '204': {description: It is there already.}
        4XX:
          description: No.
          content: {text/plain: {schema: {type: string}}}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}
  schemas:
    Pet:
      type: object
      additionalProperties: false
      required: [name, id]
      properties:
        id: {type: integer, readOnly: true}
        name: {type: string, nullable: true, minLength: 1}
        age: {type: integer, minimum: 0, exclusiveMinimum: true, maximum: 30}
        secret: {type: string, writeOnly: true}
"""


def least(strategy: SearchStrategy[Any], condition: Callable[[Any], Any]) -> Any:
    """Return the example to which one shrinks if the condition is to hold."""
    # To explain it, which no one reads here, would take ten times as long as to shrink it.
    phases = [Phase.generate, Phase.shrink]
    setting = settings(max_examples=5000, database=None, derandomize=True, phases=phases)
    return find(strategy, lambda value: bool(condition(value)), settings=setting)


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    path = tmp_path / "pets.yaml"
    path.write_text(PETS)
    return path


# Replies


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 500])
def test_each_reply_satisfies_its_schema_by_two_engines(status: int) -> None:
    judge = Judge.of(CONTRACT)
    schema = f"/paths/~1api~1v1~1sources~1%7Bsource_id%7D~1invocations~1latest-by-keys/post/responses/{status}/content/application~1json/schema"  # noqa: E501
    content = read_contract(CONTRACT).operations[0].responses[str(status)].content
    first = content["application/json"].schema
    assert first is not None
    found = samples(replies(LATEST, status))
    assert [value for value in found if judge.faults_at(schema, value)] == []
    assert [value for value in found if not first.is_valid(value)] == []


def records(value: Any) -> list[dict[str, Any]]:
    return list(value.values())


ALTERNATIVES: dict[str, Callable[[dict[str, Any]], bool]] = {
    "a status by its name": lambda record: record["status"] == "processing",
    "one that is complete": lambda record: "complete" in record["status"],
    "one that failed": lambda record: "failed" in record["status"],
    "a branch": lambda record: "branch" in str(record["metadata"].get("github")),
    "a bucket": lambda record: "s3" in record["metadata"],
    "a bucket with a null": lambda r: r["metadata"].get("s3", {}).get("custom_id", 0) is None,
    "no source": lambda record: "source_id" not in record,
    "a source that is null": lambda record: record.get("source_id", 0) is None,
    "a source": lambda record: isinstance(record.get("source_id"), str),
    "a property that isn't declared": lambda record: bool(
        record.keys() - {"created_at", "id", "metadata", "source_id", "status"}
    ),
    "an empty name": lambda record: record["metadata"]["database_name"] == "",
}


@pytest.fixture(scope="module")
def many_records() -> list[dict[str, Any]]:
    """All that is in three hundred replies."""
    return [record for value in samples(replies(LATEST), 300) for record in records(value)]


@pytest.mark.parametrize("condition", ALTERNATIVES.values(), ids=list(ALTERNATIVES))
def test_all_that_the_contract_allows_is_met(
    condition: Callable[[Any], bool], many_records: list[dict[str, Any]]
) -> None:
    assert any(map(condition, many_records))


SMALLEST: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "any": (lambda value: True, {}),
    "one that holds something": (records, {"": RECORD}),
    "one with a status that is an object": (
        lambda value: any(isinstance(r["status"], dict) for r in records(value)),
        {"": {**RECORD, "status": {"failed": {"error": ""}}}},
    ),
    "one with a source": (
        lambda value: any(r.get("source_id") for r in records(value)),
        {"": {**RECORD, "source_id": ID}},
    ),
}


@pytest.mark.long
@pytest.mark.parametrize(("condition", "smallest"), SMALLEST.values(), ids=list(SMALLEST))
def test_a_reply_shrinks_to_the_smallest(condition: Any, smallest: Any) -> None:
    assert least(replies(LATEST), condition) == smallest


@pytest.mark.long
@pytest.mark.parametrize("schema", SATISFIABLE.values(), ids=list(SATISFIABLE))
def test_what_can_be_satisfied_is_satisfied_by_two_engines(schema: Any) -> None:
    found = samples(Places("reply").values(Plain(schema)), 25)
    assert found
    assert [value for value in found if faults(schema, value)] == []


TREE = {
    "type": "object",
    "required": ["children"],
    "properties": {
        "children": {"type": "array", "items": {"$ref": "#"}},
        "parent": {"anyOf": [{"type": "null"}, {"$ref": "#"}]},
    },
    "additionalProperties": False,
}


def test_a_schema_that_contains_itself_ends() -> None:
    found = samples(Places("reply").values(Plain(TREE)))
    assert [value for value in found if faults(TREE, value)] == []
    assert any(child["children"] for value in found for child in value["children"])


FORMATS = (
    "uuid date-time date time duration email idn-email hostname idn-hostname ipv4 ipv6 uri"
    " uri-reference iri iri-reference uri-template json-pointer relative-json-pointer regex byte"
    " int32 int64 unheard-of"
)


# What the second engine, jsonschema 4.26, refuses though it is right: any 0 before a digit is a
# leading one to it.
REFUSED_WRONGLY = {"relative-json-pointer": re.compile(r"[1-9]\d*0\d")}


@pytest.mark.parametrize("name", FORMATS.split())
def test_texts_of_a_format_are_so_by_two_engines(name: str) -> None:
    schema = {"type": "string", "format": name}
    found = samples(Places("reply").values(Plain(schema)), 50)
    assert len(set(found)) > 2
    wrongly = REFUSED_WRONGLY.get(name, re.compile("(?!)"))
    assert [v for v in found if faults(schema, v) and not wrongly.match(v)] == []


def test_replies_are_those_of_the_dialect_and_the_direction(pets: Path) -> None:
    found = samples(replies("put_pet", contract=pets))
    assert {name for value in found for name in value} == {"id", "name", "age"}
    assert any(value["name"] is None for value in found)
    assert all(0 < value.get("age", 1) <= 30 for value in found)


def test_replies_of_every_status_have_their_headers_and_types(pets: Path) -> None:
    operation = read_contract(pets).operations[0]
    found = samples(allowed_replies(operation))
    assert {(r.status, r.media_type, *r.headers) for r in found} == {
        (200, "application/json", "X-Rate"),
        (204, None),
        (400, "text/plain"),
    }


# Requests


def send(mock: Mock, request: Any) -> httpx.Response:
    return mock.client.request(
        request.method, request.url, headers=request.headers, content=request.body
    )


def test_a_server_takes_every_valid_request(pets: Path, serve: Serve) -> None:
    mock = serve(pets, strict_parameters=True)
    found = samples(requests("put_pet", contract=pets))
    refused = [(one, text) for one in found if (text := send(mock, one)).is_client_error]
    assert refused == []
    told = " ".join(f"{one.url} {sorted(one.headers)}" for one in found)
    assert all(word in told for word in ("tags=", "x-mode", "x-key", "cookie", "content-type"))


def test_a_request_can_be_read_in_parts() -> None:
    request = least(requests(LATEST), lambda request: request.json["object_keys"])
    path = f"/api/v1/sources/{ID}/invocations/latest-by-keys"
    assert (request.method, request.path, request.query) == ("POST", path, "")
    assert request.headers == {"content-type": "application/json"}
    assert request.json == {"object_keys": [""]}


def test_a_server_refuses_every_broken_request_by_the_rule_that_it_names(
    pets: Path, serve: Serve
) -> None:
    mock = serve(pets)
    found = samples(broken_requests("put_pet", contract=pets), 60)
    for request in found:
        (violation,) = json.loads(send(mock, request).headers["sl-violations"])
        assert violation["code"] == request.rule
        assert violation["message"] == request.violation.message
    assert {"required", "type", "minimum"} <= {request.rule for request in found}


# What is asked wrongly


@pytest.mark.parametrize(
    ("make", "message"),
    [
        pytest.param(
            lambda: replies("latest_invocations_by_key"),
            "no operation of the contract has the id latest_invocations_by_key;"
            " did you mean latest_invocations_by_keys?",
            id="an operation that isn't there",
        ),
        pytest.param(
            lambda: replies(LATEST, 418),
            "latest_invocations_by_keys declares no body for 418;"
            " it declares 200, 400, 401, 403, 404, 500",
            id="a status that isn't declared",
        ),
    ],
)
def test_what_is_not_in_the_contract_is_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(WrongUse) as raised:
        make()
    assert str(raised.value) == message


@pytest.mark.parametrize("name", ["hypothesis", "hypothesis_jsonschema"])
def test_where_the_extra_is_missing_the_import_says_so(name: str) -> None:
    script = f"""
import importlib.util, sys
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *args: None if name == {name!r} else find(name, *args)
try:
    import mock_server.testing
except ImportError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    expected = f"mock_server.testing needs {name}; install it with"
    assert done.stdout == f"{expected} pip install 'contract-mock-server[testing]'\n"
