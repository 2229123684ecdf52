"""Patterns of ECMA-262 in the words of Python's `re`, for finding them in strings."""

from __future__ import annotations

import re

_ESCAPE = r"\\u\{[0-9A-Fa-f]+\}|\\[pP]\{[^}]*\}|\\k<\w+>|\\c[A-Za-z]|\\."
_TOKEN = re.compile(
    rf"(?P<escape>{_ESCAPE})|\[(?P<negated>\^?)(?P<members>(?:{_ESCAPE}|[^\]\\])*)\]"
    r"|(?P<named>\(\?<(?![=!]))",
    re.DOTALL,
)
# Python's re would take these for its own set operators.
_MEMBER = re.compile(rf"{_ESCAPE}|[\[&~|]", re.DOTALL)
_LETTERS = "A-Za-zÀ-ÖØ-öø-ÿ"
_PROPERTIES = {"Lu": "A-ZÀ-Þ", "Ll": "a-zß-ÿ", "N": "0-9", "Nd": "0-9", "P": "!-#%-*,-/:;?@_",
               "S": "$+<=>^`|~", "Sc": "$€£", "Z": " ", "Zs": " "}  # fmt: skip


def python_pattern(pattern: str) -> str:
    """An ECMA-262 pattern as Python's `re` reads it with its ASCII flag."""
    return _TOKEN.sub(_translated, pattern)


def _translated(token: re.Match[str]) -> str:
    if token["escape"]:
        return _outside(token["escape"])
    if token["members"] is not None:
        return _class(token["negated"], token["members"])
    return "(?P<"


def _outside(escape: str) -> str:
    if escape[1] in "pP":
        return f"[{'^' if escape[1] == 'P' else ''}{_inside(escape)}]"
    return _inside(escape)


def _inside(escape: str) -> str:
    """An escape, or a character, as it may stand inside a class."""
    if escape.startswith("\\u{"):
        return re.escape(chr(int(escape[3:-1], 16)))
    if escape[1:2] in ("p", "P"):
        return _PROPERTIES.get(escape[3:-1].rpartition("=")[2], _LETTERS)
    if escape.startswith("\\k<"):
        return f"(?P={escape[3:-1]})"
    if len(escape) == 3:
        return re.escape(chr(ord(escape[2]) % 32))
    if len(escape) == 1:
        return "\\" + escape
    return escape[1] if escape[1].isalpha() and escape[1] not in "bBdDsSwWnrtfvxu" else escape


def _class(negated: str, members: str) -> str:
    if not members:
        return r"[\s\S]" if negated else "(?!)"
    return f"[{negated}{_MEMBER.sub(lambda found: _inside(found[0]), members)}]"
