"""Texts that stand for numbers: what formats for numbers and strings alike ask of strings.

https://spec.openapis.org/registry/format/: `int64`, `uint64`, `decimal`, `decimal128` and
`unixtime` are of both types.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial

from mock_server.schemas.keywords import FORMAT_RANGES

_INTEGER = re.compile(r"-?[0-9]{1,40}")
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_FLOATING = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,5})?")
# IEEE 754-2019, section 3.5.2: the significant digits of decimal128.
_MOST_DIGITS = 34


def _is_integer(name: str, text: str) -> bool:
    low, high = FORMAT_RANGES[name]
    return _INTEGER.fullmatch(text) is not None and low <= int(text) <= high


def _is_decimal128(text: str) -> bool:
    if _FLOATING.fullmatch(text) is None:
        return False
    mantissa = re.split("[eE]", text)[0].lstrip("+-").replace(".", "")
    return len(mantissa.lstrip("0")) <= _MOST_DIGITS


NUMBER_TEXTS: Mapping[str, Callable[[str], bool]] = {
    "int64": partial(_is_integer, "int64"),
    "uint64": partial(_is_integer, "uint64"),
    "decimal": lambda text: _DECIMAL.fullmatch(text) is not None,
    "decimal128": _is_decimal128,
    "unixtime": lambda text: _DECIMAL.fullmatch(text) is not None,
}
