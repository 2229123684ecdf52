"""What a contract has to cover: its parts, each with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from mock_server.contract import Content, Contract, Example, Operation, Response
from mock_server.core import Tokens, pointer_of
from mock_server.coverage.schema_parts import Direction, SchemaParts, reachable
from mock_server.documents import Document, DocumentNode
from mock_server.errors import FilePlace
from mock_server.fixtures import CannedReply
from mock_server.schemas import Schema

# Every kind of part, and what it is; the last four aren't met by requests of clients.
KINDS: Mapping[str, str] = {
    "operations": "an operation that was asked for",
    "statuses": "a declared status that was answered with",
    "media-types": "a declared media type of a body that was sent",
    "parameters": "a parameter that was sent",
    "examples": "a named example that was sent, by either side",
    "enums": "a member of an enum that was sent",
    "branches": "a branch of oneOf or anyOf that something sent keeps to",
    "fixtures": "a canned reply that was answered with",
    "stubs": "a stub that was answered with",
    "callbacks": "a callback whose receiver answered",
    "webhooks": "a webhook whose receiver answered",
}
BESIDE = frozenset({"fixtures", "stubs", "callbacks", "webhooks"})


class Key(NamedTuple):
    """By what a part is known while it is counted; that of a schema's part names no operation."""

    kind: str
    operation: str
    direction: str
    name: str


class ContractPart(NamedTuple):
    """One thing to be met: `name` is what messages call it, `direction` who sends it."""

    key: Key
    name: str
    document: Document
    tokens: Tokens

    @property
    def place(self) -> FilePlace:
        """Where it is written; the file's name is the one that replies tell, too."""
        own = self.document.place(self.tokens)
        return FilePlace(self.document.label, own.line, own.column)

    @property
    def pointer(self) -> str:
        """Its JSON pointer in its document."""
        return pointer_of(self.tokens)


def media_type_key(operation: Operation, code: str | None, content: Content) -> Key:
    """Return the key of a media type: of a request if there is no response code."""
    return Key("media-types", operation.id, _direction(code), _joined_name(code, content.key))


def example_key(operation: Operation, code: str | None, content: Content, example: Example) -> Key:
    """Return the key of an example of a body."""
    name = _joined_name(code, content.key, example.name)
    return Key("examples", operation.id, _direction(code), name)


def _direction(code: str | None) -> str:
    return "request" if code is None else "reply"


def _joined_name(code: str | None, *names: str) -> str:
    return " ".join(names if code is None else (code, *names))


def is_named(example: Example) -> bool:
    """Whether an example stands under `examples` by a name, and not alone or in a schema."""
    return example.node.tokens[-1:] in (("value",), ("dataValue",))


def parts_of(
    contract: Contract, replies: Mapping[str, Sequence[CannedReply]]
) -> list[ContractPart]:
    """Every part of a contract, and of the canned replies beside it; each once."""
    found: dict[Key, ContractPart] = {}
    outgoing = _outgoing_parts(contract)
    for part in (*_contract_parts(contract), *_fixture_parts(replies), *outgoing):
        found.setdefault(part.key, part)
    order = list(KINDS)
    return sorted(found.values(), key=lambda part: order.index(part.key.kind))


def _contract_parts(contract: Contract) -> Iterator[ContractPart]:
    directions: dict[Direction, list[Schema]] = {"request": [], "reply": []}
    for operation in contract.operations:
        yield from _operation_parts(operation)
        directions["request"] += _request_schemas(operation)
        directions["reply"] += _reply_schemas(operation)
    for direction, roots in directions.items():
        plans = SchemaParts(direction)
        for schema in reachable(roots, plans):
            for member in plans.of(schema).members:
                key = Key(member.kind, "", direction, member.id)
                yield ContractPart(
                    key, member.name, schema.document, (*schema.tokens, *member.steps)
                )


def outgoing_key(caller: str, event: str) -> Key:
    """Return the key of a callback of an operation, or without one of a webhook."""
    return Key("callbacks" if caller else "webhooks", caller, "request", event)


def _outgoing_parts(contract: Contract) -> Iterator[ContractPart]:
    for operation in contract.operations:
        for callback in operation.callbacks:
            yield _part(outgoing_key(operation.id, callback.name), callback.name, callback.node)
    for webhook in contract.webhooks:
        yield _part(outgoing_key("", webhook.name), webhook.name, webhook.node)


def _operation_parts(operation: Operation) -> Iterator[ContractPart]:
    name = f"{operation.method} {operation.path}"
    yield _part(Key("operations", operation.id, "", ""), name, operation.node)
    for parameter in operation.parameters:
        name = f"{parameter.location} {parameter.name}"
        yield _part(Key("parameters", operation.id, "request", name), name, parameter.node)
        for example in filter(is_named, parameter.examples.values()):
            key = Key("examples", operation.id, "request", f"{name} {example.name}")
            yield _part(key, key.name, example.node)
    for content in operation.body.content.values() if operation.body else ():
        yield from _content_parts(operation, None, content)
    for response in operation.responses.values():
        if response.node is not operation.node:  # else none is declared
            yield from _response_parts(operation, response)


def _response_parts(operation: Operation, response: Response) -> Iterator[ContractPart]:
    key = Key("statuses", operation.id, "reply", response.code)
    yield _part(key, response.code, _declaration(operation, response))
    for content in response.content.values():
        yield from _content_parts(operation, response.code, content)


def _declaration(operation: Operation, response: Response) -> DocumentNode:
    """Where an operation names a response, be it a reference or the response itself."""
    responses = operation.node.get("responses")
    named = dict(responses.items()) if responses else {}
    own = (node for key, node in named.items() if response.code in (key, key.upper()))
    return next(own, response.node)


def _content_parts(
    operation: Operation, code: str | None, content: Content
) -> Iterator[ContractPart]:
    key = media_type_key(operation, code, content)
    yield _part(key, key.name, content.node)
    for example in filter(is_named, content.examples.values()):
        key = example_key(operation, code, content, example)
        yield _part(key, key.name, example.node)


def _part(key: Key, name: str, node: DocumentNode) -> ContractPart:
    return ContractPart(key, name, node.document, node.tokens)


def _request_schemas(operation: Operation) -> Iterator[Schema]:
    yield from (p.schema for p in operation.parameters if p.schema is not None)
    for content in operation.body.content.values() if operation.body else ():
        yield from _content_schemas(content)


def _reply_schemas(operation: Operation) -> Iterator[Schema]:
    for response in operation.responses.values():
        yield from (h.schema for h in response.headers if h.schema is not None)
        for content in response.content.values():
            yield from _content_schemas(content)


def _content_schemas(content: Content) -> Iterator[Schema]:
    yield from (s for s in (content.schema, content.item_schema) if s is not None)


def _fixture_parts(replies: Mapping[str, Sequence[CannedReply]]) -> Iterator[ContractPart]:
    for operation, canned in replies.items():
        for reply in canned:
            if reply.node is not None and not reply.not_recorded:
                key = Key("fixtures", operation, "reply", reply.name)
                yield _part(key, reply.name, reply.node)
