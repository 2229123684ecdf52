"""Invocations, as the service reports them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Status:
    """How far an invocation is; a failed one has `error`, a complete one the other fields."""

    name: str
    error: str | None = None
    finished_at: datetime | None = None
    duration_ms: int | None = None

    @property
    def is_final(self) -> bool:
        """Return whether the status is final."""
        return self.name not in ("pending", "processing")


@dataclass(frozen=True)
class Invocation:
    """One run of a sync."""

    id: UUID
    status: Status
    metadata: Mapping[str, Any]
    created_at: datetime
    source_id: UUID | None


def read_invocation(value: Mapping[str, Any]) -> Invocation:
    """Return an invocation from its form in a reply."""
    source_id = value.get("source_id")
    return Invocation(
        UUID(value["id"]),
        read_status(value["status"]),
        value["metadata"],
        datetime.fromisoformat(value["created_at"]),
        None if source_id is None else UUID(source_id),
    )


def read_status(value: str | Mapping[str, Any]) -> Status:
    """Return a status from a word if that is all, else from an object with the word as its key."""
    if isinstance(value, str):
        return Status(value)
    if "failed" in value:
        return Status("failed", error=value["failed"]["error"])
    complete = value["complete"]
    finished_at = datetime.fromisoformat(complete["finished_at"])
    return Status("complete", finished_at=finished_at, duration_ms=complete["duration_ms"])
