"""WireMock's request patterns, which select exchanges."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

import orjson

from mock_server.control.json_comparison import Comparison, TooMuch
from mock_server.core import parse_json
from mock_server.errors import InvalidRequest, Violation
from mock_server.http_messages import header_map
from mock_server.patterns import NotLinear, linear_pattern
from mock_server.sessions import Exchange

Holds = Callable[[Exchange], bool]
# A test of the values of a header, a query parameter or a body. There is one value for each time it
# was sent.
Holding = Callable[[Sequence[str]], bool]


class Pattern:
    """A request pattern, compiled; the control API's document states what it may have.

    Raises InvalidRequest for a JSON text that can't be read. Raises it too for a regular expression
    that can't be matched in linear time.
    """

    def __init__(self, pattern: Mapping[str, Any]) -> None:
        given = [(name, value) for name, value in pattern.items() if value is not None]
        self._holds = [holds for name, value in given for holds in _PARTS[name](value)]

    async def found(self, exchanges: Iterable[Exchange]) -> list[Exchange]:
        """Return the exchanges that match the pattern; other requests are answered in between.

        Raises InvalidRequest for JSON that takes too long to compare.
        """
        return [e for e in list(exchanges) if await self._means(e)]

    async def _means(self, exchange: Exchange) -> bool:
        for holds in self._holds:
            await asyncio.sleep(0)
            if not holds(exchange):
                return False
        return True


def url_of(exchange: Exchange) -> str:
    """Return path and query, as WireMock's `url` has them."""
    return f"{exchange.path}?{exchange.query}" if exchange.query else exchange.path


def _method(wanted: str) -> list[Holds]:
    return [lambda e: wanted.upper() in ("ANY", e.method)]


def _url(wanted: str) -> list[Holds]:
    return [lambda e: url_of(e) == wanted]


def _url_path(wanted: str) -> list[Holds]:
    return [lambda e: e.path == wanted]


def _url_pattern(wanted: str) -> list[Holds]:
    fits = _expression(wanted)
    return [lambda e: fits(url_of(e))]


def _url_path_pattern(wanted: str) -> list[Holds]:
    fits = _expression(wanted)
    return [lambda e: fits(e.path)]


def _headers(wanted: Mapping[str, Any]) -> list[Holds]:
    return [_header(name.lower().encode(), _value(value)) for name, value in wanted.items()]


def _header(name: bytes, holding: Holding) -> Holds:
    def holds(exchange: Exchange) -> bool:
        sent = header_map(exchange.request_headers)
        return holding([sent[name].decode("latin-1")] if name in sent else [])

    return holds


def _query(wanted: Mapping[str, Any]) -> list[Holds]:
    return [_parameter(name, _value(value)) for name, value in wanted.items()]


def _parameter(name: str, holding: Holding) -> Holds:
    def holds(exchange: Exchange) -> bool:
        sent = parse_qsl(exchange.query, keep_blank_values=True)
        return holding([value for other, value in sent if other == name])

    return holds


def _bodies(wanted: Sequence[Mapping[str, Any]]) -> list[Holds]:
    return [_body(_value(value)) for value in wanted]


def _body(holding: Holding) -> Holds:
    def holds(exchange: Exchange) -> bool:
        text = exchange.request_body.decode("utf-8", "replace")
        return holding([text] if exchange.request_size else [])

    return holds


_PARTS: Mapping[str, Callable[[Any], list[Holds]]] = {
    "method": _method,
    "url": _url,
    "urlPath": _url_path,
    "urlPattern": _url_pattern,
    "urlPathPattern": _url_path_pattern,
    "headers": _headers,
    "queryParameters": _query,
    "bodyPatterns": _bodies,
}


def _value(pattern: Mapping[str, Any]) -> Holding:
    """Return the test of a value; if it was sent more than once, one match is enough."""
    if "absent" in pattern:
        wanted = bool(pattern["absent"])
        return lambda sent: (not sent) is wanted
    tests = [make(pattern) for name, make in _TESTS.items() if name in pattern]
    return lambda sent: any(all(test(value) for test in tests) for value in sent)


def _equal_to(pattern: Mapping[str, Any]) -> Callable[[str], bool]:
    wanted = pattern["equalTo"]
    if pattern.get("caseInsensitive"):
        return lambda value: value.casefold() == wanted.casefold()
    return lambda value: bool(value == wanted)


def _contains(pattern: Mapping[str, Any]) -> Callable[[str], bool]:
    return lambda value: pattern["contains"] in value


def _matches(pattern: Mapping[str, Any]) -> Callable[[str], bool]:
    return _expression(pattern["matches"])


def _does_not_match(pattern: Mapping[str, Any]) -> Callable[[str], bool]:
    fits = _expression(pattern["doesNotMatch"])
    return lambda value: not fits(value)


def _equal_to_json(pattern: Mapping[str, Any]) -> Callable[[str], bool]:
    wanted = pattern["equalToJson"]
    if isinstance(wanted, str):
        wanted = _parsed_json(wanted)
    any_order = bool(pattern.get("ignoreArrayOrder"))
    try:
        compared = Comparison(wanted, any_order, bool(pattern.get("ignoreExtraElements")))
    except TooMuch as error:
        raise _unreadable(str(error)) from None

    def holds(value: str) -> bool:
        try:
            return compared.holds(parse_json(value))
        except orjson.JSONDecodeError:
            return False
        except TooMuch as error:
            raise _unreadable(str(error)) from None

    return holds


_TESTS: Mapping[str, Callable[[Mapping[str, Any]], Callable[[str], bool]]] = {
    "equalTo": _equal_to,
    "contains": _contains,
    "matches": _matches,
    "doesNotMatch": _does_not_match,
    "equalToJson": _equal_to_json,
}


def _expression(text: str) -> Callable[[str], bool]:
    try:
        return linear_pattern(text)
    except NotLinear as error:
        raise _unreadable(str(error)) from None


def _parsed_json(text: str) -> Any:
    try:
        return parse_json(text)
    except orjson.JSONDecodeError as error:
        raise _unreadable(f"equalToJson is no JSON: {error}") from None


def _unreadable(message: str) -> InvalidRequest:
    violation = Violation(("request", "body"), "", "pattern", message)
    return InvalidRequest(f"{message}.", [violation])
