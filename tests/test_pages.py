"""The commands and files that the README and the docs show, each tried."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.helpers.pages import (
    DOCS,
    PETS,
    ROOT,
    blocks,
    matches,
    pages,
    reader_of,
    resembles,
    try_out,
)

MOST_README_LINES = 120
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_and_file_of_a_page_does_what_it_says(page: Path, tmp_path: Path) -> None:
    try_out(page, reader_of(page, tmp_path / "folder"))


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda p: str(p.relative_to(DOCS)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text()) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_readme_is_short_and_its_links_lead_somewhere() -> None:
    text = (ROOT / "README.md").read_text()
    assert len(text.splitlines()) <= MOST_README_LINES
    links = [link for link in LINK.findall(text) if "://" not in link]
    assert links and [link for link in links if not (ROOT / link).exists()] == []


def test_the_site_has_every_page_in_its_navigation() -> None:
    text = (ROOT / "zensical.toml").read_text()
    listed = set(re.findall(r'"([\w/-]+\.md)"', text))
    assert listed == {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")}


def test_the_document_of_the_pages_is_the_one_that_a_guide_shows() -> None:
    shown = [block.text for block in blocks(DOCS / "guides/stub.md") if block.file == PETS]
    assert shown == [(DOCS / PETS).read_text()]


def test_pages_show_blocks_of_every_kind_that_is_run() -> None:
    kinds = {(b.language, b.is_server) for page in pages() for b in blocks(page)}
    assert {("sh", True), ("sh", False), ("json", False), ("text", False)} <= kinds


def test_what_is_shown_is_compared() -> None:
    assert matches("a … c", "a b c")
    assert not matches("a … c", "a b d")
    assert resembles({"a": ["…", 2]}, {"a": [1, 2], "b": 3})
    assert not resembles({"a": ["…", 2]}, {"a": [1, 3]})
