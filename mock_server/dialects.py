"""The schemas of an OpenAPI document, whichever version, as JSON Schema 2020-12.

OpenAPI 3.0 has a dialect of its own (`nullable`, boolean exclusive bounds, siblings of `$ref`
ignored); 3.1 and 3.2 speak 2020-12 already. In all of them the formats of numbers set bounds, and
a required property may be missing where it is only read or only written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from contextlib import suppress
from functools import partial, reduce
from typing import Any, Literal

from mock_server.anatomy import KINDS, kind_of, objects
from mock_server.discriminators import Discriminators
from mock_server.document import BrokenRef, Document, Documents, Node
from mock_server.patterns import known
from mock_server.pointers import Tokens, member

Direction = Literal["request", "reply"]
Change = Callable[[Document, Tokens, dict[str, Any]], Any]

# What the formats of numbers allow (OAS 3.0.4, section 4.4; IEEE 754).
_FLOAT, _DOUBLE = 3.4028234663852886e38, 1.7976931348623157e308
_RANGES: dict[str, tuple[float, float]] = {
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "float": (-_FLOAT, _FLOAT),
    "double": (-_DOUBLE, _DOUBLE),
}
_BOUNDS = ("minimum", "maximum")
_NAMES = {"$id", "id", "$anchor", "$dynamicAnchor", "$schema"}
_DRAFT_4 = "http://json-schema.org/draft-04/schema"
# JSON Schema's own older dialects.
_OTHER_DIALECTS = {
    *(f"http://json-schema.org/draft-{number}/schema" for number in ("06", "07")),
    _DRAFT_4,
    "https://json-schema.org/draft/2019-09/schema",
}
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
        self._referred: list[tuple[str, Node]] = []
        self._data: dict[str, Any] = {}
        # The documents with schemas that have an $id, an anchor or a $schema of their own.
        self._named: set[str] = set()
        self._has_discriminators = _has_discriminators(dialect)
        self._discriminators: set[int] = set()
        self.differs = False
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
            for steps, below, _ in objects(_at(self.data(document), tokens), kind)
            if below == "schema"
        )
        return sorted(dict.fromkeys(found), key=len)

    def resources(self, change: Change | None = None) -> Iterator[tuple[str, Any]]:
        """Every document that is referred to, with its address; `change` is made to each schema."""
        is_strict = self._direction == "reply"
        discriminators = Discriminators(self._documents, self._discriminators, is_strict)
        for document in self._documents:
            data = self.data(document)
            if change:
                places = set(self.schema_places(document))
                data = _with_changes(data, (), places, partial(change, document))
            yield document.uri, discriminators.judged(document, data)

    def is_schema(self, node: Node) -> bool:
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

    def _put(self, node: Node, new: Any) -> None:
        data = self.data(node.document)
        if _at(data, node.tokens) is node.value:
            self._data[node.document.uri] = with_value(data, node.tokens, new)

    def _translated(self, kind: str, value: Any) -> Any:
        if kind.startswith("{") and isinstance(value, dict):
            return _changed(value, lambda _, item: self._translated(kind[1:-1], item))
        if kind.startswith("[") and isinstance(value, list):
            return _changed_list(value, lambda item: self._translated(kind[1:-1], item))
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
        self._has_discriminators = _has_discriminators(str(schema.get("$schema", ""))) and before
        if isinstance(schema.get("discriminator"), dict) and self._has_discriminators:
            self._discriminators.add(id(schema["discriminator"]))
            self.differs = True
        new = self._schema(schema)
        self._has_discriminators = before
        return new

    def _with_members(self, kind: str, value: dict[str, Any]) -> dict[str, Any]:
        return _changed(value, lambda key, item: self._member(kind_of(kind, key, item), item))

    def _member(self, kind: str | None, value: Any) -> Any:
        return value if kind is None else self._translated(kind, value)

    def _schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        if self._is_30:
            new = _from_30(self._with_members("schema", schema))
        elif not _NAMES.isdisjoint(schema):
            new = self._named_schema(schema)
        else:
            new = self._with_members("schema", schema)
        if "pattern" in schema or "patternProperties" in schema:
            new = _with_known_patterns(new)
        if isinstance(schema.get("format"), str) and schema["format"] in _RANGES:
            new = _in_format(new, schema["format"])
        return self._one_way(schema, new) if _requires(schema) else new

    def _named_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """A schema with a dialect of its own is a resource of its own (JSON Schema, 8.1.1)."""
        self._named.add(self._base.uri)
        new = self._with_members("schema", schema)
        own = "id" if str(schema.get("$schema")).rstrip("#") == _DRAFT_4 else "$id"
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
            if any(one.get(self._other_way) is True for one, _ in self._holding(member, base))
        }
        lifted = _lifted(new, hidden) if hidden else new
        self.differs |= lifted is not new
        return lifted

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


def _requires(schema: Any) -> bool:
    """Whether a schema, or one that is written in its `allOf`, requires properties."""
    if not isinstance(schema, dict):
        return False
    inner = schema.get("allOf")
    return "required" in schema or any(map(_requires, inner if isinstance(inner, list) else ()))


def _lifted(schema: Any, hidden: set[str]) -> Any:
    """A schema that doesn't require these properties, nor do those written in its `allOf`."""
    if not isinstance(schema, dict):
        return schema
    required, inner = schema.get("required"), schema.get("allOf")
    new = dict(schema)
    if isinstance(required, list):
        kept = [name for name in required if not (isinstance(name, str) and name in hidden)]
        new["required"] = required if len(kept) == len(required) else kept
    if isinstance(inner, list):
        new["allOf"] = _changed_list(inner, lambda one: _lifted(one, hidden))
    return new if any(new[key] is not value for key, value in schema.items()) else schema


