"""The control API as a whole: described by its own document, beside the contract, off if so set."""

from __future__ import annotations

import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_server.contract.reader import read_contract
from mock_server.control.pages import CONTROL_DOCUMENT
from tests.helpers.control import CONTROL, call, wrong
from tests.helpers.judge import faults
from tests.helpers.processes import run
from tests.helpers.running import SECONDS, Mock, Serve, json_of, thing, until

OK = json_of(True, example="ok")
OPERATIONS = [
    (method.upper(), path, operation)
    for path, item in CONTROL.document["paths"].items()
    for method, operation in item.items()
]


def test_its_document_is_served_as_it_is_and_is_sound(shipped: Mock) -> None:
    served = shipped.get("/_mock/openapi.yaml")
    assert served.content == CONTROL_DOCUMENT.read_bytes()
    assert served.headers["content-type"] == "application/yaml"
    assert run("check", CONTROL_DOCUMENT).stdout == ""


@pytest.mark.parametrize(
    ("method", "path", "operation"), OPERATIONS, ids=[o["operationId"] for *_, o in OPERATIONS]
)
def test_every_operation_of_its_document_is_answered(
    serve: Serve, method: str, path: str, operation: dict[str, Any]
) -> None:
    mock = serve(thing({"200": OK}))
    asked = path.replace("{id}", "1").replace("{name}", "a").replace("{operation}", "thing")
    if asked.endswith(("/stream", "/summaries")):
        method = "HEAD"
    query = "?timeout=1ms" if asked.endswith("/wait") else ""
    reply = mock.client.request(method, f"{asked}{query}", json={})
    problem = reply.headers.get("content-type") == "application/problem+json"
    assert problem or str(reply.status_code) in operation["responses"], reply.text
    assert "has no path" not in reply.text


def test_health_keeps_to_the_document(shipped: Mock) -> None:
    assert call(shipped, "GET", "/_mock/health")["status"] == "ok"


def test_it_is_read_when_something_first_asks_for_it(serve: Serve) -> None:
    mock = serve(thing({"200": OK}))
    mock.get()
    mock.get("/_mock/health")
    mock.get("/nowhere")
    control = mock.app.control
    assert "_routes" not in vars(control)
    mock.get("/_mock/seed")
    assert "_routes" in vars(control)


def test_a_path_or_a_method_that_it_has_not_is_told_with_what_it_has(shipped: Mock) -> None:
    said = "The control API has no path /_mock/scenario; did you mean /_mock/scenarios"
    assert wrong(shipped, "GET", "/_mock/scenario", 404)[0].startswith(said)
    reply = shipped.client.put("/_mock/stubs", json={})
    assert reply.status_code == 405
    assert set(reply.headers["Allow"].split(", ")) == {"GET", "POST", "DELETE", "HEAD", "OPTIONS"}


def test_a_path_of_the_contract_wins(serve: Serve) -> None:
    own = {"operationId": "own", "responses": {"200": {"description": "", **OK}}}
    mock = serve({"/_mock/seed": {"get": own}, "/__admin/{rest}": {"post": own}})
    assert mock.get("/_mock/seed").json() == "ok"
    assert mock.post("/__admin/reset").json() == "ok"
    assert mock.client.put("/_mock/seed", json={"seed": "x"}).status_code == 405
    assert mock.get("/_mock/clock").json()["frozen"] is False


def test_preferences_are_for_the_contract_alone(shipped: Mock) -> None:
    prefer = {"Prefer": "code=418, dynamic=true"}
    assert call(shipped, "GET", "/_mock/seed?__code=500", headers=prefer) == {"seed": "mock"}


@pytest.mark.parametrize("content", [b"{", b'{"seed": 1}', b"[]", b""])
def test_a_body_that_its_document_forbids_is_refused(shipped: Mock, content: bytes) -> None:
    json = {"Content-Type": "application/json"}
    assert wrong(shipped, "PUT", "/_mock/seed", content=content, headers=json)


def test_a_body_of_another_type_is_refused(shipped: Mock) -> None:
    text = {"Content-Type": "text/plain"}
    assert wrong(shipped, "PUT", "/_mock/seed", 415, content=b"{}", headers=text)


def test_a_body_that_is_too_large_is_refused(serve: Serve) -> None:
    mock = serve(thing({"200": OK}), body_limit=100)
    assert wrong(mock, "PUT", "/_mock/seed", 413, json={"seed": "x" * 101})


