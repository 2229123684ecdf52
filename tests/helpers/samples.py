"""Examples of what a strategy of Hypothesis draws, the same in each run."""

from __future__ import annotations

from typing import Any

from hypothesis import Phase, given, settings
from hypothesis.strategies import SearchStrategy


def samples(strategy: SearchStrategy[Any], count: int = 100) -> list[Any]:
    """So many examples, in the order in which they are drawn."""
    found: list[Any] = []

    @settings(max_examples=count, derandomize=True, database=None, phases=[Phase.generate])
    @given(strategy)
    def draw(value: Any) -> None:
        found.append(value)

    draw()
    return found
