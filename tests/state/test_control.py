"""The control API lists, reads, seeds and clears the items of a session."""

from __future__ import annotations

from typing import Any

from tests.helpers.running import Mock, Serve
from tests.state.test_items import created, notes
from tests.state.test_recognition import pets

PETS = [{"id": 4, "name": "Minka"}, {"id": 9, "name": "Rex"}]


def call(mock: Mock, method: str, path: str, status: int = 200, **request: Any) -> Any:
    reply = mock.client.request(method, f"/_mock/state{path}", **request)
    assert reply.status_code == status, reply.text
    return reply.json() if reply.content else None


def test_collections_are_listed_read_seeded_and_cleared(serve: Serve) -> None:
    mock = serve(pets(), stateful=True)
    assert call(mock, "GET", "") == {"collections": [{"name": "pets", "items": 0}]}
    assert call(mock, "PUT", "/pets", json={"items": PETS}) == {"items": PETS}
    assert mock.get("/pets/9").json() == PETS[1]
    assert mock.post("/pets", json={"id": 0, "name": "Momo"}).json()["id"] == 10
    assert len(call(mock, "GET", "/pets")["items"]) == 3
    assert call(mock, "GET", "/pets/9") == {"item": PETS[1]}
    call(mock, "DELETE", "/pets", 204)
    assert mock.get("/pets").json() == []


def test_what_is_only_written_is_seen_by_the_control_api(serve: Serve) -> None:
    mock = serve(notes(), stateful=True)
    note = created(mock.client, secret="s")
    assert call(mock, "GET", f"/notes/{note['id']}")["item"]["secret"] == "s"


def test_what_is_no_item_is_refused_and_nothing_changes(serve: Serve) -> None:
    mock = serve(pets(), stateful=True)
    call(mock, "PUT", "/pets", json={"items": PETS})
    said = call(mock, "PUT", "/pets", 422, json={"items": [{"name": "no id"}, {"id": "x"}]})
    assert "id" in said["detail"]
    assert call(mock, "GET", "/pets")["items"] == PETS


def test_a_name_that_is_no_collection_is_told(serve: Serve) -> None:
    said = call(serve(pets(), stateful=True), "GET", "/pet", 404)
    assert said["detail"] == "There is no collection pet; did you mean pets?."
    said = call(serve(pets()), "GET", "/pets", 404)
    assert "nothing is kept without --stateful" in said["detail"]


def test_a_handler_gets_the_items_of_its_session(serve: Serve) -> None:
    handlers = "def getPet(petId, items):\n    return items.values('pets')[str(petId)]\n"
    mock = serve(pets(), handlers=handlers, stateful=True)
    mock.post("/pets", json={"id": 0, "name": "Minka"})
    assert mock.get("/pets/1").json()["name"] == "Minka"
