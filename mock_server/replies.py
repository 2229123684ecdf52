"""Canned replies: named answers of one operation, with their conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Conditions:
    """When a canned reply applies. None for a path, query or header value means: not sent."""

    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    has_body: bool = False


@dataclass(frozen=True, slots=True)
class CannedReply:
    """A named answer of one operation, with its conditions."""

    name: str
    conditions: Conditions
    status: int
    media_type: str | None
    headers: tuple[tuple[str, str], ...]
    body: Any
    has_body: bool
