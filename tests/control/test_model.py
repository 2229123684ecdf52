"""Scenarios, sequences, timelines, clocks, stubs and sessions, driven at random beside a model.

The model is what the README states, in a few lines: which reply stands first, what its scenario and
its turn are, and what time it is. Hypothesis drives both over HTTP and compares each answer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.helpers.control import call
from tests.helpers.running import Mock, Serve, json_of

TEXT = json_of({"type": "string"}, example="contract")
PATHS = {
    "/things/{id}": {
        "get": {
            "operationId": "thing",
            "parameters": [
                {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
            ],
            "responses": {"200": {"description": "", **TEXT}},
        }
    }
}
IDS = ("a", "b")
NAMES = ("x", "y")
SESSIONS = ("", "one")
STATES = ("Started", "busy", "done")
SCENARIOS = ("job", "sale")
START = datetime(2030, 3, 17, 17, 46, 40, tzinfo=UTC)

sessions = st.sampled_from(SESSIONS)
ids = st.sampled_from(IDS)


@dataclass
class Reply:
    """A canned reply as it was posted, or stands in the fixtures."""

    name: str
    id: str | None
    scenario: tuple[str, str | None, str | None] | None
    sequence: list[str] = field(default_factory=list)
    timeline: list[tuple[int, str]] = field(default_factory=list)

    def members(self) -> dict[str, Any]:
        told: dict[str, Any] = {}
        if self.id is not None:
            told["when"] = {"path": {"id": self.id}}
        if self.scenario is not None:
            names = ("scenario", "state", "next_state")
            said = zip(names, self.scenario, strict=True)
            told |= {name: value for name, value in said if value is not None}
        if self.sequence:
            told["sequence"] = [{"status": 200, "body": text} for text in self.sequence]
            return told
        (_, first), *later = self.timeline
        told |= {"status": 200, "body": first}
        if later:
            stages = [{"after": f"{h}h", "status": 200, "body": text} for h, text in later]
            told["timeline"] = stages
        return told


FIXTURES = [
    Reply("first", "a", ("job", "Started", "busy"), timeline=[(0, "first")]),
    Reply("then", "a", ("job", "busy", None), sequence=["then 1", "then 2", "then 3"]),
    Reply("slow", "b", None, timeline=[(0, "young"), (2, "grown"), (5, "old")]),
]


@dataclass
class World:
    """What one session should be like."""

    stubs: list[Reply] = field(default_factory=list)
    states: dict[str, str] = field(default_factory=dict)
    turns: dict[str, int] = field(default_factory=dict)
    first: dict[str, int] = field(default_factory=dict)
    hours: int = 0
    asked: int = 0

    def answer(self, id: str) -> str:
        self.asked += 1
        for reply in [*self.stubs, *FIXTURES]:
            if reply.id in (None, id) and self._applies(reply):
                return self._sent(reply)
        return "contract"

    def _applies(self, reply: Reply) -> bool:
        if reply.scenario is None or reply.scenario[1] is None:
            return True
        name, state, _ = reply.scenario
        return self.states.get(name, "Started") == state

    def _sent(self, reply: Reply) -> str:
        text = self._sequence(reply) if reply.sequence else self._timeline(reply)
        if reply.scenario is not None and reply.scenario[2] is not None:
            self.states[reply.scenario[0]] = reply.scenario[2]
        return text

    def _sequence(self, reply: Reply) -> str:
        turn = self.turns.get(reply.name, 0)
        self.turns[reply.name] = turn + 1
        return reply.sequence[min(turn, len(reply.sequence) - 1)]

    def _timeline(self, reply: Reply) -> str:
        passed = self.hours - self.first.setdefault(reply.name, self.hours)
        return [text for after, text in reply.timeline if after <= passed][-1]

    def add(self, stub: Reply) -> None:
        """Put a stub first; one that takes the place of another of its name begins anew."""
        self.stubs = [stub, *(s for s in self.stubs if s.name != stub.name)]
        self.turns.pop(stub.name, None)
        self.first.pop(stub.name, None)

    def known(self) -> dict[str, set[str]]:
        """Return the scenarios that there are, with their states."""
        states: dict[str, set[str]] = {name: {state} for name, state in self.states.items()}
        for reply in [*FIXTURES, *self.stubs]:
            if reply.scenario is not None:
                name, *said = reply.scenario
                states.setdefault(name, set()).update(s for s in said if s is not None)
        return {name: found | {"Started"} for name, found in states.items()}


@st.composite
def stubs(draw: st.DrawFn) -> Reply:
    scenario = None
    if draw(st.booleans()):
        name = draw(st.sampled_from(SCENARIOS))
        state, next_state = draw(st.tuples(*[st.sampled_from([None, *STATES])] * 2))
        scenario = (name, state, next_state)
    reply = Reply(draw(st.sampled_from(NAMES)), draw(st.sampled_from([None, *IDS])), scenario)
    texts = draw(st.lists(st.text("kl", min_size=1, max_size=2), min_size=1, max_size=3))
    if draw(st.booleans()):
        reply.sequence = texts
    else:
        reply.timeline = [(hours * 3, text) for hours, text in enumerate(texts)]
    return reply


# A failure is reported as it was found: to shorten it may take minutes.
FEW = settings(max_examples=15, stateful_step_count=40, phases=(Phase.generate,))


class Sessions(RuleBasedStateMachine):
    """The server beside its model."""

    mock: Mock

    @initialize()
    def begin(self) -> None:
        """Every session as at the start, its clock standing."""
        self.worlds = {name: World() for name in SESSIONS}
        for name in SESSIONS:
            self.call("POST", "reset", name, 204)
            self.stand(name)

    def stand(self, session: str) -> None:
        self.call("PUT", "clock", session, json={"now": START.isoformat(), "frozen": True})

    def call(self, method: str, path: str, session: str, status: int = 200, **body: Any) -> Any:
        return call(self.mock, method, f"/_mock/{path}", status, session, **body)

    @rule(session=sessions, ids=st.lists(ids, min_size=1, max_size=4))
    def ask(self, session: str, ids: list[str]) -> None:
        headers = {"Mock-Session": session} if session else {}
        for id in ids:
            told = self.mock.get(f"/things/{id}", headers=headers).json()
            assert told == self.worlds[session].answer(id)

    @rule(session=sessions, stub=stubs())
    def add_stub(self, session: str, stub: Reply) -> None:
        members = {"operation": "thing", "name": stub.name, **stub.members()}
        assert self.call("POST", "stubs", session, 201, json=members) == members
        self.worlds[session].add(stub)

    @rule(session=sessions, name=st.sampled_from([None, *NAMES]))
    def remove_stubs(self, session: str, name: str | None) -> None:
        world = self.worlds[session]
        path = "stubs" if name is None else f"stubs/thing/{name}"
        there = name is None or any(stub.name == name for stub in world.stubs)
        self.call("DELETE", path, session, 204 if there else 404)
        world.stubs = [stub for stub in world.stubs if name not in (None, stub.name)]

    @rule(session=sessions, name=st.sampled_from(SCENARIOS), state=st.sampled_from(STATES))
    def set_scenario(self, session: str, name: str, state: str) -> None:
        world = self.worlds[session]
        known = world.known()
        status = 404 if name not in known else 422 if state not in known[name] else 200
        self.call("PUT", f"scenarios/{name}", session, status, json={"state": state})
        if status == 200:
            world.states[name] = state

    @rule(session=sessions, name=st.sampled_from([None, *SCENARIOS]))
    def restart(self, session: str, name: str | None) -> None:
        world = self.worlds[session]
        path = "scenarios" if name is None else f"scenarios/{name}"
        there = name is None or name in world.known()
        self.call("DELETE", path, session, 204 if there else 404)
        world.states = {n: s for n, s in world.states.items() if name not in (None, n)}

    @rule(session=sessions, hours=st.integers(1, 4))
    def advance(self, session: str, hours: int) -> None:
        self.call("PATCH", "clock", session, json={"advance": f"{hours}h"})
        self.worlds[session].hours += hours

    @rule(session=sessions, is_dropped=st.booleans())
    def begin_anew(self, session: str, is_dropped: bool) -> None:
        if is_dropped and session:
            self.call("DELETE", f"sessions/{session}", "", 204)
        else:
            self.call("POST", "reset", session, 204)
        self.worlds[session] = World()
        self.stand(session)

    @invariant()
    def everything_is_as_it_should_be(self) -> None:
        for session, world in self.worlds.items():
            self.look(session, world)

    def look(self, session: str, world: World) -> None:
        known = world.known()
        scenarios = self.call("GET", "scenarios", session)["scenarios"]
        assert {s["name"]: set(s["states"]) for s in scenarios} == known
        states = {name: world.states.get(name, "Started") for name in known}
        assert {s["name"]: s["state"] for s in scenarios} == states
        listed = self.call("GET", "stubs", session)["stubs"]
        assert [stub["name"] for stub in listed] == [stub.name for stub in world.stubs]
        assert self.call("GET", "exchanges/count", session) == {"count": world.asked}
        now = datetime.fromisoformat(self.call("GET", "clock", session)["now"])
        assert now == START + timedelta(hours=world.hours)


@pytest.mark.long
def test_sessions_are_what_the_model_says_whatever_is_done_to_them(serve: Serve) -> None:
    replies = {reply.name: reply.members() for reply in FIXTURES}
    server = serve(PATHS, fixtures={"replies/thing.yaml": json.dumps(replies)})

    class Driven(Sessions):
        mock = server

    run_state_machine_as_test(Driven, settings=FEW)  # type: ignore[no-untyped-call]
