"""What commands say: on stdout, on stderr, and where something keeps them from starting."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click

from mock_server.core import did_you_mean
from mock_server.errors import StartError


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


@contextmanager
def written(unread: int | None = None) -> Iterator[None]:
    """The command ends where what is printed on stdout in here can't be written.

    `unread` is its exit code where the reader of a pipe has left, as `head` does: it has all that
    it wants, so there is nothing to tell.
    """
    try:
        yield
    except OSError as error:
        # Or Python would try to write the rest of it once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if unread is not None and isinstance(error, BrokenPipeError):
            sys.exit(unread)
        tell(f"the output can't be written: {error.strerror}")
        sys.exit(2)


def say(line: str, unread: int | None = None) -> None:
    """Print a line on stdout; the command ends where that can't be written."""
    with written(unread):
        click.echo(line)


class Command(click.Command):
    """A command whose help ends as its other output does where it can't be written."""

    def make_context(self, *args: Any, **named: Any) -> click.Context:
        """Read the arguments; what asks for help or for the version is answered here."""
        with written(unread=0):
            return super().make_context(*args, **named)


class Group(Command, click.Group):
    """A group of such commands; a document in place of a command is served only by `serve`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command. Raises UsageError that says what may have been meant."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            ctx.fail(f"there is no command {name}{self._meant(name, args)}")
        return super().resolve_command(ctx, args)

    def _meant(self, name: str, args: list[str]) -> str:
        if Path(name).suffix.lower() in (".yaml", ".yml", ".json") or Path(name).is_file():
            return f"; did you mean: mock-server serve {' '.join(args)}"
        return did_you_mean(name, self.commands)
