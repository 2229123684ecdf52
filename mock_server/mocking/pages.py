"""Pages: lists that are made up or written as an example, cut to the page that is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any, NamedTuple

import orjson

from mock_server.contract import Example, Operation, Response
from mock_server.generation import Entities, Made, Series, Unsatisfiable, ValueShape
from mock_server.http_messages import Request
from mock_server.mocking.negotiation import ReplyChoice
from mock_server.paging import (
    Page,
    PagedList,
    PageReply,
    Sent,
    SizeRange,
    ValuePlace,
    address_of,
    paged_list,
    paging_of,
    total_of,
    value_at,
    whole_list,
)
from mock_server.parameters import encode as wire_text
from mock_server.schemas import Schema
from mock_server.state import ListedItems
from mock_server.validation import Arguments, without_preferences

# The schema of items that no schema describes.
_ANYTHING = Made({})


class PagedDraft(NamedTuple):
    """A body with one page of its list; a header that is None is to be left out.

    `why` says which page of how many it is, and of what style.
    """

    value: Any
    headers: Mapping[str, str | None]
    why: str


class PageRequest(NamedTuple):
    """A request for a page, with the choice of its reply."""

    choice: ReplyChoice
    request: Request
    arguments: Arguments

    def sent(self, paged: PagedList, preferred: int | None) -> Sent:
        """What it says of the page that it wants."""
        query = without_preferences(self.request.query)
        sent = paged.sent(self.arguments.query, self.arguments.body, query)
        return sent._replace(preferred=preferred)

    def seed(self, paged: PagedList, method: str) -> str:
        """A seed for the list: the same for all of its pages."""
        query = without_preferences(self.request.query)
        address = address_of(self.request._replace(query=query))
        body = self.arguments.body
        if isinstance(body, dict):
            body = paged.without_position(body)
            option = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS
            body = blake2b(
                orjson.dumps(body, default=str, option=option), digest_size=16
            ).hexdigest()
        else:
            body = ""
        rest = address.with_query([*paged.position_names, *paged.size_names], {})
        choice = self.choice
        return f"{method} {address.path}?{rest}\n{body}\n{choice.status} {choice.key}"


@dataclass(frozen=True)
class MadeUpItems:
    """The items of a list that is made up."""

    series: Series
    allowed: SizeRange
    entities: Entities
    main: Schema | None
    seeds: tuple[str, str]

    def total(self, size: int) -> int:
        """Three pages of that size, unless there aren't so many different items."""
        return self.series.limited(total_of(size, self.allowed))

    def index_of(self, own: Any, total: int) -> int | None:
        """The index of the item with an id."""
        return self.series.index_of(own, total)

    def id_at(self, index: int) -> Any:
        """The id of the item at an index; None if items have none."""
        return self.series.id_at(index)

    def token(self, index: int) -> Any:
        """A value that the parameter may have, another one for each index."""
        if self.main is None:
            return None
        world, seed = self.seeds
        shape = ValueShape(exemplary=False)
        try:
            return self.entities.value(self.main, (world, f"{seed}\n{index}"), {}, shape)
        except Unsatisfiable:
            return None


@dataclass(frozen=True)
class GivenItems:
    """The items of an example's list."""

    items: list[Any]

    def total(self, size: int) -> int:
        """All of them."""
        return len(self.items)

    def index_of(self, own: Any, total: int) -> int | None:
        """The index of the item with an id."""
        ids = (str(id_of(item)) for item in self.items)
        return next((index for index, known in enumerate(ids) if known == str(own)), None)

    def id_at(self, index: int) -> Any:
        """The id of the item at an index; None if it has none."""
        return id_of(self.items[index]) if 0 <= index < len(self.items) else None

    def token(self, index: int) -> Any:
        """None: there is no schema to make one of."""
        return None


