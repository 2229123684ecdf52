"""A document compared with the table of objects: what is missing, misplaced or of a wrong type."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from mock_server.core import Tokens, did_you_mean, nearest, pointer_of, shown_value
from mock_server.documents import Document, DocumentNode
from mock_server.errors import Finding
from mock_server.specification.objects import STATUS, ObjectKind, Type, kinds_of, version_with
from mock_server.specification.rules import RULES, Wrong, flow_rule
from mock_server.specification.words import called, expected, hint, is_scalar, seen

# What the kinds of `documents.objects` are called here.
NAMES = {
    "document": "OpenAPI", "components": "Components", "path item": "Path Item",
    "operation": "Operation", "callback": "Callback", "parameter": "Parameter",
    "header": "Header", "body": "Request Body", "response": "Response",
    "media type": "Media Type", "encoding": "Encoding", "example": "Example", "link": "Link",
    "security scheme": "Security Scheme", "schema": "Schema",
}  # fmt: skip
_COMPONENT = re.compile(r"[a-zA-Z0-9._-]+")
_LATEST = "https://json-schema.org/draft/2020-12/schema"
# What a Reference Object may stand in the place of.
_REFERRED = {
    "Schema", "Response", "Parameter", "Example", "Request Body", "Header", "Security Scheme",
    "Link", "Callback", "Path Item", "Media Type",
}  # fmt: skip
# A keyword of JSON Schema may be anybody's own; one this close to a known one is misspelt.
_MISSPELT, _SHORTEST = 0.85, 4


def structure_findings(
    objects: Iterable[tuple[str, DocumentNode]], version: str
) -> Iterator[Finding]:
    """Where objects of a document break the specification of a version such as `3.1.0`.

    `objects` are those of all files with their kinds (see `documents.objects`), the whole
    document first; what stands in one that came before isn't looked at again.
    """
    seen_before: set[int] = set()
    for kind, node in objects:
        if kind in NAMES and id(node.value) not in seen_before:
            walk = _Walk(node.document, version, seen_before, _dialect(node))
            walk.value(Type(NAMES[kind], may_refer=kind != "document"), node.value, node.tokens, ())
            yield from walk.found


def _dialect(node: DocumentNode) -> str:
    top = node.documents.top.value
    named = top.get("jsonSchemaDialect") if isinstance(top, dict) else None
    return named if isinstance(named, str) else _LATEST


def _is_known(dialect: Any) -> bool:
    return not isinstance(dialect, str) or (
        dialect.rstrip("#") == _LATEST or "spec.openapis.org/oas/3." in dialect
    )


@dataclass(frozen=True, slots=True)
class _Owner:
    """An object around the one that is looked at: its kind, and its value."""

    kind: ObjectKind
    value: Any


Owners = tuple[_Owner, ...]


class _Walk:
    """Walks one file's objects by their kinds and gathers what is wrong."""

    def __init__(self, document: Document, version: str, seen_before: set[int], dialect: str):
        self.document, self.version = document, version[:3]
        self.kinds = kinds_of(self.version)
        self.found: list[Finding] = []
        self._seen, self._dialect = seen_before, dialect

    def value(self, wanted: Type, value: Any, tokens: Tokens, owners: Owners) -> None:
        """Look at a value of which a type is asked."""
        if wanted.name == "list" and wanted.inner is not None and isinstance(value, list):
            for index, item in enumerate(value):
                self.value(wanted.inner, item, (*tokens, index), owners)
        elif wanted.name == "map" and wanted.inner is not None and isinstance(value, dict):
            for key, item in value.items():
                self.value(wanted.inner, item, (*tokens, key), owners)
        elif wanted.name in self.kinds and isinstance(value, dict):
            is_reference = wanted.may_refer and "$ref" in value
            is_reference = is_reference and not (wanted.name == "Schema" and self.version > "3.0")
            kind = self.kinds["Reference" if is_reference else wanted.name]
            self._object(kind, value, tokens, owners)
        elif not self._fits(wanted, value):
            self._wrong_type(wanted, value, tokens, owners)

    def _fits(self, wanted: Type, value: Any) -> bool:
        if wanted.name in ("list", "map"):
            return False
        if wanted.name == "type":  # `rules` has more to say of it
            return isinstance(value, str | list)
        if wanted.name in self.kinds:
            may_be = wanted.may_be_boolean or (wanted.name == "Schema" and self.version > "3.0")
            return may_be and isinstance(value, bool)
        return is_scalar(wanted.name, value)

    def _wrong_type(self, wanted: Type, value: Any, tokens: Tokens, owners: Owners) -> None:
        what = seen(value, in_yaml=not self.document.is_json)
        words = expected(wanted, self.kinds)
        advice = _required_advice(owners, tokens, value) or hint(wanted, value)
        if wanted.name == "type" and value is None and self.version > "3.0":
            advice = "; the type null has quotes: 'null'"
        message = f"{_subject(tokens)} {what}; expected {words}{advice}"
        self._tell(tokens, message, owners[-1].kind if owners else self.kinds["OpenAPI"])

    def _object(
        self, kind: ObjectKind, value: dict[str, Any], tokens: Tokens, owners: Owners
    ) -> None:
        if id(value) in self._seen:
            return
        self._seen.add(id(value))
        if kind.name == "Schema" and not _is_known(value.get("$schema", self._dialect)):
            return
        owners = (*owners, _Owner(kind, value))
        if kind.values is not None:
            self._keyed(kind, value, tokens, owners)
            return
        unknown = [key for key in value if key not in kind.fields and not _is_extension(key)]
        for key in unknown:
            self._unknown(kind, key, (*tokens, key), owners)
        meant = {near for key in unknown if (near := _near(key, kind)) is not None}
        self._required(kind, value, tokens, meant)
        self._ruled(kind, value, tokens, meant)
        for key, wanted in kind.fields.items():
            if key in value:
                self.value(wanted, value[key], (*tokens, key), owners)
                if kind.name == "Components" and isinstance(value[key], dict):
                    self._component_names(key, value[key], (*tokens, key))

    def _keyed(
        self, kind: ObjectKind, value: dict[str, Any], tokens: Tokens, owners: Owners
    ) -> None:
        """Look at an object whose keys the author chooses, such as the responses by status."""
        assert kind.values is not None
        if kind.name == "Responses" and all(map(_is_extension, value)):
            message = f"{_subject(tokens)} has no response; expected {kind.key_words}"
            self._tell(tokens, message, kind)
        for key, item in value.items():
            if kind.name != "Security Requirement" and _is_extension(key):
                continue
            if kind.keys is not None and not kind.keys.fullmatch(key):
                self._wrong_key(kind, key, (*tokens, key), owners)
            else:
                self.value(kind.values, item, (*tokens, key), owners)

    def _wrong_key(self, kind: ObjectKind, key: str, tokens: Tokens, owners: Owners) -> None:
        meant = _meant_status(key) if kind.name == "Responses" else ""
        advice = meant or self._elsewhere(kind, key, owners)
        if kind.name == "Paths" and not advice:
            advice = f'; did you mean "/{key}"?'
        message = f"`{key}` is no key of {called(kind)}; expected {kind.key_words}{advice}"
        self._tell(tokens, message, kind, at_key=True)

    def _unknown(self, kind: ObjectKind, key: str, tokens: Tokens, owners: Owners) -> None:
        if kind.name == "Reference":
            if self.version > "3.0":
                message = f"`{key}` beside `$ref` has no effect; expected nothing else"
                message += " but `summary` and `description`"
                self._tell(tokens, message, kind, at_key=True)
            return
        if self._is_open(kind):
            if (near := _misspelt(key, kind)) is not None:
                message = f"`{key}` is no field of {called(kind)}; did you mean `{near}`?"
                self._tell(tokens, message, kind, at_key=True)
            return
        advice = self._elsewhere(kind, key, owners)
        if not advice and (near := _near(key, kind)) is not None:
            advice = f"; did you mean `{near}`?"
        if not advice:
            advice = f"; expected {_listed(kind)}"
        message = f"`{key}` is no field of {called(kind)}{advice}"
        self._tell(tokens, message, kind, at_key=True)

    def _is_open(self, kind: ObjectKind) -> bool:
        """Whether fields that aren't listed are anybody's own: keywords of JSON Schema are."""
        return kind.name == ("Discriminator" if self.version == "3.0" else "Schema")

    def _elsewhere(self, kind: ObjectKind, key: str, owners: Owners) -> str:
        """If a field belongs to another version, or to an object around or below: which."""
        if kind.fields and (since := version_with(kind.name, key)) is not None:
            if since > self.version:
                return f"; OpenAPI {since} has it, and this document is of {self.version}"
            return f"; OpenAPI {since} had it, and this document is of {self.version}"
        if kind.values is not None and key in self._fields(kind.values.name):
            return (
                f"; it is a field of {called(self.kinds[kind.values.name])}, which stands below"
                f" {kind.key_words}"
            )
        for owner in reversed(owners[:-1]):
            if key in owner.kind.fields or _is_key(owner.kind, key):
                return f"; it belongs to the {owner.kind.title} around it: is it indented too far?"
        for name, wanted in kind.fields.items():
            inner = self.kinds.get(wanted.name)
            if inner is not None and (key in inner.fields or _is_key(inner, key)):
                return f"; it belongs below `{name}`, into its {inner.title}"
        return ""

    def _fields(self, name: str) -> Iterable[str]:
        return self.kinds[name].fields if name in self.kinds else ()

    def _required(
        self, kind: ObjectKind, value: dict[str, Any], tokens: Tokens, meant: set[str]
    ) -> None:
        for name in kind.required:
            if name not in value and name not in meant:
                words = expected(kind.fields[name], self.kinds)
                message = f"`{name}` is missing in {_inside(tokens, kind)}; expected {words}"
                self._tell(tokens, message, kind)

    def _ruled(
        self, kind: ObjectKind, value: dict[str, Any], tokens: Tokens, meant: set[str]
    ) -> None:
        rule = flow_rule(str(tokens[-1])) if kind.name == "OAuth Flow" else RULES.get(kind.name)
        for wrong in rule(value, self.version) if rule is not None else ():
            if wrong.field is None and meant & set(re.findall(r"`(\S+)`", wrong.message)):
                continue  # it is there, misspelt
            self._tell_rule(wrong, tokens, kind)

    def _tell_rule(self, wrong: Wrong, tokens: Tokens, kind: ObjectKind) -> None:
        at = tokens if wrong.field is None else (*tokens, wrong.field)
        at = at if wrong.item is None else (*at, wrong.item)
        self._tell(at, wrong.message, kind, at_key=wrong.at_key)

    def _component_names(self, section: str, value: dict[str, Any], tokens: Tokens) -> None:
        for name in value:
            if not _COMPONENT.fullmatch(name):
                message = (
                    f"{shown_value(name)} can't be the name of a component; expected letters,"
                    " digits, `.`, `-` and `_` alone"
                )
                self._tell((*tokens, name), message, self.kinds["Components"], at_key=True)

    def _tell(
        self, tokens: Tokens, message: str, kind: ObjectKind, *, at_key: bool = False
    ) -> None:
        place = self.document.key_place(tokens) if at_key else self.document.place(tokens)
        # The section of the specification, as its pages have it at spec.openapis.org.
        rule = f"oas/v{self.version}#{kind.title.lower().replace(' ', '-')}"
        self.found.append(Finding(place, message, pointer_of(tokens), rule))


