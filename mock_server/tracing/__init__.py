"""A span of OpenTelemetry for each exchange; needs the extra `otel`."""

from mock_server.tracing.exporter import SpanExporter

__all__ = ["SpanExporter"]
