"""Answers of a real service, recorded as canned replies that the mock serves."""

from __future__ import annotations

import gzip
import json
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from mock_server.project.check import findings
from mock_server.settings import Settings
from tests.helpers.judge import faults
from tests.helpers.proxied import Pass
from tests.helpers.running import Serve, document_text, json_of
from tests.helpers.service import Seen, json_reply, reply

THING: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string"},
        "password": {"type": "string", "minLength": 8},
        "api_key": {"type": "string", "format": "uuid"},
        "next_page_token": {"type": "string"},
        "secrets": {
            "type": "array",
            "items": {"type": "string", "pattern": "^[a-z]{2}-[a-z0-9]{4}$"},
        },
    },
}
ERROR = json_of({"type": "object", "required": ["error"]})


def parameter(name: str, location: str, schema: Any) -> dict[str, Any]:
    return {"name": name, "in": location, "required": location == "path", "schema": schema}


def responses(**codes: Any) -> dict[str, Any]:
    return {code.strip("_"): {"description": code, **found} for code, found in codes.items()}


ID = parameter("id", "path", {"type": "integer"})
DOCUMENT: dict[str, Any] = {
    "security": [{"key": []}, {}],
    "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "query", "name": "k"}}},
    "/things/{id}": {
        "get": {
            "operationId": "get_thing",
            "parameters": [
                ID,
                parameter("limit", "query", {"type": "integer"}),
                parameter("tags", "query", {"type": "array", "items": {"type": "string"}}),
                parameter("X-Tenant", "header", {"type": "string"}),
            ],
            "responses": responses(_200=json_of(THING), _404=ERROR),
        },
        "delete": {"operationId": "remove", "parameters": [ID], "responses": responses(_204={})},
    },
    "/search": {
        "post": {
            "operationId": "search",
            "requestBody": json_of({"type": "object"}),
            "responses": responses(_200=json_of({"type": "array"}), _422=ERROR),
        }
    },
    "/note": {
        "get": {
            "operationId": "note",
            "responses": responses(
                _200={"content": {"text/plain": {}, "application/xml": {}, "image/png": {}}}
            ),
        }
    },
    "/nameless": {"get": {"responses": responses(_200=json_of(True))}},
}


def echo(seen: Seen, connection: socket.socket) -> bytes:
    """Return a reply that identifies its request."""
    if seen.method == "DELETE":
        return reply(204, length=False)
    said = f"{seen.target} {seen.body.decode()} {seen.all('x-tenant')}"
    if seen.method == "POST":
        return json_reply(json.dumps([said]).encode())
    if "/404" in seen.target:
        return json_reply(json.dumps({"error": said}).encode(), status=404)
    return json_reply(json.dumps({"name": said}).encode(), "X-Rate: 5", 'ETag: W/"1"')


def recorded(folder: Path, operation: str) -> dict[str, Any]:
    """Return what is in a file, by the reader that the mock doesn't use."""
    found: dict[str, Any] = yaml.safe_load((folder / f"replies/{operation}.yaml").read_text())
    return found


REQUESTS: list[tuple[str, str, Mapping[str, Any]]] = [
    ("GET", "/things/1", {}),
    ("GET", "/things/1?limit=5", {}),
    ("GET", "/things/1?limit=5&tags=a,b", {}),
    ("GET", "/things/1?other=x", {}),
    ("GET", "/things/1", {"headers": {"X-Tenant": "acme"}}),
    ("GET", "/things/404", {}),
    ("DELETE", "/things/1", {}),
    ("POST", "/search", {"json": {}}),
    ("POST", "/search", {"json": {"a": 1}}),
    ("POST", "/search", {"json": {"a": 1, "b": [1, 2]}}),
    ("POST", "/search", {"json": {"a": 1, "b": [2]}}),
    ("POST", "/search", {"json": {"b": []}}),
]


