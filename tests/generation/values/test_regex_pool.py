"""Strings are made from patterns."""

from __future__ import annotations

import jsonschema_rs
import pytest

from mock_server.generation.values.strings import string
from tests.helpers.drawing import drawn, texts, wrong
from tests.helpers.values import printed

PATTERNS = [
    r"^[A-Z]{3}-\d{4}$",
    r"^\w+@\w+\.com$",
    r"foo",
    r"^a.c$",
    r"^[^/]+/[^/]+$",
    r"^[^a-z]{4}$",
    r"^(?<year>\d{4})-(?<month>\d{2})$",
    r"^(ab|cd)\1$",
    r"^\/api\/v\d+$",
    r"^\p{L}+$",
    r"^\p{Lu}\p{Ll}{2,}$",
    r"^[\p{L}\p{N}_-]+$",
    r"^\u0041\x42\u{43}$",
    r"^[\w.+-]+$",
    r"^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$",
    r"^(?=.*\d)[a-z\d]{8,}$",
    r"^[[{(]+$",
    r"^\S{3}\s\D{2}\W$",
    r"^x{2,}y*z+?$",
    r"^$|^only$",
    r"^\$\{\w+\}$",
    r"^[a-z]{0,255}$",
    r"^arn:aws:[a-z0-9-]*:\d{12}$",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_is_found_in_every_string(pattern: str) -> None:
    schema = {"type": "string", "pattern": pattern}
    ecma = jsonschema_rs.Draft202012Validator(schema)
    assert not [text for text in texts(schema, "thing") if not ecma.is_valid(text)]


@pytest.mark.parametrize("low", [0, 5, 30])
def test_a_pattern_keeps_a_length_too(low: int) -> None:
    schema = {"pattern": "^[a-z]+$", "minLength": low, "maxLength": low + 2}
    assert not wrong(schema, texts(schema))


def test_a_pattern_that_python_cannot_read_makes_nothing_for_the_whole_to_be_refused() -> None:
    leaf = string([{"pattern": "(?i-:a)["}], ["status"], lambda _: False)
    assert set(drawn(leaf)) == {""}


def test_a_negated_class_gives_the_same_in_every_process() -> None:
    code = """
from tests.helpers.drawing import MODES, drawn, judge, numbers, texts, wrong
print(texts({"pattern": "^[^bc]{9}$"}))
"""
    assert len({printed(code, PYTHONHASHSEED=seed) for seed in ("1", "2", "3")}) == 1
