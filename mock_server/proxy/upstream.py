"""The real service: a request goes to it, its answer comes back piece by piece."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import httpx

from mock_server.bodies import is_stream
from mock_server.errors import BadGateway, GatewayTimeout, Problem, WrongUse
from mock_server.http_messages import BODYLESS, RawHeaders, header_map, parse_media_type
from mock_server.proxy.hops import passed_on, renamed, via

Pieces = Callable[[], AsyncIterator[bytes]]

# Servers close idle connections after five seconds and more; ours are closed before that.
SECONDS_IDLE = 2.0
# Methods whose requests may be sent again without another effect (RFC 9110, section 9.2.2).
_IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class CutOff(Exception):
    """An error for an upstream that ended in the middle of a body; the message states how."""


class Answer:
    """An answer of the upstream: the head, and the body as its pieces come."""

    def __init__(self, response: httpx.Response, timeouts: dict[str, float | None]) -> None:
        self._response, self._timeouts = response, timeouts
        self.status = response.status_code
        others = [b"content-length"] if self.status in BODYLESS else []
        headers = renamed(passed_on(response.headers.raw, *others))
        self.headers = via(headers, _version(response.extensions.get("http_version", b"")))
        self.by_name = header_map(self.headers)

    @property
    def length(self) -> int | None:
        """Return how long the body is, if the head states it."""
        length = self.by_name.get(b"content-length")
        return int(length) if length is not None and length.isdigit() else None

    @property
    def is_stream(self) -> bool:
        """Return whether the client is to use each piece as it comes."""
        with suppress(ValueError):
            return is_stream(
                parse_media_type(self.by_name.get(b"content-type", b"").decode("latin-1"))
            )
        return False

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes, still compressed if it is. Raises CutOff."""
        if self.is_stream:
            self._timeouts["read"] = None  # it may be silent for as long as nothing happens
        try:
            async for piece in self._response.aiter_raw():
                yield piece
        except httpx.HTTPError as error:
            raise CutOff(_words(error)) from None

    async def aclose(self) -> None:
        """Free the connection for the next request, or close it if more of the body is to come."""
        await self._response.aclose()


class _Body(httpx.AsyncByteStream):
    """A request's body as it comes from the client."""

    def __init__(self, pieces: Pieces) -> None:
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._pieces():
            yield piece


class Upstream:
    """The service at a URL. Its connections belong to the event loop that asks first."""

    def __init__(self, url: str, seconds: float) -> None:
        self.url = _checked(url)
        self.seconds = seconds
        self._base = self.url.raw_path.rstrip(b"/")
        self._transport: httpx.AsyncHTTPTransport | None = None

    @property
    def name(self) -> str:
        """Return the upstream's URL as its name."""
        return str(self.url).rstrip("/")

    async def ask(
        self, method: str, target: bytes, headers: RawHeaders, body: Pieces | None
    ) -> Answer:
        """Return the answer to a request; `body` is None for a request without one.

        `headers` are those that go on. Raises BadGateway and GatewayTimeout.
        """
        timeouts = self._timeouts()
        try:
            try:
                response = await self._sent(method, target, headers, body, timeouts)
            except httpx.RemoteProtocolError:
                # The service may close an idle connection at the moment when it is used again.
                if body is not None or method not in _IDEMPOTENT:
                    raise
                response = await self._sent(method, target, headers, body, timeouts)
        except httpx.HTTPError as error:
            raise self._problem(error) from None
        if not 100 <= response.status_code <= 599:  # RFC 9110, section 15
            await response.aclose()
            raise BadGateway(
                f"{self.name} answered with the status {response.status_code}; expected one from"
                " 100 to 599."
            )
        return Answer(response, timeouts)

    async def aclose(self) -> None:
        """Close the connections."""
        if self._transport is not None:
            await self._transport.aclose()
            self._transport = None

    def _timeouts(self) -> dict[str, float | None]:
        return dict.fromkeys(("connect", "read", "write"), self.seconds)

    async def _sent(
        self,
        method: str,
        target: bytes,
        headers: RawHeaders,
        body: Pieces | None,
        timeouts: dict[str, float | None],
    ) -> httpx.Response:
        own = [(b"host", self.url.netloc), *_framed(headers, body)]
        request = httpx.Request(
            method,
            self.url,
            headers=own,
            stream=httpx.ByteStream(b"") if body is None else _Body(body),
            # The path stays as it was written; httpx would write it in its own way.
            extensions={"timeout": timeouts, "target": self._base + target},
        )
        response = await self._connected().handle_async_request(request)
        response.request = request
        return response

    def _connected(self) -> httpx.AsyncHTTPTransport:
        if self._transport is None:
            limits = httpx.Limits(max_keepalive_connections=100, keepalive_expiry=SECONDS_IDLE)
            self._transport = httpx.AsyncHTTPTransport(
                verify=self.url.scheme == "https", limits=limits
            )
        return self._transport

    def _problem(self, error: httpx.HTTPError) -> Problem:
        if isinstance(error, httpx.TimeoutException):
            waited = f"{self.name} didn't answer within {self.seconds:g} s"
            return GatewayTimeout(f"{waited}; --timeout sets how long it may take.")
        if isinstance(error, httpx.ConnectError):
            return BadGateway(
                f"{self.name} can't be reached: {_words(error)}. Start it, or give another"
                " UPSTREAM; with --fallback the mock answers in its place."
            )
        if "_SWITCH_UPGRADE" in str(error):
            return BadGateway(f"{self.name} answered with the status 101, which nobody asked for.")
        return BadGateway(f"{self.name} gave no answer that is HTTP: {_words(error)}.")


def _framed(headers: RawHeaders, body: Pieces | None) -> RawHeaders:
    """Return the headers with one that states where the body ends, if none does yet."""
    if body is None or any(name == b"content-length" for name, _ in headers):
        return headers
    return [*headers, (b"transfer-encoding", b"chunked")]


def _version(protocol: bytes) -> bytes:
    """Return the version alone: `1.1` of `HTTP/1.1`."""
    return protocol.removeprefix(b"HTTP/") or b"1.1"


def _checked(text: str) -> httpx.URL:
    """Return the URL of an upstream. Raises WrongUse."""
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        url = httpx.URL()
    more = url.query or url.fragment or url.userinfo
    if url.scheme not in ("http", "https") or not url.host or more:
        raise WrongUse(f"{text} is no upstream; expected a URL such as http://127.0.0.1:8000/v1")
    return url


def _words(error: Exception) -> str:
    """Return the library's message, in short."""
    text = str(error).rstrip(".") or type(error).__name__
    return f"{text[:1].lower()}{text[1:]}"
