"""New ids: another one for each item, of the form that the document says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any
from uuid import UUID

from mock_server.generation import Entities, Unsatisfiable, ValueShape
from mock_server.sessions import Collection
from mock_server.state.identity import Key

_PREFIXED = re.compile(r"([A-Za-z]+[_-])([A-Za-z0-9]{4,})")
_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
_SHAPE = ValueShape(exemplary=False)
_DRAWS = 50


def new_id(key: Key, there: Collection, entities: Entities, seed: str, taken: set[str]) -> Any:
    """An id that no item has, nor had. None if none is found."""
    for value in _candidates(key, there, entities, seed):
        text = str(value)
        is_new = text not in there.items and text not in there.gone and text not in taken
        if is_new and key.accepts(value):
            return value
    return None


def _candidates(key: Key, there: Collection, entities: Entities, seed: str) -> Iterator[Any]:
    count = there.last + 1
    if key.is_whole:
        least = key.place.number("minimum") or 0
        yield from (max(there.top + 1, least) + step for step in range(_DRAWS))
        yield from (count + step for step in range(_DRAWS))
    prefix = _prefix(key)
    for draw in range(_DRAWS):
        digest = blake2b(f"{seed}\n{count}\n{draw}".encode(), digest_size=32).digest()
        if any("uuid" in place.formats for place in key.places):
            yield str(UUID(bytes=digest[:16], version=4))
        if prefix is not None:
            yield prefix[0] + _text(digest, prefix[1])
        yield from _drawn(key, entities, seed, f"{count} {draw}")
        if "string" in key.place.types:
            yield _text(digest, 24)
            yield str(count + draw)


def _prefix(key: Key) -> tuple[str, int] | None:
    """The prefix of an example such as `cus_NffrFeUfNV2Hib`, and how long the rest is."""
    for hint in (hint for place in key.places for hint in place.hints):
        found = _PREFIXED.fullmatch(hint) if isinstance(hint, str) else None
        if found is not None:
            return found[1], len(found[2])
    return None


def _drawn(key: Key, entities: Entities, seed: str, draw: str) -> Iterator[Any]:
    """One from the schema, if that says more than that it's a text."""
    for schema in (schema for place in key.places for schema in place.possible):
        raw = schema.raw if isinstance(schema.raw, dict) else {}
        if not {"pattern", "format", "enum", "$ref", "allOf"} & raw.keys():
            continue
        try:
            value = entities.value(schema, (seed, f"id {draw}"), {}, _SHAPE)
        except Unsatisfiable:
            continue
        if isinstance(value, str | int):
            yield value


def _text(digest: bytes, length: int) -> str:
    number = int.from_bytes(digest, "big")
    letters = []
    for _ in range(min(length, 40)):
        number, rest = divmod(number, 36)
        letters.append(_LETTERS[rest])
    return "".join(letters)
