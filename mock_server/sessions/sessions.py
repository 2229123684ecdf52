"""The state that one test or one browser tab sees: clock, scenarios, stubs, seed and journal."""

from __future__ import annotations

import asyncio
import re
import time
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from mock_server.errors import WrongSession
from mock_server.fixtures import CannedReply, Matcher, Records
from mock_server.http_messages import FaultRule
from mock_server.sessions.clock import Clock
from mock_server.sessions.fault_limits import Faults
from mock_server.sessions.first_replies import FirstReplies
from mock_server.sessions.items import Items, ItemStore
from mock_server.sessions.journal import NO_STATE, Budget, Exchange, Journal

MOST_SESSIONS = 10_000
# A session that no client used for so long, by its own clock, is dropped.
SECONDS_IDLE = 3_600.0
SECONDS_BETWEEN_SWEEPS = 60.0
# The bytes that the journals of all named sessions hold together.
MOST_BYTES = 32 * 1024 * 1024
MOST_JOURNAL_BYTES = 16 * 1024 * 1024
# As many paths have the tag that their last change was answered with.
MOST_TAGS = 1_000


# Operation, name, and whether it is a stub: a canned reply may have the same name.
ReplyKey = tuple[str, str, bool]


class Stub(NamedTuple):
    """A reply added at run time, with the matcher of its conditions.

    `members` are those that it was read from.
    """

    operation: str
    reply: CannedReply
    matcher: Matcher
    members: Mapping[str, Any] = {}

    @property
    def name(self) -> str:
        """Return the name of its reply."""
        return self.reply.name


def stub_of(operation: str, reply: CannedReply, members: Mapping[str, Any]) -> Stub:
    """Return the stub that answers an operation with a canned reply, read from those members."""
    stages = tuple(replace(stage, is_stub=True) for stage in reply.stages)
    reply = replace(reply, is_stub=True, stages=stages)
    return Stub(operation, reply, Matcher(reply), members)


@dataclass(frozen=True, slots=True)
class InitialState:
    """The state that every session begins with, and that a reset goes back to."""

    seed: str = "mock"
    journal_size: int = 1_000
    faults: tuple[FaultRule, ...] = ()
    most_items: int = 10_000
    most_item_bytes: int = 64 * 1024 * 1024


