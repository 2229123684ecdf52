"""Settings of the command line, from the nearest files of a project."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from mock_server.documents import shown_path
from mock_server.errors import WrongUse
from mock_server.project.pyproject import TABLE, Table, given

FILE = "mock-server.toml"
# A run of pytest writes its own report; this setting of `pyproject.toml` is for that alone.
_FOR_PYTEST = frozenset({"coverage"})


class Configured(NamedTuple):
    """The value of a setting, its file, and its place: the file with the line if that is known."""

    value: Any
    file: str
    place: str


def read_configuration(folder: Path) -> dict[str, Configured]:
    """Return what the nearest files in a folder, or above it, set; by the names of the settings.

    `mock-server.toml` goes before `[tool.mock-server]` of `pyproject.toml`. Paths are relative to
    the folder of their file. Raises WrongUse with all that is wrong in both.
    """
    found: dict[str, Configured] = {}
    wrong: list[str] = []
    for read in (_of_pyproject, _of_own_file):
        try:
            table = _nearest(folder, read)
            if table is not None:
                found |= _configured(table)
        except WrongUse as error:
            wrong += error.lines
    if wrong:
        raise WrongUse(wrong)
    return found


def _configured(table: Table) -> Iterator[tuple[str, Configured]]:
    values = given(table.values, table.path.parent, table.name, table.places)
    file = shown_path(table.path)
    return (
        (name, Configured(value, file, table.places.get(name, file)))
        for name, value in values.items()
    )


def _of_own_file(folder: Path) -> Table | None:
    table = Table.read(folder / FILE, "")
    if table is not None and table.values.keys() & {"tool", "mock-server"}:
        raise WrongUse(f"{table.name}: expected the settings themselves, without [{TABLE}]")
    return table


def _of_pyproject(folder: Path) -> Table | None:
    table = Table.read(folder / "pyproject.toml", TABLE)
    return table.without(_FOR_PYTEST) if table is not None else None


def _nearest(folder: Path, read: Callable[[Path], Table | None]) -> Table | None:
    """Return the table of the nearest folder that has one, in the folder or above it.

    A file above it that belongs to a stranger is left alone, because its handlers would be run.
    """
    own = _owner(folder)
    for one in (folder, *folder.parents):
        table = read(one)
        if table is not None and (one == folder or _owner(table.path) in (own, *_TRUSTED)):
            return table
    return None


def _owner(path: Path) -> int:
    return path.stat().st_uid


# The user of this process and the administrator; Windows knows no such numbers.
_TRUSTED = (os.geteuid(), 0) if hasattr(os, "geteuid") else (0,)
