"""The one door to jsonschema-rs: schemas of the contract, compiled when first needed."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import quote, urldefrag, urljoin

import jsonschema_rs

from mock_server.dialects import Direction, Translation
from mock_server.document import BrokenRef, Document, Documents, Node, Tokens, pointer_of, tokens_of
from mock_server.errors import Violation
from mock_server.wording import expectation, shown, words_for

# The engine writes down every violation it finds before it gives the first one: a long list of
# wrong items would take seconds and gigabytes, so what is looked through in detail is bounded.
MOST_ITEMS = 2_000
# The dialects that `jsonSchemaDialect` may name (OAS 3.1.1, section 4.8.1).
_DRAFTS = {
    "http://json-schema.org/draft-04/schema": jsonschema_rs.Draft4,
    "http://json-schema.org/draft-06/schema": jsonschema_rs.Draft6,
    "http://json-schema.org/draft-07/schema": jsonschema_rs.Draft7,
    "https://json-schema.org/draft/2019-09/schema": jsonschema_rs.Draft201909,
}
_ANCHORS = ("$anchor", "$dynamicAnchor")


def _is_byte(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


class Schemas:
    """The schemas of one contract as one direction (request or reply) sees them.

    Each schema is compiled once, when first needed, and shared by all that refer to it.
    """

    def __init__(
        self, documents: Documents, direction: Direction, is_30: bool, dialect: str = ""
    ) -> None:
        self.documents = documents
        self._draft = _DRAFTS.get(dialect.rstrip("#"), jsonschema_rs.Draft202012)
        self.translation = Translation(documents, direction, is_30)
        self._by_uri: dict[str, Schema] = {}
        self._names: dict[str, dict[str, Tokens]] = {}

    @cached_property
    def registry(self) -> jsonschema_rs.Registry:
        """Every document of the contract, for references between them."""
        return jsonschema_rs.Registry(self.translation.resources(), draft=jsonschema_rs.Draft202012)

    def at(self, node: Node) -> Schema:
        """The schema that stands at that node."""
        return self.place(node.document, node.tokens)

    def place(self, document: Document, tokens: Tokens) -> Schema:
        """The schema at those steps in a document. Raises BrokenRef where there is none."""
        uri = f"{document.uri}#{pointer_of(tokens)}"
        if uri not in self._by_uri:
            raw = self.translation.data(document)
            for token in tokens:
                try:
                    raw = raw[int(token)] if isinstance(raw, list) else raw[token]
                except (KeyError, IndexError, TypeError, ValueError):
                    raise BrokenRef(f"{document.name} has no {pointer_of(tokens)}") from None
            self._by_uri[uri] = Schema(self, document, tokens, raw, uri)
        return self._by_uri[uri]

    def named(self, ref: str, document: Document) -> Schema | None:
        """The schema that a reference by `$id` or anchor leads to (JSON Schema, section 8.2)."""
        if document.uri not in self._names:
            data = self.translation.data(document)
            self._names[document.uri] = dict(_names(data, document.uri, ()))
        for uri, names in self._names.items():
            tokens = names.get(urljoin(document.uri, ref).removesuffix("#"))
            if tokens is not None:
                return self.place(self.documents.document(uri, ref), tokens)
        return None


def _names(value: Any, base: str, tokens: Tokens) -> Iterator[tuple[str, Tokens]]:
    """The absolute addresses by `$id` and anchor of a document's schemas."""
    if isinstance(value, dict):
        if isinstance(own := value.get("$id"), str):
            base = urljoin(base, own)
            yield base.removesuffix("#"), tokens
        for keyword in _ANCHORS:
            if isinstance(name := value.get(keyword), str):
                yield f"{base}#{name}", tokens
    members = value.items() if isinstance(value, dict) else _enumerated(value)
    for key, item in members:
        yield from _names(item, base, (*tokens, key))


def _enumerated(value: Any) -> Iterable[tuple[int, Any]]:
    return enumerate(value) if isinstance(value, list) else ()


