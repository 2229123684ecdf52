"""Documents of one trait each: every operation answers as declared, and what is tried is so.

`x-tried` in a document lists requests by hand, with the status that each is answered with. The
replies are judged by the second engine.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from mock_server.contract.model import Operation
from mock_server.generation.schema import Mode
from tests.helpers.calls import Call, Calls, wishes
from tests.helpers.running import Mock, Serve
from tests.helpers.second_reader import SecondReader

TRAITS = Path(__file__).parent / "contracts" / "traits"
DOCUMENTS = [*sorted(TRAITS.glob("*.yaml")), TRAITS / "cyclic" / "openapi.yaml"]


def name(document: Path) -> str:
    return document.relative_to(TRAITS).parts[0]


def calls(calls: Calls, operation: Operation) -> Iterator[tuple[Call, dict[str, str], int]]:
    """Yield every request, with the status that has to come."""
    least = calls.call(operation, "typical", everything=False)
    for wish in wishes(operation):
        yield least, dict(wish.headers), wish.status
    plain = next(wishes(operation))
    for mode in get_args(Mode):
        whole = calls.call(operation, mode, everything=True)
        yield whole, dict(plain.headers), plain.status


def faults(mock: Mock, reader: SecondReader) -> Iterator[str]:
    contract = mock.app.parts.contract
    made = Calls(contract)
    for operation in contract.operations:
        place = reader.operation(operation.path, operation.method)
        for call, headers, status in calls(made, operation):
            sent = call.sent_headers(**headers)
            reply = mock.client.request(call.method, call.target, headers=sent, content=call.body)
            refused = reply.headers["mock-source"] == "refusal" or reply.status_code != status
            found = [f"{reply.status_code}: {reply.text}"] if refused else []
            for fault in found or reader.faults(place, call.method, reply):
                yield f"{call.method} {call.target} {headers} → {fault}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_operation_answers_every_wish_as_declared(document: Path, serve: Serve) -> None:
    mock = serve(document)
    assert mock.app.parts.contract.findings == []
    assert list(faults(mock, SecondReader(document))) == []


def tried() -> Iterator[Any]:
    for document in DOCUMENTS:
        listed = SecondReader(document).top.value["x-tried"]
        yield pytest.param(document, listed, id=name(document))


@pytest.mark.parametrize(("document", "listed"), list(tried()))
def test_what_is_tried_is_answered_so(document: Path, listed: list[Any], serve: Serve) -> None:
    mock = serve(document)
    answered = [{**entry, "status": status(mock, entry)} for entry in listed]
    assert answered == listed


def status(mock: Mock, entry: dict[str, Any]) -> int:
    """Return the status of the reply to a request that is written down."""
    method, _, target = entry["send"].partition(" ")
    headers, content = dict(entry.get("headers", {})), entry.get("text")
    if "body" in entry:
        headers, content = (
            {"Content-Type": "application/json", **headers},
            json.dumps(entry["body"]),
        )
    return mock.client.request(method, target, headers=headers, content=content).status_code
