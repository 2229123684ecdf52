"""Bytes of a body to values and back, by media type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import orjson

from mock_server.bodies.charsets import decode_text
from mock_server.core import parse_json, write_json
from mock_server.documents import json_mistake
from mock_server.http_messages import MediaType, parse_media_type

Decoder = Callable[[bytes], Any]


class Written(NamedTuple):
    """A body and its Content-Type.

    A sequence has `pieces`, which are sent one after the other; together they are the body.
    """

    body: bytes
    media_type: str
    pieces: tuple[bytes, ...] = ()

    @classmethod
    def of_pieces(cls, pieces: tuple[bytes, ...], media_type: str) -> Written:
        """A body that is sent piece by piece."""
        return cls(b"".join(pieces), media_type, pieces)


class UnreadableBody(ValueError):
    """A body that isn't what its media type says; the message says what is wrong with it."""


def decoder(media_type: MediaType) -> Decoder:
    """What makes a value of a body of that media type.

    JSON gives its value, text a string; of any other type the bytes are handed on. The decoder
    raises UnreadableBody.
    """
    charset = media_type.charset or "utf-8"
    if media_type.is_json:
        return _json if charset == "utf-8" else lambda body: _json(_text(charset, body))
    return text_decoder(media_type) if media_type.is_text else lambda body: body


def text_decoder(media_type: MediaType) -> Decoder:
    """What makes a string of a body in that media type's charset; it raises UnreadableBody."""
    charset = media_type.charset or "utf-8"
    return lambda body: _text(charset, body)


def _json(body: bytes | str) -> Any:
    try:
        return parse_json(body)
    except orjson.JSONDecodeError as error:
        # Says which byte is wrong, where that is what is wrong.
        text = _text("utf-8", body) if isinstance(body, bytes) else body
        mistake = json_mistake(text, error)
        where = f"line {mistake.line}, column {mistake.column}"
        raise UnreadableBody(f"the body {mistake.told(where)}") from None


def _text(charset: str, body: bytes) -> str:
    try:
        return decode_text(body, charset)
    except UnicodeDecodeError as error:
        raise UnreadableBody(f"the body is no {charset}: byte {error.start} is wrong") from None


def encode(value: Any, media_type: str) -> bytes:
    """The bytes that stand for a value in that media type: JSON, unless it is text or bytes.

    Raises TypeError for a value that JSON can't say.
    """
    if type(value) is bytes:
        return value
    if type(value) is str and not parse_media_type(media_type).is_json:
        return value.encode()
    return write_json(value)
