"""What counts as met: by the client's requests, and by the replies that it got."""

from __future__ import annotations

import gzip
import socket
from typing import Any

import pytest

from tests.helpers.coverage import report_of
from tests.helpers.running import Mock, Serve, json_of, thing

JSON = {"Content-Type": "application/json"}
PET = {
    "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
}
DOCUMENT: dict[str, Any] = {
    "components": {
        "schemas": {
            "Cat": {
                "type": "object",
                "required": ["meows"],
                "properties": {
                    "meows": {"enum": ["loud", "softly", 5, True, None]},
                    "friend": PET,
                    "born": {"enum": ["here"], "readOnly": True},
                    "secret": {"enum": ["told"], "writeOnly": True},
                },
            },
            "Dog": {"type": "object", "required": ["barks"], "properties": {"barks": {"const": 1}}},
        }
    },
    "/pets/{id}": {
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"enum": [1, 2]}}],
        "post": {
            "operationId": "add_pet",
            "parameters": [
                {
                    "name": "sort",
                    "in": "query",
                    "schema": {"type": "array", "items": {"enum": ["up", "down"]}},
                    "explode": False,
                    "examples": {"upwards": {"value": ["up"]}, "both": {"value": ["up", "down"]}},
                },
                {"name": "X-Way", "in": "header", "schema": {"type": "string"}},
                {"name": "flavour", "in": "cookie", "schema": {"type": "string"}},
            ],
            "requestBody": {
                "content": {
                    "application/json": {
                        "schema": {"type": "array", "items": PET},
                        "examples": {"dog": {"value": [{"barks": 1}]}},
                    },
                    "application/x-www-form-urlencoded": {"schema": {"type": "object"}},
                }
            },
            "responses": {
                "200": {
                    "description": "",
                    "headers": {"Mood": {"required": True, "schema": {"enum": ["good", "bad"]}}},
                    "content": {
                        "application/json": {
                            "schema": PET,
                            "examples": {
                                "cat": {"value": {"meows": "softly"}},
                                "dog": {"value": {"barks": 1}},
                            },
                        },
                        "text/plain": {"schema": {"type": "string"}, "example": "a pet"},
                    },
                },
                "4XX": {"description": ""},
                "503": {"description": ""},
            },
        },
    },
}
HANDLERS = """
def add_pet(id, body):
    return {"meows": "softly"}, 200, {"Mood": "good"}
"""
CANNED = {
    "replies/add_pet.yaml": """
dog:
  {when: {path: {id: 2}}, status: 200, headers: {Mood: bad}, body: {barks: 1}}
never:
  {when: {path: {id: 1}, query: {sort: up}, headers: {x-way: out}}, status: 503}
"""
}


@pytest.fixture
def mock(serve: Serve) -> Mock:
    return serve(DOCUMENT, fixtures=CANNED, handlers=HANDLERS)


def post(mock: Mock, path: str = "/pets/1", **request: Any) -> int:
    if not {"json", "content", "data"} & request.keys():
        request["json"] = []
    return mock.post(path, **request).status_code


def met(mock: Mock, kind: str) -> list[str]:
    """Return what was met of a kind, as people read it."""
    report = report_of(mock)
    return [entry.text for entry in report.entries if entry.kind == kind and entry.met]


def all_of(mock: Mock, kind: str) -> list[str]:
    return [entry.text for entry in report_of(mock).entries if entry.kind == kind]


def test_before_a_request_nothing_is_met(mock: Mock) -> None:
    report = report_of(mock)
    assert len(report.entries) > 30
    assert not any(entry.met for entry in report.entries)
    assert report.exchanges.counted == 0


def test_every_kind_of_part_is_there_with_its_place_in_the_document(mock: Mock) -> None:
    entries = [e for e in report_of(mock).entries if e.kind != "fixtures"]
    document = mock.app.parts.contract.documents.root
    for entry in entries:
        assert entry.place is not None
        assert entry.place.file == document.label
        value: Any = document.data
        for step in entry.pointer.split("/")[1:]:
            step = step.replace("~1", "/").replace("~0", "~")
            value = value[int(step)] if isinstance(value, list) else value[step]
    kinds = ["operations", "statuses", "media-types", "parameters", "examples", "enums", "branches"]
    assert list(dict.fromkeys(entry.kind for entry in entries)) == kinds


def test_an_operation_is_met_by_any_request_to_it(mock: Mock) -> None:
    assert post(mock, json={}) == 422
    assert met(mock, "operations") == ["POST /pets/{id} (add_pet)"]


