"""Exchanges as JSON."""

from __future__ import annotations

import codecs
from base64 import b64encode
from typing import Any

from mock_server.control.moments import written
from mock_server.http_messages import RawHeaders, Reply
from mock_server.secrecy import Secrets
from mock_server.sessions import Exchange, ShownExchange


def exchange_json(shown: ShownExchange) -> dict[str, Any]:
    """Return an exchange as `GET /_mock/exchanges/{id}` gives it."""
    exchange = shown.exchange
    request = {
        "method": exchange.method,
        "path": exchange.path,
        "query": exchange.query,
        "headers": joined(header_texts(exchange.request_headers)),
        "body": body_json(exchange.request_body, exchange.request_size, shown.is_request_cut),
    }
    return {
        "id": exchange.id,
        "started": written(exchange.started),
        "seconds": round(exchange.seconds, 6),
        "operation": exchange.operation or None,
        "request": request,
        "reply": _reply_json(exchange.reply, exchange.reply_size, shown.is_reply_cut),
        **_outgoing_json(exchange),
    }


def summary_json(exchange: Exchange, secrets: Secrets) -> dict[str, Any]:
    """Return an exchange without headers and bodies, with its secrets masked."""
    own, reply = secrets.of(exchange.operation), exchange.reply
    outgoing = exchange.outgoing
    origin = "" if outgoing is None else outgoing.origin
    sent = [] if outgoing is None else outgoing.violations
    source = None if reply is None else reply.source
    return {
        "id": exchange.id,
        "started": written(exchange.started),
        "seconds": round(exchange.seconds, 6),
        "operation": exchange.operation or None,
        "method": exchange.method,
        "path": f"{origin}{own.path(exchange.path)}",
        "query": own.query(exchange.query),
        "status": None if reply is None else reply.status,
        "source": source if outgoing is None else f"sent:{outgoing.event}",
        "violations": len(sent) + (0 if reply is None else len(reply.violations)),
        "fault": None if reply is None or reply.fault is None else str(reply.fault),
    }


def _outgoing_json(exchange: Exchange) -> dict[str, Any]:
    """Return what is known of a callback or webhook; nothing for a request that came in."""
    outgoing = exchange.outgoing
    if outgoing is None:
        return {}
    told = {
        "event": outgoing.event,
        "origin": outgoing.origin,
        "attempt": outgoing.attempt,
        "cause": outgoing.cause,
        "error": outgoing.error or None,
        "violations": [violation.as_json() for violation in outgoing.violations],
    }
    return {"outgoing": told}


def _reply_json(reply: Reply | None, size: int, is_cut: bool) -> dict[str, Any] | None:
    if reply is None:
        return None
    return {
        "status": reply.status,
        "headers": joined(header_texts(reply.headers)),
        "body": body_json(reply.body, size, is_cut),
        "source": reply.source,
        "why": reply.why,
        "violations": [violation.as_json() for violation in reply.violations],
        "fault": str(reply.fault) if reply.fault is not None else None,
        "undeclared": reply.is_undeclared,
    }


def header_texts(raw: RawHeaders) -> list[tuple[str, str]]:
    """Return the headers as text, by lower-case name."""
    return [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in raw]


def joined(headers: list[tuple[str, str]]) -> dict[str, str]:
    """Return headers by name; a repeated one is joined as RFC 9110, section 5.3 states."""
    found: dict[str, str] = {}
    for name, value in headers:
        glue = "; " if name == "cookie" else ", "
        found[name] = f"{found[name]}{glue}{value}" if name in found else value
    return found


def body_json(body: bytes, size: int, is_cut: bool) -> dict[str, Any] | None:
    """Return a body as text if it is UTF-8, else in base64; a body that was cut is marked so."""
    if not size:
        return None
    text = text_of(body, is_cut)
    shown = {"base64": b64encode(body).decode()} if text is None else {"text": text}
    return {"size": size, **shown, **({"cut": True} if is_cut else {})}


def text_of(body: bytes, is_cut: bool) -> str | None:
    """Return a body as text; None if it is none. One that was cut may end inside a character."""
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(body, final=not is_cut)
    except UnicodeDecodeError:
        return None
