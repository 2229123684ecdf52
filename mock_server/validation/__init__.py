"""Requests and replies checked against their operation: a list of violations, empty if all is well.

Also the credentials that an operation asks for (Security Requirement Object).
"""

from mock_server.validation.credentials import Credential, credentials, narrow_credentials
from mock_server.validation.messages import (
    ABSENT,
    Arguments,
    RequestOptions,
    RequestRules,
    entry_for,
    one_of_types,
    reply_violations,
    summary,
    unsendable_headers,
    without_preferences,
)
from mock_server.validation.replies import Judged, judge, undeclared_status
from mock_server.validation.security import SecurityRules

__all__ = [
    "ABSENT",
    "Arguments",
    "Credential",
    "Judged",
    "RequestOptions",
    "RequestRules",
    "SecurityRules",
    "credentials",
    "entry_for",
    "judge",
    "narrow_credentials",
    "one_of_types",
    "reply_violations",
    "summary",
    "undeclared_status",
    "unsendable_headers",
    "without_preferences",
]
