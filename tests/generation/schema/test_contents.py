"""Strings keep to what is said of their content, in every mode and place."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.string_contents import READERS, content_faults
from tests.helpers.values import MODES, faults, many

COUNT = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
ENCODINGS = ["base64", "base64url", "base32", "base16", "quoted-printable"]
JSON = "application/json"


def json_text(schema: Any, **more: Any) -> dict[str, Any]:
    return {"type": "string", "contentMediaType": JSON, "contentSchema": schema, **more}


NESTED: dict[str, dict[str, Any]] = {
    "in a list": {"type": "array", "minItems": 1, "items": json_text(COUNT)},
    "in a tuple": {"type": "array", "minItems": 1, "prefixItems": [json_text(COUNT)]},
    "in a map": {"type": "object", "minProperties": 1, "additionalProperties": json_text(COUNT)},
    "in a property": {"properties": {"a": json_text(COUNT)}, "required": ["a"]},
    "in an alternative": {"oneOf": [json_text(COUNT), {"type": "integer"}]},
    "in parts": {"allOf": [{"type": "string", "contentMediaType": JSON}, {"contentSchema": COUNT}]},
    "by reference": {"$ref": "#/$defs/Text"},
    "or null": json_text(COUNT, type=["string", "null"]),
    "in itself": json_text({"properties": {"inner": json_text(COUNT)}, "required": ["inner"]}),
    "encoded in itself": json_text(
        {"properties": {"b": json_text(COUNT, contentEncoding="base64")}, "required": ["b"]}
    ),
    "no object": json_text({"type": "array", "items": COUNT}),
    "by a reference inside": json_text({"$ref": "#/$defs/Count"}),
}
DEFS = {"Text": json_text(COUNT), "Count": COUNT}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("place", NESTED)
def test_a_json_text_fits_its_schema_wherever_it_stands(place: str, mode: Any) -> None:
    schema = {**NESTED[place], "$defs": DEFS}
    for value in many(schema, 20, mode=mode):
        assert not faults(schema, value)
        assert not content_faults(schema, value, schema)


# No text holds the bytes of those as they are.
BYTES = {"image/png", "image/jpeg", "application/pdf", "audio/mpeg"}
KINDS = [
    (media_type, encoding)
    for media_type in ("", *READERS, "text/html; charset=utf-8", "x/unknown")
    for encoding in ("", *ENCODINGS)
    if encoding or media_type not in BYTES
]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("media_type", "encoding"), KINDS)
def test_a_string_is_of_its_media_type_in_its_encoding(
    media_type: str, encoding: str, mode: Any
) -> None:
    told = {"contentMediaType": media_type, "contentEncoding": encoding}
    schema = {"type": "string", **{key: value for key, value in told.items() if value}}
    for value in many(schema, 5, mode=mode):
        assert content_faults(schema, value, schema) == []


def test_bytes_that_no_text_holds_are_in_base64_if_nothing_is_said() -> None:
    schema = {"type": "string", "contentMediaType": "image/png"}
    judged = {**schema, "contentEncoding": "base64"}
    assert content_faults(judged, many(schema, 1)[0], {}) == []


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("encoding", ENCODINGS[:4])
def test_an_encoded_string_keeps_its_length(encoding: str, mode: Any) -> None:
    schema = {"type": "string", "contentEncoding": encoding, "minLength": 16, "maxLength": 40}
    for value in many(schema, mode=mode):
        assert not faults(schema, value)
        assert content_faults(schema, value, schema) == []


def test_what_is_asserted_comes_before_what_is_noted() -> None:
    for told in ({"maxLength": 1}, {"pattern": "^x"}, {"format": "uuid"}, {"contentSchema": False}):
        schema = {**json_text(COUNT), **told}
        assert not any(faults(schema, value) for value in many(schema, 5))


def test_examples_are_taken_as_they_are() -> None:
    assert set(many(json_text(COUNT, examples=["as it is"]))) == {"as it is"}


def test_base64url_needs_no_padding_for_text() -> None:
    made = many({"type": "string", "contentEncoding": "base64url", "contentMediaType": JSON})
    assert not any("=" in text for text in made)
