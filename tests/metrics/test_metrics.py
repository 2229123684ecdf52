"""The metrics under `/_mock/metrics`, read by Prometheus' own parsers."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import httpx
import pytest
from prometheus_client import REGISTRY
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as open_families,
)
from prometheus_client.parser import text_string_to_metric_families as plain_families

from mock_server.metrics.tally import BOUNDS, Latencies
from tests.helpers.running import Mock, Serve, json_of, thing

PATH = "/_mock/metrics"
OPEN = "application/openmetrics-text"
OK = thing(
    {"200": json_of(True, example=True)},
    parameters=[{"name": "n", "in": "query", "schema": {"type": "integer"}}],
)


@pytest.fixture
def mock(serve: Serve) -> Mock:
    return serve(OK)


Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def samples(text: str, *, is_open: bool = False) -> Samples:
    """Return every sample by its name and labels."""
    families: Any = (open_families if is_open else plain_families)(text)
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def read(mock: Mock) -> Samples:
    return samples(mock.get(PATH).text)


def value(found: Samples, name: str, **labels: str) -> float:
    return found.get((f"mock_server_{name}", frozenset(labels.items())), 0.0)


def test_requests_are_counted_by_operation_status_and_source(mock: Mock) -> None:
    for path in ("/thing", "/thing", "/thing?n=x", "/nowhere"):
        mock.get(path)
    found = read(mock)
    assert value(found, "requests_total", operation="thing", status="200", source="example") == 2
    assert value(found, "requests_total", operation="thing", status="422", source="refusal") == 1
    assert value(found, "requests_total", operation="", status="404", source="refusal") == 1


def test_each_exchange_is_counted_once_however_often_it_is_asked(mock: Mock) -> None:
    labels = {"operation": "thing", "status": "200", "source": "example"}
    for count in (1, 2, 3):
        mock.get()
        assert value(read(mock), "requests_total", **labels) == count
        assert value(read(mock), "requests_total", **labels) == count


def test_what_the_journal_has_let_go_since_is_counted_too(serve: Serve) -> None:
    mock = serve(OK, journal_size=2)
    read(mock)
    for session in ("", "", "", "one", "one", "one"):
        mock.get(headers={"Mock-Session": session} if session else {})
    mock.client.post("/_mock/reset")
    found = read(mock)
    assert value(found, "requests_total", operation="thing", status="200", source="example") == 6
    assert value(found, "journal_exchanges") == 2
    assert value(found, "sessions") == 2


def test_metrics_and_coverage_count_side_by_side(mock: Mock) -> None:
    mock.get()
    assert mock.get("/_mock/coverage").json()["exchanges"]["counted"] == 1
    labels = {"operation": "thing", "status": "200", "source": "example"}
    assert value(read(mock), "requests_total", **labels) == 1
    mock.get()
    assert value(read(mock), "requests_total", **labels) == 2
    assert mock.get("/_mock/coverage").json()["exchanges"]["counted"] == 2


def test_latencies_are_a_histogram(mock: Mock) -> None:
    mock.get()
    mock.get()
    found = read(mock)
    name = "request_duration_seconds"
    bounds = [*map(str, BOUNDS), "+Inf"]
    counts = [value(found, f"{name}_bucket", operation="thing", le=le) for le in bounds]
    assert counts == sorted(counts) and counts[-1] == 2
    assert value(found, f"{name}_count", operation="thing") == 2
    assert value(found, f"{name}_sum", operation="thing") > 0


def test_a_latency_on_a_bound_is_in_its_bucket() -> None:
    latencies = Latencies()
    for seconds in (0.005, 0.0051, 99.0):
        latencies.add(seconds)
    buckets = dict(latencies.buckets)
    assert (buckets["0.005"], buckets["0.01"], buckets["10.0"], buckets["+Inf"]) == (1, 2, 2, 3)


def test_violations_are_counted_by_operation_direction_and_rule(mock: Mock) -> None:
    mock.get("/thing?n=x")
    labels = {"operation": "thing", "direction": "request", "code": "type"}
    assert value(read(mock), "violations_total", **labels) == 1


def test_the_journal_and_the_memory_are_gauges(mock: Mock) -> None:
    mock.get()
    found = read(mock)
    assert value(found, "journal_exchanges") == 1
    assert value(found, "journal_bytes") > 1_000
    if sys.platform == "linux":
        assert found["process_resident_memory_bytes", frozenset()] > 1_000_000


FORMATS: dict[str, str] = {
    "*/*": "text/plain; version=0.0.4; charset=utf-8",
    "text/plain;version=0.0.4": "text/plain; version=0.0.4; charset=utf-8",
    OPEN: f"{OPEN}; version=1.0.0; charset=utf-8",
    f"{OPEN};version=none": "text/plain; version=0.0.4; charset=utf-8",
}


@pytest.mark.parametrize(("accept", "media_type"), FORMATS.items())
def test_the_format_is_what_accept_asks_for(mock: Mock, accept: str, media_type: str) -> None:
    mock.get()
    reply = mock.get(PATH, headers={"Accept": accept})
    assert reply.headers["content-type"] == media_type
    is_open = OPEN in media_type
    assert reply.text.endswith("# EOF\n") == is_open
    found = samples(reply.text, is_open=is_open)
    assert value(found, "requests_total", operation="thing", status="200", source="example") == 1


def test_the_metrics_are_behind_the_token(serve: Serve) -> None:
    mock = serve(OK, control_token="secret")
    assert mock.get(PATH).status_code == 401
    assert mock.get(PATH, headers={"Authorization": "Bearer secret"}).status_code == 200


def test_two_servers_have_metrics_of_their_own(serve: Serve) -> None:
    one, other = serve(OK), serve(OK)
    before = {metric.name for metric in REGISTRY.collect()}
    one.get()
    labels = {"operation": "thing", "status": "200", "source": "example"}
    assert [value(read(mock), "requests_total", **labels) for mock in (one, other)] == [1, 0]
    assert {metric.name for metric in REGISTRY.collect()} == before


def test_the_library_is_loaded_when_metrics_are_first_asked_for() -> None:
    code = "import sys, mock_server.app; print('prometheus_client' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout.strip() == b"False"


def test_until_they_are_asked_for_nothing_is_kept_for_them(mock: Mock) -> None:
    mock.get()
    assert mock.app.journal._accounts == ()
    httpx.get(f"{mock.url}{PATH}")
    assert len(mock.app.journal._accounts) == 1
