"""Strings, numbers and other values without parts of their own."""

from __future__ import annotations

from typing import Any

from mock_server.generation.schema.contents import StringContent, carrying
from mock_server.generation.schema.examples import fresh, weighed
from mock_server.generation.schema.json_types import LEAST_VALUES
from mock_server.generation.schema.nodes import ValueNode, ValuePlan, impossible, possible
from mock_server.generation.schema.run import GenerationRun
from mock_server.generation.values.keywords import SizeLimits
from mock_server.generation.values.numbers import is_number_name, number
from mock_server.generation.values.random_source import Leaf, Source
from mock_server.generation.values.strings import string
from mock_server.generation.values.texts import LABELS, slug, word

_NO_NUMBER = "no number lies within its bounds"


def any_string(node: ValueNode) -> ValuePlan:
    """Return the plan of strings."""
    limits = SizeLimits.of(node.raws, "Length")
    if limits.empty:
        return impossible(f"its text has {limits} characters")
    leaf = weighed(string(node.raws, node.names, node.accepts), limits.low)
    content = StringContent.of(node)
    if content is None:
        return possible(leaf)
    plain = string([], node.names, lambda _: True)
    return carrying(node, content, leaf, plain)


def any_number(node: ValueNode) -> ValuePlan:
    """Return the plan of numbers, integers included."""
    return _number(node, integer=False)


def any_integer(node: ValueNode) -> ValuePlan:
    """Return the plan of integers."""
    return _number(node, integer=True)


def any_fraction(node: ValueNode) -> ValuePlan:
    """Return the plan of numbers that aren't integers."""
    leaf = number(node.raws, node.names, node.accepts, integer=False)
    return _drawn(node, _broken(leaf, node)) if leaf else impossible(_NO_NUMBER)


def _broken(leaf: Leaf, node: ValueNode) -> Leaf:
    def broken(source: Source) -> Any:
        made = leaf(source)
        others = (made + part for part in (0, 0.5, -0.5, 0.25, 0.001))
        return next((n for n in others if n % 1 and node.accepts(n)), made)

    return broken


def any_boolean(node: ValueNode) -> ValuePlan:
    """Return the plan of true and false."""
    return possible(lambda run: run.random() < 0.5 and run.mode != "minimal")


def null(node: ValueNode) -> ValuePlan:
    """Return the plan of null."""
    return possible(lambda run: None, is_null=True)


def anything(node: ValueNode) -> ValuePlan:
    """Return the plan of values of any type: by the property's name if there is one."""
    if node.hint:
        return any_number(node) if is_number_name(node.hint) else any_string(node)

    def make(run: GenerationRun) -> Any:
        if run.mode == "boundary":
            return fresh(run.pick(LEAST_VALUES))
        if run.lean or run.random() < 0.5:
            return slug(run)
        return {run.pick(LABELS): word(run) for _ in range(2)}

    return possible(make)


def _number(node: ValueNode, integer: bool) -> ValuePlan:
    leaf = number(node.raws, node.names, node.accepts, integer)
    return _drawn(node, leaf) if leaf else impossible(_NO_NUMBER)


def _drawn(node: ValueNode, leaf: Leaf) -> ValuePlan:
    return possible(leaf)
