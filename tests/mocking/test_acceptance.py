"""What is sent by Accept: families of types, replies that were asked for, leniency, streams."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.helpers.running import Mock, Serve, json_of, thing

NUMBER = {"type": "integer"}


def offering(*types: str, **operation: Any) -> dict[str, Any]:
    """Return a document whose one reply is of those types, each with its place as the example."""
    content = {name: {"example": number} for number, name in enumerate(types)}
    return thing({"200": {"content": content}}, **operation)


FAMILIES = [
    ("application/vnd.acme.v3+json", "application/json"),
    ("application/json;version=1", "application/json"),
    ("application/problem+json", "application/json"),
    ("application/json", "application/vnd.acme+json"),
    ("application/json", "application/json; version=2"),
    ("application/json; version=1", "application/json; version=2"),
    ("application/vnd.github.v3+json", "application/hal+json"),
    ("text/json", "application/json"),
    ("text/html;q=0.9, application/vnd.acme+json;q=0.1", "application/json"),
    ("application/atom+xml", "application/xml"),
    ("application/xml", "application/vnd.acme+xml"),
    ("text/xml", "application/xml"),
]


@pytest.mark.parametrize(("accept", "declared"), FAMILIES)
def test_a_type_of_the_same_family_satisfies_and_the_declared_one_is_named(
    serve: Serve, accept: str, declared: str
) -> None:
    reply = serve(offering(declared)).get(headers={"accept": accept})
    assert (reply.status_code, reply.headers["content-type"]) == (200, declared)
    assert "mock-violations" not in reply.headers


@pytest.mark.parametrize(
    ("accept", "declared"),
    [
        ("application/xml", "application/json"),
        ("application/vnd.acme+xml", "application/json"),
        ("text/html", "application/json"),
        ("application/vnd.acme+json, application/json;q=0", "application/json"),
        ("application/vnd.acme+json, */*;q=0", "application/json"),
        ("application/vnd.acme+json;q=0", "application/json"),
        ("image/svg+xml", "application/xml"),
        ("text/csv;header=present", "text/csv"),
        ("application/jsonl", "application/json"),
        ("text/event-stream", "application/json"),
        ("application/json", "text/event-stream"),
    ],
)
def test_another_family_is_a_406_and_sent_under_leniency(
    serve: Serve, accept: str, declared: str
) -> None:
    paths = offering(declared)
    reply = serve(paths).get(headers={"accept": accept})
    assert reply.status_code == 406 and declared in reply.json()["detail"]
    for mock, prefer in ((serve(paths), "handling=lenient"), (serve(paths, lenient=True), "")):
        lenient = mock.get(headers={"accept": accept, "prefer": prefer})
        assert (lenient.status_code, lenient.headers["content-type"]) == (200, declared)
        assert "Accept asks for" in lenient.headers["mock-violations"]
        assert mock.exchanges[-1].reply.violations[0].location == ("request", "header", "accept")  # type: ignore[union-attr]


def test_an_exact_match_is_preferred_to_the_family_and_weights_rank_it(serve: Serve) -> None:
    mock = serve(offering("application/json", "application/hal+json", "application/xml"))
    for accept, number in (
        ("application/hal+json", 1),
        ("application/vnd.acme+json, application/hal+json;q=0.1", 1),
        ("application/vnd.acme+json", 0),
        ("application/vnd.acme+json;q=0.1, application/vnd.acme+xml;q=0.5", 2),
    ):
        reply = mock.get(headers={"accept": accept})
        types = ["application/json", "application/hal+json", "application/xml"]
        assert reply.headers["content-type"] == types[number]


def test_under_leniency_the_first_declared_type_is_sent(serve: Serve) -> None:
    mock = serve(offering("text/csv", "text/plain"), lenient=True)
    assert mock.get(headers={"accept": "image/png"}).headers["content-type"] == "text/csv"
    assert mock.get(headers={"accept": "text/plain"}).headers["content-type"] == "text/plain"


def test_a_handler_s_reply_is_sent_under_leniency_once(serve: Serve) -> None:
    handlers = "calls = []\ndef thing():\n    calls.append(1)\n    return len(calls)\n"
    mock = serve(offering("application/json"), handlers=handlers, lenient=True)
    reply = mock.get(headers={"accept": "text/html"})
    assert (reply.json(), "accept" in reply.headers["mock-violations"].lower()) == (1, True)


ERROR = {"type": "object", "required": ["msg"], "properties": {"msg": {"type": "string"}}}
BOTH = {
    "200": json_of(NUMBER, example=1),
    "404": {"content": {"application/problem+json": {"schema": ERROR, "example": {"msg": "no"}}}},
    "302": {"content": {"text/html": {"example": "<p>moved</p>"}}},
}


@pytest.mark.parametrize(
    ("status", "media_type"), [(404, "application/problem+json"), (302, "text/html")]
)
def test_a_reply_outside_2xx_is_sent_in_its_own_type(
    serve: Serve, status: int, media_type: str
) -> None:
    reply = {"status": status, "media_type": media_type, "body": {"msg": "x"}}
    if status == 302:
        reply["body"] = "x"
    mock = serve(thing(BOTH))
    accept = {"accept": "text/csv"}
    asked = mock.get(headers={**accept, "prefer": f"code={status}"})
    assert mock.post("/_mock/stubs", json={"operation": "thing", **reply}).status_code == 201
    stubbed = mock.get(headers=accept)
    canned = serve(
        thing(BOTH), fixtures={"replies/thing.json": f'{{"it": {json.dumps(reply)}}}'}
    ).get(headers=accept)
    for found in (asked, stubbed, canned):
        assert (found.status_code, found.headers["content-type"]) == (status, media_type)
    assert mock.get(headers={**accept, "prefer": "code=200"}).status_code == 406


STREAMED = {
    "application/json": {"example": {"whole": True}},
    "text/event-stream": {"schema": {"type": "object"}, "example": [{"piece": 1}]},
}
ASKING = {"type": "object", "properties": {"stream": {"type": "boolean"}}}


def streaming(serve: Serve, **settings: Any) -> Mock:
    parameter = {"name": "stream", "in": "query", "schema": {"type": "boolean"}}
    body = {
        "content": {
            "application/json": {"schema": ASKING},
            "application/x-www-form-urlencoded": {"schema": ASKING},
        }
    }
    responses = {"200": {"content": STREAMED}, "400": json_of(True, example="no")}
    paths = thing(responses, "post", requestBody=body, parameters=[parameter])
    return serve(paths, **settings)


@pytest.mark.parametrize("accept", ["application/json", "*/*", "text/event-stream", "text/html"])
def test_a_stream_that_is_asked_for_is_sent_whatever_accept_says(serve: Serve, accept: str) -> None:
    mock, headers = streaming(serve), {"accept": accept}
    asking: list[dict[str, Any]] = [
        {"json": {"stream": True}},
        {"data": {"stream": "true"}},
        {"params": {"stream": "true"}},
        {"json": {"stream": True}, "headers": {**headers, "prefer": "dynamic=true"}},
    ]
    for asked in asking:
        reply = mock.post(**{"headers": headers, **asked})
        assert reply.status_code == 200, reply.text
        assert reply.headers["content-type"] == "text/event-stream"


@pytest.mark.parametrize(
    "sent", [{"stream": False}, {"stream": None}, {"stream": "true"}, {}, {"x": 1}]
)
def test_what_asks_for_no_stream_gets_what_accept_says(serve: Serve, sent: Any) -> None:
    mock = streaming(serve, lenient=True)
    for accept in ("application/json", "*/*"):
        reply = mock.post(json=sent, headers={"accept": accept})
        assert reply.headers["content-type"] == "application/json"


def test_an_error_is_sent_in_its_own_type_to_who_asks_for_a_stream(serve: Serve) -> None:
    reply = streaming(serve).post(json={"stream": True}, headers={"prefer": "code=400"})
    assert (reply.status_code, reply.headers["content-type"]) == (400, "application/json")


def test_a_handler_s_value_becomes_a_stream_too(serve: Serve) -> None:
    mock = streaming(serve, handlers="def thing(body=None):\n    return [{'n': 1}, {'n': 2}]\n")
    reply = mock.post(json={"stream": True}, headers={"accept": "application/json"})
    assert reply.text == 'data: {"n":1}\n\ndata: {"n":2}\n\n'


def test_a_stub_that_is_a_stream_is_sent_whatever_accept_says(serve: Serve) -> None:
    mock = streaming(serve)
    stub = {"operation": "thing", "status": 200, "media_type": "text/event-stream"}
    assert mock.post("/_mock/stubs", json={**stub, "body": [{"n": 1}]}).status_code == 201
    reply = mock.post(json={}, headers={"accept": "application/json"})
    assert reply.text == 'data: {"n":1}\n\n'
