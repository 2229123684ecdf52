"""Recordings: they keep errors that no document has, and report what they couldn't keep."""

from __future__ import annotations

import gzip
import json
import socket
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from mock_server.project.check import findings
from mock_server.settings import Settings
from tests.helpers.processes import serving
from tests.helpers.proxied import Pass
from tests.helpers.running import SECONDS, Serve, document_text, json_of, until
from tests.helpers.service import Seen, Service, json_reply, reply

THING = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
ERROR = {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}}
DOCUMENT: dict[str, Any] = {
    "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
    "/things/{id}": {
        "get": {
            "operationId": "get_thing",
            "parameters": [
                {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}},
                {"name": "n", "in": "query", "schema": {"type": "integer"}},
            ],
            "responses": {
                "200": {"description": "", **json_of(THING)},
                "400": {"description": "", **json_of(ERROR)},
                "401": {"description": "", **json_of(ERROR)},
            },
        },
        "post": {
            "operationId": "post_thing",
            "security": [{"key": []}],
            "parameters": [
                {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
            ],
            "requestBody": {"required": True, **json_of(THING)},
            "responses": {
                "200": {"description": "", **json_of(THING)},
                "401": {"description": "", **json_of(ERROR)},
            },
        },
    },
}
PAGE = b"<html>\r\n<h1>502 Bad Gateway</h1>\r\n</html>\n"
HTML = "Content-Type: text/html"

ODD: dict[str, bytes] = {
    "a gateway's page": reply(502, PAGE, HTML, "Retry-After: 30", "X-Edge: a"),
    "JSON of an undeclared status": json_reply(b'{"error":"oops"}', status=500),
    "a body that breaks its schema": json_reply(b'{"name":5}'),
    "a text of JSON": json_reply(b'"oops"', status=500),
    "null": json_reply(b"null", status=500),
    "no JSON under its type": json_reply(b"<html>", status=500),
    "another type": reply(200, PAGE, HTML),
    "no type": reply(500, b"a"),
    "no body": reply(503),
    "no body where one is declared": reply(200),
    "latin-1": reply(500, b"\xe9", "Content-Type: text/html; charset=iso-8859-1"),
    "compressed": reply(500, gzip.compress(PAGE), HTML, "Content-Encoding: gzip"),
    "cookies": reply(302, b"", "Set-Cookie: a=***", "Set-Cookie: b=***", "Location: /login"),
    "a problem document": reply(404, b'{"status":404}', "Content-Type: application/problem+json"),
}


def recorded(folder: Path, operation: str = "get_thing") -> dict[str, Any]:
    """Return what is in a file, by the reader that the mock doesn't use."""
    found: dict[str, Any] = yaml.safe_load((folder / f"replies/{operation}.yaml").read_text())
    return found


def mine(got: httpx.Response) -> tuple[Any, ...]:
    """Return what of a reply is to be the same."""
    names = ("content-type", "retry-after", "x-edge", "location")
    cookies = got.headers.get_list("set-cookie")
    return got.status_code, got.text, [got.headers.get(name) for name in names], cookies


@pytest.mark.parametrize("answer", ODD.values(), ids=ODD)
def test_what_breaks_the_contract_is_kept_and_answers_as_it_was(
    proxy: Pass, serve: Serve, tmp_path: Path, answer: bytes
) -> None:
    folder = tmp_path / "r"
    passed = proxy(DOCUMENT, lambda seen, connection: answer, record=folder, record_all=True)
    before = passed.client.get("/things/1")
    (kept,) = recorded(folder).values()
    assert kept["undeclared"] is True
    path = tmp_path / "api.json"
    path.write_text(document_text(DOCUMENT))
    assert list(findings(Settings(document=path, fixtures=folder))) == []
    mock = serve(document_text(DOCUMENT), fixtures=folder)
    after = mock.get("/things/1")
    assert mine(after) == mine(before)
    assert after.headers["mock-source"].endswith("; undeclared")
    assert mock.get("/things/2").status_code == 200


