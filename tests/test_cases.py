"""Conversations as data: each file in `cases/` is one, sent step by step to a server."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_server.documents.document import read_document
from tests.helpers.control import CONTROL
from tests.helpers.running import Mock, Serve

CASES = Path(__file__).parent / "cases"
FILES = sorted(CASES.glob("*.yaml"))
# What a file, a step and an expectation may have; a misspelt one would be silently without effect.
OF_A_CASE = {"promise", "document", "fixtures", "settings", "steps"}
OF_A_STEP = {"send", "query", "headers", "json", "body", "reply"}
OF_A_REPLY = {"status", "headers", "without", "json", "has", "says", "body", "file"}


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_conversation_goes_as_it_is_written(path: Path, serve: Serve, shipped: Mock) -> None:
    case = read_document(path).data
    assert set(case) <= OF_A_CASE, f"{path.name}: {set(case) - OF_A_CASE} isn't known"
    mock = _mock(case, serve) if set(case) - {"promise", "steps"} else shipped
    for number, step in enumerate(case["steps"], 1):
        reply = mock.client.send(_request(step, mock))
        found = list(_differences(step["reply"], reply)) + _faults(mock, reply)
        assert not found, f"{case['promise']}\nStep {number}, {step['send']}\n{reply.text}"


def _mock(case: Mapping[str, Any], serve: Serve) -> Mock:
    document = case.get("document")
    fixtures = case.get("fixtures")
    return serve(
        CASES / document if isinstance(document, str) else document,
        fixtures=fixtures and {name: json.dumps(value) for name, value in fixtures.items()},
        **case.get("settings", {}),
    )


def _request(step: Mapping[str, Any], mock: Mock) -> httpx.Request:
    assert set(step) <= OF_A_STEP, f"{set(step) - OF_A_STEP} isn't known in a step"
    method, _, path = step["send"].partition(" ")
    headers = [
        (name, value)
        for name, values in step.get("headers", {}).items()
        for value in (values if isinstance(values, list) else [values])
    ]
    content = step["body"].encode() if "body" in step else None
    if "json" in step:
        content = json.dumps(step["json"]).encode()
        if not any(name.lower() == "content-type" for name, _ in headers):
            headers.append(("content-type", "application/json"))
    return mock.client.build_request(
        method, path, params=step.get("query"), headers=headers, content=content
    )


def _differences(expected: Mapping[str, Any], reply: httpx.Response) -> Iterator[str]:
    assert set(expected) <= OF_A_REPLY, f"{set(expected) - OF_A_REPLY} isn't known in a reply"
    if reply.status_code != expected["status"]:
        yield f"the status is {reply.status_code}, not {expected['status']}"
    for name, value in expected.get("headers", {}).items():
        if reply.headers.get(name) != value:
            yield f"the header {name} is {reply.headers.get(name)!r}, not {value!r}"
    for name in expected.get("without", ()):
        if name in reply.headers:
            yield f"the header {name} is there: {reply.headers[name]}"
    yield from _body_differences(expected, reply)


def _body_differences(expected: Mapping[str, Any], reply: httpx.Response) -> Iterator[str]:
    if "json" in expected and reply.json() != expected["json"]:
        yield f"the body is not {expected['json']}"
    if "has" in expected and not _has(reply.json(), expected["has"]):
        yield f"the body has no {expected['has']}"
    if "body" in expected and reply.text != expected["body"]:
        yield f"the body is not {expected['body']!r}"
    if "file" in expected and reply.content != (CASES / expected["file"]).read_bytes():
        yield f"the body is not that of {expected['file']}"
    for text in expected.get("says", ()):
        if text not in _told(reply):
            yield f"nothing says {text!r}"


def _told(reply: httpx.Response) -> str:
    """Return the message of an error for a person, whichever shape it has."""
    body = reply.json()
    return str(body["detail"] if "detail" in body else body["message"])


def _has(actual: Any, expected: Any) -> bool:
    """Return whether a value has all that is expected: a mapping's members, or a list as it is."""
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(
            name in actual and _has(actual[name], value) for name, value in expected.items()
        )
    return bool(actual == expected)


def _faults(mock: Mock, reply: httpx.Response) -> list[str]:
    """Return how a reply of an operation breaks the contract; a page is no operation's reply."""
    if "mock-source" not in reply.headers:
        return []
    path = reply.request.url.raw_path.decode()
    is_control = path.startswith(("/_mock/", "/__admin/"))
    if is_control and path not in mock.judge.document["paths"]:
        return CONTROL.faults(reply.request.method, path, reply)
    return mock.faults(reply)
