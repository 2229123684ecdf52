"""The control API: its document, bound to the calls that answer it.

The document is a contract like any other, so its requests and replies are checked in the same way.
It is read only when a request first needs it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from functools import cached_property
from typing import Any

from mock_server.contract import Operation, Routes, read_contract
from mock_server.control.contract_calls import ContractCalls
from mock_server.control.explanations import Paths
from mock_server.control.guard import Access, is_asset, refusal
from mock_server.control.item_calls import ItemCalls
from mock_server.control.journal_calls import JournalCalls
from mock_server.control.pages import CONTROL_DOCUMENT, HEALTH, control_pages
from mock_server.control.state_calls import StateCalls
from mock_server.control.webhook_calls import WebhookCalls
from mock_server.control.wiremock import WireMockCalls
from mock_server.coverage import Account
from mock_server.errors import NotFound, Problem
from mock_server.fixtures import Fragments, Records
from mock_server.gateway import (
    RequestHead,
    known_methods,
    not_allowed,
    options_reply,
    shared_headers,
    unmatched,
)
from mock_server.generation import Entities
from mock_server.http_messages import Reply, Request
from mock_server.metrics import Metrics
from mock_server.mocking import Draft, Maker, Responder, problem_reply
from mock_server.outgoing import Sender
from mock_server.project import Handler, Project, bind
from mock_server.secrecy import Secrets
from mock_server.sessions import InitialState, Session, Sessions
from mock_server.settings import Settings
from mock_server.state import Store
from mock_server.validation import Arguments, RequestOptions, without_preferences

# A browser takes a reply as the type that it states. No page of another origin loads it (Fetch,
# sections 3.6 and 3.7).
_KEPT_TO_ITSELF = (
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
)

_NAME = "The control API"


class Control:
    """The control API of one application."""

    def __init__(
        self,
        parts: Project,
        settings: Settings,
        sessions: Sessions,
        entities: Entities,
        coverage: Account,
        paths: Paths,
        secrets: Secrets,
        metrics: Metrics,
        stores: Mapping[str, Store],
        sender: Sender,
    ) -> None:
        contract = parts.contract
        replies = parts.store.replies
        self._calls: list[object] = [
            JournalCalls(contract, secrets, paths),
            StateCalls(contract, replies, sessions, paths, settings.allow_undeclared),
            ItemCalls(stores),
            WebhookCalls(sender),
            WireMockCalls(replies, secrets),
            ContractCalls(parts, settings, coverage),
        ]
        self._access = Access.of(settings)
        self._is_on, self._title = settings.control, contract.title
        self._sessions = sessions
        # Nothing is ever set in this session, so no stub and no scenario gets in the way of a call.
        self._own = Session("", InitialState())
        self._options = RequestOptions(settings.body_limit, strict_parameters=True)
        self._entities = entities
        self._pages = control_pages(contract, metrics)

    def refused(self, head: RequestHead) -> Reply | None:
        """Return the reply to a request that must not pass; None if it may."""
        is_there = self._is_on or head.path == HEALTH or is_asset(head)
        problem = refusal(self._access, head) if is_there else self._off(head.path)
        return None if problem is None else problem_reply(problem)

    def _off(self, path: str) -> NotFound:
        return NotFound(f"{self._title} has no path {path}: the control API is off (--no-control).")

    def allowed(self, head: RequestHead) -> Reply:
        """Return the reply to OPTIONS, which states what may be sent to a path."""
        is_listed = head.header("origin") in self._access.origins
        return options_reply(self._allowed_methods(head.path), head.headers if is_listed else {})

    def guarded(self, reply: Reply, head: RequestHead) -> Reply:
        """Return a reply with the headers that state who may read it.

        Only pages of listed origins may.
        """
        headers = [pair for pair in reply.headers if pair not in _KEPT_TO_ITSELF]
        headers += _KEPT_TO_ITSELF
        if head.header("origin") in self._access.origins:
            return reply._replace(headers=shared_headers(headers, head.headers))
        return reply._replace(headers=[*headers, (b"vary", b"origin")])

    async def respond(self, request: Request) -> Reply:
        """Return the reply to a request on the session that its headers name."""
        try:
            if request.path in self._pages:
                return self._page(request)
            match = self._routes.match(request.method, request.path)
            if match is None and request.method == "HEAD":
                match = self._routes.match("GET", request.path)
            if match is None:
                raise unmatched(self._routes, _NAME, request.method, request.path)
        except Problem as problem:
            return problem_reply(problem)
        target = match.target.target(request.path, match.variables)
        return await match.target.respond(_plain(request), target, self._own)

    def _allowed_methods(self, path: str) -> list[str]:
        """Return the methods of a path; none if the path isn't known."""
        is_page = path in self._pages
        return ["GET", "HEAD", "OPTIONS"] if is_page else known_methods(self._routes, path)

    def _page(self, request: Request) -> Reply:
        known = self._allowed_methods(request.path)
        if request.method not in known:
            raise not_allowed(self._routes, _NAME, request.method, request.path, known)
        return self._pages[request.path](request)

    @cached_property
    def _routes(self) -> Routes[ControlResponder]:
        routes: Routes[ControlResponder] = Routes()
        for operation in read_contract(CONTROL_DOCUMENT).operations:
            if operation.path not in self._pages:
                routes.add(operation.method, operation.path, self._responder(operation))
        return routes

    def _responder(self, operation: Operation) -> ControlResponder:
        """Return the responder of an operation.

        It makes the operation's call, by its name, in the session that is addressed.
        """
        function = next(f for calls in self._calls if (f := getattr(calls, operation.id, None)))
        bound = bind(function, operation, Records({}))

        def call(request: Request, arguments: Arguments, _: Session) -> Any:
            return bound.call(request, arguments, self._sessions.of(request.headers))

        maker = Maker(operation, self._entities, "control")
        handler = Handler(bound.name, call)
        return ControlResponder(operation, handler, (), Fragments(()), maker, self._options)


class ControlResponder(Responder):
    """The responder of one operation, whose values may be a stream."""

    def _checked(self, draft: Draft) -> Reply:
        if not isinstance(draft.value, AsyncGenerator):
            return super()._checked(draft)
        headers = [*draft.choice.headers, (b"cache-control", b"no-store")]
        return Reply(draft.choice.status, headers, b"", draft.choice.source, pieces=draft.value)


def _plain(request: Request) -> Request:
    """Return a request without preferences, which only concern replies of the contract."""
    headers = {name: value for name, value in request.headers.items() if name != b"prefer"}
    return request._replace(headers=headers, query=without_preferences(request.query))
