"""Series: items by their index, each with an id of its own."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from mock_server.generation.schema import Unsatisfiable
from mock_server.generation.series import Series


def series(draw: Callable[[str], Any], accepts: Any = lambda own: True, **more: Any) -> Series:
    return Series(draw, accepts, lambda index, own: own, **more)


def ids(found: Series, total: int) -> list[Any]:
    return [found.id_at(index) for index in range(found.limited(total))]


@pytest.mark.parametrize(
    ("drawn", "accepts"),
    [
        (7, lambda own: own > 0),
        ("ab12", lambda own: len(own) == 4),
        ("cus_Nff", lambda own: own.startswith("cus_")),
        ("a-b", lambda own: own.startswith("a-b")),
    ],
)
def test_where_the_same_is_drawn_again_and_again_ids_like_it_come_next(
    drawn: Any, accepts: Any
) -> None:
    found = ids(series(lambda seed: drawn, accepts), 90)
    assert len(set(found)) == len(found) == 90
    assert found[0] == drawn
    assert all(map(accepts, found))


def test_a_list_ends_where_its_ids_do() -> None:
    found = series(lambda seed: ["a", "b", "c"][int(seed[-1]) % 3], {"a", "b", "c"}.__contains__)
    assert sorted(ids(found, 100)) == ["a", "b", "c"]


def test_null_is_no_id() -> None:
    numbers = count()
    found = series(lambda seed: None if next(numbers) % 3 else f"{seed}!")
    assert None not in ids(found, 20)


def test_a_list_of_which_nothing_can_be_drawn_is_empty() -> None:
    def draw(seed: str) -> Any:
        raise Unsatisfiable("", "nothing fits")

    assert ids(series(draw), 5) == []


def test_ids_look_like_the_first_one_where_that_is_asked_for() -> None:
    numbers = count(40)
    found = series(lambda seed: f"T-{next(numbers)}", is_alike=True)
    assert ids(found, 3) == ["T-40", "T-41", "T-42"]


def test_an_item_is_found_by_its_id_and_by_a_number_as_text() -> None:
    found = series(lambda seed: int(seed) + 100)
    assert (found.index_of(104, 9), found.index_of("104", 9)) == (4, 4)
    assert found.index_of(104, 3) == found.index_of("x", 9) is None
