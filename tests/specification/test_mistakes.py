"""Mistakes that people make in documents: the place of each, its value, what was expected."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mock_server.errors import WrongUse
from mock_server.project.check import findings
from mock_server.settings import Settings
from tests.specification.test_mutations import JARGON

BASE = """\
openapi: 3.0.3
info:
  title: Pets
  version: '1'
paths:
  /pets/{id}:
    get:
      operationId: get_pet
      parameters:
        - name: id
          in: path
          required: true
          schema:
            type: integer
        - name: size
          in: query
          schema: {type: string, enum: [small, large]}
      requestBody:
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Pet'}
      responses:
        '200':
          description: The pet
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/Pet'
              example: {name: Minka}
components:
  schemas:
    Pet:
      type: object
      required: [name]
      properties:
        name:
          type: string
          nullable: true
        age: {type: integer, minimum: 0}
  securitySchemes:
    key: {type: apiKey, name: X-Key, in: header}
"""
V31 = ("openapi: 3.0.3", "openapi: 3.1.0")
PLAIN = ("          nullable: true\n", "")

# Replacements in the document, then the place of a finding, and words of its message.
MISTAKES: dict[str, tuple[list[tuple[str, str]], str, str]] = {
    # Types and values
    "type: int": ([("type: integer\n", "type: int\n")], "14:19", 'is "int"; expected .*"integer"?'),
    "type: str": ([("type: string\n", "type: str\n")], "37:17", 'did you mean "string"?'),
    "type: float": ([("type: integer, m", "type: float, m")], "39:21", 'did you mean "number"?'),
    "type: String": ([("type: string\n", "type: String\n")], "37:17", 'did you mean "string"?'),
    "type: null": ([("type: string\n", "type:\n")], "37:16", "`type` is empty"),
    "a list of types in 3.0": (
        [("      type: object", "      type: [object, 'null']")],
        "33:7",
        "expects `type: object` and, for null, `nullable: true` beside",
    ),
    "type 'null' in 3.0": ([("type: string\n", "type: 'null'\n")], "37:17", "has no such type"),
    "required: yes": (
        [("required: true", "required: yes")],
        "12:21",
        'is a string, "yes"; expected a boolean; YAML 1.2 reads it as text; did you mean true?',
    ),
    "required: 'true'": ([("required: true", "required: 'true'")], "12:21", "did you mean true?"),
    "required: false in a path": (
        [("required: true", "required: false")],
        "12:21",
        "`required` is false; expected `required: true`",
    ),
    "required left out in a path": (
        [("          required: true\n", "")],
        "10:11",
        "`required` is missing; expected `required: true`",
    ),
    "required: true of a property": (
        [("          nullable: true", "          required: true")],
        "38:21",
        "expected a list.*lists it in its own `required`",
    ),
    "required as a text": ([("required: [name]", "required: name")], "34:17", r"mean \[name\]?"),
    "a version that is a number": (
        [("version: '1'", "version: 1.0")],
        "4:12",
        "is a number, 1.0; expected a string; put it into quotes: '1.0'",
    ),
    "openapi: 3.0": ([("openapi: 3.0.3", "openapi: 3.0")], "1:10", "is a number, 3.0"),
    "openapi: 4": ([("openapi: 3.0.3", "openapi: 4.0.0")], "1:10", "OpenAPI 4.0.0 is not known"),
    "a negative length": ([("minimum: 0", "minLength: -1")], "39:41", "an integer, at least 0"),
    "a minimum in quotes": ([("minimum: 0", "minimum: '0'")], "39:39", "mean 0, without quotes?"),
    "exclusiveMinimum: true in 3.1": (
        [V31, PLAIN, ("minimum: 0", "exclusiveMinimum: true")],
        "38:48",
        "is a boolean, true; expected a number",
    ),
    "exclusiveMinimum: 0 in 3.0": (
        [("minimum: 0", "exclusiveMinimum: 0")],
        "39:48",
        "is an integer, 0; expected a boolean",
    ),
    "in: qurey": ([("in: query", "in: qurey")], "16:15", 'did you mean "query"?'),
    "in: body": ([("in: query", "in: body")], "16:15", "a body stands in `requestBody`"),
    "a style of another place": (
        [("in: query", "in: query\n          style: matrix")],
        "17:18",
        '`style` is "matrix"; expected "form"',
    ),
    "a security scheme of no type": (
        [("type: apiKey", "type: apikey")],
        "41:17",
        'expected "apiKey".*did you mean "apiKey"?',
    ),
    "a property without a schema": (
        [("age: {type: integer, minimum: 0}", "age: integer")],
        "39:14",
        r'is a string, "integer"; expected a Schema Object.*did you mean {type: integer}?',
    ),
    "an enum that is a text": (
        [("enum: [small, large]", "enum: small")],
        "17:40",
        r"mean \[small\]?",
    ),
    "examples as a list": (
        [("example: {name: Minka}", "examples: [{name: Minka}]")],
        "29:15",
        "`examples` is a list; expected a mapping of names",
    ),
    "an example that breaks its schema": (
        [("{name: Minka}", "{name: 5}")],
        "29:31",
        "name in the example is an integer, 5; expected null or a string",
    ),
    "a default that breaks its schema": (
        [("minimum: 0", "default: x")],
        "39:39",
        'is a string, "x"; expected an integer',
    ),
    "a reference as a text": (
        [("schema: {$ref: '#/components/schemas/Pet'}", "schema: '#/components/schemas/Pet'")],
        "21:21",
        r"did you mean {\$ref: '#/components/schemas/Pet'}?",
    ),
    "ref for $ref": (
        [("schema: {$ref: '#/components", "schema: {ref: '#/components")],
        "21:22",
        r"did you mean `\$ref`?",
    ),
    "ref for $ref in 3.1": (
        [V31, PLAIN, ("schema: {$ref: '#/components", "schema: {ref: '#/components")],
        "21:22",
        r"did you mean `\$ref`?",
    ),
    "additionalProperties in quotes": (
        [("minimum: 0", "additionalProperties: 'false'")],
        "39:52",
        "did you mean false, without quotes?",
    ),
    "a misspelt required property": (
        [("required: [name]", "required: [nmae]")],
        "34:7",
        '`required` names "nmae".*did you mean "name"?',
    ),
    "a parameter twice": (
        [("        - name: size\n", "        - name: id\n"), ("in: query", "in: path")],
        "15:11",
        'the parameter "id" in path is listed twice',
    ),
    "a page in HTML": ([(BASE, "<!DOCTYPE html>\n<html></html>\n")], "1:1", "it is HTML or XML"),
    "a merge conflict": ([("info:", "<<<<<<< HEAD\ninfo:")], "2:1", "has left its mark here"),
    "a method in capitals": ([("    get:", "    GET:")], "7:5", "did you mean `get`?"),
    "security as a text": (
        [("      responses:", "      security: key\n      responses:")],
        "22:17",
        "expected a list",
    ),
    "an undeclared security scheme": (
        [("      responses:", "      security: [{keys: []}]\n      responses:")],
        "22:",
        "is not declared in components/securitySchemes",
    ),
    "an undeclared parameter of the path": (
        [("/pets/{id}", "/pets/{pet}")],
        "",
        'has no parameter|the path parameter "pet" is not declared',
    ),
    # What is missing
    "no description": (
        [("          description: The pet\n", "")],
        "23:9",
        "`description` is missing",
    ),
    "no title": ([("  title: Pets\n", "")], "2:1", "`title` is missing in `info`"),
    "no info": ([("info:\n  title: Pets\n  version: '1'\n", "")], "1:1", "`info` is missing"),
    "no responses": (
        [(BASE[BASE.index("      responses:") : BASE.index("components:")], "")],
        "7:5",
        "`responses` is missing",
    ),
    "empty paths": (
        [(BASE[BASE.index("  /pets/{id}") : BASE.index("components:")], "")],
        "5:7",
        "`paths` is empty: nothing stands behind it or indented below it",
    ),
    "a parameter without a schema": (
        [("          schema: {type: string, enum: [small, large]}\n", "")],
        "15:11",
        "`schema` is missing; expected `schema` or `content`",
    ),
    # Names
    "descripton": (
        [("description: The", "descripton: The")],
        "24:11",
        "did you mean `description`?",
    ),
    "operation_id": ([("operationId", "operation_id")], "8:7", "did you mean `operationId`?"),
    "a misspelt keyword": ([("minimum: 0", "minimun: 0")], "39:30", "did you mean `minimum`?"),
    "a misspelt keyword in 3.1": (
        [V31, PLAIN, ("minimum: 0", "minimun: 0")],
        "38:30",
        "did you mean `minimum`?",
    ),
    "webhooks in 3.0": ([("components:\n", "webhooks: {}\ncomponents:\n")], "30:1", "3.1 has it"),
    "a status such as 2xx": ([("'200':", "2xx:")], "23:9", 'did you mean "2XX"?'),
    "a path without a slash": ([("  /pets/{id}", "  pets/{id}")], "6:3", 'did you mean "/pets/'),
    "nullable without effect": (
        [("          type: string\n", "")],
        "37:21",
        "`nullable` has no effect here",
    ),
    "nullable in 3.1": ([V31], "38:11", r"expected type: \[string, 'null'\], which allows null"),
    # Levels
    "a status one level too high": (
        [("      responses:\n        '200':", "      responses:\n      '200':")],
        "23:7",
        "`200` is no field of an Operation Object; it belongs below `responses`",
    ),
    "a status that is left out": (
        [
            (
                "        '200':\n          description: The pet\n          c",
                "        description: The pet\n        c",
            )
        ],
        "23:9",
        "a field of a Response Object, which stands below a status",
    ),
    "a schema one level too deep": (
        [
            (
                "          in: query\n          schema: {",
                "          in: query\n          style: form\n"
                "          content: {application/json: {}}\n      schema: {",
            )
        ],
        "19:7",
        "`schema` is no field of an Operation Object",
    ),
    "a title at the top": (
        [("info:\n  title: Pets\n", "title: Pets\ninfo:\n")],
        "2:1",
        "belongs below `info`",
    ),
    # References
    "a misspelt reference": (
        [
            (
                "                $ref: '#/components/schemas/Pet'",
                "                $ref: '#/components/schemas/Pett'",
            )
        ],
        "28:23",
        "did you mean #/components/schemas/Pet?",
    ),
    "a misspelt section": (
        [
            (
                "                $ref: '#/components/schemas/Pet'",
                "                $ref: '#/components/schema/Pet'",
            )
        ],
        "28:23",
        "did you mean #/components/schemas/Pet?",
    ),
    "another section": (
        [
            (
                "                $ref: '#/components/schemas/Pet'",
                "                $ref: '#/components/responses/Pet'",
            )
        ],
        "28:23",
        "did you mean #/components/schemas/Pet?|has no /components/responses",
    ),
    "an unknown x-faker": (
        [("minimum: 0", "x-faker: internet.emial")],
        "39:39",
        "did you mean internet.email?",
    ),
    # YAML
    "a tab": ([("      operationId", "\toperationId")], "8:1", "a tab stands here"),
    "a tab behind spaces": (
        [("      operationId", "    \toperationId")],
        "8:5",
        "a tab stands here",
    ),
    "a colon in a text": (
        [("title: Pets", "title: Pets: all")],
        "3:14",
        "put the text into quotes",
    ),
    "a quote that isn't closed": ([("'1'", "'1")], "4:12", "has no closing quote"),
    "a list that isn't closed": (
        [("[name]", "[name")],
        "34:17",
        "the list that begins here isn't closed",
    ),
    "a mapping that isn't closed": ([("{name: Minka}", "{name: Minka")], "29:24", "isn't closed"),
    "wrong indentation": (
        [("      operationId", "     operationId")],
        "9:7",
        "this line is indented",
    ),
    "an indented sibling": ([("  version: '1'", "   version: '1'")], "4:4", "indented more deeply"),
    "a key without a colon": (
        [("  title: Pets", "  title")],
        "3:3",
        "expected a key with `: ` behind",
    ),
    "a key twice": ([("  title: Pets", "  title: Pets\n  title: Pets")], "4:3", "duplicate key"),
    "an @": ([("title: Pets", "title: @pets")], "3:10", "`@` is reserved"),
}


def lines_of(folder: Path, text: str) -> list[str]:
    path = folder / "pets.yaml"
    path.write_text(text)
    return [line.replace(f"{folder}/", "") for line in findings(Settings(document=path))]


def test_nothing_is_found_without_a_mistake(tmp_path: Path) -> None:
    assert lines_of(tmp_path, BASE) == []


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_found_where_it_is_with_what_was_expected(tmp_path: Path, name: str) -> None:
    replacements, place, words = MISTAKES[name]
    text = BASE
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new, 1)
    found = lines_of(tmp_path, text)
    start = f"pets.yaml:{place}: " if place[-1:].isdigit() else f"pets.yaml:{place}"
    assert any(line.startswith(start) for line in found), found
    pattern = words.replace("?", r"\?").replace("(", r"\(")
    assert any(re.search(pattern, line) for line in found), found
    assert not [line for line in found if JARGON.search(line)]


def test_a_misspelt_file_is_suggested(tmp_path: Path) -> None:
    (tmp_path / "pets.yaml").write_text(BASE)
    with pytest.raises(WrongUse, match=r"there is no such file; did you mean pets\.yaml\?"):
        findings(Settings(document=tmp_path / "pest.yaml"))
