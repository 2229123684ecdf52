"""The story: check the request, choose a reply, make it, check it. Nothing else decides."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeVar

import orjson

from mock_server.bodies import Written, body_codec
from mock_server.contract import Example, Operation
from mock_server.core import parse_json, write_json
from mock_server.documents import json_mistake
from mock_server.errors import (
    Conflict,
    HandlerFailed,
    InvalidReply,
    InvalidRequest,
    NoRoom,
    NotServable,
    Problem,
    Violation,
)
from mock_server.fixtures import CannedReply, Difference, Fragments, Writer, differences
from mock_server.http_messages import (
    BODYLESS,
    Reply,
    Request,
    asks_leniency,
    decoded,
    encoded_headers,
    header_bytes,
    parse_media_type,
    preference_text,
    problem_of,
    read_preference,
    refusal_preferences,
)
from mock_server.mocking.conditional import Versions, unconditional
from mock_server.mocking.drafts import Draft, Maker
from mock_server.mocking.idempotency import IdempotencyKeys
from mock_server.mocking.links import Addresses, Links
from mock_server.mocking.markup import NOSNIFF
from mock_server.mocking.negotiation import Candidate, Negotiator, ReplyChoice, loosened
from mock_server.mocking.refusals import Refusals, violation_headers
from mock_server.mocking.undeclared import DEPRECATION, standing_reply
from mock_server.outgoing import Callbacks
from mock_server.project import Handler
from mock_server.secrecy import OperationSecrets
from mock_server.sessions import Changes, Full, Outdated, Session, StateSnapshot
from mock_server.state import StatefulOperation
from mock_server.validation import (
    ABSENT,
    Arguments,
    RequestOptions,
    RequestRules,
    reply_violations,
    summary,
)

log = logging.getLogger("mock_server")

# How often a reply is made anew because others changed what it was made from.
_MOST_TRIES = 5
Result = TypeVar("Result")
# A body of so many bytes is read beside the other requests.
_LARGE_BODY = 16 * 1024
# So many violations are written beside them.
_MANY_VIOLATIONS = 50


class Target(NamedTuple):
    """What a path leads to, worked out once for each distinct path.

    `values` are those of the path's variables, `violations` what is wrong in them, `candidates`
    the canned replies whose conditions on the path hold. `sharing` are all targets of the same
    path, this one among them, of which the rest of a request has to choose; none if it is alone.
    `is_forgiven` says that the document has the path with a slash at its end and the request
    without, or the other way round.
    """

    responder: Responder
    path: str
    values: Mapping[str, Any]
    violations: Sequence[Violation]
    candidates: Sequence[Candidate]
    sharing: tuple[Target, ...] = ()
    is_forgiven: bool = False

    def for_request(self, request: Request) -> Target:
        """Of those that share the path the one that the request fits, or comes nearest to."""
        if not self.sharing:
            return self
        return self._chosen(min(self.sharing, key=lambda one: one.responder.lacks(request, one)))

    def of_operation(self, operation: str) -> Target:
        """Of those that share the path the one of an operation; itself if none of them is."""
        return self._chosen(
            next((one for one in self.sharing if one.responder.operation.id == operation), self)
        )

    def _chosen(self, one: Target) -> Target:
        return one._replace(sharing=self.sharing, is_forgiven=self.is_forgiven)

    @property
    def notes(self) -> list[str]:
        """What the path alone doesn't say of how a request came here."""
        notes = []
        if self.is_forgiven:
            known = self.responder.operation.path
            notes.append(f"the document has {known}; the slash at the end is forgiven")
        if self.sharing:
            paths = [one.responder.operation.path for one in self.sharing]
            notes.append(f"of {', '.join(paths)} the request fits this one best")
        return notes


