"""The values that leaves draw, for many seeds, and a second engine to judge them."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from mock_server.generation.values.fakes import Fakes
from mock_server.generation.values.numbers import number
from mock_server.generation.values.random_source import Leaf, Source
from mock_server.generation.values.strings import string

SEEDS = [str(n) for n in range(25)]
MODES = ["typical", "minimal", "maximal", "boundary"]


def judge(schema: dict[str, Any]) -> Any:
    """Return a second engine: jsonschema, in Python."""
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def wrong(schema: dict[str, Any], values: list[Any]) -> list[Any]:
    """Return those that the second engine refuses."""
    engine = judge(schema)
    return [value for value in values if not engine.is_valid(value)]


def drawn(leaf: Leaf, mode: str = "typical") -> list[Any]:
    fakes = Fakes()
    return [leaf(Source(seed, fakes, mode)) for seed in SEEDS]


def texts(schema: dict[str, Any], *names: str, mode: str = "typical") -> list[str]:
    """Strings of the schema for a property of that name."""
    valid = jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid
    return drawn(string([schema], names or ("",), valid), mode)


def numbers(schema: dict[str, Any], name: str = "", mode: str = "typical") -> list[float]:
    """Numbers of the schema for a property of that name."""
    leaf = number([schema], [name], judge(schema).is_valid, schema["type"] == "integer")
    assert leaf is not None
    return drawn(leaf, mode)
