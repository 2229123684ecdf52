"""The story of a request: what is checked, what an error looks like, what is never sent."""

from __future__ import annotations

import json
import logging
from typing import Any

import httpx
import pytest

from tests.helpers.running import HANDBOOK, KEYS, LATEST, Mock, Serve, json_of, thing

INTEGER = {"type": "integer"}
ERROR: dict[str, Any] = {
    "type": "object",
    "required": ["error", "message"],
    "properties": {"error": {"type": "string"}, "message": {"type": "string"}},
}


def violations(reply: httpx.Response) -> list[tuple[list[str], str]]:
    """Return each violation's location and keyword; both headers report the same."""
    assert reply.headers["mock-violations"] == reply.headers["sl-violations"]
    return [(v["location"], v["code"]) for v in json.loads(reply.headers["mock-violations"])]


def handled(serve: Serve, body: str, schema: Any = INTEGER, **response: Any) -> Mock:
    """Return a server whose handler has that body; 404 and 500 are declared."""
    answers = {
        "200": {**json_of(schema), **response},
        "204": {},
        "404": json_of(ERROR),
        "500": json_of(ERROR),
    }
    return serve(thing(answers), handlers=f"{IMPORTS}def thing():\n    {body}\n")


IMPORTS = """
import asyncio, dataclasses, datetime, decimal, enum, sys, uuid
from mock_server.errors import Forbidden, NotFound
"""


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("return 'no integer'", (["response", "body"], "type")),
        ("return None", (["response", "body"], "type")),
        ("return b'5.5'", (["response", "body"], "type")),
        ("return b'{'", (["response", "body"], "syntax")),
        ("return float('nan')", (["response", "body"], "type")),
        ("return 5, 418", (["response", "status"], "status")),
        ("return 5, 204", (["response", "body"], "content")),
        ("return 5, 200, {'Content-Type': 'text/csv'}",
         (["response", "header", "content-type"], "content-type")),
        ("return 5, 200, {'Content-Type': 'csv'}",
         (["response", "header", "content-type"], "content-type")),
        ("return 5, 200, {'X Y': '1'}", (["response", "header", "X Y"], "name")),
        ("return 5, 200, {'X-Y': 'a\\r\\nb: c'}", (["response", "header", "X-Y"], "value")),
        ("return 5, 200, {'X-Y': '日本'}", (["response", "header", "X-Y"], "value")),
        ("return {'error': 'e'}, 404", (["response", "body", "message"], "required")),
    ],
)  # fmt: skip
def test_a_reply_of_a_handler_that_breaks_the_contract_is_the_declared_500(
    serve: Serve, caplog: pytest.LogCaptureFixture, body: str, place: tuple[list[str], str]
) -> None:
    mock = handled(serve, body)
    reply = mock.get()
    assert (reply.status_code, mock.faults(reply)) == (500, [])
    assert violations(reply) == [place]
    assert reply.json()["message"].rstrip(".") in caplog.text
    assert reply.headers["mock-source"] == "refusal"


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ("'a'", (["response", "header", "X-Left"], "type")),
        ("'10'", (["response", "header", "X-Left"], "maximum")),
        ("True", (["response", "header", "X-Left"], "type")),
        ("[1, 2]", (["response", "header", "X-Left"], "type")),
    ],
)
def test_a_header_that_breaks_the_contract_is_the_declared_500(
    serve: Serve, value: str, place: tuple[list[str], str]
) -> None:
    headers = {"X-Left": {"required": True, "schema": {"type": "integer", "maximum": 9}}}
    mock = handled(serve, f"return 5, 200, {{'x-left': {value}}}", headers=headers)
    reply = mock.get()
    assert (reply.status_code, violations(reply)) == (500, [place])


