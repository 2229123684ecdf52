"""Several of a kind, of which any may go while the others stay."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

Item = TypeVar("Item")
# One in so many is left out.
_OFTEN = 15


def several(
    items: SearchStrategy[Item],
    least: int,
    most: int,
    identity: Callable[[Item], Hashable] | None = None,
) -> SearchStrategy[list[Item]]:
    """Lists of so many items, different ones where something tells which are the same.

    Hypothesis shortens lists from their end alone. Here each item is followed by whether it stays,
    so that whatever doesn't matter goes when a list is shrunk, wherever it stands.
    """
    if identity is None and least == most:
        return st.lists(items, min_size=least, max_size=most)
    pairs = st.tuples(items, st.integers(0, _OFTEN))
    if identity is None:
        return st.lists(pairs, min_size=least, max_size=most).map(partial(_staying, least))
    if least:
        made = st.lists(
            pairs, min_size=least, max_size=most, unique_by=lambda pair: identity(pair[0])
        )
        return made.map(partial(_staying, least))
    # What is drawn twice counts once: to draw it anew would keep it from being shrunk.
    made = st.lists(pairs, max_size=most)
    return made.map(lambda found: list({identity(i): i for i in _staying(0, found)}.values()))


def _staying(least: int, pairs: list[tuple[Item, int]]) -> list[Item]:
    """Return the items that stay, and as many of the others as the least length needs."""
    spare = len(pairs) - least
    kept = []
    for item, stays in pairs:
        if stays or spare <= 0:
            kept.append(item)
        else:
            spare -= 1
    return kept
