"""Statuses that the document declares come when they are called for."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.helpers.running import Serve
from tests.state.test_items import MERGE, created, notes
from tests.state.test_recognition import PET, TEXT, WHOLE, obj, of, op, path_parameter, pets


def declaring(*codes: str) -> dict[str, Any]:
    document = notes()
    for method in ("get", "patch", "delete"):
        responses = document["/notes/{noteId}"][method]["responses"]
        responses |= {code: {"description": code} for code in codes}
    responses = document["/notes/{noteId}"]["get"]["responses"]
    responses["200"]["headers"] = {"ETag": {"schema": TEXT}}
    return document


def test_an_etag_changes_with_the_item(serve: Serve) -> None:
    api = serve(declaring(), stateful=True).client
    path = f"/notes/{created(api)['id']}"
    first = api.get(path).headers["etag"]
    assert api.get(path).headers["etag"] == first
    api.patch(path, content=b'{"text":"t"}', headers=MERGE)
    assert api.get(path).headers["etag"] != first


def test_if_match_is_kept_to_where_412_is_declared(serve: Serve) -> None:
    api = serve(declaring("412"), stateful=True).client
    path = f"/notes/{created(api)['id']}"
    tag = api.get(path).headers["etag"]
    wrong, right = ({**MERGE, "If-Match": one} for one in ('"x"', tag))
    assert api.patch(path, content=b'{"text":"t"}', headers=wrong).status_code == 412
    assert "text" not in api.get(path).json()
    assert api.patch(path, content=b'{"text":"t"}', headers=right).status_code == 200


def test_if_match_has_to_be_sent_where_428_is_declared(serve: Serve) -> None:
    api = serve(declaring("428"), stateful=True).client
    path = f"/notes/{created(api)['id']}"
    assert api.delete(path).status_code == 428
    assert api.delete(path, headers={"If-Match": "*"}).status_code == 204


@pytest.mark.parametrize(("declared", "status"), [((), 404), (("404",), 404), (("410",), 410)])
def test_a_deleted_item_is_gone_as_declared(
    serve: Serve, declared: tuple[str, ...], status: int
) -> None:
    api = serve(declaring(*declared), stateful=True).client
    path = f"/notes/{created(api)['id']}"
    api.delete(path)
    assert api.get(path).status_code == status
    assert api.get("/notes/never").status_code == 404


def test_an_id_that_is_taken_is_a_conflict(serve: Serve) -> None:
    pet = obj(("id",), id=WHOLE, name=TEXT)
    document = pets()
    document["/pets"]["post"] = op("createPet", "201", pet, pet)
    document["/pets/{petId}"]["get"] = op("getPet", reply=pet)
    api = serve(document, stateful=True).client
    assert api.post("/pets", json={"id": 7}).status_code == 201
    assert api.post("/pets", json={"id": 7}).status_code == 409


def test_a_value_that_is_declared_unique_is_taken_once(serve: Serve) -> None:
    pet = obj(("id",), id={**WHOLE, "readOnly": True}, name={**TEXT, "x-unique": True})
    document = pets()
    document["/pets"]["post"] = op("createPet", "201", pet, pet)
    document["/pets/{petId}"]["get"] = op("getPet", reply=pet)
    api = serve(document, stateful=True).client
    assert api.post("/pets", json={"name": "Rex"}).status_code == 201
    assert api.post("/pets", json={"name": "Rex"}).status_code == 409
    assert api.post("/pets", json={"name": "Momo"}).status_code == 201


def visits() -> dict[str, Any]:
    visit = obj(("id",), id={**WHOLE, "readOnly": True}, pet_id=WHOLE)
    return pets(
        **{
            "/visits": {
                "get": op("listVisits", reply={"type": "array", "items": visit}),
                "post": op("createVisit", "201", visit, obj(pet_id=WHOLE)),
            },
            "/visits/{visitId}": {
                "parameters": [path_parameter("visitId", WHOLE)],
                "get": op("getVisit", reply=visit),
            },
        }
    )


@pytest.mark.parametrize(("stated", "left"), [("", 2), ("pets: {cascade: [visits]}\n", 1)])
def test_a_deletion_goes_further_only_where_that_is_stated(
    serve: Serve, stated: str, left: int
) -> None:
    fixtures = {"state.yaml": stated} if stated else None
    api = serve(visits(), fixtures=fixtures, stateful=True).client
    for _ in range(2):
        pet = api.post("/pets", json={"id": 0, "name": "Rex"}).json()["id"]
        api.post("/visits", json={"pet_id": pet})
    api.delete("/pets/1")
    assert len(api.get("/visits").json()) == left


def test_a_link_adds_what_exists_already(serve: Serve) -> None:
    pet = {"$ref": "#/components/schemas/Pet"}
    listing = {"type": "array", "items": pet}
    document = pets(
        components={"schemas": {"Pet": PET}},
        **{
            "/clubs/{clubId}/pets": {
                "parameters": [path_parameter("clubId", TEXT)],
                "get": op("listPetsOfClub", reply=listing),
                "post": op("addPetToClub", "201", pet, obj(("id",), id=WHOLE)),
            },
        },
    )
    document["/pets"]["get"]["responses"]["200"] = of(listing)
    document["/pets/{petId}"]["get"]["responses"]["200"] = of(pet)
    api = serve(document, stateful=True).client
    api.post("/pets", json={"id": 0, "name": "Rex"})
    api.post("/pets", json={"id": 0, "name": "Momo"})
    assert api.post("/clubs/a/pets", json={"id": 2}).json()["name"] == "Momo"
    assert api.post("/clubs/a/pets", json={"id": 99}).status_code == 404
    assert [one["name"] for one in api.get("/clubs/a/pets").json()] == ["Momo"]
    assert len(api.get("/pets").json()) == 2


def test_a_fault_that_cuts_the_answer_leaves_the_change(serve: Serve) -> None:
    api = serve(notes(), stateful=True).client
    with pytest.raises(httpx.HTTPError):
        api.post("/notes", json={"title": "One"}, headers={"Prefer": "fault=truncated"})
    assert api.get("/notes").json()["total"] == 1
    api.post("/notes", json={"title": "Two"}, headers={"Prefer": "fault=503"})
    assert api.get("/notes").json()["total"] == 1
