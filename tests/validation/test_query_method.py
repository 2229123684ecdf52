"""QUERY (RFC 10008): a body with its type, and which types are taken."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.helpers.running import Mock, Serve, json_of

WORDS = {"type": "object", "required": ["q"], "properties": {"q": {"type": "string"}}}
FOUND = {"type": "array", "items": {"type": "string"}}
TYPES = {"content": {"application/json": {"schema": WORDS},
                     "application/sql": {"schema": {"type": "string"}}}}  # fmt: skip


def serving(serve: Serve, *codes: str, version: str = "3.2.0") -> Mock:
    answers = {"200": {"description": "ok", **json_of(FOUND)},
               **{code: {"description": code} for code in codes}}  # fmt: skip
    query = {
        "operationId": "find",
        "requestBody": {"required": True, **TYPES},
        "responses": answers,
    }
    get = {"operationId": "all", "responses": {"200": {"description": "ok", **json_of(FOUND)}}}
    paths: dict[str, Any] = {"openapi": version, "/words": {"get": get, "query": query}}
    return serve(paths)


def query(mock: Mock, content: str, **headers: str) -> httpx.Response:
    sent = {name.replace("_", "-"): text for name, text in headers.items()}
    return mock.client.request("QUERY", "/words", content=content, headers=sent)


def test_a_body_of_a_declared_type_is_answered(serve: Serve) -> None:
    mock = serving(serve)
    assert query(mock, '{"q": "a"}', content_type="application/json").status_code == 200
    assert query(mock, "select 1", content_type="application/sql").status_code == 200


def test_a_body_without_a_type_is_refused_with_what_is_expected(serve: Serve) -> None:
    reply = query(serving(serve), '{"q": "a"}')
    assert reply.status_code == 400
    assert "the content type is missing; expected application/json or application/sql" in reply.text


@pytest.mark.parametrize("code", ["415", "422"])
def test_the_refusal_is_the_declared_one(serve: Serve, code: str) -> None:
    assert query(serving(serve, code), '{"q": "a"}').status_code == int(code)


def test_another_type_is_415_and_names_the_taken_ones(serve: Serve) -> None:
    reply = query(serving(serve), "a,b", content_type="text/csv")
    assert reply.status_code == 415
    assert reply.headers["accept-query"] == "application/json, application/sql"


def test_a_body_that_breaks_its_schema_is_refused(serve: Serve) -> None:
    assert query(serving(serve), '{"q": 1}', content_type="application/json").status_code == 422


def test_get_and_options_on_the_path_name_the_taken_types(serve: Serve) -> None:
    mock = serving(serve)
    assert mock.get("/words").headers["accept-query"] == "application/json, application/sql"
    options = mock.client.options("/words")
    assert options.headers["accept-query"] == "application/json, application/sql"
    assert "QUERY" in options.headers["allow"]


def test_the_same_query_has_the_same_reply_and_another_may_differ(serve: Serve) -> None:
    mock = serving(serve)
    replies = [query(mock, f'{{"q": "{q}"}}', content_type="application/json") for q in "aab"]
    assert replies[0].content == replies[1].content != replies[2].content


def test_a_query_has_conditions_if_it_speaks_of_versions(serve: Serve) -> None:
    mock = serving(serve, "304")
    first = query(mock, '{"q": "a"}', content_type="application/json")
    tag = first.headers["etag"]
    same = query(mock, '{"q": "a"}', content_type="application/json", if_none_match=tag)
    assert same.status_code == 304
