"""Settings by name, from a file or a program."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from mock_server.core import did_you_mean, parse_duration
from mock_server.documents import is_url, shown_path
from mock_server.errors import WrongUse
from mock_server.settings import ARRAY_FORMATS, COLORS, LOG_FORMATS, OBJECT_FORMATS, Settings

TABLE = "tool.mock-server"
_DEFAULTS = {setting.name: setting.default for setting in fields(Settings)}
_PATHS = ("document", "fixtures", "handlers", "allow_files", "coverage")
_CHOICES = {
    "query_array_format": ARRAY_FORMATS,
    "query_object_format": OBJECT_FORMATS,
    "log_format": LOG_FORMATS,
    "color": COLORS,
    "log_level": ("debug", "info", "warning", "error"),
}


def read_table(path: Path) -> dict[str, Any]:
    """Return the settings of `[tool.mock-server]` in a `pyproject.toml`; none without the table.

    The paths are relative to the file. Raises WrongUse.
    """
    if not path.is_file():
        return {}
    try:
        table = tomllib.loads(path.read_text("utf-8")).get("tool", {}).get("mock-server", {})
    except ValueError as error:
        raise WrongUse(f"{shown_path(path)}: {error}") from None
    return given(table, path.parent, f"{shown_path(path)}, [{TABLE}]")


def given(values: Mapping[str, Any], folder: Path, where: str) -> dict[str, Any]:
    """Return settings by name, with paths relative to a folder; `where` names their source.

    Raises WrongUse with all errors in the settings.
    """
    wrong = [f"{where}: {why}" for name, value in values.items() for why in _wrong(name, value)]
    if wrong:
        raise WrongUse(wrong)
    return {name: _settled(name, value, folder) for name, value in values.items()}


def _wrong(name: str, value: Any) -> Iterable[str]:
    if name not in _DEFAULTS:
        yield f"there is no setting {name}{did_you_mean(name, _DEFAULTS)}"
        return
    expected = _expectation(name, value)
    if expected:
        yield f"{name} is {value!r}; expected {expected}"


def _expectation(name: str, value: Any) -> str:
    """Return what a setting's value has to be; empty if the value is right."""
    default = _DEFAULTS[name]
    if value is None and default is None:
        return ""
    if name == "reload_every":
        return "" if _is_duration(value) else "a length of time such as 30s"
    if name in _CHOICES:
        return "" if value in _CHOICES[name] else f"one of {', '.join(_CHOICES[name])}"
    if isinstance(default, bool):
        return "" if isinstance(value, bool) else "true or false"
    if isinstance(default, float):
        is_time = isinstance(value, int | float) and not isinstance(value, bool) and value > 0
        return "" if is_time else "a number of seconds above 0"
    if isinstance(default, int) or name == "items":
        is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 0
        return "" if is_count else "a number from 0 on"
    if isinstance(default, tuple):
        member = (str, Path) if name in _PATHS else str
        is_list = isinstance(value, list | tuple) and all(isinstance(v, member) for v in value)
        return "" if is_list else "a list of paths" if name in _PATHS else "a list of texts"
    if name in _PATHS:
        return "" if isinstance(value, str | Path) else "a path"
    return "" if isinstance(value, str) else "a text"


def _is_duration(value: Any) -> bool:
    try:
        return isinstance(value, str) and parse_duration(value) > 0
    except ValueError:
        return False


def _settled(name: str, value: Any, folder: Path) -> Any:
    if value is None:
        return None
    if isinstance(value, list | tuple):
        return tuple(folder / one if name in _PATHS else one for one in value)
    if name == "handlers":  # the dotted name of a module, or the path of one
        return str(folder / value) if str(value).endswith(".py") else str(value)
    is_path = name in _PATHS and not is_url(value)
    return folder / value if is_path else value
