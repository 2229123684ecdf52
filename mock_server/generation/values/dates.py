"""When things happen: created before updated before finished."""

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
# From when to when a stage lies after the record's moment: in seconds, and in days for a date.
_SECONDS = ((0, 59), (60, 290), (300, 1700), (1800, 3500), (3600, 20_000), (2_600_000, 5_000_000))
_BIRTHS = {"birth", "birthday", "birthdate", "born", "dob"}


def stage(name: str) -> int | None:
    """When what the name tells of happens in a record's life; None where it doesn't say."""
    return next((_STAGES[word] for word in words_of(name) if word in _STAGES), None)


def seconds_of(name: str) -> Callable[[Source], int]:
    """When what has that name happens: seconds after the first moment."""
    told = stage(name)
    low, high = _SECONDS[_OTHER_STAGE if told is None else told]
    return lambda source: source.moment + source.between(low, high)


def date_time(name: str) -> Text:
    """A date-time for what has that name. It ends in Z, which strict clients insist on."""
    seconds = seconds_of(name)

    def leaf(source: Source) -> str:
        moment = FIRST_MOMENT + timedelta(seconds=seconds(source))
        return moment.isoformat()[:19] + "Z"

    return leaf


def date(name: str) -> Text:
    """A date for what has that name."""
    if _BIRTHS.intersection(words_of(name)):
        return lambda s: f"{s.between(1955, 2005)}-{s.between(1, 12):02}-{s.between(1, 28):02}"
    days = 2 * (stage(name) or 0)
    return lambda s: (
        (FIRST_MOMENT + timedelta(days=days + s.below(2), seconds=s.moment)).date().isoformat()
    )


def unix_time(name: str, is_time: bool = False) -> Callable[[Source], int] | None:
    """Seconds since 1970, for a time or a name that says when something happens; else None."""
    words = words_of(name)
    if not is_time and (
        not words or not (words[-1] in {"at", "timestamp"} or words[-1] in _STAGES)
    ):
        return None
    seconds, first = seconds_of(name), int(FIRST_MOMENT.timestamp())
    return lambda source: first + seconds(source)
