"""WireMock's request patterns: which exchanges they mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

import orjson

from mock_server.core import parse_json
from mock_server.errors import InvalidRequest, Violation
from mock_server.http_messages import header_map
from mock_server.sessions import Exchange

Holds = Callable[[Exchange], bool]
# What a header, a query parameter or a body is: as often as it was sent.
Holding = Callable[[Sequence[str]], bool]


class Pattern:
    """A request pattern, compiled; the control API's document says what it may have.

    Raises InvalidRequest for a regular expression, or a JSON text, that can't be read.
    """

    def __init__(self, pattern: Mapping[str, Any]) -> None:
        self._holds = [_PARTS[name](value) for name, value in pattern.items() if value is not None]

    def found(self, exchanges: Iterable[Exchange]) -> list[Exchange]:
        """The exchanges that it means."""
        return [e for e in exchanges if all(holds(e) for holds in self._holds)]


def url_of(exchange: Exchange) -> str:
    """Path and query, as WireMock's `url` has them."""
    return f"{exchange.path}?{exchange.query}" if exchange.query else exchange.path


def _method(wanted: str) -> Holds:
    return lambda e: wanted.upper() in ("ANY", e.method)


def _url(wanted: str) -> Holds:
    return lambda e: url_of(e) == wanted


def _url_path(wanted: str) -> Holds:
    return lambda e: e.path == wanted


def _url_pattern(wanted: str) -> Holds:
    whole = _expression(wanted).fullmatch
    return lambda e: whole(url_of(e)) is not None


def _url_path_pattern(wanted: str) -> Holds:
    whole = _expression(wanted).fullmatch
    return lambda e: whole(e.path) is not None


def _headers(wanted: Mapping[str, Any]) -> Holds:
    compiled = [(name.lower().encode(), _value(value)) for name, value in wanted.items()]

    def holds(exchange: Exchange) -> bool:
        sent = header_map(exchange.request_headers)
        return all(
            value([sent[name].decode("latin-1")] if name in sent else [])
            for name, value in compiled
        )

    return holds


def _query(wanted: Mapping[str, Any]) -> Holds:
    compiled = [(name, _value(value)) for name, value in wanted.items()]

    def holds(exchange: Exchange) -> bool:
        sent = parse_qsl(exchange.query, keep_blank_values=True)
        return all(value([v for n, v in sent if n == name]) for name, value in compiled)

    return holds


def _bodies(wanted: Sequence[Mapping[str, Any]]) -> Holds:
    compiled = [_value(value) for value in wanted]

    def holds(exchange: Exchange) -> bool:
        text = exchange.request_body.decode("utf-8", "replace")
        return all(value([text] if exchange.request_size else []) for value in compiled)

    return holds


_PARTS: Mapping[str, Callable[[Any], Holds]] = {
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
    """What a value has to be; of one that was sent more than once any may be it."""
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
    whole = _expression(pattern["matches"]).fullmatch
    return lambda value: whole(value) is not None


def _does_not_match(pattern: Mapping[str, Any]) -> Callable[[str], bool]:
    whole = _expression(pattern["doesNotMatch"]).fullmatch
    return lambda value: whole(value) is None


def _equal_to_json(pattern: Mapping[str, Any]) -> Callable[[str], bool]:
    wanted = pattern["equalToJson"]
    if isinstance(wanted, str):
        wanted = _json(wanted)
    any_order = bool(pattern.get("ignoreArrayOrder"))
    more = bool(pattern.get("ignoreExtraElements"))

    def holds(value: str) -> bool:
        try:
            return _same(wanted, parse_json(value), any_order, more)
        except orjson.JSONDecodeError:
            return False

    return holds


_TESTS: Mapping[str, Callable[[Mapping[str, Any]], Callable[[str], bool]]] = {
    "equalTo": _equal_to,
    "contains": _contains,
    "matches": _matches,
    "doesNotMatch": _does_not_match,
    "equalToJson": _equal_to_json,
}


def _same(wanted: Any, found: Any, any_order: bool, more: bool) -> bool:
    """Whether a JSON value is as wanted: with lists in any order, and with more members, if so."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        if not more and wanted.keys() != found.keys():
            return False
        return all(n in found and _same(v, found[n], any_order, more) for n, v in wanted.items())
    if isinstance(wanted, list) and isinstance(found, list):
        if len(wanted) != len(found):
            return False
        if not any_order:
            return all(_same(w, f, any_order, more) for w, f in zip(wanted, found, strict=True))
        return _same_members(wanted, list(found), more)
    is_boolean = isinstance(wanted, bool)
    return is_boolean is isinstance(found, bool) and bool(wanted == found)


def _same_members(wanted: list[Any], left: list[Any], more: bool) -> bool:
    for item in wanted:
        index = next((i for i, other in enumerate(left) if _same(item, other, True, more)), None)
        if index is None:
            return False
        del left[index]
    return True


def _expression(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text, re.DOTALL)
    except re.error as error:
        raise _unreadable(f"{text!r} is no regular expression: {error}") from None


def _json(text: str) -> Any:
    try:
        return parse_json(text)
    except orjson.JSONDecodeError as error:
        raise _unreadable(f"equalToJson is no JSON: {error}") from None


def _unreadable(message: str) -> InvalidRequest:
    violation = Violation(("request", "body"), "", "pattern", message)
    return InvalidRequest(f"{message}.", [violation])
