"""A handler gets what it asks for by name, and can't harm what it is given."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mock_server.errors import StartError
from mock_server.project.handlers import identifier
from tests.helpers.running import HANDBOOK, KEYS, LATEST, Mock, Serve, json_of, thing, until

PARAMETERS = [
    {"name": "pet-id", "in": "path", "required": True, "schema": {"type": "integer"}},
    {"name": "class", "in": "query", "schema": {"type": "string"}},
    {"name": "tags", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
    {"name": "X-Request-ID", "in": "header", "schema": {"type": "string"}},
    {"name": "session", "in": "cookie", "schema": {"type": "string"}},
]
PATHS = {
    "/pets/{pet-id}": {
        "post": {
            "operationId": "pets.post",
            "parameters": PARAMETERS,
            "requestBody": json_of(True),
            "responses": {"200": {"description": "ok", **json_of(True)}},
        }
    }
}


def told(serve: Serve, handler: str, path: str = "/pets/7", **request: Any) -> Any:
    """Return the reply of a handler."""
    return serve(PATHS, handlers=handler).post(path, **request).json()


@pytest.mark.parametrize(
    ("name", "identified"),
    [("source_id", "source_id"), ("X-Request-ID", "x_request_id"), ("class", "class_"),
     ("petId", "petId"), ("filter[name]", "filter_name_"), ("größe", "größe"), ("a.b", "a_b"),
     ("from", "from_"), ("pets.get", "pets_get"), ("GET /pets/{id}", "get__pets__id_")],
)  # fmt: skip
def test_a_name_of_the_contract_has_one_form_in_python(name: str, identified: str) -> None:
    assert identifier(name) == identified


def test_parameters_come_by_name_as_values(serve: Serve) -> None:
    handler = """
def pets_post(pet_id, class_, tags, x_request_id, session, body):
    return [pet_id, class_, tags, x_request_id, session, body]
"""
    answer = told(
        serve,
        handler,
        "/pets/7?class=dog&tags=a&tags=b",
        headers={"x-request-id": "r", "cookie": "session=s"},
        json={"name": "Rex"},
    )
    assert answer == [7, "dog", ["a", "b"], "r", "s", {"name": "Rex"}]


def test_what_was_not_sent_is_the_arguments_default_else_none(serve: Serve) -> None:
    handler = """
def pets_post(class_, tags="none", *, session=5, body):
    return [class_, tags, session, body]
"""
    assert told(serve, handler) == [None, "none", 5, None]


def test_a_handler_takes_only_what_it_asks_for(serve: Serve) -> None:
    assert told(serve, "def pets_post(): return 1", json=5) == 1


def test_a_handler_with_keyword_arguments_takes_every_parameter(serve: Serve) -> None:
    handler = "def pets_post(pet_id, **rest): return [pet_id, sorted(rest), rest['class_']]"
    names = ["class_", "session", "tags", "x_request_id"]
    assert told(serve, handler, "/pets/7?class=dog") == [7, names, "dog"]


def test_a_handler_may_ask_for_the_request_and_the_records(serve: Serve) -> None:
    handler = """
def pets_post(request, records):
    return [request.method, request.path, request.query, request.header("x-more"),
            [record.value for record in records["names"]], len(records["others"])]
"""
    document = {**PATHS, "components": {"schemas": {"Name": {"type": "string"}}}}
    fixtures = {"records/names.yaml": "schema: /components/schemas/Name\nrecords: [{value: Ada}]\n"}
    mock = serve(document, fixtures=fixtures, handlers=handler)
    reply = mock.post("/pets/7?a=b", headers={"X-More": "yes"})
    assert reply.json() == ["POST", "/pets/7", "a=b", "yes", ["Ada"], 0]


def test_a_parameter_of_the_contract_wins_over_what_else_has_its_name(serve: Serve) -> None:
    own = {"name": "request", "in": "query", "schema": {"type": "integer"}}
    item = PATHS["/pets/{pet-id}"]["post"]
    paths = {"/pets/{pet-id}": {"post": {**item, "parameters": [*PARAMETERS, own]}}}
    mock = serve(paths, handlers="def pets_post(request): return request")
    assert mock.post("/pets/7?request=5").json() == 5


KINDS = {
    "coroutine function": "async def pets_post(pet_id): return pet_id",
    "decorated coroutine function": """
import functools
def logged(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)
    return wrapper
@logged
async def pets_post(pet_id): return pet_id
""",
    "partial": """
import functools
def answer(pet_id, add): return pet_id + add
pets_post = functools.partial(answer, add=0)
""",
    "object": """
