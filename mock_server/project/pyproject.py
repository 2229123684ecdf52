"""Settings by name, from a file or a program."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from mock_server.core import did_you_mean, parse_duration
from mock_server.documents import is_url, shown_path
from mock_server.errors import WrongUse
from mock_server.settings import (
    ARRAY_FORMATS,
    COLORS,
    LOG_FORMATS,
    OBJECT_FORMATS,
    RANGES,
    SIGNATURES,
    Settings,
)

TABLE = "tool.mock-server"
_NOWHERE: Mapping[str, str] = {}
_DEFAULTS = {setting.name: setting.default for setting in fields(Settings)}
_PATHS = ("document", "fixtures", "handlers", "allow_files", "coverage")
_CHOICES = {
    "query_array_format": ARRAY_FORMATS,
    "query_object_format": OBJECT_FORMATS,
    "log_format": LOG_FORMATS,
    "color": COLORS,
    "webhook_signature": SIGNATURES,
    "log_level": ("debug", "info", "warning", "error"),
}


@dataclass(frozen=True)
class Table:
    """The settings in a TOML file as they are written, with the place of each that is known."""

    path: Path
    table: str
    values: Mapping[str, Any]
    places: Mapping[str, str]

    @classmethod
    def read(cls, path: Path, table: str) -> Table | None:
        """Return the table of that dotted name, the whole file for ""; None if it isn't there.

        Raises WrongUse for a file that is no TOML.
        """
        if not path.is_file():
            return None
        shown = shown_path(path)
        try:
            text = path.read_text("utf-8")
            values: Any = tomllib.loads(text)
        except (OSError, ValueError) as error:
            raise WrongUse(f"{shown}: {error}") from None
        for name in filter(None, table.split(".")):
            values = values.get(name) if isinstance(values, dict) else None
        if not isinstance(values, dict):
            return None
        lines = key_lines(text, table)
        return cls(path, table, values, {name: f"{shown}:{line}" for name, line in lines.items()})

    @property
    def name(self) -> str:
        """Return what an error names if the place of a setting isn't known."""
        shown = shown_path(self.path)
        return f"{shown}, [{self.table}]" if self.table else shown

    def without(self, names: Collection[str]) -> Table:
        """Return the table without some settings."""
        return replace(self, values={n: v for n, v in self.values.items() if n not in names})


def read_table(path: Path) -> dict[str, Any]:
    """Return the settings of `[tool.mock-server]` in a `pyproject.toml`; none without the table.

    The paths are relative to the file. Raises WrongUse.
    """
    table = Table.read(path, TABLE)
    return {} if table is None else given(table.values, path.parent, table.name, table.places)


_HEADER = re.compile(r"\s*\[([^\[\]]+)\]\s*(?:#.*)?")
_KEY = re.compile(r"""\s*(?:"([^"]+)"|'([^']+)'|([A-Za-z0-9_-]+))\s*=""")
# What begins and ends a text of several lines.
_QUOTES = re.compile(r'"{3}|\'{3}')


def key_lines(text: str, table: str) -> dict[str, int]:
    """Return the line of each key of a table that stands at the beginning of a line, from 1 on."""
    found: dict[str, int] = {}
    header, is_inside = "", False
    for number, line in enumerate(text.splitlines(), 1):
        if not is_inside:
            if named := _HEADER.fullmatch(line):
                header = re.sub(r"[\s\"']", "", named[1])
            elif header == table and (key := _KEY.match(line)):
                found.setdefault(next(filter(None, key.groups())), number)
        is_inside ^= len(_QUOTES.findall(line)) % 2 == 1
    return found


def given(
    values: Mapping[str, Any], folder: Path, where: str, places: Mapping[str, str] = _NOWHERE
) -> dict[str, Any]:
    """Return settings by name, with paths relative to a folder.

    `where` names their source, `places` the place of each that is known. Raises WrongUse with all
    errors in the settings.
    """
    wrong = [
        f"{places.get(name, where)}: {why}"
        for name, value in values.items()
        for why in _wrong(name, value)
    ]
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
    if name in RANGES:
        least, most = RANGES[name]
        is_count = isinstance(value, int) and not isinstance(value, bool)
        is_right = is_count and least <= value and (most is None or value <= most)
        return "" if is_right else f"a number from {least} {'on' if most is None else f'to {most}'}"
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
