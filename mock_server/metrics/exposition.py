"""The figures as Prometheus and OpenMetrics write them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from mock_server.metrics.tally import Tally
from mock_server.sessions import Sessions

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Metric


class Metrics:
    """The metrics of one app, counted from when they are first asked for.

    The first answer counts what the journals still hold, too. After that an exchange is counted
    when a journal forgets it, or when the metrics are asked for: no other request pays for it. The
    library is loaded at the first question, and only a registry of this app's own is used.
    """

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._tally: Tally | None = None

    def written(self, accept: str) -> tuple[str, bytes]:
        """Return the metrics in the format that `Accept` prefers: its media type, and the text."""
        from prometheus_client.exposition import choose_encoder

        try:
            encode, media_type = choose_encoder(accept)
        except (TypeError, ValueError):  # it compares a version that is no number
            encode, media_type = choose_encoder("")
        return media_type, encode(self._registry)

    @cached_property
    def _registry(self) -> CollectorRegistry:
        from prometheus_client import CollectorRegistry
        from prometheus_client.process_collector import ProcessCollector

        registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        registry.register(self)
        return registry

    def describe(self) -> list[Metric]:
        """Return nothing, so that registering this collects nothing."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield each family of metrics with its values now."""
        tally = self._settled()
        yield from _of_exchanges(tally)
        yield from _of_sessions(self._sessions)

    def _settled(self) -> Tally:
        """Return the tally of every exchange up to now."""
        if self._tally is None:
            self._tally = Tally()
            self._sessions.keep_account(self._tally.count)
        for session in self._sessions:
            session.journal.settle()
        return self._tally


def _of_exchanges(tally: Tally) -> Iterator[Metric]:
    from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

    requests = CounterMetricFamily(
        "mock_server_requests",
        "Requests, by operation, status and where the reply came from.",
        labels=("operation", "status", "source"),
    )
    for key, count in tally.requests().items():
        requests.add_metric(key, count)
    yield requests
    latencies = HistogramMetricFamily(
        "mock_server_request_duration_seconds",
        "How long requests took, from their head to the end of the reply.",
        labels=("operation",),
    )
    for operation, found in tally.latencies().items():
        latencies.add_metric((operation,), found.buckets, found.sum)
    yield latencies
    violations = CounterMetricFamily(
        "mock_server_violations",
        "Ways in which messages broke the contract, by operation, direction and rule.",
        labels=("operation", "direction", "code"),
    )
    for key, count in tally.violations.items():
        violations.add_metric(key, count)
    yield violations


def _of_sessions(sessions: Sessions) -> Iterator[Metric]:
    from prometheus_client.core import GaugeMetricFamily

    journals = [session.journal for session in sessions]
    yield GaugeMetricFamily(
        "mock_server_sessions", "Sessions, the main one among them.", value=len(sessions)
    )
    yield GaugeMetricFamily(
        "mock_server_journal_exchanges",
        "Exchanges that the journals of all sessions hold.",
        value=sum(map(len, journals)),
    )
    yield GaugeMetricFamily(
        "mock_server_journal_bytes",
        "Memory that the journals of all sessions take, roughly.",
        value=sum(journal.size for journal in journals),
    )
