"""Payloads for property tests, by Hypothesis: requests and replies made from the contract.

They need an extra: `pip install 'contract-mock-server[testing]'`.
"""

from importlib.util import find_spec

for _needed in ("hypothesis", "hypothesis_jsonschema"):
    if find_spec(_needed) is None:
        raise ImportError(
            f"mock_server.testing needs {_needed}; install it with"
            " pip install 'contract-mock-server[testing]'",
            name=_needed,
        )

from mock_server.testing.answers import AllowedReply, replies  # noqa: E402
from mock_server.testing.exploration import RunningMock, explore, mock_api  # noqa: E402
from mock_server.testing.sent import (  # noqa: E402
    BrokenRequest,
    SentRequest,
    broken_requests,
    requests,
)

__all__ = [
    "AllowedReply",
    "BrokenRequest",
    "RunningMock",
    "SentRequest",
    "broken_requests",
    "explore",
    "mock_api",
    "replies",
    "requests",
]
