"""One schema of the contract, compiled when first needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from mock_server.core import Tokens, pointer_of, value_at
from mock_server.documents import SCHEMA_HOLDERS, BrokenRef, Document, Documents, inner_schemas
from mock_server.errors import TooManySteps, Violation
from mock_server.schemas.engine import UNUSABLE, ValidationError, Validator, meta
from mock_server.schemas.flaws import flaw_words
from mock_server.schemas.keywords import unreadable_patterns
from mock_server.schemas.older_drafts import ModernSchema, modern
from mock_server.schemas.slices import path_of


class Collection(Protocol):
    """What a schema asks of the collection that it belongs to."""

    documents: Documents
    dialect: str

    def place(self, document: Document, tokens: Tokens) -> Schema:
        """The schema at those steps in a document. Raises BrokenRef where there is none."""

    def followed(self, ref: str, schema: Schema) -> Schema:
        """The schema that a reference in another one leads to. Raises BrokenRef."""

    def dialect_of(self, document: Document, tokens: Tokens) -> str:
        """The dialect of the schema at those steps: its own, that around it, or the contract's."""

    def extending(self, schema: Schema) -> list[Schema]:
        """The components that extend a schema by `allOf`, those that extend these too."""

    def verdict(self, schema: Schema) -> Callable[[Any], bool]:
        """What says whether a value keeps to a schema."""

    def violations(self, schema: Schema, value: Any, where: tuple[str, ...]) -> list[Violation]:
        """Every way in which a value breaks a schema."""