def test_all_violations_of_a_reply_are_told(serve: Serve) -> None:
    headers = {"X-Left": {"schema": INTEGER}}
    schema = {"type": "object", "properties": {"a": INTEGER, "b": INTEGER}}
    mock = handled(
        serve, "return {'a': '', 'b': ''}, 200, {'X-Left': 'x'}", schema, headers=headers
    )
    places = [".".join(location) for location, _ in violations(mock.get())]
    assert places == ["response.body.a", "response.body.b", "response.header.X-Left"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("raise ValueError('the fuse blew')", "ValueError: the fuse blew"),
        ("return {}['nothing']", "KeyError: 'nothing'"),
        ("assert False", "AssertionError"),
        ("thing()", "RecursionError"),
        ("sys.exit(3)", "SystemExit: 3"),
        ("return 5, 'ok'", "the status 'ok'"),
        ("return 5, 101", "the status 101"),
        ("return 5, 999", "the status 999"),
        ("return 5, True", "the status True"),
        ("return 5, 200, 'x'", "the headers 'x'"),
        ("return {'a': {1, 2}}, 404", "can't be written as application/json"),
        ("return '\\ud800'", "can't be written as application/json"),
        ("return object()", "can't be written as application/json"),
        (
            "a = []; [a := [a] for _ in range(3_000)]; return a",
            "can't be written as application/json",
        ),
    ],
)
def test_a_handler_that_fails_is_the_declared_500_and_tells_why(
    serve: Serve, body: str, told: str
) -> None:
    mock = handled(serve, body, schema=True)
    reply = mock.get()
    assert (reply.status_code, mock.faults(reply)) == (500, [])
    assert told in reply.json()["message"]
    assert [location[0] for location, _ in violations(reply)] == ["response"]


def test_a_traceback_stands_in_the_log_and_nowhere_else(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    reply = handled(serve, "raise ValueError('the fuse blew')").get()
    assert "Traceback" in caplog.text
    assert "in thing" in caplog.text
    assert not any(
        "Traceback" in text or "line " in text for text in [reply.text, str(reply.headers)]
    )


def test_the_server_goes_on_after_a_handler_has_failed(serve: Serve) -> None:
    mock = handled(serve, "calls.append(1); return 5 if len(calls) > 1 else 1 / 0\ncalls = []")
    assert [mock.get().status_code for _ in range(3)] == [500, 200, 200]
    assert [e.reply and e.reply.status for e in mock.exchanges] == [500, 200, 200]


def test_where_no_500_is_declared_a_failure_is_a_problem(serve: Serve) -> None:
    mock = serve(thing({"200": json_of(INTEGER)}), handlers="def thing(): return 'x'\n")
    reply = mock.get()
    assert (reply.status_code, mock.faults(reply)) == (500, [])
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["validation"] == json.loads(reply.headers["mock-violations"])


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)", "2026-01-02T00:00:00+00:00"),
        ("datetime.date(2026, 1, 2)", "2026-01-02"),
        (f"uuid.UUID('{HANDBOOK}')", HANDBOOK),
        ("dataclasses.make_dataclass('P', ['x', 'y'])(1, [2])", {"x": 1, "y": [2]}),
        ("enum.Enum('E', {'A': 'a'}).A", "a"),
        ("(1, 2), 200", [1, 2]),
        ("{1: {2: 'a'}}", {"1": {"2": "a"}}),
        ("{'at': [datetime.date(2026, 1, 2)]}", {"at": ["2026-01-02"]}),
        ("b'{\"a\": 1.0}'", {"a": 1.0}),
        ("True", True),
        ("None", None),
    ],
)
def test_a_handler_may_answer_in_pythons_own_types(serve: Serve, value: str, sent: object) -> None:
    reply = handled(serve, f"return {value}", schema=True).get()
    assert (reply.status_code, reply.json()) == (200, sent)


@pytest.mark.parametrize(
    ("schema", "value", "status"),
    [
        ({"type": "string", "format": "date-time"},
         "datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)", 200),
        ({"type": "string", "format": "date-time"}, "datetime.datetime(2026, 1, 2)", 500),
        ({"type": "string", "format": "uuid"}, "uuid.uuid4()", 200),
        ({"type": "object", "properties": {"x": INTEGER}},
         "dataclasses.make_dataclass('P', ['x'])(1)", 200),
        ({"type": "object", "properties": {"x": INTEGER}},
         "dataclasses.make_dataclass('P', ['x'])('no')", 500),
        ({"type": "object", "additionalProperties": INTEGER}, "{1: 1}", 200),
        ({"type": "object", "additionalProperties": INTEGER}, "{1: 'a'}", 500),
    ],
)  # fmt: skip
def test_what_json_has_no_word_for_is_judged_as_it_is_written(
    serve: Serve, schema: dict[str, Any], value: str, status: int
) -> None:
    mock = handled(serve, f"return {value}", schema)
    reply = mock.get()
    assert (reply.status_code, mock.faults(reply)) == (status, [])


