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
)
from mock_server.gateway.connexion_app import Application
from mock_server.gateway.cors import is_preflight, shared_headers
from mock_server.gateway.gateway import CONTROL, SESSION_PREFIX, WIREMOCK, Gateway, in_time, within
from mock_server.gateway.unmatched import known_methods, unmatched

__all__ = [
    "CONTROL",
    "EXTENSION",
    "SESSION_PREFIX",
    "WIREMOCK",
    "Application",
    "ClientLeft",
    "Connection",
    "Exchanged",
    "Gateway",
    "Receive",
    "Scope",
    "Send",
    "cut_connection",
    "in_time",
    "is_preflight",
    "known_methods",
    "misbehave",
    "shared_headers",
    "unmatched",
    "within",
]
