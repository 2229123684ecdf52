"""Client libraries for Node page through lists, and create and read single things."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.running import Mock

pytestmark = pytest.mark.long
SECONDS = 120


def printed(node: Path, script: str, mock: Mock) -> Any:
    """Return what a script prints as JSON of a mock."""
    command = ["node", f"{script}.mjs", mock.url]
    done = subprocess.run(
        command, cwd=node, capture_output=True, encoding="utf-8", timeout=SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_octokit_paginates_three_pages(node: Path, contract: Callable[[str], Mock]) -> None:
    found = printed(node, "octokit", contract("github"))
    assert len(set(found["issues"])) == len(found["issues"]) == 10
    assert len(set(found["found"])) == len(found["found"]) == 10
    assert found["pages"] == [30, 30, 15]
    assert (found["created"], found["read"]) == ([201, "A title"], 200)


def test_openai_for_node_goes_through_three_pages(
    node: Path, contract: Callable[[str], Mock]
) -> None:
    mock = contract("openai")
    found = printed(node, "openai", mock)
    assert len(set(found["files"])) == len(found["files"]) == 13
    assert (found["first"], found["file"]) == (5, found["files"][7])
    assert found["chat"] == ["chat.completion", "gpt-5"]
    assert set(found["pieces"]) == {"chat.completion.chunk"}
    asked = [exchange for exchange in mock.exchanges if exchange.operation == "listFiles"]
    assert len(asked) == 3 + 1
