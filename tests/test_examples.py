"""The examples, each run as a reader would: a copy, by the commands in its README."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.helpers.processes import environment

EXAMPLES = Path(__file__).parent.parent / "examples"
NAMES = ("python-sdk", "typescript", "web", "webhook-receiver")
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
GENERATED = shutil.ignore_patterns(
    "node_modules", "dist", "client", ".*_cache", "__pycache__", ".hypothesis"
)
# npm fetches what it needs, and compiles on a busy machine.
SECONDS = 300


def commands(name: str) -> list[str]:
    """Return the commands of a README; the environment that pip would make is there already."""
    lines = BLOCK.findall((EXAMPLES / name / "README.md").read_text())[0].splitlines()
    return [line for line in lines if not line.startswith("python -m pip install ")]


def need(setting: str, *programs: str) -> None:
    """Skip the test if a program is missing, unless a setting forbids that."""
    missing = ", ".join(program for program in programs if shutil.which(program) is None)
    if missing:
        required = os.environ.get(setting) == "required"
        assert not required, f"no {missing}, and here the example may not be skipped"
        pytest.skip(f"no {missing} on this machine")


def run(folder: Path, lines: list[str]) -> subprocess.CompletedProcess[str]:
    """Return those commands as a shell runs them, in a folder."""
    clean = {k: v for k, v in environment().items() if not k.startswith("PYTEST_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-euc", "\n".join(lines)],
        cwd=folder,
        env={**clean, "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=SECONDS,
    )


def copy(name: str, folder: Path) -> Path:
    """Return a copy of an example, without what was made from it."""
    return shutil.copytree(EXAMPLES / name, folder / name, ignore=GENERATED)


def test_the_python_sdk_passes_its_tests(tmp_path: Path) -> None:
    done = run(copy("python-sdk", tmp_path), commands("python-sdk"))
    assert done.returncode == 0, done.stdout
    assert re.search(r"\d+ passed in", done.stdout), done.stdout


def test_the_receiver_of_webhooks_passes_its_tests(tmp_path: Path) -> None:
    done = run(copy("webhook-receiver", tmp_path), commands("webhook-receiver"))
    assert done.returncode == 0, done.stdout
    assert re.search(r"\d+ passed in", done.stdout), done.stdout


@pytest.mark.long
def test_the_web_page_passes_its_tests_in_a_browser(tmp_path: Path) -> None:
    need("MOCK_SERVER_TEST_BROWSER", "chromium", "chromedriver")
    done = run(copy("web", tmp_path), commands("web"))
    assert done.returncode == 0, done.stdout
    assert re.search(r"\d+ passed in", done.stdout), done.stdout


@pytest.mark.long
def test_the_typescript_client_is_generated_and_passes_its_tests(tmp_path: Path) -> None:
    if os.environ.get("MOCK_SERVER_TEST_EXAMPLES") != "required":
        pytest.skip("npm needs the network; MOCK_SERVER_TEST_EXAMPLES=required lets it")
    need("MOCK_SERVER_TEST_EXAMPLES", "node", "npm")
    done = run(copy("typescript", tmp_path), commands("typescript"))
    assert done.returncode == 0, done.stdout
    assert "\n# fail 0\n" in done.stdout and "none broke the contract." in done.stdout, done.stdout


# Bugs that clients of this service have had: what is right in the SDK, what is wrong instead, and
# the smallest invocation that shows it.
SMALLEST = {
    "created_at": "2000-01-01T00:00:00Z",
    "id": "00000000-0000-4000-8000-000000000000",
    "metadata": {
        "github": {"git_ref_identifier": {"sha": ""}},
        "collection_name": "",
        "database_name": "",
    },
}
BUGS = {
    "it can't read a status that is an object": (
        "if isinstance(value, str):\n        return Status(value)",
        "return Status(value.lower())",
        {**SMALLEST, "status": {"failed": {"error": ""}}},
    ),
    "it needs source_id": (
        'value.get("source_id")',
        'value["source_id"]',
        {**SMALLEST, "status": "pending"},
    ),
}


@pytest.mark.long
@pytest.mark.parametrize(("right", "wrong", "smallest"), BUGS.values(), ids=BUGS)
def test_a_bug_in_the_python_sdk_is_found_with_the_smallest_reply_that_shows_it(
    right: str, wrong: str, smallest: Any, tmp_path: Path
) -> None:
    folder = copy("python-sdk", tmp_path)
    source = folder / "chroma_sync" / "invocations.py"
    assert source.read_text().count(right) == 1
    source.write_text(source.read_text().replace(right, wrong))
    done = run(folder, ["python -m pytest -k whatever_the_contract_allows --hypothesis-seed=1"])
    assert done.returncode == 1, done.stdout
    told = smallest_reply(done.stdout)
    assert (told["status"], list(told["body"].values())) == (200, [smallest]), done.stdout


def smallest_reply(output: str) -> Any:
    """Return the canned reply that is printed below a failure, ready to paste."""
    lines = [line.removeprefix("E").removeprefix("       ") for line in output.splitlines()]
    start = next(n for n, line in enumerate(lines) if line.startswith("The smallest reply to "))
    end = next(n for n, line in enumerate(lines) if line.startswith("To keep it, "))
    (reply,) = yaml.safe_load("\n".join(lines[start + 1 : end])).values()
    return reply


@pytest.mark.parametrize("name", NAMES)
def test_ci_runs_what_the_readme_tells(name: str) -> None:
    workflow = yaml.safe_load((EXAMPLES / name / ".github/workflows/test.yml").read_text())
    steps = [step["run"] for step in workflow["jobs"]["test"]["steps"] if "run" in step]
    assert [step for step in steps if "pip install" not in step] == commands(name)


def test_what_the_typescript_client_needs_is_pinned_and_names_no_registry() -> None:
    folder = EXAMPLES / "typescript"
    package = json.loads((folder / "package.json").read_text())
    needed = {**package["dependencies"], **package["devDependencies"]}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in needed.values())
    lock = json.loads((folder / "package-lock.json").read_text())["packages"]
    assert not [name for name, entry in lock.items() if "resolved" in entry]
    assert {name: lock[f"node_modules/{name}"]["version"] for name in needed} == needed


def test_the_readme_leads_to_every_example() -> None:
    readme = (EXAMPLES.parent / "README.md").read_text()
    assert {path.name for path in EXAMPLES.iterdir()} == set(NAMES)
    assert all(f"](examples/{name}/README.md)" in readme for name in NAMES)
