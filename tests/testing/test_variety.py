"""A strategy has many values if the schema has: one alone would let every property test pass."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

from mock_server.generation import Generator, ValueShape
from mock_server.schemas import Schema
from mock_server.testing.places import Places
from tests.helpers.contents import schema_of
from tests.helpers.values import MODES
from tests.support.formats import FORMATS
from tests.support.keywords import COMMON, OWN_30, OWN_2020, SHARED

ENOUGH = 15
# How many values are drawn, and of which strategy and generator the distinct ones are counted.
DRAWN = 30
TEXT = {"type": "string"}


def drawn(strategy: SearchStrategy[Any]) -> list[Any]:
    """So many values as Hypothesis draws them."""
    found: list[Any] = []

    @settings(
        max_examples=DRAWN,
        database=None,
        derandomize=True,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def draw(value: Any) -> None:
        found.append(value)

    draw()
    return found


def distinct(values: list[Any]) -> int:
    return len({json.dumps(value, sort_keys=True) for value in values})


def made(schema: Schema) -> list[Any]:
    """Return what the generator makes of a schema in every mode."""
    generator = Generator()
    shapes = [ValueShape(mode) for mode in MODES]
    return [generator.value(schema, str(n), shape=shape) for n in range(8) for shape in shapes]


def placed(raw: Any, version: str = "3.1.0") -> Schema:
    return schema_of({"$ref": "#/components/schemas/It"}, {**SHARED, "It": raw}, version)


KEYWORDS = [(keyword.names, keyword.schema, "3.1.0") for keyword in [*COMMON, *OWN_2020]]
KEYWORDS += [(keyword.names, keyword.schema, "3.0.4") for keyword in OWN_30]
FORMATTED: list[tuple[str, Any, str]] = [
    (name, {"type": entry.type, "format": name}, "3.1.0")
    for entry in FORMATS
    for name in entry.name.split(", ")
]
PATTERNS = [
    r"^\d{5}$", r"^\w{4}$", r"^[0-9]{5}$", r"\d\d", r"^\s*\w+\s*$", r"^\D{3}\W$",
    r"^(?:\d{2}|\w{3})$", r"^\p{Lu}\d+$", r"^[\w-]+@\w+$", r"^\S+$", r"^(?<year>\d{4})-\d\d$",
    r"^.{3}$",
]  # fmt: skip
PATTERNED: list[tuple[str, Any, str]] = [
    (pattern, {**TEXT, "pattern": pattern}, "3.1.0") for pattern in PATTERNS
]
PATTERNED += [(f"{p}, limited", {**TEXT, "pattern": p, "maxLength": 12}, "3.1.0") for p in PATTERNS]


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "raw", "version"),
    [*KEYWORDS, *FORMATTED, *PATTERNED],
    ids=lambda told: told if isinstance(told, str) else "",
)
def test_a_strategy_has_many_values_if_the_schema_has(name: str, raw: Any, version: str) -> None:
    schema = placed(raw, version)
    values = drawn(Places("request").values(schema))
    assert all(map(schema.is_valid, values))
    assert distinct(values) >= min(ENOUGH, distinct(made(schema)) / 2)
