"""The page at `/` for a browser, with links to the other pages.

It is served if the contract has no such path.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from mock_server.console import CONSOLE
from mock_server.contract import Contract

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}: mock server</title>
<style>
:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }}
body {{ margin: 2rem auto; max-width: 40rem; padding: 0 1rem }}
</style>
<h1>{title}</h1>
<p>A mock of version {version}, with {operations}.</p>
<ul>
{links}
</ul>
</html>
"""


def index_page(contract: Contract, *, control: bool) -> bytes:
    """Return a short HTML page with links to the docs, the document and the control API."""
    count = len(contract.operations)
    links = "\n".join(f'<li><a href="{path}">{text}</a></li>' for path, text in _links(control))
    return _PAGE.format(
        title=escape(contract.title),
        version=escape(contract.version),
        operations=f"{count} operation{'s' * (count != 1)}",
        links=links,
    ).encode()


def _links(control: bool) -> Iterator[tuple[str, str]]:
    yield "/docs", "Docs: try each operation"
    yield "/openapi.yaml", "The OpenAPI document"
    if control:
        yield CONSOLE, "Console: requests as they come in, replies, the session"
        yield "/_mock/exchanges", "Requests and replies so far, as JSON"
        yield "/_mock/openapi.yaml", "The control API's own document"
