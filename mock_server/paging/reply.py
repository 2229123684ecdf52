"""A page put into a reply: its items, and the members and headers that describe it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mock_server.contract import Header
from mock_server.generation import plain
from mock_server.paging import names
from mock_server.paging.layout import Fact, PageMember, Steps
from mock_server.paging.links import RELATIONS, Address, link_forms, link_header
from mock_server.paging.names import Use
from mock_server.paging.paged_list import Items, PagedList, Sent
from mock_server.paging.places import Place, schema_place
from mock_server.paging.window import Page

_NUMERIC = {"integer", "number"}


class _Nothing:
    """A mark for a member that is left out, or for one that stays as it is."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Any = _Nothing()
# What stands for a member that stays as it is.
KEPT: Any = _Nothing()


@dataclass(frozen=True, eq=False)
class PageReply:
    """One page on its way into a reply; `ids` are those of its first and its last item."""

    paged: PagedList
    page: Page
    sent: Sent
    address: Address
    items: Items
    ids: tuple[Any, Any] = (None, None)

    # The value of a member

    def value(self, member: PageMember) -> Any:
        """Return the value of a member; None if the page has none for it."""
        page, fact = self.page, member.fact
        if fact in _FIGURES:
            return _fitting(_FIGURES[fact](page), member.place)
        if fact is Fact.SIZE:
            return _fitting(page.size, member.place)
        if fact is Fact.NUMBER:
            return _fitting(page.number + self._first_number(member), member.place)
        if fact is Fact.OFFSET:
            return _fitting(page.first + self.paged.first_offset, member.place)
        if fact in (Fact.FIRST_ID, Fact.LAST_ID):
            return _fitting(self.ids[fact is Fact.LAST_ID], member.place)
        return self._elsewhere(member)

    def _elsewhere(self, member: PageMember) -> Any:
        """Return the value of a member that leads to other pages or repeats the request."""
        fact = member.fact
        if fact is Fact.SENT:
            return self.sent.after
        if fact is Fact.LIST_NAME:
            return self.paged.layout.steps[-1]
        if fact is Fact.PATH:
            return self._link_as(member.place, "")
        if fact is Fact.LINK:
            return self.link(member)
        if fact is Fact.LINKS:
            return self._links(member.place)
        return self._position(member)

    def _first_number(self, member: PageMember) -> int:
        """Return the number of the first page, by the parameter or by the member itself."""
        if self.paged.has(Use.NUMBER):
            return self.paged.first_number
        hints = [hint for hint in member.place.hints if hint in (0, 1) and hint is not True]
        return 0 if plain(member.place.name) == "number" or hints[:1] == [0] else 1

    def index(self, relation: str) -> int | None:
        """Return the index of another page's first item; None if there is no such page."""
        page = self.page
        known: dict[str, int | None] = {
            "next": page.end if page.has_next else None,
            "previous": page.previous if page.has_previous else None,
            "first": 0,
            "last": page.last,
        }
        return known.get(relation)

    def _position(self, member: PageMember) -> Any:
        index = self.index(member.relation)
        if member.relation == "previous" and index is not None and self.paged.has(Use.BEFORE):
            index = self.page.first  # the client sends it back for the items before it
        if index is None:
            return None
        if member.fact is Fact.AT_NUMBER:
            number = index // self.page.size if self.page.size else 0
            return _fitting(number + self._first_number(member), member.place)
        is_offset = member.fact is Fact.AT_OFFSET and not self.paged.has(Use.AFTER)
        if is_offset:
            return _fitting(index + self.paged.first_offset, member.place)
        return _fitting(self.paged.position(index, self.page, self.items), member.place)

    # Links

    def link(self, member: PageMember) -> str | None:
        """Return a link in the form that fits its place; None if there is no such page."""
        query = self._query(member.relation)
        return None if query is None else self._link_as(member.place, query)

    def _link_as(self, place: Place, query: str) -> str | None:
        texts = [self.address.written(form, query) for form in link_forms(place)]
        return next(filter(place.accepts, texts), None)

    def _query(self, relation: str) -> str | None:
        """Return the query that leads to another page; None if there is no such page."""
        if relation == "self":
            return self.address.query
        index, main = self.index(relation), self.paged.main
        if index is None or main is None or main.location != "query":
            return None
        added: dict[str, object] = self._size_asked()
        if index or main.use is Use.NUMBER:
            added[main.wire] = self.paged.position(index, self.page, self.items)
        return self.address.with_query(self.paged.position_names, added)

    def _size_asked(self) -> dict[str, object]:
        """Return the size, if neither the query nor a default carries it to the next request."""
        parameter = self.paged.size_parameter
        is_known = self.sent.size is not None or self.sent.preferred is None
        if parameter is None or parameter.location != "query" or is_known:
            return {}
        return {parameter.wire: self.page.size}

    def absolute(self, relation: str) -> str | None:
        """Return the absolute link to another page; None if there is no such page."""
        query = self._query(relation)
        return None if query is None else self.address.written("absolute", query)

    @property
    def link_header(self) -> str | None:
        """The value of a `Link` header."""
        return link_header({relation: self.absolute(relation) for relation in RELATIONS})

    def _links(self, place: Place) -> list[dict[str, Any]] | None:
        """Return a list of links, each with its relation; None if its place doesn't allow it."""
        keys = {plain(name): name for name in (place.item.members if place.item else ())}
        url = next((keys[key] for key in ("href", "url", "uri") if key in keys), None)
        if url is None:
            return None
        if "label" in keys and "rel" not in keys:
            made = [*self._labelled(url, keys)]
        else:
            rel = next(keys[key] for key in ("rel", "relation", "label") if key in keys)
            found = {r: self.absolute(r) for r in ("self", "first", "previous", "next", "last")}
            made = [{rel: RELATIONS.get(r, r), url: link} for r, link in found.items() if link]
        ordered = [{n: link[n] for n in keys.values() if n in link} for link in made]
        return ordered if place.accepts(ordered) else None

    def _labelled(self, url: str, keys: Mapping[str, str]) -> Iterable[dict[str, Any]]:
        """Yield links for the buttons below a table, as Laravel gives them."""
        label, active = keys["label"], keys.get("active")
        numbers = [
            (str(n + 1), self._to(n * self.page.size), n == self.page.number)
            for n in range(self.page.pages)
        ]
        before = ("&laquo; Previous", self.absolute("previous"), False)
        behind = ("Next &raquo;", self.absolute("next"), False)
        for text, link, is_active in (before, *numbers, behind):
            yield {url: link, label: text} | ({active: is_active} if active else {})

    def _to(self, index: int) -> str | None:
        main = self.paged.main
        if main is None or main.location != "query":
            return None
        added = {**self._size_asked(), main.wire: self.paged.position(index, self.page, self.items)}
        query = self.address.with_query(self.paged.position_names, added)
        return self.address.written("absolute", query)

    # The whole

    def body(self, body: Any, items: list[Any], is_example: bool = False) -> Any:
        """Return a body with the page's items, and with members that describe the page.

        Members that an example lacks aren't added to it.
        """
        layout = self.paged.layout
        if not layout.steps:
            return items
        body = _put(body, layout.steps, items)
        for member in layout.members:
            if not is_example or _has(body, member.steps):
                body = self._with(body, member, is_example)
        return body if is_example else _in_order(body, layout.orders)

    def _with(self, body: Any, member: PageMember, is_example: bool) -> Any:
        if member.fact is Fact.OTHER_PAGE:
            return self._with_other_page(body, member, is_example)
        value = self.value(member)
        if value is None:
            value = self._silent(member)
        elif not member.place.accepts(value):
            return body
        if value is KEPT:
            return body
        return _put(body, member.steps, value)

    def _with_other_page(self, body: Any, member: PageMember, is_example: bool) -> Any:
        if self.index(member.relation) is None:
            silence = self._silent(member)
            if silence is not KEPT:
                return _put(body, member.steps, silence)
        if not isinstance(_at(body, member.steps), dict):
            body = _put(body, member.steps, {})
        for inner in member.inner:
            if not is_example or _has(body, inner.steps):
                body = self._with(body, inner, is_example)
        return body

    def _silent(self, member: PageMember) -> Any:
        """Return what states that there is no such page: null, ABSENT, or the empty string.

        Objects of HAL and the like are left out rather than null. If a schema allows none of
        these, the value leads to the page behind the end. That page is empty, with another token.
        """
        place = member.place
        is_optional = not place.required
        if is_optional and (member.fact is Fact.OTHER_PAGE and _is_in_links(member.steps)):
            return ABSENT
        if place.accepts(None):
            return None
        if is_optional:
            return ABSENT
        if "string" in place.types and place.accepts(""):
            return ""
        beyond = replace(self, page=replace(self.page, goes_on=True, count=max(1, self.page.count)))
        found = beyond.value(member) if member.fact is not Fact.OTHER_PAGE else None
        return KEPT if found is None else found

    def headers(self, declared: Iterable[Header]) -> dict[str, Any]:
        """Return the value of each declared header about the page; None for no header."""
        found: dict[str, Any] = {}
        for header in declared:
            if header.name.lower() == "link":
                text = self.link_header or (None if not header.required else "")
                if text is None or _takes(header, text):
                    found[header.name] = text
            elif header.schema is not None and (fact := header_fact(header.name)):
                place = schema_place(header.schema, header.name)
                value = self.value(PageMember((), fact[0], place, fact[1]))
                if value is not None and place.accepts(value):
                    found[header.name] = value
                elif value is None:
                    found[header.name] = "" if header.required else None
        return found


