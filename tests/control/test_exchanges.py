"""Exchanges as JSON: request and reply, whole or bounded, with readable bodies."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import httpx
import pytest

from mock_server.sessions.journal import MOST_BODY_BYTES
from tests.helpers.control import call, exchanges, wrong
from tests.helpers.running import KEYS, LATEST, Mock, Serve, json_of, thing, until

OK = json_of(True, example="ok")
PETS = {
    "/pets/{id}": {
        "get": {
            "operationId": "get_pet",
            "parameters": [
                {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
            ],
            "responses": {"200": {"description": "", **OK}, "404": {"description": "", **OK}},
        }
    },
    "/pets": {
        "post": {"operationId": "add_pet", "responses": {"201": {"description": "", **OK}}},
    },
}


@pytest.fixture
def mock(serve: Serve) -> Mock:
    """Return a server that was asked for this and that."""
    mock = serve(PETS)
    mock.get("/pets/1")
    mock.get("/pets/2?__code=404")
    mock.get("/pets/minka")
    mock.post("/pets")
    mock.get("/pests")
    return mock


def test_an_exchange_tells_the_request_and_its_reply(serve: Serve) -> None:
    mock = serve()
    before = time.time()
    reply = mock.post(f"{LATEST}?a=b", json=KEYS, headers={"X-Mine": "yes"})
    (told,) = exchanges(mock)
    assert told == call(mock, "GET", "/_mock/exchanges/1")
    assert (told["id"], told["operation"]) == (1, "latest_invocations_by_keys")
    assert told["started"] >= time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(before))
    request, answer = told["request"], told["reply"]
    assert (request["method"], request["path"], request["query"]) == ("POST", LATEST, "a=b")
    assert request["headers"]["x-mine"] == "yes"
    assert json.loads(request["body"]["text"]) == KEYS
    assert (answer["status"], answer["source"]) == (200, "handler")
    assert answer["headers"]["content-type"] == "application/json"
    assert answer["body"] == {"size": len(reply.content), "text": reply.text}


def test_violations_are_told_as_in_the_reply_s_own_headers(mock: Mock) -> None:
    reply = mock.get("/pets/minka")
    told = exchanges(mock)[-1]["reply"]["violations"]
    assert told == json.loads(reply.headers["Mock-Violations"])
    assert [violation["location"] for violation in told] == [["request", "path", "id"]]


def test_a_client_that_left_has_no_reply(serve: Serve) -> None:
    mock = serve()
    with mock.wire() as wire:
        wire.send(
            b"POST %b HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n{" % LATEST.encode()
        )
    until(lambda: len(mock.exchanges) == 1, "the journal has it")
    assert exchanges(mock)[0]["reply"] is None


BODIES: dict[str, tuple[bytes, dict[str, Any] | None]] = {
    "none": (b"", None),
    "text": ("é".encode(), {"size": 2, "text": "é"}),
    "bytes": (b"\xff\x00", {"size": 2, "base64": base64.b64encode(b"\xff\x00").decode()}),
    "too long": (b"x" * 70_000, {"size": 70_000, "text": "x" * MOST_BODY_BYTES, "cut": True}),
    "cut inside a character": (
        b"x" + "é".encode() * 40_000,
        {"size": 80_001, "text": "x" + "é" * (MOST_BODY_BYTES // 2 - 1), "cut": True},
    ),
}


@pytest.mark.parametrize(("sent", "told"), BODIES.values(), ids=BODIES)
def test_a_body_is_text_where_it_can_be_and_says_when_it_was_cut(
    serve: Serve, sent: bytes, told: dict[str, Any] | None
) -> None:
    mock = serve(thing({"200": OK}, "post"))
    mock.post(content=sent)
    assert exchanges(mock)[0]["request"]["body"] == told


FILTERS = {
    "": [1, 2, 3, 4, 5],
    "operation=get_pet": [1, 2, 3],
    "status=404": [2, 5],
    "status=4XX": [2, 3, 5],
    "status=201": [4],
    "method=POST": [4],
    "method=post": [4],
    "path=/pets": [4],
    "path=/pets/2": [2],
    "since=3": [4, 5],
    "since=0": [1, 2, 3, 4, 5],
    "since=2020-01-01T00:00:00Z": [1, 2, 3, 4, 5],
    "since=2020-01-01t00:00:00%2B02:00": [1, 2, 3, 4, 5],
    "since=2200-01-01T00:00:00Z": [],
    "unmatched=true": [5],
    "unmatched=false": [1, 2, 3, 4],
    "with_violations=true": [3],
    "with_violations=false": [1, 2, 4, 5],
    "limit=2": [4, 5],
    "limit=0": [],
    "limit=99": [1, 2, 3, 4, 5],
    "operation=get_pet&status=200": [1],
    "operation=get_pet&limit=1": [3],
}


@pytest.mark.parametrize(("query", "ids"), FILTERS.items())
def test_a_filter_names_the_exchanges_that_are_meant(
    mock: Mock, query: str, ids: list[int]
) -> None:
    assert [e["id"] for e in exchanges(mock, f"?{query}")] == ids
    if "limit" not in query:
        assert call(mock, "GET", f"/_mock/exchanges/count?{query}") == {"count": len(ids)}


WRONG_FILTERS = {
    "stauts=200": "did you mean status?",
    "operation=get_pets": "no operation of the contract has the id get_pets; did you mean get_pet?",
    "status=4xx": "status in the query",
    "status=ok": "status in the query",
    "since=yesterday": "since in the query",
    "since=9999-12-31T23:59:59-10:00": "outside of the years",
    "unmatched=maybe": "unmatched in the query",
    "limit=-1": "limit in the query",
}


@pytest.mark.parametrize(("query", "said"), WRONG_FILTERS.items())
def test_a_filter_that_can_t_be_read_is_refused(shipped: Mock, query: str, said: str) -> None:
    operation = query.startswith("operation")
    messages = wrong(shipped, "GET", f"/_mock/exchanges?{query}")
    assert any((said if not operation else "no operation") in message for message in messages)


def test_a_misspelt_operation_is_told_what_it_may_have_meant(mock: Mock) -> None:
    said = "no operation of the contract has the id get_pets; did you mean get_pet?"
    assert wrong(mock, "GET", "/_mock/exchanges/count?operation=get_pets") == [said]


def test_pages_and_preflights_are_not_unmatched(serve: Serve) -> None:
    mock = serve(PETS)
    mock.get("/openapi.json")
    preflight = {"origin": "http://a.test", "access-control-request-method": "POST"}
    mock.client.options("/nowhere", headers=preflight)
    assert exchanges(mock, "?unmatched=true") == []
    assert len(exchanges(mock)) == 2


def test_what_is_not_there_is_told_with_what_is(mock: Mock) -> None:
    said = "The journal holds no exchange 99; it holds 1 to 5."
    assert wrong(mock, "GET", "/_mock/exchanges/99", 404) == [said]
    call(mock, "DELETE", "/_mock/exchanges", 204)
    assert wrong(mock, "GET", "/_mock/exchanges/1", 404)[0].endswith("it holds none.")


def test_ids_are_not_given_again_after_the_exchanges_are_forgotten(mock: Mock) -> None:
    call(mock, "DELETE", "/_mock/exchanges", 204)
    assert exchanges(mock) == []
    mock.get("/pets/1")
    assert [e["id"] for e in exchanges(mock)] == [6]


def test_calls_of_the_control_api_are_not_exchanges(mock: Mock) -> None:
    for path in ("/_mock/exchanges", "/_mock/nothing", "/_mock/health", "/__admin/requests"):
        mock.get(path)
    mock.client.options("/_mock/exchanges")
    assert len(mock.exchanges) == 5


def test_each_session_has_exchanges_of_its_own(mock: Mock) -> None:
    mock.get("/pets/7", headers={"Mock-Session": "a"})
    mock.get("/_session/a/pets/8")
    asked = [e["request"]["path"] for e in exchanges(mock, session="a")]
    assert asked == ["/pets/7", "/pets/8"]
    by_prefix = call(mock, "GET", "/_session/a/_mock/exchanges/count")
    by_cookie = httpx.get(f"{mock.url}/_mock/exchanges/count", headers={"Cookie": "mock-session=a"})
    assert by_prefix == by_cookie.json() == {"count": 2}
    assert len(exchanges(mock)) == 5
