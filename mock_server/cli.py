"""The command line. Exit codes: 0 fine, 1 findings, 2 wrong use or nothing that can be served."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import click

from mock_server import __version__
from mock_server.errors import StartError
from mock_server.settings import ARRAY_FORMATS, OBJECT_FORMATS, Settings, environment_name

Command = TypeVar("Command", bound=Callable[..., Any])
_LEVELS = click.Choice(["debug", "info", "warning", "error"])


class _Several(click.types.StringParamType):
    """One of several texts, which an environment variable holds with commas between them."""

    envvar_list_splitter = ","


_TYPES: dict[str, Any] = {
    "fault": _Several(),
    "coverage": click.Path(path_type=Path, dir_okay=False),
    "fixtures": click.Path(path_type=Path),
    "port": click.IntRange(0, 65535),
    "body_limit": click.IntRange(min=0),
    "journal_size": click.IntRange(min=0),
    "log_level": _LEVELS,
    "items": click.IntRange(0, 9999),
    "query_array_format": click.Choice(ARRAY_FORMATS),
    "query_object_format": click.Choice(OBJECT_FORMATS),
}


def options(*names: str) -> Callable[[Command], Command]:
    """Options of the command line from the table of settings; all of them where none is named."""

    def decorate(command: Command) -> Command:
        for setting in reversed([f for f in fields(Settings) if f.metadata]):
            if names and setting.name not in names:
                continue
            flags = setting.metadata["flag"]
            is_switch = isinstance(setting.default, bool)
            declared = [flags] if is_switch else flags.split("/")
            command = click.option(
                *declared,
                setting.name,
                type=_TYPES.get(setting.name),
                default=setting.default,
                multiple=isinstance(setting.default, tuple),
                show_default=setting.default not in (None, ()),
                envvar=environment_name(setting.name),
                show_envvar=True,
                metavar=setting.metadata["metavar"] or None,
                help=setting.metadata["help"],
            )(command)
        return command

    return decorate


fail_under = click.option(
    "--fail-under",
    "least",
    multiple=True,
    metavar="[KIND=]PERCENT",
    help="End with 1 below that: of the whole contract, or of a kind of part; may be repeated.",
)

document = click.argument(
    "document",
    required=False,
    type=click.Path(path_type=Path),
    envvar=environment_name("document"),
)

_DOCUMENT_HELP = (
    f"Without DOCUMENT on the command line it is what {environment_name('document')} names, and"
    " without that the shipped one."
)


@contextmanager
def clear_errors() -> Iterator[None]:
    """What stops the start is told in a line each on stderr, without a traceback."""
    try:
        yield
    except StartError as error:
        for line in error.lines:
            tell(line)
        sys.exit(2)


def tell(line: object) -> None:
    """Print a line on stderr, if that can be written."""
    with suppress(OSError):
        click.echo(line, err=True)


def say(line: str, unread: int | None = None) -> None:
    """Print a line on stdout; the command ends where that can't be written.

    `unread` is its exit code where the reader of a pipe has left, as `head` does: it has all that
    it wants, so there is nothing to tell.
    """
    try:
        click.echo(line)
    except OSError as error:
        # Or Python would try to write the rest of it once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if unread is not None and isinstance(error, BrokenPipeError):
            sys.exit(unread)
        tell(f"the output can't be written: {error.strerror}")
        sys.exit(2)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mock-server", message="%(prog)s %(version)s")
def main() -> None:
    """A contract-first mock server: give it an OpenAPI document, get the API.

    Without a DOCUMENT the commands take the one that comes with the package, the Chroma Sync
    Service's.
    """


@main.command(epilog=_DOCUMENT_HELP)
@document
@options()
def serve(**values: Any) -> None:
    """Serve DOCUMENT until Ctrl-C or SIGTERM."""
    settings = Settings(**values)
    log_to_stderr(settings)
    with clear_errors():
        from mock_server.app import create_app

        run(settings, lambda: create_app(settings), announce)


def run(
    settings: Settings, create: Callable[[], Any], announce: Callable[[Any, str], None]
) -> None:
    """Serve an app until a signal; what is said of it comes before it is said to listen."""
    from mock_server import server
    from mock_server.coverage.report_files import write_report

    app = create()
    listening = server.listen(settings.host, settings.port)
    url = server.base_url(listening)
    announce(app, url)
    try:
        server.serve(app, listening, lambda: say(f"Mock server is listening on {url}"))
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


def table(parts: Any) -> list[str]:
    """A line for each operation: method, path, and where its replies come from."""
    rows = [(o.method, o.path, parts.sources(o)) for o in parts.contract.operations]
    width = max((len(path) for _, path, _ in rows), default=0)
    return [f"{method:7} {path:{width}}  {_few(sources)}" for method, path, sources in rows]


def _few(sources: list[str], most: int = 4) -> str:
    if len(sources) <= most:
        return ", ".join(sources)
    return ", ".join([*sources[: most - 1], f"{len(sources) - most} more", sources[-1]])


@main.command(epilog=_DOCUMENT_HELP)
@document
@options("fixtures", "handlers")
def check(**values: Any) -> None:
    """Check DOCUMENT, its fixtures and its handlers without serving.

    Exit code 0: nothing found; 1: findings, a line each on stdout; 2: wrong use.
    """
    from mock_server.check import findings

    with clear_errors():
        found = findings(Settings(**values))
    for line in found:
        say(line, unread=1)
    sys.exit(1 if found else 0)


@main.command(epilog=_DOCUMENT_HELP)
@document
@options("fixtures", "handlers")
@click.option("--json", "as_json", is_flag=True, help="As a JSON array.")
def routes(as_json: bool, **values: Any) -> None:
    """List the operations of DOCUMENT, and where their replies come from."""
    from mock_server.parts import read_parts

    with clear_errors():
        parts = read_parts(Settings(**values))
        if not as_json:
            for line in table(parts):
                say(line, unread=0)
            return
        rows = [
            {"id": o.id, "method": o.method, "path": o.path, "sources": parts.sources(o)}
            for o in parts.contract.operations
        ]
        say(json.dumps(rows, indent=2, ensure_ascii=False), unread=0)


@main.command(epilog=_DOCUMENT_HELP)
@document
@options(
    "fixtures",
    "handlers",
    "host",
    "port",
    "seed",
    "seed",
    "security",
    "lenient",
    "strict_parameters",
    "query_array_format",
    "query_object_format",
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


class _Beside(click.Command):
    """A command that runs another, which stands behind `--`."""

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [*super().collect_usage_pieces(ctx), "-- COMMAND..."]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        end = args.index("--") if "--" in args else len(args)
        ctx.meta[COMMAND] = args[end + 1 :]
        return super().parse_args(ctx, args[:end])


COMMAND = "mock_server.command"

fail_under = click.option(
    "--fail-under",
    "least",
    multiple=True,
    metavar="[KIND=]PERCENT",
    help="End with 1 below that: of the whole contract, or of a kind of part; may be repeated.",
)


@main.command("exec", cls=_Beside, epilog=_DOCUMENT_HELP)
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
    log_to_stderr(settings)
    with clear_errors():
        from mock_server.execution import NotRun, judged_beside

        try:
            code, lines, is_kept = judged_beside(settings, command, least, tell)
        except NotRun as error:
            tell(error)
            sys.exit(error.code)
    for line in lines:
        tell(line)
    sys.exit(code or (0 if is_kept else 1))


_FORMATS = ("text", "json", "junit", "sarif", "github", "html")


@main.command()
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
    from mock_server.coverage import Threshold, merged, shortfalls
    from mock_server.coverage.formats import FORMATS
    from mock_server.coverage.report_files import fetch_report, read_report, write_text

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


def _seconds(context: click.Context, option: click.Parameter, text: str) -> float:
    """A length of time such as 250ms, 5s or 1m."""
    from mock_server.durations import seconds

    try:
        found = seconds(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    if not found:
        raise click.BadParameter("nothing is done in no time; expected such as 60s")
    return found


@main.command(epilog=_DOCUMENT_HELP)
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
    "--timeout",
    callback=_seconds,
    default="60s",
    show_default=True,
    metavar="DURATION",
    help="How long UPSTREAM may take to answer.",
)
@options()
def proxy(
    upstream: str,
    enforce: bool,
    fallback: bool,
    record: Path | None,
    timeout: float,
    **values: Any,
) -> None:
    """Pass requests on to UPSTREAM, and check both directions against DOCUMENT.

    UPSTREAM is the URL of the real service. Its own answers come back; what breaks DOCUMENT is in
    the header `Mock-Violations`, and with all exchanges under /_mock/exchanges.
    """
    settings = Settings(**values)
    log_to_stderr(settings)
    with clear_errors():
        from mock_server.proxy.app import Proxy, Proxying

        proxying = Proxying(upstream, enforce, fallback, record, timeout)
        run(settings, lambda: Proxy(settings, proxying), _announce_proxy)


def _announce_proxy(app: Any, url: str) -> None:
    """What stands in front of what."""
    for finding in app.parts.findings:
        tell(finding)
    say(f"{app.parts.contract.title} at {url}, passed on to {app.upstream.name}")
    if app.recorder is not None:
        say(f"Recording to {app.recorder.folder}")
