"""What "latest" means: the greatest `created_at` as an instant, the later in the file on a tie."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.handlers.chroma_sync import instant
from tests.helpers.running import HANDBOOK, LATEST, Mock, Serve


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("2025-01-01T00:00:00Z", "2025-01-01T00:00:01Z"),
        ("2025-01-01T09:30:00+02:00", "2025-01-01T08:00:00Z"),
        ("2025-01-01T00:00:00+05:30", "2024-12-31T22:00:00Z"),
        ("2024-12-31T18:00:00Z", "2024-12-31T14:59:59-07:00"),
        ("2025-01-01T00:00:00Z", "2025-01-01T00:00:00.5Z"),
        ("2025-01-01T00:00:00.09Z", "2025-01-01T00:00:00.1Z"),
        ("2025-01-01T00:00:00.123456788Z", "2025-01-01T00:00:00.123456789Z"),
        (f"2025-01-01T00:00:00.{'0' * 40}1Z", f"2025-01-01T00:00:00.{'0' * 40}2Z"),
        ("2016-12-31T23:59:59.9Z", "2016-12-31T23:59:60Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.1Z"),
        ("0001-01-01T00:00:00+23:59", "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59-00:01"),
        ("1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z"),
    ],
)
def test_date_times_are_compared_as_instants(earlier: str, later: str) -> None:
    assert instant(earlier) < instant(later)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2025-01-01T10:00:00Z", "2025-01-01T11:00:00+01:00"),
        ("2025-01-01T10:00:00Z", "2025-01-01t10:00:00z"),
        ("2025-01-01T10:00:00Z", "2025-01-01T10:00:00-00:00"),
        ("2025-01-01T10:00:00Z", "2025-01-01T10:00:00.000Z"),
        ("2025-01-01T10:00:00.5Z", "2025-01-01T10:00:00.500000000Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:59:60+01:00"),
    ],
)
def test_one_instant_may_be_written_in_many_ways(one: str, other: str) -> None:
    assert instant(one) == instant(other)


@given(
    st.datetimes(timezones=st.integers(-1439, 1439).map(lambda m: timezone(timedelta(minutes=m))))
)
@settings(max_examples=200)
def test_an_instant_is_the_one_that_python_reads(moment: datetime) -> None:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    microseconds = (moment - epoch) // timedelta(microseconds=1)
    assert instant(moment.isoformat()) == Fraction(microseconds, 1_000_000)


@pytest.mark.parametrize("text", ["", "2025-01-01", "2025-01-01T10:00:00", "10:00:00Z", "now"])
def test_what_is_no_date_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no date-time of RFC 3339"):
        instant(text)


def invocation(number: int, created_at: str) -> dict[str, Any]:
    return {
        "id": f"00000000-0000-4000-8000-{number:012}",
        "status": "pending",
        "metadata": {"s3": {"bucket_name": "b"}, "database_name": "d", "collection_name": "c"},
        "created_at": created_at,
    }


def served(serve: Serve, **keys: list[str]) -> Mock:
    """Return a server with one source, and for each key an invocation for each moment, numbered."""
    records = [
        {"source": HANDBOOK, "object_key": key, "value": invocation(number, moment)}
        for key, moments in keys.items()
        for number, moment in enumerate(moments)
    ]
    keys_schema = "/components/schemas/LatestByKeysRequest/properties/object_keys/items"
    labels = {"source": "sources", "object_key": keys_schema}
    sources = {"schema": "/components/schemas/SourceId", "records": [{"value": HANDBOOK}]}
    schema = "/components/schemas/HashMap/additionalProperties"
    invocations = {"schema": schema, "labels": labels, "records": records}
    return serve(
        fixtures={
            "records/sources.yaml": json.dumps(sources),
            "records/invocations.yaml": json.dumps(invocations),
        }
    )


def latest(mock: Mock, *keys: str) -> dict[str, int]:
    """For each key that is answered the number of its invocation."""
    reply = mock.post(LATEST, json={"object_keys": keys})
    assert (reply.status_code, mock.faults(reply)) == (200, [])
    return {key: int(value["id"][-12:]) for key, value in reply.json().items()}


def test_each_key_has_its_latest(serve: Serve) -> None:
    mock = served(
        serve,
        plain=["2025-01-01T00:00:00Z", "2025-03-01T00:00:00Z", "2025-02-01T00:00:00Z"],
        offset=["2025-01-01T08:00:00Z", "2025-01-01T09:30:00+02:00"],
        tie=["2025-01-01T08:00:00Z", "2025-01-01T10:00:00+02:00"],
        same=["2025-01-01T08:00:00Z"] * 3,
        digits=["2025-01-01T00:00:00.10Z", "2025-01-01T00:00:00.1000001Z", "2025-01-01T00:00:00Z"],
        single=["2025-01-01T00:00:00Z"],
    )
    found = latest(mock, "plain", "offset", "tie", "same", "digits", "single", "none")
    assert found == {"plain": 1, "offset": 0, "tie": 1, "same": 2, "digits": 1, "single": 0}


def test_a_leap_second_is_later_than_the_second_before_it(serve: Serve) -> None:
    mock = served(serve, a=["2016-12-31T23:59:60.5Z", "2016-12-31T23:59:59Z"])
    # The second engine's date-time knows no leap seconds, which RFC 3339 does.
    reply = mock.post(LATEST, json={"object_keys": ["a"]})
    assert reply.json()["a"]["created_at"] == "2016-12-31T23:59:60.5Z"


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ([], []),
        (["a"], ["a"]),
        (["b", "a", "b"], ["b", "a"]),
        (["c", "a"], ["a"]),
        (["A"], []),
        ([" a"], []),
        ([""], []),
        (["a/../a"], []),
    ],
)
def test_the_answer_has_exactly_those_requested_keys_that_have_an_invocation(
    serve: Serve, asked: list[str], answered: list[str]
) -> None:
    mock = served(serve, a=["2025-01-01T00:00:00Z"], b=["2025-01-01T00:00:00Z"])
    assert list(latest(mock, *asked)) == answered


def test_a_source_without_invocations_is_known(serve: Serve) -> None:
    assert latest(served(serve), "a") == {}


def test_a_source_may_stand_in_the_records_in_upper_case(serve: Serve) -> None:
    sources = {"schema": "/components/schemas/SourceId", "records": [{"value": HANDBOOK.upper()}]}
    mock = serve(fixtures={"records/sources.yaml": json.dumps(sources)})
    assert mock.post(LATEST, json={"object_keys": []}).status_code == 200


@pytest.mark.parametrize(
    "source", ["00000000-0000-4000-8000-000000000000", HANDBOOK.replace("3", "4")]
)
def test_an_unknown_source_is_the_contracts_404(shipped: Mock, source: str) -> None:
    reply = shipped.post(LATEST.replace(HANDBOOK, source), json={"object_keys": ["README.md"]})
    assert (reply.status_code, shipped.faults(reply)) == (404, [])
    assert reply.json() == {"error": "not_found", "message": f"There is no source {source}."}


def test_without_records_no_source_is_known(serve: Serve) -> None:
    empty = '{"schema": "/components/schemas/SourceId", "records": []}'
    mock = serve(fixtures={"records/sources.yaml": empty})
    assert mock.post(LATEST, json={"object_keys": []}).status_code == 404
