"""Pieces: so much of a large value as is explained at once, and the way to what is told of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from mock_server.core import Tokens, value_at
from mock_server.schemas.engine import ValidationError

# The engine writes down every violation before it gives the first one, which of a value of
# millions of parts would take gigabytes: so many are looked through at once.
MOST_EXPLAINED = 10_000
# With each wrong name of a property it writes down all the others.
MOST_EXPLAINED_NAMES = 500
MOST_EXPLAINED_LEVELS = 100
# Of alternatives in alternatives it writes down every way through them, which may be more at each
# level of a value: with so many no further level is looked at.
MOST_EXPLAINED_WAYS = 500

_NUMBER = re.compile(r"\+?[0-9]{1,20}")
# What an error says of a value from which members were left out. These hold all the same:
_ALWAYS_TRUE = {
    "type", "maxItems", "maxProperties", "propertyNames", "additionalProperties", "falseSchema",
}  # fmt: skip
# These hold if none of the value's own members was left out, and all others if nothing was.
_OWN_MEMBERS = {"required", "minItems", "minProperties"}


class SliceLimits(NamedTuple):
    """How much of a value is explained at once: so many parts of it, so many levels deep.

    `start` says how many steps to an error come before those in the value.
    """

    parts: int
    levels: int = MOST_EXPLAINED_LEVELS
    start: int = 0


class Piece:
    """A copy of a value with no more members than are explained at once.

    `skip` says how many members are left out at the start of the mapping or list at `place`.
    """

    def __init__(self, value: Any, limits: SliceLimits, place: Tokens = (), skip: int = 0) -> None:
        self.place, self.skip = place, skip
        self._limits = limits
        self.cut: dict[Tokens, int] = {}  # where members were left out, and how many were kept
        self._left = limits.parts
        self.value = self._copy(value, ())

    def _copy(self, value: Any, path: Tokens) -> Any:
        if not isinstance(value, dict | list):
            return value
        kept: list[tuple[Any, Any]] = []
        members = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in islice(members, self.skip if path == self.place else 0, None):
            if not self._left or len(path) == self._limits.levels:
                break
            self._left -= 1
            kept.append((key, self._copy(item, (*path, key))))
        if len(kept) < len(value):
            self.cut[path] = len(kept)
        return dict(kept) if isinstance(value, dict) else [item for _, item in kept]

    def path(self, error: ValidationError) -> Tokens:
        """The steps to what an error is about, in the whole value."""
        path = path_of(self.value, error, self._limits.start)
        depth = len(self.place)
        inside = path[depth : depth + 1] if path[:depth] == self.place else ()
        for index in inside:
            if isinstance(index, int):
                return (*self.place, index + self.skip, *path[depth + 1 :])
        return path

    def tells(self, error: ValidationError) -> bool:
        """Whether an error is one of the whole value too."""
        keyword = error.kind.name
        if not self.cut or keyword in _ALWAYS_TRUE:
            return True
        path = self.path(error)
        if keyword in _OWN_MEMBERS:
            return path not in self.cut
        return all(place[: len(path)] != path for place in self.cut)


def pieces(value: Any, limits: SliceLimits) -> Iterator[Piece]:
    """The value as a whole or, where that is too large, a piece of its longest part at a time."""
    piece = Piece(value, limits)
    yield piece
    places = [place for place in piece.cut if len(place) < limits.levels]
    lengths = {place: len(value_at(value, place)) for place in places}
    place = max(lengths, key=lengths.__getitem__, default=())
    while lengths and piece.skip < lengths[place]:
        # The last that was kept may not be whole.
        skip = piece.skip + max(1, piece.cut.get(place, 1) - 1)
        piece = Piece(value, limits, place, skip)
        yield piece


def path_of(value: Any, error: ValidationError, start: int = 0) -> Tokens:
    """The steps to what an error is about.

    The engine takes a key in digits for an index, and leaves out an empty one.
    """
    path: list[str | int] = []
    for step in error.instance_path[start:]:
        key = _key(value, step)
        while key is None and isinstance(value, dict) and "" in value:
            path.append("")
            value = value[""]
            key = _key(value, step)
        path.append(step if key is None else key)
        value = value_at(value, (path[-1],))
    # An error of `additionalProperties: false` comes with one of the properties.
    while error.kind.name != "falseSchema" and isinstance(value, dict) and "" in value:
        if value == error.instance:
            break
        path.append("")
        value = value[""]
    return tuple(path)


def _key(value: Any, step: str | int) -> str | int | None:
    """The key or index that the engine calls so; None where there is none."""
    if isinstance(value, list):
        return step if isinstance(step, int) and step < len(value) else None
    if not isinstance(value, dict):
        return None
    if str(step) in value:
        return str(step)
    return next((key for key in value if _NUMBER.fullmatch(key) and int(key) == step), None)
