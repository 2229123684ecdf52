"""Names of elements and attributes, and how those are written that XML has no letters for.

A property may be called anything. What a name can't have (XML 1.0, section 2.3) is written as
`_x0020_`, as .NET and SQL Server do it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from xml.etree import ElementTree

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{8}|[0-9A-Fa-f]{4}|)_")


class Tag(NamedTuple):
    """The name of an element or an attribute."""

    local: str
    namespace: str | None = None
    prefix: str | None = None

    def __str__(self) -> str:
        return f"<{self.local}>" + (f" of {self.namespace}" if self.namespace else "")

    def covers(self, found: Tag, parent: str | None) -> bool:
        """Whether a node of that name is meant.

        Where no namespace is declared the node has none, or that of the element around it, which
        `xmlns="…"` hands on.
        """
        spaces = (self.namespace,) if self.namespace else (None, parent)
        return found.local == self.local and found.namespace in spaces


def is_plain_name(name: str) -> bool:
    """Whether a name has but the letters that every reader takes."""
    return _PLAIN.fullmatch(name) is not None


def read_tag(name: str) -> Tag:
    """The name of a node as ElementTree has it."""
    namespace, _, local = name.rpartition("}")
    if "_x" in local:
        local = _ESCAPED.sub(lambda found: _character(found[1]), local)
    return Tag(local, namespace.removeprefix("{") or None)


def _character(digits: str) -> str:
    number = int(digits or "110000", 16)
    return chr(number) if number < 0x110000 else ""


@lru_cache(1024)
def written_name(name: str) -> str:
    """The name with its escapes; reading it gives the name again."""
    escaped = _ESCAPED.sub(lambda found: _escape("_") + found[0][1:], name)
    if _PLAIN.fullmatch(escaped):
        return escaped
    rest = "".join(char if _fits(f"a{char}") else _escape(char) for char in escaped[1:])
    first = escaped[:1]
    return (first if _fits(first) else _escape(first)) + rest


def _escape(text: str) -> str:
    """The escape of a character; that of nothing, for a name that is empty."""
    number = ord(text) if text else 0
    return f"_x{number:0{8 if number > 0xFFFF else 4}X}_" if text else "_x_"


@lru_cache(1024)
def _fits(name: str) -> bool:
    """Whether the parser takes a name; its tables are older than those of the standard."""
    try:
        return ":" not in name and ElementTree.fromstring(f"<{name}/>").tag == name
    except (ElementTree.ParseError, ValueError):
        return False
