"""What a client sent is shown wherever the reply has the same property at the same place."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.running import Serve, json_of, thing

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}


def obj(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


ADDRESS = obj("city", city=TEXT, zip=TEXT)
LINE = obj("sku", "quantity", sku=TEXT, quantity=NUMBER)
SENT_ORDER = obj(name=TEXT, address=ADDRESS, lines={"type": "array", "items": LINE}, tags={
    "type": "array", "items": TEXT}, secret={**TEXT, "writeOnly": True}, note=TEXT)  # fmt: skip
SHOWN_LINE = obj("id", "sku", "quantity", id={**TEXT, "format": "uuid", "readOnly": True}, sku=TEXT,
                 quantity=NUMBER)  # fmt: skip
ORDER = obj("id", "lines", "address", id={**NUMBER, "readOnly": True}, name=TEXT, address=ADDRESS,
            lines={"type": "array", "items": SHOWN_LINE}, tags={"type": "array", "items": TEXT},
            secret={**TEXT, "writeOnly": True},
            status={"enum": ["open"], "readOnly": True})  # fmt: skip
SENT = {
    "name": "Mine",
    "address": {"city": "Ulm", "zip": "89073"},
    "lines": [{"sku": f"s{n}", "quantity": n} for n in range(7)],
    "tags": ["a", "b", "c", "d"],
    "secret": "hush",
    "note": "not shown",
    "id": 99,
    "status": "closed",
}


def replied(
    serve: Serve, schema: Any, body: Any, request: Any = None, method: str = "post", **headers: str
) -> Any:
    given = json_of(True if request is None else request)
    mock = serve(thing({"200": json_of(schema)}, method, requestBody=given))
    reply = mock.client.request(method.upper(), "/thing", json=body, headers=headers)
    assert reply.status_code == 200, reply.text
    assert mock.faults(reply) == []
    return reply.json()


@pytest.mark.parametrize("method", ["post", "put", "patch"])
def test_objects_and_lists_come_back(serve: Serve, method: str) -> None:
    shown = replied(serve, ORDER, SENT, method=method)
    assert (shown["name"], shown["address"], shown["tags"]) == (
        "Mine",
        SENT["address"],
        list("abcd"),
    )
    assert [{n: line[n] for n in ("sku", "quantity")} for line in shown["lines"]] == SENT["lines"]


def test_what_is_read_only_is_the_server_s_and_what_is_write_only_stays_away(serve: Serve) -> None:
    shown = replied(serve, ORDER, SENT)
    assert shown["id"] != 99
    assert shown["status"] == "open"
    assert "secret" not in shown
    assert "note" not in shown
    ids = [line["id"] for line in shown["lines"]]
    assert len(set(ids)) == len(ids) == 7


@pytest.mark.parametrize("name", ["data", "result", "resource"])
def test_a_reply_may_wrap_what_was_sent(serve: Serve, name: str) -> None:
    shown = replied(serve, obj(name, **{name: ORDER}), SENT)
    assert shown[name]["address"] == SENT["address"]
    assert len(shown[name]["lines"]) == 7


def test_a_request_may_wrap_it(serve: Serve) -> None:
    assert replied(serve, ORDER, {"order": SENT})["address"] == SENT["address"]


def test_a_list_comes_back_as_a_list(serve: Serve) -> None:
    shown = replied(serve, {"type": "array", "items": SHOWN_LINE}, SENT["lines"])
    assert [line["sku"] for line in shown] == [f"s{n}" for n in range(7)]


def test_what_the_reply_may_not_be_is_not_shown(serve: Serve) -> None:
    limited = obj("a", "b", a={**TEXT, "maxLength": 3}, b=obj("c", c={**NUMBER, "maximum": 5}))
    shown = replied(serve, limited, {"a": "too long", "b": {"c": 9}})
    assert shown["a"] != "too long"
    assert shown["b"]["c"] <= 5
    shown = replied(serve, limited, {"a": "ok", "b": {"c": 4}})
    assert shown == {"a": "ok", "b": {"c": 4}}


def test_a_part_that_does_not_fit_leaves_the_others_shown(serve: Serve) -> None:
    shape = obj("b", b=obj("c", "d", c=NUMBER, d=TEXT))
    shown = replied(serve, shape, {"b": {"c": "no number", "d": "mine"}})
    assert isinstance(shown["b"]["c"], int)
    assert shown["b"]["d"] == "mine"


def test_a_constant_of_the_reply_stays(serve: Serve) -> None:
    kind = obj("kind", "a", kind={"const": "order"}, a=TEXT)
    assert replied(serve, kind, {"kind": "other", "a": "x"}) == {"kind": "order", "a": "x"}


def test_a_schema_by_reference_and_all_of_is_read(serve: Serve) -> None:
    whole = {"allOf": [obj("id", id={**NUMBER, "readOnly": True}), ORDER]}
    assert replied(serve, whole, SENT)["address"] == SENT["address"]


@pytest.mark.parametrize("type", ["application/json-patch+json", "application/merge-patch+json"])
def test_a_description_of_a_change_is_no_part_of_the_reply(serve: Serve, type: str) -> None:
    body = {"content": {type: {"schema": True}}}
    mock = serve(thing({"200": json_of(obj("b", b=obj("c", c=TEXT)))}, "patch", requestBody=body))
    reply = mock.client.patch(
        "/thing", content='{"b": {"c": "mine"}}', headers={"content-type": type}
    )
    assert reply.json()["b"]["c"] != "mine"


def test_get_shows_nothing_of_a_body(serve: Serve) -> None:
    mock = serve(thing({"200": json_of(obj("b", b=obj("c", c=TEXT)))}, "query",
                       requestBody=json_of(True)) | {"openapi": "3.2.0"})  # fmt: skip
    reply = mock.client.request("QUERY", "/thing", json={"b": {"c": "mine"}})
    assert reply.json()["b"]["c"] != "mine"


def test_amounts_agree_with_what_was_sent(serve: Serve) -> None:
    line = obj("quantity", "unit_price", "total", quantity=NUMBER, unit_price={"type": "number"},
               total={"type": "number", "readOnly": True})  # fmt: skip
    order = obj("items", "total", items={"type": "array", "items": line},
                total={"type": "number", "readOnly": True})  # fmt: skip
    sent = [{"quantity": 3, "unit_price": 2.5}, {"quantity": 1, "unit_price": 10}]
    shown = replied(serve, order, {"items": sent})
    assert [(one["quantity"], one["unit_price"], one["total"]) for one in shown["items"]] == [
        (3, 2.5, 7.5), (1, 10, 10)
    ]  # fmt: skip
    assert shown["total"] == 17.5


def test_a_deep_or_endless_body_is_bounded(serve: Serve) -> None:
    node: dict[str, Any] = {"$ref": "#/components/schemas/Node"}
    tree = obj("name", name=TEXT, child=node)
    body: dict[str, Any] = {"name": "0"}
    for number in range(1, 60):
        body = {"name": str(number), "child": body}
    mock = serve({**thing({"200": json_of(node)}, "post", requestBody=json_of(True)),
                  "components": {"schemas": {"Node": tree}}})  # fmt: skip
    reply = mock.post("/thing", json=body)
    assert reply.status_code == 200
    assert reply.json()["child"]["child"]["name"] == "57"
