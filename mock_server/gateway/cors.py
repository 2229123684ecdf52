"""What a path allows, and what lets pages of other origins read replies (Fetch, section 3.3)."""

from __future__ import annotations

from collections.abc import Mapping

from mock_server.http_messages import MOST_TOLD, RawHeaders, Reply


def is_preflight(headers: Mapping[bytes, bytes]) -> bool:
    """Whether a browser asks what it may send before it sends it."""
    return b"origin" in headers and b"access-control-request-method" in headers


def options_reply(methods: list[str], headers: Mapping[bytes, bytes]) -> Reply:
    """What a path allows; to a preflight also what another origin may send."""
    sent = [(b"allow", ", ".join(methods).encode())]
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
    """The headers of a reply with those that let any origin read it (Fetch, section 3.3.3).

    `headers` are the request's; without an origin nothing is added. What the reply says of CORS
    itself is left out: a browser refuses a reply with two origins. Only to a preflight, which is
    answered here, all that is said of methods and headers stays.
    """
    if len(headers.get(b"origin", _TOO_LONG)) > MOST_TOLD:  # no browser sends such a one
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
    """What is asked for as it is allowed; of what is too long nothing is repeated."""
    return value if len(value) <= MOST_TOLD else b"*"


_TOO_LONG = b"x" * (MOST_TOLD + 1)
_FAMILY = b"access-control-"
_SHARED = (
    b"access-control-allow-origin",
    b"access-control-allow-credentials",
    b"access-control-expose-headers",
)
