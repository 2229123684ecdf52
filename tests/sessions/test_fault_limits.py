"""Fault rules with limits: by count, by chance, and by the rate of each client."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.http_messages.faults import Fault, FaultRule, members_of, read_rule
from mock_server.sessions.clock import Clock
from mock_server.sessions.fault_limits import MOST_CLIENTS, Faults

OPERATIONS = ("getPet", "addPet")
ALICE, BOB = ("127.0.0.1", b"alice"), ("127.0.0.1", b"bob")


def rule(line: str) -> FaultRule:
    return read_rule(members_of(line), OPERATIONS)


def faults(*lines: str) -> Faults:
    return Faults(tuple(map(rule, lines)), Clock())


def kinds(of: Faults, count: int, operation: str = "getPet", seed: str = "mock") -> list[str]:
    """Return what goes wrong with the next so many answers; the empty text if nothing does."""
    picked = (of.pick(operation, ALICE, seed).fault for _ in range(count))
    return [str(fault or "") for fault in picked]


def test_without_rules_nothing_goes_wrong() -> None:
    assert kinds(faults(), 3) == ["", "", ""]


def test_a_rule_that_says_no_more_holds_for_every_answer() -> None:
    assert kinds(faults("reset"), 3) == ["reset"] * 3


def test_the_next_answers_are_as_many_as_was_said_and_then_the_rule_is_gone() -> None:
    found = faults("503; next=3")
    assert kinds(found, 5) == ["503", "503", "503", "", ""]
    assert found.rules == ()


def test_every_fourth_answer_is_one_in_four_from_the_start() -> None:
    assert kinds(faults("delay=2s; every=4"), 9) == ["", "", "", "delay=2s"] * 2 + [""]


def test_a_rule_of_one_operation_neither_meets_nor_counts_the_others() -> None:
    found = faults("503; next=1; operation=getPet")
    assert kinds(found, 3, "addPet") == ["", "", ""]
    assert kinds(found, 2) == ["503", ""]


def test_the_rule_in_front_wins_and_one_behind_it_waits_for_its_turn() -> None:
    assert kinds(faults("503; next=2", "reset; next=2"), 5) == ["503", "503", "reset", "reset", ""]


def test_a_delay_and_a_fault_of_two_rules_come_together() -> None:
    assert kinds(faults("delay=1s", "reset; next=1"), 2) == ["reset; delay=1s", "delay=1s"]


def test_what_is_added_stands_in_front() -> None:
    found = faults("reset")
    found.add(rule("503; next=1"))
    assert kinds(found, 2) == ["503", "reset"]


# Chance


def test_chance_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    line = "reset; one-in=5"
    assert kinds(faults(line), 200) == kinds(faults(line), 200)
    assert kinds(faults(line), 200) != kinds(faults(line), 200, seed="other")


def test_chance_comes_about_as_often_as_it_should() -> None:
    hit = sum(map(bool, kinds(faults("reset; one-in=20"), 20_000)))
    assert 800 < hit < 1_200


def test_chance_does_not_depend_on_the_rules_beside_it() -> None:
    alone = kinds(faults("reset; one-in=5"), 100)
    together = kinds(faults("503; every=3", "reset; one-in=5"), 100)
    assert [b for a, b in zip(alone, together, strict=True) if b != "503"] == [
        a for a, b in zip(alone, together, strict=True) if b != "503"
    ]


def test_a_seed_that_is_set_later_has_its_say_from_then_on() -> None:
    found = faults("reset; one-in=5")
    kinds(found, 50)
    assert kinds(found, 100, seed="new") == kinds(faults("reset; one-in=5"), 100, seed="new")


def test_a_delay_is_drawn_anew_each_time_in_the_same_order_for_the_same_seed() -> None:
    delay = rule("delay=100ms..900ms").fault
    assert delay is not None and delay.delay is not None
    first, again = faults(), faults()
    waits = [first.seconds(delay.delay, "mock") for _ in range(10)]
    assert waits == [again.seconds(delay.delay, "mock") for _ in range(10)]
    assert len(set(waits)) == 10
    assert all(0.1 <= wait <= 0.9 for wait in waits)


# The list


def test_rules_are_listed_with_what_they_have_left() -> None:
    found = faults("503; next=3", "reset; every=2")
    kinds(found, 1)
    new = found.add(rule("hang; next=7"))
    assert [(listed.id, listed.rule.as_json(), listed.left) for listed in found.list()] == [
        (new, {"fault": "hang", "next": 7}, 7),
        (1, {"fault": "503", "next": 3}, 2),
        (2, {"fault": "reset", "every": 2}, None),
    ]


def test_a_rule_is_taken_away_by_its_number() -> None:
    found = faults("503", "reset")
    assert found.remove(1)
    assert not found.remove(1)
    assert kinds(found, 1) == ["reset"]


def test_all_rules_are_taken_away_or_put_back() -> None:
    found = faults("503; next=1")
    found.add(rule("reset"))
    found.clear()
    assert (found.rules, kinds(found, 1), found.list()) == ((), [""], [])
    found.reset()
    assert kinds(found, 2) == ["503", ""]
    found.reset()
    assert kinds(found, 2) == ["503", ""]


def test_the_rules_of_another_start_hold_at_once_and_the_same_go_on() -> None:
    found = faults("503; next=2")
    kinds(found, 1)
    found.begin_with((rule("503; next=2"),))
    assert kinds(found, 2) == ["503", ""]
    found.begin_with((rule("reset"),))
    assert kinds(found, 1) == ["reset"]


def test_rules_that_nothing_met_cost_next_to_nothing() -> None:
    start = tuple(rule("reset; one-in=20") for _ in range(20))
    one = Faults(start, Clock())
    assert sys.getsizeof(one) < 200
    assert one._counts is None


# A model


@dataclass
class Model:
    """What should come of rules, worked out from the whole history each time."""

    rules: list[FaultRule]
    hit: dict[int, int] = field(default_factory=dict)
    met: dict[int, int] = field(default_factory=dict)

    def pick(self, operation: str) -> str:
        kind, delay = "", ""
        for number, rule in enumerate(self.rules):
            if rule.operation not in (None, operation):
                continue
            self.met[number] = self.met.get(number, 0) + 1
            if rule.every is not None and self.met[number] % rule.every:
                continue
            if rule.next is not None and self.hit.get(number, 0) >= rule.next:
                continue
            assert rule.fault is not None
            new_kind = rule.fault.kind if not kind else ""
            new_delay = f"delay={rule.fault.delay}" if rule.fault.delay and not delay else ""
            if new_kind or new_delay:
                self.hit[number] = self.hit.get(number, 0) + 1
            kind, delay = kind or new_kind, delay or new_delay
        return "; ".join(filter(None, [kind, delay]))


lines = st.builds(
    lambda what, when, where: "; ".join(filter(None, [what, when, where])),
    st.sampled_from(["503", "reset", "drip", "delay=1s", "delay=2s", "hang; delay=3s"]),
    st.sampled_from(["", "next=1", "next=2", "next=5", "every=1", "every=2", "every=3"]),
    st.sampled_from(["", "operation=getPet", "operation=addPet"]),
)


@given(st.lists(lines, max_size=6), st.lists(st.sampled_from(OPERATIONS), max_size=30))
def test_rules_together_are_as_the_model_has_them(said: list[str], asked: list[str]) -> None:
    found, model = faults(*said), Model(list(map(rule, said)))
    for operation in asked:
        picked = found.pick(operation, ALICE, "mock").fault
        assert str(picked or "") == model.pick(operation)


# Rates


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.freeze()
    return clock


def rate(of: Faults, client: object = ALICE, operation: str = "getPet") -> list[str]:
    """Return the limit's figures in the next answer."""
    fault, headers = of.pick(operation, client, "mock")
    older = (value.decode() for name, value in headers if name.startswith(b"ratelimit-"))
    return [str(fault or ""), *(text for text in older if not text.startswith('"'))]


