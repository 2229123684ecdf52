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


class Latencies:
    """How long the exchanges of one operation took."""

    __slots__ = ("_counts", "sum")

    def __init__(self) -> None:
        self._counts = [0] * (len(BOUNDS) + 1)
        self.sum = 0.0

    def add(self, seconds: float) -> None:
        """Count one exchange."""
        self._counts[bisect_left(BOUNDS, seconds)] += 1
        self.sum += seconds

    @property
    def buckets(self) -> list[tuple[str, float]]:
        """Return each bound with the number of exchanges that took no longer."""
        bounds = [*map(str, BOUNDS), "+Inf"]
        return list(zip(bounds, map(float, accumulate(self._counts)), strict=True))


class Tally:
    """The figures of all exchanges that were counted.

    `requests` has the keys operation, status and source, `violations` operation, direction and
    code. The operation is "" if the contract has none for the request. A source is its kind,
    without the name of the example or reply, so that there are few.
    """

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, str, str]] = Counter()
        self.violations: Counter[tuple[str, str, str]] = Counter()
        self.latencies: dict[str, Latencies] = {}

    def count(self, exchange: Exchange) -> None:
        """Count one exchange."""
        operation, reply = exchange.operation, exchange.reply
        latencies = self.latencies.get(operation)
        if latencies is None:
            latencies = self.latencies[operation] = Latencies()
        latencies.add(exchange.seconds)
        if reply is None:
            self.requests[operation, NO_REPLY, ""] += 1
            return
        self.requests[operation, str(reply.status), reply.source.partition(":")[0]] += 1
        for violation in reply.violations:
            self.violations[operation, violation.location[0], violation.keyword] += 1