class Pager:
    """Cuts the lists of one operation's replies to pages.

    `is_strict` says that parameters which aren't declared are refused.
    """

    def __init__(self, operation: Operation, entities: Entities, is_strict: bool) -> None:
        self._operation = operation
        self._entities = entities
        self._is_strict = is_strict
        self._by_schema: dict[tuple[str, str | None], PagedList | None] = {}
        self._whole: dict[tuple[str, str], PagedList | None] = {}
        self._by_example: dict[tuple[str, str | None, str], PagedList | None] = {}

    def plan(self, response: Response, key: str | None) -> PagedList | None:
        """How the list of a declared body is paged; None if it isn't."""
        found = (response.code, key)
        if found not in self._by_schema:
            self._by_schema[found] = paging_of(self._operation, response, key, self._is_strict)
        return self._by_schema[found]

    def made_up(
        self,
        asked: PageRequest,
        paged: PagedList,
        body: Any,
        seeds: tuple[str, str],
        shape: ValueShape,
    ) -> PagedDraft | None:
        """A made-up body with the page that is asked for; None if that would break its schema.

        Raises Unsatisfiable.
        """
        sent = asked.sent(paged, shape.items)
        item = paged.item_schema or _ANYTHING
        series = self._entities.series(item, seeds, replace(shape, items=None), paged.is_unique)
        main = paged.main.place if paged.main else None
        schema = main.possible[0] if main else None
        items = MadeUpItems(series, paged.allowed, self._entities, schema, seeds)
        page = paged.page(sent, items)
        there = [series.item(index) for index in range(page.first, page.end)]
        if paged.item_cursor is not None:
            for number, edge in enumerate(there, page.first + 1):
                edge[paged.item_cursor] = paged.position(number, page, items)
        reply = _reply(asked, paged, page, sent, items, there)
        value = reply.body(body, there)
        content = asked.choice.response.content[asked.choice.key or ""]
        if content.schema is not None and not content.schema.is_valid(value):
            return None
        return _draft(reply, value, asked)

    def plan_of_stored(self, response: Response, key: str | None) -> PagedList | None:
        """How the list of a body is paged that is stored; without pages it's one whole page."""
        plan = self.plan(response, key)
        if plan is not None or key is None:
            return plan
        found = (response.code, key)
        if found not in self._whole:
            self._whole[found] = whole_list(self._operation, response.content[key])
        return self._whole[found]

    def stored(
        self,
        asked: PageRequest,
        paged: PagedList,
        body: Any,
        items: ListedItems,
        preferred: int | None,
    ) -> PagedDraft:
        """A body with the page of a stored list that is asked for."""
        sent, total = asked.sent(paged, preferred), len(items.numbers)
        if paged.main is None and sent.size is None:
            page = Page(total, 0, total, total)
        else:
            page = paged.page(sent, items)
        there: list[Any] = items.shown(page.first, page.end)
        if paged.item_cursor is not None:
            there = [
                {"node": one, paged.item_cursor: paged.position(number, page, items)}
                for number, one in enumerate(there, page.first + 1)
            ]
        ids = (items.id_at(page.first), items.id_at(page.end - 1)) if there else (None, None)
        reply = PageReply(paged, page, sent, address_of(asked.request), items, ids)
        return _draft(reply, reply.body(body, there), asked)

    def example(self, asked: PageRequest, example: Example) -> PagedDraft | None:
        """An example with the page of its items that is asked for; None if it has no pages."""
        paged = self._example_plan(asked.choice, example)
        if paged is None:
            return None
        given = value_at(example.value, paged.layout.steps)
        sent = asked.sent(paged, None)
        if not isinstance(given, list):
            return None
        size = max(paged.size_in(example.value), len(given))
        items = GivenItems(given)
        page = paged.page(sent, items, size)
        fits = page.first == 0 and page.end == page.total and page.count > 0
        if fits and not paged.allowed.low and paged.goes_on(example.value):
            page = replace(page, goes_on=True)
        there = given[page.first : page.end]
        reply = _reply(asked, paged, page, sent, items, there)
        return _draft(reply, reply.body(example.value, there, is_example=True), asked)

    def _example_plan(self, choice: ReplyChoice, example: Example) -> PagedList | None:
        key = (choice.response.code, choice.key, example.name)
        if key not in self._by_example:
            plan = self.plan(choice.response, choice.key)
            if plan is None or not isinstance(value_at(example.value, plan.layout.steps), list):
                place = ValuePlace("", example.value)
                headers = choice.response.headers
                plan = paged_list(self._operation, place, headers, self._is_strict)
            self._by_example[key] = plan
        return self._by_example[key]


def id_of(item: Any) -> Any:
    """The id of an item of an example."""
    names = ("id", "gid", "sid", "uuid", "name")
    found = (item[name] for name in names if name in item) if isinstance(item, dict) else ()
    return next(iter(found), None)


def _reply(
    asked: PageRequest,
    paged: PagedList,
    page: Page,
    sent: Sent,
    items: MadeUpItems | GivenItems,
    there: list[Any],
) -> PageReply:
    ids = (None, None)
    if there and isinstance(items, MadeUpItems):
        ids = (items.series.id_at(page.first), items.series.id_at(page.end - 1))
    if there and None in ids:
        ids = (id_of(there[0]), id_of(there[-1]))
    return PageReply(paged, page, sent, address_of(asked.request), items, ids)


def _draft(reply: PageReply, value: Any, asked: PageRequest) -> PagedDraft:
    declared = asked.choice.response.headers
    shapes = {header.name: header.shape for header in declared}
    headers = {
        name: None if found is None else wire_text(shapes[name], found)
        for name, found in reply.headers(declared).items()
    }
    page = reply.page
    why = f"page {page.number + 1} of {max(1, page.pages)}, {reply.paged.style}"
    return PagedDraft(value, headers, why)
