"""Headers that describe a body, or name what else may be asked for."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import md5, sha256
from typing import Any

from mock_server.generation.header_values.message import HeaderMessage
from mock_server.generation.values.words import plain
from mock_server.http_messages import etag_of

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
# A token of a structured field (RFC 9651, section 3.3.4), which most media types are.
_TOKEN = re.compile(r"[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*")
_TOTALS = ("total", "total_count", "total_items", "total_results", "count")
_SUFFIXES = {
    "application/json": "json", "application/pdf": "pdf", "application/xml": "xml",
    "application/zip": "zip", "audio/mpeg": "mp3", "image/jpeg": "jpg", "image/png": "png",
    "image/gif": "gif", "image/svg+xml": "svg", "text/csv": "csv", "text/html": "html",
    "text/plain": "txt", "video/mp4": "mp4",
}  # fmt: skip
# The other lengths of digests that documents ask of a tag.
_TAG_SIZES = (32, 40, 64)
_PATCHES = ("application/merge-patch+json", "application/json-patch+json")


def etag(message: HeaderMessage) -> Iterator[str]:
    """RFC 9110, section 8.8.3: an entity tag of the body, strong or else weak."""
    tag = etag_of(message.body)
    yield tag
    yield f"W/{tag}"
    whole = sha256(message.body).hexdigest()
    yield from (f'"{whole[:size]}"' for size in _TAG_SIZES)
    yield from (whole[:size] for size in (16, *_TAG_SIZES))


def content_digest(message: HeaderMessage) -> Iterator[str]:
    """RFC 9530, section 2: a digest as a structured dictionary."""
    yield f"sha-256=:{_sha256(message)}:"


def digest(message: HeaderMessage) -> Iterator[str]:
    """RFC 3230, section 4.3.2, which RFC 9530 has replaced."""
    yield f"sha-256={_sha256(message)}"


def _sha256(message: HeaderMessage) -> str:
    return b64encode(sha256(message.body).digest()).decode()


def content_md5(message: HeaderMessage) -> Iterator[str]:
    """RFC 1864, section 2."""
    yield b64encode(md5(message.body, usedforsecurity=False).digest()).decode()


def content_range(message: HeaderMessage) -> Iterator[str]:
    """RFC 9110, section 14.4: the whole body, or for 416 its size alone."""
    size = len(message.body)
    yield f"bytes */{size}" if message.status == 416 or not size else _range("bytes", size)
    listed = _listed(message.value)
    count = 0 if listed is None else len(listed)
    for unit in ("items", "resources"):
        yield _range(unit, count) if count else f"{unit} */{count}"


def _range(unit: str, size: int) -> str:
    return f"{unit} 0-{size - 1}/{size}"


def total_count(message: HeaderMessage) -> Iterator[str]:
    """How many things there are: as the body says it, else as many as it has."""
    named = message.value if isinstance(message.value, dict) else {}
    totals = {plain(name): value for name, value in named.items()}
    told = [totals[name] for name in _TOTALS if isinstance(totals.get(name), int)]
    listed = _listed(message.value)
    yield str(told[0] if told else len(listed) if listed is not None else 1)
    yield "1"


def _listed(value: Any) -> list[Any] | None:
    """The list that a body is, or has."""
    if isinstance(value, list):
        return value
    members = value.values() if isinstance(value, dict) else ()
    return next((member for member in members if isinstance(member, list)), None)


def content_language(message: HeaderMessage) -> Iterator[str]:
    """RFC 9110, section 8.5: the first language that the client asks for, else English."""
    asked = _LANGUAGE.match(message.asked("accept-language"))
    if asked is not None:
        yield asked[0]
    yield from ("en", "en-US", "en-GB")


def content_disposition(message: HeaderMessage) -> Iterator[str]:
    """RFC 6266, section 4: a file to keep, named after the media type of the body."""
    suffix = _SUFFIXES.get(message.media_type.partition(";")[0].strip().lower(), "bin")
    yield f'attachment; filename="sample.{suffix}"'
    yield f"attachment; filename=sample.{suffix}"
    yield "inline"


def content_location(message: HeaderMessage) -> Iterator[str]:
    """RFC 9110, section 8.7: what was asked for, by its path or its whole address."""
    yield message.path
    yield message.base + message.path


def location(message: HeaderMessage) -> Iterator[str]:
    """RFC 9110, section 10.2.2: what was asked for; a redirection leads to the root instead."""
    path = "/" if 300 <= message.status <= 399 else message.path
    yield path
    yield message.base + path


def link(message: HeaderMessage) -> Iterator[str]:
    """RFC 8288, section 3: a link to what was asked for."""
    yield f'<{message.base}{message.path}>; rel="self"'


def allow(message: HeaderMessage) -> Iterator[str]:
    """RFC 9110, section 10.2.1: the methods that the path answers."""
    yield ", ".join(message.methods)
    yield ",".join(message.methods)
    declared = [one for one in message.methods if one not in ("HEAD", "OPTIONS")]
    yield ", ".join(declared)
    yield ",".join(declared)


def allowed_methods(message: HeaderMessage) -> Iterator[str]:
    """The methods that another origin may use (the Fetch standard)."""
    return allow(message)


def accept_ranges(message: HeaderMessage) -> Iterator[str]:
    """RFC 9110, section 14.3: whether ranges of bytes are sent."""
    yield "bytes" if message.has_ranges else "none"
    yield from ("bytes", "none")


def accept_patch(message: HeaderMessage) -> Iterator[str]:
    """RFC 5789, section 3.1: the media types of the path's PATCH."""
    yield ", ".join(message.types.get("PATCH", ())) or ", ".join(_PATCHES)
    yield from _PATCHES


def accept_post(message: HeaderMessage) -> Iterator[str]:
    """Linked Data Platform 1.0, section 7.1: the media types of the path's POST."""
    yield ", ".join(message.types.get("POST", ())) or "application/json"


def accept_query(message: HeaderMessage) -> Iterator[str]:
    """RFC 10008: the media types of the path's QUERY, as a structured list."""
    yield query_types(message.types.get("QUERY", ("application/json",)))


def query_types(types: tuple[str, ...]) -> str:
    """Return media types as a structured list of tokens, or else of strings (RFC 9651, 3.1)."""
    return ", ".join(one if _TOKEN.fullmatch(one) else f'"{one}"' for one in types)
