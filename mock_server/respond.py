"""The story: check the request, choose a reply, make it, check it. Nothing else decides."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, NamedTuple

import orjson

from mock_server.bodies import encode
from mock_server.contract import Operation, Response
from mock_server.errors import (
    HandlerFailed,
    InvalidReply,
    NotServable,
    Problem,
    Violation,
)
from mock_server.fragments import Fragments, Writer
from mock_server.generate import Generator
from mock_server.handler import Handler
from mock_server.make import Draft, Maker
from mock_server.messages import NO_PREFERENCE, Reply, Request, header_bytes
from mock_server.negotiate import Candidate, Choice, Generated, Negotiator
from mock_server.store import CannedReply
from mock_server.validate import RequestRules, reply_violations, summary

log = logging.getLogger("mock_server")

# Clients give up on replies whose headers are longer than 8 to 16 KiB in all.
MOST_HEADER_BYTES = 3_000
# What error bodies call the parts of a problem, in lower case.
_MESSAGE_NAMES = {"message", "detail", "details", "msg", "description", "error_description",
                  "errormessage", "error_message", "reason", "usermessage"}  # fmt: skip
_TITLE_NAMES = {"title", "name", "summary"}
_KIND_NAMES = {"error", "type", "code", "error_code", "errorcode", "kind"}
_STATUS_NAMES = {"status", "statuscode", "status_code", "code", "http_status", "httpstatus"}


class Target(NamedTuple):
    """What a path leads to, worked out once for each distinct path.

    `values` are those of the path's variables, `violations` what is wrong in them, `candidates`
    the canned replies whose conditions on the path hold.
    """

    responder: Responder
    path: str
    values: Mapping[str, Any]
    violations: Sequence[Violation]
    candidates: Sequence[Candidate]


class Responder:
    """Answers the requests of one operation."""

    def __init__(
        self,
        operation: Operation,
        handler: Handler | None,
        canned: Sequence[CannedReply],
        fragments: Fragments,
        generator: Generator,
        seed: str,
    ) -> None:
        self.operation = operation
        self._writers: dict[tuple[str, str | None], Writer | None] = {
            (code, key): fragments.writer(content.schema)
            for code, response in operation.responses.items()
            for key, content in response.content.items()
            if "json" in key
        }
        self._rules = RequestRules(operation)
        self._negotiator = Negotiator(operation, canned, handler)
        self._maker = Maker(operation, generator, seed)
        self._errors: dict[tuple[int, str], Any] = {}

    def target(self, path: str, variables: Mapping[str, str]) -> Target:
        """What a path with those variables, still percent-encoded, leads to."""
        values, violations = self._rules.path_values(variables)
        return Target(self, path, values, violations, self._negotiator.candidates(values))

    async def respond(self, request: Request, target: Target) -> Reply:
        """The reply to a request on this operation."""
        try:
            if self.operation.fault is not None:
                raise NotServable(f"{self.operation.id} can't be served: {self.operation.fault}.")
            arguments = self._rules.check(request, target.values, target.violations)
            choice = self._negotiator.choose(request, arguments, target.candidates)
            draft = self._maker.make(choice, request, arguments)
            if not isinstance(draft, Draft):
                draft = await draft
            return self._checked(draft)
        except Problem as problem:
            return self.refusal(problem, request)

    def _checked(self, draft: Draft) -> Reply:
        choice = draft.choice
        write = self._writers.get((choice.response.code, choice.key))
        body = write(draft.value) if write is not None and not choice.response.headers else None
        if body is None:
            body = written(draft)
        headers = [*choice.headers, (b"content-length", b"%d" % len(body))]
        if draft.headers:
            headers += _encoded(draft.headers)
        if self.operation.deprecated:
            headers.append((b"deprecation", b"true"))
        if choice.preference is not NO_PREFERENCE:
            headers += _preference_headers(choice)
        return Reply(choice.status, headers, body, choice.source)

    def refusal(self, problem: Problem, request: Request) -> Reply:
        """The error reply that the operation declares for a problem, else a problem document."""
        if isinstance(problem, HandlerFailed | InvalidReply | NotServable):
            log.error("%s: %s", request.target, problem.detail)
        declared = declared_error(self.operation, problem.codes)
        if declared is not None:
            status, response = declared
            key = _error_key(response)
            try:
                body = self._error_body(problem, status, response, key)
                headers = self._maker.declared_headers(response)
            except NotServable:
                body, headers = b"", {}
            return _refused(problem, status, key if body else None, headers, body)
        return problem_reply(problem)

    def _error_body(
        self, problem: Problem, status: int, response: Response, key: str | None
    ) -> bytes:
        if key is None:
            return b""
        if (status, key) not in self._errors:
            self._errors[status, key] = self._maker.error_value(status, response, key)
        schema = response.content[key].schema
        base = self._errors[status, key]
        for value in _told(base, problem, status, bool(response.content[key].examples)):
            if schema is None or schema.is_valid(value):
                return b"" if value is None else encode(value, key)
        return encode(base, key)


def written(draft: Draft) -> bytes:
    """The bytes of a draft's body, the draft checked against the contract.

    Raises InvalidReply with every violation, and HandlerFailed for a value that JSON can't say.
    """
    choice, value, headers = draft
    if choice.key is None:
        if value not in (None, b"", ""):
            message = f"the reply has a body; expected none with the status {choice.status}"
            raise _invalid([Violation(("response", "body"), "", "content", message)])
        _refuse(reply_violations(choice.response, headers, None, None))
        return b""
    try:
        found = reply_violations(choice.response, headers, choice.key, value)
    except (TypeError, ValueError):
        # What JSON has no word for (a date, a dataclass) is judged as it will be written.
        value = _as_json(value)
        found = reply_violations(choice.response, headers, choice.key, value)
    if found:
        raise _invalid(found)
    try:
        return encode(value, choice.media_type)
    except TypeError as error:
        raise _unwritable(error) from None


def _refuse(violations: list[Violation]) -> None:
    if violations:
        raise _invalid(violations)


def _invalid(violations: list[Violation]) -> InvalidReply:
    return InvalidReply(summary(violations), violations)


def _unwritable(error: Exception) -> HandlerFailed:
    return HandlerFailed(f"The reply can't be written as JSON: {error}.")


def _as_json(value: Any) -> Any:
    try:
        return orjson.loads(orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS))
    except (TypeError, ValueError) as error:
        raise _unwritable(error) from None


def _encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [
        (header_bytes(name.lower()), header_bytes(text))
        for name, text in headers.items()
        if name.lower() not in ("content-type", "content-length")
    ]


def _preference_headers(choice: Choice) -> list[tuple[bytes, bytes]]:
    """What was honoured (RFC 7240, section 3), and what could not be."""
    preference = choice.preference
    generated = isinstance(choice.origin, Generated)
    asked = {
        "code": (preference.code, True),
        "example": (preference.example, True),
        "dynamic": (preference.dynamic, preference.dynamic is generated),
        "seed": (preference.seed, generated),
    }
    applied = [
        f"{name}={str(value).lower() if isinstance(value, bool) else value}"
        for name, (value, honoured) in asked.items()
        if value is not None and honoured
    ]
    ignored = [n for n, (value, honoured) in asked.items() if value is not None and not honoured]
    told = (
        (b"preference-applied", applied),
        (b"mock-preference-ignored", [*ignored, *preference.unknown]),
    )
    return [(name, header_bytes(", ".join(v))) for name, v in told if v]


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
    """The media type of an error body: the first with an example, JSON before others."""
    ranked = sorted(
        response.content,
        key=lambda key: (not response.content[key].examples, "json" not in key.lower()),
    )
    return next((key for key in ranked if "*" not in key), "application/json" if ranked else None)


def _told(base: Any, problem: Problem, status: int, is_example: bool) -> list[Any]:
    """The body with the problem put into words, from most to least told.

    What an example says of the kind of error stays as it is written; the message is ours.
    """
    if isinstance(base, str):
        return [problem.detail, base]
    with_message = _overlaid(base, problem, None)
    return [with_message] if is_example else [_overlaid(base, problem, status), with_message]


def _overlaid(value: Any, problem: Problem, status: int | None, levels: int = 4) -> Any:
    if isinstance(value, list) and levels:
        return [_overlaid(item, problem, status, levels - 1) for item in value]
    if not isinstance(value, dict) or not levels:
        return deepcopy(value)
    return {
        name: _overlaid_member(name.lower(), member, problem, status, levels)
        for name, member in value.items()
    }


def _overlaid_member(
    name: str, member: Any, problem: Problem, status: int | None, levels: int
) -> Any:
    if isinstance(member, str) and name in _MESSAGE_NAMES:
        return problem.detail
    if status is None:
        return _overlaid(member, problem, status, levels - 1)
    if isinstance(member, str) and name in _TITLE_NAMES:
        return problem.title
    if isinstance(member, str) and name in _KIND_NAMES:
        return problem.title.lower().replace(" ", "_")
    if isinstance(member, int) and not isinstance(member, bool) and name in _STATUS_NAMES:
        return status
    return _overlaid(member, problem, status, levels - 1)


def problem_reply(problem: Problem) -> Reply:
    """A problem document (RFC 9457), for what no operation declares."""
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.codes[0],
        "detail": problem.detail,
    }
    if problem.violations:
        document["validation"] = [v.as_json() for v in problem.violations]
    body = orjson.dumps(document)
    return _refused(problem, problem.codes[0], "application/problem+json", {}, body)


def _refused(
    problem: Problem, status: int, media_type: str | None, declared: Mapping[str, str], body: bytes
) -> Reply:
    headers = [(b"mock-source", problem.source.encode())]
    if media_type is not None:
        headers.append((b"content-type", header_bytes(media_type)))
    headers.extend(_encoded({**declared, **dict(problem.headers)}))
    if problem.violations:
        told = violations_header(problem.violations)
        headers += [(b"mock-violations", told), (b"sl-violations", told)]
    headers.append((b"content-length", b"%d" % len(body)))
    return Reply(status, headers, body, problem.source, problem.violations)


def violations_header(violations: Sequence[Violation]) -> bytes:
    """The violations as a JSON array in ASCII; those that don't fit are counted in a last one."""
    parts: list[str] = []
    size = 0
    for violation in violations:
        part = json.dumps(violation.as_json(), separators=(",", ":"))
        size += len(part) + 1
        if size > MOST_HEADER_BYTES and parts:
            more = {"severity": "Information", "message": f"{len(violations) - len(parts)} more"}
            parts.append(json.dumps(more, separators=(",", ":")))
            break
        parts.append(part)
    return f"[{','.join(parts)}]".encode("ascii")
