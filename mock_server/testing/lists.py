"""Lists: how long they are, and of which items."""

from __future__ import annotations

from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from mock_server.generation import TWICE, ListMaker, ValueNode, fresh, identity
from mock_server.testing.objects import ObjectContext
from mock_server.testing.several import several

# So many items more than there must be, where there may be more.
_MOST_MORE = 4


def lists(around: ObjectContext, node: ValueNode, depth: int, *, lean: bool) -> SearchStrategy[Any]:
    """Return a strategy for the lists of a node; lean ones are as short as possible."""
    maker = ListMaker(node).settled()
    low, high = maker.limits
    most = low if lean else low + _MOST_MORE
    most = most if high is None else min(most, high)
    is_unique = any(raw.get("uniqueItems") is True for raw in node.raws)
    kinds = {item for size in range(low, most + 1) for item in maker.nodes(size)}
    if len(kinds) == 1 and not node.says(TWICE):
        items = around.place(kinds.pop(), depth + 1)
        return several(items, low, most, identity if is_unique else None)

    @st.composite
    def made(draw: DrawFn) -> list[Any]:
        value: list[Any] = []
        for item in maker.nodes(draw(st.integers(low, most))):
            drawn = draw(around.place(item, depth + 1))
            assume(not (is_unique and identity(drawn) in map(identity, value)))
            value.append(drawn)
        return [*value[:-1], fresh(value[-2])] if node.says(TWICE) and value[1:] else value

    return made()
