"""Replies that name one origin, whatever CORS headers a document, a stub or the service has."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.helpers.proxied import Pass
from tests.helpers.running import Mock, Serve, json_of, thing
from tests.helpers.service import Seen, json_reply

ORIGIN = {"origin": "http://localhost:3000"}
PREFLIGHT = {**ORIGIN, "access-control-request-method": "PUT"}
TEXT = {"type": "string"}
DECLARED = [
    "Access-Control-Allow-Origin",
    "Access-Control-Allow-Credentials",
    "Access-Control-Expose-Headers",
    "access-control-allow-methods",
    "Access-Control-Max-Age",
]
SAID = {name: {"required": True, "schema": TEXT, "example": "no"} for name in DECLARED}
PATHS = thing({"200": {"headers": {**SAID, "X-Own": {"example": "x"}}, **json_of(TEXT)}})


def cors_of(reply: Any) -> dict[str, list[str]]:
    """Return the CORS headers of a reply, each with its lines."""
    names = {name for name in reply.headers if name.startswith("access-control-")}
    return {name: reply.headers.get_list(name) for name in names}


def own_only(reply: Any) -> bool:
    said = cors_of(reply)
    exposed = said.pop("access-control-expose-headers")
    assert said == {
        "access-control-allow-origin": [ORIGIN["origin"]],
        "access-control-allow-credentials": ["true"],
    }
    assert len(exposed) == 1 and "access-control" not in exposed[0]
    return True


@pytest.mark.parametrize("prefer", ["", "fault=drip, over=1ms", "dynamic=true"])
def test_what_is_declared_never_stands_beside_our_own(serve: Serve, prefer: str) -> None:
    reply = serve(PATHS).get(headers={**ORIGIN, "prefer": prefer})
    assert reply.status_code == 200 and own_only(reply)
    assert "x-own" in reply.headers["access-control-expose-headers"]


def test_what_a_stub_says_never_stands_beside_our_own(serve: Serve) -> None:
    mock = serve(PATHS)
    headers = dict.fromkeys(DECLARED, "*")
    stub = {"operation": "thing", "status": 200, "body": "x", "headers": headers}
    assert mock.post("/_mock/stubs", json=stub).status_code == 201
    assert own_only(mock.get(headers=ORIGIN))


def test_without_an_origin_or_without_cors_the_declared_ones_are_sent(serve: Serve) -> None:
    expected = {name.lower(): ["no"] for name in DECLARED}
    assert cors_of(serve(PATHS).get()) == expected
    assert cors_of(serve(PATHS, cors=False).get(headers=ORIGIN)) == expected


def test_a_preflight_is_answered_once_if_options_is_declared(serve: Serve) -> None:
    mock = serve(thing({"200": {"headers": SAID}}, "options"))
    reply = mock.client.options("/thing", headers=PREFLIGHT)
    assert reply.status_code == 204
    assert reply.headers.get_list("access-control-allow-methods") == ["PUT"]
    assert reply.headers.get_list("access-control-allow-origin") == [ORIGIN["origin"]]


# In front of the real service

SILENT: tuple[str, ...] = ()
STRICT = ("Access-Control-Allow-Origin: https://prod.test", "Vary: Origin, Accept-Encoding")
SHARING = (
    "Access-Control-Allow-Origin: http://localhost:3000",
    "Access-Control-Allow-Credentials: true",
    "Access-Control-Expose-Headers: x-a",
    "Vary: origin",
)
PLAIN = thing({"200": json_of(TEXT)})


def proxied(proxy: Pass, service: tuple[str, ...], **settings: Any) -> Any:
    return proxy(PLAIN, lambda seen, connection: json_reply(b'"x"', *service), **settings)


@pytest.mark.parametrize("service", [SILENT, STRICT, SHARING], ids=["silent", "strict", "sharing"])
def test_the_proxy_adds_what_lets_a_page_read_a_reply_once(
    proxy: Pass, service: tuple[str, ...]
) -> None:
    for path in ("/thing", "/not/in/the/contract"):
        reply = proxied(proxy, service).client.get(path, headers=ORIGIN)
        assert reply.status_code == 200 and own_only(reply)
        assert "origin" in ", ".join(reply.headers.get_list("vary")).lower()


@pytest.mark.parametrize("service", [SILENT, STRICT, SHARING], ids=["silent", "strict", "sharing"])
def test_without_an_origin_or_without_cors_the_proxy_adds_nothing(
    proxy: Pass, service: tuple[str, ...]
) -> None:
    said = sum(line.startswith("Access-Control") for line in service)
    assert len(cors_of(proxied(proxy, service).client.get("/thing"))) == said
    without = proxied(proxy, service, cors=False)
    assert len(cors_of(without.client.get("/thing", headers=ORIGIN))) == said


def test_the_proxy_answers_preflights_itself(proxy: Pass) -> None:
    passed = proxied(proxy, STRICT)
    for path in ("/thing", "/not/in/the/contract"):
        asked = {**PREFLIGHT, "access-control-request-headers": "x-a"}
        reply = passed.client.options(path, headers=asked)
        assert reply.status_code == 204
        assert reply.headers.get_list("access-control-allow-origin") == [ORIGIN["origin"]]
        assert reply.headers["access-control-allow-methods"] == "PUT"
        assert reply.headers["access-control-allow-headers"] == "x-a"
    assert passed.service.seen == []


def test_without_cors_a_preflight_goes_to_the_service(proxy: Pass) -> None:
    passed = proxied(proxy, STRICT, cors=False)
    reply = passed.client.options("/thing", headers=PREFLIGHT)
    assert [seen.method for seen in passed.service.seen] == ["OPTIONS"]
    assert reply.headers["access-control-allow-origin"] == "https://prod.test"


def test_an_ordinary_options_goes_to_the_service(proxy: Pass) -> None:
    passed = proxied(proxy, SILENT)
    passed.client.options("/thing", headers=ORIGIN)
    assert [seen.method for seen in passed.service.seen] == ["OPTIONS"]


def test_what_the_proxy_says_itself_can_be_read_by_a_page(proxy: Pass) -> None:
    refused = proxy(PLAIN, "http://127.0.0.1:1").client.get("/thing", headers=ORIGIN)
    assert refused.status_code == 502 and own_only(refused)
    mocked = proxy(PLAIN, "http://127.0.0.1:1", fallback=True).client.get("/thing", headers=ORIGIN)
    assert mocked.status_code == 200 and own_only(mocked)
    control = proxied(proxy, SILENT).client.get("/_mock/health", headers=ORIGIN)
    assert "access-control-allow-origin" not in control.headers


def recorded(folder: Path) -> dict[str, Any]:
    """Return the headers of the one reply that was recorded."""
    (reply,) = yaml.safe_load((folder / "replies/thing.yaml").read_text()).values()
    found: dict[str, Any] = reply.get("headers", {})
    return found


def replay(serve: Serve, folder: Path, paths: Any) -> Mock:
    return serve(paths, fixtures=folder)


def test_a_recording_leaves_cors_out_and_is_served_with_one_origin(
    proxy: Pass, serve: Serve, tmp_path: Path
) -> None:
    def service(seen: Seen, connection: socket.socket) -> bytes:
        return json_reply(b'"x"', *SHARING, "X-Own: 1", "Vary: Accept, Origin")

    folder = tmp_path / "rec"
    proxy(PLAIN, service, record=folder).client.get("/thing", headers=ORIGIN)
    assert recorded(folder) == {"x-own": "1", "vary": "Accept"}
    assert own_only(replay(serve, folder, PLAIN).get(headers=ORIGIN))


def test_a_recording_keeps_what_the_contract_asks_for(
    proxy: Pass, serve: Serve, tmp_path: Path
) -> None:
    name = "Access-Control-Allow-Credentials"
    paths = thing({"200": {"headers": {name: {"required": True, "schema": TEXT}}, **json_of(TEXT)}})
    folder = tmp_path / "rec"
    passed = proxy(paths, lambda *_: json_reply(b'"x"', f"{name}: true"), record=folder)
    passed.client.get("/thing", headers=ORIGIN)
    assert recorded(folder) == {name.lower(): "true"}
    mock = replay(serve, folder, paths)
    assert own_only(mock.get(headers=ORIGIN))
    assert mock.get().headers[name] == "true"
