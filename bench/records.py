"""The records of the mocked service, read from a fixtures folder as every server here sees it."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

import yaml

Invocation: TypeAlias = dict[str, Any]
Records: TypeAlias = dict[str, dict[str, Invocation]]  # source id -> object key -> the latest


class Loader(yaml.CSafeLoader):
    """A loader by YAML 1.2's core rules: `NO` and a timestamp are text, as in mock-server."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - PyYAML looks it up on the class


for kind, pattern, first in (
    ("null", r"null|Null|NULL|~|", [*"nN~", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", [*"tTfF"]),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", [*"-+0123456789"]),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", [*"-+.0123456789"]),
):
    tag = f"tag:yaml.org,2002:{kind}"
    Loader.add_implicit_resolver(tag, re.compile(rf"(?:{pattern})$"), first)


def load(file: Path) -> dict[str, Any]:
    """Return the content of a YAML file whose top is a mapping."""
    content = yaml.load(file.read_text(encoding="utf-8"), Loader)
    assert isinstance(content, dict), f"{file} isn't a mapping"
    return content


def read(fixtures: Path) -> Records:
    """Return the latest invocation by source and key; a source without invocations is empty."""
    records: Records = {
        record["value"]: {} for record in load(fixtures / "records/sources.yaml")["records"]
    }
    for record in load(fixtures / "records/invocations.yaml")["records"]:
        invocations = records.setdefault(record["source"], {})
        earlier = invocations.get(record["object_key"])
        if earlier is None or instant(record["value"]) >= instant(earlier):
            invocations[record["object_key"]] = record["value"]
    return records


def instant(invocation: Invocation) -> datetime:
    return datetime.fromisoformat(invocation["created_at"])
