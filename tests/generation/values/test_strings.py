"""Strings keep their limits, and some are awkward on purpose."""

from __future__ import annotations

import pytest

from tests.helpers.drawing import MODES, texts


@pytest.mark.parametrize("limits", [(0, 3), (5, 5), (30, 40), (200, None)], ids=str)
@pytest.mark.parametrize("mode", MODES)
def test_a_string_keeps_its_length(limits: tuple[int, int | None], mode: str) -> None:
    low, high = limits
    schema = {"minLength": low} | ({} if high is None else {"maxLength": high})
    lengths = [len(text) for text in texts(schema, "description", mode=mode)]
    assert min(lengths) >= low
    assert high is None or max(lengths) <= high


def test_boundary_strings_are_empty_long_right_to_left_and_astral() -> None:
    found = texts({"type": "string"}, mode="boundary")
    assert "" in found
    assert max(map(len, found)) == 1_000
    assert any("ש" in text for text in found)
    assert any(max(text, default="") > "\uffff" for text in found)


def test_what_the_name_tells_is_kept_where_it_fits_the_pattern() -> None:
    cities = texts({"pattern": "^[A-Za-z ]+$"}, "city")
    assert cities == texts({}, "city")