def _has_discriminators(dialect: str) -> bool:
    """Whether a dialect is one of OpenAPI's, or the one that these extend."""
    return dialect.rstrip("#") not in _OTHER_DIALECTS


def _from_30(schema: dict[str, Any]) -> dict[str, Any]:
    """A 3.0 schema's own words in those of 2020-12 (OAS 3.0.4, section 4.7.24)."""
    new = dict(schema)
    if new.pop("nullable", False) is True and isinstance(new.get("type"), str):
        new["type"] = [new["type"], "null"]
    for bound in ("Minimum", "Maximum"):
        exclusive = new.get(f"exclusive{bound}")
        if isinstance(exclusive, bool):
            del new[f"exclusive{bound}"]
            if exclusive and bound.lower() in new:
                new[f"exclusive{bound}"] = new.pop(bound.lower())
    return schema if new == schema else new


def _with_known_patterns(schema: dict[str, Any]) -> dict[str, Any]:
    new = dict(schema)
    if isinstance(schema.get("pattern"), str):
        new["pattern"] = known(schema["pattern"])
    if isinstance(properties := schema.get("patternProperties"), dict):
        new["patternProperties"] = {known(key): value for key, value in properties.items()}
    return schema if new == schema else new


def _in_format(schema: dict[str, Any], name: str) -> dict[str, Any]:
    """A schema with what a format asks of numbers; of a text it asks nothing."""
    types = schema.get("type", "number")
    types = types if isinstance(types, list) else [types]
    if "number" not in types and "integer" not in types:
        return schema
    new = dict(schema)
    for keyword, limit, tighter in zip(_BOUNDS, _RANGES[name], (max, min), strict=True):
        written = schema.get(keyword)
        new[keyword] = tighter(written, limit) if isinstance(written, int | float) else limit
    return new


def _changed(value: dict[str, Any], change: Callable[[str, Any], Any]) -> dict[str, Any]:
    """The mapping with each member changed; the same object where nothing did."""
    new = {key: change(key, item) for key, item in value.items()}
    return new if any(new[key] is not item for key, item in value.items()) else value


def _changed_list(value: list[Any], change: Callable[[Any], Any]) -> list[Any]:
    new = [change(item) for item in value]
    return new if any(a is not b for a, b in zip(new, value, strict=True)) else value


def _with_changes(
    value: Any, tokens: Tokens, places: Set[Tokens], change: Callable[[Tokens, dict[str, Any]], Any]
) -> Any:
    """The value with each mapping at one of the places changed, the inner ones first."""
    if isinstance(value, list):
        return [_with_changes(v, (*tokens, i), places, change) for i, v in enumerate(value)]
    if not isinstance(value, dict):
        return value
    new = {key: _with_changes(v, (*tokens, key), places, change) for key, v in value.items()}
    return change(tokens, new) if tokens in places else new


def _at(value: Any, tokens: Tokens) -> Any:
    """What stands at those steps; None where a 3.0 schema's `$ref` has swallowed it."""
    try:
        return reduce(member, tokens, value)
    except LookupError:
        return None


def with_value(value: Any, tokens: Tokens, new: Any) -> Any:
    """The value with another at those steps, all that isn't on the way shared."""
    if not tokens:
        return new
    step, rest = tokens[0], tokens[1:]
    if isinstance(value, list):
        index = int(step)
        return [*value[:index], with_value(value[index], rest, new), *value[index + 1 :]]
    return {**value, step: with_value(value[step], rest, new)}
