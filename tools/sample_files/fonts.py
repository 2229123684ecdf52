"""The tiny font among the samples, as TrueType, WOFF and WOFF2: a square for every A.

OpenType 1.9; WOFF (W3C Recommendation 2012); WOFF2 (W3C Recommendation 2022).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

_UNITS = 1024  # of an em
_WIDTH = 512
_NAMES = {1: "Mock", 2: "Regular", 3: "Mock Regular", 4: "Mock Regular", 6: "Mock-Regular"}
# The numbers that WOFF2 has for the names of tables (section 4.1).
_NUMBERS = {
    "cmap": 0, "head": 1, "hhea": 2, "hmtx": 3, "maxp": 4, "name": 5, "OS/2": 6, "post": 7,
    "glyf": 10, "loca": 11,
}  # fmt: skip


def ttf() -> bytes:
    """Return the font as TrueType."""
    return _font(_tables())


def _font(tables: Mapping[str, bytes]) -> bytes:
    head = struct.pack(">IHHHH", 0x00010000, len(tables), *_search(len(tables), 16))
    offset, directory = 12 + 16 * len(tables), b""
    for name, data in tables.items():
        checksum = _table_checksum(name, data)
        directory += struct.pack(">4sIII", name.encode(), checksum, offset, len(data))
        offset += len(_padded(data))
    return head + directory + b"".join(map(_padded, tables.values()))


def woff() -> bytes:
    """Return the font in WOFF, its tables as they are."""
    tables = _tables()
    offset, directory = 44 + 20 * len(tables), b""
    for name, data in tables.items():
        size, checksum = len(data), _table_checksum(name, data)
        directory += struct.pack(">4sIIII", name.encode(), offset, size, size, checksum)
        offset += len(_padded(data))
    head = struct.pack(
        ">4sIIHHIHHIIIII",
        *(b"wOFF", 0x00010000, offset, len(tables), 0, len(ttf()), 1, 0, 0, 0, 0, 0, 0),
    )
    return head + directory + b"".join(map(_padded, tables.values()))


def woff2() -> bytes:
    """Return the font in WOFF2, its tables as they are in one Brotli stream."""
    tables = _tables()
    as_it_is = {"glyf": 0xC0, "loca": 0xC0}  # of these, 0 would mean that they are transformed
    directory = b"".join(
        bytes((_NUMBERS[name] | as_it_is.get(name, 0),)) + _base128(len(data))
        for name, data in tables.items()
    )
    stream = _brotli(b"".join(tables.values()))
    size = 48 + len(directory) + len(stream)
    head = struct.pack(
        ">4sIIHHIIHHIIIII",
        *(b"wOF2", 0x00010000, size + -size % 4, len(tables), 0, len(ttf()), len(stream), 1, 0),
        *(0, 0, 0, 0, 0),
    )
    return _padded(head + directory + stream)


def _brotli(data: bytes) -> bytes:
    """Return one block as it is, and an empty last one (RFC 7932, section 9.2)."""
    block = (len(data) - 1) << 4 | 1 << 20
    return block.to_bytes(3, "little") + data + b"\x03"


def _base128(number: int) -> bytes:
    """Return a number, seven bits in a byte, the most significant first (WOFF2, section 4.1)."""
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.append(number & 0x7F | 0x80)
    return bytes(reversed(digits))


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)


def _checksum(data: bytes) -> int:
    padded = _padded(data)
    numbers: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}I", padded)
    return sum(numbers) & 0xFFFFFFFF


def _table_checksum(name: str, data: bytes) -> int:
    """Return a table's checksum; that of `head` is taken before the font's own is put into it."""
    return _checksum(_head(0) if name == "head" else data)


def _search(count: int, size: int) -> tuple[int, int, int]:
    """Return the fields for a binary search: the largest power of two, its logarithm, the rest."""
    power = count.bit_length() - 1
    return size << power, power, size * (count - (1 << power))


def _tables() -> dict[str, bytes]:
    """Return the tables that a font needs; two glyphs, that for A and the one for the rest."""
    tables = {
        "OS/2": _os2(),
        "cmap": _cmap(),
        "glyf": _glyph() * 2,
        "head": _head(0),
        "hhea": struct.pack(
            ">I3hH11hH", 0x00010000, 768, -256, 0, _WIDTH, 0, 0, 512, 1, *[0] * 7, 2
        ),
        "hmtx": struct.pack(">4H", _WIDTH, 0, _WIDTH, 0),
        "loca": struct.pack(">3H", 0, len(_glyph()) // 2, len(_glyph())),
        "maxp": struct.pack(">I14H", 0x00010000, 2, 4, 1, 0, 0, 2, *[0] * 8),
        "name": _name(),
        "post": struct.pack(">IIhhI4I", 0x00030000, 0, -128, 64, 0, 0, 0, 0, 0),
    }
    # Put there, this makes the checksum of the whole font the one that it has to be.
    return tables | {"head": _head((0xB1B0AFBA - _checksum(_font(tables))) & 0xFFFFFFFF)}


def _head(adjustment: int) -> bytes:
    return struct.pack(
        ">IIIIHHqqhhhhHHhhh",
        *(0x00010000, 0x00010000, adjustment, 0x5F0F3CF5, 0b11, _UNITS, 0, 0),
        *(0, 0, 512, 512, 0, 8, 2, 0, 0),
    )


def _os2() -> bytes:
    """Return version 4, regular weight and width; the ranges are those of Latin."""
    return struct.pack(
        ">HhHHH10hh10B4I4sHHHhhhHHIIhhHHH",
        *(4, _WIDTH, 400, 5, 0),
        *(512, 512, 0, 64, 512, 512, 0, 256, 64, 256),
        *(0, *[0] * 10, 1, 0, 0, 0, b"MOCK", 0x40, 65, 65),
        *(768, -256, 0, 768, 256, 1, 0, 512, 512, 0, 65, 0),
    )


def _cmap() -> bytes:
    """Return a map to the second glyph for A (format 4: one segment, and the one at the end)."""
    segments = struct.pack(">2HH2H2h2H", 65, 0xFFFF, 0, 65, 0xFFFF, 1 - 65, 1, 0, 0)
    subtable = struct.pack(">7H", 4, 32, 0, 4, *_search(2, 2)) + segments
    return struct.pack(">HHHHI", 0, 1, 3, 1, 12) + subtable


def _glyph() -> bytes:
    """Return a square: one contour of four points on the curve."""
    box = struct.pack(">hhhhhHH", 1, 0, 0, 512, 512, 3, 0)
    across, up = (0, 512, 0, -512), (0, 0, 512, 0)
    return _padded(box + b"\x01" * 4 + struct.pack(">8h", *across, *up))


def _name() -> bytes:
    texts = {number: text.encode("utf-16-be") for number, text in _NAMES.items()}
    records, offset = b"", 0
    for number, text in texts.items():
        records += struct.pack(">6H", 3, 1, 0x409, number, len(text), offset)
        offset += len(text)
    head = struct.pack(">HHH", 0, len(texts), 6 + len(records))
    return head + records + b"".join(texts.values())
