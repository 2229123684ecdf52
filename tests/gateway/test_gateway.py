"""The way of a request over a real connection: whole, in order, and to whom it belongs."""

from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.helpers.running import (
    HANDBOOK,
    KEYS,
    LATEST,
    Mock,
    Serve,
    json_of,
    request,
    thing,
    until,
)

JSON = "content-type: application/json"
OK = {"200": json_of(True, example="ok")}
PREFLIGHT = {"origin": "https://app.example.com", "access-control-request-method": "POST"}


def keyed(key: str) -> bytes:
    return request(LATEST, json.dumps({"object_keys": [key]}).encode(), JSON)


def test_requests_on_one_connection_are_answered_in_order(shipped: Mock) -> None:
    keys = ["README.md", "docs/api/queries.md", "nobody/knows.md", "docs/legacy/v0.md"]
    with shipped.wire() as wire:
        for key in keys:
            wire.send(keyed(key))
            assert list(json.loads(wire.answer().body)) == [k for k in [key] if "nobody" not in k]


def test_pipelined_requests_are_answered_in_order(shipped: Mock) -> None:
    keys = ["README.md", "docs/api/queries.md", "docs/legacy/v0.md"] * 10
    health = b"GET /_mock/health HTTP/1.1\r\nhost: mock\r\n\r\n"
    with shipped.wire() as wire:
        wire.send(b"".join(map(keyed, keys)) + request(LATEST, b"{", JSON) + health)
        assert [[*json.loads(wire.answer().body)] for _ in keys] == [[key] for key in keys]
        assert [wire.answer().status, wire.answer().status] == [400, 200]


def test_many_clients_at_once_each_get_their_own_answer(serve: Serve) -> None:
    schema = {"type": "object", "required": ["n"]}
    handler = "import asyncio\nasync def thing(body):\n    await asyncio.sleep(0)\n    return body"
    paths = thing({"200": json_of(schema)}, "post", requestBody=json_of(schema))
    mock = serve(paths, handlers=handler)

    def asked(number: int) -> Any:
        with httpx.Client(base_url=mock.url, timeout=30) as client:
            sent = [{"n": number, "i": i, "more": "x" * (number * 500)} for i in range(5)]
            return [client.post("/thing", json=body).json() for body in sent] == sent

    with ThreadPoolExecutor(24) as pool:
        assert all(pool.map(asked, range(48)))


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_client_that_wants_it_closed_gets_its_answer_first(shipped: Mock, version: str) -> None:
    with shipped.wire() as wire:
        whole = request(LATEST, json.dumps(KEYS).encode(), JSON, "connection: close")
        wire.send(whole.replace(b"HTTP/1.1", f"HTTP/{version}".encode()))
        assert list(json.loads(wire.answer().body)) == ["README.md"]
        assert wire.ended()


def test_the_whole_address_may_stand_in_the_request_line(shipped: Mock) -> None:
    with shipped.wire() as wire:
        wire.send(request(f"http://mock{LATEST}?a=b", json.dumps(KEYS).encode(), JSON))
        assert wire.answer().status == 200


@pytest.mark.parametrize(
    "raw",
    [
        b"GET\r\n\r\n",
        b"POST /thing HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
        b"POST /thing HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{",
        b"POST /thing HTTP/1.1\r\ncontent-length: 99999999999999999999999\r\n\r\n",
        b"POST /thing HTTP/1.1\r\ntransfer-encoding: chunked\r\ncontent-length: 1\r\n\r\n",
        b"POST /thing HTTP/1.1\r\nhost: mock\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n",
        b"POST /\xff HTTP/1.1\r\nhost: mock\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
    ],
)
def test_what_is_no_http_is_refused_and_the_server_goes_on(shipped: Mock, raw: bytes) -> None:
    with shipped.wire() as wire:
        wire.send(raw)
        assert wire.ended()
    assert shipped.post(LATEST, json=KEYS).status_code == 200


SENT_SO_FAR = {
    "in the middle of the headers": b"host: mo",
    "before the body": b"host: mock\r\ncontent-length: 50\r\n\r\n",
    "in the middle of the body": b'host: mock\r\ncontent-length: 50\r\n\r\n{"obj',
    "in the middle of a chunk": b'host: mock\r\ntransfer-encoding: chunked\r\n\r\n50\r\n{"obj',
}  # fmt: skip


