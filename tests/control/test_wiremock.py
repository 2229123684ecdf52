"""WireMock's clients read our journal: its own Python client, and its shapes by hand."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

import pytest
from wiremock.client import NearMissMatchPatternRequest, Requests, Scenarios
from wiremock.constants import Config
from wiremock.exceptions import (
    InvalidInputException,
    NotFoundException,
    RequiresLoginException,
)

from tests.helpers.control import call, exchanges, wrong
from tests.helpers.running import Mock, Serve, json_of, request, thing, until

TEXT = json_of({"type": "string"}, example="ok")
CANNED = {
    "replies/thing.yaml": """
a: {scenario: job, state: Started, next_state: done, status: 200, body: a}
"""
}


@pytest.fixture
def mock(serve: Serve) -> Iterator[Mock]:
    """Yield a server that was asked for this and that, and to which WireMock's client talks."""
    operations = thing({"200": TEXT}, "post", requestBody=json_of(True))
    mock = serve(operations, fixtures=CANNED)
    mock.post("/thing?a=1&a=2", json={"b": [1, 2], "c": "x"}, headers={"X-Mine": "Yes"})
    mock.post("/thing?a=3", json={"b": [2, 1]})
    mock.get("/nowhere")
    before, Config.base_url = Config.base_url, f"{mock.url}/__admin"
    yield mock
    Config.base_url = before


def count(**pattern: Any) -> int:
    counted = Requests.get_matching_request_count(NearMissMatchPatternRequest(**pattern))
    assert isinstance(counted.count, int)
    return counted.count


def test_its_client_reads_all_requests_the_newest_first(mock: Mock) -> None:
    received = Requests.get_all_received_requests(parameters={})
    assert received.meta.total == 3
    assert received.request_journal_disabled is False
    assert [r.request.url for r in received.requests] == [
        "/nowhere",
        "/thing?a=3",
        "/thing?a=1&a=2",
    ]
    first = received.requests[2]
    assert (first.request.method, first.request.body) == ("POST", '{"b":[1,2],"c":"x"}')
    assert first.request.absolute_url == f"{mock.url}/thing?a=1&a=2"
    assert base64.b64decode(first.request.body_as_base64) == first.request.body.encode()
    assert first.request.headers["x-mine"] == "Yes"
    assert (first.response_definition.status, received.requests[0].response_definition.status) == (
        200,
        404,
    )
    assert abs(first.request.logged_date / 1_000 - mock.exchanges[0].started) < 0.01
    assert len(Requests.get_all_received_requests(limit=2, parameters={}).requests) == 2


def test_its_client_reads_the_requests_since_a_moment(mock: Mock) -> None:
    started = datetime.fromisoformat(exchanges(mock)[0]["started"]).isoformat()
    assert Requests.get_all_received_requests(since=started, parameters={}).meta.total == 3
    later = "2100-01-01T00:00:00Z"
    assert Requests.get_all_received_requests(since=later, parameters={}).meta.total == 0


def test_its_client_reads_one_request(mock: Mock) -> None:
    listed = call(mock, "GET", "/__admin/requests")["requests"]
    assert all(UUID(event["id"]) for event in listed)
    for event in listed:
        found = Requests.get_request(event["id"])
        assert found.request.url == event["request"]["url"]
    with pytest.raises(NotFoundException):
        Requests.get_request(UUID(int=99))


def test_its_client_counts_and_finds_what_matches(mock: Mock) -> None:
    assert count(method="POST", url_path="/thing") == 2
    wanted = NearMissMatchPatternRequest(method="POST", query_parameters={"a": {"equalTo": "3"}})
    (found,) = Requests.get_matching_requests(wanted).requests
    assert (found.url, found.body) == ("/thing?a=3", '{"b":[2,1]}')


def test_its_client_reads_unmatched_requests(mock: Mock) -> None:
    assert [r.url for r in Requests.get_unmatched_requests().requests] == ["/nowhere"]


def test_its_client_forgets_requests_and_resets_scenarios(mock: Mock) -> None:
    Requests.reset_request_journal()
    assert count(method="ANY") == 0
    assert call(mock, "GET", "/__admin/scenarios")["scenarios"] == [
        {"id": "job", "name": "job", "state": "done", "possibleStates": ["Started", "done"]}
    ]
    Scenarios.reset_all_scenarios()
    assert call(mock, "GET", "/__admin/scenarios")["scenarios"][0]["state"] == "Started"


def test_its_client_is_told_what_is_wrong(mock: Mock) -> None:
    pattern = NearMissMatchPatternRequest(client_ip="127.0.0.1")
    with pytest.raises(InvalidInputException, match="clientIp"):
        Requests.get_matching_request_count(pattern)


