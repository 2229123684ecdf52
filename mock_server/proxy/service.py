"""The app as the parts of a passage see it."""

from __future__ import annotations

from typing import Protocol

from mock_server.contract import Contract
from mock_server.errors import ContentTooLarge, Problem
from mock_server.gateway import Receive, Scope, Send
from mock_server.mocking import Target
from mock_server.proxy.recorder import Recorder
from mock_server.proxy.upstream import Upstream
from mock_server.secrecy import Secrets
from mock_server.sessions import Sessions


class Service(Protocol):
    """The app that stands in front of the real service."""

    upstream: Upstream
    recorder: Recorder | None
    sessions: Sessions
    secrets: Secrets
    body_limit: int
    enforce: bool
    fallback: bool

    @property
    def contract(self) -> Contract:
        """Return the contract, by which both directions are judged."""

    def target(self, method: str, path: str, query: str) -> Target | None:
        """Return what a path leads to."""

    def rejection(self, method: str, path: str) -> Problem | None:
        """Return why the contract has no such request; None if it may pass."""

    async def mock(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the mock does."""


def too_large(service: Service) -> ContentTooLarge:
    """Return the problem of a request whose body is too large to be checked."""
    limit = service.body_limit
    return ContentTooLarge(f"The body is larger than {limit} bytes; --body-limit sets the limit.")
