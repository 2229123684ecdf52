"""Leaves: what strings and numbers look like by format, name, pattern and bounds."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from mock_server import leaves
from mock_server.leaves import Fakes, Leaf, Source

SEEDS = [str(n) for n in range(25)]
FORMATS = [
    "date-time", "date", "time", "duration", "email", "idn-email", "hostname", "idn-hostname",
    "ipv4", "ipv6", "uri", "uri-reference", "iri", "iri-reference", "uri-template", "uuid",
    "json-pointer", "relative-json-pointer", "regex",
]  # fmt: skip


def judge(schema: dict[str, Any]) -> Any:
    """A second engine: jsonschema, in Python."""
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def drawn(leaf: Leaf, mode: str = "typical") -> list[Any]:
    fakes = Fakes()
    return [leaf(Source(seed, fakes, mode)) for seed in SEEDS]


def texts(schema: dict[str, Any], *hints: str, mode: str = "typical") -> list[str]:
    valid = jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid
    return drawn(leaves.text([schema], hints or ("",), valid), mode)


def numbers(schema: dict[str, Any], name: str = "", mode: str = "typical") -> list[float]:
    leaf = leaves.number([schema], [name], judge(schema).is_valid, schema["type"] == "integer")
    assert leaf is not None
    return drawn(leaf, mode)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("mode", ["typical", "minimal", "maximal", "boundary"])
def test_a_format_is_kept_in_every_mode(name: str, mode: str) -> None:
    schema = {"type": "string", "format": name}
    assert not [text for text in texts(schema, mode=mode) if not judge(schema).is_valid(text)]


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_more_than_its_validator_asks(name: str) -> None:
    assert len(set(texts({"type": "string", "format": name}))) > 1


def test_a_uuid_is_of_version_4_and_the_variant_that_strict_clients_accept() -> None:
    version_4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    assert all(map(version_4.fullmatch, texts({"format": "uuid"})))


def test_a_date_time_lies_in_a_fixed_window_and_ends_in_z() -> None:
    for name in ("created_at", "expires_at", "updatedAt", "anything"):
        for text in texts({"format": "date-time"}, name):
            assert "2024-01-01T00:00:00Z" <= text <= "2025-12-31T23:59:59Z", name
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text)


def test_bytes_are_base64() -> None:
    expected = re.compile(r"([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
    assert all(map(expected.fullmatch, texts({"format": "byte"})))
    assert all(map(expected.fullmatch, texts({"contentEncoding": "base64"})))


@pytest.mark.parametrize(
    ("limits"),
    [
        {"format": "email", "maxLength": 8},
        {"format": "uri", "maxLength": 12},
        {"format": "uri", "minLength": 60},
        {"format": "email", "minLength": 50},
        {"format": "hostname", "maxLength": 10, "minLength": 6},
    ],
    ids=str,
)
def test_a_format_keeps_a_length_too(limits: dict[str, Any]) -> None:
    schema = {"type": "string", **limits}
    assert not [text for text in texts(schema) if not judge(schema).is_valid(text)]


NAMES = [
    ("id", r"[0-9a-f-]{36}"),
    ("source_id", r"[0-9a-f-]{36}"),
    ("email", r"\S+@example\.com"),
    ("billing_email", r"\S+@example\.com"),
    ("first_name", r"[A-Z][a-z]+"),
    ("phone", r"\+1-\d{3}-555-01\d\d"),
    ("url", r"https://example\.com/\S+"),
    ("avatar", r"https://example\.com/images/\S+\.png"),
    ("currency", r"[A-Z]{3}"),
    ("country_code", r"[A-Z]{2}"),
    ("price", r"\d\d\.\d\d"),
    ("zip_code", r"\d{5}"),
    ("status", r"[a-z]+"),
    ("error", r"[a-z_]+"),
    ("message", r"[A-Z].+\."),
    ("code", r"[a-z_]+"),
    ("sort_code", r"\d\d-\d\d-\d\d"),
    ("sha", r"[0-9a-f]{40}"),
    ("branch", r"[a-z/.\d]+"),
    ("bucket_name", r"[a-z-]+-bucket"),
    ("object_key", r"\S+/\S+\.\w+"),
    ("object_keys", r"\S+/\S+\.\w+"),
    ("created_at", r"\d{4}-\d\d-\d\dT.*Z"),
    ("start_date", r"\d{4}-\d\d-\d\d"),
    ("birth_date", r"(19[5-9]|200)\d-\d\d-\d\d"),
    ("description", r"[A-Z].+\."),
    ("user.name", r"\S+ \S+"),
    ("AdminUser.name", r"\S+ \S+"),
    ("pet.name", r"[A-Z]\w+"),
]


@pytest.mark.parametrize(("name", "expected"), NAMES, ids=[name for name, _ in NAMES])
def test_a_name_tells_what_a_string_looks_like(name: str, expected: str) -> None:
    assert not [
        text for text in texts({"type": "string"}, name) if not re.fullmatch(expected, text)
    ]


@pytest.mark.parametrize("name", ["first_name", "created_at", "bucket_name", "country_code"])
def test_every_way_of_writing_a_name_means_the_same(name: str) -> None:
    first, *rest = name.split("_")
    camel = first + "".join(map(str.title, rest))
    for other in (name.replace("_", "-"), camel, camel[0].upper() + camel[1:], name.upper()):
        assert texts({"type": "string"}, other) == texts({"type": "string"}, name)


def test_a_person_has_one_name_in_one_record() -> None:
    fakes = Fakes()
    first, last, email, full = (
        leaves.text([{}], [name], lambda _: True)
        for name in ("first_name", "last_name", "email", "full_name")
    )
    source = Source("someone", fakes)
    assert full(source) == f"{first(source)} {last(source)}"
    assert email(source) == f"{first(source)}.{last(source)}@example.com".lower()


@pytest.mark.parametrize(
    ("plural", "one"),
    [("tags", "tag"), ("categories", "category"), ("boxes", "box"), ("addresses", "address"),
     ("status", "status"), ("address", "address"), ("id", "id")],
)  # fmt: skip
def test_a_list_is_named_for_many_of_what_it_holds(plural: str, one: str) -> None:
    assert leaves.singular(plural) == one


@pytest.mark.parametrize("limits", [(0, 3), (5, 5), (30, 40), (200, None)], ids=str)
@pytest.mark.parametrize("mode", ["typical", "minimal", "maximal", "boundary"])
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


PATTERNS = [
    r"^[A-Z]{3}-\d{4}$",
    r"^\w+@\w+\.com$",
    r"foo",
    r"^a.c$",
    r"^[^/]+/[^/]+$",
    r"^[^a-z]{4}$",
    r"^(?<year>\d{4})-(?<month>\d{2})$",
    r"^(ab|cd)\1$",
    r"^\/api\/v\d+$",
    r"^\p{L}+$",
    r"^\p{Lu}\p{Ll}{2,}$",
    r"^[\p{L}\p{N}_-]+$",
    r"^\u0041\x42\u{43}$",
    r"^[\w.+-]+$",
    r"^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$",
    r"^(?=.*\d)[a-z\d]{8,}$",
    r"^[[{(]+$",
    r"^\S{3}\s\D{2}\W$",
    r"^x{2,}y*z+?$",
    r"^$|^only$",
    r"^\$\{\w+\}$",
    r"^[a-z]{0,255}$",
    r"^arn:aws:[a-z0-9-]*:\d{12}$",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_is_found_in_every_string(pattern: str) -> None:
    schema = {"type": "string", "pattern": pattern}
    ecma = jsonschema_rs.Draft202012Validator(schema)
    assert not [text for text in texts(schema, "thing") if not ecma.is_valid(text)]


@pytest.mark.parametrize("low", [0, 5, 30])
def test_a_pattern_keeps_a_length_too(low: int) -> None:
    schema = {"pattern": "^[a-z]+$", "minLength": low, "maxLength": low + 2}
    assert not [text for text in texts(schema) if not judge(schema).is_valid(text)]


def test_a_pattern_that_python_cannot_read_makes_nothing_for_the_whole_to_be_refused() -> None:
    leaf = leaves.text([{"pattern": "(?i-:a)["}], ["status"], lambda _: False)
    assert set(drawn(leaf)) == {""}


def test_what_the_name_tells_is_kept_where_it_fits_the_pattern() -> None:
    cities = texts({"pattern": "^[A-Za-z ]+$"}, "city")
    assert cities == texts({}, "city")


def test_patterns_are_read_as_ecma_262_means_them() -> None:
    assert leaves.python_pattern(r"(?<a>\d)\k<a>\/") == r"(?P<a>\d)(?P=a)\/"
    assert leaves.python_pattern(r"(?<=a)b(?<!c)") == r"(?<=a)b(?<!c)"
    assert leaves.python_pattern("[^]") == r"[\s\S]"


def test_a_negated_class_gives_the_same_in_every_process() -> None:
    code = """