PATTERNS: dict[str, tuple[dict[str, Any], int]] = {
    "all": ({}, 3),
    "any method": ({"method": "ANY"}, 3),
    "method": ({"method": "post"}, 2),
    "url": ({"url": "/thing?a=3"}, 1),
    "url without its query": ({"url": "/thing"}, 0),
    "url pattern": ({"urlPattern": r"/thing\?a=.*"}, 2),
    "url pattern of a part": ({"urlPattern": "/thing"}, 0),
    "path": ({"urlPath": "/thing"}, 2),
    "path pattern": ({"urlPathPattern": "/(thing|nowhere)"}, 3),
    "header": ({"headers": {"X-MINE": {"equalTo": "Yes"}}}, 1),
    "header in another case": ({"headers": {"X-Mine": {"equalTo": "yes"}}}, 0),
    "header in any case": ({"headers": {"X-Mine": {"equalTo": "yes", "caseInsensitive": True}}}, 1),
    "no header": ({"headers": {"X-Mine": {"absent": True}}}, 2),
    "header there": ({"headers": {"X-Mine": {"absent": False}}}, 1),
    "header that isn't there": ({"headers": {"X-Mine": {"doesNotMatch": "No"}}}, 1),
    "one of several": ({"queryParameters": {"a": {"equalTo": "2"}}}, 1),
    "several": ({"queryParameters": {"a": {"matches": "[0-9]"}}}, 2),
    "contains": ({"bodyPatterns": [{"contains": '"c"'}]}, 1),
    "two of a body": ({"bodyPatterns": [{"contains": '"c"'}, {"contains": "2,1"}]}, 0),
    "no body": ({"bodyPatterns": [{"absent": True}]}, 1),
    "JSON": ({"bodyPatterns": [{"equalToJson": {"b": [2, 1]}}]}, 1),
    "JSON as text": ({"bodyPatterns": [{"equalToJson": '{"b": [2, 1.0]}'}]}, 1),
    "JSON in any order": (
        {"bodyPatterns": [{"equalToJson": {"b": [1, 2]}, "ignoreArrayOrder": True}]}, 1,
    ),
    "JSON with more": (
        {"bodyPatterns": [{"equalToJson": {"b": [1, 2]}, "ignoreExtraElements": True}]}, 1,
    ),
    "JSON with more in any order": (
        {"bodyPatterns": [
            {"equalToJson": {"b": [1, 2]}, "ignoreExtraElements": True, "ignoreArrayOrder": True}
        ]}, 2,
    ),
    "JSON that is true, not 1": ({"bodyPatterns": [{"equalToJson": {"b": [2, True]}}]}, 0),
}  # fmt: skip


@pytest.mark.parametrize(("pattern", "found"), PATTERNS.values(), ids=PATTERNS)
def test_a_pattern_means_what_it_does_in_wiremock(
    mock: Mock, pattern: dict[str, Any], found: int
) -> None:
    assert call(mock, "POST", "/__admin/requests/count", json=pattern)["count"] == found
    assert len(call(mock, "POST", "/__admin/requests/find", json=pattern)["requests"]) == found


UNKNOWN = [
    {"bodyPatterns": [{"matchesJsonPath": "$.b"}]},
    {"bodyPatterns": [{"matchesXPath": "//b"}]},
    {"bodyPatterns": [{}]},
    {"bodyPatterns": {"contains": "b"}},
    {"bodyPatterns": [{"caseInsensitive": True}]},
    {"headers": {"a": {"equals": "b"}}},
    {"headers": {"a": "b"}},
    {"cookies": {"a": {"equalTo": "b"}}},
    {"urlPattern": "("},
    {"headers": {"a": {"matches": "*"}}},
    {"bodyPatterns": [{"equalToJson": "{"}]},
]


@pytest.mark.parametrize("pattern", UNKNOWN, ids=str)
def test_a_pattern_that_isn_t_supported_is_refused(shipped: Mock, pattern: dict[str, Any]) -> None:
    assert wrong(shipped, "POST", "/__admin/requests/count", json=pattern)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "look-ahead in a url": ({"urlPattern": "/(?=t).*"}, "look-around"),
    "back reference in a path": ({"urlPathPattern": r"/(t)\1"}, "back references"),
    "look-behind in a header": ({"headers": {"a": {"matches": "(?<=a)b"}}}, "look-around"),
    "back reference in a query": (
        {"queryParameters": {"a": {"doesNotMatch": r"(.)\1"}}}, "back references",
    ),
    "possessive in a body": ({"bodyPatterns": [{"matches": "a*+b"}]}, "possessive"),
    "too long": ({"urlPattern": "a" * 1_001}, "1000"),
    "too large": ({"urlPattern": r"(\p{L}{0,99}){0,99}"}, "262144"),
    "too deep": ({"bodyPatterns": [{"equalToJson": "[" * 102 + "]" * 102}]}, "100 levels"),
}  # fmt: skip


