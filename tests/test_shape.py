"""The shape of the package: imports run one way, each library has one door, nothing is shared."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import mock_server
from tests.helpers.running import KEYS, LATEST, Serve

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "mock_server"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

# A package, or a module beside them, imports only from those before it in this table.
TABLE = (ROOT / "ARCHITECTURE.md").read_text().partition("## The packages")[2].partition("\n## ")[0]
ROWS = re.findall(r"^\| (`.+?) \|", TABLE, re.MULTILINE)
ORDER = [
    "__init__",
    *(name for row in ROWS for name in re.findall(r"`(\w+)/?`", row)),
    "__main__",
]

# What each library's one door is; what is imported from the standard library needs none.
DOORS = {
    "click": "cli",
    "connexion": "gateway",
    "faker": "generation",
    # To an app in this process, and to the real service behind the proxy.
    "httpx": "outgoing pytest_plugin proxy",
    "httptools": "server",
    "hypothesis": "testing",
    "hypothesis_jsonschema": "testing",
    "jsonpatch": "state",
    "jsonschema_rs": "patterns schemas",
    "opentelemetry": "tracing",
    "prometheus_client": "metrics",
    "pytest": "pytest_plugin",
    "python_multipart": "bodies",
    "starlette": "gateway",
    "uvicorn": "server",
    "uvloop": "server",
    "watchfiles": "server",
    "webencodings": "bodies",
    "yaml": "documents",
}
# The JSON library goes in and out everywhere.
NO_DOOR = {"orjson"}
# What loads its door has it already.
IS_THERE = {"pytest"}
# Installed under another name than it is imported by.
DISTRIBUTIONS = {"opentelemetry": "opentelemetry-sdk", "yaml": "pyyaml"}


PATHS = sorted(PACKAGE.rglob("*.py"))


@cache
def sources() -> dict[Path, ast.Module]:
    """Return the syntax tree of each module."""
    return {path: ast.parse(path.read_text()) for path in PATHS}


def package_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported(tree: ast.Module) -> Iterator[str]:
    """Yield the dotted names that a module imports, inside its functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def package_named(name: str) -> str:
    """Return the package that `mock_server.PACKAGE…` names; `__init__` for a top name."""
    return name.split(".")[1] if name.split(".")[1] in ORDER else "__init__"


@cache
def imports() -> dict[Path, set[str]]:
    """Return the dotted names that each module imports."""
    return {path: set(imported(tree)) for path, tree in sources().items()}


def test_every_package_has_its_place_in_the_order() -> None:
    assert {package_of(path) for path in PATHS} == set(ORDER)
    assert len(ORDER) == len(set(ORDER))


# The package itself only names what is public; see `__getattr__` there.
MODULES = [path for path in PATHS if path != PACKAGE / "__init__.py"]
every_module = pytest.mark.parametrize(
    "path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE))
)


@every_module
def test_a_module_imports_only_from_the_packages_before_its_own(path: Path) -> None:
    named = {package_named(n) for n in imports()[path] if n.split(".")[0] == "mock_server"}
    later = {name for name in named if ORDER.index(name) > ORDER.index(package_of(path))}
    assert later == set()


PACKAGES = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
# Loaded in every run of pytest, so its `__init__` imports nothing; and the command line.
UNLISTED = {"pytest_plugin", "cli"}


def listed(package: str) -> set[str]:
    """Return the names in a package's `__all__`."""
    for node in sources()[PACKAGE / package / "__init__.py"].body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return set(ast.literal_eval(node.value))
    return set()


@cache
def faces() -> dict[str, set[str]]:
    """Return the names that each package lists."""
    return {package: listed(package) for package in PACKAGES - UNLISTED}


@every_module
def test_a_module_imports_from_another_package_only_what_that_lists(path: Path) -> None:
    others = [name.split(".")[1:] for name in imports()[path] if name.startswith("mock_server.")]
    past = {
        ".".join(names)
        for names in others
        if names[0] in faces() and names[0] != package_of(path)
        if len(names) != 2 or names[1] not in faces()[names[0]]
    }
    assert past == set()


