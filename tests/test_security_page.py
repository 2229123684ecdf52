"""The pages of threats and guards name tests that there are."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "docs" / "explanation" / name for name in ("security.md", "files.md")]
ROWS = [
    [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
    for page in PAGES
    for line in page.read_text(encoding="utf-8").partition("## Threats and guards")[2].splitlines()
    if line.startswith("|") and not line.startswith(("|---", "| threat"))
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_guard_has_a_test_that_is_there(row: list[str]) -> None:
    threat, guard, tests = row
    named = re.findall(r"`([^`]+)`", tests)
    assert threat and guard and named
    for node in named:
        path, _, name = node.partition("::")
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        assert name in {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}, node
