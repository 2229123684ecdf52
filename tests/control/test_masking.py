"""Credentials, shown as `***` everywhere unless a setting turns that off."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.helpers.control import exchanges
from tests.helpers.running import Mock, Serve, json_of, thing

SCHEMES = {
    "by_header": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "by_query": {"type": "apiKey", "in": "query", "name": "api key"},
    "by_cookie": {"type": "apiKey", "in": "cookie", "name": "token"},
    "bearer": {"type": "http", "scheme": "bearer"},
}
HANDLER = (
    "def thing():\n    return 'ok', 200, {'Set-Cookie': 'sid=SECRET5; Path=/', 'X-Open': 'yes'}"
)
SENT = {
    "Authorization": "Bearer SECRET1",
    "Proxy-Authorization": "Basic SECRET2",
    "Cookie": "token=SECRET3; theme=SECRET3",
    "X-Key": "SECRET4",
    "X-Open": "yes",
}
PLACES = ["/_mock/exchanges", "/_mock/exchanges/1", "/_mock/exchanges.har", "/__admin/requests"]


def started(serve: Serve, **settings: Any) -> Mock:
    paths = thing({"200": json_of(True)})
    mock = serve(
        {"components": {"securitySchemes": SCHEMES}, **paths}, handlers=HANDLER, **settings
    )
    mock.get("/thing?api%20key=SECRET6&open=yes&api+key=SECRET6", headers=SENT)
    return mock


@pytest.mark.parametrize("place", PLACES)
def test_credentials_are_hidden(serve: Serve, place: str) -> None:
    told = started(serve).get(place).text
    assert "SECRET" not in told
    assert '"***"' in told and "open=yes" in told


def test_credentials_are_hidden_from_a_stream(serve: Serve) -> None:
    mock = started(serve)
    with mock.client.stream(
        "GET", "/_mock/exchanges/stream", headers={"Last-Event-ID": "0"}
    ) as events:
        line = next(line for line in events.iter_lines() if line.startswith("data:"))
    assert "SECRET" not in line
    assert json.loads(line[5:])["request"]["headers"]["authorization"] == "***"


def test_all_else_is_told(serve: Serve) -> None:
    (told,) = exchanges(started(serve))
    assert told["request"]["query"] == "api%20key=***&open=yes&api+key=***"
    assert told["request"]["headers"]["x-open"] == told["reply"]["headers"]["x-open"] == "yes"
    assert told["reply"]["headers"]["set-cookie"] == "***"


# Parameters that are credentials, each in a way that its schema forbids.
BROKEN = {
    "header": ({"name": "X-Key", "in": "header", "schema": {"type": "integer"}}, "type"),
    "query": ({"name": "api key", "in": "query", "schema": {"pattern": "^[a-z]$"}}, "pattern"),
    "property": (
        {
            "name": "auth",
            "in": "query",
            "schema": {"type": "object", "properties": {"api key": {"const": "no"}}},
        },
        "const",
    ),
    "twice": (
        {"name": "api key", "in": "query", "content": {"application/json": {"schema": {}}}},
        "style",
    ),
    "cookie": ({"name": "theme", "in": "cookie", "schema": {"enum": ["dark"]}}, "enum"),
}


@pytest.mark.parametrize("place", [*PLACES, "/_mock/exchanges/1/explanation"])
@pytest.mark.parametrize("case", BROKEN)
def test_what_is_wrong_with_a_credential_is_told_without_it(
    serve: Serve, case: str, place: str
) -> None:
    parameter, rule = BROKEN[case]
    paths = thing({"200": json_of(True)}, parameters=[parameter])
    mock = serve({"components": {"securitySchemes": SCHEMES}, **paths}, security=False)
    reply = mock.get("/thing?api%20key=SECRET", headers={**SENT, "Prefer": "explain"})
    assert reply.status_code == 422
    (told,) = reply.json()["validation"]
    name = parameter["name"]
    assert told["code"] == rule
    assert told["message"] == f"{name} in the {parameter['in']} is *** and breaks the rule {rule}"
    assert told["location"] == ["request", parameter["in"], name]
    assert "SECRET" not in mock.get(place).text


def test_a_credential_that_is_missing_is_told_as_anything_else(serve: Serve) -> None:
    key = {"name": "X-Key", "in": "header", "required": True, "schema": {"type": "integer"}}
    paths = thing({"200": json_of(True)}, parameters=[key])
    mock = serve({"components": {"securitySchemes": SCHEMES}, **paths})
    assert mock.get().json()["validation"][0]["message"] == "X-Key in the header is missing"


@pytest.mark.parametrize("place", PLACES)
def test_a_setting_shows_them(serve: Serve, place: str) -> None:
    told = started(serve, mask_credentials=False).get(place).text
    assert all(f"SECRET{number}" in told for number in range(1, 7))
