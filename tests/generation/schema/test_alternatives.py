"""Alternatives: each has its turn, and a value fits as many as it may."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.helpers.effort import calls
from tests.helpers.values import contract_values, faults, many


@pytest.mark.parametrize(
    ("name", "variants"),
    [
        ("IndexJobMetadata", {"github", "s3"}),
        ("JobStatus", {"pending", "processing", "complete", "failed", "cancelled"}),
        ("IndexJobMetadataKind", {"web_scrape", "github", "s3", "Unknown"}),
        ("GitRefIdentifier", {"sha", "branch"}),
    ],
)
def test_variants_that_can_be_are_picked_evenly(name: str, variants: set[str]) -> None:
    values = contract_values(name, 400)
    seen = Counter(variant for value in values for variant in variants if variant in value)
    assert seen.keys() == variants
    assert min(seen.values()) > 0.6 * 400 / len(variants)


def test_alternatives_that_overlap_are_told_apart() -> None:
    def option(name: str) -> dict[str, Any]:
        return {"type": "object", "properties": {name: {"type": "string"}}}

    schema = {"oneOf": [option("a"), option("b"), option("c")]}
    for value in many(schema):
        assert not faults(schema, value)
        assert sum(isinstance(found, str) for found in value.values()) <= 1


@pytest.mark.parametrize(
    "schema",
    [
        {"type": ["string", "null"]},
        {"oneOf": [{"type": "null"}, {"type": "string"}]},
        {"enum": ["a", None]},
        {"anyOf": [{"enum": [None]}, {"allOf": [{"type": "null"}]}, {"type": "string"}]},
    ],
    ids=str,
)
def test_null_is_taken_at_the_limits_alone(schema: dict[str, Any]) -> None:
    assert None not in many(schema)
    assert None not in many(schema, mode="maximal")
    assert 0 < many(schema, mode="boundary").count(None) < 60


def choices(count: int) -> dict[str, Any]:
    """So many alternatives of four each, one of each of which has to be chosen."""
    parts = [
        {"oneOf": [{"properties": {f"p{n}": {"const": way}}, "required": [f"p{n}"]}
                   for way in range(4)]}
        for n in range(count)
    ]  # fmt: skip
    return {"type": "object", "allOf": parts}


def test_more_choices_than_can_be_looked_at_still_give_a_value() -> None:
    assert not [value for value in many(choices(8), 5) if faults(choices(8), value)]
    few, more = (calls(lambda n=n: many(choices(n), 1)) for n in (4, 6))  # type: ignore[misc]
    assert more < 8 * few, "there are sixteen times as many combinations"
