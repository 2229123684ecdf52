"""The check for lists of pages that have no end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mock_server.project.check import findings
from mock_server.settings import Settings
from tests.helpers.running import document_text
from tests.paging.test_pages import TEXT, WHOLE, listing

NEVER_EMPTY = {"type": "string", "minLength": 1}


def told(document: Any, folder: Path) -> list[str]:
    path = folder / "openapi.json"
    path.write_text(document_text(document))
    return [line for line in findings(Settings(document=path)) if "no end" in line]


def test_a_required_token_that_is_never_empty_is_a_finding(tmp_path: Path) -> None:
    document = listing({"next_cursor": NEVER_EMPTY}, {"cursor": TEXT}, ["next_cursor"])
    (line,) = told(document, tmp_path)
    assert "the list of thing has no end: next_cursor is required" in line


@pytest.mark.parametrize(
    "document",
    [
        listing({"next_cursor": NEVER_EMPTY}, {"cursor": TEXT}),
        listing({"next_cursor": TEXT}, {"cursor": TEXT}, ["next_cursor"]),
        listing({"next_cursor": {"type": ["string", "null"]}}, {"cursor": TEXT}, ["next_cursor"]),
        listing(
            {"next_cursor": NEVER_EMPTY, "has_more": {"type": "boolean"}},
            {"cursor": TEXT},
            ["next_cursor"],
        ),
        listing({"total": WHOLE}, {"page": WHOLE}),
        listing({}, {"page": WHOLE}),
        listing({"next_cursor": NEVER_EMPTY}, {}, ["next_cursor", "data"]),
    ],
    ids=["optional", "empty", "null", "flag", "total", "empty page", "no parameter"],
)
def test_any_other_way_to_say_the_end_is_none(tmp_path: Path, document: Any) -> None:
    assert told(document, tmp_path) == []