@pytest.mark.parametrize(
    ("body", "status", "sent"),
    [
        ("return 5", 200, 5),
        ("return 5, 200", 200, 5),
        ("return 5, None", 200, 5),
        ("return 5, 200, None", 200, 5),
        ("return (5,)", 200, 5),
        ("return {'error': 'e', 'message': 'm'}, 404", 404, {"error": "e", "message": "m"}),
        ("return None, 204", 204, None),
        ("return '', 204", 204, None),
    ],
)
def test_a_handler_may_answer_with_a_status(
    serve: Serve, body: str, status: int, sent: object
) -> None:
    reply = handled(serve, body).get()
    assert reply.status_code == status
    assert reply.headers["mock-source"] == "handler"
    assert (reply.json() if reply.content else None) == sent


def test_a_handler_may_answer_with_headers(serve: Serve) -> None:
    headers = {"X-Left": {"schema": INTEGER}, "X-On": {"schema": {"type": "boolean"}},
               "X-All": {"schema": {"type": "array", "items": INTEGER}}}  # fmt: skip
    given = "{'x-left': 4, 'X-On': True, 'X-All': [1, 2], 'X-Own': 'a b', 'X-No': False}"
    reply = handled(serve, f"return 5, 200, {given}", headers=headers).get()
    names = ["x-left", "x-on", "x-all", "x-own", "x-no"]
    assert [reply.headers[name] for name in names] == ["4", "true", "1,2", "a b", "false"]


def test_a_handler_may_choose_among_the_declared_content_types(serve: Serve) -> None:
    content = {
        "application/json": {"schema": INTEGER},
        "text/plain": {"schema": {"type": "string"}},
    }
    own = "return 'five', 200, {'Content-Type': 'text/plain; charset=utf-8'}"
    reply = handled(serve, own, content=content).get()
    assert reply.headers.get_list("content-type") == ["text/plain; charset=utf-8"]
    assert reply.text == "five"


COOKIES = ["sid=5; Expires=Wed, 21 Oct 2026 07:28:00 GMT", "theme=dark, blue"]
LIST = {"Set-Cookie": {"required": True, "schema": {"type": "array", "items": {"type": "string"}}}}
GIVING_COOKIES: dict[str, dict[str, Any]] = {
    "a handler": {"handlers": f"def thing():\n    return 'ok', 200, {{'Set-Cookie': {COOKIES}}}"},
    "a canned reply": {
        "fixtures": {
            "replies/thing.yaml": json.dumps(
                {"a": {"status": 200, "body": "ok", "headers": {"Set-Cookie": COOKIES}}}
            )
        }
    },
}


@pytest.mark.parametrize("given", GIVING_COOKIES.values(), ids=GIVING_COOKIES)
@pytest.mark.parametrize("headers", [LIST, {}], ids=["declared", "not declared"])
def test_each_cookie_of_a_list_is_a_header_of_its_own(
    serve: Serve, given: dict[str, Any], headers: Any
) -> None:
    mock = serve(thing({"200": json_of({"type": "string"}) | {"headers": headers}}), **given)
    reply = mock.get()
    assert reply.status_code == 200, reply.text
    assert reply.headers.get_list("set-cookie") == COOKIES


def test_cookies_that_are_made_up_are_headers_of_their_own(serve: Serve) -> None:
    items = {"type": "string", "enum": ["a=1, 2"]}
    cookies = {"schema": {"type": "array", "minItems": 2, "maxItems": 2, "items": items}}
    mock = serve(thing({"200": json_of(True) | {"headers": {"Set-Cookie": cookies}}}))
    assert mock.get().headers.get_list("set-cookie") == ["a=1, 2", "a=1, 2"]


def test_a_handlers_own_framing_headers_are_left_out(serve: Serve) -> None:
    own = "{'Content-Length': '99', 'Transfer-Encoding': 'chunked'}"
    reply = handled(serve, f"return 5, 200, {own}").get()
    assert (reply.headers["content-length"], reply.json()) == ("1", 5)
    assert "transfer-encoding" not in reply.headers


def test_a_handler_may_raise_a_problem_that_takes_the_declared_shape(serve: Serve) -> None:
    mock = handled(serve, "raise NotFound('There is no thing.')")
    reply = mock.get()
    assert (reply.status_code, mock.faults(reply)) == (404, [])
    assert reply.json()["message"] == "There is no thing."
    assert reply.headers["mock-source"] == "handler"
    undeclared = handled(serve, "raise Forbidden('Not for you.')").get()
    assert (undeclared.status_code, undeclared.json()["detail"]) == (403, "Not for you.")


