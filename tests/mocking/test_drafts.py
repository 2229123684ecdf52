"""What is made: generated bodies, the same for the same seed, and the headers that are declared."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.judge import faults
from tests.helpers.running import KEYS, LATEST, Mock, Serve, json_of, thing

DYNAMIC = {"prefer": "dynamic=true"}
# RFC 9562: version 1 to 8, variant 8 to b.
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
PERSON = {
    "type": "object",
    "required": ["id", "name", "born"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "name": {"type": "string"},
        "born": {"type": "string", "format": "date-time"},
    },
}


def generated(mock: Mock, seed: str = "") -> bytes:
    prefer = {"prefer": f"dynamic=true, seed={seed}" if seed else "dynamic=true"}
    reply = mock.post(LATEST, json=KEYS, headers=prefer)
    assert reply.headers["mock-source"] == "generated"
    return reply.content


def test_the_same_seed_and_request_give_the_same_bytes(shipped: Mock) -> None:
    assert generated(shipped, "7") == generated(shipped, "7")
    assert generated(shipped) == generated(shipped)


def test_another_seed_or_another_request_give_others(shipped: Mock) -> None:
    other = shipped.post(LATEST, json={"object_keys": ["SE"]}, headers=DYNAMIC).content
    assert len({generated(shipped), generated(shipped, "7"), generated(shipped, "8"), other}) == 4


def test_a_server_that_starts_anew_gives_the_same_bytes(shipped: Mock, serve: Serve) -> None:
    assert generated(serve()) == generated(shipped)
    assert generated(serve(), "7") == generated(shipped, "7")


SCRIPT = """
import sys, urllib.request
from mock_server.app import create_app
from mock_server.server.uvicorn_server import BackgroundServer
from mock_server.settings import Settings
headers = {"prefer": "dynamic=true", "content-type": "application/json"}
with BackgroundServer(create_app(Settings(reload=False))) as server:
    asked = urllib.request.Request(server.url + sys.argv[1], sys.argv[2].encode(), headers)
    sys.stdout.buffer.write(urllib.request.urlopen(asked).read())
