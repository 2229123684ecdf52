"""Build the sample files that the package ships, from the parts of their formats.

The bytes are the same on every machine: nothing but the bzip2 archive is compressed, since
compressors differ. `python -m tools.sample_files` writes them.
"""

from __future__ import annotations

import bz2
import io
import struct
import tarfile
import wave
import zipfile
import zlib
from collections.abc import Callable, Mapping

from tools.sample_files.fonts import ttf, woff, woff2
from tools.sample_files.media import mp3, mp4, ogg

_TEXT = b"Hello from the mock server.\n"
_TEAL = bytes((0, 128, 128))
_NAMESPACE = "http://schemas.openxmlformats.org"
_OFFICE = "application/vnd.openxmlformats-officedocument"


def files() -> Mapping[str, bytes]:
    """Return every sample file by its name."""
    return {name: make() for name, make in _MAKERS.items()}


def png() -> bytes:
    """Return one teal pixel (PNG, third edition, section 11)."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" + _TEAL, 0)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def jpeg() -> bytes:
    """Return eight by eight grey pixels: one block; all its coefficients are 0 (ITU-T T.81)."""
    one_code = bytes((1, *[0] * 15, 0))  # a single code of one bit, which stands for 0
    segments = (
        (0xE0, b"JFIF\0" + bytes((1, 1, 0, 0, 1, 0, 1, 0, 0))),
        (0xDB, b"\0" + b"\1" * 64),
        (0xC0, struct.pack(">BHHBBBB", 8, 8, 8, 1, 1, 0x11, 0)),
        (0xC4, b"\x00" + one_code),
        (0xC4, b"\x10" + one_code),
        (0xDA, bytes((1, 1, 0, 0, 63, 0))),
    )
    return (
        b"\xff\xd8"
        + b"".join(struct.pack(">BBH", 0xFF, kind, len(d) + 2) + d for kind, d in segments)
        + b"\x3f\xff\xd9"  # two codes, and ones to the end of the byte
    )


def gif() -> bytes:
    """Return one pixel (GIF89a); its codes are clear, 0, end."""
    screen = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + _TEAL + b"\xff\xff\xff"
    image = b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return screen + image + b";"


def webp() -> bytes:
    """Return one teal pixel without loss (RFC 9649, section 3): five codes of one symbol each."""
    bits, length = 0, 0
    size_alpha_version, no_transform_cache_or_meta = (0, 32), (0, 3)
    codes = [(0b101 | value << 3, 11) for value in (_TEAL[1], _TEAL[0], _TEAL[2], 255)]
    for value, width in (size_alpha_version, no_transform_cache_or_meta, *codes, (0b1, 4)):
        bits, length = bits | value << length, length + width
    data = b"\x2f" + bits.to_bytes((length + 7) // 8, "little")
    chunk = b"VP8L" + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


def bmp() -> bytes:
    """Return one teal pixel."""
    info = struct.pack("<IiiHHIIiiII", 40, 1, 1, 1, 24, 0, 4, 2835, 2835, 0, 0)
    return b"BM" + struct.pack("<IHHI", 58, 0, 0, 54) + info + _TEAL[::-1] + b"\0"


def ico() -> bytes:
    """Return an icon that is the PNG."""
    image = png()
    return struct.pack("<HHHBBBBHHII", 0, 1, 1, 1, 1, 0, 0, 1, 24, len(image), 22) + image


def tiff() -> bytes:
    """Return one grey pixel (TIFF 6.0, section 4)."""
    tags = {256: 1, 257: 1, 258: 8, 259: 1, 262: 1, 273: 122, 277: 1, 278: 1, 279: 1}
    entries = b"".join(struct.pack("<HHIHH", tag, 3, 1, value, 0) for tag, value in tags.items())
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + b"\0" * 4 + b"\x80"


def svg() -> bytes:
    """Return one teal square."""
    shape = '<rect width="1" height="1" fill="teal"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1">{shape}</svg>'.encode()


def pdf() -> bytes:
    """Return one page with a line of text (ISO 32000-1, section 7.5)."""
    text = b"BT /F1 24 Tf 72 720 Td (Hello from the mock server) Tj ET"
    page = b"/Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< " + page + b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    body, offsets = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    return body + b"xref\n0 6\n0000000000 65535 f \n" + table + trailer


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return a ZIP archive of those files, each dated with the first day that ZIP knows."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.create_system = 3
            writer.writestr(entry, content)
    return archive.getvalue()


def gzipped() -> bytes:
    """Return a text in a gzip file without time or name (RFC 1952)."""
    deflate = zlib.compressobj(0, zlib.DEFLATED, -zlib.MAX_WBITS)
    data = deflate.compress(_TEXT) + deflate.flush()
    head = b"\x1f\x8b\x08" + bytes(6) + b"\xff"
    return head + data + struct.pack("<II", zlib.crc32(_TEXT), len(_TEXT))


def tar() -> bytes:
    """Return an archive of one text."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as writer:
        entry = tarfile.TarInfo("hello.txt")
        entry.size = len(_TEXT)
        writer.addfile(entry, io.BytesIO(_TEXT))
    return archive.getvalue()


