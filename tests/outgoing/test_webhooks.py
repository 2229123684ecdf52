"""Webhooks are sent on demand, signed, and asserted in tests."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_server.errors import StartError
from mock_server.outgoing import fault_of
from tests.helpers.processes import run, serving
from tests.helpers.running import Mock, Serve, document_text, json_of
from tests.outgoing.receiver import Receiver, receiving

TEXT = {"type": "string"}
PET = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "integer"}, "name": TEXT},
}
DOCUMENT: dict[str, Any] = {
    "webhooks": {
        "newPet": {
            "post": {
                "requestBody": {"required": True, **json_of(PET)},
                "responses": {"204": {"description": "taken"}},
            }
        }
    }
}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def send(mock: Mock, **wanted: Any) -> Any:
    return mock.client.post("/_mock/webhooks/newPet", json=wanted)


def test_a_webhook_is_sent_when_it_is_asked_for(serve: Serve, receiver: Receiver) -> None:
    mock = serve(DOCUMENT)
    assert send(mock, url=f"{receiver.url}/hooks").status_code == 202
    assert send(mock, url=receiver.url, body={"id": 7, "name": "Rex"}).status_code == 202
    got = receiver.wait(2)
    assert {one.target for one in got} == {"/hooks", "/"}
    bodies = [json.loads(one.body) for one in got]
    assert {"id": 7, "name": "Rex"} in bodies
    assert all(isinstance(body["id"], int) for body in bodies)
    assert mock.get("/_mock/webhooks").json()["webhooks"] == ["newPet"]


def test_the_receiver_may_be_a_setting(serve: Serve, receiver: Receiver) -> None:
    mock = serve(DOCUMENT, webhook_url=receiver.url)
    assert send(mock).status_code == 202
    receiver.wait(1)


def test_what_cannot_be_sent_is_refused_at_once(serve: Serve, receiver: Receiver) -> None:
    mock = serve(DOCUMENT)
    wrong = send(mock, url=receiver.url, body={"id": "x"})
    assert wrong.status_code == 422
    assert 'id in the body is a string, "x"; expected' in wrong.json()["detail"]
    assert "expected `url`" in send(mock).text
    unknown = mock.client.post("/_mock/webhooks/newPe", json={"url": receiver.url})
    assert unknown.status_code == 404
    assert "did you mean newPet?" in unknown.text
    assert receiver.got == []


def test_a_fixture_says_what_a_webhook_is(serve: Serve, receiver: Receiver) -> None:
    text = "newPet:\n  body: {id: 3}\n  headers: {X-A: b}\n"
    mock = serve(DOCUMENT, fixtures={"webhooks.yaml": text}, webhook_url=receiver.url)
    send(mock)
    (got,) = receiver.wait(1)
    assert (json.loads(got.body), got.headers["x-a"]) == ({"id": 3}, "b")


@pytest.mark.parametrize("scheme", ["standard", "github", "stripe"])
def test_a_message_is_signed(serve: Serve, receiver: Receiver, scheme: str) -> None:
    secret = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()
    mock = serve(
        DOCUMENT, webhook_secret=secret, webhook_signature=scheme, webhook_url=receiver.url
    )
    mock.client.put("/_mock/clock", json={"now": "2030-01-01T00:00:00Z", "frozen": True})
    send(mock)
    (got,) = receiver.wait(1)
    moment = 1_893_456_000
    key, content = secret.encode(), got.body
    if scheme == "standard":
        key = b"0123456789abcdef01234567"
        content = f"{got.headers['webhook-id']}.{moment}.".encode() + got.body
        code = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        assert got.headers["webhook-signature"] == f"v1,{code}"
    elif scheme == "github":
        code = hmac.new(key, content, hashlib.sha256).hexdigest()
        assert got.headers["x-hub-signature-256"] == f"sha256={code}"
    else:
        content = f"{moment}.".encode() + got.body
        code = hmac.new(key, content, hashlib.sha256).hexdigest()
        assert got.headers["stripe-signature"] == f"t={moment},v1={code}"
    assert fault_of(secret, got.headers, got.body, moment) == ""
    assert fault_of(secret, got.headers, got.body + b" ", moment)
    assert fault_of("another", got.headers, got.body, moment)
    assert bool(fault_of(secret, got.headers, got.body, moment + 999)) is (scheme != "github")
    assert "whsec" not in mock.get("/_mock/exchanges").text


def test_a_session_has_a_signature_of_its_own(serve: Serve, receiver: Receiver) -> None:
    mock = serve(DOCUMENT, webhook_url=receiver.url)
    body = {"scheme": "github", "secret": "hush"}
    assert mock.client.put("/_mock/signing", json=body).status_code == 204
    send(mock)
    assert fault_of("hush", receiver.wait(1)[0].headers, receiver.got[0].body, 0) == ""
    assert mock.client.delete("/_mock/signing").status_code == 204
    send(mock)
    assert "x-hub-signature-256" not in receiver.wait(2)[1].headers


def test_the_command_sends_one_and_another_verifies_it(
    serve: Serve, receiver: Receiver, tmp_path: Path
) -> None:
    mock = serve(DOCUMENT, webhook_secret="hush", webhook_signature="stripe")
    to = ("--url", mock.url, "--to", receiver.url)
    done = run("send", "newPet", *to, "--body", '{"id": 4}')
    assert (done.returncode, done.stderr) == (0, "")
    (got,) = receiver.wait(1)
    (tmp_path / "body.json").write_bytes(got.body)
    header = f"Stripe-Signature: {got.headers['stripe-signature']}"
    right = run("verify", "--secret", "hush", "-H", header, tmp_path / "body.json")
    assert (right.returncode, right.stdout) == (0, "the signature is right\n")
    wrong = run("verify", "--secret", "other", "-H", header, tmp_path / "body.json")
    assert (wrong.returncode, wrong.stdout) == (
        1, "stripe-signature isn't that of this body and this secret\n"
    )  # fmt: skip
    unknown = run("send", "newPe", *to)
    assert (unknown.returncode, unknown.stderr) == (
        2, "There is no webhook newPe; did you mean newPet?\n"
    )  # fmt: skip
    assert run("send", "newPet", *to, "--body", "{").returncode == 2
    assert run("send", "newPet", "--url", "http://127.0.0.1:9").returncode == 2


def test_what_waits_at_the_end_is_dropped_and_counted(tmp_path: Path) -> None:
    document = tmp_path / "pets.json"
    document.write_text(document_text(DOCUMENT))
    with serving(document, "--webhook-url", "http://127.0.0.1:9") as server:
        reply = httpx.post(f"{server.url}/_mock/webhooks/newPet", json={"delay": "1h"})
        assert reply.status_code == 202
        assert server.end() == 0
    assert "1 callbacks and webhooks weren't sent: the server ends" in server.err.text


TESTS = """
import pytest

