"""The relay between the service and the client: what the client gets, and the journal keeps."""

from __future__ import annotations

import asyncio

from mock_server.errors import ContentTooLarge, Problem
from mock_server.gateway import (
    Exchanged,
    cut_connection,
    in_time,
    misbehave,
    refused_by_server,
)
from mock_server.http_messages import Fault, Reply, header_map, problem_of
from mock_server.mocking import problem_reply
from mock_server.proxy.answered import Answered, Headers
from mock_server.proxy.asked import Asked
from mock_server.proxy.service import Service
from mock_server.sessions import NO_STATE
from mock_server.validation import Judged


class Relay:
    """The sender of one reply, with its fault if there is one, which writes the exchange down once.

    `reply` and `reply_size` are what the journal is to have. `is_sent` is True once only the end of
    the reply is left to send.
    """

    def __init__(self, service: Service, exchanged: Exchanged, asked: Asked) -> None:
        self._service, self._exchanged, self._asked = service, exchanged, asked
        self._session = service.sessions.main
        self._left: asyncio.Future[None] | None = None
        self._added: Headers = []
        self._is_written = False
        self.fault: Fault | None = None
        self.is_sent = False
        self.reply: Reply | None = None
        self.reply_size = 0

    # The client

    def watch(self) -> asyncio.Future[None]:
        """Begin to wait until the client has left; cancelled once something else looks for that."""
        self._left = asyncio.ensure_future(self._asked.body.left())
        return self._left

    def stop_watching(self) -> None:
        """Stop looking for whether the client has left, because something else does."""
        if self._left is not None:
            self._left.cancel()

    def find_session(self) -> None:
        """Find the session that the request names, and the fault by its rules.

        Raises the problem of the fault, and WrongSession.
        """
        headers = header_map(self._asked.headers)
        self._session = self._service.sessions.of(headers)
        faults = self._session.faults
        if self._asked.target is None or not faults.rules:
            return
        address = (self._exchanged.scope.get("client") or ("",))[0]
        client = (address, headers.get(b"authorization"))
        operation = self._asked.target.responder.operation.id
        picked = faults.pick(operation, client, self._session.seed)
        self._added, self.fault = [*picked.headers], picked.fault
        if picked.fault is not None and picked.fault.status is not None:
            raise problem_of(picked.fault)

    # Replies that aren't the service's

    def can_fall_back(self, status: int) -> bool:
        """Return whether the mock may answer in the place of a reply with that status.

        The status may also be that of a service that didn't answer.
        """
        is_asked = self._service.fallback and status in (501, 502, 504)
        return is_asked and self._asked.target is not None and self._asked.body.kept.is_whole

    async def answer_for_service(self, problem: Problem) -> None:
        """Answer a request to which the service gave no answer: by the mock, or by a refusal."""
        if not isinstance(problem, ContentTooLarge) and self.can_fall_back(problem.codes[0]):
            await self.mock()
        else:
            await self.refuse(problem)

    async def mock(self) -> None:
        """Answer by the mock, which writes the exchange down."""
        self._is_written = True
        self.stop_watching()
        exchanged = self._exchanged
        await self._service.mock(exchanged.scope, self._asked.body.again(), exchanged.send)

    async def refuse(self, problem: Problem) -> None:
        """Send the error reply that the operation declares, or a problem document."""
        target = self._asked.target
        if target is None:
            reply = problem_reply(problem)
        else:
            reply = target.responder.refusal(problem, self._asked.request)
        await self.whole(reply)

    # Replies of the service

    async def head(self, answered: Answered) -> None:
        """Send the head of an answer whose body hasn't all come."""
        headers = [*answered.answer.headers, *answered.early_headers(), *self._added]
        await self._exchanged.head(Reply(answered.answer.status, headers, b""))

    async def part(self, piece: bytes) -> None:
        """Send a piece of the body."""
        await self._exchanged.part(piece)

    def note(self, answered: Answered, judged: Judged) -> None:
        """Keep an answer as the journal is to have it."""
        self.reply = answered.reply(judged)
        self.reply_size = answered.kept.size

    async def held(self, answered: Answered, judged: Judged) -> None:
        """Send an answer that was held back until it was whole."""
        assert self.reply is not None, "it was noted"
        headers = [*answered.answer.headers, *answered.headers(judged)]
        await self.whole(self.reply._replace(headers=headers))

    async def end(self) -> None:
        """End a body that was sent piece by piece."""
        self.is_sent = True
        await self._exchanged.part(b"", more=False)
        self.write_down()

    async def cut(self) -> None:
        """Close the connection in the middle of the body."""
        self.is_sent = True
        await cut_connection(self._exchanged)

    # Any reply

    async def whole(self, reply: Reply) -> None:
        """Send a reply with its fault, if there is one."""
        headers = [*reply.headers, *self._added]
        reply = reply._replace(headers=headers, fault=self.fault or reply.fault)
        if reply.fault is None:
            self.reply, self.is_sent = reply, True
            await self._exchanged.whole(reply)
            self.write_down()  # before the client can ask the journal for it
            return
        self.stop_watching()
        self.reply = reply = await in_time(reply, self._session, self._exchanged)
        assert reply.fault is not None
        await misbehave(reply.fault, reply, self._exchanged)

    def write_down(self) -> None:
        """Put the exchange into the journal, once; what the mock answered is there already."""
        if self._is_written:
            return
        self._is_written = True
        asked, reply = self._asked, self.reply or refused_by_server(self._exchanged.scope)
        met = self._session.met if asked.target else NO_STATE
        sizes = (asked.body.kept.size, max(self.reply_size, len(reply.body) if reply else 0))
        self._session.journal.add(asked.received, reply, met, sizes)