"""


def test_another_process_gives_the_same_bytes(shipped: Mock) -> None:
    body = shipped.post(LATEST, json=KEYS, headers=DYNAMIC)
    arguments = [sys.executable, "-c", SCRIPT, LATEST, body.request.content.decode()]
    done = subprocess.run(
        arguments,
        cwd=Path(__file__).parents[2],
        env={"PYTHONHASHSEED": "1"},
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert done.stdout == body.content


def test_the_seed_is_a_setting(serve: Serve) -> None:
    one, two = serve(thing({"200": json_of(PERSON)}), seed="a"), serve(seed="a")
    three = serve(thing({"200": json_of(PERSON)}), seed="b")
    assert one.get().content != three.get().content
    assert generated(two) == generated(serve(), "a")


def test_prisms_seed_gives_the_same_as_the_headers(serve: Serve) -> None:
    mock = serve(thing({"200": json_of(PERSON)}))
    by_header = mock.get(headers={"prefer": "dynamic=true, seed=7"})
    by_query = mock.get("/thing?__dynamic=true&__seed=7")
    assert by_header.content == by_query.content


def test_head_has_the_headers_of_get(serve: Serve) -> None:
    mock = serve(thing({"200": json_of({"type": "array", "items": PERSON})}))
    got, head = mock.get(), mock.client.head("/thing")
    assert head.content == b""
    assert dict(head.headers) | {"date": ""} == dict(got.headers) | {"date": ""}


def test_what_is_generated_satisfies_strict_clients_too(serve: Serve) -> None:
    mock = serve(thing({"200": json_of({"type": "array", "items": PERSON, "minItems": 5})}))
    for seed in range(10):
        for person in mock.get(headers={"prefer": f"dynamic=true, seed={seed}"}).json():
            assert UUID.fullmatch(person["id"])
            assert person["born"].endswith("Z")
            assert faults(PERSON, person) == []


def test_what_no_value_satisfies_is_a_clear_501(serve: Serve) -> None:
    nothing = {"type": "integer", "minimum": 5, "maximum": 4}
    reply = serve(thing({"200": json_of(nothing)})).get()
    assert reply.status_code == 501
    assert "/responses/200/content/application~1json/schema" in reply.json()["detail"]


HUGE: list[dict[str, Any]] = [
    {"minimum": 1e30},
    {"minimum": 0, "maximum": 1e30},
    {"minimum": 10**30, "maximum": 10**30 + 5},
    {"minimum": 1, "multipleOf": 10**25},
    {"default": 10**30},
    {"example": 10**30},
    {"const": 10**30},
    {"enum": [-(10**30), 10**40]},
    {"exclusiveMaximum": -(2**64)},
]


@pytest.mark.parametrize("keywords", HUGE, ids=str)
def test_integers_beyond_64_bits_are_sent(serve: Serve, keywords: dict[str, Any]) -> None:
    mock = serve(thing({"200": json_of({"type": "integer", **keywords})}))
    for mode in ("true", "minimal", "maximal", "boundary"):
        reply = mock.get(headers={"prefer": f"dynamic={mode}"})
        assert (reply.status_code, mock.faults(reply)) == (200, []), reply.text


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "minItems": 10**30},
        {"type": "array", "contains": {"const": 1}, "minContains": 10**9},
        {"type": "object", "minProperties": 10**30},
        {"type": "string", "minLength": 10**30},
    ],
    ids=str,
)
def test_what_is_too_large_to_be_made_is_a_clear_501(serve: Serve, schema: dict[str, Any]) -> None:
    reply = serve(thing({"200": json_of(schema)})).get()
    assert reply.status_code == 501
    assert "too many to be made" in reply.json()["detail"]


def header(required: bool, **schema: Any) -> dict[str, Any]:
    return {"required": required, "schema": schema}


HEADERS = {
    "X-Request-Id": header(True, type="string", format="uuid"),
    "X-Left": header(True, type="integer", minimum=3, maximum=9),
    "X-Odd": header(False, type="string", enum=["odd"]),
    "Location": header(True, type="string", format="uri"),
}


@pytest.mark.parametrize("source", ["example", "generated", "handler", "canned"])
def test_declared_headers_are_there_and_valid(serve: Serve, source: str) -> None:
    content: dict[str, Any] = {"example": 1} if source == "example" else {}
    paths = thing({"200": {**json_of({"type": "integer"}, **content), "headers": HEADERS}})
    mock = serve(paths, handlers="def thing(): return 5\n" if source == "handler" else None)
    reply = mock.get()
    assert (reply.status_code, mock.faults(reply)) == (200, [])
    assert {name.lower() for name in HEADERS} <= set(reply.headers)


def test_declared_headers_of_an_error_are_there_too(serve: Serve) -> None:
    error = {**json_of(PERSON), "headers": HEADERS}
    mock = serve(thing({"200": {}, "422": error}, "post", requestBody=json_of({"type": "object"})))
    reply = mock.post(json=5)
    assert (reply.status_code, mock.faults(reply)) == (422, [])


def test_a_header_that_nothing_satisfies_is_left_out_unless_it_is_required(serve: Serve) -> None:
    nothing = {"type": "string", "minLength": 2, "maxLength": 1}

    def reply(required: bool) -> tuple[int, bool]:
        headers = {"X-No": header(required, **nothing)}
        got = serve(thing({"200": {**json_of({"type": "integer"}), "headers": headers}})).get()
        return got.status_code, "x-no" in got.headers

    assert reply(required=False) == (200, False)
    assert reply(required=True) == (501, False)


@pytest.mark.parametrize("required", [False, True])
def test_headers_of_the_connection_are_not_made_up(serve: Serve, required: bool) -> None:
    names = ["Content-Length", "Transfer-Encoding", "Content-Encoding", "Connection", "Date"]
    headers = {name: header(required, type="string", enum=["made up"]) for name in names}
    reply = serve(thing({"200": {**json_of(PERSON), "headers": headers}})).get()
    assert reply.status_code == 200
    assert "made up" not in reply.headers.values()
    assert faults(PERSON, reply.json()) == []


def test_a_fixtures_own_headers_are_sent(serve: Serve) -> None:
    reply = "one: {status: 200, body: 5, headers: {X-Left: 4, X-More: a b}}"
    declared = {**json_of({"type": "integer"}), "headers": {"X-Left": HEADERS["X-Left"]}}
    got = serve(thing({"200": declared}), fixtures={"replies/thing.yaml": reply}).get()
    assert (got.headers["x-left"], got.headers["x-more"]) == ("4", "a b")


def test_two_servers_in_one_process_share_nothing(serve: Serve) -> None:
    one, two = serve(seed="a"), serve(seed="b")
    assert generated(one) != generated(two)
    assert [len(one.exchanges), len(two.exchanges)] == [1, 1]
    one.app.load()
    assert generated(one, "b") == generated(two)
