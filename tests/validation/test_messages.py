"""Requests against the contract: every violation in every part, named with its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from mock_server.contract.model import Body
from mock_server.http_messages.messages import Request
from mock_server.validation.messages import MOST_CONTENT_TYPES, BodyRules
from tests.helpers.contents import content_of
from tests.helpers.effort import calls
from tests.helpers.running import KEYS, LATEST, Mock, Serve, json_of, request, thing

INTEGER = {"type": "integer"}
OK = {"200": json_of(True, example="ok")}


def parameter(name: str, location: str, required: bool = False, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": location, "required": required, "schema": schema}


PATHS = {
    "/thing/{id}": {
        "parameters": [parameter("id", "path", True, type="integer", minimum=1)],
        "post": {
            "operationId": "thing",
            "parameters": [
                parameter("size", "query", True, enum=["s", "m"]),
                parameter("page", "query", type="integer"),
                parameter("X-Trace", "header", True, type="string", format="uuid"),
                parameter("session", "cookie", True, type="string", minLength=4),
            ],
            "requestBody": {"required": True, **json_of({"type": "object", "required": ["a"]})},
            "responses": {"200": {"description": "ok", **json_of(True, example="ok")}},
        },
    }
}
TRACE = "3b241101-e2bb-4255-8caf-4136c566a962"
GOOD: dict[str, Any] = {
    "url": "/thing/7?size=s",
    "headers": {"x-trace": TRACE, "cookie": "session=abcd"},
    "json": {"a": 1},
}


@pytest.fixture
def mock(serve: Serve) -> Mock:
    return serve(PATHS)


def violations(reply: httpx.Response) -> list[dict[str, Any]]:
    assert reply.headers["mock-violations"] == reply.headers["sl-violations"]
    told = json.loads(reply.headers["mock-violations"])
    assert isinstance(told, list)
    return told


def places(reply: httpx.Response) -> list[tuple[str, str]]:
    """Each violation's location behind "request", and its keyword."""
    return [(".".join(v["location"][1:]), v["code"]) for v in violations(reply)]


def test_a_request_that_keeps_to_the_contract_is_answered(mock: Mock) -> None:
    reply = mock.client.post(**GOOD)
    assert (reply.status_code, reply.json()) == (200, "ok")
    assert "mock-violations" not in reply.headers


@pytest.mark.parametrize(
    ("change", "place", "told"),
    [
        ({"url": "/thing/x?size=s"}, ("path.id", "type"), 'id in the path is a string, "x"'),
        ({"url": "/thing/0?size=s"}, ("path.id", "minimum"), "id in the path is 0; expected at"),
        ({"url": "/thing/%FF?size=s"}, ("path.id", "style"), "id in the path"),
        ({"url": "/thing/7"}, ("query.size", "required"), "size in the query is missing"),
        ({"url": "/thing/7?size=l"}, ("query.size", "enum"), 'size in the query is "l"; expected'),
        ({"url": "/thing/7?size=s&page=x"}, ("query.page", "type"), "page in the query"),
        ({"url": "/thing/7?size=s&size=m"}, ("query.size", "style"), "given 2 times"),
        ({"headers": {"cookie": "session=abcd"}}, ("header.X-Trace", "required"), "is missing"),
        (
            {"headers": {"x-trace": "7", "cookie": "session=abcd"}},
            ("header.X-Trace", "format"),
            'X-Trace in the header is "7"; expected a UUID',
        ),
        ({"headers": {"x-trace": TRACE}}, ("cookie.session", "required"), "in the cookie is miss"),
        (
            {"headers": {"x-trace": TRACE, "cookie": "session=a"}},
            ("cookie.session", "minLength"),
            "session in the cookie has 1 character; expected at least 4",
        ),
        ({"json": {}}, ("body.a", "required"), "a in the body is missing"),
        ({"json": 5}, ("body", "type"), "the body is an integer, 5; expected an object"),
    ],
    ids=lambda value: ".".join(value) if isinstance(value, tuple) else None,
)
def test_a_violation_is_told_by_its_place_and_in_words(
    mock: Mock, change: dict[str, Any], place: tuple[str, str], told: str
) -> None:
    reply = mock.client.post(**GOOD | change)
    assert (reply.status_code, places(reply)) == (422, [place])
    assert told in reply.json()["detail"]
    assert reply.json()["validation"] == violations(reply)
    assert mock.faults(reply) == []


def test_all_violations_are_told_whichever_part_they_are_in(mock: Mock) -> None:
    reply = mock.client.post("/thing/0?page=x", headers={"cookie": "session=a"}, json={})
    assert places(reply) == [
        ("path.id", "minimum"),
        ("query.size", "required"),
        ("query.page", "type"),
        ("header.X-Trace", "required"),
        ("cookie.session", "minLength"),
        ("body.a", "required"),
    ]


def test_a_violation_names_its_rule_in_the_document(mock: Mock) -> None:
    reply = mock.client.post(**GOOD | {"url": "/thing/0?size=s"})
    name, pointer = violations(reply)[0]["rule"].split("#")
    assert name == "openapi.yaml"
    assert pointer == "/paths/~1thing~1{id}/parameters/0/schema/minimum"


