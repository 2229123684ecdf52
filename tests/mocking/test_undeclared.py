"""Replies that the contract doesn't have: sent if they are meant, with all that differs beside."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from mock_server.errors import StartError
from mock_server.sessions import Verdict
from tests.helpers.control import call, exchanges, wrong
from tests.helpers.running import Mock, Serve, json_of, thing

HTML = "<html><h1>502 Bad Gateway</h1></html>"
THING = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}
ERROR = {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}}
RATE = {"headers": {"X-Rate": {"required": True, "schema": {"type": "integer"}}}}
PATHS = thing(
    {"200": json_of(THING), "404": json_of(ERROR, example={"error": "not here"}), "400": RATE},
    parameters=[{"name": "n", "in": "query", "schema": {"type": "integer"}}],
)
STATUS = ("response", "status")
MEANT = {"undeclared": True}


def differs(reply: httpx.Response) -> list[tuple[str, ...]]:
    """Return the places at which a reply differs, by its header."""
    return [
        tuple(v["location"][:3]) for v in json.loads(reply.headers.get("mock-violations", "[]"))
    ]


def stub(mock: Mock, **members: Any) -> Any:
    return call(mock, "POST", "/_mock/stubs", 201, json={"operation": "thing", **members})


# By preference


@pytest.mark.parametrize(
    ("prefer", "query"),
    [
        ("code=502; undeclared", ""),
        ("code=502;undeclared=true", ""),
        ("code=502, undeclared", ""),
        (None, "?__code=502&__undeclared=true"),
        (None, "?__code=502&__undeclared"),
    ],
)
def test_an_undeclared_status_is_sent_if_the_preference_says_that_it_is_meant(
    serve: Serve, prefer: str | None, query: str
) -> None:
    reply = serve(PATHS).get(f"/thing{query}", headers={"prefer": prefer} if prefer else {})
    assert reply.status_code == 502
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json() == {
        "type": "about:blank",
        "title": "Bad Gateway",
        "status": 502,
        "detail": "The status 502 is undeclared, and was asked for.",
    }
    assert reply.headers["mock-source"] == "undeclared"
    assert reply.headers["preference-applied"] == "code=502, undeclared"
    assert "mock-preference-ignored" not in reply.headers
    assert differs(reply) == [STATUS]


@pytest.mark.parametrize("prefer", ["code=502", "code=502; undeclared=false", "code=502; other"])
def test_without_the_mark_the_answer_is_a_404_of_the_mock_that_says_how_to_ask(
    serve: Serve, prefer: str
) -> None:
    mock = serve(PATHS)
    reply = mock.get(headers={"prefer": prefer})
    assert (reply.status_code, reply.headers["mock-source"]) == (404, "refusal")
    assert reply.headers["content-type"] == "application/problem+json"
    for way in ("Prefer: code=502; undeclared", "?__code=502&__undeclared=true"):
        assert way in reply.json()["detail"]
    assert "--allow-undeclared" in reply.json()["detail"]


def test_the_mark_makes_no_difference_to_a_status_that_is_declared(serve: Serve) -> None:
    reply = serve(PATHS).get(headers={"prefer": "code=404; undeclared"})
    assert (reply.status_code, reply.json()) == (404, {"error": "not here"})
    assert reply.headers["preference-applied"] == "code=404"
    assert reply.headers["mock-preference-ignored"] == "undeclared"
    assert differs(reply) == []


@pytest.mark.parametrize("status", [204, 304, 201, 302])
def test_only_errors_come_with_a_problem_document(serve: Serve, status: int) -> None:
    reply = serve(PATHS).get(headers={"prefer": f"code={status}; undeclared"})
    assert (reply.status_code, reply.content) == (status, b"")
    assert "content-type" not in reply.headers


@pytest.mark.parametrize("status", ["100", "199", "600", "999", "50"])
def test_what_is_no_status_of_a_reply_cannot_be_asked_for(serve: Serve, status: str) -> None:
    reply = serve(PATHS).get(headers={"prefer": f"code={status}; undeclared"})
    assert (reply.status_code, reply.headers["mock-source"]) == (400, "refusal")
    assert "expected a status of three digits from 200 on" in reply.headers["mock-violations"]


def test_with_the_setting_a_status_needs_no_mark(serve: Serve) -> None:
    reply = serve(PATHS, allow_undeclared=True).get(headers={"prefer": "code=500"})
    assert (reply.status_code, reply.headers["mock-source"]) == (500, "undeclared")
    assert reply.headers["preference-applied"] == "code=500"


def test_a_request_that_breaks_the_contract_is_refused_all_the_same(serve: Serve) -> None:
    reply = serve(PATHS).get("/thing?n=x", headers={"prefer": "code=500; undeclared"})
    assert reply.headers["mock-source"] == "refusal"
    lenient = {"prefer": "code=500; undeclared, handling=lenient"}
    reply = serve(PATHS).get("/thing?n=x", headers=lenient)
    assert reply.status_code == 500
    assert differs(reply) == [("request", "query", "n"), STATUS]


def test_head_has_the_head_of_what_get_would_have(serve: Serve) -> None:
    mock = serve(PATHS)
    stub(mock, status=502, body=HTML, media_type="text/html", **MEANT)
    got, head = mock.get(), mock.client.head("/thing")
    assert (head.status_code, head.content) == (502, b"")
    assert head.headers["content-length"] == got.headers["content-length"] == str(len(HTML))


# Canned replies

DIFFERENCES: dict[str, tuple[dict[str, Any], bytes, list[tuple[str, ...]]]] = {
    "status": ({"status": 500, "body": {"a": 1}}, b'{"a":1}', [STATUS]),
    "status and type": (
        {"status": 502, "media_type": "text/html", "body": HTML}, HTML.encode(), [STATUS],
    ),
    "status without a body": ({"status": 500}, b"", [STATUS]),
    "body": ({"status": 200, "body": {"id": "x"}}, b'{"id":"x"}', [("response", "body", "id")]),
    "type": (
        {"status": 200, "media_type": "text/html", "body": HTML},
        HTML.encode(),
        [("response", "header", "content-type")],
    ),
    "no JSON under its type": (
        {"status": 200, "media_type": "application/json", "body": HTML},
        HTML.encode(),
        [("response", "body")],
    ),
    "no JSON under the usual type": (
        {"status": 404, "body": "gone"}, b"gone", [("response", "body")],
    ),
    "no body": ({"status": 200}, b"", [("response", "body")]),
    "a body where none is": ({"status": 400, "headers": {"X-Rate": 1}, "body": "a"}, b"a",
                             [("response", "body")]),
    "a header that is missing": ({"status": 400}, b"", [("response", "header", "X-Rate")]),
    "a header of another type": (
        {"status": 400, "headers": {"X-Rate": "fast"}}, b"", [("response", "header", "X-Rate")],
    ),
    "charset": (
        {"status": 500, "media_type": "text/html; charset=iso-8859-1", "body": "é"},
        b"\xe9", [STATUS],
    ),
    "no type": ({"status": 500, "media_type": "", "body": "a"}, b"a", [STATUS]),
}  # fmt: skip


@pytest.mark.parametrize(("members", "body", "where"), DIFFERENCES.values(), ids=DIFFERENCES)
def test_one_mark_allows_any_difference_and_lists_what_differs(
    serve: Serve, members: dict[str, Any], body: bytes, where: list[tuple[str, ...]]
) -> None:
    mock = serve(PATHS)
    stub(mock, name="odd", **members, **MEANT)
    reply = mock.get()
    assert (reply.status_code, reply.content) == (members["status"], body)
    assert reply.headers.get("content-length") == str(len(body))
    if "media_type" in members:
        assert reply.headers.get("content-type", "") == members["media_type"]
    assert differs(reply) == where
    assert reply.headers["mock-source"] == "stub:odd; undeclared"


@pytest.mark.parametrize("name", DIFFERENCES)
def test_without_the_mark_each_of_them_is_refused_and_the_refusal_says_how(
    serve: Serve, name: str
) -> None:
    members = DIFFERENCES[name][0]
    refused = call(
        serve(PATHS), "POST", "/_mock/stubs", 422, json={"operation": "thing", **members}
    )
    assert "dd undeclared: true" in refused["detail"]


def test_a_reply_that_says_so_but_does_not_differ_is_as_any_other(serve: Serve) -> None:
    mock = serve(PATHS)
    stub(mock, name="same", status=200, body={"id": 1}, **MEANT)
    reply = mock.get()
    assert (reply.json(), reply.headers["mock-source"]) == ({"id": 1}, "stub:same")
    assert differs(reply) == []
    assert exchanges(mock)[0]["reply"]["undeclared"] is False


def test_headers_are_sent_as_they_stand_whether_they_are_declared_or_not(serve: Serve) -> None:
    mock = serve(PATHS)
    sent = {"X-Edge": "a, b", "Retry-After": "120", "Set-Cookie": "a=1"}
    stub(mock, status=503, headers=sent, body=HTML, media_type="text/html", **MEANT)
    reply = mock.get()
    assert {name: reply.headers[name] for name in sent} == sent


IMPOSSIBLE = {
    "a body with 204": ({"status": 204, "body": "a"}, "a reply with the status 204 has no body"),
    "a body with 304": ({"status": 304, "body": {}}, "a reply with the status 304 has no body"),
    "status 100": ({"status": 100}, "expected a status between 200 and 599"),
    "status 199": ({"status": 199}, "expected a status between 200 and 599"),
    "status 600": ({"status": 600}, "expected a status between 200 and 599"),
    "content-length": (
        {"status": 500, "headers": {"Content-Length": 5}}, "the length is counted when",
    ),
    "transfer-encoding": (
        {"status": 500, "headers": {"Transfer-Encoding": "chunked"}}, "how the body is framed",
    ),
    "content-type": (
        {"status": 500, "headers": {"Content-Type": "text/html"}}, "is said by `media_type`",
    ),
    "a name": ({"status": 500, "headers": {"a b": "c"}}, "no header may have that name"),
    "a line break": ({"status": 500, "headers": {"a": "b\nc"}}, "can't stand in a header"),
    "a type": ({"status": 500, "media_type": "a\nb", "body": ""}, "can't stand in Content-Type"),
    "a charset": (
        {"status": 500, "media_type": "text/html; charset=ascii", "body": "é"},
        "the text can't be written in ascii",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("members", "why"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_what_http_has_no_form_for_stays_refused(
    serve: Serve, members: dict[str, Any], why: str
) -> None:
    for allows in (False, True):
        refused = {"operation": "thing", **members, **MEANT}
        mock = serve(PATHS, allow_undeclared=allows)
        (message,) = wrong(mock, "POST", "/_mock/stubs", json=refused)
        assert why in message


def test_a_file_of_replies_may_differ_where_it_says_so(serve: Serve) -> None:
    text = json.dumps({"down": {"status": 502, "body": HTML, "media_type": "text/html", **MEANT}})
    reply = serve(PATHS, fixtures={"replies/thing.json": text}).get()
    assert (reply.status_code, reply.text) == (502, HTML)
    assert reply.headers["mock-source"] == "reply:down; undeclared"


def test_a_file_that_does_not_say_so_stops_the_start_unless_the_setting_does(serve: Serve) -> None:
    fixtures = {"replies/thing.yaml": "down: {status: 502, body: gone}\n"}
    with pytest.raises(StartError, match=r"declares no response 502.*add undeclared: true"):
        serve(PATHS, fixtures=fixtures)
    reply = serve(PATHS, fixtures=fixtures, allow_undeclared=True).get()
    assert (reply.status_code, reply.text) == (502, "gone")
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"


def test_with_the_setting_a_reply_that_keeps_to_the_contract_is_as_without(serve: Serve) -> None:
    mock = serve(thing({"200": json_of({"type": "string"})}), allow_undeclared=True)
    stub(mock, name="text", status=200, body="a")
    assert (mock.get().text, mock.get().headers["mock-source"]) == ('"a"', "stub:text")


def test_the_mark_of_a_sequence_or_a_timeline_is_for_all_of_it(serve: Serve) -> None:
    mock = serve(PATHS)
    good = {"status": 200, "body": {"id": 1}}
    stub(mock, sequence=[{"status": 500}, good, {"status": 502, "body": HTML}], **MEANT)
    assert [mock.get().status_code for _ in range(3)] == [500, 200, 502]
    call(mock, "DELETE", "/_mock/stubs", 204)
    stub(mock, sequence=[{"status": 500, **MEANT}, good])
    assert [mock.get().status_code for _ in range(2)] == [500, 200]
    later = {"after": "1h", "status": 502, "body": HTML}
    stub(mock, **good, timeline=[later], **MEANT)
    assert mock.get().status_code == 200
    call(mock, "PATCH", "/_mock/clock", json={"advance": "1h"})
    assert mock.get().status_code == 502


def test_a_marked_reply_is_had_by_its_status_or_its_name(serve: Serve) -> None:
    when = {"query": {"n": 5}}
    down = {"when": when, "status": 502, "body": HTML, "media_type": "text/html", **MEANT}
    mock = serve(PATHS, fixtures={"replies/thing.json": json.dumps({"down": down})})
    for prefer in ("code=502", "code=502, example=down", "example=down"):
        reply = mock.get(headers={"prefer": prefer})
        assert (reply.status_code, reply.text) == (502, HTML), prefer
    assert mock.get(headers={"prefer": "code=502, example=up"}).status_code == 404
    assert mock.get().status_code == 200


def test_a_mark_that_is_no_yes_or_no_is_a_mistake(serve: Serve) -> None:
    fixtures = {"replies/thing.yaml": "down: {status: 200, body: {id: 1}, undeclared: maybe}\n"}
    with pytest.raises(StartError, match="1:48: expected true or false") as told:
        serve(PATHS, fixtures=fixtures)
    assert len(told.value.lines) == 1


def test_an_undeclared_reply_may_go_wrong_on_the_wire_too(serve: Serve) -> None:
    mock = serve(PATHS)
    stub(mock, status=502, body=HTML, media_type="text/html", fault="truncated", **MEANT)
    with pytest.raises(httpx.RemoteProtocolError):
        mock.get()


def test_accept_is_no_reason_to_keep_an_undeclared_reply_back(serve: Serve) -> None:
    mock = serve(PATHS)
    stub(mock, status=200, body=HTML, media_type="text/html", **MEANT)
    assert mock.get(headers={"accept": "application/json"}).text == HTML


# Faults


@pytest.mark.parametrize("status", [400, 401, 418, 499, 500, 502, 504, 599])
def test_a_fault_takes_every_status_of_an_error_without_a_mark(serve: Serve, status: int) -> None:
    mock = serve(thing({"200": {}}))
    reply = mock.get(headers={"prefer": f"fault={status}"})
    assert (reply.status_code, reply.headers["mock-source"]) == (status, "fault")
    assert reply.json()["status"] == status
    assert "retry-after" not in reply.headers
    call(mock, "POST", "/_mock/faults", 201, json={"fault": str(status), "next": 1})
    assert [mock.get().status_code, mock.get().status_code] == [status, 200]
    assert exchanges(mock)[0]["reply"]["undeclared"] is True


def test_a_fault_wears_the_declared_reply(serve: Serve) -> None:
    mock = serve(PATHS)
    reply = mock.get(headers={"prefer": "fault=404, retry-after=2s"})
    assert (reply.status_code, reply.json()) == (404, {"error": "not here"})
    assert reply.headers["retry-after"] == "2"
    assert exchanges(mock)[0]["reply"]["undeclared"] is False


@pytest.mark.parametrize("status", ["399", "600", "5000", "-500", "200", "5xx"])
def test_no_other_status_is_a_fault(serve: Serve, status: str) -> None:
    reply = serve(PATHS).get(headers={"prefer": f"fault={status}"})
    assert (reply.status_code, reply.headers["mock-source"]) == (400, "refusal")
    assert "fault can't be read" in json.loads(reply.headers["mock-violations"])[0]["message"]


# Handlers

HANDLER = """
def thing(n=None):
    if n == 1:
        return "<html>", 502, {"Content-Type": "text/html", "X-Edge": "a"}
    if n == 2:
        return {"id": "x"}
    if n == 3:
        return b"no JSON", 200
    if n == 4:
        return "body", 204
    if n == 5:
        return "a", 500, {"a b": "c"}
    if n == 6:
        return "a", 199
    return {"id": 1}
