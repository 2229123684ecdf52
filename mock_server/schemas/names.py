"""Names: the schemas of a document by `$id` and anchor (JSON Schema, section 8.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urljoin

from mock_server.pointers import Tokens

_ANCHORS = ("$anchor", "$dynamicAnchor")


def names_in(value: Any, base: str, tokens: Tokens) -> Iterator[tuple[str, Tokens]]:
    """The absolute addresses by `$id` and anchor of a document's schemas."""
    if isinstance(value, dict):
        if isinstance(own := value.get("$id"), str):
            base = joined(base, own)
            yield base.removesuffix("#"), tokens
        for keyword in _ANCHORS:
            if isinstance(name := value.get(keyword), str):
                yield f"{base}#{name}", tokens
    members = value.items() if isinstance(value, dict) else _enumerated(value)
    for key, item in members:
        yield from names_in(item, base, (*tokens, key))


def joined(base: str, ref: str) -> str:
    """The address that a reference means from a base (RFC 3986, section 5)."""
    try:
        return urljoin(base, ref)
    except ValueError:  # no address at all, so nothing has it
        return ref


def _enumerated(value: Any) -> Iterable[tuple[int, Any]]:
    return enumerate(value) if isinstance(value, list) else ()
