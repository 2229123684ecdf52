"""The calls about a session's state, each named by its operation in the control API's document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from mock_server.contract import Contract
from mock_server.control.explanations import Paths
from mock_server.control.journal_calls import check_operation
from mock_server.control.moments import checked, read, written
from mock_server.control.stub_drafts import stub_draft
from mock_server.control.stubs import read_stub
from mock_server.core import did_you_mean, parse_duration, pointer_of
from mock_server.errors import InvalidRequest, NotFound, Violation
from mock_server.fixtures import STARTED, CannedReply, Scenario
from mock_server.http_messages import WrongRule, read_rule
from mock_server.sessions import Clock, RuleView, Session, Sessions
from mock_server.validation import summary

Replies = Mapping[str, Iterable[CannedReply]]


class StateCalls:
    """The control API's calls that read and change sessions."""

    def __init__(
        self,
        contract: Contract,
        replies: Replies,
        sessions: Sessions,
        paths: Paths,
        allow_undeclared: bool = False,
    ) -> None:
        self._paths = paths
        self._allow_undeclared = allow_undeclared
        self._contract = contract
        self._replies = replies
        self._sessions = sessions

    # Stubs

    def list_stubs(self, session: Session) -> dict[str, Any]:
        """Return the stubs by operation; those that are tried first come first."""
        stubs = (stub for of_one in session.met.stubs.values() for stub in of_one)
        return {"stubs": [stub.members for stub in stubs]}

    def add_stub(
        self, session: Session, body: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any], int, dict[str, str]]:
        """Put a stub before all other replies of its operation."""
        stub = read_stub(body, self._contract, session, self._allow_undeclared)
        session.add_stub(stub)
        steps = (quote(step, safe="") for step in (stub.operation, stub.name))
        return stub.members, 201, {"Location": "/".join(("/_mock/stubs", *steps))}

    def check_stub(self, session: Session, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a stub as it would be added, without adding it."""
        return read_stub(body, self._contract, session, self._allow_undeclared).members

    async def draft_stub(
        self,
        session: Session,
        operation: str,
        status: int | None = None,
        media_type: str | None = None,
        example: str | None = None,
        seed: str | None = None,
    ) -> dict[str, Any]:
        """Return a stub to begin with: an example, or a reply with a generated body."""
        responder = self._paths.responder(operation)
        if responder is None:
            check_operation(operation, [known.id for known in self._contract.operations])
            raise AssertionError("every operation of the contract has a responder")
        members = await stub_draft(
            responder, session, status=status, media_type=media_type, example=example, seed=seed
        )
        return {"operation": operation, **members}

    def clear_stubs(self, session: Session) -> None:
        """Remove all stubs."""
        session.remove_stubs()

    def remove_stub(self, session: Session, operation: str, name: str) -> None:
        """Remove one stub."""
        if not session.remove_stubs(lambda stub: (stub.operation, stub.name) != (operation, name)):
            raise NotFound(f"There is no stub {name} of {operation}.")

    # Faults

    def list_faults(self, session: Session) -> dict[str, Any]:
        """Return the rules by which answers go wrong, in the order in which they are tried."""
        return {"faults": list(map(_fault_json, session.faults.list()))}

    def add_fault(
        self, session: Session, body: Mapping[str, Any]
    ) -> tuple[dict[str, Any], int, dict[str, str]]:
        """Put a rule before the others."""
        try:
            rule = read_rule(body, [operation.id for operation in self._contract.operations])
        except WrongRule as error:
            violations = [_violation(member, message) for member, message in error.wrong]
            raise InvalidRequest(summary(violations), violations) from None
        id = session.faults.add(rule)
        told = _fault_json(RuleView(id, rule, rule.next))
        return told, 201, {"Location": f"/_mock/faults/{id}"}

    def clear_faults(self, session: Session) -> None:
        """Remove all rules of faults."""
        session.faults.clear()

    def remove_fault(self, session: Session, id: int) -> None:
        """Remove one rule of faults."""
        if not session.faults.remove(id):
            raise NotFound(f"There is no fault {id}.")

    # Scenarios

    def list_scenarios(self, session: Session) -> dict[str, Any]:
        """Return every scenario that replies name, with its state and all its states."""
        return {"scenarios": list(scenarios_of(self._replies, session).values())}

    def set_scenario(self, session: Session, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Put a scenario into one of its states."""
        known = self._scenario(session, name)["states"]
        state = body["state"]
        if state not in known:
            message = f"{name} has no state {state}{did_you_mean(state, known)}"
            raise _refused("state", f"{message}; expected one of {', '.join(known)}")
        session.move(name, state)
        return self._scenario(session, name)

    def restart_scenario(self, session: Session, name: str) -> None:
        """Put a scenario back into the state in which it started."""
        self._scenario(session, name)
        session.restart(name)

    def restart_scenarios(self, session: Session) -> None:
        """Put all scenarios back into the states in which they started."""
        session.restart()

    def _scenario(self, session: Session, name: str) -> dict[str, Any]:
        known = scenarios_of(self._replies, session)
        if name not in known:
            raise NotFound(f"No reply knows a scenario {name}{did_you_mean(name, known)}.")
        return known[name]

    # Time

    def get_clock(self, session: Session) -> dict[str, Any]:
        """Return what the clock shows."""
        clock = session.clock
        return {
            "now": written(clock.now()),
            "frozen": clock.is_frozen,
            "offset": round(clock.offset, 3) + 0.0,  # no -0.0
        }

    def set_clock(self, session: Session, body: Mapping[str, Any]) -> dict[str, Any]:
        """Set the clock as the body states; without a statement it runs with the machine's."""
        moment = _moment("now", body, session.clock)
        session.clock.reset()
        _move(session, moment, body.get("frozen"))
        return self.get_clock(session)

    def change_clock(self, session: Session, body: Mapping[str, Any]) -> dict[str, Any]:
        """Freeze, resume, set or advance the clock; members that the body lacks change nothing."""
        moment = _moment("advance" if "advance" in body else "now", body, session.clock)
        _move(session, moment, body.get("frozen"))
        return self.get_clock(session)

    def reset_clock(self, session: Session) -> None:
        """Reset the clock to the machine's."""
        session.clock.reset()

    # Seed and sessions

    def get_seed(self, session: Session) -> dict[str, Any]:
        """Return the seed from which generated values are made."""
        return {"seed": session.seed}

    def set_seed(self, session: Session, body: Mapping[str, Any]) -> dict[str, Any]:
        """Set the seed, so that other values are generated from now on."""
        session.seed = body["seed"]
        return self.get_seed(session)

    def reset_session(self, session: Session) -> None:
        """Undo all that happened in the session."""
        session.reset()

    def list_sessions(self) -> dict[str, Any]:
        """Return every session, the main one first."""
        return {"sessions": list(map(_session_json, self._sessions))}

    def drop_session(self, name: str) -> None:
        """Forget a session."""
        if not self._sessions.drop(name):
            raise NotFound(f"There is no session {name}.")


def scenarios_of(replies: Replies, session: Session) -> dict[str, dict[str, Any]]:
    """Return the scenarios by name: those that canned replies and stubs name, and moved ones."""
    states: dict[str, dict[str, None]] = {}
    moved = session.met.scenarios
    for scenario in (
        *_known_scenarios(replies, session),
        *(Scenario(n, s) for n, s in moved.items()),
    ):
        known = states.setdefault(scenario.name, {STARTED: None})
        known.update({s: None for s in (scenario.state, scenario.next_state) if s is not None})
    return {
        name: {"name": name, "state": moved.get(name, STARTED), "states": list(known)}
        for name, known in states.items()
    }


def _known_scenarios(replies: Replies, session: Session) -> Iterable[Scenario]:
    canned = [reply for of_one in replies.values() for reply in of_one]
    stubs = [stub.reply for of_one in session.met.stubs.values() for stub in of_one]
    return (reply.scenario for reply in [*canned, *stubs] if reply.scenario is not None)


def _moment(member: str, body: Mapping[str, Any], clock: Clock) -> float | None:
    """Return the moment that a body names, or leads to. Raises InvalidRequest."""
    if member not in body:
        return None
    try:
        if member == "advance":
            start = _moment("now", body, clock)
            start = clock.now() if start is None else start
            return checked(start + parse_duration(body["advance"]))
        return read(body[member])
    except ValueError as error:
        raise _refused(member, str(error)) from None


def _move(session: Session, moment: float | None, frozen: bool | None) -> None:
    """Move a session's clock.

    A client that does so uses the session, so the skipped time doesn't count as idle.
    """
    clock = session.clock
    if frozen is not None:
        (clock.freeze if frozen else clock.resume)()
    if moment is not None:
        clock.set(moment)
    session.used = clock.now()


def _refused(member: str, message: str) -> InvalidRequest:
    return InvalidRequest(f"{message}.", [_violation(member, message)])


def _violation(member: str, message: str) -> Violation:
    """Return the violation in a member of the body; in the whole body if no member is named."""
    steps = (member,) if member else ()
    return Violation(("request", "body", *steps), pointer_of(steps), "value", message)


def _fault_json(listed: RuleView) -> dict[str, Any]:
    """Return a rule by its members, with its number and how many answers it has left."""
    left = {} if listed.left is None else {"left": listed.left}
    return {"id": listed.id, **listed.rule.as_json(), **left}


def _session_json(session: Session) -> dict[str, Any]:
    return {
        "name": session.name or None,
        "used": written(session.used),
        "exchanges": len(session.journal),
        "stubs": sum(map(len, session.met.stubs.values())),
        "faults": len(session.faults.rules),
        "scenarios": dict(session.met.scenarios),
    }
