"""`x-faker` names what to make up, as faker.js or Faker call it, with arguments."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest

from mock_server.generation.values.faker_js import METHODS
from mock_server.generation.values.fakes import Fakes
from mock_server.generation.values.random_source import Source
from mock_server.generation.values.x_faker import faker_fault, faker_leaf
from tests.helpers.drawing import SEEDS
from tests.helpers.values import many

NAMED = [
    ("internet.email", r"\S+@\S+"),
    ("name.firstName", r"[A-Z]\S+"),
    ("person.fullName", r"\S+ \S+"),
    ("email", r"\S+@\S+"),
    ("string.uuid", r"[0-9a-f-]{36}"),
    ("phone.number", r"\+1-.+"),
    ("date.past", r"202[45]-.*Z"),
    ("date.future", r"20[5-9]\d-.*Z"),
    ("location.zipCode", r"\d{5}"),
    ("address.zipCode", r"\d{5}"),
    ("ean13", r"\d{13}"),
    ("date_this_year", r"202[45]-\d\d-\d\d"),
    ("date_of_birth", r"(19|20)\d\d-\d\d-\d\d"),
    ("finance.amount", r"\d+\.\d\d"),
    ("image.avatar", r"http://localhost/_files/.+"),
    ({"helpers.arrayElement": [["p", "q"]]}, "p|q"),
    ({"random.arrayElement": [["p", "q"]]}, "p|q"),
    ({"helpers.weightedArrayElement": [[{"weight": 1, "value": "w"}]]}, "w"),
    ({"helpers.fromRegExp": "[a-c]{3}-x"}, "[a-c]{3}-x"),
    ({"helpers.replaceSymbols": ["##-??"]}, r"\d\d-[A-Z]{2}"),
    ({"helpers.fake": ["{{person.lastName}} & {{company.companySuffix}}"]}, r"\S+ & \S+( \S+)?"),
    ({"string.alpha": {"length": 5, "casing": "upper"}}, "[A-Z]{5}"),
    ({"string.numeric": 4}, r"\d{4}"),
    ({"string.alphanumeric": {"length": {"min": 2, "max": 3}}}, "[a-z0-9]{2,3}"),
    ({"lorem.words": 2}, r"\w+ \w+"),
    ({"commerce.price": {"min": 10, "max": 11, "dec": 1, "symbol": "$"}}, r"\$1[01]\.\d"),
    ({"date.between": {"from": "2030-01-01", "to": "2030-12-31"}}, "2030-.*Z"),
    ({"date.birthdate": {"min": 18, "max": 20, "mode": "age"}}, "200[4-6]-.*"),
    ({"numerify": ["A##"]}, r"A\d\d"),
    ({"bothify": {"text": "##??", "letters": "Z"}}, r"\d\dZZ"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "expected"), NAMED, ids=str)
def test_a_string_is_what_the_name_says(asked: Any, expected: str) -> None:
    values = many({"type": "string", "x-faker": asked}, 20)
    assert not [text for text in values if not re.fullmatch(expected, text)]


FROM_5_TO_6 = {"min": 5, "max": 6}


@pytest.mark.parametrize("schema", [
    {"type": "integer", "x-faker": {"number.int": {"min": 5, "max": 6}}},
    {"type": "integer", "x-faker": {"datatype.number": {"min": 5, "max": 6}}},
    {"type": "integer", "x-faker": {"random_int": {"min": 5, "max": 6}}},
    {"type": ["integer", "null"], "x-faker": {"number.int": {"min": 5, "max": 6}}},
    {"type": "number", "x-faker": {"number.float": {"min": 5, "max": 6, "fractionDigits": 1}}},
    {"anyOf": [{"type": "integer"}, {"type": "null"}], "x-faker": {"number.int": FROM_5_TO_6}},
    {"type": "integer", "x-faker": {"number.int": {"min": 5, "max": 7, "multipleOf": 5}}},
], ids=str)  # fmt: skip
def test_a_number_is_what_the_name_says(schema: Any) -> None:
    assert all(5 <= number <= 6 for number in many(schema, 20))


def test_other_types_are_what_the_name_says_too() -> None:
    assert set(many({"type": "boolean", "x-faker": {"datatype.boolean": 1}})) == {True}
    elements = {"helpers.arrayElements": [["a", "b", "c"], 2]}
    for value in many({"type": "array", "items": {}, "x-faker": elements}, 9):
        assert len(set(value)) == 2 and set(value) < {"a", "b", "c"}


@pytest.mark.parametrize("form", ["date-time", "date"])
def test_a_moment_fits_its_format(form: str) -> None:
    for value in many({"type": "string", "format": form, "x-faker": "date.future"}, 9):
        assert datetime.fromisoformat(value).year >= 2050
    for value in many({"type": "integer", "x-faker": "date.future"}, 9):
        assert datetime.fromtimestamp(value).year >= 2049


def test_the_company_of_a_name_is_no_person() -> None:
    names = many({"type": "string", "x-faker": "company.name"})
    assert not [name for name in names if re.match(r"(Dr|Mr|Mrs|Ms)\. ", name)]
    assert any(re.search(r"Inc|LLC|Ltd|Group|PLC|, | and |-", name) for name in names)


def test_a_value_that_does_not_fit_is_not_taken() -> None:
    assert all(isinstance(n, int) for n in many({"type": "integer", "x-faker": "internet.email"}))
    assert all(len(t) <= 3 for t in many({"type": "string", "maxLength": 3, "x-faker": "email"}))


UNKNOWN: list[Any] = [
    "no.such", "person.noSuch", "seed_instance", "__class__", "__str__", "add_provider", "enum", "",
    7, [], {}, {"a": 1, "b": 2}, {"number.int": {"min": 6, "max": 5}}, {"helpers.arrayElement": []},
    {"helpers.arrayElement": "p"}, {"helpers.fromRegExp": "(("}, {"number.int": "many"},
    {"date.between": {"from": "never"}}, {"helpers.fake": "{{no.such}}"}, {"random_int": {"x": 1}},
    {"string.alpha": -1},
]  # fmt: skip


@pytest.mark.parametrize("asked", UNKNOWN, ids=str)
def test_what_is_unknown_is_ignored_and_there_is_a_reason(asked: Any) -> None:
    assert faker_fault(asked, Fakes())
    assert set(many({"type": "string", "x-faker": asked}, 20)) <= set(many({"type": "string"}, 20))


@pytest.mark.parametrize("name", METHODS)
def test_every_name_of_faker_js_makes_values_that_the_seed_decides(name: str) -> None:
    given = {
        "array_element": [["a"]], "random_array_element": [["a"]], "enum_value": [["a"]],
        "array_elements": [["a"]], "shuffle": [["a"]], "unique_array": [["a"]],
        "weighted_array_element": [[{"weight": 1, "value": 1}]], "object_key": [{"a": 1}],
        "object_value": [{"a": 1}], "between": [{"from": "2024-01-01", "to": "2024-02-01"}],
    }.get(name.rpartition(".")[2])  # fmt: skip
    asked = name if given is None else {name: given}
    fakes = Fakes()
    assert faker_fault(asked, fakes) is None
    leaf = faker_leaf([{"x-faker": asked}])
    assert leaf is not None
    for seed in SEEDS[:3]:
        assert leaf(Source(seed, fakes)) == leaf(Source(seed, fakes))
