"""Rules: which keyword of the contract a value broke, and where that stands."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import urldefrag

from mock_server.core import Tokens, pointer_of, tokens_of, value_at
from mock_server.documents import BrokenRef, Document
from mock_server.schemas.discriminators import ADDED
from mock_server.schemas.engine import ValidationError
from mock_server.schemas.identifiers import SchemaAddress
from mock_server.schemas.schema import Schema

# What the engine calls otherwise than the keyword that was broken.
_TOLD_OTHERWISE = {
    "falseSchema": ("additionalProperties", "propertyNames"),
    "contains": ("minContains", "maxContains"),
}


class KeywordRule(NamedTuple):
    """A keyword of the contract: where it stands, and its place as messages name it."""

    keyword: str
    document: Document
    tokens: Tokens
    name: str


class Rules:
    """The rules that values of one schema break."""

    def __init__(self, schema: Schema, located: Callable[[str], SchemaAddress]) -> None:
        self._schema = schema
        self._located = located
        self._known: dict[tuple[str, str], KeywordRule] = {}

    def of(self, error: ValidationError) -> KeywordRule:
        """The keyword that was broken; looked up once, for a list may break it at each item."""
        location = error.absolute_keyword_location or str(error.evaluation_path)
        key = (location, error.kind.name)
        if key not in self._known:
            self._known[key] = self._found(error)
        return self._known[key]

    def _found(self, error: ValidationError) -> KeywordRule:
        document, tokens = self._place(error)
        keyword = error.kind.name
        if asked := _asked(document.data, tokens):
            keyword, tokens = asked
        if tokens[-1:] and tokens[-1] in _TOLD_OTHERWISE.get(keyword, ()):
            keyword = str(tokens[-1])
        if tokens[-2:-1] == ("dependentRequired",):
            keyword, tokens = "dependentRequired", tokens[:-1]
        if keyword in ("minimum", "maximum") and not _has(document.data, tokens):
            keyword, tokens = "format", (*tokens[:-1], "format")
        return KeywordRule(keyword, document, tokens, f"{document.label}#{pointer_of(tokens)}")

    def _place(self, error: ValidationError) -> tuple[Document, Tokens]:
        address, fragment = urldefrag(error.absolute_keyword_location or "")
        with suppress(BrokenRef, ValueError):
            document, start = self._located(address)
            tokens = (*start, *tokens_of(fragment))
            # Where `dialects` shows the components to the engine.
            if tokens[:1] == ("$defs",) and not _has(document.data, tokens[:1]):
                tokens = ("components", "schemas", *tokens[1:])
            return document, tokens
        return self._schema.document, (*self._schema.tokens, *error.evaluation_path[1:])


def _asked(data: Any, tokens: Tokens) -> tuple[str, Tokens] | None:
    """The rule for whose sake `discriminators` put a keyword there; None if it is written."""
    for index, token in enumerate(tokens[:-1]):
        step = tokens[index + 1]
        if token == "discriminator" and step in ADDED and not _has(data, tokens[: index + 2]):
            return "discriminator", tokens[: index + 1]
    return None


def _has(data: Any, tokens: Tokens) -> bool:
    schema = value_at(data, tokens[:-1])
    return isinstance(schema, dict) and tokens[-1] in schema
