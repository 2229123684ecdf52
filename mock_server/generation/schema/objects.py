"""Objects: their properties and the values of these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from mock_server.generation.schema.additional_properties import Extras
from mock_server.generation.schema.composition import place_of
from mock_server.generation.schema.date_order import put_in_order, timelines
from mock_server.generation.schema.examples import fresh
from mock_server.generation.schema.nodes import ValueNode, ValuePlan, impossible
from mock_server.generation.schema.properties import Property, companions, group_of, properties
from mock_server.generation.schema.related_numbers import Agreements, positions, put_position
from mock_server.generation.schema.run import NO_VALUES, GenerationRun
from mock_server.generation.schema.schema import Unsatisfiable
from mock_server.generation.values.keywords import SizeLimits
from mock_server.generation.values.words import plain

# Names of properties that wrap a whole object, which gets the known values.
_WRAPPERS = {"data", "result", "item", "payload", "response", "resource", "record"}


class _Choice(NamedTuple):
    """The properties that an object has, and how many of them are deep."""

    properties: Sequence[Property]
    deep: int


def any_object(node: ValueNode) -> ValuePlan:
    """Return the plan of objects with the required properties and the least number of others."""
    maker = ObjectMaker(node)
    reason = maker.contradiction()
    return impossible(reason) if reason else ValuePlan(maker.needs(), lambda: maker)


class ObjectMaker:
    """The maker of the objects of one node."""

    def __init__(self, node: ValueNode) -> None:
        self._limits = SizeLimits.of(node.raws, "Properties")
        self._companions = companions(node.raws)
        self._properties = list(properties(node, self._companions))
        declared = {entry.name: None for entry in self._properties}
        self._extras = Extras(node, declared, self._limits)
        self._timelines = list(timelines(self._properties))
        self._agreements = Agreements(self._properties)
        self._positions = positions(self._properties)
        self._plain = {plain(name): name for name in reversed(declared)}
        self._is_free = not self._companions and self._limits == (0, None)
        self._required = frozenset(entry.name for entry in self._properties if entry.required)
        self._has_deprecated = any(entry.is_deprecated for entry in self._properties)
        self._whole = self._choice(
            [e for e in self._properties if e.required or not e.is_deprecated]
        )
        self._lean = self._choice([e for e in self._properties if e.required])
        self.place = place_of(node.parts, node.uri)

    def needs(self) -> list[list[ValueNode]]:
        """Return the groups of nodes that an object needs.

        A group has the required properties and, if more must be there, one kind of additional ones.
        """
        needs = [entry.node for entry in self._properties if entry.required]
        if self._limits.low <= len(self._properties):
            return [needs]
        return [[*needs, extra] for extra in self._extras.nodes()]

    def contradiction(self) -> str:
        """Return why there can't be an object; an empty text if there can."""
        required = sum(entry.required for entry in self._properties)
        limits = self._limits._replace(low=max(self._limits.low, required))
        if limits.empty:
            return f"it has {limits} properties"
        count = len(self._properties)
        if limits.low > count and self._extras.closed:
            return f"it has at least {limits.low} properties, but only {count} may be there"
        return ""

    def __call__(self, run: GenerationRun) -> dict[str, Any]:
        """Return an object for the run. Raises Unsatisfiable and Exhausted."""
        known, run.known = run.known, NO_VALUES
        person, run.person = run.person, None
        position, run.position = run.position, None
        run.enter(self)
        try:
            value = self._made(run, known)
        finally:
            run.open.pop()
            run.person, run.position = person, position
        if position is not None and self._positions and run.mode != "boundary":
            put_position(value, self._positions, position, known)
        return value

    def _made(self, run: GenerationRun, known: Mapping[str, Any]) -> dict[str, Any]:
        here = self._fitting(known) if known else known
        exemplary = run.mode == "typical" and run.first
        value: dict[str, Any] = {}
        chosen, deep = self._chosen(run, here)
        run.budget -= len(chosen)
        run.spent.spend_values(len(chosen))
        for name, node, required, examples, _, is_deep in chosen:
            if name in here:
                value[name] = here[name]
            elif exemplary and examples:
                value[name] = examples[0]
            elif is_deep:
                run.known = known if not here and name in _WRAPPERS else NO_VALUES
                self._put(run, value, name, node, required, deep)
            else:
                try:
                    value[name] = node.make(run)
                except Unsatisfiable:
                    if required:
                        raise
            deep -= is_deep
        if len(value) < self._limits.low or (self._extras.wanted and not run.is_lean_in(self)):
            self._extras.add(run, value)
        run.known = NO_VALUES
        for names in self._timelines:
            put_in_order(value, [name for name in names if name not in here])
        if self._agreements.are_any and run.mode != "boundary":
            self._agreements.put_into(value, here)
        run.needed = self._required
        return value

    @staticmethod
    def _put(
        run: GenerationRun,
        value: dict[str, Any],
        name: str,
        node: ValueNode,
        required: bool,
        deep: int,
    ) -> None:
        """Make one property, one of so many `deep` ones that share the budget of the run."""
        kept = run.budget - run.budget // deep
        run.budget -= kept
        try:
            value[name] = node.make(run)
        except Unsatisfiable:
            if required:
                raise
        finally:
            run.budget += kept

    def _fitting(self, known: Mapping[str, Any]) -> dict[str, Any]:
        """Return the known values that fit, by the property's own name or one of the same words."""
        told = {self._plain.get(plain(name), ""): value for name, value in known.items()}
        told |= known
        return {
            entry.name: fresh(told[entry.name])
            for entry in self._properties
            if entry.name in told and entry.node.accepts(told[entry.name])
        }

    def _chosen(self, run: GenerationRun, here: Mapping[str, Any]) -> _Choice:
        entries = self._properties
        if run.is_lean_in(self):
            if not here:
                return self._lean
            return self._choice([e for e in entries if e.required or e.name in here])
        if run.is_whole:
            if not (here and self._has_deprecated):
                return self._whole
            wanted = (e for e in entries if e.required or not e.is_deprecated or e.name in here)
            return self._choice(list(wanted))
        random, eagerness = run.random, run.eagerness
        drawn = (e for e in entries if e.required or random() < eagerness or e.name in here)
        return self._choice(list(drawn))

    def _choice(self, wanted: Sequence[Property]) -> _Choice:
        chosen = wanted if self._is_free else self._adjusted(wanted)
        return _Choice(chosen, sum(entry.is_deep for entry in chosen))

    def _adjusted(self, chosen: Sequence[Property]) -> Sequence[Property]:
        """Return the chosen properties and their companions, within the limits on their number."""
        low, high = self._limits
        names: set[str] = set()
        wanted = {entry.name for entry in chosen}
        for entry in sorted(self._properties, key=lambda e: (not e.required, e.name not in wanted)):
            group = names | group_of(entry.name, self._companions)
            fits = high is None or len(group) <= high
            if entry.required or (fits and (entry.name in wanted or len(names) < low)):
                names = group
        return [entry for entry in self._properties if entry.name in names]