def test_the_same_undeclared_answer_is_kept_once_and_others_in_turn(
    proxy: Pass, serve: Serve, tmp_path: Path
) -> None:
    answers = iter([reply(502, PAGE, HTML)] * 2 + [json_reply(b'{"name": "a"}')] * 2)
    folder = tmp_path / "r"
    passed = proxy(DOCUMENT, lambda *_: next(answers), record=folder, record_all=True)
    for _ in range(4):
        passed.client.get("/things/1")
    (kept,) = recorded(folder).values()
    assert [answer["status"] for answer in kept["sequence"]] == [502, 200]
    mock = serve(document_text(DOCUMENT), fixtures=folder)
    assert [mock.get("/things/1").status_code for _ in range(3)] == [502, 200, 200]


def test_an_answer_that_keeps_to_the_contract_has_no_mark(proxy: Pass, tmp_path: Path) -> None:
    answer = json_reply(b'{"name": "a"}')
    passed = proxy(DOCUMENT, lambda *_: answer, record=tmp_path / "r", record_all=True)
    passed.client.get("/things/1")
    assert "undeclared" not in recorded(tmp_path / "r")["200-1"]


def test_secrets_are_masked_in_what_breaks_the_contract_too(proxy: Pass, tmp_path: Path) -> None:
    secret = {"token": "hunter2", "next": {"password": "hunter2"}, "seen": 5}
    body = json.dumps(secret).encode()
    answers = iter([
        json_reply(body, "X-Api-Key: hunter2", "Set-Cookie: sid=hunter2; Path=/", status=500),
        reply(502, b"<p>password=hunter2&x=1</p>", HTML),
        reply(503, b"password=hunter2&x=1", "Content-Type: application/x-www-form-urlencoded"),
    ])  # fmt: skip
    passed = proxy(DOCUMENT, lambda *_: next(answers), record=tmp_path / "r", record_all=True)
    for number in range(3):
        passed.client.get(f"/things/{number}")
    text = (tmp_path / "r/replies/get_thing.yaml").read_text()
    assert "hunter2" not in text
    first = recorded(tmp_path / "r")["500-1"]
    assert first["body"] == {"token": "***", "next": {"password": "***"}, "seen": 5}


def test_what_no_mask_fits_is_kept_with_one_that_breaks_the_contract(
    proxy: Pass, serve: Serve, tmp_path: Path
) -> None:
    token = {"type": "object", "required": ["token"], "properties": {"token": {"const": "hunter2"}}}
    responses = {"200": {"description": "", **json_of(token)}}
    paths = {"/t": {"get": {"operationId": "t", "responses": responses}}}
    answer, folder = json_reply(b'{"token":"hunter2"}'), tmp_path / "r"
    proxy(paths, lambda *_: answer, record=folder, record_all=True).client.get("/t")
    assert recorded(folder, "t")["200-1"]["undeclared"] is True
    assert serve(document_text(paths), fixtures=folder).get("/t").json() == {"token": "***"}


# Errors that answer requests that break the contract


def refusing(seen: Seen, connection: socket.socket) -> bytes:
    """Return a service that has texts of its own for what it refuses."""
    if seen.method == "POST" and not seen.all("x-key"):
        return json_reply(b'{"error":"who are you?"}', status=401)
    if "x" in seen.target:
        return json_reply(f'{{"error":"not {seen.target}"}}'.encode(), status=400)
    return json_reply(b'{"name":"a"}')


