"""A judge of strings by `contentEncoding`, `contentMediaType` and `contentSchema`.

JSON Schema calls these annotations, so no validator asserts them. Only schemas of one document are
followed.
"""

from __future__ import annotations

import base64
import json
import quopri
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]


def _base64url(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _json(content: bytes) -> None:
    json.loads(content)


def _magic(*starts: bytes) -> Callable[[bytes], None]:
    def check(content: bytes) -> None:
        assert content.startswith(starts), f"begins with {content[:8]!r}"

    return check


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.count += 1


def _html(content: bytes) -> None:
    parser = _Tags()
    parser.feed(content.decode())
    assert parser.count, "has no tag"


DECODERS: Mapping[str, Callable[[str], bytes]] = {
    "base64": lambda text: base64.b64decode(text, validate=True),
    "base64url": _base64url,
    "base32": lambda text: base64.b32decode(text),
    "base16": lambda text: base64.b16decode(text),
    "quoted-printable": lambda text: quopri.decodestring(text.encode("ascii")),
    "": str.encode,
}
READERS: Mapping[str, Callable[[bytes], object]] = {
    "application/json": _json,
    "application/problem+json": _json,
    "application/xml": ElementTree.fromstring,
    "text/xml": ElementTree.fromstring,
    "image/svg+xml": ElementTree.fromstring,
    "text/html": _html,
    "text/plain": bytes.decode,
    "image/png": _magic(b"\x89PNG\r\n\x1a\n"),
    "image/jpeg": _magic(b"\xff\xd8\xff"),
    "application/pdf": _magic(b"%PDF-"),
    "audio/mpeg": _magic(b"\xff\xf3", b"ID3"),
}


def content_faults(schema: Any, value: Any, document: Any) -> list[str]:
    """Return how the strings in a value break the content keywords of their schemas."""
    return list(_faults(schema, value, document))


def _faults(schema: Any, value: Any, document: Any) -> Iterator[str]:
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        target = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        yield from _faults(target, value, document)
    for part in schema.get("allOf", ()):
        yield from _faults(part, value, document)
    for keyword in ("oneOf", "anyOf"):
        if keyword in schema:
            tried = [list(_faults(way, value, document)) for way in schema[keyword]]
            yield from min(tried, key=len)
    if isinstance(value, dict):
        for name, inner in schema.get("properties", {}).items():
            if name in value:
                yield from _faults(inner, value[name], document)
        for name in value.keys() - schema.get("properties", {}).keys():
            yield from _faults(schema.get("additionalProperties"), value[name], document)
    if isinstance(value, list):
        first = schema.get("prefixItems", [])
        for index, item in enumerate(value):
            inner = first[index] if index < len(first) else schema.get("items")
            yield from _faults(inner, item, document)
    if isinstance(value, str):
        yield from _text_faults(schema, value, document)


def _text_faults(schema: Any, text: str, document: Any) -> Iterator[str]:
    encoding = schema.get("contentEncoding", "")
    media_type = schema.get("contentMediaType", "").partition(";")[0]
    try:
        content = DECODERS[encoding](text)
        READERS.get(media_type, len)(content)
    except (ValueError, AssertionError, ElementTree.ParseError) as error:
        yield f"{text!r} is no {media_type} in {encoding}: {error}"
        return
    if "contentSchema" in schema and media_type == "application/json":
        inner = json.loads(content)
        around = {key: document[key] for key in ("$defs", "components") if key in document}
        judge = Draft202012Validator({**around, **schema["contentSchema"]})
        yield from (error.message for error in judge.iter_errors(inner))
        yield from _faults(schema["contentSchema"], inner, document)
