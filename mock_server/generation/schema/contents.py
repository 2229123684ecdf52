"""Strings that carry content: of a media type, by a schema, in an encoding.

`contentMediaType`, `contentSchema` and `contentEncoding` are annotations (JSON Schema 2020-12
validation, section 8). A string that can't satisfy both them and the rest satisfies the rest.
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
    """The content that the strings of a node carry: media type, encoding and node of its schema."""

    media_type: str
    encoding: str
    node: ValueNode | None

    @classmethod
    def of(cls, node: ValueNode) -> StringContent | None:
        """Return the content of a node's strings; None if no keyword describes it."""
        media_type = _keyword_text(node, "contentMediaType")
        encoding = _keyword_text(node, "contentEncoding").lower()
        schemas = [p.child("contentSchema") for p in node.parts if "contentSchema" in p.raw]
        if not (media_type or schemas or encoding in ENCODERS):
            return None
        if is_json(media_type) or (schemas and not media_type):
            any_json: list[SchemaSource] = [Made({"type": "object"})]
            return cls(media_type, encoding, node.node(schemas or any_json, node.hint))
        return cls(media_type, encoding, node.node(schemas, node.hint) if schemas else None)

    @property
    def is_json(self) -> bool:
        """Return whether the content is JSON."""
        return is_json(self.media_type) or not self.media_type

    def text(self, value: Any) -> str | None:
        """Return the string that carries a value of the schema; None if it can't be carried."""
        if self.is_json:
            return self._encoded(padded(json.dumps(value, ensure_ascii=False), self.encoding))
        return self._encoded(value.encode()) if isinstance(value, str) else None

    def _encoded(self, content: bytes) -> str | None:
        """Return the string that carries some content; bytes that are no text become base64."""
        try:
            return (
                ENCODERS[self.encoding](content) if self.encoding in ENCODERS else content.decode()
            )
        except UnicodeDecodeError:
            return ENCODERS["base64"](content)

    def leaf(self, otherwise: Leaf) -> Callable[[Source], str | None]:
        """Return a leaf of strings whose content has no schema; `otherwise` makes plain texts."""
        if not self.media_type:
            return lambda source: self._encoded(padded(otherwise(source), self.encoding))
        content = content_of(self.media_type)
        return lambda source: self._encoded(content(source))


def _keyword_text(node: ValueNode, keyword: str) -> str:
    return next((raw[keyword] for raw in node.raws if isinstance(raw.get(keyword), str)), "")


def carrying(node: ValueNode, content: StringContent, otherwise: Maker, plain: Leaf) -> ValuePlan:
    """Return the plan of strings with content; `otherwise` is used if none of them is accepted.

    `plain` makes the content if only an encoding is given.
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
