"""The client against the mock: what it reads, how it waits and retries, and its errors."""

from __future__ import annotations

from typing import Any

import pytest

from chroma_sync import (
    BadRequest,
    ChromaSync,
    Forbidden,
    NotFound,
    ServiceError,
    StillRunning,
    Unauthorized,
    UnexpectedReply,
)
from mock_server.pytest_plugin.mock_api import MockApi
from mock_server.testing import explore

OPERATION = "latest_invocations_by_keys"
HANDBOOK = "3b241101-e2bb-4255-8caf-4136c566a962"
ARCHIVE = "178bda33-35fe-4b59-b46c-5e0d4e75d9d0"


# Reading


def test_the_latest_invocations_come_by_key(client: ChromaSync, mock_api: MockApi) -> None:
    found = client.latest(ARCHIVE, ["SE", "no such key"])
    assert {key: str(found[key].source_id) for key in found} == {"SE": ARCHIVE}
    mock_api.assert_called(OPERATION, times=1, body={"object_keys": ["SE", "no such key"]})


@explore(OPERATION)
def test_whatever_the_contract_allows_is_read(client: ChromaSync) -> None:
    try:
        client.latest(ARCHIVE, ["SE"])
    except ServiceError as error:
        assert type(error) is not UnexpectedReply


# Waiting


def test_an_invocation_is_waited_for_until_it_is_complete(
    client: ChromaSync, mock_api: MockApi, waits: list[float]
) -> None:
    status = client.wait(HANDBOOK, "polling/complete.md", every=2).status
    assert (status.name, status.duration_ms, waits) == ("complete", 4000, [2, 2, 2])
    mock_api.assert_called(OPERATION, times=4)


def test_an_invocation_that_failed_is_over_too(client: ChromaSync, waits: list[float]) -> None:
    status = client.wait(HANDBOOK, "polling/failed.md").status
    assert status.error == "GitHub answered 502 while fetching polling/failed.md"
    assert len(waits) == 4


def test_an_invocation_goes_from_pending_to_processing_to_complete(
    client: ChromaSync, mock_api: MockApi
) -> None:
    seen = []
    for length in ("2s", "4s", "1h"):
        seen.append(client.latest(HANDBOOK, ["polling/complete.md"])["polling/complete.md"])
        mock_api.clock.advance(length)
    assert [invocation.status.name for invocation in seen] == ["pending", "processing", "complete"]
    assert len({invocation.created_at for invocation in seen}) == 1


def test_what_is_not_over_in_time_is_told(client: ChromaSync) -> None:
    with pytest.raises(StillRunning, match="processing") as raised:
        client.wait(HANDBOOK, "polling/complete.md", most=5)
    assert raised.value.invocation is not None


# Trying again


def test_a_service_that_is_away_is_asked_again_when_it_says(
    client: ChromaSync, mock_api: MockApi, waits: list[float]
) -> None:
    mock_api.fault("503; next=2; retry-after=30s")
    assert list(client.latest(ARCHIVE, ["SE"])) == ["SE"]
    assert waits == [30, 30]


def test_a_connection_that_breaks_is_tried_again(
    client: ChromaSync, mock_api: MockApi, waits: list[float]
) -> None:
    mock_api.fault("reset; next=1")
    assert list(client.latest(ARCHIVE, ["SE"])) == ["SE"]
    assert waits == [1]


def test_a_service_that_stays_away_is_told(client: ChromaSync, mock_api: MockApi) -> None:
    mock_api.fault("503")
    with pytest.raises(UnexpectedReply) as raised:
        client.latest(ARCHIVE, ["SE"])
    assert raised.value.status == 503
    mock_api.assert_called(OPERATION, times=3)


# Errors


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("00000000-0000-4000-8000-000000000401", Unauthorized),
        ("00000000-0000-4000-8000-000000000403", Forbidden),
        ("00000000-0000-4000-8000-000000000404", NotFound),
        ("00000000-0000-4000-8000-000000000500", ServiceError),
        ("11111111-1111-4111-8111-111111111111", NotFound),
    ],
)
def test_an_error_is_told_as_the_service_tells_it(
    client: ChromaSync, source: str, error: type[ServiceError]
) -> None:
    with pytest.raises(ServiceError) as raised:
        client.latest(source, ["SE"])
    assert type(raised.value) is error
    assert raised.value.message


@pytest.mark.mock_api(allow_violations=True)
def test_a_request_that_breaks_the_contract_is_refused_with_the_reason(client: ChromaSync) -> None:
    not_a_text: Any = [7]
    with pytest.raises(BadRequest, match="object_keys"):
        client.latest(ARCHIVE, not_a_text)
