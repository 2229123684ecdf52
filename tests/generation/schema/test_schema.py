"""The report on a schema without a value."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.generation.schema import Generator, Unsatisfiable
from tests.helpers.values import Plain, faults, many


def test_the_error_names_the_schema_and_the_reason() -> None:
    schema = {"schemas": {"a/b": {"type": "integer", "minimum": 2, "maximum": 1}}}
    with pytest.raises(Unsatisfiable) as caught:
        Generator().value(Plain(schema, "schemas", "a/b"), "seed")
    assert caught.value.schema_uri == "mem:///contract.json#/schemas/a~1b"
    assert str(caught.value) == (
        f"No value satisfies {caught.value.schema_uri}: no number lies within its bounds"
    )


def test_what_is_excluded_in_one_place_is_not_in_another() -> None:
    def without(*types: str) -> dict[str, Any]:
        return {"type": "object", "not": {"properties": {"a": {"type": [*types]}}}}

    places = {
        "one": without("array", "string", "number", "boolean", "null"),
        "two": without("object", "string", "number", "boolean", "null"),
    }
    schema = {"properties": places, "required": ["one", "two"]}
    for value in many(schema, 20):
        assert not faults(schema, value)