def test_a_mistake_of_our_own_is_the_declared_500_and_stands_in_the_log(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    mock = handled(serve, "return 5")
    response = mock.app.parts.contract.operations[0].responses["200"]
    object.__setattr__(response, "headers", 7)  # what no contract has
    reply = mock.get()
    assert reply.status_code == 500
    assert "Traceback" in caplog.text
    assert mock.exchanges[0].reply is not None


OVERLAYS: list[tuple[dict[str, Any], Any]] = [
    (json_of(ERROR), {"error": "invalid_request", "message": "TOLD"}),
    (
        json_of(ERROR, example={"error": "E1", "message": "An example."}),
        {"error": "E1", "message": "TOLD"},
    ),
    (
        json_of(ERROR, example={"error": "E1", "message": "Hi.", "trace": ["a"]}),
        {"error": "E1", "message": "TOLD", "trace": ["a"]},
    ),
    (
        json_of(True, example={"errors": [{"detail": "Hi.", "code": 7}]}),
        {"errors": [{"detail": "TOLD", "code": 7}]},
    ),
    (
        json_of(
            {
                "type": "object",
                "required": ["status", "title", "detail"],
                "properties": {
                    "status": {"const": 422},
                    "title": {"type": "string"},
                    "detail": {"type": "string"},
                },
            }
        ),
        {"status": 422, "title": "Invalid request", "detail": "TOLD"},
    ),
    (json_of({"type": "string"}), "TOLD"),
    (json_of({"const": "wrong"}), "wrong"),
    (
        json_of({**ERROR, "properties": {**ERROR["properties"], "error": {"enum": ["bad"]}}}),
        {"error": "bad", "message": "TOLD"},
    ),
]


@pytest.mark.parametrize(("declared", "body"), OVERLAYS, ids=range(len(OVERLAYS)))
def test_an_error_has_the_declared_shape_with_the_message_put_into_it(
    serve: Serve, declared: dict[str, Any], body: Any
) -> None:
    paths = thing({"200": {}, "422": declared}, "post", requestBody=json_of(INTEGER))
    mock = serve(paths)
    reply = mock.post(json="x")
    assert (reply.status_code, mock.faults(reply)) == (422, [])
    told = 'the body is a string, "x"; expected an integer.'
    assert reply.json() == json.loads(json.dumps(body).replace('"TOLD"', json.dumps(told)))


def test_a_message_that_does_not_fit_the_declared_shape_travels_in_the_header(
    serve: Serve,
) -> None:
    short = {**ERROR, "properties": {**ERROR["properties"], "message": {"maxLength": 5}}}
    mock = serve(thing({"200": {}, "422": json_of(short)}, "post", requestBody=json_of(INTEGER)))
    reply = mock.post(json="x")
    assert mock.faults(reply) == []
    assert violations(reply) == [(["request", "body"], "type")]


@pytest.mark.parametrize(
    ("declared", "status", "media_type"),
    [
        ("400", 400, "application/json"),
        ("422 400", 422, "application/json"),
        ("4XX", 422, "application/json"),
        ("default", 422, "application/json"),
        ("401 5XX", 422, "application/problem+json"),
    ],
)
def test_the_status_is_the_first_that_is_declared_then_its_range_then_default(
    serve: Serve, declared: str, status: int, media_type: str
) -> None:
    answers: dict[str, Any] = {code: json_of(ERROR) for code in ["200", *declared.split()]}
    mock = serve(thing(answers, "post", requestBody=json_of(INTEGER)))
    reply = mock.post(json="x")
    assert (reply.status_code, reply.headers["content-type"]) == (status, media_type)
    assert mock.faults(reply) == []


@pytest.mark.parametrize(
    ("content", "media_type", "text"),
    [
        ({}, None, ""),
        ({"application/json": {}}, None, ""),
        ({"text/plain": {"schema": {"type": "string"}}}, "text/plain", None),
        ({"application/xml": {"schema": ERROR}, "application/json": {"schema": ERROR}},
         "application/json", None),
        ({"application/json": {"schema": ERROR}, "text/plain": {"example": "Sorry."}},
         "text/plain", "Sorry."),
        ({"*/*": {"schema": ERROR}}, "application/json", None),
    ],
)  # fmt: skip
def test_an_error_is_sent_in_a_declared_media_type(
    serve: Serve, content: dict[str, Any], media_type: str | None, text: str | None
) -> None:
    answers = {"200": {}, "400": {"content": content}}
    reply = serve(thing(answers, "post", requestBody=json_of(INTEGER))).post(json="x")
    assert (reply.status_code, reply.headers.get("content-type")) == (400, media_type)
    assert reply.text == text if text is not None else "expected an integer" in reply.text


def test_an_error_that_nothing_satisfies_is_sent_without_a_body(serve: Serve) -> None:
    nothing = {"allOf": [{"type": "string"}, INTEGER]}
    paths = thing({"200": {}, "400": json_of(nothing)}, "post", requestBody=json_of(INTEGER))
    reply = serve(paths).post(json="x")
    assert (reply.status_code, reply.content) == (400, b"")
    assert violations(reply) == [(["request", "body"], "type")]


def test_an_error_whose_required_header_nothing_satisfies_is_sent_all_the_same(
    serve: Serve,
) -> None:
    header = {
        "required": True,
        "schema": {"type": "array", "items": {"const": "a,b"}, "minItems": 2},
    }
    answers = {"200": {}, "400": {**json_of(ERROR), "headers": {"X-No": header}}}
    reply = serve(thing(answers, "post", requestBody=json_of(INTEGER))).post(json="x")
    assert reply.status_code == 400


@pytest.mark.parametrize(("deprecated", "header"), [(True, "@1704067200"), (False, None)])
def test_a_deprecated_operation_says_so(serve: Serve, deprecated: bool, header: str | None) -> None:
    reply = serve(thing({"200": {}}, deprecated=deprecated)).get()
    assert reply.headers.get("deprecation") == header


def test_a_wrong_example_is_never_sent_as_a_valid_reply(serve: Serve) -> None:
    mock = serve(thing({"200": json_of(INTEGER, example="no integer")}))
    reply = mock.get()
    assert reply.headers["mock-source"] == "generated"
    assert mock.faults(reply) == []


WRONG = {"examples": {"first": {"value": "no integer"}, "second": {"value": 7}}}


@pytest.mark.parametrize(
    ("prefer", "source", "told"),
    [
        (None, "example:first", [(["response", "body"], "type")]),
        ("example=first", "example:first", [(["response", "body"], "type")]),
        ("example=second", "example:second", []),
        ("dynamic=true", "generated", []),
    ],
)
def test_examples_that_break_their_schema_are_served_where_that_is_asked_for(
    serve: Serve, prefer: str | None, source: str, told: list[Any]
) -> None:
    mock = serve(thing({"200": json_of(INTEGER, **WRONG)}), invalid_examples=True)
    reply = mock.get(headers={"prefer": prefer} if prefer else {})
    assert (reply.status_code, reply.headers["mock-source"]) == (200, source)
    assert bool(mock.faults(reply)) is bool(told)
    assert (violations(reply) if told else "mock-violations" in reply.headers) == (told or False)
    journaled = mock.exchanges[-1].reply
    assert journaled is not None
    assert [(list(v.location), v.keyword) for v in journaled.violations] == told


def test_an_example_of_another_type_than_json_is_served_as_it_is_written(serve: Serve) -> None:
    content = {"schema": {"type": "object", "required": ["a"]}, "example": "<no>xml"}
    mock = serve(thing({"200": {"content": {"application/xml": content}}}), invalid_examples=True)
    reply = mock.get()
    assert (reply.status_code, reply.text) == (200, "<no>xml")
    assert violations(reply) == [(["response", "body"], "syntax")]


def test_what_is_wrong_with_the_request_and_with_the_example_is_told_together(serve: Serve) -> None:
    query = {"name": "n", "in": "query", "schema": INTEGER}
    paths = thing({"200": json_of(INTEGER, **WRONG)}, parameters=[query])
    reply = serve(paths, invalid_examples=True, lenient=True).get("/thing?n=x")
    assert reply.json() == "no integer"
    assert violations(reply) == [
        (["request", "query", "n"], "type"),
        (["response", "body"], "type"),
    ]


def test_what_a_handler_gives_is_still_judged_where_examples_are_not(serve: Serve) -> None:
    paths = thing({"200": json_of(INTEGER, **WRONG)})
    mock = serve(paths, invalid_examples=True, handlers="def thing(): return 'no integer'")
    assert mock.get().status_code == 500


def test_nothing_is_logged_as_an_error_where_only_the_request_is_wrong(
    shipped: Mock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    statuses = [
        shipped.post(LATEST, json={}).status_code,
        shipped.post(LATEST.replace(HANDBOOK, "x"), json=KEYS).status_code,
        shipped.post("/nowhere").status_code,
        shipped.post(LATEST, json=KEYS, headers={"prefer": "code=500"}).status_code,
    ]
    assert statuses == [400, 400, 404, 500]
    assert caplog.text == ""
