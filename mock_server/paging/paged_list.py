"""Paged lists: how an operation pages its list, compiled once, and the page that is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qsl

from mock_server.bodies import is_stream
from mock_server.contract import Content, Header, Operation, Response
from mock_server.documents import BrokenRef
from mock_server.generation import plain
from mock_server.http_messages import parse_media_type
from mock_server.paging import names
from mock_server.paging.layout import Fact, Layout, PageMember, layout_of
from mock_server.paging.names import Use
from mock_server.paging.parameters import PageParameter, implicit_parameter, page_parameters
from mock_server.paging.places import Place, SchemaPlace, schema_place
from mock_server.paging.tokens import Spot, TokenForm, token_form
from mock_server.paging.window import (
    MOST_ITEMS,
    USUAL_ITEMS,
    Page,
    SizeRange,
    page_at,
    page_before,
)
from mock_server.schemas import Schema

_FACTS = {
    Use.SIZE: Fact.SIZE,
    Use.NUMBER: Fact.NUMBER,
    Use.OFFSET: Fact.OFFSET,
    Use.AFTER: Fact.SENT,
}
# Members that make a list one of pages although no parameter names any.
_SIGNS = (Fact.MORE, Fact.IS_LAST, Fact.PAGES, Fact.TOTAL, Fact.NUMBER, Fact.REMAINING)
# Those by which a client sees that a list is over.
_ENDINGS = (Fact.MORE, Fact.IS_LAST, Fact.PAGES, Fact.TOTAL, Fact.REMAINING)
_METHODS = {"GET", "QUERY", "POST"}


class Items(Protocol):
    """The items of a list."""

    def total(self, size: int) -> int:
        """Return how many items there are if a page has `size` items."""

    def index_of(self, own: Any, total: int) -> int | None:
        """Return the index of the item with an id, if it's among the first ones."""

    def id_at(self, index: int) -> Any:
        """Return the id of the item at an index; None if items have none."""

    def token(self, index: int) -> Any:
        """Return a token for an index, used if no usual form fits; None if there is none."""


class Sent(NamedTuple):
    """The page that a request asks for, as it was sent; None for what the request leaves open.

    `after` and `before` are tokens or ids. `preferred` is the size that `Prefer` or a setting
    names.
    """

    size: int | None = None
    number: int | None = None
    offset: int | None = None
    after: Any = None
    before: Any = None
    preferred: int | None = None

    @property
    def says_nothing(self) -> bool:
        """Whether the request names no page."""
        return self._replace(preferred=None) == Sent()