class Answer:
    def __call__(self, pet_id): return pet_id
pets_post = Answer()
""",
    "object of a coroutine": """
class Answer:
    async def __call__(self, pet_id): return pet_id
pets_post = Answer()
""",
    "lambda": "pets_post = lambda pet_id: pet_id",
    "method": """
class Pets:
    def post(self, pet_id): return pet_id
pets_post = Pets().post
""",
    "awaitable that is none of ours": """
import asyncio
def pets_post(pet_id):
    return asyncio.get_running_loop().run_in_executor(None, lambda: pet_id)
""",
}


@pytest.mark.parametrize("handler", KINDS.values(), ids=KINDS.keys())
def test_a_handler_is_anything_that_can_be_called(serve: Serve, handler: str) -> None:
    assert told(serve, handler) == 7


def test_a_handler_that_waits_keeps_nobody_else_waiting(serve: Serve) -> None:
    handler = """
import asyncio
waiting = asyncio.Event()
async def pets_post(pet_id):
    if pet_id == 1:
        await waiting.wait()
    waiting.set()
    return pet_id
"""
    mock = serve(PATHS, handlers=handler)
    with mock.wire() as first:
        first.send(b"POST /pets/1 HTTP/1.1\r\nhost: mock\r\n\r\n")
        assert mock.post("/pets/2").json() == 2
        assert first.answer().body == b"1"


@pytest.mark.parametrize(
    "handler",
    ["async def pets_post(): raise ValueError('late')", "async def pets_post(): return {}, 418"],
)
def test_a_coroutine_that_fails_is_an_error_like_any_other(serve: Serve, handler: str) -> None:
    reply = serve(PATHS, handlers=handler).post("/pets/7")
    assert reply.status_code == 500
    assert json.loads(reply.headers["mock-violations"])[0]["location"][0] == "response"


@pytest.mark.parametrize(
    ("handler", "told"),
    [
        ("def pets_post(petid): pass", "asks for 'petid', which pets.post doesn't have; there is"),
        ("import math\ndef pets_post(pet_id, *, colour): pass", "handlers.py:2:1: .*'colour'"),
        ("def other(): pass", "none of its functions is named by an operationId"),
        ("pets_post = dict", r"^the handler of pets.post, builtins.dict, has arguments that can't"
         r" be told; expected a function that asks by name for what it needs: there is pet_id, "),
        ("pets_post = len", "builtins.len, takes 'obj' by its position alone; expected a function"),
        ("\ndef pets_post(a, /): pass", "handlers.py:2:1: .* takes 'a' by its position alone"),
        ("class pets_post:\n    def __init__(self, x): pass", "handlers.py:2:1: .* asks for 'x'"),
        ("class T:\n    def __call__(self, x): pass\npets_post = T()", "handlers.py:2:1: .*'x'"),
        ("from functools import partial\ndef f(x): pass\npets_post = partial(f)",
         "handlers.py:2:1: .* asks for 'x', which pets.post doesn't have"),
        ("from functools import partial\npets_post = partial(max)", "partial, has arguments"),
    ],
)  # fmt: skip
def test_what_a_handler_cannot_be_given_stops_the_start(
    serve: Serve, handler: str, told: str
) -> None:
    with pytest.raises(StartError, match=told):
        serve(PATHS, handlers=handler)


@pytest.mark.parametrize(
    "handler",
    ["pets_post = partial(lambda a, body: [a, body], 1)",
     "pets_post = partial(lambda a, body: [a, body], a=1)",
     "class T:\n    def __call__(self, body): return [1, body]\npets_post = T()",
     "class T:\n    def f(self, body): return [1, body]\npets_post = T().f"],
)  # fmt: skip
def test_whatever_can_be_called_by_name_is_a_handler(serve: Serve, handler: str) -> None:
    assert told(serve, f"from functools import partial\n{handler}", json=5) == [1, 5]


def test_an_operation_without_a_handler_is_served_all_the_same(serve: Serve) -> None:
    other = {"/other": {"get": {"responses": {"200": {"description": "ok", **json_of(True)}}}}}
    mock = serve(PATHS | other, handlers="def pets_post(): return 1")
    assert mock.get("/other").headers["mock-source"] == "generated"
    assert mock.post("/pets/1").headers["mock-source"] == "handler"


def test_a_users_own_handler_takes_the_shipped_ones_place(serve: Serve) -> None:
    handler = """