@pytest.mark.parametrize("order", [1, -1], ids=["general first", "special first"])
def test_what_was_recorded_answers_the_same_requests_the_same(
    proxy: Pass, serve: Serve, tmp_path: Path, order: int
) -> None:
    folder = tmp_path / "recorded"
    passed = proxy(DOCUMENT, echo, record=folder)
    requests = REQUESTS[::order]
    before = [passed.client.request(m, path, **more) for m, path, more in requests]
    mock = serve(document_text(DOCUMENT), fixtures=folder)
    after = [mock.client.request(m, path, **more) for m, path, more in requests]
    assert [mine(reply) for reply in after] == [mine(reply) for reply in before]
    assert all(reply.headers["mock-source"].startswith("reply:") for reply in after)


def mine(got: httpx.Response) -> tuple[int, bytes | Any, str | None]:
    """Return what of a reply is to be the same."""
    return got.status_code, got.json() if got.content else b"", got.headers.get("etag")


def test_the_same_exchange_is_recorded_once(proxy: Pass, tmp_path: Path) -> None:
    passed = proxy(DOCUMENT, echo, record=tmp_path / "r")
    for _ in range(3):
        passed.client.get("/things/1")
    assert recorded(tmp_path / "r", "get_thing") == {
        "200-1": {
            "when": {"path": {"id": 1}, "query": {"limit": None, "tags": None}},
            "status": 200,
            "headers": {"x-rate": "5", "etag": 'W/"1"'},
            "body": {"name": "/things/1  []"},
        }
    }


def test_answers_that_change_come_in_turn(proxy: Pass, serve: Serve, tmp_path: Path) -> None:
    names = iter("aabc")

    def changing(seen: Seen, connection: socket.socket) -> bytes:
        return json_reply(b'{"name": "%s"}' % next(names).encode())

    passed = proxy(DOCUMENT, changing, record=tmp_path / "r")
    for _ in range(4):
        passed.client.get("/things/1")
    mock = serve(document_text(DOCUMENT), fixtures=tmp_path / "r")
    assert [mock.get("/things/1").json()["name"] for _ in range(4)] == ["a", "b", "c", "c"]


def test_secrets_are_masked_with_what_the_contract_accepts(proxy: Pass, tmp_path: Path) -> None:
    body = {
        "name": "Rex",
        "password": "hunter2hunter2",
        "api_key": "178bda33-35fe-4b59-b46c-5e0d4e75d9d0",
        "next_page_token": "p2",
        "secrets": ["sk-1a2b", "sk-9z8y"],
    }
    answer = json_reply(json.dumps(body).encode(), "Set-Cookie: s=hunter2; Path=/; HttpOnly",
                        "X-Auth-Token: hunter2")  # fmt: skip
    passed = proxy(DOCUMENT, lambda seen, connection: answer, record=tmp_path / "r")
    headers = {"Authorization": "Bearer hunter2", "Cookie": "s=hunter2"}
    assert passed.client.get("/things/1?k=hunter2", headers=headers).json() == body
    text = (tmp_path / "r/replies/get_thing.yaml").read_text()
    assert "hunter2" not in text and "178bda33" not in text and "1a2b" not in text
    kept = recorded(tmp_path / "r", "get_thing")["200-1"]
    assert kept["headers"] == {"set-cookie": "s=***; Path=/; HttpOnly", "x-auth-token": "***"}
    assert (kept["body"]["name"], kept["body"]["next_page_token"]) == ("Rex", "p2")
    assert faults(THING, kept["body"]) == []
    assert list(findings(settings(tmp_path, DOCUMENT, tmp_path / "r"))) == []


LOGIN = {"type": "string", "pattern": "^[a-z]=[*]{3}(; Path=/)?$"}
COOKIES_OF = {
    "a list": {"Set-Cookie": {"schema": {"type": "array", "minItems": 2, "items": LOGIN}}},
    "a text": {"Set-Cookie": {"schema": {"type": "string"}}},
    "nothing": {},
}


@pytest.mark.parametrize("headers", COOKIES_OF.values(), ids=COOKIES_OF)
def test_each_cookie_of_an_answer_is_recorded(
    proxy: Pass, serve: Serve, tmp_path: Path, headers: Any
) -> None:
    found = responses(_200={**json_of(True), "headers": headers})
    document = {"/in": {"get": {"operationId": "in", "responses": found}}}
    answer = json_reply(b"1", "Set-Cookie: a=***; Path=/", "Set-Cookie: b=***")
    folder = tmp_path / "r"
    got = proxy(document, lambda seen, connection: answer, record=folder).client.get("/in")
    mock = serve(document_text(document), fixtures=folder)
    again = mock.client.get("/in")
    assert again.headers["mock-source"] == "reply:200-1"
    assert again.headers.get_list("set-cookie") == got.headers.get_list("set-cookie")
    assert len(again.headers.get_list("set-cookie")) == 2


