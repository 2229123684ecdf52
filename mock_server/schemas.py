"""The one door to jsonschema-rs: schemas of the contract, compiled when first needed."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache, cached_property, reduce
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import quote, urldefrag, urljoin

import jsonschema_rs

from mock_server.anatomy import SCHEMA_HOLDERS, inner_schemas
from mock_server.dialects import Direction, Translation
from mock_server.document import BrokenRef, Document, Documents, Node
from mock_server.errors import Violation
from mock_server.pointers import Tokens, member, pointer_of, tokens_of
from mock_server.wording import expectation, shown, words_for

_LATEST = "https://json-schema.org/draft/2020-12/schema"
# The dialects that `jsonSchemaDialect` and `$schema` may name (OAS 3.1.1, section 4.8.1).
_DRAFTS = {
    "http://json-schema.org/draft-04/schema": jsonschema_rs.Draft4,
    "http://json-schema.org/draft-06/schema": jsonschema_rs.Draft6,
    "http://json-schema.org/draft-07/schema": jsonschema_rs.Draft7,
    "https://json-schema.org/draft/2019-09/schema": jsonschema_rs.Draft201909,
    _LATEST: jsonschema_rs.Draft202012,
}
# The engine writes down every violation before it gives the first one, which of a value of
# millions of parts would take gigabytes: so many are looked through at once.
MOST_EXPLAINED = 10_000
# With each wrong name of a property it writes down all the others.
MOST_EXPLAINED_NAMES = 500
MOST_EXPLAINED_LEVELS = 100
_ANCHORS = ("$anchor", "$dynamicAnchor")
_NUMBER = re.compile(r"\+?[0-9]{1,20}")


def _is_byte(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


# So many schemas are compiled one by one; of more, so many engines for one alone are kept.
MOST_ALONE = 64
MOST_KEPT = 4


class Schemas:
    """The schemas of one contract as one direction (request or reply) sees them.

    Each schema is compiled once, when first needed, and shared by all that refer to it.
    """

    def __init__(
        self, documents: Documents, direction: Direction, is_30: bool, dialect: str = ""
    ) -> None:
        self.documents = documents
        self.dialect = dialect.rstrip("#") if dialect.rstrip("#") in _DRAFTS else _LATEST
        self.translation = Translation(documents, direction, is_30)
        self._by_uri: dict[str, Schema] = {}
        self._names: dict[str, dict[str, Tokens]] = {}
        self._alone: dict[str, jsonschema_rs.Validator] = {}

    @cached_property
    def registry(self) -> jsonschema_rs.Registry:
        """Every document of the contract, for references between them."""
        return jsonschema_rs.Registry(self.translation.resources(), draft=_DRAFTS[self.dialect])

    def at(self, node: Node) -> Schema:
        """The schema that stands at that node."""
        return self.place(node.document, node.tokens)

    def place(self, document: Document, tokens: Tokens) -> Schema:
        """The schema at those steps in a document. Raises BrokenRef where there is none."""
        uri = f"{document.uri}#{pointer_of(tokens)}"
        if uri not in self._by_uri:
            try:
                written = reduce(member, tokens, self.translation.data(document))
            except LookupError:
                raise BrokenRef(f"{document.name} has no {pointer_of(tokens)}") from None
            self._by_uri[uri] = Schema(self, document, tokens, written, uri)
        return self._by_uri[uri]

    def verdict(self, schema: Schema) -> Callable[[Any], bool]:
        """What says whether a value keeps to a schema.

        The engine compiles anew, for each schema, all that it refers to. A few are compiled one by
        one; where there are many, linked with each other, they are compiled together, once.
        Raises what the engine raises for a schema that it can't use.
        """
        if schema.uri in self._together:
            engine, key = self._together[schema.uri]
            return lambda value: engine.is_valid({key: value})
        return self.explainer(schema).is_valid

    def explainer(self, schema: Schema) -> jsonschema_rs.Validator:
        """The engine for one schema alone. Those of many schemas are kept for a while only."""
        if schema.uri not in self._alone:
            while len(self._alone) >= (MOST_KEPT if self._together else MOST_ALONE):
                del self._alone[next(iter(self._alone))]
            self._alone[schema.uri] = self._engine({"$ref": _address(schema)})
        return self._alone[schema.uri]

    @cached_property
    def _together(self) -> dict[str, tuple[jsonschema_rs.Validator, str]]:
        """The engine that judges a schema together with others, and its key there."""
        schemas = list(self._by_uri.values())
        return dict(self._batch(schemas)) if len(schemas) > MOST_ALONE else {}

    def _batch(
        self, schemas: list[Schema]
    ) -> Iterator[tuple[str, tuple[jsonschema_rs.Validator, str]]]:
        """One engine for all; where one of them can't be used, the halves are tried."""
        keys = {schema.uri: str(index) for index, schema in enumerate(schemas)}
        properties = {keys[s.uri]: {"$ref": _address(s)} for s in schemas}
        try:
            engine = self._engine({"properties": properties})
        except _UNUSABLE:
            half = len(schemas) // 2
            if half:
                yield from self._batch(schemas[:half])
                yield from self._batch(schemas[half:])
            return
        yield from ((uri, (engine, key)) for uri, key in keys.items())

    def _engine(self, schema: dict[str, Any]) -> jsonschema_rs.Validator:
        return jsonschema_rs.Draft202012Validator(
            schema,
            registry=self.registry,
            validate_formats=True,
            formats={"byte": _is_byte},
            offline=True,
        )

    @cached_property
    def most_explained(self) -> int:
        """How many parts of a value are explained at once."""
        judged = any(map(_judges_names, (document.data for document in self.documents)))
        return MOST_EXPLAINED_NAMES if judged else MOST_EXPLAINED

    def named(self, ref: str, document: Document) -> Schema | None:
        """The schema that a reference by `$id` or anchor leads to (JSON Schema, section 8.2)."""
        if document.uri not in self._names:
            data = self.translation.data(document)
            self._names[document.uri] = dict(_names(data, document.uri, ()))
        address = _joined(document.uri, ref).removesuffix("#")
        for uri, names in self._names.items():
            tokens = names.get(address)
            if tokens is not None:
                return self.place(self.documents.document(uri, ref), tokens)
        return None


