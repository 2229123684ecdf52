"""Schemas: what is asked of one, and those that stand in no document."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from mock_server.documents import BrokenRef
from mock_server.errors import MockServerError


class SchemaSource(Protocol):
    """What is asked of a schema; `mock_server.schemas.Schema` is one."""

    @property
    def uri(self) -> str:
        """Its absolute address, which no other schema has."""

    @property
    def raw(self) -> Any:
        """True, False, or a mapping that JSON Schema 2020-12 allows."""

    def child(self, *tokens: str | int) -> SchemaSource:
        """The schema at those steps below this one."""

    def follow(self, ref: str) -> SchemaSource:
        """The schema that a reference in this one leads to. Raises BrokenRef."""

    def is_valid(self, value: Any, /) -> bool:
        """Whether the value satisfies the schema, formats included."""

    def extending(self) -> Sequence[SchemaSource]:
        """The components that extend it by `allOf`, those that extend these too."""


class Unsatisfiable(MockServerError):
    """No value was found for a schema; `reason` says why in plain words."""

    def __init__(self, schema_uri: str, reason: str) -> None:
        super().__init__(f"No value satisfies {schema_uri}: {reason}")
        self.schema_uri = schema_uri
        self.reason = reason


class Made:
    """A schema that no document has: what a choice adds to those around it.

    It judges nothing: the schema in which the choice stands does.
    """

    def __init__(
        self, raw: Any, children: Mapping[tuple[str | int, ...], SchemaSource] | None = None
    ) -> None:
        self.raw = raw
        self._children = children or {}
        inner = " ".join(child.uri for child in self._children.values())
        self.uri = f"made:{json.dumps(raw)}{inner}"

    def child(self, *tokens: str | int) -> SchemaSource:
        """The schema at those steps below this one."""
        known = self._children.get(tokens)
        if known is not None:
            return known
        raw: Any = self.raw
        for token in tokens:
            raw = raw[token]
        return Made(raw)

    def follow(self, ref: str) -> SchemaSource:
        """Nothing: it has no references."""
        raise BrokenRef(ref)

    def is_valid(self, value: Any, /) -> bool:
        """True."""
        return True

    def extending(self) -> Sequence[SchemaSource]:
        """None: it's no component."""
        return ()


class Opposite(Made):
    """What everything satisfies that another schema doesn't accept."""

    def __init__(self, schema: SchemaSource) -> None:
        super().__init__({"not": {}}, {("not",): schema})
        self._schema = schema

    def is_valid(self, value: Any, /) -> bool:
        """Whether the other one doesn't accept the value."""
        return not self._schema.is_valid(value)
