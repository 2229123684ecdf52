"""Who may use the control API, by the settings and the head of a request alone.

A page in a developer's browser can send requests to a server on that machine. The page does so from
its own origin. If the page's name is made to lead here (DNS rebinding), the page does so under that
name. Neither may read or change anything here, unless the settings list the origin or the name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from secrets import compare_digest

from mock_server.control.pages import HEALTH, is_console
from mock_server.errors import Forbidden, Problem, Unauthorized, UnsupportedMediaType, WrongUse
from mock_server.gateway import DOCS_ASSETS, RequestHead, is_preflight
from mock_server.http_messages import parse_media_type
from mock_server.settings import Settings

# WireMock's clients write `Token` (their ClientTokenAuthenticator).
_CREDENTIALS = re.compile(rb"(?:bearer|token)[ \t]+(.*)", re.IGNORECASE | re.DOTALL)
_NAME = r"\[[0-9a-f:.]+\]|[^\s\[\]:/?#@,\\]+"
# RFC 9110, section 7.2: a name or an address, and perhaps a port.
_HOST = re.compile(rf"({_NAME})(?::([0-9]*))?")
# RFC 6454, section 6.2.
_ORIGIN = re.compile(rf"([a-z][a-z0-9+.-]*)://({_NAME})(?::([0-9]+))?")
_PORTS = {"http": "80", "https": "443"}
# Fetch Metadata, section 2.4: no browser at all, the own origin, and an address that the user
# typed.
_OWN_SITES = (None, "same-origin", "none")
_ALL_ADDRESSES = ("", "0.0.0.0", "::")


@dataclass(frozen=True, slots=True)
class Access:
    """The clients that may use the control API, as the settings state it."""

    bound: str
    hosts: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()
    token: bytes | None = None

    @classmethod
    def of(cls, settings: Settings) -> Access:
        """Return what the settings state. Raises WrongUse for a wrong name or a wrong origin."""
        return cls(
            settings.host.lower(),
            frozenset(map(_listed_name, settings.control_host)),
            frozenset(map(_listed_origin, settings.control_origin)),
            settings.control_token.encode() if settings.control_token else None,
        )

    @property
    def is_local(self) -> bool:
        """Return whether the server listens to this machine alone."""
        return is_loopback(self.bound)

    @property
    def is_closed(self) -> bool:
        """Return whether no one may use it: other machines reach it, and there is no token."""
        return self.token is None and not self.is_local

    def __str__(self) -> str:
        who = "this machine only" if self.is_local else "anyone who has the token"
        with_token = ", with the token" if self.is_local and self.token is not None else ""
        pages = f"; pages of {', '.join(sorted(self.origins))} too" if self.origins else ""
        return f"{who}{with_token}{pages}"


def refusal(access: Access, head: RequestHead) -> Problem | None:
    """Return why a request to the control API must not pass; None if it may.

    Every client may ask for the health and for the console's files, which hold no data. The docs
    page loads files of Swagger UI, so only the origin of such a request counts.
    """
    if head.path == HEALTH or is_console(head.path):
        return None
    checks = (_origin_refusal,) if is_asset(head) else _CHECKS
    return next((problem for check in checks if (problem := check(access, head))), None)


def is_asset(head: RequestHead) -> bool:
    """Return whether a request is for one of the files that the docs page loads."""
    return head.path.startswith(f"{DOCS_ASSETS}/")


def _host_refusal(access: Access, head: RequestHead) -> Problem | None:
    """Return the refusal of a name that a page of the web could have (DNS rebinding), else None."""
    host = head.header("host")
    if head.peer is None or host is None or _is_known(host, access):
        return None
    return Forbidden(
        f"The control API doesn't answer under the name {host}: a page of the web could have it"
        " too. Ask for it as localhost, or list the name with --control-host."
    )


def _is_known(host: str, access: Access) -> bool:
    found = _HOST.fullmatch(host.lower())
    name = found[1].strip("[]").removesuffix(".") if found else ""
    if is_loopback(name) or name in (access.bound, *access.hosts):
        return bool(name)
    # A server on all addresses is reached by any of them, and no page has an address as its name.
    return access.bound in _ALL_ADDRESSES and _is_address(name)


def _origin_refusal(access: Access, head: RequestHead) -> Problem | None:
    """Return the refusal of a page of another origin; None for any other client.

    Such a page sends `Origin`, or Fetch Metadata if its request has none.
    """
    origin, site = head.header("origin"), head.header("sec-fetch-site")
    if origin in access.origins:
        return None
    if origin is not None and not _is_own(origin, head):
        return _foreign(f"pages of the origin {origin}")
    return None if site in _OWN_SITES else _foreign(f"other pages (Sec-Fetch-Site: {site})")


def _foreign(who: str) -> Problem:
    return Forbidden(
        f"The control API doesn't answer {who}. To let pages of an origin use it, list that with"
        " --control-origin."
    )


def _is_own(origin: str, head: RequestHead) -> bool:
    """Return whether scheme, host and port of an origin are those that the request was sent to."""
    asked = _HOST.fullmatch((head.header("host") or "").lower())
    found = _ORIGIN.fullmatch(origin.lower())
    if asked is None or found is None:
        return False
    usual = _PORTS.get(found[1])
    own = (head.scheme, asked[1], asked[2] or _PORTS.get(head.scheme))
    return (found[1], found[2], found[3] or usual) == own


def _token_refusal(access: Access, head: RequestHead) -> Problem | None:
    """Return the refusal of a request without the token; None if it passes.

    A preflight never carries a token (Fetch, section 4.8).
    """
    if access.token is not None:
        is_question = head.method == "OPTIONS" and is_preflight(head.headers)
        if is_question or _has_token(head.headers, access.token):
            return None
        return Unauthorized(
            "The control API asks for its token; expected Authorization: Bearer TOKEN.",
            headers=[("WWW-Authenticate", "Bearer")],
        )
    if head.peer is None or (access.is_local and is_loopback(head.peer)):
        return None
    return Forbidden(
        "The control API needs a token here, because other machines reach this server: set"
        " --control-token or MOCK_SERVER_CONTROL_TOKEN."
    )


def _has_token(headers: Mapping[bytes, bytes], token: bytes) -> bool:
    sent = _CREDENTIALS.fullmatch(headers.get(b"authorization", b""))
    return sent is not None and compare_digest(sent[1].strip(), token)


def _type_refusal(access: Access, head: RequestHead) -> Problem | None:
    """Return the refusal of a body that isn't JSON; None if it passes.

    A page can send some types to any origin without a preflight, but not JSON.
    """
    if not head.has_body:
        return None
    sent = head.header("content-type")
    if sent is not None and _is_json(sent):
        return None
    said = f"is {sent}" if sent else "has no type"
    return UnsupportedMediaType(f"The body {said}; expected Content-Type: application/json.")


def _is_json(content_type: str) -> bool:
    try:
        return parse_media_type(content_type).essence == "application/json"
    except ValueError:
        return False


_CHECKS = (_host_refusal, _origin_refusal, _token_refusal, _type_refusal)


def is_loopback(host: str) -> bool:
    """Return whether a name or an address is that of this machine (RFC 6761, section 6.3)."""
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _listed_name(said: str) -> str:
    name = said.strip().lower().strip("[]").removesuffix(".")
    if (_HOST.fullmatch(name) and ":" not in name) or _is_address(name):
        return name
    raise WrongUse(f"control-host is {said}; expected a name or an address, without a port")


def _listed_origin(said: str) -> str:
    origin = said.strip().lower().removesuffix("/")
    found = _ORIGIN.fullmatch(origin)
    if found is None or "*" in origin:
        raise WrongUse(f"control-origin is {said}; expected one such as http://localhost:3000")
    # A browser leaves the usual port out.
    return origin.removesuffix(f":{_PORTS.get(found[1])}")
