"""What large values and many schemas cost stays within bounds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mock_server.schemas.slices import MOST_EXPLAINED
from tests.helpers.large_schemas import (
    LARGE,
    large_wrong_value,
    linked_schemas,
    schemas_inside_schemas,
    wrong_tree,
)
from tests.helpers.memory import taken_by


@pytest.mark.parametrize("name", LARGE)
def test_a_large_wrong_value_is_told_in_bounded_effort_and_memory(name: str) -> None:
    (count, effort), mebibytes = taken_by(large_wrong_value, name)
    assert 1 <= count <= 3 * MOST_EXPLAINED
    assert effort < 400 * MOST_EXPLAINED
    assert mebibytes < 100


@pytest.mark.parametrize("kinds", [2, 5, 30])
@pytest.mark.parametrize("levels", [2, 5, 12, 60])
def test_a_wrong_tree_of_alternatives_is_told_in_bounded_memory(kinds: int, levels: int) -> None:
    """The ways through alternatives in alternatives are as many as kinds to the power of levels."""
    (message,), mebibytes = taken_by(wrong_tree, kinds, levels)
    assert message.startswith("the body ")
    assert "alternatives" in message
    assert mebibytes < 60


def test_many_linked_schemas_take_little_memory_once_all_are_in_use() -> None:
    """The engine compiles anew for each schema all that it refers to: here that is all the rest."""
    _, mebibytes = taken_by(linked_schemas)
    assert mebibytes < 30


def test_what_schemas_are_made_of_is_compiled_with_them() -> None:
    """The engine compiles all that a schema refers to with it: with each of many, that is much."""
    _, mebibytes = taken_by(schemas_inside_schemas)
    assert mebibytes < 50


def test_what_was_had_before_hides_nothing() -> None:
    assert len(b"x" * 200 * MEBIBYTE) == 200 * MEBIBYTE
    _, mebibytes = taken_by(filling, 100)
    assert 95 < mebibytes < 130


MEBIBYTE = 2**20


def filling(mebibytes: int) -> Callable[[], int]:
    return lambda: len(b"x" * mebibytes * MEBIBYTE)
