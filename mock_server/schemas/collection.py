"""The schemas of one contract: each compiled once, when first needed, many of them together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from typing import Any

from mock_server.core import Tokens, pointer_of, resolved, value_at
from mock_server.documents import BrokenRef, Document, DocumentNode, Documents, inner_schemas
from mock_server.errors import TooManySteps, Violation
from mock_server.schemas.dialects import Direction, Translation
from mock_server.schemas.engine import (
    DRAFTS,
    LATEST,
    UNUSABLE,
    Judge,
    Registry,
    Validator,
    compiled,
    registered,
)
from mock_server.schemas.explanations import Explanation
from mock_server.schemas.hierarchy import Families, SchemaPlace
from mock_server.schemas.identifiers import Names, SchemaAddress
from mock_server.schemas.schema import Schema
from mock_server.schemas.slices import MOST_EXPLAINED, MOST_EXPLAINED_NAMES
from mock_server.schemas.steps import Steps

# So many schemas are compiled one by one; of more, so many engines for one alone are kept.
MOST_ALONE = 64
MOST_KEPT = 4
# A few milliseconds.
MOST_STEPS = 1_000_000


class Schemas:
    """The schemas of one contract as one direction (request or reply) sees them.

    Each schema is compiled once, when first needed, and shared by all that refer to it.
    """

    def __init__(
        self, documents: Documents, direction: Direction, is_30: bool, dialect: str = ""
    ) -> None:
        self.documents = documents
        self.dialect = dialect.rstrip("#") if dialect.rstrip("#") in DRAFTS else LATEST
        self.translation = Translation(documents, direction, is_30, self.dialect)
        self._by_uri: dict[str, Schema] = {}
        self._alone: dict[str, Judge] = {}
        self._steps = Steps(MOST_STEPS)

    @cached_property
    def registry(self) -> Registry:
        """Every document of the contract, for references between them."""
        return registered(self._names.resources())

    @cached_property
    def _names(self) -> Names:
        return Names(self.documents, self.translation, self.dialect)

    def prepare(self) -> None:
        """Compile now what is compiled together; else the first verdict waits for that."""
        self._together  # noqa: B018
        for component in self._components():
            self._steps.are_too_many(self.at(component))

    def at(self, node: DocumentNode) -> Schema:
        """The schema that stands at that node."""
        return self.place(node.document, node.tokens)

    def place(self, document: Document, tokens: Tokens) -> Schema:
        """The schema at those steps in a document. Raises BrokenRef where there is none."""
        uri = f"{document.uri}#{pointer_of(tokens)}"
        if uri not in self._by_uri:
            try:
                written = resolved(self.translation.data(document), tokens)
            except LookupError:
                raise BrokenRef(f"{document.name} has no {pointer_of(tokens)}") from None
            self._by_uri[uri] = Schema(self, document, tokens, written, uri)
        return self._by_uri[uri]

    def verdict(self, schema: Schema) -> Callable[[Any], bool]:
        """What says whether a value keeps to a schema.

        The engine compiles anew, for each schema, all that it refers to. A few are compiled one by
        one; where there are many, linked with each other, they are compiled together, once.
        Raises what the engine raises for a schema that it can't use, and TooManySteps.
        """
        if self._steps.are_too_many(schema):
            message = f"{schema.name} takes more than {MOST_STEPS:,} steps to judge one value"
            raise TooManySteps(f"{message}.")
        return self._judge(schema).is_valid

    def _judge(self, schema: Schema) -> Judge:
        """What judges by a schema. Those for one of many alone are kept for a while only."""
        if schema.uri in self._together:
            return self._together[schema.uri]
        if schema.uri not in self._alone:
            while len(self._alone) >= (MOST_KEPT if self._together else MOST_ALONE):
                del self._alone[next(iter(self._alone))]
            self._alone[schema.uri] = Judge(self._engine(self._reference(schema)))
        return self._alone[schema.uri]

    @cached_property
    def _together(self) -> dict[str, Judge]:
        """What judges by each of many schemas: all that are known, and all that they are made of.

        Of the latter those that refer to others: each alone would be compiled with all of these.
        """
        for component in self._components():
            self.at(component)
        for schema in list(self._by_uri.values()):
            with suppress(BrokenRef):
                schema.target()  # which is what is judged by, and has a place from here on
        known = list(self._by_uri.values())
        if len(known) <= MOST_ALONE:
            return {}
        for schema in _outermost(known):
            for steps in _linked(schema.raw):
                schema.child(*steps)
        return dict(self._batch(list(self._by_uri.values())))

    def dialect_of(self, document: Document, tokens: Tokens) -> str:
        """The dialect of the schema at those steps: its own, that around it, or the contract's."""
        if not self.translation.has_dialects:
            return self.dialect
        told, value = self.dialect, self.translation.data(document)
        for token in (None, *tokens):
            value = value if token is None else resolved(value, (token,))
            own = value.get("$schema") if isinstance(value, dict) else None
            if isinstance(own, str) and own.rstrip("#") in DRAFTS:
                told = own.rstrip("#")
        return told

    def extending(self, schema: Schema) -> list[Schema]:
        """The components that extend a schema by `allOf`, those that extend these too."""
        places = self._families.extending(SchemaPlace(schema.document.uri, schema.tokens))
        documents = self.documents
        return [self.place(documents.document(p.uri, p.uri), p.tokens) for p in places]

    @cached_property
    def _families(self) -> Families:
        return Families(self.documents)

    def _components(self) -> Iterator[DocumentNode]:
        for document in self.documents:
            schemas: DocumentNode | None = DocumentNode(self.documents, document, (), document.data)
            for step in ("components", "schemas"):
                schemas = schemas.get(step) if schemas else None
            yield from (node for _, node in schemas.items()) if schemas else ()

    def _batch(self, schemas: list[Schema]) -> Iterator[tuple[str, Judge]]:
        """One engine for all; where one of them can't be used, the halves are tried."""
        keys = {schema.uri: str(index) for index, schema in enumerate(schemas)}
        properties = {keys[schema.uri]: self._reference(schema) for schema in schemas}
        try:
            engine = self._engine({"properties": properties})
        except UNUSABLE:
            half = len(schemas) // 2
            if half:
                yield from self._batch(schemas[:half])
                yield from self._batch(schemas[half:])
            return
        yield from ((uri, Judge(engine, key)) for uri, key in keys.items())

    def _engine(self, schema: dict[str, Any]) -> Validator:
        return compiled(schema, self.registry, self.dialect)

    def _reference(self, schema: Schema) -> dict[str, Any]:
        return {"$ref": self._names.address(SchemaAddress(schema.document, schema.tokens))}

    def violations(self, schema: Schema, value: Any, where: tuple[str, ...]) -> list[Violation]:
        """Every way in which a value, which is that part of a message, breaks a schema."""
        explanation = Explanation(self, self.translation, self._names.located, schema, where)
        return explanation.violations(value, self._judge(schema), self._most_explained)

    @cached_property
    def _most_explained(self) -> int:
        """How many parts of a value are explained at once."""
        judged = any(_judges_names(document.data) for document in self.documents)
        return MOST_EXPLAINED_NAMES if judged else MOST_EXPLAINED

    def named(self, address: str) -> Schema | None:
        """The schema that has that address by its `$id` or anchor."""
        found = self._names.named(address)
        return self.place(*found) if found else None

    def followed(self, ref: str, schema: Schema) -> Schema:
        """The schema that a reference in another one leads to. Raises BrokenRef."""
        return self.place(*self._names.target(ref, SchemaAddress(schema.document, schema.tokens)))


def _outermost(schemas: Iterable[Schema]) -> Iterator[Schema]:
    """Those that stand in no other one of them."""
    places: dict[str, set[Tokens]] = {}
    for schema in sorted(schemas, key=lambda schema: len(schema.tokens)):
        outer, tokens = places.setdefault(schema.document.uri, set()), schema.tokens
        if not any(tokens[:end] in outer for end in range(len(tokens))):
            outer.add(tokens)
            yield schema


def _linked(schema: Any) -> Iterator[Tokens]:
    """The steps to those that are written in a schema and refer to others, but not merely."""
    below = list(inner_schemas(schema))
    linked = {steps for steps in below if "$ref" in value_at(schema, steps)}
    around = {steps[:end] for steps in linked for end in range(1, len(steps))}
    yield from (steps for steps in below if steps in around)


def _judges_names(data: Any) -> bool:
    """Whether a document has a schema that not every property's name satisfies."""
    waiting = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if value.get("propertyNames", True) not in (True, {}, {"type": "string"}):
                return True
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return False
