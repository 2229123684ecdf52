"""What travels: a request, a reply, and what a client prefers."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mock_server.core import parse_duration, read_delay
from mock_server.errors import Violation
from mock_server.http_messages.faults import SECONDS_OF_A_DRIP, Fault

# RFC 9110, section 5.5: visible characters, spaces and tabs; the upper half is opaque.
_NOT_IN_HEADERS = re.compile(r"[^\t -~\x80-\xff]")
_NOT_IN_URIS = re.compile(r"[^!#-&(-;=?-Z_a-z~]")
# RFC 6265, sections 5.4 and 3: what one header holds, and what none can hold together.
_GLUE: Mapping[bytes, bytes] = {b"cookie": b"; ", b"set-cookie": b"\n"}
# A name or an address, and a port (RFC 3986, section 3.2), without what HTML would take for more.
_HOST = re.compile(r"(?:[A-Za-z0-9._~%-]{1,255}|\[[0-9A-Fa-f:.]{1,64}\])(?::[0-9]{1,5})?")
# What we tell in one header is no longer.
MOST_TOLD = 4_096
# A reply of such a status ends with its headers (RFC 9110, sections 15.3.5 and 15.4.5).
BODYLESS = frozenset({204, 304})
RawHeaders = Sequence[tuple[bytes, bytes]]
# These belong to the connection, or say how bytes are written: it isn't up to a reply's maker.
CONNECTION_HEADERS = frozenset(
    {"content-length", "content-encoding", "transfer-encoding", "connection", "date"}
)


def header_map(raw: RawHeaders) -> dict[bytes, bytes]:
    """The headers by lower-case name; a repeated one is joined as RFC 9110, section 5.3 says.

    Cookies that are set stand one a line, as in `header_lines`.
    """
    headers = dict(raw)
    return headers if len(headers) == len(raw) else _joined(raw)


def _joined(raw: RawHeaders) -> dict[bytes, bytes]:
    """The headers by name; the values of one are joined once, however many they are."""
    values: dict[bytes, list[bytes]] = {}
    for name, value in raw:
        values.setdefault(name, []).append(value)
    return {name: _GLUE.get(name, b", ").join(several) for name, several in values.items()}


def header_bytes(text: str) -> bytes:
    """A header's value as it may be sent; what can't stand in a header becomes a question mark."""
    return _NOT_IN_HEADERS.sub("?", text).encode("latin-1")


def told_bytes(text: str) -> bytes:
    """A header's value as it may be sent; what tells of a request is cut if it is long.

    Clients read no headers without end: Node.js 16 KiB together, curl 100 KiB of one.
    """
    return header_bytes(text if len(text) <= MOST_TOLD else f"{text[: MOST_TOLD - 3]}...")


def header_lines(name: str, text: str) -> list[str]:
    """The texts that are sent under a name: one, but of cookies one a line.

    RFC 6265, section 3: cookies can't be joined by commas.
    """
    return text.splitlines() if name.lower() == "set-cookie" else [text]


def encoded_headers(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Headers as they are sent, those aside that say how the body is sent."""
    return [
        (header_bytes(name.lower()), header_bytes(line))
        for name, text in headers.items()
        if name.lower() not in ("content-type", "content-length", "transfer-encoding")
        for line in header_lines(name, text)
    ]


class Request(NamedTuple):
    """A request as it came in: `path` is still percent-encoded, `query` without its `?`.

    `prefix` is what the client had before the path to name its session.
    """

    method: str
    path: str
    query: str
    headers: Mapping[bytes, bytes]
    body: bytes
    scheme: str = "http"
    prefix: str = ""

    @property
    def target(self) -> str:
        """Method, path and query as one text."""
        return f"{self.method} {self.path}{'?' if self.query else ''}{self.query}"

    def header(self, name: str) -> str | None:
        """The value of the header of that lower-case name; None where it wasn't sent."""
        value = self.headers.get(name.encode())
        return None if value is None else value.decode("latin-1")


def client_base(request: Request) -> str:
    """Return the address that a client knows the mock by, without a slash at its end.

    That is the scheme, the host and, of a session, its prefix; with a path of the contract behind
    it it leads back. Without `Host`, or with one that is no name, it is the prefix alone.
    """
    host = request.header("host")
    is_name = host is not None and _HOST.fullmatch(host)
    return f"{request.scheme}://{host}{request.prefix}" if is_name else request.prefix


def uri_text(text: str) -> str:
    """Return a path or a query with what a URI can't have, and quotes, percent-encoded.

    So a reply that repeats it is read as a text whatever its type is (RFC 3986, section 2).
    """
    return _NOT_IN_URIS.sub(lambda found: f"%{ord(found[0]):02X}", text)


class Reply(NamedTuple):
    """A reply ready to be sent; `source` says where it came from (`handler`, `reply:NAME`, …).

    `why` says why that was chosen. `pieces` are sent one after the other; of those that are known
    beforehand the body is all of them together, others come as they happen. `fault` is what goes
    wrong with it on purpose. `is_undeclared` is for one that the contract doesn't have and that is
    meant all the same; what differs is in `violations`.
    """

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    source: str = ""
    violations: Sequence[Violation] = ()
    why: str = ""
    pieces: tuple[bytes, ...] | AsyncGenerator[bytes, None] = ()
    fault: Fault | None = None
    is_undeclared: bool = False


@dataclass(frozen=True, slots=True)
class Preference:
    """What `Prefer` (RFC 7240) asked for; `unknown` are the preferences nobody here honours.

    `dynamic` is "false", "true", or the mode of what is made up; `items` the size of its lists;
    `undeclared` "true" for a status that need not be declared;
    `fault`, `delay`, `retry_after` and `over` say what is to go wrong.
    """

    code: int | None = None
    example: str | None = None
    dynamic: str | None = None
    seed: str | None = None
    items: int | None = None
    handling: str | None = None
    explain: str | None = None
    undeclared: str | None = None
    fault: str | None = None
    delay: str | None = None
    retry_after: str | None = None
    over: str | None = None
    unknown: tuple[str, ...] = ()

    @property
    def is_dynamic(self) -> bool:
        """Whether a made-up body was asked for."""
        return self.dynamic not in (None, "false")

    @property
    def may_be_undeclared(self) -> bool:
        """Whether the status is meant although the contract doesn't declare it."""
        return self.undeclared == "true"

    @property
    def wrong(self) -> Fault | None:
        """What is to go wrong with the answer; None where nothing is."""
        if self.fault is None and self.delay is None and self.retry_after is None:
            return None
        return Fault(
            self.fault or "",
            read_delay(self.delay) if self.delay is not None else None,
            parse_duration(self.retry_after) if self.retry_after is not None else None,
            parse_duration(self.over) if self.over is not None else SECONDS_OF_A_DRIP,
        )


NO_PREFERENCE = Preference()

# Prism's query parameters, each by the preference that it stands for.
QUERY_PREFERENCES = {
    "__code": "code",
    "__example": "example",
    "__dynamic": "dynamic",
    "__seed": "seed",
    "__undeclared": "undeclared",
}
