"""The figures of a page, and how a request influences it."""

from __future__ import annotations

from itertools import chain
from typing import Any

import httpx
import pytest

from tests.helpers.running import Mock, Serve, json_of, thing
from tests.helpers.walking import MOST_PAGES, at, by_last_id, by_link, by_token, pages

THINGS = {
    "type": "array",
    "items": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}},
}
TEXT, WHOLE, FLAG = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}
MAYBE_TEXT = {"type": ["string", "null"]}


def parameters(**schemas: Any) -> list[dict[str, Any]]:
    return [{"name": name, "in": "query", "schema": schema} for name, schema in schemas.items()]


def listing(properties: Any, query: Any, required: Any = (), headers: Any = None) -> dict[str, Any]:
    """Return a document whose `/thing` has a list in `data`, and other members."""
    schema = {
        "type": "object",
        "required": ["data", *required],
        "properties": {"data": THINGS, **properties},
    }
    response = {**json_of(schema), "headers": headers or {}}
    return thing({"200": response}, parameters=parameters(**query))


NUMBERED = listing(
    {
        "total": WHOLE,
        "total_pages": WHOLE,
        "count": WHOLE,
        "page": WHOLE,
        "per_page": WHOLE,
        "has_more": FLAG,
        "from": {"type": ["integer", "null"]},
        "to": {"type": ["integer", "null"]},
    },
    {"page": {**WHOLE, "default": 1}, "per_page": {**WHOLE, "default": 20}, "color": TEXT},
    headers={"X-Total-Count": {"schema": WHOLE}, "X-Page": {"schema": WHOLE}},
)
TOKENS = listing(
    {"next_cursor": MAYBE_TEXT, "limit": WHOLE}, {"cursor": TEXT, "limit": WHOLE, "color": TEXT}
)


def figures(reply: httpx.Response) -> dict[str, Any]:
    """Return the figures of a page, and how many items it has."""
    body = reply.json()
    return {**body, "data": len(body["data"])}


# Figures


def test_the_defaults_of_the_parameters_are_those_of_the_page(serve: Serve) -> None:
    reply = serve(NUMBERED).get()
    assert figures(reply) == {
        **{"data": 20, "total": 50, "total_pages": 3, "count": 20, "page": 1, "per_page": 20},
        **{"has_more": True, "from": 1, "to": 20},
    }
    assert (reply.headers["x-total-count"], reply.headers["x-page"]) == ("50", "1")


def test_all_figures_agree_with_the_page_that_was_asked_for(serve: Serve) -> None:
    mock = serve(NUMBERED)
    second = mock.get(params={"page": 2, "per_page": 5})
    last = mock.get(params={"page": 3, "per_page": 5})
    assert figures(second) == {
        **{"data": 5, "total": 13, "total_pages": 3, "count": 5, "page": 2, "per_page": 5},
        **{"has_more": True, "from": 6, "to": 10},
    }
    assert figures(last)["data"] == figures(last)["count"] == 3
    assert not figures(last)["has_more"]


def test_a_page_past_the_end_is_empty(serve: Serve) -> None:
    beyond = figures(serve(NUMBERED).get(params={"page": 9999}))
    assert (beyond["data"], beyond["total"], beyond["has_more"]) == (0, 50, False)
    assert (beyond["from"], beyond["to"]) == (None, None)


def test_the_same_item_has_the_same_place_whatever_the_size_of_the_pages(serve: Serve) -> None:
    mock = serve(NUMBERED)
    whole = mock.get(params={"per_page": 6}).json()["data"]
    parts = [mock.get(params={"page": n, "per_page": 2}).json()["data"] for n in (1, 2, 3)]
    assert list(chain(*parts)) == whole[:5]


def test_other_parameters_lead_to_another_list(serve: Serve) -> None:
    mock = serve(TOKENS)
    assert mock.get(params={"color": "red"}).json() != mock.get(params={"color": "blue"}).json()


# Sizes


def test_a_limit_that_is_sent_beats_prefer_which_beats_the_setting(serve: Serve) -> None:
    mock = serve(TOKENS, items=4)
    prefer = {"Prefer": "items=5"}
    assert figures(mock.get(params={"limit": 2}, headers=prefer))["data"] == 2
    assert figures(mock.get(headers=prefer))["data"] == 5
    assert figures(mock.get())["data"] == figures(mock.get())["limit"] == 4


