"""One request on its way to the real service, and the answer on its way back."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import aclosing
from typing import Protocol

from mock_server.contract import Contract
from mock_server.errors import ContentTooLarge, Problem, ServerEnds, Violation, WrongReply
from mock_server.gateway import (
    ClientLeft,
    Exchanged,
    Receive,
    Scope,
    Send,
    cut_connection,
    in_time,
    misbehave,
)
from mock_server.http_messages import STATUSES, Fault, Reply, Request, header_map, problem_of
from mock_server.mocking import Target, problem_reply, violation_headers
from mock_server.proxy.bodies import Incoming, Kept
from mock_server.proxy.judging import Judged, judge
from mock_server.proxy.recorder import Recorder
from mock_server.proxy.upstream import Answer, CutOff, Upstream
from mock_server.sessions import NO_STATE, Received, Sessions
from mock_server.validation import Arguments, summary

log = logging.getLogger("mock_server")

# An answer up to this size is held back until it is whole, so that its head can tell of what is
# wrong in it.
MOST_HELD_BYTES = 1024 * 1024


class Service(Protocol):
    """What stands in front of the real service."""

    upstream: Upstream
    recorder: Recorder | None
    sessions: Sessions
    body_limit: int
    enforce: bool
    fallback: bool

    @property
    def contract(self) -> Contract:
        """What both directions are judged by."""

    def target(self, method: str, path: str, query: str) -> Target | None:
        """What a path leads to."""

    def barred(self, method: str, path: str) -> Problem | None:
        """Why the contract has no such request; None where it is to pass all the same."""

    async def mock(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the mock does."""