class Session:
    """The state that the requests of one name share; a reset removes all of it."""

    __slots__ = (
        "_began",
        "_first",
        "_first_replies",
        "_start",
        "_tags",
        "_turns",
        "clock",
        "faults",
        "items",
        "journal",
        "met",
        "name",
        "pending",
        "seed",
        "sending",
        "signing",
        "used",
    )

    def __init__(self, name: str, start: InitialState, budget: Budget | None = None) -> None:
        self.name = name
        self._start = start
        self.clock = Clock()
        self.journal = Journal(start.journal_size, MOST_JOURNAL_BYTES, budget)
        self.faults = Faults(start.faults, self.clock)
        self.items: ItemStore = Items(start.most_items, start.most_item_bytes)
        # What sends callbacks and webhooks, and how those are signed if that was set.
        self.pending: set[asyncio.Future[None]] = set()
        self.signing: Any = None
        # How many of them are being sent now, and don't wait for their time.
        self.sending = 0
        self.reset()

    def begin_with(self, start: InitialState) -> None:
        """Set the start; if its rules of faults are new, the session resets to those."""
        self._start = start
        self.faults.begin_with(start.faults)

    def reset(self) -> None:
        """Go back to the start, as if nothing happened and nothing was set."""
        self.clock.reset()
        self.journal.clear()
        self.faults.reset()
        self.items.clear()
        self.drop_pending()
        self.signing = None
        self.seed = self._start.seed
        # The state that a request meets. It is replaced as a whole, so an exchange can keep it.
        self.met = NO_STATE
        self.used = self.clock.now()
        self._began: float | None = None
        self._turns: dict[ReplyKey, int] | None = None
        self._first: dict[ReplyKey, float] | None = None
        self._tags: dict[str, str] | None = None
        self._first_replies: FirstReplies | None = None

    def drop_pending(self) -> int:
        """Send none of the callbacks and webhooks that wait; return how many there were."""
        dropped = list(self.pending)
        for one in dropped:
            one.cancel()
        return len(dropped)

    def glance(self) -> Session:
        """Return a session that a request may meet without a trace in this one.

        It has the same clock, items and journal; its scenarios and sequences move by themselves.
        """
        other = copy(self)
        other._turns = None if self._turns is None else dict(self._turns)
        other._first = None if self._first is None else dict(self._first)
        return other

    @property
    def first_replies(self) -> FirstReplies:
        """Return the first replies by idempotency key."""
        if self._first_replies is None:
            self._first_replies = FirstReplies()
        return self._first_replies

    # Versions

    def note_tag(self, path: str, tag: str) -> None:
        """Note the entity tag that the reply to a change on a path had."""
        tags = self._tags = {} if self._tags is None else self._tags
        tags.pop(path, None)
        while len(tags) >= MOST_TAGS:
            del tags[next(iter(tags))]
        tags[path] = tag

    def sent_tag(self, path: str) -> str | None:
        """Return the entity tag that the last change on a path was answered with, if any."""
        return None if self._tags is None else self._tags.get(path)

    # Scenarios and replies that change

    def move(self, scenario: str, state: str) -> None:
        """Put a scenario into a state."""
        self.met = self.met._replace(scenarios={**self.met.scenarios, scenario: state})

    def restart(self, scenario: str | None = None) -> None:
        """Put a scenario back into the state in which it started; all of them if none is named."""
        others = {n: s for n, s in self.met.scenarios.items() if scenario not in (None, n)}
        self.met = self.met._replace(scenarios=others)

    def stage(self, operation: str, reply: CannedReply) -> CannedReply:
        """Return a canned reply's present stage: the next of its sequence, or that of its timeline.

        A timeline counts from the first time that the reply was sent.
        """
        if not reply.stages:
            return reply
        key = (operation, reply.name, reply.is_stub)
        if reply.after:
            now = self.clock.now()
            passed = now - (self._first or {}).get(key, now)
            return reply.stages[max(0, bisect_right(reply.after, passed) - 1)]
        turn = (self._turns or {}).get(key, 0)
        return reply.stages[min(turn, len(reply.stages) - 1)]

    def sent(self, operation: str, reply: CannedReply) -> None:
        """Note that a canned reply is sent, so that its scenario and its sequence move."""
        key = (operation, reply.name, reply.is_stub)
        if reply.after:
            self._first = self._first or {}
            self._first.setdefault(key, self.clock.now())
        elif reply.stages:
            self._turns = self._turns or {}
            self._turns[key] = self._turns.get(key, 0) + 1
        if reply.scenario is not None and reply.scenario.next_state is not None:
            self.move(reply.scenario.name, reply.scenario.next_state)

    # Stubs

    def add_stub(self, stub: Stub) -> None:
        """Put a stub before the others; one of the same operation and name gives way.

        Its sequence or timeline begins anew.
        """
        key = (stub.operation, stub.name, True)
        (self._turns or {}).pop(key, None)
        (self._first or {}).pop(key, None)
        others = [s for s in self.met.stubs.get(stub.operation, ()) if s.name != stub.name]
        stubs = {**self.met.stubs, stub.operation: (stub, *others)}
        self.met = self.met._replace(stubs=stubs)

    def remove_stubs(self, keep: Callable[[Stub], bool] = lambda stub: False) -> int:
        """Remove the stubs that are not to be kept; return how many they were."""
        before = self.met.stubs
        kept = {name: tuple(filter(keep, stubs)) for name, stubs in before.items()}
        kept = {name: stubs for name, stubs in kept.items() if stubs}
        self.met = self.met._replace(stubs=kept)
        return sum(map(len, before.values())) - sum(map(len, kept.values()))

    # Records

    @property
    def began(self) -> float:
        """Return when the session's time began: at the first request that it mattered to."""
        if self._began is None:
            self._began = self.clock.now()
        return self._began

    def records(self, records: Records) -> Records:
        """Return the records as they are by now."""
        if not records.is_timed:
            return records
        began = self._began
        return records.at(self.began if began is None else began, self.clock.now())


