"""`mock-server errors`."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from mock_server.cli.options import DOCUMENT_HELP, document, options
from mock_server.cli.output import Command, clear_errors, say
from mock_server.cli.progress import progressed
from mock_server.settings import Settings

if TYPE_CHECKING:
    from mock_server.contract import Operation


@click.command(
    cls=Command,
    epilog=DOCUMENT_HELP,
    examples=(
        "mock-server errors pets.yaml",
        "mock-server errors pets.yaml --operation get_pet | sh",
    ),
)
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
    "allow_undeclared",
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

    logging.getLogger("mock_server").setLevel(logging.CRITICAL)  # the tried requests may fail
    with clear_errors():
        entries = catalogue(Settings(**values), operations, url, _shown)
    if form == "json":
        say(json.dumps(entries, indent=2, ensure_ascii=False), unread=0)
        return
    for line in as_text(entries):
        say(line, unread=0)


def _shown(operations: Sequence[Operation]) -> Iterator[Operation]:
    """Yield the operations, and show how many are done."""
    return progressed("Trying requests", operations, lambda operation: operation.id)
