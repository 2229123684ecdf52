"""The way of a request: route, read the body, respond, send, journal."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Mapping
from contextlib import aclosing, suppress
from dataclasses import replace
from typing import Any, Protocol
from urllib.parse import quote, unquote, unquote_to_bytes

from mock_server.contract import Contract, Match, Routes, base_and_bare
from mock_server.core import Delay
from mock_server.errors import (
    ContentTooLarge,
    KeyReused,
    KeyUnderWay,
    Problem,
    ServerEnds,
    WrongSession,
)
from mock_server.gateway.connection import (
    ClientLeft,
    Exchanged,
    Receive,
    Scope,
    Send,
    misbehave,
    refused_by_server,
    spoilt,
)
from mock_server.gateway.cors import is_preflight, options_reply, shared_headers
from mock_server.gateway.request_body import SECONDS_TO_LINGER, has_body, read_body, throw_away
from mock_server.gateway.request_head import RequestHead
from mock_server.gateway.unmatched import known_methods, not_allowed, unmatched
from mock_server.http_messages import (
    Reply,
    Request,
    asks_explanation,
    header_map,
    problem_of,
)
from mock_server.mocking import (
    IdempotencyKeys,
    Responder,
    Target,
    explained,
    is_first_success,
    kept_reply,
    problem_reply,
    replayed,
)
from mock_server.outgoing import Called
from mock_server.sessions import NO_STATE, Received, Session, Sessions

App = Callable[[Scope, Receive, Send], Awaitable[None]]

# A page for browsers alone.
INDEX = "/"
# The docs page; a path of the contract itself comes first.
DOCS = "/docs"
# The control API, the health, and what the docs page loads. Their replies describe exchanges, and
# are none themselves. No page of another origin may read them.
_CONTROL_PREFIXES = ("/_mock", "/__admin")
DOCS_ASSETS = "/_mock/docs"
# For clients that can send neither a header nor a cookie: their base path names the session.
SESSION_PREFIX = "/_session/"
# The key of the scope under which that base path is kept once it's taken off.
PREFIX = "mock_server.prefix"
# The most distinct paths whose targets are remembered.
MOST_TARGETS = 1_024


# Headers of a request without an origin: no other origin may read the reply.
_UNSHARED: Mapping[bytes, bytes] = {}


class OtherOperations(Protocol):
    """Operations that aren't the contract's, with a guard in front of them."""

    def refused(self, head: RequestHead) -> Reply | None:
        """Return the reply to a request that must not pass; None if it may."""

    def allowed(self, head: RequestHead) -> Reply:
        """Return the reply to OPTIONS, which states what may be sent to a path."""

    async def respond(self, request: Request) -> Reply:
        """Return the reply to a request that may pass."""

    def guarded(self, reply: Reply, head: RequestHead) -> Reply:
        """Return a reply with the headers that state who may read it."""


class Gateway:
    """A server of the operations of a contract, and of the pages beside them."""

    def __init__(
        self,
        next_app: App,
        contract: Contract,
        pages: Mapping[str, Callable[[], Reply]],
        control: OtherOperations,
        sessions: Sessions,
        body_limit: int,
        cors: bool,
    ) -> None:
        self._next = next_app
        self._contract = contract
        self._pages = pages
        self._index = pages.get(INDEX)
        self._control = control
        self.sessions = sessions
        self.body_limit = body_limit
        self._cors = cors
        self._routes: Routes[Responder] = Routes()
        self._targets: dict[tuple[str, bytes], Target] = {}

    def serve(self, responder: Responder) -> None:
        """Route an operation's path to its responder, with and without the servers' base paths."""
        operation = responder.operation
        for path in base_and_bare(operation.path, operation.base_paths):
            self._routes.add(operation.method, path, responder)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; the docs page, and what isn't HTTP, go on to the next app."""
        if scope["type"] != "http":
            await self._next(scope, receive, send)
            return
        started = time.time()
        target = self._targets.get((scope["method"], scope["raw_path"])) or self._target(scope)
        if target is None:
            await self._beside(started, scope, receive, send)
            return
        cycle = _Cycle(self, target, started, scope, receive, send)
        try:
            await cycle.answer()
        except ContentTooLarge as problem:
            await cycle.refuse_and_close(problem)
        except WrongSession as problem:
            await cycle.refuse(problem)
        except ClientLeft:
            # The journal has the exchange, without a reply unless the server has sent one by
            # itself.
            cycle.reply = refused_by_server(scope)
        except asyncio.CancelledError:
            await cycle.end_with_server()
            raise
        finally:
            cycle.write_down()

    def _target(self, scope: Scope) -> Target | None:
        """Return what a path leads to, remembered for the paths that come first.

        HEAD is answered as GET if it isn't declared itself (RFC 9110, section 9.3.2).
        """
        method, path = scope["method"], scope["raw_path"].decode("latin-1")
        if method == "OPTIONS" and self._cors and is_preflight(header_map(scope["headers"])):
            return None  # a preflight is answered as one, whatever the contract has there
        match = self._match(method, path, scope["query_string"].decode("latin-1"))
        if match is None:
            return None
        target = _target_of(match, path)
        if match.by_path and method != "OPTIONS" and len(self._targets) < MOST_TARGETS:
            self._targets[method, scope["raw_path"]] = target
        return target

    def _match(self, method: str, path: str, query: str) -> Match[Responder] | None:
        match = self._routes.match(method, path, query)
        if match is None and method == "HEAD":
            match = self._routes.match("GET", path, query)
        if match is None and (known := self._known_as(path)) != path:
            match = self._match(method, known, query)
            return match and match._replace(is_forgiven=True)
        return match

    def _known_as(self, path: str) -> str:
        """Return a path as the contract has it; a path beside the contract stays as it is."""
        is_beside = path in self._pages or self._is_docs(path) or self._is_controls(path)
        return path if is_beside else self._routes.known_as(path)

    def leads_to(self, method: str, path: str, query: str) -> Target | None:
        """Return the operation that a path leads to, if any; the path is still percent-encoded."""
        match = self._match(method, path, query)
        return _target_of(match, path) if match is not None else None

    def methods(self, path: str) -> list[str]:
        """Return the methods that a path answers; none if nothing leads there."""
        return known_methods(self._routes, self._known_as(path))

    def _is_docs(self, path: str) -> bool:
        docs = (f"{DOCS}/", f"{DOCS_ASSETS}/")
        return (path == DOCS or path.startswith(docs)) and not self._routes.methods(path)

    def _is_controls(self, path: str) -> bool:
        return is_control(path) and not self._routes.methods(path)

    async def _beside(self, started: float, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that leads to no operation."""
        path = scope["raw_path"].decode("latin-1")
        is_named = path.startswith(SESSION_PREFIX) and PREFIX not in scope
        if is_named and not self._routes.methods(path):
            await self(within(scope, path.removeprefix(SESSION_PREFIX)), receive, send)
            return
        if self._is_controls(path):
            await self._controlled(path, scope, receive, send)
            return
        if self._is_docs(path):
            await self._next(scope, receive, send)
            return
        method, headers = scope["method"], header_map(scope["headers"])
        session = self.sessions.main
        try:
            session = self.sessions.of(headers)
            reply = self._page(method, path, headers)
        except Problem as problem:
            reply = problem_reply(problem)
        await self.send(reply, method, headers, send)
        query = scope["query_string"].decode("latin-1")
        received = Received(started, method, path, query, "", scope["headers"], b"")
        session.journal.add(received, reply)

    async def _controlled(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the control API, if its guard lets the request pass."""
        exchanged, head = Exchanged(scope, receive, send), RequestHead.of(scope)
        refused = self._control.refused(head)
        if refused is None and self._is_docs(path):
            await self._next(scope, receive, send)
            return
        try:
            reply = refused or await self._called(head, exchanged)
            reply = self._control.guarded(reply, head)
            if isinstance(reply.pieces, AsyncGenerator):
                reply = reply._replace(pieces=exchanged.while_there(reply.pieces))
            await self.send(reply, head.method, _UNSHARED, send)
        except ContentTooLarge as problem:
            reply = self._control.guarded(problem_reply(problem), head)
            await self.send_and_close(reply, _UNSHARED, exchanged)
        except ClientLeft:
            pass

    async def _called(self, head: RequestHead, exchanged: Exchanged) -> Reply:
        """Return what the control API answers. Raises ContentTooLarge and ClientLeft."""
        if head.method == "OPTIONS":
            return self._control.allowed(head)
        body = b""
        if has_body(head.headers):
            body = await read_body(head.headers, exchanged.receive, self.body_limit)
        query = exchanged.scope["query_string"].decode("latin-1")
        request = Request(head.method, head.path, query, head.headers, body)
        return await _while_there(self._control.respond(request), exchanged)

    def _page(self, method: str, path: str, headers: Mapping[bytes, bytes]) -> Reply:
        """Return the reply to a preflight or to a page's path.

        Raises the Problem that states what there is instead.
        """
        page = self._page_at(path)
        known = self._allowed_methods(path)
        if method == "OPTIONS" and (known or (self._cors and is_preflight(headers))):
            query = self._match("QUERY", path, "") if "QUERY" in known else None
            types = query.target.accept_query if query is not None else None
            return options_reply(known or ["OPTIONS"], headers if self._cors else {}, types)
        if page and method in known:
            return page()
        if path == INDEX and self._index and not known and _is_browser(method, headers):
            return self._index()
        raise self.unserved(method, path)

    def _page_at(self, path: str) -> Callable[[], Reply] | None:
        """Return the function that makes the page of a path for any client."""
        return self._pages.get(path) if path != INDEX else None

    def _allowed_methods(self, path: str) -> list[str]:
        """Return the methods that a path answers: those of its operations, else those of a page."""
        page = ["GET", "HEAD", "OPTIONS"] if self._page_at(path) else []
        return self.methods(path) or page

    def unserved(self, method: str, path: str) -> Problem:
        """Return why nothing answers a method on a path, still percent-encoded."""
        whose = self._contract.title
        if self._page_at(path):
            return not_allowed(self._routes, whose, method, path, self._allowed_methods(path))
        return unmatched(self._routes, whose, method, self._known_as(path))

    async def send(
        self, reply: Reply, method: str, headers: Mapping[bytes, bytes], send: Send
    ) -> None:
        """Send a reply as it stands."""
        sent = self._shared(reply.headers, headers)
        await send({"type": "http.response.start", "status": reply.status, "headers": sent})
        if reply.pieces and method != "HEAD":
            await _send_pieces(reply.pieces, send)
        body = b"" if reply.pieces or method == "HEAD" else reply.body
        await send({"type": "http.response.body", "body": body})

    async def go_wrong(
        self, reply: Reply, headers: Mapping[bytes, bytes], exchanged: Exchanged
    ) -> None:
        """Send a reply with its fault.

        Raises ClientLeft, and ConnectionError if there is no connection to misbehave on.
        """
        assert reply.fault is not None
        shared = reply._replace(headers=self._shared(reply.headers, headers))
        await misbehave(reply.fault, shared, exchanged)

    def _shared(
        self, sent: list[tuple[bytes, bytes]], headers: Mapping[bytes, bytes]
    ) -> list[tuple[bytes, bytes]]:
        """Return the headers of a reply, with those that let another origin read it."""
        return shared_headers(sent, headers) if self._cors and b"origin" in headers else sent

    async def send_and_close(
        self, reply: Reply, headers: Mapping[bytes, bytes], exchanged: Exchanged
    ) -> None:
        """Refuse in the middle of a body, and close the connection.

        To close at once would reset the connection, and the client would never read the refusal. So
        what still comes is thrown away first; our own server does that by itself.
        """
        send = exchanged.send
        sent = self._shared([*reply.headers, (b"connection", b"close")], headers)
        await send({"type": "http.response.start", "status": reply.status, "headers": sent})
        if exchanged.connection is None:
            await send({"type": "http.response.body", "body": reply.body, "more_body": True})
            with suppress(TimeoutError):
                async with asyncio.timeout(SECONDS_TO_LINGER):
                    await throw_away(exchanged.receive)
            await send({"type": "http.response.body", "body": b""})
        else:
            await send({"type": "http.response.body", "body": reply.body})


class _Cycle:
    """One request to an operation: what came, and the reply as soon as there is one."""

    __slots__ = (
        "_body", "_gateway", "_headers", "_met", "_query", "_receive", "_scope", "_sender",
        "_session", "_started", "_target", "reply",
    )  # fmt: skip

    def __init__(
        self,
        gateway: Gateway,
        target: Target,
        started: float,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        self._gateway, self._target, self._started = gateway, target, started
        self._scope, self._receive, self._sender = scope, receive, send
        self._headers = header_map(scope["headers"])
        self._query = scope["query_string"].decode("latin-1")
        self._session, self._body, self._met = gateway.sessions.main, b"", NO_STATE
        self.reply: Reply | None = None

    async def answer(self) -> None:
        """Read the request, respond and send.

        Raises ContentTooLarge, WrongSession and ClientLeft.
        """
        headers = self._headers
        if b"mock-session" in headers or b"cookie" in headers:
            self._session = self._gateway.sessions.of(headers)
        session = self._session
        if b"content-length" in headers or b"transfer-encoding" in headers:
            self._body = await read_body(headers, self._receive, self._gateway.body_limit)
        request = self._request(self._body)
        self._target = target = self._target.for_request(request)
        self._met = session.met
        keys = target.responder.keys
        if keys is not None and keys.name in headers:
            await self._answer_once(keys, request, target)
            return
        await self._sending(request, await self._replying(request, target))

    def _replying(self, request: Request, target: Target) -> Awaitable[Reply]:
        """Return what gives the reply to a request, with what the rules of faults add."""
        session = self._session
        if session.faults.rules:
            return _by_rules(request, target, session, self._scope)
        return target.responder.respond(request, target, session)

    async def _answer_once(self, keys: IdempotencyKeys, request: Request, target: Target) -> None:
        """Answer a request with an idempotency key: the same again gets the first reply.

        The first is under way until its reply is sent.
        """
        session, responder = self._session, target.responder
        request = keys.read(request)
        key = keys.key(request)
        if key is None:
            await self._sending(request, await self._replying(request, target))
            return
        firsts = session.first_replies
        try:
            known = firsts.begin(key, keys.fingerprint(request), session.clock.now())
        except (KeyUnderWay, KeyReused) as problem:
            await self._sending(request, responder.refusal(problem, request, session))
            return
        if known is not None:
            await self._sending(request, await self._again(known, request, target))
            return
        reply: Reply | None = None
        try:
            reply = await self._replying(request, target)
            await self._sending(request, reply)
        finally:
            firsts.end(key, None if reply is None else kept_reply(reply))

    async def _again(self, known: Reply, request: Request, target: Target) -> Reply:
        """Return a first reply again, to a request that keeps to the contract as the first did."""
        if target.responder.lacks(request, target):
            return await self._replying(request, target)
        if self._session.faults.rules:
            return await _by_rules(request, target, self._session, self._scope, replayed(known))
        return replayed(known)

    def _sending(self, request: Request, reply: Reply) -> Awaitable[None]:
        """Return what sends a reply, in the end with what goes wrong with it."""
        headers = self._headers
        if b"prefer" in headers and asks_explanation(request):
            reply = explained(reply, request, self._target, self._met)
        self.reply = reply
        if reply.fault is None:
            return self._gateway.send(reply, request.method, headers, self._sender)
        return self._going_wrong(reply)

    async def _going_wrong(self, reply: Reply) -> None:
        exchanged = Exchanged(self._scope, self._receive, self._sender)
        self.reply = await in_time(reply, self._session, exchanged)
        await self._gateway.go_wrong(self.reply, self._headers, exchanged)

    async def refuse(self, problem: Problem) -> None:
        """Send a problem as the operation's error reply."""
        self.reply = self._target.responder.refusal(problem, self._request(b""), self._session)
        await self._gateway.send(self.reply, self._scope["method"], self._headers, self._sender)

    async def refuse_and_close(self, problem: Problem) -> None:
        """Send a problem in the middle of a body, and close the connection."""
        self.reply = self._target.responder.refusal(problem, self._request(b""), self._session)
        exchanged = Exchanged(self._scope, self._receive, self._sender)
        await self._gateway.send_and_close(self.reply, self._headers, exchanged)

    async def end_with_server(self) -> None:
        """Refuse a request that isn't answered yet when the server ends.

        Without a connection no server ends: a client in this process has given up.
        """
        exchanged = Exchanged(self._scope, self._receive, self._sender)
        if exchanged.connection is not None and self.reply is None:
            await self.refuse(ServerEnds("The mock server ends."))

    def write_down(self) -> None:
        """Add the exchange to the session's journal."""
        received = Received(
            self._started,
            self._scope["method"],
            self._target.path,
            self._query,
            self._target.responder.operation.id,
            self._scope["headers"],
            self._body,
        )
        self._session.journal.add(received, self.reply, self._met)
        callbacks, reply = self._target.responder.callbacks, self.reply
        if callbacks is not None and reply is not None and is_first_success(reply):
            called = Called(self._request(self._body), self._target.values, reply)
            own = self._scope.get("server") or ("", 0)
            callbacks.called(self._session, called, self._session.journal.last, own[1])

    def _request(self, body: bytes) -> Request:
        method, path = self._scope["method"], self._target.path
        scheme, prefix = self._scope.get("scheme", "http"), self._scope.get(PREFIX, "")
        return Request(method, path, self._query, self._headers, body, scheme, prefix)


def _is_browser(method: str, headers: Mapping[bytes, bytes]) -> bool:
    """Return whether a request asks for a page to look at."""
    return method in ("GET", "HEAD") and b"text/html" in headers.get(b"accept", b"")


def _target_of(match: Match[Responder], path: str) -> Target:
    """Return the target of a match for a path, still percent-encoded."""
    first = match.target.target(path, match.variables)
    if not match.others and not match.is_forgiven:
        return first
    others = [responder.target(path, variables) for responder, variables in match.others]
    sharing = (first, *others) if others else ()
    return first._replace(sharing=sharing, is_forgiven=match.is_forgiven)


async def _by_rules(
    request: Request,
    target: Target,
    session: Session,
    scope: Scope,
    known: Reply | None = None,
) -> Reply:
    """Return the reply to a request, or the known one, in a session that has rules of faults.

    A client is known by its address and its credentials.
    """
    responder, address = target.responder, (scope.get("client") or ("",))[0]
    client = (address, request.headers.get(b"authorization"))
    picked = session.faults.pick(responder.operation.id, client, session.seed)
    if picked.fault is not None and picked.fault.status is not None:
        reply = responder.refusal(problem_of(picked.fault), request, session)
    else:
        reply = known or await responder.respond(request, target, session)
    fault = picked.fault if reply.fault is None else reply.fault.or_else(picked.fault)
    return reply._replace(headers=[*reply.headers, *picked.headers], fault=fault)


async def _while_there(answer: Coroutine[Any, Any, Reply], exchanged: Exchanged) -> Reply:
    """Return the reply of a coroutine; a problem if the server ends before it.

    Raises ClientLeft.
    """
    answering = asyncio.ensure_future(answer)
    await exchanged.wait(answering)
    if answering.cancelled():
        return problem_reply(Problem("The server ends before there is an answer."))
    return answering.result()


async def _send_pieces(pieces: tuple[bytes, ...] | AsyncGenerator[bytes, None], send: Send) -> None:
    if isinstance(pieces, tuple):
        for piece in pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        return
    async with aclosing(pieces):
        async for piece in pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})


