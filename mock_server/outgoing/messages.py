"""The requests that the mock sends: made by the contract, or as a fixture says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from mock_server.contract import OutgoingRequest
from mock_server.errors import Violation
from mock_server.generation import (
    NOTHING_SENT,
    Entities,
    NoRequest,
    Requests,
    RequestValues,
    Unsatisfiable,
    ValueShape,
)
from mock_server.http_messages import Request, header_bytes
from mock_server.validation import ABSENT, RequestOptions

USUAL_RETRIES = 3


class StateChange(NamedTuple):
    """A change of stored items that a webhook tells of; `place` is where a fixture says so."""

    collection: str
    kind: str
    place: str


@dataclass(frozen=True)
class Canned:
    """What a fixture or a call says of a request that is sent; ABSENT for a body that it leaves.

    A webhook with `on` is sent at each such change.
    """

    body: Any = ABSENT
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    retries: int = USUAL_RETRIES
    is_sent: bool = True
    on: StateChange | None = None


class Message(NamedTuple):
    """One request to a receiver, ready to be sent.

    `method`, `headers` and `body` are as they leave; the target is that of the URL with `query`.
    """

    event: str
    method: str
    query: str
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes


class WrongMessage(Exception):
    """A request that can't be sent, with what is wrong with it."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        super().__init__("; ".join(violation.message for violation in violations))
        self.violations = violations


class MessageMaker:
    """Makes the requests of one callback or webhook."""

    def __init__(
        self, outgoing: OutgoingRequest, entities: Entities, options: RequestOptions
    ) -> None:
        """Take the declaration, what makes values, and how strictly requests are read."""
        self.declared = outgoing
        self._entities = entities
        self._requests = Requests(outgoing.operation, entities.generator, options)

    def message(self, canned: Canned, seed: str, shown: Any = NOTHING_SENT) -> Message:
        """Return a request; `shown` is a value whose members its body shows where it has them.

        Raises WrongMessage for what breaks the contract.
        """
        operation = self.declared.operation
        try:
            values = self._requests.asked(seed, "typical", optional=True)
            request = self._requests.written(self._with_body(values, canned, seed, shown))
        except (NoRequest, ValueError, TypeError) as error:
            why = Violation(("request", "body"), "", "callback", f"{operation.id}: {error}")
            raise WrongMessage([why]) from None
        named = {name.lower().encode(): header_bytes(text) for name, text in canned.headers.items()}
        request = request._replace(headers={**request.headers, **named})
        if found := self._requests.violations(request):
            raise WrongMessage(found)
        return Message(operation.id, request.method, request.query, _pairs(request), request.body)

    def _with_body(
        self, values: RequestValues, canned: Canned, seed: str, shown: Any
    ) -> RequestValues:
        body = self.declared.operation.body
        if body is None or not body.content:
            return values
        key = values.key or next(iter(body.content))
        if canned.body is not ABSENT:
            return values._replace(body=canned.body, key=key)
        content = body.content[key]
        for example in content.examples.values():
            return values._replace(body=example.value, key=key)
        if content.schema is None or "json" not in key:
            return values
        try:
            shape = ValueShape(direction="request", defaults=True)
            made = self._entities.value(content.schema, ("", seed), {}, shape, shown)
        except Unsatisfiable:
            return values
        return values._replace(body=made, key=key)


def _pairs(request: Request) -> list[tuple[bytes, bytes]]:
    return list(_lines(request.headers))


def _lines(headers: Mapping[bytes, bytes]) -> Iterator[tuple[bytes, bytes]]:
    yield from headers.items()
    if b"user-agent" not in headers:
        yield b"user-agent", b"mock-server"


def origin_of(url: str) -> str:
    """Return the scheme and the host of a URL."""
    split = urlsplit(url)
    return f"{split.scheme}://{split.netloc.rpartition('@')[2]}"
