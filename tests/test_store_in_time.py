"""Scenarios, sequences and timelines in fixtures are checked when they are read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mock_server.contract_reader import read_contract
from mock_server.errors import StartError
from mock_server.replies import Scenario
from mock_server.store import Store, read_store
from tests.running import document_text, json_of, thing

PATHS = thing({"200": json_of({"type": "string"}), "404": {}})
SCHEMA = "/paths/~1thing/get/responses/200/content/application~1json/schema"


def stored(folder: Path, name: str, text: str) -> Store:
    (folder / "api.json").write_text(document_text(PATHS))
    path = folder / "fixtures" / name
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return read_store(folder / "fixtures", read_contract(folder / "api.json"))


REPLY_FLAWS = {
    "state without a scenario": (
        "a: {state: x, status: 404}",
        "1:12: `scenario` is missing; expected the name of one",
    ),
    "a state that is no name": (
        "a: {scenario: s, state: 5, status: 404}",
        "1:25: `state` is a name; expected a string",
    ),
    "a scenario misspelt": (
        "a: {scenarios: s, status: 404}",
        "1:16: `scenarios` isn't known here; expected `when`, `scenario`, `state`, `next_state`",
    ),
    "an empty sequence": ("a: {sequence: []}", "1:5: expected a list of replies"),
    "a sequence that is no list": ("a: {sequence: {}}", "1:5: expected a list of replies"),
    "a sequence with a status of its own": (
        "a: {status: 404, sequence: [{status: 404}]}",
        "1:13: `status` isn't known here; expected `when`",
    ),
    "a sequence with an undeclared status": (
        "a: {sequence: [{status: 404}, {status: 500}]}",
        "1:40: the operation thing declares no response 500; it declares 200, 404",
    ),
    "a wrong body in a sequence": (
        "a: {sequence: [{status: 200, body: 7}]}",
        "1:36: the body is an integer, 7; expected a string",
    ),
    "a sequence of texts": ("a: {sequence: [x]}", "1:16: expected a mapping"),
    "a stage without a moment": (
        "a: {status: 404, timeline: [{status: 404}]}",
        "1:29: `after` is missing",
    ),
    "a stage without a status": (
        "a: {status: 404, timeline: [{after: 1s}]}",
        "1:29: `status` is missing",
    ),
    "a moment that is none": (
        "a: {status: 404, timeline: [{after: 1 s, status: 404}]}",
        "1:37: '1 s' is no length of time; expected a length of time such as 250ms",
    ),
    "stages out of order": (
        "a: {status: 404, timeline: [{after: 2s, status: 404}, {after: 2s, status: 404}]}",
        "1:63: 2s is no later than the stage before it",
    ),
    "a stage at once": (
        "a: {status: 404, timeline: [{after: 0s, status: 404}]}",
        "1:37: 0s is no later than the stage before it",
    ),
}
RECORD_FLAWS = {
    "a wrong later value": (
        "timeline: [{after: 1s, value: 7}]",
        "the value is an integer, 7; expected a string",
    ),
    "a stage without a value": ("timeline: [{after: 1s}]", "`value` is missing"),
    "a stage with more": (
        "timeline: [{after: 1s, value: a, status: 1}]",
        "`status` isn't known here; expected `after`, `value`",
    ),
    "a start that is no moment": ("starts: noon", "'noon' is no moment; expected one such as"),
}


@pytest.mark.parametrize("case", REPLY_FLAWS)
def test_what_is_wrong_in_a_reply_s_time_is_told_with_its_place(tmp_path: Path, case: str) -> None:
    text, expected = REPLY_FLAWS[case]
    with pytest.raises(StartError) as caught:
        stored(tmp_path, "replies/thing.yaml", text)
    assert f"thing.yaml:{expected}" in str(caught.value.lines[0])


@pytest.mark.parametrize("case", RECORD_FLAWS)
def test_what_is_wrong_in_a_record_s_time_is_told_with_its_place(tmp_path: Path, case: str) -> None:
    member, expected = RECORD_FLAWS[case]
    text = f"schema: {SCHEMA}\nrecords:\n  - value: a\n    {member}\n"
    with pytest.raises(StartError) as caught:
        stored(tmp_path, "records/words.yaml", text)
    assert "words.yaml:4:" in str(caught.value.lines[0])
    assert expected in str(caught.value.lines[0])


@pytest.mark.parametrize("label", ["value", "starts", "timeline"])
def test_a_label_may_not_be_called_like_a_record_s_own_members(tmp_path: Path, label: str) -> None:
    text = json.dumps({"schema": SCHEMA, "labels": {label: SCHEMA}, "records": []})
    with pytest.raises(StartError, match=f"`{label}` is the record's own; name the label otherw"):
        stored(tmp_path, "records/words.json", text)


def test_scenarios_sequences_and_timelines_are_read_as_they_are_written(tmp_path: Path) -> None:
    text = """
    moved: {scenario: s, state: a, next_state: b, when: {query: {q: x}}, status: 200, body: one}
    turns: {scenario: s, sequence: [{status: 200, body: one}, {status: 404}]}
    timed: {status: 200, body: one, timeline: [{after: 1m, status: 404}]}
    """
    moved, turns, timed = stored(tmp_path, "replies/thing.yaml", text).replies["thing"]
    assert moved.scenario == Scenario("s", "a", "b")
    assert (moved.stages, moved.conditions.query) == ((), {"q": "x"})
    assert turns.scenario == Scenario("s", None, None)
    assert [(stage.status, stage.body) for stage in turns.stages] == [(200, "one"), (404, None)]
    assert (turns.after, timed.after) == ((), (0.0, 60.0))
    assert [(stage.status, stage.body) for stage in timed.stages] == [(200, "one"), (404, None)]