"""


def test_handlers_answer_with_anything_under_the_setting(serve: Serve) -> None:
    mock = serve(PATHS, handlers=HANDLER, allow_undeclared=True)
    got = [mock.get(f"/thing?n={n}") for n in (1, 2, 3)]
    assert [(r.status_code, r.text) for r in got] == [
        (502, "<html>"), (200, '{"id":"x"}'), (200, "no JSON"),
    ]  # fmt: skip
    assert (got[0].headers["content-type"], got[0].headers["x-edge"]) == ("text/html", "a")
    assert [differs(r) for r in got] == [
        [STATUS], [("response", "body", "id")], [("response", "body")],
    ]  # fmt: skip
    assert {r.headers["mock-source"] for r in got} == {"handler; undeclared"}
    assert mock.get().headers["mock-source"] == "handler"


def test_handlers_are_refused_what_cannot_be_sent_and_all_else_without_the_setting(
    serve: Serve,
) -> None:
    allowing = serve(PATHS, handlers=HANDLER, allow_undeclared=True)
    assert [allowing.get(f"/thing?n={n}").status_code for n in (4, 5, 6)] == [500, 500, 500]
    strict = serve(PATHS, handlers=HANDLER)
    assert [strict.get(f"/thing?n={n}").status_code for n in (1, 2, 3)] == [500, 500, 500]


# What is said of them


def test_the_journal_the_explanation_and_the_archive_say_what_differs(serve: Serve) -> None:
    mock = serve(PATHS)
    stub(mock, name="down", status=502, body=HTML, **MEANT)
    told = "the status 502 isn't declared by thing; it declares 200, 404, 400"
    reply = mock.get(headers={"prefer": "explain"})
    assert (
        f"stub:down; undeclared, its conditions hold | undeclared: {told}"
        in (reply.headers["mock-explanation"])
    )
    (exchange,) = exchanges(mock)
    assert exchange["reply"]["undeclared"] is True
    assert exchange["reply"]["source"] == "stub:down; undeclared"
    assert [v["message"] for v in exchange["reply"]["violations"]] == [told]
    explained = call(mock, "GET", f"/_mock/exchanges/{exchange['id']}/explanation")
    assert explained["chosen"]["undeclared"] is True
    assert [v["message"] for v in explained["violations"]] == [told]
    (entry,) = call(mock, "GET", "/_mock/exchanges.har")["log"]["entries"]
    assert entry["_undeclared"] is True
    (event,) = mock.get("/__admin/requests").json()["requests"]
    assert event["response"]["status"] == 502


def test_the_verdict_takes_an_undeclared_reply_as_meant(serve: Serve) -> None:
    mock = serve(PATHS)
    stub(mock, status=502, body=HTML, **MEANT)
    mock.get()
    mock.get(headers={"prefer": "fault=500"})
    verdict = Verdict()
    for exchange in mock.exchanges:
        verdict.add(exchange)
    assert not verdict.is_broken
    assert verdict.summary == "2 requests, none broke the contract."


def test_coverage_counts_an_undeclared_reply_for_its_operation_alone(serve: Serve) -> None:
    mock = serve(PATHS)
    stub(mock, name="odd", status=200, body={"id": "x"}, **MEANT)
    mock.get()
    mock.get(headers={"prefer": "fault=500"})
    mock.get(headers={"prefer": "code=500"})  # whose 404 isn't the operation's
    report = call(mock, "GET", "/_mock/coverage")
    met = {kind: figure["met"] for kind, figure in report["figures"].items()}
    assert (met["operations"], met["statuses"], met["media-types"]) == (1, 0, 0)
    assert met["stubs"] == 1


def test_a_session_has_its_own_undeclared_replies(serve: Serve) -> None:
    mock = serve(PATHS)
    members = {"operation": "thing", "status": 500, **MEANT}
    call(mock, "POST", "/_mock/stubs", 201, "one", json=members)
    assert mock.get(headers={"mock-session": "one"}).status_code == 500
    assert mock.get().status_code == 200


def test_a_secret_in_what_differs_is_not_quoted(serve: Serve) -> None:
    schema = {"type": "object", "properties": {"password": {"type": "integer"}}}
    mock = serve(thing({"200": json_of(schema)}))
    stub(mock, status=200, body={"password": "hunter2"}, **MEANT)
    reply = mock.get()
    assert reply.json() == {"password": "hunter2"}
    assert "hunter2" not in reply.headers["mock-violations"]
    (exchange,) = exchanges(mock)
    assert "hunter2" not in json.dumps(exchange)


# Replies to requests that break the contract


def test_a_reply_for_requests_that_break_the_contract_answers_no_others(serve: Serve) -> None:
    mock = serve(PATHS)
    stub(mock, name="own", when={"valid": False}, status=404, body={"error": "so nicht"})
    reply = mock.get("/thing?n=x")
    assert (reply.status_code, reply.json()) == (404, {"error": "so nicht"})
    assert differs(reply) == [("request", "query", "n")]
    assert mock.get().status_code == 200
    explained = call(mock, "GET", "/_mock/exchanges/2/explanation")
    assert explained["considered"][0]["differences"] == [
        'request is "one that keeps to it"; expected "one that breaks the contract"'
    ]
    verdict = Verdict()
    for exchange in mock.exchanges:
        verdict.add(exchange)
    assert verdict.violating == 1


def test_such_a_reply_that_cannot_be_sent_is_a_problem_as_any_other(serve: Serve) -> None:
    mock = serve(PATHS)
    stub(mock, when={"valid": False}, status=200, body={"id": 1})
    assert mock.get("/thing?n=x", headers={"accept": "text/html"}).status_code == 406
    stub(mock, when={"valid": False}, status=200, body={"id": 1}, fault="503")
    assert mock.get("/thing?n=x").status_code == 503


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"text/plain": {"example": "Not here."}}, "Not here."),
        ({"text/plain": {"schema": {"type": "string", "example": "No."}}}, "No."),
        ({"application/json": {"schema": ERROR, "example": "E1"}}, '"E1"'),
        ({"application/json": {"example": "not_here"}}, '"not_here"'),
        ({"application/json": {"example": 4711}}, "4711"),
        ({"application/json": {"example": ["E1", "E2"]}}, '["E1","E2"]'),
        ({"application/json": {"example": {"code": "E1"}}}, '{"code":"E1"}'),
        ({"text/html": {"example": "<h1>No.</h1>"}}, "<h1>No.</h1>"),
    ],
)
def test_a_refusal_keeps_an_example_that_has_no_member_for_a_message(
    serve: Serve, content: dict[str, Any], text: str
) -> None:
    operation = {**PATHS["/thing"]["get"], "responses": {"200": {}, "400": {"content": content}}}
    mock = serve({"/thing": {"get": operation}})
    reply = mock.get("/thing?n=x")
    assert (reply.status_code, reply.text) == (400, text)
    assert differs(reply) == [("request", "query", "n")]


def test_a_refusal_still_says_what_is_wrong_in_an_example_that_has_a_place_for_it(
    serve: Serve,
) -> None:
    content = {"application/json": {"example": [{"message": "No."}]}}
    operation = {**PATHS["/thing"]["get"], "responses": {"200": {}, "400": {"content": content}}}
    reply = serve({"/thing": {"get": operation}}).get("/thing?n=x")
    assert "expected an integer" in reply.json()[0]["message"]
