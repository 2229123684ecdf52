"""`mock-server errors`."""

from __future__ import annotations

import json
import logging
from typing import Any

import click

from mock_server.cli.options import DOCUMENT_HELP, document, options
from mock_server.cli.output import Command, clear_errors, say
from mock_server.settings import Settings


@click.command(cls=Command, epilog=DOCUMENT_HELP)
@document
@options(
    "document_header",
    "fixtures",
    "handlers",
    "allow_files",
    "host",
    "port",
    "seed",
    "security",
    "lenient",
    "invalid_examples",
    "strict_parameters",
    "query_array_format",
    "query_object_format",
    "items",
    "body_limit",
    "fault",
)
@click.option(
    "--operation",
    "operations",
    multiple=True,
    metavar="ID",
    help="Only that operation; may be repeated.",
)
@click.option("--url", metavar="URL", help="Where the mock is; --host and --port without it.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Lines for sh, or a JSON array.",
)
def errors(operations: tuple[str, ...], url: str | None, form: str, **values: Any) -> None:
    """Show requests that lead to each status in DOCUMENT.

    For every operation, status and example a line for curl, which was tried: the ordinary request
    that leads there, where there is one, and one with `Prefer`. Each holds for a mock that was
    just started with the same settings.
    """
    from mock_server.catalogue import as_text, catalogue

    logging.getLogger("mock_server").setLevel(logging.CRITICAL)  # what is tried may well fail
    with clear_errors():
        entries = catalogue(Settings(**values), operations, url)
    if form == "json":
        say(json.dumps(entries, indent=2, ensure_ascii=False), unread=0)
        return
    for line in as_text(entries):
        say(line, unread=0)
