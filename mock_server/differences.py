"""Every way in which a request differs from the conditions of a canned reply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from mock_server.matching import as_text, part_holds
from mock_server.messages import Request
from mock_server.pointers import Tokens, pointer_of
from mock_server.replies import STARTED, CannedReply
from mock_server.validate import ABSENT, Arguments
from mock_server.wording import shown


class Difference(NamedTuple):
    """What was expected somewhere in a request, and what was found; ABSENT for nothing."""

    where: str
    expected: Any
    found: Any

    def __str__(self) -> str:
        found = "is missing" if self.found is ABSENT else f"is {shown(self.found)}"
        wanted = "expected none" if self.expected is ABSENT else f"expected {shown(self.expected)}"
        return f"{self.where} {found}; {wanted}"


def differences(
    reply: CannedReply, request: Request, arguments: Arguments, scenarios: Mapping[str, str]
) -> list[Difference]:
    """All that keeps a canned reply from applying to a request; none where it applies.

    `scenarios` are the states that scenarios are in.
    """
    when = reply.conditions
    query = dict(parse_qsl(request.query, keep_blank_values=True)) | dict(arguments.query)
    headers = {name: request.header(name) for name in when.headers}
    found = [
        *_scenario(reply, scenarios),
        *_named("path parameter", when.path, arguments.path),
        *_named("query parameter", when.query, query),
        *_named("header", when.headers, headers),
    ]
    if when.has_body:
        found += _body(when.body, arguments.body, ())
    return found


def _scenario(reply: CannedReply, scenarios: Mapping[str, str]) -> Iterator[Difference]:
    own = reply.scenario
    if own is not None:
        state = scenarios.get(own.name, STARTED)
        if own.state not in (None, state):
            yield Difference(f"scenario {own.name}", own.state, state)


def _named(
    what: str, expected: Mapping[str, Any], found: Mapping[str, Any]
) -> Iterator[Difference]:
    for name, value in expected.items():
        sent = found.get(name)
        if as_text(sent) != as_text(value):
            absent = (ABSENT if v is None else v for v in (value, sent))
            yield Difference(f"{what} {name}", *absent)


def _body(expected: Any, found: Any, tokens: Tokens) -> Iterator[Difference]:
    """The differences in a body, each with the JSON pointer (RFC 6901) where it is."""
    where = f"body {pointer_of(tokens)}" if tokens else "body"
    if isinstance(expected, dict) and isinstance(found, dict):
        for name, value in expected.items():
            yield from _body(value, found.get(name, ABSENT), (*tokens, name))
    elif isinstance(expected, list) and isinstance(found, list):
        for element in expected:
            if not any(part_holds(element, other) for other in found):
                yield Difference(f"an element of the {where}", element, found)
    elif not part_holds(expected, found):
        yield Difference(where, expected, found)
