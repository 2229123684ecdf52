"""What commands say: on stdout, on stderr, and where something keeps them from starting."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import click

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
    """A group of such commands."""
