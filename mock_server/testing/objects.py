"""Objects: which properties are there, those among them that nothing speaks of, and with what."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any, Protocol

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from mock_server.generation import (
    Made,
    Property,
    SizeLimits,
    ValueNode,
    all_property_schemas,
    companions,
    fits_name,
    forbids,
    group_of,
    properties,
)
from mock_server.testing.several import several

# How many more there are of properties that nothing names, where they are what an object is for,
# and where it's merely open.
_MOST_ENTRIES = 3
_SOMETIMES_ONE = (0, 0, 0, 1)


class ObjectContext(Protocol):
    """What an object asks of the walk that it's part of."""

    alphabet: SearchStrategy[str] | None

    def place(self, node: ValueNode, depth: int) -> SearchStrategy[Any]:
        """The values of a node."""


def objects(
    around: ObjectContext, node: ValueNode, depth: int, *, lean: bool
) -> SearchStrategy[Any]:
    """Return a strategy for the objects of a node; lean ones have the fewest members."""
    return _Objects(around, node, depth, lean).made()


class _Objects:
    """The objects of one node."""

    def __init__(self, around: ObjectContext, node: ValueNode, depth: int, lean: bool) -> None:
        self._around, self._node, self._depth, self._lean = around, node, depth, lean
        self._limits = SizeLimits.of(node.raws, "Properties")
        self._companions = companions(node.raws)
        found = list(properties(node, self._companions))
        self._properties = [entry for entry in found if entry.required or entry.node.is_possible]
        self._named = {name for raw in node.raws for name in raw.get("properties", ())}
        self._named |= {entry.name for entry in found}
        rest = all_property_schemas(node, None)
        patterns = [name for raw in node.raws for name in raw.get("patternProperties", ())]
        self._is_map = bool(patterns) or node.says("additionalProperties")
        self._entries = (
            None if forbids(rest) and not patterns else self._unnamed_property(rest, patterns)
        )

    def made(self) -> SearchStrategy[dict[str, Any]]:
        """The objects: first whether each optional property is there, and then with what."""

        @st.composite
        def made(draw: DrawFn) -> dict[str, Any]:
            value: dict[str, Any] = {}
            for entry in self._chosen(draw):
                value[entry.name] = draw(self._around.place(entry.node, self._depth + 1))
            if self._entries is not None:
                value.update(self._more(draw, len(value)))
            assume(len(value) >= self._limits.low)
            return value

        return made()

    def _chosen(self, draw: DrawFn) -> Sequence[Property]:
        """Those that are there, with what has to be there beside them."""
        names = {entry.name for entry in self._properties if entry.required}
        high = self._limits.high
        for entry in self._properties:
            is_wanted = entry.required or (not self._lean and draw(st.booleans()))
            group = names | group_of(entry.name, self._companions)
            if is_wanted and (high is None or len(group) <= high):
                names = group
        if self._entries is None:
            for entry in self._properties:
                if len(names) < self._limits.low:
                    names |= group_of(entry.name, self._companions)
        return [entry for entry in self._properties if entry.name in names]

    def _more(self, draw: DrawFn, count: int) -> list[tuple[str, Any]]:
        """Properties that nothing names."""
        least = max(self._limits.low - count, 0)
        room = _MOST_ENTRIES if self._limits.high is None else self._limits.high - count
        if self._lean or room <= 0:
            most = least
        elif self._is_map:
            most = least + min(_MOST_ENTRIES, room)
        else:
            most = least + min(draw(st.sampled_from(_SOMETIMES_ONE)), room)
        if not most or self._entries is None:
            return []
        return draw(several(self._entries, least, most, itemgetter(0)))

    def _unnamed_property(
        self, rest: Sequence[Any], patterns: Sequence[str]
    ) -> SearchStrategy[Any]:
        """A property by a name that isn't spoken of, or by a pattern alone, and its value."""
        node, around, depth = self._node, self._around, self._depth
        names = _names(node, around, depth) if not forbids(rest) else st.nothing()
        for pattern in patterns:
            names |= _names(node, around, depth, pattern)
        free = names.filter(lambda name: name not in self._named and fits_name(node, name))

        @st.composite
        def entry(draw: DrawFn) -> tuple[str, Any]:
            name = draw(free)
            child = node.node(all_property_schemas(node, name))
            assume(child.is_possible)
            return name, draw(around.place(child, depth + 1))

        return entry()


def _names(
    node: ValueNode, around: ObjectContext, depth: int, pattern: str = ""
) -> SearchStrategy[str]:
    """Return a strategy for names of properties, which fit the pattern if one is given."""
    asked = [part.child("propertyNames") for part in node.parts if "propertyNames" in part.raw]
    # A name is a text, whatever else is asked of it.
    text = Made({"type": "string", **({"pattern": pattern} if pattern else {})})
    texts = node.node([*asked, text])
    return around.place(texts, depth + 1) if texts.is_possible else st.nothing()