def test_undeclared_query_parameters_headers_and_cookies_pass(mock: Mock) -> None:
    headers = {"x-trace": TRACE, "x-more": "1", "cookie": "a=b; session=abcd; c=d"}
    reply = mock.client.post("/thing/7?size=s&more=1", headers=headers, json={"a": 1})
    assert reply.status_code == 200


def test_prisms_preferences_are_nobodys_parameters(serve: Serve) -> None:
    paths = thing(OK, parameters=[parameter("page", "query", type="integer")])
    mock = serve(paths, strict_parameters=True)
    assert mock.get("/thing?__dynamic=false&page=1").status_code == 200
    assert places(mock.get("/thing?__dynamics=false")) == [("query.__dynamics", "undeclared")]


@pytest.mark.parametrize(
    ("required", "status"), [(True, 422), (False, 200)], ids=["required", "optional"]
)
def test_a_body_may_be_left_out_where_it_is_not_required(
    serve: Serve, required: bool, status: int
) -> None:
    body = {"required": required, **json_of(INTEGER)}
    mock = serve(thing(OK, "post", requestBody=body))
    assert mock.post().status_code == status
    assert mock.post(headers={"content-type": "application/json"}).status_code == status
    wrong = mock.post(json="x")
    assert places(wrong) == [("body", "type")]


def test_a_body_where_none_is_declared_makes_no_difference(serve: Serve) -> None:
    mock = serve(thing(OK))
    reply = mock.client.request("GET", "/thing", content=b"{", headers={"content-type": "text/x"})
    assert reply.status_code == 200


@pytest.mark.parametrize(
    ("declared", "status"),
    [("415 422 400", 415), ("422 400", 422), ("400", 400), ("4XX", 415), ("default", 415),
     ("500", 415)],
)  # fmt: skip
def test_another_content_type_takes_the_first_declared_of_its_statuses(
    serve: Serve, declared: str, status: int
) -> None:
    answers = OK | {code: json_of(True) for code in declared.split()}
    mock = serve(thing(answers, "post", requestBody=json_of(INTEGER)))
    reply = mock.post(content="5", headers={"content-type": "text/plain"})
    assert reply.status_code == status
    assert places(reply) == [("header.content-type", "content-type")]


def test_the_schema_is_that_of_the_content_type(serve: Serve) -> None:
    content = {
        "application/json": {"schema": INTEGER},
        "application/*": {"schema": {"type": "string"}},
    }
    mock = serve(thing(OK, "post", requestBody={"content": content}))

    def sent(media_type: str, body: str) -> int:
        return mock.post(content=body, headers={"content-type": media_type}).status_code

    assert [sent("application/json", "5"), sent("application/vnd.x+json", '"5"')] == [200, 200]
    assert [sent("application/json", '"5"'), sent("application/vnd.x+json", "5")] == [422, 422]


def test_what_a_header_tells_of_many_violations_is_bounded_and_says_how_many_more(
    shipped: Mock,
) -> None:
    keys = [0] * 1_000
    reply = shipped.post(LATEST, json={"object_keys": keys})
    *told, more = violations(reply)
    assert len(reply.headers["mock-violations"]) < 4_000
    assert more["message"] == f"{1_000 - len(told)} more"
    assert reply.json()["message"].endswith("And 995 more.")


@pytest.mark.parametrize("name", ["x" * 100_000, "é" * 10_000, "😀" * 10_000, "\r\nx: y"])
def test_what_a_header_tells_is_short_ascii_whatever_was_sent(serve: Serve, name: str) -> None:
    body = json_of({"type": "object", "additionalProperties": INTEGER})
    mock = serve(thing(OK, "post", requestBody=body))
    reply = mock.post(json={name: "no integer"})
    raw = dict(reply.headers.raw)[b"mock-violations"]
    assert len(raw) < 4_000
    assert raw.isascii()
    assert json.loads(raw)[0]["code"] == "type"


def test_a_preference_as_long_as_can_be_is_told_in_short(shipped: Mock) -> None:
    reply = shipped.post(LATEST, json=KEYS, headers={"prefer": f"code={'9' * 40_000}"})
    assert reply.status_code == 400
    assert len(reply.headers["mock-violations"]) < 4_000


def test_a_path_that_is_no_utf_8_is_the_contracts_400(shipped: Mock) -> None:
    with shipped.wire() as wire:
        wire.send(request(LATEST.replace("3b24", "%ff%fe"), json.dumps(KEYS).encode()))
        answer = wire.answer()
    assert answer.status == 400
    assert "source_id in the path" in json.loads(answer.body)["message"]


def test_boundaries_do_not_crowd_out_the_content_types_that_come_again() -> None:
    form = content_of("multipart/form-data", {"schema": {"type": "object"}})
    other = content_of("application/json", {"schema": INTEGER})
    rules = BodyRules(Body(True, {content.key: content for content in (form, other)}))

    def value(content_type: str, body: bytes) -> Any:
        headers = {b"content-type": content_type.encode()}
        return rules.value(Request("POST", "/thing", "", headers, body), [])

    for number in range(MOST_CONTENT_TYPES + 1):
        head = f'--{number}\r\nContent-Disposition: form-data; name="n"\r\n\r\n'
        body = f"{head}{number}\r\n--{number}--".encode()
        assert value(f"multipart/form-data; boundary={number}", body) == {"n": str(number)}
    first = calls(lambda: value("application/json", b"5"))
    assert calls(lambda: value("application/json", b"5")) < first / 2


