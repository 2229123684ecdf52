"""The servers that a document names: of their addresses the path is what counts for a mock."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from mock_server.documents import DocumentNode

_VARIABLE = re.compile(r"\{([^{}]+)\}")
# Where the document is: relative addresses of servers start there (OAS 3.1.1, section 4.8.5).
_HERE = "http://mock/"


def base_path(server: DocumentNode) -> str:
    """The path before those of the operations, "/v1", say; empty where there is none.

    Raises ValueError for an address that is no URL.
    """
    path = urlsplit(urljoin(_HERE, _address(server))).path
    # Absolute addresses too are without dots once they are resolved (RFC 3986, section 5.2.4).
    path = urlsplit(urljoin(_HERE, f".{path}")).path.strip("/")
    return f"/{path}" if path else ""


def _address(server: DocumentNode) -> str:
    """A server's address with its variables' defaults put in; empty where it has none."""
    url, variables = server.get("url"), server.get("variables")
    if url is None or not isinstance(url.value, str):
        return ""

    def default(found: re.Match[str]) -> str:
        variable = variables and variables.get(found[1])
        value = variable and variable.get("default")
        return str(value.value) if value else ""

    return _VARIABLE.sub(default, url.value)
