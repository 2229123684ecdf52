"""Opposites: the ways to break a schema, which `not` and `else` ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from mock_server.generation.schema.json_types import FRACTION, TYPES
from mock_server.generation.schema.schema import Made, Opposite, SchemaSource
from mock_server.generation.values.fakes import Fakes
from mock_server.generation.values.keywords import Raw, SizeLimits
from mock_server.generation.values.random_source import Source
from mock_server.generation.values.regex_pool import Pool

# The schemas that hold if one way is taken.
Way = Sequence[SchemaSource]
# The keyword of a list with a repeated item. Only generated schemas have it.
TWICE = "(twice)"
# For each keyword: its type, the keyword that a breaking value satisfies, and the change of bound.
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
# Whether a value breaks one of these is found by trying values of these types.
_JUDGED: Mapping[str, Raw] = {
    "format": {"type": "string"},
    "multipleOf": {"type": "number"},
    "unevaluatedItems": {"type": "array", "minItems": 1},
    "unevaluatedProperties": {"type": "object", "minProperties": 1},
}
# Names that `properties` and `patternProperties` seldom match.
_OTHER_NAMES = ("extra", "x-extra", "0")


def conditions(
    part: SchemaSource, judged: Callable[[SchemaSource], SchemaSource] = lambda s: s
) -> Sequence[Way]:
    """Return the ways of an `if`: the condition and its `then`, the opposite and its `else`.

    `judged` is applied to `then` and `else`.
    """
    condition = part.child("if")
    then, other = (
        Made(True) if key not in part.raw else part.child(key) for key in ("then", "else")
    )
    return [[condition, judged(then)], [Opposite(condition), judged(other)]]


def ways_against(schema: SchemaSource) -> Iterator[Way]:
    """Yield the ways to break a schema; an empty way if only trying shows what breaks it."""
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
            yield [Made(_JUDGED[keyword])]


def _against_all(schema: SchemaSource, told: Sequence[Any]) -> Iterator[Way]:
    for index in range(len(told)):
        yield [Opposite(schema.child("allOf", index))]


def _against_any(schema: SchemaSource, told: Sequence[Any]) -> Iterator[Way]:
    yield [Opposite(schema.child("anyOf", index)) for index in range(len(told))]


def _against_one(schema: SchemaSource, told: Sequence[Any]) -> Iterator[Way]:
    branches = [schema.child("oneOf", index) for index in range(len(told))]
    yield [Opposite(branch) for branch in branches]
    yield from pairwise(branches)


def _against_required(_: SchemaSource, told: Sequence[str]) -> Iterator[Way]:
    for name in told:
        yield [Made({"properties": {name: False}})]


def _against_properties(schema: SchemaSource, told: Mapping[str, Any]) -> Iterator[Way]:
    for name in told:
        yield [_object_with(name, Opposite(schema.child("properties", name)))]


def _against_type(_: SchemaSource, told: str | Sequence[str]) -> Iterator[Way]:
    names = [told] if isinstance(told, str) else told
    others = [name for name in TYPES if name not in names]
    if "integer" in names and "number" in others:
        others[others.index("number")] = FRACTION
    yield [Made({"type": others})]


def _against_values(_: SchemaSource, told: Any) -> Iterator[Way]:
    """Yield the way to any other value; if an empty value is listed, a value that isn't empty."""
    yield ()
    values = told if isinstance(told, list) else [told]
    empty = {"string": ("", "Length"), "array": ([], "Items"), "object": ({}, "Properties")}
    for kind, (least, limit) in empty.items():
        if least in values or told == least:
            yield [Made({"type": kind, f"min{limit}": 1})]


def _against_pattern(_: SchemaSource, told: str) -> Iterator[Way]:
    yield [Made({"type": "string", "pattern": rf"^(?![\s\S]*(?:{told}))"})]


def _against_items(schema: SchemaSource, _: Any) -> Iterator[Way]:
    yield [_list_with("contains", Opposite(schema.child("items")))]


def _against_prefix(schema: SchemaSource, told: Sequence[Any]) -> Iterator[Way]:
    for index in range(len(told)):
        contrary = Opposite(schema.child("prefixItems", index))
        raw = {"type": "array", "minItems": index + 1, "prefixItems": [{}] * (index + 1)}
        yield [Made(raw, {("prefixItems", index): contrary})]


def _against_contains(schema: SchemaSource, _: Any) -> Iterator[Way]:
    contained = schema.child("contains")
    yield [_list_with("items", Opposite(contained))]
    if "maxContains" in schema.raw:
        more = {"minContains": schema.raw["maxContains"] + 1}
        yield [_list_with("contains", contained, more)]


def _list_with(keyword: str, inner: SchemaSource, more: Raw = MappingProxyType({})) -> SchemaSource:
    return Made({"type": "array", keyword: {}, **more}, {(keyword,): inner})


def _against_unique(_: SchemaSource, told: bool) -> Iterator[Way]:
    if told:
        yield [Made({"type": "array", "minItems": 2, TWICE: True})]


def _against_additional(schema: SchemaSource, _: Any) -> Iterator[Way]:
    contrary = Opposite(schema.child("additionalProperties"))
    for name in _OTHER_NAMES:
        yield [_object_with(name, contrary)]


def _against_patterns(schema: SchemaSource, told: Mapping[str, Any]) -> Iterator[Way]:
    for pattern in told:
        name = Pool([pattern], SizeLimits(0, None), lambda _: True).draw(Source(pattern, Fakes()))
        yield [_object_with(name, Opposite(schema.child("patternProperties", pattern)))]


def _object_with(name: str, inner: SchemaSource) -> SchemaSource:
    raw = {"type": "object", "required": [name], "properties": {name: {}}}
    return Made(raw, {("properties", name): inner})


def _against_names(schema: SchemaSource, _: Any) -> Iterator[Way]:
    raw = {"type": "object", "minProperties": 1, "propertyNames": {}}
    yield [Made(raw, {("propertyNames",): Opposite(schema.child("propertyNames"))})]


def _against_companions(_: SchemaSource, told: Mapping[str, Sequence[str]]) -> Iterator[Way]:
    for name, others in told.items():
        for other in others:
            raw = {"type": "object", "required": [name], "properties": {other: False}}
            yield [Made(raw)]


def _against_dependents(schema: SchemaSource, told: Mapping[str, Any]) -> Iterator[Way]:
    for name in told:
        there = Made({"type": "object", "required": [name]})
        yield [there, Opposite(schema.child("dependentSchemas", name))]


_AGAINST: Mapping[str, Callable[[SchemaSource, Any], Iterable[Way]]] = {
    "$ref": lambda schema, ref: [[Opposite(schema.follow(ref))]],
    "not": lambda schema, _: [[schema.child("not")]],
    "allOf": _against_all,
    "anyOf": _against_any,
    "oneOf": _against_one,
    "if": lambda schema, _: conditions(schema, Opposite),
    "required": _against_required,
    "properties": _against_properties,
    "type": _against_type,
    "const": _against_values,
    "enum": _against_values,
    "pattern": _against_pattern,
    "items": _against_items,
    "prefixItems": _against_prefix,
    "contains": _against_contains,
    "uniqueItems": _against_unique,
    "additionalProperties": _against_additional,
    "patternProperties": _against_patterns,
    "propertyNames": _against_names,
    "dependentRequired": _against_companions,
    "dependentSchemas": _against_dependents,
}
