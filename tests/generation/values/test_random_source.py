"""What leaves draw from is the same for the same seed."""

from __future__ import annotations

from mock_server.generation.values.fakes import Fakes
from mock_server.generation.values.random_source import Source
from mock_server.generation.values.strings import string


def test_two_sources_of_one_seed_draw_alike() -> None:
    one, other = Source("seed", Fakes()), Source("seed", Fakes())
    assert [one.random() for _ in range(5)] == [other.random() for _ in range(5)]
    assert one.somebody() == other.somebody()


def test_a_seed_may_be_any_text() -> None:
    assert Source("\ud800\U0001f600", Fakes()).hexes(8)


def test_a_person_has_one_name_in_one_record() -> None:
    fakes = Fakes()
    first, last, email, full = (
        string([{}], [name], lambda _: True)
        for name in ("first_name", "last_name", "email", "full_name")
    )
    source = Source("someone", fakes)
    assert full(source) == f"{first(source)} {last(source)}"
    assert email(source) == f"{first(source)}.{last(source)}@example.com".lower()
