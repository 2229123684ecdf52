"""`mock-server coverage`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from mock_server.cli.options import fail_under, options
from mock_server.cli.output import Command, clear_errors, say, tell
from mock_server.settings import environment_name

_FORMATS = ("text", "json", "junit", "sarif", "github", "html")


@click.command(
    cls=Command,
    examples=(
        "mock-server coverage",
        "mock-server coverage met.json more.json --fail-under 80 --format html -o coverage.html",
    ),
)
@click.argument("reports", nargs=-1, metavar="[REPORT]...", type=click.Path(path_type=Path))
@click.option(
    "--url",
    metavar="URL",
    help="The running server to ask; without REPORTs the one that MOCK_SERVER_URL names, or the"
    " one at --host and --port.",
)
@options("host", "port", "control_token")
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    default="text",
    show_default=True,
    help="How the report is shown.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="File to write it to."
)
@fail_under
def coverage(
    reports: tuple[Path, ...],
    url: str | None,
    host: str,
    port: int,
    control_token: str | None,
    form: str,
    output: Path | None,
    least: tuple[str, ...],
) -> None:
    """Show what of a contract was met, and what wasn't.

    A REPORT is what `serve --coverage` wrote; several of one contract are merged, such as those of
    parallel runs. Exit code 0: fine; 1: less was met than --fail-under says; 2: wrong use.
    """
    from mock_server.coverage import (
        FORMATS,
        Threshold,
        fetch_report,
        merged,
        read_report,
        shortfalls,
    )
    from mock_server.documents import write_text

    with clear_errors():
        thresholds = [Threshold.read(text) for text in least]
        found = {str(path): read_report(path) for path in reports}
        if url is not None or not reports:
            url = (
                url
                or os.environ.get(environment_name("url"))
                or f"http://{f'[{host}]' if ':' in host else host}:{port}"
            )
            found[url] = fetch_report(url, control_token)
        report = merged(found)
        text = FORMATS[form](report).rstrip("\n")
        if output is not None:
            write_text(f"{text}\n", output)
    missing = list(shortfalls(report, thresholds))
    if output is None:
        say(text, unread=1 if missing else 0)
    for line in missing:
        tell(line)
    sys.exit(1 if missing else 0)
