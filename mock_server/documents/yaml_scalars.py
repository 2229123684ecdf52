"""The values of unquoted scalars by YAML 1.2, section 10.3.2."""

from __future__ import annotations

import re
from math import isinf
from typing import Any

_CONSTANTS = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NO_JSON = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


def plain_scalar(text: str) -> Any:
    """The value of an unquoted scalar by the core schema of YAML 1.2, section 10.3.2.

    Raises ValueError for infinities and NaN, which JSON can't say.
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in "-+.0123456789":
        return text
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if _FLOAT.fullmatch(text):
        return _float(text)
    if _NO_JSON.fullmatch(text):
        raise ValueError(f"{text} is no JSON value; quote it if a string is meant")
    return text


def _integer(text: str) -> int:
    """Return an exact integer, of as many digits as one in JSON may have: a float's range."""
    try:
        number = int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
        float(number)
    except (OverflowError, ValueError):  # ValueError: Python reads no more than 4,300 digits
        raise _too_large(text) from None
    return number


def _float(text: str) -> float:
    number = float(text)
    if isinf(number):
        raise _too_large(text)
    return number


def _too_large(text: str) -> ValueError:
    short = text if len(text) <= 20 else f"{text[:20]}…"
    return ValueError(f"{short} is too large for a number; quote it if a string is meant")
