"""Clients that work at the same time lose nothing and double nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, rule

from mock_server.app import App
from mock_server.sessions import Changes, Item, Items, Outdated
from mock_server.settings import Settings
from tests.helpers.running import Serve, document_text
from tests.state.test_items import MERGE, notes
from tests.state.test_recognition import TEXT

CLIENTS = 50


def guarded() -> dict[str, Any]:
    """Return notes whose changes are refused if they were made to another version."""
    document = notes()
    item = document["/notes/{noteId}"]
    for method in ("get", "patch", "delete"):
        responses = item[method]["responses"]
        responses |= {"412": {"description": "changed"}, "404": {"description": "unknown"}}
    for method in ("get", "patch"):
        item[method]["responses"]["200"]["headers"] = {"ETag": {"schema": TEXT}}
    return document


async def work(client: httpx.AsyncClient, path: str, number: int) -> tuple[str, int]:
    """Create a note, count up in a shared one until that succeeds, and delete the own one."""
    own = (await client.post("/notes", json={"title": f"n{number}"})).json()["id"]
    tries = 0
    while True:
        tries += 1
        read = await client.get(path)
        stars = read.json()["stars"] + 1
        headers = {**MERGE, "If-Match": read.headers["etag"]}
        done = await client.patch(path, content=f'{{"stars":{stars}}}', headers=headers)
        if done.status_code == 200:
            break
        assert done.status_code == 412
    if number % 2:
        assert (await client.delete(f"/notes/{own}")).status_code == 204
        assert (await client.delete(f"/notes/{own}")).status_code == 404
    return own, tries


@pytest.mark.long
def test_fifty_clients_lose_nothing_and_double_nothing(serve: Serve) -> None:
    mock = serve(guarded(), stateful=True)
    shared = mock.post("/notes", json={"title": "shared", "stars": 0}).json()["id"]

    async def all_of_them() -> list[tuple[str, int]]:
        limits = httpx.Limits(max_connections=CLIENTS)
        async with httpx.AsyncClient(base_url=mock.url, limits=limits, timeout=60) as client:
            each = (work(client, f"/notes/{shared}", number) for number in range(CLIENTS))
            return await asyncio.gather(*each)

    done = asyncio.run(all_of_them())
    assert len({own for own, _ in done}) == CLIENTS
    assert mock.get(f"/notes/{shared}").json()["stars"] == CLIENTS
    left = mock.get("/notes?limit=100").json()
    assert left["total"] == 1 + CLIENTS // 2
    assert {n["title"] for n in left["data"]} == {"shared", *(f"n{n}" for n in range(0, 50, 2))}


def test_a_change_of_what_another_has_changed_is_refused_as_a_whole() -> None:
    items = Items()
    first = Item("1", {"n": 1}, 1)
    items.commit(Changes({("notes", "1"): first}))
    later = Item("1", {"n": 2}, 1, 2)
    changes = Changes({("notes", "1"): later, ("notes", "2"): Item("2", {}, 2)})
    changes.met[("notes", "1")] = 7
    try:
        items.commit(changes)
    except Outdated:
        assert items.values("notes") == {"1": {"n": 1}}
    else:
        raise AssertionError("the change was made")


class Model(RuleBasedStateMachine):
    """The server beside a dictionary that does what it should do."""

    known = Bundle("known")

    @initialize()
    def start(self) -> None:
        self.items: dict[str, dict[str, Any]] = {}
        self.loop = asyncio.new_event_loop()
        transport = httpx.ASGITransport(app=APPS.app())
        self.client = httpx.AsyncClient(transport=transport, base_url="http://localhost")
        assert self.ask("POST", "/_mock/reset").status_code == 204

    def ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        return self.loop.run_until_complete(self.client.request(method, path, **request))

    @rule(target=known, title=st.text(max_size=5), stars=st.integers(0, 9))
    def create(self, title: str, stars: int) -> str:
        reply = self.ask("POST", "/notes", json={"title": title, "stars": stars})
        assert reply.status_code == 201
        note = reply.json()
        assert note["id"] not in self.items
        assert (note["title"], note["stars"]) == (title, stars)
        self.items[note["id"]] = note
        return str(note["id"])

    @rule(id=known)
    def read(self, id: str) -> None:
        assert self.ask("GET", f"/notes/{id}").json() == self.items[id]

    @rule(id=known, text=st.text(max_size=3))
    def patch(self, id: str, text: str) -> None:
        reply = self.ask("PATCH", f"/notes/{id}", json={"text": text}, headers=MERGE)
        expected = {**self.items[id], "text": text, "updated_at": reply.json()["updated_at"]}
        assert reply.json() == expected
        self.items[id] = expected

    @rule(id=known, title=st.text(max_size=3))
    def replace(self, id: str, title: str) -> None:
        note = self.ask("PUT", f"/notes/{id}", json={"title": title}).json()
        assert (note["title"], note["stars"], "text" in note) == (title, 3, False)
        self.items[id] = note

    @rule(id=consumes(known))
    def delete(self, id: str) -> None:
        assert self.ask("DELETE", f"/notes/{id}").status_code == 204
        assert self.ask("GET", f"/notes/{id}").status_code == 404
        del self.items[id]

    @rule(stars=st.integers(0, 9), limit=st.integers(1, 4), offset=st.integers(0, 4))
    def list(self, stars: int, limit: int, offset: int) -> None:
        found = self.ask("GET", f"/notes?stars={stars}&limit={limit}&offset={offset}").json()
        expected = [note for note in self.items.values() if note["stars"] == stars]
        assert found["total"] == len(expected)
        assert found["data"] == expected[offset : offset + limit]

    def teardown(self) -> None:
        if hasattr(self, "loop"):
            self.loop.run_until_complete(self.client.aclose())
            self.loop.close()


class _Apps:
    """One app for all runs of the machine."""

    def __init__(self) -> None:
        self._app: App | None = None

    def app(self) -> App:
        if self._app is None:
            with TemporaryDirectory() as folder:
                path = Path(folder) / "openapi.json"
                path.write_text(document_text(notes()))
                self._app = App(Settings(document=path, stateful=True))
        return self._app


APPS = _Apps()
Model.TestCase.settings = settings(max_examples=20, stateful_step_count=25, deadline=None)
TestModel = Model.TestCase
