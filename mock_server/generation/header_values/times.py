"""Headers that say when, how long and how often."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from mock_server.generation.header_values.message import DAY, HeaderMessage
from mock_server.generation.values.random_source import FIRST_MOMENT
from mock_server.generation.values.words import plain
from mock_server.http_messages import http_date

_FIRST = int(FIRST_MOMENT.timestamp())
_UPDATED = ("updated_at", "modified_at", "last_modified", "updated", "modified", "created_at")
_EPOCH = re.compile(r"\b(?:epoch|unix|timestamp|utc)\b", re.IGNORECASE)
# Of a limit: so many requests in so many seconds.
_QUOTA, _WINDOW = 100, 60
# As long as clients are asked to wait at most: SDKs do wait.
_MOST_TO_WAIT = 3


def _forms(moment: int) -> Iterator[str]:
    """The forms of a moment: HTTP's own, then those that only a schema can ask for."""
    yield http_date(moment)
    then = datetime.fromtimestamp(moment, UTC)
    yield then.isoformat()[:19] + "Z"
    yield then.date().isoformat()
    yield str(moment)


def expires(message: HeaderMessage) -> Iterator[str]:
    """RFC 9111, section 5.3: a date, here of a day to come."""
    return _forms(message.today + message.number(1, 7) * DAY)


def sunset(message: HeaderMessage) -> Iterator[str]:
    """RFC 8594, section 3: a date, here some months ahead."""
    return _forms(message.today + message.number(90, 365) * DAY)


def deprecation(message: HeaderMessage) -> Iterator[str]:
    """RFC 9745, section 2: a date as a structured field, here in the past."""
    moment = deprecated_since(message.today)
    yield f"@{moment}"
    yield "true"
    yield from _forms(moment)


def deprecated_since(today: int) -> int:
    """Return since when all that is deprecated has been so, in seconds since the epoch."""
    return min(_FIRST, today)


def last_modified(message: HeaderMessage) -> Iterator[str]:
    """RFC 9110, section 8.8.2: what the body says of its last change, else a day in the past."""
    said = _said(message.value)
    if said is not None and said <= message.today + DAY:
        yield from _forms(int(said))
    yield from _forms(min(_FIRST + message.number(0, 600) * DAY, message.today))


def _said(value: Any) -> float | None:
    """The moment of its last change that an object tells, itself or inside one around it."""
    if not isinstance(value, dict):
        return None
    named = {plain(name): member for name, member in value.items()}
    for name in _UPDATED:
        if isinstance(text := named.get(name), str):
            try:
                moment = datetime.fromisoformat(text)
            except ValueError:
                continue
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    inner = [member for member in value.values() if isinstance(member, dict)]
    return _said(inner[0]) if len(inner) == 1 else None


def age(message: HeaderMessage) -> Iterator[str]:
    """RFC 9111, section 5.1: seconds."""
    yield str(message.number(0, _WINDOW))
    yield "0"


def retry_after(message: HeaderMessage) -> Iterator[str]:
    """RFC 9110, section 10.2.3: seconds, only a few."""
    yield str(message.number(1, _MOST_TO_WAIT))
    yield from ("1", "0")
    if message.least is not None:
        yield str(math.ceil(message.least))
    yield from _forms(message.today)


def max_age(message: HeaderMessage) -> Iterator[str]:
    """Seconds for which a preflight counts (the Fetch standard)."""
    yield "600"
    yield "5"


def rate_limit(message: HeaderMessage) -> Iterator[str]:
    """draft-ietf-httpapi-ratelimit-headers-12: what is left of a quota, as a structured list."""
    yield f'"default";r={_left(message)};t={_WINDOW // 2}'


def rate_limit_policy(message: HeaderMessage) -> Iterator[str]:
    """draft-ietf-httpapi-ratelimit-headers-12: the quota and its window in seconds."""
    yield f'"default";q={_QUOTA};w={_WINDOW}'


def limit(message: HeaderMessage) -> Iterator[str]:
    """The size of a quota, as the older fields have it."""
    yield str(_QUOTA)


def remaining(message: HeaderMessage) -> Iterator[str]:
    """What is left of a quota."""
    yield str(_left(message))


def _left(message: HeaderMessage) -> int:
    """Nothing for a client that is refused."""
    return 0 if message.status == 429 else _QUOTA - 1


def reset(message: HeaderMessage) -> Iterator[str]:
    """Seconds until a quota is whole again, or when that is if the document says so."""
    later = message.today + DAY
    if _EPOCH.search(message.hint):
        yield str(later)
    yield str(_WINDOW // 2)
    yield from _forms(later)


def used(message: HeaderMessage) -> Iterator[str]:
    """What was used of a quota."""
    yield str(_QUOTA - _left(message))


def server_timing(message: HeaderMessage) -> Iterator[str]:
    """Server Timing, section 4: a metric and its milliseconds."""
    yield f"app;dur={message.number(10, 900) / 10}"
