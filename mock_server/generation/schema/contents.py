"""Strings that carry content: of a media type, by a schema, in an encoding.

`contentMediaType`, `contentSchema` and `contentEncoding` are annotations (JSON Schema 2020-12
validation, section 8): a string that can't keep to them and to the rest too keeps to the rest.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from mock_server.generation.schema.nodes import ValueNode, ValuePlan
from mock_server.generation.schema.run import NO_VALUES, GenerationRun, Maker
from mock_server.generation.schema.schema import Made, SchemaSource, Unsatisfiable
from mock_server.generation.values.encodings import ENCODERS, content_of, is_json, padded
from mock_server.generation.values.random_source import Leaf, Source

_TRIES = 8


class StringContent(NamedTuple):
    """What the string of a node carries: what it is encoded in, and the schema of its content."""

    media_type: str
    encoding: str
    node: ValueNode | None

    @classmethod
    def of(cls, node: ValueNode) -> StringContent | None:
        """The content of a node's strings; None if nothing is said of it."""
        media_type = _told(node, "contentMediaType")
        encoding = _told(node, "contentEncoding").lower()
        schemas = [p.child("contentSchema") for p in node.parts if "contentSchema" in p.raw]
        if not (media_type or schemas or encoding in ENCODERS):
            return None
        if is_json(media_type) or (schemas and not media_type):
            any_json: list[SchemaSource] = [Made({"type": "object"})]
            return cls(media_type, encoding, node.node(schemas or any_json, node.hint))
        return cls(media_type, encoding, node.node(schemas, node.hint) if schemas else None)

    @property
    def is_json(self) -> bool:
        """Whether the content is JSON."""
        return is_json(self.media_type) or not self.media_type

    def text(self, value: Any) -> str | None:
        """The string that carries a value of the schema; None for a value that can't be carried."""
        if self.is_json:
            return self._encoded(padded(json.dumps(value, ensure_ascii=False), self.encoding))
        return self._encoded(value.encode()) if isinstance(value, str) else None

    def _encoded(self, content: bytes) -> str | None:
        """The string that carries some content: bytes that are no text have to be encoded."""
        try:
            return (
                ENCODERS[self.encoding](content) if self.encoding in ENCODERS else content.decode()
            )
        except UnicodeDecodeError:
            return ENCODERS["base64"](content)

    def leaf(self, otherwise: Leaf) -> Callable[[Source], str | None]:
        """What makes strings whose content no schema speaks of; `otherwise` makes plain ones."""
        if not self.media_type:
            return lambda source: self._encoded(padded(otherwise(source), self.encoding))
        content = content_of(self.media_type)
        return lambda source: self._encoded(content(source))


def _told(node: ValueNode, keyword: str) -> str:
    return next((raw[keyword] for raw in node.raws if isinstance(raw.get(keyword), str)), "")


def carrying(node: ValueNode, content: StringContent, otherwise: Maker, plain: Leaf) -> ValuePlan:
    """The plan of strings with content; `otherwise` makes those of a node that asks for more.

    `plain` makes the content of an encoding alone.
    """
    inner = content.node

    def build() -> Maker:
        is_by_schema = inner is not None and inner.is_possible
        draw = _drawing(inner, content) if inner and is_by_schema else content.leaf(plain)

        def make(run: GenerationRun) -> Any:
            for _ in range(_TRIES):
                made = draw(run)
                if made is not None and node.accepts(made):
                    return made
            return otherwise(run)

        return make

    if inner is None:
        return ValuePlan([()], build)
    return ValuePlan([[inner]], build, further=iter([()]))


def _drawing(inner: ValueNode, content: StringContent) -> Callable[[GenerationRun], str | None]:
    def draw(run: GenerationRun) -> str | None:
        run.known = NO_VALUES
        try:
            return content.text(inner.make(run))
        except Unsatisfiable:
            return None

    return draw
