"""Fault rules, read from a line or a mapping; all errors in a rule are reported."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.durations import Delay, duration_text, read_delay
from mock_server.core.durations import parse_duration as seconds_of
from mock_server.http_messages.faults import (
    KINDS,
    STATUSES,
    Fault,
    FaultRule,
    Limit,
    WrongRule,
    members_of,
    read_limit,
    read_rule,
)

OPERATIONS = {"getPet", "addPet"}

LINES = {
    "reset": FaultRule(Fault("reset")),
    "fault=reset": FaultRule(Fault("reset")),
    " 503 ; next = 3 ;operation=getPet;retry-after=2s": FaultRule(
        Fault("503", retry_after=2), operation="getPet", next=3
    ),
    "503; retry_after=2s": FaultRule(Fault("503", retry_after=2)),
    "502; retry_after=2s": FaultRule(Fault("502", retry_after=2)),
    "401; every=2": FaultRule(Fault("401"), every=2),
    "reset; one-in=20": FaultRule(Fault("reset"), one_in=20),
    "delay=2s; every=4": FaultRule(Fault(delay=Delay(2, 2)), every=4),
    "drip; over=10s; delay=100ms..500ms": FaultRule(Fault("drip", Delay(0.1, 0.5), over=10)),
    "limit=10/1m": FaultRule(limit=Limit(10, 60)),
    "limit=1/500ms; operation=addPet;": FaultRule(limit=Limit(1, 0.5), operation="addPet"),
}


def read(line: str) -> FaultRule:
    return read_rule(members_of(line), OPERATIONS)


@pytest.mark.parametrize("line", LINES)
def test_a_rule_is_read_from_a_line(line: str) -> None:
    assert read(line) == LINES[line]


@pytest.mark.parametrize("kind", KINDS)
def test_every_fault_is_known_by_its_name(kind: str) -> None:
    assert read(kind) == FaultRule(Fault(kind))


def test_a_mapping_may_have_numbers_where_yaml_reads_them_so() -> None:
    rule = read_rule({"fault": 503, "next": 3, "delay": "1s"}, OPERATIONS)
    assert rule == FaultRule(Fault("503", Delay(1, 1)), next=3)


WRONG: dict[str, str] = {
    "": "`fault`, `delay` or `limit` is missing",
    "next=3": "`fault`, `delay` or `limit` is missing",
    "resett": r"'resett' is no fault; expected reset, close, .*, or a status from 400 to 599"
    r" such as 429 or 503; did you mean reset\?",
    "reset; nxt=3": r"`nxt` isn't known here; expected `fault`, .*; did you mean next\?",
    "reset; next": "`next`: '' is no count; expected a number from 1 on",
    "reset; next=0": "'0' is no count",
    "reset; every=-1": "'-1' is no count",
    "reset; one-in=1.5": "'1.5' is no count",
    "reset; next=٣": "is no count",
    "reset; next=3; every=2": "`every` can't stand beside `next`",
    "reset; next=3; next=4": "`next` is there twice",
    "delay=soon": "`delay`: 'soon' is no delay; expected a length of time such as 250ms",
    "503; retry-after=2": "`retry_after`: '2' is no length of time",
    "reset; retry-after=2s": "`retry_after` belongs to a fault that is a status, such as 503",
    "reset; over=2s": "`over` belongs to the fault drip",
    "limit=10": "'10' is no limit; expected a number in a time, such as 10/1m",
    "limit=10/0s": "'10/0s' is no limit",
    "limit=0/1m": "'0/1m' is no limit",
    "limit=10/1m; delay=1s": "`delay` can't stand beside `limit`",
    "reset; operation=getPets": r"no operation .* the id getPets; did you mean getPet\?",
}


@pytest.mark.parametrize("line", WRONG)
def test_what_is_no_rule_is_told_with_what_was_expected(line: str) -> None:
    with pytest.raises(WrongRule, match=WRONG[line]):
        read(line)


@pytest.mark.parametrize("value", [None, True, 1.5, [1], {}], ids=str)
def test_a_member_is_a_text_or_a_number(value: Any) -> None:
    with pytest.raises(WrongRule, match=r"`next` is .*; expected a text or a number"):
        read_rule({"fault": "reset", "next": value}, OPERATIONS)


def test_all_that_is_wrong_is_told_by_its_member() -> None:
    with pytest.raises(WrongRule) as caught:
        read("resett; next=x; operation=nobody")
    assert [member for member, _ in caught.value.wrong] == ["fault", "next", "operation"]


# A rule and the members by which it's reported

lengths = st.integers(1, 10**9).map(lambda thousandths: thousandths / 1000)
delays = st.one_of(
    lengths.map(lambda length: Delay(length, length)),
    st.tuples(lengths, lengths).map(lambda ends: Delay(*sorted(ends))),
    st.builds(lambda m, s: Delay(m, m, s / 100), lengths, st.integers(1, 300)),
)
kinds = st.sampled_from(sorted(KINDS))
faults = st.one_of(
    st.builds(Fault, kinds, st.none() | delays),
    st.builds(Fault, st.just(""), delays),
    st.builds(Fault, st.sampled_from(sorted(STATUSES)), st.none() | delays, lengths),
    st.builds(Fault, st.just("drip"), st.none() | delays, st.none(), lengths),
)
counts = st.integers(1, 10**6)
operations = st.none() | st.sampled_from(sorted(OPERATIONS))
rules = st.one_of(
    st.builds(FaultRule, faults, operation=operations),
    st.builds(FaultRule, faults, operation=operations, next=counts),
    st.builds(FaultRule, faults, operation=operations, every=counts),
    st.builds(FaultRule, faults, operation=operations, one_in=counts),
    st.builds(FaultRule, limit=st.builds(Limit, counts, lengths), operation=operations),
)


@given(rules)
def test_a_rule_is_read_again_from_the_members_that_it_tells(rule: FaultRule) -> None:
    assert read_rule(rule.as_json(), OPERATIONS) == rule


@given(rules)
def test_a_line_says_the_same_as_a_mapping(rule: FaultRule) -> None:
    members = rule.as_json()
    line = "; ".join(f"{name.replace('_', '-')}={value}" for name, value in members.items())
    assert read(line) == rule


@given(delays)
def test_a_delay_is_read_again_from_its_text(delay: Delay) -> None:
    assert read_delay(str(delay)) == delay


@given(lengths)
def test_a_length_of_time_is_read_again_from_its_text(length: float) -> None:
    assert seconds_of(duration_text(length)) == length


@pytest.mark.parametrize(
    ("length", "words"),
    [(0, "0ms"), (0.25, "250ms"), (2, "2s"), (90, "90s"), (60, "1m"), (7200, "2h"), (86400, "1d")],
)
def test_a_length_of_time_is_told_in_its_largest_unit(length: float, words: str) -> None:
    assert duration_text(length) == words


def test_a_limit_is_told_as_it_is_read() -> None:
    assert str(read_limit("10/60s")) == "10/1m"


def test_what_one_fault_leaves_open_is_as_the_other_has_it() -> None:
    slow, out = Fault(delay=Delay(1, 1)), Fault("503", retry_after=2)
    assert slow.or_else(out) == Fault("503", Delay(1, 1), 2)
    assert out.or_else(Fault("drip", Delay(3, 3), over=9)) == Fault("503", Delay(3, 3), 2)
    assert slow.or_else(None) == slow
