"""A schema to the strategy of its values: a walk over the places in a value.

A place is a node of `generate`, which knows all schemas that hold there, the ways to go where
there's a choice, and which of them lead to a value at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, Literal

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from mock_server.generation import (
    FRACTION,
    TAG,
    Alternatives,
    SchemaSource,
    StringContent,
    Unsatisfiable,
    ValueNode,
    ValueNodes,
    choices,
    fresh,
    other_types,
    plan,
    possible_types,
    types_of,
)
from mock_server.testing import leaves
from mock_server.testing.lists import lists
from mock_server.testing.objects import objects

# Deeper than that only what must be there is made: values of schemas that contain themselves end.
DEEPEST = 5
_HIDES = {"reply": "writeOnly", "request": "readOnly"}


class Places:
    """The strategies of one direction's values, each built once.

    Texts are made of the alphabet's characters; without one of all that UTF-8 can say.
    """

    def __init__(
        self, direction: Literal["request", "reply"], alphabet: SearchStrategy[str] | None = None
    ) -> None:
        self.alphabet = alphabet
        self._nodes = ValueNodes(_HIDES[direction], plan)
        self._made: dict[tuple[ValueNode, int], SearchStrategy[Any]] = {}

    def values(self, schema: SchemaSource) -> SearchStrategy[Any]:
        """Return a strategy for the values of a schema. Raises Unsatisfiable if there is none."""
        node = self._nodes.node((schema,))
        if not node.is_possible:
            raise Unsatisfiable(schema.uri, node.plan.reason or "nothing satisfies all of it")
        return self.place(node, 0).filter(schema.is_valid)

    def place(self, node: ValueNode, depth: int) -> SearchStrategy[Any]:
        """The values of a node that is so deep inside the whole."""
        key = node, min(depth, DEEPEST + 1)
        if key not in self._made:
            # What contains itself finds this until it's built.
            self._made[key] = st.deferred(lambda: self._made[key])
            self._made[key] = self._built(*key)
        return self._made[key]

    def _built(self, node: ValueNode, depth: int) -> SearchStrategy[Any]:
        given = _given(node)
        if given is not None:
            return st.sampled_from(given).map(fresh) if given else st.nothing()
        for told in choices(node.parts, node.strict):
            if told.name not in node.done:
                return self._chosen(node, told, depth)
        types = possible_types(node)
        if types is None:
            return leaves.anything(self.alphabet).filter(node.accepts)
        if len(types) > 1 or other_types(node, types):
            # Null says least, so values shrink to it.
            told = types_of(node, sorted(types, key=lambda t: t != "null"))
            usual = self._ways(node, told._replace(spare=()), depth)
            return self._ways(node, told, depth) if usual.is_empty else usual
        return _BY_TYPE[types[0]](self, node, depth) if types else st.nothing()

    def text(self, node: ValueNode, depth: int) -> SearchStrategy[Any]:
        """The strings of a node: those that carry what is said of their content, if it may be."""
        content = StringContent.of(node)
        otherwise = leaves.text(node, self.alphabet)
        if content is None:
            return otherwise
        if content.node is None or not content.node.is_possible:
            made = leaves.content(node, content)
        else:
            made = self.place(content.node, depth + 1).map(content.text)

        @st.composite
        def carrying(draw: DrawFn) -> Any:
            text = draw(made)
            return text if text is not None and node.accepts(text) else draw(otherwise)

        return carrying()

    def _chosen(self, node: ValueNode, told: Alternatives, depth: int) -> SearchStrategy[Any]:
        """The values where there's a choice; where choices are nested the outermost judges."""
        made = self._ways(node, told, depth)
        if node.done:
            return made
        return made.filter(node.accepts) if node.strict else self._judged(node, made, depth)

    def _judged(
        self, node: ValueNode, made: SearchStrategy[Any], depth: int
    ) -> SearchStrategy[Any]:
        """What fits several alternatives of a `oneOf` is made anew, with those kept apart."""

        @st.composite
        def judged(draw: DrawFn) -> Any:
            value = draw(made)
            if node.accepts(value):
                return value
            return draw(self.place(node.stricter, depth)) if node.stricter.is_possible else reject()

        return judged()

    def _ways(self, node: ValueNode, told: Alternatives, depth: int) -> SearchStrategy[Any]:
        """One of the ways; the flattest alone where the value is deep enough."""
        ways = (node.branch(told.name, extra) for extra in chain(told.ways, told.spare))
        branches = [branch for branch in ways if branch.is_possible]
        flattest = min((branch.height for branch in branches), default=0)
        if depth > DEEPEST:
            branches = [branch for branch in branches if branch.height == flattest]
        # Values shrink to those of the first.
        branches.sort(key=_weight)
        return st.one_of([self.place(branch, depth) for branch in branches])


def _weight(node: ValueNode) -> int:
    """About how much is drawn for the least value of a node: what may be absent is asked for."""
    declared = {name for raw in node.raws for name in raw.get("properties", ())}
    required = {name for raw in node.raws for name in raw.get("required", ())}
    groups = [g for g in node.needs if all(inner.height < node.height for inner in g)]
    least = min((sum(map(_weight, group)) for group in groups), default=0)
    return 1 + len(declared - required) + least


def _given(node: ValueNode) -> Sequence[Any] | None:
    """Return the values that `enum`, `const` or a tag gives; None without any of them."""
    raws = node.raws
    if any(part.raw is False for part in node.parts):
        return []
    for keyword, values in _GIVING.items():
        for raw in raws:
            if keyword in raw:
                return [value for value in values(raw[keyword]) if node.accepts(value)]
    return None


_GIVING: Mapping[str, Callable[[Any], Iterable[Any]]] = {
    TAG: lambda value: [value],
    "const": lambda value: [value],
    "enum": lambda values: values,
}
_BY_TYPE: Mapping[str, Callable[[Places, ValueNode, int], SearchStrategy[Any]]] = {
    "object": lambda places, node, depth: objects(places, node, depth, lean=depth > DEEPEST),
    "array": lambda places, node, depth: lists(places, node, depth, lean=depth > DEEPEST),
    "string": lambda places, node, depth: places.text(node, depth),
    "number": lambda places, node, depth: leaves.number(node),
    "integer": lambda places, node, depth: leaves.integer(node),
    FRACTION: lambda places, node, depth: leaves.fraction(node),
    "boolean": lambda places, node, depth: st.booleans(),
    "null": lambda places, node, depth: st.none(),
}
