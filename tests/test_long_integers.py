"""Integers beyond 64 bits are exact from the wire to the reply, and wherever they are kept."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.helpers.running import Mock, Serve, json_of, thing

LONG = 123456789012345678901234567890
NUMBERS = [LONG, -LONG, 2**63, 2**64, -(2**63) - 1]
INTEGER = {"type": "integer"}
HOLDER = {"type": "object", "required": ["n"], "properties": {"n": INTEGER}}
ECHO = """
def thing(body=None, query=None, request=None, **path):
    return {"n": (body or query or path)["n"]}
"""
every_number = pytest.mark.parametrize("number", NUMBERS)


def n_of(text: bytes | str) -> Any:
    """Return the member `n` of a JSON text, by a reader that is exact."""
    return json.loads(text)["n"]


def echoing(serve: Serve, **operation: Any) -> Mock:
    return serve(thing({"200": json_of(HOLDER)}, "post", **operation), handlers=ECHO)


@every_number
def test_one_in_a_body_comes_back_from_a_handler(serve: Serve, number: int) -> None:
    mock = echoing(serve, requestBody=json_of(HOLDER))
    reply = mock.post(content=b'{"n": %d}' % number, headers={"content-type": "application/json"})
    assert reply.status_code == 200 and n_of(reply.content) == number


@every_number
def test_one_in_a_body_is_echoed_by_a_made_up_reply(serve: Serve, number: int) -> None:
    mock = serve(thing({"200": json_of(HOLDER)}, "post", requestBody=json_of(HOLDER)))
    reply = mock.post(content=b'{"n": %d}' % number, headers={"content-type": "application/json"})
    assert reply.status_code == 200 and n_of(reply.content) == number


@every_number
def test_one_in_a_query_that_is_echoed_is_no_500(serve: Serve, number: int) -> None:
    parameter = {"name": "offset", "in": "query", "schema": INTEGER}
    page = {"type": "object", "required": ["offset"], "properties": {"offset": INTEGER}}
    mock = serve(thing({"200": json_of(page)}, parameters=[parameter]))
    reply = mock.get(f"/thing?offset={number}")
    assert reply.status_code == 200 and json.loads(reply.content)["offset"] == number


def test_one_in_a_path_is_the_id_of_what_is_there(serve: Serve) -> None:
    own = {"type": "object", "required": ["id"], "properties": {"id": INTEGER}}
    parameter = {"name": "thingId", "in": "path", "required": True, "schema": INTEGER}
    operation = {"parameters": [parameter], "responses": {"200": json_of(own)}}
    mock = serve({"/things/{thingId}": {"get": operation}})
    assert json.loads(mock.get(f"/things/{LONG}").content)["id"] == LONG


def test_one_in_a_header_or_a_cookie_is_judged_exactly(serve: Serve) -> None:
    schema = {"type": "integer", "maximum": LONG}
    parameters = [{"name": name, "in": name, "schema": schema} for name in ("header", "cookie")]
    mock = serve(thing({"200": json_of(True, example=1)}, parameters=parameters))
    for name, text in (("header", "{}"), ("cookie", "cookie={}")):
        assert mock.get(headers={name: text.format(LONG)}).status_code == 200
        refused = mock.get(headers={name: text.format(LONG + 1)})
        assert refused.status_code == 422 and "maximum" in refused.text


def test_one_in_a_body_is_judged_exactly(serve: Serve) -> None:
    body = json_of({"type": "object", "properties": {"n": {"maximum": LONG}}})
    mock = serve(thing({"200": json_of(True, example=1)}, "post", requestBody=body))
    for number, status in ((LONG, 200), (LONG + 1, 422)):
        assert mock.post(json={"n": number}).status_code == status


@pytest.mark.parametrize("media_type", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_one_in_a_form_comes_back(serve: Serve, media_type: str) -> None:
    mock = echoing(serve, requestBody={"content": {media_type: {"schema": HOLDER}}})
    sent: dict[str, Any] = (
        {"files": {"n": (None, str(LONG))}} if "multipart" in media_type else {"data": {"n": LONG}}
    )
    assert n_of(mock.post(**sent).content) == LONG


@pytest.mark.parametrize("text", ["{n: %d}", '{"n": %d}', "{n: 0x%x}"])
def test_one_in_a_file_of_replies_is_sent(serve: Serve, text: str) -> None:
    replies = f"long:\n  status: 200\n  body: {text % LONG}\n"
    mock = serve(thing({"200": json_of(HOLDER)}), fixtures={"replies/thing.yaml": replies})
    assert n_of(mock.get().content) == LONG


def test_one_in_an_example_is_sent(serve: Serve) -> None:
    mock = serve(thing({"200": json_of(HOLDER, example={"n": LONG})}))
    assert n_of(mock.get().content) == LONG
    assert json.loads(mock.get("/openapi.json").content)["paths"]["/thing"]["get"]["responses"][
        "200"
    ]["content"]["application/json"]["example"] == {"n": LONG}


def test_one_in_a_stub_is_sent_and_shown(serve: Serve) -> None:
    mock = serve(thing({"200": json_of(HOLDER)}))
    stub = {"operation": "thing", "status": 200, "body": {"n": LONG}}
    added = mock.post("/_mock/stubs", json=stub)
    assert added.status_code == 201, added.text
    assert json.loads(added.content)["body"] == {"n": LONG}
    assert n_of(mock.get().content) == LONG
    listed = json.loads(mock.get("/_mock/stubs").content)
    assert str(LONG) in json.dumps(listed)


def test_one_in_the_conditions_of_a_stub_matches_exactly(serve: Serve) -> None:
    mock = serve(thing({"200": json_of(HOLDER)}, "post", requestBody=json_of(HOLDER)))
    stub = {"operation": "thing", "when": {"body": {"n": LONG}}, "status": 200, "body": {"n": 7}}
    assert mock.post("/_mock/stubs", json=stub).status_code == 201
    assert n_of(mock.post(json={"n": LONG}).content) == 7
    near = mock.post(json={"n": LONG + 1}, headers={"prefer": "explain"})
    assert n_of(near.content) == LONG + 1
    assert str(LONG) in near.headers["mock-explanation"]


def test_one_is_exact_in_the_journal_and_the_archive(serve: Serve) -> None:
    mock = echoing(serve, requestBody=json_of(HOLDER))
    mock.post(json={"n": LONG})
    (exchange,) = mock.get("/_mock/exchanges").json()["exchanges"]
    assert n_of(exchange["request"]["body"]["text"]) == LONG
    assert n_of(exchange["reply"]["body"]["text"]) == LONG
    (entry,) = mock.get("/_mock/exchanges.har").json()["log"]["entries"]
    assert n_of(entry["response"]["content"]["text"]) == LONG


STREAMS = ["text/event-stream", "application/jsonl", "application/json-seq"]


@pytest.mark.parametrize("media_type", STREAMS)
def test_one_in_a_stream_is_exact(serve: Serve, media_type: str) -> None:
    content = {media_type: {"schema": HOLDER, "example": [{"n": LONG}]}}
    reply = serve(thing({"200": {"content": content}})).get()
    assert n_of(reply.text.strip("\x1e\n").removeprefix("data: ")) == LONG


def test_one_in_the_control_api_is_a_422_and_no_500(serve: Serve) -> None:
    mock = serve(thing({"200": json_of(HOLDER)}))
    assert mock.post("/_mock/faults", json={"fault": "503", "next": LONG}).status_code == 422
    assert mock.client.put("/_mock/seed", json={"seed": LONG}).status_code in (200, 422)
    assert mock.client.put("/_mock/clock", json={"now": LONG}).status_code == 422
