"""Patterns are read as ECMA-262 means them."""

from __future__ import annotations

from mock_server.patterns.python_syntax import python_pattern


def test_patterns_are_read_as_ecma_262_means_them() -> None:
    assert python_pattern(r"(?<a>\d)\k<a>\/") == r"(?P<a>\d)(?P=a)\/"
    assert python_pattern(r"(?<=a)b(?<!c)") == r"(?<=a)b(?<!c)"
    assert python_pattern("[^]") == r"[\s\S]"
    assert python_pattern(r"^a*.{2,}\cJ$") == "^a*.{2,}\\\n\\Z"
