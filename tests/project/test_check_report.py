"""What a check found, in each of its formats."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from mock_server.errors import FilePlace, Finding
from mock_server.project import FORMATS
from mock_server.project.check_report import CheckReport
from tests.helpers.processes import run

ODD = Finding(
    FilePlace("a b,c:d%.yaml", 3, 7), "100 % of\r\nit: a, b", "/a~1b", "oas/v3.1#info-object"
)
SCHEMA = Finding(FilePlace("pets.yaml", 1, 1), "wrong", "", "pets.yaml#/components/schemas/A/type")
REPORT = CheckReport("pets.yaml", 2, (ODD, SCHEMA, "handlers.py:1:1: it asks for nothing"))


def shown(form: str, report: CheckReport = REPORT) -> str:
    return "\n".join(FORMATS[form](report))


@pytest.mark.parametrize(
    ("operations", "findings", "summary"),
    [
        (13, (), "pets.yaml: 13 operations, 0 findings"),
        (1, (ODD,), "pets.yaml: 1 operation, 1 finding"),
        (0, (), "pets.yaml: 0 operations, 0 findings; there is nothing to serve"),
        (None, (ODD,), "pets.yaml: it can't be read, 1 finding"),
    ],
)
def test_a_line_counts_what_was_found(
    operations: int | None, findings: tuple[Finding, ...], summary: str
) -> None:
    assert CheckReport("pets.yaml", operations, findings).summary == summary


def test_text_has_a_line_for_each_finding() -> None:
    assert len(shown("text").splitlines()) == 3


def test_json_has_the_members_that_are_documented() -> None:
    report = json.loads(shown("json"))
    first, _, last = report.pop("findings")
    assert report == {
        "format": "mock-server check",
        "version": 1,
        "document": "pets.yaml",
        "operations": 2,
    }
    assert first == {
        "file": "a b,c:d%.yaml",
        "line": 3,
        "column": 7,
        "message": ODD.message,
        "pointer": "/a~1b",
        "rule": "oas/v3.1#info-object",
    }
    assert (last["file"], last["message"]) == (None, "handlers.py:1:1: it asks for nothing")
    guide = Path(__file__).parents[2] / "docs/guides/check.md"
    assert all(f'"{name}"' in guide.read_text() for name in (*report, *first))


def test_github_commands_are_escaped_in_properties_and_in_messages() -> None:
    first, second, third = shown("github").split("\n")
    assert first == ("::error file=a b%2Cc%3Ad%25.yaml,line=3,col=7::100 %25 of%0D%0Ait: a, b")
    assert second == "::error file=pets.yaml,line=1,col=1::wrong"
    assert third == "::error::handlers.py:1:1: it asks for nothing"


def test_sarif_keeps_to_its_rules() -> None:
    """The members that SARIF 2.1.0 requires, and what ties results to rules (section 3.27)."""
    log = json.loads(shown("sarif"))
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    (run_,) = log["runs"]
    driver: dict[str, Any] = run_["tool"]["driver"]
    ids = [rule["id"] for rule in driver["rules"]]
    assert len(ids) == len(set(ids)) and driver["name"] == "mock-server"
    for result in run_["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["message"]["text"] and result["level"] == "error"
        for location in result.get("locations", ()):
            physical = location["physicalLocation"]
            assert re.fullmatch(r"[A-Za-z0-9._~/%-]+", physical["artifactLocation"]["uri"])
            assert physical["region"]["startLine"] >= 1 <= physical["region"]["startColumn"]
    assert ids == ["check/info-object", "check/type", "check/start"]
    assert json.loads(shown("sarif", CheckReport("a", 0, ())))["runs"][0]["results"] == []


@pytest.mark.parametrize("form", ["json", "sarif", "github", "text"])
def test_each_format_is_printed_alone_on_stdout_with_the_exit_code(
    form: str, tmp_path: Path
) -> None:
    (tmp_path / "pets.yaml").write_text("openapi: 3.1.0\ninfo: {title: Pets}\npaths: {}\n")
    done = run("check", "pets.yaml", "--format", form, cwd=tmp_path)
    assert done.returncode == 1
    assert "`version` is missing" in done.stdout
    if form in ("json", "sarif"):
        json.loads(done.stdout)
    assert done.stderr.endswith("pets.yaml: 0 operations, 1 finding; there is nothing to serve\n")
