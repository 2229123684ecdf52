"""Content codings: what a client has compressed, inflated (RFC 9110, section 8.4; RFC 7694).

What is read here comes from outside: a small body may stand for a huge one, so no more is inflated
than a body may have.
"""

from __future__ import annotations

import zlib

from mock_server.core import shown_value
from mock_server.errors import ContentTooLarge, UnreadableContent, UnsupportedMediaType, Violation

# The value of Accept-Encoding where another coding was used (RFC 9110, section 15.5.16).
KNOWN = "gzip, deflate"
MOST_CODINGS = 4
# Members of one gzip stream (RFC 1952, section 2.2).
MOST_MEMBERS = 1_000

_GZIP, _ZLIB, _RAW = 31, 15, -15  # what zlib calls them
_PIECE = 65_536
_NAMES = {"gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate", "identity": "identity"}


def decoded(body: bytes, content_encoding: str, limit: int) -> bytes:
    """The content of a body that has those codings, the last of them outermost.

    Raises UnsupportedMediaType for one that isn't known, UnreadableContent for a body that isn't
    what it says, and ContentTooLarge where the content is longer than the limit.
    """
    listed = [name.strip(" \t").lower() for name in content_encoding.split(",")]
    names = [_known_coding(name) for name in listed if name]
    if len(names) > MOST_CODINGS:
        raise _unreadable(f"the body has {len(names)} codings; expected at most {MOST_CODINGS}")
    for name in reversed(names):
        if name == "gzip":
            body = _inflated(body, _GZIP, limit, MOST_MEMBERS)
        elif name == "deflate":
            # Some send it without the header that RFC 9110, section 8.4.1.2, asks for.
            body = _inflated(body, _ZLIB if _has_header(body) else _RAW, limit, 1)
    return body


def _known_coding(name: str) -> str:
    if name not in _NAMES:
        message = f"the content coding {shown_value(name)} isn't known; expected gzip or deflate"
        found = [
            Violation(("request", "header", "content-encoding"), "", "content-encoding", message)
        ]
        raise UnsupportedMediaType(f"{message}.", found, [("Accept-Encoding", KNOWN)])
    return _NAMES[name]


def _has_header(body: bytes) -> bool:
    """Whether a deflated body starts as RFC 1950, section 2.2, has it."""
    return len(body) > 1 and body[0] & 15 == 8 and (body[0] << 8 | body[1]) % 31 == 0


def _inflated(body: bytes, form: int, limit: int, most_members: int) -> bytes:
    content, at, view = bytearray(), 0, memoryview(body)
    for _ in range(most_members):
        inflate = zlib.decompressobj(form)
        while not inflate.eof:
            piece = view[at : at + _PIECE]
            if not piece:
                raise _unreadable("the compressed body is cut off")
            try:
                content += inflate.decompress(piece, limit + 1 - len(content))
            except zlib.error as error:
                raise _unreadable(
                    f"the body isn't compressed as it says: {_error_text(error)}"
                ) from None
            if len(content) > limit:
                raise ContentTooLarge(
                    f"The body is larger than {limit} bytes once it is decompressed;"
                    " --body-limit sets the limit."
                )
            at += len(piece) - len(inflate.unconsumed_tail) - len(inflate.unused_data)
        if at == len(body):
            return bytes(content)
    raise _unreadable("the compressed body has more behind its end")


def _error_text(error: zlib.error) -> str:
    """What the library says, without its number."""
    return str(error).rpartition(": ")[2]


def _unreadable(message: str) -> UnreadableContent:
    return UnreadableContent(
        f"{message[:1].upper()}{message[1:]}.",
        [Violation(("request", "body"), "", "content-encoding", message)],
    )
