"""The page of commands, from what click knows of them."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from mock_server.cli import main
from mock_server.settings import environment_name
from tools.reference.markdown import MADE, code, table

_HEAD = f"""# Command line

{MADE}
`mock-server COMMAND --help` shows the same. Exit codes: 0 for success, 1 for findings or a
threshold that wasn't reached, 2 for wrong use or nothing that can be served. `exec` ends with the
exit code of its command.

Most commands also take [the settings](settings.md); they aren't repeated here.
"""


def page() -> str:
    """Return the whole page."""
    return "\n".join(
        [_HEAD, *(_section(name, main.commands[name]) for name in sorted(main.commands))]
    )


def _section(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=f"mock-server {name}")
    usage = command.get_usage(context).removeprefix("Usage: ")
    rows = [*_own(command)]
    shown = [table(("option", "default", "meaning"), rows)] if rows else []
    text = _words(command)
    return "\n".join([f"## {name}\n", f"{code(' '.join(usage.split()))}\n", f"{text}\n", *shown])


def _words(command: click.Command) -> str:
    """Return the help of a command, as far as it is shown."""
    return inspect.cleandoc(command.help or "").partition("\f")[0].replace("\b\n", "").strip()


def _own(command: click.Command) -> Iterator[list[str]]:
    """Yield a row for each option that isn't a setting."""
    for option in command.params:
        if isinstance(option, click.Option) and not _is_setting(option):
            flags = ", ".join(map(code, [*option.opts, *option.secondary_opts]))
            yield [flags, _default(option), option.help or ""]


def _is_setting(option: click.Option) -> bool:
    return option.envvar == environment_name(option.name or "")


def _default(option: click.Option) -> str:
    shown = option.default if isinstance(option.default, str | int | float) else None
    return code(str(shown)) if shown not in (None, False, True) else ""
