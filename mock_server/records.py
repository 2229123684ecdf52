"""Records: what the mocked service knows."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from mock_server.frozen import frozen

T = TypeVar("T")
# Of so many sessions the records are kept as they are by now.
MOST_KEPT = 256
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


def moment(text: str) -> float:
    """The seconds since the epoch of an RFC 3339 date-time. Raises ValueError for other text."""
    try:
        if _DATE_TIME.fullmatch(text):
            return datetime.fromisoformat(text.upper()).timestamp()
    except ValueError:  # February 30, say
        pass
    raise ValueError(f"{text!r} is no moment; expected one such as 2026-01-01T12:00:00Z")


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
        timelines = {n: [r.timeline for r in rs if r.timeline] for n, rs in files.items()}
        self._timed = [name for name, found in timelines.items() if found]
        # After how many seconds any record becomes another.
        self._moments = sorted({a for found in timelines.values() for t in found for a in t.after})
        self._in_time: dict[tuple[float, int], Records] = {}
        # Whether any of them changes with time.
        self.is_timed = bool(self._timed)

    def __getitem__(self, name: str) -> tuple[Record, ...]:
        """The records of `records/NAME.yaml` in the file's order; none where there is no file."""
        return self._files.get(name, ())

    def __iter__(self) -> Iterator[Record]:
        """All records, file by file."""
        return (record for records in self._files.values() for record in records)

    def derived(self, build: Callable[[Records], T]) -> T:
        """What `build` makes of the records (an index, say), made once and kept."""
        if build not in self._derived:
            self._derived[build] = build(self)
        found: T = self._derived[build]
        return found

    def at(self, began: float, now: float) -> Records:
        """The records as they are by now, in a session that began then.

        Moments are in seconds since the epoch.
        """
        key = (began, bisect_right(self._moments, now - began))
        found = self._in_time.get(key)
        if found is None:
            while len(self._in_time) >= MOST_KEPT:
                del self._in_time[next(iter(self._in_time))]
            files = {n: tuple(_at(r, began, now) for r in self._files[n]) for n in self._timed}
            found = self._in_time[key] = Records({**self._files, **files})
        return found


def _at(record: Record, began: float, now: float) -> Record:
    if record.timeline is None:
        return record
    return Record(frozen(record.timeline.value(began, now)), record.labels)
