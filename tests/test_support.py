"""The page of what is supported, which agrees with the result of each of its rows."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from tests.support.page import COMMAND, GROUPS, PATH
from tests.support.reference import FOLDER, PAGES


@cache
def tables(group: Any) -> list[Any]:
    """Return the tables of a group, found out once."""
    return list(group.tables())


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.__name__.rpartition(".")[2])
def test_the_page_of_what_is_supported_is_true(group: object) -> None:
    said = PATH.read_text(encoding="utf-8")
    for table in tables(group):
        start = said.find(f"## {table.heading}\n")
        end = said.find("\n## ", start)
        shown = said[start : None if end < 0 else end].strip()
        assert shown == str(table).strip(), f"{PATH.name} isn't what was found; run: {COMMAND}"


def test_the_page_has_no_other_tables() -> None:
    headings = [f"## {table.heading}" for group in GROUPS for table in tables(group)]
    said = PATH.read_text(encoding="utf-8").splitlines()
    assert [line for line in said if line.startswith("## ")] == headings


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_reference_is_what_the_tables_say(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == PAGES[name](), f"run: {COMMAND}"