def test_a_status_is_met_as_it_is_declared(mock: Mock) -> None:
    post(mock)
    assert met(mock, "statuses") == ["add_pet 200"]
    post(mock, json={})
    assert met(mock, "statuses") == ["add_pet 200", "add_pet 4XX"]
    assert all_of(mock, "statuses") == ["add_pet 200", "add_pet 4XX", "add_pet 503"]


def test_media_types_are_met_in_each_direction(mock: Mock) -> None:
    post(mock, data={"a": "b"}, headers={"Accept": "text/plain", "Prefer": "code=200"})
    form = "add_pet request application/x-www-form-urlencoded"
    assert form in met(mock, "media-types")
    post(mock)
    assert met(mock, "media-types") == [
        "add_pet request application/json", form, "add_pet reply 200 application/json",
    ]  # fmt: skip
    assert "add_pet reply 200 text/plain" in all_of(mock, "media-types")


def test_a_parameter_is_met_when_it_is_sent(mock: Mock) -> None:
    post(mock)
    assert met(mock, "parameters") == ["add_pet path id"]
    post(mock, "/pets/1?sort=up,down", headers={"X-Way": "in", "Cookie": "flavour=oat"})
    assert met(mock, "parameters") == [
        "add_pet query sort", "add_pet header X-Way", "add_pet cookie flavour", "add_pet path id",
    ]  # fmt: skip


def test_named_examples_are_met_by_whoever_sends_their_value(mock: Mock) -> None:
    post(mock, "/pets/1?sort=up,down", json=[{"barks": 1}])
    assert met(mock, "examples") == [
        "add_pet request query sort both",
        "add_pet request application/json dog",
        "add_pet reply 200 application/json cat",
    ]


def test_members_of_enums_are_met_deep_inside_what_is_sent(mock: Mock) -> None:
    post(mock, "/pets/1?sort=down", json=[{"meows": "loud", "friend": {"meows": 5}}])
    assert met(mock, "enums") == [
        'request sort "down"', "request id 1", 'request meows "loud"', "request meows 5",
        'reply "good"', 'reply meows "softly"',
    ]  # fmt: skip


def test_a_member_that_is_true_is_not_met_by_one_nor_null_by_false(mock: Mock) -> None:
    post(mock, json=[{"meows": True}, {"meows": None}])
    assert [name for name in met(mock, "enums") if "request meows" in name] == [
        "request meows true", "request meows null",
    ]  # fmt: skip


def test_what_only_the_other_side_sends_is_not_asked_for(mock: Mock) -> None:
    enums = all_of(mock, "enums")
    assert 'reply born "here"' in enums and 'request born "here"' not in enums
    assert 'request secret "told"' in enums and 'reply secret "told"' not in enums


def test_branches_are_met_by_what_keeps_to_them(mock: Mock) -> None:
    post(mock, json=[{"meows": "loud", "friend": {"barks": 1}}])
    assert met(mock, "branches") == [
        "request oneOf 1: Cat", "request friend oneOf 2: Dog", "reply oneOf 1: Cat",
    ]  # fmt: skip


def test_a_request_that_breaks_the_contract_counts_for_its_operation_and_its_reply(
    mock: Mock,
) -> None:
    post(mock, "/pets/1?sort=up", json=[{"meows": "loud"}, {}])
    assert met(mock, "parameters") == met(mock, "enums") == met(mock, "branches") == []
    assert met(mock, "operations") and met(mock, "statuses") == ["add_pet 4XX"]


def test_a_canned_reply_is_met_when_it_is_answered_with(mock: Mock) -> None:
    post(mock, "/pets/2")
    assert met(mock, "fixtures") == ["add_pet dog"]
    assert 'reply "bad"' in met(mock, "enums")
    (missing,) = report_of(mock).missing("fixtures")
    assert missing.place is not None
    assert (missing.name, missing.place.line, missing.place.column) == ("never", 4, 1)
    assert missing.place.file.endswith("add_pet.yaml")


def test_a_compressed_body_is_read(mock: Mock) -> None:
    body = gzip.compress(b'[{"barks": 1}]')
    post(mock, content=body, headers={**JSON, "Content-Encoding": "gzip"})
    assert "add_pet request application/json dog" in met(mock, "examples")


@pytest.mark.parametrize(
    ("fault", "statuses", "media_types"),
    [
        ("reset", 0, 0),
        ("close", 0, 0),
        ("truncated", 1, 0),
        ("malformed", 1, 0),
        ("503", 1, 0),
        ("delay", 1, 1),
    ],
)
def test_of_a_reply_that_goes_wrong_what_arrived_counts(
    mock: Mock, fault: str, statuses: int, media_types: int
) -> None:
    prefer = "delay=1ms" if fault == "delay" else f"fault={fault}"
    try:
        post(mock, headers={"Prefer": prefer})
    except Exception as error:
        assert "httpx" in type(error).__module__
    assert len(met(mock, "statuses")) == statuses
    replies = [name for name in met(mock, "media-types") if " reply " in name]
    assert len(replies) == media_types


