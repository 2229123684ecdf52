"""Replies to OPTIONS, and headers that let other origins read replies (Fetch, section 3.3)."""

from __future__ import annotations

from collections.abc import Mapping

from mock_server.http_messages import MOST_TOLD, RawHeaders, Reply


def is_preflight(headers: Mapping[bytes, bytes]) -> bool:
    """Return whether a browser asks what it may send before it sends it."""
    return b"origin" in headers and b"access-control-request-method" in headers


def options_reply(
    methods: list[str], headers: Mapping[bytes, bytes], query_types: bytes | None = None
) -> Reply:
    """Return the reply that states what a path allows, and the media types that QUERY takes.

    A preflight also gets what another origin may send.
    """
    sent = [(b"allow", ", ".join(methods).encode())]
    if query_types is not None:
        sent.append((b"accept-query", query_types))
    if is_preflight(headers):
        asked = headers[b"access-control-request-method"]
        sent += [
            (b"access-control-allow-methods", _repeated(asked)),
            (
                b"access-control-allow-headers",
                _repeated(headers.get(b"access-control-request-headers", b"*")),
            ),
            (b"access-control-max-age", b"600"),
        ]
    return Reply(204, sent, b"", "options")


def shared_headers(sent: RawHeaders, headers: Mapping[bytes, bytes]) -> list[tuple[bytes, bytes]]:
    """Return a reply's headers with those that let any origin read it (Fetch, section 3.3.3).

    `headers` are the request's; without an origin nothing is added. The reply's own headers of CORS
    are left out: a browser refuses a reply with two origins. A preflight is answered here, so its
    reply keeps the headers about methods and headers.
    """
    if len(headers.get(b"origin", _TOO_LONG)) > MOST_TOLD:  # no browser sends such an origin
        return list(sent)
    said = _SHARED if is_preflight(headers) else (_FAMILY,)
    kept = [(name, value) for name, value in sent if not name.startswith(said)]
    own = b", ".join(name for name, _ in kept)
    shared = [
        (b"access-control-allow-origin", headers[b"origin"]),
        (b"access-control-allow-credentials", b"true"),
        (b"access-control-expose-headers", own),
    ]
    varies = any(name == b"vary" and b"origin" in value.lower() for name, value in kept)
    return [*kept, *shared, *(() if varies else [(b"vary", b"origin")])]


def _repeated(value: bytes) -> bytes:
    """Return what is asked for as the value that allows it; `*` if it is too long to repeat."""
    return value if len(value) <= MOST_TOLD else b"*"


_TOO_LONG = b"x" * (MOST_TOLD + 1)
_FAMILY = b"access-control-"
_SHARED = (
    b"access-control-allow-origin",
    b"access-control-allow-credentials",
    b"access-control-expose-headers",
)
