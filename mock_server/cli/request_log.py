"""The request log: a line on stderr for each exchange, for a person or for a program."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TextIO

import orjson

if TYPE_CHECKING:
    from mock_server.secrecy import Secrets
    from mock_server.sessions import Exchange

_GREEN, _CYAN, _YELLOW, _RED, _DIM, _END = (f"\x1b[{n}m" for n in (32, 36, 33, 31, 2, 0))
# Exchanges that wait to be written; of more the number is written.
MOST_WAITING = 2_000
SECONDS_TO_END = 1
# Lines of so long a time are written together, so that the thread seldom takes the server's turn.
SECONDS_TOGETHER = 0.02
# A path is shown up to here; longer ones are cut.
MOST_CHARACTERS = 200
# What is the same in the lines of one request is remembered for so many different ones.
MOST_REMEMBERED = 1_000


class RequestLog:
    """Writes exchanges to a stream as they end; `only_wrong` leaves out those that went well.

    `secrets` gives what is secret in them, which a reload changes; it is masked by the thread.

    A thread writes, so that a stream that nobody reads doesn't hold the server: what can't be
    written in time is counted instead.
    """

    def __init__(
        self,
        stream: TextIO,
        format: str = "text",
        color: str = "auto",
        *,
        secrets: Callable[[], Secrets],
        only_wrong: bool = False,
    ) -> None:
        self._secrets = secrets
        self._path = PathMask(secrets())
        self._stream, self._only_wrong = stream, only_wrong
        self._line: Callable[[Exchange, str, tuple[str, ...]], str] = (
            json_line if format == "json" else TextLines(is_colored(stream, color)).of
        )
        self._waiting: deque[Exchange] = deque()
        self._left_out = 0
        self._is_awake = threading.Event()
        self._has_ended = False
        self._thread = threading.Thread(target=self._write, daemon=True, name="request log")
        self._thread.start()

    def add(self, exchange: Exchange) -> None:
        """Have one exchange written soon."""
        if len(self._waiting) < MOST_WAITING:
            self._waiting.append(exchange)
        else:
            self._left_out += 1
        if not self._is_awake.is_set():
            self._is_awake.set()

    def close(self) -> None:
        """Write what is left, unless the stream takes longer than a second."""
        self._has_ended = True
        self._is_awake.set()
        self._thread.join(SECONDS_TO_END)

    def _write(self) -> None:
        # A stream that can't be written is no reason to stop serving.
        with suppress(OSError, ValueError):
            while not (self._has_ended and not self._waiting):
                self._is_awake.wait()
                if not self._has_ended:
                    time.sleep(SECONDS_TOGETHER)
                self._is_awake.clear()
                self._stream.write("".join(self._waiting_lines()))
                self._stream.flush()

    def _waiting_lines(self) -> Iterator[str]:
        secrets = self._secrets()
        if self._path.secrets is not secrets:
            self._path = PathMask(secrets)
        while self._waiting:
            exchange = self._waiting.popleft()
            wrong = what_was_wrong(exchange)
            if wrong:
                wrong = tuple(map(secrets.of(exchange.operation).text, wrong))
            if not self._only_wrong or (wrong and not _is_as_meant(exchange)):
                path = self._path(exchange.operation, exchange.path)
                if exchange.outgoing is not None:
                    path = f"{exchange.outgoing.origin}{path}"
                yield self._line(exchange, path, wrong)
        left_out, self._left_out = self._left_out, 0
        if left_out:
            yield f"{left_out} requests aren't logged: this output isn't read fast enough\n"


class PathMask:
    """Paths with their secrets masked; short ones are remembered."""

    def __init__(self, secrets: Secrets) -> None:
        self.secrets = secrets
        self._short = lru_cache(MOST_REMEMBERED)(self._masked)

    def __call__(self, operation: str, path: str) -> str:
        """Return the path of a request to that operation, as a log may show it."""
        is_short = len(path) <= MOST_CHARACTERS
        return self._short(operation, path) if is_short else self._masked(operation, path)

    def _masked(self, operation: str, path: str) -> str:
        return self.secrets.of(operation).path(path)


def is_colored(stream: TextIO, color: str) -> bool:
    """Return whether to colour a stream: a terminal is, unless NO_COLOR is set (no-color.org)."""
    if color != "auto":
        return color == "always"
    is_terminal = stream.isatty() and os.environ.get("TERM") != "dumb"
    return is_terminal and not os.environ.get("NO_COLOR")


def what_was_wrong(exchange: Exchange) -> tuple[str, ...]:
    """Return the violations of an exchange, or the detail of its refusal; empty if it went well."""
    reply = exchange.reply
    if exchange.outgoing is not None and (reply is None or exchange.outgoing.violations):
        told = tuple(violation.message for violation in exchange.outgoing.violations)
        return told or (exchange.outgoing.error,)
    if reply is None:
        return ("the client left before the reply",)
    if reply.violations:
        return tuple(violation.message for violation in reply.violations)
    if reply.source == "refusal":
        return tuple(_detail(reply.body))
    return ()


def _is_as_meant(exchange: Exchange) -> bool:
    """Whether all that is wrong with an exchange is that its reply differs on purpose."""
    reply = exchange.reply
    if reply is None or not reply.is_undeclared or reply.source == "refusal":
        return False
    return all(violation.location[:1] == ("response",) for violation in reply.violations)


def _detail(body: bytes) -> Iterator[str]:
    """Yield the detail of a problem document (RFC 9457), if it has one."""
    try:
        document: Any = orjson.loads(body)
    except ValueError:
        return
    if isinstance(document, dict) and isinstance(document.get("detail"), str):
        yield document["detail"].removesuffix(".")


class TextLines:
    """Exchanges as aligned lines, with the violations and problems below, indented."""

    def __init__(self, colored: bool) -> None:
        self._colored = colored
        self._second, self._clock = 0, ""
        self._middle = lru_cache(MOST_REMEMBERED)(self._middle_of)

    def of(self, exchange: Exchange, path: str, wrong: tuple[str, ...]) -> str:
        """Return the lines of one exchange, with its path as it may be shown."""
        reply = exchange.reply
        status, source = (reply.status, reply.source) if reply is not None else (0, "")
        if exchange.outgoing is not None:
            source = f"sent:{exchange.outgoing.event}"
        middle = self._middle(exchange.method, printable(path), status, source)
        took = f"{exchange.seconds * 1000:.1f} ms"
        line = f"{self._time(exchange.started)} {middle} {took:>9}\n"
        return line if not wrong else line + "".join(map(self._below, wrong))

    def _middle_of(self, method: str, path: str, status: int, source: str) -> str:
        shown = self._status(str(status) if status else "---")
        return f"{method:7} {path:32} {shown} {source or '-':20}"

    def _below(self, wrong: str) -> str:
        return f"         {self._dim('└')} {printable(wrong)}\n"

    def _time(self, started: float) -> str:
        """Return the local time of day; it is formatted once a second."""
        second = int(started)
        if second != self._second:
            self._second = second
            self._clock = self._dim(time.strftime("%H:%M:%S", time.localtime(started)))
        return self._clock

    def _status(self, status: str) -> str:
        if not self._colored:
            return status
        color = {"2": _GREEN, "3": _CYAN, "4": _YELLOW}.get(status[0], _RED)
        return f"{color}{status}{_END}"

    def _dim(self, text: str) -> str:
        return f"{_DIM}{text}{_END}" if self._colored else text


def json_line(exchange: Exchange, path: str, wrong: tuple[str, ...]) -> str:
    """Return one exchange as a line of JSON; `time` is RFC 3339 in UTC, `ms` milliseconds."""
    reply = exchange.reply
    seconds, fraction = divmod(exchange.started, 1)
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    line = {
        "time": f"{moment}.{int(fraction * 1000):03}Z",
        "method": exchange.method,
        "path": path,
        "operation": exchange.operation or None,
        "status": reply.status if reply is not None else None,
        "source": _source(exchange),
        "ms": round(exchange.seconds * 1000, 3),
        "wrong": list(wrong),
    }
    return orjson.dumps(line).decode() + "\n"


def _source(exchange: Exchange) -> str | None:
    if exchange.outgoing is not None:
        return f"sent:{exchange.outgoing.event}"
    return (exchange.reply.source or None) if exchange.reply is not None else None


def printable(text: str) -> str:
    """Return a text that can't move the cursor or colour a terminal, cut if it is long."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"
