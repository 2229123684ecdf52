"""An exchange is explained in full afterwards: the route, what was considered, what was chosen."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.control import call, wrong
from tests.helpers.running import Mock, Serve, json_of, thing

TWO = {
    "replies/thing.yaml": """
    far: {when: {query: {a: '1', b: '2', c: '3'}}, status: 200, body: far}
    near: {when: {query: {a: '1'}}, status: 200, body: near}
    """
}
THING = thing({"200": json_of({"type": "string"}, examples={"one": {"value": "x"}})})


def explained(mock: Mock, id: int = 1) -> dict[str, Any]:
    told: dict[str, Any] = call(mock, "GET", f"/_mock/exchanges/{id}/explanation")
    return told


def test_it_names_all_that_was_considered_in_order_and_the_nearest_first(serve: Serve) -> None:
    mock = serve(THING, fixtures=TWO)
    mock.get("/thing")
    told = explained(mock)
    assert (told["id"], told["request"], told["body_was_cut"]) == (1, "GET /thing", False)
    route = {"operation": "thing", "method": "GET", "path": "/thing", "variables": {}}
    route["notes"] = []
    assert (told["route"], told["unserved"]) == (route, None)
    assert [(c["source"], c["applies"]) for c in told["considered"]] == [
        ("reply:far", False),
        ("reply:near", False),
        ("example:one", True),
        ("generated", True),
    ]
    assert told["considered"][1]["differences"] == ['query parameter a is missing; expected "1"']
    assert told["nearest"] == ["reply:near", "reply:far"]
    assert told["chosen"]["source"] == "example:one"
    assert told["chosen"]["why"] == "the first example"
    assert told["chosen"]["headers"]["mock-source"] == "example:one"


def test_it_tells_what_a_request_met_then_whatever_is_there_now(serve: Serve) -> None:
    mock = serve(THING)
    stub = {"operation": "thing", "name": "s", "status": 200, "body": "stubbed"}
    call(mock, "POST", "/_mock/stubs", 201, json=stub)
    mock.get("/thing")
    call(mock, "DELETE", "/_mock/stubs", 204)
    mock.get("/thing")
    assert [c["source"] for c in explained(mock)["considered"]][:1] == ["stub:s"]
    assert explained(mock)["chosen"]["source"] == "stub:s"
    assert [c["source"] for c in explained(mock, 2)["considered"]][:1] == ["example:one"]


UNSERVED = {
    "a path that is near": ("GET", "/thong", "Things has no path /thong; did you mean /thing?"),
    "another method": ("PUT", "/thing", "/thing knows GET, HEAD, OPTIONS, not PUT."),
    "a page by another method": (
        "PUT",
        "/openapi.json",
        "/openapi.json knows GET, HEAD, OPTIONS, not PUT.",
    ),
    "a page": ("GET", "/openapi.json", None),
    "an operation": ("HEAD", "/thing", None),
}


@pytest.mark.parametrize(("method", "path", "said"), UNSERVED.values(), ids=UNSERVED)
def test_of_what_no_operation_answers_it_says_why(
    serve: Serve, method: str, path: str, said: str | None
) -> None:
    mock = serve(THING)
    mock.client.request(method, path)
    told = explained(mock)
    assert told["unserved"] == said
    assert (told["route"] is None) == (path != "/thing" or method == "PUT")


def test_violations_are_told_with_what_was_looked_through_all_the_same(serve: Serve) -> None:
    number = {"name": "n", "in": "query", "schema": {"type": "integer"}}
    mock = serve(thing({"200": json_of(True)}, parameters=[number]))
    mock.get("/thing?n=x")
    told = explained(mock)
    assert [v["location"] for v in told["violations"]] == [["request", "query", "n"]]
    assert (told["chosen"]["source"], told["chosen"]["status"]) == ("refusal", 422)
    assert [c["source"] for c in told["considered"]] == ["generated"]


SCHEMES = {
    "key": {"type": "apiKey", "in": "query", "name": "api key"},
    "header": {"type": "apiKey", "in": "header", "name": "X-Key"},
}
SECRETS = {
    "replies/thing.yaml": """
    a:
      when: {query: {'api key': WANTED1, open: '1'}, headers: {X-Key: WANTED2, Cookie: WANTED3}}
      status: 200
      body: x
    """
}


@pytest.mark.parametrize("is_masked", [True, False])
def test_credentials_are_hidden_unless_a_setting_shows_them(serve: Serve, is_masked: bool) -> None:
    document = {"components": {"securitySchemes": SCHEMES}, **THING}
    mock = serve(document, fixtures=SECRETS, mask_credentials=is_masked)
    headers = {"X-Key": "SENT2", "Prefer": "explain"}
    mock.get("/thing?api%20key=SENT1&open=2", headers=headers)
    told = explained(mock)
    shown = mock.get("/_mock/exchanges/1/explanation").text + mock.get("/_mock/exchanges/1").text
    assert ("SENT" in shown, "WANTED" in shown) == (not is_masked, not is_masked)
    differences = told["considered"][0]["differences"]
    assert 'query parameter open is "2"; expected "1"' in differences
    if is_masked:
        assert 'header x-key is "***"; expected "***"' in differences
        assert 'header cookie is missing; expected "***"' in differences


def test_an_exchange_that_is_not_there_has_no_explanation(shipped: Mock) -> None:
    path = "/_mock/exchanges/987654321/explanation"
    assert "The journal holds no exchange 987654321" in wrong(shipped, "GET", path, 404)[0]


def test_a_body_that_the_journal_cut_is_said_to_be(serve: Serve) -> None:
    mock = serve(thing({"200": json_of(True)}, "post"))
    mock.post(content=b"x" * 70_000)
    assert explained(mock)["body_was_cut"] is True
