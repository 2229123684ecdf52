"""The schemas of an OpenAPI document, whichever version, as JSON Schema 2020-12.

Where schemas stand and where references lead is known here; what becomes of the words of one is
told by `keywords`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any, Literal

from mock_server.core import Tokens, changed, changed_list, value_at, with_changes, with_value
from mock_server.documents import (
    KINDS,
    BrokenRef,
    Document,
    DocumentNode,
    Documents,
    kind_of,
    objects,
)
from mock_server.schemas.discriminators import Discriminators
from mock_server.schemas.keywords import (
    DRAFT_4,
    FORMAT_RANGES,
    from_30,
    has_discriminators,
    in_format,
    lifted,
    requires,
    with_known_patterns,
)

Direction = Literal["request", "reply"]
Change = Callable[[Document, Tokens, dict[str, Any]], Any]

_NAMES = {"$id", "id", "$anchor", "$dynamicAnchor", "$schema"}
# Where a property is only for the other direction, `required` doesn't hold for it.
_OTHER_WAY = {"request": "readOnly", "reply": "writeOnly"}


class Translation:
    """The documents as one direction sees them, every schema in them in 2020-12's words.

    Schemas are where the specification has them, and where a reference from there leads, in this
    file or another. What needs no change is shared with the document as it was read.
    """

    def __init__(
        self, documents: Documents, direction: Direction, is_30: bool, dialect: str = ""
    ) -> None:
        self._documents = documents
        self._direction = direction
        self._other_way = _OTHER_WAY[direction]
        self._is_30 = is_30
        self._root = self._base = documents.root
        self._done: dict[tuple[str, int], Any] = {}
        self._refs: list[tuple[str, Document, str]] = []
        self._referred: list[tuple[str, DocumentNode]] = []
        self._data: dict[str, Any] = {}
        # The documents with schemas that have an $id, an anchor or a $schema of their own.
        self._named: set[str] = set()
        self._has_discriminators = has_discriminators(dialect)
        self._discriminators: set[int] = set()
        self._hidden: dict[int, bool] = {}
        self.differs = False
        # Whether a schema says that a value is for one direction alone.
        self.has_one_way = False
        # Whether a schema has a `$schema` of its own.
        self.has_dialects = False
        self._data[documents.root.uri] = self._translated("document", documents.root.data)
        self._follow_refs()

    def data(self, document: Document) -> Any:
        """The translated value of a whole document."""
        return self._data.setdefault(document.uri, document.data)

    def named_documents(self) -> list[Document]:
        """The documents that may have schemas with an `$id`, an anchor or a `$schema`."""
        return [d for d in self._documents if d.uri in self._named or d is not self._root]

    def schema_places(self, document: Document) -> list[Tokens]:
        """The steps to each schema of a document that is a mapping, the outer ones first.

        A file besides the contract's may be a schema as a whole, or a part of an OpenAPI document.
        """
        roots: list[tuple[str, Tokens]] = [("document", ())]
        roots += [("schema", ())] if document is not self._root else []
        roots += [(kind, n.tokens) for kind, n in self._referred if n.document is document]
        found = (
            (*tokens, *steps)
            for kind, tokens in roots
            for steps, below, _ in objects(value_at(self.data(document), tokens), kind)
            if below == "schema"
        )
        return sorted(dict.fromkeys(found), key=len)

    def resources(self, change: Change | None = None) -> Iterator[tuple[str, Any]]:
        """Every document that is referred to, with its address; `change` is made to each schema."""
        discriminators = Discriminators(self._documents, self._discriminators)
        for document in self._documents:
            data = self.data(document)
            if change:
                places = set(self.schema_places(document))
                data = with_changes(data, (), places, partial(change, document))
            yield document.uri, discriminators.judged(document, data)

    def is_schema(self, node: DocumentNode) -> bool:
        """Whether what stands at a node is a schema."""
        return isinstance(node.value, bool) or ("schema", id(node.value)) in self._done

    def _follow_refs(self) -> None:
        while self._refs:
            ref, base, kind = self._refs.pop()
            try:
                node = self._documents.node(ref, base.uri)
            except BrokenRef:
                continue  # whoever depends on it reports it, with its place
            self._base = node.document
            self._referred.append((kind, node))
            self._put(node, self._translated(kind, node.value))

    def _put(self, node: DocumentNode, new: Any) -> None:
        if new is node.value:
            return
        data = self.data(node.document)
        if value_at(data, node.tokens) is node.value:
            self._data[node.document.uri] = with_value(data, node.tokens, new)

    def _translated(self, kind: str, value: Any) -> Any:
        if kind.startswith("{") and isinstance(value, dict):
            return changed(value, lambda _, item: self._translated(kind[1:-1], item))
        if kind.startswith("[") and isinstance(value, list):
            return changed_list(value, lambda item: self._translated(kind[1:-1], item))
        if kind not in KINDS or not isinstance(value, dict):
            return value
        key = (kind, id(value))
        if key not in self._done:
            self._done[key] = self._object(kind, value)
        return self._done[key]

    def _object(self, kind: str, value: dict[str, Any]) -> dict[str, Any]:
        if isinstance(value.get("$ref"), str):
            self._refs.append((value["$ref"], self._base, kind))
            if self._is_30 and kind == "schema":
                return value if len(value) == 1 else {"$ref": value["$ref"]}
        if kind == "schema":
            return self._of_its_dialect(value)
        return self._with_members(kind, value)

    def _of_its_dialect(self, schema: dict[str, Any]) -> dict[str, Any]:
        """A schema, and whether it and those in it may have discriminators."""
        before = self._has_discriminators
        self._has_discriminators = has_discriminators(str(schema.get("$schema", ""))) and before
        if isinstance(schema.get("discriminator"), dict) and self._has_discriminators:
            self._discriminators.add(id(schema["discriminator"]))
            self.differs = True
        new = self._schema(schema)
        self._has_discriminators = before
        return new

    def _with_members(self, kind: str, value: dict[str, Any]) -> dict[str, Any]:
        return changed(value, partial(self._member, kind))

    def _member(self, owner: str, key: str, value: Any) -> Any:
        if not isinstance(value, dict | list):
            return value
        kind = kind_of(owner, key, value)
        return value if kind is None else self._translated(kind, value)

    def _schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        self.has_one_way |= "readOnly" in schema or "writeOnly" in schema
        if self._is_30:
            new = from_30(self._with_members("schema", schema), schema)
        elif not _NAMES.isdisjoint(schema):
            new = self._named_schema(schema)
        else:
            new = self._with_members("schema", schema)
        if "pattern" in schema or "patternProperties" in schema:
            new = with_known_patterns(new)
        if isinstance(schema.get("format"), str) and schema["format"] in FORMAT_RANGES:
            new = in_format(new, schema["format"])
        return self._one_way(schema, new) if requires(schema) else new

    def _named_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """A schema with a dialect of its own is a resource of its own (JSON Schema, 8.1.1)."""
        self._named.add(self._base.uri)
        self.has_dialects |= "$schema" in schema
        new = self._with_members("schema", schema)
        own = "id" if str(schema.get("$schema")).rstrip("#") == DRAFT_4 else "$id"
        if "$schema" not in schema or own in schema:
            return new
        return {own: f"{self._base.uri}/dialect/{len(self._done)}", **new}

    def _one_way(self, schema: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
        """OAS 3.0.4, section 4.7.24.2: a required read-only property is for replies alone."""
        hidden = {
            name
            for part, base in self._holding(schema, self._base.uri)
            if isinstance(properties := part.get("properties"), dict)
            for name, member in properties.items()
            if isinstance(member, dict) and self._is_other_way(member, base)
        }
        after = lifted(new, hidden) if hidden else new
        self.differs |= after is not new
        return after

    def _is_other_way(self, schema: dict[str, Any], base: str) -> bool:
        """Whether a property is for the other direction alone."""
        if "$ref" not in schema and "allOf" not in schema:
            return schema.get(self._other_way) is True
        key = id(schema)
        if key not in self._hidden:
            parts = self._holding(schema, base)
            self._hidden[key] = any(part.get(self._other_way) is True for part, _ in parts)
        return self._hidden[key]

    def _holding(self, schema: Any, base: str) -> Iterator[tuple[dict[str, Any], str]]:
        """A schema and those that hold with it by `$ref` and `allOf`, with their documents."""
        waiting, seen = [(schema, base)], set()
        while waiting:
            schema, base = waiting.pop()
            if not isinstance(schema, dict) or id(schema) in seen:
                continue
            seen.add(id(schema))
            if isinstance(schema.get("$ref"), str):
                with suppress(BrokenRef):  # whoever compiles the schema reports it
                    node = self._documents.node(schema["$ref"], base)
                    waiting.append((node.value, node.document.uri))
                if self._is_30:  # what stands beside it is ignored
                    continue
            yield schema, base
            inner = schema.get("allOf")
            waiting += [(one, base) for one in (inner if isinstance(inner, list) else ())]
