"""Records can become others with time, and the moments in them go along."""

from __future__ import annotations

from math import nextafter
from typing import Any

import pytest

from mock_server.records import MOST_KEPT, Record, Records, Timeline, moment

NOON = moment("2025-06-01T12:00:00Z")


def timed(*values: Any, after: tuple[float, ...], starts: float | None = None) -> Records:
    return Records({"jobs": (Record(values[0], {"key": "a"}, Timeline(after, values, starts)),)})


def value(records: Records, began: float, now: float) -> Any:
    (record,) = records.at(began, now)["jobs"]
    assert record.labels == {"key": "a"}
    return record.value


@pytest.mark.parametrize(
    ("passed", "expected"),
    [
        (-5.0, "a"),
        (0.0, "a"),
        (nextafter(2.0, 0), "a"),
        (2.0, "b"),
        (3.5, "b"),
        (6.0, "c"),
        (1e9, "c"),
    ],
)
def test_a_record_is_what_it_has_become_by_then(passed: float, expected: str) -> None:
    assert value(timed("a", "b", "c", after=(0.0, 2.0, 6.0)), 0.0, passed) == expected


MOVED = {
    "2025-06-01T12:00:00Z": "2025-06-02T12:00:00.000Z",
    "2025-06-01T12:00:00.5Z": "2025-06-02T12:00:00.500Z",
    "2025-06-01t14:00:00+02:00": "2025-06-02T12:00:00.000Z",
    "2025-02-28T23:59:59Z": "2025-03-01T23:59:59.000Z",
}
KEPT = ["2025-06-01", "12:00:00Z", "in 2025-06-01T12:00:00Z", "2025-02-30T12:00:00Z",
        "9999-12-31T23:59:59Z", "2025-06-01T12:00:60Z", "", 5, None, True]  # fmt: skip


@pytest.mark.parametrize("text", MOVED)
def test_each_moment_in_it_moves_along_with_the_session_s_beginning(text: str) -> None:
    records = timed({"a": [text]}, after=(0.0,), starts=NOON)
    assert value(records, NOON + 86_400, NOON + 86_400) == {"a": [MOVED[text]]}


@pytest.mark.parametrize("other", KEPT)
def test_what_is_no_moment_stays(other: Any) -> None:
    records = timed({"a": [other]}, after=(0.0,), starts=NOON)
    assert value(records, NOON + 86_400, NOON + 86_400) == {"a": [other]}


def test_without_a_start_nothing_moves() -> None:
    records = timed("2025-06-01T12:00:00Z", after=(0.0,))
    assert value(records, NOON + 86_400, NOON + 86_400) == "2025-06-01T12:00:00Z"


def test_records_without_a_timeline_are_the_same_ones() -> None:
    plain = Record("x", {})
    records = Records({"jobs": (Record("a", {}, Timeline((0.0,), ("a",))),), "others": (plain,)})
    assert records.at(0.0, 1.0)["others"][0] is plain
    assert records.is_timed and not records.at(0.0, 1.0).is_timed
    assert not Records({"others": (plain,)}).is_timed


def test_what_is_derived_is_derived_once_a_stage() -> None:
    records = timed("a", "b", after=(0.0, 2.0))
    calls: list[str] = []

    def index(now: Records) -> str:
        calls.append(now["jobs"][0].value)
        return calls[-1]

    found = [records.at(0.0, passed).derived(index) for passed in (0.0, 1.0, 1.9, 2.0, 3.0)]
    assert (found, calls) == (["a", "a", "a", "b", "b"], ["a", "b"])


def test_so_many_sessions_are_kept() -> None:
    records = timed("a", after=(0.0,))
    first = records.at(0.0, 0.0)
    assert records.at(0.0, 5.0) is first
    for began in range(1, MOST_KEPT + 1):
        records.at(float(began), began + 1.0)
    assert records.at(0.0, 0.0) is not first


@pytest.mark.parametrize("text", ["", "now", "2025-06-01", "2025-02-30T00:00:00Z", "1"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no moment; expected one such as"):
        moment(text)
