"""`mock-server routes`."""

from __future__ import annotations

import json
from typing import Any

import click

from mock_server.cli.options import DOCUMENT_HELP, document, options
from mock_server.cli.output import Command, clear_errors, say
from mock_server.cli.table import table
from mock_server.settings import Settings


@click.command(
    cls=Command,
    epilog=DOCUMENT_HELP,
    examples=(
        "mock-server routes pets.yaml",
        "mock-server routes pets.yaml --json",
    ),
)
@document
@options("document_header", "fixtures", "handlers", "allow_files")
@click.option("--stateful", is_flag=True, help="The collections and items that --stateful keeps.")
@click.option("--json", "as_json", is_flag=True, help="As a JSON array.")
def routes(as_json: bool, stateful: bool, **values: Any) -> None:
    """List the operations of DOCUMENT, and where their replies come from."""
    from mock_server.paging import paging_style
    from mock_server.project import read_project

    with clear_errors():
        parts = read_project(Settings(**values))
        if stateful:
            _show_state(parts, as_json)
            return
        if not as_json:
            for line in table(parts):
                say(line, unread=0)
            return
        rows = [
            {
                "id": o.id,
                "method": o.method,
                "path": o.path,
                "sources": parts.sources(o),
                "paging": paging_style(o),
            }
            for o in parts.contract.operations
        ]
        say(json.dumps(rows, indent=2, ensure_ascii=False), unread=0)


def _show_state(parts: Any, as_json: bool) -> None:
    """Print what of a document is kept as state, and why."""
    from mock_server.state import state_lines

    found = parts.state
    if as_json:
        rows = [resource.as_json() for resource in found.resources]
        say(json.dumps(rows, indent=2, ensure_ascii=False), unread=0)
        return
    for line in state_lines(found, parts.contract.operations):
        say(line, unread=0)
