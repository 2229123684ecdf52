"""What the OpenAPI document says, compiled; never changed afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from mock_server.contract.servers import ServerAddress
from mock_server.documents import DocumentNode, Documents
from mock_server.errors import Finding
from mock_server.parameters import ParameterShape
from mock_server.schemas import Schema, Schemas

# The method of an operation that stands for all of a path's.
ANY_METHOD = "*"


@dataclass(frozen=True, slots=True)
class Example:
    """An answer written in the contract; `is_of_schema` for one that stands in its schema."""

    name: str
    value: Any
    node: DocumentNode
    is_of_schema: bool = False


Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """What a body of one media type has to be (OAS 3.1.1, section 4.8.14).

    `item_schema` is what each value of a sequence has to be (OAS 3.2.0, section 4.14), `done` the
    data of the event that ends a stream of server-sent events.
    """

    key: str
    schema: Schema | None
    examples: Mapping[str, Example]
    node: DocumentNode
    item_schema: Schema | None = None
    done: str | None = None
    _made: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    def once(self, make: Callable[[Content], Made]) -> Made:
        """Return what `make` compiles of the content; it is made when first needed, and kept."""
        if make not in self._made:
            self._made[make] = make(self)
        made: Made = self._made[make]
        return made


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: how it stands on the wire and what its value has to be.

    `content` is that of one whose text is of a media type.
    """

    name: str
    location: str
    required: bool
    shape: ParameterShape
    schema: Schema | None
    node: DocumentNode
    examples: Mapping[str, Example] = field(default_factory=dict)
    content: Content | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """The body of a request, by media type."""

    required: bool
    content: Mapping[str, Content]


@dataclass(frozen=True, slots=True)
class Header:
    """A header of a response."""

    name: str
    required: bool
    shape: ParameterShape
    schema: Schema | None
    decode: Callable[[str], Any]
    examples: Mapping[str, Example] = field(default_factory=dict)

    @property
    def own_examples(self) -> Mapping[str, Example]:
        """The examples of the Header Object itself, which stand before those of its schema."""
        return {name: one for name, one in self.examples.items() if not one.is_of_schema}


@dataclass(frozen=True, slots=True)
class Response:
    """What one declared status answers with; `code` is "200", "4XX" or "default"."""

    code: str
    content: Mapping[str, Content]
    headers: tuple[Header, ...]
    node: DocumentNode


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path. `id` is its operationId, or "GET /path" where it has none.

    `base_paths` may stand before its path: they are of its own servers, its path's and the
    document's.
    """

    id: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    body: Body | None
    responses: Mapping[str, Response]
    security: tuple[Mapping[str, tuple[str, ...]], ...]
    deprecated: bool
    node: DocumentNode
    base_paths: tuple[str, ...] = ()
    fault: str | None = None
    callbacks: tuple[OutgoingRequest, ...] = ()

    def response_for(self, status: int) -> Response | None:
        """Return the response that covers a status: exact, then its range, then `default`."""
        code = str(status)
        for key in (code, f"{code[0]}XX", "default"):
            if key in self.responses:
                return self.responses[key]
        return None

    @property
    def lowest_success(self) -> tuple[int, Response] | None:
        """The status to answer with when all is well: the lowest 2xx, else default, else any."""
        exact = sorted(code for code in self.responses if code.startswith("2") and code != "2XX")
        if exact:
            return int(exact[0]), self.responses[exact[0]]
        for key in ("2XX", "default"):
            if key in self.responses:
                return 200, self.responses[key]
        first = next(iter(self.responses.values()), None)
        return (int(first.code.replace("X", "0")), first) if first else None


@dataclass(frozen=True, slots=True)
class OutgoingRequest:
    """A request that the service sends: a callback (OAS 3.1.1, section 4.8.18) or a webhook.

    `name` is its key in `callbacks` or `webhooks`, `address` the runtime expression of a
    callback's URL, empty for a webhook. `operation` is what the receiver is asked and may answer.
    """

    name: str
    address: str
    operation: Operation
    node: DocumentNode


@dataclass(frozen=True)
class Contract:
    """The compiled document."""

    documents: Documents
    requests: Schemas
    replies: Schemas
    version: str
    title: str
    base_paths: tuple[str, ...]
    operations: tuple[Operation, ...]
    servers: tuple[ServerAddress, ...]
    security_schemes: Mapping[str, Mapping[str, Any]]
    webhooks: tuple[OutgoingRequest, ...] = ()
    findings: list[Finding] = field(default_factory=list)
