"""`mock-server serve`, and how any app is served until a signal."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any

import click

from mock_server.cli.control_access import say_who_has_access, with_token
from mock_server.cli.options import DOCUMENT_HELP, document, options
from mock_server.cli.output import Command, clear_errors, say, tell
from mock_server.cli.table import table
from mock_server.settings import Settings


@click.command(cls=Command, epilog=DOCUMENT_HELP)
@document
@options()
def serve(**values: Any) -> None:
    """Serve DOCUMENT until Ctrl-C or SIGTERM."""
    settings = Settings(**values)
    log_to_stderr(settings)
    with clear_errors():
        from mock_server.app import create_app

        run(settings, create_app, announce)


def run(
    settings: Settings, create: Callable[[Settings], Any], announce: Callable[[Any, str], None]
) -> None:
    """Serve an app until a signal; what is said of it comes before it is said to listen."""
    from mock_server.coverage import write_report
    from mock_server.server import uvicorn_server

    settings = with_token(settings)
    app = create(settings)
    listening = uvicorn_server.listen(settings.host, settings.port)
    url = uvicorn_server.base_url(listening)
    announce(app, url)
    say_who_has_access(settings)
    try:
        uvicorn_server.serve(app, listening, lambda: say(f"Mock server is listening on {url}"))
    finally:
        if settings.coverage is not None:
            write_report(app.coverage.report(), settings.coverage)


def log_to_stderr(settings: Settings) -> None:
    """Log from the level on that the settings say."""
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(levelname)s %(message)s", stream=sys.stderr
    )
    for name in ("uvicorn.error", "watchfiles"):
        logging.getLogger(name).setLevel(max(logging.root.level, logging.WARNING))


def announce(app: Any, url: str) -> None:
    """Where the mock is, what it answers and from where, and what is wrong in the document."""
    for finding in app.parts.findings:
        tell(finding)
    say(f"{app.parts.contract.title} at {url}")
    for line in table(app.parts):
        say(f"  {line}")
    say(f"Docs: {url}/docs")
