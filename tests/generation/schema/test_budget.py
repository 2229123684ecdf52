"""A reply has one budget, and is refused with the limit that it would go beyond."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.generation import Entities
from mock_server.generation.schema import Generator, ReplyLimits, Unsatisfiable
from mock_server.generation.schema.budget import MOST_LEVELS, Budget, Exhausted
from tests.helpers.values import Plain, faults, made

LIMITS = ReplyLimits(values=50, tries=40, bytes=2_000)
TEXT = {"type": "string"}


def numbers(count: int) -> dict[str, Any]:
    return {"type": "array", "minItems": count, "items": {"type": "integer"}}


def texts(count: int) -> dict[str, Any]:
    return {"type": "array", "minItems": count, "items": {"type": "string", "minLength": 500}}


def one_of(count: int) -> dict[str, Any]:
    return {
        "oneOf": [{"type": "integer", "minimum": 10**n, "maximum": 10**n} for n in range(count)]
    }


def levels(count: int, schema: Any = True) -> Any:
    for _ in range(count):
        schema = {"type": "object", "required": ["a"], "properties": {"a": schema}}
    return schema


WITHIN = [numbers(49), texts(3), one_of(20)]
BEYOND = [
    (numbers(51), "it takes more than 50 values (--reply-values)"),
    (texts(5), "it takes more than 2,000 bytes (--reply-bytes)"),
    (one_of(60), "it takes more than 40 tries (--reply-tries)"),
]


@pytest.mark.parametrize("schema", WITHIN, ids=str)
def test_what_the_limits_allow_is_made(schema: Any) -> None:
    assert not faults(schema, Generator(limits=LIMITS).value(Plain(schema), "1"))


@pytest.mark.parametrize(("schema", "reason"), BEYOND, ids=lambda told: str(told)[:40])
def test_beyond_a_limit_there_is_no_value_each_time(schema: Any, reason: str) -> None:
    generator = Generator(limits=LIMITS)
    for _ in range(2):
        with pytest.raises(Unsatisfiable) as told:
            generator.value(Plain(schema), "1")
        assert told.value.reason == reason


def test_other_schemas_have_the_same_values_after_a_refusal() -> None:
    shared = {"anyOf": [{"type": "integer", "minimum": n} for n in range(20)]}
    ref = {"$ref": "#/shared"}
    pair = {"type": "object", "required": ["a"], "properties": {"a": ref}}
    document = {"shared": shared, "fine": pair, "wide": {"allOf": [pair, ref, one_of(60)]}}
    generator = Generator(limits=LIMITS)
    with pytest.raises(Unsatisfiable, match="more than 40 tries"):
        generator.value(Plain(document, "wide"), "1")
    fine = Plain(document, "fine")
    assert generator.value(fine, "1") == Generator().value(fine, "1")


@pytest.mark.parametrize(("count", "is_made"), [(MOST_LEVELS, True), (MOST_LEVELS + 1, False)])
def test_objects_are_within_each_other_up_to_a_limit(count: int, is_made: bool) -> None:
    schema = levels(count, TEXT)
    if is_made:
        assert not faults(schema, made(schema))
    else:
        with pytest.raises(Unsatisfiable, match=f"more than {MOST_LEVELS} levels"):
            made(schema)


def test_all_values_of_one_reply_have_one_budget() -> None:
    entities = Entities(Generator(limits=LIMITS))
    schema = Plain(numbers(20))
    with entities.one_reply() as budget:
        entities.value(schema, ("w", "1"), {})
        entities.value(schema, ("w", "2"), {})
        assert budget is not None and budget.effort >= 40
        with pytest.raises(Unsatisfiable, match="50 values"):
            entities.value(schema, ("w", "3"), {})
        assert "50 values" in budget.spent
    assert len(entities.value(schema, ("w", "4"), {})) >= 20


def test_a_budget_is_spent_to_the_last() -> None:
    budget = Budget(ReplyLimits(values=2))
    budget.spend_values(2)
    assert not budget.spent
    with pytest.raises(Exhausted):
        budget.spend_values(1)
    assert budget.spent


BOOL = {"type": "boolean"}
PAIR = {"type": "object", "required": ["a", "b"], "properties": {"a": BOOL, "b": BOOL}}
# Schemas with few values, and how many.
FEW = [
    (BOOL, 2),
    ({"type": ["boolean", "null"]}, 3),
    ({**PAIR, "additionalProperties": False}, 4),
    ({**PAIR, "additionalProperties": False, "required": ["a"]}, 6),
    ({"type": "integer", "minimum": 3, "exclusiveMaximum": 203}, 200),
    ({"type": "array", "items": BOOL, "minItems": 1, "maxItems": 3}, 14),
    ({"type": "array", "minItems": 2, "maxItems": 2, "items": {"enum": list(range(12))}}, 144),
    ({"oneOf": [BOOL, {"enum": [1, 2, 3]}]}, 5),
]


@pytest.mark.parametrize(("schema", "count"), FEW, ids=str)
def test_all_of_few_values_are_found_for_a_list_of_different_ones(schema: Any, count: int) -> None:
    whole = {"type": "array", "uniqueItems": True, "minItems": count, "items": schema}
    assert not faults(whole, made(whole))


@pytest.mark.parametrize(("schema", "count"), FEW[:4], ids=str)
def test_more_than_there_are_is_no_list(schema: Any, count: int) -> None:
    whole = {"type": "array", "uniqueItems": True, "minItems": count + 1, "items": schema}
    with pytest.raises(Unsatisfiable, match=f"only {count} different items|more than"):
        made(whole)
