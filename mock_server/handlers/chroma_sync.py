"""The Chroma Sync Service's operations, computed from records."""

from __future__ import annotations

import re
from datetime import datetime
from fractions import Fraction
from typing import Any

from mock_server.errors import NotFound
from mock_server.fixtures import Records

Latest = dict[str, dict[str, Any]]


def latest_invocations_by_keys(
    source_id: str, body: dict[str, Any], records: Records
) -> dict[str, Any]:
    """Return the latest invocation of each requested key that has one, by key.

    Raises NotFound if the records don't have the source.
    """
    latest = records.derived(latest_by_source).get(source_id.lower())
    if latest is None:
        raise NotFound(f"There is no source {source_id}.")
    return {key: latest[key] for key in body["object_keys"] if key in latest}


def latest_by_source(records: Records) -> dict[str, Latest]:
    """Return the latest invocations by key for each source; on a tie the later in the file."""
    sources: dict[str, Latest] = {record.value.lower(): {} for record in records["sources"]}
    for record in sorted(records["invocations"], key=lambda r: instant(r.value["created_at"])):
        latest = sources.get(record.labels["source"].lower())
        if latest is not None:
            latest[record.labels["object_key"]] = record.value
    return sources


_DATE_TIME = re.compile(r"(.{10})[Tt ](\d\d:\d\d):(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


def instant(text: str) -> Fraction:
    """Return the seconds since the epoch of an RFC 3339 date-time, to its last digit.

    A leap second is the first second of the next minute. Raises ValueError for other text.
    """
    found = _DATE_TIME.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no date-time of RFC 3339")
    date, minute, second, fraction, offset = found.groups()
    moment = datetime.fromisoformat(f"{date}T{minute}:00{offset.upper()}")
    return int(moment.timestamp()) + int(second) + Fraction(f"0{fraction or '.0'}")