def test_a_declared_error_that_answers_an_invalid_request_is_kept_and_answers_it(
    proxy: Pass, serve: Serve, tmp_path: Path
) -> None:
    folder = tmp_path / "r"
    passed = proxy(DOCUMENT, refusing, record=folder, record_all=True)
    sent: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", "/things/x", {}),
        ("GET", "/things/1?n=x", {}),
        ("GET", "/things/1", {}),
        ("POST", "/things/1", {"json": {"name": "a"}}),
        ("POST", "/things/1", {"json": {"name": "a"}, "headers": {"X-Key": "hunter2"}}),
    ]
    before = [passed.client.request(m, path, **more) for m, path, more in sent]
    mock = serve(document_text(DOCUMENT), fixtures=folder)
    after = [mock.client.request(m, path, **more) for m, path, more in sent]
    assert [mine(r) for r in after] == [mine(r) for r in before]
    assert [r.status_code for r in after] == [400, 400, 200, 401, 200]
    assert all(r.headers["mock-source"].startswith("reply:") for r in after)
    assert "mock-violations" in after[0].headers
    assert recorded(folder)["400-1"]["when"]["valid"] is False
    # Another request that breaks the contract is refused as ever.
    assert mock.get("/things/y").headers["mock-source"] == "refusal"


def test_a_success_that_answers_an_invalid_request_is_not_kept(
    proxy: Pass, serve: Serve, tmp_path: Path
) -> None:
    folder, answer = tmp_path / "r", json_reply(b'{"name": "a"}')
    passed = proxy(DOCUMENT, lambda *_: answer, record=folder, record_all=True)
    passed.client.get("/things/1?n=x")
    (note,) = recorded(folder).values()
    assert note["not-recorded"].startswith("n in the query is a string")
    assert serve(document_text(DOCUMENT), fixtures=folder).get("/things/1?n=x").status_code == 400


# What isn't kept


def test_what_breaks_the_contract_is_noted_with_its_reason_without_the_option(
    proxy: Pass, serve: Serve, tmp_path: Path
) -> None:
    folder = tmp_path / "r"
    passed = proxy(DOCUMENT, lambda *_: reply(502, PAGE, HTML), record=folder)
    passed.client.get("/things/1")
    reason = "the status 502 isn't declared by get_thing; it declares 200, 400, 401"
    assert recorded(folder) == {
        "not-recorded-1": {
            "when": {"path": {"id": 1}, "query": {"n": None}},
            "not-recorded": reason,
        }
    }
    mock = serve(document_text(DOCUMENT), fixtures=folder)
    got = mock.get("/things/1")
    assert (got.status_code, got.headers["content-type"]) == (501, "application/problem+json")
    assert got.json()["title"] == "Not recorded"
    assert reason in got.json()["detail"]
    assert mock.get("/things/2").status_code == 200  # which no one asked for


@pytest.mark.parametrize("order", [1, -1], ids=["kept first", "kept last"])
def test_beside_an_answer_that_was_kept_the_others_are_noted_in_a_comment(
    proxy: Pass, serve: Serve, tmp_path: Path, order: int
) -> None:
    answers = [json_reply(b'{"name": "a"}'), reply(502, PAGE, HTML), reply(503, PAGE, HTML)]
    coming = iter(answers[::order])
    folder = tmp_path / "r"
    passed = proxy(DOCUMENT, lambda *_: next(coming), record=folder)
    for _ in answers:
        passed.client.get("/things/1")
    text = (folder / "replies/get_thing.yaml").read_text()
    for status in (502, 503):
        assert f"\n# not-recorded: the status {status} isn't declared by get_thing" in text
    (kept,) = recorded(folder).values()
    assert kept["status"] == 200
    mock = serve(document_text(DOCUMENT), fixtures=folder)
    assert [mock.get("/things/1").status_code for _ in range(3)] == [200] * 3


