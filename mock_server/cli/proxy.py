"""`mock-server proxy`: in front of the real service."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mock_server.cli.options import DOCUMENT_HELP, document, options
from mock_server.cli.output import Command, clear_errors, say, tell
from mock_server.cli.serve import log_to_stderr, run, say_files
from mock_server.settings import Settings


def _seconds(context: click.Context, option: click.Parameter, text: str) -> float:
    """Return the seconds of a length of time such as 250ms, 5s or 1m."""
    from mock_server.core import parse_duration

    try:
        found = parse_duration(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    if not found:
        raise click.BadParameter("nothing is done in no time; expected such as 60s")
    return found


@click.command(
    cls=Command,
    epilog=DOCUMENT_HELP,
    examples=(
        "mock-server proxy http://127.0.0.1:8000 pets.yaml",
        "mock-server proxy https://api.example.com pets.yaml --record fixtures",
    ),
)
@click.argument("upstream")
@document
@click.option("--enforce", is_flag=True, help="Refuse what breaks DOCUMENT, both ways.")
@click.option(
    "--fallback", is_flag=True, help="Let the mock answer where UPSTREAM is down or answers 501."
)
@click.option(
    "--record",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Folder of fixtures that the answers of UPSTREAM are written to as canned replies.",
)
@click.option(
    "--record-all",
    is_flag=True,
    help="Record what breaks DOCUMENT, too, marked as undeclared.",
)
@click.option(
    "--timeout",
    callback=_seconds,
    default="60s",
    show_default=True,
    metavar="DURATION",
    help="How long UPSTREAM may take to answer.",
)
@options()
@click.pass_context
def proxy(
    context: click.Context,
    /,
    upstream: str,
    enforce: bool,
    fallback: bool,
    record: Path | None,
    record_all: bool,
    timeout: float,
    **values: Any,
) -> None:
    """Pass requests on to UPSTREAM, and check both directions against DOCUMENT.

    UPSTREAM is the URL of the real service. Its own answers come back; what breaks DOCUMENT is in
    the header `Mock-Violations`, and with all exchanges under /_mock/exchanges.
    """
    if record_all and record is None:
        raise click.UsageError("--record-all needs the folder to record to: --record DIR")
    settings = Settings(**values)
    log_to_stderr(settings)
    say_files(context)
    with clear_errors():
        from mock_server.proxy import Proxy, Proxying

        proxying = Proxying(upstream, enforce, fallback, record, timeout, record_all)
        apps: list[Proxy] = []

        def start(known: Settings) -> Proxy:
            apps.append(Proxy(known, proxying))
            return apps[-1]

        try:
            run(settings, start, _announce_proxy)
        finally:
            for app in apps:
                _tell_what_was_left_out(app)


def _announce_proxy(app: Any, url: str) -> None:
    """Print the findings, the proxy's address and upstream, and the folder of recordings."""
    for finding in app.parts.findings:
        tell(finding)
    say(f"{app.parts.contract.title} at {url}, passed on to {app.upstream.name}")
    if app.recorder is not None:
        say(f"Recording to {app.recorder.folder}")


def _tell_what_was_left_out(app: Any) -> None:
    """Print how many exchanges weren't recorded, in one line; nothing if all were."""
    if app.recorder is not None and app.recorder.left_out:
        count = app.recorder.left_out
        tell(
            f"{count} {'exchange was' if count == 1 else 'exchanges were'} not recorded; the files"
            f" in {app.recorder.folder} say why, as not-recorded"
        )
