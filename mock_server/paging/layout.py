"""The layout of a page: the list of a body, and the meaning of its other members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from typing import NamedTuple

from mock_server.generation import plain
from mock_server.paging import names
from mock_server.paging.places import Place

# How deep the list may lie, and what describes it: {"response": {"data": {"items": []}}}.
MOST_LEVELS = 4
_NUMBERS = {"integer", "number"}
Steps = tuple[str, ...]


class Fact(Enum):
    """A fact about the page that a member states."""

    TOTAL = "total"
    COUNT = "count"
    PAGES = "pages"
    SIZE = "size"
    NUMBER = "number"
    OFFSET = "offset"
    FROM = "from"
    TO = "to"
    REMAINING = "remaining"
    MORE = "more"
    NOT_FIRST = "not first"
    IS_LAST = "is last"
    IS_FIRST = "is first"
    IS_EMPTY = "is empty"
    FIRST_ID = "first id"
    LAST_ID = "last id"
    SENT = "sent token"
    TOKEN = "token"
    LINK = "link"
    AT_NUMBER = "number of another page"
    AT_OFFSET = "offset of another page"
    OTHER_PAGE = "another page"
    LINKS = "list of links"
    PATH = "path of the list"
    LIST_NAME = "name of the list"


@dataclass(frozen=True, eq=False)
class PageMember:
    """A member that states a fact about the page; `relation` names the page that it leads to.

    `inner` are the members of an object that describes another page.
    """

    steps: Steps
    fact: Fact
    place: Place
    relation: str = ""
    inner: tuple[PageMember, ...] = ()

    @property
    def leads_on(self) -> bool:
        """Whether a client gets to the next page by this member."""
        ways = (Fact.TOKEN, Fact.LINK, Fact.AT_NUMBER, Fact.AT_OFFSET, Fact.OTHER_PAGE, Fact.LINKS)
        return self.relation == "next" and self.fact in ways


@dataclass(frozen=True, eq=False)
class Layout:
    """The place of the list in a body, and the members that describe the page."""

    steps: Steps
    items: Place
    members: tuple[PageMember, ...]
    root: Place

    @cached_property
    def orders(self) -> Mapping[Steps, tuple[str, ...]]:
        """The order of the members of each object that holds the list or describes the page."""
        flat = [one for member in self.members for one in (member, *member.inner)]
        objects = {member.steps[:-1] for member in flat} | {self.steps[:-1]}
        return {steps: tuple(_within(self.root, steps).members) for steps in objects}

    @cached_property
    def has_other_lists(self) -> bool:
        """Whether other lists stand beside the one that is paged, or around it."""
        objects = [_within(self.root, self.steps[:n]) for n in range(len(self.steps))]
        return any(
            "array" in member.types and (*self.steps[:depth], name) != self.steps
            for depth, place in enumerate(objects)
            for name, member in place.members.items()
        )

    def of(self, *facts: Fact) -> list[PageMember]:
        """Return the members that state one of these facts."""
        return [member for member in self.members if member.fact in facts]

    @property
    def next(self) -> list[PageMember]:
        """The members by which a client gets to the next page."""
        return [member for member in self.members if member.leads_on]


def _within(place: Place, steps: Steps) -> Place:
    """Return the place at those steps."""
    for step in steps:
        place = place.members[step]
    return place


class _Spot(NamedTuple):
    """An object whose members are read; `context` is what the object describes."""

    place: Place
    steps: Steps
    context: str = ""


def layout_of(place: Place, path: str, wanted: Mapping[str, Fact]) -> Layout | None:
    """Return the layout of a body; None if no list of the operation is found in the body.

    `path` is the path of the operation. `wanted` maps the names of its page parameters to facts.
    """
    if "array" in place.types and "object" not in place.types:
        return Layout((), place, (), place)
    found = _list_in(place, path)
    if found is None:
        return None
    steps, inner = found
    members = tuple(_members(_Spot(place, ()), steps, wanted))
    return Layout(steps, inner, tuple(_settled(members)), place)


def _list_in(place: Place, path: str) -> tuple[Steps, Place] | None:
    """Return the steps to the list, and its place: the nearest list, with the best name."""
    level: list[tuple[Steps, Place]] = [((), place)]
    for _ in range(MOST_LEVELS):
        lists = [
            ((*steps, name), member)
            for steps, around in level
            for name, member in around.members.items()
            if _is_list(member)
        ]
        if lists:
            return min(lists, key=lambda found: _rank(found[1], path))
        level = [
            ((*steps, name), member)
            for steps, around in level
            for name, member in around.members.items()
            if plain(name) in names.WRAPPERS and "object" in member.types
        ]
    return None


def _is_list(place: Place) -> bool:
    is_other = plain(place.name) in names.OTHER_LISTS - {"messages"} or _has_links(place)
    return "array" in place.types and "object" not in place.types and not is_other


def _rank(place: Place, path: str) -> tuple[int, int]:
    """Return a rank: lower for a better name, and lower for objects than for texts."""
    name = plain(place.name)
    steps = [plain(step) for step in path.split("/") if step and "{" not in step]
    is_scalar = place.item is not None and not place.item.types & {"object", "array"}
    if steps and steps[-1].removesuffix("_json") == name:
        return 0, is_scalar
    if name in names.LISTS:
        return 1, is_scalar
    return 3 if name in names.OTHER_LISTS else 2, is_scalar


def _has_links(place: Place) -> bool:
    """Whether the items of a list are links to pages."""
    if plain(place.name) not in names.LINK_CONTAINERS or place.item is None:
        return False
    keys = {plain(name) for name in place.item.members}
    return bool(keys & {"href", "url", "uri"}) and bool(keys & {"rel", "relation", "label"})


def _members(spot: _Spot, to_list: Steps, wanted: Mapping[str, Fact]) -> Iterator[PageMember]:
    for name, place in spot.place.members.items():
        steps, key = (*spot.steps, name), plain(name)
        if len(steps) > MOST_LEVELS or steps == to_list:
            continue
        if "array" in place.types and _has_links(place):
            yield PageMember(steps, Fact.LINKS, place, "next")
        elif "object" in place.types and place.members:
            yield from _in_object(_Spot(place, steps, key), spot.context, to_list, wanted)
        else:
            yield from _scalar(place, steps, spot, wanted)


def _in_object(
    spot: _Spot, around: str, to_list: Steps, wanted: Mapping[str, Fact]
) -> Iterator[PageMember]:
    """Yield the members of an object that describes a page or wraps the list."""
    relation = _relation(spot.context)
    if relation and relation != "self":
        inner = tuple(_other_page(spot, relation))
        if inner:
            yield PageMember(spot.steps, Fact.OTHER_PAGE, spot.place, relation, inner)
            return
    elif relation:
        for name, place in spot.place.members.items():
            if plain(name) in names.LINK_WORDS and "string" in place.types:
                yield PageMember((*spot.steps, name), Fact.LINK, place, "self")
    if spot.context in names.CONTAINERS or to_list[: len(spot.steps)] == spot.steps:
        is_inside = around in names.LINK_CONTAINERS
        yield from _members(spot._replace(context=around) if is_inside else spot, to_list, wanted)


def _other_page(spot: _Spot, relation: str) -> Iterator[PageMember]:
    """Yield the members of an object such as `next_page` that lead to the page."""
    for name, place in spot.place.members.items():
        key, steps = plain(name), (*spot.steps, name)
        if key in names.LINK_WORDS and "string" in place.types:
            yield PageMember(steps, Fact.LINK, place, relation)
        elif place.types & _NUMBERS and key in names.NUMBERS:
            yield PageMember(steps, Fact.AT_NUMBER, place, relation)
        elif key in names.TOKEN_WORDS or key in names.CURSORS | names.OFFSETS | names.BACKWARD:
            yield PageMember(steps, Fact.TOKEN, place, relation)


def _relation(key: str) -> str:
    """Return the relation that a name such as `prev_page` means; empty if it means none."""
    words = [word for word in key.split("_") if word not in ("page", "results", "records")]
    return names.RELATIONS.get(words[0], "") if len(words) == 1 else ""


def _scalar(
    place: Place, steps: Steps, spot: _Spot, wanted: Mapping[str, Fact]
) -> Iterator[PageMember]:
    key, types = plain(place.name), place.types
    if "boolean" in types and not types & (_NUMBERS | {"string"}):
        fact = next((fact for table, fact in _FLAGS if key in table), None)
        if fact is not None:
            yield PageMember(steps, fact, place)
    elif types & _NUMBERS:
        yield from _number(key, place, steps, spot, wanted)
    elif "string" in types:
        yield from _text_members(key, place, steps, spot, wanted)


_FLAGS = (
    (names.MORE, Fact.MORE),
    (names.NOT_FIRST, Fact.NOT_FIRST),
    (names.IS_LAST, Fact.IS_LAST),
    (names.IS_FIRST, Fact.IS_FIRST),
    (names.IS_EMPTY, Fact.IS_EMPTY),
)
_FIGURES = (
    (names.TOTALS, Fact.TOTAL),
    (names.TOTAL_PAGES, Fact.PAGES),
    (names.PAGE_COUNTS, Fact.COUNT),
    (names.REMAINING, Fact.REMAINING),
    (names.SIZES - {"first"}, Fact.SIZE),
    (names.NUMBERS, Fact.NUMBER),
    (names.OFFSETS - {"from"}, Fact.OFFSET),
)


def _number(
    key: str, place: Place, steps: Steps, spot: _Spot, wanted: Mapping[str, Fact]
) -> Iterator[PageMember]:
    siblings = {plain(name) for name in spot.place.members}
    if key == "from" and "to" in siblings:
        yield PageMember(steps, Fact.FROM, place)
    elif key == "to" and "from" in siblings:
        yield PageMember(steps, Fact.TO, place)
    elif key == "size" and siblings & (names.SIZES - {"size"}):
        yield PageMember(steps, Fact.TOTAL, place)
    elif key == "number" and siblings & (names.TOTALS | names.TOTAL_PAGES | names.SIZES):
        yield PageMember(steps, Fact.NUMBER, place)
    elif fact := wanted.get(key) or next((f for t, f in _FIGURES if key in t), None):
        yield PageMember(steps, fact, place)
    else:
        yield from _number_elsewhere(key, place, steps)


def _number_elsewhere(key: str, place: Place, steps: Steps) -> Iterator[PageMember]:
    """Yield a member with the number of another page, or a count of the page or the list."""
    if key in names.COUNTS:
        yield PageMember(steps, Fact.COUNT, place, "?")
    elif key in names.NEXT_OFFSETS:
        yield PageMember(steps, Fact.AT_OFFSET, place, "next")
    elif key in names.PREVIOUS_OFFSETS:
        yield PageMember(steps, Fact.AT_OFFSET, place, "previous")
    elif relation := _relation(key.removesuffix("_number")):
        yield PageMember(steps, Fact.AT_NUMBER, place, relation)
    elif (found := _relation_and_fact(key)) and found[1] is Fact.TOKEN:
        yield PageMember(steps, Fact.TOKEN, place, found[0])


def _text_members(
    key: str, place: Place, steps: Steps, spot: _Spot, wanted: Mapping[str, Fact]
) -> Iterator[PageMember]:
    if key in names.FIRST_IDS | names.LAST_IDS:
        fact = Fact.LAST_ID if key in names.LAST_IDS else Fact.FIRST_ID
        yield PageMember(steps, fact, place)
    elif key in names.TOTALS | names.TOTAL_PAGES and _holds_numbers(place):
        fact = Fact.TOTAL if key in names.TOTALS else Fact.PAGES
        yield PageMember(steps, fact, place)
    elif found := _relation_and_fact(key):
        yield from _leading(*found, place, steps, spot, wanted)
    elif key in names.BARE_TOKENS | names.BARE_BACK_TOKENS or wanted.get(key) is Fact.SENT:
        is_back = key in names.BARE_BACK_TOKENS
        yield PageMember(steps, Fact.TOKEN, place, "previous" if is_back else "next?")
    elif key == "key" and spot.context == "meta":
        yield PageMember(steps, Fact.LIST_NAME, place)
    elif key in names.SELF_LINKS:
        siblings = {plain(name) for name in spot.place.members}
        is_path = not spot.steps and siblings & names.MORE
        yield PageMember(steps, Fact.PATH if is_path else Fact.LINK, place, "self")


def _leading(
    relation: str,
    fact: Fact | None,
    place: Place,
    steps: Steps,
    spot: _Spot,
    wanted: Mapping[str, Fact],
) -> Iterator[PageMember]:
    """Yield a text that leads to another page: a link, or a token that the client sends back."""
    if relation in ("next", "previous"):
        has_tokens = Fact.SENT in wanted.values() or spot.context == "cursors"
        is_token = has_tokens and not place.is_link
        yield PageMember(steps, fact or (Fact.TOKEN if is_token else Fact.LINK), place, relation)
    elif fact or spot.context or place.is_link or "next" in spot.place.members:
        yield PageMember(steps, Fact.LINK, place, relation)


def _holds_numbers(place: Place) -> bool:
    return bool(place.formats & {"int32", "int64", "uint64"})


def _relation_and_fact(key: str) -> tuple[str, Fact | None] | None:
    """Return the page that a name such as `next_page_url` means, and link or token if known."""
    words = [word for word in key.split("_") if word != "odata"]
    relation = names.RELATIONS.get(words[0]) if words else None
    if relation is None:
        return None
    rest = [word for word in words[1:] if word not in ("results", "records", "data")]
    if not rest or rest == ["page"]:
        return relation, None
    if rest[-1] in names.LINK_WORDS:
        return relation, Fact.LINK
    is_token = rest[-1] in names.TOKEN_WORDS and relation in ("next", "previous")
    return (relation, Fact.TOKEN) if is_token else None


def _settled(members: Sequence[PageMember]) -> Iterator[PageMember]:
    """Yield the members; the meaning of an ambiguous one is decided by the others."""
    has_total = any(m.fact is Fact.TOTAL for m in members)
    links = {m.relation for m in members if m.fact is Fact.LINK}
    counts = [m for m in members if m.fact in (Fact.NUMBER, Fact.OFFSET, Fact.PAGES)]
    has_token = any(m.fact is Fact.TOKEN and m.relation == "next" for m in members)
    leads_on = any(m.leads_on or m.fact in (Fact.MORE, Fact.IS_LAST) for m in members)
    for member in members:
        if member.relation == "?":
            is_total = not has_total and (bool(counts) or {"next", "previous"} <= links)
            yield replace(member, fact=Fact.TOTAL if is_total else Fact.COUNT, relation="")
        elif member.relation == "next?":
            fact = Fact.SENT if has_token else Fact.TOKEN
            yield replace(member, fact=fact, relation="next")
        elif member.fact is Fact.LINK and member.relation == "self" and not (leads_on or has_total):
            continue
        else:
            yield member