def test_a_token_keeps_the_size_of_its_list(serve: Serve) -> None:
    mock = serve(TOKENS)
    first = mock.get(params={"limit": 5}).json()
    second = mock.get(params={"cursor": first["next_cursor"]}).json()
    assert (len(second["data"]), second["limit"]) == (5, 5)


def test_a_limit_above_a_thousand_is_cut_and_the_page_says_so(serve: Serve) -> None:
    reply = serve(TOKENS).get(params={"limit": 5_000})
    assert (figures(reply)["data"], figures(reply)["limit"]) == (1_000, 1_000)


def test_without_a_size_there_is_nothing_behind_a_page(serve: Serve) -> None:
    found = serve(TOKENS).get(params={"limit": 0}).json()
    assert (found["data"], found["next_cursor"]) == ([], None)


@pytest.mark.parametrize(
    ("keywords", "limit", "sizes"),
    [
        ({"maxItems": 4}, 50, [4, 4, 2]),
        ({"minItems": 2}, 1, [2, 2, 2]),
        ({"minItems": 3}, 3, [3, 3, 3]),
        ({"maxItems": 0}, 5, [0]),
    ],
    ids=str,
)
def test_the_bounds_of_the_list_are_kept_to(
    serve: Serve, keywords: Any, limit: int, sizes: list[int]
) -> None:
    document = listing(
        {"data": {**THINGS, **keywords}, "next_cursor": MAYBE_TEXT},
        {"cursor": TEXT, "limit": WHOLE},
    )
    found = pages(serve(document), "/thing", by_token("next_cursor", "cursor"), limit=limit)
    assert [len(reply.json()["data"]) for reply in found] == sizes


def test_a_list_of_few_different_items_ends_where_they_do(serve: Serve) -> None:
    colors = {"type": "array", "items": {"enum": ["red", "green", "blue", "pink"]}}
    document = listing({"data": colors, "total": WHOLE}, {"page": WHOLE, "limit": WHOLE})
    mock = serve(document)
    found = [mock.get(params={"page": n, "limit": 3}).json() for n in (1, 2, 3)]
    assert [len(page["data"]) for page in found] == [3, 1, 0]
    assert sorted(chain(*(page["data"] for page in found))) == ["blue", "green", "pink", "red"]
    assert {page["total"] for page in found} == {4}


def test_a_list_that_has_a_limit_and_nothing_more_has_one_page(serve: Serve) -> None:
    document = listing({"total": WHOLE, "has_more": FLAG}, {"limit": WHOLE})
    assert figures(serve(document).get(params={"limit": 7})) == {
        "data": 7,
        "total": 7,
        "has_more": False,
    }


# Tokens


def test_an_unknown_token_leads_to_the_end(serve: Serve) -> None:
    found = serve(TOKENS).get(params={"cursor": "abc"}).json()
    assert found["next_cursor"] is None
    assert len(found["data"]) == 2


def test_the_example_of_a_token_leads_to_the_end_too(serve: Serve) -> None:
    offset = {"type": "string", "example": "abc"}
    following = {"type": ["object", "null"], "properties": {"offset": offset}}
    mock = serve(listing({"next_page": following}, {"offset": TEXT}))
    step = by_token("next_page.offset", "offset")
    assert len(list(pages(mock, "/thing", step))) == 3
    assert mock.get(params={"offset": "abc"}).json()["next_page"] is None


def test_all_ways_to_the_next_page_lead_to_the_same_one(serve: Serve) -> None:
    uri = {"type": "string", "format": "uri", "example": "https://api.example.org/thing?cursor=abc"}
    following = {"type": ["object", "null"], "properties": {"offset": TEXT, "uri": uri}}
    properties = {"has_more": FLAG, "next_page": following, "next_cursor": MAYBE_TEXT}
    mock = serve(listing(properties, {"cursor": TEXT, "page": WHOLE}, ["has_more"]))
    first = mock.get().json()
    ways = [
        mock.get(params={"cursor": first["next_cursor"]}),
        mock.get(params={"cursor": first["next_page"]["offset"]}),
        mock.get(first["next_page"]["uri"]),
        mock.get(params={"page": 2}),
    ]
    assert all(way.json() == ways[0].json() for way in ways)
    last = mock.get(params={"page": 3}).json()
    assert (last["has_more"], last["next_page"], last["next_cursor"]) == (False, None, None)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "format": "uuid"},
        {"type": "string", "pattern": "^[0-9a-f]{24}$"},
        {"type": "string", "pattern": "^[0-9]+$"},
        {"type": "string", "maxLength": 8},
        {"type": "string", "minLength": 40, "maxLength": 40},
        {"type": "string", "format": "date-time"},
        {"type": "string", "pattern": "^cur_[A-Z]{6}$"},
        {"type": "integer"},
        {"type": "integer", "maximum": 9_000},
    ],
    ids=str,
)
def test_tokens_keep_to_their_schema(serve: Serve, schema: Any) -> None:
    nullable = {"anyOf": [schema, {"type": "null"}]}
    document = listing({"next_cursor": nullable}, {"cursor": schema, "limit": WHOLE})
    found = list(pages(serve(document), "/thing", by_token("next_cursor", "cursor"), limit=3))
    ids = [item["id"] for reply in found for item in reply.json()["data"]]
    assert (len(found), len(ids), len(set(ids))) == (3, 8, 8)


