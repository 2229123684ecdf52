"""`mock-server exec`: a command beside a server."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

import click

from mock_server.cli.options import DOCUMENT_HELP, document, fail_under, options
from mock_server.cli.output import Command, clear_errors, tell
from mock_server.cli.serve import log_to_stderr, requests_logged, spans_sent
from mock_server.cli.which_document import document_taken
from mock_server.settings import Settings


class _Beside(Command):
    """A command that runs another, which stands behind `--`."""

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [*super().collect_usage_pieces(ctx), "-- COMMAND..."]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        end = args.index("--") if "--" in args else len(args)
        ctx.meta[COMMAND] = args[end + 1 :]
        return super().parse_args(ctx, args[:end])


COMMAND = "mock_server.command"
_DOCUMENT_HELP = DOCUMENT_HELP.replace("a path, a URL, or - for standard input", "a path or a URL")


@click.command(
    "exec",
    cls=_Beside,
    epilog=_DOCUMENT_HELP,
    examples=(
        "mock-server exec pets.yaml -- npm test",
        "mock-server exec pets.yaml --fail-under 80 -- pytest -q",
    ),
)
@document
@options(*(f.name for f in fields(Settings) if f.name not in ("host", "port", "reload")))
@fail_under
@click.pass_context
def exec_(context: click.Context, /, least: tuple[str, ...], **values: Any) -> None:
    """Run COMMAND beside a server of DOCUMENT.

    The server has a free port; MOCK_SERVER_URL tells the command its address. At the end stderr
    says how the requests kept to the contract.

    Exit code: the command's; 1 where that is 0 but the contract was broken, or less of it was met
    than --fail-under says; 2: wrong use; 126, 127: the command can't be run, or isn't there.
    """
    command = context.meta[COMMAND]
    if not command:
        raise click.UsageError("COMMAND is missing; expected it behind --, as in: -- npm test")
    settings = Settings(**values)
    if str(settings.document) == "-":
        raise click.UsageError("DOCUMENT can't be - here: standard input belongs to COMMAND")
    if (taken := document_taken(context, settings)) is not None:
        tell(taken)
    log_to_stderr(settings)

    @contextmanager
    def logged(app: Any) -> Iterator[None]:
        with requests_logged(settings, app, only_wrong=True), spans_sent(settings, app):
            yield

    with clear_errors():
        from mock_server.cli.exec_runner import NotRun, judged_beside

        try:
            code, lines, is_kept = judged_beside(settings, command, least, tell, logged)
        except NotRun as error:
            tell(error)
            sys.exit(error.code)
    for line in lines:
        tell(line)
    sys.exit(code or (0 if is_kept else 1))
