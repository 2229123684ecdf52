"""JSON pointers (RFC 6901): the steps to a value inside another."""

from __future__ import annotations

import re
from functools import reduce
from typing import Any
from urllib.parse import quote, unquote

Tokens = tuple[str | int, ...]
_INDEX = re.compile(r"0|[1-9][0-9]{0,15}")


def pointer_of(tokens: Tokens) -> str:
    """The JSON pointer (RFC 6901) of those steps; the empty string for the whole document."""
    return "".join("/" + str(t).replace("~", "~0").replace("/", "~1") for t in tokens)


def reference_to(uri: str, tokens: Tokens) -> str:
    """A reference to those steps in a document: what doesn't belong in one is percent-encoded."""
    return f"{uri}#{quote(pointer_of(tokens), safe='/~!$&()*+,;=:@-._')}"


def tokens_of(pointer: str) -> Tokens:
    """The steps of a JSON pointer, percent-decoded as in a URI fragment.

    Raises ValueError where it doesn't start with a slash.
    """
    if not pointer:
        return ()
    if not pointer.startswith("/"):
        raise ValueError(f'a JSON pointer starts with "/", not {pointer!r}')
    return tuple(t.replace("~1", "/").replace("~0", "~") for t in unquote(pointer).split("/")[1:])


def member(value: Any, token: str | int) -> Any:
    """What one step of a pointer leads to (RFC 6901, section 4). Raises LookupError."""
    if isinstance(value, dict):
        return value[str(token)]
    if isinstance(value, list) and _INDEX.fullmatch(str(token)):
        return value[int(token)]
    raise LookupError(token)


def resolved(value: Any, tokens: Tokens) -> Any:
    """What those steps lead to. Raises LookupError."""
    return reduce(member, tokens, value)


def value_at(value: Any, tokens: Tokens) -> Any:
    """What stands at those steps; None where nothing does."""
    try:
        return resolved(value, tokens)
    except LookupError:
        return None
