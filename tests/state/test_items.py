"""What was posted can be read, changed and deleted."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.helpers.running import Serve
from tests.state.test_recognition import PET, TEXT, WHOLE, obj, of, op, path_parameter, pets

MOMENT = {**TEXT, "format": "date-time", "readOnly": True}
NOTE = obj(
    ("id", "title", "created_at", "updated_at"),
    id={**TEXT, "format": "uuid", "readOnly": True},
    title=TEXT,
    stars={**WHOLE, "default": 3},
    text=TEXT,
    secret={**TEXT, "writeOnly": True},
    status={"enum": ["open", "closed", "cancelled"], "readOnly": True},
    created_at=MOMENT,
    updated_at=MOMENT,
)
SENT = obj(("title",), title=TEXT, stars=WHOLE, text=TEXT, secret=TEXT)


def notes(**more: Any) -> dict[str, Any]:
    patch = op("patchNote", reply=NOTE)
    patch["requestBody"] = {
        "content": {
            "application/merge-patch+json": {"schema": {"type": "object"}},
            "application/json-patch+json": {"schema": {"type": "array"}},
        }
    }
    return {
        "/notes": {
            "get": op(
                "listNotes",
                reply=obj(data={"type": "array", "items": NOTE}, total=WHOLE),
                parameters=[query(name) for name in ("title", "q", "sort", "min_stars", "odd")]
                + [query(name, WHOLE) for name in ("stars", "limit", "offset")],
            ),
            "post": op("createNote", "201", NOTE, SENT),
        },
        "/notes/{noteId}": {
            "parameters": [path_parameter("noteId", TEXT)],
            "get": op("getNote", reply=NOTE),
            "put": op("putNote", reply=NOTE, body=SENT),
            "patch": patch,
            "delete": op("deleteNote", "204"),
        },
        "/notes/{noteId}/cancel": {
            "parameters": [path_parameter("noteId", TEXT)],
            "post": op("cancelNote", reply=NOTE),
        },
        **more,
    }


def query(name: str, schema: Any = TEXT) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema}


@pytest.fixture
def api(serve: Serve) -> httpx.Client:
    return serve(notes(), stateful=True).client


def created(api: httpx.Client, **members: Any) -> dict[str, Any]:
    reply = api.post("/notes", json={"title": "One", **members})
    assert reply.status_code == 201, reply.text
    found: dict[str, Any] = reply.json()
    return found


def test_what_was_posted_can_be_read(api: httpx.Client) -> None:
    note = created(api, text="Hello")
    reply = api.get(f"/notes/{note['id']}")
    assert reply.json() == note
    assert (note["title"], note["text"], note["stars"]) == ("One", "Hello", 3)
    assert reply.headers["mock-source"] == "state"
    assert api.get("/notes").json() == {"data": [note], "total": 1}


def test_without_the_setting_nothing_is_kept(serve: Serve) -> None:
    api = serve(notes()).client
    note = created(api)
    assert api.get(f"/notes/{note['id']}").headers["mock-source"] == "generated"


def test_an_id_that_is_not_known_is_a_problem(api: httpx.Client) -> None:
    reply = api.get("/notes/unknown")
    assert reply.status_code == 404
    assert reply.json()["detail"] == "There is no note unknown."


def test_a_client_cannot_give_what_is_the_server_s(api: httpx.Client) -> None:
    note = created(api, id="mine", created_at="2000-01-01T00:00:00Z")
    assert note["id"] != "mine"
    assert note["created_at"] > "2020"


def test_what_is_only_written_never_comes_back(api: httpx.Client) -> None:
    note = created(api, secret="s")
    api.patch(f"/notes/{note['id']}", content=b'{"text":"t"}', headers=MERGE)
    for reply in (note, api.get(f"/notes/{note['id']}").json(), *api.get("/notes").json()["data"]):
        assert "secret" not in reply


MERGE = {"Content-Type": "application/merge-patch+json"}


def test_a_put_replaces_what_a_client_may_give(api: httpx.Client) -> None:
    note = created(api, text="Hello", stars=5)
    changed = api.put(f"/notes/{note['id']}", json={"title": "Two"}).json()
    assert "text" not in changed
    assert (changed["title"], changed["stars"]) == ("Two", 3)
    assert (changed["id"], changed["created_at"]) == (note["id"], note["created_at"])


def test_a_put_makes_no_item_where_no_201_is_declared(api: httpx.Client) -> None:
    assert api.put("/notes/unknown", json={"title": "Two"}).status_code == 404


def test_a_put_makes_an_item_where_201_is_declared(serve: Serve) -> None:
    document: dict[str, Any] = {}
    item = obj(("name",), name=TEXT, kind=TEXT)
    document["/pets/{name}"] = {
        "parameters": [path_parameter("name", TEXT)],
        "get": op("getPet", reply=item),
        "put": op("putPet", reply=item, body=obj(kind=TEXT)),
    }
    document["/pets/{name}"]["put"]["responses"]["201"] = of(item)
    document["/pets"] = {"get": op("listPets", reply={"type": "array", "items": item})}
    api = serve(document, stateful=True).client
    first = api.put("/pets/minka", json={"kind": "cat"})
    assert (first.status_code, first.json()) == (201, {"name": "minka", "kind": "cat"})
    assert api.put("/pets/minka", json={"kind": "dog"}).status_code == 200
    assert api.get("/pets/minka").json() == {"name": "minka", "kind": "dog"}


def test_a_merge_patch_changes_what_it_names_alone(api: httpx.Client) -> None:
    note = created(api, text="Hello")
    reply = api.patch(f"/notes/{note['id']}", content=b'{"title":"Two","text":null}', headers=MERGE)
    changed = reply.json()
    assert changed["title"] == "Two" and "text" not in changed
    assert changed | {"title": "One", "text": "Hello", "updated_at": ""} == note | {
        "updated_at": ""
    }


def test_a_json_patch_is_applied_or_refused(api: httpx.Client) -> None:
    note = created(api)
    kind = {"Content-Type": "application/json-patch+json"}
    path = f"/notes/{note['id']}"
    same = b'{"op":"test","path":"/title","value":"One"}'
    one = b"[" + same + b',{"op":"replace","path":"/title","value":"2"}]'
    assert api.patch(path, content=one, headers=kind).json()["title"] == "2"
    assert api.patch(path, content=one, headers=kind).status_code == 409
    broken = b'[{"op":"replace","path":"title","value":"2"}]'
    assert api.patch(path, content=broken, headers=kind).status_code == 422
    assert api.get(path).json()["title"] == "2"


def test_a_change_that_breaks_the_item_is_refused_and_changes_nothing(api: httpx.Client) -> None:
    note = created(api)
    reply = api.patch(f"/notes/{note['id']}", content=b'{"title":7}', headers=MERGE)
    assert reply.status_code == 422
    assert "title" in reply.json()["detail"]
    assert api.get(f"/notes/{note['id']}").json() == note


def test_a_deleted_item_is_gone(api: httpx.Client) -> None:
    note = created(api)
    assert api.delete(f"/notes/{note['id']}").status_code == 204
    assert api.get(f"/notes/{note['id']}").status_code == 404
    assert api.delete(f"/notes/{note['id']}").status_code == 404
    assert api.get("/notes").json() == {"data": [], "total": 0}


def test_an_action_changes_only_the_stage_that_it_names(api: httpx.Client) -> None:
    note = created(api, text="Hello")
    changed = api.post(f"/notes/{note['id']}/cancel").json()
    assert note["status"] == "open"
    assert changed | {"updated_at": ""} == note | {"status": "cancelled", "updated_at": ""}
    assert api.get(f"/notes/{note['id']}").json() == changed


@pytest.mark.parametrize("prefer", ["code=404", "code=500", "example=x", "dynamic=true"])
def test_what_is_preferred_changes_no_state(serve: Serve, prefer: str) -> None:
    document = notes()
    responses = document["/notes"]["post"]["responses"]
    responses |= {"404": {"description": ""}, "500": {"description": ""}}
    api = serve(document, stateful=True).client
    api.post("/notes", json={"title": "One"}, headers={"Prefer": prefer})
    assert api.get("/notes").json()["total"] == 0


def test_a_request_that_breaks_the_contract_changes_no_state(api: httpx.Client) -> None:
    assert api.post("/notes", json={"text": "no title"}).status_code == 422
    assert api.get("/notes").json()["total"] == 0


def test_moments_are_those_of_the_session_s_clock(serve: Serve) -> None:
    mock = serve(notes(), stateful=True)
    clock = mock.app.sessions.main.clock
    clock.freeze()
    clock.set(1_700_000_000)
    note = created(mock.client)
    clock.advance(60)
    path = f"/notes/{note['id']}"
    changed = mock.client.patch(path, content=b'{"text":"t"}', headers=MERGE).json()
    assert note["created_at"] == note["updated_at"] == "2023-11-14T22:13:20.000Z"
    assert changed["created_at"] == note["created_at"]
    assert changed["updated_at"] == "2023-11-14T22:14:20.000Z"


def test_items_belong_to_the_session_and_a_reset_clears_them(serve: Serve) -> None:
    mock = serve(notes(), stateful=True)
    created(mock.client)
    other = mock.client.get("/notes", headers={"Mock-Session": "other"})
    assert other.json()["total"] == 0
    mock.app.sessions.main.reset()
    assert mock.client.get("/notes").json()["total"] == 0


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ("", ["b", "a", "zebra"]),
        ("?title=a", ["a"]),
        ("?stars=2", ["b", "zebra"]),
        ("?stars=2&title=zebra", ["zebra"]),
        ("?min_stars=3", ["a"]),
        ("?q=EBR", ["zebra"]),
        ("?sort=title", ["a", "b", "zebra"]),
        ("?sort=-title", ["zebra", "b", "a"]),
        ("?sort=-stars,-title", ["a", "zebra", "b"]),
        ("?sort=title:desc", ["zebra", "b", "a"]),
        ("?limit=2", ["b", "a"]),
        ("?limit=2&offset=2", ["zebra"]),
        ("?sort=-title&limit=1&offset=1", ["b"]),
        ("?odd=1", ["b", "a", "zebra"]),
    ],
)
def test_a_list_is_filtered_sorted_and_paged(
    api: httpx.Client, asked: str, titles: list[str]
) -> None:
    for title, stars in (("b", 2), ("a", 4), ("zebra", 2)):
        created(api, title=title, stars=stars)
    found = api.get(f"/notes{asked}").json()
    assert [note["title"] for note in found["data"]] == titles
    if "limit" not in asked:
        assert found["total"] == len(titles)
    else:
        assert found["total"] == 3


def test_the_explanation_says_what_was_read_and_written_and_which_filter_is_unknown(
    api: httpx.Client,
) -> None:
    why = {"Prefer": "explain"}
    reply = api.post("/notes", json={"title": "One"}, headers=why)
    assert f"created notes {reply.json()['id']}" in reply.headers["mock-explanation"]
    told = api.get("/notes?odd=1", headers=why).headers["mock-explanation"]
    assert "read notes, 1 found; no member is filtered by odd" in told


def test_records_with_the_schema_of_the_items_seed_a_collection(serve: Serve) -> None:
    document = pets(components={"schemas": {"Pet": PET}})
    for method, status in (("get", "200"), ("put", "200")):
        document["/pets/{petId}"][method]["responses"][status] = of(
            {"$ref": "#/components/schemas/Pet"}
        )
    records = "schema: /components/schemas/Pet\nrecords:\n- {value: {id: 7, name: Minka}}\n"
    api = serve(document, fixtures={"records/pets.yaml": records}, stateful=True).client
    assert api.get("/pets/7").json() == {"id": 7, "name": "Minka"}
    assert api.post("/pets", json={"name": "Rex"}).json() == {"id": 8, "name": "Rex"}
    assert api.get("/pets/1").status_code == 404


def test_a_stub_and_a_handler_answer_before_the_items(serve: Serve) -> None:
    handlers = "def listNotes():\n    return {'data': [], 'total': 7}\n"
    api = serve(notes(), handlers=handlers, stateful=True).client
    created(api)
    assert api.get("/notes").json()["total"] == 7


def test_there_is_a_limit_to_the_items_of_a_collection(serve: Serve) -> None:
    api = serve(notes(), stateful=True, state_items=2).client
    for _ in range(2):
        created(api)
    reply = api.post("/notes", json={"title": "One"})
    assert (reply.status_code, reply.json()["title"]) == (507, "No room for another item")
    assert api.get("/notes").json()["total"] == 2


def test_a_view_shows_the_items_of_a_parent(serve: Serve) -> None:
    pet = obj(("id",), id=WHOLE, name=TEXT, owner_id=WHOLE)
    document = {
        "components": {"schemas": {"Pet": pet}},
        **pets(),
        "/owners": {"post": op("createOwner", "201", obj(("id",), id=WHOLE), obj(name=TEXT))},
        "/owners/{ownerId}": {
            "parameters": [path_parameter("ownerId", WHOLE)],
            "get": op("getOwner", reply=obj(("id",), id=WHOLE, name=TEXT)),
        },
        "/owners/{ownerId}/pets": {
            "parameters": [path_parameter("ownerId", WHOLE)],
            "get": op("listPetsOf", reply={"type": "array", "items": ref("Pet")}),
            "post": op("createPetOf", "201", ref("Pet"), obj(name=TEXT, kind=TEXT)),
        },
    }
    document["/pets"]["get"]["responses"]["200"] = of({"type": "array", "items": ref("Pet")})
    document["/pets"]["post"]["responses"]["201"] = of(ref("Pet"))
    document["/pets/{petId}"]["get"]["responses"]["200"] = of(ref("Pet"))
    api = serve(document, stateful=True).client
    owner = api.post("/owners", json={"name": "Ann"}).json()["id"]
    assert api.get("/owners/99/pets").status_code == 404
    pet_of = api.post(f"/owners/{owner}/pets", json={"name": "Rex"}).json()
    api.post("/pets", json={"id": 0, "name": "Stray"})
    assert pet_of["owner_id"] == owner
    assert [pet["name"] for pet in api.get(f"/owners/{owner}/pets").json()] == ["Rex"]
    assert [pet["name"] for pet in api.get("/pets").json()] == ["Rex", "Stray"]


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def test_a_singleton_keeps_what_was_changed(serve: Serve) -> None:
    me = obj(("name",), name=TEXT, mail=TEXT)
    document = {"/me": {"get": op("getMe", reply=me), "patch": op("patchMe", reply=me, body=me)}}
    api = serve(document, stateful=True).client
    before = api.get("/me").json()
    assert api.patch("/me", json={"name": "Ann"}).json() == {**before, "name": "Ann"}
    assert api.get("/me").json()["name"] == "Ann"


def test_an_envelope_stands_around_what_is_shown(serve: Serve) -> None:
    document = notes()
    for path, method, status in (("/notes", "post", "201"), ("/notes/{noteId}", "get", "200")):
        document[path][method]["responses"][status] = of(obj(("data",), data=NOTE))
    document["/notes"]["post"]["requestBody"]["content"]["application/json"]["schema"] = obj(
        data=SENT
    )
    api = serve(document, stateful=True).client
    note = api.post("/notes", json={"data": {"title": "One"}}).json()["data"]
    assert note["title"] == "One"
    assert api.get(f"/notes/{note['id']}").json() == {"data": note}


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        (obj(("id", "deleted"), id=TEXT, deleted={"type": "boolean"}), {"deleted": True}),
        (NOTE, {"title": "One"}),
    ],
)
def test_a_deletion_answers_as_it_declares(serve: Serve, schema: Any, told: Any) -> None:
    document = notes()
    document["/notes/{noteId}"]["delete"] = op("deleteNote", "200", schema)
    api = serve(document, stateful=True).client
    note = created(api)
    reply = api.delete(f"/notes/{note['id']}").json()
    assert reply | {"id": note["id"], **told} == reply


def test_a_create_may_answer_only_the_id(serve: Serve) -> None:
    document = notes()
    document["/notes"]["post"] = op("createNote", "201", obj(("id",), id=TEXT), SENT)
    api = serve(document, stateful=True).client
    (id,) = api.post("/notes", json={"title": "One"}).json().values()
    assert api.get(f"/notes/{id}").json()["title"] == "One"


def test_a_foreign_id_leads_to_an_item_that_is_there(serve: Serve) -> None:
    owner = obj(("id",), id=TEXT, name=TEXT)
    pet = obj(("id",), id={**WHOLE, "readOnly": True}, owner_id=TEXT)
    document = pets()
    document["/pets"]["post"] = op("createPet", "201", pet, obj(owner_id=TEXT))
    document["/pets/{petId}"]["get"] = op("getPet", reply=pet)
    del document["/pets/{petId}"]["put"]
    document |= {
        "/owners": {"get": op("listOwners", reply={"type": "array", "items": owner})},
        "/owners/{ownerId}": {
            "parameters": [path_parameter("ownerId", TEXT)],
            "get": op("getOwner", reply=owner),
        },
    }
    api = serve(document, stateful=True).client
    assert api.get("/owners/ann").status_code == 404
    api.post("/pets", json={"owner_id": "ann"})
    assert api.get("/owners/ann").json()["id"] == "ann"


def test_what_replies_show_in_another_form_than_requests_is_made(serve: Serve) -> None:
    shown = obj(
        ("id", "content"), id=TEXT, title=TEXT, content={"type": "array", "items": obj(text=TEXT)}
    )
    document = {
        "/notes": {"post": op("createNote", "201", shown, obj(title=TEXT, content=TEXT))},
        "/notes/{id}": {
            "parameters": [path_parameter("id", TEXT)],
            "get": op("getNote", reply=shown),
        },
    }
    api = serve(document, stateful=True).client
    reply = api.post("/notes", json={"title": "One", "content": "text"})
    assert (reply.status_code, reply.json()["title"]) == (201, "One")
    assert isinstance(reply.json()["content"], list)


def test_a_singleton_that_was_deleted_is_put_again(serve: Serve) -> None:
    limit = obj(("most",), most=WHOLE)
    document = {
        "/limit": {
            "get": op("getLimit", reply=limit),
            "put": op("putLimit", reply=limit, body=limit),
            "delete": op("deleteLimit", "204"),
        }
    }
    api = serve(document, stateful=True).client
    assert api.put("/limit", json={"most": 5}).json() == {"most": 5}
    assert api.delete("/limit").status_code == 204
    assert api.get("/limit").status_code == 404
    assert api.put("/limit", json={"most": 6}).json() == {"most": 6}
    assert api.get("/limit").json() == {"most": 6}
