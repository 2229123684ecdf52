"""What is said of an exchange quotes no secret: to the client, in the log, in a verdict."""

from __future__ import annotations

import io
from typing import Any

import pytest

from mock_server.cli.request_log import RequestLog
from mock_server.sessions import Verdict
from tests.helpers.running import Mock, Serve, json_of, thing

SECRET = "Zq7vK9xWm2"
WORD = {"type": "string"}
LOGIN = {
    "type": "object",
    "properties": {
        "password": {"type": "string", "maxLength": 3},
        "pin": {"type": "integer"},
        "marked": {"type": "integer", "format": "password"},
        "login": {"oneOf": [WORD, {"type": "object", "properties": {"token": {"const": "a"}}}]},
        "open": WORD,
        "note": {"type": "integer"},
    },
}
BODIES: dict[str, Any] = {
    "the value itself": {"pin": SECRET},
    "marked by its schema": {"marked": SECRET},
    "below it": {"password": {"a": SECRET}},
    "around it": {"open": {"password": SECRET}},
    "around it, and long": {"open": {"padding": "x" * 30, "password": SECRET * 5}},
    "a nearest alternative": {"login": {"token": SECRET}},
    "a token by its form": {"note": f"eyJhbGciOiJIUzI1NiJ9.{SECRET}.x"},
    "a URL": {"note": f"https://ada:{SECRET}@a.example/"},
}
PLACES = [
    "/_mock/exchanges", "/_mock/exchanges/1", "/_mock/exchanges.har", "/__admin/requests",
    "/_mock/exchanges/1/explanation",
]  # fmt: skip


@pytest.mark.parametrize("case", BODIES)
def test_a_refusal_quotes_no_secret(serve: Serve, case: str) -> None:
    mock = serve(thing({"200": json_of(True)}, "post", requestBody=json_of(LOGIN)))
    reply = mock.client.post("/thing", json=BODIES[case], headers={"Prefer": "explain"})
    assert reply.status_code == 422
    assert SECRET not in reply.text + str(reply.headers)
    (found,) = reply.json()["validation"]
    assert found["location"][:2] == ["request", "body"]
    assert found["rule"]
    assert [place for place in PLACES if SECRET in mock.get(place).text] == []


def test_what_is_not_secret_is_quoted(serve: Serve) -> None:
    mock = serve(thing({"200": json_of(True)}, "post", requestBody=json_of(LOGIN)))
    reply = mock.client.post("/thing", json={"password": "abcd", "note": "Plain4Sight"})
    messages = [found["message"] for found in reply.json()["validation"]]
    assert 'note in the body is a string, "Plain4Sight"; expected an integer' in messages
    assert any(message.startswith("password in the body") for message in messages)


def test_with_the_setting_off_all_is_quoted(serve: Serve) -> None:
    body = json_of(LOGIN)
    mock = serve(thing({"200": json_of(True)}, "post", requestBody=body), mask_credentials=False)
    assert SECRET in mock.client.post("/thing", json={"pin": SECRET}).text


@pytest.mark.parametrize(
    "code",
    [
        f"return {{'pin': '{SECRET}'}}",
        f"return {{'open': {{'password': '{SECRET}'}}}}",
        f"return {{'note': 'https://a:{SECRET}@b/'}}",
    ],
)
def test_what_is_wrong_with_a_handler_s_reply_is_told_and_logged_without_secrets(
    serve: Serve, caplog: pytest.LogCaptureFixture, code: str
) -> None:
    mock = serve(thing({"200": json_of(LOGIN)}), handlers=f"def thing():\n    {code}\n")
    reply = mock.get(f"/thing?token={SECRET}&open=Plain4Sight")
    assert reply.status_code == 500
    assert SECRET not in reply.text + caplog.text
    assert "Plain4Sight" in caplog.text
    assert [place for place in PLACES if SECRET in mock.get(place).text] == []


def test_the_log_of_a_failing_handler_names_the_request_without_secrets(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    paths = {"/reset/{token}": {"get": {
        "operationId": "reset",
        "parameters": [{"name": "token", "in": "path", "required": True}],
        "responses": {"200": {"description": ""}},
    }}}  # fmt: skip
    raised = f"ValueError('https://ada:' + '{SECRET}@a.example/ ' + 'Plain4Sight')"
    mock = serve(paths, handlers=f"E = {raised}\ndef reset(token):\n    raise E\n")
    assert mock.get(f"/reset/{SECRET}?api_key={SECRET}&open=1").status_code == 500
    assert "reset failed on GET /reset/***?api_key=***&open=1\nTraceback" in caplog.text
    assert "ValueError: https://***@a.example/ Plain4Sight" in caplog.text
    assert SECRET not in caplog.text


def verdict_of(mock: Mock) -> str:
    verdict = Verdict(lambda: mock.app.secrets)
    for exchange in mock.exchanges:
        verdict.add(exchange)
    return "\n".join(verdict.lines())


def test_a_verdict_names_requests_without_secrets(serve: Serve) -> None:
    parameter = {"name": "pin", "in": "query", "schema": {"type": "integer"}}
    mock = serve(thing({"200": json_of(True)}, parameters=[parameter]))
    mock.get(f"/thing?pin={SECRET}&a=1")
    mock.get(f"/other?token={SECRET}")
    verdict = verdict_of(mock)
    assert "GET /thing?pin=***&a=1" in verdict
    assert "GET /other?token=***" in verdict
    assert SECRET not in verdict


@pytest.mark.parametrize("format", ["text", "json"])
def test_the_log_of_requests_shows_no_secret(serve: Serve, format: str) -> None:
    path = {"name": "token", "in": "path", "required": True, "schema": {"type": "integer"}}
    operation = {"operationId": "reset", "parameters": [path], "responses": {"200": json_of(True)}}
    mock = serve({"/reset/{token}/now": {"get": operation}})
    mock.get(f"/reset/{SECRET}/now")
    mock.get(f"/eyJhbGciOiJIUzI1NiJ9.{SECRET}.x")
    stream = io.StringIO()
    log = RequestLog(stream, format, secrets=lambda: mock.app.secrets)
    for exchange in mock.exchanges:
        log.add(exchange)
    log.close()
    assert "/reset/***/now" in stream.getvalue()
    assert "token in the path is ***" in stream.getvalue()
    assert SECRET not in stream.getvalue()


def test_exchanges_inside_the_process_are_whole(serve: Serve) -> None:
    mock = serve(thing({"200": json_of(True)}))
    mock.get(f"/thing?token={SECRET}")
    assert mock.exchanges[0].query == f"token={SECRET}"


@pytest.mark.parametrize(
    ("secret", "shown"),
    [((), (False, True)), (("tenantWord",), (False, False)), (("-api_key",), (True, True))],
    ids=["the list", "added", "taken out"],
)
def test_the_setting_adds_names_and_takes_them_out(
    serve: Serve, secret: tuple[str, ...], shown: tuple[bool, bool]
) -> None:
    key = {"type": "apiKey", "in": "query", "name": "apiKey"}
    document = {"components": {"securitySchemes": {"key": key}}, **thing({"200": json_of(True)})}
    mock = serve(document, secret=secret)
    mock.get("/thing?apiKey=VALUE1&tenant_word=VALUE2", headers={"Api-Key": "VALUE1"})
    told = mock.get("/_mock/exchanges").text
    assert ("VALUE1" in told, "VALUE2" in told) == shown
