"""The values in a schema itself: enum, const, examples, default."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from copy import deepcopy
from itertools import chain
from typing import Any, Final

from mock_server.generation.schema.discriminators import TAG
from mock_server.generation.schema.nodes import ValueNode, ValuePlan, impossible, possible
from mock_server.generation.schema.run import GenerationRun, Maker
from mock_server.generation.values.names import text_by_name
from mock_server.generation.values.x_faker import UNUSABLE, faker_leaf, forms

# The least size in bytes of values that are counted in the budget.
_LONG = 256
# Stands for no fitting form, because None is the value null.
_NOTHING: Final = object()


def fresh(value: Any) -> Any:
    """Return the value, or a copy if it is a list or mapping, which a caller could change."""
    return deepcopy(value) if isinstance(value, dict | list) else value


def weighed(make: Maker, size: int) -> Maker:
    """Return a maker that spends so many bytes for each value; the same maker if they are few."""
    if size < _LONG:
        return make

    def weighing(run: GenerationRun) -> Any:
        run.spent.spend_bytes(size)
        return make(run)

    return weighing


def _largest(values: Sequence[Any]) -> int:
    """Return the length of the largest value as JSON."""
    return max((len(json.dumps(value, default=str)) for value in values), default=0)


def listed_examples(node: ValueNode) -> ValuePlan:
    """Return the plan that picks a value of `enum` or `const` which the other keywords accept."""
    lists = ([raw["const"]] if "const" in raw else raw.get("enum") for raw in node.raws)
    options = [value for value in next(filter(None, lists), ()) if node.accepts(value)]
    if not options:
        return impossible("none of its enum values satisfies the rest of it")
    others = [value for value in options if value is not None] or options

    def make(run: GenerationRun) -> Any:
        if run.mode == "minimal":
            return fresh(options[0])
        return fresh(run.pick(options if len(others) < len(options) and run.rarely() else others))

    return possible(weighed(make, _largest(options)), is_null=options == [None])


def preferring_given(node: ValueNode, plan: ValuePlan) -> ValuePlan:
    """Return the plan, with the tags, examples and defaults of the schema taken first."""
    if node.done or not plan.needs:
        return plan
    tags = [value for value in _given(node, TAG) if node.accepts(value)]
    if tags:
        return possible(weighed(lambda run: tags[0], _largest(tags)))
    examples = list(filter(node.accepts, chain(_given(node, "examples"), _given(node, "example"))))
    defaults = [raw["default"] for raw in node.raws if "default" in raw]
    defaults = list(filter(node.accepts, defaults))
    if not examples and not defaults:
        return plan

    def build() -> Maker:
        made = plan.build()
        if examples:
            return _preferring(examples, 1.0, node, made)
        plain = [v for v in defaults if not _holds_objects(v) and v is not None]
        return _by_default(defaults[0], _preferring(plain, 0.5, node, made) if plain else made)

    return plan._replace(build=build)


def _by_default(value: Any, otherwise: Maker) -> Maker:
    """Return the maker that takes the default if every default is wanted."""
    size = _largest([value])

    def make(run: GenerationRun) -> Any:
        is_sized = isinstance(value, list) and run.items is not None
        if not run.defaults or is_sized:
            return otherwise(run)
        if size >= _LONG:
            run.spent.spend_bytes(size)
        return fresh(value)

    return make


def asked_of_faker(node: ValueNode, plan: ValuePlan) -> ValuePlan:
    """Return the plan, with the values of `x-faker` taken first if they fit."""
    leaf = None if node.done or not node.says("x-faker") else faker_leaf(node.raws)
    if leaf is None:
        return plan

    def build() -> Maker:
        otherwise = plan.build()

        def make(run: GenerationRun) -> Any:
            fitting = _NOTHING
            with suppress(*UNUSABLE):
                fitting = next(filter(node.accepts, forms(leaf(run))), _NOTHING)
            return otherwise(run) if fitting is _NOTHING else fresh(fitting)

        return make

    return plan._replace(build=build)


def _given(node: ValueNode, keyword: str) -> Iterator[Any]:
    """Yield the values under a keyword in all parts, but none with objects."""
    for given in (raw[keyword] for raw in node.raws if keyword in raw):
        values = given if keyword == "examples" and isinstance(given, list) else [given]
        yield from (value for value in values if not _holds_objects(value))


def _holds_objects(value: Any) -> bool:
    if isinstance(value, list):
        return any(isinstance(item, dict | list) for item in value)
    return isinstance(value, dict)


def _preferring(values: Sequence[Any], chance: float, node: ValueNode, otherwise: Maker) -> Maker:
    """Return the maker that prefers one of the values; a list doesn't repeat a sole one."""
    size = _largest(values)
    is_telling = node.says("format", "pattern", "enum", "const")
    repeats = len(values) > 1 or not (is_telling or any(map(text_by_name, node.names)))

    def make(run: GenerationRun) -> Any:
        if run.mode == "typical" and (run.first or repeats) and run.random() < chance:
            if size >= _LONG:
                run.spent.spend_bytes(size)
            value = fresh(run.pick(values))
            if run.items is None or not isinstance(value, list):
                return value
        return otherwise(run)

    return make
