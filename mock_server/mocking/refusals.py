"""A problem to the error reply that the operation declares for it. Nothing else makes errors."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from mock_server.bodies import encode
from mock_server.contract import Content, Operation, Response
from mock_server.core import write_json
from mock_server.errors import (
    HandlerFailed,
    InvalidReply,
    NotServable,
    PlayedStatus,
    PreconditionFailed,
    Problem,
    RangeNotSatisfiable,
    Violation,
)
from mock_server.generation import Mode
from mock_server.http_messages import Reply, Request, concrete, encoded_headers, header_bytes
from mock_server.mocking.drafts import Maker
from mock_server.mocking.error_bodies import ErrorDetails, describing_properties
from mock_server.mocking.links import Links
from mock_server.mocking.markup import NOSNIFF, takes_text_as_markup
from mock_server.sessions import Session
from mock_server.validation import undeclared_status

log = logging.getLogger("mock_server")

# Clients give up on replies whose headers are longer than 8 to 16 KiB in all.
MOST_HEADER_BYTES = 3_000
_PROBLEM = "application/problem+json"
# What bodies are made from: a plain one and, where that has no place for the message, one with
# all that is optional.
_MODES: tuple[Mode, ...] = ("typical", "maximal")


class Refusals:
    """The error replies of one operation."""

    def __init__(self, operation: Operation, maker: Maker, links: Links | None = None) -> None:
        self._operation = operation
        self._maker = maker
        self._links = links
        self._bases: dict[tuple[int, str, Mode], Any] = {}

    def reply(self, problem: Problem, request: Request, session: Session | None = None) -> Reply:
        """The error reply that the operation declares for a problem, else a problem document.

        The times in its headers are those of the session's clock.
        """
        if isinstance(problem, HandlerFailed | InvalidReply | NotServable):
            secrets = self._maker.secrets
            log.error("%s: %s", secrets.target(request), secrets.text(problem.detail))
        if problem.is_of_mock:
            return problem_reply(problem)._replace(is_undeclared=True)
        declared = declared_error(self._operation, problem.codes)
        if declared is None:
            reply = problem_reply(problem)
            if isinstance(problem, PreconditionFailed | RangeNotSatisfiable):
                return reply._replace(is_undeclared=True)
            return self._played(reply) if isinstance(problem, PlayedStatus) else reply
        status, response = declared
        key = _error_key(response)
        media_type = concrete(key) if key is not None else ""
        try:
            told = ErrorDetails.of(problem, status, request.path)
            bases = self._led_back(status, response, key, request)
            body = (
                b""
                if key is None
                else self._body(problem, told, response.content[key], media_type, bases)
            )
            headers = self._maker.headers_of(response, status, request, session, body)
            if self._links is not None:
                headers = self._links.headers(headers, response, request)
        except (NotServable, ValueError):  # nothing satisfies the declared error itself
            body, headers = b"", {}
        return _refused(problem, status, media_type if body else None, headers, body)

    def _played(self, reply: Reply) -> Reply:
        """A status that was asked for on purpose, and that the operation doesn't declare."""
        differs = undeclared_status(self._operation, reply.status)
        return reply._replace(violations=[*reply.violations, differs], is_undeclared=True)

    def _body(
        self,
        problem: Problem,
        told: ErrorDetails,
        content: Content,
        media_type: str,
        bases: Iterator[Any],
    ) -> bytes:
        valid: Callable[[Any], bool] = (
            (lambda value: True) if content.schema is None else content.schema.is_valid
        )
        if media_type == _PROBLEM and not content.examples:
            document = problem_document(problem, told.status)
            if valid(document):
                return write_json(document)
        is_example = bool(content.examples)
        bodies = (
            describing_properties(
                base, _details_as_markup(told, media_type, base), valid, is_example
            )
            for base in bases
        )
        first = next(bodies)
        body, _ = first if first.is_told else next((b for b in bodies if b.is_told), first)
        return b"" if body is None else encode(body, content, media_type)[0]

    def _led_back(
        self, status: int, response: Response, key: str | None, request: Request
    ) -> Iterator[Any]:
        """What bodies are made from, with URLs that lead to the mock."""
        for base in self._based(status, response, key) if key is not None else ():
            if self._links is None:
                yield base
            else:
                yield self._links.value(base, response.content[str(key)], request)

    def _based(self, status: int, response: Response, key: str) -> Iterator[Any]:
        for mode in _MODES:
            if (base := (status, key, mode)) not in self._bases:
                self._bases[base] = self._maker.error_value(status, response, key, mode)
            yield self._bases[base]


