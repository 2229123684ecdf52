"""Why an exchange ended as it did, as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Protocol

from mock_server.core import tokens_of
from mock_server.errors import Problem
from mock_server.fixtures import Difference
from mock_server.http_messages import Reply, Request, header_map
from mock_server.mocking import CandidateReply, Responder, Target, nearest
from mock_server.secrecy import MASKED, OperationSecrets, Secrets
from mock_server.sessions import Exchange, shown_exchange
from mock_server.validation import ABSENT


class Paths(Protocol):
    """What paths, still percent-encoded, lead to."""

    def target(self, method: str, path: str, query: str) -> Target | None:
        """Return what a path leads to; None if that is no operation."""

    def unserved(self, method: str, path: str) -> Problem:
        """Return why nothing answers a method on a path."""

    def responder(self, operation: str) -> Responder | None:
        """Return the responder of the operation of that id; None if the contract has none."""


def explanation_json(exchange: Exchange, paths: Paths, secrets: Secrets) -> dict[str, Any]:
    """Return why an exchange ended as it did, as its `explanation` gives it.

    The call is `GET /_mock/exchanges/{id}/explanation`. `considered` is all that the reply may have
    come from, in order. `nearest` names the sources that didn't apply, the fewest differences
    first.
    """
    shown = shown_exchange(exchange, secrets).exchange
    reply, query, own = shown.reply, shown.query, secrets.of(exchange.operation)
    target = paths.target(exchange.method, exchange.path, exchange.query)
    if not exchange.operation:
        target = None  # such as a preflight: no operation of that path answered it
    elif target is not None:
        target = target.of_operation(exchange.operation)
    found = _considered(exchange, target)
    unserved = _unserved(exchange, target, paths)
    return {
        "id": exchange.id,
        "request": f"{shown.method} {shown.path}{'?' * bool(query)}{query}",
        "body_was_cut": exchange.request_size > len(exchange.request_body),
        "route": _route(target, own),
        "unserved": own.text(unserved) if unserved is not None else None,
        "violations": [violation.as_json() for violation in reply.violations] if reply else [],
        "considered": [_considered_json(entry, own) for entry in found],
        "nearest": [entry.source for entry in nearest(found)],
        "chosen": _chosen(reply) if reply else None,
    }


def _considered(exchange: Exchange, target: Target | None) -> list[CandidateReply]:
    if target is None:
        return []
    headers = header_map(exchange.request_headers)
    request = Request(
        exchange.method, exchange.path, exchange.query, headers, exchange.request_body
    )
    return target.responder.considered(request, target, exchange.met)


def _route(target: Target | None, secrets: OperationSecrets) -> dict[str, Any] | None:
    if target is None:
        return None
    operation = target.responder.operation
    return {
        "operation": operation.id,
        "method": operation.method,
        "path": operation.path,
        "variables": {
            name: MASKED if secrets.hides("path", name) else secrets.value(value)
            for name, value in target.values.items()
        },
        "notes": target.notes,
    }


def _unserved(exchange: Exchange, target: Target | None, paths: Paths) -> str | None:
    """Return why no operation answers an exchange.

    Return None for a page, a preflight and a request that was refused otherwise.
    """
    if target is not None or exchange.reply is None:
        return None
    problem = paths.unserved(exchange.method, exchange.path)
    return problem.detail if exchange.reply.status in problem.codes else None


def _considered_json(entry: CandidateReply, secrets: OperationSecrets) -> dict[str, Any]:
    return {
        "source": entry.source,
        "applies": not entry.differences,
        "differences": [str(_discreet(difference, secrets)) for difference in entry.differences],
    }


# The form of a difference's place; see `fixtures.Difference`.
_PARAMETER = re.compile(r"(?:(path|query) parameter|(header)) (.*)", re.DOTALL)
_BODY = re.compile(r"(?:an element of the )?body(?: (/.*))?", re.DOTALL)


def _discreet(difference: Difference, secrets: OperationSecrets) -> Difference:
    """Return a difference from a condition, both sides masked if one would show a secret."""
    if not secrets.is_on:
        return difference
    is_hidden = _is_secret(difference.where, secrets)
    sides = (
        side if side is ABSENT else MASKED if is_hidden else secrets.value(side)
        for side in (difference.expected, difference.found)
    )
    return Difference(difference.where, *sides)


def _is_secret(where: str, secrets: OperationSecrets) -> bool:
    if found := _PARAMETER.fullmatch(where):
        return secrets.hides(found.group(1) or found.group(2), found.group(3))
    if found := _BODY.fullmatch(where):
        return secrets.hides_in_body(map(str, tokens_of(found.group(1) or "")))
    return False


def _chosen(reply: Reply) -> dict[str, Any]:
    return {
        "source": reply.source,
        "why": reply.why,
        "status": reply.status,
        "headers": dict(_own_headers(reply)),
        "fault": str(reply.fault) if reply.fault is not None else None,
        "undeclared": reply.is_undeclared,
    }


def _own_headers(reply: Reply) -> Iterator[tuple[str, str]]:
    """Yield the headers in which the mock describes its reply, such as honoured preferences."""
    for name, value in reply.headers:
        is_its_own = name.startswith(b"mock-") or name in (b"preference-applied", b"content-type")
        if is_its_own and name != b"mock-explanation":  # which is a short form of this explanation
            yield name.decode(), value.decode("latin-1")