def test_a_limit_is_told_as_the_present_draft_has_it_too(clock: Clock) -> None:
    found = Faults((rule("limit=2/1m"),), clock)
    told = [dict(found.pick("getPet", ALICE, "mock").headers) for _ in range(3)]
    assert [headers[b"ratelimit"] for headers in told] == [
        b'"default";r=1;t=60',
        b'"default";r=0;t=60',
        b'"default";r=0;t=60',
    ]
    assert {headers[b"ratelimit-policy"] for headers in told} == {b'"default";q=2;w=60'}


def test_a_limit_counts_down_and_then_refuses_until_its_time_is_over(clock: Clock) -> None:
    found = Faults((rule("limit=2/1m"),), clock)
    assert rate(found) == ["", "2", "1", "60"]
    clock.advance(20)
    assert rate(found) == ["", "2", "0", "40"]
    clock.advance(0.5)
    assert rate(found) == ["429", "2", "0", "40"]
    clock.advance(39.4)
    assert rate(found) == ["429", "2", "0", "1"]
    clock.advance(0.1)
    assert rate(found) == ["", "2", "1", "60"]


def test_a_refusal_says_when_to_come_again(clock: Clock) -> None:
    found = Faults((rule("limit=1/30s"),), clock)
    rate(found)
    clock.advance(10)
    assert found.pick("getPet", ALICE, "mock").fault == Fault("429", retry_after=20)


