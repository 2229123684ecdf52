"""Sends the spans of exchanges by OTLP, beside the requests."""

from __future__ import annotations

import logging
import threading
from collections import deque
from typing import TYPE_CHECKING, Protocol

from mock_server.errors import WrongUse
from mock_server.sessions import Exchange

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan

    from mock_server.project import Project
    from mock_server.secrecy import Secrets

log = logging.getLogger("mock_server")

# As OpenTelemetry's own batches are by default.
MOST_WAITING = 2_048
MOST_IN_A_BATCH = 512
SECONDS_TO_GATHER = 1.0
SECONDS_TO_END = 10.0


class Served(Protocol):
    """What the exchanges are of; a reload changes both."""

    parts: Project
    secrets: Secrets


class SpanExporter:
    """Makes spans of exchanges and sends them, from a thread of its own.

    A request only puts its exchange down; of those that can't be sent in time the number is logged.
    Where to and how is in OpenTelemetry's own variables, such as `OTEL_EXPORTER_OTLP_ENDPOINT`.
    """

    def __init__(self, app: Served) -> None:
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

            from mock_server.tracing import spans
        except ModuleNotFoundError:
            raise WrongUse(
                "otel needs the extra of that name; expected"
                " python -m pip install 'contract-mock-server[otel]'"
            ) from None
        self._app, self._spans = app, spans
        self._exporter, self._resource = OTLPSpanExporter(), spans.resource()
        self._waiting: deque[Exchange] = deque()
        self._left_out = 0
        self._has_ended = threading.Event()
        self._thread = threading.Thread(target=self._send, daemon=True, name="spans")
        self._thread.start()

    def add(self, exchange: Exchange) -> None:
        """Have the span of an exchange sent soon."""
        if len(self._waiting) < MOST_WAITING:
            self._waiting.append(exchange)
        else:
            self._left_out += 1

    def close(self) -> None:
        """Send what is left, unless that takes longer than ten seconds."""
        self._has_ended.set()
        self._thread.join(SECONDS_TO_END)
        self._exporter.shutdown()  # type: ignore[no-untyped-call]

    def _send(self) -> None:
        while not (self._has_ended.wait(SECONDS_TO_GATHER) and not self._waiting):
            while batch := self._batch():
                self._exporter.export(batch)
            if self._left_out:
                log.warning("%s spans aren't sent: there are too many at once", self._left_out)
                self._left_out = 0

    def _batch(self) -> list[ReadableSpan]:
        """Return the next spans; none if no exchange waits."""
        operations = self._app.parts.contract.operations if self._waiting else ()
        routes = {operation.id: operation.path for operation in operations}
        batch: list[ReadableSpan] = []
        while self._waiting and len(batch) < MOST_IN_A_BATCH:
            exchange = self._waiting.popleft()
            span = self._spans.span_of(exchange, routes, self._app.secrets, self._resource)
            batch += [span] if span is not None else []
        return batch
