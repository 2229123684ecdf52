"""What commands say: on stdout, on stderr, and where something keeps them from starting."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click

from mock_server.cli.help_groups import COMMANDS, OPTIONS, grouped
from mock_server.core import did_you_mean
from mock_server.errors import StartError


@contextmanager
def clear_errors() -> Iterator[None]:
    """Print each error that stops the start in a line on stderr, and exit with 2."""
    try:
        yield
    except StartError as error:
        for line in error.lines:
            tell(line)
        sys.exit(2)


def tell(line: object) -> None:
    """Print a line on stderr, if stderr can be written."""
    with suppress(OSError):
        click.echo(line, err=True)


@contextmanager
def written(unread: int | None = None) -> Iterator[None]:
    """End the command if the block's output on stdout can't be written.

    `unread` is the exit code if the reader has closed the pipe, as `head` does. The reader has
    all that it wants, so no error is printed.
    """
    try:
        yield
    except OSError as error:
        # Otherwise Python would try to write the rest of the output again when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if unread is not None and isinstance(error, BrokenPipeError):
            sys.exit(unread)
        tell(f"the output can't be written: {error.strerror}")
        sys.exit(2)


def say(line: str, unread: int | None = None) -> None:
    """Print a line on stdout; end the command if stdout can't be written."""
    with written(unread):
        click.echo(line)


_HELP = {"help_option_names": ["-h", "--help"]}


class Command(click.Command):
    """A command that also ends if its help can't be written.

    The help lists the options by subject, and ends with `examples`, each a line for a shell.
    """

    def __init__(self, *args: Any, examples: Sequence[str] = (), **named: Any) -> None:
        super().__init__(*args, **{"context_settings": _HELP, **named})
        self.examples = tuple(examples)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options below headings."""
        shown = (param for param in self.get_params(ctx) if isinstance(param, click.Option))
        records = ((param.name or "", param.get_help_record(ctx)) for param in shown)
        listed = ((name, record) for name, record in records if record is not None)
        for title, below in grouped(listed, OPTIONS, "Options"):
            with formatter.section(title):
                formatter.write_dl(below)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, each on a line of its own, and the epilog."""
        if self.examples:
            with formatter.section("Examples"):
                for line in self.examples:
                    formatter.write(f"{'':{formatter.current_indent}}{line}\n")
        super().format_epilog(ctx, formatter)

    def make_context(self, *args: Any, **named: Any) -> click.Context:
        """Read the arguments; what asks for help or for the version is answered here."""
        with written(unread=0), clear_errors():
            return super().make_context(*args, **named)


class Group(Command, click.Group):
    """A group of such commands; a document in place of a command is served only by `serve`."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, and the commands below headings."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each command with the first sentence of its help, below headings."""
        commands = {name: self.commands[name] for name in self.list_commands(ctx)}
        limit = formatter.width - 6 - max(map(len, commands))
        listed = ((n, (n, command.get_short_help_str(limit))) for n, command in commands.items())
        for title, below in grouped(listed, COMMANDS, "Commands"):
            with formatter.section(title):
                formatter.write_dl(below)

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