def _address(schema: Schema) -> str:
    """A schema's address as a reference: what doesn't belong in one is percent-encoded."""
    address, _ = urldefrag(schema.uri)
    return f"{address}#{quote(pointer_of(schema.tokens), safe='/~!$&()*+,;=:@-._')}"


def _names(value: Any, base: str, tokens: Tokens) -> Iterator[tuple[str, Tokens]]:
    """The absolute addresses by `$id` and anchor of a document's schemas."""
    if isinstance(value, dict):
        if isinstance(own := value.get("$id"), str):
            base = _joined(base, own)
            yield base.removesuffix("#"), tokens
        for keyword in _ANCHORS:
            if isinstance(name := value.get(keyword), str):
                yield f"{base}#{name}", tokens
    members = value.items() if isinstance(value, dict) else _enumerated(value)
    for key, item in members:
        yield from _names(item, base, (*tokens, key))


def _joined(base: str, ref: str) -> str:
    try:
        return urljoin(base, ref)
    except ValueError:  # no address at all, so nothing has it
        return ref


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


def _enumerated(value: Any) -> Iterable[tuple[int, Any]]:
    return enumerate(value) if isinstance(value, list) else ()


# What is raised for a schema that can't be used.
_UNUSABLE = (
    BrokenRef,
    jsonschema_rs.ValidationError,
    jsonschema_rs.ReferencingError,
    ValueError,
)
# What the engine calls otherwise than the keyword that was broken.
_TOLD_OTHERWISE = {
    "falseSchema": ("additionalProperties", "propertyNames"),
    "contains": ("minContains", "maxContains"),
}


class _Rule(NamedTuple):
    """A keyword of the contract: where it stands, and its place as messages name it."""

    keyword: str
    document: Document
    tokens: Tokens
    name: str


_VALIDATORS = {
    jsonschema_rs.Draft4: jsonschema_rs.Draft4Validator,
    jsonschema_rs.Draft6: jsonschema_rs.Draft6Validator,
    jsonschema_rs.Draft7: jsonschema_rs.Draft7Validator,
    jsonschema_rs.Draft201909: jsonschema_rs.Draft201909Validator,
    jsonschema_rs.Draft202012: jsonschema_rs.Draft202012Validator,
}