def wav() -> bytes:
    """Return a tenth of a second of silence."""
    audio = io.BytesIO()
    with wave.open(audio, "wb") as writer:
        writer.setparams((1, 1, 8000, 800, "NONE", "not compressed"))
        writer.writeframes(b"\x80" * 800)
    return audio.getvalue()


def glb() -> bytes:
    """Return a scene with nothing in it (glTF 2.0, section 4)."""
    text = b'{"asset":{"version":"2.0"}} '
    return struct.pack("<4sIIII", b"glTF", 2, 20 + len(text), len(text), 0x4E4F534A) + text


def docx() -> bytes:
    """Return a document of one paragraph (ECMA-376, part 1)."""
    main = f"{_NAMESPACE}/wordprocessingml/2006/main"
    body = f'<w:document xmlns:w="{main}"><w:body><w:p><w:r><w:t>Hello</w:t></w:r></w:p></w:body>'
    return _office("word/document.xml", "wordprocessingml.document", f"{body}</w:document>", {})


def xlsx() -> bytes:
    """Return a workbook of one cell (ECMA-376, part 1)."""
    main, sheet = f"{_NAMESPACE}/spreadsheetml/2006/main", "worksheets/sheet1.xml"
    relations = f"{_NAMESPACE}/officeDocument/2006/relationships"
    book = (
        f'<workbook xmlns="{main}" xmlns:r="{relations}"><sheets>'
        '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    cell = '<c r="A1" t="inlineStr"><is><t>Hello</t></is></c>'
    rows = f'<worksheet xmlns="{main}"><sheetData><row r="1">{cell}</row></sheetData></worksheet>'
    others = {
        "xl/_rels/workbook.xml.rels": _relations("worksheet", sheet),
        f"xl/{sheet}": rows,
    }
    return _office("xl/workbook.xml", "spreadsheetml.sheet", book, others)


def _office(name: str, kind: str, content: str, others: Mapping[str, str]) -> bytes:
    """Return a package of Office Open XML: each part's type, the main document, and the parts."""
    overrides = {name: f"{kind}.main", "xl/worksheets/sheet1.xml": "spreadsheetml.worksheet"}
    parts = {name: content, **others}
    listed = "".join(
        f'<Override PartName="/{part}" ContentType="{_OFFICE}.{word}+xml"/>'
        for part, word in overrides.items()
        if part in parts
    )
    relations = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package'
    relations += '.relationships+xml"/>'
    types = f'<Types xmlns="{_NAMESPACE}/package/2006/content-types">{relations}{listed}</Types>'
    files = {
        "[Content_Types].xml": types,
        "_rels/.rels": _relations("officeDocument", name),
        **parts,
    }
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return zipped({part: (head + text).encode() for part, text in files.items()})


def _relations(kind: str, target: str) -> str:
    kind = f"{_NAMESPACE}/officeDocument/2006/relationships/{kind}"
    one = f'<Relationship Id="rId1" Type="{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{_NAMESPACE}/package/2006/relationships">{one}</Relationships>'


_MAKERS: Mapping[str, Callable[[], bytes]] = {
    "image.png": png,
    "image.jpg": jpeg,
    "image.gif": gif,
    "image.webp": webp,
    "image.svg": svg,
    "image.bmp": bmp,
    "image.tiff": tiff,
    "image.ico": ico,
    "document.pdf": pdf,
    "document.docx": docx,
    "document.xlsx": xlsx,
    "document.rtf": lambda: b"{\\rtf1\\ansi Hello from the mock server.}",
    "document.txt": lambda: _TEXT,
    "archive.zip": lambda: zipped({"hello.txt": _TEXT}),
    "archive.gz": gzipped,
    "archive.tar": tar,
    "archive.bz2": lambda: bz2.compress(_TEXT),
    "audio.wav": wav,
    "audio.mp3": mp3,
    "audio.ogg": ogg,
    "video.mp4": mp4,
    "font.ttf": ttf,
    "font.woff": woff,
    "font.woff2": woff2,
    "model.glb": glb,
    "module.wasm": lambda: b"\0asm\1\0\0\0",
    "data.cbor": lambda: b"\xa0",  # an empty map (RFC 8949), and so is the next
    "data.msgpack": lambda: b"\x80",
}
