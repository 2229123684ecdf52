"""The servers that a document names: of their addresses the path is what counts for a mock."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Any
from urllib.parse import urljoin, urlsplit

from mock_server.documents import DocumentNode

# So many paths one server may have by the values of its variables; each is a route of its own.
MOST_BASE_PATHS = 1_000
_VARIABLE = re.compile(r"\{([^{}]+)\}")
# What stands before the path: a scheme and a host, whose variables don't count.
_ORIGIN = re.compile(r"(?:[^/]*:)?//[^/]*")
# Where the document is: relative addresses of servers start there (OAS 3.1.1, section 4.8.5).
_HERE = "http://mock/"


def base_paths(server: DocumentNode) -> list[str]:
    """The paths before those of the operations, "/v1", say; the empty string for none.

    One for each combination of what `enum` lists for the variables in the path, the defaults
    first (OAS 3.1.1, section 4.8.6); of a variable without `enum` its default. No more than
    MOST_BASE_PATHS and one. Raises ValueError for an address that is no URL.
    """
    found = islice(_addresses(server), MOST_BASE_PATHS + 1)
    return list(dict.fromkeys(map(_path_of, found)))


def _path_of(address: str) -> str:
    path = urlsplit(urljoin(_HERE, address)).path
    # Absolute addresses too are without dots once they are resolved (RFC 3986, section 5.2.4).
    path = urlsplit(urljoin(_HERE, f".{path}")).path.strip("/")
    return f"/{path}" if path else ""


def _addresses(server: DocumentNode) -> Iterator[str]:
    """A server's address with each combination of values put in; empty if it has none."""
    url, variables = server.get("url"), server.get("variables")
    if url is None or not isinstance(url.value, str):
        yield ""
        return
    origin = _ORIGIN.match(url.value)
    start = origin.end() if origin else 0
    values = {
        name: _values(variables and variables.get(name), is_open=found.start() >= start)
        for found in _VARIABLE.finditer(url.value)
        for name in found.groups()
    }
    for combination in product(*values.values()):
        yield _filled(url.value, dict(zip(values, combination, strict=True)))


def _filled(url: str, values: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda found: values[found[1]], url)


def _values(variable: DocumentNode | None, is_open: bool) -> list[str]:
    """The default of a variable and, if it is open to others, what its `enum` lists."""
    default = variable and variable.get("default")
    listed = variable and variable.get("enum")
    others = list(listed.elements()) if listed and is_open else []
    named = [default, *others] if default else others
    return list(dict.fromkeys(_text(node.value) for node in named if node)) or [""]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
