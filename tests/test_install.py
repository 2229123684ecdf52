"""The same install everywhere: what is locked, how it is installed, and under which name."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCK = (ROOT / "constraints.txt").read_text()
LINES = [line for line in LOCK.splitlines() if line and not line.lstrip().startswith("#")]
EXTRAS = PROJECT["optional-dependencies"].values()
EVERY_NEED = [need for needs in (PROJECT["dependencies"], *EXTRAS) for need in needs]
MAKEFILE = (ROOT / "Makefile").read_text()


def name_of(requirement: str) -> str:
    """Return the name of a requirement, normalized (PEP 503)."""
    name = re.match(r"[\w.-]+", requirement)
    assert name
    return re.sub(r"[-_.]+", "-", name[0]).lower()


LOCKED = {name_of(line): line for line in LINES}


# The lock


@pytest.mark.parametrize("line", LINES)
def test_a_line_of_the_lock_is_one_that_pip_takes_as_a_constraint(line: str) -> None:
    assert re.fullmatch(r"[a-z0-9-]+==[0-9][\w.+!]*( ; [^;\[]+)?", line)


@pytest.mark.parametrize("need", EVERY_NEED)
def test_everything_that_is_declared_is_locked(need: str) -> None:
    assert name_of(need) in LOCKED


def test_the_lock_says_only_how_it_is_renewed() -> None:
    head = [line for line in LOCK.splitlines() if line.startswith("#")]
    assert head[-1].removeprefix("#").strip() == "make lock"
    assert not re.search(r"://|--|/[\w.]+/|file:|\bindex\b", LOCK)


@pytest.mark.parametrize("need", EVERY_NEED)
def test_the_lock_names_no_release_that_a_bound_forbids(need: str) -> None:
    pinned = Requirement(LOCKED[name_of(need)])
    (exactly,) = pinned.specifier
    assert Requirement(need).specifier.contains(exactly.version)


# How it is installed


def recipe(target: str) -> str:
    """Return the recipe of a target in the Makefile."""
    found = re.search(rf"^{re.escape(target)}:.*\n((?:\t.*\n|  .*\n)+)", MAKEFILE, re.MULTILINE)
    assert found, target
    return found[1]


def test_environments_are_filled_by_the_lock_and_build_with_what_is_locked() -> None:
    assert MAKEFILE.count(" install $(2) --constraint constraints.txt ") == 2
    assert " --no-build-isolation --editable $(3)" in MAKEFILE
    assert " --constraint constraints.txt " in recipe("$(TOOLS)/release/.ready")
    assert " -m build --no-isolation\n" in recipe("build")


def test_only_the_tests_environment_has_what_tests_need() -> None:
    assert "$(call install,$(VENV),,'.[test]')" in recipe("$(READY)")
    assert "$(call install,$(VENV),--no-compile,.)" in recipe("$(SERVING)")


def test_every_make_target_has_a_line_of_help() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert phony
    silent = [
        name for name in phony[1].split() if not re.search(rf"^{name}:.*  ## \w", MAKEFILE, re.M)
    ]
    assert silent == []


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
    assert f"'{PROJECT['name']}[testing] @ git+" in readme
    assert "that is called `mock-server` is another project" in readme


def test_it_is_installed_under_its_name() -> None:
    from mock_server import __version__

    assert version(PROJECT["name"]) == __version__
