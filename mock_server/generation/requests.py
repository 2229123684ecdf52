"""An operation and a seed to a valid request, made by the contract.

What a request says (`Asked`) is made first and written then, so that whoever wants another
request changes a value, not text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from mock_server.bodies import body_codec
from mock_server.contract import ANY_METHOD, Content, Operation, Parameter, Routes
from mock_server.documents import BrokenRef, DocumentNode
from mock_server.errors import InvalidRequest, MockServerError, Violation
from mock_server.generation.files import sample
from mock_server.generation.schema import Generator, Mode, Unsatisfiable, ValueShape
from mock_server.http_messages import Request, concrete, parse_media_type
from mock_server.parameters import encode
from mock_server.validation import ABSENT, Credential, RequestOptions, RequestRules, credentials

_NAME = re.compile(r"\{([^{}]+)\}")
# RFC 3986, section 3.3, without the percent sign.
_IN_PATHS = "/:@!$&'()*+,;=-._~"
# So many values are made for a parameter that its style may not be able to say.
_ATTEMPTS = 8
# Clients take these segments for steps in the path (RFC 3986, section 5.2.4).
_DOTS = frozenset({".", ".."})


class NoRequest(MockServerError):
    """No valid request can be made for an operation; the message says why."""


class RequestValues(NamedTuple):
    """What a request says, before it is written: the values of its parts, by name.

    `body` is ABSENT where there is none; `key` is the entry of the declared content that it
    belongs to.
    """

    path: Mapping[str, Any]
    query: Mapping[str, Any]
    header: Mapping[str, Any]
    cookie: Mapping[str, Any]
    body: Any
    key: str
    credentials: Sequence[Credential]

    def part(self, location: str) -> Mapping[str, Any]:
        """The values of the parameters in that location."""
        found: Mapping[str, Any] = getattr(self, _part_name(location))
        return found

    def with_part(self, location: str, values: Mapping[str, Any]) -> RequestValues:
        """The same with other values of the parameters in that location."""
        return RequestValues(**{**self._asdict(), _part_name(location): values})


def _part_name(location: str) -> str:
    return "query" if location == "querystring" else location


class Requests:
    """Makes the requests of one operation, writes them, and says what is wrong with one."""

    def __init__(self, operation: Operation, generator: Generator, options: RequestOptions) -> None:
        self.operation = operation
        self.schemes = options.schemes or {}
        self._generator = generator
        self._rules = RequestRules(operation, options)
        self._routes: Routes[None] = Routes()
        self._routes.add(operation.method, operation.path, None)
        self._credentials = credentials(operation, self.schemes)

    def valid(self, seed: str = "mock", mode: Mode = "minimal", optional: bool = False) -> Request:
        """A request that keeps to the contract. Raises NoRequest."""
        request = self.written(self.asked(seed, mode, optional))
        if found := self.violations(request):
            raise NoRequest(found[0].message)
        return request

    def asked(
        self,
        seed: str = "mock",
        mode: Mode = "minimal",
        optional: bool = False,
        examples: bool = True,
    ) -> RequestValues:
        """What a request says that keeps to the contract: by its examples, else made up.

        `mode` says how full the values are, `optional` whether it has what it may be without.
        Raises NoRequest.
        """
        parts: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}, "cookie": {}}
        for parameter in self.operation.parameters:
            if parameter.required or optional:
                values = parts[_part_name(parameter.location)]
                try:
                    values[parameter.name] = self._value(parameter, seed, mode, examples)
                except NoRequest:
                    if parameter.required:
                        raise
        body, key = self._body(seed, mode, optional)
        return RequestValues(**parts, body=body, key=key, credentials=self._credentials)

    def _value(self, parameter: Parameter, seed: str, mode: Mode, examples: bool) -> Any:
        """A value that the parameter's schema allows and its style can say."""
        for value in self._values(parameter, seed, mode, examples):
            if parameter.schema is None or parameter.schema.is_valid(value):
                with suppress(ValueError):
                    text = encode(parameter.shape, value)
                    if parameter.location != "path" or (text and text not in _DOTS):
                        return value
        raise NoRequest(f"nothing can be sent for {parameter.name} in the {parameter.location}")

    def _values(self, parameter: Parameter, seed: str, mode: Mode, examples: bool) -> Iterator[Any]:
        if examples:
            yield from _examples(parameter)
        if parameter.schema is None:
            yield "mock"
            return
        modes: list[Mode] = [mode, *["typical"] * _ATTEMPTS]  # type: ignore[list-item]
        for attempt, one in enumerate(modes):
            shape = ValueShape(mode=one, direction="request")
            with suppress(Unsatisfiable):
                own = f"{seed}\n{parameter.name}\n{attempt}"
                yield self._generator.value(parameter.schema, own, shape=shape)

    def _body(self, seed: str, mode: Mode, optional: bool) -> tuple[Any, str]:
        """The value of the body, and the entry of the content that it belongs to: JSON first."""
        body = self.operation.body
        if body is None or not (body.required or optional):
            return ABSENT, ""
        for key in sorted(body.content, key=lambda key: ("json" not in key.lower(), "*" in key)):
            for value in self._bodies(body.content[key], seed, mode):
                with suppress(ValueError, TypeError):
                    body_codec.encode(value, body.content[key], concrete(key))
                    return value, key
        if body.required and body.content:
            raise NoRequest("nothing can be sent as the body")
        return ABSENT, ""

    def _bodies(self, content: Content, seed: str, mode: Mode) -> Iterator[Any]:
        """Values of a body, the one made up before the examples, which may be long."""
        media_type = parse_media_type(concrete(content.key))
        shape = ValueShape(mode=mode, direction="request")
        schema = content.item_schema or content.schema
        if schema is None:
            yield {} if media_type.is_json else sample(media_type.essence) or b"mock"
        else:
            with suppress(Unsatisfiable):
                value = self._generator.value(schema, f"{seed}\nbody", shape=shape)
                yield value if content.item_schema is None else [value]
        for example in content.examples.values():
            if not body_codec.violations(content, example.value, ("request", "body")):
                yield example.value

    def written(self, asked: RequestValues) -> Request:
        """The request that says this. Raises ValueError for what its styles can't say."""
        headers = {
            p.name.lower().encode(): encode(p.shape, asked.header[p.name]).encode("latin-1")
            for p in self._sent("header", asked)
        }
        path, query = self._target(asked)
        cookies = [encode(p.shape, asked.cookie[p.name]) for p in self._sent("cookie", asked)]
        for location, name, value in asked.credentials:
            if location == "header":
                headers[name.lower().encode()] = value.encode()
            else:
                pairs = query if location == "query" else cookies
                pairs.append(f"{quote(name, safe='')}={value}")
        if cookies:
            headers[b"cookie"] = "; ".join(cookies).encode()
        body = self._written_body(asked, headers)
        # What stands for every method of a path is met by any.
        method = "GET" if self.operation.method == ANY_METHOD else self.operation.method
        return Request(method, path, "&".join(query), headers, body)

    def _sent(self, location: str, asked: RequestValues) -> list[Parameter]:
        values = asked.part(location)
        return [
            p
            for p in self.operation.parameters
            if _part_name(p.location) == location and p.name in values
        ]

    def _target(self, asked: RequestValues) -> tuple[str, list[str]]:
        """The path with its variables filled in, and the pieces of the query."""
        template, _, own = self.operation.path.partition("#")[0].partition("?")
        texts = {p.name: encode(p.shape, asked.path[p.name]) for p in self._sent("path", asked)}
        literals = _NAME.split(template)
        literals[::2] = [quote(unquote(literal), safe=_IN_PATHS) for literal in literals[::2]]
        literals[1::2] = [texts[name] for name in literals[1::2]]
        sent = self._sent("query", asked)
        pieces = [own, *(encode(p.shape, asked.query[p.name]) for p in sent)]
        path = "".join(literals)
        if not _DOTS.isdisjoint(texts.values()) or self._variables(path, own) is None:
            raise ValueError(f"{path} doesn't lead to {self.operation.path}")
        return path, [piece for piece in pieces if piece]

    def _variables(self, path: str, query: str) -> Mapping[str, str] | None:
        """The path's variables as a server takes them from it; None where it leads elsewhere."""
        match = self._routes.match(self.operation.method, path, query)
        return None if match is None else match.variables

    def _written_body(self, asked: RequestValues, headers: dict[bytes, bytes]) -> bytes:
        body = self.operation.body
        if asked.body is ABSENT or body is None:
            return b""
        content = body.content[asked.key]
        written = body_codec.encode(asked.body, content, concrete(asked.key))
        headers[b"content-type"] = written.media_type.encode()
        return written.body

    def violations(self, request: Request) -> Sequence[Violation]:
        """Every way in which a request breaks the contract, by the product's own check.

        The request is one to this operation, as those are that are written here.
        """
        variables = self._variables(request.path, request.query)
        assert variables is not None, f"{request.path} doesn't lead to {self.operation.path}"
        values, found = self._rules.path_values(variables)
        try:
            self._rules.check(request, values, found)
        except InvalidRequest as problem:
            return problem.violations
        return ()


def _examples(parameter: Parameter) -> Iterator[Any]:
    """What the contract gives as an example of a parameter, or of its schema."""
    owners = [parameter.node] if parameter.node.get("in") else []
    content = owners[0].get("content") if owners else None
    owners += [entry for _, entry in content.items()] if content else []
    for owner in owners:
        yield from _examples_at(owner)
        with suppress(BrokenRef):
            if (schema := owner.get("schema")) is not None:
                yield from _examples_at(schema.followed())


def _examples_at(node: DocumentNode) -> Iterator[Any]:
    if (example := node.get("example")) is not None:
        yield example.value
    if (examples := node.get("examples")) is not None:
        yield from (entry.value for entry in examples.elements())
        for _, entry in examples.items():
            with suppress(BrokenRef):
                if (value := entry.followed().get("value")) is not None:
                    yield value.value
