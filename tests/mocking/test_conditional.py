"""Conditions on versions (RFC 9110, section 13): 304, 412, and what stays as it is."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.helpers.running import Mock, Serve, json_of

TEXT = {"type": "string"}
PET = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": {"type": "integer"}, "name": TEXT},
}
ETAG = {"ETag": {"schema": TEXT}}
DATE = {"Last-Modified": {"schema": {**TEXT, "example": "Tue, 05 May 2020 10:00:00 GMT"}}}
BEFORE, SAME, AFTER = (
    f"Tue, 05 May 2020 {time} GMT" for time in ("09:59:59", "10:00:00", "10:00:01")
)
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
OK = {"description": "ok", **json_of(PET)}


def paths(
    headers: dict[str, Any] | None = None, *codes: str, **methods: dict[str, Any]
) -> dict[str, Any]:
    """Return the paths of a pet that can be read and written."""
    shown = {**OK, "headers": headers or {}}
    answers = {"200": shown, **{code: {"description": code} for code in codes}}
    get = {"operationId": "get", "responses": answers}
    put = {"operationId": "put", "responses": {"200": shown}, "requestBody": json_of(PET)}
    delete = {"operationId": "delete", "responses": {"204": {"description": "gone"}}}
    return {"/pets/{id}": {"parameters": [ID], "get": get, "put": put, "delete": delete, **methods}}


def ask(mock: Mock, method: str = "GET", path: str = "/pets/1", **headers: str) -> httpx.Response:
    sent = {name.replace("_", "-"): text for name, text in headers.items()}
    body = {"id": 1, "name": "Rex"} if method in ("PUT", "PATCH") else None
    return mock.client.request(method, path, headers=sent, json=body)


def test_the_same_representation_has_the_same_tag_and_another_has_another(serve: Serve) -> None:
    mock = serve(paths(ETAG))
    one, again, other = (ask(mock, path=f"/pets/{id}").headers["etag"] for id in (1, 1, 2))
    assert one == again != other


@pytest.mark.parametrize("form", ["{0}", "W/{0}", '"x", {0}', '"x",W/{0} , "y"', "*"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_version_that_the_client_has_is_304(serve: Serve, method: str, form: str) -> None:
    mock = serve(paths(ETAG, "304"))
    tag = ask(mock).headers["etag"]
    reply = ask(mock, method, if_none_match=form.format(tag))
    assert (reply.status_code, reply.content) == (304, b"")
    assert reply.headers["etag"] == tag
    assert not {"content-length", "content-type", "transfer-encoding"} & reply.headers.keys()
    assert mock.faults(reply) == []


@pytest.mark.parametrize("form", ['"x"', 'W/"x", "y"', "no tag", ""])
def test_another_version_is_sent(serve: Serve, form: str) -> None:
    mock = serve(paths(ETAG, "304"))
    reply = ask(mock, if_none_match=form)
    assert (reply.status_code, reply.json()["id"]) == (200, 1)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"if_modified_since": BEFORE}, 200),
        ({"if_modified_since": SAME}, 304),
        ({"if_modified_since": AFTER}, 304),
        ({"if_modified_since": "no date"}, 200),
        ({"if_modified_since": "Tuesday, 05-May-20 10:00:00 GMT"}, 304),
        ({"if_modified_since": "Tue May  5 10:00:00 2020"}, 304),
        ({"if_unmodified_since": BEFORE}, 412),
        ({"if_unmodified_since": SAME}, 200),
        ({"if_unmodified_since": "no date"}, 200),
        # RFC 9110, section 13.2.2: tags go before dates, and If-Match before If-None-Match.
        ({"if_none_match": '"x"', "if_modified_since": AFTER}, 200),
        ({"if_match": "*", "if_unmodified_since": BEFORE}, 200),
        ({"if_match": '"x"', "if_none_match": "*"}, 412),
        ({"if_match": "*", "if_none_match": "*"}, 304),
        ({"if_match": "*", "if_modified_since": AFTER}, 304),
    ],
    ids=str,
)
def test_conditions_have_their_order(serve: Serve, headers: dict[str, str], status: int) -> None:
    mock = serve(paths({**ETAG, **DATE}, "304", "412"))
    assert ask(mock, **headers).status_code == status


@pytest.mark.parametrize(
    ("form", "status"), [("{0}", 200), ("*", 200), ('"x", {0}', 200), ("W/{0}", 412), ('"x"', 412)]
)
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_if_match_compares_strongly(serve: Serve, method: str, form: str, status: int) -> None:
    mock = serve(paths(ETAG, "412"))
    tag = ask(mock).headers["etag"]
    assert ask(mock, method, if_match=form.format(tag)).status_code == status


def test_a_change_of_another_version_is_412_and_not_made(serve: Serve) -> None:
    mock = serve(paths(ETAG))
    for method in ("PUT", "DELETE"):
        assert ask(mock, method, if_match='"x"').status_code == 412
        assert ask(mock, method, if_none_match="*").status_code == 412
        assert ask(mock, method, if_match="*").status_code in (200, 204)


def test_the_tag_that_a_change_was_answered_with_is_known(serve: Serve) -> None:
    mock = serve(paths(ETAG))
    tag = ask(mock, "PUT").headers["etag"]
    assert ask(mock, "PUT", if_match=tag).status_code == 200


def test_what_is_not_declared_is_sent_to_a_condition_alone(serve: Serve) -> None:
    mock = serve(paths(ETAG))
    tag = ask(mock).headers["etag"]
    same, other = ask(mock, if_none_match=tag), ask(mock, if_match='"x"')
    assert (same.status_code, other.status_code) == (304, 412)
    assert other.headers["content-type"] == "application/problem+json"
    for reply in (same, other):
        assert "mock-violations" not in reply.headers
    kept = [e["reply"] for e in mock.get("/_mock/exchanges").json()["exchanges"]][-2:]
    assert [(one["status"], one["violations"]) for one in kept] == [(304, []), (412, [])]
    assert [one["undeclared"] for one in kept] == [True, True]
    assert "304 isn't declared, and answers a condition of the request" in kept[0]["why"]


def test_a_declared_304_and_412_have_their_headers(serve: Serve) -> None:
    document = paths(ETAG)
    answers = document["/pets/{id}"]["get"]["responses"]
    named = {"X-It": {"required": True, "schema": {**TEXT, "example": "it"}}}
    answers["304"] = {"description": "same", "headers": named}
    answers["412"] = {"description": "other", "headers": named, **json_of({"type": "object"})}
    mock = serve(document)
    tag = ask(mock).headers["etag"]
    for reply in (ask(mock, if_none_match=tag), ask(mock, if_match='"x"')):
        assert reply.headers["x-it"] == "it"
        assert mock.faults(reply) == []


@pytest.mark.parametrize(
    "document",
    [paths(ETAG), paths(DATE), paths({}, "304"), paths({}, "412"),
     paths({}, get={"operationId": "get", "responses": {"200": OK},
                    "parameters": [{"name": "If-None-Match", "in": "header", "schema": TEXT}]})],
    ids=["ETag", "Last-Modified", "304", "412", "If-None-Match"],
)  # fmt: skip
def test_an_operation_that_speaks_of_versions_has_conditions(serve: Serve, document: Any) -> None:
    mock = serve(document)
    assert ask(mock, if_none_match="*").status_code == 304


def test_an_operation_that_does_not_speak_of_versions_has_none(serve: Serve) -> None:
    mock = serve(paths())
    plain = ask(mock)
    assert "etag" not in plain.headers
    same = ask(mock, if_none_match="*", if_match='"x"', if_unmodified_since=BEFORE)
    assert (same.status_code, same.content) == (200, plain.content)


@pytest.mark.parametrize("code", ["404", "500"])
def test_an_error_has_no_conditions(serve: Serve, code: str) -> None:
    mock = serve(paths(ETAG, code))
    reply = ask(mock, prefer=f"code={code}", if_match='"x"', if_none_match="*")
    assert reply.status_code == int(code)


def test_a_request_that_breaks_the_contract_is_refused_before_its_conditions(serve: Serve) -> None:
    mock = serve(paths(ETAG, "400"))
    assert ask(mock, path="/pets/x", if_none_match="*").status_code == 400


CANNED = {
    "a canned reply": {
        "fixtures": {"replies/get.yaml": "it:\n  status: 200\n  body: {id: 7, name: A}\n"}
    },
    "a canned reply with a tag of its own": {
        "fixtures": {"replies/get.yaml": "it:\n  status: 200\n  headers: {ETag: '\"v1\"'}\n"
                     "  body: {id: 7, name: A}\n"}
    },
    "a handler": {"handlers": "def get(id):\n    return {'id': id, 'name': 'A'}\n"},
    "stateful": {"stateful": True},
}  # fmt: skip


@pytest.mark.parametrize("settings", CANNED.values(), ids=CANNED)
def test_conditions_hold_wherever_a_reply_comes_from(serve: Serve, settings: Any) -> None:
    document = paths(ETAG, "304")
    create = {"operationId": "create", "requestBody": json_of(PET), "responses": {"201": OK}}
    document["/pets"] = {"post": create}
    mock = serve(document, **settings)
    path = "/pets/1"
    if "stateful" in settings:
        made = mock.post("/pets", json={"id": 1, "name": "Rex"}).json()
        path = f"/pets/{made['id']}"
    first = ask(mock, path=path)
    assert first.status_code == 200
    same = ask(mock, path=path, if_none_match=first.headers["etag"])
    assert same.status_code == 304
    assert ask(mock, path=path, if_none_match='"x"').content == first.content


BODYLESS = {
    "a canned 304": "it:\n  status: 304\n  undeclared: true\n",
    "a canned 204": "it:\n  status: 204\n  undeclared: true\n",
}


@pytest.mark.parametrize("text", BODYLESS.values(), ids=BODYLESS)
def test_204_and_304_have_neither_a_body_nor_its_length(serve: Serve, text: str) -> None:
    mock = serve(paths(), fixtures={"replies/get.yaml": text})
    with mock.wire() as wire:
        wire.send(b"GET /pets/1 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        got = b""
        while data := wire.socket.recv(65_536):
            got += data
    head, _, body = got.partition(b"\r\n\r\n")
    assert body == b""
    assert b"content-length" not in head.lower()
    assert b"transfer-encoding" not in head.lower()


def test_a_declared_304_with_an_example_has_no_body(serve: Serve) -> None:
    document = paths()
    example = json_of(PET, example={"id": 1, "name": "A"})
    document["/pets/{id}"]["get"]["responses"]["304"] = {"description": "same", **example}
    mock = serve(document)
    reply = ask(mock, prefer="code=304")
    assert (reply.status_code, reply.content) == (304, b"")
    assert "content-length" not in reply.headers
