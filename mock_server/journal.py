"""The exchanges that took place, the newest so many of them."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from mock_server.messages import RawHeaders, Reply

# A body is kept up to here; what is longer is marked as cut.
MOST_BODY_BYTES = 65_536


class Exchange(NamedTuple):
    """One request with its reply; `reply` is None where the client left before it.

    `started` is in seconds since the epoch, `seconds` how long it took.
    """

    started: float
    seconds: float
    method: str
    path: str
    query: str
    operation: str
    request_headers: RawHeaders
    request_body: bytes
    reply: Reply | None


class Journal:
    """Exchanges in the order in which they ended, bounded by number and by bytes of bodies."""

    def __init__(self, most: int, most_bytes: int) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._bytes = 0
        self._exchanges: deque[Exchange] = deque()

    def __iter__(self) -> Iterator[Exchange]:
        return iter(list(self._exchanges))

    def __len__(self) -> int:
        return len(self._exchanges)

    def add(
        self,
        started: float,
        method: str,
        path: str,
        query: str,
        operation: str,
        headers: RawHeaders,
        body: bytes,
        reply: Reply | None,
    ) -> None:
        """Write down an exchange that has just ended; the oldest give way."""
        size = len(body) + (len(reply.body) if reply is not None else 0)
        if size > MOST_BODY_BYTES:
            body, reply = _cut(body, reply)
            size = len(body) + (len(reply.body) if reply is not None else 0)
        self._exchanges.append(
            Exchange(
                started, time.time() - started, method, path, query, operation, headers, body, reply
            )
        )
        self._bytes += size
        while len(self._exchanges) > self._most or self._bytes > self._most_bytes:
            self._forget(self._exchanges.popleft())

    def _forget(self, exchange: Exchange) -> None:
        reply = exchange.reply
        self._bytes -= len(exchange.request_body) + (len(reply.body) if reply is not None else 0)


def _cut(body: bytes, reply: Reply | None) -> tuple[bytes, Reply | None]:
    """Long bodies cut; how long they were is in their Content-Length."""
    if reply is not None:
        reply = reply._replace(body=reply.body[:MOST_BODY_BYTES])
    return body[:MOST_BODY_BYTES], reply
