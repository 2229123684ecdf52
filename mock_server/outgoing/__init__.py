"""Requests that the mock sends: callbacks after their operation, webhooks on demand."""

from mock_server.outgoing.callback_files import CannedRequests, read_canned_requests
from mock_server.outgoing.delivery import Signing
from mock_server.outgoing.expressions import Called
from mock_server.outgoing.sender import Callbacks, Sender
from mock_server.outgoing.signatures import fault_of

__all__ = [
    "Callbacks",
    "Called",
    "CannedRequests",
    "Sender",
    "Signing",
    "fault_of",
    "read_canned_requests",
]
