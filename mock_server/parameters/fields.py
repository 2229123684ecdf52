"""Names with their texts, as a query string or a Cookie header has them, to values of parameters.

A name may stand alone (`a`), lead further inside (`a[b][]`, `a.b`), be a property of an object
whose own name isn't sent, or be nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from mock_server.core import shown_value
from mock_server.parameters.styles import Pairs, Read, StyleLayout
from mock_server.schemas import Types

DEEPEST = 32  # names in brackets behind one name

_TAIL = re.compile(r"(?:\[[^\[\]]*\]|\.[^.\[\]]+)+")
_STEP = re.compile(r"\[([^\[\]]*)\]|\.([^.\[\]]+)")
_INDEX = re.compile(r"[0-9]{1,9}")

# Names that lead inside a value; None stands for empty brackets, the next of a list.
_Steps = tuple[str | None, ...]


class Query(NamedTuple):
    """What a query string or a Cookie header holds: values, by parameter.

    `errors` says of a parameter why it can't be read; `unknown` are the names that belong to none;
    `empty` are the parameters that came without a value and may.
    """

    values: dict[str, Any]
    errors: dict[str, str]
    unknown: tuple[str, ...]
    empty: tuple[str, ...] = ()


@dataclass(slots=True)
class _Node:
    """What came under one name: texts, and what had further names behind it."""

    texts: list[str] = field(default_factory=list)
    inner: dict[str, _Node] = field(default_factory=dict)
    listed: bool = False

    def add(self, steps: _Steps, text: str) -> None:
        """Put a text where the steps lead; empty brackets at the end make it one of a list."""
        listed = steps[-1:] == (None,)
        node = self
        for step in steps[:-1] if listed else steps:
            name = str(len(node.inner)) if step is None else step
            node = node.inner.setdefault(name, _Node())
        node.texts.append(text)
        node.listed |= listed


@dataclass(frozen=True, eq=False, slots=True)
class Field:
    """One parameter that has a name in front of its texts, compiled."""

    name: str
    types: Types
    layout: StyleLayout
    content: Read | None = None
    repeats: bool = False  # several texts make an array
    spread: bool = False  # an object's properties are names of their own
    takes_all: bool = False  # so is every name there is
    marks: str = ""  # what may stand behind a name to lead inside, "[" or "."
    may_be_empty: bool = False  # and then has no value

    @property
    def nameless(self) -> bool:
        """Whether its own name is never sent."""
        return self.takes_all or (self.spread and self.types.only_object)

    @property
    def takes_rest(self) -> bool:
        """Whether names that are nobody's are properties of it: it's a free-form object."""
        inside = self.types.inside
        open_ended = inside.free or (not inside.properties and bool(inside.additional.names))
        return self.takes_all or (self.nameless and open_ended)

    def value(self, node: _Node, types: Types) -> Any:
        """The value of what came."""
        texts = node.texts
        if node.inner and texts:
            raise ValueError("given both with brackets and without; expected one of the two")
        if node.inner:
            return self._nested(node.inner, types)
        if node.listed or (len(texts) > 1 and self.repeats and "array" in types.names):
            return self.layout.array(texts, types)
        if len(texts) > 1:
            raise ValueError(f"given {len(texts)} times; expected once")
        return self.content(texts[0]) if self.content else self.layout.read(texts[0], types)

    def _nested(self, inner: dict[str, _Node], types: Types) -> Any:
        if "array" in types.names and all(map(_INDEX.fullmatch, inner)):
            item, order = types.inside.item, sorted(inner, key=int)
            return [self._inner(key, inner[key], item(index)) for index, key in enumerate(order)]
        types_at = types.inside.property
        return {name: self._inner(name, node, types_at(name)) for name, node in inner.items()}

    def _inner(self, name: str, node: _Node, types: Types) -> Any:
        try:
            return self.value(node, types)
        except ValueError as error:
            raise ValueError(f"{shown_value(name)}: {error}") from None


# A place in a parameter's value.
_Place = tuple[Field, _Steps]


class Fields:
    """The parameters of one operation that names lead to."""

    def __init__(self, fields: Sequence[Field]) -> None:
        own: dict[str, _Place] = {one.name: (one, ()) for one in fields if not one.takes_all}
        spread: dict[str, _Place] = {
            name: (one, (name,))
            for one in fields
            if one.spread
            for name in one.types.inside.properties
        }
        self._bases = spread | own
        self._exact = spread | {name: place for name, place in own.items() if not place[0].nameless}
        self._rest = next((one for one in fields if one.takes_rest), None)

    def owner(self, name: str) -> Field | None:
        """The parameter that the name leads to."""
        found = self._find(name)
        return found[0] if found else None

    def _find(self, name: str) -> tuple[Field, _Steps, str] | None:
        """The parameter, the place in its value, and what stands behind the name."""
        if name in self._exact:
            return *self._exact[name], ""
        for mark in "[.":
            base, marked, _ = name.partition(mark)
            if marked and base in self._bases and mark in self._bases[base][0].marks:
                return *self._bases[base], name[len(base) :]
        return (self._rest, (name,), "") if self._rest else None

    def read(self, pairs: Pairs) -> Query:
        """The values, from names that are decoded and texts that aren't."""
        nodes: dict[Field, _Node] = {}
        errors: dict[str, str] = {}
        unknown: dict[str, None] = {}
        for name, text in pairs:
            found = self._find(name)
            if found is None:
                unknown[name] = None
                continue
            one, steps, tail = found
            try:
                steps += _steps(tail)
            except ValueError as error:
                errors[one.name] = str(error)
            else:
                nodes.setdefault(one, _Node()).add(steps, text)
        empty = [one for one, node in nodes.items() if one.may_be_empty and node.texts == [""]]
        for one in empty:
            del nodes[one]
        return Query(
            _values(nodes, errors), errors, tuple(unknown), tuple(one.name for one in empty)
        )


def _values(nodes: dict[Field, _Node], errors: dict[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for one, node in nodes.items():
        if one.name not in errors:
            try:
                values[one.name] = one.value(node, one.types)
            except ValueError as error:
                errors[one.name] = str(error)
    return values


def _steps(tail: str) -> _Steps:
    """The names in `[a][b]` or `.a.b`."""
    if not tail:
        return ()
    if not _TAIL.fullmatch(tail):
        raise ValueError(f"{shown_value(tail)} can't be read; expected [property] or []")
    steps = tuple(inside or after or None for inside, after in _STEP.findall(tail))
    if len(steps) > DEEPEST:
        raise ValueError(f"nested {len(steps)} deep; expected at most {DEEPEST}")
    return steps
