"""Requests by Hypothesis: valid ones, and those that break one rule."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from mock_server.bodies import body_codec
from mock_server.contract import Content, Contract, Operation, Parameter
from mock_server.errors import Violation, WrongUse
from mock_server.generation import (
    Generator,
    InvalidRequestCase,
    NoRequest,
    Requests,
    RequestValues,
    Unsatisfiable,
    invalid_requests,
    sample,
)
from mock_server.http_messages import Request, concrete, parse_media_type
from mock_server.parameters import encode
from mock_server.testing.leaves import IN_HEADERS
from mock_server.testing.operations import contract_of, operation_of
from mock_server.testing.places import Places
from mock_server.validation import ABSENT, RequestOptions

# No limit stands in the way of what the contract allows.
_OPTIONS = RequestOptions(body_limit=2**31)


@dataclass(frozen=True)
class SentRequest:
    """A request as a client sends it: `url` is the path with its query, both percent-encoded.

    `json` is what the body says where that is JSON.
    """

    method: str
    url: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """The path, percent-encoded."""
        return self.url.partition("?")[0]

    @property
    def query(self) -> str:
        """The query, percent-encoded and without its `?`."""
        return self.url.partition("?")[2]

    @property
    def json(self) -> Any:
        """What the body says. Raises ValueError where it isn't JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class BrokenRequest(SentRequest):
    """A request that breaks one rule of the contract, and how."""

    violation: Violation

    @property
    def rule(self) -> str:
        """The keyword that it breaks: `required`, `type`, `format`, …."""
        return self.violation.keyword


def requests(
    operation: str, *, contract: Contract | Path | str | None = None
) -> SearchStrategy[SentRequest]:
    """Return a strategy for the requests to an operation that keep to the contract.

    The contract is a path or one that was read; the shipped one without any. Raises StartError
    where it can't be read, WrongUse for an operation that isn't in it or can't be asked.
    """
    known = contract_of(contract)
    asking = _Asking(known, operation_of(known, operation))
    return asking.valid().map(lambda pair: _sent(pair[1]))


def broken_requests(
    operation: str, *, contract: Contract | Path | str | None = None
) -> SearchStrategy[BrokenRequest]:
    """Return a strategy for requests that each break one rule of the contract, with the rule.

    The rest is as for `requests`.
    """
    known = contract_of(contract)
    asking = _Asking(known, operation_of(known, operation))
    return asking.broken().map(_broken)


class _Asking:
    """The requests of one operation."""

    def __init__(self, contract: Contract, operation: Operation) -> None:
        options = RequestOptions(_OPTIONS.body_limit, schemes=contract.security_schemes)
        self._operation = operation
        self._requests = Requests(operation, Generator(), options)
        self._free, self._plain = Places("request"), Places("request", IN_HEADERS)
        try:
            self._usual = self._requests.asked()
        except NoRequest as error:
            raise WrongUse(f"{operation.id}: {error}") from None
        self._parameters = [
            (parameter, values)
            for parameter in operation.parameters
            if (values := self._values(parameter)) is not None
        ]
        self._bodies = dict(self._each_body())

    def _values(self, parameter: Parameter) -> SearchStrategy[Any] | None:
        """Return a strategy for a parameter's values; None if no value fits its schema."""
        places = self._plain if parameter.location in ("header", "cookie") else self._free
        if parameter.schema is None:
            return st.just("mock")
        try:
            values = places.values(parameter.schema)
        except Unsatisfiable:
            return None
        return values.filter(lambda value: _is_sayable(parameter, value))

    def _each_body(self) -> Iterator[tuple[str, SearchStrategy[Any]]]:
        """Yield strategies for the values of the body, by the key of their content."""
        body = self._operation.body
        for key, content in body.content.items() if body else ():
            with suppress(Unsatisfiable):
                yield key, body_values(self._free, content)

    def valid(self) -> SearchStrategy[tuple[RequestValues, Request]]:
        """Return a strategy for valid requests, each with its values."""

        @st.composite
        def valid(draw: DrawFn) -> tuple[RequestValues, Request]:
            asked = self._drawn(draw)
            request = self._written_request(asked)
            assume(request is not None and not self._requests.violations(request))
            assert request is not None
            return asked, request

        return valid()

    def _drawn(self, draw: DrawFn) -> RequestValues:
        asked = self._usual
        for location in ("path", "query", "header", "cookie"):
            asked = asked.with_part(location, {})
        for parameter, values in self._parameters:
            if parameter.required or draw(st.booleans()):
                part = asked.part(parameter.location)
                asked = asked.with_part(parameter.location, {**part, parameter.name: draw(values)})
        return self._with_body(asked, draw)

    def _with_body(self, asked: RequestValues, draw: DrawFn) -> RequestValues:
        body = self._operation.body
        if body is None or not self._bodies or not (body.required or draw(st.booleans())):
            return asked._replace(body=ABSENT, key="")
        key = draw(st.sampled_from(tuple(self._bodies)))
        return asked._replace(body=draw(self._bodies[key]), key=key)

    def _written_request(self, asked: RequestValues) -> Request | None:
        with suppress(ValueError, TypeError):
            return self._requests.written(asked)
        return None

    def broken(self) -> SearchStrategy[InvalidRequestCase]:
        """Return a strategy for requests that break one rule, each a changed valid request."""

        @st.composite
        def broken(draw: DrawFn) -> InvalidRequestCase:
            asked, _ = draw(self.valid())
            # Most clients write headers in ASCII alone.
            found = [
                one for one in invalid_requests(self._requests, asked) if _is_ascii(one.request)
            ]
            assume(found)
            return draw(st.sampled_from(found))

        return broken()


def body_values(places: Places, content: Content) -> SearchStrategy[Any]:
    """Return a strategy for body values that fit the media type. Raises Unsatisfiable."""
    media_type = concrete(content.key)
    schema = content.item_schema or content.schema
    if schema is None:
        plain = {} if parse_media_type(media_type).is_json else sample(media_type) or b"mock"
        return st.just(plain)
    values = places.values(schema)
    if content.item_schema is not None:
        values = st.lists(values, max_size=3)
    return values.filter(lambda value: _is_writable(value, content, media_type))


def _is_writable(value: Any, content: Content, media_type: str) -> bool:
    try:
        body_codec.encode(value, content, media_type)
    except (ValueError, TypeError):
        return False
    return not body_codec.violations(content, value, ("body",))


def _is_sayable(parameter: Parameter, value: Any) -> bool:
    try:
        text = encode(parameter.shape, value)
    except ValueError:
        return False
    return parameter.location != "path" or text not in ("", ".", "..")


def _is_ascii(request: Request) -> bool:
    return all(value.isascii() for value in request.headers.values())


def _sent(request: Request) -> SentRequest:
    return SentRequest(*_members(request))


def _broken(broken: InvalidRequestCase) -> BrokenRequest:
    return BrokenRequest(*_members(broken.request), broken.violation)


def _members(request: Request) -> tuple[str, str, dict[str, str], bytes]:
    url = f"{request.path}{'?' if request.query else ''}{request.query}"
    headers = {k.decode("ascii"): v.decode("latin-1") for k, v in request.headers.items()}
    return request.method, url, headers, request.body