def test_each_client_has_a_limit_of_its_own(clock: Clock) -> None:
    found = Faults((rule("limit=1/1m"),), clock)
    assert [rate(found)[0], rate(found)[0], rate(found, BOB)[0]] == ["", "429", ""]


def test_a_limit_of_one_operation_leaves_the_others_alone(clock: Clock) -> None:
    found = Faults((rule("limit=1/1m; operation=getPet"),), clock)
    assert rate(found, operation="addPet") == [""]
    assert rate(found) == ["", "1", "0", "60"]


def test_of_two_limits_the_tighter_is_told(clock: Clock) -> None:
    found = Faults((rule("limit=5/1h"), rule("limit=2/1m")), clock)
    assert [rate(found)[1:3] for _ in range(3)] == [["2", "1"], ["2", "0"], ["2", "0"]]
    clock.advance(60)
    assert [rate(found)[1:3] for _ in range(2)] == [["5", "1"], ["5", "0"]]


def test_a_limit_that_is_reached_comes_before_all_else_and_uses_nothing_up(clock: Clock) -> None:
    found = Faults((rule("503; next=1"), rule("limit=1/1m")), clock)
    assert [rate(found)[0], rate(found)[0]] == ["503", "429"]
    found = Faults((rule("limit=1/1m"), rule("503; next=2")), clock)
    assert [rate(found)[0], rate(found)[0]] == ["503", "429"]
    clock.advance(60)
    assert [rate(found)[0], found.rules[-1].limit is not None] == ["503", True]


def test_a_clock_that_is_set_back_begins_anew(clock: Clock) -> None:
    found = Faults((rule("limit=1/1m"),), clock)
    assert [rate(found)[0], rate(found)[0]] == ["", "429"]
    clock.advance(-3600)
    assert rate(found) == ["", "1", "0", "60"]


def test_clients_without_number_are_not_remembered_without_bound(clock: Clock) -> None:
    found = Faults((rule("limit=1/1m"),), clock)
    for number in range(MOST_CLIENTS + 10):
        rate(found, number)
    assert rate(found, MOST_CLIENTS + 9)[0] == "429"
    assert rate(found, 0)[0] == ""
    [counted] = found._counted().values()
    assert len(counted.windows) <= MOST_CLIENTS


@given(
    st.integers(1, 5),
    st.lists(st.tuples(st.floats(0, 40), st.sampled_from([ALICE, BOB])), max_size=40),
)
def test_no_client_gets_more_answers_in_a_window_than_its_limit(
    most: int, steps: list[tuple[float, object]]
) -> None:
    clock = Clock(lambda: 0.0)
    clock.freeze()
    found = Faults((rule(f"limit={most}/1m"),), clock)
    windows: dict[object, tuple[float, int]] = {}
    for wait, client in steps:
        clock.advance(wait)
        start, used = windows.get(client, (clock.now(), 0))
        if clock.now() >= start + 60:
            start, used = clock.now(), 0
        windows[client] = (start, used + 1)
        told, limit, left, _ = rate(found, client)
        assert (told, limit, left) == (
            "429" if used >= most else "",
            str(most),
            str(max(0, most - used - 1)),
        )