def test_what_a_contract_declares_as_a_problem_document_is_sent_as_one(serve: Serve) -> None:
    schema = {"type": "object", "required": ["title", "status"]}
    content = {"content": {"application/problem+json": {"schema": schema}}}
    integer = {"name": "n", "in": "query", "schema": {"type": "integer"}}
    mock = serve(thing({"200": OK, "400": content}, parameters=[integer]))
    reply = mock.get("/thing?n=x")
    assert (reply.status_code, reply.json()["status"]) == (400, 400)
    assert faults(schema, reply.json()) == mock.faults(reply) == []
    assert [v["location"] for v in reply.json()["validation"]] == [["request", "query", "n"]]


def test_it_tells_how_each_status_is_met_here(serve: Serve) -> None:
    limit = {"name": "n", "in": "query", "schema": {"type": "integer"}}
    mock = serve(thing({"200": OK, "400": OK}, parameters=[limit]), lenient=False)
    told = call(mock, "GET", "/_mock/errors?operation=thing")["operations"]
    assert told == call(mock, "GET", "/_mock/errors")["operations"]
    statuses = {status["status"]: status["requests"] for status in told[0]["statuses"]}
    line = next(r["curl"] for r in statuses[400] if r["kind"] == "request")
    assert mock.url in line
    done = subprocess.run(line.replace("curl", "curl -s", 1), shell=True, capture_output=True)
    assert done.stdout.startswith(b"HTTP/1.1 400")
    lenient = serve(thing({"200": OK, "400": OK}, parameters=[limit]), lenient=True)
    (told,) = call(lenient, "GET", "/_mock/errors")["operations"]
    kinds = [r["kind"] for s in told["statuses"] if s["status"] == 400 for r in s["requests"]]
    assert set(kinds) == {"preference"}


def _children() -> int:
    """Return how many processes of this one make a catalogue of errors just now."""
    lists = Path("/proc/self/task").glob("*/children")
    ids = [id for listed in lists for id in _text(listed).split()]
    return sum("mock_server.cli.child\0errors" in _text(Path(f"/proc/{id}/cmdline")) for id in ids)


def _text(path: Path) -> str:
    with suppress(OSError):  # the process has just ended
        return path.read_text()
    return ""


@pytest.fixture
def beside(serve: Serve) -> Mock:
    """Return a mock whose control API asks for a token, and a client that has it."""
    mock = serve(thing({"200": OK, "404": OK}), control_token="secret")
    mock.client.headers["Authorization"] = "Bearer secret"
    return mock


def test_many_may_ask_at_once_how_each_status_is_met(beside: Mock) -> None:
    with ThreadPoolExecutor(8) as clients:
        asked = [clients.submit(call, beside, "GET", "/_mock/errors") for _ in range(4)]
        most = 0
        while wait(asked, timeout=0.02).not_done:
            most = max(most, _children())
            assert beside.get().json() == "ok", "the mock goes on meanwhile"
    told = [one.result()["operations"] for one in asked]
    assert told == [told[0]] * 4
    assert [status["status"] for status in told[0][0]["statuses"]][:2] == [200, 404]
    assert most <= 1, "one process after the other"


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are read from /proc")
def test_who_leaves_while_errors_are_tried_leaves_no_process_behind(serve: Serve) -> None:
    handlers = f"import time\ndef thing():\n    time.sleep({3 * SECONDS})"
    mock = serve(thing({"200": OK}), handlers=handlers)
    url = httpx.URL(mock.url)
    with socket.create_connection((url.host, url.port or 0)) as connection:
        connection.sendall(b"GET /_mock/errors HTTP/1.1\r\nHost: localhost\r\n\r\n")
        until(_children, "the errors are tried")
    until(lambda: not _children(), "the process ends")


def test_an_unknown_operation_s_errors_are_refused(shipped: Mock) -> None:
    said = wrong(shipped, "GET", "/_mock/errors?operation=latest_invocation_by_keys")
    assert said[0].endswith("did you mean latest_invocations_by_keys?")


OFF = ["/_mock/exchanges", "/_mock/seed", "/_mock/openapi.yaml", "/__admin/requests"]


@pytest.mark.parametrize("path", OFF)
def test_it_can_be_off(serve: Serve, path: str) -> None:
    mock = serve(thing({"200": OK}), control=False)
    assert mock.get(path).json()["detail"].startswith(f"Things has no path {path}")


@pytest.mark.parametrize("path", ["/_mock/health", "/openapi.yaml", "/openapi.json", "/docs/"])
def test_the_pages_stay_when_it_is_off_or_asks_for_a_token(serve: Serve, path: str) -> None:
    assert serve(thing({"200": OK}), control=False).get(path).status_code == 200
    assert serve(thing({"200": OK}), control_token="secret").get(path).status_code == 200


def test_its_operations_are_named_as_its_calls_are() -> None:
    ids = [operation.id for operation in read_contract(CONTROL_DOCUMENT).operations]
    assert len(ids) == len(set(ids)) == len(OPERATIONS)
