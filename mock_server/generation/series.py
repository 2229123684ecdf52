"""Series: the items of one list by their index, no two with the same id."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from mock_server.generation.schema import Unsatisfiable
from mock_server.generation.schema.lists import identity

# How often an id is drawn before one is made from what was drawn.
_DRAWS = 10
# How often it is drawn before the list is taken for whole.
_LAST_DRAWS = 200
# How far from an id that was drawn another one is looked for.
_STEPS = 5_000


class Series:
    """The items of a list, each made when it is asked for.

    `draw` gives an id for a seed, or the item itself if items have none and are told apart as
    wholes; `accepts` says which may be; `make` makes an item of its index and its id. Without
    `draw` an item is made of its index alone. With `is_alike` all ids look like the first one.
    """

    def __init__(
        self,
        draw: Callable[[str], Any] | None,
        accepts: Callable[[Any], bool],
        make: Callable[[int, Any], Any],
        is_alike: bool = False,
    ) -> None:
        self._draw, self._accepts, self._make = draw, accepts, make
        self._ids: list[Any] = []
        self._indices: dict[Any, int] = {}
        self._is_whole = False
        self._alike: Iterator[Any] | None = None
        self._is_alike = is_alike

    def limited(self, total: int) -> int:
        """How many items there are, but for those behind `total`: ids may run out."""
        return total if self._draw is None else self._known_ids_count(total)

    def item(self, index: int) -> Any:
        """The item at an index below `limited`. Raises Unsatisfiable."""
        own = None
        if self._draw is not None and self._known_ids_count(index + 1) > index:
            own = self._ids[index]
        return self._make(index, own)

    def id_at(self, index: int) -> Any:
        """The id of the item at an index; None if items have none."""
        has_one = self._draw is not None and self._known_ids_count(index + 1) > index
        return self._ids[index] if has_one else None

    def index_of(self, own: Any, total: int) -> int | None:
        """The index of the item with that id among the first ones; a number may come as text."""
        if self._draw is None:
            return None
        self._known_ids_count(total)
        forms = (form for form in (own, _as_number(own)) if form is not None)
        found = (self._indices.get(identity(form)) for form in forms)
        return next((index for index in found if index is not None and index < total), None)

    def _known_ids_count(self, total: int) -> int:
        """How many ids there are, up to `total`, all of them drawn."""
        while len(self._ids) < total and not self._is_whole:
            own = self._another(len(self._ids))
            if own is None:
                self._is_whole = True
            else:
                self._indices[identity(own)] = len(self._ids)
                self._ids.append(own)
        return min(total, len(self._ids))

    def _another(self, index: int) -> Any:
        """An id that isn't there yet; None if none is found.

        If ids are drawn from few, those that look like them come next.
        """
        if self._alike is None and self._is_alike and index:
            self._alike = _neighbours(self._ids[0])
        if self._alike is None:
            own = self._drawn(index, _DRAWS)
            if own is None or identity(own) not in self._indices:
                return own
            self._alike = _neighbours(own)
        fitting = (own for own in self._alike if identity(own) not in self._indices)
        own = next(filter(self._accepts, fitting), None)
        if own is None:
            own = self._drawn(index, _LAST_DRAWS)
        return None if identity(own) in self._indices else own

    def _drawn(self, index: int, draws: int) -> Any:
        """An id that was drawn: a new one if there is any; None if none can be drawn."""
        assert self._draw is not None
        own = None
        for attempt in range(draws):
            with suppress(Unsatisfiable):
                drawn = self._draw(f"{index}/{attempt}" if attempt else f"{index}")
                own = own if drawn is None else drawn
            if own is not None and identity(own) not in self._indices:
                break
        return own


def _as_number(own: Any) -> int | None:
    is_number = isinstance(own, str) and own.isascii() and own.isdigit() and len(own) < 20
    return int(own) if is_number else None


def _neighbours(own: Any) -> Iterator[Any]:
    """Ids near one: the next numbers, or the same text with another number at its end."""
    if isinstance(own, int | float) and not isinstance(own, bool):
        yield from (own + sign * step for step in range(1, _STEPS) for sign in (1, -1))
    elif isinstance(own, str):
        text = own.rstrip("0123456789")
        digits = own[len(text) :]
        begin = int(digits[-9:] or 0)
        numbers = range(begin + 1, begin + _STEPS)
        stem, width = own.removesuffix(digits[-9:]) if digits else own, len(digits[-9:])
        yield from (f"{stem}{number:0{width}d}" for number in numbers)
        yield from (f"{own[: max(0, len(own) - len(str(n)))]}{n}" for n in numbers)
        yield from (f"{own}-{number}" for number in numbers)
