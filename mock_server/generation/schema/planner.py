"""Plans: from what schemas say to how their values are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mock_server.generation.schema import scalars
from mock_server.generation.schema.alternatives import choice, choices, type_choice
from mock_server.generation.schema.composition import forbids
from mock_server.generation.schema.examples import listed_examples, preferring_given
from mock_server.generation.schema.json_types import FRACTION, possible_types
from mock_server.generation.schema.lists import any_list
from mock_server.generation.schema.nodes import ValueNode, ValuePlan, impossible
from mock_server.generation.schema.objects import any_object

_BY_TYPE: Mapping[str, Callable[[ValueNode], ValuePlan]] = {
    "object": any_object,
    "array": any_list,
    "string": scalars.any_string,
    "number": scalars.any_number,
    "integer": scalars.any_integer,
    FRACTION: scalars.any_fraction,
    "boolean": scalars.any_boolean,
    "null": scalars.null,
}


def plan(node: ValueNode) -> ValuePlan:
    """How values are made in one place. Raises BrokenRef."""
    return preferring_given(node, _plan(node))


def _plan(node: ValueNode) -> ValuePlan:
    """The plan for what is asked of a node: a value given, a choice, or one type."""
    if forbids(node.parts):
        return impossible("its schema is false")
    if node.says("enum", "const"):
        return listed_examples(node)
    for told in choices(node.parts, node.strict):
        if told.name not in node.done:
            return choice(node, told)
    types = possible_types(node)
    if types is None:
        return scalars.anything(node)
    if len(types) > 1:
        return type_choice(node, types)
    return _BY_TYPE[types[0]](node) if types else impossible("its parts ask for different types")
