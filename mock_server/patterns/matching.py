"""Matches of a pattern, decided by the same engine that validates with it."""

from __future__ import annotations

from functools import lru_cache

import jsonschema_rs

from mock_server.patterns.engine_syntax import engine_pattern

# Patterns that are kept compiled.
_MOST_COMPILED = 4_096


def is_readable(pattern: str) -> bool:
    """Return whether the engine can read an ECMA-262 pattern."""
    return _compiled(pattern) is not None


def matches(pattern: str, text: str) -> bool:
    """Return whether an ECMA-262 pattern is found in a text; never if the engine can't read it.

    The engine gives up after a number of steps; that is no match either.
    """
    validator = _compiled(pattern)
    return validator is not None and validator.is_valid(text)


@lru_cache(_MOST_COMPILED)
def _compiled(pattern: str) -> jsonschema_rs.Draft202012Validator | None:
    try:
        return jsonschema_rs.Draft202012Validator({"pattern": engine_pattern(pattern)})
    except ValueError:
        return None
