"""A value is whole: it has as many declared properties as can be there together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mock_server.generation.schema import Generator, ValueShape
from mock_server.generation.schema.nodes import ValueNode
from mock_server.generation.schema.planner import plan
from tests.helpers.values import Plain, faults, made, many

NAMES = ("a", "b", "c")
ABC: dict[str, Any] = {"type": "object", "properties": {name: {"type": "string"} for name in NAMES}}
REQUIRED = {name: {"required": [name]} for name in NAMES}

# Schemas of an object with a, b and c, and how many of them can be there together.
TOGETHER = [
    ({}, 3),
    ({"oneOf": [REQUIRED["a"], REQUIRED["b"]]}, 2),
    ({"oneOf": [REQUIRED["a"], REQUIRED["b"], REQUIRED["c"]]}, 1),
    ({"anyOf": [REQUIRED["a"], REQUIRED["b"]]}, 3),
    ({"not": {"required": ["a", "b"]}}, 2),
    ({"not": {"required": ["a"]}}, 2),
    ({"not": {"anyOf": [REQUIRED["a"], REQUIRED["b"]]}}, 1),
    ({"allOf": [{"not": {"required": ["a", "b"]}}, {"not": {"required": ["b", "c"]}}]}, 2),
    ({"dependentRequired": {"a": ["b", "c"]}}, 3),
    ({"dependentRequired": {"a": ["d"]}}, 3),
    ({"dependentSchemas": {"a": {"required": ["d"]}}}, 3),
    ({"dependentSchemas": {"a": {"properties": {"b": False}}}}, 2),
    ({"maxProperties": 2}, 2),
    ({"maxProperties": 2, "dependentRequired": {"a": ["b", "c"]}}, 2),
    ({"propertyNames": {"enum": ["a", "c"]}}, 2),
    ({"if": {"required": ["a"]}, "then": {"required": ["d"]}}, 3),
    ({"if": {"required": ["a"]}, "then": {"properties": {"b": False, "c": False}}}, 2),
    ({"if": {"required": ["a"]}, "else": {"properties": {"b": False}}}, 3),
    ({"properties": {**ABC["properties"], "c": False}}, 2),
    ({"properties": {**ABC["properties"], "c": {"enum": ["x"], "minLength": 2}}}, 2),
    ({"allOf": [{"properties": {"a": {}}, "additionalProperties": False}]}, 1),
    ({"unevaluatedProperties": False, "anyOf": [{"required": ["d"]}, {"required": ["a"]}]}, 3),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "count"), TOGETHER, ids=str)
@pytest.mark.parametrize("mode", ["typical", "maximal"])
def test_as_many_properties_are_there_as_can_be_together(rule: Any, count: int, mode: Any) -> None:
    schema = {**ABC, **rule}
    for value in many(schema, 20, mode=mode):
        assert not faults(schema, value)
        assert len(NAMES & value.keys()) == count


def test_at_the_limits_properties_are_left_out() -> None:
    assert {len(value) for value in many(ABC, 60, mode="boundary")} >= {0, 1, 2, 3}
    assert many(ABC, 3, mode="minimal") == [{}, {}, {}]


def test_a_deprecated_property_is_there_only_if_it_is_required() -> None:
    text = {"type": "string", "deprecated": True}
    schema = {"properties": {"old": text, "kept": text, "new": {}}, "required": ["kept"]}
    for mode in ("typical", "maximal"):
        assert all({"kept", "new"} == value.keys() - {"x"} for value in many(schema, 9, mode=mode))


def test_what_is_only_written_is_left_out_of_replies_and_what_is_only_read_of_requests() -> None:
    schema = {"properties": {"w": {"writeOnly": True}, "r": {"readOnly": True}, "both": {}}}
    assert made(schema).keys() == {"r", "both"}
    assert made(schema, direction="request").keys() == {"w", "both"}


def test_every_level_of_a_deep_object_is_whole() -> None:
    schema: dict[str, Any] = {"type": "string"}
    for level in range(8):
        schema = {"type": "object", "properties": {"a": {"type": "integer"}, f"o{level}": schema}}
    assert depth(made(schema)) == 8


def test_an_object_within_itself_is_whole_twice_and_then_bare() -> None:
    node = {"type": "object", "required": ["v"], "properties": {"v": {"type": "integer"}}}
    for name in ("next", "previous", "parent", "origin"):
        node["properties"][name] = {"$ref": "#/$defs/Node"}  # type: ignore[index]
    value = made({"$ref": "#/$defs/Node", "$defs": {"Node": node}})
    assert value.keys() == {"v", "next", "previous", "parent", "origin"}
    assert value["next"].keys() == value.keys()
    assert value["next"]["parent"].keys() == {"v"}


def test_schemas_that_lead_everywhere_give_values_of_a_bounded_size() -> None:
    names = [f"n{n}" for n in range(30)]
    links = {name: {"$ref": f"#/$defs/{name}"} for name in names}
    lists = {f"{name}s": {"type": "array", "items": links[name]} for name in names}
    properties = {"v": {"type": "integer"}, **links, **lists}
    part = {"type": "object", "properties": properties}
    value = made({"$ref": "#/$defs/n0", "$defs": dict.fromkeys(names, part)})
    assert value.keys() == properties.keys()
    assert 60 < sum(1 for _ in members(value)) < 4_000


def test_what_is_wide_leaves_room_for_what_comes_after_it() -> None:
    many_names = {f"p{n}": {"type": "integer"} for n in range(450)}
    small = {"type": "object", "properties": {"a": {"type": "object", "properties": {"b": {}}}}}
    parts = {"wide": {"type": "object", "properties": many_names}, "small": small}
    value = made({"type": "object", "properties": parts})
    assert len(value["wide"]) == 450
    assert value["small"]["a"].keys() == {"b"}


# The number of plans for a schema, which is what its first value waits for.
CHOICES: dict[str, Callable[[int], dict[str, Any]]] = {
    "anyOf": lambda n: {"anyOf": [{"required": [f"x{n}"]}, {"required": [f"y{n}"]}]},
    "oneOf": lambda n: {"oneOf": [{"required": [f"x{n}"]}, {"required": [f"y{n}"]}]},
    "constants": lambda n: {
        "oneOf": [{"properties": {f"x{n}": {"const": c}}, "required": [f"x{n}"]} for c in "abcd"]
    },
    "if": lambda n: {"if": {"required": [f"x{n}"]}, "then": {"required": [f"y{n}"]}},
    "not": lambda n: {"not": {"required": [f"x{n}", f"y{n}"]}},
    "dependentSchemas": lambda n: {"dependentSchemas": {f"x{n}": {"required": [f"y{n}"]}}},
}


@pytest.mark.parametrize("keyword", CHOICES)
def test_each_choice_more_adds_alike_to_what_the_first_value_waits_for(
    keyword: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned: list[ValueNode] = []

    def counting(node: ValueNode) -> Any:
        planned.append(node)
        return plan(node)

    monkeypatch.setattr("mock_server.generation.schema.generator.plan", counting)
    counts = []
    for size in (6, 12, 24):
        schema = {"type": "object", "allOf": [CHOICES[keyword](n) for n in range(size)]}
        planned.clear()
        value = Generator().value(Plain(schema), "seed", shape=ValueShape())
        assert not faults(schema, value)
        counts.append(len(planned))
    assert counts[2] < 1_500
    assert counts[2] - counts[1] <= 2.5 * (counts[1] - counts[0])


def depth(value: Any) -> int:
    return 1 + max(map(depth, value.values()), default=0) if isinstance(value, dict) else 0


def members(value: Any) -> Iterator[Any]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        yield one
        yield from members(one)
