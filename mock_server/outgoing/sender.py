"""The callbacks and webhooks of a contract, sent for a session."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from mock_server.contract import Contract, OutgoingRequest
from mock_server.core import did_you_mean, parse_json
from mock_server.errors import InvalidRequest, NotFound, Violation, WrongUse
from mock_server.generation import NOTHING_SENT, Entities
from mock_server.http_messages import Reply
from mock_server.outgoing.callback_files import CannedRequests
from mock_server.outgoing.delivery import Delivery, Errand, Signing, record
from mock_server.outgoing.destinations import Destinations
from mock_server.outgoing.expressions import Called, Expression, Unresolved
from mock_server.outgoing.messages import Canned, Message, MessageMaker, WrongMessage
from mock_server.secrecy import Secrets
from mock_server.sessions import Changes, Outgoing, Session
from mock_server.settings import Settings
from mock_server.validation import RequestOptions

MOST_SEEDS = 64


class _Callback(NamedTuple):
    """A callback of an operation, compiled."""

    maker: MessageMaker
    address: Expression | str
    canned: Canned


class Callbacks:
    """The callbacks of one operation."""

    def __init__(self, operation: str, callbacks: Sequence[_Callback], delivery: Delivery) -> None:
        self._operation = operation
        self._callbacks = callbacks
        self._delivery = delivery

    def called(self, session: Session, called: Called, cause: int, own: int | None = None) -> None:
        """Send the callbacks that a request causes by its reply, which was a success.

        `own` is the port of this server.
        """
        for callback in self._callbacks:
            if callback.canned.is_sent:
                self._send(callback, session, called, cause, own)

    def _send(
        self, callback: _Callback, session: Session, called: Called, cause: int, own: int | None
    ) -> None:
        declared = callback.maker.declared
        try:
            if isinstance(callback.address, str):
                raise Unresolved(callback.address)
            url = callback.address.value(called)
            seed = f"{session.seed}\n{declared.name}\n{called.request.target}"
            message = callback.maker.message(callback.canned, seed, _value_of(called.reply))
        except (Unresolved, WrongMessage) as error:
            _record_unsent(session, declared, error, cause)
            return
        canned = callback.canned
        errand = Errand(declared.operation, message, url, canned, cause, self._operation)
        self._delivery.begin(session, errand, own, session.signing)


class Sender:
    """Sends the callbacks and webhooks of one contract."""

    def __init__(
        self,
        contract: Contract,
        settings: Settings,
        entities: Entities,
        options: RequestOptions,
        canned: CannedRequests,
        collections: Collection[str] = (),
    ) -> None:
        """Take all that messages are made of; `collections` are the names of those that are kept.

        Raises WrongUse for a webhook of a collection that isn't.
        """
        self._is_on = settings.callbacks
        self._entities, self._options, self._canned = entities, options, canned
        signing = None
        if settings.webhook_secret is not None:
            signing = Signing(settings.webhook_signature, settings.webhook_secret)
        secrets: Secrets = options.secrets
        destinations = Destinations(settings.callback_hosts)
        self._delivery = Delivery(destinations, secrets.of(""), signing)
        self._receiver = settings.webhook_url
        self._webhooks: Mapping[str, MessageMaker] = {
            one.name: MessageMaker(one, entities, options) for one in contract.webhooks
        }

        self._told: dict[tuple[str, str], list[str]] = {}
        for event, change in canned.told_changes() if collections else ():
            if change.collection not in collections:
                hint = did_you_mean(change.collection, collections)
                raise WrongUse(f"{change.place}: there is no collection {change.collection}{hint}")
            self._told.setdefault(change[:2], []).append(event)

    def tells(self) -> Callable[[Session, Changes], None] | None:
        """Return what is called with changes of items; None if no webhook tells of any."""
        return self._changed if self._told and self._is_on else None

    def _changed(self, session: Session, changes: Changes) -> None:
        """Send the webhooks that tell of changes, to the receiver of the settings."""
        for (collection, _), item in changes.puts.items():
            kind = "created" if item.version == 1 else "updated"
            self._tell(session, collection, kind, item.value)
        for collection, id in changes.removals:
            number = int(id) if id.isdecimal() and len(id) < 19 else id
            self._tell(session, collection, "deleted", {"id": number})

    def _tell(self, session: Session, collection: str, kind: str, value: Any) -> None:
        for event in self._told.get((collection, kind), ()):
            canned, maker = self._canned.webhook(event), self._webhooks[event]
            try:
                if self._receiver is None:
                    raise Unresolved("no receiver is known; --webhook-url names it")
                seed = f"{session.seed}\n{event}"
                message = maker.message(canned, seed, value)
            except (Unresolved, WrongMessage) as error:
                _record_unsent(session, maker.declared, error, None)
                continue
            errand = Errand(maker.declared.operation, message, self._receiver, canned)
            self._delivery.begin(session, errand, None, session.signing)

    def callbacks(self, operation: str, declared: Sequence[OutgoingRequest]) -> Callbacks | None:
        """Return the callbacks of an operation; None if it has none, or none are sent."""
        if not declared or not self._is_on:
            return None
        found = [
            _Callback(
                MessageMaker(one, self._entities, self._options),
                _expression(one.address),
                self._canned.callback(operation, one.name),
            )
            for one in declared
        ]
        return Callbacks(operation, found, self._delivery)

    @property
    def events(self) -> list[str]:
        """Return the names of the webhooks."""
        return list(self._webhooks)

    def send(
        self, session: Session, event: str, wanted: Mapping[str, Any], own: int | None = None
    ) -> None:
        """Send a webhook; `wanted` may have `url`, `body`, `headers`, `retries` and `delay`.

        Raises NotFound for an unknown event, and InvalidRequest for what can't be sent.
        """
        if not self._is_on:
            raise InvalidRequest("Nothing is sent: --no-callbacks.", [])
        maker = self._webhooks.get(event)
        if maker is None:
            hint = did_you_mean(event, self._webhooks) or "; the contract has none" * (
                not self._webhooks
            )
            raise NotFound(f"There is no webhook {event}{hint}{'' if hint[-1:] == '?' else '.'}")
        url = wanted.get("url") or self._receiver
        if url is None:
            raise InvalidRequest(
                "The URL of the receiver is missing; expected `url`, or --webhook-url.", []
            )
        usual = self._canned.webhook(event)
        canned = Canned(
            wanted.get("body", usual.body),
            {**usual.headers, **wanted.get("headers", {})},
            wanted.get("delay", usual.delay),
            wanted.get("retries", usual.retries),
        )
        try:
            message = maker.message(canned, f"{session.seed}\n{event}", NOTHING_SENT)
        except WrongMessage as error:
            raise InvalidRequest(f"{error}.", error.violations) from None
        errand = Errand(maker.declared.operation, message, url, canned)
        self._delivery.begin(session, errand, own, session.signing)

    async def close(self) -> None:
        """Close the connections."""
        await self._delivery.close()


def _expression(text: str) -> Expression | str:
    """Return an expression, or why it is none, which each call of it says."""
    try:
        return Expression(text)
    except ValueError as error:
        return str(error)


def _value_of(reply: Reply) -> Any:
    try:
        value = parse_json(reply.body)
    except orjson.JSONDecodeError:
        return NOTHING_SENT
    return value if isinstance(value, dict | list) else NOTHING_SENT


def _record_unsent(
    session: Session, declared: OutgoingRequest, error: Exception, cause: int | None
) -> None:
    """Add a request that can't be sent to the journal, with its place in the document."""
    rule = f"{declared.node.document.label}#{declared.node.pointer}"
    message = f"{declared.name} isn't sent: {error}"
    found = [Violation(("request", "callback"), "", "callback", message, rule)]
    if isinstance(error, WrongMessage):
        found = [*error.violations]
    note = Outgoing(declared.name, "", 1, cause, str(error), found)
    unsent = Message(declared.name, declared.operation.method, "", [], b"")
    errand = Errand(declared.operation, unsent, "", Canned(), cause)
    record(session, time.time(), errand, note, None)
