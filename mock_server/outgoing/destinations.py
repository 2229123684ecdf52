"""Where callbacks and webhooks may be sent: to this machine, and to hosts that a setting lists."""

from __future__ import annotations

import socket
from asyncio import get_running_loop
from collections.abc import Collection
from ipaddress import ip_address

import httpx


class Refused(Exception):
    """A destination that nothing is sent to; the message says why."""


class Destinations:
    """The hosts that may be sent to."""

    def __init__(self, hosts: Collection[str] = ()) -> None:
        """Take hosts beside this machine's own; `*` is any."""
        self._hosts = frozenset(host.lower().strip("[]") for host in hosts)

    async def checked(self, text: str, own: int | None = None) -> tuple[httpx.URL, str]:
        """Return a URL that may be sent to, and the address to connect to. Raises Refused.

        `own` is the port of this server, whose control API is never sent to. A name that isn't
        listed has to stand for addresses of this machine alone.
        """
        try:
            url = httpx.URL(text)
        except (httpx.InvalidURL, UnicodeError, ValueError):
            raise Refused(f"{text} is no URL") from None
        if url.scheme not in ("http", "https") or not url.host:
            raise Refused(f"{text} is no URL of http or https")
        if url.userinfo:
            raise Refused("a URL with a user and a password isn't sent to")
        found = await self._addresses(url)
        is_loopback = all(ip_address(one.partition("%")[0]).is_loopback for one in found)
        if not is_loopback and not {"*", url.host.lower()} & self._hosts:
            raise Refused(
                f"{url.host} isn't this machine; --callback-hosts {url.host} lets it be sent to"
            )
        port = url.port or (443 if url.scheme == "https" else 80)
        if is_loopback and port == own and _is_control(url):
            raise Refused("the mock's own control API isn't sent to")
        return url, found[0]

    @staticmethod
    async def _addresses(url: httpx.URL) -> list[str]:
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            found = await get_running_loop().getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise Refused(f"the host {url.host} isn't known") from None
        return [str(one[4][0]) for one in found]


def _is_control(url: httpx.URL) -> bool:
    path = url.path
    while path.startswith("/_session/"):
        path = "/" + path.removeprefix("/_session/").partition("/")[2]
    return path == "/_mock" or path.startswith(("/_mock/", "/__admin"))
