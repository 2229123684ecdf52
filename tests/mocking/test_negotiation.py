"""The choice of a reply: its status, its media type, and the source of its body."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import httpx
import pytest

from mock_server.mocking.negotiation import MOST_WISHES
from tests.helpers.running import Serve, json_of, thing

NUMBER = {"type": "integer"}
MESSAGE = {"type": "object", "required": ["msg"], "properties": {"msg": {"type": "string"}}}
CATS = {"examples": {"Tom": {"value": 1}, "Kitty": {"value": 2}}}


def named(codes: Iterable[str]) -> dict[str, Any]:
    """Responses whose example is their own code."""
    return {code: json_of({"type": "string"}, example=code) for code in codes}


@pytest.mark.parametrize(
    ("declared", "status", "body"),
    [
        (["404", "201", "200"], 200, "200"),
        (["202", "2XX", "default"], 202, "202"),
        (["404", "2XX"], 200, "2XX"),
        (["404", "default"], 200, "default"),
        (["404", "500"], 404, "404"),
        (["3XX", "4XX"], 300, "3XX"),
        (["2xx"], 200, "2XX"),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, list) else str(value),
)
def test_without_a_preference_the_lowest_success_is_sent(
    serve: Serve, declared: list[str], status: int, body: str
) -> None:
    reply = serve(thing(named(declared))).get()
    assert (reply.status_code, reply.json().upper()) == (status, body.upper())


@pytest.mark.parametrize(
    ("code", "status", "body"),
    [
        (404, 404, "404"),
        (418, 418, "4XX"),
        (200, 200, "200"),
        (299, 299, "default"),
        (503, 503, "default"),
        (599, 599, "default"),
    ],
)
def test_a_code_is_found_exactly_then_by_its_range_then_by_default(
    serve: Serve, code: int, status: int, body: str
) -> None:
    mock = serve(thing(named(["200", "404", "4XX", "default"])))
    reply = mock.get(headers={"prefer": f"code={code}"})
    assert (reply.status_code, reply.json()) == (status, body)
    assert reply.headers["preference-applied"] == f"code={code}"


def test_a_code_that_nothing_declares_is_a_404_that_names_what_is_declared(serve: Serve) -> None:
    reply = serve(thing(named(["200", "5XX"]))).get(headers={"prefer": "code=418"})
    assert reply.status_code == 404
    assert reply.json()["detail"] == (
        "thing declares no response 418; it declares 200, 5XX. To have it all the same, ask for"
        " Prefer: code=418; undeclared, or for ?__code=418&__undeclared=true, or start the server"
        " with --allow-undeclared."
    )
    assert reply.headers["mock-preference-ignored"] == "code"


@pytest.mark.parametrize("declared", [[], ["101"]], ids=["none", "one that only announces"])
def test_an_operation_without_a_reply_that_could_be_sent_is_501(
    serve: Serve, declared: list[str]
) -> None:
    reply = serve(thing(named(declared))).get()
    assert reply.status_code == 501
    assert reply.headers["content-type"] == "application/problem+json"
    assert "thing" in reply.json()["detail"]


def types(*names: str) -> dict[str, Any]:
    """Return a 200 in several media types, the example of each its own name."""
    return thing({"200": {"content": {name: {"example": name} for name in names}}})


@pytest.mark.parametrize(
    ("declared", "accept", "sent"),
    [
        ("text/a application/json", None, "application/json"),
        ("text/a text/b", None, "text/a"),
        ("text/a */* application/json", None, "application/json"),
        ("text/a application/json", "text/*", "text/a"),
        ("text/a application/json", "text/a;q=0.5, application/json;q=0.4", "text/a"),
        ("text/a application/json", "text/a;q=0.5, */*", "application/json"),
        ("text/a text/b", "text/b, text/a", "text/a"),
        ("text/a text/b", "text/a;q=0, */*", "text/b"),
        ("application/json", "application/json; charset=utf-8", "application/json"),
        ("application/vnd.a+json application/json", "application/vnd.a+json",
         "application/vnd.a+json"),
        ("image/*", "image/webp", "image/webp"),
        ("image/*", None, "image/png"),
    ],
)  # fmt: skip
def test_accept_chooses_the_media_type(
    serve: Serve, declared: str, accept: str | None, sent: str
) -> None:
    reply = serve(types(*declared.split())).get(headers={"accept": accept or ""})
    assert (reply.status_code, reply.headers["content-type"]) == (200, sent)


def test_what_accept_does_not_take_is_a_406_that_names_what_there_is(serve: Serve) -> None:
    refused = serve(types("text/a", "text/b")).get(headers={"accept": "image/png"})
    assert refused.status_code == 406
    assert refused.json()["detail"] == "Accept asks for image/png; there is text/a, text/b."


def test_a_long_accept_is_not_sent_back_whole(serve: Serve) -> None:
    mock = serve(thing({"200": json_of({"type": "string"})}))
    refused = mock.get(headers={"accept": "image/png, " * 900 + "image/gif"})
    assert refused.status_code == 406
    assert len(refused.content) < 300


@pytest.mark.parametrize("code", ["406", "4XX", "default"])
def test_a_declared_406_has_the_declared_shape(serve: Serve, code: str) -> None:
    error = json_of(
        {"type": "object", "required": ["msg"], "properties": {"msg": {"type": "string"}}}
    )
    mock = serve(thing({"200": json_of(NUMBER), code: error}))
    reply = mock.get(headers={"accept": "image/png"})
    assert (reply.status_code, mock.faults(reply)) == (406, [])
    assert reply.json()["msg"].startswith("Accept asks for image/png")


def test_a_reply_without_content_ignores_accept(serve: Serve) -> None:
    reply = serve(thing({"200": {}})).get(headers={"accept": "image/png"})
    assert (reply.status_code, reply.content) == (200, b"")
    assert "content-type" not in reply.headers
    assert reply.headers["content-length"] == "0"


@pytest.mark.parametrize("status", ["204", "304"])
@pytest.mark.parametrize("response", [{}, json_of(NUMBER, example=1)], ids=["empty", "content"])
def test_a_status_that_has_no_body_is_sent_without_one(
    serve: Serve, status: str, response: dict[str, Any]
) -> None:
    mock = serve(thing({status: response}))
    replies = [mock.get(), mock.get(headers={"accept": "image/png"})]
    for reply in replies:
        assert (reply.status_code, reply.content) == (int(status), b"")
        assert not {"content-length", "content-type", "transfer-encoding"} & set(reply.headers)


def test_after_a_reply_without_a_body_the_connection_goes_on(serve: Serve) -> None:
    mock = serve(thing({"200": json_of(NUMBER, example=5), "204": json_of(NUMBER, example=1)}))
    with mock.wire() as wire:
        line = b"GET /thing HTTP/1.1\r\nhost: mock\r\n"
        wire.send(line + b"prefer: code=204\r\n\r\n" + line + b"\r\n")
        first, second = wire.answer("GET"), wire.answer("GET")
    assert (first.status, first.body, second.status, second.body) == (204, b"", 200, b"5")


def preferring(prefer: str) -> dict[str, str]:
    return {"prefer": prefer}


@pytest.mark.parametrize(
    ("prefer", "source", "value"),
    [
        ("", "example:Tom", 1),
        ("example=Kitty", "example:Kitty", 2),
        ("dynamic=false", "example:Tom", 1),
        ("code=200", "example:Tom", 1),
        ("code=404", "example:Lost", 3),
        ("code=404, example=Found", "example:Found", 4),
        ("example=Kitty, dynamic=true", "example:Kitty", 2),
    ],
)
def test_the_named_example_is_sent_else_the_first(
    serve: Serve, prefer: str, source: str, value: int
) -> None:
    other = {"examples": {"Lost": {"value": 3}, "Found": {"value": 4}}}
    mock = serve(thing({"200": json_of(NUMBER, **CATS), "404": json_of(NUMBER, **other)}))
    reply = mock.get(headers=preferring(prefer))
    assert (reply.headers["mock-source"], reply.json()) == (source, value)


def test_what_is_made_up_on_request_is_no_example(serve: Serve) -> None:
    mock = serve(thing({"200": json_of({"type": "integer", "minimum": 10}, example=11)}))
    reply = mock.get(headers=preferring("dynamic=true, seed=3"))
    assert reply.headers["mock-source"] == "generated"
    assert reply.headers["preference-applied"] == "dynamic=true, seed=3"
    assert mock.faults(reply) == []


@pytest.mark.parametrize(
    ("prefer", "applied", "ignored"),
    [
        ("seed=3", None, "seed"),
        ("dynamic=false", "dynamic=false", None),
        ("example=Kitty, dynamic=true", "example=Kitty", "dynamic"),
        ("example=Kitty, seed=3", "example=Kitty", "seed"),
        ("code=200, wait=5, return=minimal", "code=200", "wait, return"),
        ("example=\"two words\"", 'example="two words"', None),
    ],
)  # fmt: skip
def test_what_was_honoured_and_what_was_not_is_said(
    serve: Serve, prefer: str, applied: str | None, ignored: str | None
) -> None:
    cats = {"examples": {**CATS["examples"], "two words": {"value": 3}}}
    headers = serve(thing({"200": json_of(NUMBER, **cats)})).get(headers=preferring(prefer)).headers
    assert headers.get("preference-applied") == applied
    assert headers.get("mock-preference-ignored") == ignored


WISHES: list[dict[str, Any]] = [
    {"headers": {"prefer": prefer, **accept}, "params": params}
    for prefer in (
        "",
        "code=404",
        "code=418",
        "example=Kitty",
        "dynamic=true",
        "dynamic=true, seed=2",
    )
    for accept in ({}, {"accept": "text/plain"}, {"accept": "image/png"})
    for params in ({}, {"__code": "200"}, {"__example": "Tom"})
]


def test_a_wish_is_answered_alike_whatever_was_wished_for_before(serve: Serve) -> None:
    both = json_of(NUMBER, **CATS)
    both["content"] |= {"text/plain": {"schema": {"type": "string"}, "example": "purr"}}
    responses = {"200": both, "404": json_of(NUMBER, example=3)}
    first, second = serve(thing(responses)), serve(thing(responses))
    answers = [told(first.get(**wish)) for wish in WISHES]
    assert len({str(answer) for answer in answers}) > 8
    again = [told(second.get(**wish)) for wish in [*reversed(WISHES), *WISHES]]
    assert again == [*reversed(answers), *answers]


def test_more_wishes_than_are_remembered_are_answered_each(serve: Serve) -> None:
    mock = serve(thing({"200": json_of({"type": "integer"})}))
    seeds = [*range(2 * MOST_WISHES), 0]
    replies = [mock.get(headers=preferring(f"dynamic=true, seed={seed}")) for seed in seeds]
    applied = [reply.headers["preference-applied"] for reply in replies]
    assert applied == [f"dynamic=true, seed={seed}" for seed in seeds]
    assert replies[0].json() == replies[-1].json()
    assert len({reply.json() for reply in replies}) > MOST_WISHES


def test_a_stub_that_comes_after_a_wish_answers_the_next(serve: Serve) -> None:
    mock = serve(thing({"200": json_of(NUMBER, example=1), "404": json_of(NUMBER, example=4)}))
    stub = {"operation": "thing", "name": "gone", "status": 404, "body": 44}
    wished = mock.get(headers=preferring("code=404")).json()
    assert mock.client.post("/_mock/stubs", json=stub).status_code == 201
    assert (wished, mock.get(headers=preferring("code=404")).json()) == (4, 44)
    assert mock.get(headers={**preferring("code=404"), "mock-session": "other"}).json() == 4


def told(reply: httpx.Response) -> tuple[object, ...]:
    headers = {name: value for name, value in reply.headers.items() if name != "date"}
    return reply.status_code, headers, reply.content


def test_an_example_that_is_not_there_is_a_404_that_names_those_that_are(serve: Serve) -> None:
    mock = serve(thing({"200": json_of(NUMBER, **CATS)}))
    reply = mock.get(headers=preferring("example=Garfield"))
    assert reply.status_code == 404
    assert reply.json()["detail"].endswith("'Garfield' for the status 200; it has Tom, Kitty.")


@pytest.mark.parametrize("name", ["a\r\nset-cookie: x=1", "日本\x00", "ä"])
def test_a_name_can_put_nothing_else_into_the_headers(serve: Serve, name: str) -> None:
    mock = serve(thing({"200": json_of(NUMBER, examples={name: {"value": 1}})}))
    reply = mock.get(params={"__example": name})
    assert reply.json() == 1
    assert "set-cookie" not in reply.headers
    shown = name.encode("latin-1", "replace").decode("latin-1").translate({13: 63, 10: 63, 0: 63})
    assert reply.headers["mock-source"].encode("latin-1") == f"example:{shown}".encode("latin-1")


CANNED = """
tea: {status: 418, body: tea, when: {query: {drink: tea}}}
pot: {status: 418, body: pot}
"""


@pytest.mark.parametrize(
    ("query", "prefer", "source", "status"),
    [
        ("drink=tea", "", "reply:tea", 418),
        ("drink=coffee", "", "reply:pot", 418),
        ("drink=coffee", "code=418", "reply:pot", 418),
        ("drink=tea", "code=200", "example:Tom", 200),
        ("drink=coffee", "example=tea", "reply:tea", 418),
        ("drink=tea", "example=Kitty", "example:Kitty", 200),
        ("drink=tea", "code=200, example=pot", "refusal", 404),
        ("drink=tea", "dynamic=true", "generated", 200),
    ],
)
def test_canned_replies_stand_before_examples_where_they_fit(
    serve: Serve, query: str, prefer: str, source: str, status: int
) -> None:
    paths = thing({"200": json_of(NUMBER, **CATS), "418": json_of({"type": "string"})})
    mock = serve(paths, fixtures={"replies/thing.yaml": CANNED})
    reply = mock.get(f"/thing?{query}", headers=preferring(prefer))
    assert (reply.headers["mock-source"], reply.status_code) == (source, status)


def test_a_canned_reply_is_sent_as_the_type_it_was_written_for(serve: Serve) -> None:
    content = {"text/a": {"schema": {"type": "string"}}, "application/json": {"schema": NUMBER}}
    replies = "first: {status: 200, body: hello}"
    mock = serve(thing({"200": {"content": content}}), fixtures={"replies/thing.yaml": replies})
    reply = mock.get()
    assert (reply.headers["content-type"], reply.text) == ("text/a", "hello")
    assert mock.get(headers={"accept": "application/json"}).status_code == 406


def status_and_source(reply: httpx.Response) -> tuple[int, str]:
    return reply.status_code, reply.headers["mock-source"]


@pytest.mark.parametrize(
    ("prefer", "expected"),
    [
        ("", (200, "handler")),
        ("code=200", (200, "handler")),
        ("code=404", (404, "example:404")),
        ("dynamic=false", (200, "handler")),
        ("dynamic=true", (200, "generated")),
        ("example=example", (200, "example:example")),
    ],
)
def test_a_handler_stands_behind_what_was_asked_for_by_name(
    serve: Serve, prefer: str, expected: tuple[int, str]
) -> None:
    other = json_of({"type": "string"}, examples={"404": {"value": "gone"}})
    paths = thing({"200": json_of(NUMBER, example=1), "404": other})
    mock = serve(paths, handlers="def thing():\n    return 7\n")
    assert status_and_source(mock.get(headers=preferring(prefer))) == expected


@pytest.mark.parametrize(
    "outcome", ["raise ValueError('no')", "raise NotFound('no')", "return 7, 404", "return 7, 418"]
)
def test_a_status_that_was_asked_for_is_sent_whatever_the_handler_does(
    serve: Serve, outcome: str
) -> None:
    handler = f"from mock_server.errors import NotFound\ndef thing():\n    {outcome}\n"
    paths = thing({"200": json_of(NUMBER, example=1), "404": json_of(NUMBER)})
    mock = serve(paths, handlers=handler)
    reply = mock.get(headers=preferring("code=200"))
    assert status_and_source(reply) == (200, "example:example")
    assert reply.headers["preference-applied"] == "code=200"