@pytest.mark.parametrize("schema", [TEXT, WHOLE, {**TEXT, "format": "uuid"}], ids=str)
def test_a_client_goes_on_by_the_id_of_the_last_item(serve: Serve, schema: Any) -> None:
    item = {"type": "object", "required": ["id"], "properties": {"id": schema}}
    things = {"type": "array", "items": item}
    properties = {"data": things, "has_more": FLAG, "next": {**MAYBE_TEXT, "format": "uri"}}
    document = listing(properties, {"after_id": schema, "limit": WHOLE}, ["has_more"])
    mock = serve(document)
    by_id = list(pages(mock, "/thing", by_last_id("after_id"), limit=4))
    linked = list(pages(mock, "/thing", by_link("next"), limit=4))
    ids = [item["id"] for reply in by_id for item in reply.json()["data"]]
    assert [reply.json() for reply in linked] == [reply.json() for reply in by_id]
    assert (len(by_id), len(ids), len(set(ids))) == (3, 10, 10)


@pytest.mark.parametrize(
    ("schema", "required", "last"),
    [
        ({"type": ["string", "null"]}, True, {"next_cursor": None}),
        ({"type": ["string", "null"]}, False, {"next_cursor": None}),
        ({"type": "string"}, False, {}),
        ({"type": "string"}, True, {"next_cursor": ""}),
    ],
    ids=str,
)
def test_the_last_page_says_so_as_the_schema_allows(
    serve: Serve, schema: Any, required: bool, last: Any
) -> None:
    names = ["next_cursor"] if required else []
    document = listing({"next_cursor": schema}, {"cursor": TEXT}, names)
    *_, reply = pages(serve(document), "/thing", by_token("next_cursor", "cursor"))
    assert {n: v for n, v in reply.json().items() if n != "data"} == last


def test_without_a_way_to_say_the_end_the_pages_behind_it_are_empty(serve: Serve) -> None:
    document = listing(
        {"next_cursor": {"type": "string", "minLength": 1}}, {"cursor": TEXT}, ["next_cursor"]
    )
    mock = serve(document)
    token, sizes = None, list[int]()
    for _ in range(5):
        reply = mock.get(params={"cursor": token} if token else {})
        assert mock.faults(reply) == []
        assert reply.json()["next_cursor"] != token
        token, sizes = reply.json()["next_cursor"], [*sizes, len(reply.json()["data"])]
    assert sizes == [3, 3, 2, 0, 0]


def test_a_search_goes_on_by_a_token_in_its_body(serve: Serve) -> None:
    schema = {
        "type": "object",
        "required": ["data"],
        "properties": {"data": THINGS, "next_page_token": TEXT},
    }
    asked = {"type": "object", "properties": {"page_token": TEXT, "q": TEXT, "limit": WHOLE}}
    mock = serve(thing({"200": json_of(schema)}, "post", requestBody=json_of(asked)))
    body: dict[str, Any] = {"q": "cat", "limit": 2}
    ids, sizes = [], []
    for _ in range(MOST_PAGES):
        found = mock.post(json=body).json()
        ids += [item["id"] for item in found["data"]]
        sizes.append(len(found["data"]))
        if "next_page_token" not in found:
            break
        body["page_token"] = found["next_page_token"]
    assert (sizes, len(set(ids))) == ([2, 2, 1], 5)


def test_resources_without_an_id_have_names_of_their_own(serve: Serve) -> None:
    name = {"type": "string", "maxLength": 63}
    named = {"type": "object", "required": ["name"], "properties": {"name": name}}
    pod = {"type": "object", "required": ["metadata"], "properties": {"metadata": named}}
    metadata = {"type": "object", "properties": {"continue": TEXT}}
    properties = {"data": {"type": "array", "items": pod}, "metadata": metadata}
    mock = serve(listing(properties, {"limit": WHOLE, "continue": TEXT}))
    step = by_token("metadata.continue", "continue")
    found = [r.json()["data"] for r in pages(mock, "/thing", step, limit=40)]
    names = [item["metadata"]["name"] for item in chain(*found)]
    assert len(set(names)) == len(names) == 100


