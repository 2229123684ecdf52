"""Options of the commands, from the table of settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import click

from mock_server.cli.configured import SettingArgument, SettingOption
from mock_server.settings import (
    ARRAY_FORMATS,
    COLORS,
    LOG_FORMATS,
    OBJECT_FORMATS,
    RANGES,
    SEPARATORS,
    SIGNATURES,
    Settings,
    environment_name,
)

Command = TypeVar("Command", bound=Callable[..., Any])
_LEVELS = click.Choice(["debug", "info", "warning", "error"])


class _Several(click.types.StringParamType):
    """One of several texts, which an environment variable holds with commas between them."""

    envvar_list_splitter = ","


class _Headers(click.types.StringParamType):
    """A header of several, which an environment variable holds a line each."""

    envvar_list_splitter = SEPARATORS["document_header"]


class _Duration(click.types.StringParamType):
    """A length of time such as 30s, as it is written."""

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        from mock_server.core import parse_duration

        try:
            if not parse_duration(str(value)):
                raise ValueError("no time at all; expected such as 30s")
        except ValueError as error:
            self.fail(str(error), param, ctx)
        return value


class _Document(click.Path):
    """A path, or a URL as it is written."""

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        from mock_server.documents import is_url

        return value if is_url(value) else super().convert(value, param, ctx)


_TYPES: dict[str, Any] = {
    **{name: click.IntRange(least, most) for name, (least, most) in RANGES.items()},
    "document_header": _Headers(),
    "reload_every": _Duration(),
    "control_host": _Several(),
    "control_origin": _Several(),
    "fault": _Several(),
    "secret": _Several(),
    "coverage": click.Path(path_type=Path, dir_okay=False),
    "fixtures": click.Path(path_type=Path),
    "allow_files": click.Path(path_type=Path),
    "head_timeout": click.FloatRange(min=0, min_open=True),
    "body_timeout": click.FloatRange(min=0, min_open=True),
    "idle_timeout": click.FloatRange(min=0, min_open=True),
    "log_level": _LEVELS,
    "log_format": click.Choice(LOG_FORMATS),
    "color": click.Choice(COLORS),
    "callback_hosts": _Several(),
    "webhook_signature": click.Choice(SIGNATURES),
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
                cls=SettingOption,
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
    cls=SettingArgument,
    required=False,
    type=_Document(path_type=Path),
    envvar=environment_name("document"),
)

DOCUMENT_HELP = (
    "DOCUMENT is a path, a URL, or - for standard input. Without it on the command line it is what"
    f" {environment_name('document')} names, then what mock-server.toml or pyproject.toml names,"
    " and without these the shipped one."
)
