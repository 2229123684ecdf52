"""What exchanges met of a contract."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mock_server.bodies import body_codec
from mock_server.contract import Content, Operation, Parameter, Response
from mock_server.coverage.parts import Key, example_key, is_named, media_type_key
from mock_server.coverage.schema_parts import Direction, SchemaParts
from mock_server.errors import InvalidRequest, Problem
from mock_server.http_messages import (
    Reply,
    Request,
    decoded,
    find_media_type,
    header_map,
    parse_media_type,
)
from mock_server.mocking import UNDECLARED_MARK, Target
from mock_server.schemas import Schema
from mock_server.sessions import Exchange
from mock_server.validation import ABSENT, Arguments

# As large as a body may be once it is decompressed.
MOST_BYTES = 10 * 1024 * 1024
LeadsTo = Callable[[str, str, str], Target | None]
# After these faults a client has no reply at all, or none that it could read to its end.
_NO_REPLY = frozenset({"reset", "close", "hang"})
_NO_BODY = frozenset({"truncated", "malformed", "content-length", "chunk"})


@dataclass
class Tally:
    """The parts that were met, and how many exchanges that is made from.

    `cut` are those with a body of which the journal kept a part alone, `forgotten` those that had
    gone before anybody counted, `astray` those whose path is no operation's.
    """

    met: set[Key] = field(default_factory=set)
    stubs: set[Key] = field(default_factory=set)
    exchanges: int = 0
    cut: int = 0
    forgotten: int = 0
    astray: int = 0


class Counter:
    """Counts exchanges on one contract; `leads_to` says what a method, a path and a query are."""

    def __init__(self, leads_to: LeadsTo) -> None:
        self._leads_to = leads_to
        self._plans: Mapping[Direction, SchemaParts] = {
            "request": SchemaParts("request"),
            "reply": SchemaParts("reply"),
        }

    def count(self, exchange: Exchange, tally: Tally) -> None:
        """Add to a tally what an exchange met.

        A request that breaks the contract counts for its operation and its reply alone.
        """
        target = self._leads_to(exchange.method, exchange.path, exchange.query)
        target = target and target.of_operation(exchange.operation)
        tally.exchanges += 1
        if target is None or target.responder.operation.id != exchange.operation:
            tally.astray += 1
            return
        tally.cut += _is_cut(exchange)
        tally.stubs.update(_stubs(exchange))
        tally.met.update(self._by_request(exchange, target))
        if exchange.reply is not None:
            tally.met.update(self._by_reply(exchange, exchange.reply, target.responder.operation))

    def _by_request(self, exchange: Exchange, target: Target) -> Iterator[Key]:
        operation = target.responder.operation
        yield Key("operations", operation.id, "", "")
        arguments = _arguments(exchange, target)
        if arguments is None:
            return
        for parameter in operation.parameters:
            values = getattr(arguments, _part_of(parameter))
            if parameter.name in values:
                yield from self._by_parameter(operation, parameter, values[parameter.name])
        if arguments.body is not ABSENT and operation.body is not None:
            sent = header_map(exchange.request_headers).get(b"content-type", b"")
            content = _content(operation.body.content, sent.decode("latin-1"))
            if content is not None:
                yield from self._by_body(operation, None, content, arguments.body)

    def _by_parameter(
        self, operation: Operation, parameter: Parameter, value: Any
    ) -> Iterator[Key]:
        name = f"{parameter.location} {parameter.name}"
        yield Key("parameters", operation.id, "request", name)
        for example in parameter.examples.values():
            if is_named(example) and example.value == value:
                yield Key("examples", operation.id, "request", f"{name} {example.name}")
        yield from self._by_value("request", parameter.schema, value)

    def _by_body(
        self, operation: Operation, code: str | None, content: Content, value: Any
    ) -> Iterator[Key]:
        yield media_type_key(operation, code, content)
        for example in content.examples.values():
            if is_named(example) and example.value == value:
                yield example_key(operation, code, content, example)
        direction: Direction = "request" if code is None else "reply"
        item, whole, _ = content.once(body_codec.rules)
        yield from self._by_value(direction, whole, value)
        for one in value if isinstance(value, list) else [value]:
            yield from self._by_value(direction, item, one)

    def _by_value(self, direction: Direction, schema: Schema | None, value: Any) -> Iterator[Key]:
        if schema is not None and type(value) is not bytes:
            for member in self._plans[direction].met(schema, value):
                yield Key(member.kind, "", direction, member.id)

    def _by_reply(self, exchange: Exchange, reply: Reply, operation: Operation) -> Iterator[Key]:
        fault = reply.fault.kind if reply.fault is not None else ""
        if fault in _NO_REPLY:
            return
        source = reply.source.removesuffix(UNDECLARED_MARK) if reply.is_undeclared else reply.source
        kind, _, name = source.partition(":")
        if kind in ("reply", "stub"):
            kind = "fixtures" if kind == "reply" else "stubs"
            yield Key(kind, operation.id, "reply", name)
        response = operation.response_for(reply.status)
        if response is None or reply.is_undeclared:
            return
        yield Key("statuses", operation.id, "reply", response.code)
        headers = header_map(reply.headers)
        yield from self._by_headers(response, headers)
        is_head = exchange.method == "HEAD" and operation.method != "HEAD"
        content = _content(response.content, headers.get(b"content-type", b"").decode("latin-1"))
        if content is not None and not is_head and fault not in _NO_BODY:
            yield from self._by_reply_body(exchange, reply, operation, response, content)

    def _by_headers(self, response: Response, headers: Mapping[bytes, bytes]) -> Iterator[Key]:
        for header in response.headers:
            text = headers.get(header.name.lower().encode())
            if text is not None:
                try:
                    value = header.decode(text.decode("latin-1"))
                except ValueError:  # a reply that breaks the contract, sent because that was asked
                    continue
                yield from self._by_value("reply", header.schema, value)

    def _by_reply_body(
        self,
        exchange: Exchange,
        reply: Reply,
        operation: Operation,
        response: Response,
        content: Content,
    ) -> Iterator[Key]:
        yield media_type_key(operation, response.code, content)
        kind, _, name = reply.source.partition(":")
        example = content.examples.get(name) if kind == "example" else None
        if example is not None and is_named(example):
            yield example_key(operation, response.code, content, example)
        if exchange.reply_size == len(reply.body):
            headers = {n: v.decode("latin-1") for n, v in header_map(reply.headers).items()}
            try:
                body = decoded(reply.body, headers.get(b"content-encoding", ""), MOST_BYTES)
                value = body_codec.decoder(content, parse_media_type(headers[b"content-type"]))(
                    body
                )
            except (ValueError, Problem):
                return
            yield from self._by_body(operation, response.code, content, value)


def _is_cut(exchange: Exchange) -> bool:
    reply = exchange.reply
    is_reply_cut = reply is not None and exchange.reply_size > len(reply.body)
    return is_reply_cut or exchange.request_size > len(exchange.request_body)


def _stubs(exchange: Exchange) -> Iterator[Key]:
    for operation, stubs in exchange.met.stubs.items():
        yield from (Key("stubs", operation, "reply", stub.name) for stub in stubs)


def _arguments(exchange: Exchange, target: Target) -> Arguments | None:
    """Return the values of a request; None if it breaks the contract.

    If the body was cut, only the values of the parameters are returned.
    """
    if exchange.reply is not None and any(
        violation.location[:1] == ("request",) for violation in exchange.reply.violations
    ):
        return None
    headers = header_map(exchange.request_headers)
    body, is_cut = exchange.request_body, exchange.request_size > len(exchange.request_body)
    request = Request(exchange.method, exchange.path, exchange.query, headers, body)
    try:
        return target.responder.arguments(request, target)
    except InvalidRequest as problem:
        read: Arguments | None = problem.arguments
        return read._replace(body=ABSENT) if is_cut and read is not None else None
    except Problem:
        return None


def _part_of(parameter: Parameter) -> str:
    return "query" if parameter.location == "querystring" else parameter.location


def _content(content: Mapping[str, Content], sent: str) -> Content | None:
    """Return the content of a Content-Type; without the header, the first declared one."""
    if not sent:
        return next((content[key] for key in content if "*" not in key), None)
    try:
        key = find_media_type(content, parse_media_type(sent))
    except ValueError:
        return None
    return None if key is None else content[key]
