"""Which exchanges a filter selects, and why it doesn't select the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mock_server.control.moments import read
from mock_server.sessions import Exchange

Difference = Callable[[Exchange], str]


def is_unmatched(exchange: Exchange) -> bool:
    """Return whether no operation, page or preflight took the exchange's request."""
    reply = exchange.reply
    return not exchange.operation and (reply is None or reply.source in ("refusal", "upstream"))


def status_of(exchange: Exchange) -> int | None:
    """Return the status of an exchange's reply; None if the client left before it."""
    return None if exchange.reply is None else exchange.reply.status


class Filter:
    """A selection of the exchanges for which every condition holds; without any, all of them.

    The conditions are the members of `wanted` that aren't None: `operation`, `status` ("200" or
    "4XX"), `method`, `path`, `since`, `unmatched` and `with_violations`. `since` is an id, or a
    moment as RFC 3339 writes it. Raises ValueError for a moment outside the calendar.
    """

    def __init__(self, wanted: Mapping[str, Any]) -> None:
        given = {name: value for name, value in wanted.items() if value is not None}
        self._differences = [_CONDITIONS[name](value) for name, value in given.items()]

    def differences(self, exchange: Exchange) -> list[str]:
        """Return why an exchange isn't selected, in words; nothing if it is."""
        return [said for difference in self._differences if (said := difference(exchange))]

    def holds(self, exchange: Exchange) -> bool:
        """Return whether an exchange is selected."""
        return not any(difference(exchange) for difference in self._differences)

    def found(self, exchanges: Iterable[Exchange]) -> list[Exchange]:
        """Return the exchanges that are selected."""
        return list(filter(self.holds, exchanges))

    def nearest(self, exchanges: Iterable[Exchange], most: int) -> list[tuple[Exchange, list[str]]]:
        """Return the nearest exchanges that aren't selected, with their differences.

        The nearest comes first.
        """
        others = [(e, said) for e in exchanges if (said := self.differences(e))]
        others.sort(key=lambda other: (len(other[1]), -other[0].id))
        return others[:most]


def _operation(wanted: str) -> Difference:
    return lambda e: _differs("the operation", e.operation or "none", wanted)


def _status(wanted: str) -> Difference:
    first = wanted[0] if wanted.endswith("XX") else ""

    def difference(exchange: Exchange) -> str:
        status = str(status_of(exchange) or "none")
        return "" if first and status.startswith(first) else _differs("the status", status, wanted)

    return difference


def _method(wanted: str) -> Difference:
    return lambda e: _differs("the method", e.method, wanted.upper())


def _path(wanted: str) -> Difference:
    return lambda e: _differs("the path", e.path, wanted)


def _since(wanted: str) -> Difference:
    if wanted.isdecimal():
        last = int(wanted)
        return lambda e: "" if e.id > last else f"the id is {e.id}; expected one after {last}"
    moment = read(wanted)
    return lambda e: "" if e.started >= moment else f"it began before {wanted}"


def _unmatched(wanted: bool) -> Difference:
    said = "it was unmatched" if not wanted else "it was not unmatched"
    return lambda e: "" if is_unmatched(e) is wanted else said


def _with_violations(wanted: bool) -> Difference:
    said = "it has no violations" if wanted else "it has violations"

    def difference(exchange: Exchange) -> str:
        found = exchange.reply is not None and bool(exchange.reply.violations)
        return "" if found is wanted else said

    return difference


def _differs(what: str, found: str, wanted: str) -> str:
    return "" if found == wanted else f"{what} is {found}; expected {wanted}"


_CONDITIONS: Mapping[str, Callable[[Any], Difference]] = {
    "operation": _operation,
    "status": _status,
    "method": _method,
    "path": _path,
    "since": _since,
    "unmatched": _unmatched,
    "with_violations": _with_violations,
}
