"""HTTP/1.1 on one connection: uvicorn's protocol, with bounds, and without a task for each reply.

All differences from uvicorn serve these two aims. What a client may take is bounded, and a request
that can be answered at once is.
"""

from __future__ import annotations

import asyncio
import logging
import re
import urllib.parse
from collections.abc import Callable
from email.utils import formatdate
from typing import Any, cast

import httptools
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from mock_server.errors import (
    HeadTooLarge,
    Problem,
    RequestTimeout,
    UnknownMethod,
    WrongHost,
)
from mock_server.gateway import EXTENSION, Connection
from mock_server.http_messages import Reply
from mock_server.mocking import problem_reply
from mock_server.server.cycle import Cycle
from mock_server.server.eager import EagerStarter
from mock_server.server.limits import Limits
from mock_server.server.lingering import Lingering
from mock_server.server.watch import Watch

# The bytes that are parsed at a time. A client that sends many requests at once delays the others
# by no more.
BYTES_AT_ONCE = 16_384
_INVALID = "Invalid HTTP request received."
_REQUEST_LINE = re.compile(
    rb"(?:\r?\n)*([!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}) [^\s]+ HTTP/1\.[01]\r?\n"
)


def _is_no_cancellation(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


# The client gets a reply if the server ends, so uvicorn needn't log a traceback for each request.
_log = logging.getLogger("uvicorn.error.mock_server")
_log.addFilter(_is_no_cancellation)


class _Refused(Exception):
    """An error for a request that is refused while it is read."""

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.problem = problem


class _Flow(FlowControl):
    """uvicorn's flow control; nothing is read while data that was read is held."""

    is_held = False

    def resume_reading(self) -> None:
        if not self.is_held:
            super().resume_reading()

    def hold(self) -> None:
        """Read nothing until the held data is let go."""
        self.is_held = True
        self.pause_reading()

    def let_go(self) -> None:
        """Read on."""
        self.is_held = False
        self.resume_reading()


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol, faster and with limits.

    The application is called at once for a request that is there as a whole. It only becomes a task
    if it waits. Other requests are served as uvicorn does: those that ask to go on or to upgrade,
    that come in pieces, or that come behind an unanswered one. Requests behind one that isn't
    answered yet are parsed up to the first. The rest is held, and no more is read.
    """

    flow: _Flow
    cycle: Cycle

    def __init__(self, *args: Any, limits: Limits, starter: EagerStarter, **options: Any) -> None:
        super().__init__(*args, **options)
        self.logger = _log
        self._asgi_version = self.config.asgi_version
        self._limits, self._starter = limits, starter
        self._watch = Watch(self.loop, self._look)
        # The request that is being answered, and one whose application isn't called yet.
        self._answering: Cycle | None = None
        self._new: Cycle | None = None
        # Data that was read and isn't parsed yet, and the refusal that ends the connection.
        self._held = b""
        self._refusal: Reply | str | None = None
        # Whether an application runs at once just now, and whether no more requests are served.
        self._is_at_once = self._is_over = False
        # How far the request that is being read has come.
        self._is_in_head = self._is_in_message = self._has_advanced = False
        # Whether what is parsed begins with the request that is being read.
        self._is_first = True
        self._bytes_since = 0
        self._head_begun = self._active = self.loop.time()

    # The connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to watch the connection."""
        super().connection_made(transport)
        self.flow = _Flow(transport)
        self._connection = Connection(transport)
        self._extensions = {EXTENSION: self._connection}
        self._watch.look_by(self._active + self._limits.idle_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """Notify all requests on the connection.

        uvicorn only notifies the newest request, though the ones before may be those that are
        answered.
        """
        self._watch.end()
        super().connection_lost(exc)
        waiting = [cast(Cycle, cycle) for cycle, _ in self.pipeline]
        for cycle in [*waiting, self._answering]:
            if cycle is not None:
                cycle.leave()
        self._held = b""
        self._connection.end()

    def shutdown(self) -> None:
        """End the connection when the request under way is answered."""
        super().shutdown()
        self._connection.stop()

    # Reading

    def data_received(self, data: bytes) -> None:
        """Parse what has come, and answer what can be answered at once."""
        self._active = self.loop.time()
        if self._held or self.pipeline or self._refusal is not None:
            self._hold(data)
            return
        self._is_first = not self._is_in_message
        try:
            self._feed(data)
        except _Refused as refused:
            self._refuse(refused.problem)
        except httptools.HttpParserError as error:
            self._refuse_what(error, data)
        except httptools.HttpParserUpgrade:
            self._unsupported_upgrade_warning()
        if (cycle := self._new) is not None:
            self._new = None
            # After all that was read together: replies that go out together wake the other side up
            # once, which costs a fifth of a small request otherwise.
            self.loop.call_soon(self._begin, cycle)
        if self._is_in_message:
            self._watch.look_by(self._due()[0])

    def _feed(self, data: bytes) -> None:
        if len(data) <= BYTES_AT_ONCE:
            self.parser.feed_data(data)
            if self._is_in_message:
                self._count(len(data))
            return
        for begin in range(0, len(data), BYTES_AT_ONCE):
            if self.pipeline:
                self._hold(data[begin:])
                return
            piece = data[begin : begin + BYTES_AT_ONCE]
            self.parser.feed_data(piece)
            if self._is_in_message:
                self._count(len(piece))

    def _count(self, size: int) -> None:
        """Bound what comes of a head, and between the pieces of a body: chunk sizes, trailers.

        Raises _Refused.
        """
        if self._has_advanced:
            self._has_advanced, self._bytes_since = False, 0
            return
        self._bytes_since += size
        if self._bytes_since > self._limits.head:
            raise _Refused(self._too_large())

    def _hold(self, data: bytes) -> None:
        if self._refusal is None:
            self._held += data
        self.flow.hold()

    def _go_on(self) -> None:
        """Parse what was held."""
        held, self._held = self._held, b""
        if held and not self.transport.is_closing():
            self.data_received(held)
            if not self._held and self._refusal is None:
                self.flow.let_go()

    # Events of the parser

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._is_in_head = self._is_in_message = self._has_advanced = True
        self._head_begun = self._active
        self.url = b""
        self.headers = []
        scope: Any = {
            "type": "http",
            "asgi": {"version": self._asgi_version, "spec_version": "2.3"},
            "http_version": "1.1",
            "server": self.server,
            "client": self.client,
            "scheme": self.scheme,
            "root_path": self.root_path,
            "headers": self.headers,
            "state": self.app_state.copy(),
            "extensions": self._extensions,
        }
        self.scope = scope

    def on_header(self, name: bytes, value: bytes) -> None:
        """Add a header field."""
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Judge the head, and put the request into the pipeline."""
        self._is_first = False
        headers, self.headers = self.headers, []  # trailers don't belong to them
        fields, version = dict(headers), self.parser.get_http_version()
        method = self.parser.get_method()
        self._judge(headers, fields, version, method)
        self._is_in_head = False
        self._place(method, version)
        expects = _expects_continue(headers) if b"expect" in fields else False
        cycle = self.cycle = Cycle(
            self.scope,
            self.transport,
            self.flow,
            self.logger,
            self.server_state.default_headers,
            expects,
            version != "1.0" and self.parser.should_keep_alive(),
            self.on_response_complete,
            self._close,
        )
        if self._answering is not None:
            self.flow.pause_reading()
            self.pipeline.appendleft((cycle, self.app))
            return
        self._answering = cycle
        if expects or self.parser.should_upgrade():
            self._start_task(cycle)
        else:
            self._new = cycle

    def _judge(
        self,
        headers: list[tuple[bytes, bytes]],
        fields: dict[bytes, bytes],
        version: str,
        method: bytes,
    ) -> None:
        """Raise _Refused for a head that is too large, or names no host or several."""
        limits = self._limits
        if len(headers) > limits.fields:
            raise _Refused(self._too_many())
        if self._bytes_since + 2 * BYTES_AT_ONCE > limits.head:
            line = len(method) + len(self.url) + len(" HTTP/1.1\r\n") + 1
            size = line + sum(len(n) + len(v) + 4 for n, v in headers) + 2
            if size > limits.head:
                raise _Refused(self._too_large())
        if b"host" not in fields:
            if version == "1.1":
                raise _Refused(WrongHost("The request has no Host; HTTP/1.1 asks for one."))
        elif len(fields) != len(headers) and sum(n == b"host" for n, _ in headers) > 1:
            raise _Refused(WrongHost("The request has more than one Host; expected one."))

    def _place(self, method: bytes, version: str) -> None:
        """Put what the first line states into the scope."""
        scope: Any = self.scope
        scope["method"] = method.decode("ascii")
        if version != "1.1":
            scope["http_version"] = version
        parsed = httptools.parse_url(self.url)
        path = parsed.path.decode("ascii")
        if "%" in path:
            path = urllib.parse.unquote(path)
        scope["path"] = self.root_path + path
        scope["raw_path"] = self.root_path.encode("ascii") + parsed.path
        scope["query_string"] = parsed.query or b""

    def on_body(self, body: bytes) -> None:
        """Add a part of the body, unless the reply was sent before the body had come."""
        self._has_advanced = True
        if not self.cycle.response_complete:
            self.cycle.take(body)

    def on_message_complete(self) -> None:
        """End a request."""
        self._is_in_message = False
        cycle = self.cycle
        cycle.more_body = False
        if not cycle.response_complete:
            cycle.tell()

    # Answers

    def _begin(self, cycle: Cycle) -> None:
        """Call the application, at once if all of the request is there."""
        if cycle.more_body or self.flow.write_paused:
            self._start_task(cycle)
            return
        cycle.is_eager = self._is_at_once = True
        task = self._starter.start(cycle.run_asgi(self.app))
        self._is_at_once = False
        if task is not None:
            cycle.go_on()
            self._keep(task)
        elif self._is_in_message:  # the next one has begun already
            self._watch.look_by(self._due()[0])

    def _start_task(self, cycle: Cycle) -> None:
        self._keep(self.loop.create_task(cycle.run_asgi(self.app)))

    def _keep(self, task: asyncio.Task[None]) -> None:
        """Keep a task until it ends; the end of the server waits for it."""
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def on_response_complete(self) -> None:
        """Go on with the next request."""
        self.server_state.total_requests += 1
        self._answering = None
        if self.transport.is_closing() or self._is_over:
            return
        if self.pipeline:
            self._answering = cast(Cycle, self.pipeline.pop()[0])
            self._start_task(self._answering)
        elif self._refusal is not None:
            self._send_refusal()
            return
        if self._held and not self.pipeline:
            self.loop.call_soon(self._go_on)
        if self.flow.read_paused:
            self.flow.resume_reading()
        if not self._is_at_once:
            self._active = self.loop.time()
            if self._is_in_message:
                self._watch.look_by(self._due()[0])

    def _close(self) -> None:
        """Close the connection behind a reply; a client that still sends gets to read it."""
        if self.cycle.more_body:
            self._linger()
        else:
            self.transport.close()

    def _linger(self) -> None:
        self._is_over = True
        Lingering(self.transport, self, self._limits).begin()

    # Refusals

    def _refuse_what(self, error: httptools.HttpParserError, data: bytes) -> None:
        """Refuse data that the parser can't go on with."""
        cause = error.__context__
        if isinstance(cause, _Refused):
            self._refuse(cause.problem)
        elif (
            isinstance(error, httptools.HttpParserInvalidMethodError)
            and self._is_first
            and (line := _REQUEST_LINE.match(data))
        ):
            method = line[1].decode()
            self._refuse(UnknownMethod(f"No path has the method {method}, and none could."))
        else:
            self.logger.warning(_INVALID)
            self._end_with(_INVALID)

    def _refuse(self, problem: Problem) -> None:
        reply = problem_reply(problem)
        self.logger.warning("Refused a request with %d: %s", reply.status, problem.detail)
        self._end_with(reply)

    def _end_with(self, refusal: Reply | str) -> None:
        """Send a refusal once all requests before it are answered; nothing behind it is read."""
        if self._refusal is not None:
            return
        self._refusal = refusal
        self._is_in_head = self._is_in_message = False
        answering = self._answering
        if answering is not None and answering is self.cycle and answering.more_body:
            self._give_up(answering)
        if self._answering is None:
            self._send_refusal()
        else:
            self.flow.hold()

    def _give_up(self, cycle: Cycle) -> None:
        """End a request whose body can't be read any further."""
        if cycle is self._new:  # so that the journal has the request all the same
            self._new = None
            self._start_task(cycle)
        if cycle.response_started:
            self.transport.close()
        else:
            self._answering = None
        cycle.leave()

    def _send_refusal(self) -> None:
        refusal = self._refusal
        assert refusal is not None
        self._new = None
        status, headers, body = _as_sent(refusal)
        lines = [STATUS_LINE[status]]
        # If the app dates its own replies there is no default Date, so a refusal gets one here.
        dated = self.server_state.default_headers or [(b"date", formatdate(usegmt=True).encode())]
        sent = [*dated, *headers, (b"connection", b"close")]
        lines += [b"%b: %b\r\n" % pair for pair in sent]
        self.transport.write(b"".join([*lines, b"\r\n", body]))
        self._linger()

    def _too_large(self) -> HeadTooLarge:
        limit = self._limits.head
        return HeadTooLarge(
            f"The head of the request is larger than {limit} bytes; --head-limit sets the limit."
        )

    def _too_many(self) -> HeadTooLarge:
        limit = self._limits.fields
        return HeadTooLarge(
            f"The request has more than {limit} header fields; --field-limit sets the limit."
        )

    # Time limits

    def _look(self, now: float) -> float | None:
        """Do what is due, or return when to look again."""
        if self.transport.is_closing() or self.transport.get_protocol() is not self:
            return None
        due, act = self._due()
        if due > now:
            return due
        act()
        return None

    def _due(self) -> tuple[float, Callable[[], None]]:
        """Return when something is due if nothing happens, and what is done then."""
        limits, later = self._limits, self.loop.time() + self._limits.idle_seconds
        if self._is_in_message and not self._is_in_head:
            if self.flow.read_paused or self.cycle.waiting_for_100_continue:
                self._active = self.loop.time()  # the client isn't late
            return self._active + limits.body_seconds, self._late_body
        if self._answering is not None:
            return later, self.transport.close
        if self._is_in_head:
            return self._head_begun + limits.head_seconds, self._late_head
        return self._active + limits.idle_seconds, self.transport.close

    def _late_head(self) -> None:
        seconds = self._limits.head_seconds
        self.logger.warning("Closed a connection: its request's head took over %g s", seconds)
        self.transport.close()

    def _late_body(self) -> None:
        seconds = self._limits.body_seconds
        problem = RequestTimeout(
            f"Nothing came of the body for {seconds:g} s; --body-timeout sets the limit."
        )
        if self.cycle.response_started:
            self.transport.close()
            return
        self._connection.refused = problem_reply(problem)
        self._refuse(problem)


def _expects_continue(headers: list[tuple[bytes, bytes]]) -> bool:
    return any(name == b"expect" and value.lower() == b"100-continue" for name, value in headers)


def _as_sent(refusal: Reply | str) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Return status, headers and body of a refusal; what is no HTTP is refused as uvicorn does."""
    if isinstance(refusal, Reply):
        return refusal.status, refusal.headers, refusal.body
    kind = (b"content-type", b"text/plain; charset=utf-8")
    return 400, [kind, (b"content-length", b"%d" % len(refusal))], refusal.encode()
