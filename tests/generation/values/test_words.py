"""Names are taken apart into words, however they are written."""

from __future__ import annotations

import pytest

from mock_server.generation.values.words import by_name, plain, singular, table, words_of
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
        ("line2", ["line2"]),
        ("addressLine2", ["address", "line2"]),
        ("MD5", ["md5"]),
        ("sha256_hash", ["sha256", "hash"]),
        ("b64_json", ["b64", "json"]),
        ("line_2", ["line", "2"]),
        ("2nd_line", ["2", "nd", "line"]),
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


def test_a_number_in_a_name_is_part_of_it_or_counts() -> None:
    entries = table(("md5", "a hash"), ("line", "a line"), ("line2", "the second line"))
    for name in ("md5", "MD5", "fileMd5", "file_md5", "md_5"):
        assert by_name(entries, name) == "a hash"
    for name in ("line2", "addressLine2", "address_line_2", "LINE2"):
        assert by_name(entries, name) == "the second line"
    assert by_name(entries, "line3") == "a line"
    assert by_name(entries, "md") is None


def test_plain_names_are_the_same_however_a_number_is_written() -> None:
    assert plain("line2") == plain("line_2") == plain("line-2") == plain("Line2") == "line2"
