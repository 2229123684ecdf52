"""`mock-server serve`, and how any app is served until a signal."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from mock_server.cli.configured import configuration_files
from mock_server.cli.control_access import say_who_has_access, with_token
from mock_server.cli.options import DOCUMENT_HELP, document, options
from mock_server.cli.output import Command, clear_errors, say
from mock_server.cli.table import table
from mock_server.settings import Settings

log = logging.getLogger("mock_server")

# Operations that the start lists; of a larger contract the others are counted.
MOST_OPERATIONS = 20


@click.command(
    cls=Command,
    epilog=DOCUMENT_HELP,
    examples=(
        "mock-server serve pets.yaml",
        "mock-server serve pets.yaml -p 0 --seed spring --fault '503; next=3'",
    ),
)
@document
@options()
@click.pass_context
def serve(context: click.Context, /, **values: Any) -> None:
    """Serve DOCUMENT until Ctrl-C or SIGTERM."""
    settings = Settings(**values)
    log_to_stderr(settings)
    say_files(context)
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
    say_who_has_access(settings, url)
    try:
        with requests_logged(settings, app), spans_sent(settings, app):
            uvicorn_server.serve(app, listening, lambda: say(f"Mock server is listening on {url}"))
    finally:
        if settings.coverage is not None:
            write_report(app.coverage.report(), settings.coverage)


# Libraries whose debug lines say nothing of the mock.
_OTHERS = ("uvicorn.error", "watchfiles", "faker", "connexion", "asyncio", "httpx", "httpcore")


def log_to_stderr(settings: Settings) -> None:
    """Log from the level on that the settings say."""
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(levelname)s %(message)s", stream=sys.stderr
    )
    for name in _OTHERS:
        logging.getLogger(name).setLevel(max(logging.root.level, logging.WARNING))


@contextmanager
def spans_sent(settings: Settings, app: Any) -> Iterator[None]:
    """Send a span for each of an app's exchanges, if the settings ask for it. Raises StartError."""
    if not settings.otel:
        yield
        return
    from mock_server.tracing import SpanExporter

    exporter = SpanExporter(app)
    app.sessions.listen(exporter.add)
    try:
        yield
    finally:
        exporter.close()


@contextmanager
def requests_logged(settings: Settings, app: Any, *, only_wrong: bool = False) -> Iterator[None]:
    """Log an app's requests on stderr, unless the settings ask for warnings alone."""
    from mock_server.cli.request_log import RequestLog

    if sys.stderr is None or not logging.root.isEnabledFor(logging.INFO):
        yield
        return
    log = RequestLog(
        sys.stderr,
        settings.log_format,
        settings.color,
        only_wrong=only_wrong,
        secrets=lambda: app.secrets,
    )
    app.sessions.listen(log.add)
    try:
        yield
    finally:
        log.close()


def say_files(context: click.Context) -> None:
    """Print which files the settings come from; nothing if none of them is from a file."""
    if files := configuration_files(context):
        say(f"Settings: {', '.join(files)}")


def announce(app: Any, url: str) -> None:
    """Where the mock is, what it answers and from where, and what is wrong in the document."""
    for finding in app.parts.findings:
        log.warning("%s", finding)
    say(f"{app.parts.contract.title} at {url}")
    lines = table(app.parts)
    for line in lines[:MOST_OPERATIONS]:
        say(f"  {line}")
    if len(lines) > MOST_OPERATIONS:
        say(f"  and {len(lines) - MOST_OPERATIONS} more; all of them: mock-server routes")
    say(f"Docs: {url}/docs")
