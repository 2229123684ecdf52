"""Who may use the control API: whoever has the token; without one, no page of the web."""

from __future__ import annotations

import pytest

from mock_server.control.guard import Guard, is_loopback
from mock_server.errors import Forbidden
from mock_server.http_messages.messages import Request
from tests.helpers.control import reply_to
from tests.helpers.running import Mock, Serve, json_of, thing

OK = thing({"200": json_of(True, example="ok")})


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


@pytest.mark.parametrize("sent", ["Bearer secret", "bearer  secret"])
def test_with_the_token_all_is_told_under_any_name(serve: Serve, sent: str) -> None:
    mock = serve(OK, control_token="secret")
    headers = {"Authorization": sent, "Host": "mock.example"}
    assert reply_to(mock, "GET", "/_mock/seed", headers=headers).status_code == 200


def test_the_contract_s_own_operations_need_no_token(serve: Serve) -> None:
    assert serve(OK, control_token="secret").get().json() == "ok"


NAMES = {
    "localhost": True, "LOCALHOST:4010": True, "127.0.0.1:4010": True, "127.8.8.8": True,
    "[::1]:4010": True, "app.localhost": True, "localhost.": True,
    "evil.example": False, "127.0.0.1.evil.example": False, "localhost.evil.example": False,
    "192.168.0.1": False, "[::2]": False, "[": False, "": False, "evil.example:127": False,
}  # fmt: skip


@pytest.mark.parametrize(("host", "passes"), NAMES.items())
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_name_that_a_page_of_the_web_could_have_is_refused(
    shipped: Mock, host: str, passes: bool, method: str
) -> None:
    body = {"seed": "mock"} if method == "PUT" else None
    reply = reply_to(shipped, method, "/_mock/seed", headers={"Host": host}, json=body)
    assert reply.status_code == (200 if passes else 403)


def test_the_name_that_the_server_is_bound_to_is_its_own() -> None:
    asked = Request("PUT", "/_mock/seed", "", {b"host": b"Mock:80"}, b"")
    Guard(None, "mock", True).check(asked)
    with pytest.raises(Forbidden):
        Guard(None, "127.0.0.1", True).check(asked)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.1"])
def test_a_server_for_others_answers_under_any_name(host: str) -> None:
    Guard(None, host, True).check(Request("PUT", "/", "", {b"host": b"mock.example"}, b""))


def test_a_request_without_a_host_comes_from_no_page() -> None:
    Guard(None, "127.0.0.1", True).check(Request("PUT", "/", "", {}, b""))


@pytest.mark.parametrize(
    ("origin", "method", "cors", "status"),
    [
        ("https://app.example", "PUT", True, 200),
        ("https://app.example", "PUT", False, 403),
        ("null", "PUT", False, 403),
        ("https://app.example", "GET", False, 200),
        (None, "PUT", False, 200),
        ("own", "PUT", False, 200),
    ],
)
def test_another_origin_changes_nothing_unless_cors_is_on(
    serve: Serve, origin: str | None, method: str, cors: bool, status: int
) -> None:
    mock = serve(OK, cors=cors)
    origin = mock.url if origin == "own" else origin
    headers = {"Origin": origin} if origin else {}
    body = {"seed": "mock"} if method == "PUT" else None
    reply = reply_to(mock, method, "/_mock/seed", headers=headers, json=body)
    assert reply.status_code == status
    assert ("Access-Control-Allow-Origin" in reply.headers) is (cors and origin is not None)


@pytest.mark.parametrize("cors", [True, False])
def test_a_preflight_is_answered_as_elsewhere(serve: Serve, cors: bool) -> None:
    mock = serve(OK, cors=cors)
    asked = {
        "Origin": "https://app.example",
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization, mock-session",
    }
    reply = mock.client.options("/_mock/seed", headers=asked)
    assert reply.status_code == 204
    assert reply.headers.get("Access-Control-Allow-Methods") == ("PUT" if cors else None)


def test_loopback_is_this_machine_alone() -> None:
    assert all(map(is_loopback, ["localhost", "a.localhost", "127.0.0.1", "::1"]))
    assert not any(map(is_loopback, ["", "0.0.0.0", "::", "10.0.0.1", "notlocalhost"]))
