"""Why a request was answered as it was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mock_server.journal import Exchange, Met
from mock_server.messages import Reply, Request, header_bytes, header_map
from mock_server.respond import Considered, Target

# Clients give up on replies whose headers are longer than 8 to 16 KiB in all.
MOST_HEADER_BYTES = 2_000


def explanation(exchange: Exchange, target: Target | None) -> dict[str, Any]:
    """Why an exchange ended as it did, as JSON: `target` is what its path leads to.

    `route` is the operation, or null; `violations` are those of the request and the reply;
    `considered` is all that the reply may have come from, in order, each with what kept it from
    applying; `nearest` names those that didn't apply, with the fewest differences first; `chosen`
    is where the reply came from, why, and what it was.
    """
    reply = exchange.reply
    found = _considered(exchange, target)
    return {
        "id": exchange.id,
        "request": f"{exchange.method} {exchange.path}{'?' * bool(exchange.query)}{exchange.query}",
        "body_was_cut": exchange.request_size > len(exchange.request_body),
        "route": _route(target),
        "violations": [violation.as_json() for violation in reply.violations] if reply else [],
        "considered": [_considered_json(entry) for entry in found],
        "nearest": [entry.source for entry in nearest(found)],
        "chosen": _chosen(reply) if reply else None,
    }


def nearest(found: list[Considered]) -> list[Considered]:
    """What didn't apply, with the fewest differences first."""
    return sorted(
        (entry for entry in found if entry.differences), key=lambda entry: len(entry.differences)
    )


def explained(reply: Reply, request: Request, target: Target, met: Met) -> Reply:
    """A reply that says why it was chosen, in its header `Mock-Explanation`.

    Behind that come those that didn't apply, the nearest first, each with what kept it.
    """
    found = target.responder.considered(request, target, met)
    parts = [f"{target.responder.operation.id}: {reply.source}, {reply.why or 'refused'}"]
    for entry in nearest(found):
        part = f"{entry.source}: {', '.join(map(str, entry.differences))}"
        if sum(map(len, parts)) + len(part) > MOST_HEADER_BYTES:
            parts.append("…")
            break
        parts.append(part)
    told = (b"mock-explanation", header_bytes(" | ".join(parts)))
    return reply._replace(headers=[*reply.headers, told])


def _considered(exchange: Exchange, target: Target | None) -> list[Considered]:
    if target is None:
        return []
    headers = header_map(exchange.request_headers)
    request = Request(
        exchange.method, exchange.path, exchange.query, headers, exchange.request_body
    )
    return target.responder.considered(request, target, exchange.met)


def _route(target: Target | None) -> dict[str, Any] | None:
    if target is None:
        return None
    operation = target.responder.operation
    return {
        "operation": operation.id,
        "method": operation.method,
        "path": operation.path,
        "variables": dict(target.values),
    }


def _considered_json(entry: Considered) -> dict[str, Any]:
    return {
        "source": entry.source,
        "applies": not entry.differences,
        "differences": [str(difference) for difference in entry.differences],
    }


def _chosen(reply: Reply) -> dict[str, Any]:
    return {
        "source": reply.source,
        "why": reply.why,
        "status": reply.status,
        "headers": dict(_told(reply)),
    }


def _told(reply: Reply) -> Iterator[tuple[str, str]]:
    """The headers in which the mock speaks of itself: preferences that were honoured, say."""
    for name, value in reply.headers:
        if name.startswith(b"mock-") or name in (b"preference-applied", b"content-type"):
            yield name.decode(), value.decode("latin-1")
