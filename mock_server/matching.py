"""Whether the conditions of a canned reply hold for a request; if not, what differs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from mock_server.messages import Request
from mock_server.replies import STARTED, CannedReply
from mock_server.validate import Arguments

Holds = Callable[[Any], bool]


class Matcher:
    """The conditions of one canned reply, compiled."""

    def __init__(self, reply: CannedReply) -> None:
        conditions = reply.conditions
        self._scenario = reply.scenario
        self._path = _compiled(conditions.path, "path parameter")
        self._query = _compiled(conditions.query, "query parameter")
        self._headers = _compiled(conditions.headers, "header")
        self._body = _part(conditions.body) if conditions.has_body else None

    def path_difference(self, path: Mapping[str, Any]) -> str:
        """The parameter that keeps a path from meeting the conditions; else the empty string."""
        for name, expected, what in self._path:
            if as_text(path.get(name)) != expected:
                return what
        return ""

    def difference(
        self, request: Request, arguments: Arguments, scenarios: Mapping[str, str]
    ) -> str:
        """What keeps a request from meeting the conditions; the empty string where nothing does.

        `scenarios` are the states that scenarios are in. The path's conditions aside: they are
        `path_difference`'s.
        """
        own = self._scenario
        if own is not None and own.state not in (None, scenarios.get(own.name, STARTED)):
            return f"scenario {own.name}"
        if self._query:
            query = dict(parse_qsl(request.query, keep_blank_values=True)) | dict(arguments.query)
            for name, expected, what in self._query:
                if as_text(query.get(name)) != expected:
                    return what
        for name, expected, what in self._headers:
            if request.header(name) != expected:
                return what
        if self._body is not None and not self._body(arguments.body):
            return "body"
        return ""


def _compiled(values: Mapping[str, Any], what: str) -> list[tuple[str, str | None, str]]:
    return [(name, as_text(value), f"{what} {name}") for name, value in values.items()]


def as_text(value: Any) -> str | None:
    """A parameter's value as text: 5 and "5" are the same on the wire. None is: not sent."""
    if type(value) is str or value is None:
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def part_holds(expected: Any, actual: Any) -> bool:
    """Whether a value has what a condition names."""
    return _part(expected)(actual)


def _part(expected: Any) -> Holds:
    """Whether a body has what a condition names; of a list each element, in any order."""
    if isinstance(expected, dict):
        return _members([(name, _part(value)) for name, value in expected.items()])
    if isinstance(expected, list):
        return _elements(expected)
    # 5 and 5.0 are one number in JSON; true, which Python takes for 1, is none.
    is_boolean = isinstance(expected, bool)
    return lambda actual: isinstance(actual, bool) is is_boolean and bool(expected == actual)


def _members(parts: list[tuple[str, Holds]]) -> Holds:
    def holds(actual: Any) -> bool:
        if not isinstance(actual, dict):
            return False
        for name, part in parts:
            if name not in actual:
                return False
            if not part(actual[name]):
                return False
        return True

    return holds


def _elements(expected: list[Any]) -> Holds:
    """Texts are looked for at once: a list may have thousands of them."""
    texts = [element for element in expected if isinstance(element, str)]
    others = [_part(element) for element in expected if not isinstance(element, str)]

    def holds(actual: Any) -> bool:
        if not isinstance(actual, list):
            return False
        if not all(map(actual.__contains__, texts)):
            return False
        return all(any(map(part, actual)) for part in others)

    return holds
