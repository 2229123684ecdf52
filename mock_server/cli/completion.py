"""`mock-server completion`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from mock_server.cli.output import Command, say

SHELLS = ("bash", "zsh", "fish")
NAME = "mock-server"


@click.command(
    cls=Command,
    examples=(
        'eval "$(mock-server completion bash)"',
        "mock-server completion fish | source",
    ),
)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that completes mock-server's commands and options in a shell."""
    found = get_completion_class(shell)
    assert found is not None, "click knows all of SHELLS"
    variable = f"_{NAME.replace('-', '_').upper()}_COMPLETE"
    say(found(context.find_root().command, {}, NAME, variable).source())
