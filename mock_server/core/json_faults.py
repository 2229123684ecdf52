"""What is wrong with a text that should be JSON, in words."""

from __future__ import annotations

import re
from json import JSONDecodeError

# What numbers are between: the largest of IEEE 754's binary64 (RFC 8259, section 6).
NUMBER_RANGE = "-1.8e308 to 1.8e308"
_NUMBER = re.compile(r"-?[0-9.eE+-]{1,20}")


def json_fault(error: JSONDecodeError, where: str = "") -> str:
    """What is wrong, and where, to follow the name of the text: "is no JSON: … at column 3".

    A number that is too large is JSON all the same (RFC 8259, section 6, leaves the range to the
    reader), so that is what is said of it.
    """
    at = f" at {where}" if where else ""
    if "infinity" not in error.msg:
        return f"is no JSON: {error.msg}{at}"
    found = _NUMBER.match(error.doc, error.pos) if isinstance(error.doc, str) else None
    number = f"the number {found[0]}" if found else "a number"
    return f"has {number}{at}, which is out of range; expected {NUMBER_RANGE}"
