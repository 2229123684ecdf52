"""`mock-server check`."""

from __future__ import annotations

import sys
from typing import Any

import click

from mock_server.cli.options import DOCUMENT_HELP, document, options
from mock_server.cli.output import Command, clear_errors, say
from mock_server.settings import Settings


@click.command(
    cls=Command,
    epilog=DOCUMENT_HELP,
    examples=(
        "mock-server check pets.yaml",
        "mock-server check pets.yaml --fixtures fixtures --handlers handlers.py",
    ),
)
@document
@options("fixtures", "handlers", "allow_files")
def check(**values: Any) -> None:
    """Check DOCUMENT, its fixtures and its handlers without serving.

    Exit code 0: nothing found; 1: findings, a line each on stdout; 2: wrong use.
    """
    from mock_server.project import findings

    with clear_errors():
        found = findings(Settings(**values))
    for line in found:
        say(line, unread=1)
    sys.exit(1 if found else 0)
