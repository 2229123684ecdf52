"""The examples of declared headers are sent; one that no field can carry gives way to another."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mock_server.project.check import findings
from mock_server.settings import Settings
from tests.helpers.running import Serve, document_text, json_of, thing

TEXT = {"type": "string"}
LIST = {"type": "array", "items": TEXT}


def with_headers(headers: Mapping[str, Any], **response: Any) -> dict[str, Any]:
    """Return the paths of a document with those headers of its reply."""
    content = response or json_of(True, example=1)
    return thing({"200": {"headers": headers, **content}})


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ({"schema": {"type": "integer"}, "example": 100}, "100"),
        ({"schema": TEXT, "example": "Größe"}, "Größe"),
        ({"schema": TEXT, "example": ""}, ""),
        ({"schema": TEXT, "example": "a, b"}, "a, b"),
        ({"schema": TEXT, "examples": {"one": {"value": "first"}, "two": {"value": "2"}}}, "first"),
        ({"schema": LIST, "example": ["a", "b"]}, "a,b"),
        ({"schema": {"type": "object"}, "explode": True, "example": {"a": 1}}, "a=1"),
        ({"example": "without a schema"}, "without a schema"),
        ({"schema": {**TEXT, "example": "of the schema"}}, "of the schema"),
        ({"schema": {**TEXT, "example": "of the schema"}, "example": "own"}, "own"),
        ({"schema": {**TEXT, "const": "constant"}}, "constant"),
        ({"content": {"application/json": {"example": {"next": 2}}}}, '{"next": 2}'),
        (
            {"content": {"application/json": {"schema": TEXT, "examples": {"a": {"value": "x"}}}}},
            '"x"',
        ),
        ({"content": {"text/plain": {"example": "plain"}}}, "plain"),
        ({"$ref": "#/components/headers/Shared"}, "shared"),
        ({"schema": TEXT, "examples": {"a": {"$ref": "#/components/examples/One"}}}, "one"),
    ],
    ids=str,
)
def test_the_example_of_a_header_is_sent(serve: Serve, header: Any, text: str) -> None:
    components = {
        "headers": {"Shared": {"schema": TEXT, "example": "shared"}},
        "examples": {"One": {"value": "one"}},
    }
    mock = serve({**with_headers({"X-It": header}), "components": components})
    for prefer in ("", "dynamic=true", "seed=2"):
        assert mock.get(headers={"prefer": prefer}).headers["x-it"] == text


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ({"schema": LIST, "examples": {"a": {"dataValue": ["x", "y"]}}}, "x,y"),
        ({"schema": LIST, "examples": {"a": {"serializedValue": "x,y"}}}, "x,y"),
        (
            {"content": {"application/json": {"examples": {"a": {"serializedValue": '{"n":1}'}}}}},
            '{"n": 1}',
        ),
        ({"schema": {"type": "integer"}, "examples": {"a": {"externalValue": "five.txt"}}}, "5"),
        (
            {"content": {"application/json": {"examples": {"a": {"externalValue": "five.txt"}}}}},
            "5",
        ),
    ],
    ids=str,
)
def test_an_example_may_stand_elsewhere_or_as_it_is_sent(
    serve: Serve, tmp_path: Path, header: Any, text: str
) -> None:
    (tmp_path / "five.txt").write_text("5\n")
    mock = serve({"openapi": "3.2.0", **with_headers({"X-It": header})})
    assert mock.get().headers["x-it"] == text


def test_an_external_example_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    header = {"schema": TEXT, "examples": {"a": {"externalValue": "nowhere.txt"}}}
    (found,) = checked(tmp_path, {"X-It": header})
    assert "nowhere.txt" in found and "externalValue" in found


NAMED = {
    "X-Both": {
        "schema": TEXT,
        "examples": {"cat": {"value": "purrs"}, "dog": {"value": "barks"}},
    },
    "X-Own": {"schema": TEXT, "examples": {"usual": {"value": "u"}, "late": {"value": "l"}}},
}
ANIMALS = json_of(TEXT, examples={"dog": {"value": "Rex"}, "cat": {"value": "Tom"}})


@pytest.mark.parametrize(
    ("name", "body", "both", "own"),
    [
        ("", "Rex", "barks", "u"),
        ("cat", "Tom", "purrs", "u"),
        ("dog", "Rex", "barks", "u"),
        ("late", "Rex", "barks", "l"),
    ],
)
def test_prefer_picks_the_examples_of_headers_by_name(
    serve: Serve, name: str, body: str, both: str, own: str
) -> None:
    mock = serve(with_headers(NAMED, **ANIMALS))
    reply = mock.get(headers={"prefer": f"example={name}"} if name else {})
    assert (reply.json(), reply.headers["x-both"], reply.headers["x-own"]) == (body, both, own)
    if name:
        assert reply.headers["preference-applied"] == f"example={name}"


def test_a_name_that_nothing_has_is_a_404_that_lists_those_of_headers(serve: Serve) -> None:
    reply = serve(with_headers(NAMED, **ANIMALS)).get(headers={"prefer": "example=cow"})
    assert reply.status_code == 404
    assert "it has dog, cat, usual, late" in reply.json()["detail"]


def test_a_reply_without_a_body_has_the_named_example_too(serve: Serve) -> None:
    mock = serve(thing({"204": {"headers": NAMED}}))
    reply = mock.get(headers={"prefer": "example=late"})
    assert (reply.status_code, reply.headers["x-own"]) == (204, "l")


def test_an_error_reply_has_the_examples_of_its_headers(serve: Serve) -> None:
    header = {"Retry-After": {"schema": {"type": "integer"}, "example": 30}}
    mock = serve(thing({"200": json_of(True), "429": {"headers": header}}))
    assert mock.get(headers={"prefer": "code=429"}).headers["retry-after"] == "30"


COOKIE = "sid=abc; Path=/; HttpOnly; Expires=Wed, 21 Oct 2037 07:28:00 GMT"


@pytest.mark.parametrize(
    ("header", "cookies"),
    [
        ({"schema": TEXT, "example": COOKIE}, [COOKIE]),
        ({"schema": LIST, "example": [COOKIE, "b=2"]}, [COOKIE, "b=2"]),
        ({"schema": TEXT, "example": f"{COOKIE}\nb=2"}, [COOKIE, "b=2"]),
        ({"schema": LIST, "example": COOKIE}, [COOKIE]),
        ({"content": {"text/plain": {"schema": TEXT, "example": COOKIE}}}, [COOKIE]),
    ],
    ids=str,
)
def test_examples_of_cookies_come_out_as_they_are_written(
    serve: Serve, header: Any, cookies: list[str]
) -> None:
    reply = serve(with_headers({"Set-Cookie": header})).get()
    assert reply.headers.get_list("set-cookie") == cookies


def test_an_example_that_breaks_its_schema_is_replaced_unless_it_is_wanted(serve: Serve) -> None:
    header = {"X-It": {"required": True, "schema": {"type": "integer"}, "example": "many"}}
    for response in ({}, json_of(TEXT)):
        paths = with_headers(header, **response)
        assert serve(paths).get().headers["x-it"].isdecimal()
        reply = serve(paths, invalid_examples=True).get()
        assert (reply.status_code, reply.headers["x-it"]) == (200, "many")
        assert "X-It" in reply.headers["mock-violations"]


INEXPRESSIBLE = [
    (TEXT, "5 €"),
    (TEXT, "a\nb"),
    (TEXT, "a\x00b"),
    (TEXT, " a "),
    (LIST, ["a,b", "c"]),
    ({"type": "array", "items": LIST}, [["a"]]),
]


@pytest.mark.parametrize(("schema", "value"), INEXPRESSIBLE, ids=str)
@pytest.mark.parametrize("is_of_schema", [True, False], ids=["schema", "header"])
@pytest.mark.parametrize("required", [True, False], ids=["required", "optional"])
def test_for_an_example_that_no_field_can_carry_another_value_is_sent(
    serve: Serve, tmp_path: Path, schema: Any, value: Any, is_of_schema: bool, required: bool
) -> None:
    header = (
        {"schema": {**schema, "example": value}}
        if is_of_schema
        else {"schema": schema, "example": value}
    )
    headers = {"X-It": {"required": required, **header}}
    reply = serve(with_headers(headers)).get()
    assert reply.status_code == 200
    if schema == TEXT:
        assert reply.headers["x-it"]
    (found,) = checked(tmp_path, headers)
    assert "no header can carry" in found and "example" in found


def test_of_listed_values_one_that_can_be_carried_is_sent(serve: Serve, tmp_path: Path) -> None:
    headers = {"X-It": {"required": True, "schema": {"enum": ["5 €", "five"]}}}
    assert serve(with_headers(headers)).get().headers["x-it"] == "five"
    (found,) = checked(tmp_path, headers)
    assert "enum/0" in found


def test_a_required_header_with_no_value_to_carry_is_a_clear_501(serve: Serve) -> None:
    headers = {"X-It": {"required": True, "schema": {"const": "5 €"}}}
    reply = serve(with_headers(headers)).get()
    assert reply.status_code == 501 and "the header X-It" in reply.json()["detail"]


def test_examples_that_can_be_carried_are_no_findings(tmp_path: Path) -> None:
    headers = {
        "X-It": {"schema": TEXT, "example": "Größe, 5"},
        "Set-Cookie": {"schema": TEXT, "example": COOKIE},
    }
    assert checked(tmp_path, headers) == []


def checked(folder: Path, headers: Mapping[str, Any]) -> list[str]:
    """Return what the full check finds in a document with those headers."""
    path = folder / "checked.json"
    path.write_text(document_text(with_headers(headers)))
    return findings(Settings(document=path))
