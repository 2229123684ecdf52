"""Lists: how many items they have, and which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil
from typing import Any

from mock_server.generate.nodes import Node, Plan, impossible
from mock_server.generate.parts import forbids
from mock_server.generate.run import NO_VALUES, Run
from mock_server.generate.schema import Schema, Unsatisfiable
from mock_server.leaves.keywords import Limits
from mock_server.leaves.words import singular


def any_list(node: Node) -> Plan:
    """A list may be as short as can be, or longer so that what it must contain has room."""
    maker = ListMaker(node)
    if maker.limits.empty:
        return impossible(f"it has {maker.limits} items")
    return Plan([maker.different_nodes(size) for size in maker.sizes], maker.settled)


class ListMaker:
    """Makes the lists of one node."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._prefix = max((len(raw.get("prefixItems", ())) for raw in node.raws), default=0)
        self._unique = any(raw.get("uniqueItems") is True for raw in node.raws)
        self._shuns_more = any({"contains", "maxContains"} <= raw.keys() for raw in node.raws)
        self._contained: list[Schema] = []
        for part in node.parts:
            if "contains" in part.raw:
                self._contained += [part.child("contains")] * ceil(part.raw.get("minContains", 1))
        self._item_nodes = [self._item_node(index) for index in range(self._prefix + 1)]
        self.limits = self._limits()

    def _limits(self) -> Limits:
        low, high = Limits.of(self._node.raws, "Items")
        low = max(low, *map(self._contained.count, self._contained), 0)
        parts = self._node.parts
        closed = [i for i in range(self._prefix + 1) if forbids(item_schemas(parts, i))]
        return Limits(low, min([*closed, *([] if high is None else [high])], default=None))

    @property
    def sizes(self) -> range:
        """The sizes of which one is possible, if any is: more items add nothing."""
        roomy = self._prefix + len(self._contained) if self._contained else 0
        return range(self.limits.low, self.limits.clamped(roomy) + 1)

    def settled(self) -> ListMaker:
        """This maker, once it knows how short its lists can be."""
        shortest = next(size for size in self.sizes if self._is_possible(size))
        self.limits = self.limits._replace(low=shortest)
        return self

    def _is_possible(self, size: int) -> bool:
        return all(node.is_possible for node in self.different_nodes(size))

    def different_nodes(self, size: int) -> list[Node]:
        """The nodes of which there are items in a list of that size."""
        return list(dict.fromkeys(self._nodes(size)))

    def _nodes(self, size: int) -> list[Node]:
        """The node of each item in a list of that size; what must be contained stands last."""
        *first, rest = self._item_nodes
        nodes = [*first[:size], *[rest] * (size - self._prefix)]
        spots: dict[int, list[Schema]] = {}
        for number, extra in enumerate(self._contained if size else ()):
            spots.setdefault(size - 1 - number % size, []).append(extra)
        for index, extras in spots.items():
            nodes[index] = self._item_node(min(index, self._prefix), extras)
        return nodes

    def _item_node(self, index: int, contained: Sequence[Schema] = ()) -> Node:
        schemas = item_schemas(self._node.parts, index)
        if contained:  # what `contains` finds is evaluated
            schemas = [s for s in schemas if not s.uri.endswith("/unevaluatedItems")]
        return self._node.node([*schemas, *contained], singular(self._node.hint))

    def __call__(self, run: Run) -> list[Any]:
        """A list for the run."""
        run.known = NO_VALUES
        first, moment, person = run.first, run.moment, run.person
        size = self._size(run)
        run.open.append(self)
        try:
            return self._items(run, size)
        finally:
            run.open.pop()
            run.first, run.moment, run.person = first, moment, person

    def _size(self, run: Run) -> int:
        size = self.limits.clamped(self._wanted(run))
        return size if not self._contained or self._is_possible(size) else self.limits.low

    def _wanted(self, run: Run) -> int:
        is_outermost = not any(isinstance(maker, ListMaker) for maker in run.open)
        if run.items is not None and is_outermost:
            return run.items
        if run.is_lean_in(self) or self._shuns_more:
            return 0
        if run.mode == "boundary":
            return run.pick((0, 1, 10))
        return self._prefix or run.between(*((4, 6) if run.mode == "maximal" else (2, 3)))

    def _items(self, run: Run, size: int) -> list[Any]:
        made: list[Any] = []
        seen: set[Any] = set()
        if run.items is None:
            run.budget -= size
        budget = run.budget
        for node in self._nodes(size):
            try:
                item = self._item(run, node, seen)
            except Unsatisfiable:
                if len(made) < self.limits.low:
                    raise
                break
            made.append(item)
            run.first, run.moment, run.person = False, run.a_moment(), None
            if run.items is not None:
                run.budget = budget  # the items asked for are as whole as a single one
        return made

    def _item(self, run: Run, node: Node, seen: set[Any]) -> Any:
        """One item; where they are unique, none that was there before."""
        if not self._unique:
            return node.make(run)
        for attempt in range(60):
            item = node.make(run)
            if attempt > 20:
                item = _varied(item, len(seen), node)
            identity = _identity(item)
            if identity not in seen:
                seen.add(identity)
                return item
        raise Unsatisfiable(self._node.uri, f"only {len(seen)} different items were found")


def item_schemas(parts: Iterable[Schema], index: int) -> list[Schema]:
    """What holds for the item at that index."""
    found: list[Schema] = []
    rest: list[Schema] = []
    for part in parts:
        if index < len(part.raw.get("prefixItems", ())):
            found.append(part.child("prefixItems", index))
        elif "items" in part.raw:
            found.append(part.child("items"))
        elif "unevaluatedItems" in part.raw:
            rest.append(part.child("unevaluatedItems"))
    return found or rest


def _varied(item: Any, number: int, node: Node) -> Any:
    """Another number or text than the everyday ones, where it may be."""
    if isinstance(item, str):
        other: Any = f"{item}-{number}"
    else:
        other = item if isinstance(item, bool | dict | list | None) else item + 1_000 * number
    return other if node.accepts(other) else item


def _identity(value: Any) -> Any:
    """What two values share just when JSON Schema takes them for equal."""
    if isinstance(value, dict):
        return frozenset((key, _identity(item)) for key, item in value.items())
    if isinstance(value, list):
        return tuple(map(_identity, value))
    return (bool, value) if isinstance(value, bool) else value
