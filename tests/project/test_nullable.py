"""`nullable` without effect: a finding of OpenAPI 3.0, with its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mock_server.project.check import findings
from mock_server.settings import Settings

A = {"type": "object"}


def told(folder: Path, schema: Any, version: str = "3.0.3") -> list[str]:
    document = {
        "openapi": version,
        "info": {"title": "T", "version": "1"},
        "paths": {},
        "components": {"schemas": {"A": A, "S": {"properties": {"p": schema}}}},
    }
    (folder / "api.json").write_text(json.dumps(document))
    return [line for line in findings(Settings(document=folder / "api.json")) if "nullable" in line]


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ({"nullable": True, "allOf": [{"$ref": "#/components/schemas/A"}]}, "there is no `type`"),
        ({"nullable": True, "oneOf": [A]}, "there is no `type` beside it"),
        ({"nullable": True, "enum": ["a"]}, "there is no `type` beside it"),
        ({"nullable": True}, "there is no `type` beside it"),
        ({"nullable": True, "$ref": "#/components/schemas/A"}, "beside `$ref` nothing counts"),
    ],
)
def test_without_a_type_it_has_no_effect(tmp_path: Path, schema: Any, why: str) -> None:
    (line,) = told(tmp_path, schema)
    assert "api.json:1:" in line and f"`nullable` has no effect here: {why}" in line
    assert "(at /components/schemas/S/properties/p/nullable, rule nullable)" in line


@pytest.mark.parametrize(
    "schema",
    [
        {"nullable": True, "type": "string"},
        {"nullable": True, "type": "object", "allOf": [{"$ref": "#/components/schemas/A"}]},
        {"nullable": False, "allOf": [A]},
        {"properties": {"nullable": {"type": "boolean"}}},
    ],
)
def test_with_a_type_or_as_no_keyword_it_is_no_finding(tmp_path: Path, schema: Any) -> None:
    assert told(tmp_path, schema) == []


def test_from_version_3_1_on_it_is_no_keyword(tmp_path: Path) -> None:
    (line,) = told(tmp_path, {"nullable": True, "allOf": [A]}, "3.1.0")
    assert "`nullable` has no effect since OpenAPI 3.1" in line
