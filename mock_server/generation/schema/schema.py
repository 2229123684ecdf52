"""Schemas: their interface, and generated schemas that are in no document."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from mock_server.documents import BrokenRef
from mock_server.errors import MockServerError


class SchemaSource(Protocol):
    """The interface of a schema; `mock_server.schemas.Schema` is one."""

    @property
    def uri(self) -> str:
        """Return its absolute address, which no other schema has."""

    @property
    def raw(self) -> Any:
        """True, False, or a mapping that JSON Schema 2020-12 allows."""

    def child(self, *tokens: str | int) -> SchemaSource:
        """Return the schema at those steps below this one."""

    def follow(self, ref: str) -> SchemaSource:
        """Return the schema that a reference in this one leads to. Raises BrokenRef."""

    def is_valid(self, value: Any, /) -> bool:
        """Return whether the value satisfies the schema, formats included."""

    def extending(self) -> Sequence[SchemaSource]:
        """Return the components that extend it by `allOf`, directly or through others."""


class Unsatisfiable(MockServerError):
    """The error of a schema without a value; `reason` states why in plain words."""

    def __init__(self, schema_uri: str, reason: str) -> None:
        super().__init__(f"No value satisfies {schema_uri}: {reason}")
        self.schema_uri = schema_uri
        self.reason = reason


class Made:
    """A generated schema, which a choice adds to the schemas around it.

    It accepts every value, because the schema with the choice checks the value.
    """

    def __init__(
        self, raw: Any, children: Mapping[tuple[str | int, ...], SchemaSource] | None = None
    ) -> None:
        self.raw = raw
        self._children = children or {}
        inner = " ".join(child.uri for child in self._children.values())
        self.uri = f"made:{json.dumps(raw)}{inner}"

    def child(self, *tokens: str | int) -> SchemaSource:
        """Return the schema at those steps below this one."""
        known = self._children.get(tokens)
        if known is not None:
            return known
        raw: Any = self.raw
        for token in tokens:
            raw = raw[token]
        return Made(raw)

    def follow(self, ref: str) -> SchemaSource:
        """Raise BrokenRef, because a generated schema has no references."""
        raise BrokenRef(ref)

    def is_valid(self, value: Any, /) -> bool:
        """Return True."""
        return True

    def extending(self) -> Sequence[SchemaSource]:
        """Return no schemas, because it is no component."""
        return ()


class Opposite(Made):
    """A schema that accepts exactly the values that another schema doesn't accept."""

    def __init__(self, schema: SchemaSource) -> None:
        super().__init__({"not": {}}, {("not",): schema})
        self._schema = schema

    def is_valid(self, value: Any, /) -> bool:
        """Return whether the other schema doesn't accept the value."""
        return not self._schema.is_valid(value)
