"""The calls about exchanges, each named by its operation in the control API's document."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Mapping
from typing import Any

from mock_server.contract import Contract
from mock_server.control.exchange_code import curl_of, pytest_of, stub_of_exchange
from mock_server.control.exchanges import exchange_json, summary_json
from mock_server.control.explanations import Paths, explanation_json
from mock_server.control.filters import Filter, status_of
from mock_server.control.har import archive
from mock_server.control.live import awaited, events
from mock_server.control.rule_places import placed
from mock_server.core import did_you_mean, parse_duration
from mock_server.errors import InvalidRequest, NotFound, TooFew, Violation
from mock_server.http_messages import Reply, Request
from mock_server.secrecy import Secrets
from mock_server.sessions import Exchange, Session, shown_exchange

NO_REPLY = Reply(0, [], b"", "")
# The most exchanges that are named if too few came.
MOST_NEAREST = 3


class JournalCalls:
    """The control API's calls about the exchanges of a contract's operations."""

    def __init__(self, contract: Contract, secrets: Secrets, paths: Paths) -> None:
        self._operations = [operation.id for operation in contract.operations]
        self._documents = contract.documents
        self._secrets = secrets
        self._paths = paths

    def list_exchanges(
        self, session: Session, limit: int | None = None, **wanted: Any
    ) -> dict[str, Any]:
        """Return the selected exchanges, the newest last; with a limit only the newest ones."""
        found = self._found(session, limit, wanted)
        return {"exchanges": [self._shown_json(e) for e in found]}

    def get_exchange(self, session: Session, id: int) -> dict[str, Any]:
        """Return one exchange."""
        return self._shown_json(found_exchange(session, id))

    async def explain_exchange(self, session: Session, id: int) -> dict[str, Any]:
        """Return why an exchange ended as it did, with the place of each rule that was broken."""
        told = explanation_json(found_exchange(session, id), self._paths, self._secrets)
        if told["violations"]:
            # Positions in a large document take seconds when they are first asked for.
            told["violations"] = await asyncio.to_thread(self._placed, told["violations"])
        return told

    def _placed(self, violations: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [placed(violation, self._documents) for violation in violations]

    def exchange_code(self, request: Request, session: Session, id: int) -> dict[str, Any]:
        """Return an exchange as a line for curl, a test for pytest, and the members of a stub."""
        exchange = found_exchange(session, id)
        shown = shown_exchange(exchange, self._secrets)
        responder = self._paths.responder(exchange.operation)
        target = self._paths.target(exchange.method, exchange.path, exchange.query)
        is_as_sent = (exchange.reply or NO_REPLY).body == (shown.exchange.reply or NO_REPLY).body
        return {
            "curl": curl_of(shown, f"http://{request.header('host') or 'localhost'}"),
            "pytest": pytest_of(shown, is_as_sent),
            "stub": stub_of_exchange(
                shown,
                responder.operation if responder is not None else None,
                target.of_operation(exchange.operation).values if target is not None else {},
            ),
        }

    def count_exchanges(self, session: Session, **wanted: Any) -> dict[str, Any]:
        """Return how many exchanges are selected."""
        return {"count": len(self._found(session, None, wanted))}

    def clear_exchanges(self, session: Session) -> None:
        """Forget all exchanges."""
        session.journal.clear()

    async def wait_for_exchanges(
        self, session: Session, count: int = 1, timeout: str = "5s", **wanted: Any
    ) -> dict[str, Any]:
        """Return the selected exchanges, as soon as there are `count` of them. Raises TooFew."""
        kind = self._filter(wanted)
        found = await awaited(session.journal, kind, count, _seconds(timeout))
        if len(found) >= count:
            return {"exchanges": [self._shown_json(e) for e in found]}
        near = self._nearest(kind, session)
        until = (
            "before the session was dropped" if session.journal.has_ended else f"within {timeout}"
        )
        said = f"{len(found)} of {count} exchanges of the kind came {until}."
        if near:
            other, differences = near[0]
            said += f" The nearest other is {other.method} {other.path}: {'; '.join(differences)}."
        problem = TooFew(said)
        nearest = [_near(other, differences) for other, differences in near]
        problem.extensions = {"count": len(found), "nearest": nearest}
        raise problem

    def export_exchanges(
        self, session: Session, limit: int | None = None, **wanted: Any
    ) -> dict[str, Any]:
        """Return the selected exchanges as an HTTP Archive."""
        return archive(
            shown_exchange(e, self._secrets) for e in self._found(session, limit, wanted)
        )

    def stream_exchanges(self, session: Session, **wanted: Any) -> AsyncGenerator[bytes, None]:
        """Stream the selected exchanges as they happen; those after `Last-Event-ID` come first."""
        return self._events(session, wanted, self._shown_json)

    def stream_summaries(self, session: Session, **wanted: Any) -> AsyncGenerator[bytes, None]:
        """Stream the selected exchanges as they happen, without headers and bodies."""
        return self._events(session, wanted, lambda e: summary_json(e, self._secrets))

    def _events(
        self,
        session: Session,
        wanted: dict[str, Any],
        written: Callable[[Exchange], dict[str, Any]],
    ) -> AsyncGenerator[bytes, None]:
        last = wanted.pop("last_event_id")
        newest = session.journal.last
        # An id that isn't given out yet was given by an earlier run of the server.
        after = newest if last is None else last if last <= newest else 0
        return events(session.journal, self._filter(wanted), after, written)

    def _shown_json(self, exchange: Exchange) -> dict[str, Any]:
        return exchange_json(shown_exchange(exchange, self._secrets))

    def _found(
        self, session: Session, limit: int | None, wanted: Mapping[str, Any]
    ) -> list[Exchange]:
        found = self._filter(wanted).found(session.journal)
        return found if limit is None else found[max(0, len(found) - limit) :]

    def _nearest(self, kind: Filter, session: Session) -> list[tuple[Exchange, list[str]]]:
        """Return the nearest exchanges that aren't selected, masked, with their differences."""
        found = kind.nearest(session.journal, MOST_NEAREST)
        shown = [shown_exchange(exchange, self._secrets).exchange for exchange, _ in found]
        return [
            (new, [self._quoted(old, new, said) for said in differences])
            for new, (old, differences) in zip(shown, found, strict=True)
        ]

    def _quoted(self, exchange: Exchange, shown: Exchange, difference: str) -> str:
        """Return a difference with the secrets masked, since it may quote the path."""
        secrets = self._secrets.of(exchange.operation)
        return secrets.text(difference.replace(exchange.path, shown.path))

    def _filter(self, wanted: Mapping[str, Any]) -> Filter:
        check_operation(wanted.get("operation"), self._operations)
        try:
            return Filter(wanted)
        except ValueError as error:
            raise refused("since", str(error)) from None


