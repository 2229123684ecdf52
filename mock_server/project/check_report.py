"""What a check found, as text, as JSON, as SARIF 2.1.0, and as annotations of GitHub Actions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from mock_server import __version__
from mock_server.core import workflow_command
from mock_server.errors import Finding

FORMAT, VERSION = "mock-server check", 1
_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


@dataclass(frozen=True)
class CheckReport:
    """What was found in a document and what belongs to it.

    `operations` counts those of the document; None if it can't be read. A finding without a place
    is a text, such as one of a handler.
    """

    document: str
    operations: int | None
    findings: tuple[Finding | str, ...]

    @property
    def summary(self) -> str:
        """One line: `pets.yaml: 13 operations, 0 findings`."""
        found = _counted(len(self.findings), "finding")
        if self.operations is None:
            return f"{self.document}: it can't be read, {found}"
        empty = "; there is nothing to serve" if not self.operations else ""
        return f"{self.document}: {_counted(self.operations, 'operation')}, {found}{empty}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def as_text(report: CheckReport) -> Iterator[str]:
    """Yield a line for each finding."""
    yield from map(str, report.findings)


def as_json(report: CheckReport) -> Iterator[str]:
    """Yield one JSON object; `docs/guides/check.md` names its members."""
    shown = {
        "format": FORMAT,
        "version": VERSION,
        "document": report.document,
        "operations": report.operations,
        "findings": [_members(finding) for finding in report.findings],
    }
    yield json.dumps(shown, indent=2, ensure_ascii=False)


def _members(finding: Finding | str) -> dict[str, Any]:
    if isinstance(finding, str):
        without = dict.fromkeys(("file", "line", "column"))
        return {**without, "message": finding, "pointer": "", "rule": ""}
    place = finding.place
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "message": finding.message,
        "pointer": finding.pointer,
        "rule": finding.rule,
    }


def as_sarif(report: CheckReport) -> Iterator[str]:
    """Yield a log of one run (OASIS SARIF 2.1.0): a rule for each kind of finding."""
    rules = list(dict.fromkeys(_rule_id(finding) for finding in report.findings))
    driver = {
        "name": "mock-server",
        "version": __version__,
        "rules": [{"id": rule, "shortDescription": {"text": _about(rule)}} for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, rules) for finding in report.findings],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    yield json.dumps(log, indent=2, ensure_ascii=False)


def _rule_id(finding: Finding | str) -> str:
    """Return a name for the kind of finding: the last part of its rule, such as a keyword."""
    rule = "" if isinstance(finding, str) else finding.rule
    if (found := re.fullmatch(r"oas/v([\d.]+)#(\S+)", rule)) is not None:
        return f"check/{found[2]}"
    return f"check/{rule.rpartition('/')[2] or 'start'}"


def _about(rule: str) -> str:
    return f"Expected a document that can be served as it is written: {rule.rpartition('/')[2]}."


def _result(finding: Finding | str, rules: list[str]) -> dict[str, Any]:
    rule = _rule_id(finding)
    message = finding if isinstance(finding, str) else finding.message
    result: dict[str, Any] = {
        "ruleId": rule,
        "ruleIndex": rules.index(rule),
        "level": "error",
        "message": {"text": message},
        "partialFingerprints": {"finding/v1": _fingerprint(finding)},
    }
    return result if isinstance(finding, str) else {**result, "locations": [_location(finding)]}


def _fingerprint(finding: Finding | str) -> str:
    """Return a hash of the finding that stays the same if lines are added above."""
    text = finding
    if isinstance(finding, Finding):
        text = f"{finding.place.file}\n{finding.pointer}\n{finding.rule}\n{finding.message}"
    return sha256(str(text).encode()).hexdigest()


def _location(finding: Finding) -> dict[str, Any]:
    place = finding.place
    uri = place.file if "://" in place.file else quote(place.file)
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": uri},
            "region": {"startLine": place.line, "startColumn": place.column},
        },
        "logicalLocations": [{"fullyQualifiedName": finding.pointer or "/", "kind": "member"}],
    }


def as_github(report: CheckReport) -> Iterator[str]:
    """Yield a GitHub error for each finding, at its line in the file."""
    for finding in report.findings:
        if isinstance(finding, str):
            yield workflow_command("error", {}, finding)
        else:
            place = finding.place
            where = {"file": place.file, "line": place.line, "col": place.column}
            yield workflow_command("error", where, finding.message)


FORMATS: dict[str, Callable[[CheckReport], Iterator[str]]] = {
    "text": as_text,
    "json": as_json,
    "sarif": as_sarif,
    "github": as_github,
}