def test_a_special_request_whose_answer_was_not_kept_is_not_answered_as_a_general_one(
    proxy: Pass, serve: Serve, tmp_path: Path
) -> None:
    def answer(seen: Seen, connection: socket.socket) -> bytes:
        return reply(502) if b"more" in seen.body else json_reply(b'{"name": "a"}')

    folder = tmp_path / "r"
    passed = proxy(DOCUMENT, answer, record=folder)
    key = {"X-Key": "hunter2"}
    bodies = [{"name": "a"}, {"name": "a", "more": 1}]
    for body in bodies:
        passed.client.post("/things/1", json=body, headers=key)
    mock = serve(document_text(DOCUMENT), fixtures=folder)
    got = [mock.post("/things/1", json=body, headers=key).status_code for body in bodies]
    assert got == [200, 501]


BINARY = reply(500, b"\x89PNG\xff", "Content-Type: image/png")


def test_what_no_file_can_say_is_noted_with_the_option_too(
    proxy: Pass, serve: Serve, tmp_path: Path
) -> None:
    folder = tmp_path / "r"
    proxy(DOCUMENT, lambda *_: BINARY, record=folder, record_all=True).client.get("/things/1")
    got = serve(document_text(DOCUMENT), fixtures=folder).get("/things/1")
    assert got.status_code == 501
    assert "a body of image/png has no form in a file" in got.json()["detail"]


def test_a_service_that_gives_no_answer_is_noted(proxy: Pass, serve: Serve, tmp_path: Path) -> None:
    folder = tmp_path / "r"
    passed = proxy(DOCUMENT, "http://127.0.0.1:9", record=folder, record_all=True)
    assert passed.client.get("/things/1").status_code == 502
    got = serve(document_text(DOCUMENT), fixtures=folder).get("/things/1")
    assert (got.status_code, got.json()["title"]) == (501, "Not recorded")


def test_an_answer_that_ends_too_early_is_noted(proxy: Pass, serve: Serve, tmp_path: Path) -> None:
    answer = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"na'

    def cut(seen: Seen, connection: socket.socket) -> None:
        connection.sendall(answer)
        connection.shutdown(socket.SHUT_RDWR)

    passed = proxy(DOCUMENT, cut, record=tmp_path / "r")
    with pytest.raises(httpx.HTTPError):
        passed.client.get("/things/1")
    got = serve(document_text(DOCUMENT), fixtures=tmp_path / "r").get("/things/1")
    assert (got.status_code, got.json()["title"]) == (501, "Not recorded")
    assert "ended too early" in got.json()["detail"]


def test_an_answer_is_taken_in_the_place_of_a_note_that_there_was_none(
    proxy: Pass, serve: Serve, tmp_path: Path
) -> None:
    folder = tmp_path / "r"
    answer = reply(502, PAGE, HTML)
    first = proxy(DOCUMENT, lambda *_: answer, record=folder)
    for path in ("/things/1", "/things/2"):
        first.client.get(path)
    proxy(DOCUMENT, lambda *_: answer, record=folder, record_all=True).client.get("/things/1")
    mock = serve(document_text(DOCUMENT), fixtures=folder)
    assert mock.get("/things/1").text == PAGE.decode()
    assert mock.get("/things/2").status_code == 501


def test_a_note_of_a_general_request_stays_behind_the_answer_to_a_special_one(
    proxy: Pass, serve: Serve, tmp_path: Path
) -> None:
    folder, key = tmp_path / "r", {"X-Key": "hunter2"}
    special, general = {"name": "a", "more": 1}, {"name": "a"}

    def asked(answer: bytes, body: Any) -> None:
        passed = proxy(DOCUMENT, lambda *_: answer, record=folder)
        passed.client.post("/things/1", json=body, headers=key)

    asked(reply(502), general)
    asked(json_reply(b'{"name": "a"}'), special)
    mock = serve(document_text(DOCUMENT), fixtures=folder)
    got = [mock.post("/things/1", json=b, headers=key).status_code for b in (special, general)]
    assert got == [200, 501]