class CandidateReply(NamedTuple):
    """What a reply may come from, and all that kept it from applying."""

    source: str
    differences: tuple[Difference, ...]


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
        invalid_examples: bool = False,
        addresses: Addresses | None = None,
        allow_undeclared: bool = False,
        stateful: StatefulOperation | None = None,
        beside: Mapping[str, Responder] | None = None,
        callbacks: Callbacks | None = None,
        tell: Callable[[Session, Changes], None] | None = None,
    ) -> None:
        """Take all that replies may come from.

        `beside` are the responders of the same path by their methods, itself among them as soon as
        all are there.
        """
        self.operation = operation
        # What is sent after a success; whoever sends replies does that.
        self.callbacks = callbacks
        # What is called with the items that a request changed.
        self._tell = tell
        self._beside_it = {} if beside is None else beside
        # The idempotency keys of its requests; whoever sends replies keeps the first ones.
        self.keys = IdempotencyKeys.of(operation)
        self._versions = Versions.of(operation, maker.siblings, maker)
        self._links = Links(operation, addresses, maker) if addresses is not None else None
        self._writers: dict[tuple[str, str | None], Writer | None] = {
            (code, key): fragments.writer(content.schema)
            for code, response in operation.responses.items()
            for key, content in response.content.items()
            if "json" in key
        }
        self._rules = RequestRules(operation, options)
        self._negotiator = Negotiator(
            operation,
            canned,
            handler,
            invalid_examples,
            options.lenient,
            allow_undeclared,
            stateful,
        )
        self._allow_undeclared = allow_undeclared
        self._invalid_examples = invalid_examples
        self._maker = maker
        self._lenient, self._body_limit = options.lenient, options.body_limit
        self._secrets = maker.secrets
        self._refusals = Refusals(operation, self._maker, self._links)

    @property
    def accept_query(self) -> bytes | None:
        """The media types that QUERY takes on the path, as `Accept-Query` names them."""
        return self._versions.accept_query if self._versions is not None else None

    def target(self, path: str, variables: Mapping[str, str]) -> Target:
        """What a path with those variables, still percent-encoded, leads to."""
        values, violations = self._rules.path_values(variables)
        return Target(self, path, values, violations, self._negotiator.candidates(values))

    async def respond(self, request: Request, target: Target, session: Session) -> Reply:
        """The reply to a request on this operation, as a session sees it."""
        try:
            if self.operation.fault is not None:
                raise NotServable(f"{self.operation.id} can't be served: {self.operation.fault}.")
            if b"content-encoding" in request.headers:
                request = self._decompressed(request)
            if len(request.body) < _LARGE_BODY:
                arguments = self._rules.check(request, target.values, target.violations)
            else:
                arguments = await self._beside(
                    partial(self._rules.check, request, target.values, target.violations)
                )
            if self._versions is not None and self._versions.is_checked_first(request):
                await self._check_version(self._versions, request, target, session)
            choice = self._negotiator.choose(request, arguments, target.candidates, session)
            draft = self._maker.make(choice, request, arguments, session)
            if not isinstance(draft, Draft):
                draft = await draft
            if draft.is_large:
                reply = await self._beside(
                    partial(self._completed, draft, request, arguments, session)
                )
            else:
                reply = self._completed(draft, request, arguments, session)
            if draft.changes:
                reply = await self._committed(draft, reply, request, arguments, session)
            if self._versions is not None:
                reply = self._versions.applied(reply, request, session)
            return telling(reply, reply.violations) if reply.violations else reply
        except InvalidRequest as problem:
            return await self._refused_or_lenient(problem, request, target, session)
        except Exception as error:
            return self.refusal(self._as_problem(error, request), request, session)

    async def _check_version(
        self, versions: Versions, request: Request, target: Target, session: Session
    ) -> None:
        """Check the conditions of a request that writes, against what GET is answered.

        Raises PreconditionFailed. Another status that is asked for has no conditions
        (RFC 9110, section 13.2.1).
        """
        asked = read_preference(request).code
        reader = self._beside_it.get("GET")
        if reader is None or (asked is not None and not 200 <= asked <= 299):
            return
        there = await reader.look(request, target, session)
        versions.check(request, there, session)

    async def look(self, request: Request, target: Target, session: Session) -> Reply:
        """The reply to GET on a request's path, after which the session is as before."""
        candidates = self._negotiator.candidates(target.values)
        there = Target(self, target.path, target.values, target.violations, candidates)
        return await self.respond(unconditional(request), there, session.glance())

    async def _beside(self, call: Callable[[], Result]) -> Result:
        """What a call gives that takes long: others don't wait for it."""
        background = self._maker.background
        return call() if background is None else await background.run(call)

    def _completed(
        self, draft: Draft, request: Request, arguments: Arguments, session: Session
    ) -> Reply:
        """The reply of a draft whose links lead to the mock."""
        if draft.declared:
            draft = self._maker.of_message(draft, request, session)
        if self._links is not None:
            draft = self._links.leading_back(draft, request, arguments)
        return self._finished(draft)

    def _decompressed(self, request: Request) -> Request:
        codings = request.header("content-encoding")
        if not request.body or not codings or self.operation.body is None:
            return request
        return request._replace(body=decoded(request.body, codings, self._body_limit))

    async def _refused_or_lenient(
        self, problem: InvalidRequest, request: Request, target: Target, session: Session
    ) -> Reply:
        """To whom asks for leniency the request is answered all the same (RFC 7240, 4.4)."""
        if problem.arguments is None:
            return await self._refusal_beside(problem, request, session)
        try:
            if not (self._lenient or asks_leniency(request)):
                return await self._refused(problem, request, target, session)
            reply = await self._answer(problem.arguments, request, target, session)
        except Exception as other:
            return self.refusal(self._as_problem(other, request), request, session)
        return telling(reply, (*problem.violations, *reply.violations))

    async def _answer(
        self, arguments: Arguments, request: Request, target: Target, session: Session
    ) -> Reply:
        """The reply to a request that breaks the contract; a handler may be at a loss with it."""
        candidates = target.candidates
        choice = self._negotiator.choose(request, arguments, candidates, session, lenient=True)
        draft = self._maker.make(choice, request, arguments, session)
        if not isinstance(draft, Draft):
            draft = await draft
        if draft.is_large:
            reply = await self._beside(partial(self._completed, draft, request, arguments, session))
        else:
            reply = self._completed(draft, request, arguments, session)
        if draft.changes:
            reply = await self._committed(draft, reply, request, arguments, session)
        return reply

    async def _committed(
        self, draft: Draft, reply: Reply, request: Request, arguments: Arguments, session: Session
    ) -> Reply:
        """The reply, once what goes with it is stored.

        If another request changed the items in between, it is made anew. Raises NoRoom, and
        Conflict for items that others change all the time.
        """
        for _ in range(_MOST_TRIES):
            assert draft.changes is not None
            try:
                done = session.items.commit(draft.changes)
                if done is not None:
                    await done
                if self._tell is not None:
                    self._tell(session, draft.changes)
                return reply
            except Full as error:
                raise NoRoom(f"{error}.") from None
            except Outdated:
                again = self._maker.make(draft.choice, request, arguments, session)
                draft = again if isinstance(again, Draft) else await again
                reply = self._completed(draft, request, arguments, session)
        raise Conflict("Others change these items all the time.")

    async def _refusal_beside(
        self, problem: InvalidRequest, request: Request, session: Session
    ) -> Reply:
        """The refusal; one with many violations is written beside the other requests."""
        if len(problem.violations) < _MANY_VIOLATIONS:
            return self.refusal(problem, request, session)
        return await self._beside(partial(self.refusal, problem, request, session))

    async def _refused(
        self, problem: InvalidRequest, request: Request, target: Target, session: Session
    ) -> Reply:
        """The canned reply that is for requests that break the contract, else the refusal."""
        arguments, candidates = problem.arguments, target.candidates
        honoured, ignored, fault = refusal_preferences(request)
        choice = None
        if fault is None:
            choice = self._negotiator.for_invalid(request, arguments, candidates, session)
        if choice is None:
            return await self._refusal_beside(problem, request, session)
        draft = self._maker.make(choice, request, arguments, session)
        assert isinstance(draft, Draft), "a canned reply is no handler"
        reply = self._finished(self._maker.of_message(draft, request, session))
        reply.headers.extend(preference_text(honoured, ignored))
        return telling(reply, (*problem.violations, *reply.violations))

    def _finished(self, draft: Draft) -> Reply:
        """The reply of a draft, checked and written; as it stands if it may differ.

        Raises InvalidReply and HandlerFailed.
        """
        if draft.choice.may_be_undeclared:
            return standing_reply(draft, self.operation, self._secrets)
        try:
            return self._checked(draft)
        except InvalidReply:
            if not (self._allow_undeclared and isinstance(draft.choice.origin, Handler)):
                raise
            choice = loosened(draft.choice, draft.value)
            return standing_reply(draft._replace(choice=choice), self.operation, self._secrets)

    async def draft(self, request: Request, session: Session) -> Draft:
        """Return the draft of what a request prefers, whatever else of the request is missing.

        Neither canned replies nor stubs apply, unless one is preferred. Raises a Problem.
        """
        if self.operation.fault is not None:
            raise NotServable(f"{self.operation.id} can't be served: {self.operation.fault}.")
        nothing = Arguments({}, {}, {}, {}, ABSENT)
        choice = self._negotiator.choose(request, nothing, (), session, lenient=True)
        draft = self._maker.make(choice, request, nothing, session)
        return draft if isinstance(draft, Draft) else await draft

    def _checked(self, draft: Draft) -> Reply:
        choice = draft.choice
        write = self._writers.get((choice.response.code, choice.key))
        body = write(draft.value) if write is not None and not choice.response.headers else None
        headers = [*choice.headers]
        pieces: tuple[bytes, ...] = ()
        violations: Sequence[Violation] = choice.violations
        if body is None:
            (body, media_type, pieces), found = self._judged(draft)
            violations = (*violations, *found)
            if media_type != choice.media_type:  # with what belongs there: a boundary
                headers[-1] = (b"content-type", header_bytes(media_type))
        if not pieces and (choice.key is not None or choice.status not in BODYLESS):
            headers.append((b"content-length", b"%d" % len(body)))
        if draft.headers:
            own = encoded_headers(
                self._maker.of_body(draft, body) if draft.declared else draft.headers
            )
            if NOSNIFF in headers and any(name == NOSNIFF[0] for name, _ in own):
                headers.remove(NOSNIFF)
            headers += own
        if self._versions is not None:
            headers = self._versions.validated(choice.status, headers, body)
        if self.operation.deprecated and b"deprecation" not in {name for name, _ in headers}:
            headers.append(DEPRECATION)
        return Reply(
            choice.status,
            headers,
            body,
            choice.source,
            violations,
            choice.why,
            pieces,
            choice.fault,
        )

    def _judged(self, draft: Draft) -> tuple[Written, Sequence[Violation]]:
        """What is written of a draft, and what is wrong with it where that is sent all the same.

        Raises InvalidReply for what isn't sent.
        """
        try:
            return written(draft, self._secrets), ()
        except InvalidReply as problem:
            if not (self._invalid_examples and _is_of_examples(draft, problem)):
                raise
            return as_it_stands(draft), problem.violations

    def lacks(self, request: Request, target: Target) -> int:
        """In how many ways a request breaks what the operation asks for; 0 if it fits."""
        try:
            self.arguments(request, target)
        except Problem as problem:
            return max(1, len(problem.violations))
        return 0

    def read(self, request: Request, target: Target) -> tuple[Request, Arguments]:
        """A request with its body decompressed, and its values as far as they can be read."""
        try:
            request = self._decompressed(request)
            return request, self._rules.check(request, target.values, target.violations)
        except Problem as problem:
            read: Arguments | None = getattr(problem, "arguments", None)
            return request, read or Arguments(target.values, {}, {}, {}, ABSENT)

    def arguments(self, request: Request, target: Target) -> Arguments:
        """The values of a request. Raises a Problem where it breaks the contract."""
        return self._rules.check(self._decompressed(request), target.values, target.violations)

    def _as_problem(self, error: Exception, request: Request) -> Problem:
        """What went wrong, as a problem; what isn't one already is a mistake of ours."""
        if isinstance(error, Problem):
            return error
        target = self._secrets.target(request)
        trace = self._secrets.traceback(error)
        log.error("A mistake in the mock server itself, met by %s\n%s", target, trace)
        message = f"the mock server met {type(error).__name__}: {error}"
        return Problem(f"{message}.", [Violation(("response",), "", "exception", message)])

    def considered(
        self, request: Request, target: Target, met: StateSnapshot
    ) -> list[CandidateReply]:
        """All that the reply to a request may come from, in order, with what kept each from it.

        `met` is what of the session's state the request met.
        """
        is_valid = not self.lacks(request, target)
        request, arguments = self.read(request, target)

        def all_of(reply: CannedReply) -> Iterator[Difference]:
            if is_valid and not reply.conditions.is_valid:
                yield Difference("request", "one that breaks the contract", "one that keeps to it")
            yield from differences(reply, request, arguments, met.scenarios)

        return [
            CandidateReply(source, tuple(all_of(reply)) if reply else ())
            for source, reply in self._negotiator.sources(met)
        ]

    def refusal(self, problem: Problem, request: Request, session: Session | None = None) -> Reply:
        """The error reply for a problem on this operation, at the time of the session's clock.

        Of what was preferred only what is to go wrong is honoured.
        """
        honoured, ignored, fault = refusal_preferences(request)
        if fault is not None and fault.status is not None:
            problem = problem_of(fault)
        reply = self._refusals.reply(problem, request, session)
        reply.headers.extend(preference_text(honoured, ignored))
        if reply.status == 415 and (types := self.accept_query) is not None:
            reply.headers.append((b"accept-query", types))
        return reply._replace(fault=fault.or_else(problem.fault) if fault else problem.fault)


