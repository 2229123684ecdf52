"""Settings of the command line in files of the project."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from mock_server.cli import main
from mock_server.core import child_command, child_input
from mock_server.project import configuration
from tests.helpers.processes import environment, serving
from tests.project.test_pyproject import EVERY

PETS = """
openapi: 3.1.0
info: {title: Pets, version: "1"}
paths:
  /pets:
    get:
      operationId: list_pets
      responses: {"200": {description: All of them.}}
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a document, which is the working directory."""
    (tmp_path / "pets.yaml").write_text(PETS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, env: Mapping[str, str] | None = None) -> Result:
    return CliRunner().invoke(main, arguments, env=env)


def taken(*arguments: str, env: Mapping[str, str] | None = None) -> dict[str, tuple[Any, str]]:
    """Return what `mock-server settings` shows: by name the value, and where it comes from."""
    done = run("settings", "--json", *arguments, env=env)
    assert done.exit_code == 0, done.output
    return {one["name"]: (one["value"], one["source"]) for one in json.loads(done.stdout)}


def test_an_option_goes_before_the_environment_the_files_and_the_default() -> None:
    assert taken()["seed"] == ("mock", "default")
    Path("pyproject.toml").write_text('[tool.mock-server]\nport = 1\nseed = "e"\n')
    assert taken()["seed"] == ("e", "pyproject.toml:3")
    Path("mock-server.toml").write_text('seed = "d"\n')
    assert taken()["seed"] == ("d", "mock-server.toml:1")
    assert taken(env={"MOCK_SERVER_SEED": "c"})["seed"] == ("c", "MOCK_SERVER_SEED")
    assert taken("--seed", "b", env={"MOCK_SERVER_SEED": "c"})["seed"] == ("b", "--seed")
    assert taken()["port"] == (1, "pyproject.toml:2")


def test_a_switch_is_shown_by_the_name_that_turned_it_on_or_off() -> None:
    Path("mock-server.toml").write_text("cors = false\n")
    assert taken()["cors"] == (False, "mock-server.toml:1")
    assert taken("--cors")["cors"] == (True, "--cors")
    assert taken("--no-strict")["strict"] == (False, "--no-strict")


def test_every_setting_but_the_coverage_of_pytest_is_read_from_both_files(project: Path) -> None:
    (project / "handlers.py").touch()
    Path("pyproject.toml").write_text(EVERY)
    assert {n for n, (_, source) in taken().items() if source == "default"} == {"coverage"}
    Path("pyproject.toml").unlink()
    Path("mock-server.toml").write_text(EVERY.replace("[tool.mock-server]", ""))
    found = taken()
    assert {n for n, (_, source) in found.items() if source == "default"} == set()
    assert found["coverage"][0] == str(project / "coverage.json")


def test_secrets_are_not_shown() -> None:
    Path("mock-server.toml").write_text(
        'control_token = "hush"\ndocument_header = ["Authorization: hush"]\n'
        'document = "https://me:hush@example.test/api.yaml?token=hush"\n'
    )
    for form in ([], ["--json"]):
        done = run("settings", *form)
        assert "hush" not in done.output
        assert "mock-server.toml:1" in done.output


def test_paths_are_relative_to_their_file_in_the_nearest_folder_above(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("mock-server.toml").write_text('document = "pets.yaml"\nport = 1\n')
    inside = project / "web" / "src"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    assert taken()["document"][0] == str(project / "pets.yaml")
    done = run("check")
    assert (done.exit_code, done.stdout) == (0, "")
    assert f"{project / 'mock-server.toml'}:1 names" in done.stderr
    (project / "web" / "mock-server.toml").write_text("port = 2\n")
    assert taken()["port"][0] == 2
    assert taken()["document"] == (None, "default")  # of several files only the nearest is read


def test_a_pyproject_toml_without_the_table_is_passed_over(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("pyproject.toml").write_text("[tool.mock-server]\nport = 1\n")
    (project / "package").mkdir()
    monkeypatch.chdir(project / "package")
    Path("pyproject.toml").write_text("[tool.other]\nport = 2\n")
    assert taken()["port"][0] == 1


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="files have no owner here")
def test_a_file_above_that_belongs_to_a_stranger_is_left_alone(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("mock-server.toml").write_text('handlers = "evil.py"\n')
    (project / "mine").mkdir()
    monkeypatch.chdir(project / "mine")
    owners = {project / "mock-server.toml": 4_000_000_001}
    monkeypatch.setattr(configuration, "_owner", lambda path: owners.get(path, 4_000_000_000))
    assert taken()["handlers"] == (None, "default")
    owners.clear()
    assert taken()["handlers"][0] == str(project / "evil.py")


@pytest.mark.parametrize(
    ("file", "text", "line"),
    [
        (
            "mock-server.toml",
            "# mine\nsed = 1\n",
            "mock-server.toml:2: there is no setting sed; did you mean seed?",
        ),
        (
            "mock-server.toml",
            'port = "a"\n',
            "mock-server.toml:1: port is 'a'; expected a number from 0 to 65535",
        ),
        (
            "pyproject.toml",
            "[tool.mock-server]\nitems = -1\n",
            "pyproject.toml:2: items is -1; expected a number from 0 to 9999",
        ),
        (
            "pyproject.toml",
            "tool.mock-server.itms = 1\n",
            "pyproject.toml, [tool.mock-server]: there is no setting itms; did you mean items?",
        ),
        (
            "mock-server.toml",
            "[tool.mock-server]\nport = 1\n",
            "mock-server.toml: expected the settings themselves, without [tool.mock-server]",
        ),
        (
            "mock-server.toml",
            "port = \n",
            "mock-server.toml: Invalid value (at line 1, column 8)",
        ),
    ],
)
@pytest.mark.parametrize("command", ["serve", "check", "routes", "errors", "coverage", "settings"])
def test_a_mistake_in_a_file_ends_each_command_with_its_place(
    command: str, file: str, text: str, line: str
) -> None:
    Path(file).write_text(text)
    done = run(command)
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", f"{line}\n")


def test_mistakes_in_both_files_are_shown_together() -> None:
    Path("mock-server.toml").write_text("sed = 1\nitems = 10000\n")
    Path("pyproject.toml").write_text("[tool.mock-server]\nprot = 1\n")
    lines = run("check").stderr.splitlines()
    assert [line.split(":")[:2] for line in lines] == [
        ["pyproject.toml", "2"],
        ["mock-server.toml", "1"],
        ["mock-server.toml", "2"],
    ]


def test_help_and_completion_need_no_file_without_mistakes() -> None:
    Path("mock-server.toml").write_text("sed = 1\n")
    assert run("serve", "--help").exit_code == 0
    assert run("completion", "bash").exit_code == 0
    completing = {"_MOCK_SERVER_COMPLETE": "bash_complete", "COMP_WORDS": "mock-server serve --se"}
    words = CliRunner().invoke(
        main, [], prog_name="mock-server", env={**completing, "COMP_CWORD": "2"}
    )
    assert "--seed" in words.output


def test_the_switch_of_routes_is_not_the_setting_of_that_name() -> None:
    Path("mock-server.toml").write_text('stateful = true\ndocument = "pets.yaml"\n')
    assert "GET" in run("routes").stdout


def test_serve_takes_its_settings_from_the_file_and_names_it(project: Path) -> None:
    (project / "mock-server.toml").write_text(
        'document = "pets.yaml"\nport = 0\nfault = ["503; next=1"]\n'
    )
    with serving(cwd=project) as server:
        assert server.out.text.splitlines()[0] == "Settings: mock-server.toml"
        assert [httpx.get(f"{server.url}/pets").status_code for _ in range(2)] == [503, 200]


def test_a_command_that_the_server_runs_takes_nothing_from_the_file(project: Path) -> None:
    other = PETS.replace("description: All", "descripton: All")
    (project / "other.yaml").write_text(other)
    (project / "mock-server.toml").write_text("sed = 1\n")
    command = child_command("check", "--", "other.yaml")
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=project, env=environment()
    )
    assert process.stdin is not None and process.stdout is not None
    with process:
        process.stdin.write(child_input(b""))
        process.stdin.flush()
        printed = process.stdout.read()
    assert b"descripton" in printed
    assert process.returncode == 1
