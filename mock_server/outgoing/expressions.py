"""Runtime expressions: what a callback's address takes from the request and its reply.

OAS 3.1.1, section 4.8.20.4. A reference into a body is a JSON pointer (RFC 6901).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import orjson

from mock_server.core import parse_json, tokens_of
from mock_server.http_messages import Reply, Request, client_base, header_map

_EXPRESSION = re.compile(
    r"\$(?:(url|method|statusCode)"
    r"|(request|response)[.](?:(header)[.]([!#$%&'*+.^_`|~0-9A-Za-z-]+)|(query|path)[.](.+)"
    r"|body(?:#((?:/.*)?))?))"
)
_EMBEDDED = re.compile(r"\{(\$[^{}]*)\}")
_MISSING = object()


class Unresolved(Exception):
    """An expression without a value; the message says which one, and why."""


class Called(NamedTuple):
    """A request that was answered, with the values of its path's variables."""

    request: Request
    path: Mapping[str, Any]
    reply: Reply


class Expression:
    """An address with runtime expressions in it, compiled."""

    def __init__(self, text: str) -> None:
        """Compile a text: one expression, or text with expressions in braces. Raises ValueError."""
        self.text = text
        if text.startswith("$"):
            self._parts: list[str | Callable[[Called], Any]] = [_compiled(text)]
            self._names = [text]
            return
        split = _EMBEDDED.split(text)
        self._names = split[1::2]
        self._parts = [_compiled(part) if index % 2 else part for index, part in enumerate(split)]

    def value(self, called: Called) -> str:
        """Return the text for a request and its reply. Raises Unresolved."""
        names = iter(self._names)
        texts = []
        for part in self._parts:
            texts.append(part if isinstance(part, str) else _text(next(names), part, called))
        return "".join(texts)


def _compiled(text: str) -> Callable[[Called], Any]:
    found = _EXPRESSION.fullmatch(text)
    if found is None:
        raise ValueError(
            f"{text} is no runtime expression; expected such as $request.body#/callbackUrl"
        )
    whole, side, header, name, part, member, pointer = found.groups()
    if whole is not None:
        return _WHOLE[whole]
    is_request = side == "request"
    if header is not None:
        return lambda called: _header(called, is_request, name)
    if part is not None:
        if not is_request:
            raise ValueError(f"{text}: a response has no {part}; expected header or body")
        return _PARTS[part](member)
    steps = tuple(map(str, tokens_of(pointer or "")))
    return lambda called: _in_body(called, is_request, steps)


_WHOLE: Mapping[str, Callable[[Called], Any]] = {
    "url": lambda called: _url(called.request),
    "method": lambda called: called.request.method,
    "statusCode": lambda called: called.reply.status,
}


def _url(request: Request) -> str:
    query = f"?{request.query}" if request.query else ""
    return f"{client_base(request)}{request.path}{query}"


def _header(called: Called, is_request: bool, name: str) -> Any:
    raw = called.request.headers if is_request else header_map(called.reply.headers)
    found = raw.get(name.lower().encode())
    return _MISSING if found is None else found.decode("latin-1")


def _in_query(name: str) -> Callable[[Called], Any]:
    def value(called: Called) -> Any:
        pairs = dict(parse_qsl(called.request.query, keep_blank_values=True))
        return pairs.get(name, _MISSING)

    return value


_PARTS: Mapping[str, Callable[[str], Callable[[Called], Any]]] = {
    "query": _in_query,
    "path": lambda name: lambda called: called.path.get(name, _MISSING),
}


def _in_body(called: Called, is_request: bool, steps: tuple[str, ...]) -> Any:
    body = called.request.body if is_request else called.reply.body
    if not steps:
        return body.decode("utf-8", "replace")
    try:
        value = parse_json(body)
    except orjson.JSONDecodeError:
        return _MISSING
    for step in steps:
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return _MISSING
    return value


def _text(name: str, part: Callable[[Called], Any], called: Called) -> str:
    value = part(called)
    if value is _MISSING or value is None:
        raise Unresolved(f"{name} has no value here")
    if isinstance(value, dict | list):
        raise Unresolved(f"{name} is {'an object' if isinstance(value, dict) else 'a list'}")
    return str(value).lower() if isinstance(value, bool) else str(value)
