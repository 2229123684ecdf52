"""Settings to an ASGI app, which can be put up anew while it serves."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from mock_server.contract import Contract, Operation, server_origin
from mock_server.control import Control, pages
from mock_server.core import Background, paused_collections
from mock_server.coverage import Account
from mock_server.documents import Document, check_writable
from mock_server.errors import Problem, StartError
from mock_server.gateway import Application, Gateway, Receive, Scope, Send
from mock_server.generation import AT_ONCE, Entities, Generator, ReplyLimits
from mock_server.http_messages import FaultRule
from mock_server.metrics import Metrics
from mock_server.mocking import Addresses, Maker, Responder, Target
from mock_server.outgoing import Sender
from mock_server.project import Handler, Project, document_findings, read_project, unique
from mock_server.secrecy import Secrets
from mock_server.sessions import InitialState, Journal, Sessions
from mock_server.settings import Settings
from mock_server.state import NOTHING_KEPT, Kept, kept, seeds_of
from mock_server.validation import RequestOptions

log = logging.getLogger("mock_server")


class App:
    """An ASGI app (version 3) of what the settings name."""

    # Whether every reply has its Date already.
    sends_dates = False

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.sessions = Sessions(initial_state(settings))
        self.parts: Project
        self._document: Document | None = None
        self._background = Background()
        # What was met of the contract.
        self.coverage = Account(self.sessions, lambda: self.parts, self.target)
        self.metrics = Metrics(self.sessions)
        self._serve: Callable[[Scope, Receive, Send], Awaitable[None]]
        self.load()
        if settings.coverage is not None:
            check_writable(settings.coverage)
            self.coverage.begin()

    @property
    def journal(self) -> Journal:
        """The exchanges of requests that name no session."""
        return self.sessions.main.journal

    @paused_collections()
    def load(self) -> None:
        """Read everything anew and put it in place as a whole.

        Raises StartError, and then what stood before goes on. Requests in flight end with what
        they began with.
        """
        settings = self.settings
        parts = read_project(settings, self._document)
        if settings.strict and (found := unique(document_findings(parts))):
            raise StartError(found)
        limits = ReplyLimits(settings.reply_values, settings.reply_tries, settings.reply_bytes)
        generator = Generator(server_origin(parts.contract.documents.top), limits)
        self._entities = entities = Entities(generator, parts.store.dictionary)
        self._small = small = Entities(
            Generator(server_origin(parts.contract.documents.top), AT_ONCE)
        )
        options = request_options(settings, parts.contract)
        self.secrets = options.secrets

        addresses = Addresses(parts.contract, settings.rewrite_urls)
        self.kept = self._kept(parts) if settings.stateful else NOTHING_KEPT

        canned, kept_ones = parts.canned_requests, self.kept.stores.keys()
        self._sender = Sender(parts.contract, settings, entities, options, canned, kept_ones)
        responders: dict[str, Responder] = {}
        siblings: dict[str, list[Operation]] = {}
        for operation in parts.contract.operations:
            siblings.setdefault(operation.path, []).append(operation)
        by_path: dict[str, dict[str, Responder]] = {path: {} for path in siblings}

        def respond(operation: Operation, handler: Handler | None) -> Responder:
            canned = parts.store.replies.get(operation.id, ())
            maker = Maker(
                operation,
                entities,
                settings.seed,
                settings.items,
                invalid_examples=settings.invalid_examples,
                allow_undeclared=settings.allow_undeclared,
                is_strict=settings.strict_parameters,
                secrets=options.secrets,
                small=small,
                background=self._background,
                siblings=siblings[operation.path],
            )
            responders[operation.id] = responder = Responder(
                operation,
                handler,
                canned,
                parts.store.fragments,
                maker,
                options,
                settings.invalid_examples,
                addresses,
                settings.allow_undeclared,
                self.kept.operations.get(operation.id),
                by_path[operation.path],
                self._sender.callbacks(operation.id, operation.callbacks),
                self._sender.tells(),
            )
            by_path[operation.path][operation.method] = responder
            return responder

        self.control = Control(
            parts,
            settings,
            self.sessions,
            small,
            self.coverage,
            self,
            options.secrets,
            self.metrics,
            self.kept.stores,
            self._sender,
        )
        application = Application(
            parts.contract,
            parts.bound,
            respond,
            pages=pages(parts.contract, settings.control),
            control=self.control,
            sessions=self.sessions,
            body_limit=settings.body_limit,
            cors=settings.cors,
        )
        self.coverage.settle()
        self.sessions.begin_with(initial_state(settings, parts.faults))
        # Connexion's first layer is our gateway: nothing stands before it.
        self.parts, self._serve = parts, application.app
        self._document = parts.contract.documents.root
        self._gateway: Gateway = application.app
        self._responders = responders
        self.coverage.renew()

    def _kept(self, parts: Project) -> Kept:
        """What is kept as state, and the operations that do it."""
        resources = parts.state.resources
        return kept(resources, self._entities, seeds_of(resources, parts.store))

    def prepare(self) -> None:
        """Do what else the first requests would wait for; it may run beside them."""
        self.parts.contract.requests.prepare()
        self.parts.contract.replies.prepare()
        self._entities.prepare()
        self._small.prepare()

    def target(self, method: str, path: str, query: str) -> Target | None:
        """What a path, still percent-encoded, leads to; None where that is no operation."""
        return self._gateway.leads_to(method, path, query)

    def responder(self, operation: str) -> Responder | None:
        """Return what answers the operation of that id; None if the contract has none."""
        return self._responders.get(operation)

    @property
    def sender(self) -> Sender:
        """Return what sends callbacks and webhooks."""
        return self._sender

    def methods(self, path: str) -> list[str]:
        """The methods of a path; none where the contract doesn't have it."""
        return self._gateway.methods(path)

    def unserved(self, method: str, path: str) -> Problem:
        """Why nothing answers a method on a path, still percent-encoded."""
        return self._gateway.unserved(method, path)

    def end(self) -> None:
        """Let no request wait for what takes long: the server ends.

        Callbacks and webhooks that wait aren't sent.
        """
        self._background.end()
        dropped = sum(session.drop_pending() for session in self.sessions)
        if dropped:
            log.warning("%s callbacks and webhooks weren't sent: the server ends", dropped)

    async def close(self) -> None:
        """Let go of what is held open; the server has ended."""
        await self._sender.close()

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Serve one request with what is in place now."""
        return self._serve(scope, receive, send)


def initial_state(settings: Settings, faults: tuple[FaultRule, ...] = ()) -> InitialState:
    """What every session begins with, by the settings."""
    return InitialState(
        settings.seed, settings.journal_size, faults, settings.state_items, settings.state_bytes
    )


def request_options(settings: Settings, contract: Contract) -> RequestOptions:
    """How strictly the settings want requests to a contract read."""
    return RequestOptions(
        settings.body_limit,
        lenient=settings.lenient,
        strict_parameters=settings.strict_parameters,
        array_format=settings.query_array_format,
        object_format=settings.query_object_format,
        schemes=contract.security_schemes if settings.security else None,
        secrets=Secrets.of_contract(contract, settings.secret, settings.mask_credentials),
    )


def create_app(settings: Settings | None = None) -> App:
    """The app of what the settings name; of the shipped contract without any.

    Raises StartError.
    """
    return App(settings or Settings())
