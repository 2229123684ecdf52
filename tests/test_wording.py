"""The words for what a value breaks: what is wrong, and what is expected."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.wording import MOST_SHOWN, expectation, one_of, shown, words_for

SHOWN: dict[str, tuple[Any, str]] = {
    "text": ("a", '"a"'),
    "null": (None, "null"),
    "object": ({"a": [1, True]}, '{"a":[1,true]}'),
    "long text": ("a" * 100, '"' + "a" * (MOST_SHOWN - 2) + "…"),
    "an integer beyond 64 bits": (2**80, "an integer"),
}


@pytest.mark.parametrize(("value", "text"), SHOWN.values(), ids=SHOWN)
def test_a_value_is_shown_as_short_json(value: object, text: str) -> None:
    assert shown(value) == text


EXPECTED: dict[str, tuple[Any, str]] = {
    "a type": ({"type": "string"}, "a string"),
    "two types": ({"type": ["integer", "null"]}, "an integer or null"),
    "a const": ({"const": 5, "type": "integer"}, "5"),
    "an enum": ({"enum": ["a", "b", None]}, '"a", "b" or null'),
    "a format": ({"type": "string", "format": "date"}, "a date such as 2026-01-31"),
    "an unknown format": ({"type": "string", "format": "colour"}, "a string"),
    "a list": ({"type": "array", "items": {"type": "number"}}, "a list, each item a number"),
    "a list of anything": ({"type": "array"}, "a list"),
    "nothing said": ({}, ""),
    "a boolean schema": (True, ""),
}


@pytest.mark.parametrize(("schema", "words"), EXPECTED.values(), ids=EXPECTED)
def test_a_schema_is_told_in_a_few_words(schema: object, words: str) -> None:
    assert expectation(schema) == words


ROWS: dict[str, tuple[list[Any], str]] = {
    "none": ([], "nothing"),
    "one": ([1], "1"),
    "two": ([1, 2], "1 or 2"),
    "three": ([1, 2, 3], "1, 2 or 3"),
    "ten": (list(range(10)), "0, 1, 2, 3, 4, 5, 6, 7 or 2 more"),
}


@pytest.mark.parametrize(("values", "text"), ROWS.values(), ids=ROWS)
def test_values_stand_in_a_row(values: list[Any], text: str) -> None:
    assert one_of(values) == text


# The keyword, the instance, the keyword's value, then what is wrong and what is expected.
WORDS: list[tuple[str, Any, Any, str, str]] = [
    ("type", "5", "integer", 'is a string, "5"', "an integer"),
    ("type", None, ["string", "number"], "is null", "a string or a number"),
    ("type", True, "integer", "is a boolean, true", "an integer"),
    ("format", "x", "date", 'is "x"', "a date such as 2026-01-31"),
    ("format", "x", "colour", 'is "x"', "the format colour"),
    ("enum", "x", ["a", "b"], 'is "x"', '"a" or "b"'),
    ("const", 1, 2, "is 1", "2"),
    ("minimum", 1, 2, "is 1", "at least 2"),
    ("maximum", 3, 2, "is 3", "at most 2"),
    ("exclusiveMinimum", 2, 2, "is 2", "more than 2"),
    ("exclusiveMaximum", 2, 2, "is 2", "less than 2"),
    ("multipleOf", 3, 2, "is 3", "a multiple of 2"),
    ("minLength", "", 1, "has 0 characters", "at least 1 character"),
    ("maxLength", "a", 0, "has 1 character", "at most 0 characters"),
    ("minItems", [], 2, "has 0 items", "at least 2 items"),
    ("maxItems", [1, 2], 1, "has 2 items", "at most 1 item"),
    ("minProperties", {}, 1, "has 0 properties", "at least 1 property"),
    ("maxProperties", {"a": 1}, 0, "has 1 property", "at most 0 properties"),
    ("pattern", "x", "^a", 'is "x"', "text that matches ^a"),
    ("uniqueItems", [1, 1], True, "has an item twice", "each item once"),
    ("contains", [], {}, "has no such item as it must contain", "at least one"),
    ("not", 1, {}, "is 1", "anything but what `not` describes"),
    ("falseSchema", 1, False, "is there", "nothing: it isn't allowed"),
    ("someday", 1, 2, "is 1", "what the rule someday asks for"),
]


@pytest.mark.parametrize(("keyword", "instance", "value", "wrong", "expected"), WORDS)
def test_a_broken_keyword_has_its_words(
    keyword: str, instance: object, value: object, wrong: str, expected: str
) -> None:
    assert words_for(keyword, instance, value, {keyword: value}, instance) == (wrong, expected)


UNDECLARED: dict[str, tuple[Any, list[str], str, str]] = {
    "a near miss": (
        {"properties": {"name": {}, "size": {}}},
        ["nmae"],
        'has the undeclared "nmae"',
        'only "name" or "size"; did you mean "name"?',
    ),
    "nothing near": (
        {"properties": {"name": {}}},
        ["x", "y"],
        'has the undeclared "x", "y"',
        'only "name"',
    ),
    "by pattern": (
        {"patternProperties": {"^x-": {}}},
        ["y"],
        'has the undeclared "y"',
        "names that match ^x-",
    ),
    "none at all": ({}, ["x"], 'has the undeclared "x"', "no properties"),
}


@pytest.mark.parametrize(
    ("schema", "names", "wrong", "expected"), UNDECLARED.values(), ids=UNDECLARED
)
def test_an_undeclared_property_is_told_with_what_is_declared(
    schema: object, names: list[str], wrong: str, expected: str
) -> None:
    words = words_for("additionalProperties", {}, False, schema, names)
    assert words == (wrong, expected)
