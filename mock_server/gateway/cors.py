"""What a path allows, and what lets pages of other origins read replies (Fetch, section 3.3)."""

from __future__ import annotations

from collections.abc import Mapping

from mock_server.http_messages import RawHeaders, Reply


def is_preflight(headers: Mapping[bytes, bytes]) -> bool:
    """Whether a browser asks what it may send before it sends it."""
    return b"origin" in headers and b"access-control-request-method" in headers


def options_reply(methods: list[str], headers: Mapping[bytes, bytes]) -> Reply:
    """What a path allows; to a preflight also what another origin may send."""
    sent = [(b"allow", ", ".join(methods).encode())]
    if is_preflight(headers):
        asked = headers[b"access-control-request-method"]
        sent += [
            (b"access-control-allow-methods", asked),
            (b"access-control-allow-headers", headers.get(b"access-control-request-headers", b"*")),
            (b"access-control-max-age", b"600"),
        ]
    return Reply(204, sent, b"", "options")


def shared_headers(origin: bytes, sent: RawHeaders) -> list[tuple[bytes, bytes]]:
    """Any origin may read the reply, its own headers included (Fetch, section 3.3.3).

    What says so itself is left as it is: two origins in one reply are none.
    """
    if any(name == b"access-control-allow-origin" for name, _ in sent):
        return []
    own = b", ".join(name for name, _ in sent)
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-allow-credentials", b"true"),
        (b"access-control-expose-headers", own),
        (b"vary", b"origin"),
    ]