def telling(reply: Reply, violations: Sequence[Violation]) -> Reply:
    """A reply that is sent although something breaks the contract: its headers say what."""
    headers = [*reply.headers, *violation_headers(violations)]
    return reply._replace(headers=headers, violations=violations)


def _is_of_examples(draft: Draft, problem: InvalidReply) -> bool:
    """Whether an example is to blame: the body's, or those of headers."""
    if isinstance(draft.choice.origin, Example):
        return True
    own = {header.name for header in draft.choice.response.headers if header.own_examples}
    places = [violation.location[1:3] for violation in problem.violations]
    return all(place[0] == "header" and place[1] in own for place in places)


def written(draft: Draft, secrets: OperationSecrets) -> Written:
    """A draft's body and its Content-Type, the draft checked against the contract.

    Raises InvalidReply with every violation, in which no secret is quoted, and HandlerFailed for a
    value that can't be written.
    """
    choice, value, headers = draft.choice, draft.value, draft.headers
    if choice.key is None:
        if value not in (None, b"", ""):
            message = f"the reply has a body; expected none with the status {choice.status}"
            raise _invalid([Violation(("response", "body"), "", "content", message)])
        _refuse(reply_violations(choice.response, headers, None, None, secrets))
        return Written(b"", "")
    try:
        return _written_draft(draft, value, secrets)
    except (TypeError, ValueError):
        return _written_as_json(draft, value, secrets)


