"""Shapes: what a value is like in each mode, and how large it grows."""

from __future__ import annotations

import json
from typing import Any

from tests.helpers.values import USER, made, many


def test_minimal_has_only_what_is_required() -> None:
    assert made(USER, mode="minimal").keys() == {"id", "name", "tags"}
    assert made(USER, mode="minimal")["tags"] == []


def test_maximal_has_everything() -> None:
    assert all(value.keys() == USER["properties"].keys() for value in many(USER, mode="maximal"))


def test_boundary_finds_what_is_awkward() -> None:
    schema = {
        "type": "object",
        "required": ["text", "list", "maybe", "count"],
        "properties": {
            "text": {"type": "string"},
            "list": {"type": "array", "items": {"type": "integer"}},
            "maybe": {"type": ["integer", "null"]},
            "count": {"type": "integer"},
            "absent": {"type": "integer"},
        },
    }
    found = many(schema, mode="boundary")
    assert {0, 1_000} <= {len(value["text"]) for value in found}
    assert [] in [value["list"] for value in found]
    assert None in [value["maybe"] for value in found]
    assert {2**53 - 1, -(2**53 - 1)} <= {value["count"] for value in found}
    assert {"absent" in value for value in found} == {True, False}


def test_a_wide_schema_stays_small() -> None:
    wide: dict[str, Any] = {"type": "integer"}
    for _ in range(6):
        wide = {"type": "object", "properties": dict.fromkeys("abcde", wide)}
    assert len(json.dumps(made(wide, mode="maximal"))) < 100_000


def test_a_thing_is_not_within_itself_again_and_again() -> None:
    schema = {"properties": {"name": {"type": "string"}, "parent": {"$ref": "#"}}}

    def levels(value: Any) -> int:
        return 1 + levels(value["parent"]) if "parent" in value else 1

    assert max(map(levels, many(schema, mode="maximal"))) == 4
