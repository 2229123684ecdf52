"""What of a document is recognised as collections, items and singletons."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mock_server.errors import StartError
from mock_server.project import read_project
from mock_server.settings import Settings
from tests.helpers.running import document_text

TEXT = {"type": "string"}
WHOLE = {"type": "integer"}


def obj(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required)}


PET = obj(("id", "name"), id={**WHOLE, "readOnly": True}, name=TEXT, kind=TEXT)


def of(schema: Any) -> dict[str, Any]:
    return {"description": "ok", "content": {"application/json": {"schema": schema}}}


def op(id: str, status: str = "200", reply: Any = None, body: Any = None, **more: Any) -> Any:
    made: dict[str, Any] = {"operationId": id, "responses": {status: {"description": "ok"}}}
    if reply is not None:
        made["responses"][status] = of(reply)
    if body is not None:
        made["requestBody"] = {"content": {"application/json": {"schema": body}}}
    return {**made, **more}


def path_parameter(name: str, schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def pets(**more: Any) -> dict[str, Any]:
    return {
        "/pets": {
            "get": op("listPets", reply={"type": "array", "items": PET}),
            "post": op("createPet", "201", PET, PET),
        },
        "/pets/{petId}": {
            "parameters": [path_parameter("petId", WHOLE)],
            "get": op("getPet", reply=PET),
            "put": op("replacePet", reply=PET, body=PET),
            "delete": op("deletePet", "204"),
        },
        **more,
    }


def found(document: Any, folder: Path, statements: str = "") -> dict[str, dict[str, Any]]:
    path = folder / "openapi.json"
    path.write_text(document_text(document))
    fixtures = None
    if statements:
        fixtures = folder / "fixtures"
        fixtures.mkdir(exist_ok=True)
        (fixtures / "state.yaml").write_text(statements)
    parts = read_project(Settings(document=path, fixtures=fixtures))
    return {one.name: one.as_json() for one in parts.state.resources}


def test_a_collection_and_its_items_are_found_with_each_role(tmp_path: Path) -> None:
    pet = found(pets(), tmp_path)["pets"]
    assert pet | {"reason": "", "views": []} == {
        "name": "pets",
        "collection": "/pets",
        "item": "/pets/{petId}",
        "list": "listPets",
        "create": "createPet",
        "read": "getPet",
        "replace": "replacePet",
        "patch": None,
        "delete": "deletePet",
        "id": "id",
        "items": 0,
        "reason": "",
        "views": [],
    }
    assert "id is called as {petId}" in pet["reason"]


@pytest.mark.parametrize("verb", ["cancel", "restore", "append", "synchronize"])
@pytest.mark.parametrize("method", ["post", "put"])
def test_an_action_on_an_item_is_no_update(tmp_path: Path, verb: str, method: str) -> None:
    item = f"/pets/{{petId}}/{verb}"
    action = {
        "parameters": [path_parameter("petId", WHOLE)],
        method: op(f"{verb}Pet", reply=PET, body=PET),
    }
    pet = found(pets(**{item: action}), tmp_path)["pets"]
    assert (pet["replace"], pet["patch"], pet["delete"]) == ("replacePet", None, "deletePet")
    assert pet["views"] == [{"path": item, "action": f"{verb}Pet"}]


def test_a_put_that_restores_an_item_on_its_own_path_is_no_update(tmp_path: Path) -> None:
    document = pets()
    document["/pets/{petId}"]["put"] = op(
        "putPet", reply=PET, body=PET, summary="Restore a deleted pet"
    )
    pet = found(document, tmp_path)["pets"]
    assert (pet["replace"], pet["patch"]) == (None, None)


def test_what_is_done_to_many_items_at_once_is_none_of_one(tmp_path: Path) -> None:
    document = pets()
    document["/pets"]["delete"] = op("deletePets", "204")
    document["/pets"]["put"] = op("replacePets", "200", body={"type": "array", "items": PET})
    document["/pets"]["post"] = op("createPets", "201", body={"type": "array", "items": PET})
    pet = found(document, tmp_path)["pets"]
    assert (pet["create"], pet["replace"], pet["delete"]) == (None, "replacePet", "deletePet")


@pytest.mark.parametrize("what", ["search", "metrics", "tokens", "reports"])
def test_nothing_is_kept_of_what_is_computed_or_handed_out(tmp_path: Path, what: str) -> None:
    document = {
        f"/{what}": {"post": op("make", "201", PET, obj(q=TEXT))},
        f"/{what}/{{id}}": {
            "parameters": [path_parameter("id", WHOLE)],
            "get": op("read", reply=PET),
        },
    }
    assert found(document, tmp_path) == {}


def test_an_update_merges_where_its_text_says_so(tmp_path: Path) -> None:
    document = pets()
    document["/pets/{petId}"]["put"]["description"] = (
        "Only the fields provided in the body will be updated."
    )
    pet = found(document, tmp_path)["pets"]
    assert (pet["replace"], pet["patch"]) == (None, "replacePet")


def test_a_post_on_an_item_updates_it(tmp_path: Path) -> None:
    document = pets()
    item = document["/pets/{petId}"]
    del item["put"]
    item["post"] = op("updatePet", reply=PET, body=obj(name=TEXT))
    assert found(document, tmp_path)["pets"]["patch"] == "updatePet"


@pytest.mark.parametrize(
    ("parameter", "schema", "item", "id"),
    [
        ("petId", WHOLE, obj(id=WHOLE, owner_id=WHOLE), "id"),
        ("pet_id", TEXT, obj(pet_id=TEXT, id=TEXT), "id"),
        ("pet_id", TEXT, obj(pet_id=TEXT, name=TEXT), "pet_id"),
        ("pet_gid", TEXT, obj(gid=TEXT, name=TEXT), "gid"),
        ("Sid", TEXT, obj(sid=TEXT, account_sid=TEXT), "sid"),
        ("pet", TEXT, obj(metadata=obj(name=TEXT), kind=TEXT), "metadata.name"),
        ("petId", {**TEXT, "format": "uuid"}, obj(mark={**TEXT, "format": "uuid"}), "mark"),
        ("ref", {"$ref": "#/paths/~1x/x"}, obj(slug=TEXT, kind=WHOLE), "slug"),
    ],
)
def test_the_id_is_found(tmp_path: Path, parameter: str, schema: Any, item: Any, id: str) -> None:
    schema = TEXT if "$ref" in schema else schema
    document = {
        "/pets": {
            "get": op("listPets", reply={"type": "array", "items": item}),
            "post": op("createPet", "201", item, obj(kind=TEXT)),
        },
        f"/pets/{{{parameter}}}": {
            "parameters": [path_parameter(parameter, schema)],
            "get": op("getPet", reply=item),
        },
    }
    assert found(document, tmp_path)["pets"]["id"] == id


def test_the_id_may_stand_in_the_list_alone(tmp_path: Path) -> None:
    document = pets()
    document["/pets/{petId}"]["get"] = op("getPet", reply=obj(name=TEXT, kind=TEXT))
    document["/pets"]["post"] = op("createPet", "201", obj(name=TEXT), obj(name=TEXT))
    del document["/pets/{petId}"]["put"]
    assert found(document, tmp_path)["pets"]["id"] == "id"


def test_an_item_without_an_id_stays_stateless_and_the_reason_is_known(tmp_path: Path) -> None:
    document = {
        "/flags": {"get": op("listFlags", reply={"type": "array", "items": obj(on=WHOLE)})},
        "/flags/{feature}": {
            "parameters": [path_parameter("feature", TEXT)],
            "put": op("setFlag", body=obj(on=WHOLE), reply=obj(on=WHOLE)),
        },
    }
    path = tmp_path / "openapi.json"
    path.write_text(document_text(document))
    state = read_project(Settings(document=path)).state
    assert state.resources == ()
    assert state.stateless["setFlag"] == "no member of the item is found to be its id, {feature}"


def test_one_state_under_several_paths_is_one_store(tmp_path: Path) -> None:
    document = pets(
        **{
            "/owners/{ownerId}/pets": {
                "parameters": [path_parameter("ownerId", WHOLE)],
                "get": op("listPetsOf", reply={"type": "array", "items": ref("Pet")}),
            },
            "/me/pets": {"get": op("listMyPets", reply={"type": "array", "items": ref("Pet")})},
        }
    )
    for operation in (document["/pets"]["post"], document["/pets/{petId}"]["get"]):
        for response in operation["responses"].values():
            response["content"] = {"application/json": {"schema": ref("Pet")}}
    document["components"] = {"schemas": {"Pet": PET}}
    views = found(document, tmp_path)["pets"]["views"]
    assert [view["list"] for view in views] == ["listPetsOf", "listMyPets"]


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def test_a_singleton_is_read_and_changed_at_its_own_path(tmp_path: Path) -> None:
    me = obj(name=TEXT, mail=TEXT)
    document = {"/me": {"get": op("getMe", reply=me), "patch": op("patchMe", reply=me, body=me)}}
    (one,) = found(document, tmp_path).values()
    assert (one["collection"], one["item"], one["read"], one["patch"]) == (
        None, "/me", "getMe", "patchMe",
    )  # fmt: skip


def test_an_item_in_an_envelope_is_found(tmp_path: Path) -> None:
    document = pets()
    for path, method, status in (("/pets", "post", "201"), ("/pets/{petId}", "get", "200")):
        document[path][method]["responses"][status] = of(obj(data=PET))
    document["/pets"]["get"] = op("listPets", reply=obj(data={"type": "array", "items": PET}))
    assert found(document, tmp_path)["pets"]["read"] == "getPet"


def test_a_statement_corrects_what_is_recognised(tmp_path: Path) -> None:
    pet = found(pets(), tmp_path, "pets: {items: 5, id: name, delete: null}\n")["pets"]
    assert (pet["items"], pet["id"], pet["delete"]) == (5, "name", None)
    assert pet["reason"] == "as state.yaml states"


def test_a_statement_takes_a_collection_out(tmp_path: Path) -> None:
    assert found(pets(), tmp_path, "pets: false\n") == {}


@pytest.mark.parametrize(
    ("statements", "told"),
    [
        ("pet: false\n", "state.yaml:1:6: no collection is recognised as pet; did you mean pets?"),
        ("pets:\n  read: getPets\n", "state.yaml:2:9: the contract has no operation getPets"),
        ("pets:\n  id: nmae\n", "state.yaml:2:7: no reply shows a member nmae of an item"),
        ("pets:\n  items: -1\n", "state.yaml:2:10: expected how many items it starts with"),
        ("pets:\n  itmes: 1\n", "state.yaml:2:10: `itmes` isn't known here"),
    ],
)
def test_a_wrong_statement_stops_the_start(tmp_path: Path, statements: str, told: str) -> None:
    with pytest.raises(StartError) as error:
        found(pets(), tmp_path, statements)
    assert told in str(error.value)
