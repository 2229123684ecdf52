"""Strings, numbers and what a schema doesn't speak of, as Hypothesis strategies.

hypothesis-jsonschema makes them where it can; formats that it doesn't know, or knows otherwise
than OpenAPI, are made here.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from math import ceil, floor
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from hypothesis_jsonschema import from_schema

from mock_server.generation import (
    EXPRESSIONS,
    Fakes,
    SizeLimits,
    Source,
    StringContent,
    ValueNode,
    formats_of,
    string,
)
from mock_server.patterns import python_pattern

# Beyond these a JSON number is none of the engine's (and of few clients') integers.
_LEAST, _MOST = -(2**63), 2**63 - 1
_ABOVE, _BELOW = "exclusiveMinimum", "exclusiveMaximum"
_BOUNDS = ("minimum", "maximum", _ABOVE, _BELOW)
# Texts whose least length is greater are filled up: Hypothesis draws no more than some kilobytes.
_MOST_DRAWN = 40
_SEEDS = 2**16
_ASCII = st.characters(max_codepoint=127)
_TEXTS = st.characters(codec="utf-8")
# What a header or a cookie can say whatever its style.
IN_HEADERS = st.characters(codec="ascii", categories=("Lu", "Ll", "Nd"), include_characters="-_.")
# Moments are counted from here, which is what they shrink to.
_START = datetime(2000, 1, 1, tzinfo=UTC)
_FIRST, _LAST = -30 * 365 * 86_400, 200 * 365 * 86_400


@st.composite
def _uuids(draw: DrawFn) -> str:
    """Of a version that strict clients know (RFC 9562, section 5.4)."""
    return str(UUID(int=draw(st.integers(0, 2**128 - 1)), version=4))


@st.composite
def _moments(draw: DrawFn) -> str:
    """In UTC as strict clients read it (RFC 3339, section 5.6), mostly of whole seconds."""
    seconds = draw(st.integers(_FIRST, _LAST))
    fraction = draw(st.sampled_from(("", "", "", ".001", ".999")))
    return f"{_START + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S}{fraction}Z"


_FORMATS: dict[str, SearchStrategy[str]] = {
    "uuid": _uuids(),
    "date-time": _moments(),
    # Engines know no steps of twenty digits.
    "relative-json-pointer": st.from_regex(
        r"(0|[1-9][0-9]{0,2})(#|(/[a-zA-Z0-9_-]*)*)", fullmatch=True, alphabet=_ASCII
    ),
    "regex": st.sampled_from(("", "^[a-z]+$", "[0-9]{3,8}", "a|b")),
}


def text(node: ValueNode, alphabet: SearchStrategy[str] | None) -> SearchStrategy[str]:
    """Return a strategy for the strings of a node."""
    patterns = [raw["pattern"] for raw in node.raws if "pattern" in raw]
    formats = [known for name in formats_of(node.raws) if (known := _of_format(name)) is not None]
    limits = SizeLimits.of(node.raws, "Length")
    if not (formats or patterns):
        return _free(limits, alphabet)
    if len(formats) + len(patterns) > 1 or limits != (0, None):
        return _made_up(node)
    return formats[0] if formats else _matching(patterns[0], alphabet).filter(node.accepts)


def _made_up(node: ValueNode) -> SearchStrategy[str]:
    """Texts that several rules hold for: to draw and to discard would find hardly any."""
    leaf, fakes = string(node.raws, node.names, node.accepts), Fakes()
    seeds = st.integers(0, _SEEDS).map(str)
    made: SearchStrategy[str] = seeds.map(lambda seed: leaf(Source(seed, fakes, "boundary")))
    return made.filter(node.accepts)


def content(node: ValueNode, told: StringContent) -> SearchStrategy[Any]:
    """Strings that carry content of which no schema speaks."""
    leaf, fakes = told.leaf(string([], node.names, lambda _: True)), Fakes()
    seeds = st.integers(0, _SEEDS).map(str)
    return seeds.map(lambda seed: leaf(Source(seed, fakes, "boundary")))


def _of_format(name: str) -> SearchStrategy[str] | None:
    """The texts of a format; None for one that isn't known, which any text has."""
    if name in _FORMATS:
        return _FORMATS[name]
    expression = EXPRESSIONS.get(name)
    if expression is None:
        return None
    return st.from_regex(re.compile(expression, re.ASCII), fullmatch=True, alphabet=_ASCII)


