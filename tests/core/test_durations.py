"""Lengths of time are read as people write them."""

from __future__ import annotations

from random import Random
from statistics import median

import pytest

from mock_server.core.durations import parse_duration, read_delay

LENGTHS = {"250ms": 0.25, "2s": 2, "1.5s": 1.5, "5m": 300, "1h": 3600, "1d": 86_400, "0s": 0}
WRONG = ["", "5", "s", "-2s", "2 s", "2S", "1e3s", "٣s", "1h30m", "2s "]


@pytest.mark.parametrize("text", LENGTHS)
def test_a_number_with_a_unit_is_a_length_of_time(text: str) -> None:
    assert parse_duration(text) == pytest.approx(LENGTHS[text])


@pytest.mark.parametrize("text", WRONG)
def test_anything_else_is_refused_with_what_was_expected(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no length of time; expected .* 250ms, 2s, 5m"):
        parse_duration(text)


@pytest.mark.parametrize("text", [*WRONG, "1s..", "1s~", "~1", "1s..2", "1s...2s", "1s~x"])
def test_what_is_no_delay_is_refused_with_what_was_expected(text: str) -> None:
    with pytest.raises(ValueError, match=r"no delay; expected .* 100ms\.\.500ms, .* 250ms~0\.4"):
        read_delay(text)


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before it begins"):
        read_delay("2s..1s")


def test_a_fixed_delay_is_always_the_same() -> None:
    delay, random = read_delay("250ms"), Random(1)
    assert {delay.seconds(random) for _ in range(20)} == {0.25}


def test_a_range_is_met_anywhere_in_it() -> None:
    delay, random = read_delay("100ms..500ms"), Random(1)
    waits = [delay.seconds(random) for _ in range(500)]
    assert min(waits) < 0.15 < 0.45 < max(waits)
    assert all(0.1 <= wait <= 0.5 for wait in waits)


def test_a_spread_delay_has_its_median_and_a_long_tail() -> None:
    delay, random = read_delay("250ms~0.5"), Random(1)
    waits = sorted(delay.seconds(random) for _ in range(2_000))
    assert median(waits) == pytest.approx(0.25, rel=0.1)
    assert waits[-1] / 0.25 > 2 * (0.25 / waits[0]) ** 0.5
    assert waits[0] > 0


def test_the_same_seed_gives_the_same_waits() -> None:
    delay = read_delay("1s~0.4")
    first, second = Random(7), Random(7)
    assert [delay.seconds(first) for _ in range(5)] == [delay.seconds(second) for _ in range(5)]
