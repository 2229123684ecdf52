"""An exchange as a span, by the semantic conventions for HTTP servers (stable since 1.23)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import (
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    get_current_span,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from mock_server import __version__
from mock_server.http_messages import header_map
from mock_server.secrecy import Secrets
from mock_server.sessions import Exchange

_SCOPE = InstrumentationScope("mock_server", __version__)
_PROPAGATOR = TraceContextTextMapPropagator()
_IDS = RandomIdGenerator()


def resource() -> Resource:
    """Return what the spans are of: `OTEL_SERVICE_NAME`, or else `mock-server`."""
    found = Resource.create()
    if str(found.attributes.get(SERVICE_NAME, "")).startswith("unknown_service"):
        found = found.merge(Resource({SERVICE_NAME: "mock-server"}))
    return found


def span_of(
    exchange: Exchange, routes: Mapping[str, str], secrets: Secrets, about: Resource
) -> ReadableSpan | None:
    """Return the span of an exchange; None if the caller's trace isn't sampled.

    Its parent is what `traceparent` names (W3C Trace Context); without one, or with one that is
    none, it begins a trace. `routes` are the paths of operations by their id.
    """
    parent = _parent(exchange)
    if parent is not None and not parent.trace_flags.sampled:
        return None
    context = SpanContext(
        parent.trace_id if parent is not None else _IDS.generate_trace_id(),
        _IDS.generate_span_id(),
        is_remote=False,
        trace_flags=TraceFlags(TraceFlags.SAMPLED),
        trace_state=parent.trace_state if parent is not None else None,
    )
    route = routes.get(exchange.operation)
    start = int(exchange.started * 1e9)
    return ReadableSpan(
        f"{exchange.method} {route}" if route else exchange.method,
        context,
        parent,
        about,
        dict(_attributes(exchange, route, secrets)),
        kind=SpanKind.SERVER,
        status=_status(exchange),
        start_time=start,
        end_time=start + int(exchange.seconds * 1e9),
        instrumentation_scope=_SCOPE,
    )


def _parent(exchange: Exchange) -> SpanContext | None:
    headers = header_map(exchange.request_headers)
    carrier = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers.items()}
    found = get_current_span(_PROPAGATOR.extract(carrier)).get_span_context()
    return found if found.is_valid else None


def _attributes(
    exchange: Exchange, route: str | None, secrets: Secrets
) -> Iterator[tuple[str, Any]]:
    own, reply = secrets.of(exchange.operation), exchange.reply
    yield "http.request.method", exchange.method
    yield "url.path", own.path(exchange.path)
    yield "url.scheme", "http"
    if exchange.query:
        yield "url.query", own.query(exchange.query)
    if route:
        yield "http.route", route
        yield "mock_server.operation", exchange.operation
    if reply is None:
        yield "error.type", "client_left"
        return
    yield "http.response.status_code", reply.status
    yield "mock_server.source", reply.source
    if reply.status >= 500:
        yield "error.type", str(reply.status)
    if reply.violations:
        yield "mock_server.violations", [own.text(v.message) for v in reply.violations]


def _status(exchange: Exchange) -> Status:
    """Return an error for a 5XX and for no reply; a server's span leaves the others unset."""
    is_error = exchange.reply is None or exchange.reply.status >= 500
    return Status(StatusCode.ERROR if is_error else StatusCode.UNSET)