_FIGURES: Mapping[Fact, Callable[[Page], int | bool | None]] = {
    Fact.TOTAL: lambda page: page.total,
    Fact.COUNT: lambda page: page.count,
    Fact.PAGES: lambda page: page.pages,
    Fact.FROM: lambda page: page.first + 1 if page.count else None,
    Fact.TO: lambda page: page.end if page.count else None,
    Fact.REMAINING: lambda page: max(0, page.total - page.end),
    Fact.MORE: lambda page: page.has_more,
    Fact.NOT_FIRST: lambda page: page.has_previous,
    Fact.IS_LAST: lambda page: not page.has_more,
    Fact.IS_FIRST: lambda page: not page.has_previous,
    Fact.IS_EMPTY: lambda page: page.count == 0,
}
_HEADERS: tuple[tuple[frozenset[str], tuple[Fact, str]], ...] = (
    (names.TOTALS | {"count"}, (Fact.TOTAL, "")),
    (names.TOTAL_PAGES, (Fact.PAGES, "")),
    (names.SIZES, (Fact.SIZE, "")),
    (names.NUMBERS, (Fact.NUMBER, "")),
    (names.OFFSETS, (Fact.OFFSET, "")),
    (names.MORE, (Fact.MORE, "")),
    (frozenset({"next_page", "next"}), (Fact.AT_NUMBER, "next")),
    (frozenset({"prev_page", "previous_page", "prev"}), (Fact.AT_NUMBER, "previous")),
    (frozenset({"next_cursor", "next_page_token", "cursor"}), (Fact.TOKEN, "next")),
)


