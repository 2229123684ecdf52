"""Lists: their number of items, and the items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import chain
from math import ceil
from string import ascii_letters, digits
from typing import Any, NamedTuple

from mock_server.documents import BrokenRef
from mock_server.generation.schema.composition import forbids, place_of
from mock_server.generation.schema.domains import all_values
from mock_server.generation.schema.examples import fresh
from mock_server.generation.schema.json_types import possible_types
from mock_server.generation.schema.negation import TWICE
from mock_server.generation.schema.nodes import ValueNode, ValuePlan, impossible
from mock_server.generation.schema.run import NO_VALUES, GenerationRun
from mock_server.generation.schema.schema import Opposite, SchemaSource, Unsatisfiable
from mock_server.generation.values.keywords import MOST, SizeLimits
from mock_server.generation.values.words import singular

_MOST_PLACES = 6
# The most attempts to make a list of different items.
_TRIES = 10


class ListLayout(NamedTuple):
    """The size of a list, and how far from its end the items for `contains` are moved."""

    size: int
    moved: int


def any_list(node: ValueNode) -> ValuePlan:
    """Return the plan of lists: the shortest ones, and longer ones with room for `contains`."""
    maker = ListMaker(node)
    if maker.limits.empty:
        return impossible(f"it has {maker.limits} items")
    return ValuePlan([maker.different_nodes(*layout) for layout in maker.layouts()], maker.settled)


class ListMaker:
    """The maker of the lists of one node."""

    def __init__(self, node: ValueNode) -> None:
        self._node = node
        self.place = place_of(node.parts, node.uri)
        self._prefix = max((len(raw.get("prefixItems", ())) for raw in node.raws), default=0)
        self._unique = any(raw.get("uniqueItems") is True for raw in node.raws)
        self._twice = node.says(TWICE)
        self._contained: list[SchemaSource] = []
        self._scarce: list[tuple[SchemaSource, float]] = []
        for part in node.parts if self._limits().low <= MOST else ():
            if "contains" in part.raw:
                self._add_contained(part)
        self.limits = self._limits()

    def _add_contained(self, part: SchemaSource) -> None:
        schema = part.child("contains")
        self._contained += [schema] * ceil(part.raw.get("minContains", 1))
        if "maxContains" in part.raw:
            self._scarce.append((schema, part.raw["maxContains"]))

    def _limits(self) -> SizeLimits:
        low, high = SizeLimits.of(self._node.raws, "Items")
        contained = [raw.get("minContains", 1) for raw in self._node.raws if "contains" in raw]
        low = max(low, *map(ceil, contained), 0)
        closed = [i for i in range(self._prefix + 1) if forbids(self._schemas(i, self._contained))]
        return SizeLimits(low, min([*closed, *([] if high is None else [high])], default=None))

    def layouts(self) -> Iterator[ListLayout]:
        """Yield layouts of which one is possible, if any is; longer lists add no possibility."""
        roomy = self._prefix + len(self._contained) if self._contained else 0
        for size in range(self.limits.low, self.limits.clamped(roomy) + 1):
            yield from self._layouts(size)

    def _layouts(self, size: int) -> Iterator[ListLayout]:
        """Return the ways to place the items for `contains`: last, or earlier."""
        places = size if self._prefix and self._contained else 1
        return (ListLayout(size, moved) for moved in range(max(1, min(places, _MOST_PLACES))))

    def settled(self) -> ListMaker:
        """Return this maker, with the shortest possible size as its lower limit."""
        shortest = next(filter(self._is_possible, self.layouts()))
        self.limits = self.limits._replace(low=shortest.size)
        return self

    def _is_possible(self, layout: ListLayout) -> bool:
        return all(node.is_possible for node in self.different_nodes(*layout))

    def different_nodes(self, size: int, moved: int) -> list[ValueNode]:
        """Return the different nodes of the items in a list of that layout."""
        return list(dict.fromkeys(self._nodes(size, moved)))

    def _nodes(self, size: int, moved: int) -> list[ValueNode]:
        """Return the node of each item in a list of that layout."""
        if not (self._contained or self._scarce):
            *first, rest = self._usual_nodes
            return [*first[:size], *[rest] * (size - self._prefix)]
        scarce = [schema for schema, most in self._scarce if most < size]
        spots: dict[int, list[SchemaSource]] = {}
        for number, extra in enumerate(self._contained if size else ()):
            spots.setdefault((size - 1 - number - moved) % size, []).append(extra)
        return [self._item_node(index, spots.get(index, ()), scarce) for index in range(size)]

    @cached_property
    def _usual_nodes(self) -> list[ValueNode]:
        """Return the node of each item of `prefixItems`, and the node of all others."""
        return [self._item_node(index, (), ()) for index in range(self._prefix + 1)]

    def _item_node(
        self, index: int, contained: Sequence[SchemaSource], scarce: Sequence[SchemaSource]
    ) -> ValueNode:
        index = min(index, self._prefix)
        schemas = self._schemas(index, contained)
        if forbids(schemas) and not contained:  # only items for `contains` are allowed here
            contained = self._contained[:1]
            schemas = self._schemas(index, contained)
        kept_out = [Opposite(schema) for schema in scarce if schema not in contained]
        return self._node.node([*schemas, *contained, *kept_out], singular(self._node.hint))

    def _schemas(self, index: int, contained: Sequence[SchemaSource]) -> list[SchemaSource]:
        """Return the schemas of the item at that index; items for `contains` count as evaluated."""
        schemas = list_item_schemas(self._node.parts, index)
        if not contained:
            return schemas
        return [s for s in schemas if not s.uri.endswith("/unevaluatedItems")]

    def __call__(self, run: GenerationRun) -> list[Any]:
        """Return a list for the run. Raises Unsatisfiable and Exhausted."""
        run.known = NO_VALUES
        first, moment, person = run.first, run.moment, run.person
        position = run.position
        layout = self._layout(run)
        run.spent.spend_values(layout.size)
        run.enter(self)
        try:
            return self._made(run, layout)
        finally:
            run.open.pop()
            run.first, run.moment, run.person = first, moment, person
            run.position = position

    def _layout(self, run: GenerationRun) -> ListLayout:
        return self._possible(self.limits.clamped(self._wanted(run)))

    def nodes(self, size: int) -> list[ValueNode]:
        """Return the nodes of the items in a list of that size, or the longest possible one."""
        return self._nodes(*self._possible(size))

    def _possible(self, size: int) -> ListLayout:
        low = self.limits.low
        if not (self._contained or self._scarce):
            return ListLayout(size, 0)
        layouts = chain.from_iterable(map(self._layouts, range(size, low - 1, -1)))
        return next(filter(self._is_possible, layouts))

    def _wanted(self, run: GenerationRun) -> int:
        is_outermost = not any(isinstance(maker, ListMaker) for maker in run.open)
        if run.items is not None and is_outermost:
            return run.items
        if run.is_lean_in(self):
            return 0
        if run.mode == "boundary":
            return run.pick((0, 1, 10))
        return self._prefix or run.between(*((4, 6) if run.mode == "maximal" else (2, 3)))

    def _made(self, run: GenerationRun, layout: ListLayout) -> list[Any]:
        for _ in range(_TRIES if self._unique else 0):
            with suppress(Unsatisfiable):
                return self._items(run, layout)
        made = self._items(run, layout)
        return [*made[:-1], fresh(made[-2])] if self._twice and len(made) > 1 else made

    def _items(self, run: GenerationRun, layout: ListLayout) -> list[Any]:
        if self._is_simple:
            return self._simple_items(run, layout.size)
        made: list[Any] = []
        seen = Different(self._node.uri, run) if self._unique else None
        if run.items is None:
            run.budget -= layout.size
        budget = run.budget
        for node in self._nodes(*layout):
            kept = run.budget - run.budget // (layout.size - len(made))
            run.budget -= kept
            run.position = len(made)
            try:
                item = self._item(run, node, seen)
            except Unsatisfiable:
                if len(made) < self.limits.low:
                    raise
                break
            finally:
                run.budget += kept
            made.append(item)
            run.first, run.moment, run.person = False, run.a_moment(), None
            if run.items is not None:
                run.budget = budget  # each of the items asked for gets the whole budget
        return made

    @cached_property
    def _is_simple(self) -> bool:
        """Return whether all items have one node, which has no members, and may be equal."""
        is_alike = not (self._prefix or self._contained or self._scarce or self._unique)
        types = possible_types(self._usual_nodes[0]) if is_alike else None
        return types is not None and {"object", "array"}.isdisjoint(types)

    def _simple_items(self, run: GenerationRun, size: int) -> list[Any]:
        made: list[Any] = []
        make = self._usual_nodes[0].make
        if run.items is None:
            run.budget -= size
        for _ in range(size):
            try:
                made.append(make(run))
            except Unsatisfiable:
                if len(made) < self.limits.low:
                    raise
                break
            run.first, run.moment, run.person = False, run.a_moment(), None
        return made

    def _item(self, run: GenerationRun, node: ValueNode, seen: Different | None) -> Any:
        """Return one item; if items are unique, a new one."""
        return node.make(run) if seen is None else seen.item(node)


class Different:
    """A maker of items for one list, no two of them equal."""

    def __init__(self, uri: str, run: GenerationRun) -> None:
        self._uri, self._run = uri, run
        self._seen: set[Any] = set()
        # The rest of the listed values of each node whose draws were all made.
        self._left: dict[int, Iterator[Any]] = {}

    def item(self, node: ValueNode) -> Any:
        """Return an item that the list doesn't have yet. Raises Unsatisfiable and Exhausted."""
        run = self._run
        mode, reach = run.mode, run.reach
        try:
            for item in self._drawn(node):
                if (told := identity(item)) not in self._seen:
                    self._seen.add(told)
                    return item
                run.spent.spend_tries()
        finally:
            run.mode, run.reach = mode, reach
        raise Unsatisfiable(self._uri, f"only {len(self._seen)} different items were found")

    def _drawn(self, node: ValueNode) -> Iterator[Any]:
        """Yield usual items, then items that differ more easily, then all that can be listed."""
        run = self._run
        rest = self._left.get(id(node))
        for item in rest or ():  # `yield from` would end it with this call
            yield item
        for attempt in range(20):
            if attempt > 4:
                run.mode, run.reach = "typical", max(run.reach, len(run.open) + 1)
            yield node.make(run)
        yield from filter(node.accepts, _neighbours(node.make(run)))
        if rest is None:
            self._left[id(node)] = self._rest(node)
            for item in self._left[id(node)]:
                yield item

    def _rest(self, node: ValueNode) -> Iterator[Any]:
        """Yield the valid items that can be listed and that the list doesn't have yet."""
        with suppress(BrokenRef):
            for item in all_values(node):
                self._run.spent.spend_tries(0.1)
                if identity(item) not in self._seen and node.accepts(item):
                    yield item


def list_item_schemas(parts: Iterable[SchemaSource], index: int) -> list[SchemaSource]:
    """Return the schemas of the item at that index."""
    found: list[SchemaSource] = []
    rest: list[SchemaSource] = []
    for part in parts:
        if index < len(part.raw.get("prefixItems", ())):
            found.append(part.child("prefixItems", index))
        elif "items" in part.raw:
            found.append(part.child("items"))
        elif "unevaluatedItems" in part.raw:
            rest.append(part.child("unevaluatedItems"))
    return found or rest


def _neighbours(item: Any) -> Iterator[Any]:
    """Yield numbers and texts near an item."""
    if isinstance(item, str):
        yield from (f"{item}-{number}" for number in range(2, 100))
        yield from (item[:-1] + character for character in ascii_letters + digits)
    elif isinstance(item, int | float) and not isinstance(item, bool):
        yield from (item + sign * step for step in range(1, 200) for sign in (1, -1))


def identity(value: Any) -> Any:
    """Return a key that is the same for two values exactly if JSON Schema takes them as equal."""
    if isinstance(value, dict):
        return frozenset((key, identity(item)) for key, item in value.items())
    if isinstance(value, list):
        return tuple(map(identity, value))
    return (bool, value) if isinstance(value, bool) else value
