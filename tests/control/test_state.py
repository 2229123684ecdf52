"""A session's state, read and set: stubs, scenarios, clock, seed, sessions."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.helpers.control import call, exchanges, reply_to, wrong
from tests.helpers.running import KEYS, LATEST, Mock, Serve, json_of, thing

TEXT = {"type": "string"}
ITEM = {
    "/items/{id}": {
        "get": {
            "operationId": "get_item",
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": TEXT}],
            "responses": {
                "200": {"description": "", **json_of(TEXT, example="contract")},
                "404": {"description": "", **json_of(TEXT)},
            },
        },
        "delete": {"responses": {"204": {"description": ""}}},
    }
}
CANNED = {
    "replies/get_item.yaml": """
first:
  {when: {path: {id: job}}, scenario: job, state: Started, next_state: done, status: 200, body: new}
then: {when: {path: {id: job}}, scenario: job, state: done, status: 200, body: done}
gone: {when: {path: {id: gone}}, scenario: end, state: over, status: 404, body: over}
"""
}


@pytest.fixture
def mock(serve: Serve) -> Mock:
    return serve(ITEM, fixtures=CANNED)


def stub(mock: Mock, body: str, session: str = "", **members: Any) -> Any:
    members = {"operation": "get_item", "status": 200, "body": body, **members}
    return call(mock, "POST", "/_mock/stubs", 201, session, json=members)


def item(mock: Mock, id: str = "1", session: str = "") -> Any:
    return mock.get(f"/items/{id}", headers={"Mock-Session": session} if session else {}).json()


# Stubs


def test_a_stub_stands_in_front_and_the_last_one_first(mock: Mock) -> None:
    assert item(mock) == "contract"
    stub(mock, "first")
    assert item(mock, "job") == "first"
    stub(mock, "second", when={"path": {"id": "job"}})
    assert [item(mock), item(mock, "job")] == ["first", "second"]


def test_what_is_listed_is_what_was_posted_and_can_be_posted_again(mock: Mock) -> None:
    when = {"path": {"id": "7"}}
    posted = stub(mock, "seven", name="seven", when=when, headers={"X-Mine": "yes"})
    assert posted["when"] == when
    call(mock, "POST", "/_mock/stubs", 201, json=posted)
    assert call(mock, "GET", "/_mock/stubs") == {"stubs": [posted]}
    assert mock.get("/items/7").headers["X-Mine"] == "yes"


def test_stubs_without_a_name_get_one_each(mock: Mock) -> None:
    names = [stub(mock, text)["name"] for text in "abc"]
    call(mock, "DELETE", f"/_mock/stubs/get_item/{names[1]}", 204)
    assert stub(mock, "d")["name"] == names[1]
    assert len(set(names)) == 3


def test_a_stub_is_taken_away_at_the_place_that_it_was_given(mock: Mock) -> None:
    members = {"operation": "get_item", "name": "a/b ü", "status": 404, "body": "gone"}
    place = reply_to(mock, "POST", "/_mock/stubs", json=members).headers["Location"]
    assert item(mock) == "gone"
    call(mock, "DELETE", place, 204)
    assert item(mock) == "contract"
    assert wrong(mock, "DELETE", place, 404) == ["There is no stub a/b ü of get_item."]


def test_an_operation_without_an_id_has_stubs_too(mock: Mock) -> None:
    members = {"operation": "DELETE /items/{id}", "status": 204, "headers": {"X-Mine": "yes"}}
    place = reply_to(mock, "POST", "/_mock/stubs", json=members).headers["Location"]
    assert mock.client.delete("/items/1").headers["X-Mine"] == "yes"
    call(mock, "DELETE", place, 204)
    assert "X-Mine" not in mock.client.delete("/items/1").headers


def test_all_stubs_are_taken_away_at_once(mock: Mock) -> None:
    stub(mock, "a")
    stub(mock, "b")
    call(mock, "DELETE", "/_mock/stubs", 204)
    assert (item(mock), call(mock, "GET", "/_mock/stubs")) == ("contract", {"stubs": []})


def test_everything_that_the_contract_forbids_in_a_stub_is_told(mock: Mock) -> None:
    members = {
        "operation": "get_item",
        "status": 404,
        "boy": "x",
        "body": 5,
        "when": {"path": {"idd": "1"}},
    }
    told = call(mock, "POST", "/_mock/stubs", 422, json=members)["validation"]
    by_place = {"/".join(v["location"]): (v["code"], v["message"]) for v in told}
    assert by_place["request/body/boy"][1].endswith("did you mean body?")
    assert by_place["request/body/when/path/idd"][1].endswith("did you mean id?")
    assert "is an integer, 5; expected a string" in by_place["request/body/body"][1]
    assert len(told) == 3
    assert call(mock, "GET", "/_mock/stubs") == {"stubs": []}


WRONG_STUBS: dict[str, tuple[Any, str]] = {
    "no operation": ({"status": 200}, "operation in the body is missing"),
    "unknown operation": ({"operation": "get_itme"}, "did you mean get_item?"),
    "undeclared status": ({"operation": "get_item", "status": 500}, "declares no response 500"),
    "no status": ({"operation": "get_item"}, "`status` is missing"),
    "no body": ({"operation": "get_item", "status": 200}, "`body` is missing"),
    "no object": ([], "expected an object"),
    "empty name": ({"operation": "get_item", "name": ""}, "name in the body"),
    "timeline": (
        {"operation": "get_item", "status": 200, "body": "", "timeline": [{"after": "soon"}]},
        "length of time",
    ),
}


@pytest.mark.parametrize(("members", "said"), WRONG_STUBS.values(), ids=WRONG_STUBS)
def test_a_stub_that_can_t_be_one_is_refused(mock: Mock, members: Any, said: str) -> None:
    messages = wrong(mock, "POST", "/_mock/stubs", json=members)
    assert any(said in message for message in messages), messages


def test_a_stub_can_be_a_sequence_and_have_a_timeline(mock: Mock) -> None:
    answers = [{"status": 404, "body": "no"}, {"status": 200, "body": "yes"}]
    members = {"operation": "get_item", "sequence": answers, "when": {"path": {"id": "s"}}}
    call(mock, "POST", "/_mock/stubs", 201, json=members)
    assert [item(mock, "s") for _ in range(3)] == ["no", "yes", "yes"]
    stub(mock, "young", timeline=[{"after": "1h", "status": 200, "body": "old"}])
    assert item(mock) == "young"
    call(mock, "PATCH", "/_mock/clock", json={"advance": "1h"})
    assert item(mock) == "old"


def test_a_stub_s_turn_is_not_that_of_a_canned_reply_of_its_name(serve: Serve) -> None:
    a, b, c, d = ({"status": 200, "body": letter} for letter in "abcd")
    mock = serve(
        ITEM, fixtures={"replies/get_item.yaml": json.dumps({"turns": {"sequence": [a, b]}})}
    )
    members = {"operation": "get_item", "name": "turns", "sequence": [c, d]}
    assert item(mock) == "a"
    call(mock, "POST", "/_mock/stubs", 201, json={**members, "when": {"path": {"id": "s"}}})
    assert [item(mock, "s"), item(mock), item(mock, "s")] == ["c", "b", "d"]


def test_a_stub_whose_status_a_changed_document_no_longer_declares_says_so(
    serve: Serve,
) -> None:
    mock = serve(ITEM)
    stub(mock, "gone", status=404, name="lost")
    document = mock.app.settings.document
    assert isinstance(document, Path)
    document.write_text(document.read_text().replace("404", "410"))
    mock.app.load()
    reply = mock.get("/items/1")
    assert (reply.status_code, reply.json()["title"]) == (500, "The reply breaks the contract")
    said = "stub:lost has the status 404, which get_item doesn't declare; it declares 200, 410."
    assert reply.json()["detail"] == said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"text/plain": {"schema": TEXT}}, "of text/csv, which the response 200 doesn't declare;"),
        ({}, "of text/csv, which the response 200 doesn't declare; it declares none."),
    ],
    ids=["another type", "no body"],
)
def test_a_stub_whose_body_a_changed_document_no_longer_declares_says_so(
    serve: Serve, content: dict[str, Any], said: str
) -> None:
    mock = serve(thing({"200": {"content": {"text/csv": {"schema": TEXT}}}}))
    members = {"operation": "thing", "name": "old", "status": 200, "media_type": "text/csv"}
    call(mock, "POST", "/_mock/stubs", 201, json={**members, "body": "a,b"})
    document = mock.app.settings.document
    assert isinstance(document, Path)
    changed = json.loads(document.read_text())
    changed["paths"]["/thing"]["get"]["responses"]["200"]["content"] = content
    document.write_text(json.dumps(changed))
    mock.app.load()
    reply = mock.get()
    assert (reply.status_code, reply.json()["title"]) == (500, "The reply breaks the contract")
    assert said in reply.json()["detail"]


def test_a_stub_of_an_operation_of_the_control_api_s_name_is_the_contract_s(serve: Serve) -> None:
    mock = serve({"/x": {"get": {"operationId": "get_seed", "responses": {"200": {
        "description": "", **json_of(TEXT)}}}}})  # fmt: skip
    call(
        mock,
        "POST",
        "/_mock/stubs",
        201,
        json={"operation": "get_seed", "status": 200, "body": "x"},
    )
    assert call(mock, "GET", "/_mock/seed") == {"seed": "mock"}
    assert mock.get("/x").json() == "x"


# Faults


def test_a_fault_meets_the_next_answers_and_is_gone(mock: Mock) -> None:
    rule = {"fault": "503", "next": 2, "retry_after": "2s"}
    reply = reply_to(mock, "POST", "/_mock/faults", json=rule)
    assert reply.json() == {"id": 1, "left": 2, **rule}
    assert mock.get("/items/1").headers["Retry-After"] == "2"
    assert call(mock, "GET", "/_mock/faults")["faults"] == [{"id": 1, "left": 1, **rule}]
    assert [mock.get("/items/1").status_code for _ in range(2)] == [503, 200]
    assert call(mock, "GET", "/_mock/faults") == {"faults": []}


def test_a_fault_is_taken_away_at_the_place_that_it_was_given(mock: Mock) -> None:
    places = [
        reply_to(mock, "POST", "/_mock/faults", json={"fault": fault}).headers["Location"]
        for fault in ("503", "reset")
    ]
    call(mock, "DELETE", places[1], 204)
    assert mock.get("/items/1").status_code == 503
    call(mock, "DELETE", "/_mock/faults", 204)
    assert item(mock) == "contract"
    assert wrong(mock, "DELETE", places[0], 404) == ["There is no fault 1."]


def test_a_fault_leaves_the_control_api_alone(mock: Mock) -> None:
    call(mock, "POST", "/_mock/faults", 201, json={"fault": "reset"})
    with pytest.raises(httpx.ReadError):
        mock.get("/items/1")
    assert len(call(mock, "GET", "/_mock/faults")["faults"]) == 1


WRONG_FAULTS: dict[str, tuple[Any, list[str]]] = {
    "empty": ({}, [""]),
    "unknown": ({"fault": "explode"}, ["fault"]),
    "all at once": ({"fualt": "reset", "delay": "soon", "next": 0}, ["delay", "fualt", "next"]),
    "operation": ({"fault": "reset", "operation": "x"}, ["operation"]),
    "no object": ([], [""]),
}


@pytest.mark.parametrize(("rule", "members"), WRONG_FAULTS.values(), ids=WRONG_FAULTS)
def test_a_fault_that_can_t_be_one_is_refused_with_every_reason(
    mock: Mock, rule: Any, members: list[str]
) -> None:
    told = call(mock, "POST", "/_mock/faults", 422, json=rule)["validation"]
    assert sorted("/".join(v["location"][2:]) for v in told) == members


# Scenarios


def scenario(mock: Mock, name: str = "job") -> Any:
    listed = call(mock, "GET", "/_mock/scenarios")["scenarios"]
    return next(s for s in listed if s["name"] == name)


def test_the_scenarios_of_fixtures_and_stubs_are_listed_with_their_states(mock: Mock) -> None:
    stub(mock, "x", scenario="job", state="broken")
    assert scenario(mock) == {
        "name": "job",
        "state": "Started",
        "states": ["Started", "done", "broken"],
    }
    assert scenario(mock, "end")["states"] == ["Started", "over"]


def test_a_scenario_moves_and_can_be_put_into_a_state_and_back(mock: Mock) -> None:
    assert [item(mock, "job"), item(mock, "job")] == ["new", "done"]
    assert scenario(mock)["state"] == "done"
    call(mock, "DELETE", "/_mock/scenarios/job", 204)
    assert item(mock, "job") == "new"
    call(mock, "PUT", "/_mock/scenarios/end", json={"state": "over"})
    assert item(mock, "gone") == "over"
    call(mock, "DELETE", "/_mock/scenarios", 204)
    assert [item(mock, "job"), item(mock, "gone")] == ["new", "contract"]


def test_a_scenario_or_a_state_that_no_reply_knows_is_refused(mock: Mock) -> None:
    path = "/_mock/scenarios/jobb"
    assert wrong(mock, "PUT", path, 404, json={"state": "x"})[0].endswith("did you mean job?.")
    assert wrong(mock, "DELETE", path, 404)
    said = wrong(mock, "PUT", "/_mock/scenarios/job", json={"state": "don"})
    assert said == ["job has no state don; did you mean done?; expected one of Started, done"]


# Time


def clock(mock: Mock, method: str = "GET", session: str = "", **change: Any) -> Any:
    sent = change if method != "GET" else None
    return call(mock, method, "/_mock/clock", session=session, json=sent)


def test_the_clock_shows_the_machine_s_time_until_it_is_told_otherwise(mock: Mock) -> None:
    before = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() - 1))
    shown = clock(mock)
    assert before <= shown["now"]
    assert (shown["frozen"], shown["offset"]) == (False, 0)


def test_the_clock_can_be_frozen_set_advanced_and_resumed(mock: Mock) -> None:
    then = "2031-05-06T07:08:09.250Z"
    assert clock(mock, "PUT", now=then, frozen=True) | {"offset": 0} == {
        "now": then,
        "frozen": True,
        "offset": 0,
    }
    assert clock(mock)["now"] == then
    assert clock(mock, "PATCH", advance="1h")["now"] == "2031-05-06T08:08:09.250Z"
    assert (
        clock(mock, "PATCH", now="2030-01-01T01:00:00+01:00")["now"] == "2030-01-01T00:00:00.000Z"
    )
    resumed = clock(mock, "PATCH", frozen=False)
    assert (resumed["now"][:10], resumed["frozen"]) == ("2030-01-01", False)
    shown = clock(mock, "PATCH", now="2040-01-01T00:00:00Z", advance="1d", frozen=True)
    assert (shown["now"], shown["frozen"]) == ("2040-01-02T00:00:00.000Z", True)


def test_what_is_put_is_the_whole_of_the_clock_and_what_is_shown_can_be_put(mock: Mock) -> None:
    shown = clock(mock, "PUT", now="2031-01-01T00:00:00Z", frozen=True)
    assert clock(mock, "PUT", **shown)["now"] == shown["now"]
    assert clock(mock, "PUT")["frozen"] is False
    assert clock(mock)["offset"] == 0


def test_the_clock_can_be_given_back_to_the_machine(mock: Mock) -> None:
    clock(mock, "PATCH", advance="1d", frozen=True)
    call(mock, "DELETE", "/_mock/clock", 204)
    assert (clock(mock)["offset"], clock(mock)["frozen"]) == (0, False)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"advance": "1 hour"},
        {"advance": "-1h"},
        {"advance": 5},
        {"advance": "999999999999d"},
        {"now": "tomorrow"},
        {"now": "1969-12-31T23:59:59Z"},
        {"frozen": "yes"},
        {"forzen": True},
    ],
)
def test_a_time_that_there_is_not_is_refused_and_changes_nothing(
    mock: Mock, change: dict[str, Any]
) -> None:
    clock(mock, "PUT", now="2031-01-01T00:00:00Z", frozen=True)
    assert wrong(mock, "PATCH", "/_mock/clock", json=change)
    assert clock(mock)["now"] == "2031-01-01T00:00:00.000Z"


# Seed, reset, sessions


def test_another_seed_makes_other_values_and_the_same_ones_again(serve: Serve) -> None:
    mock = serve(thing({"200": json_of({"type": "string", "format": "uuid"})}))
    first = mock.get().json()
    call(mock, "PUT", "/_mock/seed", json={"seed": "spring"})
    assert call(mock, "GET", "/_mock/seed") == {"seed": "spring"}
    other = mock.get().json()
    call(mock, "PUT", "/_mock/seed", json={"seed": "mock"})
    assert mock.get().json() == first != other


def test_one_call_undoes_everything_of_a_session(mock: Mock) -> None:
    for session in ("", "a"):
        call(mock, "POST", "/_mock/faults", 201, session, json={"fault": "503", "every": 99})
        stub(mock, "stubbed", session, when={"path": {"id": "1"}})
        item(mock, "job", session)
        call(mock, "PUT", "/_mock/seed", session=session, json={"seed": "x"})
        clock(mock, "PATCH", session, advance="1d", frozen=True)
    call(mock, "POST", "/_mock/reset", 204, "a")
    assert [item(mock, "1", "a"), item(mock, "job", "a")] == ["contract", "new"]
    assert [len(exchanges(mock, session="a")), len(exchanges(mock))] == [2, 1]
    assert call(mock, "GET", "/_mock/seed", session="a") == {"seed": "mock"}
    assert clock(mock, session="a")["offset"] == 0
    assert call(mock, "GET", "/_mock/faults", session="a") == {"faults": []}
    assert [item(mock), item(mock, "job")] == ["stubbed", "done"]
    assert clock(mock)["frozen"]


def test_sessions_are_listed_and_can_be_forgotten(mock: Mock) -> None:
    stub(mock, "x", "a")
    item(mock, "job", "b")
    listed = call(mock, "GET", "/_mock/sessions")["sessions"]
    shown = [(s["name"], s["exchanges"], s["stubs"], s["scenarios"]) for s in listed]
    assert shown == [(None, 0, 0, {}), ("a", 0, 1, {}), ("b", 1, 0, {"job": "done"})]
    call(mock, "DELETE", "/_mock/sessions/a", 204)
    assert wrong(mock, "DELETE", "/_mock/sessions/a", 404) == ["There is no session a."]
    assert item(mock, "1", "a") == "contract"


def test_a_name_that_no_session_can_have_is_refused(mock: Mock) -> None:
    problem = call(mock, "GET", "/_mock/seed", 400, "a b")
    assert "can't be the name of a session" in problem["detail"]


def test_the_contract_is_told_with_its_operations(shipped: Mock) -> None:
    told = call(shipped, "GET", "/_mock/contract")
    assert (told["title"], told["openapi"]) == ("Chroma Sync Service", "3.1.0")
    (operation,) = told["operations"]
    assert operation["id"] == "latest_invocations_by_keys"
    assert operation["statuses"] == ["200", "400", "401", "403", "404", "500"]
    assert operation["sources"][-1] == "handler"


def test_a_reload_keeps_what_was_set(serve: Serve) -> None:
    mock = serve()
    members = {"operation": "latest_invocations_by_keys", "status": 200, "body": {}}
    call(mock, "POST", "/_mock/stubs", 201, json=members)
    mock.app.load()
    assert mock.post(LATEST, json=KEYS).json() == {}
    assert len(call(mock, "GET", "/_mock/stubs")["stubs"]) == 1
