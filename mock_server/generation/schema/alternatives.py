"""Choices: the ways to go that schemas leave open, and how one of them is picked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import product
from typing import Any, NamedTuple

from mock_server.documents import BrokenRef
from mock_server.generation.schema.composition import forbids
from mock_server.generation.schema.discriminators import branch_tags
from mock_server.generation.schema.json_types import LEAST_VALUES, possible_types
from mock_server.generation.schema.negation import Way, conditions, ways_against
from mock_server.generation.schema.nodes import ValueNode, ValuePlan
from mock_server.generation.schema.run import GenerationRun, Maker
from mock_server.generation.schema.schema import Made, Opposite, SchemaSource, Unsatisfiable

# So many combinations of choices are looked at in one place; then each further choice is settled
# by its first way.
_MOST_COMBINATIONS = 256
_EXCLUSIVE = "what it asks for excludes each other"


class Alternatives(NamedTuple):
    """A choice: its name, and for each way to go what must hold then.

    A `spare` way is one for where no other leads to a value.
    """

    name: str
    ways: Sequence[Way]
    spare: Sequence[Way] = ()


def choices(parts: Iterable[SchemaSource], strict: bool) -> Iterator[Alternatives]:
    """Every choice among the parts; the ways of a `oneOf` exclude each other if it's strict."""
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


def _opposites(branches: Iterable[SchemaSource], but: SchemaSource) -> Iterator[SchemaSource]:
    return (Opposite(branch) for branch in branches if branch is not but)


def type_choice(node: ValueNode, types: Iterable[str]) -> ValuePlan:
    """The plan where a value may have one of several types; each makes what that type allows."""
    ways = [[Made({"type": name})] for name in types]
    return _branching(node, Alternatives("type", ways), is_judged=False)


def choice(node: ValueNode, told: Alternatives) -> ValuePlan:
    """The plan where there are several ways to go, of which some may not fit the rest."""
    # Where choices are nested the outermost judges the whole.
    return _branching(node, told, is_judged=not node.done)


def _branching(node: ValueNode, told: Alternatives, is_judged: bool) -> ValuePlan:
    branches, spares = (
        list(filter(_is_promising, (node.branch(told.name, extra) for extra in ways)))
        for ways in (told.ways, told.spare)
    )
    if node.width * len(branches) > _MOST_COMBINATIONS and node.done:
        branches, spares = branches[:1], []
    for branch in (*branches, *spares):
        branch.width = node.width * len(branches)

    def build() -> Maker:
        usable = [branch for branch in branches if branch.is_possible]
        last = [branch for branch in spares if branch.is_possible]
        return _judged(node, usable, last) if is_judged else _picking(usable or last)

    reason = "" if branches else _EXCLUSIVE if told.ways else "it excludes every value"
    is_null = bool(branches) and all(branch.plan.is_null for branch in branches)
    return ValuePlan([[branch] for branch in (*branches, *spares)], build, reason, is_null)


def _is_promising(branch: ValueNode) -> bool:
    """Whether it's worth looking closer: no type and no property is asked for and forbidden."""
    try:
        if forbids(branch.parts) or possible_types(branch) == []:
            return False
    except BrokenRef:
        return True  # which the branch tells of itself
    required = {name for raw in branch.raws for name in raw.get("required", ())}
    declared = (raw.get("properties", {}) for raw in branch.raws)
    forbidden = {n for properties in declared for n in properties if properties[n] is False}
    return not required & forbidden or possible_types(branch) != ["object"]


def _picking(branches: Sequence[ValueNode]) -> Maker:
    """All branches alike, but null seldom; the flattest ones where little is to be made."""
    flattest = min(branch.height for branch in branches)
    flat = [branch for branch in branches if branch.height == flattest]
    nulls = [branch for branch in branches if branch.plan.is_null]
    others = [branch for branch in branches if not branch.plan.is_null]

    def make(run: GenerationRun) -> Any:
        if run.lean:
            return run.pick(flat).make(run)
        return run.pick(nulls if nulls and (not others or run.rarely()) else others).make(run)

    return make


def _judged(node: ValueNode, usable: Sequence[ValueNode], spares: Sequence[ValueNode]) -> Maker:
    """A value of one of the branches that satisfies the whole."""
    # Other modes make odder values, which may tell alternatives apart that are alike.
    tries: list[tuple[Maker, str]] = [(_picking(usable or spares), "")] * 4
    branches = [*usable, *spares]
    tries += [(branch, mode) for mode in ("", "minimal", "boundary") for branch in branches]
    names = [{name for raw in b.raws for name in raw.get("properties", ())} for b in branches]
    foreign = [sorted(set().union(*names) - own) for own in names]

    def make(run: GenerationRun) -> Any:
        known, own_mode = run.known, run.mode
        for maker, mode in tries:
            run.known, run.mode = known, mode or own_mode
            run.tries -= 1
            try:
                return _told_apart(node, maker(run), foreign)
            except Unsatisfiable:
                if run.tries < 0:
                    break
            finally:
                run.mode = own_mode
        if not node.strict and run.tries >= 0:
            run.known = known
            with suppress(Unsatisfiable):
                return node.stricter.make(run)
        raise Unsatisfiable(node.uri, _overlap(node))

    return make


def _told_apart(node: ValueNode, value: Any, foreign: Iterable[Sequence[str]]) -> Any:
    """The value once all of the node accepts it. Raises Unsatisfiable.

    An object that fits several branches of a `oneOf` is given what the others don't allow: of the
    `foreign` properties, which its own branch doesn't declare, values of a wrong type.
    """
    if node.accepts(value):
        return value
    if isinstance(value, dict):
        for names, wrong in product(foreign, LEAST_VALUES):
            spoiled = {**dict.fromkeys(names, wrong), **value}
            if node.accepts(spoiled):
                return _thinned(node, spoiled, [name for name in names if name not in value])
    raise Unsatisfiable(node.uri, _overlap(node))


def _thinned(node: ValueNode, value: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The value with no more of the names than it needs."""
    for name in names:
        fewer = {key: item for key, item in value.items() if key != name}
        value = fewer if node.accepts(fewer) else value
    return value


def _overlap(node: ValueNode) -> str:
    if node.says("oneOf"):
        return "what fits one alternative of its oneOf was found to fit none or another one too"
    return "no value that was tried satisfies all of it"
