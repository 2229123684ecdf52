"""Whether a callback or webhook was sent as expected; if not, the attempts, the nearest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from mock_server.core import parse_json, shortened
from mock_server.fixtures import part_holds
from mock_server.http_messages import header_map
from mock_server.sessions import Exchange

MOST_SHOWN = 3
_NO_BODY = object()


class Sent:
    """The attempts to send one event, those that are looked for apart from the others."""

    def __init__(
        self, exchanges: Sequence[Exchange], event: str, conditions: Mapping[str, Any]
    ) -> None:
        """Take exchanges; `conditions` may have `body`, a part of what was sent, and `headers`."""
        self._event = event
        outgoing = [e for e in exchanges if e.outgoing is not None]
        own = [e for e in outgoing if e.outgoing is not None and e.outgoing.event == event]
        differing = [(e, list(_differences(e, conditions))) for e in own]
        self._matching = [e for e, found in differing if not found]
        self._near = sorted(((e, f) for e, f in differing if f), key=lambda pair: len(pair[1]))
        self._others = [e for e in outgoing if e not in own]

    def complaint(self, times: int | None) -> str:
        """Return how the number of matching attempts differs from `times`; empty if it doesn't.

        None expects at least one.
        """
        count = len(self._matching)
        if count == times or (times is None and count):
            return ""
        expected = "at least once" if times is None else f"{times} times"
        return "\n".join(
            [f"{self._event} was sent {count} times; expected {expected}.", *self._shown()]
        )

    def _shown(self) -> Iterator[str]:
        yield from map(_line, self._matching[:MOST_SHOWN])
        if self._near:
            yield "Attempts that differ, the nearest first:"
        for exchange, found in self._near[:MOST_SHOWN]:
            yield _line(exchange)
            yield from (f"    {difference}" for difference in found)
        if not self._matching and not self._near:
            yield "Others that were sent:" if self._others else "Nothing else was sent."
            yield from map(_line, self._others[:MOST_SHOWN])


def _differences(exchange: Exchange, conditions: Mapping[str, Any]) -> Iterator[str]:
    if "body" in conditions:
        try:
            sent = parse_json(exchange.request_body)
        except orjson.JSONDecodeError:
            sent = exchange.request_body.decode("utf-8", "replace")
        if not part_holds(conditions["body"], sent):
            yield f"body: {shortened(str(sent))}; expected {shortened(str(conditions['body']))}"
    headers = header_map(exchange.request_headers)
    for name, expected in conditions.get("headers", {}).items():
        found = headers.get(name.lower().encode())
        text = None if found is None else found.decode("latin-1")
        if text != expected:
            yield f"header {name}: {text!r}; expected {expected!r}"


def _line(exchange: Exchange) -> str:
    outgoing = exchange.outgoing
    assert outgoing is not None
    target = f"{exchange.method} {outgoing.origin}{exchange.path}"
    answer = exchange.reply.status if exchange.reply is not None else outgoing.error
    return f"  {outgoing.event}: {shortened(target)} → {answer} (attempt {outgoing.attempt})"
