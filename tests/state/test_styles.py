"""Bodies in the styles of JSON:API, Kubernetes and Stripe are kept and shown as they declare."""

from __future__ import annotations

from typing import Any

from tests.helpers.running import Serve
from tests.state.test_items import query, ref
from tests.state.test_recognition import TEXT, WHOLE, obj, op, path_parameter

ARTICLE = obj(
    ("type", "id"),
    type={"enum": ["articles"]},
    id=TEXT,
    attributes=obj(("title",), title=TEXT, stars=WHOLE),
)
NEW = obj(("data",), data=obj(type=TEXT, attributes=obj(title=TEXT, stars=WHOLE)))


def json_api() -> dict[str, Any]:
    one = obj(("data",), data=ref("Article"))
    listed = obj(("data",), data={"type": "array", "items": ref("Article")}, meta=obj(total=WHOLE))
    pages = [query("filter[title]"), query("sort"), query("page[number]", WHOLE)]
    return {
        "components": {"schemas": {"Article": ARTICLE}},
        "/articles": {
            "get": op("list", reply=listed, parameters=[*pages, query("page[size]", WHOLE)]),
            "post": op("create", "201", one, NEW),
        },
        "/articles/{id}": {
            "parameters": [path_parameter("id", TEXT)],
            "get": op("read", reply=one),
            "patch": op("update", reply=one, body=NEW),
        },
    }


def test_resources_of_json_api_are_merged_filtered_sorted_and_paged(serve: Serve) -> None:
    api = serve(json_api(), stateful=True).client
    for title in ("b", "a", "c"):
        attributes = {"title": title, "stars": 1}
        api.post("/articles", json={"data": {"type": "articles", "attributes": attributes}})

    def titles(asked: str) -> list[str]:
        found = api.get(f"/articles?{asked}").json()["data"]
        return [article["attributes"]["title"] for article in found]

    assert titles("sort=-title") == ["c", "b", "a"]
    assert titles("filter[title]=b") == ["b"]
    assert titles("page[size]=2&page[number]=2") == ["c"]
    first = api.get("/articles").json()["data"][0]
    change = {"data": {"attributes": {"title": "z"}}}
    changed = api.patch(f"/articles/{first['id']}", json=change).json()["data"]
    assert changed == {**first, "attributes": {"title": "z", "stars": 1}}


POD = obj(("metadata",), metadata=obj(("name",), name=TEXT), spec=obj(image=TEXT))


def test_a_name_in_an_object_inside_is_the_id_within_its_parent(serve: Serve) -> None:
    listed = obj(items={"type": "array", "items": ref("Pod")}, kind=TEXT)
    space = path_parameter("namespace", TEXT)
    document = {
        "components": {"schemas": {"Pod": POD}},
        "/ns/{namespace}/pods": {
            "parameters": [space],
            "get": op("list", reply=listed),
            "post": op("create", "201", ref("Pod"), ref("Pod")),
        },
        "/ns/{namespace}/pods/{name}": {
            "parameters": [space, path_parameter("name", TEXT)],
            "get": op("read", reply=ref("Pod")),
            "delete": op("delete", "204"),
        },
    }
    api = serve(document, stateful=True).client
    pod = {"metadata": {"name": "x"}, "spec": {"image": "i"}}
    assert api.post("/ns/a/pods", json=pod).json() == pod
    assert api.post("/ns/a/pods", json=pod).status_code == 409
    assert api.post("/ns/b/pods", json=pod).status_code == 201
    assert api.delete("/ns/a/pods/x").status_code == 204
    assert [api.get(f"/ns/{space}/pods/x").status_code for space in ("a", "b")] == [404, 200]
    assert api.get("/ns/a/pods").json()["items"] == []


def test_an_id_has_the_prefix_of_its_example(serve: Serve) -> None:
    customer = obj(("id",), id={**TEXT, "example": "cus_NffrFeUfNV2Hib"}, name=TEXT, created=WHOLE)
    bounds = obj(gte=WHOLE, lt=WHOLE)
    created = {**query("created", bounds), "style": "deepObject", "explode": True}
    document = {
        "/v1/customers": {
            "get": op(
                "list",
                reply=obj(data={"type": "array", "items": customer}, has_more={"type": "boolean"}),
                parameters=[created, query("limit", WHOLE), query("starting_after")],
            ),
            "post": op("create", reply=customer, body=obj(name=TEXT)),
        },
        "/v1/customers/{customer}": {
            "parameters": [path_parameter("customer", TEXT)],
            "post": op("update", reply=customer, body=obj(name=TEXT)),
            "get": op("read", reply=customer),
        },
    }
    mock = serve(document, stateful=True)
    mock.app.sessions.main.clock.freeze()
    mock.app.sessions.main.clock.set(1_700_000_000)
    api = mock.client
    first, second = (api.post("/v1/customers", json={"name": n}).json() for n in "ab")
    assert first["id"].startswith("cus_")
    assert first["created"] == 1_700_000_000
    page = api.get(f"/v1/customers?limit=1&starting_after={first['id']}").json()
    assert page == {"data": [second], "has_more": False}
    assert api.get("/v1/customers?created[gte]=1700000001").json()["data"] == []
    assert len(api.get("/v1/customers?created[gte]=1700000000").json()["data"]) == 2
