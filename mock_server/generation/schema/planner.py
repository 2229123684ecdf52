"""Plans: from the schemas of a place to the making of its values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain

from mock_server.generation.schema import scalars
from mock_server.generation.schema.alternatives import choice, choices, type_choice
from mock_server.generation.schema.composition import forbids
from mock_server.generation.schema.examples import asked_of_faker, listed_examples, preferring_given
from mock_server.generation.schema.json_types import FRACTION, other_types, possible_types
from mock_server.generation.schema.lists import any_list
from mock_server.generation.schema.nodes import ValueNode, ValuePlan, impossible
from mock_server.generation.schema.objects import any_object
from mock_server.generation.schema.run import Maker
from mock_server.generation.schema.schema import Made

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
    """Return the plan of the values in one place. Raises BrokenRef."""
    return preferring_given(node, asked_of_faker(node, _plan(node)))


def _plan(node: ValueNode) -> ValuePlan:
    """Return the plan of a node before examples and `x-faker` are looked at."""
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
    if not types:
        return impossible("its parts ask for different types")
    plan = _BY_TYPE[types[0]](node)
    return _or_another(node, plan, types) if other_types(node, types) else plan


def _or_another(node: ValueNode, plan: ValuePlan, types: Sequence[str]) -> ValuePlan:
    """Return the plan of the type that the keywords are for; of other types if it has no value."""
    if plan.reason:
        return type_choice(node, types)
    rest = node.branch("type", [Made({"type": other_types(node, types)})])

    def build() -> Maker:
        is_needed = any(rest in group for group in node.needs)
        return rest if is_needed else plan.build()

    return plan._replace(build=build, further=chain(plan.further, iter([[rest]])))
