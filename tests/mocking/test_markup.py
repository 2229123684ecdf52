"""What a reply repeats of its request is text, whatever type the document declares for it."""

from __future__ import annotations

import html
import json
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import httpx
import pytest

from mock_server.errors import Violation
from mock_server.mocking.error_bodies import ErrorDetails
from tests.helpers.running import Mock, Serve, json_of, request, thing

HTML = ["text/html", "text/html; charset=utf-8", "TEXT/HTML"]
XML = ["application/xhtml+xml", "image/svg+xml", "application/rss+xml", "text/xml",
       "application/xml"]  # fmt: skip
# Harmless; a browser would make elements of it.
MARK = "<b title='x'>\"&amp;</b>"
TEXT: dict[str, Any] = {"type": "string"}
MESSAGE = {"type": "object", "properties": {"message": TEXT}, "required": ["message"]}
NAMED = {
    "type": "object",
    "properties": {"name": TEXT, "tag": TEXT, "path": TEXT, "title": TEXT},
    "required": ["name", "tag", "path", "title"],
}


def of_type(media_type: str, schema: Any) -> dict[str, Any]:
    return {"content": {media_type: {"schema": schema}}}


def refusing(serve: Serve, media_type: str, schema: Any, **settings: Any) -> Mock:
    """Return a mock whose one operation refuses with that type what isn't a number."""
    number = {"name": "n", "in": "path", "required": True, "schema": {"type": "integer"}}
    body = json_of({"type": "object", "additionalProperties": {"type": "integer"}})
    operation = {
        "operationId": "thing",
        "parameters": [number],
        "requestBody": body,
        "responses": {
            "200": {"description": "ok"},
            "default": {"description": "wrong", **of_type(media_type, schema)},
        },
    }
    return serve({"/thing/{n}": {"post": operation}}, **settings)


def assert_harmless(reply: httpx.Response, media_type: str) -> None:
    assert reply.headers["Content-Type"].lower() == media_type.lower()
    assert reply.headers.get_list("X-Content-Type-Options") == ["nosniff"]
    assert "<b" not in reply.text


REQUESTS: dict[str, dict[str, Any]] = {
    "a path": {"url": f"/thing/{quote(MARK, safe='')}"},
    "a query": {"url": "/thing/1", "params": {MARK: MARK}, "json": {}},
    "a name in a body": {"url": "/thing/1", "json": {MARK: "x"}},
    "a value in a body": {"url": "/thing/1", "json": {"a": MARK}},
    "a type": {"url": "/thing/1", "content": b"1", "headers": {"Content-Type": MARK}},
}


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
@pytest.mark.parametrize("media_type", [*HTML, *XML])
def test_a_refusal_repeats_the_request_as_text(
    serve: Serve, media_type: str, request_: dict[str, Any]
) -> None:
    reply = refusing(serve, media_type, TEXT, strict_parameters=True).client.post(**request_)
    assert 400 <= reply.status_code < 500
    assert_harmless(reply, media_type)
    assert "<b title=" in html.unescape(reply.text)


@pytest.mark.parametrize("media_type", [*HTML, *XML])
def test_a_refusal_that_is_an_object_repeats_it_as_text_once(serve: Serve, media_type: str) -> None:
    reply = refusing(serve, media_type, MESSAGE).client.post(**REQUESTS["a path"], json={})
    assert_harmless(reply, media_type)
    if media_type in XML:
        message = ElementTree.fromstring(reply.content).findtext("message")
        assert message is not None and "<b title='x'>" in message
    else:
        assert "<b title='x'>" in html.unescape(reply.json()["message"])


def test_in_json_the_request_is_repeated_as_it_is(serve: Serve) -> None:
    reply = refusing(serve, "application/json", MESSAGE).client.post(**REQUESTS["a path"], json={})
    assert "<b title='x'>" in reply.json()["message"]
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/nothing/<b>", "/_mock/<b>", "/__admin/<b>", "/docs/<b>"])
def test_an_unknown_path_is_repeated_in_json_or_not_at_all(serve: Serve, path: str) -> None:
    reply = serve(thing({"200": {}})).get(path)
    assert reply.status_code == 404
    assert reply.headers["Content-Type"].split(";")[0] in ("application/problem+json", "text/plain")
    if reply.headers["Content-Type"].startswith("application/problem"):
        assert reply.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("media_type", [*HTML, *XML])