class Schema:
    """One schema of the contract. `raw` is it in the words of JSON Schema 2020-12."""

    __slots__ = ("_engine", "_schemas", "document", "fault", "is_valid", "raw", "tokens", "uri")

    def __init__(
        self, schemas: Schemas, document: Document, tokens: Tokens, raw: Any, uri: str
    ) -> None:
        self._schemas = schemas
        self.document, self.tokens, self.raw, self.uri = document, tokens, raw, uri
        self._engine: jsonschema_rs.Validator | None = None
        self.fault: str | None = None
        # After the first call this is the engine's own method: nothing stands between.
        self.is_valid: Callable[[Any], bool] = self._first_verdict

    @property
    def name(self) -> str:
        """The schema's file and pointer, for messages."""
        return f"{self.document.name}#{pointer_of(self.tokens)}"

    def child(self, *tokens: str | int) -> Schema:
        """The schema at those steps below this one."""
        return self._schemas.place(self.document, (*self.tokens, *tokens))

    def follow(self, ref: str) -> Schema:
        """The schema that a `$ref` in this one leads to. Raises BrokenRef."""
        try:
            return self._schemas.at(self._schemas.documents.node(ref, self.document.uri))
        except BrokenRef:
            found = self._schemas.named(ref, self.document)
            if found is None:
                raise
            return found

    def compile(self) -> str | None:
        """Make the engine ready; what keeps the schema from being used, if anything does.

        A schema that can't be used accepts everything.
        """
        if self._engine is not None or self.fault is not None:
            return self.fault
        address, _ = urldefrag(self.uri)
        try:
            self._engine = jsonschema_rs.Draft202012Validator(
                {"$ref": f"{address}#{quote(pointer_of(self.tokens), safe='/~!$&()*+,;=:@-._')}"},
                registry=self._schemas.registry,
                validate_formats=True,
                formats={"byte": _is_byte},
                offline=True,
            )
            self.is_valid = self._engine.is_valid
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
            self.fault = getattr(error, "message", None) or str(error)
            self.is_valid = lambda value: True
        return self.fault

    def _first_verdict(self, value: Any) -> bool:
        self.compile()
        return self.is_valid(value)

    def violations(self, value: Any, where: tuple[str, ...]) -> list[Violation]:
        """Every way in which the value breaks the schema.

        `where` says which part of the message the value is: ("request", "body"), say. Of lists
        longer than MOST_ITEMS only so many items are told of, if any of those is wrong.
        """
        if self.is_valid(value) or self._engine is None:
            return []
        cut = _cut(value)
        errors = self._engine.iter_errors(cut)
        found = [self._violation(error, cut, where) for error in errors]
        return found or [self._first_violation(value, where)]

    def _first_violation(self, value: Any, where: tuple[str, ...]) -> Violation:
        assert self._engine is not None
        try:
            self._engine.validate(value)
        except jsonschema_rs.ValidationError as error:
            return self._violation(error, value, where)
        raise AssertionError("an invalid value has a violation")

    def _violation(
        self, error: jsonschema_rs.ValidationError, value: Any, where: tuple[str, ...]
    ) -> Violation:
        path = list(error.instance_path)
        keyword = error.kind.name
        document, rule = self._rule(error)
        if keyword == "required":
            path.append(error.kind.as_dict()["property"])
        if keyword in ("minimum", "maximum") and not _has(document.data, rule):
            keyword, rule = "format", (*rule[:-1], "format")
        return Violation(
            location=(*where, *map(str, path)),
            pointer=pointer_of(tuple(path)),
            keyword=keyword,
            message=f"{_field(where, path)} {self._message(error, keyword)}",
            rule=f"{document.name}#{pointer_of(rule)}",
        )

    def _rule(self, error: jsonschema_rs.ValidationError) -> tuple[Document, Tokens]:
        """The keyword that was broken, as the file and the steps in it."""
        address, fragment = urldefrag(error.absolute_keyword_location or "")
        if fragment.startswith("/$defs/"):  # where `dialects` shows the components to the engine
            fragment = fragment.replace("/$defs/", "/components/schemas/", 1)
        try:
            return self._schemas.documents.document(address, address), tokens_of(fragment)
        except (BrokenRef, ValueError):
            return self.document, (*self.tokens, *error.evaluation_path[1:])

    def _message(self, error: jsonschema_rs.ValidationError, keyword: str) -> str:
        document, rule = self._rule(error)
        schema = _value(self._schemas.translation.data(document), rule[:-1])
        if keyword == "required":
            return self._missing(error, document, rule)
        if keyword in ("oneOf", "anyOf"):
            return self._unmatched(error)
        details = error.kind.as_dict()
        value = details.get("limit", details.get("types", _value(schema, rule[-1:])))
        if keyword == "format":
            value = schema.get("format") if isinstance(schema, dict) else value
        wrong, expected = words_for(
            keyword, error.instance, value, schema, details.get("unexpected")
        )
        return f"{wrong}; expected {expected}"

    def _missing(
        self, error: jsonschema_rs.ValidationError, document: Document, rule: Tokens
    ) -> str:
        name = error.kind.as_dict()["property"]
        try:
            schema = self._schemas.place(document, (*rule[:-1], "properties", name))
            if isinstance(schema.raw, dict) and isinstance(schema.raw.get("$ref"), str):
                schema = schema.follow(schema.raw["$ref"])
            expected = expectation(schema.raw)
        except BrokenRef:
            expected = ""
        return "is missing" + (f"; expected {expected}" if expected else "")

    def _unmatched(self, error: jsonschema_rs.ValidationError) -> str:
        """Of several alternatives the one that came nearest is explained."""
        branches = error.kind.as_dict().get("context", [])
        if error.kind.name == "oneOf" and any(not branch for branch in branches):
            fitting = sum(not branch for branch in branches)
            return (
                f"is {shown(error.instance)} and fits {fitting} of {len(branches)} alternatives;"
                " expected exactly one to fit"
            )
        near = _nearest(branches)
        if near is None:
            return f"is {shown(error.instance)}; expected one of {len(branches)} alternatives"
        path = list(near.instance_path)[len(list(error.instance_path)) :]
        return (
            f"is {shown(error.instance)} and fits none of {len(branches)} alternatives;"
            f" in the nearest {self._near_message(near, path)}"
        )

    def _near_message(self, near: jsonschema_rs.ValidationError, path: list[str | int]) -> str:
        if near.kind.name == "required":
            path = [*path, near.kind.as_dict()["property"]]
        field = _steps(path) if path else "it"
        return f"{field} {self._message(near, near.kind.name)}"


