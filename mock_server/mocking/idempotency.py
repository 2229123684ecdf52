"""Idempotency keys: which operations take them, and what of a request belongs to one.

draft-ietf-httpapi-idempotency-key-header-07; the forms `"key"` and `key` are the same one, as
clients of both kinds exist.
"""

from __future__ import annotations

from collections.abc import Hashable
from hashlib import blake2b

from mock_server.contract import Operation, Parameter
from mock_server.http_messages import Reply, Request
from mock_server.parameters import HeaderDecoder

_NAMES = frozenset({"idempotency-key", "x-idempotency-key"})
# A reply of such a status isn't the last word: the client sends the request again for another one.
_FOR_NOW = frozenset({401, 403, 408, 409, 412, 415, 425, 429})
# What marks a reply that was sent before, as Stripe's API has it.
REPLAYED = (b"idempotent-replayed", b"true")


class IdempotencyKeys:
    """The idempotency keys of one operation."""

    def __init__(self, operation: Operation, parameter: Parameter) -> None:
        self._operation = operation.id
        self.name = parameter.name.lower().encode()
        self._schema = parameter.schema
        self._decode = HeaderDecoder(parameter.shape).decode

    @classmethod
    def of(cls, operation: Operation) -> IdempotencyKeys | None:
        """Return the keys of an operation; None if it doesn't declare any."""
        headers = (p for p in operation.parameters if p.location == "header")
        found = next((p for p in headers if p.name.lower() in _NAMES), None)
        return cls(operation, found) if found is not None else None

    def read(self, request: Request) -> Request:
        """Return a request whose key has the form that the document asks for."""
        text = request.header(self.name.decode()) or ""
        if self._is_valid(text):
            return request
        bare = _bare(text)
        other = bare if bare != text else f'"{text}"'
        if not self._is_valid(other):
            return request
        return request._replace(headers={**request.headers, self.name: other.encode("latin-1")})

    def _is_valid(self, text: str) -> bool:
        try:
            return self._schema is None or self._schema.is_valid(self._decode(text))
        except ValueError:
            return False

    def key(self, request: Request) -> Hashable | None:
        """Return what stands for a client's key; None for an empty one.

        Clients are told apart by their credentials, and one key is of one operation.
        """
        text = _bare(request.header(self.name.decode()) or "")
        return (self._operation, request.headers.get(b"authorization"), text) if text else None

    def fingerprint(self, request: Request) -> bytes:
        """Return what is the same for two requests with the same target, type and body."""
        kind = request.headers.get(b"content-type", b"")
        parts = (request.target.encode("latin-1", "replace"), kind, request.body)
        digest = blake2b(digest_size=16)
        for part in parts:
            digest.update(b"%d\n" % len(part) + part)
        return digest.digest()


def _bare(text: str) -> str:
    """A key without the quotes of a structured string (RFC 9651, section 3.3.3)."""
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return text[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return text


def kept_reply(reply: Reply) -> Reply | None:
    """Return what is kept of a first reply; None for one that isn't the last word.

    Such are refusals of requests that break the contract, errors of the server, statuses on
    purpose, and bodies that have no end.
    """
    if reply.fault is not None and reply.fault.status is not None:
        return None
    is_final = reply.status < 500 and reply.status not in _FOR_NOW
    if not is_final or not isinstance(reply.pieces, tuple):
        return None
    if reply.violations and not 200 <= reply.status <= 399:
        return None
    return reply._replace(fault=None)


def is_first_success(reply: Reply) -> bool:
    """Return whether a reply is a success that wasn't sent before."""
    return 200 <= reply.status <= 299 and REPLAYED not in reply.headers


def replayed(reply: Reply) -> Reply:
    """Return a first reply as it is sent again."""
    why = f"{reply.why}; the first reply to this idempotency key again"
    return reply._replace(headers=[*reply.headers, REPLAYED], why=why)
