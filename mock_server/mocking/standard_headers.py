"""The standard headers that an operation declares, each by its grammar and for its message.

A value is used if the declared schema accepts it. A header with an example, or with a schema that
says itself which value it has, isn't touched.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, NamedTuple

from mock_server.contract import Header, Operation, Response
from mock_server.generation import DAY, FIELDS, Field, HeaderMessage, Phase
from mock_server.http_messages import Request, client_base, uri_text
from mock_server.schemas import schemas_within
from mock_server.validation import without_preferences

# What says of itself which value a header has.
_GIVING = frozenset({"const", "default", "enum", "example", "examples", "x-faker"})
_NOTHING: Mapping[str, str] = {}


class StandardHeader(NamedTuple):
    """A declared header with a grammar; `hint` and `least` are what its schema says of it."""

    header: Header
    field: Field
    hint: str
    least: float | None

    def text(self, message: HeaderMessage) -> str | None:
        """Return the first value that the schema accepts; None if it accepts none."""
        own = replace(
            message,
            seed=f"{message.seed}\n{self.header.name}",
            hint=self.hint,
            least=self.least,
        )
        schema, decode = self.header.schema, self.header.decode
        for text in self.field.values(own):
            try:
                if schema is None or schema.is_valid(decode(text)):
                    return text
            except ValueError:  # no value of the declared form
                continue
        return None


class StandardHeaders:
    """The standard headers of one operation's replies."""

    def __init__(self, operation: Operation, siblings: Sequence[Operation]) -> None:
        """Take the operation, and those of the same path, itself among them."""
        self._operation = operation
        self._siblings = siblings
        self._found: dict[str, Mapping[str, StandardHeader]] = {}

    @cached_property
    def _blank(self) -> HeaderMessage:
        """What is known of every message without a request."""
        methods = dict.fromkeys(one.method for one in self._siblings)
        implied = ["HEAD"] if "GET" in methods else []
        types = {one.method: tuple(one.body.content) for one in self._siblings if one.body}
        return HeaderMessage(
            seed=self._operation.id,
            methods=tuple(dict.fromkeys((*methods, *implied, "OPTIONS"))),
            types=types,
            path=self._operation.path,
            has_ranges="206" in self._operation.responses,
        )

    def _of(self, response: Response) -> Mapping[str, StandardHeader]:
        """The standard headers of a response, by the name that the document has."""
        found = self._found.get(response.code)
        if found is None:
            found = self._found[response.code] = {
                header.name: standard
                for header in response.headers
                if (standard := _standard(header)) is not None
            }
        return found

    def value(self, header: Header, response: Response) -> str | None:
        """Return a header's value as far as it is known without a message; None without any."""
        standard = self._of(response).get(header.name)
        if standard is None:
            return None
        status = int(response.code.replace("X", "0")) if response.code != "default" else 500
        return standard.text(replace(self._blank, status=status))

    def of_message(
        self,
        response: Response,
        status: int,
        names: Collection[str],
        request: Request,
        now: float,
        seed: str,
        value: Any = None,
        media_type: str = "",
    ) -> Mapping[str, str]:
        """Return those of the named headers that depend on the request, or on what answers it.

        `now` is the time of the session's clock. A time ahead of it is that of a whole day, so
        that the values are the same for a day.
        """
        found = self._at(Phase.MESSAGE, response, names)
        if not found:
            return _NOTHING
        query = without_preferences(request.query)
        path = uri_text(f"{request.path}?{query}" if query else request.path)
        message = replace(
            self._blank,
            seed=f"{seed}\n{self._operation.id} {status}\n{path}",
            today=int(now // DAY) * DAY,
            status=status,
            path=request.prefix + path,
            base=client_base(request).removesuffix(request.prefix),
            headers=request.headers,
            media_type=media_type,
            value=value,
        )
        return dict(_texts(found, message))

    def of_body(
        self, response: Response, status: int, names: Collection[str], value: Any, body: bytes
    ) -> Mapping[str, str]:
        """Return those of the named headers that depend on the bytes of the body."""
        found = self._at(Phase.BODY, response, names)
        if not found:
            return _NOTHING
        message = replace(self._blank, status=status, value=value, body=body)
        return dict(_texts(found, message))

    def _at(self, phase: Phase, response: Response, names: Collection[str]) -> list[StandardHeader]:
        standard = self._of(response)
        return [one for name, one in standard.items() if one.field.phase == phase and name in names]


def _texts(found: list[StandardHeader], message: HeaderMessage) -> Iterator[tuple[str, str]]:
    for one in found:
        text = one.text(message)
        if text is not None:
            yield one.header.name, text


def _standard(header: Header) -> StandardHeader | None:
    """A declared header with its grammar, unless the document says which value it has."""
    field = FIELDS.get(header.name.lower())
    is_text = header.shape.media_type in (None, "text/plain")
    if field is None or header.examples or not is_text:
        return None
    raws = [one.raw for one in schemas_within(header.schema)] if header.schema is not None else []
    if any(not _GIVING.isdisjoint(raw) for raw in raws):
        return None
    hints = [raw["description"] for raw in raws if isinstance(raw.get("description"), str)]
    least = [raw["minimum"] for raw in raws if isinstance(raw.get("minimum"), int | float)]
    return StandardHeader(header, field, " ".join(hints), max(least, default=None))
