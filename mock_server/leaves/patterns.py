"""Patterns of ECMA-262 in the words of Python's `re`."""

from __future__ import annotations

import re
import string as ascii_text

_ESCAPE = r"\\u\{[0-9A-Fa-f]+\}|\\[pP]\{[^}]*\}|\\k<\w+>|\\c[A-Za-z]|\\."
_TOKEN = re.compile(
    rf"(?P<escape>{_ESCAPE})|\[(?P<negated>\^?)(?P<members>(?:{_ESCAPE}|[^\]\\])*)\]"
    r"|(?P<named>\(\?<(?![=!]))|(?P<repeat>[*+]|\{(?P<low>\d+),(?P<high>\d*)\})|(?P<any>\.)",
    re.DOTALL,
)
# Python's re would take these for its own set operators.
_MEMBER = re.compile(rf"{_ESCAPE}|[\[&~|]", re.DOTALL)
_LETTERS = "A-Za-zÀ-ÖØ-öø-ÿ"
_PROPERTIES = {"Lu": "A-ZÀ-Þ", "Ll": "a-zß-ÿ", "N": "0-9", "Nd": "0-9", "P": "!-#%-*,-/:;?@_",
               "S": "$+<=>^`|~", "Sc": "$€£", "Z": " ", "Zs": " "}  # fmt: skip
_SHORTHANDS = {"d": "[0-9]", "w": "[a-z0-9]", "s": " ", "D": "[a-z]", "S": "[a-z0-9]", "W": "-"}
_NICE = ascii_text.ascii_lowercase + ascii_text.digits
_OTHERS = ascii_text.ascii_uppercase + " " + ascii_text.punctuation + "\n\té"


def python_pattern(pattern: str, repeats: int | None = None) -> str:
    """An ECMA-262 pattern as Python's `re` reads it with its ASCII flag.

    With `repeats` it's for making strings, not for matching: what repeats without end does so
    at most that many times more, and large classes shrink to everyday characters.
    """
    return _TOKEN.sub(lambda token: _translated(token, repeats), pattern)


def _translated(token: re.Match[str], repeats: int | None) -> str:
    if token["escape"]:
        return _outside(token["escape"], making=repeats is not None)
    if token["members"] is not None:
        return _class(token["negated"], token["members"], making=repeats is not None)
    if token["named"]:
        return "(?P<"
    if repeats is None:
        return token[0]
    return "[a-z0-9]" if token["any"] else _bounded(token, repeats)


def _bounded(token: re.Match[str], repeats: int) -> str:
    low = {"*": 0, "+": 1}.get(token["repeat"]) if not token["low"] else int(token["low"])
    most = (low or 0) + repeats
    return f"{{{low},{min(int(token['high']), most) if token['high'] else most}}}"


def _outside(escape: str, making: bool) -> str:
    if escape[1] in "pP":
        return f"[{'^' if escape[1] == 'P' else ''}{_inside(escape)}]"
    return _SHORTHANDS.get(escape[1], _inside(escape)) if making else _inside(escape)


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


def _class(negated: str, members: str, making: bool) -> str:
    if not members:
        return r"[\s\S]" if negated else "(?!)"
    written = f"[{negated}{_MEMBER.sub(lambda found: _inside(found[0]), members)}]"
    return _everyday(written) if making and (negated or "\\" in members) else written


def _everyday(written: str) -> str:
    """The class with its characters written out, the everyday ones alone where it has any.

    rstr draws from a Python set where a class is negated: another order in every process.
    """
    matches = re.compile(written, re.ASCII).match
    found = "".join(filter(matches, _NICE)) or "".join(filter(matches, _OTHERS))
    return f"[{re.escape(found)}]" if found else written
