"""Everything that the README and a page of docs/ show is run as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.snippets import (
    BLOCK,
    FENCE,
    PAGES,
    README,
    SHOWN,
    blocks,
    conversations,
    follow,
    made,
    matches,
    page_name,
    resembles,
)

RUN = [page for page in PAGES if any(block.language != SHOWN for block in blocks(page))]
LINK = re.compile(r"(?<!\!)\[[^\]]*\]\(([^)\s]+)\)")


@pytest.mark.parametrize("page", RUN, ids=page_name)
def test_every_command_and_snippet_of_a_page_does_what_it_says(page: Path, tmp_path: Path) -> None:
    reader = made(page, tmp_path / "folder")
    for server, shown, followers in conversations(blocks(page)):
        if server is None:
            follow(reader, followers)
            continue
        with reader.serving(server.text) as printed:
            if shown is not None:
                assert matches(reader.with_port(shown.text), printed), printed
            follow(reader, followers)


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_every_block_is_of_a_kind_that_is_run_or_only_shown(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert len(FENCE.findall(text)) == 2 * len(BLOCK.findall(text))
    kinds = {block.language for block in blocks(page) if not block.is_file}
    assert kinds <= {"sh", "json", "text", SHOWN}


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    local = [link.partition("#")[0] for link in LINK.findall(text) if "://" not in link]
    assert [link for link in local if link and not (page.parent / link).exists()] == []


def test_the_readme_is_short() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 120


def test_the_readme_shows_the_two_commands() -> None:
    text = README.read_text(encoding="utf-8")
    assert "`make run`" in text
    assert "`make test`" in text


def test_what_is_shown_is_compared() -> None:
    assert matches("a … c", "a b c")
    assert not matches("a … c", "a b d")
    assert resembles({"a": ["…", 2]}, {"a": [1, 2], "b": 3})
    assert not resembles({"a": ["…", 2]}, {"a": [1, 3]})
