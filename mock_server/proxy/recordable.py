"""The part of a request that a recording is made from, which distinguishes it from others."""

from __future__ import annotations

from typing import NamedTuple

from mock_server.contract import Operation
from mock_server.http_messages import Request
from mock_server.validation import Arguments


class RecordableRequest(NamedTuple):
    """A request on an operation, with its values; `is_valid` is False if it breaks the contract."""

    operation: Operation
    request: Request
    arguments: Arguments
    is_valid: bool = True
