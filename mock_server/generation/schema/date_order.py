"""The order of the dates and times among the properties of one object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from mock_server.generation.schema.properties import Property
from mock_server.generation.values.dates import stage


def timelines(found: Iterable[Property]) -> Iterator[Sequence[str]]:
    """Yield names of properties with comparable moments, the earliest stage first."""
    found = list(found)
    for text_format in ("date-time", "date"):
        stages = {
            entry.name: told
            for entry in found
            if (told := stage(entry.name)) is not None and _is_moment(entry, text_format)
        }
        if len(stages) > 1:
            yield sorted(stages, key=lambda name: stages[name])


def _is_moment(entry: Property, text_format: str) -> bool:
    has_format = any(raw.get("format") == text_format for raw in entry.node.raws)
    return has_format and not entry.node.says("enum", "const", "pattern")


def put_in_order(value: dict[str, Any], names: Sequence[str]) -> None:
    """Sort the moments under these names, which examples and extremes may have put out of order."""
    names = [name for name in names if isinstance(value.get(name), str)]
    moments = sorted((value[name] for name in names), key=lambda moment: moment[:19])
    if all(moment[-1:] == "Z" or len(moment) == 10 for moment in moments):
        value.update(zip(names, moments, strict=True))
