"""Options and arguments whose values may stand in a file of the project."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

if TYPE_CHECKING:
    from mock_server.project import Configured

    _Parameter = click.Parameter
else:
    _Parameter = object


def configured(context: click.Context) -> Mapping[str, Configured]:
    """Return what the files of the working directory set, by the names of the settings.

    They are read once for a command. A command that is run with another object as its context's
    `obj` takes that for them. Raises WrongUse.
    """
    if context.obj is None:
        from mock_server.project import read_configuration

        context.obj = read_configuration(Path.cwd())
    found: Mapping[str, Configured] = context.obj
    return found


def configuration_files(context: click.Context) -> list[str]:
    """Return the names of the files that set what a command took, each once."""
    taken = (
        one.file
        for name, one in configured(context).items()
        if context.get_parameter_source(name) is ParameterSource.DEFAULT_MAP
    )
    return list(dict.fromkeys(taken))


class _Setting(_Parameter):
    """A parameter that takes its value from a file before it takes its default."""

    def consume_value(
        self, ctx: click.Context, opts: Mapping[str, Any]
    ) -> tuple[Any, ParameterSource]:
        """Return the value, and what it comes from. Raises WrongUse for a file with errors."""
        value, source = super().consume_value(ctx, opts)
        if source is not ParameterSource.DEFAULT or ctx.resilient_parsing:
            return value, source
        one = configured(ctx).get(self.name or "")
        return (value, source) if one is None else (one.value, ParameterSource.DEFAULT_MAP)


class SettingOption(_Setting, click.Option):
    """An option for a setting."""


class SettingArgument(_Setting, click.Argument):
    """An argument for a setting."""
