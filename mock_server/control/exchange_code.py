"""An exchange as code: a line for curl, a test, and the members of a stub."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pprint import pformat
from typing import Any

from mock_server.contract import Operation
from mock_server.control.exchanges import header_texts, joined
from mock_server.control.filters import is_unmatched
from mock_server.core import parse_json
from mock_server.http_messages import (
    Reply,
    Request,
    curl_line,
    header_map,
    parse_media_type,
)
from mock_server.secrecy import MASKED
from mock_server.sessions import Exchange, ShownExchange

# Headers that each client sets by itself.
_OF_THE_CLIENT = frozenset(
    {b"host", b"connection", b"content-length", b"transfer-encoding", b"user-agent"}
    | {b"accept-encoding"}
)


def request_of(exchange: Exchange) -> Request:
    """Return the request of an exchange, without the headers that any client sets by itself."""
    headers = header_map(exchange.request_headers)
    own = {name: value for name, value in headers.items() if name not in _OF_THE_CLIENT}
    return Request(exchange.method, exchange.path, exchange.query, own, exchange.request_body)


def curl_of(shown: ShownExchange, url: str) -> str | None:
    """Return the line that sends the request again; None if no line can, or a part is lost."""
    if shown.is_request_cut:
        return None
    try:
        return curl_line(request_of(shown.exchange), url)
    except ValueError:
        return None


def stub_of_exchange(
    shown: ShownExchange, operation: Operation | None, path: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Return the members of a stub that gives the same reply for the same path.

    Return None for a request that no operation answered, and for a body that is no text. The same
    goes for a reply that didn't come or was kept in part.
    """
    reply = shown.exchange.reply
    if operation is None or reply is None or shown.is_reply_cut:
        return None
    try:
        body = _body_members(reply)
    except ValueError:
        return None
    headers = _declared_headers(reply, operation)
    when = {"when": {"path": dict(path)}} if path else {}
    return {
        "operation": operation.id,
        **when,
        "status": reply.status,
        **({"headers": headers} if headers else {}),
        **body,
    }


def _body_members(reply: Reply) -> dict[str, Any]:
    """Return the media type and the body. Raises ValueError for what is no text."""
    media_type = joined(header_texts(reply.headers)).get("content-type")
    if not reply.body or media_type is None:
        return {}
    plain = parse_media_type(media_type)
    body = parse_json(reply.body) if plain.is_json else reply.body.decode()
    return {"media_type": plain.essence, "body": body}


def _declared_headers(reply: Reply, operation: Operation) -> dict[str, str]:
    """Return the reply's headers that the contract declares, without those that are masked."""
    response = operation.response_for(reply.status)
    sent = joined(header_texts(reply.headers))
    names = [header.name for header in response.headers] if response is not None else []
    found = {name: sent[name.lower()] for name in names if name.lower() in sent}
    return {name: value for name, value in found.items() if MASKED not in value}


def pytest_of(shown: ShownExchange, is_as_sent: bool) -> str | None:
    """Return a test that sends the request to the fixture `mock_api` and expects the reply.

    The test expects the body only if it is JSON and, as `is_as_sent` states, nothing in it is
    masked.
    """
    if shown.is_request_cut or shown.exchange.reply is None:
        return None
    return "\n".join(_test_lines(shown, is_as_sent)) + "\n"


def _test_lines(shown: ShownExchange, is_as_sent: bool) -> Iterator[str]:
    exchange = shown.exchange
    reply = exchange.reply
    assert reply is not None
    breaks = is_unmatched(exchange) or bool(reply.violations)
    if breaks:
        yield from ("import pytest", "", "", "@pytest.mark.mock_api(allow_violations=True)")
    name = re.sub(r"\W+", "_", exchange.operation or exchange.method).strip("_").lower()
    yield f"def test_{name}_answers_{reply.status}(mock_api):"
    for stub in exchange.met.stubs.get(exchange.operation, ()):
        if reply.source == f"stub:{stub.name}":
            yield from _indented(_stub_call(stub.members))
    yield from _indented(_request_call(request_of(exchange)))
    yield f"    assert reply.status_code == {reply.status}"
    if is_as_sent and not shown.is_reply_cut and (value := _json_of_body(reply)) is not None:
        yield from _indented("assert reply.json() == " + _python_literal(value))


def _stub_call(members: Mapping[str, Any]) -> str:
    own = {name: value for name, value in members.items() if name not in ("operation", "name")}
    written = "".join(f"    {name}={_python_literal(value)},\n" for name, value in own.items())
    return f"mock_api.reply(\n    {members['operation']!r},\n{written})"


def _request_call(request: Request) -> str:
    target = f"{request.path}{'?' if request.query else ''}{request.query}"
    lines = [f"reply = mock_api.client().request(\n    {request.method!r},\n    {target!r},\n"]
    headers = {n.decode("latin-1"): v.decode("latin-1") for n, v in request.headers.items()}
    if headers:
        lines.append(f"    headers={_python_literal(headers)},\n")
    if request.body:
        lines.append(f"    content={request.body!r},\n")
    return f"{''.join(lines)})"


def _python_literal(value: Any) -> str:
    """Return a value as Python writes it, its further lines indented below an argument."""
    return pformat(value, width=88, sort_dicts=False).replace("\n", "\n    ")


def _indented(text: str) -> Iterator[str]:
    return (f"    {line}" for line in text.splitlines())


def _json_of_body(reply: Reply) -> Any:
    """Return the body's value if it is JSON, else None."""
    media_type = joined(header_texts(reply.headers)).get("content-type", "")
    try:
        return parse_json(reply.body) if parse_media_type(media_type).is_json else None
    except ValueError:
        return None