@cache
def _meta(dialect: str) -> jsonschema_rs.Validator:
    """What judges the schemas of a dialect themselves; the engine knows each draft's own."""
    validator = _VALIDATORS[_DRAFTS[dialect]]
    return validator({"$ref": f"{dialect}#" if "draft-0" in dialect else dialect}, offline=True)


class Schema:
    """One schema of the contract."""

    __slots__ = (
        "_is_ready",
        "_raw",
        "_rules",
        "_schemas",
        "_written",
        "document",
        "fault",
        "is_valid",
        "tokens",
        "uri",
    )

    def __init__(
        self, schemas: Schemas, document: Document, tokens: Tokens, written: Any, uri: str
    ) -> None:
        self._schemas = schemas
        self.document, self.tokens, self.uri = document, tokens, uri
        self._written = written
        self._raw: Any = None
        self._is_ready = False
        self._rules: dict[tuple[str, str], _Rule] = {}
        self.fault: str | None = None
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
        if self._raw is None:
            self._raw = self._written if self._meta.is_valid(self._written) else self._sound()
        return self._raw

    def _sound(self) -> Any:
        if not isinstance(self._written, dict):
            return True
        paths = (_path(self._written, error) for error in self._meta.iter_errors(self._written))
        # What is wrong further inside is wrong in another schema, which sees to it itself.
        wrong = {path[0] for path in paths if len(path) == 1 or path[0] not in SCHEMA_HOLDERS}
        return {key: value for key, value in self._written.items() if key not in wrong}

    @property
    def _meta(self) -> jsonschema_rs.Validator:
        own = self._written.get("$schema") if isinstance(self._written, dict) else None
        own = own.rstrip("#") if isinstance(own, str) else None
        return _meta(own if own in _DRAFTS else self._schemas.dialect)

    def flaws(self) -> Iterator[tuple[Tokens, str]]:
        """What keeps it from being used, each with its place: a `type: 5`, a dangling `$ref`."""
        for error in self._meta.iter_errors(self._written):
            yield (*self.tokens, *_path(self._written, error)), error.message
        for tokens in inner_schemas(self.raw):
            inner = self.child(*tokens)
            try:
                inner._target()
                if "$ref" in inner.raw:
                    inner.follow(inner.raw["$ref"])
            except BrokenRef as error:
                yield inner.tokens, str(error)

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
        if self._is_ready:
            return self.fault
        self._is_ready = True
        try:
            target = self._target()
            if target is self:
                self.is_valid = self._schemas.verdict(self)
            elif (fault := target.compile()) is None:
                self.is_valid = target.is_valid
            else:
                raise BrokenRef(fault)
        except _UNUSABLE as error:
            self.fault = getattr(error, "message", None) or str(error)
            self.is_valid = lambda value: True
        return self.fault

    def _target(self) -> Schema:
        """The schema that a lone `$ref` stands for; itself where it is more. Raises BrokenRef."""
        target, seen = self, {self.uri}
        while isinstance(target.raw, dict) and target.raw.keys() == {"$ref"}:
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

        `where` says which part of the message the value is: ("request", "body"), say. Of a value
        of more parts than are explained at once it is those in the first piece of it that has any.
        """
        if self.is_valid(value):
            return []
        engine = self._schemas.explainer(self)
        for piece in _pieces(value, self._schemas.most_explained):
            errors = engine.iter_errors(piece.value)
            found = [self._violation(e, piece, value, where) for e in errors if piece.tells(e)]
            if found:
                return found
        message = f"{_field(where, ())} breaks its schema, and is too large to say where"
        return [Violation(where, "", "schema", message, self.name)]

    def _violation(
        self,
        error: jsonschema_rs.ValidationError,
        piece: _Piece,
        value: Any,
        where: tuple[str, ...],
    ) -> Violation:
        path = piece.path(error)
        instance = _value(value, path)
        rule = self._rule(error)
        if error.kind.name == "required":
            path = (*path, error.kind.as_dict()["property"])
        return Violation(
            location=(*where, *map(str, path)),
            pointer=pointer_of(path),
            keyword=rule.keyword,
            message=f"{_field(where, path)} {self._message(error, rule, instance)}",
            rule=rule.name,
        )

    def _rule(self, error: jsonschema_rs.ValidationError) -> _Rule:
        """The keyword that was broken; looked up once, for a list may break it at each item."""
        location = error.absolute_keyword_location or str(error.evaluation_path)
        key = (location, error.kind.name)
        if key not in self._rules:
            self._rules[key] = self._found_rule(error)
        return self._rules[key]

    def _found_rule(self, error: jsonschema_rs.ValidationError) -> _Rule:
        address, fragment = urldefrag(error.absolute_keyword_location or "")
        if fragment.startswith("/$defs/"):  # where `dialects` shows the components to the engine
            fragment = fragment.replace("/$defs/", "/components/schemas/", 1)
        document, tokens = self.document, (*self.tokens, *error.evaluation_path[1:])
        with suppress(BrokenRef, ValueError):
            document = self._schemas.documents.document(address, address)
            tokens = tokens_of(fragment)
        keyword = error.kind.name
        if tokens[-1:] and tokens[-1] in _TOLD_OTHERWISE.get(keyword, ()):
            keyword = str(tokens[-1])
        if tokens[-2:-1] == ("dependentRequired",):
            keyword, tokens = "dependentRequired", tokens[:-1]
        if keyword in ("minimum", "maximum") and not _has(document.data, tokens):
            keyword, tokens = "format", (*tokens[:-1], "format")
        return _Rule(keyword, document, tokens, f"{document.label}#{pointer_of(tokens)}")

    def _message(self, error: jsonschema_rs.ValidationError, rule: _Rule, instance: Any) -> str:
        if error.kind.name == "required":
            return self._missing(error.kind.as_dict()["property"], rule)
        if rule.keyword in ("oneOf", "anyOf"):
            return self._unmatched(error, instance)
        details = error.kind.as_dict()
        if "error" in details:  # of a property's name
            name = details["error"]
            message = self._message(name, self._rule(name), name.instance)
            return f"has the property {shown(name.instance)}, whose name {message}"
        schema = _value(self._schemas.translation.data(rule.document), rule.tokens[:-1])
        value = _value(schema, rule.tokens[-1:])
        if rule.keyword != "format":
            value = details.get("limit", details.get("types", value))
        unexpected = details.get("unexpected", instance)
        wrong, expected = words_for(rule.keyword, instance, value, schema, unexpected)
        return f"{wrong}; expected {expected}"

    def _missing(self, name: str, rule: _Rule) -> str:
        tokens = (*rule.tokens[:-1], "properties", name)
        if _value(rule.document.data, tokens) is None:
            return "is missing"
        with suppress(BrokenRef):
            schema = self._schemas.place(rule.document, tokens)
            if isinstance(schema.raw, dict) and isinstance(schema.raw.get("$ref"), str):
                schema = schema.follow(schema.raw["$ref"])
            if expected := expectation(schema.raw):
                return f"is missing; expected {expected}"
        return "is missing"

    def _unmatched(self, error: jsonschema_rs.ValidationError, instance: Any) -> str:
        """Of several alternatives the one that came nearest is explained."""
        branches = error.kind.as_dict().get("context", [])
        if error.kind.name == "oneOf" and any(not branch for branch in branches):
            fitting = sum(not branch for branch in branches)
            return (
                f"is {shown(instance)} and fits {fitting} of {len(branches)} alternatives;"
                " expected exactly one to fit"
            )
        near = _nearest(branches)
        if near is None:
            return f"is {shown(instance)}; expected one of {len(branches)} alternatives"
        path = _path(instance, near, len(error.instance_path))
        return (
            f"is {shown(instance)} and fits none of {len(branches)} alternatives;"
            f" in the nearest {self._near_message(near, path)}"
        )

    def _near_message(self, near: jsonschema_rs.ValidationError, path: Tokens) -> str:
        if near.kind.name == "required":
            path = (*path, near.kind.as_dict()["property"])
        field = _steps(path) if path else "it"
        return f"{field} {self._message(near, self._rule(near), near.instance)}"


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


def _field(where: tuple[str, ...], path: Tokens) -> str:
    """A field's name for a message: `object_keys[0] in the body`, `source_id in the path`."""
    part, *rest = where[1:]
    name = _steps([*rest, *path])
    owner = "the reply's " if where[0] == "response" else "the "
    if part == "body" or not name:
        return f"{name} in {owner}{part}" if name else f"{owner}{part}"
    return f"{name} in {owner}{part}"


