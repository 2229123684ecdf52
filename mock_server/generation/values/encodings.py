"""Content that strings carry: its encodings, and texts by media type.

JSON Schema 2020-12 validation, section 8; RFC 4648; RFC 2045, section 6.
"""

from __future__ import annotations

import base64
from binascii import b2a_qp
from collections.abc import Callable, Mapping

from mock_server.generation.files import sample
from mock_server.generation.values import texts
from mock_server.generation.values.random_source import Source, Text

# For each encoding, the function from bytes to its text.
ENCODERS: Mapping[str, Callable[[bytes], str]] = {
    "base64": lambda content: base64.b64encode(content).decode(),
    "base64url": lambda content: base64.urlsafe_b64encode(content).decode(),
    "base32": lambda content: base64.b32encode(content).decode(),
    "base16": lambda content: base64.b16encode(content).decode(),
    "quoted-printable": lambda content: b2a_qp(content, istext=False).decode(),
    **dict.fromkeys(("7bit", "8bit", "binary"), lambda content: content.decode()),
}
# The group size in bytes of each encoding. A multiple of it needs no padding.
_GROUPS = {"base64url": 3, "base64": 3, "base32": 5}
_TEXTS: Mapping[str, Text] = {
    "text/html": lambda s: f"<!doctype html><title>{texts.title(s)}</title><p>{texts.title(s)}</p>",
    "application/xhtml+xml": lambda s: (
        '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>'
        f"{texts.title(s)}</title></head><body><p>{texts.title(s)}</p></body></html>"
    ),
    "text/csv": lambda s: f"name,count\r\n{texts.word(s)},{s.below(100)}\r\n",
    "text/markdown": lambda s: f"# {texts.title(s)}\n\nA {texts.word(s)}.\n",
    "text/css": lambda s: f".{texts.word(s)} {{ color: #{s.hexes(6)} }}",
    "text/javascript": lambda s: f'const {texts.word(s)} = "{texts.slug(s)}";',
    "application/javascript": lambda s: f'const {texts.word(s)} = "{texts.slug(s)}";',
    "application/yaml": lambda s: f"{texts.word(s)}: {texts.slug(s)}\n",
    "application/x-www-form-urlencoded": lambda s: f"{texts.word(s)}={texts.slug(s)}",
}


def essence(media_type: str) -> str:
    """Return a media type without its parameters, in small letters."""
    return media_type.partition(";")[0].strip().lower()


def is_json(media_type: str) -> bool:
    """Return whether content of that type is JSON (RFC 6839, section 3.1)."""
    name = essence(media_type)
    return name in ("application/json", "text/json") or name.endswith("+json")


def content_of(media_type: str) -> Callable[[Source], bytes]:
    """Return a leaf of content of a media type; of two words for an unknown type."""
    name = essence(media_type)
    if name in _TEXTS:
        return lambda source: _TEXTS[name](source).encode()
    if name.endswith(("/xml", "+xml")) and sample(name) is None:
        return lambda source: (
            f"<{(tag := texts.word(source))}>{texts.title(source)}</{tag}>".encode()
        )
    file = sample(name)
    if file is not None and name != "application/octet-stream":
        return lambda source: file
    return lambda source: texts.title(source).encode()


def padded(content: str, encoding: str) -> bytes:
    """Return the bytes of a text, with spaces added until the encoding needs no padding."""
    written = content.encode()
    return written + b" " * (-len(written) % _GROUPS.get(encoding, 1))
