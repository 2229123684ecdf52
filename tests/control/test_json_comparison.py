"""JSON compared as WireMock's `equalToJson` does, within limits that the refusal names."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.control.json_comparison import MOST_DEPTH, MOST_PAIRS, Comparison, TooMuch


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def test_a_wanted_value_may_be_so_deep_and_no_deeper() -> None:
    for any_order in (True, False):
        assert Comparison(nested(MOST_DEPTH), any_order, False).holds(nested(MOST_DEPTH))
        assert not Comparison(nested(MOST_DEPTH), any_order, True).holds(nested(1_000))
    with pytest.raises(TooMuch, match=str(MOST_DEPTH)):
        Comparison(nested(MOST_DEPTH + 1), False, False)
    with pytest.raises(TooMuch):
        Comparison({"a": {"b": nested(MOST_DEPTH)}}, False, False)


def test_a_long_list_in_any_order_is_compared_within_the_limit() -> None:
    numbers = list(range(900))
    assert Comparison(numbers, True, False).holds(numbers[::-1])
    many = list(range(2_000))
    with pytest.raises(TooMuch, match=f"{MOST_PAIRS:,}"):
        Comparison(many, True, False).holds(many[::-1])
    assert Comparison(many, False, False).holds(list(many)), "in order it is one look"


def test_each_body_has_the_limit_for_itself() -> None:
    numbers = list(range(900))
    compared = Comparison(numbers, True, False)
    assert all(compared.holds(numbers[::-1]) for _ in range(3))
