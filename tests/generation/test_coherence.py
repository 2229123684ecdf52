"""Replies that agree: a list and its details, a page and its numbers, a range."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.running import Serve, json_of
from tests.helpers.values import faults, many

STRING: dict[str, Any] = {"type": "string"}
INTEGER: dict[str, Any] = {"type": "integer"}


def pets(key: str, variable: str, kind: dict[str, Any]) -> dict[str, Any]:
    """Return a list of pets, and a pet by itself."""
    pet = {
        "type": "object",
        "required": [key, "name", "tags"],
        "properties": {
            key: kind, "name": STRING, "tags": {"type": "array", "items": STRING}, "age": INTEGER,
        },
    }  # fmt: skip
    ref = {"$ref": "#/components/schemas/Pet"}
    many = json_of({"type": "array", "items": ref})
    parameter = {"name": variable, "in": "path", "required": True, "schema": kind}
    return {
        "/pets": {"get": {"responses": {"200": {"description": "", **many}}}},
        f"/pets/{{{variable}}}": {
            "get": {"parameters": [parameter],
                    "responses": {"200": {"description": "", **json_of(ref)}}}
        },
        "components": {"schemas": {"Pet": pet}},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("key", "variable", "kind"),
    [
        ("id", "id", INTEGER),
        ("id", "petId", {**STRING, "format": "uuid"}),
        ("petId", "petId", INTEGER),
        ("pet_id", "petId", INTEGER),
        ("petID", "pet-id", INTEGER),
        ("uuid", "uuid", {**STRING, "format": "uuid"}),
        ("slug", "slug", STRING),
        ("slug", "name_or_slug", {**STRING, "pattern": "^[a-z-]+$"}),
    ],
)
def test_an_item_of_a_list_is_equal_to_its_detail(
    serve: Serve, key: str, variable: str, kind: dict[str, Any]
) -> None:
    mock = serve(pets(key, variable, kind))
    items = mock.get("/pets").json()
    assert len({item[key] for item in items}) == len(items) > 1
    for item in [*items, *mock.get("/pets", headers={"prefer": "items=5"}).json()]:
        assert mock.get(f"/pets/{item[key]}").json() == item


def page(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": [*properties], "properties": properties}


def test_a_page_tells_how_it_was_asked_for(serve: Serve) -> None:
    schema = page(page=INTEGER, perPage=INTEGER, total=INTEGER,
                  items={"type": "array", "items": STRING})  # fmt: skip
    query = [{"name": name, "in": "query", "schema": INTEGER} for name in ("page", "per_page")]
    answer = {"200": {"description": "", **json_of(schema)}}
    mock = serve({"/things": {"get": {"parameters": query, "responses": answer}}})
    told = mock.get("/things?page=3&per_page=1").json()
    assert (told["page"], told["perPage"], len(told["items"])) == (3, 1, 1)
    assert len(mock.get("/things?page=3&per_page=50").json()["items"]) > 1


@pytest.mark.parametrize("mode", ["typical", "minimal", "maximal"])
def test_a_count_is_no_less_than_the_list(mode: Any) -> None:
    items = {"type": "array", "items": STRING, "minItems": 3}
    schema = page(total=INTEGER, totalCount={"type": "integer", "maximum": 50}, data=items)
    for value in many(schema, 30, mode=mode, items=9):
        assert value["total"] >= 9 <= value["totalCount"]
        assert faults(schema, value) == []


@pytest.mark.parametrize("mode", ["typical", "minimal", "maximal"])
@pytest.mark.parametrize(
    ("low", "high"),
    [("min", "max"), ("minPrice", "maxPrice"), ("price_min", "price_max"), ("from", "to"),
     ("startIndex", "endIndex"), ("lower_bound", "upper_bound")],
)  # fmt: skip
def test_the_lower_of_two_bounds_is_lower(mode: Any, low: str, high: str) -> None:
    schema = page(**{high: {"type": "number", "maximum": 400}, low: {"type": "number"}})
    for value in many(schema, 30, mode=mode):
        assert value[low] <= value[high]
        assert faults(schema, value) == []


def test_start_comes_before_end() -> None:
    moment = {**STRING, "format": "date-time"}
    for value in many(page(end=moment, start=moment, updatedAt=moment, createdAt=moment)):
        assert value["start"] <= value["end"]
        assert value["createdAt"] <= value["updatedAt"]


def composed(*parts: dict[str, Any], **own: Any) -> dict[str, Any]:
    """Return a list of pets, and one by its id: a base that others add to."""
    base = {"type": "object", "required": ["id", "tag"],
            "properties": {"id": INTEGER, "tag": STRING}}  # fmt: skip
    contract = pets("id", "id", INTEGER)
    contract["components"] = {"schemas": {"Base": base, "Pet": {**own, "allOf": [*parts]}}}
    return contract


NAMED: dict[str, Any] = {"required": ["name"], "properties": {"name": STRING}}
BASE: dict[str, Any] = {"$ref": "#/components/schemas/Base"}


@pytest.mark.parametrize(
    "contract",
    [
        pytest.param(composed(BASE, NAMED), id="allOf"),
        pytest.param(composed(BASE, **NAMED), id="allOf beside properties"),
        pytest.param(composed(NAMED, **BASE), id="allOf beside a $ref"),
        pytest.param(composed({"allOf": [BASE]}, NAMED, unevaluatedProperties=False), id="nested"),
        pytest.param(composed({**BASE, **NAMED}), id="properties beside a $ref"),
    ],
)
def test_a_thing_put_together_of_several_schemas_is_the_same_in_a_list_as_by_itself(
    serve: Serve, contract: dict[str, Any]
) -> None:
    mock = serve(contract)
    items = mock.get("/pets").json()
    assert len(items) > 1
    for item in items:
        assert item.keys() == {"id", "tag", "name"}
        assert mock.get(f"/pets/{item['id']}").json() == item


@pytest.mark.parametrize("keyword", ["oneOf", "anyOf"])
def test_one_of_several_kinds_of_things_is_the_same_in_a_list_as_by_itself(
    serve: Serve, keyword: str
) -> None:
    contract = pets("id", "id", INTEGER)
    schemas = contract["components"]["schemas"]
    pet = schemas["Pet"]
    cat, dog = ({"properties": {"kind": {"const": kind}}} for kind in ("cat", "dog"))
    required = {"required": ["kind"], "allOf": [pet]}
    schemas |= {"Cat": {**cat, **required}, "Dog": {**dog, **required}}
    schemas["Pet"] = {keyword: [{"$ref": f"#/components/schemas/{n}"} for n in ("Cat", "Dog")]}
    mock = serve(contract)
    items = mock.get("/pets", headers={"prefer": "items=9"}).json()
    assert {item["kind"] for item in items} == {"cat", "dog"}
    for item in items:
        assert mock.get(f"/pets/{item['id']}").json() == item


def test_what_stands_beside_a_ref_is_asked_of_the_body_too(serve: Serve) -> None:
    contract = pets("id", "id", INTEGER)
    schemas = contract["components"]["schemas"]
    schemas["Base"], schemas["Pet"] = schemas["Pet"], {**BASE, "required": ["nick"]}
    schemas["Pet"]["properties"] = {"nick": STRING}
    reply = serve(contract).get("/pets/7")
    assert (reply.status_code, reply.json()["id"]) == (200, 7)
    assert reply.json().keys() >= {"id", "name", "tags", "nick"}
