"""What is secret in the exchanges of a contract, and what is shown in its place.

Everything that shows an exchange uses this module: the journal in all its forms, logs,
explanations, violations and recordings. Answering a request doesn't use it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from traceback import format_exception
from typing import Any

from mock_server.contract import Contract, Operation
from mock_server.http_messages import RawHeaders, Request, header_map
from mock_server.secrecy.bodies import masked_body
from mock_server.secrecy.names import SecretNames
from mock_server.secrecy.schema_marks import Marks, OperationMarks
from mock_server.secrecy.texts import MASKED, TextMask
from mock_server.secrecy.values import masked_value

# The values of these headers are always secret.
HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
_VARIABLE = re.compile(r"\{([^{}]+)\}")


class Secrets:
    """The secrets of one contract.

    `said` are names as the setting has them. A name is added; with a `-` before it, it is secret
    no longer. Without `is_on` nothing is secret.
    """

    def __init__(
        self,
        operations: Iterable[Operation] = (),
        schemes: Mapping[str, Mapping[str, Any]] | None = None,
        said: Sequence[str] = (),
        is_on: bool = True,
    ) -> None:
        self.is_on = is_on
        self.names = SecretNames.of(said)
        self.keys = {part: _keys(schemes or {}, part) for part in ("header", "query", "cookie")}
        self._operations = {operation.id: operation for operation in operations}
        self._known: dict[str, OperationSecrets] = {}
        self._of_none = OperationSecrets(self, None)

    @classmethod
    def of_contract(cls, contract: Contract, said: Sequence[str], is_on: bool) -> Secrets:
        """Return the secrets of a contract."""
        return cls(contract.operations, contract.security_schemes, said, is_on)

    def of_operation(self, operation: Operation) -> OperationSecrets:
        """Return what is secret in the exchanges of an operation."""
        if operation.id not in self._known:
            self._known[operation.id] = OperationSecrets(self, operation)
        return self._known[operation.id]

    def of(self, operation: str) -> OperationSecrets:
        """Return what is secret in the exchanges of the operation with that id, known or not."""
        known = self._operations.get(operation)
        return self._of_none if known is None else self.of_operation(known)

    def text(self, text: str) -> str:
        """Return a text that belongs to no operation, with its secrets masked."""
        return self._of_none.text(text)


class OperationSecrets:
    """What is secret in the exchanges of one operation, compiled when first needed."""

    def __init__(self, secrets: Secrets, operation: Operation | None) -> None:
        self._secrets, self._operation = secrets, operation
        self.is_on = secrets.is_on
        self._marks = OperationMarks(operation)

    @cached_property
    def request(self) -> TextMask:
        """The mask for the secrets in a request."""
        own = {name for _, name in self._marks.parameters} | self._marks.request.names
        return self._mask(own)

    @cached_property
    def reply(self) -> TextMask:
        """The mask for the secrets in a reply."""
        return self._mask(self._marks.reply.names)

    def _mask(self, names: Iterable[str]) -> TextMask:
        known = self._secrets.names.with_exact(names)
        return TextMask(known, known.with_exact(self._secrets.keys["query"]))

    def hides(self, location: str, name: str) -> bool:
        """Return whether a parameter of that place (OAS 3.1.1, section 4.8.12) is secret."""
        if not self.is_on or self._is_removed(name):
            return False
        is_key = name.lower() in self._secrets.keys.get(location, ())
        is_usual = location == "cookie" or (location == "header" and name.lower() in HEADERS)
        is_marked = (location, name) in self._marks.parameters
        return is_key or is_usual or is_marked or self.request.is_secret(name)

    def hides_property(self, location: str, name: str) -> bool:
        """Return whether a property of a parameter, sent under its own name, is secret."""
        declared = self._operation.parameters if self._operation is not None else ()
        names = (
            inner
            for p in declared
            if p.name == name and location in (p.location, p.location.removesuffix("string"))
            for inner in p.shape.types.inside.properties
        )
        return any(self.hides(location, inner) for inner in names)

    def hides_in_body(self, steps: Iterable[str]) -> bool:
        """Return whether the value at those steps in the body of a request is secret."""
        is_whole = self.is_on and self._marks.request.is_whole
        return is_whole or (self.is_on and any(map(self.request.is_secret, steps)))

    @property
    def hides_reply(self) -> bool:
        """Whether the body of a reply is secret itself."""
        return self.is_on and self._marks.reply.is_whole

    def hides_header_of_reply(self, name: str) -> bool:
        """Return whether a header of a reply is secret."""
        if not self.is_on or self._is_removed(name):
            return False
        is_known = name.lower() in HEADERS | self._secrets.keys["header"] | self._marks.headers
        return is_known or self.reply.is_secret(name)

    def _is_removed(self, name: str) -> bool:
        return self._secrets.names.is_removed(name)

    # What is shown

    def text(self, text: str) -> str:
        """Return a text that may quote from an exchange, with its secrets masked."""
        return self.request.text(text) if self.is_on else text

    def traceback(self, error: BaseException) -> str:
        """Return the traceback of an error for a log, with its secrets masked."""
        return self.text("".join(format_exception(error)).rstrip())

    def value(self, value: Any) -> Any:
        """Return a value of a request with its secrets masked."""
        return masked_value(value, self.request) if self.is_on else value

    def path(self, path: str) -> str:
        """Return a path, still percent-encoded, with its secret variables masked."""
        if not self.is_on:
            return path
        hidden = self.request.text(path)
        if not self._secret_variables:
            return hidden
        found = self._path_pattern.fullmatch(path)
        if found is None:
            assert self._operation is not None, "an unknown one has no variables"
            return self._operation.path
        parts, end = [], 0
        for group in range(1, self._path_pattern.groups + 1):
            parts += [path[end : found.start(group)], MASKED]
            end = found.end(group)
        return self.request.text("".join([*parts, path[end:]]))

    @cached_property
    def _secret_variables(self) -> frozenset[str]:
        path = self._operation.path if self._operation is not None else ""
        return frozenset(name for name in _VARIABLE.findall(path) if self.hides("path", name))

    @cached_property
    def _path_pattern(self) -> re.Pattern[str]:
        """The pattern of a path, with any prefix; it has a group for each secret variable."""
        assert self._operation is not None
        pieces = _VARIABLE.split(self._operation.path)
        for index, piece in enumerate(pieces):
            if index % 2:
                pieces[index] = "([^/]*)" if piece in self._secret_variables else "[^/]*"
            else:
                pieces[index] = re.escape(piece)
        return re.compile(f"(?:/.*)?{''.join(pieces)}/?")

    def query(self, query: str) -> str:
        """Return a query, still percent-encoded, with its secrets masked."""
        return self.request.query(query) if self.is_on and query else query

    def target(self, request: Request) -> str:
        """Return the method, path and query of a request for a line of a log, masked."""
        query = self.query(request.query)
        return f"{request.method} {self.path(request.path)}{'?' if query else ''}{query}"

    def request_headers(self, raw: RawHeaders) -> list[tuple[str, str]]:
        """Return the headers of a request as text, masked, with lower-case names."""
        return [(n, self._header(n, v, self.hides("header", n))) for n, v in _texts(raw)]

    def reply_headers(self, raw: RawHeaders) -> list[tuple[str, str]]:
        """Return the headers of a reply as text, masked, with lower-case names."""
        return [(n, self._header(n, v, self.hides_header_of_reply(n))) for n, v in _texts(raw)]

    def _header(self, name: str, value: str, is_secret: bool) -> str:
        if not self.is_on or not value:
            return value
        return MASKED if is_secret else self.reply.text(self.request.text(value))

    def request_body(self, body: bytes, headers: RawHeaders) -> bytes:
        """Return the body of a request, whole or cut, with its secrets masked."""
        return self._body(body, headers, self.request, self._marks.request)

    def reply_body(self, body: bytes, headers: RawHeaders) -> bytes:
        """Return the body of a reply, whole or cut, with its secrets masked."""
        return self._body(body, headers, self.reply, self._marks.reply)

    def _body(self, body: bytes, headers: RawHeaders, mask: TextMask, marks: Marks) -> bytes:
        if not self.is_on or not body:
            return body
        if marks.is_whole:
            return MASKED.encode()
        return masked_body(body, dict(_texts(list(header_map(headers).items()))), mask)


def _texts(raw: RawHeaders) -> list[tuple[str, str]]:
    return [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in raw]


def _keys(schemes: Mapping[str, Mapping[str, Any]], location: str) -> frozenset[str]:
    """Return the names, in lower case, of the API keys that are sent in that place."""
    found = (s for s in schemes.values() if s.get("type") == "apiKey" and s.get("in") == location)
    return frozenset(str(scheme.get("name", "")).lower() for scheme in found)