@pytest.mark.parametrize("how", ["closes", "resets"])
@pytest.mark.parametrize("sent", SENT_SO_FAR.values(), ids=SENT_SO_FAR.keys())
def test_a_client_that_leaves_while_it_sends_disturbs_nobody(
    serve: Serve, caplog: pytest.LogCaptureFixture, sent: bytes, how: str
) -> None:
    caplog.set_level(logging.WARNING)
    mock = serve()
    is_request = b"\r\n\r\n" in sent
    with mock.wire() as wire:
        wire.send(b"POST %b HTTP/1.1\r\n%b" % (LATEST.encode(), sent))
        if how == "resets":
            wire.reset()
    until(lambda: len(mock.exchanges) == is_request, "the journal has the request")
    assert mock.post(LATEST, json=KEYS).status_code == 200
    left = [e for e in mock.exchanges if e.reply is None]
    assert [(e.method, e.path) for e in left] == [("POST", LATEST)] * is_request
    assert caplog.text == ""


def test_a_client_that_leaves_while_it_reads_disturbs_nobody(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    mock = serve(thing({"200": json_of(True)}), handlers="def thing(): return 'x' * 50_000_000")
    with mock.wire() as wire:
        wire.send(request("/thing", method="GET"))
        wire.socket.recv(1_000)
        wire.reset()
    until(lambda: mock.exchanges, "the journal has the request")
    assert mock.get("/_mock/health").status_code == 200
    assert caplog.text == ""


def test_paths_that_are_close_are_named(serve: Serve) -> None:
    names = ["pets", "pets/{id}", "owners", "visits", "vets"]
    paths = {f"/v1/{name}": thing(OK)["/thing"] for name in names}
    mock = serve(paths)
    detail = mock.get("/v1/pet").json()["detail"]
    assert detail.startswith("Things has no path /v1/pet; did you mean /v1/pets")
    assert mock.get("/nowhere").json()["detail"] == "Things has no path /nowhere."


def test_a_405_allows_every_method_that_is_declared(serve: Serve) -> None:
    item = {**thing(OK)["/thing"], **thing(OK, "put", operationId="put")["/thing"]}
    reply = serve({"/thing": item}).client.delete("/thing")
    assert (reply.status_code, reply.headers["allow"]) == (405, "GET, PUT, HEAD, OPTIONS")
    assert reply.json()["detail"] == "/thing knows GET, PUT, HEAD, OPTIONS, not DELETE."


def test_a_path_whose_reference_leads_nowhere_says_so_to_any_method(serve: Serve) -> None:
    mock = serve({"/thing/mine": {"$ref": "#/gone"}, "/thing/{id}": thing(OK)["/thing"]})
    for method in ("GET", "POST", "QUERY", "PURGE", "OPTIONS"):
        reply = mock.client.request(method, "/thing/mine")
        assert (reply.status_code, reply.json()["title"]) == (501, "This operation can't be served")
        assert reply.json()["detail"] == (
            "/thing/mine can't be served: the $ref #/gone of its path leads nowhere."
        )
    assert mock.client.head("/thing/mine").status_code == 501
    assert mock.get("/thing/7").status_code == 200


@pytest.mark.parametrize("first", ["/f", "/f#one"])
def test_of_operations_that_share_a_path_and_ask_for_the_same_one_without_a_fragment_answers(
    serve: Serve, first: str
) -> None:
    item = {path: thing(OK, operationId=path)["/thing"] for path in ("/f", "/f#one")}
    mock = serve({first: item.pop(first), **item})
    assert mock.get("/f").status_code == 200
    assert mock.exchanges[-1].operation == "/f"
    assert mock.app.parts.findings == []


def of_methods(*methods: str) -> dict[str, Any]:
    """Return a path with operations of those methods, which OpenAPI has no names for."""
    operations = {method: {"responses": OK} for method in methods}
    return {"openapi": "3.2.0", "/thing": {"additionalOperations": operations}}


def test_a_method_of_any_name_is_answered(serve: Serve) -> None:
    methods = ("COPY", "LOCK", "M-SEARCH", "PROPFIND", "PURGE", "REPORT", "SUBSCRIBE", "UNLINK")
    mock = serve(of_methods(*methods))
    assert {mock.client.request(method, "/thing").status_code for method in methods} == {200}
    assert not mock.app.parts.findings


@pytest.mark.parametrize("method", ["BREW", "CONNECT", "DESCRIBE"])
def test_a_method_that_the_server_cannot_read_is_named_at_the_start(
    serve: Serve, method: str
) -> None:
    (finding,) = serve(of_methods(method)).app.parts.findings
    assert f"{method} /thing can't be reached: the server can't read the method" in str(finding)


def test_head_is_get_without_a_body(serve: Serve) -> None:
    mock = serve(thing(OK))
    with mock.wire() as wire:
        wire.send(request("/thing", method="HEAD") + request("/thing", method="GET"))
        head, got = wire.answer("HEAD"), wire.answer("GET")
    assert (head.status, head.body, got.body) == (200, b"", b'"ok"')
    assert head.headers | {"date": ""} == got.headers | {"date": ""}


def test_a_declared_head_is_its_own_operation(serve: Serve) -> None:
    item = {**thing(OK)["/thing"], **thing({"204": {}}, "head", operationId="h")["/thing"]}
    mock = serve({"/thing": item})
    assert (mock.client.head("/thing").status_code, mock.get().status_code) == (204, 200)


def test_a_declared_options_is_its_own_operation_but_a_preflight_is_answered_as_one(
    serve: Serve,
) -> None:
    paths = thing(OK, "options")
    with_cors, without = serve(paths), serve(paths, cors=False)
    assert with_cors.client.options("/thing").json() == "ok"
    assert with_cors.client.options("/thing", headers=PREFLIGHT).status_code == 204
    assert without.client.options("/thing", headers=PREFLIGHT).json() == "ok"


def test_every_header_that_a_reply_has_can_be_read_by_another_origin(serve: Serve) -> None:
    answers = {"200": {**json_of(True), "headers": {"X-Left": {"schema": {"const": 5}}}}}
    reply = serve(thing(answers)).get(headers={"origin": "https://app.example.com"})
    exposed = set(reply.headers["access-control-expose-headers"].split(", "))
    assert {"x-left", "mock-source", "content-type"} <= exposed
    assert reply.headers["access-control-allow-origin"] == "https://app.example.com"
    assert reply.headers["vary"] == "origin"


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 1_000_000])
def test_bodies_of_every_size_arrive_and_leave_whole(serve: Serve, size: int) -> None:
    text = json_of({"type": "string"})
    mock = serve(
        thing({"200": text}, "post", requestBody=text), handlers="def thing(body): return body"
    )
    sent = "x" * size
    assert mock.post(json=sent).json() == sent


