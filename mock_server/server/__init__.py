"""A server for the application: in the foreground or in a thread, with reload."""

from mock_server.server import uvicorn_server
from mock_server.server.event_loop import BackgroundLoop
from mock_server.server.limits import Limits
from mock_server.server.uvicorn_server import ASGIApp, BackgroundServer, new_loop

__all__ = ["ASGIApp", "BackgroundLoop", "BackgroundServer", "Limits", "new_loop", "uvicorn_server"]