def _steps(path: Iterable[str | int]) -> str:
    text = "".join(f"[{t}]" if isinstance(t, int) else f".{t}" for t in path).removeprefix(".")
    return text if len(text) <= 120 else text[:119] + "…"


def _value(data: Any, tokens: Tokens) -> Any:
    try:
        return reduce(member, tokens, data)
    except LookupError:
        return None


def _has(data: Any, tokens: Tokens) -> bool:
    schema = _value(data, tokens[:-1])
    return isinstance(schema, dict) and tokens[-1] in schema


def _path(value: Any, error: jsonschema_rs.ValidationError, start: int = 0) -> Tokens:
    """The steps to what an error is about.

    The engine takes a key in digits for an index, and leaves out an empty one.
    """
    path: list[str | int] = []
    for step in error.instance_path[start:]:
        key = _key(value, step)
        while key is None and isinstance(value, dict) and "" in value:
            path.append("")
            value = value[""]
            key = _key(value, step)
        path.append(step if key is None else key)
        value = _value(value, (path[-1],))
    # An error of `additionalProperties: false` comes with one of the properties.
    while error.kind.name != "falseSchema" and isinstance(value, dict) and "" in value:
        if value == error.instance:
            break
        path.append("")
        value = value[""]
    return tuple(path)


def _key(value: Any, step: str | int) -> str | int | None:
    """The key or index that the engine calls so; None where there is none."""
    if isinstance(value, list):
        return step if isinstance(step, int) and step < len(value) else None
    if not isinstance(value, dict):
        return None
    if str(step) in value:
        return str(step)
    return next((key for key in value if _NUMBER.fullmatch(key) and int(key) == step), None)


