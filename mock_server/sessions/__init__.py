"""What one test sees of a server: clock, scenarios, stubs, faults, seed and the journal."""

from mock_server.sessions.clock import Clock
from mock_server.sessions.compliance import Verdict
from mock_server.sessions.fault_limits import Listed
from mock_server.sessions.journal import MOST_BODY_BYTES, NOTHING_MET, Exchange, Journal, Met
from mock_server.sessions.sessions import Session, Sessions, Start, Stub, stub_of

__all__ = [
    "MOST_BODY_BYTES",
    "NOTHING_MET",
    "Clock",
    "Exchange",
    "Journal",
    "Listed",
    "Met",
    "Session",
    "Sessions",
    "Start",
    "Stub",
    "Verdict",
    "stub_of",
]
