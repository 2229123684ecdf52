"""The parameters of an operation that select a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mock_server.contract import Operation
from mock_server.generation import plain
from mock_server.paging import names
from mock_server.paging.names import Use
from mock_server.paging.places import SchemaPlace, schema_place
from mock_server.schemas import EVERYTHING, Schema

_DATES = {"date", "date-time", "time"}
# Objects that hold the paging parameters of a query or a body.
_HOLDERS = {"page", "pagination", "paging", "page_info", "page_request"}
# The same names select a page in the body of a search and in a query.
_TABLE = (
    (names.SIZES, Use.SIZE),
    (names.NUMBERS, Use.NUMBER),
    (names.OFFSETS, Use.OFFSET),
    (names.CURSORS, Use.AFTER),
    (names.BACKWARD, Use.BEFORE),
)


@dataclass(frozen=True, eq=False)
class PageParameter:
    """A parameter that selects a page; `steps` lead to its value among the arguments of `location`.

    `key` is its name in snake_case, `wire` is its name in a query. `base` is the number
    of the first page, or the offset of the first item.
    """

    use: Use
    location: str
    steps: tuple[str, ...]
    key: str
    wire: str
    place: SchemaPlace | None
    base: int = 0

    @property
    def is_vague(self) -> bool:
        """Whether the name means a page only if something else names pages, too."""
        return self.key in names.AMBIGUOUS

    @property
    def default(self) -> int | None:
        """The default of a number."""
        return self.place.number("default") if self.place else None

    def sent(self, query: Mapping[str, Any], body: Any) -> Any:
        """Return the value of the parameter in a request; None if it wasn't sent."""
        value: Any = query if self.location == "query" else body
        for step in self.steps:
            if not isinstance(value, Mapping) or step not in value:
                return None
            value = value[step]
        return value


def page_parameters(operation: Operation) -> list[PageParameter]:
    """Return the page parameters that an operation declares in its query or its JSON body."""
    found = [*_in_query(operation)]
    if operation.method != "GET":
        found += _in_body(operation)
    return found


def implicit_parameter(wire: str, use: Use) -> PageParameter:
    """Return an undeclared parameter that links to other pages use."""
    base = 1 if use is Use.NUMBER else 0
    return PageParameter(use, "query", (wire,), plain(wire), wire, None, base)


def _in_query(operation: Operation) -> Iterator[PageParameter]:
    for parameter in operation.parameters:
        if parameter.location != "query" or parameter.schema is None:
            continue
        place = schema_place(parameter.schema, parameter.name)
        own = _parameter(place, "query", (parameter.name,), parameter.name)
        if own is not None:
            yield own
        elif plain(parameter.name) in _HOLDERS:
            yield from _held(place, "query", (parameter.name,))


def _in_body(operation: Operation) -> Iterator[PageParameter]:
    for place in map(schema_place, _json_bodies(operation)):
        for name, member in place.members.items():
            own = _parameter(member, "body", (name,), name)
            if own is not None:
                yield own
            elif plain(name) in _HOLDERS:
                yield from _held(member, "body", (name,))


def _json_bodies(operation: Operation) -> list[Schema]:
    content = operation.body.content if operation.body else {}
    return [c.schema for key, c in content.items() if "json" in key and c.schema is not None][:1]


def _held(place: SchemaPlace, location: str, steps: tuple[str, ...]) -> Iterator[PageParameter]:
    """Yield the parameters in an object such as `page`, for example `page[number]`."""
    for name, member in place.members.items():
        named = SchemaPlace(f"page_{name}", member.certain, member.possible, member.required)
        for place_by_name in (named, member):
            own = _parameter(place_by_name, location, (*steps, name), f"{steps[0]}[{name}]")
            if own is not None:
                yield own
                break


def _parameter(
    place: SchemaPlace, location: str, steps: tuple[str, ...], wire: str
) -> PageParameter | None:
    key = plain(place.name)
    use = next((use for table, use in _TABLE if key in table), None)
    if use is None or place.formats & _DATES:
        return None
    is_whole = "integer" in place.types
    is_text = "string" in place.types and place.types != EVERYTHING
    if use in (Use.NUMBER, Use.OFFSET) and not is_whole:
        if not is_text or key in names.AMBIGUOUS:
            return None
        use = Use.AFTER  # a token that is called a page
    if use is Use.OFFSET and is_text:
        use = Use.AFTER  # the id of an item, which may be a number or a text
    if not (is_whole or is_text) or (use is Use.SIZE and not is_whole and key in names.AMBIGUOUS):
        return None
    return PageParameter(use, location, steps, key, wire, place, _base(use, key, place))


def _base(use: Use, key: str, place: SchemaPlace) -> int:
    """Return the first number: 0 or 1, by the minimum, the default or the name."""
    numbers = [place.number("minimum"), place.number("default")]
    if (least := place.number("exclusiveMinimum")) is not None:
        numbers.insert(0, least + 1)
    usual = int(
        key in {"start_index", "startindex"}
        if use is Use.OFFSET
        else key not in {"page_index", "pageindex"}
    )
    return next((number for number in numbers if number in (0, 1)), usual)