# What an error says of a value from which members were left out. These hold all the same:
_ALWAYS_TRUE = {
    "type", "maxItems", "maxProperties", "propertyNames", "additionalProperties", "falseSchema",
}  # fmt: skip
# These hold if none of the value's own members was left out, and all others if nothing was.
_OWN_MEMBERS = {"required", "minItems", "minProperties"}


class _Piece:
    """A copy of a value with no more members than are explained at once.

    `skip` says how many members are left out at the start of the mapping or list at `place`.
    """

    def __init__(self, value: Any, most: int, place: Tokens = (), skip: int = 0) -> None:
        self.place, self.skip = place, skip
        self.cut: dict[Tokens, int] = {}  # where members were left out, and how many were kept
        self._left = most
        self.value = self._copy(value, ())

    def _copy(self, value: Any, path: Tokens) -> Any:
        if not isinstance(value, dict | list):
            return value
        kept: list[tuple[Any, Any]] = []
        members = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in islice(members, self.skip if path == self.place else 0, None):
            if not self._left or len(path) == MOST_EXPLAINED_LEVELS:
                break
            self._left -= 1
            kept.append((key, self._copy(item, (*path, key))))
        if len(kept) < len(value):
            self.cut[path] = len(kept)
        return dict(kept) if isinstance(value, dict) else [item for _, item in kept]

    def path(self, error: jsonschema_rs.ValidationError) -> Tokens:
        """The steps to what an error is about, in the whole value."""
        path = _path(self.value, error)
        depth = len(self.place)
        inside = path[depth : depth + 1] if path[:depth] == self.place else ()
        for index in inside:
            if isinstance(index, int):
                return (*self.place, index + self.skip, *path[depth + 1 :])
        return path

    def tells(self, error: jsonschema_rs.ValidationError) -> bool:
        """Whether an error is one of the whole value too."""
        keyword = error.kind.name
        if not self.cut or keyword in _ALWAYS_TRUE:
            return True
        path = self.path(error)
        if keyword in _OWN_MEMBERS:
            return path not in self.cut
        return all(place[: len(path)] != path for place in self.cut)


def _pieces(value: Any, most: int) -> Iterator[_Piece]:
    """The value as a whole or, where that is too large, a piece of its longest part at a time."""
    piece = _Piece(value, most)
    yield piece
    lengths = {place: len(_value(value, place)) for place in piece.cut}
    place = max(lengths, key=lengths.__getitem__, default=())
    while piece.cut and piece.skip < lengths[place]:
        # The last that was kept may not be whole.
        piece = _Piece(value, most, place, piece.skip + max(1, piece.cut.get(place, 1) - 1))
        yield piece
