"""Credentials are told as `***`, everywhere, unless a setting says otherwise."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.control import exchanges
from tests.running import Mock, Serve, json_of, thing

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


@pytest.mark.parametrize("place", PLACES)
def test_a_setting_shows_them(serve: Serve, place: str) -> None:
    told = started(serve, mask_credentials=False).get(place).text
    assert all(f"SECRET{number}" in told for number in range(1, 7))