def test_a_request_that_breaks_the_contract_and_was_not_kept_is_refused_as_ever(
    proxy: Pass, serve: Serve, tmp_path: Path
) -> None:
    folder = tmp_path / "r"
    passed = proxy(DOCUMENT, refusing, record=folder)
    passed.client.get("/things/1?n=x")
    (note,) = recorded(folder).values()
    assert note["when"] == {"path": {"id": 1}, "query": {"n": "x"}, "valid": False}
    mock = serve(document_text(DOCUMENT), fixtures=folder)
    assert mock.get("/things/1?n=x").status_code == 400
    assert mock.get("/things/1").status_code == 200


def test_what_is_enforced_is_recorded_all_the_same(
    proxy: Pass, serve: Serve, tmp_path: Path
) -> None:
    folder = tmp_path / "r"
    passed = proxy(
        DOCUMENT, lambda *_: reply(502, PAGE, HTML), record=folder, record_all=True, enforce=True
    )
    assert passed.client.get("/things/1").headers["content-type"] == "application/problem+json"
    mock = serve(document_text(DOCUMENT), fixtures=folder)
    assert mock.get("/things/1").text == PAGE.decode()


def test_one_closing_line_counts_what_was_not_kept(tmp_path: Path) -> None:
    document, folder = tmp_path / "api.json", tmp_path / "r"
    document.write_text(document_text(DOCUMENT))
    with (
        Service(lambda *_: reply(502, PAGE, HTML)) as service,
        serving(service.url, document, "--record", folder, name="proxy") as running,
    ):
        httpx.get(f"{running.url}/things/1", timeout=SECONDS)
        httpx.get(f"{running.url}/nowhere", timeout=SECONDS)
        until((folder / "replies/get_thing.yaml").exists, "the note")
        assert running.end() == 0
    last = running.err.complete().splitlines()[-1]
    assert last == f"2 exchanges were not recorded; the files in {folder} say why, as not-recorded"


def test_nothing_is_said_where_all_was_kept(tmp_path: Path) -> None:
    document, folder = tmp_path / "api.json", tmp_path / "r"
    document.write_text(document_text(DOCUMENT))
    options = ("--record", folder, "--record-all")
    with (
        Service(lambda *_: reply(502, PAGE, HTML)) as service,
        serving(service.url, document, *options, name="proxy") as running,
    ):
        httpx.get(f"{running.url}/things/1", timeout=SECONDS)
        until((folder / "replies/get_thing.yaml").exists, "the recording")
        assert running.end() == 0
    assert "not recorded" not in running.err.complete()


WRONG_NOTES = {
    "a: {not-recorded: 5}\n": "`not-recorded` is a reason; expected a text",
    "a: {not-recorded: b, status: 200}\n": "`status` isn't known here",
    "a: {not-recorded: ''}\n": "`not-recorded` is a reason; expected a text",
}


@pytest.mark.parametrize(("text", "why"), WRONG_NOTES.items())
def test_a_note_that_is_none_is_a_finding(tmp_path: Path, text: str, why: str) -> None:
    document, replies = tmp_path / "api.json", tmp_path / "f" / "replies"
    document.write_text(document_text(DOCUMENT))
    replies.mkdir(parents=True)
    (replies / "get_thing.yaml").write_text(text)
    (found,) = findings(Settings(document=document, fixtures=tmp_path / "f"))
    assert why in found


def test_a_note_is_no_source_of_a_reply_and_nothing_to_be_met(serve: Serve) -> None:
    fixtures = {"replies/get_thing.yaml": "a: {not-recorded: it was down}\n"}
    mock = serve(document_text(DOCUMENT), fixtures=fixtures)
    operation = mock.app.parts.contract.operations[0]
    assert mock.app.parts.sources(operation) == ["generated"]
    assert mock.get("/_mock/coverage").json()["figures"].get("fixtures", {"of": 0})["of"] == 0
    assert mock.get("/things/1", headers={"prefer": "code=200"}).status_code == 200
    assert mock.get("/things/1", headers={"prefer": "dynamic=true"}).status_code == 200
