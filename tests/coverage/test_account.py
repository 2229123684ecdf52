"""What keeps account: every exchange counts once, however little the journal keeps."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from mock_server.coverage.report import Report, report
from mock_server.coverage.tally import Tally
from mock_server.server.uvicorn_server import reload
from mock_server.sessions.journal import MOST_BODY_BYTES, Received
from tests.helpers.control import call
from tests.helpers.coverage import report_of
from tests.helpers.effort import calls
from tests.helpers.running import Mock, Serve, document_text, json_of, thing, until

LETTERS = [chr(ord("a") + n) for n in range(12)]
LETTER = {"name": "letter", "in": "query", "schema": {"enum": LETTERS}}
THING = thing({"200": json_of({"type": "string"}, example="ok")}, parameters=[LETTER])


def letters(found: Report) -> list[str]:
    return [
        json.loads(entry.name.split()[-1])
        for entry in found.entries
        if entry.kind == "enums" and entry.met
    ]


def ask(mock: Mock, letter: str, session: str = "") -> None:
    headers = {"Mock-Session": session} if session else {}
    assert mock.get(f"/thing?letter={letter}", headers=headers).status_code == 200


@pytest.mark.parametrize("size", [0, 1, 3, 1_000])
def test_every_exchange_counts_however_few_the_journal_keeps(
    serve: Serve, tmp_path: Path, size: int
) -> None:
    mock = serve(THING, journal_size=size, coverage=tmp_path / "report.json")
    for letter in LETTERS[:8]:
        ask(mock, letter)
    found = report_of(mock)
    assert letters(found) == LETTERS[:8]
    assert found.exchanges.counted == 8
    assert found.exchanges.forgotten == 0


def test_an_exchange_counts_once_however_often_a_report_is_asked_for(
    serve: Serve, tmp_path: Path
) -> None:
    mock = serve(THING, journal_size=2, coverage=tmp_path / "report.json")
    for letter in "aabc":
        ask(mock, letter)
        report_of(mock)
    assert report_of(mock).exchanges.counted == 4


def test_what_had_gone_before_anybody_counted_is_told(serve: Serve) -> None:
    mock = serve(THING, journal_size=2)
    for letter in "abcd":
        ask(mock, letter)
    found = report_of(mock)
    assert letters(found) == ["c", "d"]
    assert (found.exchanges.counted, found.exchanges.forgotten) == (2, 2)
    for letter in "efgh":
        ask(mock, letter)
    assert letters(report_of(mock)) == list("cdefgh")


def test_sessions_count_together_and_outlive_their_reset(serve: Serve, tmp_path: Path) -> None:
    mock = serve(THING, coverage=tmp_path / "report.json")
    ask(mock, "a")
    ask(mock, "b", "one")
    call(mock, "POST", "/_mock/reset", 204, "one")
    ask(mock, "c", "two")
    call(mock, "DELETE", "/_mock/sessions/two", 204)
    call(mock, "DELETE", "/_mock/exchanges", 204)
    assert letters(report_of(mock)) == ["a", "b", "c"]


def test_a_session_that_begins_after_a_report_counts_too(serve: Serve) -> None:
    mock = serve(THING, journal_size=1)
    report_of(mock)
    for letter in "abc":
        ask(mock, letter, "late")
    assert letters(report_of(mock)) == ["a", "b", "c"]


def test_a_body_that_the_journal_cuts_is_told_and_the_rest_counts(serve: Serve) -> None:
    body = json_of({"type": "string"})
    paths = thing({"204": {}}, "post", requestBody=body, parameters=[LETTER])
    mock = serve(paths)
    long = json.dumps("x" * (MOST_BODY_BYTES + 1))
    headers = {"Content-Type": "application/json"}
    assert mock.post("/thing?letter=b", content=long, headers=headers).status_code == 204
    found = report_of(mock)
    assert found.exchanges.cut == 1
    assert letters(found) == ["b"]
    assert [e.text for e in found.missing("media-types")] == ["thing request application/json"]


def test_what_was_met_before_a_reload_stays_met_where_it_is_still_there(
    serve: Serve, tmp_path: Path
) -> None:
    path = tmp_path / "thing.json"
    path.write_text(document_text(THING))
    mock = serve(path, coverage=tmp_path / "report.json")
    ask(mock, "a")
    ask(mock, "b")
    shorter = {**LETTER, "schema": {"enum": ["a", "z"]}}
    path.write_text(document_text({"/thing": {"get": {**THING["/thing"]["get"],
                                                     "parameters": [shorter]}}}))  # fmt: skip
    assert reload(mock.app, "thing.json")
    found = report_of(mock)
    enums = [(entry.name, entry.met) for entry in found.entries if entry.kind == "enums"]
    assert enums == [('letter "a"', True), ('letter "z"', False)]


def test_stubs_are_told_whether_they_were_answered_with(serve: Serve, tmp_path: Path) -> None:
    mock = serve(THING, coverage=tmp_path / "report.json")
    for name in ("used", "unused"):
        when = {"query": {"letter": "a" if name == "used" else "b"}}
        stub = {"operation": "thing", "name": name, "status": 200, "body": "x", "when": when}
        call(mock, "POST", "/_mock/stubs", 201, json=stub)
    ask(mock, "a")
    call(mock, "POST", "/_mock/reset", 204)
    found = report_of(mock)
    stubs = {e.name: e.met for e in found.entries if e.kind == "stubs"}
    assert stubs == {"used": True, "unused": False}


def test_a_stub_that_no_request_ever_met_is_told(serve: Serve) -> None:
    mock = serve(THING)
    call(
        mock,
        "POST",
        "/_mock/stubs",
        201,
        "s",
        json={"operation": "thing", "status": 200, "body": ""},
    )
    assert [e.text for e in report_of(mock).missing("stubs")] == ["thing stub-1"]


def test_the_control_api_tells_the_report(serve: Serve) -> None:
    mock = serve(THING)
    ask(mock, "c")
    told = call(mock, "GET", "/_mock/coverage")
    assert told == report_of(mock).as_json()
    assert told["figures"]["enums"] == {"met": 1, "of": 12, "percent": 8.33}
    assert told["exchanges"] == {"counted": 1, "cut": 0, "forgotten": 0, "astray": 0}


def paid(mock: Mock) -> int:
    """Return what it costs to write an exchange down."""

    def add() -> None:
        received = Received(0.0, "GET", "/thing", "letter=a", "thing", [], b"")
        mock.app.journal.add(received, None)

    add()
    return calls(add)


def test_a_request_pays_nothing_for_it_until_the_journal_is_full(
    serve: Serve, tmp_path: Path
) -> None:
    assert paid(serve(THING, coverage=tmp_path / "report.json")) == paid(serve(THING))


def test_where_nobody_counts_a_full_journal_pays_for_letting_go_alone(serve: Serve) -> None:
    assert paid(serve(THING, journal_size=1)) <= paid(serve(THING)) + 6


def test_a_mistake_while_counting_is_logged_and_keeps_nobody_from_an_answer(
    serve: Serve, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mock = serve(THING, journal_size=0, coverage=tmp_path / "report.json")
    mock.app.coverage._counter._plans = {}
    with caplog.at_level(logging.ERROR, "mock_server"):
        ask(mock, "a")
    until(lambda: "Not counted: thing, exchange 1" in caplog.text, "what is logged of it")


def test_a_tally_of_a_contract_is_a_report_without_a_server(serve: Serve) -> None:
    contract = serve(THING).app.parts.contract
    found = report(contract, Tally())
    assert found.figures["all"].met == 0
    assert found.figures["operations"].of == 1
    assert found.lines()[0].split() == ["operations", "0", "of", "1", "0", "%"]
