"""The formats of OpenAPI's registry are kept, on strings and on numbers, in every mode."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import datetime, time
from decimal import Decimal
from email.utils import format_datetime, parsedate_to_datetime
from ipaddress import IPv4Network, IPv6Network
from typing import Any

import pytest

from mock_server.generation.values.fakes import Fakes
from mock_server.generation.values.formats import EXPRESSIONS
from mock_server.generation.values.keywords import SizeLimits
from mock_server.generation.values.random_source import Source
from mock_server.generation.values.regex_pool import Pool
from tests.helpers.drawing import MODES, texts
from tests.helpers.values import many


def is_http_date(text: str) -> bool:
    return format_datetime(parsedate_to_datetime(text), usegmt=True) == text


def is_base64(text: str) -> bool:
    return base64.b64encode(base64.b64decode(text, validate=True)).decode() == text


def is_base64url(text: str) -> bool:
    padded = text + "=" * (-len(text) % 4)
    return base64.urlsafe_b64encode(base64.urlsafe_b64decode(padded)).decode() == padded


def is_integer(low: int, high: int) -> Callable[[str], bool]:
    return lambda text: str(int(text)) == text and low <= int(text) <= high


def of_form(pattern: str) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(pattern, text, re.ASCII) is not None


TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
WIDTHS = (8, 16, 32, 64)
INTEGERS = {
    **{f"int{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in WIDTHS},
    **{f"uint{bits}": (0, 2**bits - 1) for bits in WIDTHS},
    "double-int": (-(2**53 - 1), 2**53 - 1),
    "sf-integer": (-(10**15 - 1), 10**15 - 1),
}
# https://spec.openapis.org/registry/format/, without what JSON Schema itself has.
TEXTS: dict[str, Callable[[str], Any]] = {
    **{name: is_integer(*limits) for name, limits in INTEGERS.items()},
    "unixtime": lambda text: int(text) >= 0,
    "decimal": lambda text: of_form(r"-?\d+(\.\d+)?")(text),
    "decimal128": lambda text: len(Decimal(text).as_tuple().digits) <= 34,
    "double": lambda text: float(text) < float("inf"),
    "float": lambda text: abs(float(text)) <= 3.4028234663852886e38,
    "base64url": is_base64url,
    "byte": lambda text: is_base64(text),
    "char": lambda text: len(text) == 1,
    "date-time-local": lambda text: datetime.fromisoformat(text).tzinfo is None and "T" in text,
    "time-local": lambda text: time.fromisoformat(text).tzinfo is None,
    "http-date": is_http_date,
    "ipv4-cidr": lambda text: str(IPv4Network(text)) == text,
    "ipv6-cidr": lambda text: str(IPv6Network(text)) == text,
    "language": of_form(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?(-\w{4,8})*"),
    "media-range": of_form(rf"(\*/\*|{TOKEN}/\*|{TOKEN}/{TOKEN})(;{TOKEN}={TOKEN})*"),
    "sf-binary": lambda text: text[0] == text[-1] == ":" and is_base64(text[1:-1]),
    "sf-boolean": of_form(r"\?[01]"),
    "sf-decimal": of_form(r"-?\d{1,12}\.\d{1,3}"),
    "sf-string": of_form(r'"([ !#-\[\]-~]|\\["\\])*"'),
    "sf-token": of_form(r"[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*"),
    "html": lambda text: isinstance(text, str),
    "commonmark": lambda text: isinstance(text, str),
    "password": lambda text: isinstance(text, str),
    "binary": lambda text: isinstance(text, str),
}  # fmt: skip
FREE = {"html", "commonmark", "password", "binary"}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_of_its_format_in_every_mode(name: str, mode: str) -> None:
    made = texts({"type": "string", "format": name}, mode=mode)
    assert [text for text in made if not TEXTS[name](text)] == []


@pytest.mark.parametrize("name", TEXTS)
def test_a_format_has_more_than_one_text(name: str) -> None:
    assert len(set(texts({"type": "string", "format": name}))) > 1


@pytest.mark.parametrize("name", sorted(TEXTS.keys() - FREE))
def test_what_is_of_the_form_is_of_the_format(name: str) -> None:
    pool = Pool([EXPRESSIONS[name]], SizeLimits(0, None), lambda _: True)
    made = [pool.draw(Source(str(n), Fakes())) for n in range(60)]
    assert [text for text in made if not TEXTS[name](text)] == []


LIMITED = [
    ("int64", {"maxLength": 3}),
    ("int64", {"minLength": 12}),
    ("decimal", {"minLength": 9, "maxLength": 9}),
    ("base64url", {"minLength": 40}),
    ("sf-token", {"minLength": 30}),
    ("sf-string", {"maxLength": 5}),
    ("http-date", {"maxLength": 29, "minLength": 29}),
    ("uint8", {"pattern": "^2"}),
    ("date-time-local", {"pattern": "T00:"}),
    ("sf-boolean", {"pattern": "1$"}),
]


@pytest.mark.parametrize(("name", "limits"), LIMITED, ids=str)
@pytest.mark.parametrize("mode", MODES)
def test_a_format_is_kept_beside_limits_and_patterns(name: str, limits: Any, mode: str) -> None:
    schema = {"type": "string", "format": name, **limits}
    made = texts(schema, mode=mode)
    assert [text for text in made if not TEXTS[name](text)] == []
    assert all(limits.get("minLength", 0) <= len(text) for text in made)
    assert all(len(text) <= limits.get("maxLength", 100) for text in made)
    assert all(re.search(limits.get("pattern", ""), text) for text in made)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", ["integer", "number"])
@pytest.mark.parametrize("name", INTEGERS)
def test_a_number_is_within_its_format(name: str, kind: str, mode: Any) -> None:
    low, high = INTEGERS[name]
    made = many({"type": kind, "format": name}, 40, mode=mode)
    assert all(low <= number <= high and number == int(number) for number in made)
    if mode == "boundary" and name not in ("int64", "uint64"):
        assert {low, high} <= set(made)


@pytest.mark.parametrize("name", ["decimal", "decimal128", "sf-decimal", "double", "float"])
@pytest.mark.parametrize("mode", MODES)
def test_a_number_with_a_fraction_is_within_its_format(name: str, mode: Any) -> None:
    made = many({"type": "number", "format": name}, 40, mode=mode)
    most = {"sf-decimal": 10.0**12, "float": 3.5e38}.get(name, 1.8e308)
    assert all(abs(number) < most for number in made)


@pytest.mark.parametrize("name", ["unixtime", "unix-time"])
@pytest.mark.parametrize("kind", ["integer", "number", "string"])
def test_a_unix_time_is_a_moment_of_these_years(name: str, kind: str) -> None:
    made = [int(value) for value in many({"type": kind, "format": name})]
    assert all(2024 <= datetime.fromtimestamp(value).year <= 2026 for value in made)


def test_the_text_of_a_number_is_what_its_name_tells() -> None:
    schema = {"properties": {"page": {"type": "string", "format": "int32"}}}
    assert {value["page"] for value in many(schema)} <= {"1", "2", "3", "4", "5"}
