"""Real client libraries against small documents in the style of their services."""

from __future__ import annotations

import importlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.running import Mock, Serve

CONTRACTS = Path(__file__).parent.parent / "contracts" / "sdks"
# Set to `required`, a library that isn't installed fails the tests instead of skipping them.
VARIABLE = "MOCK_SERVER_TEST_SDKS"

Library = Callable[[str], Any]


def absent(what: str) -> None:
    """Skip a test if a library is missing, or fail it if all have to be there."""
    if os.environ.get(VARIABLE) == "required":
        pytest.fail(f"{what} is missing, and {VARIABLE} is set to required")
    pytest.skip(f"{what} is missing; install the extra sdks")


@pytest.fixture
def library() -> Library:
    """Return a function that imports a client library; a test without it is skipped."""

    def load(name: str) -> Any:
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError:
            return absent(f"the Python library {name}")

    return load


@pytest.fixture
def node() -> Path:
    """Return the folder of the libraries for Node; a test without them is skipped."""
    folder = Path(__file__).parent / "node"
    if shutil.which("node") is None:
        absent("node")
    if not (folder / "node_modules" / "octokit").is_dir():
        absent(f"what `npm ci --prefix {folder.relative_to(folder.parent.parent.parent)}` installs")
    return folder


@pytest.fixture
def contract(serve: Serve) -> Callable[[str], Mock]:
    """Return a function that serves the small document in one service's style."""
    return lambda name: serve(CONTRACTS / f"{name}.yaml")