def test_a_webhook_is_sent(mock_api):
    mock_api.send("newPet", url=URL, body={"id": 5})
    mock_api.assert_sent("newPet", times=1, body={"id": 5})
    with pytest.raises(AssertionError) as raised:
        mock_api.assert_sent("newPet", body={"id": 6})
    assert "newPet was sent 0 times; expected at least once." in str(raised.value)
    assert "expected {'id': 6}" in str(raised.value)
    with pytest.raises(AssertionError):
        mock_api.assert_sent("oldPet")

def test_a_wrong_body_is_refused(mock_api):
    with pytest.raises(Exception, match="expected an integer"):
        mock_api.send("newPet", url=URL, body={"id": "x"})

def test_an_answer_that_is_not_declared_fails_the_test(mock_api):
    mock_api.send("newPet", url=URL + "/wrong")
    mock_api.assert_sent("newPet")
"""


def test_the_plugin_sends_and_asserts(pytester: pytest.Pytester) -> None:
    (pytester.path / "pets.json").write_text(
        json.dumps({"openapi": "3.1.0", "info": {"title": "P", "version": "1"}, **DOCUMENT})
    )
    (pytester.path / "pyproject.toml").write_text('[tool.mock-server]\ndocument = "pets.json"\n')
    with receiving() as receiver:
        receiver.statuses = [204, 200]
        pytester.makepyfile(test_it=f"URL = {receiver.url!r}\n{TESTS}")
        result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=2, failed=1)
    assert "newPet: POST" in result.stdout.str()


ITEM = {**PET, "required": ["id", "name"]}
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
OK = {"description": "ok", **json_of(ITEM)}
KEPT = {
    **DOCUMENT,
    "/pets": {
        "get": {"operationId": "list", "responses": {"200": {"description": "all", **json_of(
            {"type": "array", "items": ITEM})}}},
        "post": {"operationId": "make", "requestBody": json_of(PET), "responses": {"201": OK}},
    },
    "/pets/{id}": {
        "parameters": [ID],
        "get": {"operationId": "read", "responses": {"200": OK}},
        "put": {"operationId": "put", "requestBody": json_of(PET), "responses": {"200": OK}},
        "delete": {"operationId": "drop", "responses": {"204": {"description": "gone"}}},
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", ["created", "updated", "deleted"])
def test_a_change_of_items_sends_a_webhook(serve: Serve, receiver: Receiver, kind: str) -> None:
    told = f"newPet:\n  on: pets.{kind}\n"
    mock = serve(KEPT, fixtures={"webhooks.yaml": told}, stateful=True, webhook_url=receiver.url)
    made = mock.post("/pets", json={"id": 1, "name": "Rex"}).json()
    path = f"/pets/{made['id']}"
    assert mock.client.put(path, json={"id": made["id"], "name": "Max"}).status_code == 200
    assert mock.client.delete(path).status_code == 204
    (got,) = receiver.wait(1)
    body = json.loads(got.body)
    assert body["id"] == made["id"]
    if kind != "deleted":
        assert body["name"] == {"created": "Rex", "updated": "Max"}[kind]


def test_a_collection_that_is_not_kept_stops_the_start(serve: Serve) -> None:
    for text, message in (
        ("newPet:\n  on: pest.created\n", "webhooks.yaml:2:7: there is no collection pest"),
        ("newPet:\n  on: pets.sold\n", "expected one of NAME.created"),
    ):
        with pytest.raises(StartError, match=message):
            serve(KEPT, fixtures={"webhooks.yaml": text}, stateful=True)
