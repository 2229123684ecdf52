"""`mock-server check`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from mock_server.cli.options import DOCUMENT_HELP, document, options
from mock_server.cli.output import Command, clear_errors, say, tell
from mock_server.cli.which_document import document_taken
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
@options("document_header", "fixtures", "handlers", "allow_files")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif", "github"]),
    default="text",
    show_default=True,
    help="How the findings are shown on stdout.",
)
@click.pass_context
def check(context: click.Context, /, form: str, **values: Any) -> None:
    """Check DOCUMENT, its fixtures and its handlers without serving.

    The findings are printed on stdout; stderr ends with a line that counts them. Exit code 0:
    nothing found; 1: findings; 2: wrong use.
    """
    from mock_server.project import FORMATS, check_report

    settings = Settings(**values)
    with clear_errors(), _progress() as progress:
        report = check_report(settings, progress)
    code = 1 if report.findings else 0
    for line in FORMATS[form](report):
        say(line, unread=code)
    if (taken := document_taken(context, settings)) is not None:
        tell(taken)
    tell(report.summary)
    sys.exit(code)


# Back to the beginning of the line, and what stands there is cleared (ECMA-48, EL).
_CLEAR = "\r\x1b[K"


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Show the step that is done now, in a terminal alone; nothing of it stays."""
    shows = sys.stderr is not None and sys.stderr.isatty()

    def show(step: str) -> None:
        if shows:
            click.echo(f"{_CLEAR}{step} …", err=True, nl=False)

    try:
        yield show
    finally:
        if shows:
            click.echo(_CLEAR, err=True, nl=False)