def test_the_contracts_base_path_works_and_so_does_the_bare_path(serve: Serve) -> None:
    servers = [{"url": "https://api.example.com/v1"}, {"url": "/{stage}/api", "variables":
               {"stage": {"default": "test"}}}]  # fmt: skip
    mock = serve({**thing(OK), "servers": servers})
    statuses = [mock.get(path).status_code for path in ("/thing", "/v1/thing", "/test/api/thing")]
    assert [*statuses, mock.get("/v2/thing").status_code] == [200, 200, 200, 404]


def test_the_base_paths_of_an_operations_own_servers_work_for_it_alone(serve: Serve) -> None:
    own, other = thing(OK, servers=[{"url": "./v2"}]), thing(OK, operationId="other")
    mock = serve({**own, "/other": other["/thing"], "servers": [{"url": "v1"}]})
    paths = ("/thing", "/v1/thing", "/v2/thing", "/other", "/v1/other", "/v2/other")
    assert [mock.get(path).status_code for path in paths] == [200] * 5 + [404]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (LATEST.replace("latest-by-keys", "latest%2Dby%2Dkeys"), 200),
        (LATEST.replace("/api/", "/%61pi/"), 200),
        (LATEST.replace(HANDBOOK, f"%33{HANDBOOK[1:]}"), 200),
        (LATEST.replace("/invocations/", "%2Finvocations%2F"), 404),
        (LATEST.replace(HANDBOOK, f"a%2F{HANDBOOK}"), 400),
        (f"{LATEST}?", 200),
        (f"{LATEST}?a=%FF&&=", 200),
        (f"/{LATEST}", 404),
    ],
)
def test_a_path_is_the_same_however_it_is_percent_encoded(
    shipped: Mock, path: str, status: int
) -> None:
    with shipped.wire() as wire:
        wire.send(request(path, json.dumps(KEYS).encode(), JSON))
        assert wire.answer().status == status


def test_more_distinct_paths_than_are_remembered_are_answered_alike(serve: Serve) -> None:
    number = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    item = thing({"200": json_of({"type": "integer"})}, parameters=[number])["/thing"]
    mock = serve({"/thing/{id}": item}, handlers="def thing(id): return id")
    with mock.wire() as wire:
        for first in range(0, 1_500, 100):
            batch = range(first, first + 100)
            wire.send(b"".join(request(f"/thing/{i}", method="GET") for i in batch))
            assert [int(wire.answer("GET").body) for _ in batch] == list(batch)
