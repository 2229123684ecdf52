"""Examples with a list: their items, in the pages that are asked for, and an end."""

from __future__ import annotations

from itertools import chain
from typing import Any

import pytest

from tests.helpers.running import Serve, json_of, thing
from tests.helpers.walking import by_header, by_last_id, by_link, by_token, pages
from tests.paging.test_pages import MAYBE_TEXT, TEXT, THINGS, WHOLE, figures, parameters

A, B, C = {"id": "a"}, {"id": "b"}, {"id": "c"}


def exemplary(example: Any, properties: Any, query: Any, **response: Any) -> dict[str, Any]:
    """Return a document whose `/thing` has a list in `data`, with an example of the whole body."""
    schema = {"type": "object", "properties": {"data": THINGS, **properties}}
    return thing(
        {"200": {**json_of(schema, example=example), **response}}, parameters=parameters(**query)
    )


CURSORS = exemplary(
    {"data": [A, B], "next_cursor": "abc"},
    {"next_cursor": MAYBE_TEXT, "total": WHOLE},
    {"cursor": TEXT, "limit": WHOLE},
)


def test_the_first_page_of_an_example_has_its_items_and_leads_on_to_an_end(serve: Serve) -> None:
    mock = serve(CURSORS)
    replies = list(pages(mock, "/thing", by_token("next_cursor", "cursor")))
    assert [reply.json()["data"] for reply in replies] == [[A, B], []]
    assert replies[-1].json() == {"data": [], "next_cursor": None}
    assert {reply.headers["mock-source"] for reply in replies} == {"example:example"}


def test_the_cursor_that_an_example_has_leads_to_the_end(serve: Serve) -> None:
    found = serve(CURSORS).get(params={"cursor": "abc"})
    assert found.json() == {"data": [], "next_cursor": None}


def test_a_limit_cuts_the_items_of_an_example_to_pages(serve: Serve) -> None:
    replies = list(pages(serve(CURSORS), "/thing", by_token("next_cursor", "cursor"), limit=1))
    assert [reply.json()["data"] for reply in replies] == [[A], [B]]


def test_an_example_without_members_of_a_page_is_sent_as_written(serve: Serve) -> None:
    document = exemplary({"data": [A, B]}, {"total": WHOLE}, {"page": WHOLE, "limit": WHOLE})
    mock = serve(document)
    assert mock.get().json() == {"data": [A, B]}
    assert mock.get(params={"page": 2}).json() == {"data": []}
    assert mock.get(params={"page": 2, "limit": 1}).json() == {"data": [B]}


def test_the_figures_of_an_example_agree_with_its_items(serve: Serve) -> None:
    written = {"data": [A, B, C], "total": 402, "page": 4, "per_page": 2, "color": "red"}
    properties = {"total": WHOLE, "page": WHOLE, "per_page": WHOLE, "color": TEXT}
    document = exemplary(written, properties, {"page": WHOLE, "per_page": WHOLE})
    mock = serve(document)
    assert figures(mock.get()) == {**written, "data": 3, "total": 3, "page": 1, "per_page": 3}
    second = figures(mock.get(params={"page": 2, "per_page": 2}))
    assert second == {**written, "data": 1, "total": 3, "page": 2, "per_page": 2}


def test_the_links_of_an_example_lead_to_the_mock(serve: Serve) -> None:
    links = {
        "self": "https://api.example.com/thing",
        "next": "https://api.example.com/thing?page=2",
    }
    properties = {"links": {"type": "object", "properties": {"self": TEXT, "next": TEXT}}}
    mock = serve(exemplary({"data": [A, B], "links": links}, properties, {"page": WHOLE}))
    replies = list(pages(mock, "/thing", by_link("links.next")))
    assert [reply.json()["data"] for reply in replies] == [[A, B], []]
    first, last = (reply.json()["links"] for reply in replies)
    assert first == {"self": f"{mock.url}/thing", "next": f"{mock.url}/thing?page=2"}
    assert last == {"self": f"{mock.url}/thing?page=2"}


def test_an_example_ends_by_the_id_of_its_last_item(serve: Serve) -> None:
    properties = {"has_more": {"type": "boolean"}}
    document = exemplary(
        {"data": [A, B], "has_more": True}, properties, {"after": TEXT, "limit": WHOLE}
    )
    mock = serve(document)
    assert [r.json()["data"] for r in pages(mock, "/thing", by_last_id("after"))] == [[A, B], []]
    one_by_one = pages(mock, "/thing", by_last_id("after"), limit=1)
    assert list(chain(*(r.json()["data"] for r in one_by_one))) == [A, B]


def test_a_list_as_an_example_has_links_in_its_header(serve: Serve) -> None:
    response = {**json_of(THINGS, example=[A, B, C]), "headers": {"Link": {"schema": TEXT}}}
    query = parameters(page=WHOLE, per_page=WHOLE)
    mock = serve(thing({"200": response}, parameters=query))
    replies = list(pages(mock, "/thing", by_header, per_page=2))
    assert [reply.json() for reply in replies] == [[A, B], [C]]


def test_an_example_of_what_no_schema_describes_has_pages_too(serve: Serve) -> None:
    response = json_of({"type": "object"}, example={"data": [A, B], "next_cursor": "abc"})
    mock = serve(thing({"200": response}, parameters=parameters(cursor=TEXT, limit=WHOLE)))
    replies = list(pages(mock, "/thing", by_token("next_cursor", "cursor"), limit=1))
    assert [reply.json()["data"] for reply in replies] == [[A], [B]]


@pytest.mark.parametrize("bounds", [{"minItems": 1}, {"minItems": 2}], ids=str)
def test_an_example_whose_list_may_not_be_empty_ends_on_its_first_page(
    serve: Serve, bounds: Any
) -> None:
    document = exemplary(
        {"data": [A, B], "next_cursor": "abc"},
        {"data": {**THINGS, **bounds}, "next_cursor": MAYBE_TEXT},
        {"cursor": TEXT},
    )
    mock = serve(document)
    replies = list(pages(mock, "/thing", by_token("next_cursor", "cursor")))
    assert [reply.json()["data"] for reply in replies] == [[A, B]]
    assert mock.get(params={"cursor": "abc"}).json() == {"data": [A, B], "next_cursor": None}


def test_a_named_example_of_an_error_is_sent_as_written(serve: Serve) -> None:
    error = json_of({"type": "object"}, example={"data": [A, B], "next_cursor": "abc"})
    document = thing({"200": json_of(THINGS), "400": error}, parameters=parameters(cursor=TEXT))
    reply = serve(document).get(headers={"Prefer": "code=400"})
    assert reply.json() == {"data": [A, B], "next_cursor": "abc"}
