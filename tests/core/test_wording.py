"""Violations in plain words: which field, what is wrong with it, what was expected."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.wording import MOST_SHOWN, expectation, one_of, shown_value, words_for
from tests.helpers.contents import schema_of
from tests.helpers.effort import calls

UUID = "a UUID such as 3b241101-e2bb-4255-8caf-4136c566a962"
PET = {
    "additionalProperties": False,
    "properties": {"name": {}, "age": {}, "owner": {}},
}
IDS = {"patternProperties": {"^x-": {}, "^[0-9]+$": {}}, "additionalProperties": False}


@pytest.mark.parametrize(
    ("raw", "value", "message"),
    [
        ({"type": "string"}, 5, "is an integer, 5; expected a string"),
        ({"type": "string"}, 5.5, "is a number, 5.5; expected a string"),
        ({"type": "string"}, True, "is a boolean, true; expected a string"),
        ({"type": "string"}, None, "is null; expected a string"),
        ({"type": "integer"}, "5", 'is a string, "5"; expected an integer'),
        ({"type": "integer"}, {}, "is an object, {}; expected an integer"),
        ({"type": "object"}, [1], "is a list, [1]; expected an object"),
        ({"type": ["string", "null"]}, 5, "is an integer, 5; expected null or a string"),
        ({"type": "array"}, "a", 'is a string, "a"; expected a list'),
        ({"type": "boolean"}, 0, "is an integer, 0; expected a boolean"),
        ({"type": "number"}, "a", 'is a string, "a"; expected a number'),
        ({"type": "null"}, 0, "is an integer, 0; expected null"),
        ({"format": "uuid"}, "x", 'is "x"; expected a UUID such as 3b241101-e2bb-4255-8caf-'),
        ({"format": "date-time"}, "x", 'is "x"; expected a date and time such as 2026-01-31T'),
        ({"format": "date"}, "x", 'is "x"; expected a date such as 2026-01-31'),
        ({"format": "email"}, "x", 'is "x"; expected an e-mail address such as ada@'),
        ({"format": "uri"}, "x", 'is "x"; expected a URI such as https://'),
        ({"format": "ipv4"}, "x", 'is "x"; expected an IPv4 address such as 192.0.2.1'),
        ({"format": "byte"}, "~", 'is "~"; expected base64 text'),
        ({"format": "regex"}, "[", 'is "["; expected the format regex'),
        ({"format": "int32", "type": "integer"}, 2**31, "is 2147483648; expected an integer of 32"),
        ({"format": "int64", "type": "integer"}, 2**63, "is 9223372036854775808; expected an inte"),
        ({"enum": ["a"]}, "b", 'is "b"; expected "a"'),
        ({"enum": ["a", "b"]}, "c", 'is "c"; expected "a" or "b"'),
        ({"enum": [1, None, True]}, 2, "is 2; expected 1, null or true"),
        ({"enum": list(range(20))}, 20, "is 20; expected 0, 1, 2, 3, 4, 5, 6, 7 or 12 more"),
        ({"const": {"a": 1}}, {"a": 2}, 'is {"a":2}; expected {"a":1}'),
        ({"minimum": 1}, 0, "is 0; expected at least 1"),
        ({"maximum": 1.5}, 2, "is 2; expected at most 1.5"),
        ({"exclusiveMinimum": 1}, 1, "is 1; expected more than 1"),
        ({"exclusiveMaximum": 1}, 1, "is 1; expected less than 1"),
        ({"multipleOf": 0.5}, 0.7, "is 0.7; expected a multiple of 0.5"),
        ({"minLength": 1}, "", "has 0 characters; expected at least 1 character"),
        ({"maxLength": 2}, "abc", "has 3 characters; expected at most 2 characters"),
        ({"maxLength": 1}, "😀😀", "has 2 characters; expected at most 1 character"),
        ({"minItems": 2}, [1], "has 1 item; expected at least 2 items"),
        ({"maxItems": 0}, [1], "has 1 item; expected at most 0 items"),
        ({"minProperties": 1}, {}, "has 0 properties; expected at least 1 property"),
        ({"maxProperties": 0}, {"a": 1}, "has 1 property; expected at most 0 properties"),
        ({"pattern": "^a+$"}, "b", 'is "b"; expected text that matches ^a+$'),
        ({"uniqueItems": True}, [1, 1], "has an item twice; expected each item once"),
        ({"contains": {"const": 1}}, [2], "has no such item as it must contain; expected at least"),
        (
            {"contains": {"const": 1}, "minContains": 2},
            [1],
            "has too few of the items that it must contain; expected at least 2",
        ),
        (
            {"contains": {"const": 1}, "maxContains": 1},
            [1, 1],
            "has too many of the items that it may contain; expected at most 1",
        ),
        ({"not": {"type": "null"}}, None, "is null; expected anything but what `not` describes"),
        ({"prefixItems": [{}], "unevaluatedItems": False}, [1, 2], "has items that aren't decl"),
        (False, 5, "is there; expected nothing: it isn't allowed"),
        (PET, {"color": 1}, 'has the undeclared "color"; expected only "name", "age" or "owner"'),
        (
            PET,
            {"nmae": 1, "x": 2},
            'has the undeclared "nmae", "x"; expected only "name", "age" or "owner"; did you mean'
            ' "name"?',
        ),
        (IDS, {"y": 1}, 'has the undeclared "y"; expected names that match ^x- or ^[0-9]+$'),
        (
            {**IDS, "properties": {"id": {}}},
            {"y": 1},
            'has the undeclared "y"; expected only "id" and names that match ^x- or ^[0-9]+$',
        ),
        ({"additionalProperties": False}, {"a": 1}, 'has the undeclared "a"; expected no prop'),
        ({"unevaluatedProperties": False}, {"a": 1}, 'has the undeclared "a"; expected no prop'),
        ({"propertyNames": False}, {"a": 1}, 'has the undeclared "a"; expected no properties'),
        (
            {"propertyNames": {"pattern": "^[a-z]+$"}},
            {"A": 1},
            'has the property "A", whose name is "A"; expected text that matches ^[a-z]+$',
        ),
        (
            {"propertyNames": {"maxLength": 2}},
            {"abc": 1},
            'has the property "abc", whose name has 3 characters; expected at most 2 characters',
        ),
    ],
)  # fmt: skip
def test_a_violation_says_what_is_wrong_and_what_was_expected(
    raw: Any, value: Any, message: str
) -> None:
    schema = schema_of({"$ref": "#/components/schemas/It"}, {"It": raw})
    (violation,) = schema.violations(value, ("request", "body"))
    assert violation.message.startswith(f"the body {message}")


@pytest.mark.parametrize(
    ("raw", "value", "keyword", "rule"),
    [
        ({"unevaluatedItems": False}, [1], "unevaluatedItems", "/unevaluatedItems"),
        ({"propertyNames": False}, {"a": 1}, "propertyNames", "/propertyNames"),
        ({"contains": {"const": 1}, "minContains": 2}, [1], "minContains", "/minContains"),
        ({"dependentRequired": {"a": ["b"]}}, {"a": 1}, "dependentRequired", "/dependentRequired"),
        ({"if": True, "then": {"required": ["b"]}}, {}, "required", "/then/required"),
        ({"$ref": "#/components/schemas/A"}, 5, "type", None),
    ],
)  # fmt: skip
def test_the_rule_is_the_keyword_that_was_broken(
    raw: Any, value: Any, keyword: str, rule: str | None
) -> None:
    schema = schema_of(raw, {"A": {"type": "string"}})
    (violation,) = schema.violations(value, ("request", "body"))
    assert violation.keyword == keyword
    place = f"/x-here/schema{rule}" if rule else "/components/schemas/A/type"
    assert violation.rule == f"openapi.json#{place}"


# Kinds that don't come up: the engine asserts no content, and we give it no keywords of our own.
NEVER_MET = {
    "contentEncoding", "contentMediaType", "custom", "fromUtf8", "$ref", "backtrackLimitExceeded",
    "regexEngineFailure",
}  # fmt: skip
# Told by `Schema` itself, or by the keyword that is meant.
TOLD_ELSEWHERE = {"anyOf", "oneOf", "required", "additionalItems"}


def test_no_kind_of_error_that_the_engine_knows_is_without_words() -> None:
    kinds = {
        name[0].lower() + name[1:]
        for name in dir(jsonschema_rs.ValidationErrorKind)
        if name[0].isupper()
    }
    names = {"constant": "const", "oneOfMultipleValid": "oneOf", "oneOfNotValid": "oneOf",
             "referencing": "$ref"}  # fmt: skip
    keywords = {names.get(kind, kind) for kind in kinds} - NEVER_MET - TOLD_ELSEWHERE
    assert len(keywords) > 20
    for keyword in keywords:
        words = words_for(keyword, ["a"], ["a"] if keyword == "enum" else 1, {}, ["a"])
        assert "what the rule" not in words[1], keyword


def test_a_rule_that_nobody_knows_is_named() -> None:
    assert words_for("frobnicate", 5, None, {}, None) == (
        "is 5",
        "what the rule frobnicate asks for",
    )


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string"}, "a string"),
        ({"type": ["integer", "null"]}, "an integer or null"),
        ({"type": "string", "format": "uuid"}, UUID),
        ({"type": "string", "format": "mine"}, "a string"),
        ({"type": "string", "format": ["x"]}, "a string"),
        ({"enum": ["a", "b"]}, '"a" or "b"'),
        ({"enum": []}, "nothing"),
        ({"const": 5, "type": "integer"}, "5"),
        ({"type": "array", "items": {"type": "string"}}, "a list, each item a string"),
        ({"type": "array", "items": True}, "a list"),
        ({"type": "file"}, "file"),
        ({"type": 5}, ""),
        ({"minimum": 1}, ""),
        ({}, ""),
        (True, ""),
        (None, ""),
    ],
)  # fmt: skip
def test_what_a_schema_asks_for_is_put_in_a_few_words(schema: Any, words: str) -> None:
    assert expectation(schema) == words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", '"a"'),
        ('say "hi"\n', '"say \\"hi\\"\\n"'),
        ({"a": [1, None]}, '{"a":[1,null]}'),
        ("x" * 58, '"' + "x" * 58 + '"'),
        ("x" * 59, '"' + "x" * 58 + "…"),
        (["äöü"] * 100, '["äöü","äöü","äöü","äöü","äöü","äöü","äöü","äöü","äöü","äöü…'),
        (2**70, "1180591620717411303424"),
    ],
)
def test_a_value_is_shown_as_json_and_cut_where_it_is_long(value: Any, text: str) -> None:
    assert shown_value(value) == text


def test_a_value_too_deep_to_be_written_is_told_by_its_kind() -> None:
    value: Any = []
    for _ in range(2_000):
        value = [value]
    assert shown_value(value) == "a list"


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists))
def test_whatever_is_shown_is_short_and_on_one_line(value: Any) -> None:
    text = shown_value(value)
    assert 1 <= len(text) <= MOST_SHOWN
    assert "\n" not in text


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([], "nothing"),
        (["a"], '"a"'),
        (["a", "b"], '"a" or "b"'),
        (["a", "b", "c"], '"a", "b" or "c"'),
        (list(range(8)), "0, 1, 2, 3, 4, 5, 6 or 7"),
        (list(range(9)), "0, 1, 2, 3, 4, 5, 6, 7 or 1 more"),
    ],
)
def test_values_are_put_in_a_row(values: list[Any], text: str) -> None:
    assert one_of(values) == text


def test_names_of_any_length_and_number_are_told_of_quickly() -> None:
    schema: dict[str, Any] = {"properties": {f"property{n}": {} for n in range(100)}}
    unexpected = [f"{n}property" * 10_000 for n in range(1_000)]
    assert calls(lambda: words_for("additionalProperties", {}, False, schema, unexpected)) < 5_000
