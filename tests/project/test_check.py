"""The full check: everything that is wrong, a line each, in the order of the files."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from mock_server.errors import FilePlace, Finding, WrongUse
from mock_server.project.check import findings, unique
from mock_server.settings import Settings

HEAD = "openapi: 3.1.0\ninfo: {title: Things, version: '1'}\n"
CONTENT = (
    "paths:\n  /a:\n    get:\n      responses:\n        '200':\n          description: ok\n"
    "          content:\n            application/json:\n"
)
EXAMPLE = f"{HEAD}{CONTENT}              schema: {{type: integer}}\n              example: five\n"
EMPTY = f"{HEAD}{CONTENT}              schema: {{type: string, minLength: 5, maxLength: 2}}\n"
REGEX = f"{HEAD}{CONTENT}              schema: {{type: string, pattern: '(a'}}\n"


def told(folder: Path, text: str, fixtures: Path | None = None) -> list[str]:
    """Return the lines of a document, without its folder."""
    path = folder / "openapi.yaml"
    path.write_text(text)
    found = findings(Settings(document=path, fixtures=fixtures))
    return [re.sub(r"\S*(?=(openapi|thing)\.yaml)", "", line) for line in found]


@pytest.mark.parametrize(
    ("text", "start", "words"),
    [
        (EXAMPLE, "openapi.yaml:12:24: ", 'the example is a string, "five"; expected an integer'),
        (
            EMPTY,
            "openapi.yaml:11:15: ",
            "no body can be made for the schema: its text has at least 5",
        ),
        (REGEX, "openapi.yaml:11:47: ", "is not a regular expression of ECMA-262"),
        (
            "openapi: 3.1.0\ninfo: {title: Things}\npaths: {}\n",
            "openapi.yaml:2:1: ",
            "`version` is missing in `info`, an Info Object; expected a string (at /info, rule",
        ),
        (
            f"{HEAD}paths:\n  /a:\n    get:\n      responses:\n        '200': {{}}\n",
            "openapi.yaml:7:9: ",
            "`description` is missing in `200`, a Response Object; expected a string",
        ),
        ("openapi: 4.0.0\n", "openapi.yaml:1:10: ", "OpenAPI 4.0.0 is not known"),
    ],
    ids=[
        "wrong-example",
        "unsatisfiable",
        "invalid-regex",
        "specification",
        "status",
        "unreadable",
    ],
)
def test_what_is_wrong_is_one_line_with_its_place(
    tmp_path: Path, text: str, start: str, words: str
) -> None:
    (line,) = told(tmp_path, text)
    assert line.startswith(start) and words in line


UNUSED = [
    ("parameters", "p: {$ref: '#/gone'}", "$ref #/gone"),
    ("headers", "h: {$ref: '#/gone'}", "$ref #/gone"),
    ("requestBodies", "b: {$ref: '#/gone'}", "$ref #/gone"),
    ("responses", "r: {$ref: '#/gone'}", "$ref #/gone"),
    ("examples", "e: {$ref: '#/gone'}", "$ref #/gone"),
    ("links", "l: {$ref: '#/gone'}", "$ref #/gone"),
    ("callbacks", "c: {$ref: '#/gone'}", "$ref #/gone"),
    ("securitySchemes", "s: {$ref: '#/gone'}", "$ref #/gone"),
    ("pathItems", "i: {$ref: '#/gone'}", "$ref #/gone"),
    ("schemas", "s: {$ref: '#/gone'}", "goes: $ref #/gone"),
    ("responses", "r: {description: d, links: {l: {$ref: gone.yaml}}}", "$ref gone.yaml"),
    ("callbacks", "c: {'{$url}': {parameters: [{$ref: '#/gone'}]}}", "$ref #/gone"),
    ("headers", "h: {schema: {items: {$ref: '#/gone'}}}", "goes: $ref #/gone"),
    ("parameters", "p: {name: p, in: query, schema: {pattern: '('}}", "is not a"),
]


@pytest.mark.parametrize(("section", "member", "words"), UNUSED, ids=[str(u[:2]) for u in UNUSED])
def test_components_that_nothing_uses_are_checked_too(
    tmp_path: Path, section: str, member: str, words: str
) -> None:
    (line,) = told(tmp_path, f"{HEAD}paths: {{}}\ncomponents:\n  {section}:\n    {member}\n")
    assert re.match(r"openapi\.yaml:6:\d+: ", line)
    assert words in line


def test_what_another_file_refers_to_is_checked_there(tmp_path: Path) -> None:
    (tmp_path / "thing.yaml").write_text("description: d\nlinks:\n  l: {$ref: '#/gone'}\n")
    lines = told(tmp_path, f"{HEAD}components: {{responses: {{r: {{$ref: thing.yaml}}}}}}\n")
    assert [line.split(": ")[0] for line in lines] == ["thing.yaml:3:13"]


OPERATION = {
    "parameters": [
        {"name": "a", "in": "query", "schema": {"type": "integer"}, "example": "x"},
        {"name": "b", "in": "header", "schema": {"type": "integer", "example": "x"}},
        {
            "name": "c",
            "in": "cookie",
            "content": {
                "application/json": {
                    "schema": {"type": "integer"},
                    "examples": {"good": {"value": 1}, "bad": {"value": "x"}},
                }
            },
        },
        {"name": "d", "in": "query", "schema": {"type": "array"}, "examples": {"e": {"value": []}}},
    ],
    "requestBody": {
        "content": {"application/json": {"schema": {"type": "integer"}, "example": "x"}}
    },
    "responses": {
        "200": {
            "description": "d",
            "headers": {"x-a": {"schema": {"type": "integer"}, "examples": {"e": {"value": "x"}}}},
        }
    },
}


def test_wrong_examples_are_told_wherever_one_may_stand(tmp_path: Path) -> None:
    lines = told(tmp_path, f"{HEAD}paths: {json.dumps({'/a': {'post': OPERATION}})}\n")
    expected = 'the example is a string, "x"; expected an integer'
    assert all(re.match(rf"openapi\.yaml:3:\d+: {expected}", line) for line in lines)
    assert [line.partition("(at /paths/~1a/post/")[2].partition(",")[0] for line in lines] == [
        "parameters/0/example",
        "parameters/1/schema/example",
        "parameters/2/content/application~1json/examples/bad/value",
        "requestBody/content/application~1json/example",
        "responses/200/headers/x-a/examples/e/value",
    ]


def test_lines_come_in_the_order_of_the_file_and_each_once(tmp_path: Path) -> None:
    shared = "      security: {key: []}\n      responses: {'200': {$ref: '#/components/Gone'}}\n"
    broken = (
        f"  /b:\n    get: 5\n  /c:\n    parameters: [{{}}]\n    get:\n{shared}    put:\n{shared}"
    )
    lines = told(tmp_path, EXAMPLE + broken)
    at = [tuple(map(int, re.findall(r":(\d+):(\d+): ", line)[0])) for line in lines]
    assert len(lines) > 4
    assert at == sorted(at) and len(lines) == len(set(lines))


def test_findings_are_sorted_by_number_and_told_once() -> None:
    order = [("a.yaml", 2, 10), ("a.yaml", 10, 2), ("a.yaml", 10, 11), ("b.yaml", 1, 1)]
    found = [Finding(FilePlace(*place), "wrong") for place in order]
    assert unique([*reversed(found), *found]) == found


def test_the_document_is_told_of_before_fixtures_that_are_broken(tmp_path: Path) -> None:
    fixtures = tmp_path / "fixtures"
    (fixtures / "replies").mkdir(parents=True)
    (fixtures / "replies" / "thing.yaml").write_text("a: {status: 200}\n")
    lines = told(tmp_path, EXAMPLE, fixtures)
    assert [line.split(": ")[0] for line in lines] == ["openapi.yaml:12:24", "thing.yaml:1:1"]


def test_a_document_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(WrongUse):
        findings(Settings(document=tmp_path / "gone.yaml"))


def test_nothing_is_wrong_in_what_is_shipped() -> None:
    assert findings(Settings()) == []


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_a_long_chain_of_schemas_is_checked_to_its_end(tmp_path: Path, version: str) -> None:
    names = [f"S{n}" for n in range(1000)]
    links = {a: {"$ref": f"#/components/schemas/{b}"} for a, b in pairwise(names)}
    schemas = {name: {"properties": {"next": links.get(name, {})}} for name in names}
    first = {"application/json": {"schema": {"$ref": "#/components/schemas/S0"}}}
    reply = {"description": "ok", "content": first}
    document: dict[str, Any] = {
        "openapi": version,
        "info": {"title": "Things", "version": "1"},
        "paths": {"/a": {"get": {"responses": {"200": reply}}}},
        "components": {"schemas": schemas},
    }
    assert told(tmp_path, json.dumps(document)) == []
    del document["info"]["version"]
    (line,) = told(tmp_path, json.dumps(document))
    assert "`version` is missing" in line


def test_an_x_faker_that_cannot_be_followed_is_a_finding(tmp_path: Path) -> None:
    inner = (
        "{type: object, properties: {a: {type: string, x-faker: internet.emial},"
        " b: {type: integer, x-faker: {number.int: {min: 6, max: 5}}},"
        " c: {type: string, x-faker: internet.email}, x-faker: {type: string}}}"
    )
    lines = told(tmp_path, f"{HEAD}{CONTENT}              schema: {inner}\n")
    assert [line.partition(" (at")[0] for line in lines] == [
        'openapi.yaml:11:78: x-faker "internet.emial" can\'t be followed: neither faker.js nor'
        " Faker has internet.emial; did you mean internet.email?",
        'openapi.yaml:11:114: x-faker {"number.int":{"min":6,"max":5}} can\'t be followed:'
        " no integer lies between min and max",
    ]
