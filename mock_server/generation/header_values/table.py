"""The table of standard headers: what makes the values of each, and what these depend on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from enum import IntEnum
from typing import NamedTuple
from uuid import UUID

from mock_server.generation.header_values import contents, times
from mock_server.generation.header_values.message import HeaderMessage

_TRACE = re.compile(r"00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_NO_TRACE = "0" * 32


class Phase(IntEnum):
    """When a value is known: at start, with the request and what answers it, or with the body."""

    ALWAYS = 0
    MESSAGE = 1
    BODY = 2


class Field(NamedTuple):
    """How the values of a header are made: the best first, then other forms that a schema may ask.

    `phase` says when they are known.
    """

    values: Callable[[HeaderMessage], Iterator[str]]
    phase: Phase = Phase.ALWAYS


def _one_of(*texts: str) -> Field:
    return Field(lambda message: iter(texts))


def _uuid(message: HeaderMessage, more: str = "") -> str:
    return str(UUID(hex=message.hexes(32, more), version=4))


def _request_id(*names: str) -> Field:
    """The id that the client gave its request, else one of its own."""

    def values(message: HeaderMessage) -> Iterator[str]:
        yield from filter(None, map(message.asked, names))
        yield _uuid(message)
        yield _uuid(message).replace("-", "")
        yield message.hexes(16)

    return Field(values, Phase.MESSAGE)


def _idempotency_key(message: HeaderMessage) -> Iterator[str]:
    """draft-ietf-httpapi-idempotency-key-header-07: a string, that of the request if it has one."""
    if sent := message.asked("idempotency-key"):
        yield sent
    yield f'"{_uuid(message)}"'
    yield _uuid(message)


def _traceparent(message: HeaderMessage) -> Iterator[str]:
    """Trace Context, section 3.2: the trace of the request, with a span of its own."""
    found = _TRACE.fullmatch(message.asked("traceparent"))
    trace = found[1] if found is not None and found[1] != _NO_TRACE else message.hexes(32, "trace")
    yield f"00-{trace}-{message.hexes(16, 'span')}-01"


def _set_cookie(message: HeaderMessage) -> Iterator[str]:
    """RFC 6265, section 4.1: a cookie that plain HTTP and a browser both take."""
    yield f"session={message.hexes(32)}; Path=/; HttpOnly; SameSite=Lax"
    yield f"session={message.hexes(32)}"


_CACHE = _one_of("no-cache", "no-store", "private, max-age=60", "public, max-age=60", "max-age=60")

# By lower-case name. What browsers would keep, or refuse a page for, has its harmless value.
FIELDS: Mapping[str, Field] = {
    "accept-patch": Field(contents.accept_patch),
    "accept-post": Field(contents.accept_post),
    "accept-query": Field(contents.accept_query),
    "accept-ranges": Field(contents.accept_ranges),
    "access-control-allow-credentials": _one_of("true"),
    "access-control-allow-headers": _one_of("Content-Type, Authorization", "*"),
    "access-control-allow-methods": Field(contents.allowed_methods),
    "access-control-allow-origin": _one_of("*"),
    "access-control-expose-headers": _one_of("ETag, Location", "*"),
    "access-control-max-age": Field(times.max_age),
    "age": Field(times.age),
    "allow": Field(contents.allow),
    "alt-svc": _one_of("clear"),
    "cache-control": _CACHE,
    "cache-status": _one_of("mock; fwd=miss"),
    "content-digest": Field(contents.content_digest, Phase.BODY),
    "content-disposition": Field(contents.content_disposition, Phase.MESSAGE),
    "content-language": Field(contents.content_language, Phase.MESSAGE),
    "content-location": Field(contents.content_location, Phase.MESSAGE),
    "content-md5": Field(contents.content_md5, Phase.BODY),
    "content-range": Field(contents.content_range, Phase.BODY),
    "content-security-policy": _one_of("default-src 'self'"),
    "cross-origin-embedder-policy": _one_of("unsafe-none"),
    "cross-origin-opener-policy": _one_of("unsafe-none"),
    "cross-origin-resource-policy": _one_of("cross-origin"),
    "deprecation": Field(times.deprecation, Phase.MESSAGE),
    "digest": Field(contents.digest, Phase.BODY),
    "etag": Field(contents.etag, Phase.BODY),
    "expires": Field(times.expires, Phase.MESSAGE),
    "idempotency-key": Field(_idempotency_key, Phase.MESSAGE),
    "last-modified": Field(times.last_modified, Phase.MESSAGE),
    "link": Field(contents.link, Phase.MESSAGE),
    "location": Field(contents.location, Phase.MESSAGE),
    "permissions-policy": _one_of("geolocation=()"),
    "pragma": _one_of("no-cache"),
    "preference-applied": _one_of("return=representation"),
    "priority": _one_of("u=3"),
    "proxy-authenticate": _one_of('Basic realm="proxy"'),
    "ratelimit": Field(times.rate_limit),
    "ratelimit-limit": Field(times.limit),
    "ratelimit-policy": Field(times.rate_limit_policy),
    "ratelimit-remaining": Field(times.remaining),
    "ratelimit-reset": Field(times.reset, Phase.MESSAGE),
    "referrer-policy": _one_of("no-referrer"),
    "repr-digest": Field(contents.content_digest, Phase.BODY),
    "request-id": _request_id("request-id", "x-request-id"),
    "retry-after": Field(times.retry_after, Phase.MESSAGE),
    "server": _one_of("mock"),
    "server-timing": Field(times.server_timing),
    "set-cookie": Field(_set_cookie),
    "strict-transport-security": _one_of("max-age=31536000; includeSubDomains", "max-age=31536000"),
    "sunset": Field(times.sunset, Phase.MESSAGE),
    "timing-allow-origin": _one_of("*"),
    "traceparent": Field(_traceparent, Phase.MESSAGE),
    "tracestate": _one_of("mock=1"),
    "vary": _one_of("Accept", "Accept-Encoding", "Origin"),
    "via": _one_of("1.1 mock"),
    "www-authenticate": _one_of('Bearer realm="mock"', 'Basic realm="mock"', "Bearer", "Basic"),
    "x-content-type-options": _one_of("nosniff"),
    "x-correlation-id": _request_id("x-correlation-id", "x-request-id"),
    "x-frame-options": _one_of("DENY", "SAMEORIGIN"),
    "x-rate-limit-limit": Field(times.limit),
    "x-rate-limit-remaining": Field(times.remaining),
    "x-rate-limit-reset": Field(times.reset, Phase.MESSAGE),
    "x-rate-limit-used": Field(times.used),
    "x-ratelimit-limit": Field(times.limit),
    "x-ratelimit-remaining": Field(times.remaining),
    "x-ratelimit-reset": Field(times.reset, Phase.MESSAGE),
    "x-ratelimit-used": Field(times.used),
    "x-request-id": _request_id("x-request-id", "request-id", "x-correlation-id"),
    "x-total-count": Field(contents.total_count, Phase.MESSAGE),
    "x-xss-protection": _one_of("0"),
}
