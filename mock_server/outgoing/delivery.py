"""Delivery of callbacks and webhooks: at their time, again after a failure, into the journal."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from uuid import uuid4

import httpx

from mock_server.contract import Operation
from mock_server.errors import Violation
from mock_server.http_messages import RawHeaders, Reply, header_map
from mock_server.outgoing.destinations import Destinations, Refused
from mock_server.outgoing.messages import Canned, Message, origin_of
from mock_server.outgoing.signatures import SCHEMES, Signed
from mock_server.secrecy import OperationSecrets
from mock_server.sessions import Outgoing, Received, Session
from mock_server.validation import judge

log = logging.getLogger("mock_server")

SECONDS = 10.0
MOST_BYTES = 65_536
# As many requests of a session may wait to be sent.
MOST_PENDING = 1_000
# The wait before the second attempt, and the longest one, in seconds of the session's clock.
FIRST_WAIT, LONGEST_WAIT = 1.0, 3_600.0


@dataclass(frozen=True)
class Signing:
    """How messages are signed: by which scheme, and with which secret."""

    scheme: str
    secret: str

    def headers(self, signed: Signed) -> Mapping[str, str]:
        """Return the headers of a signature."""
        return SCHEMES[self.scheme](self.secret, signed)


class Errand(NamedTuple):
    """A message with its destination, and what is known of its sending."""

    operation: Operation
    message: Message
    url: str
    canned: Canned
    cause: int | None = None
    caller: str = ""


class Delivery:
    """Sends messages in the background of the running event loop."""

    def __init__(
        self, destinations: Destinations, secrets: OperationSecrets, signing: Signing | None
    ) -> None:
        self._destinations = destinations
        self._secrets = secrets
        self._signing = signing
        # Whose connections belong to the event loop that asks first.
        self._transport: httpx.AsyncHTTPTransport | None = None

    def begin(
        self, session: Session, errand: Errand, own: int | None, signing: Signing | None
    ) -> None:
        """Send a message once the session's clock says so; `own` is the port of this server.

        `signing` goes before that of the settings.
        """
        if len(session.pending) >= MOST_PENDING:
            log.warning("%s isn't sent: %s wait already", errand.message.event, MOST_PENDING)
            return
        session.sending += 1
        task = asyncio.ensure_future(self._deliver(session, errand, own, signing or self._signing))
        session.pending.add(task)
        task.add_done_callback(session.pending.discard)

    async def close(self) -> None:
        """Close the connections."""
        if self._transport is not None:
            await self._transport.aclose()
            self._transport = None

    async def _deliver(
        self, session: Session, errand: Errand, own: int | None, signing: Signing | None
    ) -> None:
        try:
            await self._attempts(session, errand, own, signing)
        finally:
            session.sending -= 1

    async def _attempts(
        self, session: Session, errand: Errand, own: int | None, signing: Signing | None
    ) -> None:
        if errand.canned.delay:
            await _waited(session, errand.canned.delay)
        id = f"msg_{uuid4().hex}"
        for attempt in range(1, errand.canned.retries + 2):
            message = _signed(errand.message, id, session, signing)
            wait = await self._attempt(session, errand._replace(message=message), own, attempt)
            if wait is None or attempt > errand.canned.retries:
                return
            usual = min(FIRST_WAIT * 2 ** (attempt - 1), LONGEST_WAIT)
            await _waited(session, max(wait, usual))

    async def _attempt(
        self, session: Session, errand: Errand, own: int | None, attempt: int
    ) -> float | None:
        """Send a message once; return how long its receiver asks to wait, None if that was all."""
        event, origin = errand.message.event, origin_of(errand.url)
        note = Outgoing(event, origin, attempt, errand.cause, caller=errand.caller)
        started = time.time()
        try:
            url, address = await self._destinations.checked(errand.url, own)
        except Refused as error:
            wrong = Violation(("request", "url"), "", "callback-hosts", f"{errand.url}: {error}")
            note = note._replace(error=str(error), violations=[wrong])
            record(session, started, errand, note, None)
            return None
        try:
            async with asyncio.timeout(SECONDS):
                reply = await self._answer(url, address, errand.message)
        except (httpx.HTTPError, TimeoutError) as error:
            words = str(error) or f"no answer within {SECONDS:g} s"
            record(session, started, errand, note._replace(error=words), None)
            return 0.0
        judged = self._judged(errand.operation, reply)
        record(session, started, errand, note, judged)
        return None if _is_final(errand.operation, reply.status) else _asked_wait(reply)

    def _judged(self, operation: Operation, reply: Reply) -> Reply:
        if not operation.responses:
            return reply
        found = judge(operation, reply.status, reply.headers, reply.body, MOST_BYTES, self._secrets)
        return reply._replace(violations=found.violations)

    async def _answer(self, url: httpx.URL, address: str, message: Message) -> Reply:
        """Return what a receiver answers; of its body so many bytes as are read at most."""
        query = "&".join(filter(None, (url.query.decode("ascii"), message.query)))
        target = url.raw_path.partition(b"?")[0] + (f"?{query}".encode() if query else b"")
        length = (b"content-length", b"%d" % len(message.body))
        request = httpx.Request(
            message.method,
            url.copy_with(host=address),
            headers=[(b"host", url.netloc), length, *message.headers],
            content=message.body,
            extensions={
                "timeout": dict.fromkeys(("connect", "read", "write", "pool"), SECONDS),
                "target": target,
                "sni_hostname": url.host,
            },
        )
        response = await self._connected().handle_async_request(request)
        try:
            body = b""
            async for piece in response.aiter_raw():
                body += piece
                if len(body) > MOST_BYTES:
                    break
        finally:
            await response.aclose()
        headers = [(name.lower(), value) for name, value in response.headers.raw]
        return Reply(response.status_code, headers, body[:MOST_BYTES], "receiver")

    def _connected(self) -> httpx.AsyncHTTPTransport:
        if self._transport is None:
            # Messages are few, and no connection outlives the server.
            limits = httpx.Limits(max_keepalive_connections=0)
            self._transport = httpx.AsyncHTTPTransport(limits=limits)
        return self._transport


async def _waited(session: Session, seconds: float) -> None:
    """Wait by a session's clock; meanwhile the message isn't being sent."""
    session.sending -= 1
    try:
        await session.clock.sleep(seconds)
    finally:
        session.sending += 1


def record(
    session: Session, started: float, errand: Errand, note: Outgoing, reply: Reply | None
) -> None:
    """Add an attempt to a session's journal."""
    path, _, query = _target_of(errand.url)
    whole = "&".join(filter(None, (query, errand.message.query)))
    host = note.origin.partition("://")[2].encode()
    headers: RawHeaders = [*([(b"host", host)] if host else []), *errand.message.headers]
    received = Received(
        started, errand.message.method, path, whole, "", headers, errand.message.body
    )
    session.journal.add(received, reply, outgoing=note)


def _target_of(url: str) -> tuple[str, str, str]:
    """Return the path and the query of a URL as `partition` gives them."""
    rest = url.partition("://")[2].partition("#")[0]
    path = "/" + rest.partition("/")[2]
    return path.partition("?")


def _signed(message: Message, id: str, session: Session, signing: Signing | None) -> Message:
    if signing is None:
        return message
    signed = Signed(id, int(session.clock.now()), message.body)
    added = [(n.encode(), v.encode()) for n, v in signing.headers(signed).items()]
    return message._replace(headers=[*message.headers, *added])


def _is_final(operation: Operation, status: int) -> bool:
    """Return whether an answer ends the attempts: a success, a declared one, or 410."""
    declared = {str(status), f"{status // 100}XX"} & operation.responses.keys()
    return 200 <= status <= 299 or bool(declared) or status == 410


def _asked_wait(reply: Reply) -> float:
    text = header_map(reply.headers).get(b"retry-after", b"").decode("latin-1")
    return min(float(text), LONGEST_WAIT) if text.isdecimal() and len(text) < 9 else 0.0