def refused(parameter: str, message: str) -> InvalidRequest:
    """Return the problem of a query parameter."""
    violation = Violation(("request", "query", parameter), "", "value", message)
    return InvalidRequest(f"{message}.", [violation])


def check_operation(operation: str | None, known: Collection[str]) -> None:
    """Raise InvalidRequest for an operation that the contract doesn't have."""
    if operation is not None and operation not in known:
        near = did_you_mean(operation, known)
        raise refused("operation", f"no operation of the contract has the id {operation}{near}")


def found_exchange(session: Session, id: int) -> Exchange:
    """Return the exchange of that id. Raises NotFound."""
    exchange = session.journal.find(id)
    if exchange is None:
        held = [e.id for e in session.journal]
        there = f"it holds {held[0]} to {held[-1]}" if held else "it holds none"
        raise NotFound(f"The journal holds no exchange {id}; {there}.")
    return exchange


def _seconds(timeout: str) -> float:
    try:
        return parse_duration(timeout)
    except ValueError as error:
        raise refused("timeout", str(error)) from None


def _near(exchange: Exchange, differences: list[str]) -> dict[str, Any]:
    return {
        "id": exchange.id,
        "method": exchange.method,
        "path": exchange.path,
        "status": status_of(exchange),
        "differences": differences,
    }
