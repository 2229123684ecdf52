"""Every keyword is honoured, and what has no value is refused with the reason."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.generation.schema import Generator, Mode, Unsatisfiable, ValueShape
from tests.helpers.values import MODES, SEEDS, Plain, faults, made, many

PAIR = {"properties": {"a": {"type": "integer"}, "b": {"type": "string"}}}
# A keyword, and a schema that a value which doesn't mind the keyword would sooner or later break.
KEYWORDS: list[tuple[str, dict[str, Any]]] = [
    ("type", {"type": "integer"}),
    ("type", {"type": ["boolean", "null"]}),
    ("enum", {"enum": ["a", 7, None, [1], {"b": 2}]}),
    ("const", {"const": {"a": [1, None]}}),
    ("minLength", {"type": "string", "minLength": 90}),
    ("maxLength", {"type": "string", "maxLength": 2}),
    ("pattern", {"type": "string", "pattern": "^[A-Z]{2}-[0-9]+$"}),
    ("format", {"type": "string", "format": "ipv6"}),
    ("minimum", {"type": "number", "minimum": 1001.5}),
    ("maximum", {"type": "integer", "maximum": -3}),
    ("exclusiveMinimum", {"type": "integer", "exclusiveMinimum": 4, "maximum": 5}),
    ("exclusiveMaximum", {"type": "integer", "exclusiveMaximum": 5, "minimum": 4}),
    ("multipleOf", {"type": "number", "multipleOf": 0.25}),
    ("multipleOf", {"type": "integer", "multipleOf": 97, "minimum": 1,
                    "allOf": [{"multipleOf": 101}, {"multipleOf": 103}]}),
    ("items", {"type": "array", "items": {"type": "integer"}, "minItems": 1}),
    ("prefixItems", {"type": "array", "prefixItems": [{"const": 1}, {"const": 2}], "minItems": 2}),
    ("contains", {"type": "array", "contains": {"const": 3}}),
    ("minContains", {"type": "array", "contains": {"const": 3}, "minContains": 2}),
    ("minContains", {"type": "array", "contains": {"const": 3}, "minContains": 3.0}),
    ("maxContains", {"type": "array", "items": {"enum": [1, 2]}, "contains": {"const": 2},
                     "maxContains": 1}),
    ("minItems", {"type": "array", "minItems": 9}),
    ("maxItems", {"type": "array", "items": {"type": "string"}, "maxItems": 1}),
    ("uniqueItems", {"type": "array", "items": {"enum": [1, 2, 3]}, "uniqueItems": True,
                     "minItems": 3}),
    ("unevaluatedItems", {"type": "array", "prefixItems": [True], "unevaluatedItems": False,
                          "minItems": 1}),
    ("properties", {"type": "object", "properties": {"a": {"type": "null"}}, "required": ["a"]}),
    ("required", {"type": "object", "required": ["a", "b"]}),
    ("additionalProperties", {"type": "object", "additionalProperties": {"type": "integer"},
                              "minProperties": 1}),
    ("additionalProperties", {"type": "object", "properties": {"a": True},
                              "additionalProperties": False,
                              "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}),
    ("patternProperties", {"type": "object", "patternProperties": {"^n_": {"type": "integer"}},
                           "required": ["n_one"]}),
    ("propertyNames", {"type": "object", "propertyNames": {"pattern": "^[A-Z]{3}$"},
                       "minProperties": 2}),
    ("propertyNames", {"type": "object", "propertyNames": {"format": "uuid"}, "minProperties": 1}),
    ("minProperties", {"type": "object", **PAIR, "minProperties": 4}),
    ("maxProperties", {"type": "object", **PAIR, "maxProperties": 1}),
    ("dependentRequired", {"type": "object", **PAIR, "dependentRequired": {"a": ["b"]}}),
    ("dependentSchemas", {"type": "object", **PAIR, "dependentSchemas": {
        "a": {"required": ["c"], "properties": {"c": {"const": 1}}}}}),
    ("unevaluatedProperties", {"allOf": [PAIR], "type": "object", "unevaluatedProperties": False,
                               "anyOf": [{"required": ["a"]}, {"required": ["c"]}]}),
    ("unevaluatedProperties", {"type": "object", "unevaluatedProperties": {"type": "integer"},
                               "minProperties": 1}),
    ("allOf", {"allOf": [{"minimum": 3}, {"maximum": 4}, {"type": "integer"}]}),
    ("allOf", {"type": "object", "allOf": [{**PAIR, "required": ["a"]}, {"required": ["b"]}]}),
    ("anyOf", {"anyOf": [{"type": "integer", "minimum": 5000}, {"const": "x"}]}),
    ("oneOf", {"oneOf": [{"type": "integer"}, {"type": "number"}]}),
    ("oneOf", {"type": "string", "oneOf": [{"maxLength": 5}, {"minLength": 3}]}),
    ("oneOf", {"type": "object", "oneOf": [{"required": ["a"]}, {"required": ["b"]}]}),
    ("not", {"type": "object", **PAIR, "not": {"required": ["a"]}}),
    ("not", {"not": {"type": ["string", "object"]}}),
    ("not", {"type": "integer", "not": {"maximum": 2000}}),
    ("not", {"required": ["a"], "not": {"properties": {"a": {"type": "string"}}}}),
    ("not", {"type": "string", "not": {"anyOf": [{"maxLength": 50}, {"pattern": "^x"}]}}),
    ("then", {"type": "object", **PAIR, "if": {"required": ["a"]}, "then": {"required": ["c"]}}),
    ("else", {"type": "integer", "if": {"minimum": 100}, "else": {"multipleOf": 7}}),
    ("$ref", {"$ref": "#/$defs/even", "minimum": 2000, "$defs": {"even": {"multipleOf": 2}}}),
    ("minimum", {"$ref": "#/$defs/even", "minimum": 2000, "$defs": {"even": {"multipleOf": 2}}}),
    ("$dynamicRef", {"$dynamicRef": "#/$defs/word", "$defs": {"word": {"maxLength": 1}}}),
]  # fmt: skip
KEYWORD_IDS = [f"{keyword}-{n}" for n, (keyword, _) in enumerate(KEYWORDS)]


@pytest.mark.parametrize(("keyword", "schema"), KEYWORDS, ids=KEYWORD_IDS)
@pytest.mark.parametrize("mode", MODES)
def test_every_keyword_is_honoured_in_every_mode(
    keyword: str, schema: dict[str, Any], mode: Mode
) -> None:
    generator, plain = Generator(), Plain(schema)
    for seed in SEEDS:
        value = generator.value(plain, seed, shape=ValueShape(mode=mode))
        assert not faults(schema, value), value


@pytest.mark.parametrize(("keyword", "schema"), KEYWORDS, ids=KEYWORD_IDS)
def test_a_value_made_without_the_keyword_would_break_it(
    keyword: str, schema: dict[str, Any]
) -> None:
    without = {name: told for name, told in schema.items() if name != keyword}
    values = [value for mode in MODES for value in many(without, 15, mode=mode)]
    assert any(faults(schema, value) for value in values)


IMPOSSIBLE = [
    (False, "its schema is false"),
    ({"not": {}}, "excludes every value"),
    ({"allOf": [{"type": "string"}, {"type": "integer"}]}, "different types"),
    ({"enum": ["a", "b"], "type": "integer"}, "enum"),
    ({"type": "integer", "minimum": 2, "maximum": 1}, "bounds"),
    ({"type": "string", "minLength": 3, "maxLength": 2}, "at least 3 and at most 2"),
    ({"type": "array", "minItems": 2, "maxItems": 1}, "at least 2 and at most 1 items"),
    ({"type": "array", "prefixItems": [{}], "items": False, "minItems": 2},
     "at least 2 and at most 1 items"),
    ({"type": "array", "items": {"const": 1}, "minItems": 2, "uniqueItems": True}, "1 different"),
    ({"type": "object", "required": ["a", "b"], "maxProperties": 1}, "at most 1 properties"),
    ({"type": "object", "additionalProperties": False, "minProperties": 1}, "only 0"),
    ({"type": "object", "required": ["a"], "additionalProperties": False}, "false"),
    ({"properties": {"a": {}, "b": {"not": {}}}, "additionalProperties": False,
      "minProperties": 2}, "none was valid"),
    ({"oneOf": [{"type": "string"}, {"type": "string"}]}, "oneOf"),
    ({"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#"}}},
     "contain itself without end"),
    ({"type": "array", "items": {"$ref": "#"}, "minItems": 1}, "contain itself without end"),
    ({"$ref": "elsewhere.json"}, "there is no elsewhere.json"),
    ({"allOf": [{"pattern": "^a$"}, {"pattern": "^b$"}], "type": "string"}, "none was valid"),
]  # fmt: skip


IMPOSSIBLE_IDS = [f"{words}-{n}" for n, (_, words) in enumerate(IMPOSSIBLE)]


@pytest.mark.parametrize(("schema", "words"), IMPOSSIBLE, ids=IMPOSSIBLE_IDS)
def test_what_has_no_value_is_refused_with_the_reason(schema: Any, words: str) -> None:
    with pytest.raises(Unsatisfiable) as caught:
        made(schema)
    assert words in caught.value.reason
    assert caught.value.schema_uri == "mem:///contract.json#"
