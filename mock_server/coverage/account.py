"""What a running app's exchanges met: counted before they are forgotten, or when it is asked."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Lock

from mock_server.coverage.parts import ContractPart, Key, outgoing_key, parts_of
from mock_server.coverage.report import Report, report
from mock_server.coverage.tally import Counter, LeadsTo, Tally
from mock_server.project import Project
from mock_server.sessions import Exchange, Sessions

log = logging.getLogger("mock_server")


class Account:
    """Keeps account of what is met, from when it is first asked to.

    No request pays for it but the one that makes the journal forget another: exchanges are looked
    at when they leave, or when a report is asked for.
    """

    def __init__(self, sessions: Sessions, parts: Callable[[], Project], leads_to: LeadsTo) -> None:
        self._sessions = sessions
        self._parts = parts
        self._leads_to = leads_to
        self._tally: Tally | None = None
        self._counter = Counter(leads_to)
        self._found: list[ContractPart] | None = None
        self._lock = Lock()

    def begin(self) -> None:
        """Count every exchange from now on, and those that are still known."""
        if self._tally is None:
            journals = [session.journal for session in self._sessions]
            self._tally = Tally(forgotten=sum(j.last - len(j) for j in journals))
            self._sessions.keep_account(self._count)

    def settle(self) -> None:
        """Count what is there, before it is judged by another contract."""
        if self._tally is not None:
            for session in self._sessions:
                session.journal.settle()

    def renew(self) -> None:
        """Count by the contract that is in place now."""
        self._counter, self._found = Counter(self._leads_to), None

    def report(self) -> Report:
        """Return a report of what was met by now."""
        self.begin()
        self.settle()
        assert self._tally is not None
        parts = self._parts()
        if self._found is None:
            self._found = parts_of(parts.contract, parts.store.replies)
        with self._lock:
            self._tally.stubs.update(self._stubs())
            return report(parts.contract, self._tally, self._found)

    def _stubs(self) -> set[Key]:
        """Return the keys of the present stubs."""
        return {
            Key("stubs", operation, "reply", stub.name)
            for session in self._sessions
            for operation, stubs in session.met.stubs.items()
            for stub in stubs
        }

    def _count(self, exchange: Exchange) -> None:
        assert self._tally is not None
        if (outgoing := exchange.outgoing) is not None:
            if exchange.reply is not None:
                self._tally.met.add(outgoing_key(outgoing.caller, outgoing.event))
            return
        with self._lock:
            try:
                self._counter.count(exchange, self._tally)
            except Exception:  # a mistake of ours must not keep a client from its answer
                log.exception("Not counted: %s, exchange %s", exchange.operation, exchange.id)