def _meant_status(key: str) -> str:
    """What a key of the responses may have meant, such as `2xx`."""
    upper = key.upper().replace("*", "X")
    if STATUS.fullmatch(upper):
        return f'; did you mean "{upper}"?'
    return did_you_mean(key.lower(), ["default"], '"{}"')


def _is_extension(key: str) -> bool:
    return key.startswith("x-")


def _is_key(kind: ObjectKind, key: str) -> bool:
    """Whether a key is one that such an object's author may choose, and no other's."""
    return kind.name in ("Paths", "Responses") and bool(kind.keys and kind.keys.fullmatch(key))


def _near(key: str, kind: ObjectKind) -> str | None:
    """The field that a misspelt key is close to, if any; `Required` and `operation_id` are too."""
    if re.fullmatch(r"\$?re+ff?s?", key, re.IGNORECASE) and kind.name in _REFERRED:
        return "$ref"
    same = (name for name in kind.fields if _bare(name) == _bare(key))
    return next(same, None) or nearest(key, kind.fields)


def _misspelt(key: str, kind: ObjectKind) -> str | None:
    """The field that a key is so close to that it can be nothing else."""
    near = _near(key, kind)
    if near is None or near == "$ref" or len(key) < _SHORTEST:
        return near if near == "$ref" else None
    is_mixed = sorted(key.lower()) == sorted(near.lower())
    return near if is_mixed or SequenceMatcher(None, key, near).ratio() >= _MISSPELT else None


def _bare(key: str) -> str:
    return re.sub(r"[-_ ]", "", key).lower()


def _listed(kind: ObjectKind) -> str:
    names = [f"`{name}`" for name in kind.fields]
    return f"{', '.join(names)}, or a name that begins with x-"


def _subject(tokens: Tokens) -> str:
    """The value at those steps for a message: `` `type` ``, `item 2 of `tags``."""
    if not tokens:
        return "the document"
    last = tokens[-1]
    if isinstance(last, int):
        return f"item {last + 1} of {_subject(tokens[:-1])}"
    return f"`{last}`"


def _inside(tokens: Tokens, kind: ObjectKind) -> str:
    return f"{_subject(tokens)}, {called(kind)}" if tokens else "the document"


def _required_advice(owners: Owners, tokens: Tokens, value: Any) -> str:
    """What helps if `required: true` stands in a property's schema."""
    is_schema = bool(owners) and owners[-1].kind.name == "Schema"
    if is_schema and tokens and tokens[-1] == "required" and isinstance(value, bool):
        return "; the schema that has the property lists it in its own `required`"
    return ""