async def in_time(reply: Reply, session: Session, exchanged: Exchanged) -> Reply:
    """Return the reply with its fault, once its delay by the session's clock is over.

    Raises ClientLeft.
    """
    fault = reply.fault
    assert fault is not None
    if fault.delay is not None:
        seconds = round(session.faults.seconds(fault.delay, session.seed), 3)
        fault = replace(fault, delay=Delay(seconds, seconds))
        await exchanged.wait(session.clock.sleep(seconds))
    return spoilt(reply, fault)


def is_control(path: str) -> bool:
    """Return whether a path begins as those of the control API do.

    The contract may have such a path too, and callers check that.
    """
    return any(path == one or path.startswith(f"{one}/") for one in _CONTROL_PREFIXES)


def within(scope: Scope, rest: str) -> Scope:
    """Return the scope of a request on `/_session/NAME/PATH` as that of one on PATH.

    Its header names the session. For the docs page the prefix is the root path, which only
    characters of a URL get into.
    """
    written, _, path = rest.partition("/")
    name = unquote_to_bytes(written)
    headers = [(n, value) for n, value in scope["headers"] if n != b"mock-session"]
    root = f"{scope.get('root_path', '')}{SESSION_PREFIX}{quote(name, safe='')}"
    return {
        **scope,
        "root_path": root,
        "path": f"{root}/{unquote(path)}",
        "raw_path": f"/{path}".encode("latin-1"),
        "headers": [*headers, (b"mock-session", name)],
        PREFIX: f"{scope.get(PREFIX, '')}{SESSION_PREFIX}{written}",
    }
