"""Moments of a record's life in their order: created, then updated, then finished."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from mock_server.generation.values.random_source import FIRST_MOMENT, Source, Text
from mock_server.generation.values.words import table, words_of

_STAGES = table(
    ("created creation inserted registered submitted queued requested joined ordered issued", 0),
    ("started start begin began opened since from accepted", 1),
    ("updated update modified changed edited synced seen", 3),
    ("finished finish completed ended end closed resolved cancelled deleted archived until to", 4),
    ("expires expire expiry expiration expired due", 5),
)
_OTHER_STAGE = 2
# The range of each stage in seconds after the record's moment. Dates count in days instead.
_SECONDS = ((0, 59), (60, 290), (300, 1700), (1800, 3500), (3600, 20_000), (2_600_000, 5_000_000))
_BIRTHS = {"birth", "birthday", "birthdate", "born", "dob"}


def stage(name: str) -> int | None:
    """Return the stage in a record's life that a name stands for; None for any other name."""
    return next((_STAGES[word] for word in words_of(name) if word in _STAGES), None)


def seconds_of(name: str) -> Callable[[Source], int]:
    """Return a leaf of the seconds from the first moment to the event with that name."""
    told = stage(name)
    low, high = _SECONDS[_OTHER_STAGE if told is None else told]
    return lambda source: source.moment + source.between(low, high)


def date_time(name: str) -> Text:
    """Return a leaf of date-times for a property with that name.

    Each ends in Z, because strict clients insist on it.
    """
    seconds = seconds_of(name)

    def leaf(source: Source) -> str:
        moment = FIRST_MOMENT + timedelta(seconds=seconds(source))
        return moment.isoformat()[:19] + "Z"

    return leaf


def date(name: str) -> Text:
    """Return a leaf of dates for a property with that name."""
    if _BIRTHS.intersection(words_of(name)):
        return lambda s: f"{s.between(1955, 2005)}-{s.between(1, 12):02}-{s.between(1, 28):02}"
    days = 2 * (stage(name) or 0)
    return lambda s: (
        (FIRST_MOMENT + timedelta(days=days + s.below(2), seconds=s.moment)).date().isoformat()
    )


def unix_time(name: str, is_time: bool = False) -> Callable[[Source], int] | None:
    """Return a leaf of seconds since 1970; None unless the format or the name stands for a time."""
    words = words_of(name)
    if not is_time and (
        not words or not (words[-1] in {"at", "timestamp"} or words[-1] in _STAGES)
    ):
        return None
    seconds, first = seconds_of(name), int(FIRST_MOMENT.timestamp())
    return lambda source: first + seconds(source)
