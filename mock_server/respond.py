"""The story: check the request, choose a reply, make it, check it. Nothing else decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from mock_server.bodies import encode
from mock_server.contract import Operation
from mock_server.errors import (
    HandlerFailed,
    InvalidReply,
    InvalidRequest,
    NotServable,
    Problem,
    Violation,
)
from mock_server.fragments import Fragments, Writer
from mock_server.handler import Handler
from mock_server.make import Draft, Maker
from mock_server.messages import NO_PREFERENCE, Reply, Request, encoded_headers, header_bytes
from mock_server.negotiate import Candidate, Choice, Generated, Negotiator
from mock_server.preference import asks_leniency
from mock_server.refuse import Refusals, violation_headers
from mock_server.store import CannedReply
from mock_server.validate import Arguments, RequestOptions, RequestRules, reply_violations, summary


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
        maker: Maker,
        options: RequestOptions,
    ) -> None:
        self.operation = operation
        self._writers: dict[tuple[str, str | None], Writer | None] = {
            (code, key): fragments.writer(content.schema)
            for code, response in operation.responses.items()
            for key, content in response.content.items()
            if "json" in key
        }
        self._rules = RequestRules(operation, options)
        self._negotiator = Negotiator(operation, canned, handler)
        self._maker = maker
        self._lenient = options.lenient
        self._refusals = Refusals(operation, self._maker)

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
        except InvalidRequest as problem:
            return await self._refused_or_lenient(problem, request, target)
        except Problem as problem:
            return self.refusal(problem, request)

    async def _refused_or_lenient(
        self, problem: InvalidRequest, request: Request, target: Target
    ) -> Reply:
        """To whom asks for leniency the request is answered all the same (RFC 7240, 4.4)."""
        if problem.arguments is None or not (self._lenient or asks_leniency(request)):
            return self.refusal(problem, request)
        try:
            reply = await self._answer(problem.arguments, request, target)
        except Problem as other:
            return self.refusal(other, request)
        headers = [*reply.headers, *violation_headers(problem.violations)]
        return reply._replace(headers=headers, violations=problem.violations)

    async def _answer(self, arguments: Arguments, request: Request, target: Target) -> Reply:
        """The reply to a request that breaks the contract; a handler may be at a loss with it."""
        choice = self._negotiator.choose(request, arguments, target.candidates, lenient=True)
        draft = self._maker.make(choice, request, arguments)
        return self._checked(draft if isinstance(draft, Draft) else await draft)

    def _checked(self, draft: Draft) -> Reply:
        choice = draft.choice
        write = self._writers.get((choice.response.code, choice.key))
        body = write(draft.value) if write is not None and not choice.response.headers else None
        if body is None:
            body = written(draft)
        headers = [*choice.headers, (b"content-length", b"%d" % len(body))]
        if draft.headers:
            headers += encoded_headers(draft.headers)
        if self.operation.deprecated:
            headers.append((b"deprecation", b"true"))
        if choice.preference is not NO_PREFERENCE:
            headers += _preference_headers(choice)
        return Reply(choice.status, headers, body, choice.source)

    def refusal(self, problem: Problem, request: Request) -> Reply:
        """The error reply for a problem on this operation."""
        return self._refusals.reply(problem, request)


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


def _preference_headers(choice: Choice) -> list[tuple[bytes, bytes]]:
    """What was honoured (RFC 7240, section 3), and what could not be."""
    preference = choice.preference
    generated = isinstance(choice.origin, Generated)
    honoured = {
        "code": True,
        "example": True,
        "dynamic": preference.is_dynamic is generated,
        "seed": generated,
        "items": generated,
        "handling": True,
    }
    asked = {name: getattr(preference, name) for name in honoured}
    applied = [f"{n}={v}" for n, v in asked.items() if v is not None and honoured[n]]
    ignored = [n for n, v in asked.items() if v is not None and not honoured[n]]
    told = (
        (b"preference-applied", applied),
        (b"mock-preference-ignored", [*ignored, *preference.unknown]),
    )
    return [(name, header_bytes(", ".join(v))) for name, v in told if v]
