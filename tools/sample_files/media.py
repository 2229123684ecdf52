"""The tiny sounds and the film among the samples: MP3, Ogg Opus and MP4, each truly playable."""

from __future__ import annotations

import struct


def mp3() -> bytes:
    """Return a quarter of a second of silence: seven frames of MPEG-2 layer III (ISO 13818-3).

    8 kbit/s at 16 kHz in one channel make frames of 36 bytes.
    """
    return (b"\xff\xf3\x18\xc4" + bytes(32)) * 7


def ogg() -> bytes:
    """Return a fifth of a second of silence (RFC 3533; RFC 7845; its packet: RFC 6716, 3.1)."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48000, 0, 0)
    vendor = b"mock"
    tags = b"OpusTags" + struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", 0)
    frames = [b"\xf8\xff\xfe"] * 10
    pages = ((2, 0, [head]), (0, 0, [tags]), (4, 960 * len(frames), frames))
    return b"".join(_page(number, *page) for number, page in enumerate(pages))


def _page(number: int, flags: int, granule: int, packets: list[bytes]) -> bytes:
    def written(checksum: int) -> bytes:
        head = struct.pack(
            "<4sBBqIIIB", b"OggS", 0, flags, granule, 1, number, checksum, len(sizes)
        )
        return head + sizes + b"".join(packets)

    sizes = bytes(map(len, packets))
    return written(_ogg_checksum(written(0)))


def _ogg_checksum(data: bytes) -> int:
    """Return the CRC of RFC 3533, section 6: that of zip files, neither mirrored nor inverted."""
    checksum = 0
    for byte in data:
        checksum ^= byte << 24
        for _ in range(8):
            checksum = checksum << 1 ^ (0x104C11DB7 if checksum & 0x80000000 else 0)
    return checksum


class _Bits:
    """Bits, the most significant first, with the codes of H.264 (ITU-T H.264, section 9.1)."""

    def __init__(self) -> None:
        self._digits = ""

    def u(self, width: int, value: int) -> _Bits:
        """Write a number of that many bits."""
        self._digits += f"{value:0{width}b}"
        return self

    def ue(self, *values: int) -> _Bits:
        """Write numbers as Exp-Golomb codes."""
        for value in values:
            self._digits += f"{value + 1:0{2 * (value + 1).bit_length() - 1}b}"
        return self

    def aligned(self) -> bytes:
        """Return the bytes, with zeros at the end."""
        digits = self._digits + "0" * (-len(self._digits) % 8)
        return int(digits, 2).to_bytes(len(digits) // 8, "big")

    def ended(self) -> bytes:
        """Return the bytes, with the stop bit at the end."""
        return self.u(1, 1).aligned()


def mp4() -> bytes:
    """Return one grey picture of 16 by 16 for a second: H.264 in MP4 (ISO 14496-12, 14496-15)."""
    picture = _picture()
    kind = _box("ftyp", b"isom" + struct.pack(">I", 512) + b"isomiso2avc1mp41")
    # The place of the picture is in the index that stands before it, whose size is known.
    offset = len(kind) + len(_index(len(picture), 0)) + 8
    return kind + _index(len(picture), offset) + _box("mdat", picture)


def _parameter_sets() -> tuple[bytes, bytes]:
    """Return the sets: baseline, level 1, one macroblock, no picture order; CAVLC and the usual."""
    sequence = _Bits().ue(0, 0, 2, 0).u(1, 0).ue(0, 0).u(1, 1).u(3, 0).ended()
    pictures = _Bits().ue(0, 0).u(2, 0).ue(0, 0, 0).u(3, 0).ue(0, 0, 0).u(3, 0).ended()
    return b"\x67\x42\xc0\x0a" + sequence, b"\x68" + pictures


def _picture() -> bytes:
    """Return one slice of one macroblock whose samples aren't coded (I_PCM), all of them 128."""
    header = _Bits().ue(0, 7, 0).u(4, 0).ue(0).u(2, 0).ue(0).ue(25).aligned()
    unit = b"\x65" + header + b"\x80" * 384 + b"\x80"
    return struct.pack(">I", len(unit)) + unit


def _box(kind: str, *content: bytes) -> bytes:
    data = b"".join(content)
    return struct.pack(">I", len(data) + 8) + kind.encode() + data


def _full(kind: str, form: str, *values: int, flags: int = 0) -> bytes:
    return _box(kind, struct.pack(">I" + form, flags, *values))


def _index(size: int, offset: int) -> bytes:
    """Return the description of the film, and the place of its one picture."""
    matrix = (0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    film = (0, 0, 1000, 1000, 0x10000, 0x100, 0, 0, 0, *matrix, *[0] * 6, 2)
    track = (0, 0, 1, 0, 1000, 0, 0, 0, 0, 0, 0, *matrix, 16 << 16, 16 << 16)
    return _box(
        "moov",
        _full("mvhd", "IIIIIHHII9I6II", *film),
        _box(
            "trak",
            _full("tkhd", "IIIIIIIHHHH9III", *track, flags=3),
            _box(
                "mdia",
                _full("mdhd", "IIIIHH", 0, 0, 1000, 1000, 0x55C4, 0),
                _box("hdlr", bytes(8) + b"vide" + bytes(13)),
                _box(
                    "minf",
                    _full("vmhd", "HHHH", 0, 0, 0, 0, flags=1),
                    _box(
                        "dinf", _box("dref", struct.pack(">II", 0, 1), _full("url ", "", flags=1))
                    ),
                    _sample_table(size, offset),
                ),
            ),
        ),
    )


def _sample_table(size: int, offset: int) -> bytes:
    sequence, pictures = _parameter_sets()
    settings = _box(
        "avcC",
        b"\x01" + sequence[1:4] + b"\xff\xe1" + struct.pack(">H", len(sequence)) + sequence,
        b"\x01" + struct.pack(">H", len(pictures)) + pictures,
    )
    entry = struct.pack(">6xH16xHHIIIH32xHh", 1, 16, 16, 72 << 16, 72 << 16, 0, 1, 24, -1)
    return _box(
        "stbl",
        _box("stsd", struct.pack(">II", 0, 1), _box("avc1", entry, settings)),
        _full("stts", "III", 1, 1, 1000),
        _full("stsc", "IIII", 1, 1, 1, 1),
        _full("stsz", "III", 0, 1, size),
        _full("stco", "II", 1, offset),
    )
