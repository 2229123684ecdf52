"""JSON values as YAML that every reader takes for the same values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mock_server.documents.document import Documents, read_document
from mock_server.proxy.yaml_text import as_yaml

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("yaml")


@given(value=VALUES)
def test_a_value_is_read_back_as_it_was(folder: Path, value: Any) -> None:
    path = folder / "value.yaml"
    path.write_bytes(as_yaml({"value": value}).encode())
    assert Documents(read_document(path)).top.value == {"value": value}


@pytest.mark.parametrize(
    "text",
    ["no", "Yes", "on", "1e3", "0x1f", "1:30", "2024-01-01", "~", "null", "", " a", "a: b", "#",
     "-", "200-1", "a\nb", "\x85\u2028\ufeff", "😀", "'", "=", "<<", ".5", "0o7", "12_000"],
)  # fmt: skip
def test_a_text_stays_one_for_readers_of_yaml_1_1_too(text: str) -> None:
    assert yaml.safe_load(as_yaml({text: [text]})) == {text: [text]}


def test_it_is_written_as_people_do() -> None:
    value = {"status": 200, "body": {"id": 7, "tags": ["a b", "5"], "more": [{"a": 1, "b": []}]}}
    assert as_yaml(value) == (
        "status: 200\nbody:\n  id: 7\n  tags:\n    - a b\n    - \"5\"\n"
        "  more:\n    - a: 1\n      b: []\n"
    )  # fmt: skip
