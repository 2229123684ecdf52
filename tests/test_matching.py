"""The conditions of a canned reply: on path, query, headers and a part of the body."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mock_server.matching import Matcher
from mock_server.messages import Request
from mock_server.replies import CannedReply, Conditions
from mock_server.validate import ABSENT, Arguments
from tests.running import Serve, json_of, thing


def differs(
    conditions: Conditions,
    path: dict[str, Any] | None = None,
    query: str = "",
    headers: dict[bytes, bytes] | None = None,
    body: Any = ABSENT,
    typed: dict[str, Any] | None = None,
) -> str:
    """What keeps a request from meeting conditions; empty where nothing does."""
    matcher = Matcher(CannedReply("one", conditions, 200, None, (), None, False))
    arguments = Arguments(path or {}, typed or {}, {}, {}, body)
    request = Request("GET", "/", query, headers or {}, b"")
    return matcher.path_difference(path or {}) or matcher.difference(request, arguments, {})


def test_no_conditions_always_hold() -> None:
    assert differs(Conditions()) == ""


@pytest.mark.parametrize(
    ("expected", "sent", "difference"),
    [
        ("a", "a", ""),
        ("a", "b", "path parameter id"),
        (5, 5, ""),
        ("5", 5, ""),
        (5, "5", ""),
        (True, "true", ""),
        (True, True, ""),
        (5, 50, "path parameter id"),
    ],
)
def test_a_path_parameter_is_compared_as_it_stands_on_the_wire(
    expected: object, sent: object, difference: str
) -> None:
    assert differs(Conditions(path={"id": expected}), path={"id": sent}) == difference


@pytest.mark.parametrize(
    ("expected", "query", "difference"),
    [
        ({"q": "a"}, "q=a", ""),
        ({"q": "a"}, "q=b", "query parameter q"),
        ({"q": "a"}, "", "query parameter q"),
        ({"q": "a b"}, "q=a%20b", ""),
        ({"q": "a b"}, "q=a+b", ""),
        ({"q": ""}, "q=", ""),
        ({"q": None}, "", ""),
        ({"q": None}, "q=a", "query parameter q"),
        ({"q": "a", "r": "b"}, "r=b&q=a&more=1", ""),
        ({"q": 5}, "q=5", ""),
        ({"q": True}, "q=true", ""),
    ],
)
def test_a_query_condition_needs_no_declared_parameter(
    expected: dict[str, Any], query: str, difference: str
) -> None:
    assert differs(Conditions(query=expected), query=query) == difference


@pytest.mark.parametrize(
    ("expected", "sent", "difference"),
    [
        ({"x-a": "1"}, {b"x-a": b"1"}, ""),
        ({"x-a": 1}, {b"x-a": b"1"}, ""),
        ({"x-a": "1"}, {b"x-a": b"2"}, "header x-a"),
        ({"x-a": "1"}, {}, "header x-a"),
        ({"x-a": None}, {}, ""),
        ({"x-a": None}, {b"x-a": b""}, "header x-a"),
    ],
)
def test_a_header_is_compared_as_text(
    expected: dict[str, Any], sent: dict[bytes, bytes], difference: str
) -> None:
    assert differs(Conditions(headers=expected), headers=sent) == difference


@pytest.mark.parametrize(
    ("expected", "body", "holds"),
    [
        ({}, {"a": 1}, True),
        ({"a": 1}, {"a": 1, "b": 2}, True),
        ({"a": 1}, {"b": 1}, False),
        ({"a": 1}, {"a": 1.0}, True),
        ({"a": 1.5}, {"a": 1.5}, True),
        ({"a": 1}, {"a": True}, False),
        ({"a": True}, {"a": 1}, False),
        ({"a": "1"}, {"a": 1}, False),
        ({"a": None}, {"a": None}, True),
        ({"a": None}, {}, False),
        ({"a": {"b": [2]}}, {"a": {"b": [1, 2, 3], "c": 4}}, True),
        ({"a": {"b": [2]}}, {"a": {"b": [1]}}, False),
        (["b", "a"], ["a", "b", "c"], True),
        (["a"], "a", False),
        ([], ["a"], True),
        ([{"id": 1}], [{"id": 2, "x": 0}, {"id": 1, "x": 0}], True),
        ([{"id": 1}], [{"id": 2}], False),
        ([["a"]], [["b", "a"]], True),
        ([None, 1], [1, None], True),
        ("a", "a", True),
        ({"a": 1}, [{"a": 1}], False),
        ({}, None, False),
        (None, None, True),
        (None, ABSENT, False),
        ({}, ABSENT, False),
    ],
)
def test_a_body_condition_names_a_part_of_the_body(
    expected: object, body: object, holds: bool
) -> None:
    conditions = Conditions(body=expected, has_body=True)
    assert differs(conditions, body=body) == ("" if holds else "body")


REPLIES = """
all: {status: 200, body: all, when: {path: {id: 7}, query: {q: a}, headers: {X-A: b},
      body: {name: Ada}}}
some: {status: 200, body: some, when: {path: {id: 7}, headers: {x-a: b}}}
none: {status: 200, body: none, when: {query: {q: null}}}
"""


@pytest.mark.parametrize(
    ("path", "headers", "body", "source"),
    [
        ("/thing/7?q=a", {"x-a": "b"}, {"name": "Ada", "age": 36}, "reply:all"),
        ("/thing/7?q=a", {"X-A": "b"}, {"name": "Bob"}, "reply:some"),
        ("/thing/7?q=z", {"X-A": "b"}, {"name": "Ada"}, "reply:some"),
        ("/thing/8", {"X-A": "b"}, {"name": "Ada"}, "reply:none"),
        ("/thing/8?q=a", {"X-A": "b"}, {"name": "Ada"}, "example:example"),
    ],
)
def test_the_first_reply_whose_conditions_all_hold_is_sent(
    serve: Serve, path: str, headers: dict[str, str], body: object, source: str
) -> None:
    answers = {"200": json_of({"type": "string"}, example="else")}
    item = thing(answers, "post", requestBody=json_of({"type": "object"}))["/thing"]
    number = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    paths = {"/thing/{id}": {**item, "parameters": [number]}}
    mock = serve(paths, fixtures={"replies/thing.yaml": REPLIES})
    headers = {**headers, "content-type": "application/json"}
    reply = mock.post(path, headers=headers, content=json.dumps(body))
    assert reply.headers["mock-source"] == source
