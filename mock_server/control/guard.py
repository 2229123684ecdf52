"""Who may use the control API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hmac import compare_digest
from ipaddress import ip_address
from urllib.parse import urlsplit

from mock_server.errors import Forbidden, Unauthorized
from mock_server.http_messages import Request

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_BEARER = re.compile(rb"bearer[ \t]+(.*)", re.IGNORECASE | re.DOTALL)


class Guard:
    """Keeps others out: with a token all who don't have it, else pages of the web.

    A page can reach a server on its reader's machine: under the page's own name, if that is made
    to lead here (DNS rebinding), or by sending from its own origin what needs no preflight.
    """

    def __init__(self, token: str | None, host: str, cors: bool) -> None:
        self._token = token.encode() if token else None
        self._host = host.lower()
        self._any_host = not is_loopback(host)
        self._cors = cors

    def check(self, request: Request) -> None:
        """Raise Unauthorized or Forbidden for a request that must not pass."""
        if self._token is not None:
            self._check_token(request.headers, self._token)
            return
        host = request.header("host")
        if host is not None and not self._is_known(host):
            raise Forbidden(
                f"The control API doesn't answer under the name {host}: a page of the web could"
                f" have it too. Ask for it as localhost, or set --control-token."
            )
        origin = request.header("origin")
        is_foreign = origin is not None and urlsplit(origin).netloc != host
        if is_foreign and request.method not in _SAFE and not self._cors:
            raise Forbidden(f"The origin {origin} may change nothing here: --cors is off.")

    @staticmethod
    def _check_token(headers: Mapping[bytes, bytes], token: bytes) -> None:
        sent = _BEARER.fullmatch(headers.get(b"authorization", b""))
        if sent is None or not compare_digest(sent[1].strip(), token):
            raise Unauthorized(
                "The control API asks for its token; expected Authorization: Bearer TOKEN.",
                headers=[("WWW-Authenticate", "Bearer")],
            )

    def _is_known(self, host: str) -> bool:
        """Whether a Host is one that no page of the web can have."""
        if self._any_host:  # reached from elsewhere on purpose, under names not known here
            return True
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return name == self._host or is_loopback(name)


def is_loopback(host: str) -> bool:
    """Whether a name or an address is that of this machine itself (RFC 6761, section 6.3)."""
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