def test_a_package_lists_only_what_another_uses() -> None:
    used = {
        (package, name)
        for path, names in imports().items()
        for _, package, name in (n.split(".")[:3] for n in names if n.count(".") >= 2)
        if package in faces() and package != package_of(path)
    }
    named = {(p, n) for p in faces().keys() - {"testing"} for n in faces()[p]}
    unused = named - used
    assert unused == set()


def test_the_public_api_is_these_names() -> None:
    assert set(mock_server.__all__) == {
        *("create_app", "Settings", "Records", "MockApi", "StartError", "Problem"),
        *("InvalidRequest", "Unauthorized", "Forbidden", "NotFound", "MethodNotAllowed"),
        *("NotAcceptable", "ContentTooLarge", "UnsupportedMediaType", "UnreadableContent"),
        *("TooManyRequests", "Unavailable"),
    }
    for name in mock_server.__all__:
        assert getattr(mock_server, name).__name__ == name


def test_the_package_itself_imports_nothing_until_a_name_is_used() -> None:
    code = (
        "import sys, mock_server; print([m for m in sys.modules if m.startswith('mock_server.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_each_library_comes_in_by_its_one_door() -> None:
    found: dict[str, set[str]] = {}
    for path, names in imports().items():
        for library in {name.split(".")[0] for name in names}:
            found.setdefault(library, set()).add(package_of(path))
    own = {*sys.stdlib_module_names, "mock_server", *NO_DOOR}
    libraries = {name: rooms for name, rooms in found.items() if name not in own}
    assert libraries == {library: set(door.split()) for library, door in DOORS.items()}


def test_every_library_that_is_imported_is_a_declared_dependency() -> None:
    extras = PROJECT["optional-dependencies"]
    needs = [*PROJECT["dependencies"], *extras["testing"], *extras["otel"]]
    declared = {re.split(r"[^\w-]", need)[0].lower() for need in needs}
    needed = {DISTRIBUTIONS.get(name, name).replace("_", "-") for name in {*DOORS, *NO_DOOR}}
    assert needed - declared - IS_THERE == set()


# What is public


def public(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node)


def test_everything_public_says_what_it_is_for() -> None:
    silent = [
        f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"
        for path, tree in sources().items()
        for node in (tree, *public(tree))
        if not (ast.get_docstring(node) or "").strip()
    ]
    assert silent == []


def test_a_docstring_opens_with_one_sentence() -> None:
    open_ended = [
        f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"
        for path, tree in sources().items()
        for node in (tree, *public(tree))
        if not (ast.get_docstring(node) or ".").partition("\n\n")[0].endswith((".", ":"))
    ]
    assert open_ended == []


def test_the_newest_released_version_in_the_changelog_is_the_package_s() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert "Unreleased" not in headings[1:]
    released = [heading for heading in headings if heading != "Unreleased"]
    assert released[0] == mock_server.__version__
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", heading) for heading in released)


# Nothing is shared by two servers


def modules() -> list[ModuleType]:
    names = [found.name for found in pkgutil.walk_packages(mock_server.__path__, "mock_server.")]
    return [importlib.import_module(name) for name in names if not name.endswith("__main__")]


def state() -> dict[str, str]:
    """Return what the package's modules hold that could change, in words."""
    held = {
        f"{module.__name__}.{name}": value
        for module in modules()
        for name, value in vars(module).items()
        if not name.startswith("__") and _can_change(value)
    }
    return {name: repr(value) for name, value in held.items()}


def _can_change(value: Any) -> bool:
    if isinstance(value, type | ModuleType) or callable(value):
        return False
    return not isinstance(value, str | bytes | int | float | tuple | frozenset | None)


def test_no_module_says_global() -> None:
    shared = [
        path
        for path, tree in sources().items()
        if any(isinstance(node, ast.Global) for node in ast.walk(tree))
    ]
    assert shared == []


def test_serving_leaves_nothing_behind_in_the_modules(serve: Serve) -> None:
    before = state()
    assert before
    shipped = serve()
    shipped.post(LATEST, json=KEYS)
    shipped.post(LATEST, content=b"{")
    shipped.post(LATEST, json=KEYS, headers={"Prefer": "dynamic=true, seed=1"})
    shipped.get("/nowhere")
    shipped.get("/docs/")
    assert state() == before
