"""Exchanges as an HTTP Archive (HAR 1.2), which browsers and proxies read."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from mock_server import __version__
from mock_server.control.exchanges import header_texts, joined, text_of
from mock_server.control.moments import written
from mock_server.http_messages import SILENT, Reply
from mock_server.secrecy import MASKED
from mock_server.sessions import Exchange, ShownExchange

Pairs = list[tuple[str, str]]
# What isn't known of a message, as HAR says it.
_UNKNOWN = -1


def archive(exchanges: Iterable[ShownExchange]) -> dict[str, Any]:
    """The exchanges as one log; what HAR has no word for has a name that starts with `_`."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "mock-server", "version": __version__},
            "entries": [_entry(shown) for shown in exchanges],
        }
    }


def _entry(shown: ShownExchange) -> dict[str, Any]:
    exchange = shown.exchange
    milliseconds = round(exchange.seconds * 1_000, 3)
    reply = exchange.reply
    violations = [] if reply is None else [v.as_json() for v in reply.violations]
    return {
        "startedDateTime": written(exchange.started),
        "time": milliseconds,
        "request": _request(shown),
        "response": _seen(shown),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "_id": exchange.id,
        "_operation": exchange.operation or None,
        "_source": None if reply is None else reply.source,
        "_violations": violations,
        "_undeclared": reply is not None and reply.is_undeclared,
        "_fault": None if reply is None or reply.fault is None else str(reply.fault),
    }


def _seen(shown: ShownExchange) -> dict[str, Any]:
    """What the client saw of the reply: nothing where it left, or was left without one."""
    reply = shown.exchange.reply
    if reply is None or (reply.fault is not None and reply.fault.kind in SILENT):
        return _NO_RESPONSE
    return _response(reply, shown.exchange.reply_size, shown.is_reply_cut)


def _request(shown: ShownExchange) -> dict[str, Any]:
    exchange = shown.exchange
    headers = header_texts(exchange.request_headers)
    found = {
        "method": exchange.method,
        "url": url_of(exchange),
        "httpVersion": "HTTP/1.1",
        "cookies": _cookies(joined(headers).get("cookie", ""), ";"),
        "headers": _named(headers),
        "queryString": _named(parse_qsl(exchange.query, keep_blank_values=True)),
        "headersSize": _UNKNOWN,
        "bodySize": exchange.request_size,
    }
    if exchange.request_size:
        found["postData"] = _posted(shown, joined(headers).get("content-type", ""))
    return found


def url_of(exchange: Exchange) -> str:
    """The whole address that was asked for."""
    hosts = (value for name, value in exchange.request_headers if name == b"host")
    query = exchange.query
    host = next(hosts, b"localhost").decode("latin-1")
    return f"http://{host}{exchange.path}{'?' if query else ''}{query}"


def _posted(shown: ShownExchange, media_type: str) -> dict[str, Any]:
    """HAR 1.2 knows a request's body as text alone; other bytes stand in base64, marked so."""
    body = shown.exchange.request_body
    text = text_of(body, shown.is_request_cut)
    if text is not None:
        return {"mimeType": media_type, "text": text}
    return {"mimeType": media_type, "text": b64encode(body).decode(), "_encoding": "base64"}


def _response(reply: Reply, size: int, is_cut: bool) -> dict[str, Any]:
    headers = header_texts(reply.headers)
    known = joined(headers)
    text = text_of(reply.body, is_cut)
    content = {"size": size, "mimeType": known.get("content-type", "x-unknown")}
    if text is not None:
        content["text"] = text
    else:
        content |= {"text": b64encode(reply.body).decode(), "encoding": "base64"}
    cookies = [c for name, value in headers if name == "set-cookie" for c in _cookies(value, "")]
    return {
        "status": reply.status,
        "statusText": phrase_of(reply.status),
        "httpVersion": "HTTP/1.1",
        "cookies": cookies,
        "headers": _named(headers),
        "content": content,
        "redirectURL": known.get("location", ""),
        "headersSize": _UNKNOWN,
        "bodySize": size,
    }


def phrase_of(status: int) -> str:
    """The words that stand beside a status (RFC 9110, section 15)."""
    return HTTPStatus(status).phrase if status in _STATUSES else ""


_STATUSES = frozenset(HTTPStatus)
# The client left before there was one.
_NO_RESPONSE: dict[str, Any] = {
    "status": 0,
    "statusText": "",
    "httpVersion": "HTTP/1.1",
    "cookies": [],
    "headers": [],
    "content": {"size": 0, "mimeType": "x-unknown"},
    "redirectURL": "",
    "headersSize": _UNKNOWN,
    "bodySize": _UNKNOWN,
}


def _named(pairs: Pairs) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _cookies(text: str, glue: str) -> list[dict[str, str]]:
    """The cookies of a header; of `Set-Cookie` the attributes are left to the header itself."""
    if text in ("", MASKED):
        return []
    parts = text.split(glue) if glue else [text.split(";")[0]]
    pairs = (part.partition("=") for part in parts)
    return [{"name": name.strip(), "value": value.strip()} for name, _, value in pairs]
