"""The state of a server that one test sees: clock, scenarios, stubs, faults, seed and journal."""

from mock_server.sessions.clock import Clock
from mock_server.sessions.compliance import Verdict
from mock_server.sessions.fault_limits import RuleView
from mock_server.sessions.items import Changes, Collection, Full, Item, Items, Outdated, item_etag
from mock_server.sessions.journal import (
    MOST_BODY_BYTES,
    NO_STATE,
    Exchange,
    Journal,
    Outgoing,
    Received,
    StateSnapshot,
)
from mock_server.sessions.sessions import InitialState, Session, Sessions, Stub, stub_of
from mock_server.sessions.shown import ShownExchange, shown_exchange

__all__ = [
    "MOST_BODY_BYTES",
    "NO_STATE",
    "Changes",
    "Clock",
    "Collection",
    "Exchange",
    "Full",
    "InitialState",
    "Item",
    "Items",
    "Journal",
    "Outdated",
    "Outgoing",
    "Received",
    "RuleView",
    "Session",
    "Sessions",
    "ShownExchange",
    "StateSnapshot",
    "Stub",
    "Verdict",
    "item_etag",
    "shown_exchange",
    "stub_of",
]