def as_it_stands(draft: Draft) -> Written:
    """A draft's body and its Content-Type, whatever the contract says of it.

    Raises HandlerFailed for a value that its type has no form for.
    """
    choice = draft.choice
    if choice.key is None:
        return Written(b"", "")
    try:
        content = choice.response.content[choice.key]
        return body_codec.encode(draft.value, content, choice.media_type)
    except (TypeError, ValueError) as error:
        raise _unwritable(choice, error) from None


def _written_draft(draft: Draft, value: Any, secrets: OperationSecrets) -> Written:
    choice = draft.choice
    assert choice.key is not None
    is_written = type(value) is bytes and parse_media_type(choice.media_type).is_json
    judged = _read(value) if is_written else value
    unjudged = None if draft.is_judged else choice.key
    _refuse(reply_violations(choice.response, draft.headers, unjudged, judged, secrets))
    return body_codec.encode(value, choice.response.content[choice.key], choice.media_type)


def _written_as_json(draft: Draft, value: Any, secrets: OperationSecrets) -> Written:
    """What JSON has no word for (a date, a dataclass) is judged as it will be written."""
    try:
        as_json = parse_json(write_json(value, option=orjson.OPT_NON_STR_KEYS))
        return _written_draft(draft, as_json, secrets)
    except (TypeError, ValueError) as error:
        raise _unwritable(draft.choice, error) from None


def _unwritable(choice: ReplyChoice, error: Exception) -> HandlerFailed:
    message = f"the reply can't be written as {choice.media_type}: {error}"
    violation = Violation(("response", "body"), "", "encoding", message)
    return HandlerFailed(f"{message}.", [violation])


def _read(body: bytes) -> Any:
    """What a handler has written as JSON itself."""
    try:
        return parse_json(body)
    except orjson.JSONDecodeError as error:
        told = json_mistake(body.decode(errors="replace"), error).told()
        message = f"the reply's body {told}"
        raise _invalid([Violation(("response", "body"), "", "syntax", message)]) from None


def _refuse(violations: list[Violation]) -> None:
    if violations:
        raise _invalid(violations)


def _invalid(violations: list[Violation]) -> InvalidReply:
    return InvalidReply(summary(violations), violations)
