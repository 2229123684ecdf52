"""The reference pages are current, and all that a user can name has a place in the docs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mock_server.cli import main
from mock_server.fixtures import record_files, reply_files
from mock_server.http_messages import MEMBERS
from mock_server.http_messages.faults import KINDS
from mock_server.http_messages.messages import QUERY_PREFERENCES
from mock_server.settings import table
from tests.docs.snippets import PAGES, ROOT
from tools.reference import PAGES as MADE
from tools.reference.control import document

REFERENCE = ROOT / "docs" / "reference"
PREFERENCES = ("code", "example", "dynamic", "seed", "items", "handling", "explain", "fault",
               "delay", "retry-after", "over")  # fmt: skip
REPLY = {*reply_files._MEMBERS, *reply_files._SEQUENCE_MEMBERS, *reply_files._CONDITION_MEMBERS}
RECORD = {*record_files._MEMBERS, *record_files._IN_TIME, "value"}


def text(*path: str) -> str:
    return ROOT.joinpath(*path).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", MADE, ids=lambda path: path.name)
def test_a_page_made_from_a_table_is_current(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == MADE[path](), "make support writes it anew"


@pytest.mark.parametrize("setting", table(), ids=lambda setting: setting[1])
def test_every_setting_has_a_place(setting: tuple[str, str, str, str]) -> None:
    assert f"`{setting[1]}`" in text("docs", "reference", "settings.md")


@pytest.mark.parametrize("command", main.commands)
def test_every_command_has_a_place_and_is_shown_on_another_page(command: str) -> None:
    assert f"\n## {command}\n" in text("docs", "reference", "command-line.md")
    others = [page for page in PAGES if page.parent != REFERENCE]
    assert any(f"mock-server {command}" in page.read_text(encoding="utf-8") for page in others)


@pytest.mark.parametrize("name", [*PREFERENCES, *QUERY_PREFERENCES])
def test_every_preference_has_a_place(name: str) -> None:
    assert re.search(rf"[`&]{re.escape(name)}\b", text("docs", "reference", "preferences.md"))


@pytest.mark.parametrize("kind", KINDS)
def test_every_fault_has_a_place(kind: str) -> None:
    assert f"`{kind}`" in text("docs", "guides", "errors-and-faults.md")


@pytest.mark.parametrize("path", document()["paths"])
def test_every_control_path_has_a_place(path: str) -> None:
    page = text("docs", "reference", "control-api.md")
    assert re.search(rf"`[A-Z]+ {re.escape(path)}`", page)


@pytest.mark.parametrize("member", sorted({*REPLY, *RECORD, *MEMBERS}))
def test_every_member_of_a_fixture_has_a_place(member: str) -> None:
    assert f"`{member}`" in text("docs", "reference", "fixture-files.md")


def test_every_page_is_in_the_navigation() -> None:
    navigation = text("zensical.toml")
    pages = [page.relative_to(ROOT / "docs").as_posix() for page in PAGES[1:]]
    assert [page for page in pages if f'"{page}"' not in navigation] == []
