"""Nothing that a user can write is without a place in the docs."""

from __future__ import annotations

import pytest

from mock_server.fixtures import record_files, reply_files
from mock_server.http_messages import prefer
from mock_server.http_messages.faults import KINDS
from tests.helpers.pages import DOCS

PREFERENCES = (DOCS / "reference/preferences.md").read_text()
FIXTURES = (DOCS / "reference/fixture-files.md").read_text()
FAULTS = (DOCS / "guides/errors-and-faults.md").read_text()
REPLY = {
    *reply_files._MEMBERS,
    *reply_files._SEQUENCE_MEMBERS,
    *reply_files._UNKEPT_MEMBERS,
    *(f"when.{name}" for name in reply_files._CONDITION_MEMBERS),
}
RECORDS = {*record_files._MEMBERS, *record_files._IN_TIME}


@pytest.mark.parametrize("name", sorted(prefer._NAMES))
def test_every_preference_has_a_row(name: str) -> None:
    assert f"`{name}=" in PREFERENCES or f"`{name}`" in PREFERENCES


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_fault_has_a_row(name: str) -> None:
    assert f"`{name}`" in FAULTS


@pytest.mark.parametrize("name", sorted(REPLY | RECORDS))
def test_every_member_of_a_fixture_has_a_row(name: str) -> None:
    assert f"`{name}`" in FIXTURES
