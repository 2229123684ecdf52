"""The newest exchanges that took place, up to a limit."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from mock_server.errors import Violation
from mock_server.http_messages import RawHeaders, Reply

# A body is kept up to this length; a longer one is marked as cut.
MOST_BODY_BYTES = 65_536
# The bytes that an exchange takes beside its bodies, roughly.
BYTES_AN_EXCHANGE = 3_072


class StateSnapshot(NamedTuple):
    """The part of a session's state that a request met: the states of scenarios, and the stubs."""

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


class Outgoing(NamedTuple):
    """What is known of a request that the mock sent: a callback or a webhook.

    `event` is its name in the document, `caller` the operation whose callback it is, `origin` the
    scheme and host that it went to. `cause` is
    the id of the exchange that caused it, `attempt` counts from 1. `error` is why there is no
    answer; `violations` are those that kept it from being sent.
    """

    event: str
    origin: str
    attempt: int
    cause: int | None = None
    error: str = ""
    violations: Sequence[Violation] = ()
    caller: str = ""


class Exchange(NamedTuple):
    """One request with its reply; `reply` is None if the client left before it.

    `outgoing` is there for a request that the mock sent itself; the reply is its receiver's then.

    `started` is in seconds since the epoch, `seconds` is how long the exchange took. `request_size`
    is that of the whole body, which may be kept in part.
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
    outgoing: Outgoing | None = None


class Account:
    """A listener that gets each exchange once, with the id up to which that is done."""

    __slots__ = ("_tell", "_told")

    def __init__(self, tell: Callable[[Exchange], None]) -> None:
        self._tell = tell
        self._told = 0

    def take(self, exchange: Exchange) -> None:
        """Pass an exchange on, unless that was done before."""
        if exchange.id > self._told:
            self._told = exchange.id
            self._tell(exchange)


class Budget:
    """The bytes that several journals may hold together; `relieve` makes them fewer."""

    __slots__ = ("_most", "_relieve", "used")

    def __init__(self, most: int, relieve: Callable[[], None]) -> None:
        self._most, self._relieve = most, relieve
        self.used = 0

    @property
    def is_spent(self) -> bool:
        """Return whether the journals hold too much."""
        return self.used > self._most

    def add(self, size: int) -> None:
        """Count so many bytes more."""
        self.used += size
        if self.used > self._most:
            self._relieve()


class Journal:
    """Exchanges in the order in which they ended, bounded by number and by bytes.

    Ids count from 1 and are never used again, even after a reset.
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
        """Return the id of the newest exchange that there has been; 0 if there was none."""
        return self._last

    def find(self, id: int) -> Exchange | None:
        """Return the exchange of that id, if it is still there."""
        index = id - self._last + len(self._exchanges) - 1
        return self._exchanges[index] if 0 <= index < len(self._exchanges) else None

    def next_after(self, id: int) -> Exchange | None:
        """Return the oldest exchange that is still there and has a greater id."""
        left = min(self._last - id, len(self._exchanges))
        return self._exchanges[-left] if left > 0 else None

    def listen(
        self, listener: Callable[[Exchange], None], ending: Callable[[], None] = lambda: None
    ) -> Callable[[], None]:
        """Call a listener with each exchange from now on; return the function that ends that.

        `ending` is called once no more exchanges will ever come.
        """
        self._listeners = (*self._listeners, listener)
        self._endings = (*self._endings, ending)

        def leave() -> None:
            self._listeners = tuple(other for other in self._listeners if other is not listener)
            self._endings = tuple(other for other in self._endings if other is not ending)

        return leave

    def keep_account(self, tell: Callable[[Exchange], None]) -> None:
        """Pass each exchange to `tell` once: by `settle`, or else before it is forgotten.

        As a rule this happens late, so that it doesn't slow down the request.
        """
        self._accounts = (*self._accounts, Account(tell))

    def settle(self) -> None:
        """Pass on the exchanges that were not passed on yet."""
        for exchange in list(self._exchanges):
            for account in self._accounts:
                account.take(exchange)

    def clear(self) -> None:
        """Forget all exchanges."""
        while self._exchanges:
            self.forget_oldest()

    def end(self) -> None:
        """Forget all exchanges; those that requests under way still add are seen by no one.

        They don't count for the budget any more, since nothing would take them out of it again.
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
        outgoing: Outgoing | None = None,
    ) -> None:
        """Add an exchange that has just ended; the oldest give way.

        `sizes` are those of the bodies, if not all of them is there.
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
            outgoing,
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
        """Forget the oldest exchange."""
        exchange = self._exchanges.popleft()
        size = self._sizes.popleft()
        self._bytes -= size
        if self._budget is not None:
            self._budget.add(-size)
        for account in self._accounts:
            account.take(exchange)


def _kept(body: bytes, reply: Reply | None) -> tuple[bytes, Reply | None, int]:
    """Return the bodies, each cut to the same length if they are long, and their size together."""
    kept = len(body) + (len(reply.body) if reply is not None else 0)
    if kept <= MOST_BODY_BYTES:
        return body, reply, kept
    body = body[:MOST_BODY_BYTES]
    if reply is None:
        return body, None, len(body)
    reply = reply._replace(body=reply.body[:MOST_BODY_BYTES])
    return body, reply, len(body) + len(reply.body)