class Schema:
    """One schema of the contract."""

    __slots__ = (
        "_is_ready",
        "_modern",
        "_near",
        "_schemas",
        "_target",
        "_written",
        "document",
        "fault",
        "is_valid",
        "refusal",
        "tokens",
        "uri",
    )

    def __init__(
        self, schemas: Collection, document: Document, tokens: Tokens, written: Any, uri: str
    ) -> None:
        self._schemas = schemas
        self.document, self.tokens, self.uri = document, tokens, uri
        self._written = written
        self._modern: ModernSchema | None = None
        self._target: Schema | None = None
        self._is_ready = False
        # Schemas that this one leads to, by the steps or the reference: found once.
        self._near: dict[tuple[str | int, ...] | str, Schema] = {}
        self.fault: str | None = None
        self.refusal: TooManySteps | None = None
        # After the first call this is the engine's own method: nothing stands between.
        self.is_valid: Callable[[Any], bool] = self._first_verdict

    @property
    def name(self) -> str:
        """The schema's file and pointer, for messages."""
        return f"{self.document.label}#{pointer_of(self.tokens)}"

    @property
    def version(self) -> str:
        """The OpenAPI version of the document that it belongs to."""
        return str(self._schemas.documents.top.value.get("openapi", ""))

    @property
    def raw(self) -> Any:
        """The schema in the words of JSON Schema 2020-12; true where it isn't one.

        Whoever walks it need not fear a `type: 5`: what can't be a keyword is left out.
        """
        if self._modern is None:
            sound = self._written if self._meta.is_valid(self._written) else self._sound()
            self._modern = modern(sound, self._dialect)
        return self._modern.raw

    def _sound(self) -> Any:
        if not isinstance(self._written, dict):
            return True
        paths = (path_of(self._written, error) for error in self._meta.iter_errors(self._written))
        # What is wrong further inside is wrong in another schema, which sees to it itself.
        wrong = {path[0] for path in paths if len(path) == 1 or path[0] not in SCHEMA_HOLDERS}
        return {key: value for key, value in self._written.items() if key not in wrong}

    @property
    def _dialect(self) -> str:
        return self._schemas.dialect_of(self.document, self.tokens)

    @property
    def _meta(self) -> Validator:
        return meta(self._dialect)

    def flaws(self) -> Iterator[tuple[Tokens, str]]:
        """What keeps it from being used, each with its place: a `type: 5`, a dangling `$ref`."""
        for error in self._meta.iter_errors(self._written):
            path = path_of(self._written, error)
            yield (*self.tokens, *path), flaw_words(path, error)
        for tokens in inner_schemas(self.raw):
            inner = self.child(*tokens)
            try:
                inner.target()
                if "$ref" in inner.raw:
                    inner.follow(inner.raw["$ref"])
            except BrokenRef as error:
                yield (*inner.tokens, "$ref"), str(error)

    def unreadable_patterns(self) -> Iterator[tuple[Tokens, str]]:
        """The regular expressions that can't be read, each with its place; they are ignored."""
        for steps, pattern in unreadable_patterns(value_at(self.document.data, self.tokens)):
            yield (*self.tokens, *steps), pattern

    def child(self, *tokens: str | int) -> Schema:
        """The schema at those steps below this one."""
        if tokens not in self._near:
            written = self._modern.written(tokens) if self._modern else tokens
            self._near[tokens] = self._schemas.place(self.document, (*self.tokens, *written))
        return self._near[tokens]

    def follow(self, ref: str) -> Schema:
        """The schema that a `$ref` in this one leads to. Raises BrokenRef."""
        if ref not in self._near:
            self._near[ref] = self._schemas.followed(ref, self)
        return self._near[ref]

    def extending(self) -> list[Schema]:
        """The components that extend it by `allOf`, those that extend these too."""
        return self._schemas.extending(self)

    def compile(self) -> str | None:
        """Make the engine ready; what keeps the schema from being used, if anything does.

        A schema that can't be used accepts everything, but for one that takes too many steps: that
        raises TooManySteps when it is asked.
        """
        if self._is_ready:
            return self.fault
        self._is_ready = True
        try:
            target = self.target()
            if target is self:
                self.is_valid = self._schemas.verdict(self)
            elif (fault := target.compile()) is None:
                self.is_valid = target.is_valid
            else:
                raise target.refusal or BrokenRef(fault)
        except TooManySteps as error:
            self.fault, self.refusal = error.detail.rstrip("."), error
            self.is_valid = self._refuse
        except UNUSABLE as error:
            self.fault = _fault(error)
            self.is_valid = lambda value: True
        return self.fault

    def _refuse(self, value: Any) -> bool:
        assert self.refusal is not None, "only what is refused comes here"
        raise TooManySteps(self.refusal.detail)

    def target(self) -> Schema:
        """The schema that a lone `$ref` stands for; itself where it is more. Raises BrokenRef.

        All that a chain leads through is led to its end, which is looked for once.
        """
        passed, end = [self], self._end(lambda raw: raw.keys() == {"$ref"}, known=True)
        while passed[-1] is not end and passed[-1]._target is None:
            passed[-1]._target = end
            passed.append(passed[-1].follow(passed[-1].raw["$ref"]))
        return end

    def referred(self) -> Schema:
        """The schema that a chain of `$ref`s ends at, whatever is beside them. Raises BrokenRef."""
        return self._end(lambda raw: isinstance(raw.get("$ref"), str))

    def _end(self, goes_on: Callable[[dict[str, Any]], bool], known: bool = False) -> Schema:
        target, seen = self, {self.uri}
        while isinstance(target.raw, dict) and goes_on(target.raw):
            if known and target._target is not None:
                return target._target
            target = target.follow(target.raw["$ref"])
            if target.uri in seen:
                raise BrokenRef(f"$ref {self.raw['$ref']} leads back to itself")
            seen.add(target.uri)
        return target

    def _first_verdict(self, value: Any) -> bool:
        self.compile()
        return self.is_valid(value)

    def violations(self, value: Any, where: tuple[str, ...]) -> list[Violation]:
        """Every way in which the value breaks the schema.

        `where` says which part of the message the value is: ("request", "body"), say.
        """
        return [] if self.is_valid(value) else self._schemas.violations(self, value, where)


def _fault(error: Exception) -> str:
    """What keeps a schema from being used, as a message says it."""
    if isinstance(error, ValidationError):
        return flaw_words(tuple(error.instance_path), error)
    return str(error)
