"""Callbacks are sent after their operation, and keep to the contract both ways."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_server.cli.request_log import TextLines, what_was_wrong
from mock_server.errors import StartError
from mock_server.project import read_project
from mock_server.settings import Settings
from tests.helpers.running import Mock, Serve, document_text, json_of, until
from tests.outgoing.receiver import Receiver, receiving

TEXT = {"type": "string"}
EVENT = {
    "type": "object",
    "required": ["id", "kind"],
    "properties": {"id": TEXT, "kind": {"enum": ["created"]}, "note": TEXT},
}
SUBSCRIPTION = {
    "type": "object",
    "required": ["url"],
    "properties": {"url": {**TEXT, "format": "uri"}, "more": {"type": "object"}},
}
MADE = {"type": "object", "required": ["id"], "properties": {"id": {**TEXT, "format": "uuid"}}}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def paths(
    address: str = "{$request.body#/url}", codes: tuple[str, ...] = ("204",), **item: Any
) -> dict[str, Any]:
    """Return the paths of an operation with the callback `onEvent`."""
    send = {
        "requestBody": {"required": True, **json_of(EVENT)},
        "responses": {code: {"description": code} for code in codes},
    }
    return {
        "/subscriptions/{sub}": {
            "post": {
                "operationId": "subscribe",
                "parameters": [
                    {"name": "sub", "in": "path", "required": True, "schema": TEXT},
                    {"name": "to", "in": "query", "schema": TEXT},
                    {"name": "X-To", "in": "header", "schema": TEXT},
                ],
                "requestBody": {"required": True, **json_of(SUBSCRIPTION)},
                "responses": {
                    "201": {"description": "made", **json_of(MADE)},
                    "404": {"description": "no"},
                },
                "callbacks": {"onEvent": {address: item or {"post": send}}},
            }
        }
    }


def subscribe(
    mock: Mock, url: str, path: str = "/subscriptions/7", **headers: str
) -> httpx.Response:
    reply = mock.post(path, json={"url": url, "more": {"deep": [url]}}, headers=headers)
    assert reply.status_code in (201, 404), reply.text
    return reply


def sent(mock: Mock) -> list[dict[str, Any]]:
    """Return the attempts in the journal, as the control API shows them."""
    found = mock.get("/_mock/exchanges").json()["exchanges"]
    return [one for one in found if "outgoing" in one]


def clock(mock: Mock, **change: Any) -> None:
    assert mock.client.patch("/_mock/clock", json=change).is_success


def test_a_callback_follows_its_operation_and_is_valid(serve: Serve, receiver: Receiver) -> None:
    mock = serve(paths())
    made = subscribe(mock, f"{receiver.url}/events?a=1").json()
    (got,) = receiver.wait(1)
    assert (got.method, got.target) == ("POST", "/events?a=1")
    assert got.headers["content-type"] == "application/json"
    body = json.loads(got.body)
    assert body["kind"] == "created"
    # What the reply shows of the thing, the callback shows too.
    assert body["id"] == made["id"]
    until(lambda: sent(mock), "the attempt is in the journal")
    (one,) = sent(mock)
    assert one["outgoing"]["event"] == "onEvent"
    assert one["outgoing"]["cause"] == 1
    assert (one["reply"]["status"], one["reply"]["violations"]) == (204, [])


ADDRESSES = {
    "a whole expression": ("$request.body#/url", {}),
    "text around it": ("{$request.body#/url}/x/{$request.path.sub}", {"target": "/x/7"}),
    "a list deep inside": ("{$request.body#/more/deep/0}/y", {"target": "/y"}),
    "the query": ("{$request.query.to}/q", {"target": "/q"}),
    "a header": ("{$request.header.x-to}/h", {"target": "/h"}),
    "the reply": ("{$request.body#/url}/{$response.body#/id}/{$statusCode}", {}),
    "the method": ("{$request.body#/url}/{$method}", {"target": "/POST"}),
    "a header of the reply": (
        "{$request.body#/url}/{$response.header.content-type}",
        {"target": "/application/json"},
    ),
}


@pytest.mark.parametrize(("address", "expected"), ADDRESSES.values(), ids=ADDRESSES)
def test_the_address_is_made_of_request_and_reply(
    serve: Serve, receiver: Receiver, address: str, expected: dict[str, str]
) -> None:
    mock = serve(paths(address))
    path = f"/subscriptions/7?to={receiver.url}"
    made = subscribe(mock, receiver.url, path, **{"x-to": receiver.url})
    (got,) = receiver.wait(1)
    target = expected.get("target")
    if "$response.body" in address:
        target = f"/{made.json()['id']}/201"
    assert got.target == (target or "/")


UNRESOLVED = {
    "a missing member": ("{$request.body#/gone}", "$request.body#/gone has no value here"),
    "an object": ("{$request.body#/more}", "$request.body#/more is an object"),
    "a missing header": ("{$request.header.x-gone}", "$request.header.x-gone has no value here"),
    "no expression": ("{$request.bodi#/url}", "$request.bodi#/url is no runtime expression"),
    "a response's query": ("{$response.query.a}", "a response has no query"),
}


@pytest.mark.parametrize(("address", "message"), UNRESOLVED.values(), ids=UNRESOLVED)
def test_an_address_without_a_value_is_a_violation_with_its_place(
    serve: Serve, receiver: Receiver, address: str, message: str
) -> None:
    mock = serve(paths(address))
    subscribe(mock, receiver.url)
    (one,) = sent(mock)
    (violation,) = one["outgoing"]["violations"]
    assert message in violation["message"]
    assert "/callbacks/onEvent/" in violation["rule"]
    assert receiver.got == []


def test_a_failure_is_tried_again_by_the_session_s_clock(serve: Serve, receiver: Receiver) -> None:
    receiver.statuses = [500, 503, 204]
    mock = serve(paths())
    clock(mock, frozen=True)
    subscribe(mock, receiver.url)
    receiver.wait(1)
    until(lambda: len(sent(mock)) == 1, "the first attempt is in the journal")
    clock(mock, advance="1s")
    receiver.wait(2)
    until(lambda: len(sent(mock)) == 2, "the second attempt is in the journal")
    clock(mock, advance="1s")  # the wait doubles
    clock(mock, advance="1s")
    receiver.wait(3)
    until(lambda: len(sent(mock)) == 3, "the third attempt is in the journal")
    assert [one["outgoing"]["attempt"] for one in sent(mock)] == [1, 2, 3]
    assert mock.get("/_mock/webhooks").json()["pending"] == 0


def test_retry_after_is_obeyed(serve: Serve, receiver: Receiver) -> None:
    receiver.statuses, receiver.headers = [503, 204], {"Retry-After": "60"}
    mock = serve(paths())
    clock(mock, frozen=True)
    subscribe(mock, receiver.url)
    until(lambda: len(sent(mock)) == 1, "the first attempt is in the journal")
    clock(mock, advance="59s")
    assert mock.get("/_mock/webhooks").json()["pending"] == 1
    clock(mock, advance="1s")
    receiver.wait(2)


@pytest.mark.parametrize(("codes", "status"), [(("204",), 410), (("204", "4XX"), 404)])
def test_410_and_a_declared_answer_end_it(
    serve: Serve, receiver: Receiver, codes: tuple[str, ...], status: int
) -> None:
    receiver.statuses = [status]
    mock = serve(paths(codes=codes))
    clock(mock, frozen=True)
    subscribe(mock, receiver.url)
    until(lambda: len(sent(mock)) == 1, "the attempt is in the journal")
    until(lambda: not mock.get("/_mock/webhooks").json()["pending"], "nothing waits")


def test_an_answer_that_is_not_declared_is_a_violation(serve: Serve, receiver: Receiver) -> None:
    receiver.statuses = [202]
    mock = serve(paths())
    subscribe(mock, receiver.url)
    until(lambda: sent(mock), "the attempt is in the journal")
    (violation,) = sent(mock)[0]["reply"]["violations"]
    assert "202" in violation["message"]
    assert len(receiver.got) == 1


def test_a_receiver_that_is_not_there_is_told_in_the_journal(serve: Serve) -> None:
    mock = serve(paths())
    clock(mock, frozen=True)
    subscribe(mock, "http://127.0.0.1:9/")
    until(lambda: sent(mock), "the attempt is in the journal")
    assert sent(mock)[0]["outgoing"]["error"]
    assert sent(mock)[0]["reply"] is None


REFUSED = {
    "another host": "http://192.0.2.7/",
    "a name that isn't known": "http://nobody.invalid/",
    "another scheme": "ftp://127.0.0.1/",
    "no URL": "nowhere",
    "credentials": "http://a:b@127.0.0.1/",
}


@pytest.mark.parametrize("url", REFUSED.values(), ids=REFUSED)
def test_only_this_machine_is_sent_to(serve: Serve, url: str) -> None:
    mock = serve(paths("{$request.query.to}"))
    subscribe(mock, "http://127.0.0.1/", f"/subscriptions/7?to={url}")
    until(lambda: sent(mock), "the refusal is in the journal")
    (one,) = sent(mock)
    assert one["reply"] is None
    assert one["outgoing"]["violations"][0]["message"].startswith(url)


@pytest.mark.parametrize("path", ["/_mock/reset", "/_session/a/_mock/reset", "/__admin/reset"])
def test_the_control_api_is_never_sent_to(serve: Serve, path: str) -> None:
    mock = serve(paths(), callback_hosts=("*",))
    subscribe(mock, f"{mock.url}{path}")
    until(lambda: sent(mock), "the refusal is in the journal")
    assert "control API" in sent(mock)[0]["outgoing"]["error"]


def test_a_redirection_is_not_followed(serve: Serve, receiver: Receiver) -> None:
    receiver.statuses, receiver.headers = [307], {"Location": "/elsewhere"}
    mock = serve(paths(codes=("204", "307")))
    subscribe(mock, receiver.url)
    until(lambda: sent(mock), "the attempt is in the journal")
    assert [got.target for got in receiver.got] == ["/"]


def test_no_callbacks_turns_all_off(serve: Serve, receiver: Receiver) -> None:
    mock = serve(paths(), callbacks=False)
    subscribe(mock, receiver.url)
    assert sent(mock) == []
    assert receiver.got == []


def test_only_a_success_has_callbacks(serve: Serve, receiver: Receiver) -> None:
    mock = serve(paths())
    subscribe(mock, receiver.url, prefer="code=404")
    assert mock.post("/subscriptions/7", json={}).status_code == 422
    assert sent(mock) == []


def test_canned_replies_and_stubs_have_callbacks_too(serve: Serve, receiver: Receiver) -> None:
    body = {"id": "7c9e6679-7425-40de-944b-e07fc1f90ae7"}
    mock = serve(paths())
    stub = {"operation": "subscribe", "status": 201, "body": body}
    assert mock.client.post("/_mock/stubs", json=stub).is_success
    subscribe(mock, receiver.url)
    (got,) = receiver.wait(1)
    assert json.loads(got.body)["id"] == body["id"]


def canned(text: str) -> dict[str, str]:
    return {"callbacks/subscribe.yaml": text}


def test_a_fixture_says_what_is_sent_and_when(serve: Serve, receiver: Receiver) -> None:
    text = (
        "onEvent:\n  body: {id: a, kind: created, note: mine}\n  headers: {X-Own: b}\n  delay: 5s\n"
    )
    mock = serve(paths(), fixtures=canned(text))
    clock(mock, frozen=True)
    subscribe(mock, receiver.url)
    until(lambda: mock.get("/_mock/webhooks").json()["pending"] == 1, "it waits")
    assert receiver.got == []
    clock(mock, advance="5s")
    (got,) = receiver.wait(1)
    assert json.loads(got.body) == {"id": "a", "kind": "created", "note": "mine"}
    assert got.headers["x-own"] == "b"


def test_a_fixture_can_leave_one_out(serve: Serve, receiver: Receiver) -> None:
    mock = serve(paths(), fixtures=canned("onEvent: {send: false}\n"))
    subscribe(mock, receiver.url)
    assert sent(mock) == []


def test_what_waits_is_dropped_by_a_reset(serve: Serve, receiver: Receiver) -> None:
    mock = serve(paths(), fixtures=canned("onEvent: {delay: 1h}\n"))
    subscribe(mock, receiver.url)
    until(lambda: mock.get("/_mock/webhooks").json()["pending"] == 1, "it waits")
    assert mock.client.post("/_mock/reset").is_success
    until(lambda: mock.get("/_mock/webhooks").json()["pending"] == 0, "nothing waits")


WRONG = {
    "an unknown event": (
        "onEvnt: {delay: 1s}\n",
        "subscribe.yaml:1:1: subscribe has no callback onEvnt; did you mean onEvent?",
    ),
    "a body that breaks its schema": (
        "onEvent:\n  body: {id: 5, kind: created}\n",
        "subscribe.yaml:2:14: ",
    ),
    "an unknown member": ("onEvent: {bdy: 1}\n", "`bdy` isn't known here"),
    "no length of time": ("onEvent: {delay: soon}\n", "subscribe.yaml:1:18: "),
    "too many attempts": ("onEvent: {retries: 99}\n", "expected a number from 0 to 20"),
}


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_fixture_stops_the_start_with_its_place(
    tmp_path: Path, text: str, message: str
) -> None:
    document, folder = tmp_path / "api.json", tmp_path / "fixtures" / "callbacks"
    document.write_text(document_text(paths()))
    folder.mkdir(parents=True)
    (folder / "subscribe.yaml").write_text(text)
    with pytest.raises(StartError) as raised:
        read_project(Settings(document=document, fixtures=folder.parent))
    assert any(message in str(line) for line in raised.value.lines), raised.value.lines


def test_a_file_for_an_operation_without_callbacks_is_a_finding(tmp_path: Path) -> None:
    document, folder = tmp_path / "api.json", tmp_path / "fixtures" / "callbacks"
    document.write_text(document_text(paths()))
    folder.mkdir(parents=True)
    (folder / "subscribed.yaml").write_text("a: {}\n")
    with pytest.raises(StartError) as raised:
        read_project(Settings(document=document, fixtures=folder.parent))
    assert "the operation subscribed isn't known; did you mean subscribe?" in str(raised.value)


def test_the_log_and_the_summaries_name_the_event(serve: Serve, receiver: Receiver) -> None:
    mock = serve(paths())
    subscribe(mock, f"{receiver.url}/events")
    until(lambda: sent(mock), "the attempt is in the journal")
    exchange = mock.exchanges[-1]
    log = TextLines(colored=False)
    line = log.of(exchange, f"{receiver.url}/events", what_was_wrong(exchange))
    assert f"POST    {receiver.url}/events" in line
    assert "204 sent:onEvent" in line
    beginning = {"last-event-id": "0"}
    with mock.client.stream("GET", "/_mock/exchanges/summaries", headers=beginning) as stream:
        data = (text for text in stream.iter_lines() if text.startswith("data:"))
        shown = [json.loads(next(data).removeprefix("data:")) for _ in range(2)]
    assert (shown[1]["path"], shown[1]["source"]) == (f"{receiver.url}/events", "sent:onEvent")


def test_coverage_counts_them_beside_the_contract(serve: Serve, receiver: Receiver) -> None:
    mock = serve(paths())
    before = mock.get("/_mock/coverage").json()
    subscribe(mock, receiver.url)
    until(lambda: sent(mock), "the attempt is in the journal")
    after = mock.get("/_mock/coverage").json()
    figures = [report["figures"]["callbacks"] for report in (before, after)]
    assert [(one["met"], one["of"]) for one in figures] == [(0, 1), (1, 1)]
    assert after["figures"]["all"]["of"] == before["figures"]["all"]["of"]


EVENTS = {
    "/events": {
        "post": {
            "operationId": "take",
            "requestBody": {"required": True, **json_of(EVENT)},
            "responses": {"204": {"description": "taken"}},
        }
    }
}


def test_another_server_of_ours_takes_it_and_finds_nothing_wrong(serve: Serve) -> None:
    taking = serve(EVENTS)
    mock = serve(paths())
    subscribe(mock, f"{taking.url}/events")
    until(lambda: taking.exchanges, "it has come")
    (exchange,) = taking.exchanges
    assert exchange.operation == "take"
    assert exchange.reply is not None
    assert (exchange.reply.status, list(exchange.reply.violations)) == (204, [])


def test_a_proxy_in_front_of_the_receiver_finds_nothing_wrong(
    serve: Serve, proxy: Any, receiver: Receiver
) -> None:
    between = proxy(EVENTS, receiver.url).proxy
    mock = serve(paths())
    subscribe(mock, f"{between.url}/events")
    receiver.wait(1)
    until(lambda: sent(mock), "the attempt is in the journal")
    assert sent(mock)[0]["reply"]["status"] == 204
    assert "mock-violations" not in sent(mock)[0]["reply"]["headers"]


@pytest.mark.parametrize("path", ["/_mock/reset", "/%5Fmock/reset", "/a/../_mock/reset"])
def test_a_host_that_lies_about_the_port_changes_nothing(serve: Serve, path: str) -> None:
    mock = serve(paths("{$request.query.to}"))
    to = f"http://localhost:{httpx.URL(mock.url).port}{path}"
    asked = f"/subscriptions/7?to={to}"
    mock.client.post(asked, json={"url": "http://127.0.0.1/"}, headers={"host": "other.test:1"})
    until(lambda: sent(mock), "the refusal is in the journal")
    assert "control API" in sent(mock)[0]["outgoing"]["error"]
