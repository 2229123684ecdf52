"""Schemathesis, with every check it has, finds nothing wrong in what the server sends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from schemathesis import BaseSchema, Case

from mock_server.app import create_app
from mock_server.server import BackgroundServer
from mock_server.settings import Settings
from tests.running import HANDBOOK, KEYS

TESTS = Path(__file__).parent
SHIPPED = TESTS.parent / "openapi.yaml"
LIBRARY = TESTS / "contracts" / "world_library.yaml"
ZOO = TESTS / "contracts" / "world_zoo.yaml"
DEPOT = TESTS / "contracts" / "world_depot.yaml"
# As many made-up requests to one operation as there is time for, beside those that Schemathesis
# works out to cover a document. They are the same in every run.
CONFIG = {
    "seed": 1,
    "generation": {"max-examples": 15, "deterministic": True, "database": "none"},
    # So that the handler of the shipped contract has something to tell.
    "dictionaries": {"sources": {"values": [HANDBOOK]}, "keys": {"values": KEYS["object_keys"]}},
    "parameters": {
        "path.source_id": {"dictionary": "sources", "probability": 0.5},
        "body.object_keys[*]": {"dictionary": "keys", "probability": 0.5},
    },
}

Call = Callable[..., None]


def described(document: Path) -> BaseSchema:
    """What Schemathesis reads from a document."""
    config = schemathesis.Config.from_dict(CONFIG)
    return schemathesis.openapi.from_path(document, config=config)


@pytest.fixture(scope="module")
def call() -> Iterator[Call]:
    """Sends a request to the server of its document and runs every check on the reply.

    The shipped document is served with its fixtures and handler. A server starts when the first
    request is for it.
    """
    urls: dict[Path, str] = {}
    with ExitStack() as stack:
        session = stack.enter_context(requests.Session())

        def sent(case: Case[Any], document: Path, **headers: str) -> None:
            if document not in urls:
                named = None if document == SHIPPED else document
                app = create_app(Settings(document=named, reload=False))
                urls[document] = stack.enter_context(BackgroundServer(app)).url
            case.call_and_validate(urls[document], session, headers)

        yield sent


@described(SHIPPED).parametrize()
def test_the_shipped_contract_is_kept(case: Case[Any], call: Call) -> None:
    call(case, SHIPPED)


@described(SHIPPED).parametrize()
def test_the_shipped_contract_is_kept_by_generated_replies(case: Case[Any], call: Call) -> None:
    call(case, SHIPPED, Prefer="dynamic=true")


@described(LIBRARY).parametrize()
def test_records_that_are_listed_added_changed_and_removed(case: Case[Any], call: Call) -> None:
    call(case, LIBRARY)


@described(ZOO).parametrize()
def test_alternatives_conditions_headers_and_cookies(case: Case[Any], call: Call) -> None:
    call(case, ZOO)


@described(DEPOT).parametrize()
def test_odd_paths_and_several_content_types(case: Case[Any], call: Call) -> None:
    call(case, DEPOT)