def _takes(header: Header, text: str) -> bool:
    """Return whether a header's schema accepts a text; it may ask for something else."""
    try:
        return header.schema is None or header.schema.is_valid(header.decode(text))
    except ValueError:
        return False


def header_fact(name: str) -> tuple[Fact, str] | None:
    """Return the fact that a header such as `X-Total-Count` states, and its relation."""
    key = plain(name).removeprefix("x_").removeprefix("pagination_").removeprefix("paging_")
    if key == plain(name) and "_" not in key:
        return None  # `From`, `Range` and the like are HTTP's own
    return next((fact for table, fact in _HEADERS if key in table), None)


def _fitting(value: Any, place: Place) -> Any:
    """Return a whole number as text if its place allows no number, else the value itself."""
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_whole and not place.types & _NUMERIC else value


def _is_in_links(steps: Steps) -> bool:
    return any(plain(step) in names.LINK_CONTAINERS for step in steps[:-1])


def _at(body: Any, steps: Steps) -> Any:
    for step in steps:
        if not isinstance(body, dict) or step not in body:
            return ABSENT
        body = body[step]
    return body


def _has(body: Any, steps: Steps) -> bool:
    return _at(body, steps) is not ABSENT


def _put(body: Any, steps: Steps, value: Any) -> Any:
    """Return the body with a value at those steps; objects around it are copied, or created."""
    if not steps:
        return value
    around = dict(body) if isinstance(body, dict) else {}
    name, rest = steps[0], steps[1:]
    if value is ABSENT and (not rest or not isinstance(around.get(name), dict)):
        if not rest:
            around.pop(name, None)
        return around
    around[name] = _put(around.get(name), rest, value)
    return around


def _in_order(body: Any, orders: Mapping[Steps, tuple[str, ...]]) -> Any:
    """Return the body with the members of its objects in their declared order."""
    for steps, order in orders.items():
        found = _at(body, steps)
        if isinstance(found, dict):
            sorted_ = {name: found[name] for name in order if name in found}
            body = _put(body, steps, sorted_ | found) if list(found) != list(sorted_) else body
    return body
