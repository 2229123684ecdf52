"""Metrics of a running mock, in the formats that Prometheus reads."""

from mock_server.metrics.exposition import Metrics

__all__ = ["Metrics"]
