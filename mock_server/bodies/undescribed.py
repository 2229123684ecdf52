"""Bodies of replies that no contract describes: a text as it stands, any other value as JSON."""

from __future__ import annotations

import codecs
from typing import Any

from mock_server.bodies.charsets import known_charset
from mock_server.core import write_json
from mock_server.http_messages import parse_media_type


def verbatim(value: Any, media_type: str) -> bytes:
    """The bytes that stand for a value, whatever its media type; none for no value.

    A text is written in the charset that the type names, or in UTF-8. Raises ValueError for one
    that the charset has no form for, TypeError for a value that JSON can't say.
    """
    if type(value) is bytes:
        return value
    if value is None:
        return b""
    if not isinstance(value, str):
        return write_json(value)
    charset = charset_of(media_type)
    try:
        return value.encode(charset)
    except UnicodeEncodeError:
        raise ValueError(f"the text can't be written in {charset}") from None


def charset_of(media_type: str) -> str:
    """The charset that a media type names, if there is such a one; else UTF-8."""
    try:
        named = parse_media_type(media_type).charset or "utf-8"
    except ValueError:
        return "utf-8"
    try:
        return codecs.lookup(named).name if known_charset(named) else "utf-8"
    except LookupError:  # some labels are the standard's alone
        return "utf-8"
