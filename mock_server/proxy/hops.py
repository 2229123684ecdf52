"""Which headers go on to the other side, and which belong to one connection alone."""

from __future__ import annotations

from collections.abc import Iterable

from mock_server.http_messages import RawHeaders

# RFC 9110, section 7.6.1; trailers aren't passed on, so nothing may announce them.
_OF_A_CONNECTION = frozenset({
    b"connection", b"proxy-connection", b"keep-alive", b"te", b"trailer", b"transfer-encoding",
    b"upgrade",
})  # fmt: skip


def passed_on(headers: RawHeaders, *others: bytes) -> list[tuple[bytes, bytes]]:
    """The headers that go on, in their order, names in lower case; `others` are left out too."""
    named = _OF_A_CONNECTION | set(_named(headers)) | set(others)
    lowered = ((name.lower(), value) for name, value in headers)
    return [(name, value) for name, value in lowered if name not in named]


def _named(headers: RawHeaders) -> Iterable[bytes]:
    """What `Connection` names as its own, too."""
    for name, value in headers:
        if name.lower() == b"connection":
            yield from (token.strip().lower() for token in value.split(b","))
