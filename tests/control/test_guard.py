"""The access to the control API: with the token; without a token, not from a page of the web."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from mock_server.app import create_app
from mock_server.control.guard import Access, is_loopback, refusal
from mock_server.errors import Forbidden, Problem, Unauthorized, UnsupportedMediaType, WrongUse
from mock_server.gateway import Receive, RequestHead, Scope, Send
from mock_server.pytest_plugin import transport
from mock_server.server.event_loop import BackgroundLoop
from mock_server.settings import Settings
from tests.helpers.control import call, reply_to
from tests.helpers.proxied import Pass
from tests.helpers.running import Mock, Serve, json_of, thing

OK = thing({"200": json_of(True, example="ok")})
LOCAL = Access("127.0.0.1")
APP = "http://localhost:3000"
LISTED = Access("127.0.0.1", origins=frozenset({APP}))


def head(
    method: str = "GET", path: str = "/_mock/seed", peer: str | None = "127.0.0.1", **headers: str
) -> RequestHead:
    """Return a head whose headers are named with underscores; it is sent to localhost:4010."""
    named = {"host": "localhost:4010", **headers}
    sent = {n.replace("_", "-").encode(): value.encode("latin-1") for n, value in named.items()}
    return RequestHead(method, path, sent, "http", peer)


def why(access: Access, asked: RequestHead) -> type[Problem] | None:
    problem = refusal(access, asked)
    return None if problem is None else type(problem)


# The token


@pytest.mark.parametrize(
    "sent",
    [None, "Bearer", "Bearer wrong", "Bearer secrets", "Basic c2VjcmV0", "secret", "Bearer sécret"],
)
@pytest.mark.parametrize("path", ["/_mock/seed", "/__admin/requests", "/_mock/nothing"])
def test_without_the_token_nothing_is_told(serve: Serve, sent: str | None, path: str) -> None:
    mock = serve(OK, control_token="secret")
    headers = {} if sent is None else {b"Authorization": sent.encode()}
    reply = mock.client.get(path, headers=headers)
    assert reply.status_code == 401
    assert reply.headers["WWW-Authenticate"] == "Bearer"
    assert reply.json()["title"] == "Unauthorized"
    assert "secret" not in reply.text


@pytest.mark.parametrize("sent", ["Bearer secret", "bearer  secret", "Token secret"])
def test_with_the_token_all_is_told(serve: Serve, sent: str) -> None:
    mock = serve(OK, control_token="secret")
    assert call(mock, "GET", "/_mock/seed", headers={"Authorization": sent}) == {"seed": "mock"}


def test_the_contract_s_own_operations_need_no_token(serve: Serve) -> None:
    assert serve(OK, control_token="secret").get().json() == "ok"


@pytest.mark.parametrize("asked", ["GET", "POST"])
def test_a_preflight_in_name_alone_gets_nothing_without_the_token(asked: str) -> None:
    access = Access("127.0.0.1", token=b"secret")
    told = {"origin": "http://localhost:4010", "access_control_request_method": "POST"}
    assert why(access, head(asked, **told)) is Unauthorized
    assert why(access, head("OPTIONS", **told)) is None
    assert why(access, head("OPTIONS")) is Unauthorized


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.168.0.1", "mock.example"])
@pytest.mark.parametrize("peer", ["127.0.0.1", "192.168.0.7"])
def test_a_server_for_others_answers_nobody_without_a_token(host: str, peer: str) -> None:
    problem = refusal(Access(host), head(peer=peer))
    assert isinstance(problem, Forbidden)
    assert "--control-token" in problem.detail and "MOCK_SERVER_CONTROL_TOKEN" in problem.detail
    with_token = Access(host, token=b"secret")
    assert why(with_token, head(peer=peer)) is Unauthorized
    assert why(with_token, head(peer=peer, authorization="Bearer secret")) is None


@pytest.mark.parametrize("peer", ["192.168.0.7", "2001:db8::1", "", "testclient"])
def test_without_a_token_only_this_machine_is_answered_whatever_the_settings_say(peer: str) -> None:
    assert why(LOCAL, head(peer=peer)) is Forbidden


def test_a_server_for_others_is_closed_on_a_real_socket_too(serve: Serve) -> None:
    mock = serve(OK, host="0.0.0.0")
    for method, path in [("GET", "/_mock/exchanges"), ("POST", "/__admin/reset")]:
        assert "--control-token" in call(mock, method, path, 403)["detail"]
    assert mock.get("/_mock/health").status_code == 200
    assert mock.get().json() == "ok"


# Names


NAMES = {
    "localhost": True, "LOCALHOST:4010": True, "127.0.0.1:4010": True, "127.8.8.8": True,
    "[::1]:4010": True, "app.localhost": True, "localhost.": True,
    "evil.example": False, "127.0.0.1.evil.example": False, "localhost.evil.example": False,
    "192.168.0.1": False, "[::2]": False, "[": False, "": False, "evil.example:127": False,
    "evil@localhost": False, "localhost, evil.example": False, "localhost:80:evil": False,
    "localhost/evil": False, "notlocalhost": False, ".": False,
}  # fmt: skip


@pytest.mark.parametrize(("host", "passes"), NAMES.items())
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_name_that_a_page_of_the_web_could_have_is_refused(
    shipped: Mock, host: str, passes: bool, method: str
) -> None:
    body = {"seed": "mock"} if method == "PUT" else None
    reply = reply_to(shipped, method, "/_mock/seed", headers={"Host": host}, json=body)
    assert reply.status_code == (200 if passes else 403)
    assert passes or "--control-host" in reply.json()["detail"]


def test_the_token_lets_no_other_name_pass(serve: Serve) -> None:
    mock = serve(OK, control_token="secret")
    headers = {"Authorization": "Bearer secret", "Host": "mock.example"}
    assert "--control-host" in call(mock, "GET", "/_mock/seed", 403, headers=headers)["detail"]


@pytest.mark.parametrize(
    ("listed", "host", "passes"),
    [
        ("mock", "Mock:80", True),
        ("MOCK.", "mock", True),
        ("mock", "mock.example", False),
        ("::2", "[::2]:80", True),
        ("[::2]", "[::2]", True),
        ("192.168.0.1", "192.168.0.1:4010", True),
    ],
)
def test_a_listed_name_is_answered(listed: str, host: str, passes: bool) -> None:
    access = Access.of(Settings(control_host=(listed,)))
    assert why(access, head(host=host)) is (None if passes else Forbidden)


@pytest.mark.parametrize(
    ("bound", "host", "passes"),
    [
        ("192.168.0.1", "192.168.0.1:4010", True),
        ("mock", "Mock:80", True),
        ("192.168.0.1", "192.168.0.2", False),
        ("0.0.0.0", "192.168.0.1:4010", True),
        ("::", "[2001:db8::1]", True),
        ("0.0.0.0", "mock.example", False),
        ("0.0.0.0", "0.0.0.0", True),
    ],
)
def test_the_address_that_the_server_is_bound_to_is_its_own(
    bound: str, host: str, passes: bool
) -> None:
    access = Access.of(Settings(host=bound, control_token="t"))
    asked = head(host=host, peer="192.168.0.7", authorization="Bearer t")
    assert why(access, asked) is (None if passes else Forbidden)


@pytest.mark.parametrize("said", ["", "a b", "mock:80", "http://mock", "*.mock/x", "::x"])
def test_what_is_no_name_can_t_be_listed(said: str) -> None:
    with pytest.raises(WrongUse, match="control-host"):
        Access.of(Settings(control_host=(said,)))


def test_a_request_without_a_host_comes_from_no_page() -> None:
    assert refusal(LOCAL, RequestHead("PUT", "/_mock/seed", {}, "http", "127.0.0.1")) is None


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_clients_in_this_process_need_no_name_and_no_token(host: str) -> None:
    app = create_app(Settings(reload=False, host=host))

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, send)

    with BackgroundLoop() as loop:
        for client in (transport.client(app, loop), TestClient(served)):
            assert client.get("/_mock/seed").json() == {"seed": "mock"}
            assert client.get("/_mock/seed", headers={"Origin": "null"}).status_code == 403


# Origins

FOREIGN = [
    "https://app.example", "null", "http://localhost", "http://localhost:4011",
    "https://localhost:4010", "http://127.0.0.1:4010", "http://localhost:4010/", "localhost:4010",
    "http://localhost:4010.evil.example", "http://localhost:4010, http://localhost:4010", "", "*",
    "file://", "http://evil@localhost:4010", "chrome-extension://localhost:4010",
]  # fmt: skip


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize("path", ["/_mock/seed", "/__admin/requests", "/_mock", "/_mock/later"])
def test_no_page_of_another_origin_is_answered(origin: str, path: str) -> None:
    for method in ("GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD"):
        problem = refusal(LOCAL, head(method, path, origin=origin))
        assert isinstance(problem, Forbidden)
        assert "--control-origin" in problem.detail


@pytest.mark.parametrize(
    ("origin", "host", "scheme"),
    [
        ("http://localhost:4010", "localhost:4010", "http"),
        ("http://localhost:4010", "LOCALHOST:4010", "http"),
        ("http://app.localhost:4010", "app.localhost:4010", "http"),
        ("http://[::1]:4010", "[::1]:4010", "http"),
        ("http://localhost", "localhost", "http"),
        ("http://localhost", "localhost:80", "http"),
        ("https://localhost", "localhost:443", "https"),
    ],
)
def test_its_own_pages_are_answered(origin: str, host: str, scheme: str) -> None:
    asked = head("PUT", origin=origin, host=host, sec_fetch_site="same-origin")
    assert refusal(LOCAL, asked._replace(scheme=scheme)) is None


@pytest.mark.parametrize(
    ("site", "passes"),
    [("none", True), ("same-origin", True), ("same-site", False), ("cross-site", False)],
)
def test_what_another_page_loads_or_links_to_is_refused(site: str, passes: bool) -> None:
    found = why(LOCAL, head(sec_fetch_site=site))
    assert found is (None if passes else Forbidden)
    own = head("POST", sec_fetch_site=site, origin="http://localhost:4010")
    assert why(LOCAL, own) is (None if passes else Forbidden)


@pytest.mark.parametrize("site", ["same-site", "cross-site"])
def test_pages_of_a_listed_origin_are_answered(site: str) -> None:
    assert refusal(LISTED, head("PUT", origin=APP, sec_fetch_site=site)) is None
    assert why(LISTED, head("PUT", origin=f"{APP}1")) is Forbidden
    assert why(LISTED, head(sec_fetch_site=site)) is Forbidden


@pytest.mark.parametrize(
    ("said", "origin"),
    [
        ("HTTP://LOCALHOST:3000/", APP),
        ("http://app.example:80", "http://app.example"),
        ("https://app.example:443", "https://app.example"),
        ("https://app.example:80", "https://app.example:80"),
        ("tauri://localhost", "tauri://localhost"),
    ],
)
def test_an_origin_is_listed_as_browsers_write_it(said: str, origin: str) -> None:
    access = Access.of(Settings(control_origin=(said,)))
    assert access.origins == {origin}
    assert refusal(access, head("PUT", origin=origin)) is None


@pytest.mark.parametrize(
    "said", ["*", "null", "", "localhost:3000", "http://*.example", f"{APP}/app", "http://"]
)
def test_what_is_no_origin_can_t_be_listed(said: str) -> None:
    with pytest.raises(WrongUse, match="control-origin"):
        Access.of(Settings(control_origin=(said,)))


def permissions(reply: httpx.Response) -> dict[str, str]:
    """Return the headers by which a page of another origin may read a reply, or send a request."""
    names = [name for name in reply.headers if name.startswith("access-control")]
    return {name: reply.headers[name] for name in names}


PREFLIGHT = {
    "Access-Control-Request-Method": "PUT",
    "Access-Control-Request-Headers": "authorization, content-type, mock-session",
}
PATHS = ["/_mock/seed", "/_mock/nothing", "/__admin/requests", "/_mock/openapi.yaml", "/_mock"]


@pytest.mark.parametrize("path", [*PATHS, "/_session/a/_mock/seed", "/_mock/docs/nothing"])
@pytest.mark.parametrize("cors", [True, False])
@pytest.mark.parametrize("control", [True, False])
def test_no_reply_lets_a_foreign_page_read_it(
    serve: Serve, path: str, cors: bool, control: bool
) -> None:
    mock = serve(OK, cors=cors, control=control)
    for asked in (
        mock.client.get(path, headers={"Origin": APP}),
        mock.client.options(path, headers={"Origin": APP, **PREFLIGHT}),
        mock.client.put(path, headers={"Origin": APP}, json={"seed": "x"}),
        mock.client.request("PATCH", path, headers={"Origin": APP}),
    ):
        assert asked.status_code == (403 if control or "docs" in path else 404)
        assert permissions(asked) == {}
        assert asked.headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in mock.get("/_mock/health").headers


@pytest.mark.parametrize("path", PATHS)
def test_a_listed_origin_and_no_other_may_read_replies_and_errors(serve: Serve, path: str) -> None:
    mock = serve(OK, control_origin=(APP, "https://app.example"), cors=False, control_token="t")
    for token in ("t", "wrong"):
        headers = {"Origin": APP, "Authorization": f"Bearer {token}"}
        reply = mock.client.get(path, headers=headers)
        assert reply.headers["Access-Control-Allow-Origin"] == APP
        assert "origin" in reply.headers["Vary"].lower()
    other = mock.client.get(path, headers={"Origin": f"{APP}0"})
    assert (other.status_code, permissions(other)) == (403, {})
    assert "origin" in other.headers["Vary"].lower()


def test_a_listed_origin_s_preflight_is_answered_without_the_token(serve: Serve) -> None:
    mock = serve(OK, control_origin=(APP,), cors=False, control_token="secret")
    reply = mock.client.options("/_mock/seed", headers={"Origin": APP, **PREFLIGHT})
    assert reply.status_code == 204
    assert reply.headers["Access-Control-Allow-Origin"] == APP
    assert reply.headers["Access-Control-Allow-Methods"] == "PUT"
    assert "authorization" in reply.headers["Access-Control-Allow-Headers"]
    other = mock.client.options("/_mock/seed", headers={"Origin": f"{APP}0", **PREFLIGHT})
    assert (other.status_code, permissions(other)) == (403, {})


def test_the_contract_s_own_paths_are_open_to_every_origin(serve: Serve) -> None:
    mock = serve({**OK, "/_mock/{id}": OK["/thing"]})
    for path in ("/thing", "/nothing", "/openapi.json", "/_mock/own"):
        reply = mock.get(path, headers={"Origin": "https://app.example"})
        assert reply.headers["Access-Control-Allow-Origin"] == "https://app.example"


HEADS = [{}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Host": "mock.example"}]


@pytest.mark.parametrize("headers", HEADS, ids=str)
@pytest.mark.parametrize("settings", [{}, {"host": "0.0.0.0"}, {"control": False}], ids=str)
def test_health_is_everybody_s_but_no_foreign_page_reads_it(
    serve: Serve, headers: dict[str, str], settings: dict[str, Any]
) -> None:
    reply = serve(OK, **settings).get("/_mock/health", headers=headers)
    assert (reply.status_code, permissions(reply)) == (200, {})


def test_what_is_refused_changes_nothing_though_its_body_is_long(serve: Serve) -> None:
    mock = serve(OK)
    text = json.dumps({"seed": "x" * 100_000})
    headers = {"Origin": "null", "Content-Type": "application/json"}
    for _ in range(3):  # on one connection
        reply = mock.client.put("/_mock/seed", headers=headers, content=text)
        assert reply.status_code == 403
    assert call(mock, "GET", "/_mock/seed") == {"seed": "mock"}


def test_the_proxy_guards_its_control_api_too(proxy: Pass) -> None:
    passed = proxy(OK, "http://127.0.0.1:9", control_origin=(APP,))
    assert passed.client.get("/_mock/seed").json() == {"seed": "mock"}
    for headers in ({"Origin": f"{APP}0"}, {"Host": "mock.example"}):
        reply = passed.client.get("/_mock/seed", headers=headers)
        assert (reply.status_code, permissions(reply)) == (403, {})
    listed = passed.client.get("/_mock/seed", headers={"Origin": APP})
    assert listed.headers["Access-Control-Allow-Origin"] == APP


# Types

TYPES = {
    "application/json": True, "application/json; charset=utf-8": True, "Application/JSON": True,
    "text/plain": False, "application/x-www-form-urlencoded": False,
    "multipart/form-data; boundary=x": False, "text/plain; application/json": False,
    "application/json, text/plain": False, "text/json": False, "": False, "json": False,
}  # fmt: skip


@pytest.mark.parametrize(("sent", "passes"), TYPES.items())
@pytest.mark.parametrize("path", ["/_mock/stubs", "/_mock/reset", "/__admin/requests/count"])
def test_a_body_has_to_be_json_by_its_type(sent: str, passes: bool, path: str) -> None:
    asked = head("POST", path, content_type=sent, content_length="2")
    problem = refusal(LOCAL, asked)
    assert (problem is None) is passes
    if problem is not None:
        assert isinstance(problem, UnsupportedMediaType)
        assert "Content-Type: application/json" in problem.detail


def test_a_body_without_a_type_is_refused_before_it_is_read(serve: Serve) -> None:
    mock = serve(OK)
    with mock.wire() as wire:
        wire.send(b"PUT /_mock/seed HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\n")
        assert wire.answer().status == 415
    assert call(mock, "GET", "/_mock/seed") == {"seed": "mock"}


@pytest.mark.parametrize("path", ["/_mock/reset", "/__admin/reset", "/__admin/scenarios/reset"])
def test_a_post_without_a_body_needs_no_type(serve: Serve, path: str) -> None:
    mock = serve(OK)
    assert reply_to(mock, "POST", path).is_success
    assert reply_to(mock, "POST", path, content=b"").is_success
    for headers in ({"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert reply_to(mock, "POST", path, headers=headers).status_code == 403


def test_loopback_is_this_machine_alone() -> None:
    assert all(map(is_loopback, ["localhost", "a.localhost", "127.0.0.1", "::1"]))
    assert not any(map(is_loopback, ["", "0.0.0.0", "::", "10.0.0.1", "notlocalhost"]))
