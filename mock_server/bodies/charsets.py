"""Charsets of texts: those of the WHATWG Encoding standard, by its labels.

Python knows others, some of which no body is written in (`idna`, `unicode_escape`), and one that
takes the square of a text's length (`punycode`).
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from functools import cache

import webencodings

# Labels of encodings that are only ever an attack: the standard decodes nothing in them.
_REPLACEMENT = "replacement"
# What charmap_decode takes for a byte that stands for nothing.
_NOTHING = "\ufffe"


def known_charset(label: str) -> bool:
    """Whether that is a label of the WHATWG Encoding standard (section 4.2)."""
    encoding = webencodings.lookup(label)
    return encoding is not None and encoding.name != _REPLACEMENT


def decode_text(body: bytes, label: str) -> str:
    """The text that bytes are in a charset that is known.

    `utf-16` is little-endian unless a mark at the beginning says otherwise. Raises
    UnicodeDecodeError.
    """
    if label == "utf-8":
        return body.decode()
    encoding = webencodings.lookup(label)
    if encoding.name == "utf-16le" and body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16")
    if encoding.name.startswith("windows-"):
        return codecs.charmap_decode(body, "strict", _table(encoding.name))[0]
    decode: Callable[[bytes, str], tuple[str, int]] = encoding.codec_info.decode
    return decode(body, "strict")[0]


@cache
def _table(name: str) -> str:
    """What each byte stands for; where Python has nothing the standard has controls (section 9)."""
    codec = webencodings.lookup(name).codec_info

    def letter(byte: int) -> str:
        try:
            found: str = codec.decode(bytes([byte]), "strict")[0]
        except UnicodeDecodeError:
            return chr(byte) if byte < 0xA0 else _NOTHING
        return found

    return "".join(map(letter, range(256)))
