"""Patterns are read as ECMA-262 means them: every string made from one is found by the engine."""

from __future__ import annotations

import jsonschema_rs
import pytest

from mock_server.generation.values.fakes import Fakes
from mock_server.generation.values.formats import EXPRESSIONS
from mock_server.generation.values.keywords import SizeLimits
from mock_server.generation.values.random_source import Source
from mock_server.generation.values.regex_pool import Pool
from mock_server.patterns.parser import UnreadPattern, parsed
from tests.helpers.drawing import MODES, texts, wrong

# Patterns that a string must keep to together.
TOGETHER: list[list[str]] = [
    ["^[a-z]+", "[0-9]{3}$"],
    ["^A", "Z$", "[0-9]"],
    ["[a-z]", "[A-Z]", "[0-9]", "[!@#$%]"],
    [r"^(?!admin)", "^[a-z]{5}$"],
    [r"^(?=.*[A-Za-z])(?=.*\d)(?=.*[@$!%*#?&])[A-Za-z\d@$!%*#?&]{8,}$"],
    [r"^((25[0-5]|(2[0-4]|1\d|[1-9]|)\d)\.?\b){4}$"],
    [r"^[a-z]+\b.\B[a-z ]$"],
    [r"(?<=[a-f])-(?<![0-9a])x"],
    [r"^(a|b$|^c)+$"],
    [r"(?:^|,)x(?=,|$)", "x,.*x"],
    [r".*a.{12}$"],
    [r"^(?:(?!ab)[abc]){6}$"],
    [r"^[\x41-\x43\u0044\t\-\]]{3}$"],
    [r"^(a|b)c\1$"],
    [r"^[а-яё]{2}\p{Lu}\P{L}[^\x00-\x7f]$"],
    [r"^a{2}b{0,1}c??d{1,}?$"],
]


def strings(patterns: list[str]) -> set[str]:
    fakes = Fakes()
    valid = jsonschema_rs.Draft202012Validator({"allOf": [{"pattern": p} for p in patterns]})
    pool = Pool(patterns, SizeLimits(0, None), valid.is_valid)
    found = {pool.draw(Source(str(seed), fakes)) for seed in range(40)}
    return {f"wrong: {text!r}" if not valid.is_valid(text) else text for text in found}


@pytest.mark.parametrize("patterns", TOGETHER, ids=str)
def test_every_pattern_is_found_in_every_string(patterns: list[str]) -> None:
    found = strings(patterns)
    assert not [text for text in found if text.startswith("wrong: ")]
    assert found != {""}


def test_strings_differ_where_they_may() -> None:
    assert len(strings(["^[a-z]+", "[0-9]{3}$"])) > 30


@pytest.mark.parametrize("pattern", ["(a", "a)", "[a", "(?i-:a)", "a{1", "\\", "(?<a", r"\3", "+"])
def test_what_is_no_pattern_is_not_read(pattern: str) -> None:
    with pytest.raises(UnreadPattern):
        parsed(pattern)


@pytest.mark.parametrize(("low", "high"), [(0, 4), (15, 15), (500, None), (7, 9)])
def test_a_length_is_met_exactly(low: int, high: int | None) -> None:
    pool = Pool(["^([a-z]{2}-)*$"], SizeLimits(low, high), lambda _: True)
    lengths = {len(pool.draw(Source(str(seed), Fakes()))) for seed in range(20)}
    assert all(low <= n <= (high or n) and n % 3 == 0 for n in lengths)


def test_a_pattern_of_a_format_keeps_to_both() -> None:
    cases = [("date", "^2031-"), ("email", r"@corp\.example$"), ("uuid", "^[A-F0-9-]+$"),
             ("ipv4", r"^10\."), ("date-time", r"\+02:00$"), ("hostname", r"\.internal$"),
             ("uri", "^s3://[a-z]+/"), ("duration", "^PT"), ("time", "^09:"), ("ipv6", "^fe80:"),
             ("byte", "^A.*=$"), ("uri-reference", "^/v2/"), ("json-pointer", "b$")]  # fmt: skip
    for name, pattern in cases:
        schema = {"type": "string", "format": name, "pattern": pattern}
        for mode in MODES:
            assert not wrong(schema, texts(schema, mode=mode)), (name, pattern, mode)


def test_every_form_is_of_its_format() -> None:
    judged = {name: form for name, form in EXPRESSIONS.items() if name != "byte"}
    for name, form in judged.items():
        schema = {"format": name}
        engine = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
        pool, fakes = Pool([form], SizeLimits(0, None), lambda _: True), Fakes()
        found = [pool.draw(Source(str(seed), fakes)) for seed in range(60)]
        assert not [text for text in found if not engine.is_valid(text)], name
