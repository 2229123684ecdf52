"""`mock-server coverage`: reports of runs and of running servers, merged, shown and judged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.helpers.processes import environment, run, serving
from tests.helpers.running import Serve

PETS = """\
openapi: 3.1.0
info: {title: Things, version: '1'}
paths:
  /thing:
    get:
      operationId: thing
      parameters:
        - {name: kind, in: query, schema: {enum: [cat, dog]}}
      responses:
        '200':
          description: ''
          content:
            application/json: {schema: {type: string}, example: ok}
        '404': {description: ''}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pets.yaml").write_text(PETS)
    return tmp_path


def a_run(folder: Path, name: str, *paths: str) -> None:
    """Serve the document, send those requests, and end: a report of that name is there."""
    with serving("pets.yaml", "--coverage", name, cwd=folder) as running:
        for path in paths:
            httpx.get(f"{running.url}{path}")
        assert running.end() == 0


def figures(folder: Path, *arguments: str) -> dict[str, tuple[int, int]]:
    done = run("coverage", "--format", "json", *arguments, cwd=folder)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)["figures"]
    return {kind: (figure["met"], figure["of"]) for kind, figure in told.items()}


def test_a_server_writes_its_report_when_it_ends(folder: Path) -> None:
    a_run(folder, "report.json", "/thing?kind=cat")
    done = run("coverage", "report.json", cwd=folder)
    assert done.stderr == ""
    assert done.returncode == 0
    assert done.stdout == TEXT


TEXT = """\
Things 1, 1 exchange

operations       1 of     1  100 %
statuses         1 of     2   50 %
media-types      1 of     1  100 %
parameters       1 of     1  100 %
enums            1 of     2   50 %
all              5 of     7   71 %

statuses not met:
  pets.yaml:14:9: thing 404

enums not met:
  pets.yaml:8:56: request kind "dog"
"""


def test_reports_of_parallel_runs_merge(folder: Path) -> None:
    a_run(folder, "one.json", "/thing?kind=cat")
    a_run(folder, "two.json", "/thing?kind=dog", "/thing?kind=dog", "/nowhere")
    assert figures(folder, "one.json")["enums"] == (1, 2)
    for order in (("one.json", "two.json"), ("two.json", "one.json")):
        assert figures(folder, *order)["enums"] == (2, 2)
    done = run("coverage", "--format", "json", "one.json", "two.json", "-o", "all.json", cwd=folder)
    assert done.stdout == done.stderr == ""
    merged = json.loads((folder / "all.json").read_text())
    assert merged["exchanges"] == {"counted": 4, "cut": 0, "forgotten": 0, "astray": 1}
    assert figures(folder, "all.json") == figures(folder, "one.json", "two.json")


def test_a_report_that_is_read_is_the_one_that_was_written(folder: Path) -> None:
    a_run(folder, "report.json", "/thing?kind=cat")
    done = run("coverage", "--format", "json", "report.json", cwd=folder)
    assert done.stdout == (folder / "report.json").read_text()


def test_reports_of_different_contracts_do_not_merge(folder: Path) -> None:
    a_run(folder, "one.json")
    (folder / "pets.yaml").write_text(PETS.replace("dog", "cow"))
    a_run(folder, "two.json")
    (folder / "pets.yaml").write_text(PETS.replace("Things", "Cars"))
    a_run(folder, "three.json")
    refused = "only reports of one contract can be merged\n"
    done = run("coverage", "one.json", "two.json", cwd=folder)
    assert done.returncode == 2
    assert done.stderr == f"two.json is of another text of Things 1 than one.json; {refused}"
    done = run("coverage", "one.json", "three.json", cwd=folder)
    assert done.stderr == f"three.json is of Cars 1, and one.json of Things 1; {refused}"


def test_a_running_server_is_asked(serve: Serve, tmp_path: Path) -> None:
    mock = serve(PETS)
    mock.get("/thing?kind=cat")
    assert figures(tmp_path, "--url", mock.url)["enums"] == (1, 2)
    mock.get("/thing?kind=dog")
    env = environment(MOCK_SERVER_URL=f"{mock.url}/")
    assert "enums            2 of     2  100 %" in run("coverage", env=env).stdout


def test_a_token_is_given_where_it_is_asked_for(serve: Serve) -> None:
    mock = serve(PETS, control_token="secret")
    done = run("coverage", "--url", mock.url)
    assert done.returncode == 2
    assert done.stderr.startswith(
        f"{mock.url} answers with 401: The control API asks for its token"
    )
    assert run("coverage", "--url", mock.url, "--control-token", "secret").returncode == 0