def _nearest(
    branches: Sequence[Sequence[jsonschema_rs.ValidationError]],
) -> jsonschema_rs.ValidationError | None:
    """The error that reached deepest into the value, a wrong type being the farthest miss."""
    first = [branch[0] for branch in branches if branch]
    return max(
        first,
        key=lambda error: (len(list(error.instance_path)), error.kind.name != "type"),
        default=None,
    )


def _field(where: tuple[str, ...], path: list[str | int]) -> str:
    """A field's name for a message: `object_keys[0] in the body`, `source_id in the path`."""
    part, *rest = where[1:]
    name = _steps([*rest, *path])
    owner = "the reply's " if where[0] == "response" else "the "
    if part == "body" or not name:
        return f"{name} in {owner}{part}" if name else f"{owner}{part}"
    return f"{name} in {owner}{part}"


def _steps(path: list[str | int]) -> str:
    text = "".join(f"[{t}]" if isinstance(t, int) else f".{t}" for t in path).removeprefix(".")
    return text if len(text) <= 120 else text[:119] + "…"


def _cut(value: Any, levels: int = 50) -> Any:
    """The value with its long lists cut, down to so many levels."""
    if isinstance(value, list) and levels:
        return [_cut(item, levels - 1) for item in value[:MOST_ITEMS]]
    if isinstance(value, dict) and levels:
        return {key: _cut(item, levels - 1) for key, item in value.items()}
    return value


def _has(data: Any, tokens: Tokens) -> bool:
    return _value(data, tokens[:-1], {}) != {} and tokens[-1] in _value(data, tokens[:-1], {})


def _value(data: Any, tokens: Tokens, default: Any = None) -> Any:
    for token in tokens:
        try:
            data = data[int(token)] if isinstance(data, list) else data[token]
        except (KeyError, IndexError, TypeError, ValueError):
            return default
    return data