FORM = "application/x-www-form-urlencoded"
FIELDS = {
    "type": "object",
    "required": ["a"],
    "properties": {
        "a": INTEGER,
        "list": {"type": "array", "items": INTEGER},
        "inner": {"type": "object", "properties": {"n": INTEGER}},
    },
}
AS_SENT = "def thing(q=None): return {'q': q}"


@pytest.fixture
def asking(serve: Serve) -> Callable[..., Mock]:
    """Return a server whose operation has one parameter, q, and answers with its value."""

    def start(location: str = "query", version: str = "3.2.0", **described: Any) -> Mock:
        declared = {"name": "q", "in": location, **described}
        paths = thing({"200": json_of({})}, parameters=[declared])
        return serve({"openapi": version, **paths}, handlers=AS_SENT)

    return start


@pytest.mark.parametrize(
    ("media_type", "entry", "query", "value"),
    [
        (FORM, {}, "a=1&list=1&list=2&x=%26", {"a": 1, "list": [1, 2], "x": "&"}),
        (FORM, {}, "a=1&inner=%7B%22n%22:5%7D", {"a": 1, "inner": {"n": 5}}),
        (FORM, {"encoding": {"list": {"explode": False}}}, "a=1&list=1,2",
         {"a": 1, "list": [1, 2]}),
        ("application/json", {}, "%7B%22a%22:1%7D", {"a": 1}),
        ("application/xml", {}, "%3Croot%3E%3Ca%3E1%3C/a%3E%3C/root%3E", {"a": 1}),
    ],
    ids=["a form", "JSON in a form", "an encoding", "JSON", "XML"],
)  # fmt: skip
def test_a_whole_query_string_is_read_as_a_body_of_its_type_is(
    asking: Callable[..., Mock], media_type: str, entry: Any, query: str, value: Any
) -> None:
    content = {media_type: {"schema": FIELDS, **entry}}
    mock = asking("querystring", required=True, content=content)
    reply = mock.get(f"/thing?{query}")
    assert (reply.status_code, reply.json()) == (200, {"q": value})
    assert places(mock.get("/thing")) == [("querystring.q", "required")]


def test_what_is_wrong_in_a_whole_query_string_is_told(asking: Callable[..., Mock]) -> None:
    mock = asking("querystring", content={FORM: {"schema": FIELDS}})
    found = places(mock.get("/thing?list=x"))
    assert sorted(found) == [("querystring.q.a", "required"), ("querystring.q.list.0", "type")]
    assert places(mock.get("/thing?a=%FF")) == [("querystring.q", "style")]


@pytest.mark.parametrize(
    ("location", "text"),
    [("query", "a=1%26list=2"), ("header", "a=1&list=2"), ("cookie", "a=1%26list=2")],
)
def test_a_parameter_may_be_a_form_itself(
    asking: Callable[..., Mock], location: str, text: str
) -> None:
    mock = asking(location, "3.0.3", content={FORM: {"schema": FIELDS}})
    headers = {"header": {"q": text}, "cookie": {"cookie": f"q={text.replace('=1', '%3D1')}"}}
    query = f"?q={text}" if location == "query" else ""
    reply = mock.get(f"/thing{query}", headers=headers.get(location, {}))
    assert reply.json() == {"q": {"a": 1, "list": [2]}}


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0", "3.2.0"])
@pytest.mark.parametrize(
    ("schema", "value"),
    [
        pytest.param(INTEGER, None, id="a number"),
        pytest.param({"type": "boolean"}, None, id="a boolean"),
        pytest.param({"type": "string", "enum": ["a", "b"]}, None, id="one of a list"),
        pytest.param({"type": "string", "minLength": 2}, "", id="a string"),
    ],
)
def test_a_value_that_may_be_empty_is_there_when_it_is(
    asking: Callable[..., Mock], version: str, schema: Any, value: Any
) -> None:
    mock = asking("query", version, required=True, allowEmptyValue=True, schema=schema)
    for query in ("?q=", "?q"):
        assert mock.get(f"/thing{query}").json() == {"q": value}
    assert places(mock.get("/thing")) == [("query.q", "required")]
    assert mock.get("/thing?q=x").status_code == 422


@pytest.mark.parametrize("reserved", [True, False])
def test_reserved_characters_are_read_however_they_are_sent(
    asking: Callable[..., Mock], reserved: bool
) -> None:
    mock = asking("query", allowReserved=reserved, schema={"type": "string"})
    plain = mock.get("/thing?q=:/?[]@!$'()*,;=")
    escaped = mock.get("/thing?q=%3A%2F%3F%5B%5D%40%21%24%27%28%29%2A%2C%3B%3D")
    assert plain.json() == escaped.json() == {"q": ":/?[]@!$'()*,;="}
