"""One request and its reply on a connection."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

if TYPE_CHECKING:
    from uvicorn._types import ASGIReceiveEvent, HTTPScope

# No name or value of a header has these characters (RFC 9110, sections 5.1 and 5.5).
_NOT_IN_NAMES = re.compile(rb'[\x00-\x1f\x7f()<>@,;:\[\]={} \t\\"]')
_NOT_IN_VALUES = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
# The most bytes that wait: of a body that was read, and of one that is sent with its head.
MOST_BYTES_WAITING = 65_536
# Header fields are kept as they are written, unless their values are longer.
_LONGEST_KEPT = 128
_MOST_KEPT = 2_048


class Cycle(RequestResponseCycle):
    """uvicorn's cycle, which writes head and body of a reply in one call while it is eager.

    It is eager while its application runs at once, before it becomes a task. What isn't written
    before the application ends or waits is written then. Apart from that it sends the same bytes.
    """

    access_log = False
    disconnected = False
    response_started = False
    response_complete = False
    more_body = True
    chunked_encoding: bool | None = None
    expected_content_length = 0
    is_eager = False
    body: bytes | bytearray = b""  # type: ignore[assignment]

    _head = b""
    _has_news = False
    _event: asyncio.Event | None = None

    def __init__(
        self,
        scope: HTTPScope,
        transport: asyncio.Transport,
        flow: FlowControl,
        logger: logging.Logger,
        default_headers: list[tuple[bytes, bytes]],
        expects_continue: bool,
        keep_alive: bool,
        on_response: Callable[[], None],
        on_close: Callable[[], None],
    ) -> None:
        # uvicorn's `__init__` sets all of the above anew for each request, and makes an event.
        self.scope = scope
        self._transport = transport
        self.flow = flow
        self.logger = logger
        self.default_headers = default_headers
        self.waiting_for_100_continue = expects_continue
        self.keep_alive = keep_alive
        self.on_response = on_response
        self._on_close = on_close

    # Receiving

    @property
    def message_event(self) -> asyncio.Event:  # type: ignore[override]
        """Return the event that something has come since the last look, made at its first use."""
        if self._event is None:
            self._event = asyncio.Event()
            if self._has_news:
                self._event.set()
        return self._event

    def tell(self) -> None:
        """Wake up what waits for more."""
        self._has_news = True
        if self._event is not None:
            self._event.set()

    def take(self, body: bytes) -> None:
        """Add a part of the body.

        A client that sends faster than the application reads has to wait.
        """
        if not self.body:
            self.body = body
        else:
            if isinstance(self.body, bytes):
                self.body = bytearray(self.body)
            self.body += body
        if len(self.body) > MOST_BYTES_WAITING:
            self.flow.pause_reading()
        self.tell()

    def leave(self) -> None:
        """Note that the client is gone."""
        if not self.response_complete:
            self.disconnected = True
        self.tell()

    async def receive(self) -> ASGIReceiveEvent:
        """Return what has come of the body, or that the client is gone."""
        if self.waiting_for_100_continue and not self._transport.is_closing():
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.waiting_for_100_continue = False
        if not self.disconnected and not self.response_complete:
            if self.flow.read_paused:
                self.flow.resume_reading()
            if not self._has_news:
                await self.message_event.wait()
            self._has_news = False
            if self._event is not None:
                self._event.clear()
        if self.disconnected or self.response_complete:
            return {"type": "http.disconnect"}
        body, self.body = bytes(self.body), b""
        return {"type": "http.request", "body": body, "more_body": self.more_body}

    # Sending

    @property
    def transport(self) -> asyncio.Transport:  # type: ignore[override]
        """Return the connection, after what is held back is written to it."""
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head)
        return self._transport

    def go_on(self) -> None:
        """End the eager phase: hold nothing back any more."""
        self.is_eager = False
        _ = self.transport

    async def send(self, message: Any) -> None:
        """Send a part of the reply. Raises RuntimeError for a part that can't be sent now."""
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        kind = message["type"]
        if not self.response_started:
            if kind != "http.response.start":
                raise RuntimeError(
                    f"Expected ASGI message 'http.response.start', but got '{kind}'."
                )
            self.response_started = True
            self.waiting_for_100_continue = False
            self._start(message)
        elif not self.response_complete:
            if kind != "http.response.body":
                raise RuntimeError(f"Expected ASGI message 'http.response.body', but got '{kind}'.")
            self._part(message.get("body", b""), message.get("more_body", False))
        else:
            raise RuntimeError(
                f"Unexpected ASGI message '{kind}' sent, after response already completed."
            )

    def _start(self, message: Any) -> None:
        status = message["status"]
        lines = [STATUS_LINE[status]]
        is_closing = False
        for name, value in (*self.default_headers, *message.get("headers", ())):
            short = len(value) <= _LONGEST_KEPT
            line, frames = _line(name, value) if short else _sent_field(name, value)
            if frames:
                is_closing = self._frame(name.lower(), value) or is_closing
            lines.append(line)
        if not self.keep_alive and not is_closing:
            lines.append(b"connection: close\r\n")
        has_body = self.scope["method"] != "HEAD" and status not in (204, 304)
        if self.chunked_encoding is None and has_body:
            self.chunked_encoding = True
            lines.append(b"transfer-encoding: chunked\r\n")
        lines.append(b"\r\n")
        self._write(b"".join(lines))

    def _frame(self, name: bytes, value: bytes) -> bool:
        """Note how the body is framed. Return whether the connection is to be closed."""
        if name == b"content-length":
            if self.chunked_encoding is None:
                self.expected_content_length = int(value.decode())
                self.chunked_encoding = False
        elif name == b"transfer-encoding":
            if value.lower() == b"chunked":
                self.expected_content_length = 0
                self.chunked_encoding = True
        elif b"close" in [token.lower().strip() for token in value.split(b",")]:
            self.keep_alive = False
            return True
        return False

    def _part(self, body: bytes, more_body: bool) -> None:
        if self.scope["method"] == "HEAD":
            self.expected_content_length = 0
        elif self.chunked_encoding:
            body = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
            self._write_on(body if more_body else body + b"0\r\n\r\n")
        else:
            if len(body) > self.expected_content_length:
                raise RuntimeError("Response content longer than Content-Length")
            self.expected_content_length -= len(body)
            self._write_on(body)
        if not more_body:
            self._end()

    def _end(self) -> None:
        if self.expected_content_length != 0:
            raise RuntimeError("Response content shorter than Content-Length")
        self.response_complete = True
        self.tell()
        _ = self.transport  # the head of a reply without a body is still held back
        if not self.keep_alive:
            self._on_close()
        self.on_response()

    def _write(self, head: bytes) -> None:
        if self.is_eager:
            self._head = head
        else:
            self._transport.write(head)

    def _write_on(self, body: bytes) -> None:
        """Write a part of the body, behind the head if that is still held back."""
        if not self._head:
            self._transport.write(body)
        elif len(body) <= MOST_BYTES_WAITING:
            head, self._head = self._head, b""
            self._transport.write(head + body)
        else:
            self.transport.write(body)


def _sent_field(name: bytes, value: bytes) -> tuple[bytes, bool]:
    """Return a header field as it is sent, and whether it frames the body. Raises RuntimeError."""
    if _NOT_IN_NAMES.search(name):
        raise RuntimeError("Invalid HTTP header name.")
    if _NOT_IN_VALUES.search(value):
        raise RuntimeError("Invalid HTTP header value.")
    name = name.lower()
    return b"%b: %b\r\n" % (name, value), name in _FRAMING


_line = lru_cache(_MOST_KEPT)(_sent_field)
_FRAMING = frozenset({b"content-length", b"transfer-encoding", b"connection"})
