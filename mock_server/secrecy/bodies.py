"""Masking of the secrets in bodies, by media type; a body may be whole or cut."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping

from mock_server.errors import Problem
from mock_server.http_messages import MediaType, decoded, parse_media_type
from mock_server.secrecy.texts import MASKED, TextMask

# A body that inflates to more than this is masked whole, to bound memory.
MOST_INFLATED_BYTES = 32 * 1024 * 1024
_UNREADABLE_TYPES = frozenset({"image", "audio", "video", "font"})
_NAME = re.compile(r';\s*name\*?=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))', re.IGNORECASE)
_PART_TYPE = re.compile(r"^content-type:[ \t]*(.*?)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


def masked_body(body: bytes, headers: Mapping[str, str], mask: TextMask) -> bytes:
    """Return a body with its secrets masked; `headers`, by lower-case name, give its format.

    A compressed body is returned inflated if something in it is masked. A compressed body that
    can't be inflated can't be searched, and is masked whole.
    """
    if not body:
        return body
    coding = headers.get("content-encoding", "")
    if not coding or coding.lower() == "identity":
        return _masked(body, headers.get("content-type", ""), mask)
    try:
        plain = decoded(body, coding, MOST_INFLATED_BYTES)
    except Problem:
        return MASKED.encode()
    hidden = _masked(plain, headers.get("content-type", ""), mask)
    return body if hidden == plain else hidden


def _masked(body: bytes, content_type: str, mask: TextMask) -> bytes:
    try:
        media_type = parse_media_type(content_type)
    except ValueError:
        media_type = MediaType("text", "plain")
    if media_type.type == "multipart":
        return _parts(body, dict(media_type.parameters).get("boundary", ""), mask)
    if media_type.subtype == "x-www-form-urlencoded":
        return _bytes(mask.query(_decoded_text(body)))
    if media_type.type in _UNREADABLE_TYPES and not media_type.is_xml:
        return body
    charset = _charset(body, media_type)
    text = body.decode(charset, "surrogateescape" if charset == "utf-8" else "replace")
    hidden = mask.text(text)
    if _is_of_lines(media_type) and text.lstrip()[:1] not in ("{", "[", "<"):
        hidden = mask.lines(hidden)
    return body if hidden == text else hidden.encode(charset, "surrogateescape")


def _charset(body: bytes, media_type: MediaType) -> str:
    """Return the charset by a byte order mark of UTF-16 or by the media type; else UTF-8."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        name = codecs.lookup(media_type.charset or "utf-8").name
    except (LookupError, ValueError):
        return "latin-1"
    return name if name.startswith("utf-16") or name.startswith("utf-32") else "utf-8"


def _is_of_lines(media_type: MediaType) -> bool:
    """Return whether a body of that media type may have lines such as `name: value`."""
    return "yaml" in media_type.subtype or media_type.essence == "text/plain"


def _parts(body: bytes, boundary: str, mask: TextMask) -> bytes:
    """Return a multipart body with each part masked by its name and its type (RFC 7578)."""
    if not boundary:
        return _bytes(mask.text(_decoded_text(body)))
    delimiter = b"--" + boundary.encode("latin-1", "replace")
    first, *parts = body.split(delimiter)
    return delimiter.join([first, *(_part(part, mask) for part in parts)])


def _part(part: bytes, mask: TextMask) -> bytes:
    head, blank, content = part.partition(b"\r\n\r\n")
    if not blank:
        head, blank, content = part.partition(b"\n\n")
    if not content:
        return part
    end = b"\r\n" if content.endswith(b"\r\n") else b"\n" if content.endswith(b"\n") else b""
    content = content.removesuffix(end)
    text = head.decode("utf-8", "replace")
    found = _NAME.search(text)
    name = (found.group(1) or found.group(2)) if found else ""
    if name and content and mask.is_secret(name):
        return head + blank + MASKED.encode() + end
    named_type = _PART_TYPE.search(text)
    hidden = _masked(content, named_type.group(1) if named_type else "", mask)
    return head + blank + hidden + end


def _decoded_text(body: bytes) -> str:
    return body.decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
