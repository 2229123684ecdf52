"""Commands, control paths and pages have a place in the docs, and what the docs name is there."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from mock_server.cli import main
from mock_server.fixtures import record_files, reply_files
from mock_server.http_messages import MEMBERS
from mock_server.http_messages.messages import QUERY_PREFERENCES
from tests.helpers.pages import DOCS, ROOT

REPLY = {*reply_files._MEMBERS, *reply_files._SEQUENCE_MEMBERS, *reply_files._UNKEPT_MEMBERS}
RECORD = {*record_files._MEMBERS, *record_files._IN_TIME, "value", "after"}
CONTROL: dict[str, Any] = yaml.safe_load((ROOT / "mock_server/control/control.yaml").read_text())
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
COMPARISON = (DOCS / "explanation/comparison.md").read_text()


def reference(name: str) -> str:
    return (DOCS / "reference" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("command", main.commands)
def test_every_command_has_a_place(command: str) -> None:
    assert re.search(rf"`mock-server {command}\b|^## .*\b{command}\b", reference("command-line.md"),
                     re.MULTILINE)  # fmt: skip


@pytest.mark.parametrize("name", [*QUERY_PREFERENCES])
def test_every_preference_of_the_query_has_a_place(name: str) -> None:
    assert re.search(rf"[`&]{re.escape(name)}\b", reference("preferences.md"))


@pytest.mark.parametrize("path", CONTROL["paths"])
def test_every_control_path_has_a_place(path: str) -> None:
    assert re.search(rf"{re.escape(path)}`", reference("control-paths.md"))


@pytest.mark.parametrize("member", sorted(MEMBERS))
def test_every_member_of_a_fault_has_a_place(member: str) -> None:
    assert f"`{member}`" in reference("fixture-files.md")


@pytest.mark.parametrize(
    ("heading", "known"),
    [
        ("replies/<operationId>.yaml", REPLY | {"after"}),
        ("records/<name>.yaml", RECORD),
        ("faults.yaml", {*MEMBERS}),
    ],
)
def test_no_member_of_a_fixture_is_shown_that_is_not_known(heading: str, known: set[str]) -> None:
    section = reference("fixture-files.md").partition(f"## `{heading}`")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    shown = {name for row in rows for name in re.findall(r"`([\w-]+)`", row)}
    assert shown
    assert shown - known == set()


def test_every_page_is_in_the_navigation_and_listed_on_the_first_page() -> None:
    navigation = (ROOT / "zensical.toml").read_text()
    first = (DOCS / "index.md").read_text()
    pages = {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")} - {"index.md"}
    assert {page for page in pages if f'"{page}"' not in navigation} == set()
    assert {page for page in pages if f"]({page})" not in first} == set()


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda p: str(p.relative_to(DOCS)))
def test_no_link_leads_out_of_the_site(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    local = [(page.parent / link).resolve() for link in links if "://" not in link]
    assert [path for path in local if not path.is_relative_to(DOCS)] == []


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(tests/[\w/.]+)`", COMPARISON))))
def test_what_shows_a_row_of_the_comparison_is_there(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([a-z_]+(?:\.\w+)+)`", CONTRIBUTING))))
def test_what_the_walk_through_the_code_names_is_there(name: str) -> None:
    if name.endswith((".py", ".yaml", ".md", ".toml")):
        assert list(ROOT.rglob(name))
        return
    package, *steps = name.split(".")
    found: Any = import_module(f"mock_server.{package}")
    for step in steps:
        found = getattr(found, step, None) or import_module(f"mock_server.{package}.{step}")
    assert found


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:\w+/)+[\w.]*)`", CONTRIBUTING))))
def test_what_is_to_be_changed_for_an_addition_is_there(path: str) -> None:
    assert (ROOT / path).exists() or (ROOT / "mock_server" / path).exists()
