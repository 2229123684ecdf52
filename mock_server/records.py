"""Records: what the mocked service knows."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any, NamedTuple, TypeVar

from mock_server.frozen import frozen

T = TypeVar("T")
# RFC 3339, section 5.6, as `date-time`; a leap second is no moment that Python knows.
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:[0-5]\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


class Timeline(NamedTuple):
    """What a record becomes after how many seconds.

    `starts` is the moment in its values, in seconds since the epoch, that stands for the beginning
    of the session: every date-time in them is moved along with it.
    """

    after: tuple[float, ...]
    values: tuple[Any, ...]
    starts: float | None = None

    def value(self, began: float, now: float) -> Any:
        """What it has come to by now."""
        value = self.values[max(0, bisect_right(self.after, now - began) - 1)]
        return value if self.starts is None else _moved(value, began - self.starts)


def _moved(value: Any, seconds: float) -> Any:
    """A value with each date-time in it so much later."""
    if isinstance(value, dict):
        return {key: _moved(item, seconds) for key, item in value.items()}
    if isinstance(value, list):
        return [_moved(item, seconds) for item in value]
    if isinstance(value, str) and _DATE_TIME.fullmatch(value):
        return _later(value, seconds)
    return value


def _later(text: str, seconds: float) -> str:
    try:
        moment = datetime.fromisoformat(text.upper()) + timedelta(seconds=seconds)
        written = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    except (ValueError, OverflowError):  # no moment after all, or one beyond the calendar
        return text
    return written.replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Record:
    """Something that the mocked service knows: a value, and labels to look it up by.

    Both are frozen: every request shares them. `timeline` is what the value becomes with time.
    """

    value: Any
    labels: Mapping[str, Any]
    timeline: Timeline | None = None


class Records:
    """All records, by the name of the file that they stand in."""

    def __init__(self, files: Mapping[str, tuple[Record, ...]]) -> None:
        self._files = files
        self._derived: dict[Callable[[Records], Any], Any] = {}
        # The files that have records with a timeline.
        self.timed = tuple(
            name for name, records in files.items() if any(r.timeline for r in records)
        )

    def __getitem__(self, name: str) -> tuple[Record, ...]:
        """The records of `records/NAME.yaml` in the file's order; none where there is no file."""
        return self._files.get(name, ())

    def derived(self, build: Callable[[Records], T]) -> T:
        """What `build` makes of the records (an index, say), made once and kept."""
        if build not in self._derived:
            self._derived[build] = build(self)
        found: T = self._derived[build]
        return found

    def at(self, began: float, now: float) -> tuple[Records, tuple[float, float]]:
        """The records as they are by now in what began then, and from when to when they are so.

        Moments are in seconds since the epoch.
        """
        moments = [began + after for after in self._moments()]
        index = bisect_right(moments, now)
        span = (moments[index - 1] if index else -inf, [*moments, inf][index])
        files = {name: tuple(_at(r, began, now) for r in self._files[name]) for name in self.timed}
        return Records({**self._files, **files}), span

    def _moments(self) -> list[float]:
        """When, after the beginning, any record becomes another."""
        timelines = (r.timeline for name in self.timed for r in self._files[name] if r.timeline)
        return sorted({after for timeline in timelines for after in timeline.after})


def _at(record: Record, began: float, now: float) -> Record:
    if record.timeline is None:
        return record
    return Record(frozen(record.timeline.value(began, now)), record.labels)
