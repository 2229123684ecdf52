"""The body of a request, read no further than the limit."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, MutableMapping
from typing import Any

from mock_server.errors import ContentTooLarge
from mock_server.gateway.connection import ClientLeft, Receive

# If a client sends too much, the server reads on for so long. So the client gets to read the
# refusal. So many bytes of what still comes are thrown away.
SECONDS_TO_LINGER = 1.0
MOST_BYTES_TO_LINGER = 1024 * 1024


def has_body(headers: Mapping[bytes, bytes]) -> bool:
    """Return whether a request states that it has a body (RFC 9112, section 6.3)."""
    return b"content-length" in headers or b"transfer-encoding" in headers


async def read_body(headers: Mapping[bytes, bytes], receive: Receive, limit: int) -> bytes:
    """Return the whole body of a request that has one. Raises ContentTooLarge and ClientLeft.

    The body is refused as soon as it is known to be longer than the limit.
    """
    length = headers.get(b"content-length")
    if length is not None and int(length) > limit:
        raise _too_large(limit)
    message = await receive()
    body: bytes = message.get("body", b"")
    # All of it is there in most cases; an empty message may be that of a client that left.
    if message.get("more_body") or not 0 < len(body) <= limit:
        return await _rest(message, receive, limit)
    return body


async def _rest(message: MutableMapping[str, Any], receive: Receive, limit: int) -> bytes:
    """Return the body from a first part that isn't all of it."""
    body = bytearray()
    while True:
        if message["type"] == "http.disconnect":
            raise ClientLeft
        body += message.get("body", b"")
        if len(body) > limit:
            raise _too_large(limit)
        if not message.get("more_body"):
            return bytes(body)
        message = await receive()


async def throw_away(receive: Receive) -> None:
    """Read the rest of a body, up to a limit; nothing more is read of a longer one."""
    left = MOST_BYTES_TO_LINGER
    while left > 0:
        message = await receive()
        if not message.get("more_body"):
            return
        left -= len(message["body"])
    await asyncio.sleep(SECONDS_TO_LINGER)


def _too_large(limit: int) -> ContentTooLarge:
    return ContentTooLarge(f"The body is larger than {limit} bytes; --body-limit sets the limit.")
