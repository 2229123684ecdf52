"""What the service tells of an invocation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Status:
    """How far an invocation is; `error` is told of one that failed, the rest of a complete one."""

    name: str
    error: str | None = None
    finished_at: datetime | None = None
    duration_ms: int | None = None

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen."""
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
    """An invocation as it stands in a reply."""
    source_id = value.get("source_id")
    return Invocation(
        UUID(value["id"]),
        read_status(value["status"]),
        value["metadata"],
        datetime.fromisoformat(value["created_at"]),
        None if source_id is None else UUID(source_id),
    )


def read_status(value: str | Mapping[str, Any]) -> Status:
    """A status: a word where there is no more to tell, else an object with the word as its key."""
    if isinstance(value, str):
        return Status(value)
    if "failed" in value:
        return Status("failed", error=value["failed"]["error"])
    complete = value["complete"]
    finished_at = datetime.fromisoformat(complete["finished_at"])
    return Status("complete", finished_at=finished_at, duration_ms=complete["duration_ms"])