def settings(folder: Path, document: Mapping[str, Any], fixtures: Path) -> Settings:
    path = folder / "openapi.yaml"
    path.write_text(document_text(document))
    return Settings(document=path, fixtures=fixtures)


def test_a_secret_that_nothing_may_stand_for_is_left_out_with_a_note(
    proxy: Pass, tmp_path: Path
) -> None:
    fixed = {"type": "object", "properties": {"token": {"enum": ["hunter2"]}}}
    document = {"/t": {"get": {"operationId": "t", "responses": responses(_200=json_of(fixed))}}}
    answer = json_reply(b'{"token": "hunter2", "a": 1}')
    proxy(document, lambda seen, connection: answer, record=tmp_path / "r").client.get("/t")
    text = (tmp_path / "r/replies/t.yaml").read_text()
    assert "# The body's /token was left out: it is secret.\n200-1:" in text
    assert recorded(tmp_path / "r", "t")["200-1"]["body"] == {"a": 1}


def test_a_secret_that_nothing_may_stand_for_and_that_is_required_is_not_recorded(
    proxy: Pass, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    token = {"token": {"enum": ["hunter2"]}}
    fixed = {"type": "object", "properties": token, "required": ["token"]}
    document = {"/t": {"get": {"operationId": "t", "responses": responses(_200=json_of(fixed))}}}
    answer = json_reply(b'{"token": "hunter2"}')
    proxy(document, lambda seen, connection: answer, record=tmp_path / "r").client.get("/t")
    assert recorded(tmp_path / "r", "t") == {
        "not-recorded-1": {"not-recorded": "the contract accepts no mask for token"}
    }
    assert "Not recorded: t 200; the contract accepts no mask for token" in caplog.text


def test_a_secret_in_a_request_is_no_condition(proxy: Pass, tmp_path: Path) -> None:
    passed = proxy(DOCUMENT, echo, record=tmp_path / "r")
    passed.client.post("/search", json={"user": "me", "login": {"password": "hunter2"}})
    kept = recorded(tmp_path / "r", "search")["200-1"]
    assert kept["when"] == {"body": {"user": "me", "login": {}}}


@pytest.mark.parametrize(
    ("path", "answer", "why"),
    [
        ("/things/1", json_reply(b'{"name": 5}'), "name in the reply's body is an integer, 5"),
        ("/things/1", json_reply(b"{}", status=500), "the status 500 isn't declared"),
        ("/things/x", json_reply(b'{"name": "a"}'), "id in the path is a string"),
        ("/nowhere", json_reply(b"{}"), "the contract has no such operation"),
        ("/nameless", json_reply(b"{}"), "without an operationId"),
        ("/note", reply(200, b"\x89PNG", "Content-Type: image/png"), "has no form in a file"),
        ("/note", reply(200, b"a", "Content-Encoding: br"), "its coding br isn't known"),
    ],
    ids=["reply", "status", "request", "path", "no id", "bytes", "unknown coding"],
)
def test_what_could_not_be_read_back_is_said_instead(
    proxy: Pass,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    path: str,
    answer: bytes,
    why: str,
) -> None:
    proxy(DOCUMENT, lambda seen, connection: answer, record=tmp_path / "r").client.get(path)
    assert "Not recorded" in caplog.text and why in caplog.text
    kept = [yaml.safe_load(path.read_text()) for path in (tmp_path / "r/replies").iterdir()]
    assert all("status" not in reply for replies in kept for reply in replies.values())


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("text/plain", "two\nlines: yes\t\u2028#"),
        ("text/plain; charset=utf-8", " "),
        ("application/xml", "<a><b>1</b></a>"),
    ],
)
def test_a_body_that_is_no_json_is_recorded_as_it_is(
    proxy: Pass, serve: Serve, tmp_path: Path, media_type: str, body: str
) -> None:
    answer = reply(200, body.encode(), f"Content-Type: {media_type}")
    proxy(DOCUMENT, lambda seen, connection: answer, record=tmp_path / "r").client.get("/note")
    got = serve(document_text(DOCUMENT), fixtures=tmp_path / "r").get("/note")
    assert (got.content, got.headers["content-type"]) == (body.encode(), media_type)


