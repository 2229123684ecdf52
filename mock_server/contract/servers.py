"""The servers that a document names: of their addresses the path is what counts for a mock."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from mock_server.documents import DocumentNode

_VARIABLE = re.compile(r"\{([^{}]+)\}")
# Where the document is: relative addresses of servers start there (OAS 3.1.1, section 4.8.5).
_HERE = "http://mock/"
_LOCAL = "http://localhost"


def base_path(server: DocumentNode) -> str:
    """The path before those of the operations, "/v1", say; empty where there is none.

    Raises ValueError for an address that is no URL.
    """
    path = urlsplit(urljoin(_HERE, _address(server))).path
    # Absolute addresses too are without dots once they are resolved (RFC 3986, section 5.2.4).
    path = urlsplit(urljoin(_HERE, f".{path}")).path.strip("/")
    return f"/{path}" if path else ""


def server_origin(document: DocumentNode) -> str:
    """The origin of the first server of a document; http://localhost if it names none."""
    servers = document.get("servers")
    first = next(iter(servers.elements()), None) if servers is not None else None
    try:
        parts = urlsplit(_address(first)) if first is not None else urlsplit("")
    except ValueError:  # an address that is no URL, which is a finding
        return _LOCAL
    is_web = parts.scheme in ("http", "https") and bool(parts.netloc)
    return f"{parts.scheme}://{parts.netloc}" if is_web else _LOCAL


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
