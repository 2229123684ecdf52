"""The exchanges that took place, the newest so many of them."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from mock_server.http_messages import RawHeaders, Reply

# A body is kept up to here; what is longer is marked as cut.
MOST_BODY_BYTES = 65_536
# What an exchange takes beside its bodies, roughly.
BYTES_AN_EXCHANGE = 3_072


class StateSnapshot(NamedTuple):
    """What of a session's state a request met: the states of scenarios, and the stubs."""

    scenarios: Mapping[str, str]
    stubs: Mapping[str, Any]


NO_STATE = StateSnapshot({}, {})


class Received(NamedTuple):
    """A request as the journal keeps it; `started` is in seconds since the epoch."""

    started: float
    method: str
    path: str
    query: str
    operation: str
    headers: RawHeaders
    body: bytes


class Exchange(NamedTuple):
    """One request with its reply; `reply` is None where the client left before it.

    `started` is in seconds since the epoch, `seconds` how long it took; `request_size` is that of
    the whole body, which may be kept in part.
    """

    id: int
    started: float
    seconds: float
    method: str
    path: str
    query: str
    operation: str
    request_headers: RawHeaders
    request_body: bytes
    request_size: int
    reply: Reply | None
    reply_size: int
    met: StateSnapshot = NO_STATE


class Account:
    """Who is told of each exchange once, and up to which id that has been done."""

    __slots__ = ("_tell", "_told")

    def __init__(self, tell: Callable[[Exchange], None]) -> None:
        self._tell = tell
        self._told = 0

    def take(self, exchange: Exchange) -> None:
        """Take note of an exchange, unless that was done before."""
        if exchange.id > self._told:
            self._told = exchange.id
            self._tell(exchange)


class Budget:
    """How many bytes several journals may hold together; `relieve` makes them fewer."""

    __slots__ = ("_most", "_relieve", "used")

    def __init__(self, most: int, relieve: Callable[[], None]) -> None:
        self._most, self._relieve = most, relieve
        self.used = 0

    @property
    def is_spent(self) -> bool:
        """Whether they hold too much."""
        return self.used > self._most

    def add(self, size: int) -> None:
        """Take note of so many bytes more."""
        self.used += size
        if self.used > self._most:
            self._relieve()


class Journal:
    """Exchanges in the order in which they ended, bounded by number and by bytes.

    Ids count from 1 and are not used again, not after a reset either.
    """

    __slots__ = (
        "_accounts", "_budget", "_bytes", "_endings", "_exchanges", "_headers", "_last",
        "_listeners", "_most", "_most_bytes", "_sizes", "has_ended",
    )  # fmt: skip

    def __init__(self, most: int, most_bytes: int, budget: Budget | None = None) -> None:
        self._most, self._most_bytes, self._budget = most, most_bytes, budget
        self._bytes = 0
        self._last = 0
        self._exchanges: deque[Exchange] = deque()
        self._sizes: deque[int] = deque()
        self._headers: RawHeaders = ()
        self._listeners: tuple[Callable[[Exchange], None], ...] = ()
        self._endings: tuple[Callable[[], None], ...] = ()
        self.has_ended = False
        self._accounts: tuple[Account, ...] = ()

    def __iter__(self) -> Iterator[Exchange]:
        return iter(list(self._exchanges))

    def __len__(self) -> int:
        return len(self._exchanges)

    @property
    def size(self) -> int:
        """Return how many bytes the exchanges take, roughly."""
        return self._bytes

    @property
    def last(self) -> int:
        """The id of the newest exchange that there has been; 0 where there was none."""
        return self._last

    def find(self, id: int) -> Exchange | None:
        """The exchange of that id, if it is still there."""
        index = id - self._last + len(self._exchanges) - 1
        return self._exchanges[index] if 0 <= index < len(self._exchanges) else None

    def next_after(self, id: int) -> Exchange | None:
        """The oldest exchange that is still there and has a greater id."""
        left = min(self._last - id, len(self._exchanges))
        return self._exchanges[-left] if left > 0 else None

    def listen(
        self, listener: Callable[[Exchange], None], ending: Callable[[], None] = lambda: None
    ) -> Callable[[], None]:
        """Call a listener with each exchange from now on; what is given back ends that.

        `ending` is called where nothing more will ever come.
        """
        self._listeners = (*self._listeners, listener)
        self._endings = (*self._endings, ending)

        def leave() -> None:
            self._listeners = tuple(other for other in self._listeners if other is not listener)
            self._endings = tuple(other for other in self._endings if other is not ending)

        return leave

    def keep_account(self, tell: Callable[[Exchange], None]) -> None:
        """Have each exchange told to someone once: by `settle`, or else before it is forgotten.

        What comes late to all costs a request nothing.
        """
        self._accounts = (*self._accounts, Account(tell))

    def settle(self) -> None:
        """Tell of the exchanges that were not told of yet."""
        for exchange in list(self._exchanges):
            for account in self._accounts:
                account.take(exchange)

    def clear(self) -> None:
        """Forget all that is there."""
        while self._exchanges:
            self.forget_oldest()

    def end(self) -> None:
        """Forget all; what still comes, of requests under way, is for nobody.

        It no longer counts for the budget either, which nobody would take it from again.
        """
        self.clear()
        self._budget = None
        self.has_ended = True
        for ending in self._endings:
            ending()

    def add(
        self,
        received: Received,
        reply: Reply | None,
        met: StateSnapshot = NO_STATE,
        sizes: tuple[int, int] | None = None,
    ) -> None:
        """Write down an exchange that has just ended; the oldest give way.

        `sizes` are those of the bodies if not all of them is there.
        """
        if reply is not None and reply.pieces:
            reply = reply._replace(pieces=())  # the body has them all
        started, method, path, query, operation, headers, body = received
        reply_size = len(reply.body) if reply is not None else 0
        request_size, reply_size = sizes or (len(body), reply_size)
        body, reply, kept = _kept(body, reply)
        self._last += 1
        exchange = Exchange(
            self._last,
            started,
            time.time() - started,
            method,
            path,
            query,
            operation,
            self._shared(headers),
            body,
            request_size,
            reply,
            reply_size,
            met,
        )
        self._append(exchange, kept + BYTES_AN_EXCHANGE)
        for listener in self._listeners:
            listener(exchange)

    def _shared(self, headers: RawHeaders) -> RawHeaders:
        """Return the last exchange's headers if they are equal: most clients send the same."""
        if headers != self._headers:
            self._headers = headers
        return self._headers

    def _append(self, exchange: Exchange, size: int) -> None:
        self._exchanges.append(exchange)
        self._sizes.append(size)
        self._bytes += size
        if self._budget is not None:
            self._budget.add(size)
        while len(self._sizes) > self._most or self._bytes > self._most_bytes:
            self.forget_oldest()

    def forget_oldest(self) -> None:
        """Let the oldest exchange go."""
        exchange = self._exchanges.popleft()
        size = self._sizes.popleft()
        self._bytes -= size
        if self._budget is not None:
            self._budget.add(-size)
        for account in self._accounts:
            account.take(exchange)


def _kept(body: bytes, reply: Reply | None) -> tuple[bytes, Reply | None, int]:
    """The bodies, each cut to the same length if they are long, and their size together."""
    kept = len(body) + (len(reply.body) if reply is not None else 0)
    if kept <= MOST_BODY_BYTES:
        return body, reply, kept
    body = body[:MOST_BODY_BYTES]
    if reply is None:
        return body, None, len(body)
    reply = reply._replace(body=reply.body[:MOST_BODY_BYTES])
    return body, reply, len(body) + len(reply.body)
