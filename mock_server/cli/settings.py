"""`mock-server settings`."""

from __future__ import annotations

import json
from dataclasses import Field, dataclass, fields
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from mock_server.cli.configured import configured
from mock_server.cli.options import DOCUMENT_HELP, document, options
from mock_server.cli.output import Command, say
from mock_server.settings import Settings, environment_name

_HIDDEN = "(hidden)"


@dataclass(frozen=True)
class _Taken:
    """A setting with its value, and where that comes from."""

    name: str
    value: Any
    source: str


@click.command(
    cls=Command,
    epilog=DOCUMENT_HELP,
    examples=(
        "mock-server settings",
        "mock-server settings --json",
    ),
)
@document
@options()
@click.option("--json", "as_json", is_flag=True, help="As a JSON array.")
@click.pass_context
def settings(context: click.Context, /, as_json: bool, **values: Any) -> None:
    """Show the value of each setting, and where it comes from.

    An option goes before its environment variable; then come mock-server.toml and the table
    [tool.mock-server] of pyproject.toml, each the nearest one in the working directory or above
    it, and the default. Secrets are not shown.
    """
    found = [_taken(context, setting, values[setting.name]) for setting in fields(Settings)]
    if as_json:
        say(json.dumps([vars(one) for one in found], indent=2, ensure_ascii=False), unread=0)
        return
    names, shown = [one.name for one in found], [_text(one.value) for one in found]
    wide, wider = max(map(len, names)), max(map(len, shown))
    for one, value in zip(found, shown, strict=True):
        say(f"{one.name:{wide}}  {value:{wider}}  {one.source}", unread=0)


def _taken(context: click.Context, setting: Field[Any], value: Any) -> _Taken:
    is_shown = setting.repr or value in (None, ())
    shown = _plain(setting.name, value) if is_shown else _HIDDEN
    return _Taken(setting.name, shown, _source(context, setting))


def _source(context: click.Context, setting: Field[Any]) -> str:
    source = context.get_parameter_source(setting.name)
    if source is ParameterSource.COMMANDLINE:
        return _option(setting, context.params[setting.name]) if setting.metadata else "DOCUMENT"
    if source is ParameterSource.ENVIRONMENT:
        return environment_name(setting.name)
    if source is ParameterSource.DEFAULT_MAP:
        return configured(context)[setting.name].place
    return "default"


def _option(setting: Field[Any], value: Any) -> str:
    """Return the long name of an option; of a switch the one that stands for the value."""
    names: list[str] = setting.metadata["flag"].split("/")
    return names[-1] if value is False else names[0]


def _plain(name: str, value: Any) -> Any:
    """Return a value as JSON has it; of a URL nothing secret is shown."""
    if name == "document" and value is not None:
        from mock_server.project import document_name

        return document_name(Settings(document=value))
    if isinstance(value, tuple):
        return [_plain(name, one) for one in value]
    return str(value) if isinstance(value, Path) else value


def _text(value: Any) -> str:
    """Return a value as TOML has it; nothing for none."""
    return "" if value in (None, []) else json.dumps(value, ensure_ascii=False)
