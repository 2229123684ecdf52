"""Spans of exchanges, received by a collector of OTLP over HTTP."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.helpers.processes import COMMAND, environment, serving
from tests.helpers.running import document_text, json_of, thing, until

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
PATHS = thing(
    {"200": json_of(True, example=True), "500": json_of(True, example=True)},
    parameters=[{"name": "n", "in": "query", "schema": {"type": "integer"}}],
)


@dataclass
class Collector:
    """What was exported by now."""

    url: str = ""
    spans: list[Any] = field(default_factory=list)
    services: set[str] = field(default_factory=set)

    def take(self, body: bytes) -> None:
        for group in ExportTraceServiceRequest.FromString(body).resource_spans:
            about = {a.key: a.value.string_value for a in group.resource.attributes}
            self.services.add(about["service.name"])
            self.spans += [span for scope in group.scope_spans for span in scope.spans]


@pytest.fixture
def collector() -> Iterator[Collector]:
    found = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.take(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def mock(collector: Collector, tmp_path: Path) -> Iterator[str]:
    (tmp_path / "things.json").write_text(document_text(PATHS))
    env = environment(OTEL_EXPORTER_OTLP_ENDPOINT=collector.url)
    with serving("things.json", "--otel", cwd=tmp_path, env=env, command=COMMAND) as server:
        yield server.url


def attributes(span: Any) -> dict[str, Any]:
    """Return a span's attributes with their values."""
    values = {a.key: a.value for a in span.attributes}
    return {key: getattr(value, value.WhichOneof("value")) for key, value in values.items()}


def spans(collector: Collector, count: int) -> list[Any]:
    until(lambda: len(collector.spans) >= count, f"{count} spans")
    assert len(collector.spans) == count
    return collector.spans


def test_each_exchange_is_one_span_below_the_caller_s(mock: str, collector: Collector) -> None:
    header = {"traceparent": f"00-{TRACE}-{PARENT}-01", "tracestate": "vendor=1"}
    httpx.get(f"{mock}/thing?n=1", headers=header)
    (span,) = spans(collector, 1)
    assert (span.trace_id.hex(), span.parent_span_id.hex()) == (TRACE, PARENT)
    assert span.trace_state == "vendor=1"
    assert (span.name, span.kind) == ("GET /thing", span.SPAN_KIND_SERVER)
    assert 0 < span.end_time_unix_nano - span.start_time_unix_nano < 60e9
    found = attributes(span)
    assert found["http.request.method"] == "GET" and found["http.route"] == "/thing"
    assert (found["url.path"], found["url.query"]) == ("/thing", "n=1")
    assert found["http.response.status_code"] == 200
    assert found["mock_server.source"].startswith("example:")
    assert collector.services == {"mock-server"}


@pytest.mark.parametrize(
    "header", ["", f"00-{'0' * 32}-{PARENT}-01", "ff-x", f"ff-{TRACE}-{PARENT}-01"]
)
def test_without_a_caller_s_span_a_trace_begins(
    mock: str, collector: Collector, header: str
) -> None:
    httpx.get(f"{mock}/thing", headers={"traceparent": header} if header else {})
    (span,) = spans(collector, 1)
    assert not span.parent_span_id and any(span.trace_id)
    assert span.trace_id.hex() != TRACE


def test_a_trace_that_is_not_sampled_is_not_exported(mock: str, collector: Collector) -> None:
    httpx.get(f"{mock}/thing", headers={"traceparent": f"00-{TRACE}-{PARENT}-00"})
    httpx.get(f"{mock}/thing")
    (span,) = spans(collector, 1)
    assert span.trace_id.hex() != TRACE


def test_errors_and_violations_are_in_the_span_and_secrets_are_not(
    mock: str, collector: Collector
) -> None:
    httpx.get(f"{mock}/thing?n=x&access_token=very-secret")
    httpx.get(f"{mock}/thing", headers={"Prefer": "code=500"})
    httpx.get(f"{mock}/nowhere")
    refused, failed, unmatched = spans(collector, 3)
    assert "expected an integer" in str(attributes(refused)["mock_server.violations"])
    assert "very-secret" not in str(refused)
    assert (refused.status.code, failed.status.code) == (0, 2)
    assert attributes(failed)["error.type"] == "500"
    assert unmatched.name == "GET" and "http.route" not in attributes(unmatched)


def test_what_still_waits_is_sent_at_the_end(collector: Collector, tmp_path: Path) -> None:
    (tmp_path / "things.json").write_text(document_text(PATHS))
    env = environment(OTEL_EXPORTER_OTLP_ENDPOINT=collector.url, OTEL_SERVICE_NAME="things")
    call = "import os, urllib.request as r; r.urlopen(os.environ['MOCK_SERVER_URL'] + '/thing')"
    command = [*COMMAND, "exec", "things.json", "--otel", "--", sys.executable, "-c", call]
    subprocess.run(command, cwd=tmp_path, env=env, check=True, capture_output=True)
    assert len(collector.spans) == 1
    assert collector.services == {"things"}


def test_without_the_extra_the_start_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['opentelemetry'] = None\n"
        "from mock_server.cli import main\n"
        "main(['serve', '-p', '0', '--otel'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "contract-mock-server[otel]" in done.stderr and "Traceback" not in done.stderr


def test_without_the_option_no_library_of_spans_is_loaded() -> None:
    code = "import sys, mock_server.app, mock_server.cli; print('opentelemetry' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.strip() == b"False"
