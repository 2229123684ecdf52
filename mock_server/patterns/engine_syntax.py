"""ECMA-262 regular expressions in the syntax of the schema engine (Rust's `fancy-regex`).

The engine reads most of them as JavaScript does. What it lacks or means otherwise is translated:
`.` excludes four line terminators, `\\b` has ASCII's word characters (ECMA-262, 22.2.2). What only
the older grammar allows (annex B) is taken as JavaScript takes it without its `u` flag.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"(?P<pair>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|(?P<zero>\\0(?![0-9]))|(?P<named>\\k<(?P<name>[^>]*)>)|(?P<escape>\\[pPu]\{[^{}]*\}|\\.)"
    r"|(?P<all>\[\^\])|(?P<none>\[\])|(?P<open>\[\^?)|(?P<close>\])"
    r"|(?P<group>\(\?<(?P<called>[^=!>][^>]*)>)|(?P<plain>\((?!\?))"
    r"|(?P<count>\{[0-9]+(?:,[0-9]*)?\})|(?P<brace>\{)|(?P<other>.)",
    re.DOTALL,
)
# What in a class is a set of characters, so that a hyphen beside it makes no range.
_SETS = {r"\d", r"\D", r"\w", r"\W", r"\s", r"\S"}


_NOT_A_LINE_END = r"[^\n\r\u2028\u2029]"
_WORD = "[0-9A-Za-z_]"
_BOUNDARY = f"(?:(?<={_WORD})(?!{_WORD})|(?<!{_WORD})(?={_WORD}))"
_NO_BOUNDARY = f"(?:(?<={_WORD})(?={_WORD})|(?<!{_WORD})(?!{_WORD}))"
_OTHERWISE = {".": _NOT_A_LINE_END, r"\b": _BOUNDARY, r"\B": _NO_BOUNDARY}


def engine_pattern(pattern: str) -> str:
    """Return the pattern in the engine's syntax; itself if that means the same there."""
    return "".join(_Reading(pattern).words())


class _Reading:
    """One reading of a pattern, from its start to its end."""

    def __init__(self, pattern: str) -> None:
        self._tokens = list(_TOKEN.finditer(pattern))
        groups = [t for t in self._classless() if t["group"] or t["plain"]]
        called = {t["called"]: str(number) for number, t in enumerate(groups, 1) if t["group"]}
        self._numbers = called if any(t["named"] for t in self._tokens) else {}

    def _classless(self) -> Iterator[re.Match[str]]:
        """The tokens that stand in no class of characters."""
        is_inside = False
        for token in self._tokens:
            if token["open"] and not is_inside:
                is_inside = True
            elif token["close"] and is_inside:
                is_inside = False
            elif not is_inside:
                yield token

    def words(self) -> Iterator[str]:
        is_inside = False
        for index, token in enumerate(self._tokens):
            if is_inside:
                yield self._in_class(index)
                is_inside = not token["close"]
            else:
                yield self._outside(token)
                is_inside = bool(token["open"])

    def _outside(self, token: re.Match[str]) -> str:
        if token["all"]:
            return r"[\s\S]"
        if token["none"]:
            return "(?!)"
        if token["brace"]:
            return r"\{"
        if token["named"] and token["name"] in self._numbers:
            return rf"(?:\{self._numbers[token['name']]})"
        if token["group"] and self._numbers:
            return "("
        return _OTHERWISE.get(token[0]) or _character(token)

    def _in_class(self, index: int) -> str:
        token = self._tokens[index]
        if token[0] == r"\b":
            return r"\x08"
        beside = {self._tokens[i][0] for i in (index - 1, index + 1) if i < len(self._tokens)}
        if token[0] == "-" and not beside.isdisjoint(_SETS):
            return r"\-"
        return _character(token)


def _character(token: re.Match[str]) -> str:
    if token["zero"]:
        return r"\x00"
    if token["pair"]:
        high, low = int(token[0][2:6], 16), int(token[0][8:], 16)
        return chr(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00)
    return token[0]
