"""The headers that go on to the other side, and those that belong to one connection alone."""

from __future__ import annotations

from collections.abc import Iterable

from mock_server.http_messages import RawHeaders

Headers = list[tuple[bytes, bytes]]

# RFC 9110, section 7.6.1; trailers aren't passed on, so nothing may announce them.
_OF_A_CONNECTION = frozenset({
    b"connection", b"proxy-connection", b"keep-alive", b"te", b"trailer", b"transfer-encoding",
    b"upgrade",
})  # fmt: skip
# What this server is called in `Via`, in the place of a host (RFC 9110, section 7.6.3).
PSEUDONYM = b"mock-server"
# The prefix for a header of the service whose name looks like one of this server's own.
OF_THE_UPSTREAM = b"upstream-"


def passed_on(headers: RawHeaders, *others: bytes) -> Headers:
    """Return the headers that go on, in their order, with names in lower case.

    `others` are left out too. A length beside a Transfer-Encoding doesn't count (RFC 9112, section
    6.3), and is left out.
    """
    lowered = [(name.lower(), value) for name, value in headers]
    left_out = {*_OF_A_CONNECTION, *_connection_names(lowered), *others}
    if any(name == b"transfer-encoding" for name, _ in lowered):
        left_out.add(b"content-length")
    return [(name, value) for name, value in lowered if name not in left_out]


def via(headers: RawHeaders, version: bytes) -> Headers:
    """Return the headers with this server in `Via`, behind those that the message came by before.

    `version` is that of the protocol by which the message was received, such as `1.1` (RFC 9110,
    section 7.6.3).
    """
    before = [value for name, value in headers if name == b"via"]
    others = [pair for pair in headers if pair[0] != b"via"]
    return [*others, (b"via", b", ".join([*before, version + b" " + PSEUDONYM]))]


def renamed(headers: RawHeaders) -> Headers:
    """Return the service's headers, with a new name for each that looks like this server's own.

    `mock-source` becomes `upstream-mock-source`: another mock server behind this one sends it.
    """
    return [(OF_THE_UPSTREAM + name if _is_ours(name) else name, value) for name, value in headers]


def _is_ours(name: bytes) -> bool:
    return name.startswith(b"mock-") or name == b"sl-violations"


def _connection_names(headers: RawHeaders) -> Iterable[bytes]:
    """Yield the names that `Connection` lists, whose headers belong to one connection too."""
    for name, value in headers:
        if name == b"connection":
            yield from (token.strip().lower() for token in value.split(b","))