_NAME = re.compile(rb"[A-Za-z0-9._~:@-]{1,100}")
_EXPECTED = "1 to 100 letters, digits and any of . _ ~ : @ -"
_COOKIE = re.compile(rb"(?:^|;)\s*mock-session=([^;]*)")


class Sessions:
    """The sessions of one server, in memory.

    All state that outlives a request stands in the sessions. A store elsewhere would replace this
    class, with `main`, `named`, `drop` and the iteration.
    """

    def __init__(self, start: InitialState, machine: Callable[[], float] = time.monotonic) -> None:
        self._start = start
        self._machine = machine
        self._next_sweep = machine() + SECONDS_BETWEEN_SWEEPS
        self._named: OrderedDict[str, Session] = OrderedDict()
        self._budget = Budget(MOST_BYTES, self._relieve)
        self._listeners: tuple[Callable[[Exchange], None], ...] = ()
        self._accounts: tuple[Callable[[Exchange], None], ...] = ()
        # The session of requests that name none.
        self.main = Session("", start)

    def listen(self, listener: Callable[[Exchange], None]) -> None:
        """Call a listener with each exchange from now on, in every session."""
        self._listeners = (*self._listeners, listener)
        for session in self:
            session.journal.listen(listener)

    def begin_with(self, start: InitialState) -> None:
        """Set the start of sessions, after a reload."""
        self._start = start
        for session in self:
            session.begin_with(start)

    def keep_account(self, tell: Callable[[Exchange], None]) -> None:
        """Pass each exchange of every session to `tell` once, before it is forgotten."""
        self._accounts = (*self._accounts, tell)
        for session in self:
            session.journal.keep_account(tell)

    def __iter__(self) -> Iterator[Session]:
        return iter([self.main, *self._named.values()])

    def __len__(self) -> int:
        return 1 + len(self._named)

    def of(self, headers: Mapping[bytes, bytes]) -> Session:
        """Return the session that a request's headers name: by `Mock-Session`, or by the cookie.

        Raises WrongSession for a name that can't be one.
        """
        name = headers.get(b"mock-session")
        if name is None:
            found = _COOKIE.search(headers.get(b"cookie", b""))
            if found is None:
                return self.main
            name = found[1].strip()
        if not _NAME.fullmatch(name):
            shown = name[:80].decode("latin-1")
            raise WrongSession(f"{shown!r} can't be the name of a session; expected {_EXPECTED}.")
        return self.named(name.decode())

    def named(self, name: str) -> Session:
        """Return the session of that name, which begins when it is first asked for."""
        if self._machine() >= self._next_sweep:
            self._sweep()
        session = self._named.get(name)
        if session is None:
            session = self._named[name] = Session(name, self._start, self._budget)
            for listener in self._listeners:
                session.journal.listen(listener)
            for tell in self._accounts:
                session.journal.keep_account(tell)
            while len(self._named) > MOST_SESSIONS:
                self.drop(next(iter(self._named)))
        self._named.move_to_end(name)
        session.used = session.clock.now()
        return session

    def drop(self, name: str) -> bool:
        """Forget a session; return whether there was one."""
        session = self._named.pop(name, None)
        if session is not None:
            session.journal.end()
        return session is not None

    def _sweep(self) -> None:
        """Forget the sessions that no client uses any more."""
        self._next_sweep = self._machine() + SECONDS_BETWEEN_SWEEPS
        idle = [s.name for s in self._named.values() if s.clock.now() - s.used > SECONDS_IDLE]
        for name in idle:
            self.drop(name)

    def _relieve(self) -> None:
        """Forget exchanges of the sessions that were not used for longest."""
        for session in self._named.values():
            while len(session.journal) and self._budget.is_spent:
                session.journal.forget_oldest()
            if not self._budget.is_spent:
                return
