"""The path of a request: ASGI in, `mocking`, ASGI out; CORS, limits and faults on the connection.

Connexion binds the document to its handlers when the application is built.
"""

from mock_server.gateway.connection import (
    EXTENSION,
    ClientLeft,
    Connection,
    Exchanged,
    Receive,
    Scope,
    Send,
    cut_connection,
    misbehave,
    refused_by_server,
)
from mock_server.gateway.connexion_app import Application
from mock_server.gateway.cors import is_preflight, options_reply, shared_headers
from mock_server.gateway.gateway import (
    DOCS_ASSETS,
    SESSION_PREFIX,
    Gateway,
    in_time,
    is_control,
    within,
)
from mock_server.gateway.request_head import IN_PROCESS, RequestHead
from mock_server.gateway.unmatched import known_methods, not_allowed, unmatched

__all__ = [
    "DOCS_ASSETS",
    "EXTENSION",
    "IN_PROCESS",
    "SESSION_PREFIX",
    "Application",
    "ClientLeft",
    "Connection",
    "Exchanged",
    "Gateway",
    "Receive",
    "RequestHead",
    "Scope",
    "Send",
    "cut_connection",
    "in_time",
    "is_control",
    "is_preflight",
    "known_methods",
    "misbehave",
    "not_allowed",
    "options_reply",
    "refused_by_server",
    "shared_headers",
    "unmatched",
    "within",
]
