"""Regular expressions from outside: matched whole, in linear time, or refused with the reason."""

from __future__ import annotations

import pytest

from mock_server.patterns import NotLinear, linear_pattern
from mock_server.patterns.linear import MOST_BYTES, MOST_CHARACTERS

FITS = [
    ("a.c", "abc", True),
    ("a.c", "a\nc", True),
    ("a", "ab", False),
    ("b", "ab", False),
    ("a|ab", "ab", True),
    ("a$", "a\n", False),
    ("^a$", "a", True),
    ("", "", True),
    ("", "a", False),
    (r"/thing\?a=[0-9]+", "/thing?a=12", True),
    ("(?i)abc", "ABC", True),
    (r"a\*+", "a**", True),
    ("[*+]+", "+*", True),
    (r"\\1", r"\1", True),
    ("(?P<name>a)", "a", True),
    (r"\p{L}+", "äß", True),
]


@pytest.mark.parametrize(("expression", "text", "fits"), FITS)
def test_an_expression_fits_a_whole_text(expression: str, text: str, fits: bool) -> None:
    assert linear_pattern(expression)(text) is fits


MISSING = {
    "(?=a)b": "look-around", "(?!a)b": "look-around", "(?<=a)b": "look-around",
    "(?<!a)b": "look-around", r"(a)\1": "back references", r"(?<n>a)\k<n>": "back references",
    "(?P<n>a)(?P=n)": "back references", "(?>a+)b": "atomic groups",
    "a*+b": "possessive", "a{2}+b": "possessive", "a?+b": "possessive", "a++b": "possessive",
    "(a)?(?(1)b|c)": "conditions", "(?x) a # b": "the flag x",
}  # fmt: skip


@pytest.mark.parametrize(("expression", "missing"), MISSING.items())
def test_what_takes_backtracking_is_refused_by_its_name(expression: str, missing: str) -> None:
    with pytest.raises(NotLinear, match=f"has {missing}.*linear time"):
        linear_pattern(expression)


@pytest.mark.parametrize(
    "expression", ["(", ")|(", "a)|(b", "*", "[a", r"\Qa\E", "a{2,1}", "(" * 900]
)
def test_what_is_no_expression_is_refused(expression: str) -> None:
    with pytest.raises(NotLinear, match="is no regular expression"):
        linear_pattern(expression)


def test_the_limits_are_named() -> None:
    assert linear_pattern("a" * MOST_CHARACTERS)("a" * MOST_CHARACTERS)
    with pytest.raises(NotLinear, match=f"expected at most {MOST_CHARACTERS}"):
        linear_pattern("a" * (MOST_CHARACTERS + 1))
    assert linear_pattern("[ab]{1000}")("b" * 1_000)
    with pytest.raises(NotLinear, match=f"too large.*{MOST_BYTES} bytes"):
        linear_pattern(r"(?:\p{L}?){500}")


@pytest.mark.parametrize(
    "expression", ["(a+)+b", "(a|a)*b", "(a|aa)+b", "(.*a){20}b", "a*a*a*a*a*b"]
)
def test_expressions_that_make_others_backtrack_are_answered(expression: str) -> None:
    assert linear_pattern(expression)("a" * 65_536) is False
