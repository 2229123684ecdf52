"""Documents: everything beside schemas, parameters, bodies and security."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import yaml

from tests.support.served import IGNORED, NO, Raw, Served, Table, reason, served

FEATURES = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))


def tables() -> Iterator[Table]:
    """Yield the one table of documents."""
    columns = ("", "supported", "versions", "")
    yield Table("Documents", "", columns, [_row(feature) for feature in FEATURES])


def _row(feature: Raw) -> list[str]:
    """Return what a feature comes to, in every version that has it."""
    outcomes = []
    for version in feature["versions"]:
        top, files = feature.get("top", {}), feature.get("files", {})
        with served(feature["paths"], version, files, **top) as server:
            outcomes += [_is_so(server, entry) for entry in feature["tried"]]
    shown = ", ".join(version[:3] for version in feature["versions"])
    why = reason(feature.get("reason", ""), all(outcomes), feature["name"])
    notes = " ".join(filter(None, [feature.get("note", ""), why]))
    supported = IGNORED if feature.get("ignored") else "yes"
    return [feature["name"], supported if all(outcomes) else NO, shown, notes]


def _is_so(server: Served, entry: Raw) -> bool:
    """Return whether a request is answered as it should be."""
    method, _, target = entry["send"].partition(" ")
    body = json.dumps(entry["body"]).encode() if "body" in entry else None
    kind = {} if body is None else {"Content-Type": "application/json"}
    got = server.ask(method, target, body, {**kind, **entry.get("headers", {})})
    told = entry.get("header", {}).items() <= got.headers.items()
    says = "value" not in entry or json.loads(got.content) == entry["value"]
    written = "text" not in entry or got.content.decode() == entry["text"]
    return got.status_code == entry["status"] and told and says and written
