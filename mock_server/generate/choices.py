"""Choices: the ways to go that schemas leave open, and how one of them is picked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Any

from mock_server.generate.discriminators import branch_tags
from mock_server.generate.json_types import LEAST_VALUES
from mock_server.generate.nodes import Node, Plan
from mock_server.generate.opposites import Way, conditions, ways_against
from mock_server.generate.run import Maker, Run
from mock_server.generate.schema import Made, Schema, Unsatisfiable

# So many combinations of choices are looked at in one place; then each further choice is settled
# by its first way.
_MOST_COMBINATIONS = 256


def choices(parts: Iterable[Schema]) -> Iterator[tuple[str, Sequence[Way]]]:
    """Every choice among the parts: its name, and for each way what must hold then."""
    for part in parts:
        raw = part.raw
        for keyword in ("oneOf", "anyOf"):
            if keyword in raw:
                branches = [part.child(keyword, i) for i in range(len(raw[keyword]))]
                yield f"{part.uri}/{keyword}", [[b, *branch_tags(part, b)] for b in branches]
        if "if" in raw and ("then" in raw or "else" in raw):
            yield f"{part.uri}/if", conditions(part)
        for name in raw.get("dependentSchemas", ()):
            there = [Made({"required": [name]}), part.child("dependentSchemas", name)]
            absent = Made({"properties": {name: False}})
            yield f"{part.uri}/dependentSchemas/{name}", [[absent], there]
        if "not" in raw:
            yield f"{part.uri}/not", list(ways_against(part.child("not")))


def type_choice(node: Node, types: Iterable[str]) -> Plan:
    """The plan where a value may have one of several types; each makes what that type allows."""
    return _branching(node, "type", [[Made({"type": name})] for name in types], is_judged=False)


def choice(node: Node, name: str, ways: Sequence[Way]) -> Plan:
    """The plan where there are several ways to go, of which some may not fit the rest."""
    # Where choices are nested the outermost judges the whole.
    return _branching(node, name, ways, is_judged=not node.done)


def _branching(node: Node, name: str, ways: Sequence[Way], is_judged: bool) -> Plan:
    if node.width * len(ways) > _MOST_COMBINATIONS and node.done:
        ways = ways[:1]
    branches = [node.branch(name, extra, node.width * len(ways)) for extra in ways]

    def build() -> Maker:
        usable = [branch for branch in branches if branch.is_possible]
        return _judged(node, usable) if is_judged else _picking(usable)

    reason = "" if branches else "it excludes every value"
    is_null = bool(branches) and all(branch.plan.is_null for branch in branches)
    return Plan([[branch] for branch in branches], build, reason, is_null)


def _picking(branches: Sequence[Node]) -> Maker:
    """All branches alike, but null seldom; the flattest ones where little is to be made."""
    flattest = min(branch.height for branch in branches)
    flat = [branch for branch in branches if branch.height == flattest]
    nulls = [branch for branch in branches if branch.plan.is_null]
    others = [branch for branch in branches if not branch.plan.is_null]

    def make(run: Run) -> Any:
        if run.lean:
            return run.pick(flat).make(run)
        return run.pick(nulls if nulls and (not others or run.rarely()) else others).make(run)

    return make


def _judged(node: Node, branches: Sequence[Node]) -> Maker:
    """A value of one of the branches that satisfies the whole."""
    # Other modes make odder values, which may tell alternatives apart that are alike.
    tries: list[tuple[Maker, str]] = [(_picking(branches), "")] * 4
    tries += [(branch, mode) for mode in ("", "minimal", "boundary") for branch in branches]
    names = [{name for raw in b.raws for name in raw.get("properties", ())} for b in branches]
    foreign = [sorted(set().union(*names) - own) for own in names]

    def make(run: Run) -> Any:
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
        raise Unsatisfiable(node.uri, _overlap(node))

    return make


def _told_apart(node: Node, value: Any, foreign: Iterable[Sequence[str]]) -> Any:
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


def _thinned(node: Node, value: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The value with no more of the names than it needs."""
    for name in names:
        fewer = {key: item for key, item in value.items() if key != name}
        value = fewer if node.accepts(fewer) else value
    return value


def _overlap(node: Node) -> str:
    if node.says("oneOf"):
        return "what fits one alternative of its oneOf was found to fit none or another one too"
    return "no value that was tried satisfies all of it"
