"""What keeps a canned reply from applying is told in full, each difference with both values."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.differences import differences
from mock_server.matching import Matcher
from mock_server.messages import Request
from mock_server.replies import CannedReply, Conditions, Scenario
from mock_server.validate import ABSENT, Arguments

REQUEST = Request("POST", "/a", "q=x&r=y", {b"x-one": b"1"}, b"")
BODY = {"a": 1, "list": ["x", {"id": 1}], "deep": {"b": [True]}}
ARGUMENTS = Arguments({"id": 5}, {"q": "x"}, {}, {}, BODY)

CASES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing asked": ({}, []),
    "all holds": (
        {"path": {"id": "5"}, "query": {"r": "y"}, "headers": {"x-one": "1"}, "body": {"a": 1}},
        [],
    ),
    "path": ({"path": {"id": 6}}, ["path parameter id is 5; expected 6"]),
    "query": ({"query": {"q": "z"}}, ['query parameter q is "x"; expected "z"']),
    "query missing": ({"query": {"s": 1}}, ["query parameter s is missing; expected 1"]),
    "query not to be sent": ({"query": {"q": None}}, ['query parameter q is "x"; expected none']),
    "header": ({"headers": {"x-one": "2"}}, ['header x-one is "1"; expected "2"']),
    "header missing": ({"headers": {"x-two": "2"}}, ['header x-two is missing; expected "2"']),
    "body member": ({"body": {"a": 2}}, ["body /a is 1; expected 2"]),
    "body member missing": ({"body": {"z": 2}}, ["body /z is missing; expected 2"]),
    "body deep down": ({"body": {"deep": {"b": [True], "c": {}}}},
                       ["body /deep/c is missing; expected {}"]),
    "element": ({"body": {"list": ["x", "y"]}},
                ['an element of the body /list is ["x",{"id":1}]; expected "y"']),
    "other type": ({"body": {"deep": 5}}, ['body /deep is {"b":[true]}; expected 5']),
    "true is not 1": ({"body": {"a": True}}, ["body /a is 1; expected true"]),
    "a name with a slash": ({"body": {"a/b": 1}}, ["body /a~1b is missing; expected 1"]),
    "several": (
        {"path": {"id": 6}, "headers": {"x-one": "2"}, "body": {"a": 2, "z": 3}},
        ["path parameter id is 5; expected 6", 'header x-one is "1"; expected "2"',
         "body /a is 1; expected 2", "body /z is missing; expected 3"],
    ),
}  # fmt: skip


def reply(when: dict[str, Any], scenario: Scenario | None = None) -> CannedReply:
    conditions = Conditions(**when, has_body="body" in when)
    return CannedReply("one", conditions, 200, None, (), None, False, scenario)


@pytest.mark.parametrize("case", CASES)
def test_each_difference_is_told_with_what_was_expected_and_found(case: str) -> None:
    when, expected = CASES[case]
    assert list(map(str, differences(reply(when), REQUEST, ARGUMENTS, {}))) == expected


@pytest.mark.parametrize("case", CASES)
def test_there_is_a_difference_just_where_the_conditions_do_not_hold(case: str) -> None:
    one = reply(CASES[case][0])
    matcher = Matcher(one)
    holds = not (
        matcher.path_difference(ARGUMENTS.path) or matcher.difference(REQUEST, ARGUMENTS, {})
    )
    assert holds == (differences(one, REQUEST, ARGUMENTS, {}) == [])


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("paid", []),
        ("open", ['scenario order is "open"; expected "paid"']),
        (None, ['scenario order is "Started"; expected "paid"']),
    ],
)
def test_the_state_of_a_scenario_is_a_condition(state: str | None, expected: list[str]) -> None:
    one = reply({}, Scenario("order", "paid"))
    states = {} if state is None else {"order": state}
    assert list(map(str, differences(one, REQUEST, ARGUMENTS, states))) == expected


def test_a_body_that_was_not_sent_is_missing() -> None:
    found = differences(reply({"body": {"a": 1}}), REQUEST, ARGUMENTS._replace(body=ABSENT), {})
    assert list(map(str, found)) == ['body is missing; expected {"a":1}']
