"""`x-faker` is understood as faker.js and Faker call things."""

from __future__ import annotations

import re
from typing import Any

import pytest

from mock_server.generation.values.x_faker import by_faker
from tests.helpers.drawing import drawn


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("internet.email", r"\S+@\S+"),
        ("name.firstName", r"[A-Z]\S+"),
        ("person.fullName", r"\S+ \S+"),
        ("email", r"\S+@\S+"),
        ("string.uuid", r"[0-9a-f-]{36}"),
        ("phone.number", r"\+1-.+"),
        ("date.past", r"202[45]-.*Z"),
        ("location.zipCode", r"\d{5}"),
        ("ean13", r"\d{13}"),
    ],
)
def test_x_faker_is_understood_as_faker_js_and_faker_call_things(asked: str, expected: str) -> None:
    leaf = by_faker([{"x-faker": asked}], lambda _: "otherwise", lambda _: True)
    assert all(re.fullmatch(expected, text) for text in drawn(leaf))


@pytest.mark.parametrize(
    "asked",
    [
        "no.such",
        "seed_instance",
        "__class__",
        "__str__",
        "date_this_year",
        "year",
        "unix_time",
        "words",
        "enum",
        "",
        7,
        "add_provider",
    ],
)
def test_an_x_faker_that_is_unknown_or_reads_the_clock_is_ignored(asked: Any) -> None:
    leaf = by_faker([{"x-faker": asked}], lambda _: "otherwise", lambda _: True)
    assert set(drawn(leaf)) == {"otherwise"}


def test_an_x_faker_whose_value_does_not_fit_is_ignored() -> None:
    leaf = by_faker([{"x-faker": "email"}], lambda _: 7, lambda value: value == 7)
    assert set(drawn(leaf)) == {7}