def _details_as_markup(told: ErrorDetails, media_type: str, base: Any) -> ErrorDetails:
    """What a body tells, as the texts in it are written."""
    return told.escaped() if takes_text_as_markup(media_type, base) else told


def declared_error(operation: Operation, codes: Sequence[int]) -> tuple[int, Response] | None:
    """The status and response that an operation declares for a problem.

    The codes are tried in turn, exact and then by range; then `default`, sent with the first.
    """
    for code in codes:
        for key in (str(code), f"{code // 100}XX"):
            if key in operation.responses:
                return code, operation.responses[key]
    if "default" in operation.responses:
        return codes[0], operation.responses["default"]
    return None


def _error_key(response: Response) -> str | None:
    """The declared media type of an error body: the first with an example, JSON before others."""
    ranked = sorted(
        response.content,
        key=lambda key: ("*" in key, not response.content[key].examples, "json" not in key.lower()),
    )
    return ranked[0] if ranked else None


def problem_reply(problem: Problem) -> Reply:
    """A problem document, for what no operation declares."""
    body = write_json(problem_document(problem, problem.codes[0]))
    return _refused(problem, problem.codes[0], _PROBLEM, {}, body)


def problem_document(problem: Problem, status: int) -> dict[str, Any]:
    """A problem as RFC 9457 writes it, with every violation."""
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": problem.title,
        "status": status,
        "detail": problem.detail,
        **problem.extensions,
    }
    if problem.violations:
        document["validation"] = [v.as_json() for v in problem.violations]
    return document


def _refused(
    problem: Problem, status: int, media_type: str | None, declared: Mapping[str, str], body: bytes
) -> Reply:
    headers = [(b"mock-source", problem.source.encode())]
    if media_type is not None:
        headers += [NOSNIFF, (b"content-type", header_bytes(media_type))]
    own = [(name.lower(), value) for name, value in problem.headers]
    names = {NOSNIFF[0].decode(), *(name for name, _ in own)}
    headers += encoded_headers({n: v for n, v in declared.items() if n.lower() not in names})
    headers += [(header_bytes(name), header_bytes(value)) for name, value in own]
    headers += violation_headers(problem.violations)
    headers.append((b"content-length", b"%d" % len(body)))
    return Reply(status, headers, body, problem.source, problem.violations)


def violation_headers(violations: Sequence[Violation]) -> list[tuple[bytes, bytes]]:
    """The headers that tell of violations, ours and Prism's."""
    if not violations:
        return []
    told = violations_header(violations)
    return [(b"mock-violations", told), (b"sl-violations", told)]


def _in_header(violation: Violation) -> str:
    """A violation as JSON in ASCII; one that is too long is told in short."""
    told = violation.as_json()
    part = json.dumps(told, separators=(",", ":"))
    if len(part) <= MOST_HEADER_BYTES // 2:
        return part
    short = {**told, "location": told["location"][:2], "message": f"{told['message'][:80]}…"}
    return json.dumps(short, separators=(",", ":"))


def violations_header(violations: Sequence[Violation]) -> bytes:
    """The violations as a JSON array in ASCII; those that don't fit are counted in a last one."""
    parts: list[str] = []
    size = 0
    for violation in violations:
        part = _in_header(violation)
        size += len(part) + 1
        if size > MOST_HEADER_BYTES:
            more = {"severity": "Information", "message": f"{len(violations) - len(parts)} more"}
            parts.append(json.dumps(more, separators=(",", ":")))
            break
        parts.append(part)
    return f"[{','.join(parts)}]".encode("ascii")