# Links

LINKED = listing({"next": MAYBE_TEXT}, {"page": WHOLE, "tags": TEXT})


def test_links_lead_to_the_address_that_the_client_used(serve: Serve) -> None:
    mock = serve({**LINKED, "servers": [{"url": "https://api.example.com/v1"}]})
    host = {"Host": "api.test:81"}
    for path in ("/v1/thing", "/thing", "/_session/one/thing"):
        reply = mock.get(f"{path}?tags=a%2Cb&page=1&color=c", headers=host)
        assert reply.json()["next"] == f"http://api.test:81{path}?tags=a%2Cb&color=c&page=2"


def test_links_lead_on_within_a_session(serve: Serve) -> None:
    mock = serve(LINKED)
    lists, link = [], f"{mock.url}/_session/one/thing?tags=x"
    for _ in range(3):
        found = httpx.get(link).json()
        lists.append(found["data"])
        link = found["next"]
    assert link is None
    outside = pages(mock, "/thing", by_link("next"), tags="x")
    assert lists == [reply.json()["data"] for reply in outside]
    assert [e.operation for e in mock.exchanges_of("one")] == ["thing"] * 3


@pytest.mark.parametrize(
    ("schema", "start"),
    [
        ({"type": ["string", "null"], "format": "uri"}, "http://"),
        ({"type": ["string", "null"], "example": "/thing?page=2"}, "/thing?page=2"),
        ({"type": ["string", "null"], "example": "?page=2"}, "?page=2"),
        ({"type": ["string", "null"], "pattern": "^/"}, "/thing?page=2"),
        ({"type": ["string", "null"]}, "http://"),
    ],
    ids=str,
)
def test_a_link_has_the_form_that_its_schema_or_example_has(
    serve: Serve, schema: Any, start: str
) -> None:
    mock = serve(listing({"next": schema}, {"page": WHOLE}))
    assert mock.get().json()["next"].startswith(start)
    assert len(list(pages(mock, "/thing", by_link("next")))) == 3


def test_a_size_that_was_preferred_stands_in_the_links(serve: Serve) -> None:
    mock = serve(listing({"next": MAYBE_TEXT}, {"page": WHOLE, "per_page": WHOLE}))
    found = mock.get(headers={"Prefer": "items=7"}).json()
    assert len(mock.get(found["next"]).json()["data"]) == 7


def test_where_undeclared_parameters_are_refused_links_need_a_declared_one(serve: Serve) -> None:
    document = listing({"next": MAYBE_TEXT}, {})
    assert len(list(pages(serve(document), "/thing", by_link("next")))) == 3
    strict = serve(document, strict_parameters=True)
    assert len(list(pages(strict, "/thing", by_link("next")))) == 1


# What isn't touched


def test_what_was_asked_for_at_its_limits_stays_as_it_is(serve: Serve) -> None:
    mock = serve(NUMBERED)
    assert figures(mock.get(headers={"Prefer": "dynamic=minimal"})) == {"data": 0}
    with_mode = mock.get(headers={"Prefer": "dynamic=maximal"})
    assert figures(with_mode)["total"] == 50


def test_a_stub_is_sent_as_written(serve: Serve) -> None:
    mock = serve(TOKENS)
    body = {"data": [{"id": "1"}], "next_cursor": "again"}
    mock.post("/_mock/stubs", json={"operation": "thing", "status": 200, "body": body})
    assert mock.get(params={"cursor": "again"}).json() == body


@pytest.mark.parametrize(
    "document",
    [
        listing({"name": TEXT}, {"color": TEXT}),
        thing({"200": json_of({"type": "object", "properties": {"page": WHOLE}})},
              parameters=parameters(page=WHOLE)),
        thing({"200": json_of(THINGS)}, parameters=parameters(after={**TEXT, "format": "date"})),
        thing({"201": json_of({"type": "object", "properties": {"tags": THINGS, "page": WHOLE}})},
              "post", requestBody=json_of({"type": "object", "properties": {"page": WHOLE}})),
    ],
    ids=["no paging", "no list", "a date", "no search"],
)  # fmt: skip
def test_an_operation_without_pages_has_none(serve: Serve, document: Any) -> None:
    mock = serve(document)
    method = next(iter(document["/thing"]))
    reply = mock.client.request(method, "/thing", json={}, headers={"Prefer": "explain"})
    assert "page" not in reply.headers["mock-explanation"]


