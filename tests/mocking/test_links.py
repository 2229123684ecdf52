"""URLs of the document's servers lead back to the mock, by the address that the client used."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from mock_server.http_messages import Request, client_base
from tests.helpers.proxied import Pass
from tests.helpers.running import Mock, Serve, json_of, thing
from tests.helpers.service import json_reply

API = "https://api.example.org"
URI = {"type": "string", "format": "uri"}
TEXT = {"type": "string"}


def linked(serve: Serve, example: Any, schema: Any = True, **more: Any) -> Mock:
    """Return a server whose reply is an example, behind the servers of a document."""
    settings = more.pop("settings", {})
    servers = more.pop("servers", [{"url": API}])
    headers = more.pop("headers", {})
    responses = {"200": {**json_of(schema, example=example), "headers": headers}}
    return serve({"servers": servers, **thing(responses), **more}, **settings)


@pytest.mark.parametrize(
    ("text", "back"),
    [
        (API, "{}"),
        (f"{API}/", "{}/"),
        (f"{API}/things?page=2#x", "{}/things?page=2#x"),
        (f"{API}?page=2", "{}?page=2"),
        (f"{API}#top", "{}#top"),
        (f"See <{API}/a>, or {API}/b.", "See <{}/a>, or {}/b."),
        (f'<a href="{API}/a">{API}</a>', '<a href="{}/a">{}</a>'),
    ],
)
def test_a_url_of_a_server_leads_back(serve: Serve, text: str, back: str) -> None:
    mock = linked(serve, {"a": [text, {"b": text}]})
    for _ in range(2):
        expected = back.replace("{}", mock.url)
        assert mock.get().json() == {"a": [expected, {"b": expected}]}


@pytest.mark.parametrize(
    "text",
    [
        f"{API}.evil.test/a",
        f"{API}:8443/a",
        f"{API}x",
        "https://api.example.com/a",
        "http://api.example.org/a",
        f"https://elsewhere.test/?next={API}/a",
        f"x{API}",
        "/things",
    ],
)
def test_any_other_text_stays_as_it_is(serve: Serve, text: str) -> None:
    assert linked(serve, {"a": text}).get().json() == {"a": text}


@pytest.mark.parametrize(
    "schema",
    [
        {"const": f"{API}/a"},
        {"enum": [f"{API}/a", "b"]},
        {"type": "string", "pattern": "^https://api"},
        {"type": "string", "maxLength": len(API) - 2 + len("/a")},
    ],
    ids=str,
)
def test_a_url_whose_schema_would_break_stays_and_others_lead_back(
    serve: Serve, schema: dict[str, Any]
) -> None:
    if "maxLength" in schema:
        schema = {**schema, "maxLength": len(f"{API}/a")}
    whole = {"type": "object", "properties": {"kept": schema, "led": URI}}
    long = "a.very.long.host.of.a.client.example"
    mock = linked(serve, {"kept": f"{API}/a", "led": f"{API}/b"}, whole)
    reply = mock.get(headers={"host": long})
    assert reply.json() == {"kept": f"{API}/a", "led": f"http://{long}/b"}


def test_each_client_gets_the_address_that_it_used(serve: Serve) -> None:
    mock = linked(serve, {"a": f"{API}/a"})
    port = httpx.URL(mock.url).port
    for host in (f"localhost:{port}", "mock.test", f"127.0.0.1:{port}"):
        assert mock.get(headers={"host": host}).json() == {"a": f"http://{host}/a"}
    for number in range(200):
        host = f"client-{number}.test"
        assert mock.get(headers={"host": host}).json() == {"a": f"http://{host}/a"}
    prefix = f"{mock.url}/_session/one"
    assert httpx.get(f"{prefix}/thing").json() == {"a": f"{prefix}/a"}
    assert mock.get(headers={"mock-session": "one"}).json() == {"a": f"{mock.url}/a"}


def test_what_leads_back_is_answered(serve: Serve) -> None:
    mock = linked(serve, {"self": f"{API}/v1/thing"}, servers=[{"url": f"{API}/v1"}])
    for way in ("/thing", "/v1/thing", "/_session/a/thing", "/_session/a/v1/thing"):
        url = mock.get(way).json()["self"]
        assert url == f"{mock.url}{way}"
        assert httpx.get(url).json() == {"self": url}


VARIABLE = {
    "url": "https://{region}.example.org/{version}",
    "variables": {
        "region": {"default": "eu", "enum": ["eu", "us"]},
        "version": {"default": "v1", "enum": ["v1", "v2"]},
    },
}


@pytest.mark.parametrize(
    ("servers", "used", "text", "back"),
    [
        ([VARIABLE], "", "https://us.example.org/v2/a", "/a"),
        ([VARIABLE], "/v2", "https://eu.example.org/v1/a", "/v2/a"),
        ([{"url": API}, {"url": f"{API}/v1/"}], "/v1", f"{API}/v1/a", "/v1/a"),
        (
            [{"url": f"{API}/v1"}, {"url": "https://test.example.org/t"}],
            "/t",
            f"{API}/v1/a",
            "/t/a",
        ),
        ([{"url": "/v1"}, {"url": API}], "/v1", f"{API}/a", "/v1/a"),
    ],
)
def test_base_paths_and_variables_of_servers_are_known(
    serve: Serve, servers: Any, used: str, text: str, back: str
) -> None:
    mock = linked(serve, {"a": text}, servers=servers)
    reply = mock.get(f"{used}/thing")
    assert (reply.status_code, reply.json()) == (200, {"a": f"{mock.url}{back}"})


def test_servers_of_paths_and_operations_are_known_everywhere(serve: Serve) -> None:
    example = {"up": "https://up.example.org/u/files", "own": f"{API}/v1/thing"}
    uploads = {
        "servers": [{"url": "https://up.example.org/u"}],
        "get": {"responses": {"200": {"description": "ok", **json_of(True, example=example)}}},
    }
    servers = [{"url": f"{API}/v1"}]
    mock = linked(serve, example, servers=servers, **{"/files": uploads})
    for way in ("/thing", "/v1/thing", "/u/files", "/files"):
        found = mock.get(way).json()
        for url in found.values():
            assert url.startswith(mock.url) and httpx.get(url).status_code == 200


def test_made_up_bodies_and_every_way_of_writing_one_lead_back(serve: Serve) -> None:
    schema = {
        "type": "object",
        "required": ["self"],
        "properties": {"self": {**TEXT, "example": f"{API}/a"}},
    }
    mock = serve({"servers": [{"url": API}], **thing({"200": json_of(schema)})})
    assert mock.get().json()["self"] == f"{mock.url}/a"
    contents = {
        "application/xml": {"schema": schema, "example": {"self": f"{API}/a"}},
        "text/html": {"example": f'<a href="{API}/a">'},
        "text/event-stream": {"example": [{"self": f"{API}/a"}]},
    }
    for media_type, entry in contents.items():
        paths = thing({"200": {"content": {media_type: entry}}})
        mock = serve({"servers": [{"url": API}], **paths})
        text = mock.get().text
        assert f"{mock.url}/a" in text and API not in text


def test_a_declared_header_leads_back(serve: Serve) -> None:
    headers = {
        "Link": {"schema": TEXT, "example": f'<{API}/thing?page=2>; rel="next"'},
        "Location": {"schema": URI, "example": f"{API}/thing"},
        "X-Kept": {"schema": {**TEXT, "pattern": "^https://api"}, "example": f"{API}/thing"},
    }
    mock = linked(serve, 1, headers=headers)
    reply = mock.get()
    assert reply.headers["link"] == f'<{mock.url}/thing?page=2>; rel="next"'
    assert reply.headers["location"] == f"{mock.url}/thing"
    assert reply.headers["x-kept"] == f"{API}/thing"


def test_what_was_written_for_the_mock_stays_as_it_is(serve: Serve, proxy: Pass) -> None:
    body, headers = {"a": f"{API}/a"}, {"X-It": f"{API}/a"}
    declared = {"X-It": {"schema": TEXT}}
    stub = {"operation": "thing", "status": 200, "body": body, "headers": headers}
    stubbed = linked(serve, 1, headers=declared)
    assert stubbed.post("/_mock/stubs", json=stub).status_code == 201
    handlers = f"def thing():\n    return {body!r}, 200, {headers!r}\n"
    handled = linked(serve, 1, headers=declared, settings={"handlers": handlers})
    canned = json.dumps({"a": {"status": 200, "body": body, "headers": headers}})
    replied = linked(
        serve, 1, headers=declared, settings={"fixtures": {"replies/thing.json": canned}}
    )
    document = {"servers": [{"url": API}], **thing({"200": json_of(True)})}
    passed = proxy(document, lambda *_: json_reply(json.dumps(body).encode(), f"X-It: {API}/a"))
    for mock in (stubbed, handled, replied, passed.proxy):
        reply = mock.get()
        assert (reply.json(), reply.headers["x-it"]) == (body, f"{API}/a")


def test_it_can_be_turned_off(serve: Serve) -> None:
    headers = {"Link": {"schema": TEXT, "example": f"<{API}/a>"}}
    mock = linked(serve, {"a": API}, headers=headers, settings={"rewrite_urls": False})
    assert (mock.get().json(), mock.get().headers["link"]) == ({"a": API}, f"<{API}/a>")


def test_an_invalid_example_that_is_served_leads_back_too(serve: Serve) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}, "a": URI}}
    example = {"n": "x", "a": f"{API}/a"}
    mock = linked(serve, example, schema, settings={"invalid_examples": True})
    assert mock.get().json() == {"n": "x", "a": f"{mock.url}/a"}


@pytest.mark.parametrize(
    ("headers", "scheme", "prefix", "base"),
    [
        ({b"host": b"mock.test:80"}, "http", "", "http://mock.test:80"),
        ({b"host": b"mock.test"}, "https", "/_session/a", "https://mock.test/_session/a"),
        ({}, "http", "/_session/a", "/_session/a"),
        ({}, "http", "", ""),
    ],
)
def test_the_address_of_a_client_is_known(
    headers: dict[bytes, bytes], scheme: str, prefix: str, base: str
) -> None:
    assert client_base(Request("GET", "/a", "", headers, b"", scheme, prefix)) == base


# Made-up headers


def orders(location: Any = None, **more: Any) -> dict[str, Any]:
    """Return a collection whose POST answers with a Location, and its items."""
    order = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}
    header = {"Location": {"schema": location or TEXT}, "Link": {"schema": TEXT}}
    created = {"description": "made", "headers": header, **more.pop("body", json_of(order))}
    identity = more.pop("id", {"type": "integer"})
    parameter = {"name": "orderId", "in": "path", "required": True, "schema": identity}
    ok = {"200": {"description": "ok", "headers": {"Link": {"schema": TEXT}}, **json_of(order)}}
    return {
        "/orders": {
            "get": {"operationId": "list", "responses": ok},
            "post": {"operationId": "create", "responses": {more.pop("code", "201"): created}},
        },
        "/orders/{orderId}": {"get": {"parameters": [parameter], "responses": ok}},
        **more,
    }


@pytest.mark.parametrize("location", [TEXT, URI, {**TEXT, "format": "uri-reference"}], ids=str)
def test_location_leads_to_what_was_made(serve: Serve, location: Any) -> None:
    mock = serve(orders(location))
    made = mock.post("/orders")
    url = made.headers["location"]
    assert url == f"{mock.url}/orders/{made.json()['id']}"
    assert httpx.get(url).json()["id"] == made.json()["id"]


def test_location_may_be_a_path_alone_where_its_schema_asks_for_one(serve: Serve) -> None:
    reply = serve(orders({**TEXT, "maxLength": 20})).post("/orders")
    assert reply.headers["location"] == f"/orders/{reply.json()['id']}"


@pytest.mark.parametrize(
    "identity", [{"type": "integer"}, {**TEXT, "format": "uuid"}, {**TEXT, "pattern": "^o-[0-9]+$"}]
)
def test_location_leads_somewhere_without_an_id_in_the_body(serve: Serve, identity: Any) -> None:
    mock = serve(orders(body={}, id=identity))
    url = mock.post("/orders").headers["location"]
    assert url.startswith(f"{mock.url}/orders/")
    assert httpx.get(url).status_code == 200


def test_location_keeps_the_variables_of_the_path(serve: Serve) -> None:
    item = {"name": "shop", "in": "path", "required": True, "schema": TEXT}
    name = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    created = {"headers": {"Location": {"schema": TEXT}}, **json_of(True, example={"id": 7})}
    paths = {
        "/{shop}/orders": {
            "parameters": [item],
            "post": {"responses": {"201": {"description": "made", **created}}},
        },
        "/{shop}/orders/{id}": {
            "parameters": [item, name],
            "get": {"responses": {"200": {"description": "ok", **json_of(True)}}},
        },
    }
    mock = serve({"servers": [{"url": f"{API}/v1"}], **paths})
    reply = mock.post("/v1/a%20b/orders")
    assert reply.headers["location"] == f"{mock.url}/v1/a%20b/orders/7"
    assert httpx.get(reply.headers["location"]).status_code == 200


def test_a_redirect_leads_to_another_operation(serve: Serve) -> None:
    paths = {
        **thing({"302": {"headers": {"Location": {"required": True, "schema": TEXT}}}}),
        "/other": {"get": {"responses": {"200": {"description": "ok", **json_of(True)}}}},
    }
    mock = serve(paths)
    reply = mock.get()
    assert (reply.status_code, reply.headers["location"]) == (302, f"{mock.url}/other")


def test_a_location_that_says_itself_what_it_is_stays(serve: Serve) -> None:
    for schema in ({"enum": ["/a"]}, {**TEXT, "pattern": "^/jobs/[0-9]$"}):
        location = serve(orders(schema)).post("/orders").headers["location"]
        assert location.startswith(("/a", "/jobs/"))


def test_link_leads_to_what_was_asked_for(serve: Serve) -> None:
    mock = serve(orders())
    for way in ("/orders?page=2", "/orders/3", "/_session/a/orders"):
        assert mock.get(way).headers["link"] == f'<{mock.url}{way}>; rel="self"'


# Made-up links to pages of what is no list


@pytest.mark.parametrize(
    ("name", "schema", "ends"),
    [
        ("next_page_uri", {"type": ["string", "null"], "format": "uri"}, "null"),
        ("next_page_uri", URI, "gone"),
        ("previous", URI, "gone"),
        ("nextLink", {"type": ["string", "null"], "format": "uri"}, "null"),
        ("self", URI, "own"),
        ("self_url", URI, "own"),
    ],
)
@pytest.mark.parametrize("seed", ["a", "b", "c"])
def test_a_made_up_link_to_a_page_ends_and_one_to_itself_leads_there(
    serve: Serve, name: str, schema: Any, ends: str, seed: str
) -> None:
    page = {"type": "object", "properties": {name: schema}}
    mock = serve(thing({"200": json_of(page)}), seed=seed)
    found = mock.get().json().get(name, "gone")
    assert found in {"own": (f"{mock.url}/thing", "gone")}.get(ends, (None, "gone"))


def test_a_link_that_has_to_be_there_is_one_of_the_mock(serve: Serve) -> None:
    links = {
        "type": "object",
        "required": ["next", "self"],
        "properties": {
            "next": {"type": "object", "required": ["href"], "properties": {"href": URI}},
            "self": URI,
        },
    }
    properties = {"_links": links, "uri": URI}
    page = {"type": "object", "required": list(properties), "properties": properties}
    mock = serve(thing({"200": json_of(page)}))
    found = mock.get("/_session/a/thing").json()
    own = f"{mock.url}/_session/a/thing"
    assert found["_links"] == {"next": {"href": own}, "self": own}
    assert found["uri"] != own
    plain = serve(thing({"200": json_of(page)}), rewrite_urls=False).get().json()
    assert plain["_links"]["self"].startswith("https://example.com/")


# What is refused, and what is repeated


def test_the_example_of_an_error_and_its_headers_lead_back_when_a_request_is_refused(
    serve: Serve,
) -> None:
    error = {"type": "object", "properties": {"message": TEXT, "help": URI}}
    example = {"message": "no", "help": f"{API}/help"}
    link = {"Link": {"schema": TEXT, "example": f"<{API}/help>"}}
    refused = {"headers": link, **json_of(error, example=example)}
    query = {"name": "n", "in": "query", "required": True, "schema": {"type": "integer"}}
    paths = thing({"200": json_of(True), "422": refused}, parameters=[query])
    mock = serve({"servers": [{"url": API}], **paths})
    for reply in (mock.get(f"/thing?n={API}/x"), mock.get(headers={"prefer": "fault=422"})):
        assert reply.status_code == 422
        assert reply.json()["help"] == f"{mock.url}/help"
        assert reply.headers["link"] == f"<{mock.url}/help>"
    assert f"{API}/x" in mock.get(f"/thing?n={API}/x").json()["message"]


def test_a_url_that_the_client_sent_comes_back_as_it_was(serve: Serve) -> None:
    properties = {"callback": URI, "next": URI, "own": {**TEXT, "example": f"{API}/a"}}
    body = {"type": "object", "required": list(properties), "properties": properties}
    sent = {"callback": f"{API}/x", "next": "https://example.com/x"}
    asked = json_of({"type": "object"})
    paths = thing({"201": json_of(body)}, "post", requestBody=asked)
    mock = serve({"servers": [{"url": API}], **paths})
    assert mock.post(json=sent).json() == {**sent, "own": f"{mock.url}/a"}


def test_each_page_of_an_example_leads_back(serve: Serve) -> None:
    example = [{"id": n, "url": f"{API}/things/{n}"} for n in range(9)]
    item = {"type": "object", "properties": {"id": {"type": "integer"}, "url": URI}}
    query = [
        {"name": name, "in": "query", "schema": {"type": "integer"}} for name in ("offset", "limit")
    ]
    content = json_of({"type": "array", "items": item}, example=example)
    mock = serve({"servers": [{"url": API}], **thing({"200": content}, parameters=query)})
    for offset in (0, 2, 4, 0):
        found = mock.get(f"/thing?offset={offset}&limit=2").json()
        assert found == [
            {"id": n, "url": f"{mock.url}/things/{n}"} for n in range(offset, offset + 2)
        ]


@pytest.mark.parametrize("host", ['a"><script>', "a b", "a/b", "a@b", "[::1", ""])
def test_a_host_that_is_none_leads_nowhere(host: str) -> None:
    request = Request("GET", "/a", "", {b"host": host.encode()}, b"")
    assert client_base(request) == ""
