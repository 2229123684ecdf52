"""The head of a request: what is known of it before its body is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from mock_server.gateway.connection import Scope
from mock_server.gateway.request_body import has_body
from mock_server.http_messages import header_map

# The extension of the scope that a client in this process sets: no socket leads to it.
IN_PROCESS = "mock_server.in_process"
# Starlette's test client sets this one, and no server does.
_TEST_CLIENT = "http.response.debug"


class RequestHead(NamedTuple):
    """What a request states before its body, and who sends it.

    `path` is still percent-encoded. `peer` is the address at the other end of the connection. It is
    empty if the server doesn't give one, and None for a client in this process.
    """

    method: str
    path: str
    headers: Mapping[bytes, bytes]
    scheme: str = "http"
    peer: str | None = ""

    @classmethod
    def of(cls, scope: Scope) -> RequestHead:
        """Return the head of the request of an ASGI scope."""
        extensions = scope.get("extensions") or {}
        is_in_process = IN_PROCESS in extensions or _TEST_CLIENT in extensions
        return cls(
            scope["method"],
            scope["raw_path"].decode("latin-1"),
            header_map(scope["headers"]),
            scope.get("scheme", "http"),
            None if is_in_process else (scope.get("client") or ("",))[0],
        )

    @property
    def has_body(self) -> bool:
        """Return whether a body follows that isn't empty."""
        return has_body(self.headers) and self.headers.get(b"content-length") != b"0"

    def header(self, name: str) -> str | None:
        """Return the value of the header of that lower-case name; None if it wasn't sent."""
        value = self.headers.get(name.encode())
        return None if value is None else value.decode("latin-1")