KEPT = """\
# Mine.
gone:   # and so is this
  when: {path: {id: 13}}
  status: 404
  body: {error: mine}
"""


def test_what_stands_in_a_file_stays_there(proxy: Pass, tmp_path: Path) -> None:
    path = tmp_path / "r/replies/get_thing.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(KEPT)
    passed = proxy(DOCUMENT, echo, record=tmp_path / "r")
    passed.client.get("/things/13")
    passed.client.get("/things/1")
    assert path.read_text().startswith(KEPT)
    assert list(recorded(tmp_path / "r", "get_thing")) == ["gone", "200-1"]


def test_recording_goes_on_where_it_left_off(proxy: Pass, tmp_path: Path) -> None:
    for path in ("/things/1", "/things/1?limit=5", "/things/1"):
        proxy(DOCUMENT, echo, record=tmp_path / "r").client.get(path)
    kept = recorded(tmp_path / "r", "get_thing")
    assert [entry["when"]["query"]["limit"] for entry in kept.values()] == [None, 5]


def test_who_reads_while_it_is_written_meets_a_whole_file(proxy: Pass, tmp_path: Path) -> None:
    passed = proxy(DOCUMENT, echo, record=tmp_path / "r")
    for number in range(20):
        passed.client.get(f"/things/{number}")
        names = [entry.name for entry in (tmp_path / "r/replies").iterdir()]
        assert names == ["get_thing.yaml"]
        assert len(recorded(tmp_path / "r", "get_thing")) == number + 1


