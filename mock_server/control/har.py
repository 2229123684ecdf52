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
# HAR's value for a size that isn't known.
_UNKNOWN = -1


def archive(exchanges: Iterable[ShownExchange]) -> dict[str, Any]:
    """Return the exchanges as one log.

    A member that HAR doesn't define has a name that starts with `_`.
    """
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "mock-server", "version": __version__},
            "entries": [_har_entry(shown) for shown in exchanges],
        }
    }


def _har_entry(shown: ShownExchange) -> dict[str, Any]:
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
    """Return what the client saw of the reply.

    That is nothing if the client left, or if a fault withheld the reply.
    """
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
        "headers": _name_value_pairs(headers),
        "queryString": _name_value_pairs(parse_qsl(exchange.query, keep_blank_values=True)),
        "headersSize": _UNKNOWN,
        "bodySize": exchange.request_size,
    }
    if exchange.request_size:
        found["postData"] = _posted(shown, joined(headers).get("content-type", ""))
    return found


def url_of(exchange: Exchange) -> str:
    """Return the whole address that was asked for."""
    hosts = (value for name, value in exchange.request_headers if name == b"host")
    query = exchange.query
    host = next(hosts, b"localhost").decode("latin-1")
    return f"http://{host}{exchange.path}{'?' if query else ''}{query}"


def _posted(shown: ShownExchange, media_type: str) -> dict[str, Any]:
    """Return a request's body as HAR 1.2 has it: as text.

    HAR has no other form of it, so bytes that are no text stand in base64, marked so.
    """
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
        "headers": _name_value_pairs(headers),
        "content": content,
        "redirectURL": known.get("location", ""),
        "headersSize": _UNKNOWN,
        "bodySize": size,
    }


def phrase_of(status: int) -> str:
    """Return the reason phrase of a status (RFC 9110, section 15)."""
    return HTTPStatus(status).phrase if status in _STATUSES else ""


_STATUSES = frozenset(HTTPStatus)
# The response if the client left before there was one.
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


def _name_value_pairs(pairs: Pairs) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _cookies(text: str, glue: str) -> list[dict[str, str]]:
    """Return the cookies of a header; the attributes of `Set-Cookie` are left out.

    Those stand in the header itself, which is in the archive as well.
    """
    if text in ("", MASKED):
        return []
    parts = text.split(glue) if glue else [text.split(";")[0]]
    pairs = (part.partition("=") for part in parts)
    return [{"name": name.strip(), "value": value.strip()} for name, _, value in pairs]
