"""The one door to python-multipart: multipart bodies to their parts and back.

RFC 2046, section 5.1, and RFC 7578 (multipart/form-data). What is read here comes from outside:
the number of parts and the size of their headers are bounded, and the time is linear.
"""

from __future__ import annotations

import base64
import binascii
import logging
import quopri
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from mock_server.bodies.charsets import decode_text, known_charset
from mock_server.bodies.json_text import UnreadableBody
from mock_server.core import shown_value
from mock_server.http_messages import MediaType, parse_media_type

MOST_PARTS = 1_000
MOST_HEADERS = 16  # of one part
MOST_HEADER_BYTES = 1 << 20  # of all parts together

# The parser would write each broken body to the log as a warning.
_SILENT = logging.Logger("multipart", logging.CRITICAL + 1)
# RFC 7578, section 2, as browsers do it: what would end the quoted name.
_ESCAPES = {'"': "%22", "\r": "%0D", "\n": "%0A"}


@dataclass(frozen=True, slots=True)
class Part:
    """One part: `headers` by their names in lower case."""

    headers: Mapping[str, str]
    body: bytes
    name: str | None = None
    filename: str | None = None

    @property
    def media_type(self) -> MediaType | None:
        """The type that the part names itself; None where it names none. Raises ValueError."""
        text = self.headers.get("content-type", "")
        return parse_media_type(text) if text else None

    def content(self) -> bytes:
        """The body without its Content-Transfer-Encoding (RFC 2045, section 6).

        RFC 7578, section 4.7, wants none, but there are those who send it. Raises ValueError.
        """
        encoding = self.headers.get("content-transfer-encoding", "binary").lower()
        if encoding == "base64":
            try:
                return base64.b64decode(b"".join(self.body.split()), validate=True)
            except binascii.Error as error:
                raise ValueError(f"the part is no base64: {error}") from None
        if encoding == "quoted-printable":
            return quopri.decodestring(self.body)
        if encoding not in ("binary", "8bit", "7bit"):
            raise ValueError(f"the transfer encoding {shown_value(encoding)} isn't known")
        return self.body

    def text(self) -> str:
        """The content as text in the charset of its type. Raises ValueError."""
        media_type = self.media_type
        return decoded(self.content(), (media_type and media_type.charset) or "utf-8")


def decoded(content: bytes, charset: str) -> str:
    """The text that bytes are in a charset. Raises ValueError."""
    if not known_charset(charset):
        raise ValueError(f"the charset {charset} isn't known; expected utf-8")
    try:
        return decode_text(content, charset)
    except UnicodeDecodeError as error:
        raise ValueError(f"it is no {charset}: byte {error.start} is wrong") from None


def read_parts(body: bytes, boundary: str | None) -> list[Part]:
    """The parts of a body. Raises UnreadableBody."""
    if not boundary:
        raise UnreadableBody("the Content-Type has no boundary; expected multipart/…;boundary=…")
    start = _start(body, boundary)
    reading = _Reading()
    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": reading.begin,
                "on_header_field": reading.name,
                "on_header_value": reading.value,
                "on_header_end": reading.header,
                "on_part_data": reading.data,
                "on_part_end": reading.end,
                "on_end": reading.finish,
            },
            max_header_count=MOST_HEADERS,
        )
        parser.logger = _SILENT
        parser.write(body[start:] if start else body)
    except FormParserError as error:
        raise UnreadableBody(_broken(error, start)) from None
    if not reading.finished:
        raise UnreadableBody(f"the body is cut off; expected it to end with --{boundary}--")
    return reading.parts


def _start(body: bytes, boundary: str) -> int:
    """Where the first boundary stands; what is before it means nothing (RFC 2046, 5.1.1)."""
    delimiter = b"--" + boundary.encode("latin-1", "replace")
    start = 0 if body.startswith(delimiter) else body.find(b"\n" + delimiter) + 1
    if not start and not body.startswith(delimiter):
        raise UnreadableBody(
            f"the boundary {shown_value(boundary)} of the Content-Type isn't in the body"
        )
    return start


def _broken(error: FormParserError, start: int) -> str:
    offset = getattr(error, "offset", -1)
    where = f" at byte {start + offset}" if offset >= 0 else ""
    found = str(error)[:1].lower() + str(error)[1:]
    expected = "headers as Name: value, and CRLF at the end of each line"
    return f"the multipart body is broken{where}: {found}; expected {expected}"


@dataclass(slots=True)
class _Reading:
    """What the parser has told so far."""

    parts: list[Part] = field(default_factory=list)
    finished: bool = False
    _headers: dict[str, str] = field(default_factory=dict)
    _name: bytes = b""
    _value: bytes = b""
    _body: list[bytes] = field(default_factory=list)
    _header_bytes: int = 0

    def begin(self) -> None:
        if len(self.parts) >= MOST_PARTS:
            raise UnreadableBody(f"the body has more than {MOST_PARTS:,} parts")
        self._headers, self._body = {}, []

    def name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]
        self._count(end - start)

    def value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]
        self._count(end - start)

    def _count(self, size: int) -> None:
        self._header_bytes += size
        if self._header_bytes > MOST_HEADER_BYTES:
            raise UnreadableBody(f"the headers of the parts exceed {MOST_HEADER_BYTES:,} bytes")

    def header(self) -> None:
        self._headers[_text(self._name).lower()] = _text(self._value).strip(" \t")
        self._name = self._value = b""

    def data(self, data: bytes, start: int, end: int) -> None:
        self._body.append(data[start:end])

    def end(self) -> None:
        disposition = self._headers.get("content-disposition", "")
        _, options = parse_options_header(disposition.encode())
        name, filename = (options.get(key) for key in (b"name", b"filename"))
        self.parts.append(
            Part(
                self._headers,
                b"".join(self._body),
                None if name is None else _unescaped(_text(name)),
                None if filename is None else _text(filename),
            )
        )

    def finish(self) -> None:
        self.finished = True


def _text(raw: bytes) -> str:
    """Names are UTF-8 (RFC 7578, section 5.1); some are sent as they were always sent."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _unescaped(name: str) -> str:
    for character, escape in _ESCAPES.items():
        name = name.replace(escape, character)
    return name


def new_part(
    body: bytes,
    media_type: str | None = None,
    name: str | None = None,
    filename: str | None = None,
) -> Part:
    """A part to send; with a name it is that of a form (RFC 7578, section 4.2)."""
    said = {"name": name, "filename": filename}
    options = "".join(
        f'; {key}="{_escaped(text)}"' for key, text in said.items() if text is not None
    )
    headers = {"content-disposition": f"form-data{options}"} if options else {}
    if media_type:
        headers["content-type"] = media_type
    return Part(headers, body, name, filename)


def _escaped(name: str) -> str:
    for character, escape in _ESCAPES.items():
        name = name.replace(character, escape)
    return name


def write_parts(parts: Iterable[Part]) -> tuple[tuple[bytes, ...], str]:
    """The body of those parts, in pieces of one part each and an end, and its boundary.

    The boundary is always the same, and in none of the parts.
    """
    written = [
        b"".join(f"{name.title()}: {text}\r\n".encode() for name, text in part.headers.items())
        + b"\r\n"
        + part.body
        for part in parts
    ]
    boundary = blake2b(b"".join(written), digest_size=12).hexdigest()
    delimiter = b"--" + boundary.encode()
    pieces = (delimiter + b"\r\n" + part + b"\r\n" for part in written)
    return (*pieces, delimiter + b"--\r\n"), boundary
