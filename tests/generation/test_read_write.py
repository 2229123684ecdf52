"""What is only written is in no reply, and what is only read is no client's to give."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.judge import faults
from tests.helpers.running import Mock, Serve, json_of, thing

SECRET = {"type": "string", "writeOnly": True}
STRING = {"type": "string"}
REF = {"$ref": "#/components/schemas/User"}
USER = {
    "type": "object",
    "required": ["name", "password"],
    "properties": {"name": STRING, "password": SECRET},
}
ADA = {"name": "Ada", "password": "hunter2"}
KEPT = {"name": "Ada"}


def serving(serve: Serve, schema: Any, version: str = "3.1.0", **content: Any) -> Mock:
    """Return a server of an operation with that reply; `User` is a component."""
    components = {"schemas": {"User": USER, "Secret": SECRET}}
    paths = thing({"200": json_of(schema, **content), "422": json_of(schema, **content)})
    return serve({"openapi": version, "components": components, **paths})


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0", "3.2.0"])
@pytest.mark.parametrize(
    ("schema", "example", "sent"),
    [
        pytest.param(REF, ADA, KEPT, id="a member"),
        pytest.param({"type": "array", "items": REF}, [ADA, ADA], [KEPT, KEPT], id="in a list"),
        pytest.param({"properties": {"user": REF}}, {"user": ADA}, {"user": KEPT}, id="deep"),
        pytest.param({"additionalProperties": REF}, {"x": ADA}, {"x": KEPT}, id="in a mapping"),
        pytest.param(
            {"allOf": [REF, {"properties": {"pin": {"$ref": "#/components/schemas/Secret"}}}]},
            {**ADA, "pin": "1"},
            KEPT,
            id="in the parts of allOf, by reference",
        ),
        pytest.param(
            {"properties": {"pin": {"allOf": [{"$ref": "#/components/schemas/Secret"}]}}},
            {"pin": "1", "a": 1},
            {"a": 1},
            id="said by what it refers to",
        ),
        pytest.param(
            {"oneOf": [{**REF}, {"required": ["user"], "properties": {"password": STRING}}]},
            {"user": 1, "password": "shown"},
            {"user": 1, "password": "shown"},
            id="in another alternative",
        ),
        pytest.param({"oneOf": [REF, STRING]}, ADA, KEPT, id="in the alternative that fits"),
        pytest.param(True, ADA, ADA, id="described nowhere"),
    ],
)
def test_an_example_is_sent_without_what_is_only_written(
    serve: Serve, version: str, schema: Any, example: Any, sent: Any
) -> None:
    if version.startswith("3.0") and schema is True:
        schema = {}
    mock = serving(serve, schema, version, examples={"one": {"value": example}})
    first, named = mock.get(), mock.get(headers={"prefer": "example=one"})
    assert (first.headers["mock-source"], first.json()) == ("example:one", sent)
    assert named.json() == sent


CHOICE = {
    "if": {"required": ["kind"]},
    "then": {"properties": {"user": REF}},
    "else": {"properties": {"user": True}},
}


@pytest.mark.parametrize(
    ("schema", "example", "sent"),
    [
        pytest.param({"prefixItems": [REF]}, [ADA, ADA], [KEPT, ADA], id="prefixItems"),
        pytest.param(
            {"patternProperties": {"^x-": REF}},
            {"x-a": ADA, "y-a": ADA},
            {"x-a": KEPT, "y-a": ADA},
            id="patternProperties",
        ),
        pytest.param(CHOICE, {"kind": 1, "user": ADA}, {"kind": 1, "user": KEPT}, id="then"),
        pytest.param(CHOICE, {"user": ADA}, {"user": ADA}, id="else"),
    ],
)
def test_it_does_not_matter_which_keyword_of_2020_12_it_stands_under(
    serve: Serve, schema: Any, example: Any, sent: Any
) -> None:
    assert serving(serve, schema, example=example).get().json() == sent


def test_an_example_that_keeps_to_its_schema_only_without_it_is_not_sent(serve: Serve) -> None:
    schema = {**USER, "minProperties": 2}
    reply = serving(serve, schema, example=ADA).get()
    assert reply.headers["mock-source"] == "generated"
    assert "password" not in reply.json()


def test_the_values_of_a_sequence_have_none_either(serve: Serve) -> None:
    content = {"application/jsonl": {"itemSchema": USER, "example": [ADA, ADA]}}
    reply = serve({"openapi": "3.2.0", **thing({"200": {"content": content}})}).get()
    assert reply.text == '{"name":"Ada"}\n' * 2


def test_nor_has_an_error_that_an_example_gives(serve: Serve) -> None:
    paths = thing({"200": json_of(True), "422": json_of(USER, example=ADA)}, "post",
                  requestBody=json_of(USER))  # fmt: skip
    reply = serve(paths).post(json={"name": "Ada"})
    assert reply.status_code == 422
    assert "password" in reply.headers["mock-violations"]  # for it has to be sent
    assert list(reply.json()) == ["name"]


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0", "3.2.0"])
def test_what_is_only_read_may_be_sent_but_is_not_taken_over(serve: Serve, version: str) -> None:
    number = {"type": "integer", "readOnly": True, "minimum": 1, "maximum": 1_000_000}
    user = {"type": "object", "required": ["number", "name"],
            "properties": {"number": number, "name": STRING}}  # fmt: skip
    paths = thing({"201": json_of(REF)}, "post", requestBody={"required": True, **json_of(REF)})
    mock = serve({"openapi": version, "components": {"schemas": {"User": user}}, **paths})
    without, given = mock.post(json={"name": "Ada"}), mock.post(json={"name": "Ada", "number": 5})
    for reply in (without, given):
        assert (reply.status_code, reply.json()["name"]) == (201, "Ada")
        assert faults(user, reply.json()) == []
        assert reply.json()["number"] != 5
