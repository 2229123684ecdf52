"""JSON texts to values and back, with integers of any size exact.

orjson does all of it but integers beyond 64 bits: it reads those as floats and refuses to write
them. A text is looked through for them first, which costs a fraction of reading it.
"""

from __future__ import annotations

import json
import re
from dataclasses import fields, is_dataclass
from typing import Any

import orjson

from mock_server.core.recursion import in_deep_stack

# What a number may be: the largest of IEEE 754's binary64 (RFC 8259, section 6).
NUMBER_RANGE = "-1.8e308 to 1.8e308"
_DIGITS = bytes.maketrans(b"123456789", b"0" * 9)
# The shortest integer beyond 64 bits has so many digits: -9223372036854775809.
_LONG_RUN = b"0" * 19
# No string starts so, and inside of one it costs only time.
_LONG_INTEGER = re.compile(rb"(?:\A|[\s:,\[])(?:-[0-9]{19}|[0-9]{20})")


def parse_json(text: bytes | str) -> Any:
    """Return the value of a JSON text (RFC 8259). Raises orjson.JSONDecodeError, a ValueError.

    An integer is refused only if it is beyond what a float can hold, as a float is.
    """
    value = orjson.loads(text)
    written = text if isinstance(text, bytes) else text.encode()
    if _LONG_RUN in written.translate(_DIGITS) and _LONG_INTEGER.search(written):
        return _exact(written)
    return value


def _exact(text: bytes) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        return in_deep_stack(lambda: json.loads(text))


def write_json(value: Any, option: int | None = None) -> bytes:
    """Return the JSON text of a value; `option` is one of orjson's. Raises TypeError."""
    try:
        return orjson.dumps(value, option=option)
    except TypeError as error:
        if not str(error).startswith("Integer exceeds"):
            raise
        return orjson.dumps(_with_digits(value), option=option)


def _with_digits(value: Any) -> Any:
    """The value with its long integers as pieces of JSON that are written already."""
    if isinstance(value, dict):
        return {name: _with_digits(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_with_digits(member) for member in value]
    if is_dataclass(value) and not isinstance(value, type):
        own = (field.name for field in fields(value))
        return {name: _with_digits(getattr(value, name)) for name in own if name[0] != "_"}
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return orjson.Fragment(str(int(value)))
    return value