@pytest.mark.parametrize(("pattern", "why"), REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("call_of", ["count", "find"])
def test_what_can_t_be_matched_in_linear_time_is_refused_with_the_reason(
    shipped: Mock, pattern: dict[str, Any], why: str, call_of: str
) -> None:
    (told,) = wrong(shipped, "POST", f"/__admin/requests/{call_of}", json=pattern)
    assert why in told


STOPPING = [
    {"bodyPatterns": [{"matches": '"(a+)+b"'}, {"matches": '"(a|a|aa)*b"'}]},
    {"bodyPatterns": [{"matches": ".*(.*a){20}b"}]},
    {"urlPattern": "(/+t?h?i?n?g?)+!"},
]


@pytest.mark.parametrize("pattern", STOPPING, ids=str)
def test_an_expression_that_makes_others_backtrack_doesn_t_stop_the_server(
    mock: Mock, pattern: dict[str, Any]
) -> None:
    for _ in range(3):
        mock.post("/thing", json="a" * 60_000)
    assert call(mock, "POST", "/__admin/requests/count", json=pattern)["count"] == 0


def test_other_requests_are_answered_while_a_pattern_is_looked_for(mock: Mock) -> None:
    text = "".join(Random(1).choices("ab", k=60_000))
    for _ in range(40):
        mock.post("/thing", json=text)
    pattern = json.dumps({"bodyPatterns": [{"matches": '"[ab]*a[ab]{900}c"'}]}).encode()
    with mock.wire() as wire:
        wire.send(
            request("/__admin/requests/count", pattern, "content-type: application/json").replace(
                b"host: mock", b"host: localhost"
            )
        )
        assert mock.get("/_mock/health").status_code == 200
        assert mock.get("/nowhere").status_code == 404
        wire.socket.setblocking(False)
        with pytest.raises(BlockingIOError):
            wire.socket.recv(1)
    mock.client.close()
    until(lambda: not mock.busy, "nobody looks on, since the client left")


def test_lists_that_take_too_long_to_compare_are_refused(mock: Mock) -> None:
    numbers = list(range(2_000))
    mock.post("/thing", json=numbers)
    pattern = {"bodyPatterns": [{"equalToJson": numbers[::-1], "ignoreArrayOrder": True}]}
    (told,) = wrong(mock, "POST", "/__admin/requests/count", json=pattern)
    assert "500,000 pairs" in told


def test_its_client_sends_the_token(serve: Serve) -> None:
    mock = serve(thing({"200": TEXT}), control_token="secret")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Config, "base_url", f"{mock.url}/__admin")
        patch.setattr(Config, "headers", {**Config.headers, "Authorization": "Bearer secret"})
        assert count(method="ANY") == 0
        Requests.reset_request_journal()
        patch.setitem(Config.headers, "Authorization", "Bearer wrong")
        with pytest.raises(RequiresLoginException):
            count(method="ANY")


def test_a_scenario_is_put_into_a_state_and_back(mock: Mock) -> None:
    path = "/__admin/scenarios/job/state"
    call(mock, "PUT", path, json={"state": "Started"})
    assert mock.post("/thing").json() == "a"
    call(mock, "PUT", path)
    assert call(mock, "GET", "/__admin/scenarios")["scenarios"][0]["state"] == "Started"
    assert wrong(mock, "PUT", path, 404, json={"state": "x"}) == ["There is no state x of job."]
    other = "/__admin/scenarios/x/state"
    assert wrong(mock, "PUT", other, 404, json={}) == ["There is no scenario x."]


def test_all_is_undone_and_forgotten(mock: Mock) -> None:
    call(mock, "PUT", "/_mock/seed", json={"seed": "x"})
    call(mock, "POST", "/__admin/reset")
    assert call(mock, "GET", "/_mock/seed") == {"seed": "mock"}
    assert exchanges(mock) == []
    mock.get("/nowhere")
    call(mock, "DELETE", "/__admin/requests")
    assert exchanges(mock) == []


def test_a_client_that_left_and_bytes_that_are_no_text_are_told_too(mock: Mock) -> None:
    mock.post("/thing", content=b"\xff", headers={"Content-Type": "image/png"})
    event = call(mock, "GET", "/__admin/requests?limit=1")["requests"][0]
    assert base64.b64decode(event["request"]["bodyAsBase64"]) == b"\xff"
    assert event["wasMatched"] is True


def test_each_session_has_requests_of_its_own(mock: Mock) -> None:
    Config.base_url = f"{mock.url}/_session/a/__admin"
    assert count(method="ANY") == 0
    mock.post("/thing", headers={"Mock-Session": "a"})
    assert count(method="ANY") == 1