def latest_invocations_by_keys(source_id, body, records):
    return {}, 200, {"x-asked": f"{source_id} {len(body['object_keys'])} {len(records['sources'])}"}
"""
    reply = serve(handlers=handler).post(LATEST, json=KEYS)
    assert (reply.json(), reply.headers["x-asked"]) == ({}, f"{HANDBOOK} 1 3")


CHANGES = [
    "invocation['status'] = 'pending'",
    "invocation.update(status='pending')",
    "invocation.pop('status')",
    "invocation['metadata'].clear()",
    "invocation['metadata']['github'].setdefault('x', 1)",
    "invocation |= {'status': 'pending'}",
    "del invocation['status']",
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_handler_that_changes_a_record_is_told_and_the_record_is_unharmed(
    serve: Serve, shipped: Mock, change: str
) -> None:
    handler = f"""
from mock_server.handlers.chroma_sync import latest_invocations_by_keys as unchanged
def latest_invocations_by_keys(source_id, body, records):
    answer = unchanged(source_id, body, records)
    if body.get("change"):
        for invocation in answer.values():
            {change}
    return answer
"""
    mock = serve(handlers=handler)
    reply = mock.post(LATEST, json=KEYS | {"change": True})
    assert (reply.status_code, mock.faults(reply)) == (500, [])
    assert "a record can't be changed; make a copy with copy.deepcopy" in reply.json()["message"]
    expected = shipped.post(LATEST, json=KEYS).content
    assert mock.post(LATEST, json=KEYS).content == expected


def test_a_handler_may_change_a_copy_of_a_record(serve: Serve) -> None:
    handler = """
import copy
from mock_server.handlers.chroma_sync import latest_invocations_by_keys as unchanged
def latest_invocations_by_keys(source_id, body, records):
    answer = copy.deepcopy(unchanged(source_id, body, records))
    for invocation in answer.values():
        invocation["status"] = "cancelled"
        invocation["metadata"]["database_name"] += "!"
    return answer
"""
    mock = serve(handlers=handler)
    reply = mock.post(LATEST, json=KEYS)
    assert (reply.status_code, mock.faults(reply)) == (200, [])
    assert reply.json()["README.md"]["status"] == "cancelled"
    assert reply.json()["README.md"]["metadata"]["database_name"] == "handbook!"


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("answer", 200),
        ("{**answer, 'copy': dict(answer['README.md'])}", 200),
        ("{**answer, 'other': {'id': 1}}", 500),
        ("[*answer.values()]", 500),
        ("answer['README.md']", 500),
        ("{1: answer['README.md']}", 200),
    ],
)
def test_an_answer_that_is_not_of_records_alone_is_judged_as_any_other(
    serve: Serve, answer: str, status: int
) -> None:
    handler = f"""
from mock_server.handlers.chroma_sync import latest_invocations_by_keys as unchanged
def latest_invocations_by_keys(source_id, body, records):
    answer = unchanged(source_id, body, records)
    return {answer}
"""
    mock = serve(handlers=handler)
    reply = mock.post(LATEST, json=KEYS)
    assert (reply.status_code, mock.faults(reply)) == (status, [])


def test_a_client_that_leaves_while_a_handler_works_disturbs_nobody(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    handler = """
import asyncio
started, go = asyncio.Event(), asyncio.Event()
async def latest_invocations_by_keys(body):
    if body["object_keys"] == ["go"]:
        await started.wait()
        go.set()
        return {}
    started.set()
    await go.wait()
    return {}
"""
    mock = serve(handlers=handler)
    with mock.wire() as wire:
        body = json.dumps({"object_keys": []}).encode()
        wire.send(b"POST %b HTTP/1.1\r\nhost: mock\r\ncontent-length: %d\r\n\r\n%b"
                  % (LATEST.encode(), len(body), body))  # fmt: skip
        until(lambda: mock.app.parts.handlers.started.is_set(), "the handler has begun")  # type: ignore[union-attr]
        wire.reset()
    assert mock.post(LATEST, json={"object_keys": ["go"]}).status_code == 200
    until(lambda: len(mock.exchanges) == 2, "both exchanges are in the journal")
    assert caplog.text == ""


def test_a_header_that_nobody_declared_may_be_a_list(serve: Serve) -> None:
    handler = "def thing():\n    return 'ok', 200, {'X-A': ['a', 'b'], 'X-B': 5}\n"
    mock = serve(thing({"200": json_of({"type": "string"})}), handlers=handler)
    reply = mock.get()
    assert (reply.headers["x-a"], reply.headers["x-b"]) == ("a, b", "5")