class Passage:
    """A request that is passed on; every way ends in the journal."""

    def __init__(self, service: Service, exchanged: Exchanged) -> None:
        scope = exchanged.scope
        self._service, self._exchanged = service, exchanged
        self._started = time.time()
        self._method: str = scope["method"]
        self._path: str = scope["raw_path"].decode("latin-1")
        self._query: str = scope["query_string"].decode("latin-1")
        self._headers = scope["headers"]
        self._target = service.target(self._method, self._path, self._query)
        self._session = service.sessions.main
        self._incoming = Incoming(self._headers, exchanged.receive, service.body_limit)
        self._left: asyncio.Future[None] | None = None
        self._problem: Problem | None = None
        self._arguments: Arguments | None = None
        self._unchecked: list[str] = []
        self._added: Sequence[tuple[bytes, bytes]] = ()
        self._fault: Fault | None = None
        self._is_sent = self._is_written = self._is_judged = False
        self._reply: Reply | None = None
        self._reply_size = 0

    async def run(self) -> None:
        """Pass it on, as long as the client is there."""
        passing = asyncio.create_task(self._pass_on())
        self._left = asyncio.ensure_future(self._incoming.left())
        try:
            await asyncio.wait({passing, self._left}, return_when=asyncio.FIRST_COMPLETED)
            if self._is_sent or self._left.cancelled():
                await asyncio.wait({passing})
            if passing.cancelled():
                await cut_connection(self._exchanged)  # a stream, and the server ends
            elif passing.done():
                passing.result()
        except asyncio.CancelledError:
            if self._exchanged.connection is not None and self._reply is None:
                await self._refuse(ServerEnds("The mock server ends."))
            raise
        finally:
            self._left.cancel()
            _cancel(passing)
            await asyncio.gather(passing, self._left, return_exceptions=True)
            self._write_down()

    def _write_down(self) -> None:
        """Put it into the journal, once; what the mock answered is there already."""
        if self._is_written:
            return
        self._is_written = True
        operation = self._target.responder.operation.id if self._target else ""
        kept = self._incoming.kept
        met = self._session.met if self._target else NO_STATE
        reply = self._reply
        sizes = (kept.size, max(self._reply_size, len(reply.body) if reply else 0))
        asked = (self._started, self._method, self._path, self._query)
        received = Received(*asked, operation, self._headers, kept.data)
        self._session.journal.add(received, reply, met, sizes)

    async def _pass_on(self) -> None:
        try:
            self._session = self._service.sessions.of(header_map(self._headers))
            self._pick_fault()
            if self._service.enforce:
                await self._refuse_what_is_wrong()
            answer = await self._ask()
        except ClientLeft:
            return
        except Problem as problem:
            if isinstance(problem, ContentTooLarge) or not self._can_fall_back(problem.codes[0]):
                await self._refuse(problem)
            else:
                await self._mock()
            return
        async with aclosing(answer):
            if answer.status == 501 and self._can_fall_back(501):
                await self._mock()
            else:
                await self._relay(answer)

    # The request

    @property
    def _request(self) -> Request:
        kept = self._incoming.kept
        body = kept.data if kept.is_whole else b""
        return Request(self._method, self._path, self._query, header_map(self._headers), body)

    def _pick_fault(self) -> None:
        """What goes wrong by the session's rules. Raises the problem that it is to be."""
        faults = self._session.faults
        if self._target is None or not faults.rules:
            return
        address = (self._exchanged.scope.get("client") or ("",))[0]
        client = (address, header_map(self._headers).get(b"authorization"))
        picked = faults.pick(self._target.responder.operation.id, client, self._session.seed)
        self._added, self._fault = picked.headers, picked.fault
        if picked.fault is not None and picked.fault.kind in STATUSES:
            raise problem_of(picked.fault)

    async def _refuse_what_is_wrong(self) -> None:
        """Read all of the request. Raises what the mock would refuse it with, and ClientLeft."""
        if self._target is None:
            if problem := self._service.barred(self._method, self._path):
                raise problem
            return
        await self._incoming.read()
        if not self._incoming.kept.is_whole:
            limit = self._service.body_limit
            raise ContentTooLarge(
                f"The body is larger than {limit} bytes; --body-limit sets the limit."
            )
        self._judge_request()
        if self._problem is not None:
            raise self._problem

    async def _ask(self) -> Answer:
        path = self._path.encode("latin-1")
        query = self._query.encode("latin-1")
        target = path + b"?" + query if query else path
        body = self._incoming.pieces if self._incoming.has_any else None
        return await self._service.upstream.ask(self._method, target, self._headers, body)

    def _judge_request(self) -> None:
        """Find what is wrong with the request, once."""
        if self._target is None or self._is_judged or not self._incoming.has_ended:
            return
        self._is_judged = True
        if not self._incoming.kept.is_whole:
            limit = self._service.body_limit
            self._unchecked.append(f"the request's body: it is larger than {limit} bytes")
        self._target = self._target.for_request(self._request)
        try:
            self._arguments = self._target.responder.arguments(self._request, self._target)
        except ContentTooLarge as problem:
            self._problem = problem if self._service.enforce else None
            self._unchecked.append("the request's body: it is too large once it is decompressed")
        except Problem as problem:
            self._problem = problem

    @property
    def _request_violations(self) -> list[Violation]:
        """What is wrong with the request; of a body that wasn't kept nothing is known."""
        found = self._problem.violations if self._problem is not None else ()
        is_whole = self._incoming.kept.is_whole
        return [v for v in found if is_whole or v.location[1] != "body"]

    # Other answers than the upstream's

    def _can_fall_back(self, status: int) -> bool:
        """Whether the mock may answer where the upstream does with that status, or not at all."""
        is_asked = self._service.fallback and status in (501, 502, 504)
        return is_asked and self._target is not None and self._incoming.kept.is_whole

    async def _mock(self) -> None:
        self._is_written = True
        self._attend_no_longer()
        exchanged = self._exchanged
        await self._service.mock(exchanged.scope, self._incoming.again(), exchanged.send)

    async def _refuse(self, problem: Problem) -> None:
        if self._target is None:
            reply = problem_reply(problem)
        else:
            reply = self._target.responder.refusal(problem, self._request)
        reply = reply._replace(headers=[*reply.headers, *self._added])
        if self._fault is not None:
            reply = reply._replace(fault=self._fault)
        await self._send_whole(reply)

    async def _send_whole(self, reply: Reply) -> None:
        """Send a reply with what is to go wrong with it, if anything is."""
        if reply.fault is None:
            self._reply, self._is_sent = reply, True
            await self._exchanged.whole(reply)
            self._write_down()  # before the client can ask for it
            return
        self._attend_no_longer()
        self._reply = reply = await in_time(reply, self._session, self._exchanged)
        assert reply.fault is not None
        await misbehave(reply.fault, reply, self._exchanged)

    def _attend_no_longer(self) -> None:
        """Somebody else looks from now on whether the client is there."""
        if self._left is not None:
            self._left.cancel()

    # The answer

    async def _relay(self, answer: Answer) -> None:
        """Send what the upstream answers, as it comes or when it is whole."""
        self._judge_request()
        kept = Kept(self._service.body_limit)
        held = self._most_held(answer)
        if held is None and self._service.enforce:
            judged = self._judged(answer, None)
            if judged.violations:
                await self._refuse(_wrong(answer, judged))
                return
        try:
            held = await self._pass_pieces(answer, kept, held)
        except CutOff as ending:
            await self._end_in_the_middle(answer, kept, held, str(ending))
            return
        judged = self._judged(answer, kept)
        self._note(answer, kept, judged)
        if held is not None and judged.violations and self._service.enforce:
            await self._refuse(_wrong(answer, judged))
            return
        self._record(answer, judged)
        if held is not None:
            await self._send_held(answer, kept, judged)
            return
        self._is_sent = True
        await self._exchanged.part(b"", more=False)
        self._write_down()

    def _most_held(self, answer: Answer) -> int | None:
        """Up to what size an answer is held back until it is whole; None where it isn't."""
        limit = self._service.body_limit
        is_needed = self._service.enforce or self._fault is not None
        most = limit if is_needed else min(limit, MOST_HELD_BYTES)
        is_too_long = answer.length is not None and answer.length > most
        if answer.is_stream or (is_too_long and self._method != "HEAD"):
            return None
        is_all_or_nothing = b"json" in answer.by_name.get(b"content-type", b"").lower()
        return most if is_needed or is_all_or_nothing or answer.length is not None else None

    async def _pass_pieces(self, answer: Answer, kept: Kept, held: int | None) -> int | None:
        """Send the pieces, or hold them back; None when they are no longer held."""
        ending = _ending_with(self._exchanged) if answer.is_stream else None
        if held is None:
            await self._head(answer, self._told_beforehand(answer))
        try:
            async for piece in answer.pieces():
                if held is not None and kept.size + len(piece) > held:
                    held = None
                    await self._head(answer, self._told_beforehand(answer))
                    await self._exchanged.part(kept.data)
                kept.add(piece)
                if held is None:
                    await self._exchanged.part(piece)
        finally:
            self._reply_size = kept.size
            if held is None:
                self._note(answer, kept, Judged((), "the answer didn't end"))
            if ending is not None:
                ending()
        return held

    def _told_beforehand(self, answer: Answer) -> list[tuple[bytes, bytes]]:
        """What the head can say when the body hasn't come yet."""
        limit = self._service.body_limit
        parts = ["response body"] if answer.length is not None and answer.length > limit else []
        found = [*self._request_violations, *self._judged(answer, None).violations]
        return [*violation_headers(found), *self._unchecked_header(parts)]

    def _unchecked_header(self, more: Sequence[str]) -> list[tuple[bytes, bytes]]:
        parts = [*(["request body"] if self._unchecked else []), *more]
        return [(b"mock-unchecked", ", ".join(parts).encode())] if parts else []

    async def _head(self, answer: Answer, more: Sequence[tuple[bytes, bytes]]) -> None:
        headers = [*answer.headers, *more, *self._added]
        await self._exchanged.head(Reply(answer.status, headers, b""))

    def _judged(self, answer: Answer, kept: Kept | None) -> Judged:
        if self._target is None:
            return Judged((), "the contract has no such operation")
        operation, limit = self._target.responder.operation, self._service.body_limit
        body = None if kept is None or self._method == "HEAD" or not kept.is_whole else kept.data
        judged = judge(operation, answer.status, answer.headers, body, limit)
        if kept is not None and not kept.is_whole:
            return judged._replace(unchecked=f"it is larger than {limit} bytes")
        return judged

    def _note(self, answer: Answer, kept: Kept, judged: Judged) -> None:
        """What the journal is to say of the answer."""
        self._judge_request()
        unchecked = [*self._unchecked]
        if judged.unchecked and self._target is not None:
            unchecked.append(f"the reply's body: {judged.unchecked}")
        why = f"passed on to {self._service.upstream.name}"
        if unchecked:
            why += f"; not checked: {', '.join(unchecked)}"
        violations = (*self._request_violations, *judged.violations)
        self._reply = Reply(answer.status, answer.headers, kept.data, "upstream", violations, why)
        self._reply_size = kept.size

    async def _send_held(self, answer: Answer, kept: Kept, judged: Judged) -> None:
        assert self._reply is not None
        parts = ["response body"] if judged.unchecked and self._target is not None else []
        told = [*violation_headers(self._reply.violations), *self._unchecked_header(parts)]
        headers = [*answer.headers, *told, *self._added]
        await self._send_whole(self._reply._replace(headers=headers, fault=self._fault))

    async def _end_in_the_middle(
        self, answer: Answer, kept: Kept, held: int | None, how: str
    ) -> None:
        """Let the client meet what the upstream did."""
        if self._reply is None:
            await self._head(answer, self._told_beforehand(answer))
            await self._exchanged.part(kept.data)
        message = f"{self._service.upstream.name} ended in the middle of the body: {how}"
        found = [*self._judged(answer, None).violations]
        found.append(Violation(("response", "body"), "", "incomplete", message))
        self._note(answer, kept, Judged(found, "it isn't whole"))
        self._is_sent = True
        await cut_connection(self._exchanged)

    def _record(self, answer: Answer, judged: Judged) -> None:
        recorder, target = self._service.recorder, self._target
        if recorder is None or self._method == "HEAD" or self._reply is None:
            return
        request = self._request
        if target is None:
            log.warning("Not recorded: %s; the contract has no such operation", request.target)
        elif self._reply.violations or judged.unchecked or self._arguments is None:
            why = summary(self._reply.violations, 1) or self._reply.why
            log.warning("Not recorded: %s %s; %s", self._method, self._path, why)
        else:
            recorder.record(target.responder.operation, request, self._arguments, answer, judged)


def _cancel(passing: asyncio.Task[None]) -> None:
    """Cancel it, but once: a second time would interrupt it while it closes its connection."""
    if not passing.cancelling():
        passing.cancel()


def _wrong(answer: Answer, judged: Judged) -> WrongReply:
    said = f"The service answered {answer.status}. {summary(judged.violations)}"
    return WrongReply(said, judged.violations)


def _ending_with(exchanged: Exchanged) -> Callable[[], object]:
    """End what has no end of its own when the server ends; what is given back takes that away."""
    passing = asyncio.current_task()
    connection = exchanged.connection
    if connection is None or passing is None:
        return lambda: None

    def end(_: object) -> None:
        _cancel(passing)

    connection.over.add_done_callback(end)
    return lambda: connection.over.remove_done_callback(end)
