"""Records: what the mocked service knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Record:
    """Something that the mocked service knows: a value, and labels to look it up by.

    Both are frozen: every request shares them.
    """

    value: Any
    labels: Mapping[str, Any]


class Records:
    """All records, by the name of the file that they stand in."""

    def __init__(self, files: Mapping[str, tuple[Record, ...]]) -> None:
        self._files = files
        self._derived: dict[Callable[[Records], Any], Any] = {}

    def __getitem__(self, name: str) -> tuple[Record, ...]:
        """The records of `records/NAME.yaml` in the file's order; none where there is no file."""
        return self._files.get(name, ())

    def derived(self, build: Callable[[Records], T]) -> T:
        """What `build` makes of the records (an index, say), made once and kept."""
        if build not in self._derived:
            self._derived[build] = build(self)
        found: T = self._derived[build]
        return found
