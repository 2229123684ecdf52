"""`mock-server send`: a webhook of a running server."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from mock_server.cli.control_call import control_call, server_url
from mock_server.cli.options import options
from mock_server.cli.output import Command, clear_errors, say


@click.command(
    cls=Command,
    examples=(
        "mock-server send newPet --to http://127.0.0.1:3000/hooks",
        "mock-server send newPet --body '{\"id\": 7}'",
    ),
)
@click.argument("name")
@click.option("--to", metavar="URL", help="The receiver; --webhook-url of the server without it.")
@click.option("--body", metavar="JSON", help="The body, or - for standard input; generated else.")
@click.option("--url", metavar="URL", help="The running server; --host and --port without it.")
@options("host", "port", "control_token")
def send(
    name: str,
    to: str | None,
    body: str | None,
    url: str | None,
    host: str,
    port: int,
    control_token: str | None,
) -> None:
    """Let a running server send the webhook NAME to its receiver.

    Each attempt is an exchange of the server's journal. Exit code 0: it is being sent; 2: wrong
    use.
    """
    wanted: dict[str, Any] = {} if to is None else {"url": to}
    if body is not None:
        wanted["body"] = _read(body)
    with clear_errors():
        base = server_url(url, host, port)
        control_call(base, f"/_mock/webhooks/{name}", wanted, control_token)
    say(f"{name} is being sent; see {base}/_mock/exchanges")


def _read(text: str) -> Any:
    """Return the value of a JSON text. Raises UsageError."""
    try:
        return json.loads(sys.stdin.read() if text == "-" else text)
    except ValueError as error:
        raise click.UsageError(f"--body is no JSON: {error}") from None


@click.command(
    cls=Command,
    examples=("mock-server verify --secret whsec_c2VjcmV0 --header 'webhook-id: msg_1' body.json",),
)
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--secret",
    required=True,
    envvar="MOCK_SERVER_WEBHOOK_SECRET",
    metavar="SECRET",
    help="The secret that it was signed with.",
)
@click.option(
    "-H",
    "--header",
    "headers",
    multiple=True,
    metavar="HEADER",
    help="A header of the message, such as 'webhook-id: msg_1'; may be repeated.",
)
@click.option(
    "--now", type=float, metavar="SECONDS", help="The time in seconds since 1970; now without it."
)
def verify(file: Path, secret: str, headers: tuple[str, ...], now: float | None) -> None:
    """Check the signature of a webhook, whose body is in FILE or, for -, on standard input.

    Exit code 0: it is right; 1: it isn't; 2: wrong use.
    """
    import time

    from mock_server.outgoing import fault_of

    try:
        body = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise click.UsageError(f"{file}: {error.strerror}") from None
    pairs = (header.partition(":") for header in headers)
    named = {name.strip().lower(): value.strip() for name, _, value in pairs}
    try:
        fault = fault_of(secret, named, body, time.time() if now is None else now)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    say(fault or "the signature is right")
    sys.exit(1 if fault else 0)