@dataclass(frozen=True, eq=False)
class PagedList:
    """How one operation pages the list of one body.

    `main` is the parameter that selects another page; None if there is none. `form` is the form
    of the tokens of `main`.
    """

    layout: Layout
    parameters: tuple[PageParameter, ...]
    main: PageParameter | None
    form: TokenForm | None
    has_link_header: bool = False

    @property
    def style(self) -> str:
        """The style in words, for explanations."""
        if self.main is None:
            return "a single page"
        kind = {Use.NUMBER: "page number", Use.OFFSET: "offset"}.get(self.main.use, "cursor")
        return f"{kind} in {self.main.wire}"

    @cached_property
    def allowed(self) -> SizeRange:
        """How many items the list may have."""
        place = self.layout.items
        if not isinstance(place, SchemaPlace):
            return SizeRange()
        low, high = place.number("minItems"), place.number("maxItems")
        return SizeRange(low or 0, MOST_ITEMS if high is None else high)

    @cached_property
    def size_parameter(self) -> PageParameter | None:
        """The parameter for the number of items of a page."""
        return self._parameter(Use.SIZE)

    @cached_property
    def _numbers(self) -> PageParameter | None:
        return self._parameter(Use.NUMBER)

    @cached_property
    def _offsets(self) -> PageParameter | None:
        return self._parameter(Use.OFFSET)

    def has(self, use: Use) -> bool:
        """Return whether there is a parameter of that use."""
        return self._parameter(use) is not None

    def _parameter(self, use: Use) -> PageParameter | None:
        return next((p for p in self.parameters if p.use is use), None)

    @property
    def first_number(self) -> int:
        """The number of the first page."""
        return 1 if self._numbers is None else self._numbers.base

    @property
    def first_offset(self) -> int:
        """The offset of the first item."""
        return 0 if self._offsets is None else self._offsets.base

    @cached_property
    def position_names(self) -> list[str]:
        """The query parameters for a position; links to other pages replace them."""
        moving = (p for p in self.parameters if p.use is not Use.SIZE and p.location == "query")
        return [p.wire for p in moving]

    def sent(self, query: Mapping[str, Any], body: Any, raw_query: str) -> Sent:
        """Return what a request states about the page that it asks for."""
        found: dict[Use, Any] = {}
        for parameter in self.parameters:
            value = parameter.sent(query, body)
            if parameter.place is None:  # not declared, so not among the parsed arguments
                value = dict(parse_qsl(raw_query)).get(parameter.wire)
            if value is not None and value != "":
                found.setdefault(parameter.use, value)
        return Sent(
            _whole(found.get(Use.SIZE)),
            _whole(found.get(Use.NUMBER)),
            _whole(found.get(Use.OFFSET)),
            found.get(Use.AFTER),
            found.get(Use.BEFORE),
        )

    def page(self, sent: Sent, items: Items, own_size: int | None = None) -> Page:
        """Return the page that a request asks for; `own_size` is the page size of an example."""
        by_ids = self.is_by_ids and items.id_at(0) is not None
        token = None if by_ids else self._read(sent.after) or self._read(sent.before)
        size = self._size(sent, token, own_size)
        total = items.total((token.size if token else 0) or size or self._usual_size(own_size))
        if self.main is None:
            return Page(size, 0, min(size, total), min(size, total))
        if sent.before is not None and sent.after is None:
            end = self._index(sent.before, token, items, total, behind=0)
            end = total if end is None else end
            return page_before(end, size, total, self.allowed)
        first = self._first(sent, token, size, items, total)
        if first is None:  # unknown token: the end of an example, or a last page
            first = total if own_size else max(0, total - 1) // max(1, size) * size
        return page_at(first, size, total, self.allowed)

    def _size(self, sent: Sent, token: Spot | None, own_size: int | None) -> int:
        of_token = token.size if token is not None and token.size else None
        for size in (sent.size, of_token, own_size, sent.preferred):
            if size is not None:
                return self.allowed.clamped(max(0, size))
        return self._usual_size(None)

    def _usual_size(self, own_size: int | None) -> int:
        parameter = self.size_parameter
        default = parameter.default if parameter and self.main is not None else None
        return self.allowed.clamped(own_size or default or USUAL_ITEMS)

    def _first(
        self, sent: Sent, token: Spot | None, size: int, items: Items, total: int
    ) -> int | None:
        """Return the index of the first item that is asked for; None if the token is unknown."""
        if sent.after is not None:
            found = self._index(sent.after, token, items, total, behind=1)
            return self._counted(sent.after, size) if found is None else found
        if sent.number is not None:
            return max(0, sent.number - self.first_number) * size
        if sent.offset is not None:
            return max(0, sent.offset - self.first_offset)
        return 0

    def _index(
        self, own: Any, token: Spot | None, items: Items, total: int, behind: int
    ) -> int | None:
        """Return the index that a token or an id means; None if it is unknown.

        `behind` is 1 if the page begins behind the item with that id.
        """
        if token is not None:
            return token.at
        found = items.index_of(own, total)
        if found is not None:
            return found + behind
        if self.form is not None:
            return None
        return next((index for index in range(total) if items.token(index) == own), None)

    def _counted(self, own: Any, size: int) -> int | None:
        """Return the index that a page number or an offset sent as a string means; else None."""
        number, key = _whole(own), self.main.key if self.main else ""
        if number is None or key not in names.NUMBERS | names.OFFSETS:
            return None
        return number if key in names.OFFSETS else max(0, number - 1) * size

    def _read(self, token: Any) -> Spot | None:
        return None if token is None or self.form is None else self.form.read(token)

    def position(self, index: int, page: Page, items: Items) -> Any:
        """Return what a client sends for the page that begins at an index; None if it can't."""
        if self.main is None:
            return None
        if self.main.use is Use.NUMBER:
            return (index // page.size if page.size else 0) + self.first_number
        if self.main.use is Use.OFFSET:
            return index + self.first_offset
        if self.is_by_ids and items.id_at(0) is not None:
            return items.id_at(index - 1) if index else None
        return self.form.write(Spot(index, page.size)) if self.form else items.token(index)

    @cached_property
    def is_by_ids(self) -> bool:
        """Whether a client sends an item's id for the next page, as the reply has no token."""
        is_cursor = self.main is not None and self.main.use is Use.AFTER
        return is_cursor and not any(m.fact is Fact.TOKEN for m in _flat(self.layout.next))

    @cached_property
    def size_names(self) -> list[str]:
        """The names of the query parameters for a size."""
        return [p.wire for p in self.parameters if p.use is Use.SIZE and p.location == "query"]

    def without_position(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return a request's body without the members that select the page."""
        own = {p.steps[0] for p in self.parameters if p.location == "body"}
        return {name: value for name, value in body.items() if name not in own}

    @cached_property
    def item_schema(self) -> Schema | None:
        """The schema of an item; None if nothing limits it."""
        place = self.layout.items.item
        return place.possible[0] if isinstance(place, SchemaPlace) else None

    @cached_property
    def item_cursor(self) -> str | None:
        """The member of an item that holds its cursor, as an edge of GraphQL does."""
        place = _edge_cursor(self.layout)
        is_cursor = self.form is not None and self.main is not None and self.main.use is Use.AFTER
        return place.name if place is not None and is_cursor else None

    @cached_property
    def is_unique(self) -> bool:
        """Whether the items have to differ from each other."""
        place = self.layout.items
        return isinstance(place, SchemaPlace) and place.says("uniqueItems", True)

    def size_in(self, example: Any) -> int:
        """Return the page size that an example states; 0 if it states none."""
        given = (value_at(example, m.steps) for m in self.layout.of(Fact.SIZE))
        return max((_whole(size) or 0 for size in given), default=0)

    def goes_on(self, example: Any) -> bool:
        """Return whether an example states that there is another page."""
        leading = [m.inner or (m,) for m in self.layout.next]
        given = [value_at(example, one.steps) for ones in leading for one in ones]
        more = [value_at(example, m.steps) for m in self.layout.of(Fact.MORE)]
        return any(value not in (None, "", []) for value in given) or True in more

    @cached_property
    def endless(self) -> list[PageMember]:
        """The members that lead to a next page from every page, if none can mark the end."""
        is_counted = self.main is None or self.main.use in (Use.NUMBER, Use.OFFSET)
        if (is_counted and not self.layout.next) or self.layout.of(*_ENDINGS):
            return []
        if any(map(can_be_silent, self.layout.next)):
            return []
        return self.layout.next


def can_be_silent(member: PageMember) -> bool:
    """Return whether a member can state that there is no such page."""
    place = member.place
    if member.fact is Fact.LINKS or not place.required:
        return True
    if place.accepts(None) or ("string" in place.types and place.accepts("")):
        return True
    return bool(member.inner) and all(map(can_be_silent, member.inner))


def paging_of(
    operation: Operation, response: Response, key: str | None, is_strict: bool = False
) -> PagedList | None:
    """Return how an operation pages the list of a declared body; None if it has none."""
    content = response.content.get(key) if key is not None else None
    if content is None or content.schema is None or content.item_schema is not None:
        return None
    with suppress(ValueError):
        if is_stream(parse_media_type(content.key)):
            return None
    with suppress(BrokenRef):  # whoever checks the document reports it
        return paged_list(operation, schema_place(content.schema), response.headers, is_strict)
    return None


def whole_list(operation: Operation, content: Content) -> PagedList | None:
    """Return the list of a body that has no pages; None if it has no list."""
    if content.schema is None:
        return None
    with suppress(BrokenRef):  # whoever checks the document reports it
        layout = layout_of(schema_place(content.schema), operation.path, {})
        return PagedList(layout, (), None, None) if layout is not None else None
    return None


def paging_style(operation: Operation) -> str | None:
    """Return the style in which an operation pages its usual reply's list; None without one."""
    usual = operation.lowest_success
    if usual is None:
        return None
    found = (paging_of(operation, usual[1], key) for key in usual[1].content)
    return next((paged.style for paged in found if paged is not None), None)


def value_at(value: Any, steps: tuple[str, ...]) -> Any:
    """Return the value at those steps in a body; None if there is nothing."""
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def paged_list(
    operation: Operation, place: Place, headers: Sequence[Header], is_strict: bool
) -> PagedList | None:
    """Return how an operation pages the list of a body; None if it has none.

    `is_strict` means that undeclared parameters are refused. Then links can't use one.
    """
    if operation.method not in _METHODS:
        return None
    parameters = page_parameters(operation)
    layout = layout_of(
        place, operation.path, {p.key: _FACTS[p.use] for p in parameters if p.use in _FACTS}
    )
    if layout is None:
        return None
    has_link_header = any(header.name.lower() == "link" for header in headers)
    is_marked = bool(layout.next or layout.of(*_SIGNS)) or has_link_header
    parameters = _meant(parameters, is_marked)
    if operation.method == "POST" and not (
        is_marked and any(p.use is not Use.SIZE for p in parameters)
    ):
        return None
    main = _main(parameters, layout)
    if main is None and (layout.next or has_link_header) and not is_strict:
        main = _implicit(layout)
        parameters = [*parameters, main]
    is_single = main is None and (parameters or (is_marked and not operation.path.endswith("}")))
    if main is None and not is_single:
        return None
    form = token_form(_token_places(main, layout)) if main else None
    return PagedList(layout, tuple(parameters), main, form, has_link_header)


def _meant(parameters: list[PageParameter], is_marked: bool) -> list[PageParameter]:
    """Return the parameters that mean a page.

    Without other signs of pages, `from` may be a date, and `top` a rank.
    """
    firm = [p for p in parameters if not p.is_vague]
    sizes = [p for p in firm if p.use is Use.SIZE]
    return parameters if is_marked or sizes else firm


def _main(parameters: Sequence[PageParameter], layout: Layout) -> PageParameter | None:
    """Return the parameter by which a client gets to the next page; None without one."""
    by_use: dict[Use, PageParameter] = {}
    for parameter in parameters:
        by_use.setdefault(parameter.use, parameter)
    tokens = [m for m in _flat(layout.next) if m.fact is Fact.TOKEN]
    for member in tokens:
        for parameter in parameters:
            if parameter.use is not Use.SIZE and parameter.key == plain(member.place.name):
                return parameter
    order = [Use.NUMBER, Use.OFFSET, Use.AFTER]
    if tokens or layout.of(Fact.LAST_ID, Fact.SENT):
        order.insert(0, Use.AFTER)
    return next((by_use[use] for use in order if use in by_use), None)


def _implicit(layout: Layout) -> PageParameter:
    """Return a parameter for links if none is declared, named after a token of the reply."""
    tokens = [m for m in _flat(layout.next) if m.fact is Fact.TOKEN]
    if not tokens:
        return implicit_parameter("page", Use.NUMBER)
    name = plain(tokens[0].place.name)
    return implicit_parameter(name.removeprefix("next_"), Use.AFTER)


def _token_places(main: PageParameter, layout: Layout) -> Iterable[Place]:
    if main.place is not None:
        yield main.place
    if main.use is Use.AFTER:
        yield from (m.place for m in _flat(layout.next) if m.fact in (Fact.TOKEN, Fact.AT_OFFSET))
        if (cursor := _edge_cursor(layout)) is not None:
            yield cursor


def _edge_cursor(layout: Layout) -> Place | None:
    """Return the place of the cursor in an edge of GraphQL's connections."""
    members = layout.items.item.members if layout.items.item else {}
    return members.get("cursor") if "node" in members else None


def _flat(members: Iterable[PageMember]) -> list[PageMember]:
    return [one for member in members for one in (member, *member.inner)]


def _whole(value: Any) -> int | None:
    """Return a whole number, which may have come as text; None if it is none."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