def test_the_explanation_says_which_page_it_is_and_of_what_style(serve: Serve) -> None:
    mock = serve(NUMBERED)
    reply = mock.get(params={"page": 2}, headers={"Prefer": "explain"})
    assert "page 2 of 3, page number in page" in reply.headers["mock-explanation"]
    tokens = serve(TOKENS).get(headers={"Prefer": "explain"})
    assert "page 1 of 3, cursor in cursor" in tokens.headers["mock-explanation"]


# Backwards


def test_a_client_goes_back_by_the_token_of_the_page_before(serve: Serve) -> None:
    document = listing({"next_cursor": MAYBE_TEXT, "previous_cursor": MAYBE_TEXT}, {"cursor": TEXT})
    mock = serve(document)
    there = list(pages(mock, "/thing", by_token("next_cursor", "cursor")))
    back = mock.get(params={"cursor": there[-1].json()["previous_cursor"]})
    assert back.json() == there[1].json()
    assert at(there[0].json(), "previous_cursor") is None


def test_a_client_goes_back_by_the_cursor_of_the_first_item(serve: Serve) -> None:
    info = {"endCursor": MAYBE_TEXT, "startCursor": MAYBE_TEXT, "hasNextPage": FLAG}
    info["hasPreviousPage"] = FLAG
    node = {"type": "object", "required": ["id"], "properties": {"id": TEXT}}
    edge = {"type": "object", "required": ["cursor"], "properties": {"cursor": TEXT, "node": node}}
    schema = {
        "type": "object",
        "properties": {
            "edges": {"type": "array", "items": edge},
            "pageInfo": {"type": "object", "properties": info},
        },
    }
    query = parameters(first=WHOLE, after=TEXT, last=WHOLE, before=TEXT)
    mock = serve(thing({"200": json_of(schema)}, parameters=query))
    there = list(pages(mock, "/thing", by_token("pageInfo.endCursor", "after"), first=2))
    third = there[2].json()
    back = mock.get(params={"before": third["pageInfo"]["startCursor"], "first": 2}).json()
    assert back["edges"] == there[1].json()["edges"]
    behind = mock.get(params={"after": back["edges"][0]["cursor"], "first": 1}).json()
    assert behind["edges"][0]["node"] == back["edges"][1]["node"]


@pytest.mark.parametrize("schema", [TEXT, {"type": "number"}], ids=str)
def test_a_page_number_of_another_type_is_counted_all_the_same(serve: Serve, schema: Any) -> None:
    mock = serve(thing({"200": json_of(THINGS)}, parameters=parameters(page=schema, limit=schema)))
    found = [mock.get(params={"page": n, "limit": 4}).json() for n in (1, 2, 3, 4)]
    assert [len(page) for page in found][:3] == [4, 4, 2]
    assert len({item["id"] for page in found[:3] for item in page}) == 10


def test_pages_are_asked_for_in_an_object(serve: Serve) -> None:
    page = {"type": "object", "properties": {"number": WHOLE, "size": WHOLE}}
    parameter = {"name": "page", "in": "query", "style": "deepObject", "schema": page}
    document = listing({"next": {**MAYBE_TEXT, "format": "uri"}}, {})
    document["/thing"]["get"]["parameters"] = [parameter]
    replies = list(pages(serve(document), "/thing?page[size]=2", by_link("next")))
    assert [len(reply.json()["data"]) for reply in replies] == [2, 2, 1]


def test_a_head_has_the_headers_of_the_page(serve: Serve) -> None:
    document = thing(
        {"200": {**json_of(THINGS), "headers": {"Link": {"schema": TEXT}}}},
        parameters=parameters(page=WHOLE),
    )
    mock = serve(document)
    assert mock.client.head("/thing").headers["link"] == mock.get().headers["link"]


def test_the_last_page_has_a_link_header_without_a_next_one(serve: Serve) -> None:
    document = thing(
        {"200": {**json_of(THINGS), "headers": {"Link": {"schema": TEXT}}}},
        parameters=parameters(page=WHOLE),
    )
    mock: Mock = serve(document)
    assert set(mock.get().links) == {"first", "next", "last"}
    assert set(mock.get(params={"page": 3}).links) == {"first", "prev", "last"}
