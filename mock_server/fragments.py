"""Records judged and written once: a reply made of them needs neither again.

A record was judged by a schema when it was read, and it can't be changed since. Where a reply's
schema is that one, a list of it, or a mapping to it, and asks for nothing more, a reply of
records alone keeps to the contract, and its bytes are theirs put together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import orjson

from mock_server.document import BrokenRef
from mock_server.schemas import Schema

Known = dict[int, orjson.Fragment]
Writer = Callable[[Any], bytes | None]

_ANNOTATIONS = {"title", "description", "example", "examples", "deprecated", "default", "$comment"}


class Fragments:
    """The bytes of records, by the schema that each was judged by."""

    def __init__(self, judged: Iterable[tuple[Schema, Any]]) -> None:
        self._judged = list(judged)  # the values live as long as their identities are used
        self._known: dict[str, Known] = {}
        for schema, value in self._judged:
            written = orjson.Fragment(orjson.dumps(value))
            self._known.setdefault(_target(schema).uri, {})[id(value)] = written

    def writer(self, schema: Schema | None) -> Writer | None:
        """What writes replies of that schema from records alone; None where nothing can.

        The writer gives None for a reply that isn't of records alone.
        """
        if schema is None or not self._known:
            return None
        schema = _target(schema)
        if schema.uri in self._known:
            return _one(self._known[schema.uri])
        for keyword, write in (("additionalProperties", _mapping), ("items", _list)):
            known = self._members(schema, keyword)
            if known is not None:
                return write(known)
        return None

    def _members(self, schema: Schema, keyword: str) -> Known | None:
        """The records that the members of a schema are, where it asks for nothing more."""
        raw = schema.raw
        if not isinstance(raw, dict) or keyword not in raw:
            return None
        rest = {k: v for k, v in raw.items() if k not in _ANNOTATIONS and k != keyword}
        if rest.pop("propertyNames", _TEXT) != _TEXT or rest.pop("type", None) != _TYPES[keyword]:
            return None
        return None if rest else self._known.get(_target(schema.child(keyword)).uri)


_TEXT = {"type": "string"}
_TYPES = {"additionalProperties": "object", "items": "array"}


def _target(schema: Schema) -> Schema:
    """The schema that a lone `$ref` stands for."""
    seen = {schema.uri}
    while isinstance(schema.raw, dict) and set(schema.raw) == {"$ref"}:
        try:
            schema = schema.follow(schema.raw["$ref"])
        except BrokenRef:
            return schema
        if schema.uri in seen:
            return schema
        seen.add(schema.uri)
    return schema


def _one(known: Known) -> Writer:
    def write(value: Any) -> bytes | None:
        fragment = known.get(id(value))
        return orjson.dumps(fragment) if fragment is not None else None

    return write


def _mapping(known: Known) -> Writer:
    def write(value: Any) -> bytes | None:
        if type(value) is not dict:
            return None
        try:
            return orjson.dumps({key: known[id(item)] for key, item in value.items()})
        except (KeyError, TypeError):  # not a record, or a key that isn't text
            return None

    return write


def _list(known: Known) -> Writer:
    def write(value: Any) -> bytes | None:
        if type(value) is not list:
            return None
        try:
            return orjson.dumps([known[id(item)] for item in value])
        except KeyError:
            return None

    return write