def test_what_is_no_regular_file_is_left_alone(
    proxy: Pass, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody reads the pipe: to open it would be to wait without end."""
    pipe = tmp_path / "recorded/replies/get_thing.yaml"
    pipe.parent.mkdir(parents=True)
    os.mkfifo(pipe)
    passed = proxy(DOCUMENT, echo, record=tmp_path / "recorded")
    assert passed.client.get("/things/1").status_code == 200
    assert pipe.is_fifo()
    assert "Not recorded: get_thing" in caplog.text and "it is a pipe" in caplog.text


def test_a_link_is_followed_and_stays(proxy: Pass, tmp_path: Path) -> None:
    folder, kept = tmp_path / "recorded", tmp_path / "kept.yaml"
    (folder / "replies").mkdir(parents=True)
    (folder / "replies/get_thing.yaml").symlink_to(kept)
    passed = proxy(DOCUMENT, echo, record=folder)
    passed.client.get("/things/1")
    assert (folder / "replies/get_thing.yaml").is_symlink() and "200-1" in kept.read_text()


FORM = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "meta": {"type": "object"},
        "declared": {"type": "string", "format": "binary"},
        "list": {"type": "array", "items": {"type": "string", "format": "binary"}},
        "encoded": {"type": "string", "contentEncoding": "base64"},
        "anything": {},
    },
}


def upload(kind: str, schema: Any) -> dict[str, Any]:
    content = {"content": {f"multipart/{kind}": {"schema": schema}}}
    return {
        "/up": {
            "post": {
                "operationId": "up",
                "requestBody": content,
                "responses": responses(_200=json_of(True)),
            }
        }
    }


def part(name: str, content: str, filename: str = "", media_type: str = "") -> str:
    file = f'; filename="{filename}"' if filename else ""
    of_type = f"Content-Type: {media_type}\r\n" if media_type else ""
    disposition = f'Content-Disposition: form-data; name="{name}"{file}\r\n'
    return f"--B\r\n{disposition}{of_type}\r\n{content}\r\n"


@pytest.mark.parametrize(
    ("file", "is_kept"),
    [
        (part("anything", "CONTENT", "a.txt", "text/plain"), False),
        (part("undeclared", "CONTENT", "a.json", "application/json"), False),
        (part("title", "CONTENT", "a.txt"), False),
        (part("declared", "CONTENT"), False),
        (part("list", "CONTENT") + part("list", "CONTENT"), False),
        (part("encoded", "CONTENT"), False),
        (part("anything", "CONTENT", media_type="image/png"), False),
        (part("meta", '{"a": "CONTENT"}', "blob", "application/json"), True),
        (part("meta", '{"a": "CONTENT"}', media_type="application/json"), True),
        (part("anything", "CONTENT", media_type="text/plain; charset=utf-8"), True),
    ],
    ids=["filename", "JSON file", "filename alone", "format", "several", "base64", "type", "blob",
         "JSON", "text"],
)  # fmt: skip
def test_an_uploaded_file_is_no_condition(
    proxy: Pass, tmp_path: Path, file: str, is_kept: bool
) -> None:
    passed = proxy(
        upload("form-data", FORM), lambda seen, connection: json_reply(b"1"), record=tmp_path / "r"
    )
    body = part("other", "kept") + file + "--B--\r\n"
    headers = {"content-type": "multipart/form-data; boundary=B"}
    assert passed.client.post("/up", content=body, headers=headers).status_code == 200
    when = recorded(tmp_path / "r", "up")["200-1"]["when"]
    assert when["body"]["other"] == "kept"
    assert ("CONTENT" in str(when)) == is_kept


def test_a_compressed_upload_is_recorded(proxy: Pass, tmp_path: Path) -> None:
    document, answer = upload("form-data", FORM), json_reply(b"1")
    passed = proxy(document, lambda seen, connection: answer, record=tmp_path / "r")
    body = gzip.compress((part("other", "kept") + "--B--\r\n").encode())
    headers = {"content-type": "multipart/form-data; boundary=B", "content-encoding": "gzip"}
    assert passed.client.post("/up", content=body, headers=headers).status_code == 200
    assert recorded(tmp_path / "r", "up")["200-1"]["when"]["body"] == {"other": "kept"}


@pytest.mark.parametrize("filename", ["", "a.txt"])
def test_a_file_among_parts_that_go_by_their_place_leaves_no_condition_on_them(
    proxy: Pass, tmp_path: Path, filename: str
) -> None:
    document = upload("mixed", {"type": "array"})
    answer = json_reply(b"1")
    passed = proxy(document, lambda seen, connection: answer, record=tmp_path / "r")
    body = part("a", "one") + part("b", "CONTENT", filename) + "--B--\r\n"
    headers = {"content-type": "multipart/mixed; boundary=B"}
    passed.client.post("/up", content=body, headers=headers)
    entry = recorded(tmp_path / "r", "up")["200-1"]
    assert ("CONTENT" in str(entry)) == (not filename)


FITTING: dict[str, tuple[Any, Any]] = {
    "a pattern": ("sk_live_4242", {"type": "string", "pattern": "^sk_(live|test)_[0-9]{4}$"}),
    "an alternative": ("zzz", {"type": "string", "pattern": "^(zzz|[A-C]{2}[0-9])$"}),
    "a format": ("ada@example.com", {"type": "string", "format": "email"}),
    "a date": ("2024-02-29", {"type": "string", "format": "date"}),
    "a length": ("abcdefgh", {"type": "string", "minLength": 8, "maxLength": 8}),
    "another of an enum": ("one", {"enum": ["one", "two"]}),
    "a number in a range": (5150, {"type": "integer", "minimum": 1000, "maximum": 9999}),
    "a multiple": (2.5, {"type": "number", "multipleOf": 0.5, "minimum": 2}),
    "a list": (["k-1", "k-2"], {"type": "array", "items": {"pattern": "^k-[0-9]$"}, "minItems": 2}),
    "an object": ({"id": 7, "key": "ab"}, {"properties": {"key": {"pattern": "^[a-z]{2}$"}}}),
}


@pytest.mark.parametrize("case", FITTING)
def test_what_stands_for_a_secret_has_its_type_and_fits_its_schema(
    proxy: Pass, tmp_path: Path, case: str
) -> None:
    secret, schema = FITTING[case]
    whole = {"type": "object", "properties": {"credential": schema}, "required": ["credential"]}
    document = {"/t": {"get": {"operationId": "t", "responses": responses(_200=json_of(whole))}}}
    answer = json_reply(json.dumps({"credential": secret}).encode())
    proxy(document, lambda seen, connection: answer, record=tmp_path / "r").client.get("/t")
    (entry,) = recorded(tmp_path / "r", "t").values()
    found = entry["body"]["credential"]
    assert leaves(found).isdisjoint(leaves(secret))
    assert type(found) is type(secret)
    assert faults(whole, entry["body"]) == []


def leaves(value: Any) -> set[Any]:
    """Return the texts and numbers in a value."""
    if isinstance(value, dict):
        return set().union(*map(leaves, value.values()))
    return set().union(*map(leaves, value)) if isinstance(value, list) else {value}


def test_a_secret_header_of_a_reply_fits_its_schema(proxy: Pass, tmp_path: Path) -> None:
    key = "178bda33-35fe-4b59-b46c-5e0d4e75d9d0"
    headers = {
        "X-Auth-Token": {"schema": {"type": "string", "format": "uuid"}},
        "X-Pin": {"schema": {"type": "integer", "minimum": 1000}},
        "X-Secret": {"schema": {"const": "abc"}},
    }
    found = responses(_200={**json_of(True), "headers": headers})
    document = {"/t": {"get": {"operationId": "t", "responses": found}}}
    answer = json_reply(b"1", f"X-Auth-Token: {key}", "X-Pin: 4711", "X-Secret: abc")
    proxy(document, lambda seen, connection: answer, record=tmp_path / "r").client.get("/t")
    (entry,) = recorded(tmp_path / "r", "t").values()
    assert entry["headers"]["x-auth-token"] == "00000000-0000-0000-0000-000000000000"
    assert int(entry["headers"]["x-pin"]) >= 1000 and entry["headers"]["x-pin"] != "4711"
    assert "x-secret" not in entry["headers"]
    assert "The header x-secret was left out" in (tmp_path / "r/replies/t.yaml").read_text()
    assert list(findings(settings(tmp_path, document, tmp_path / "r"))) == []


@pytest.mark.parametrize(
    ("request_of", "kept"),
    [
        ({"json": {"a": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x", "b": 1}}, {"b": 1}),
        ({"json": {"url": "https://u:hunter2@h/", "b": 1}}, {"b": 1}),
        ({"json": {"grant_type": "x", "code": "hunter2"}}, {"grant_type": "x"}),
        ({"json": {"list": ["a", "https://h/?token=hunter2"]}}, {"list": ["a"]}),
        ({"json": {"credentials": {"user": "hunter2", "is_new": True}, "b": 1}}, {"b": 1}),
        ({"json": {"code": "E1", "page_token": "p"}}, {"code": "E1", "page_token": "p"}),
    ],
    ids=["JWT", "URL", "OAuth's code", "an element", "an object", "what isn't secret"],
)
def test_no_secret_is_a_condition(
    proxy: Pass, tmp_path: Path, request_of: dict[str, Any], kept: Any
) -> None:
    passed = proxy(DOCUMENT, echo_nothing, record=tmp_path / "r")
    passed.client.post("/search", **request_of)
    (entry,) = recorded(tmp_path / "r", "search").values()
    assert entry["when"]["body"] == kept


def echo_nothing(seen: Seen, connection: socket.socket) -> bytes:
    return json_reply(b"[]")


def test_with_the_setting_off_secrets_are_recorded_as_they_are(proxy: Pass, tmp_path: Path) -> None:
    answer = json_reply(b'{"name": "a", "password": "hunter2hunter2"}', "Set-Cookie: s=hunter2")
    passed = proxy(
        DOCUMENT,
        lambda seen, connection: answer,
        record=tmp_path / "r",
        mask_credentials=False,
    )
    passed.client.get("/things/1?k=hunter2")
    (entry,) = recorded(tmp_path / "r", "get_thing").values()
    assert entry["when"]["query"]["k"] == "hunter2"
    assert entry["headers"]["set-cookie"] == "s=hunter2"
    assert entry["body"]["password"] == "hunter2hunter2"
