"""Each style in which services page their lists has three pages and an end."""

from __future__ import annotations

from itertools import chain
from typing import Any, NamedTuple

import pytest
import yaml

from tests.helpers.running import Serve
from tests.helpers.walking import (
    Step,
    at,
    by_header,
    by_last_id,
    by_link,
    by_number,
    by_token,
    pages,
)

THING = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "string"}, "name": {"type": "string"}},
}


class Style(NamedTuple):
    """One style: its parameters, its reply, the place of its list, and how a client goes on."""

    parameters: str
    reply: str
    items: str
    step: Step
    requests: int = 3
    headers: str = "{}"


STYLES = {
    "Stripe": Style(
        "{limit: {type: integer, minimum: 1, maximum: 100}, starting_after: {type: string},"
        " ending_before: {type: string}}",
        "{required: [object, data, has_more, url], properties: {object: {enum: [list]},"
        " data: $items, has_more: {type: boolean}, url: {type: string, pattern: ^/things}}}",
        "data",
        by_last_id("starting_after"),
    ),
    "GitHub": Style(
        "{page: {type: integer, default: 1}, per_page: {type: integer}}",
        "$items",
        "",
        by_header,
        headers="{Link: {schema: {type: string}}}",
    ),
    "GitHub's searches": Style(
        "{page: {type: integer, default: 1}, per_page: {type: integer}}",
        "{required: [total_count, incomplete_results, items], properties: {"
        " total_count: {type: integer}, incomplete_results: {type: boolean}, items: $items}}",
        "items",
        by_header,
        headers="{Link: {schema: {type: string}}}",
    ),
    "OpenAI": Style(
        "{limit: {type: integer}, after: {type: string}}",
        "{required: [object, data, has_more], properties: {object: {const: list}, data: $items,"
        " first_id: {type: string}, last_id: {type: string}, has_more: {type: boolean}}}",
        "data",
        by_last_id("after"),
    ),
    "Anthropic": Style(
        "{limit: {type: integer}, after_id: {type: string}, before_id: {type: string}}",
        "{required: [data, has_more, first_id, last_id], properties: {data: $items,"
        " has_more: {type: boolean}, first_id: {type: [string, 'null']},"
        " last_id: {type: [string, 'null']}}}",
        "data",
        lambda reply, query: (
            {**query, "after_id": reply.json()["last_id"]} if reply.json()["has_more"] else None
        ),
    ),
    "Asana by tokens": Style(
        "{limit: {type: integer}, offset: {type: string}}",
        "{properties: {data: $items, next_page: {type: [object, 'null'], properties: {"
        " offset: {type: string}, path: {type: string}, uri: {type: string, format: uri}}}}}",
        "data",
        by_token("next_page.offset", "offset"),
    ),
    "Asana by paths": Style(
        "{limit: {type: integer}, offset: {type: string}}",
        "{properties: {data: $items, next_page: {type: [object, 'null'], properties: {"
        " offset: {type: string}, path: {type: string}, uri: {type: string, format: uri}}}}}",
        "data",
        by_link("next_page.path"),
    ),
    "Twilio": Style(
        "{PageSize: {type: integer}, Page: {type: integer, minimum: 0}, PageToken: {type: string}}",
        "{properties: {services: $items, meta: {type: object, properties: {"
        " first_page_url: {type: string, format: uri}, key: {type: string}, page: {type: integer},"
        " next_page_url: {type: [string, 'null'], format: uri}, page_size: {type: integer},"
        " previous_page_url: {type: [string, 'null'], format: uri}}}}}",
        "services",
        by_link("meta.next_page_url"),
    ),
    "Twilio, 2010": Style(
        "{PageSize: {type: integer}, Page: {type: integer}, PageToken: {type: string}}",
        "{properties: {messages: $items, end: {type: integer}, uri: {type: string},"
        " next_page_uri: {type: [string, 'null']}, start: {type: integer},"
        " page_size: {type: integer}, page: {type: integer}}}",
        "messages",
        by_link("next_page_uri"),
    ),
    "Kubernetes": Style(
        "{limit: {type: integer}, continue: {type: string}}",
        "{required: [items], properties: {items: $items, metadata: {type: object, properties: {"
        " continue: {type: string}, remainingItemCount: {type: integer, format: int64},"
        " resourceVersion: {type: string}}}}}",
        "items",
        by_token("metadata.continue", "continue"),
    ),
    "DigitalOcean": Style(
        "{page: {type: integer, default: 1}, per_page: {type: integer}}",
        "{required: [meta], properties: {things: $items, links: {type: object, properties: {pages:"
        " {anyOf: [{type: object, properties: {next: {type: string}, last: {type: string}}},"
        " {type: object, properties: {first: {type: string}, prev: {type: string}}}]}}},"
        " meta: {type: object, required: [total], properties: {total: {type: integer}}}}}",
        "things",
        by_link("links.pages.next"),
    ),
    "Spotify": Style(
        "{limit: {type: integer}, offset: {type: integer}}",
        "{required: [href, items, limit, next, offset, previous, total], properties: {"
        " href: {type: string}, limit: {type: integer}, next: {type: [string, 'null']},"
        " offset: {type: integer}, previous: {type: [string, 'null']}, total: {type: integer},"
        " items: $items}}",
        "items",
        by_link("next"),
    ),
    "Google": Style(
        "{pageSize: {type: integer}, pageToken: {type: string}}",
        "{properties: {things: $items, nextPageToken: {type: string}}}",
        "things",
        by_token("nextPageToken", "pageToken"),
    ),
    "Google by maxResults": Style(
        "{maxResults: {type: integer}, pageToken: {type: string}}",
        "{required: [kind], properties: {kind: {type: string}, items: $items,"
        " nextPageToken: {type: string}}}",
        "items",
        by_token("nextPageToken", "pageToken"),
    ),
    "JSON:API by numbers": Style(
        "{'page[number]': {type: integer}, 'page[size]': {type: integer}}",
        "{required: [data], properties: {data: $items, links: {type: object, properties: {"
        " self: {type: string}, first: {type: string}, last: {type: string},"
        " prev: {type: [string, 'null']}, next: {type: [string, 'null']}}},"
        " meta: {type: object, properties: {total: {type: integer}}}}}",
        "data",
        by_link("links.next"),
    ),
    "JSON:API by cursors": Style(
        "{'page[cursor]': {type: string}, 'page[size]': {type: integer}}",
        "{required: [data], properties: {data: $items, links: {type: object, properties: {"
        " next: {type: [object, 'null'], properties: {href: {type: string}}}}}}}",
        "data",
        by_link("links.next.href"),
    ),
    "HAL": Style(
        "{page: {type: integer, minimum: 0}, size: {type: integer}}",
        "{properties: {_embedded: {type: object, properties: {things: $items}}, _links: {type:"
        " object, properties: {self: $link, next: $link, prev: $link, first: $link, last: $link}},"
        " page: {type: object, properties: {size: {type: integer}, totalElements: {type: integer},"
        " totalPages: {type: integer}, number: {type: integer}}}}}",
        "_embedded.things",
        by_link("_links.next.href"),
    ),
    "Laravel": Style(
        "{page: {type: integer, default: 1}, per_page: {type: integer}}",
        "{required: [data, links, meta], properties: {data: $items, links: {type: object,"
        " properties: {first: {type: [string, 'null']}, last: {type: [string, 'null']},"
        " prev: {type: [string, 'null']}, next: {type: [string, 'null']}}}, meta: {type: object,"
        " properties: {current_page: {type: integer}, from: {type: [integer, 'null']},"
        " last_page: {type: integer}, path: {type: string}, per_page: {type: integer},"
        " to: {type: [integer, 'null']}, total: {type: integer}, links: {type: array, items:"
        " {type: object, required: [url, label, active], properties: {url: {type: [string,"
        " 'null']}, label: {type: string}, active: {type: boolean}}}}}}}}",
        "data",
        by_link("links.next"),
    ),
    "Slack": Style(
        "{cursor: {type: string}, limit: {type: integer}}",
        "{required: [ok, members], properties: {ok: {const: true}, members: $items,"
        " response_metadata: {type: object, required: [next_cursor], properties: {"
        " next_cursor: {type: string}}}}}",
        "members",
        by_token("response_metadata.next_cursor", "cursor"),
    ),
    "GraphQL's pageInfo": Style(
        "{first: {type: integer}, after: {type: string}}",
        "{properties: {nodes: $items, pageInfo: {type: object, required: [hasNextPage],"
        " properties: {endCursor: {type: [string, 'null']}, startCursor: {type: [string, 'null']},"
        " hasNextPage: {type: boolean}, hasPreviousPage: {type: boolean}}}}}",
        "nodes",
        lambda reply, query: (
            {**query, "after": reply.json()["pageInfo"]["endCursor"]}
            if reply.json()["pageInfo"]["hasNextPage"]
            else None
        ),
    ),
    "Box": Style(
        "{limit: {type: integer}, marker: {type: string}, usemarker: {type: boolean}}",
        "{properties: {limit: {type: integer}, next_marker: {type: [string, 'null']},"
        " entries: $items}}",
        "entries",
        by_token("next_marker", "marker"),
    ),
    "Notion": Style(
        "{start_cursor: {type: string}, page_size: {type: integer}}",
        "{required: [results, has_more, next_cursor], properties: {results: $items,"
        " next_cursor: {type: [string, 'null'], format: uuid}, has_more: {type: boolean}}}",
        "results",
        by_token("next_cursor", "start_cursor"),
    ),
    "Zendesk": Style(
        "{page: {type: integer}, per_page: {type: integer}}",
        "{properties: {things: $items, count: {type: integer}, next_page: {type: [string, 'null'],"
        " format: uri}, previous_page: {type: [string, 'null'], format: uri}}}",
        "things",
        by_link("next_page"),
    ),
    "Django REST framework": Style(
        "{limit: {type: integer}, offset: {type: integer}}",
        "{required: [count, results], properties: {count: {type: integer}, next: {type: [string,"
        " 'null'], format: uri}, previous: {type: [string, 'null'], format: uri},"
        " results: $items}}",
        "results",
        by_link("next"),
    ),
    "AWS": Style(
        "{MaxResults: {type: integer}, NextToken: {type: string}}",
        "{properties: {Things: $items, NextToken: {type: string}}}",
        "Things",
        by_token("NextToken", "NextToken"),
    ),
    "OData": Style(
        "{$top: {type: integer}, $skip: {type: integer}}",
        "{properties: {'@odata.count': {type: integer}, '@odata.nextLink': {type: string},"
        " value: $items}}",
        "value",
        lambda reply, query: reply.json().get("@odata.nextLink"),
    ),
    "Cloudflare": Style(
        "{page: {type: integer}, per_page: {type: integer}}",
        "{required: [result], properties: {result: $items, success: {const: true}, result_info:"
        " {type: object, properties: {count: {type: integer}, page: {type: integer},"
        " per_page: {type: integer}, total_count: {type: integer},"
        " total_pages: {type: integer}}}}}",
        "result",
        by_number("page", 1, "result"),
        requests=4,
    ),
    "a bare list": Style(
        "{page: {type: integer}, limit: {type: integer}}",
        "$items",
        "",
        by_number("page", 1),
        requests=4,
    ),
    "numbers in the body": Style(
        "{page: {type: integer}}",
        "{properties: {items: $items, next_page: {type: [integer, 'null']}}}",
        "items",
        by_token("next_page", "page"),
    ),
    "links without a parameter": Style(
        "{}",
        "{properties: {messages: $items, next_page_uri: {type: [string, 'null'], format: uri}}}",
        "messages",
        by_link("next_page_uri"),
    ),
    "FHIR's list of links": Style(
        "{_count: {type: integer}, page: {type: integer}}",
        "{properties: {entry: $items, link: {type: array, items: {type: object, required:"
        " [relation, url], properties: {relation: {type: string}, url: {type: string}}}}}}",
        "entry",
        lambda reply, query: next(
            (link["url"] for link in reply.json()["link"] if link["relation"] == "next"), None
        ),
    ),
}


