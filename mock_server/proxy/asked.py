"""A request on its way to the service, and what is wrong with it."""

from __future__ import annotations

import time
from typing import NamedTuple

from mock_server.errors import ContentTooLarge, Problem, Violation
from mock_server.gateway import Exchanged
from mock_server.http_messages import Request, header_map
from mock_server.mocking import Target
from mock_server.proxy.bodies import Incoming
from mock_server.proxy.hops import passed_on, via
from mock_server.proxy.recordable import RecordableRequest
from mock_server.proxy.service import Service, too_large
from mock_server.proxy.upstream import Answer
from mock_server.secrecy import OperationSecrets
from mock_server.sessions import Received
from mock_server.validation import Arguments


class JudgedRequest(NamedTuple):
    """A request's values, or the problem with it.

    `unchecked` states what wasn't checked, and why. All are empty while the request hasn't come,
    and if the contract has no such operation.
    """

    arguments: Arguments | None = None
    problem: Problem | None = None
    unchecked: tuple[str, ...] = ()


class Asked:
    """A request on its way to the service."""

    def __init__(self, service: Service, exchanged: Exchanged) -> None:
        scope = exchanged.scope
        self._started = time.time()
        self.method: str = scope["method"]
        self.path: str = scope["raw_path"].decode("latin-1")
        self.query: str = scope["query_string"].decode("latin-1")
        self.headers = scope["headers"]
        self.body = Incoming(self.headers, exchanged.receive, service.body_limit)
        self.target: Target | None = service.target(self.method, self.path, self.query)
        self._service = service
        self._version = str(scope.get("http_version", "1.1")).encode()
        self._judged: JudgedRequest | None = None

    @property
    def secrets(self) -> OperationSecrets:
        """Return what is secret in the exchange."""
        return self._service.secrets.of(self.target.responder.operation.id if self.target else "")

    @property
    def request(self) -> Request:
        """Return the request; a body that wasn't kept is left out."""
        kept = self.body.kept
        body = kept.data if kept.is_whole else b""
        return Request(self.method, self.path, self.query, header_map(self.headers), body)

    @property
    def received(self) -> Received:
        """Return the request as the journal has it."""
        operation = self.target.responder.operation.id if self.target else ""
        asked = (self._started, self.method, self.path, self.query)
        return Received(*asked, operation, self.headers, self.body.kept.data)

    @property
    def judged(self) -> JudgedRequest:
        """Return what was found in the request, as soon as all of it has come."""
        if self._judged is None and self.body.has_ended and self.target is not None:
            self.target = self.target.for_request(self.request)
            self._judged = self._judge(self.target)
        return self._judged or JudgedRequest()

    @property
    def violations(self) -> list[Violation]:
        """Return what is wrong with the request; nothing is known of a body that wasn't kept."""
        problem = self.judged.problem
        found = problem.violations if problem is not None else ()
        is_whole = self.body.kept.is_whole
        return [v for v in found if is_whole or v.location[1] != "body"]

    @property
    def recordable(self) -> RecordableRequest | None:
        """Return the request as a recording distinguishes it; None if it can't be read."""
        judged = self.judged
        if self.target is None or self.method == "HEAD":
            return None
        is_valid = judged.problem is None
        arguments = judged.arguments or getattr(judged.problem, "arguments", None)
        if arguments is None:
            return None
        return RecordableRequest(self.target.responder.operation, self.request, arguments, is_valid)

    async def check(self) -> None:
        """Read all of the request. Raises the problem of the mock's refusal, and ClientLeft."""
        if self.target is None:
            if problem := self._service.rejection(self.method, self.path):
                raise problem
            return
        await self.body.read()
        if not self.body.kept.is_whole:
            raise too_large(self._service)
        if self.judged.problem is not None:
            raise self.judged.problem

    async def answer(self) -> Answer:
        """Send the request to the service. Raises BadGateway, GatewayTimeout and ClientLeft."""
        path = self.path.encode("latin-1")
        query = self.query.encode("latin-1")
        target = path + b"?" + query if query else path
        body = self.body.pieces if self.body.has_any else None
        headers = via(passed_on(self.headers, b"host"), self._version)
        return await self._service.upstream.ask(self.method, target, headers, body)

    def _judge(self, target: Target) -> JudgedRequest:
        limit, is_whole = self._service.body_limit, self.body.kept.is_whole
        unchecked = () if is_whole else (f"the request's body: it is larger than {limit} bytes",)
        try:
            return JudgedRequest(target.responder.arguments(self.request, target), None, unchecked)
        except ContentTooLarge as error:
            problem = error if self._service.enforce else None
            why = "the request's body: it is too large once it is decompressed"
            return JudgedRequest(None, problem, (*unchecked, why))
        except Problem as problem:
            return JudgedRequest(None, problem, unchecked)
