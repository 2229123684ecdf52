"""References and `allOf` are opened, and what they bring holds once."""

from __future__ import annotations

import re

from mock_server.generation.schema import Generator
from tests.helpers.values import Plain, many


def test_a_reference_to_itself_says_nothing() -> None:
    schema = {"type": "integer", "allOf": [{"$ref": "#"}]}
    plain = Plain(schema)
    plain.is_valid = lambda value, /: isinstance(value, int)  # type: ignore[method-assign]
    assert isinstance(Generator().value(plain, "seed"), int)


CHAIN = {
    "$ref": "#/$defs/a",
    "$defs": {
        "a": {"$ref": "#/$defs/b", "type": "string", "minLength": 12},
        "b": {"allOf": [{"$ref": "#/$defs/c"}, {"maxLength": 14}]},
        "c": {"pattern": "^[a-z]+$"},
    },
}


def test_references_and_parts_are_followed_to_the_end() -> None:
    for value in many(CHAIN):
        assert re.fullmatch("[a-z]{12,14}", value)


def test_true_and_an_empty_schema_say_nothing() -> None:
    schema = {"allOf": [True, {}, {"type": "integer"}]}
    assert all(isinstance(value, int) for value in many(schema))
