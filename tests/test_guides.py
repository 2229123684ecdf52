"""Guides whose every command and snippet is run as it stands, as those of the README are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_readme import ROOT, Block, chapters, reader_of, try_out

PAGES = [ROOT / "docs" / "guides" / name for name in ("reproduce-an-error.md",)]
CHAPTERS = [(page, name, chapter) for page in PAGES for name, chapter in chapters(page).items()]


@pytest.mark.parametrize(
    ("page", "chapter"),
    [(page, chapter) for page, _, chapter in CHAPTERS],
    ids=[f"{page.stem}: {name}" for page, name, _ in CHAPTERS],
)
def test_every_command_and_snippet_of_a_guide_does_what_it_says(
    page: Path, chapter: list[Block], tmp_path: Path
) -> None:
    try_out(chapter, reader_of(page, tmp_path / "folder"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_guide_has_commands(page: Path) -> None:
    assert any(block.language == "sh" for chapter in chapters(page).values() for block in chapter)