def test_a_report_and_a_running_server_merge(serve: Serve, folder: Path) -> None:
    a_run(folder, "one.json", "/thing?kind=cat")
    mock = serve(folder / "pets.yaml")
    mock.get("/thing?kind=dog")
    assert figures(folder, "one.json", "--url", mock.url)["enums"] == (2, 2)


@pytest.mark.parametrize(
    ("least", "told"),
    [
        (["71"], []),
        (["72"], ["coverage of all is 5 of 7, 71.4286 %; expected at least 72 %"]),
        (["71.43"], ["coverage of all is 5 of 7, 71.4286 %; expected at least 71.43 %"]),
        (["operations=100", "enums=50%", "statuses=50"], []),
        (["branches=100", "fixtures=100"], []),
        (
            ["statuses=51", "enums=100"],
            [
                "coverage of statuses is 1 of 2, 50 %; expected at least 51 %",
                "coverage of enums is 1 of 2, 50 %; expected at least 100 %",
            ],
        ),
    ],
    ids=lambda value: ", ".join(value) or "reached" if isinstance(value, list) else None,
)
def test_less_than_was_asked_for_ends_with_1(
    folder: Path, least: list[str], told: list[str]
) -> None:
    a_run(folder, "report.json", "/thing?kind=cat")
    done = run("coverage", "report.json", *(f"--fail-under={one}" for one in least), cwd=folder)
    assert done.returncode == (1 if told else 0)
    assert done.stderr.splitlines() == told
    assert done.stdout == TEXT


WRONG: dict[str, tuple[list[str], str]] = {
    "a kind that is not there": (
        ["--fail-under", "operation=1"],
        "there is no kind of part operation; expected operations, statuses, media-types,"
        " parameters, examples, enums, branches, fixtures, stubs, callbacks,"
        " webhooks; did you mean operations?",
    ),
    "a share that is none": (
        ["--fail-under", "101"],
        "'101' is no threshold; expected 80, say, or operations=100",
    ),
    "no number": (
        ["--fail-under", "enums=many"],
        "'enums=many' is no threshold; expected 80, say, or operations=100",
    ),
    "a file that is not there": (
        ["no.json"],
        "no.json: the file can't be read: No such file or directory",
    ),
    "no JSON": (["text.json"], "text.json: this is no JSON: "),
    "no report": (
        ["other.json"],
        "other.json: this is no report of coverage; expected one by --coverage",
    ),
    "a report of another version": (
        ["later.json"],
        "later.json: version 2 isn't known; expected 1",
    ),
    "a broken report": (["broken.json"], "broken.json: this report is broken: KeyError('met')"),
    "nothing that listens": (
        ["--url", "http://127.0.0.1:9"],
        "no mock server can be reached at http://127.0.0.1:9: ",
    ),
    "no address": (
        ["--url", "file:///etc/passwd"],
        "file:///etc/passwd is no address of a mock server: expected one that starts with http://",
    ),
    "a place that can't be written to": (
        ["empty.json", "-o", "nowhere/report"],
        "nowhere/report: there is no such folder to write it to",
    ),
}
EMPTY: dict[str, Any] = {
    "format": "mock-server coverage",
    "version": 1,
    "contract": {"title": "t", "version": "1", "file": "f", "digest": "d"},
    "exchanges": {"counted": 0, "cut": 0, "forgotten": 0, "astray": 0},
    "parts": [],
}


@pytest.mark.parametrize(("arguments", "told"), WRONG.values(), ids=WRONG)
def test_wrong_use_is_told_in_one_line(folder: Path, arguments: list[str], told: str) -> None:
    (folder / "other.json").write_text("[]")
    (folder / "text.json").write_text("hello")
    (folder / "empty.json").write_text(json.dumps(EMPTY))
    (folder / "later.json").write_text(json.dumps({**EMPTY, "version": 2}))
    broken = {**EMPTY, "parts": [{"kind": "enums"}]}
    (folder / "broken.json").write_text(json.dumps(broken))
    done = run("coverage", *arguments, cwd=folder)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(told)
    assert done.stderr.count("\n") == 1


def test_a_server_without_a_control_api_is_told(serve: Serve) -> None:
    mock = serve(PETS, control=False)
    done = run("coverage", "--url", mock.url)
    assert done.returncode == 2
    assert done.stderr.startswith(
        f"{mock.url} answers with 404: Things has no path /_mock/coverage"
    )


def test_a_folder_that_is_not_there_is_told_before_anything_is_served(folder: Path) -> None:
    done = run("serve", "-p", "0", "pets.yaml", "--coverage", "nowhere/report.json", cwd=folder)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == "nowhere/report.json: there is no such folder to write it to\n"
