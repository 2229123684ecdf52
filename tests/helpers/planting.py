"""Schemas that are known to have a value: one is planted, and every keyword accepts it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from tests.helpers.values import faults

Draw = st.DrawFn
FORMATS = {
    "date": "2027-03-14",
    "date-time": "2027-03-14T09:26:53Z",
    "email": "ada@corp.example",
    "hostname": "db1.internal",
    "ipv4": "10.20.30.40",
    "uri": "https://cdn.example.com/a/b",
    "uuid": "3b241101-e2bb-4255-8caf-4136c566a962",
}
TEXTS = st.one_of(
    st.text("abAB01-", max_size=6),
    st.sampled_from(list(FORMATS.values())),
    st.sampled_from(["", "x", "silver-harbor", "GB-12"]),
)
NUMBERS = st.one_of(st.integers(-40, 40), st.sampled_from([0.5, -2.25, 1e6, 2**40]))
NAMES = st.sampled_from(["id", "kind", "x-a", "x-b", "Total", "a", "b", "end"])
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=6,
)


def fits(schema: Any, value: Any) -> bool:
    """Return whether the second engine finds nothing wrong."""
    return not faults(schema, value)


@st.composite
def planted(draw: Draw) -> tuple[Any, Any]:
    """Return a schema and a value that it accepts."""
    value = draw(VALUES)
    return draw(schemas_of(value, 2)), value


@st.composite
def schemas_of(draw: Draw, value: Any, depth: int) -> Any:
    """Return a schema that accepts the value."""
    if depth <= 0:
        return draw(st.sampled_from([True, {"type": kind_of(value)}]))
    schema: dict[str, Any] = {"type": kind_of(value)} if draw(st.booleans()) else {}
    schema |= draw(BY_KIND[type(value)](value, depth))
    for way in draw(st.lists(st.sampled_from(COMBINED), max_size=2, unique=True)):
        schema |= draw(way(value, depth - 1))
    return schema


def kind_of(value: Any) -> str:
    kinds = {type(None): "null", bool: "boolean", int: "integer", float: "number", str: "string",
             list: "array", dict: "object"}  # fmt: skip
    return kinds[type(value)]


def some(draw: Draw, options: dict[str, Any]) -> dict[str, Any]:
    """Return a few of the keywords."""
    names = draw(st.lists(st.sampled_from(sorted(options)), max_size=3, unique=True))
    return {name: options[name] for name in names}


@st.composite
def constants(draw: Draw, value: Any, _: int) -> Any:
    options = {"const": value, "enum": [value, *draw(st.lists(SCALARS, max_size=3))]}
    return some(draw, options) if draw(st.booleans()) else {}


@st.composite
def numbers(draw: Draw, value: float, _: int) -> Any:
    gap = draw(st.integers(0, 5))
    return some(draw, {
        "minimum": value - gap,
        "maximum": value + gap,
        "exclusiveMinimum": value - gap - 1,
        "exclusiveMaximum": value + gap + 1,
        "multipleOf": draw(st.sampled_from(steps(value))),
        "not": {"multipleOf": next(n for n in (3, 7, 11, 41, 43, 47) if value % n or n == 47)}
        if value % 47 else {"type": "string"},
    })  # fmt: skip


def steps(value: float) -> list[float]:
    return [step for step in (1, 2, 5, 0.5, 0.25, 7) if value % step == 0] or [value]


@st.composite
def texts(draw: Draw, value: str, _: int) -> Any:
    cut = draw(st.integers(0, len(value)))
    patterns = [f"^{re.escape(value[:cut])}", f"{re.escape(value[cut:])}$", re.escape(value[1:cut]),
                "^[a-zA-Z0-9@.:/-]*$", f"^.{{{len(value)}}}$"]  # fmt: skip
    pattern, second = draw(st.permutations(patterns))[:2]
    own = [name for name, text in FORMATS.items() if text == value] or ["binary"]
    return some(draw, {
        "minLength": draw(st.integers(0, len(value))),
        "maxLength": len(value) + draw(st.integers(0, 3)),
        "pattern": pattern,
        "allOf": [{"pattern": second}],
        "format": own[0],
        "not": {"pattern": draw(st.sampled_from(["[%&]", "^zz", "q$"]))},
    })  # fmt: skip


@st.composite
def lists(draw: Draw, value: list[Any], depth: int) -> Any:
    size, cut = len(value), draw(st.integers(0, len(value)))
    inner = [draw(schemas_of(item, depth - 1)) for item in value]
    contained = inner[cut - 1] if cut else True
    found = sum(fits(contained, item) for item in value)
    contains = {
        "contains": contained,
        "minContains": draw(st.integers(0, found)),
        "maxContains": found + draw(st.integers(0, 1)),
    }
    options: dict[str, Any] = {
        "minItems": draw(st.integers(0, size)),
        "maxItems": size + draw(st.integers(0, 2)),
        "uniqueItems": is_unique(value),
        "prefixItems": inner[:cut] or [True],
        "items": {"anyOf": inner[cut:]} if inner[cut:] else draw(st.booleans()),
        "allOf": [{"prefixItems": inner}] if inner else [True],
    }
    ends = draw(st.booleans()) and "allOf" in (made := some(draw, options))
    made = {**made, "unevaluatedItems": False} if ends else some(draw, options)
    return {**made, **contains} if draw(st.booleans()) else made


def is_unique(value: list[Any]) -> bool:
    return fits({"uniqueItems": True}, value)


@st.composite
def objects(draw: Draw, value: dict[str, Any], depth: int) -> Any:
    inner = {name: draw(schemas_of(item, depth - 1)) for name, item in value.items()}
    told = draw(st.lists(st.sampled_from(sorted(inner)), unique=True)) if inner else []
    rest = [inner[name] for name in inner if name not in told]
    names = sorted({name[:2] for name in inner})
    options: dict[str, Any] = {
        "properties": {name: inner[name] for name in told},
        "required": [name for name in inner if draw(st.booleans())],
        "minProperties": draw(st.integers(0, len(value))),
        "maxProperties": len(value) + draw(st.integers(0, 2)),
        "patternProperties": {f"^{name}": {"anyOf": [inner[n] for n in inner if n[:2] == name]}
                              for name in names[:2]},
        "propertyNames": {"pattern": "^[a-zA-Z-]+$", "maxLength": 5},
        "additionalProperties": {"anyOf": rest} if rest else draw(st.booleans()),
        "dependentRequired": {one: [other] for one, other in pairwise(inner)},
        "dependentSchemas": {name: {"required": [name]} for name in told}
        | {"zz": draw(st.booleans())},
        "allOf": [{"properties": inner}],
    }  # fmt: skip
    made = some(draw, options)
    closes = "allOf" in made and draw(st.booleans())
    return {**made, "unevaluatedProperties": False} if closes else made


@st.composite
def combined(draw: Draw, value: Any, depth: int) -> Any:
    """Alternatives of which one or more accept the value, and conditions on it."""
    own, other = draw(schemas_of(value, depth)), draw(schemas_of(draw(VALUES), depth))
    both = fits(other, value)
    options: dict[str, Any] = {
        "allOf": [own, draw(schemas_of(value, depth))],
        "anyOf": draw(st.permutations([own, other])),
        "oneOf": [own] if both else draw(st.permutations([own, other])),
        "not": False if both else other,
    }
    return some(draw, options)


@st.composite
def conditional(draw: Draw, value: Any, depth: int) -> Any:
    own, other = draw(schemas_of(value, depth)), draw(schemas_of(draw(VALUES), depth))
    condition = draw(st.sampled_from([own, other]))
    then, otherwise = (own, other) if fits(condition, value) else (other, own)
    return {"if": condition, "then": then, "else": otherwise}


Way = Callable[[Any, int], st.SearchStrategy[Any]]
COMBINED: list[Way] = [constants, combined, conditional]
BY_KIND: dict[type, Way] = {
    type(None): constants, bool: constants, int: numbers, float: numbers, str: texts,
    list: lists, dict: objects,
}  # fmt: skip


def keywords(schema: Any) -> Iterable[str]:
    """Yield the keywords in a schema, to count what was tried."""
    if isinstance(schema, dict):
        for name, inner in schema.items():
            yield name
            yield from keywords(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from keywords(inner)
