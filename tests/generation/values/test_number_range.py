"""The values that bounds and steps let through."""

from __future__ import annotations

from fractions import Fraction

import pytest

from mock_server.generation.values.number_range import NumberRange, Range

GRIDS = [
    ({"minimum": 1, "maximum": 3}, Fraction(1), [1, 2, 3]),
    ({"exclusiveMinimum": 1, "exclusiveMaximum": 3}, Fraction(1), [2]),
    ({"minimum": 0.1, "maximum": 0.3}, Fraction(1, 10), [0.1, 0.2, 0.3]),
    ({"minimum": -7, "maximum": 7}, Fraction(5), [-5, 0, 5]),
    ({"minimum": 1.2, "maximum": 1.8}, Fraction(1), []),
]


@pytest.mark.parametrize(("raw", "step", "values"), GRIDS, ids=str)
def test_the_multiples_within_the_bounds_are_on_it(
    raw: dict[str, float], step: Fraction, values: list[float]
) -> None:
    grid = NumberRange.of([raw], step)
    assert grid.low is not None
    assert grid.high is not None
    assert grid.empty is not bool(values)
    assert [grid.at(count) for count in range(grid.low, grid.high + 1)] == values


@pytest.mark.parametrize(
    ("raw", "named", "usual"),
    [
        ({}, None, (0, 1_000)),
        ({}, (18, 90, 0), (18, 90)),
        ({"minimum": 50}, (18, 90, 0), (50, 90)),
        ({"minimum": 500}, (18, 90, 0), (500, 1_500)),
        ({"maximum": -10}, None, (-1_010, -10)),
        ({"minimum": 3, "maximum": 8}, None, (3, 8)),
    ],
    ids=str,
)
def test_everyday_values_lie_where_the_name_says_or_near_zero(
    raw: dict[str, float], named: Range | None, usual: tuple[int, int]
) -> None:
    assert NumberRange.of([raw], Fraction(1)).usual(named) == usual