def test_head_meets_the_status_alone(serve: Serve) -> None:
    mock = serve(thing({"200": json_of({"enum": ["a"]})}))
    mock.client.head("/thing")
    assert met(mock, "statuses") == ["thing 200"]
    assert met(mock, "media-types") == met(mock, "enums") == []
    mock.get()
    assert met(mock, "media-types") == ["thing reply 200 application/json"]
    assert met(mock, "enums") == ['reply "a"']


def test_each_value_of_a_sequence_counts(serve: Serve) -> None:
    lines = {"content": {"application/jsonl": {"itemSchema": {"enum": ["a", "b", "c"]}}}}
    mock = serve(thing({"204": {}}, "post", requestBody=lines))
    mock.post(content=b'"a"\n"c"\n', headers={"Content-Type": "application/jsonl"})
    assert met(mock, "enums") == ['request "a"', 'request "c"']


def test_schemas_that_lead_back_to_themselves_end(serve: Serve) -> None:
    tree = {
        "allOf": [{"$ref": "#/components/schemas/Tree"}],
        "properties": {"kind": {"enum": ["leaf", "twig"]}},
        "additionalProperties": {"$ref": "#/components/schemas/Tree"},
    }
    deep: dict[str, Any] = {"kind": "leaf"}
    for _ in range(100):
        deep = {"next": deep}
    body = json_of({"$ref": "#/components/schemas/Node"})
    node = {**tree, "allOf": [{"type": "object"}]}
    node["additionalProperties"] = {"$ref": "#/components/schemas/Node"}
    components = {"schemas": {"Tree": tree, "Node": node}}
    mock = serve({**thing({"204": {}}, "post", requestBody=body), "components": components})
    assert mock.post(json=deep).status_code == 204
    assert met(mock, "enums") == ['request kind "leaf"']


CONDITIONAL = {
    "type": "object",
    "properties": {"kind": {"type": "string"}},
    "patternProperties": {"^x-": {"enum": ["own"]}},
    "additionalProperties": {"enum": ["other"]},
    "propertyNames": {"enum": ["kind", "x-a", "more", "never"]},
    "dependentSchemas": {"more": {"properties": {"kind": {"enum": ["with more", "plain"]}}}},
    "if": {"properties": {"kind": {"const": "plain"}}},
    "then": {"anyOf": [{"required": ["kind"]}, {"required": ["x-a"]}]},
    "else": {"anyOf": [{"title": "or else"}]},
}


def test_every_keyword_that_holds_a_schema_is_walked(serve: Serve) -> None:
    mock = serve(thing({"204": {}}, "post", requestBody=json_of(CONDITIONAL)))
    assert mock.post(json={"kind": "plain", "x-a": "own", "more": "other"}).status_code == 204
    names = ['"other"', '"own"', '"kind"', '"x-a"', '"more"', 'kind "plain"']
    assert set(met(mock, "enums")) == {f"request {name}" for name in names}
    assert met(mock, "branches") == ["request anyOf 1: {kind}", "request anyOf 2: {x-a}"]


def test_the_first_items_of_a_list_and_those_that_it_contains_are_told_apart(serve: Serve) -> None:
    schema = {
        "prefixItems": [{"enum": ["first"]}],
        "items": {"enum": ["rest", "never"]},
        "contains": {"enum": ["rest", "rare"]},
    }
    mock = serve(thing({"204": {}}, "post", requestBody=json_of(schema)))
    assert mock.post(json=["first", "rest"]).status_code == 204
    found = report_of(mock).entries
    assert [e.pointer.split("schema/")[1] for e in found if e.kind == "enums" and e.met] == [
        "prefixItems/0/enum/0", "items/enum/0", "contains/enum/0",
    ]  # fmt: skip


def test_paths_that_are_no_operation_s_are_counted_apart(mock: Mock) -> None:
    mock.get("/nowhere")
    mock.get("/openapi.yaml")
    counted, _, _, astray = report_of(mock).exchanges
    assert (counted, astray) == (2, 2)


def test_a_client_that_leaves_has_still_sent_its_request(serve: Serve) -> None:
    mock = serve(thing({"204": {}}, "post", requestBody=json_of({"type": "integer"})))
    with mock.wire() as wire:
        wire.send(b"POST /thing HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n1")
        wire.socket.shutdown(socket.SHUT_WR)
        wire.ended()
    mock.get("/nowhere")
    assert met(mock, "operations") == ["POST /thing (thing)"]
    assert met(mock, "statuses") == []
