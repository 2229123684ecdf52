"""What a reply repeats of its request, in types that a browser reads as markup."""

from __future__ import annotations

from typing import Any

from mock_server.http_messages import parse_media_type

# A browser takes a reply for what its Content-Type says, and for nothing else (Fetch, section 3.6).
NOSNIFF = (b"x-content-type-options", b"nosniff")


def takes_text_as_markup(media_type: str, value: Any) -> bool:
    """Whether the texts in a value are written into markup as they stand.

    The XML codec escapes the texts in objects and lists itself. A text alone is a whole body, and
    what HTML has no form for is written as JSON.
    """
    read = parse_media_type(media_type)
    return read.is_markup and (not read.is_xml or isinstance(value, str))
