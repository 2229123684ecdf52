"""What holds for every request and every reply, with payloads that hypothesis-jsonschema makes.

The second engine decides what the contract allows; the code under test is never asked.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from hypothesis_jsonschema import from_schema

from tests.helpers.judge import CONTRACT, Judge
from tests.helpers.running import KEYS, LATEST, OPERATION, Mock, Serve

JUDGE = Judge.of(CONTRACT)
SCHEMAS = JUDGE.document["components"]["schemas"]
REQUEST = "/components/schemas/LatestByKeysRequest"
REPLY = "/components/schemas/HashMap"
STATUSES = [int(code) for code in JUDGE.document["paths"][OPERATION]["post"]["responses"]]
FEW = settings(max_examples=60)


UUIDS = st.uuids().map(str)
KEYS_OF_OBJECTS = st.text(max_size=8)
SIZES: dict[str, dict[str, Any]] = {
    "string": {"maxLength": 12},
    "array": {"maxItems": 4},
    "object": {"maxProperties": 3},
    # The second engine doesn't know int64; and what is beyond it, a server may refuse to send.
    "integer": {"minimum": -(2**63), "maximum": 2**63 - 1},
}


anything: st.SearchStrategy[Any] = st.sampled_from([[], {}, [[]], [{}], {"": None}])
for kind in ("null", "boolean", "integer", "number", "string"):
    anything |= from_schema({"type": kind, **SIZES.get(kind, {})})


def made(schema: Any) -> st.SearchStrategy[Any]:
    """Values that hypothesis-jsonschema makes, objects and alternatives put together here.

    In one piece the reply's schema would take a quarter of a second for each value. Where
    alternatives exclude each other, the second engine has to sort out what fits both.
    """
    if "$ref" in schema:
        return made(SCHEMAS[schema["$ref"].rpartition("/")[2]])
    if "oneOf" in schema:
        return st.one_of([made(alternative) for alternative in schema["oneOf"]])
    if "allOf" in schema:
        parts = st.tuples(*(made(part) for part in schema["allOf"]))
        return parts.filter(lambda all_of: all(isinstance(part, dict) for part in all_of)).map(
            lambda all_of: {name: value for part in all_of for name, value in part.items()}
        )
    if "properties" in schema:
        members = {name: made(member) for name, member in schema["properties"].items()}
        required = {name: members.pop(name) for name in schema["required"]}
        return st.fixed_dictionaries(required, optional=members)
    if "additionalProperties" in schema:
        members = schema["additionalProperties"]
        mappings = st.dictionaries(
            KEYS_OF_OBJECTS, made(members) if members else anything, max_size=2
        )
        return mappings | st.none() if "null" in schema["type"] else mappings
    kind = "" if schema.get("format") in ("uuid", "date-time") else str(schema.get("type"))
    return from_schema(SIZES.get(kind, {}) | schema, custom_formats={"uuid": UUIDS})


KNOWN_KEYS = ["README.md", "docs/api/queries.md", "NO", "simulate/server-error"]
KNOWN_SOURCES = [
    "3b241101-e2bb-4255-8caf-4136c566a962",
    "178bda33-35fe-4b59-b46c-5e0d4e75d9d0",
    "586844a7-27fd-4941-9d3c-2212d6a5b916",
    *(f"00000000-0000-4000-8000-000000000{code}" for code in (401, 403, 404, 500)),
]
sources = st.one_of(st.sampled_from(KNOWN_SOURCES), UUIDS, UUIDS.map(str.upper))
bodies = st.one_of(
    made(SCHEMAS["LatestByKeysRequest"]),
    st.lists(st.sampled_from(KNOWN_KEYS)).map(lambda keys: {"object_keys": keys, "more": True}),
)
replies = made(SCHEMAS["HashMap"])


def path_of(source: str) -> str:
    return OPERATION.replace("{source_id}", source)


@given(sources, bodies, st.sampled_from(["*/*", "application/json", "text/html, */*;q=0.1"]))
@FEW
def test_every_request_that_the_contract_allows_gets_a_declared_status_and_a_valid_reply(
    shipped: Mock, source: str, body: dict[str, Any], accept: str
) -> None:
    assert JUDGE.faults_at(REQUEST, body) == []
    reply = shipped.post(path_of(source), json=body, headers={"accept": accept})
    assert reply.status_code in STATUSES
    assert shipped.faults(reply) == []
    assert "mock-violations" not in reply.headers
    if reply.status_code == 200:
        assert reply.json().keys() <= set(body["object_keys"])


@st.composite
def broken(draw: st.DrawFn, values: st.SearchStrategy[Any], pointer: str) -> Any:
    """Return a value that keeps to a schema, changed in one place so that it doesn't any more."""
    value = copy.deepcopy(draw(values))
    path = draw(st.sampled_from(list(places(value))))
    changed = with_change(value, path, draw(anything), remove=draw(st.booleans()))
    assume(JUDGE.faults_at(pointer, changed))
    return changed


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield every place in a value, the value itself included."""
    yield path
    members = enumerate(value) if isinstance(value, list) else ()
    for step, member in value.items() if isinstance(value, dict) else members:
        yield from places(member, (*path, step))


def with_change(value: Any, path: tuple[Any, ...], new: Any, remove: bool) -> Any:
    """Return the value with another, or nothing, in that place."""
    if not path:
        return new
    step, *rest = path
    if not rest and remove:
        del value[step]
    else:
        value[step] = with_change(value[step], tuple(rest), new, remove)
    return value


@given(sources, broken(bodies, REQUEST))
@FEW
def test_every_body_that_breaks_the_contract_is_refused_as_declared(
    shipped: Mock, source: str, body: Any
) -> None:
    reply = shipped.post(path_of(source), json=body)
    assert (reply.status_code, shipped.faults(reply)) == (400, [])
    told = json.loads(reply.headers["mock-violations"])
    assert all(v["location"][:2] == ["request", "body"] for v in told)


NO_UUID = st.text(st.characters(codec="utf-8", exclude_characters="/"), min_size=1).filter(
    lambda text: JUDGE.faults_at("/components/schemas/SourceId", text)
)


@given(NO_UUID.filter(lambda text: text not in (".", "..")), bodies)
@FEW
def test_every_source_that_is_no_uuid_is_refused_as_declared(
    shipped: Mock, source: str, body: dict[str, Any]
) -> None:
    encoded = "".join(f"%{byte:02X}" for byte in source.encode())
    reply = shipped.post(path_of(encoded), json=body)
    assert (reply.status_code, shipped.faults(reply)) == (400, [])
    assert "source_id in the path" in reply.json()["message"]


@st.composite
def no_json(draw: st.DrawFn) -> bytes:
    """Return the bytes of a request with a few cut out or put in, so that they aren't JSON."""
    text = json.dumps(draw(bodies)).encode()
    start = draw(st.integers(0, len(text) - 1))
    end = draw(st.integers(start, min(len(text), start + 4)))
    changed = text[:start] + draw(st.binary(max_size=3)) + text[end:]
    try:
        json.loads(changed.decode(), parse_constant=float.fromhex)
    except ValueError:
        return changed
    assume(False)
    raise AssertionError


