"""The HTTP Archive, which follows HAR 1.2 and holds what was sent."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.helpers.control import call
from tests.helpers.judge import faults
from tests.helpers.running import Mock, Serve, json_of, thing, until

TEXT, COUNT = {"type": "string"}, {"type": "integer", "minimum": -1}
PAIRS = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["name", "value"],
        "properties": {"name": TEXT, "value": TEXT},
        "additionalProperties": False,
    },
}


def known(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    """Return an object of those members; others have a name that starts with an underscore."""
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **optional},
        "patternProperties": {"^_": True},
        "additionalProperties": False,
    }


MESSAGE = {
    "httpVersion": {"pattern": "^HTTP/"},
    "cookies": PAIRS,
    "headers": PAIRS,
    "headersSize": COUNT,
    "bodySize": COUNT,
}
# By hand from the specification, section by section: log, creator, entries, request, …
HAR = known({
    "log": known({
        "version": {"const": "1.2"},
        "creator": known({"name": TEXT, "version": TEXT}),
        "entries": {"type": "array", "items": known({
            "startedDateTime": {"type": "string", "format": "date-time"},
            "time": {"type": "number", "minimum": 0},
            "request": known(
                {**MESSAGE, "method": TEXT, "url": {"pattern": "^http://"}, "queryString": PAIRS},
                postData=known({"mimeType": TEXT, "text": TEXT}),
            ),
            "response": known({
                **MESSAGE,
                "status": {"type": "integer"},
                "statusText": TEXT,
                "redirectURL": TEXT,
                "content": known({"size": COUNT, "mimeType": TEXT}, text=TEXT, encoding=TEXT),
            }),
            "cache": {"type": "object"},
            "timings": known({name: {"type": "number"} for name in ("send", "wait", "receive")}),
        })},
    }),
})  # fmt: skip
HANDLER = """
def thing(request):
    if b"x-file" in request.headers:
        return b"\\xff", 201, {"Content-Type": "image/x"}
    headers = {"Set-Cookie": "sid=5; Path=/", "Location": "/there"}
    return "é", 200, headers
"""


@pytest.fixture
def mock(serve: Serve) -> Mock:
    responses = {"200": json_of(True), "201": {"content": {"image/x": {}}}}
    paths = thing(responses, "post", requestBody={"content": {"*/*": {}}})
    return serve(paths, handlers=HANDLER, mask_credentials=False)


def entries(mock: Mock, query: str = "") -> list[dict[str, Any]]:
    archive = call(mock, "GET", f"/_mock/exchanges.har{query}")
    assert faults(HAR, archive) == []
    found: list[dict[str, Any]] = archive["log"]["entries"]
    return found


def pair(name: str, value: str) -> dict[str, str]:
    return {"name": name, "value": value}


def test_an_archive_without_exchanges_is_one_too(mock: Mock) -> None:
    assert entries(mock) == []


def test_what_was_asked_stands_in_it(mock: Mock) -> None:
    headers = {"Cookie": "a=1; b=2", "Content-Type": "text/plain"}
    mock.post("/thing?q=1&q=%C3%A9&empty=", content="hé".encode(), headers=headers)
    request = entries(mock)[0]["request"]
    assert request["url"] == f"{mock.url}/thing?q=1&q=%C3%A9&empty="
    assert [(q["name"], q["value"]) for q in request["queryString"]] == parse_qsl(
        urlsplit(request["url"]).query, keep_blank_values=True
    )
    assert request["cookies"] == [pair("a", "1"), pair("b", "2")]
    assert pair("content-type", "text/plain") in request["headers"]
    assert request["postData"] == {"mimeType": "text/plain", "text": "hé"}
    assert request["bodySize"] == 3


def test_what_was_answered_stands_in_it(mock: Mock) -> None:
    reply = mock.post("/thing")
    entry = entries(mock)[0]
    response = entry["response"]
    assert (response["status"], response["statusText"]) == (200, "OK")
    assert response["content"] == {"size": 4, "mimeType": "application/json", "text": '"é"'}
    assert (response["bodySize"], response["redirectURL"]) == (len(reply.content), "/there")
    assert response["cookies"] == [pair("sid", "5")]
    assert "postData" not in entry["request"]
    assert (entry["_operation"], entry["_source"], entry["_id"]) == ("thing", "handler", 1)
    assert entry["time"] == entry["timings"]["wait"] > 0
    assert abs(_seconds(entry) - mock.exchanges[0].started) < 0.01


def _seconds(entry: dict[str, Any]) -> float:
    return datetime.fromisoformat(entry["startedDateTime"]).timestamp()


def test_bytes_that_are_no_text_stand_in_it_in_base64(mock: Mock) -> None:
    mock.post("/thing", content=b"\xfe", headers={"X-File": "yes", "Content-Type": "image/x"})
    entry = entries(mock)[0]
    posted, content = entry["request"]["postData"], entry["response"]["content"]
    assert (posted["_encoding"], base64.b64decode(posted["text"])) == ("base64", b"\xfe")
    assert (content["encoding"], base64.b64decode(content["text"])) == ("base64", b"\xff")


def test_a_client_that_left_has_no_response(mock: Mock) -> None:
    with mock.wire() as wire:
        wire.send(b"POST /thing HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n{")
    until(lambda: len(mock.exchanges) == 1, "the journal has it")
    response = entries(mock)[0]["response"]
    assert (response["status"], response["bodySize"]) == (0, -1)


def test_violations_and_filters_hold_for_it_too(mock: Mock) -> None:
    mock.post("/thing")
    mock.get("/nowhere")
    assert [entry["response"]["status"] for entry in entries(mock, "?status=4XX")] == [404]
    assert [entry["_id"] for entry in entries(mock, "?limit=1")] == [2]
