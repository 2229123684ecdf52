"""A running proxy in front of a service, and the helpers to use both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import httpx

from mock_server.sessions.journal import Exchange
from tests.helpers.running import Mock
from tests.helpers.service import Answer, Service


@dataclass(frozen=True)
class Passed:
    """A running proxy, and the service behind it."""

    proxy: Mock
    service: Service

    @property
    def client(self) -> httpx.Client:
        """Return a client of the proxy."""
        return self.proxy.client

    @property
    def last(self) -> Exchange:
        """Return what the journal has of the newest exchange."""
        return self.proxy.exchanges[-1]


class Pass(Protocol):
    """A function that starts a proxy in front of a service that answers so, or of a URL.

    Both end with the test. `base` is a path that the upstream's URL has.
    """

    def __call__(
        self,
        document: Path | str | Mapping[str, Any] | None,
        answer: Answer | str,
        *,
        enforce: bool = False,
        fallback: bool = False,
        record: Path | None = None,
        record_all: bool = False,
        seconds: float = ...,
        base: str = "",
        **settings: Any,
    ) -> Passed: ...


def told(reply: httpx.Response) -> list[tuple[str, ...]]:
    """Return the places of the violations that a reply's header reports."""
    found = json.loads(reply.headers.get("mock-violations", "[]"))
    return [tuple(violation["location"]) for violation in found]
