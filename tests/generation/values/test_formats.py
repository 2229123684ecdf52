"""A format is kept, in every mode and beside other limits."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.helpers.drawing import MODES, texts, wrong

FORMATS = [
    "date-time", "date", "time", "duration", "email", "idn-email", "hostname", "idn-hostname",
    "ipv4", "ipv6", "uri", "uri-reference", "iri", "iri-reference", "uri-template", "uuid",
    "json-pointer", "relative-json-pointer", "regex",
]  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("mode", MODES)
def test_a_format_is_kept_in_every_mode(name: str, mode: str) -> None:
    schema = {"type": "string", "format": name}
    assert not wrong(schema, texts(schema, mode=mode))


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_more_than_its_validator_asks(name: str) -> None:
    assert len(set(texts({"type": "string", "format": name}))) > 1


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
    assert not wrong(schema, texts(schema))


@pytest.mark.parametrize(("name", "expected"), [("iban", r"[A-Z]{2}\d{2}\w+"), ("color", "#.{6}")])
def test_a_format_that_nobody_knows_may_be_what_a_name_tells(name: str, expected: str) -> None:
    assert all(re.fullmatch(expected, text) for text in texts({"format": name}))


def test_the_address_of_a_picture_looks_like_one() -> None:
    for name in ("avatar", "profile_picture", "image.link"):
        made = texts({"format": "uri"}, name)
        assert all(text.endswith((".png", ".jpg", ".webp")) for text in made)
    assert all(text.endswith(".mp3") for text in texts({"format": "uri"}, "audio"))
    assert not any("_files" in text for text in texts({"format": "uri"}, "homepage"))


def test_the_least_of_a_format_is_short() -> None:
    assert set(texts({"format": "email"}, mode="minimal")) == {"a@b.co"}