def document(style: Style) -> dict[str, Any]:
    def read(text: str) -> Any:
        written = text.replace(
            "$items", "{type: array, items: {$ref: '#/components/schemas/Thing'}}"
        )
        return yaml.safe_load(
            written.replace("$link", "{type: object, properties: {href: {type: string}}}")
        )

    parameters = [
        {"name": name, "in": "query", "schema": schema}
        for name, schema in read(style.parameters).items()
    ]
    schema = (
        {"type": "object", **read(style.reply)} if style.reply != "$items" else read(style.reply)
    )
    reply = {
        "description": "Things",
        "headers": read(style.headers),
        "content": {"application/json": {"schema": schema}},
    }
    thing = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    one = {"description": "A thing", "content": {"application/json": {"schema": THING_REF}}}
    return {
        "/things": {"get": {"parameters": parameters, "responses": {"200": reply}}},
        "/things/{id}": {"get": {"parameters": [thing], "responses": {"200": one}}},
        "components": {"schemas": {"Thing": THING}},
    }


THING_REF = {"$ref": "#/components/schemas/Thing"}


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_a_client_comes_to_the_end_of_a_list_after_three_pages(serve: Serve, style: Style) -> None:
    mock = serve(document(style))
    replies = list(pages(mock, "/things", style.step))
    lists = [at(r.json(), style.items) if style.items else r.json() for r in replies]
    ids = [item["id"] for item in chain(*lists)]
    assert len(replies) == style.requests
    assert [len(items) for items in lists][:3] == [3, 3, 2]
    assert len(set(ids)) == len(ids)
    assert mock.get(f"/things/{ids[4]}").json() == list(chain(*lists))[4]


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_the_members_of_a_page_keep_the_order_of_the_schema(serve: Serve, style: Style) -> None:
    if style.reply == "$items":
        return
    mock = serve(document(style))
    declared = list(
        yaml.safe_load(style.reply.replace("$items", "{}").replace("$link", "{}"))["properties"]
    )
    for reply in pages(mock, "/things", style.step):
        assert [name for name in declared if name in reply.json()] == list(reply.json())
