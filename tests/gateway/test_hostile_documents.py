"""Documents and requests that ask for far too much are answered, or refused with the limit."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_server.app import App, create_app
from mock_server.settings import Settings
from tests.helpers.effort import calls
from tests.helpers.hostile import HEAVY, QUICK, Hostile, corpus
from tests.helpers.running import Mock, Serve, document_text, json_of, thing

# So many functions are called in a few milliseconds.
MOST_CALLS = 60_000
CORPUS = list(corpus())
REFUSED = [one for one in CORPUS if one.limit]


def sent(mock: Mock, one: Hostile) -> tuple[int, str]:
    """Return the status and the text of the reply to the request that asks for too much."""
    if one.body is not None:
        reply = mock.post(HEAVY, json=one.body)
    else:
        reply = mock.get(HEAVY, headers={"Prefer": "dynamic=true"})
    return reply.status_code, reply.text


@pytest.mark.parametrize("one", CORPUS, ids=lambda one: one.name)
def test_a_hostile_request_is_answered_and_so_are_those_after_it(
    serve: Serve, one: Hostile
) -> None:
    mock = serve(one.text)
    first, again = sent(mock, one), sent(mock, one)
    assert first[0] == one.status
    assert first == again
    assert mock.get(QUICK).json() == 1


@pytest.mark.parametrize("one", REFUSED, ids=lambda one: one.name)
def test_a_refusal_names_the_schema_and_the_limit(serve: Serve, one: Hostile) -> None:
    _, text = sent(serve(one.text), one)
    assert f"more than {one.limit}" in text
    assert "#/" in text


@pytest.mark.parametrize("one", CORPUS, ids=lambda one: one.name)
def test_the_event_loop_does_little_of_the_work(tmp_path: Path, one: Hostile) -> None:
    app = app_of(one.text, tmp_path)
    body = b"" if one.body is None else json.dumps(one.body).encode()
    status = 0

    def ask() -> None:
        nonlocal status
        status = asked(app, HEAVY, body)

    done = calls(ask)  # those of this thread, in which the loop runs
    assert status == one.status
    assert done < MOST_CALLS


@pytest.mark.parametrize("item", [{"id": 1}, {"id": "x"}, {}], ids=str)
def test_a_large_body_is_read_beside_the_event_loop(tmp_path: Path, item: Any) -> None:
    schema = {
        "type": "array",
        "items": {"required": ["id"], "properties": {"id": {"type": "integer"}}},
    }
    text = document_text(
        thing({"200": json_of(True, example=1)}, "post", requestBody=json_of(schema))
    )
    app = app_of(text, tmp_path)
    body = json.dumps([item] * 50_000).encode()
    status = 0

    def ask() -> None:
        nonlocal status
        status = asked(app, "/thing", body)

    done = calls(ask)
    assert status == (200 if item == {"id": 1} else 422)
    assert done < MOST_CALLS


def app_of(text: str, folder: Path) -> App:
    """Return an app of a document, with all that is made ready after the start."""
    file = folder / "api.json"
    file.write_text(text)
    app = create_app(Settings(document=file, reload=False))
    app.prepare()
    return app


def asked(app: App, path: str, body: bytes) -> int:
    """Return the status of the reply to a request in this process."""

    async def ask() -> int:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://mock"
        ) as client:
            headers = {"Prefer": "dynamic=true", "Content-Type": "application/json"}
            method = "POST" if body else "GET"
            reply = await client.request(method, path, content=body, headers=headers)
            return reply.status_code

    return asyncio.run(ask())
