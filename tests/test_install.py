"""The same install everywhere: under which name it is installed."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


# Its name


TEXTS = [
    path
    for path in [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "examples").rglob("*.md"),
        *(ROOT / "examples").rglob("*.yml"),
        *(ROOT / "examples").rglob("*.toml"),
        *(ROOT / "mock_server").rglob("*.py"),
        *(ROOT / "mock_server").rglob("*.yaml"),
    ]
    if not {"node_modules", ".venv"} & set(path.parts)
]


def test_nothing_tells_anybody_to_install_somebody_else_s_mock_server() -> None:
    """On PyPI `mock-server` is another project."""
    wrong = re.compile(r"\b(install|uvx|pipx run)( -\S+)* '?mock-server\b|(?<![\w-])mock-server\[")
    assert wrong.search("pip install -U 'mock-server'")
    assert TEXTS
    found = [path for path in TEXTS if wrong.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_the_readme_says_under_which_name_it_is_installed() -> None:
    readme = (ROOT / "README.md").read_text()
    assert f"The package is `{PROJECT['name']}`" in readme
    assert "`mock-server` on PyPI is\nsomebody else's" in readme


def test_it_is_installed_under_its_name() -> None:
    from mock_server import __version__

    assert version(PROJECT["name"]) == __version__
