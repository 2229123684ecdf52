"""Regular expressions from outside: matched in time that grows with the text alone.

The engine is Rust's `regex`, which never backtracks. So it knows no look-around, no back
references, and no atomic groups or possessive quantifiers.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import jsonschema_rs

# How long an expression may be, and how large once it is compiled. Then the worst one takes some
# 10 µs for each byte of the text.
MOST_CHARACTERS = 1_000
MOST_BYTES = 256 * 1024
_MISSING = {
    "look-around": r"\(\?<?[=!]",
    "back references": r"\\[1-9]|\\k[<{']|\(\?P=",
    "atomic groups": r"\(\?>",
    "possessive quantifiers": r"(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\+",
    "conditions": r"\(\?\(",
    "the flag x": r"\(\?[A-Za-z]*x",
}
_TOKEN = re.compile(
    r"(?P<class>\[\^?\]?(?:[^\]\\]|\\.)*+\])|"
    + "|".join(f"(?P<part{n}>{part})" for n, part in enumerate(_MISSING.values()))
    + r"|\\.|.",
    re.DOTALL,
)

_COUNT = re.compile(r"\{([0-9]++)(?:,([0-9]*+))?\}")


class NotLinear(ValueError):
    """An expression that can't be matched in linear time, is too large, or is none."""


def linear_pattern(expression: str) -> Callable[[str], bool]:
    """What says whether an expression fits the whole of a text; `.` fits line breaks too.

    Raises NotLinear.
    """
    if len(expression) > MOST_CHARACTERS:
        raise NotLinear(
            f"the regular expression has {len(expression)} characters; expected at most"
            f" {MOST_CHARACTERS}"
        )
    if missing := _missing(expression):
        raise NotLinear(
            f"{expression!r} has {missing}; the engine matches in linear time, without such a thing"
        )
    whole = _compiled(rf"\A(?s:{expression})\z", MOST_BYTES)
    if whole is None or _compiled(expression) is None:  # which `a)|(b` isn't by itself
        raise NotLinear(_why_not(expression))
    return whole.is_valid


def _compiled(expression: str, most: int | None = None) -> jsonschema_rs.Validator | None:
    options = jsonschema_rs.RegexOptions(size_limit=most)
    try:
        return jsonschema_rs.Draft202012Validator({"pattern": expression}, pattern_options=options)
    except ValueError:  # jsonschema_rs.ValidationError is one
        return None


def _missing(expression: str) -> str:
    """What an expression has that the engine doesn't know; empty if there is no such thing."""
    kinds = list(_MISSING)
    for token in _TOKEN.finditer(expression):
        if token.lastgroup is not None and token.lastgroup != "class":
            return kinds[int(token.lastgroup.removeprefix("part"))]
    return ""


def _why_not(expression: str) -> str:
    if _compiled(_COUNT.sub(_uncounted, expression)) is not None:
        return f"{expression!r} is too large: compiled it has more than {MOST_BYTES} bytes"
    try:
        re.compile(expression)
    except (re.error, RecursionError, OverflowError) as error:
        return f"{expression!r} is no regular expression: {error}"
    return f"{expression!r} is no regular expression that the engine knows (Rust's regex)"


def _uncounted(count: re.Match[str]) -> str:
    """Nothing, for a count that makes an expression large; one that can't be stays."""
    least, most = count[1], count[2]
    return count[0] if most and int(most) < int(least) else ""
