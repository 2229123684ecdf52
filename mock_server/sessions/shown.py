"""Exchanges as they are shown: without what is secret in them."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from mock_server.http_messages import RawHeaders, Reply
from mock_server.secrecy import MASKED, OperationSecrets, Secrets
from mock_server.sessions.journal import Exchange

# An explanation quotes what was sent; the call of that name gives it without the secrets.
_QUOTING = frozenset({"mock-explanation"})


class ShownExchange(NamedTuple):
    """An exchange with its secrets masked; the flags state which bodies were kept in part."""

    exchange: Exchange
    is_request_cut: bool
    is_reply_cut: bool


def shown_exchange(exchange: Exchange, secrets: Secrets) -> ShownExchange:
    """Return an exchange as it is shown, by what is secret in its operation."""
    own = secrets.of(exchange.operation)
    reply = exchange.reply
    is_reply_cut = reply is not None and len(reply.body) < exchange.reply_size
    is_request_cut = len(exchange.request_body) < exchange.request_size
    if own.is_on:
        exchange = _masked(exchange, own)
    return ShownExchange(exchange, is_request_cut, is_reply_cut)


def _masked(exchange: Exchange, own: OperationSecrets) -> Exchange:
    headers = exchange.request_headers
    return exchange._replace(
        path=own.path(exchange.path),
        query=own.query(exchange.query),
        request_headers=_raw(own.request_headers(headers)),
        request_body=own.request_body(exchange.request_body, headers),
        reply=_reply(exchange.reply, own) if exchange.reply is not None else None,
    )


def _reply(reply: Reply, own: OperationSecrets) -> Reply:
    headers = own.reply_headers(reply.headers)
    return reply._replace(
        headers=[*_raw([(n, MASKED if n in _QUOTING else value) for n, value in headers])],
        body=own.reply_body(reply.body, reply.headers),
        why=own.text(reply.why),
        violations=[replace(v, message=own.text(v.message)) for v in reply.violations],
    )


def _raw(headers: list[tuple[str, str]]) -> RawHeaders:
    return [(n.encode("latin-1"), v.encode("latin-1", "replace")) for n, v in headers]
