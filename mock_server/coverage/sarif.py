"""A report as SARIF 2.1.0 (OASIS): a rule for each kind of part, a result for what wasn't met."""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from urllib.parse import quote

from mock_server import __version__
from mock_server.coverage.parts import KINDS
from mock_server.coverage.report import Entry, Report

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def as_sarif(report: Report) -> dict[str, Any]:
    """Return the log as JSON."""
    missing = [entry for kind in KINDS for entry in report.missing(kind)]
    driver = {
        "name": "mock-server",
        "version": __version__,
        "rules": [_rule(kind, meaning) for kind, meaning in KINDS.items()],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(entry) for entry in missing],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(kind: str, meaning: str) -> dict[str, Any]:
    return {
        "id": f"coverage/{kind}",
        "name": "".join(word.capitalize() for word in ("not", "met", *kind.split("-"))),
        "shortDescription": {"text": f"Expected {meaning}."},
        "defaultConfiguration": {"level": "warning"},
    }


def _result(entry: Entry) -> dict[str, Any]:
    identity = sha256("\n".join(entry.identity).encode()).hexdigest()
    result: dict[str, Any] = {
        "ruleId": f"coverage/{entry.kind}",
        "ruleIndex": list(KINDS).index(entry.kind),
        "level": "warning",
        "message": {"text": f"Not met: {entry.text}."},
        "partialFingerprints": {"part/v1": identity},
    }
    return result | {"locations": [_location(entry)]} if entry.place is not None else result


def _location(entry: Entry) -> dict[str, Any]:
    place = entry.place
    assert place is not None
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(place.file)},
            "region": {"startLine": place.line, "startColumn": place.column},
        },
        "logicalLocations": [{"fullyQualifiedName": entry.pointer or "/", "kind": "member"}],
    }