@given(no_json())
@FEW
def test_every_body_that_is_no_json_is_refused_as_declared(shipped: Mock, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    reply = shipped.post(LATEST, content=body, headers=headers)
    assert (reply.status_code, shipped.faults(reply)) == (400, [])


MODES = ["true", "minimal", "maximal", "boundary"]
# RFC 9562: version 1 to 8, variant 8 to b.
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


@given(st.sampled_from(STATUSES), st.integers(0), st.sampled_from(MODES), bodies)
@FEW
def test_every_generated_reply_is_valid_and_comes_again(
    shipped: Mock, code: int, seed: int, mode: str, body: dict[str, Any]
) -> None:
    headers = {"prefer": f"code={code}, dynamic={mode}, seed={seed}"}
    reply = shipped.post(LATEST, json=body, headers=headers)
    assert (reply.status_code, reply.headers["mock-source"]) == (code, "generated")
    assert shipped.faults(reply) == []
    assert shipped.post(LATEST, json=body, headers=headers).content == reply.content
    for invocation in reply.json().values() if code == 200 else ():
        assert UUID.fullmatch(invocation["id"])
        assert invocation["created_at"].endswith("Z")


ANSWERING = """
answer = None
def latest_invocations_by_keys():
    return answer
"""


@pytest.fixture
def answering(serve: Serve) -> tuple[Mock, ModuleType]:
    """Yield a server whose handler answers with what its module is set to."""
    mock = serve(handlers=ANSWERING)
    module = mock.app.parts.handlers
    assert module is not None
    return mock, module


@given(replies)
@FEW
def test_every_reply_of_a_handler_that_the_contract_allows_is_sent_as_it_is(
    answering: tuple[Mock, ModuleType], answer: Any
) -> None:
    assume(not JUDGE.faults_at(REPLY, answer))
    mock, module = answering
    vars(module)["answer"] = answer
    reply = mock.post(LATEST, json=KEYS)
    assert (reply.status_code, reply.json()) == (200, answer)


@given(broken(replies, REPLY))
@example(answer={"": 1})
@example(answer={"+1": 1})
@FEW
def test_every_reply_of_a_handler_that_breaks_the_contract_is_kept_back(
    answering: tuple[Mock, ModuleType], answer: Any
) -> None:
    mock, module = answering
    vars(module)["answer"] = answer
    reply = mock.post(LATEST, json=KEYS)
    assert (reply.status_code, mock.faults(reply)) == (500, [])
    told = json.loads(reply.headers["mock-violations"])
    assert all(v["location"][:2] == ["response", "body"] for v in told)
