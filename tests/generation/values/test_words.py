"""Names are taken apart into words, however they are written."""

from __future__ import annotations

import pytest

from mock_server.generation.values.words import by_name, singular, table, words_of
from tests.helpers.drawing import texts


@pytest.mark.parametrize("name", ["first_name", "created_at", "bucket_name", "country_code"])
def test_every_way_of_writing_a_name_means_the_same(name: str) -> None:
    first, *rest = name.split("_")
    camel = first + "".join(map(str.title, rest))
    for other in (name.replace("_", "-"), camel, camel[0].upper() + camel[1:], name.upper()):
        assert texts({"type": "string"}, other) == texts({"type": "string"}, name)


@pytest.mark.parametrize(
    ("plural", "one"),
    [("tags", "tag"), ("categories", "category"), ("boxes", "box"), ("addresses", "address"),
     ("status", "status"), ("address", "address"), ("id", "id")],
)  # fmt: skip
def test_a_list_is_named_for_many_of_what_it_holds(plural: str, one: str) -> None:
    assert singular(plural) == one


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("createdAt", ["created", "at"]),
        ("HTTPStatus", ["http", "status"]),
        ("line2", ["line", "2"]),
        ("x-request-id", ["x", "request", "id"]),
        ("", []),
        ("é", []),
    ],
)
def test_a_name_is_made_of_words(name: str, words: list[str]) -> None:
    assert words_of(name) == words


def test_the_longest_end_of_a_name_tells_most() -> None:
    entries = table(("id", "an id"), ("tax_id reference", "a number"))
    assert by_name(entries, "companyTaxId") == "a number"
    assert by_name(entries, "company_id") == "an id"
    assert by_name(entries, "references") == "a number"
    assert by_name(entries, "idea") is None
