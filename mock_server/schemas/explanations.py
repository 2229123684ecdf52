"""Explanations: every way in which a value breaks a schema, in plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from mock_server.core import (
    Tokens,
    expectation,
    known_names,
    pointer_of,
    shown_value,
    value_at,
    words_for,
)
from mock_server.documents import BrokenRef
from mock_server.errors import Violation
from mock_server.schemas.dialects import Translation
from mock_server.schemas.engine import Judge, ValidationError
from mock_server.schemas.identifiers import SchemaAddress
from mock_server.schemas.keyword_location import KeywordRule, Rules
from mock_server.schemas.schema import Collection, Schema
from mock_server.schemas.slices import (
    MOST_EXPLAINED_LEVELS,
    MOST_EXPLAINED_WAYS,
    Piece,
    SliceLimits,
    path_of,
    pieces,
)

_ALTERNATIVES = ("oneOf", "anyOf")


class Explanation:
    """What is wrong with a value of one schema.

    `where` says which part of the message the value is: ("request", "body"), say.
    """

    def __init__(
        self,
        schemas: Collection,
        translation: Translation,
        located: Callable[[str], SchemaAddress],
        schema: Schema,
        where: tuple[str, ...],
    ) -> None:
        self._schemas = schemas
        self._translation = translation
        self._rules = Rules(schema, located)
        self._schema = schema
        self._where = where

    def violations(self, value: Any, judge: Judge, most: int) -> list[Violation]:
        """Every way in which the value breaks the schema, as its judge sees them.

        Of a value of more parts than the `most` that are explained at once it is those in the
        first piece of it that has any.
        """
        limits = _limits(value, judge, most)
        for piece in pieces(value, limits):
            found = list(self._of(piece, judge, value))
            if found:
                return found
        is_deep = limits.levels < MOST_EXPLAINED_LEVELS
        reason = "in alternatives too deep" if is_deep else "and is too large"
        message = f"{_field(self._where, ())} breaks its schema, {reason} to say where"
        return [Violation(self._where, "", "schema", message, self._schema.name)]

    def _of(self, piece: Piece, judge: Judge, value: Any) -> Iterator[Violation]:
        errors = self._told(judge.errors(piece.value))
        return (self._violation(e, piece.path(e), value) for e in errors if piece.tells(e))

    def _told(self, errors: Iterable[ValidationError]) -> Iterator[ValidationError]:
        """The errors, but what is wrong by the alternative that a discriminator names."""
        for error in errors:
            named = self._named(error.kind.as_dict()) if error.kind.name in _ALTERNATIVES else None
            if named is None:
                yield error
            else:
                yield from self._told(named)

    def _named(self, details: dict[str, Any]) -> Sequence[ValidationError] | None:
        """The errors of that alternative; where a name is unknown, that alone."""
        branches = details.get("context", [])
        asked = [[e for e in branch if self._is_asked(e)] for branch in branches]
        left = [branch for branch, reasons in zip(branches, asked, strict=True) if not reasons]
        if not any(asked):
            return None
        if len(left) == 1:
            return left[0] or None
        unknown = [e for e in asked[0] if e.kind.name == "enum"]
        return unknown if unknown and not left else None

    def _is_asked(self, error: ValidationError) -> bool:
        return self._rules.of(error).keyword == "discriminator"

    def _violation(self, error: ValidationError, path: Tokens, value: Any) -> Violation:
        rule = self._rules.of(error)
        message = self._message(error, rule, value_at(value, path))
        if error.kind.name == "required":
            path = (*path, error.kind.as_dict()["property"])
        return Violation(
            location=(*self._where, *map(str, path)),
            pointer=pointer_of(path),
            keyword=rule.keyword,
            message=f"{_field(self._where, path)} {message}",
            rule=rule.name,
        )

    def _message(self, error: ValidationError, rule: KeywordRule, instance: Any) -> str:
        if error.kind.name == "required":
            return self._missing(error.kind.as_dict()["property"], rule)
        if rule.keyword in _ALTERNATIVES:
            return self._unmatched(error, instance)
        details = error.kind.as_dict()
        if isinstance(details.get("error"), str):  # the engine gave up on a pattern
            pattern = value_at(rule.document.data, rule.tokens)
            return f"is {shown_value(instance)}; {shown_value(pattern)} takes too many steps on it"
        if "error" in details:  # of a property's name
            name = details["error"]
            message = self._message(name, self._rules.of(name), name.instance)
            return f"has the property {shown_value(name.instance)}, whose name {message}"
        if rule.keyword == "discriminator":
            return f"is {shown_value(instance)}; expected {known_names(details.get('options', []))}"
        schema = value_at(self._translation.data(rule.document), rule.tokens[:-1])
        value = value_at(schema, rule.tokens[-1:])
        if rule.keyword == "pattern":
            value = value_at(rule.document.data, rule.tokens)
        elif rule.keyword != "format":
            value = details.get("limit", details.get("types", value))
        unexpected = details.get("unexpected", instance)
        wrong, expected = words_for(rule.keyword, instance, value, schema, unexpected)
        return f"{wrong}; expected {expected}"

    def _missing(self, name: str, rule: KeywordRule) -> str:
        tokens = (*rule.tokens[:-1], "properties", name)
        if value_at(rule.document.data, tokens) is None:
            return "is missing"
        with suppress(BrokenRef):
            schema = self._schemas.place(rule.document, tokens)
            if isinstance(schema.raw, dict) and isinstance(schema.raw.get("$ref"), str):
                schema = schema.follow(schema.raw["$ref"])
            if expected := expectation(schema.raw):
                return f"is missing; expected {expected}"
        return "is missing"

    def _unmatched(self, error: ValidationError, instance: Any) -> str:
        """Of several alternatives the one that came nearest is explained."""
        branches = error.kind.as_dict().get("context", [])
        if error.kind.name == "oneOf" and any(not branch for branch in branches):
            fitting = sum(not branch for branch in branches)
            return (
                f"is {shown_value(instance)} and fits {fitting} of {len(branches)} alternatives;"
                " expected exactly one to fit"
            )
        near = _nearest(branches)
        if near is None:
            return f"is {shown_value(instance)}; expected one of {len(branches)} alternatives"
        path = path_of(instance, near, len(error.instance_path))
        return (
            f"is {shown_value(instance)} and fits none of {len(branches)} alternatives;"
            f" in the nearest {self._near_message(near, path, value_at(instance, path))}"
        )

    def _near_message(self, near: ValidationError, path: Tokens, instance: Any) -> str:
        """`instance` is what stands at the path; the engine may name a property's value instead."""
        if near.kind.name == "required":
            path = (*path, near.kind.as_dict()["property"])
        field = _steps(path) if path else "it"
        return f"{field} {self._message(near, self._rules.of(near), instance)}"


def _limits(value: Any, judge: Judge, most: int) -> SliceLimits:
    """As many levels as can be explained without going too many ways through alternatives."""
    levels, step, before = 0, 1, 0
    while levels < MOST_EXPLAINED_LEVELS:
        limits = SliceLimits(most, levels, judge.depth)
        piece = Piece(value, limits)
        if not any(len(place) == levels for place in piece.cut):
            break
        ways = sum(1 for _ in _ways(judge.errors(piece.value)))
        growth = (ways / before) ** (1 / step) if before else 1.0
        if growth > 1.2 and ways * growth > MOST_EXPLAINED_WAYS:  # they multiply at each level
            return limits
        step = 1 if growth > 1.2 else 1 + levels // 3
        levels, before = levels + step, ways
    return SliceLimits(most, start=judge.depth)


def _ways(errors: Iterable[ValidationError]) -> Iterator[ValidationError]:
    """The errors of alternatives, and those of alternatives in them."""
    for error in errors:
        if error.kind.name in _ALTERNATIVES:
            for branch in error.kind.as_dict().get("context", []):
                yield from branch
                yield from _ways(branch)


def _nearest(
    branches: Sequence[Sequence[ValidationError]],
) -> ValidationError | None:
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