@pytest.mark.parametrize("status", ["200", "404"])
def test_a_generated_reply_repeats_the_request_as_text(
    serve: Serve, media_type: str, status: str
) -> None:
    variable = {"name": "name", "in": "path", "required": True, "schema": TEXT}
    body = json_of({"type": "object", "properties": {"tag": TEXT}})
    responses = {
        "200": {"description": "ok", **of_type(media_type, NAMED)},
        "404": {"description": "none", **of_type(media_type, NAMED)},
    }
    operation = {"operationId": "thing", "responses": responses, "parameters": [variable]}
    mock = serve({"/thing/{name}": {"post": {**operation, "requestBody": body}}})
    reply = mock.post(
        f"/thing/{quote(MARK, safe='')}", json={"tag": MARK}, headers={"Prefer": f"code={status}"}
    )
    assert reply.status_code == int(status)
    assert_harmless(reply, media_type)
    if media_type in XML:
        root = ElementTree.fromstring(reply.content)
        found = {name: root.findtext(name) for name in ("name", "tag")}
    else:
        found = {n: html.unescape(v) for n, v in reply.json().items() if n in ("name", "tag")}
    assert found["tag"] == MARK
    assert status == "404" or found["name"] == MARK


PAGE = {
    "type": "object",
    "required": ["items", "next", "self", "cursor", "tag"],
    "properties": {
        "items": {"type": "array", "items": MESSAGE},
        "next": {"type": ["string", "null"], "format": "uri-reference"},
        "self": {"type": "string", "format": "uri"},
        "cursor": TEXT,
        "tag": TEXT,
    },
}


@pytest.mark.parametrize("media_type", HTML)
def test_a_page_of_a_list_repeats_the_request_as_text(serve: Serve, media_type: str) -> None:
    types = {"q": TEXT, "cursor": TEXT, "limit": {"type": "integer"}}
    queries = [{"name": name, "in": "query", "schema": schema} for name, schema in types.items()]
    operation = {
        "operationId": "thing",
        "parameters": queries,
        "requestBody": json_of({"type": "object", "properties": {"tag": TEXT}}),
        "responses": {"200": {"description": "ok", **of_type(media_type, PAGE)}},
    }
    mock = serve({"/list": {"post": operation}})
    query = MARK.replace(" ", "%20").replace("&", "%26")
    with mock.wire() as wire:
        body = json.dumps({"tag": MARK}).encode()
        asked = request(f"/list?limit=1&q={query}", body, "content-type: application/json")
        wire.send(asked.replace(b"host: mock", b'host: mock"><b title=x>'))
        answer = wire.answer()
    assert answer.status == 200
    assert answer.headers["x-content-type-options"] == "nosniff"
    page = json.loads(answer.body)
    assert html.unescape(page["tag"]) == MARK
    assert "q=%3Cb%20title" in page["next"]
    assert b"<b" not in answer.body


@pytest.mark.parametrize("media_type", ["text/html", "application/xhtml+xml"])
def test_an_example_is_led_back_to_no_name_but_a_name(serve: Serve, media_type: str) -> None:
    example = "<p><a href='https://api.example/x'>x</a></p>"
    content = {"content": {media_type: {"schema": TEXT, "example": example}}}
    mock = serve({"servers": [{"url": "https://api.example"}], **thing({"200": content})})
    assert f"href='{mock.url}/x'" in mock.get().text
    for name in ("localhost'><b>", 'localhost"><b>', "localhost <b>"):
        assert "<b>" not in mock.get(headers={"Host": name}).text


def test_a_declared_header_isn_t_sent_twice(serve: Serve) -> None:
    declared = {"headers": {"X-Content-Type-Options": {"schema": {"const": "nosniff"}}}}
    number = {"name": "n", "in": "query", "schema": {"type": "integer"}}
    responses = {"200": {**json_of(TEXT), **declared}, "422": {**json_of(MESSAGE), **declared}}
    mock = serve(thing(responses, parameters=[number]))
    for path, status in (("/thing", 200), ("/thing?n=x", 422)):
        reply = mock.get(path)
        assert reply.status_code == status
        assert reply.headers.get_list("X-Content-Type-Options") == ["nosniff"]


CANNED = {
    "replies/thing.yaml": """
a: {status: 200, headers: {X-Content-Type-Options: none}, body: x}
"""
}


def test_a_canned_reply_has_the_headers_that_it_says(serve: Serve) -> None:
    mock = serve(thing({"200": json_of(TEXT)}), fixtures=CANNED)
    assert mock.get().headers.get_list("X-Content-Type-Options") == ["none"]


def test_every_text_of_a_problem_is_escaped() -> None:
    wrong = Violation(("request", "query", MARK), MARK, MARK, MARK, MARK)
    told = ErrorDetails(422, MARK, MARK, [wrong], MARK).escaped()
    texts = [told.title, told.message, told.path, *told.violations[0].location]
    texts += [told.violations[0].pointer, told.violations[0].message, told.violations[0].keyword]
    for text in texts[:-4] + texts[-3:]:
        assert not set("<>\"'") & set(text)
    assert html.unescape(told.message) == MARK
