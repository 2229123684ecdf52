"""Moments lie in a window that is the same every day."""

from __future__ import annotations

import re

import pytest

from tests.helpers.drawing import numbers, texts


def test_a_date_time_lies_in_a_fixed_window_and_ends_in_z() -> None:
    for name in ("created_at", "expires_at", "updatedAt", "anything"):
        for text in texts({"format": "date-time"}, name):
            assert "2024-01-01T00:00:00Z" <= text <= "2025-12-31T23:59:59Z", name
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text)


def test_an_integer_that_tells_a_time_is_in_unix_seconds() -> None:
    assert all(
        1_704_067_200 <= n < 1_767_225_600 for n in numbers({"type": "integer"}, "created_at")
    )


@pytest.mark.parametrize(
    ("sooner", "later"),
    [
        ("created_at", "startedAt"),
        ("started_at", "updated_at"),
        ("updatedAt", "finished-at"),
        ("closed_at", "expires_at"),
    ],
)
def test_a_stage_comes_after_the_one_before_it(sooner: str, later: str) -> None:
    first, second = (texts({"format": "date-time"}, name) for name in (sooner, later))
    assert all(one < other for one, other in zip(first, second, strict=True))


def test_a_birth_lies_before_the_window() -> None:
    assert all("1955" <= text[:4] <= "2005" for text in texts({"format": "date"}, "birth_date"))
