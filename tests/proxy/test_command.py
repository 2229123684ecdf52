"""`mock-server proxy` as a process: its output, and how it ends."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.helpers.processes import run, serving
from tests.helpers.running import SECONDS, document_text, json_of, thing, until
from tests.helpers.service import Service, json_reply


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "openapi.yaml"
    path.write_text(document_text(thing({"200": json_of({"type": "string"})})))
    return path


def test_it_says_what_stands_in_front_of_what_and_ends_cleanly(
    document: Path, tmp_path: Path
) -> None:
    answer = json_reply(b'"a"')
    folder = tmp_path / "recorded"
    with (
        Service(lambda seen, connection: answer) as service,
        serving(service.url, document, "--record", folder, name="proxy") as running,
    ):
        assert httpx.get(f"{running.url}/thing", timeout=SECONDS).json() == "a"
        until((folder / "replies/thing.yaml").exists, "the file of what was recorded")
        said = running.out.text.splitlines()
        assert said[:2] == [
            f"Things at {running.url}, passed on to {service.url}",
            f"Recording to {folder}",
        ]
        assert running.end() == 0
    (line,) = running.err.complete().splitlines()
    assert " GET     /thing " in line


@pytest.mark.parametrize(
    "arguments",
    [
        ["ftp://127.0.0.1"],
        ["127.0.0.1:80"],
        ["http://127.0.0.1/?a=b"],
        ["http://me:secret@127.0.0.1"],
        ["http://127.0.0.1", "--timeout", "soon"],
        ["http://127.0.0.1", "--timeout", "0s"],
        ["http://127.0.0.1", "--record", "/dev/null/x"],
        ["http://127.0.0.1", "--record-all"],
    ],
    ids=["scheme", "no URL", "query", "credentials", "no time", "none at all", "no folder", "all"],
)
def test_wrong_use_is_told_in_a_line(arguments: list[str], document: Path) -> None:
    upstream, *options = arguments
    done = run("proxy", upstream, document, *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr and done.stderr.count("\n") <= 4
