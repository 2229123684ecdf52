"""What is counted of exchanges."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from itertools import accumulate

from mock_server.sessions import Exchange

# The upper bounds of the latency histogram, in seconds: those that Prometheus' clients have.
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
# The status of an exchange without a reply.
NO_REPLY = "none"
# As many operations, statuses and sources with a name as are remembered with their figures: tests
# may name a stub anew each time.
MOST_KNOWN = 10_000

# Operation, status and kind of source.
Kind = tuple[str, str, str]


class Latencies:
    """How many exchanges there were, and how long they took."""

    __slots__ = ("counts", "sum")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.sum = 0.0

    def add(self, seconds: float) -> None:
        """Count one exchange."""
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.sum += seconds

    def add_all(self, others: Latencies) -> None:
        """Count what others have counted."""
        self.counts = [a + b for a, b in zip(self.counts, others.counts, strict=True)]
        self.sum += others.sum

    @property
    def buckets(self) -> list[tuple[str, float]]:
        """Return each bound with the number of exchanges that took no longer."""
        bounds = [*map(str, BOUNDS), "+Inf"]
        return list(zip(bounds, map(float, accumulate(self.counts)), strict=True))


class Tally:
    """The figures of all exchanges that were counted.

    The operation is "" if the contract has none for the request. A source is its kind, without the
    name of the example or reply, so that there are few.
    """

    def __init__(self) -> None:
        self._kinds: dict[Kind, Latencies] = {}
        self._known: dict[tuple[str, int, str], Latencies] = {}
        # By operation, direction and code.
        self.violations: Counter[tuple[str, str, str]] = Counter()

    def count(self, exchange: Exchange) -> None:
        """Count one exchange; a request waits for it."""
        reply = exchange.reply
        if exchange.outgoing is not None:
            return
        if reply is None:
            self._kind((exchange.operation, NO_REPLY, "")).add(exchange.seconds)
            return
        key = (exchange.operation, reply.status, reply.source)
        latencies = self._known.get(key) or self._learnt(key)
        seconds = exchange.seconds
        latencies.counts[bisect_left(BOUNDS, seconds)] += 1
        latencies.sum += seconds
        for violation in reply.violations:
            self.violations[exchange.operation, violation.location[0], violation.keyword] += 1

    def _learnt(self, key: tuple[str, int, str]) -> Latencies:
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        operation, status, source = key
        found = self._known[key] = self._kind((operation, str(status), source.partition(":")[0]))
        return found

    def _kind(self, kind: Kind) -> Latencies:
        return self._kinds.setdefault(kind, Latencies())

    def requests(self) -> dict[Kind, int]:
        """Return how many exchanges there were, by operation, status and kind of source."""
        return {kind: sum(found.counts) for kind, found in self._kinds.items()}

    def latencies(self) -> dict[str, Latencies]:
        """Return how long exchanges took, by operation."""
        found: dict[str, Latencies] = {}
        for (operation, _, _), latencies in self._kinds.items():
            found.setdefault(operation, Latencies()).add_all(latencies)
        return found
