"""Choices: the alternatives that schemas leave open, and the choice of one of them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice, product
from typing import Any, Final, NamedTuple

from mock_server.documents import BrokenRef
from mock_server.generation.schema.budget import Budget
from mock_server.generation.schema.composition import component, forbids
from mock_server.generation.schema.discriminators import (
    branch_tags,
    component_tags,
    is_mapped,
    property_name,
)
from mock_server.generation.schema.json_types import LEAST_VALUES, other_types, possible_types
from mock_server.generation.schema.negation import Way, conditions, ways_against
from mock_server.generation.schema.nodes import ValueNode, ValuePlan
from mock_server.generation.schema.properties import companions, group_of
from mock_server.generation.schema.run import NOTHING_NEEDED, GenerationRun, Maker
from mock_server.generation.schema.schema import Made, Opposite, SchemaSource, Unsatisfiable

# The most combinations of choices that are looked at in one place. Of each further choice only the
# first way is looked at, and other ways as long as no value is found.
_MOST_COMBINATIONS = 16
_EXCLUSIVE = "what it asks for excludes each other"
# A maker and its mode; "" is the mode of the run.
_Try = tuple[Maker, str]
# Stands for no value, because None is the value null.
_NONE: Final = object()


class Alternatives(NamedTuple):
    """A choice: its name, and for each way to go the schemas that hold then.

    A `spare` way is taken if no other way leads to a value.
    """

    name: str
    ways: Sequence[Way]
    spare: Sequence[Way] = ()


def choices(parts: Sequence[SchemaSource], strict: bool) -> Iterator[Alternatives]:
    """Yield every choice among the parts; if `strict`, the ways of a `oneOf` exclude each other."""
    for part in parts:
        raw = part.raw
        for keyword in ("oneOf", "anyOf"):
            if keyword in raw:
                branches = [part.child(keyword, i) for i in range(len(raw[keyword]))]
                ways: list[Way] = [[b, *branch_tags(part, b)] for b in branches]
                if strict and keyword == "oneOf":
                    ways = [[*way, *_opposites(branches, way[0])] for way in ways]
                spare = [branches] if keyword == "anyOf" and len(branches) > 1 else []
                yield Alternatives(f"{part.uri}/{keyword}", ways, spare)
        if "if" in raw and ("then" in raw or "else" in raw):
            yield Alternatives(f"{part.uri}/if", conditions(part))
        for name in raw.get("dependentSchemas", ()):
            there = [Made({"required": [name]}), part.child("dependentSchemas", name)]
            absent = Made({"properties": {name: False}})
            yield Alternatives(f"{part.uri}/dependentSchemas/{name}", [[absent], there])
        if "not" in raw:
            yield Alternatives(f"{part.uri}/not", list(ways_against(part.child("not"))))
        if ways := _children(part, parts):
            yield Alternatives(f"{part.uri}/discriminator", ways)


def _children(part: SchemaSource, parts: Sequence[SchemaSource]) -> list[Way]:
    """Return the schemas that extend one with a discriminator, and itself if it is a kind.

    Return none beside a `oneOf` or `anyOf`, and none if an extending schema is among the parts.
    """
    if property_name(part) is None or {"oneOf", "anyOf"} & part.raw.keys():
        return []
    children = part.extending()
    if not children or not {child.uri for child in children}.isdisjoint(p.uri for p in parts):
        return []
    named = [(child, component(child)) for child in children]
    ways: list[Way] = [[child, *component_tags(part, name)] for child, name in named if name]
    own = component(part)
    mapping = part.raw["discriminator"].get("mapping")
    if own and (not isinstance(mapping, dict) or not mapping or is_mapped(part, own)):
        ways.append(component_tags(part, own))
    return ways


def _opposites(branches: Iterable[SchemaSource], but: SchemaSource) -> Iterator[SchemaSource]:
    return (Opposite(branch) for branch in branches if branch is not but)


def type_choice(node: ValueNode, types: Iterable[str]) -> ValuePlan:
    """Return the plan of a value of several possible types, with a branch for each type."""
    return _branching(node, types_of(node, list(types)), is_judged=False)


def types_of(node: ValueNode, types: Sequence[str]) -> Alternatives:
    """Return the choice among types; the other types are spare."""
    rest = other_types(node, types)
    ways = [[Made({"type": name})] for name in types]
    return Alternatives("type", ways, [[Made({"type": rest})]] if rest else [])


def choice(node: ValueNode, told: Alternatives) -> ValuePlan:
    """Return the plan of a choice; some of its ways may not fit the rest."""
    # If choices are nested, the outermost one checks the whole value.
    return _branching(node, told, is_judged=not node.done)


def _branching(node: ValueNode, told: Alternatives, is_judged: bool) -> ValuePlan:
    usual, spares = _promising(node, told, told.ways), _promising(node, told, told.spare)
    is_wide = node.width * len(told.ways) > _MOST_COMBINATIONS and bool(node.done)
    branches = list(islice(usual, 1) if is_wide else usual)
    last: list[ValueNode] = []
    for branch in branches:
        branch.width = node.width * len(branches)

    def further() -> Iterator[Sequence[ValueNode]]:
        for found, known in ((usual, branches), (spares, last)):
            for branch in found:
                branch.width = node.width
                known.append(branch)
                yield [branch]

    def build() -> Maker:
        usable, spare = (list(filter(_is_possible, known)) for known in (branches, last))
        return _Judged(node, usable, spare) if is_judged else _picking(usable or spare)

    reason = "" if branches else _EXCLUSIVE if told.ways else "it excludes every value"
    needs = [[branch] for branch in branches]
    return ValuePlan(needs, build, reason, further=further(), branches=branches)


def _promising(node: ValueNode, told: Alternatives, ways: Iterable[Way]) -> Iterator[ValueNode]:
    return filter(_is_promising, (node.branch(told.name, extra) for extra in ways))


def _is_possible(branch: ValueNode) -> bool:
    return branch.is_possible


def _is_promising(branch: ValueNode) -> bool:
    """Return whether a branch may have values: nothing is required and forbidden."""
    try:
        if forbids(branch.parts) or possible_types(branch) == []:
            return False
    except BrokenRef:
        return True  # the branch reports it when it is planned
    required = {name for raw in branch.raws for name in raw.get("required", ())}
    declared = (raw.get("properties", {}) for raw in branch.raws)
    forbidden = {n for properties in declared for n in properties if properties[n] is False}
    return not required & forbidden or possible_types(branch) != ["object"]


def _lost(branch: ValueNode) -> int:
    """Return how many properties that other schemas of a branch declare are forbidden in it."""
    if branch.plan.branches:
        return min(map(_lost, branch.plan.branches))
    declared = [raw.get("properties", {}) for raw in branch.raws]
    excluded = {name for own in declared for name in own if own[name] is False}
    return sum(any(own.get(name, False) is not False for own in declared) for name in excluded)


def _picking(branches: Sequence[ValueNode]) -> Maker:
    """Return the maker that picks a branch, each as likely as the others, but null seldom.

    Branches that forbid declared properties are taken only if fewer properties are wanted. If the
    run is lean, only the flattest branches are taken.
    """
    flattest = min(branch.height for branch in branches)
    flat = [branch for branch in branches if branch.height == flattest]
    nulls = [branch for branch in branches if branch.is_null]
    others = [branch for branch in branches if not branch.is_null]
    lost = list(map(_lost, others)) if len(others) > 1 else [0] * len(others)
    whole = [b for b, count in zip(others, lost, strict=True) if count == min(lost)]

    def make(run: GenerationRun) -> Any:
        if run.lean:
            return run.pick(flat).make(run)
        usual = whole if run.is_whole else others
        return run.pick(nulls if nulls and (not others or run.rarely()) else usual).make(run)

    return make


class _Judged:
    """The maker of a choice, which checks that the value of a branch satisfies the whole node."""

    def __init__(
        self, node: ValueNode, usable: Sequence[ValueNode], spares: Sequence[ValueNode]
    ) -> None:
        self._node = node
        branches = [*usable, *spares]
        self._usual: list[_Try] = [(_picking(usable or spares), "")] * 3
        self._usual += [(branch, "") for branch in branches]
        # Other modes make odder values, which may fit only one of several similar alternatives.
        self._odd: list[_Try] = [(b, mode) for mode in ("minimal", "boundary") for b in branches]
        names = [{n for raw in b.raws for n in raw.get("properties", ())} for b in branches]
        self._foreign = [sorted(set().union(*names) - own) for own in names]
        self._companions = companions([raw for branch in branches for raw in branch.raws])

    def __call__(self, run: GenerationRun) -> Any:
        """Return a value for the run. Raises Unsatisfiable if no try gives a fitting one."""
        known = run.known
        refused: list[Any] = []
        made = self._first(run, known, self._usual, refused)
        if made is _NONE and refused:
            made = self._told_apart(refused[0], run.spent)
        if made is _NONE:
            made = self._first(run, known, self._odd, refused)
        if made is _NONE and run.tries >= 0 and not self._node.strict:
            run.known = known
            with suppress(Unsatisfiable):
                return self._node.stricter.make(run)
        if made is _NONE:
            raise Unsatisfiable(self._node.uri, _overlap(self._node))
        return made

    def _first(
        self,
        run: GenerationRun,
        known: Mapping[str, Any],
        tries: Sequence[_Try],
        refused: list[Any],
    ) -> Any:
        """Return the first value that fits, at least in part; add the others to `refused`."""
        own_mode = run.mode
        for maker, mode in tries:
            if run.tries < 0:
                break
            run.known, run.mode, run.needed = known, mode or own_mode, NOTHING_NEEDED
            run.tries -= 1
            run.spent.spend_tries()
            try:
                value = maker(run)
            except Unsatisfiable:
                continue
            finally:
                run.mode = own_mode
            if (fitting := self._fitting(value, run)) is not _NONE:
                return fitting
            refused.append(value)
        return _NONE

    def _fitting(self, value: Any, run: GenerationRun) -> Any:
        """Return the value or, for an object, as many of its properties as are valid together."""
        accepts, needed = self._node.accepts, run.needed
        if accepts(value):
            return value
        if not isinstance(value, dict):
            return _NONE
        names = {name for name in value if name in needed}
        if accepts(_only(value, names)):
            for name in value:
                run.spent.spend_tries()
                more = names | (group_of(name, self._companions) & value.keys())
                if len(more) > len(names) and accepts(_only(value, more)):
                    names = more
            return _only(value, names)
        run.spent.spend_tries(len(value))
        fewer = (_only(value, value.keys() - {name}) for name in value if name not in needed)
        return next(filter(accepts, fewer), _NONE)

    def _told_apart(self, value: Any, spent: Budget) -> Any:
        """Return the object with properties that other branches refuse, if it fits then.

        These are the `foreign` properties, which its own branch doesn't declare, with values of a
        wrong type. Objects that fit several branches without any property need them.
        """
        for names, wrong in product(self._foreign, LEAST_VALUES) if isinstance(value, dict) else ():
            spent.spend_tries()
            spoiled = {**dict.fromkeys(names, wrong), **value}
            if self._node.accepts(spoiled):
                return self._thinned(spoiled, [name for name in names if name not in value])
        return _NONE

    def _thinned(self, value: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
        """Return the value without those of the names that it doesn't need to be accepted."""
        for name in names:
            fewer = _only(value, value.keys() - {name})
            value = fewer if self._node.accepts(fewer) else value
        return value


def _only(value: Mapping[str, Any], names: Container[str]) -> dict[str, Any]:
    """Return the members with those names."""
    return {name: member for name, member in value.items() if name in names}


def _overlap(node: ValueNode) -> str:
    if node.says("oneOf"):
        return "what fits one alternative of its oneOf was found to fit none or another one too"
    return "no value that was tried satisfies all of it"
