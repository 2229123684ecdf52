"""Replies by Hypothesis: whatever an operation may answer by the contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from mock_server.catalogue import statuses
from mock_server.contract import Contract, Header, Operation, Response
from mock_server.errors import WrongUse
from mock_server.generation import Unsatisfiable
from mock_server.http_messages import concrete, header_bytes
from mock_server.parameters import encode
from mock_server.testing.leaves import IN_HEADERS
from mock_server.testing.operations import contract_of, operation_of
from mock_server.testing.places import Places
from mock_server.testing.sent import body_values
from mock_server.validation import ABSENT


@dataclass(frozen=True)
class AllowedReply:
    """A reply that the contract allows; `body` is what its body says, ABSENT where it has none."""

    status: int
    media_type: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = ABSENT

    def members(self) -> dict[str, Any]:
        """Return the members of a canned reply for it."""
        found: dict[str, Any] = {"status": self.status}
        if self.media_type not in (None, "application/json"):
            found["media_type"] = self.media_type
        if self.headers:
            found["headers"] = self.headers
        return found if self.body is ABSENT else {**found, "body": self.body}


class _Way(NamedTuple):
    """A status with one of its media types: what is drawn of it."""

    status: int
    media_type: str | None
    response: Response
    bodies: SearchStrategy[Any]


def replies(
    operation: str, status: int | None = None, *, contract: Contract | Path | str | None = None
) -> SearchStrategy[Any]:
    """What the bodies of an operation's replies may say, by their schema.

    Without a status those of its lowest success. The contract is a path or one that was read; the
    shipped one without any. Raises StartError where it can't be read, and WrongUse for an
    operation or a status that isn't in it, or has no body.
    """
    found = operation_of(contract_of(contract), operation)
    usual = found.lowest_success
    wanted = status if status is not None else usual[0] if usual else 0
    ways = [way for way in _ways(found, [wanted]) if way.media_type is not None]
    if not ways:
        raise WrongUse(
            f"{operation} declares no body for {wanted}; it declares {_declared_statuses(found)}"
        )
    return st.one_of([way.bodies for way in ways])


def allowed_replies(
    operation: Operation, wanted: Sequence[int] | None = None
) -> SearchStrategy[AllowedReply]:
    """Every reply that the contract allows an operation, of those statuses or of all.

    Raises WrongUse where it allows none.
    """
    ways = list(_ways(operation, wanted))
    if not ways:
        asked = "" if wanted is None else f" {', '.join(map(str, wanted))}"
        raise WrongUse(
            f"{operation.id} declares no reply{asked}; it declares {_declared_statuses(operation)}"
        )
    places = Places("reply", IN_HEADERS)

    @st.composite
    def allowed(draw: DrawFn) -> AllowedReply:
        way = draw(st.sampled_from(ways))
        headers = dict(_headers(places, way.response, draw))
        return AllowedReply(way.status, way.media_type, headers, draw(way.bodies))

    return allowed()


def _declared_statuses(operation: Operation) -> str:
    return ", ".join(operation.responses) or "none"


def _ways(operation: Operation, wanted: Sequence[int] | None) -> Iterator[_Way]:
    """The lowest success first, which is what replies shrink to."""
    every = [status for status, _ in statuses(operation)] if wanted is None else wanted
    places = Places("reply")
    for status in sorted(every, key=lambda status: (status // 100 != 2, status)):
        response = operation.response_for(status)
        if response is None:
            continue
        if not response.content:
            yield _Way(status, None, response, st.just(ABSENT))
        for key, content in response.content.items():
            with suppress(Unsatisfiable):
                yield _Way(status, concrete(key), response, body_values(places, content))


def _headers(places: Places, response: Response, draw: DrawFn) -> Iterator[tuple[str, str]]:
    """Yield the declared headers: the required ones, and others at random."""
    for header in response.headers:
        if header.name.lower() == "content-type" or not (header.required or draw(st.booleans())):
            continue
        values = st.just("mock") if header.schema is None else places.values(header.schema)
        yield header.name, draw(values.map(partial(_header_text, header)).filter(bool))


def _header_text(header: Header, value: Any) -> str:
    """Return the value on the wire; empty if it can't be written."""
    with suppress(ValueError):
        text = encode(header.shape, value)
        if header_bytes(text).decode("latin-1") == text:
            return text
    return ""