from mock_server.leaves import *
leaf = text([{"pattern": "^[^b]{9}$"}], [""], lambda _: True)
print([leaf(Source(str(n), Fakes())) for n in range(9)])
"""
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(runs) == 1


BOUNDS: Sequence[dict[str, Any]] = [
    {"type": "integer", "minimum": 5, "maximum": 7},
    {"type": "integer", "exclusiveMinimum": 5, "exclusiveMaximum": 7},
    {"type": "integer", "maximum": -10},
    {"type": "integer", "minimum": 10_000_000},
    {"type": "integer", "multipleOf": 7, "minimum": 50},
    {"type": "integer", "multipleOf": 2.5},
    {"type": "number", "minimum": 0.1, "maximum": 0.2},
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.001},
    {"type": "number", "minimum": 0.3, "maximum": 0.3},
    {"type": "number", "multipleOf": 0.01, "minimum": 1, "maximum": 20},
    {"type": "number", "minimum": 1e20},
    {"type": "number", "exclusiveMinimum": 1e-15, "maximum": 2e-15},
]


@pytest.mark.parametrize("schema", BOUNDS, ids=str)
@pytest.mark.parametrize("mode", ["typical", "minimal", "maximal", "boundary"])
def test_a_number_keeps_its_bounds(schema: dict[str, Any], mode: str) -> None:
    wrong = [n for n in numbers(schema, "price", mode) if not judge(schema).is_valid(n)]
    assert not wrong


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("age", 18, 90), ("price", 1, 500), ("latitude", -90, 90), ("duration_ms", 50, 90_000),
     ("page", 1, 5), ("totalCount", 1, 200), ("http-status", 200, 204), ("rating", 1, 5)],
)  # fmt: skip
def test_a_name_tells_where_a_number_lies(name: str, low: int, high: int) -> None:
    assert all(low <= n <= high for n in numbers({"type": "number"}, name))


def test_money_has_two_digits_and_an_integer_none() -> None:
    assert any(n != int(n) for n in numbers({"type": "number"}, "price"))
    assert all(round(n, 2) == n for n in numbers({"type": "number"}, "price"))
    assert all(isinstance(n, int) for n in numbers({"type": "integer"}, "price"))


def test_an_integer_that_tells_a_time_is_in_unix_seconds() -> None:
    assert all(
        1_704_067_200 <= n < 1_767_225_600 for n in numbers({"type": "integer"}, "created_at")
    )


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("int32", -(2**31), 2**31 - 1), ("int64", -(2**63), 2**63 - 1)],
)
def test_boundary_integers_reach_the_ends_of_their_format(name: str, least: int, most: int) -> None:
    found = numbers({"type": "integer", "format": name}, mode="boundary")
    assert (min(found), max(found)) == (least, most)


def test_no_number_is_made_where_none_lies_between_the_bounds() -> None:
    raws = [{"minimum": 5}, {"maximum": 4}]
    assert leaves.number(raws, [""], lambda _: True, integer=False) is None


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
    leaf = leaves.by_faker([{"x-faker": asked}], lambda _: "otherwise", lambda _: True)
    assert all(re.fullmatch(expected, text) for text in drawn(leaf))


@pytest.mark.parametrize(
    "asked",
    [
        "no.such",
        "seed_instance",
        "__class__",
        "date_this_year",
        "words",
        "enum",
        "",
        7,
        "add_provider",
    ],
)
def test_an_x_faker_that_is_unknown_or_reads_the_clock_is_ignored(asked: Any) -> None:
    leaf = leaves.by_faker([{"x-faker": asked}], lambda _: "otherwise", lambda _: True)
    assert set(drawn(leaf)) == {"otherwise"}


def test_an_x_faker_whose_value_does_not_fit_is_ignored() -> None:
    leaf = leaves.by_faker([{"x-faker": "email"}], lambda _: 7, lambda value: value == 7)
    assert set(drawn(leaf)) == {7}


def test_two_sources_of_one_seed_draw_alike() -> None:
    one, other = Source("seed", Fakes()), Source("seed", Fakes())
    assert [one.random() for _ in range(5)] == [other.random() for _ in range(5)]
    assert one.somebody() == other.somebody()


def test_a_seed_may_be_any_text() -> None:
    assert Source("\ud800\U0001f600", Fakes()).hexes(8)