def _matching(pattern: str, alphabet: SearchStrategy[str] | None) -> SearchStrategy[str]:
    """Texts in which a pattern is found: a digit or letter is ASCII's (ECMA-262, section 22.2)."""
    expression = re.compile(python_pattern(pattern), re.ASCII)
    return st.from_regex(expression, alphabet=_TEXTS if alphabet is None else alphabet)


def _free(limits: SizeLimits, alphabet: SearchStrategy[str] | None) -> SearchStrategy[str]:
    """Any text: it grows from the shortest, and reaches the longest where that isn't far."""
    characters = _TEXTS if alphabet is None else alphabet
    if limits.low > _MOST_DRAWN:
        drawn = st.text(characters, max_size=_MOST_DRAWN)
        return drawn.map(lambda made: made.ljust(limits.low, "0"))
    made = st.text(characters, min_size=limits.low, max_size=limits.high)
    if limits.high is None or not _MOST_DRAWN < limits.high <= 10_000:
        return made
    longest = limits.high
    return made | made.map(lambda drawn: drawn.ljust(longest, "0"))


def integer(node: ValueNode) -> SearchStrategy[int]:
    """The whole numbers of a node, in the range that programs count in if it isn't beyond that."""
    least = [
        *map(ceil, _keyword_values(node, "minimum")),
        *(floor(n) + 1 for n in _keyword_values(node, _ABOVE)),
    ]
    most = [
        *map(floor, _keyword_values(node, "maximum")),
        *(ceil(n) - 1 for n in _keyword_values(node, _BELOW)),
    ]
    low = max(least) if least else min([_LEAST, *(high - 2**32 for high in most)])
    high = min(most) if most else max([_MOST, low + 2**32])
    if not node.says("multipleOf"):
        return st.integers(low, high)
    return _stepped(node, {"type": "integer", "minimum": low, "maximum": high})


def number(node: ValueNode) -> SearchStrategy[float]:
    """Return a strategy for the numbers of a node, whole or not."""
    bounds = [{key: raw[key] for key in _BOUNDS if key in raw} for raw in node.raws]
    told: dict[str, Any] = {"type": "number", "allOf": [part for part in bounds if part]}
    return _stepped(node, told) if node.says("multipleOf") else _from_schema(told)


def _from_schema(schema: dict[str, Any]) -> SearchStrategy[Any]:
    made: SearchStrategy[Any] = from_schema(schema)
    return made


def _keyword_values(node: ValueNode, keyword: str) -> list[float]:
    return [raw[keyword] for raw in node.raws if keyword in raw]


def _stepped(node: ValueNode, told: dict[str, Any]) -> SearchStrategy[Any]:
    """Multiples that are so by whatever arithmetic: engines differ where digits are lost."""
    steps = _keyword_values(node, "multipleOf")
    parts = [*told.get("allOf", ()), *({"multipleOf": step} for step in steps)]
    made = _from_schema({**told, "allOf": parts})
    return made.filter(lambda n: abs(n) < 2**53 and (n / steps[0]) % 1 == 0).filter(node.accepts)


def fraction(node: ValueNode) -> SearchStrategy[float]:
    """Return a strategy for the numbers of a node that aren't whole."""
    return number(node).filter(lambda made: made % 1 != 0)


def anything(alphabet: SearchStrategy[str] | None) -> SearchStrategy[Any]:
    """Small values of every type: what may stand where nothing is said."""
    texts = st.text(_TEXTS if alphabet is None else alphabet, max_size=8)
    numbers = st.integers(-(2**53), 2**53) | st.sampled_from((0.5, -1.5))
    plain: SearchStrategy[Any] = st.none() | st.booleans() | numbers | texts
    holding = st.lists(plain, max_size=2) | st.dictionaries(texts, plain, max_size=2)
    return plain | holding
