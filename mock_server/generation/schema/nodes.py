"""Nodes: the places in a value, each with all the schemas that hold there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain
from math import inf
from typing import Any, NamedTuple

from mock_server.documents import BrokenRef
from mock_server.generation.schema.budget import Budget
from mock_server.generation.schema.composition import component, opened
from mock_server.generation.schema.run import GenerationRun, Maker
from mock_server.generation.schema.schema import SchemaSource, Unsatisfiable
from mock_server.generation.values.keywords import Raw
from mock_server.patterns import matches

# The most further groups that are looked at in one place.
_MOST_FURTHER = 256


class ValuePlan(NamedTuple):
    """The plan by which a node makes its values.

    `needs` are groups of nodes. Every node of one group must have a value. Without a group there is
    no value, and `reason` states why. `further` yields groups that are looked at only if `needs`
    lead to no value. `build` is called when the heights of all these nodes are known. `branches`
    are the ways of a choice that were looked at so far.
    """

    needs: Sequence[Sequence[ValueNode]]
    build: Callable[[], Maker]
    reason: str = ""
    is_null: bool = False
    further: Iterator[Sequence[ValueNode]] = iter(())
    branches: Sequence[ValueNode] = ()


def impossible(reason: str) -> ValuePlan:
    """Return the plan of a node without values; `reason` states why."""

    def build() -> Maker:
        raise AssertionError("nothing is made where nothing is possible")

    return ValuePlan((), build, reason)


def possible(make: Maker, is_null: bool = False) -> ValuePlan:
    """Return the plan of values that depend on no other node."""
    return ValuePlan(((),), lambda: make, "", is_null)


class ValueNode:
    """One place in a value, with the schemas (`roots`) that hold there.

    `hint` is the property's name. `done` are the choices already made, which have `width`
    combinations. `height` is the depth of its flattest value, and infinite if there is no value.
    """

    def __init__(self, nodes: ValueNodes, roots: tuple[SchemaSource, ...], hint: str) -> None:
        self.nodes, self.roots, self.hint = nodes, roots, hint
        self.done: frozenset[str] = frozenset()
        self.width = 1
        self.patience = _Patience()
        self.strict = False
        self.height = inf
        self.settled = False
        self.make: Maker = self._first_make
        self._plan: ValuePlan | None = None
        self._needs: list[Sequence[ValueNode]] | None = None
        self._parts: tuple[SchemaSource, ...] | None = None

    @property
    def parts(self) -> tuple[SchemaSource, ...]:
        """Return the roots and the schemas of their references and `allOf`. Raises BrokenRef."""
        if self._parts is None:
            self._parts = tuple(opened(self.roots))
        return self._parts

    @property
    def raws(self) -> list[Raw]:
        """The keywords of each part."""
        return [part.raw for part in self.parts if isinstance(part.raw, dict)]

    @property
    def names(self) -> list[str]:
        """Return the names of the place, the most specific first: its property, its components."""
        return [self.hint, *filter(None, map(component, self.parts))]

    @property
    def uri(self) -> str:
        """The address of the first schema."""
        return self.roots[0].uri if self.roots else ""

    @property
    def plan(self) -> ValuePlan:
        """Return the plan by which values are made here."""
        if self._plan is None:
            with self.nodes.budget.planning():
                self.nodes.budget.spend_place()
                try:
                    self._plan = self.nodes.plan(self)
                except BrokenRef as error:
                    self._plan = impossible(str(error))
        return self._plan

    @property
    def needs(self) -> Sequence[Sequence[ValueNode]]:
        """Return the groups found so far; every node of one group must have a value."""
        if self._needs is None:
            self._needs = list(self.plan.needs)
        return self._needs

    def look_further(self) -> bool:
        """Add one more group to `needs`; return whether there was one that may still be tried."""
        group = next(self.plan.further, None) if self.patience.lasts() else None
        if group is None or self._needs is None:
            return False
        self._needs.append(group)
        return True

    @property
    def is_null(self) -> bool:
        """Return whether null is the only value."""
        plan = self.plan
        return plan.is_null or (all(b.is_null for b in plan.branches) and bool(plan.branches))

    @property
    def is_possible(self) -> bool:
        """Return whether there is a value."""
        if not self.settled:
            with self.nodes.budget.planning():
                _settle(self)
        return self.height < inf

    def says(self, *keywords: str) -> bool:
        """Return whether one of the parts has one of the keywords."""
        return any(keyword in raw for raw in self.raws for keyword in keywords)

    def accepts(self, value: Any) -> bool:
        """Return whether all schemas that hold here accept the value."""
        return all(root.is_valid(value) for root in self.roots)

    def node(self, schemas: Iterable[SchemaSource], hint: str = "") -> ValueNode:
        """Return the node for these schemas, below this one."""
        return self.nodes.node(tuple(schemas), hint)

    def branch(self, choice: str, extra: Iterable[SchemaSource]) -> ValueNode:
        """Return this place with one choice made, so that the extra schemas hold too."""
        self.nodes.budget.spend_tries()
        branch = ValueNode(self.nodes, (*self.roots, *extra), self.hint)
        branch.done, branch.strict = self.done | {choice}, self.strict
        branch.patience = self.patience
        return branch

    @cached_property
    def stricter(self) -> ValueNode:
        """Return this place with alternatives of a `oneOf` that exclude each other from the start.

        It is costly, so it is used only if no value was found otherwise.
        """
        node = ValueNode(self.nodes, self.roots, self.hint)
        node.strict = True
        return node

    def __call__(self, run: GenerationRun) -> Any:
        """Return a value for the run. Raises Unsatisfiable."""
        return self.make(run)

    def _first_make(self, run: GenerationRun) -> Any:
        self.make = self.plan.build() if self.is_possible else self._refuse
        return self.make(run)

    def _refuse(self, run: GenerationRun) -> Any:
        raise Unsatisfiable(self.uri, _why(self, set()))


class ValueNodes:
    """The nodes of one direction, each made once; `hides` marks the properties left out of it."""

    def __init__(self, hides: str, plan: Callable[[ValueNode], ValuePlan]) -> None:
        self.hides, self.plan = hides, plan
        # The budget of the value being made, which bounds the plans for it too.
        self.budget = Budget()
        self._nodes: dict[tuple[tuple[str, ...], str], ValueNode] = {}

    def node(self, roots: tuple[SchemaSource, ...], hint: str = "") -> ValueNode:
        """Return the node for those schemas under that name."""
        key = tuple(root.uri for root in roots), hint
        if key not in self._nodes:
            self._nodes[key] = ValueNode(self, roots, hint)
        return self._nodes[key]

    def matches(self, pattern: str, name: str) -> bool:
        """Return whether the pattern is found in the name."""
        return matches(pattern, name)


class _Patience:
    """The number of further groups left for one place, shared by all its branches."""

    def __init__(self) -> None:
        self._left = _MOST_FURTHER

    def lasts(self) -> bool:
        """Count one more group; return whether it may be looked at."""
        self._left -= 1
        return self._left >= 0


def _settle(start: ValueNode) -> None:
    """Find the height of the node and of all nodes that it depends on.

    As long as the node has no value, the nodes without a value look further.
    """
    while True:
        found = list(_unsettled(start))
        _lower(found)
        if start.height < inf or not _looked_further(found):
            break
    for node in found:
        node.settled = node.height < inf or start.height == inf


def _looked_further(found: Iterable[ValueNode]) -> bool:
    return sum(node.look_further() for node in found if node.height == inf) > 0


def _lower(found: Sequence[ValueNode]) -> None:
    """Lower the heights to their values, as a fixed point."""
    changed = True
    while changed:
        changed = False
        for node in reversed(found):
            heights = (1 + max((n.height for n in group), default=0) for group in node.needs)
            height = min(heights, default=inf)
            if height < node.height:
                node.height, changed = height, True


def _unsettled(start: ValueNode) -> Iterator[ValueNode]:
    seen: set[int] = set()
    waiting = [start]
    while waiting:
        node = waiting.pop()
        if not node.settled and id(node) not in seen:
            seen.add(id(node))
            yield node
            waiting += chain.from_iterable(node.needs)


def _why(node: ValueNode, seen: set[int]) -> str:
    """Return why a node of infinite height has no value."""
    if node.plan.reason:
        return node.plan.reason
    seen.add(id(node))
    culprits = [n for n in chain.from_iterable(node.needs) if n.height == inf]
    reasons = (_why(n, seen) for n in culprits if id(n) not in seen)
    return next(filter(None, reasons), "its value would have to contain itself without end")
