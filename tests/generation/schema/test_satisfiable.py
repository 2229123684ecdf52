"""Schemas that have a value get one in every mode; only those without a value are refused."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from mock_server.generation.schema import Generator, Mode, Unsatisfiable, ValueShape
from tests.helpers.planting import fits, planted
from tests.helpers.samples import samples
from tests.helpers.values import MODES, Plain, faults, made

INTEGER = {"type": "integer"}
STRING = {"type": "string"}


def listing(**keywords: Any) -> dict[str, Any]:
    return {"type": "array", **keywords}


def having(**keywords: Any) -> dict[str, Any]:
    return {"type": "object", **keywords}


SATISFIABLE: dict[str, dict[str, Any]] = {
    "no list, for none contains what can't be": {"contains": False},
    "no list of such items": {"items": False, "minItems": 1},
    "no text, for none is so long": {"minLength": 3, "maxLength": 2},
    "no number within such bounds": {"minimum": 3, "maximum": 2},
    "no object with such a property": {"required": ["a"], "properties": {"a": False}},
    "neither a list nor a text": {"contains": False, "minLength": 3, "maxLength": 2},
    "no list of parts": {"allOf": [{"contains": False}, {"minItems": 0}]},
    "a property that is no list": having(properties={"a": {"contains": False}}, required=["a"]),
    "a format and a pattern": {**STRING, "format": "email", "pattern": r"@corp\.example$"},
    "two patterns": {**STRING, "allOf": [{"pattern": "^[a-z]+"}, {"pattern": "[0-9]{3}$"}]},
    "a pattern and a long length": {**STRING, "pattern": "^a+b+$", "minLength": 500},
    "a pattern that isn't one's own": {**STRING, "pattern": "^[ab]", "not": {"pattern": "^a"}},
    "properties by pattern alone": having(
        minProperties=3, patternProperties={"^x-": INTEGER}, additionalProperties=False
    ),
    "properties of two patterns": having(
        minProperties=3,
        patternProperties={"^[ab]$": INTEGER, "^c$": STRING},
        additionalProperties=False,
    ),
    "properties by pattern of an inner part": having(
        minProperties=2,
        allOf=[{"patternProperties": {"^x": INTEGER}}],
        unevaluatedProperties=False,
    ),
    "names of two patterns": having(
        minProperties=2,
        propertyNames={"pattern": "^a"},
        patternProperties={"z$": INTEGER},
        additionalProperties=False,
    ),
    "names that declared ones don't have": having(
        minProperties=1,
        properties={"A": True, "b": True},
        propertyNames={"pattern": "^[a-z]"},
        additionalProperties=False,
    ),
    "names from an enum": having(minProperties=2, propertyNames={"enum": ["a", "b"]}),
    "what isn't contained": listing(contains=STRING, minContains=0, maxContains=0),
    "what is contained once": listing(contains=STRING, maxContains=1),
    "what is contained so often": listing(
        items={"enum": [1, 2, 3]}, contains={"const": 1}, minContains=2, maxContains=3, minItems=5
    ),
    "objects contained once": listing(
        items=having(properties={"k": {"enum": ["a", "b"]}}, required=["k"]),
        contains={"properties": {"k": {"const": "a"}}},
        maxContains=1,
        minItems=3,
    ),
    "all items contained, but not too many": listing(
        items=INTEGER, contains=INTEGER, minContains=1, maxContains=3, minItems=2
    ),
    "different ones contained": listing(
        items={"enum": ["a", "b", "c"]}, contains={"enum": ["a", "b"]}, minContains=2,
        uniqueItems=True,
    ),
    "two contained in two": listing(
        allOf=[{"contains": {"const": 1}}, {"contains": {"const": 2}}], maxItems=2
    ),
    "what contains evaluates": listing(
        prefixItems=[{"const": "a"}], contains=INTEGER, unevaluatedItems=False, minItems=3
    ),
    "items of an alternative evaluated": listing(
        anyOf=[{"prefixItems": [{"const": 1}]}, {"prefixItems": [{"const": 2}, {"const": 3}]}],
        unevaluatedItems=False, minItems=2,
    ),
    "properties of all alternatives": having(
        anyOf=[{"properties": {"a": True}}, {"properties": {"b": True}}],
        unevaluatedProperties=False, minProperties=2,
    ),
    "properties of a condition evaluated": having(
        **{"if": {"properties": {"k": {"const": "x"}}, "required": ["k"]}},
        then={"properties": {"x": INTEGER}, "required": ["x"]},
        **{"else": {"properties": {"y": INTEGER}, "required": ["y"]}},
        unevaluatedProperties=False,
    ),
    "conditions within conditions": having(
        properties={"k": {"enum": ["a", "b", "c"]}, "v": True}, required=["k", "v"],
        **{"if": {"properties": {"k": {"const": "a"}}}},
        then={"properties": {"v": INTEGER}},
        **{"else": {
            "if": {"properties": {"k": {"const": "b"}}},
            "then": {"properties": {"v": {"type": "boolean"}}},
            "else": {"properties": {"v": {"type": "null"}}},
        }},
    ),
    "conditions that lead to each other": having(
        properties={"a": STRING, "b": STRING, "c": INTEGER},
        allOf=[
            {"if": {"required": ["a"]}, "then": {"required": ["b"]}},
            {"if": {"required": ["b"]}, "then": {"required": ["c"]}},
            {"if": {"required": ["c"]}, "then": {"properties": {"c": {"const": 7}}}},
        ],
    ),
    "a dependent schema": having(
        properties={"card": STRING}, required=["card"], unevaluatedProperties=False,
        dependentSchemas={"card": {"properties": {"at": STRING}, "required": ["at"]}},
    ),
    "not an enum's": {"type": "integer", "minimum": 1, "maximum": 30,
                      "not": {"enum": list(range(1, 30))}},
    "not of any property": having(
        properties={"a": INTEGER}, **{"not": {"anyOf": [{"required": ["a"]}]}}
    ),
    "not all items alike": listing(items={"enum": [1, 2]}, **{"not": {"items": {"const": 1}}}),
    "not containing": listing(
        items={"enum": [1, 2]}, minItems=2, **{"not": {"contains": {"const": 1}}}
    ),
    "not so often": listing(
        items={"enum": [1, 2]},
        **{"not": {"contains": {"const": 1}, "minContains": 0, "maxContains": 2}},
    ),
    "not unique": listing(items=STRING, **{"not": {"uniqueItems": True}}),
    "not beginning so": listing(**{"not": {"prefixItems": [True, STRING]}}),
    "not closed": having(properties={"a": True}, **{"not": {"additionalProperties": False}}),
    "not named so": having(**{"not": {"propertyNames": {"pattern": "^a"}}}),
    "not so by pattern": having(**{"not": {"patternProperties": {"^a": STRING}}}),
    "not with its companion": having(**{"not": {"dependentRequired": {"a": ["b"]}}}),
    "not as it depends": having(**{"not": {"dependentSchemas": {"a": {"required": ["b"]}}}}),
    "steps between bounds": {"type": "integer", "multipleOf": 7, "minimum": 50, "maximum": 60},
    "large steps": {"type": "number", "multipleOf": 1e10},
    "beyond 64 bits": {"type": "integer", "minimum": 1e30},
    "from zero to beyond 64 bits": {"type": "integer", "minimum": 0, "maximum": 1e30},
    "below all 64 bits": {"type": "integer", "exclusiveMaximum": -1e30},
    "between the largest": {"type": "integer", "minimum": 2**63, "maximum": 2**64 - 1},
    "all of an enum": listing(items={"enum": ["a", "b", "c"]}, uniqueItems=True, minItems=3),
    "all of a range": listing(
        items={"type": "integer", "minimum": 1, "maximum": 100}, uniqueItems=True, minItems=100
    ),
    "the least different texts": listing(
        items={"type": "string", "maxLength": 1}, uniqueItems=True, minItems=20
    ),
    "different ones in their places": listing(
        prefixItems=[{"enum": [1, 2, 3]}, {"enum": [1, 2]}, {"const": 1}],
        uniqueItems=True, minItems=3,
    ),
    "a reference to an anchor": having(
        **{"$dynamicAnchor": "n"}, required=["v"],
        properties={"c": listing(items={"$dynamicRef": "#/properties/v"}), "v": INTEGER},
    ),
}  # fmt: skip


@pytest.mark.parametrize("schema", SATISFIABLE.values(), ids=SATISFIABLE)
@pytest.mark.parametrize("mode", MODES)
def test_keywords_that_meet_have_a_value(schema: dict[str, Any], mode: Mode) -> None:
    generator, plain = Generator(), Plain(schema)
    for items in (None, 50):
        for seed in range(4):
            value = generator.value(plain, str(seed), shape=ValueShape(mode, items))
            assert not faults(schema, orjson.loads(orjson.dumps(value))), value


def test_next_to_no_schema_that_has_a_value_is_given_up() -> None:
    """One in a hundred may be: of alternatives that overlap in many ways the walk tries some."""
    given_up: list[Any] = []
    tried: list[Any] = []

    def has_that_value(case: tuple[Any, Any]) -> bool:
        schema, value = case
        return fits(schema, value) and Plain(schema).is_valid(value)

    for schema, _ in samples(planted().filter(has_that_value), 40):
        for mode in MODES:
            tried.append(schema)
            try:
                assert fits(schema, made(schema, mode=mode))
            except Unsatisfiable:
                given_up.append(schema)
    assert len(tried) > 120
    assert len(given_up) <= len(tried) // 100, given_up
