"""Whether an operation was called as expected; if not, the nearest calls, and how they differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from mock_server.app import App
from mock_server.core import shortened
from mock_server.fixtures import CannedReply, Conditions, Difference, differences
from mock_server.http_messages import Request, header_map
from mock_server.sessions import Exchange

# As many exchanges as a message shows.
MOST_SHOWN = 3


class Call(NamedTuple):
    """One exchange, with what keeps it from being the call that is looked for."""

    exchange: Exchange
    differences: Sequence[Difference]

    @property
    def line(self) -> str:
        """The exchange in a line."""
        exchange = self.exchange
        target = f"{exchange.method} {exchange.path}{'?' * bool(exchange.query)}{exchange.query}"
        status = exchange.reply.status if exchange.reply is not None else "no reply"
        was_cut = exchange.request_size > len(exchange.request_body)
        return f"  {shortened(target)} → {status}" + (" (its body was cut)" if was_cut else "")


class Calls:
    """The calls of one operation, those that are looked for apart from the others."""

    def __init__(
        self, app: App, exchanges: Sequence[Exchange], operation: str, conditions: Conditions
    ) -> None:
        self._operation = operation
        self._others = [Call(e, ()) for e in exchanges if e.operation != operation]
        wanted = replace(_ANY, conditions=conditions)
        own = [e for e in exchanges if e.operation == operation]
        calls = [Call(e, _differences(app, e, wanted)) for e in own]
        self.matching = [call for call in calls if not call.differences]
        self._near = sorted(
            (call for call in calls if call.differences), key=lambda call: len(call.differences)
        )

    def complaint(self, times: int | None) -> str:
        """How the number of matching calls differs from what was expected; empty if it doesn't.

        None expects at least one.
        """
        count = len(self.matching)
        if count == times or (times is None and count):
            return ""
        expected = "at least once" if times is None else _times(times) if times else "no call"
        called = f"was called {_times(count)}" if count else "was not called"
        how = " as expected" if self._near else ""
        return "\n".join([f"{self._operation} {called}{how}; expected {expected}.", *self._shown()])

    def _shown(self) -> Iterator[str]:
        """Yield the counted calls, and then near calls or other requests."""
        yield from _call_lines("", self.matching)
        if self._near:
            yield from _call_lines("Calls that differ, the nearest first:", self._near)
        elif not self.matching and self._others:
            yield from _call_lines("Other requests:", self._others)
        elif not self.matching:
            yield "There were no other requests."


_ANY = CannedReply("", Conditions(), 200, None, (), None, False)


def _differences(app: App, exchange: Exchange, wanted: CannedReply) -> list[Difference]:
    """Return the differences between an exchange and the conditions."""
    method, path, query = exchange.method, exchange.path, exchange.query
    target = app.target(method, path, query)
    assert target is not None, "an operation's path leads to it"
    target = target.of_operation(exchange.operation)
    sent = Request(method, path, query, header_map(exchange.request_headers), exchange.request_body)
    request, arguments = target.responder.read(sent, target)
    return differences(wanted, request, arguments, {})


def _call_lines(title: str, calls: Sequence[Call]) -> Iterator[str]:
    if title:
        yield title
    for call in calls[:MOST_SHOWN]:
        yield call.line
        yield from (f"    {difference}" for difference in call.differences)
    if len(calls) > MOST_SHOWN:
        yield f"  and {len(calls) - MOST_SHOWN} more"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
