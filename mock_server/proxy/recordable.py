"""What a recording is made from: a request, and what tells it from others."""

from __future__ import annotations

from typing import NamedTuple

from mock_server.contract import Operation
from mock_server.http_messages import Request
from mock_server.validation import Arguments


class RecordableRequest(NamedTuple):
    """A request on an operation, with its values; `is_valid` False for one that breaks it."""

    operation: Operation
    request: Request
    arguments: Arguments
    is_valid: bool = True
