"""The servers that a document names: their base paths are served, and their URLs lead here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, product
from math import prod
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from mock_server.documents import DocumentNode

# What stands before the path: a scheme and a host.
_ORIGIN = re.compile(r"(?:[^/]*:)?//[^/]*")
_VARIABLE = re.compile(r"\{([^{}]+)\}")
# Where the document is: relative addresses of servers start there (OAS 3.1.1, section 4.8.5).
_HERE = "http://mock/"
# At most so many combinations of variable values are put into one address.
MOST_ADDRESSES = 256
_LOCAL = "http://localhost"


class ServerAddress(NamedTuple):
    """An address of a server, and its path before those of the operations.

    `url` is without a slash at its end; empty for an address that names no host. The base path is
    "/v1", say, or empty.
    """

    url: str
    base_path: str


def addresses(server: DocumentNode) -> Iterator[ServerAddress]:
    """Yield the addresses of a server, with the defaults of its variables first, then their others.

    Raises ValueError for an address that is no URL.
    """
    url = _value(server.get("url"))
    if not isinstance(url, str):
        yield ServerAddress("", "")
        return
    names = list(dict.fromkeys(_VARIABLE.findall(url)))
    variables = server.get("variables")
    choices = [_values(variables.get(name) if variables else None) for name in names]
    # Those in the path come last, so their values are the first to be put in.
    for values in islice(product(*choices), MOST_ADDRESSES):
        put = dict(zip(names, values, strict=True))
        yield _address(_VARIABLE.sub(lambda found, put=put: put[found[1]], url))  # type: ignore[misc]


def are_cut(server: DocumentNode) -> bool:
    """Return whether the variables in a server's path have more values than are used."""
    url, variables = _value(server.get("url")), server.get("variables")
    if not isinstance(url, str) or variables is None:
        return False
    origin = _ORIGIN.match(url)
    names = dict.fromkeys(_VARIABLE.findall(url, origin.end() if origin else 0))
    return prod(len(_values(variables.get(name))) for name in names) > MOST_ADDRESSES


def _address(text: str) -> ServerAddress:
    path = urlsplit(urljoin(_HERE, text)).path
    # Absolute addresses too are without dots once they are resolved (RFC 3986, section 5.2.4).
    path = urlsplit(urljoin(_HERE, f".{path}")).path.strip("/")
    parts = urlsplit(text)
    is_whole = bool(parts.scheme and parts.netloc) and not (parts.query or parts.fragment)
    return ServerAddress(text.rstrip("/") if is_whole else "", f"/{path}" if path else "")


def _values(variable: DocumentNode | None) -> list[str]:
    """Return the values that a variable may have: its default, and the members of its `enum`."""
    if variable is None:
        return [""]
    default, listed = _value(variable.get("default")), _value(variable.get("enum"))
    others = listed if isinstance(listed, list) else []
    return list(dict.fromkeys(_variable_text(v) for v in (default, *others) if v is not None)) or [
        ""
    ]


def _variable_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def server_origin(document: DocumentNode) -> str:
    """Return the origin of the first server of a document; http://localhost if it names none."""
    servers = document.get("servers")
    first = next(iter(servers.elements()), None) if servers is not None else None
    try:
        url = next(addresses(first)).url if first is not None else ""
    except ValueError:  # an address that is no URL, which is a finding
        return _LOCAL
    parts = urlsplit(url)
    is_web = parts.scheme in ("http", "https") and bool(parts.netloc)
    return f"{parts.scheme}://{parts.netloc}" if is_web else _LOCAL


def _value(node: DocumentNode | None) -> Any:
    return None if node is None else node.value
