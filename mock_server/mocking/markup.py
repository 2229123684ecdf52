"""What a reply repeats of its request, in types that a browser reads as markup."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from mock_server.http_messages import parse_media_type
from mock_server.validation import Arguments

# A browser takes a reply for what its Content-Type says, and for nothing else (Fetch, section 3.6).
NOSNIFF = (b"x-content-type-options", b"nosniff")


def takes_text_as_markup(media_type: str, value: Any) -> bool:
    """Whether the texts in a value are written into markup as they stand.

    The XML codec escapes the texts in objects and lists itself. A text alone is a whole body, and
    what HTML has no form for is written as JSON.
    """
    if media_type in ("", "application/json"):
        return False
    read = parse_media_type(media_type)
    return read.is_markup and (not read.is_xml or isinstance(value, str))


def repeatable(arguments: Arguments, media_type: str) -> Arguments:
    """The values of a request, their texts as an object or a list of that type may repeat them."""
    if not takes_text_as_markup(media_type, {}):
        return arguments
    path, query, header, cookie, body = arguments
    return Arguments(
        _values(path), _values(query), _values(header), _values(cookie), _escaped(body)
    )


def _values(part: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: _escaped(value) for name, value in part.items()}


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, list):
        return [_escaped(member) for member in value]
    if isinstance(value, dict):
        return {escape(name): _escaped(member) for name, member in value.items()}
    return value
