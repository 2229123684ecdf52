"""Moments as RFC 3339 writes them, to seconds since the epoch and back."""

from __future__ import annotations

from datetime import UTC, datetime

# Python's calendar ends with the year 9999.
_LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp()


def written(moment: float) -> str:
    """Return a moment in UTC, to the millisecond."""
    shown = datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")
    return shown.replace("+00:00", "Z")


def read(text: str) -> float:
    """Return the moment that a date-time names. Raises ValueError for one outside the calendar."""
    return checked(datetime.fromisoformat(text.upper()).timestamp())


def checked(moment: float) -> float:
    """Return a moment that can be written. Raises ValueError for one before 1970 or after 9999."""
    if not 0 <= moment <= _LAST:
        raise ValueError("the moment lies outside of the years 1970 to 9999")
    return moment
