"""Documents by URL (RFC 9110): fetched within limits of time and size, never from elsewhere.

A redirect to another scheme is not followed, and the headers for the document's own origin are
sent to that origin alone.
"""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from queue import Empty, Queue
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin, urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from mock_server.documents.files import MOST_BYTES, MOST_MEBIBYTES
from mock_server.errors import WrongUse

SECONDS = 30
_ACCEPT = "application/yaml, application/json;q=0.9, */*;q=0.5"
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\0]*?)[ \t]*")
_URL = re.compile(r"https?://", re.IGNORECASE)


class NotFetched(Exception):
    """What is at a URL can't be had; the message says why, and shows no credentials."""


def is_url(text: object) -> bool:
    """Whether a document is named by a URL rather than by a path."""
    return isinstance(text, str) and _URL.match(text) is not None


def origin_of(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port of a URL (RFC 6454, section 4)."""
    parts = urlsplit(url)
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or usual


def shown_url(url: str) -> str:
    """A URL for messages: without user and password, query and fragment."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "the URL"
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


def header_of(text: str) -> tuple[str, str]:
    """The name and value of `Name: value`. Raises WrongUse, which doesn't show the value."""
    found = _HEADER.fullmatch(text)
    if found is None:
        raise WrongUse(
            "--document-header is no header; expected a name, a colon and a value, such as"
            " 'Authorization: Bearer …'"
        )
    return found[1], found[2]


@dataclass(frozen=True)
class Fetched:
    """What was at a URL: its bytes, and the URL that redirects led to."""

    content: bytes
    url: str


@dataclass(frozen=True)
class Remote:
    """How documents by URL are fetched; `headers` are secret, and for the origin of `url` alone."""

    url: str
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    seconds: float = SECONDS
    most: int = MOST_BYTES

    @classmethod
    def of(cls, url: str, headers: Sequence[str] = ()) -> Remote:
        """What fetches a document from that URL. Raises WrongUse."""
        try:
            parts = urlsplit(url)
            is_whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
        except ValueError as error:
            raise WrongUse(f"{shown_url(url)} is no URL: {error}") from None
        if not is_whole or re.search(r"[\x00-\x20\x7f]", url):
            raise WrongUse(
                f"{shown_url(url)} is no URL; expected such as https://host/openapi.yaml"
            )
        if "@" in parts.netloc:
            raise WrongUse(
                f"{shown_url(url)}: a user and a password in a URL are easily shown; expected them"
                " in --document-header 'Authorization: Basic …'"
            )
        return cls(url.partition("#")[0], tuple(map(header_of, headers)))

    def fetch(self, url: str, *, may_leave: bool = False) -> Fetched:
        """What is at a URL.

        Redirects to another origin are followed if it may leave its own, without the headers. A
        thread does it, since a server that sends its head bit by bit is never late by itself.
        Raises NotFetched.
        """
        found: Queue[Fetched | Exception] = Queue(1)

        def run() -> None:
            try:
                found.put(self._fetched(url, may_leave))
            except Exception as error:  # raised below, by who waits
                found.put(error)

        threading.Thread(target=run, daemon=True).start()
        try:
            result = found.get(timeout=self.seconds)
        except Empty:
            raise NotFetched(self._late) from None
        if isinstance(result, Exception):
            raise result
        return result

    def _fetched(self, url: str, may_leave: bool) -> Fetched:
        end = time.monotonic() + self.seconds
        opener = build_opener(_Redirects(self, may_leave))
        try:
            with opener.open(self.request(url), timeout=self.seconds) as reply:
                return Fetched(self._content(reply, end), reply.url)
        except HTTPError as error:
            error.close()
            raise NotFetched(f"the server answers with {error.code}{_advice(error.code)}") from None
        except TimeoutError:
            raise NotFetched(self._late) from None
        except URLError as error:
            if isinstance(error.reason, TimeoutError):
                raise NotFetched(self._late) from None
            reason = getattr(error.reason, "strerror", None) or error.reason
            raise NotFetched(f"it can't be reached: {reason}") from None
        except (OSError, ValueError, http.client.HTTPException) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            raise NotFetched(f"it can't be read: {reason}") from None

    @property
    def _late(self) -> str:
        return f"it takes longer than {self.seconds:g} s, the most that is waited"

    def request(self, url: str) -> Request:
        """The request for a URL, with the headers if that is of the document's own origin."""
        own = dict(self.headers) if origin_of(url) == origin_of(self.url) else {}
        return Request(url, headers={"Accept": _ACCEPT, "User-Agent": "mock-server", **own})

    def _content(self, reply: Any, end: float) -> bytes:
        """All that is sent, as long as it keeps to the limits."""
        content = bytearray()
        while chunk := reply.read1(65536):
            content += chunk
            if len(content) > self.most:
                mebibytes = f"{MOST_MEBIBYTES} MiB" if self.most == MOST_BYTES else f"{self.most} B"
                raise NotFetched(f"it is larger than {mebibytes}, the most that is read")
            if time.monotonic() > end:
                raise NotFetched(self._late)
        if reply.length:  # http.client: what is still to come of Content-Length
            raise NotFetched("it ends before its Content-Length")
        return bytes(content)


def _advice(status: int) -> str:
    if status in (401, 403):
        return "; expected credentials in --document-header 'Authorization: …'"
    return ""


class _Redirects(HTTPRedirectHandler):
    """Follows redirects within a scheme, and within an origin unless it may leave that."""

    max_redirections = 5

    def __init__(self, remote: Remote, may_leave: bool) -> None:
        self._remote, self._may_leave = remote, may_leave

    def http_error_302(self, req: Request, fp: Any, code: int, msg: str, headers: Any) -> Any:
        """Follow a redirect, or not. Raises NotFetched."""
        try:
            self._check(req.full_url, urljoin(req.full_url, headers.get("Location", "")))
        except (NotFetched, ValueError):
            fp.close()
            raise
        return super().http_error_302(req, fp, code, msg, headers)

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302

    def redirect_request(
        self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Request:
        """The request to go on with."""
        return self._remote.request(newurl)

    def _check(self, url: str, newurl: str) -> None:
        here, there = origin_of(url), origin_of(newurl)
        if here[0] != there[0]:
            raise NotFetched(
                f"it redirects from {here[0]} to {there[0] or 'no scheme'}, which is not followed;"
                " give the URL that it leads to"
            )
        if here != there and not self._may_leave:
            raise NotFetched("it redirects to another host, which is not followed")
