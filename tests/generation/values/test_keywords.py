"""Several schemas that apply together."""

from __future__ import annotations

import pytest

from mock_server.generation.values.keywords import SizeLimits

LIMITS = [
    ([], 5, 5),
    ([{"minLength": 7}], 5, 7),
    ([{"maxLength": 3}], 5, 3),
    ([{"minLength": 2}, {"minLength": 4}], 3, 4),
    ([{"maxLength": 9}, {"maxLength": 4}], 6, 4),
    ([{"minLength": 2.0, "maxLength": 6.0}], 9, 6),
    ([{"minItems": 7}], 5, 5),
]


@pytest.mark.parametrize(("raws", "count", "nearest"), LIMITS, ids=str)
def test_the_tightest_limits_hold(raws: list[dict[str, float]], count: int, nearest: int) -> None:
    assert SizeLimits.of(raws, "Length").clamped(count) == nearest


def test_limits_that_contradict_each_other_leave_nothing() -> None:
    assert SizeLimits.of([{"minItems": 3}, {"maxItems": 2}], "Items").empty
    assert not SizeLimits.of([{"minItems": 3}, {"maxItems": 3}], "Items").empty
    assert not SizeLimits.of([{"minItems": 3}], "Items").empty
