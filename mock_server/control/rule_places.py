"""The place in the contract's files of the rule that a violation breaks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mock_server.core import tokens_of
from mock_server.documents import Document
from mock_server.errors import FilePlace


def rule_place(rule: str, documents: Iterable[Document]) -> FilePlace | None:
    """Return the file, line and column of a rule, `FILE#POINTER`; None if it has no place."""
    label, mark, pointer = rule.partition("#")
    document = next((one for one in documents if one.label == label), None)
    return document.place(tokens_of(pointer)) if mark and document is not None else None


def placed(violation: dict[str, Any], documents: Iterable[Document]) -> dict[str, Any]:
    """Return a violation as JSON, with the place of its rule as file, line and column."""
    place = rule_place(violation.get("rule", ""), documents)
    if place is None:
        return violation
    label = violation["rule"].partition("#")[0]
    return {**violation, "place": {"file": label, "line": place.line, "column": place.column}}
