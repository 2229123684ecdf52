"""Opposites: the ways to break a schema, which `not` and `else` ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from mock_server.generate.json_types import TYPES
from mock_server.generate.schema import Made, Schema

# What must hold where one way is gone.
Way = Sequence[Schema]
# What a number, text, list or object that breaks the keyword satisfies instead.
_BOUNDS = {
    "minimum": ("number", "exclusiveMaximum", 0),
    "maximum": ("number", "exclusiveMinimum", 0),
    "exclusiveMinimum": ("number", "maximum", 0),
    "exclusiveMaximum": ("number", "minimum", 0),
    "minLength": ("string", "maxLength", -1),
    "maxLength": ("string", "minLength", 1),
    "minItems": ("array", "maxItems", -1),
    "maxItems": ("array", "minItems", 1),
    "minProperties": ("object", "maxProperties", -1),
    "maxProperties": ("object", "minProperties", 1),
}
# Whether a value breaks one of these is found by trying.
_JUDGED = {
    "const", "enum", "pattern", "format", "multipleOf", "items", "prefixItems", "contains",
    "uniqueItems", "additionalProperties", "patternProperties", "propertyNames",
    "dependentRequired", "dependentSchemas", "unevaluatedItems", "unevaluatedProperties",
}  # fmt: skip


def opposite(schema: Schema) -> Schema:
    """What everything satisfies that the schema doesn't accept."""
    return Made({"not": {}}, {("not",): schema})


def conditions(part: Schema, judged: Callable[[Schema], Schema] = lambda s: s) -> Sequence[Way]:
    """The condition with its `then`, and its opposite with its `else`, as they are judged."""
    condition = part.child("if")
    then, other = (
        Made(True) if key not in part.raw else part.child(key) for key in ("then", "else")
    )
    return [[condition, judged(then)], [opposite(condition), judged(other)]]


def ways_against(schema: Schema) -> Iterator[Way]:
    """The ways to break a schema; an empty one where only trying tells."""
    raw = schema.raw
    if isinstance(raw, bool):
        yield from () if raw else ((),)
        return
    for keyword, told in raw.items():
        if keyword in _BOUNDS:
            kind, contrary, more = _BOUNDS[keyword]
            yield [Made({"type": kind, contrary: told + more})]
        elif keyword in _AGAINST:
            yield from _AGAINST[keyword](schema, told)
        elif keyword in _JUDGED:
            yield ()


def _against_all(schema: Schema, told: Sequence[Any]) -> Iterator[Way]:
    for index in range(len(told)):
        yield [opposite(schema.child("allOf", index))]


def _against_any(schema: Schema, told: Sequence[Any]) -> Iterator[Way]:
    yield [opposite(schema.child("anyOf", index)) for index in range(len(told))]


def _against_one(schema: Schema, told: Sequence[Any]) -> Iterator[Way]:
    branches = [schema.child("oneOf", index) for index in range(len(told))]
    yield [opposite(branch) for branch in branches]
    yield from pairwise(branches)


def _against_required(_: Schema, told: Sequence[str]) -> Iterator[Way]:
    for name in told:
        yield [Made({"properties": {name: False}})]


def _against_properties(schema: Schema, told: Mapping[str, Any]) -> Iterator[Way]:
    for name in told:
        contrary = opposite(schema.child("properties", name))
        raw = {"required": [name], "properties": {name: {}}}
        yield [Made(raw, {("properties", name): contrary})]


def _against_type(_: Schema, told: str | Sequence[str]) -> Iterator[Way]:
    names = [told] if isinstance(told, str) else told
    yield [Made({"type": [name for name in TYPES if name not in names]})]


_AGAINST: Mapping[str, Callable[[Schema, Any], Iterable[Way]]] = {
    "$ref": lambda schema, ref: [[opposite(schema.follow(ref))]],
    "not": lambda schema, _: [[schema.child("not")]],
    "allOf": _against_all,
    "anyOf": _against_any,
    "oneOf": _against_one,
    "if": lambda schema, _: conditions(schema, opposite),
    "required": _against_required,
    "properties": _against_properties,
    "type": _against_type,
}
