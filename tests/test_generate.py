"""Generated values: valid by a second engine, the same on every machine, and realistic."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, get_args
from urllib.parse import quote

import jsonschema_rs
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from mock_server.document import BrokenRef
from mock_server.generate import Direction, Generator, Mode, Shape, Unsatisfiable

CONTRACT = Path(__file__).parent.parent / "openapi.yaml"
MODES: tuple[Mode, ...] = get_args(Mode)
SEEDS = [str(n) for n in range(12)]
UUID = "6f2b37a6-6f4b-4281-9ab7-69785f424cc7"


class Plain:
    """A schema in a document in memory, judged by jsonschema-rs."""

    def __init__(self, document: Any, *tokens: str | int) -> None:
        self.document, self.tokens, self.raw = document, tokens, document
        for token in tokens:
            self.raw = self.raw[token]
        steps = (quote(str(t).replace("~", "~0").replace("/", "~1"), safe="~") for t in tokens)
        self.uri = "mem:///contract.json#" + "".join(f"/{step}" for step in steps)
        self._engine: jsonschema_rs.Validator | None = None

    def child(self, *tokens: str | int) -> Plain:
        return Plain(self.document, *self.tokens, *tokens)

    def follow(self, ref: str) -> Plain:
        if not ref.startswith("#/") and ref != "#":
            raise BrokenRef(f"there is no {ref}")
        return Plain(self.document, *ref.split("/")[1:])

    def is_valid(self, value: Any, /) -> bool:
        if self._engine is None:
            registry = jsonschema_rs.Registry([("mem:///contract.json", self.document)])
            self._engine = jsonschema_rs.Draft202012Validator(
                {"$ref": self.uri}, registry=registry, validate_formats=True
            )
        return self._engine.is_valid(value)


def made(schema: Any, seed: str = "seed", known: dict[str, Any] | None = None, **shape: Any) -> Any:
    return Generator().value(Plain(schema), seed, shape=Shape(**shape), known=known or {})


def many(schema: Any, count: int = 60, **shape: Any) -> list[Any]:
    generator, plain = Generator(), Plain(schema)
    return [generator.value(plain, str(n), shape=Shape(**shape)) for n in range(count)]


def faults(schema: Any, value: Any) -> list[str]:
    """What a second engine finds wrong."""
    formats = Draft202012Validator.FORMAT_CHECKER
    judge = Draft202012Validator(schema, format_checker=formats)
    return [error.message for error in judge.iter_errors(value)]


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
    ("items", {"type": "array", "items": {"type": "integer"}, "minItems": 1}),
    ("prefixItems", {"type": "array", "prefixItems": [{"const": 1}, {"const": 2}], "minItems": 2}),
    ("contains", {"type": "array", "contains": {"const": 3}}),
    ("minContains", {"type": "array", "contains": {"const": 3}, "minContains": 2}),
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
        value = generator.value(plain, seed, shape=Shape(mode=mode))
        assert not faults(schema, value), value


@pytest.mark.parametrize(("keyword", "schema"), KEYWORDS, ids=KEYWORD_IDS)
def test_a_value_made_without_the_keyword_would_break_it(
    keyword: str, schema: dict[str, Any]
) -> None:
    without = {name: told for name, told in schema.items() if name != keyword}
    values = [value for mode in MODES for value in many(without, 15, mode=mode)]
    assert any(faults(schema, value) for value in values)


# Schemas that have a value, whatever is drawn: parts never contradict each other.
LEAVES = st.one_of(
    st.fixed_dictionaries(
        {"type": st.just("string")},
        optional={"minLength": st.integers(0, 5), "maxLength": st.integers(5, 40)},
    ),
    st.fixed_dictionaries(
        {"type": st.just("string"),
         "format": st.sampled_from(["date-time", "date", "email", "uuid", "uri", "ipv4", "time"])}
    ),
    st.fixed_dictionaries(
        {"type": st.sampled_from(["integer", "number"])},
        optional={"minimum": st.integers(-9, 5), "exclusiveMaximum": st.integers(9, 99),
                  "multipleOf": st.sampled_from([1, 2, 0.5])},
    ),
    st.builds(lambda values: {"enum": values}, st.lists(st.text(max_size=3), min_size=1)),
    st.sampled_from([{"type": "boolean"}, {"type": "null"}, {"type": ["string", "null"]}, {}, True,
                     {"type": "string", "pattern": "^[a-f]{2,4}-\\d+"}]),
)  # fmt: skip
NAMES = st.sampled_from(["id", "name", "tags", "createdAt", "unit-price", "a b", "é"])


def objects(inner: st.SearchStrategy[Any], prefix: str = "") -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda properties, required, rest, least: {
            "type": "object",
            "properties": {prefix + name: schema for name, schema in properties.items()},
            "required": [prefix + name for name in properties if name in required],
            "minProperties": min(least, len(properties)),
            **({} if rest is None else {"additionalProperties": rest}),
        },
        st.dictionaries(NAMES, inner, max_size=4),
        st.lists(NAMES, max_size=3),
        st.none() if prefix else st.one_of(st.none(), st.just(False), inner),
        st.integers(0, 3),
    )


def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        objects(inner),
        st.fixed_dictionaries(
            {"type": st.just("array"), "items": inner},
            optional={"minItems": st.integers(0, 3), "maxItems": st.integers(3, 6)},
        ),
        st.builds(lambda items: {"type": "array", "prefixItems": items},
                  st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda *parts: {"allOf": [*parts]}, objects(inner, "x "), objects(inner, "y ")),
        st.builds(lambda parts: {"anyOf": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(
            lambda parts: {"oneOf": [
                {"type": "object", "properties": {"kind": {"const": n}, "value": part},
                 "required": ["kind"]} for n, part in enumerate(parts)
            ]},
            st.lists(inner, min_size=1, max_size=3),
        ),
    )  # fmt: skip


@settings(max_examples=120, deadline=None, derandomize=True)
@given(st.recursive(LEAVES, containers, max_leaves=8), st.sampled_from(MODES), st.text(max_size=3))
def test_any_schema_has_valid_values(schema: Any, mode: Mode, seed: str) -> None:
    value = made(schema, seed, mode=mode)
    assert not faults(schema, value), value
    assert value == made(schema, seed, mode=mode)


# The contract that this project ships -----------------------------------------------------------


@pytest.fixture(scope="module")
def contract() -> Any:
    return yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))


def contract_values(contract: Any, name: str, count: int, **shape: Any) -> list[Any]:
    generator, schema = Generator(), Plain(contract, "components", "schemas", name)
    return [generator.value(schema, str(n), shape=Shape(**shape)) for n in range(count)]


@pytest.mark.parametrize("mode", MODES)
def test_every_schema_of_the_shipped_contract_has_valid_values(contract: Any, mode: Mode) -> None:
    for name in contract["components"]["schemas"]:
        schema = {**contract, "$ref": f"#/components/schemas/{name}"}
        for value in contract_values(contract, name, 12, mode=mode):
            assert not faults(schema, value), (name, value)


@pytest.mark.parametrize(
    ("name", "variants"),
    [
        ("IndexJobMetadata", {"github", "s3"}),
        ("JobStatus", {"pending", "processing", "complete", "failed", "cancelled"}),
        ("IndexJobMetadataKind", {"web_scrape", "github", "s3", "Unknown"}),
        ("GitRefIdentifier", {"sha", "branch"}),
    ],
)
def test_variants_that_can_be_are_picked_evenly(
    contract: Any, name: str, variants: set[str]
) -> None:
    values = contract_values(contract, name, 400)
    seen = Counter(variant for value in values for variant in variants if variant in value)
    assert seen.keys() == variants
    assert min(seen.values()) > 0.6 * 400 / len(variants)


def test_a_map_of_jobs_has_a_few_plausible_keys(contract: Any) -> None:
    jobs = contract_values(contract, "HashMap", 20)
    assert {len(value) for value in jobs} == {2, 3}
    assert all(len(key) > 3 for value in jobs for key in value)


# The same everywhere ----------------------------------------------------------------------------

USER: dict[str, Any] = {
    "type": "object",
    "required": ["id", "name", "tags"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "name": {"type": "string"},
        "email": {"type": "string", "format": "email"},
        "code": {"type": "string", "pattern": "^[^a]{3}[A-Z]+$"},
        "description": {"type": "string"},
        "age": {"type": "integer"},
        "created_at": {"type": "string", "format": "date-time"},
        "updated_at": {"type": "string", "format": "date-time"},
        "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        "address": {"type": "object", "properties": {"city": {"type": "string"}}},
        "extra": {"type": "object"},
    },
}


def test_a_seed_gives_the_same_in_every_process() -> None:
    code = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_generate import *
print(json.dumps([[made(USER, seed, mode=mode) for seed in SEEDS] for mode in MODES]))
"""
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    here = [[made(USER, seed, mode=mode) for seed in SEEDS] for mode in MODES]
    assert [json.loads(run) for run in runs] == [here]


def test_what_was_made_before_changes_nothing() -> None:
    generator, schema = Generator(), Plain(USER)
    others = [generator.value(schema, seed) for seed in SEEDS]
    assert generator.value(schema, "seed") == made(USER, "seed")
    assert others == [made(USER, seed) for seed in SEEDS]


def test_another_seed_gives_another_value() -> None:
    assert len({json.dumps(value) for value in many(USER)}) == 60


def test_threads_share_a_generator() -> None:
    generator, schema = Generator(), Plain(USER)
    with ThreadPoolExecutor(4) as pool:
        values = list(pool.map(lambda seed: generator.value(schema, seed), SEEDS * 4))
    assert values == [made(USER, seed) for seed in SEEDS] * 4


def test_a_caller_may_change_what_it_got() -> None:
    schema: dict[str, Any] = {"enum": [{"a": []}]}
    generator, plain = Generator(), Plain(schema)
    generator.value(plain, "seed")["a"].append(1)
    assert generator.value(plain, "seed") == {"a": []}


def test_a_simple_error_body_needs_no_faker() -> None:
    code = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_generate import *
text = {{"type": "string"}}
names = ["error", "message", "code", "status", "id", "detail", "title", "type"]
made({{"type": "object", "required": names, "properties": dict.fromkeys(names, text)}})
print("faker" in sys.modules, "rstr" in sys.modules)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    # Hypothesis, which this module imports, would bring neither.
    assert run.stdout == "False False\n"


# Realistic --------------------------------------------------------------------------------------


def test_things_are_created_before_they_are_updated_and_finished() -> None:
    names = ["finished_at", "updatedAt", "created_at", "started-at", "expires_at"]
    moment = {"type": "string", "format": "date-time"}
    schema = {"type": "object", "required": names, "properties": dict.fromkeys(names, moment)}
    order = ["created_at", "started-at", "updatedAt", "finished_at", "expires_at"]
    for mode in MODES:
        for value in many(schema, 30, mode=mode):
            moments = [value[name][:19] for name in order]
            assert moments == sorted(moments)


def test_an_example_does_not_turn_time_around() -> None:
    moment = {"type": "string", "format": "date-time"}
    schema = {
        "type": "object",
        "required": ["updated_at", "created_at"],
        "properties": {
            "updated_at": {**moment, "example": "2019-05-01T00:00:00Z"},
            "created_at": moment,
        },
    }
    value = made(schema)
    assert value["created_at"] < value["updated_at"]


def test_examples_are_taken_first_and_not_for_every_item() -> None:
    pet = {
        "type": "object",
        "required": ["id", "breed"],
        "properties": {
            "id": {"type": "string", "format": "uuid", "example": UUID},
            "breed": {"type": "string", "examples": ["Labrador", "Beagle"]},
        },
    }
    pets = made({"type": "array", "items": pet}, items=4)
    assert pets[0]["id"] == UUID
    assert len({found["id"] for found in pets}) == 4
    assert {found["breed"] for found in pets} <= {"Labrador", "Beagle"}


def test_the_example_of_an_object_gives_its_properties() -> None:
    properties = {"name": {"type": "string"}, "size": {"type": "integer"}}
    example = {"name": "Rex", "size": "big"}
    schema = {"type": "object", "required": ["name", "size"], "properties": properties}
    value = made({**schema, "example": example})
    assert value["name"] == "Rex"
    assert isinstance(value["size"], int)


@pytest.mark.parametrize("keyword", ["example", "default"])
def test_a_hint_that_is_not_valid_is_ignored(keyword: str) -> None:
    assert all(isinstance(value, int) for value in many({"type": "integer", keyword: "ten"}))


def test_a_default_is_taken_now_and_then() -> None:
    values = many({"type": "integer", "default": 20})
    assert 10 < values.count(20) < 50


def test_an_object_that_says_nothing_has_plausible_keys() -> None:
    for value in many({"type": "object"}):
        assert 2 <= len(value) <= 3
        assert all(isinstance(found, str) for found in value.values())


@pytest.mark.parametrize("schema", [True, {}])
def test_anything_is_a_small_value(schema: Any) -> None:
    assert all(len(json.dumps(value)) < 100 for value in many(schema))
    assert {type(value) for value in many(schema)} == {str, dict}


def test_a_map_has_as_many_keys_as_were_asked_for() -> None:
    assert len(made({"type": "object"}, items=300)) == 300
    assert len(made({"additionalProperties": {"type": "object"}}, items=300)) == 300


def test_null_is_allowed_but_seldom_taken() -> None:
    for schema in ({"type": ["string", "null"]}, {"oneOf": [{"type": "null"}, {"type": "string"}]}):
        assert 0 < many(schema, 200).count(None) < 80


def test_x_faker_makes_the_value() -> None:
    values = many({"type": "string", "x-faker": "internet.email"})
    assert all("@example." in value for value in values)


CAT = {"allOf": [{"$ref": "#/$defs/Pet"}, {"properties": {"age": {"type": "integer"}}}]}
DOG = {"allOf": [{"$ref": "#/$defs/Pet"}, {"properties": {"bark": {"type": "boolean"}}}]}
PET = {
    "type": "object",
    "required": ["kind"],
    "properties": {"kind": {"type": "string"}},
    "discriminator": {"propertyName": "kind", "mapping": {"meow": "#/$defs/Cat"}},
}
PETS = {"$defs": {"Cat": CAT, "Dog": DOG, "Pet": PET}}


def test_a_discriminator_names_the_schema_that_extends_the_base() -> None:
    assert made({"$ref": "#/$defs/Cat", **PETS})["kind"] == "meow"
    assert made({"$ref": "#/$defs/Dog", **PETS})["kind"] == "Dog"


def test_a_discriminator_names_the_alternative() -> None:
    told = {"propertyName": "kind", "mapping": {"woof": "#/$defs/Dog"}}
    alternatives = [{"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}]
    values = many({"oneOf": alternatives, "discriminator": told, **PETS}, mode="maximal")
    assert {value["kind"] for value in values} == {"Cat", "woof"}


def test_alternatives_that_overlap_are_told_apart() -> None:
    def option(name: str) -> dict[str, Any]:
        return {"type": "object", "properties": {name: {"type": "string"}}}

    schema = {"oneOf": [option("a"), option("b"), option("c")]}
    for value in many(schema):
        assert not faults(schema, value)
        assert sum(isinstance(found, str) for found in value.values()) <= 1


# Shapes -----------------------------------------------------------------------------------------


def test_minimal_has_only_what_is_required() -> None:
    assert made(USER, mode="minimal").keys() == {"id", "name", "tags"}
    assert made(USER, mode="minimal")["tags"] == []


def test_maximal_has_everything() -> None:
    assert all(value.keys() == USER["properties"].keys() for value in many(USER, mode="maximal"))


def test_boundary_finds_what_is_awkward() -> None:
    schema = {
        "type": "object",
        "required": ["text", "list", "maybe", "count"],
        "properties": {
            "text": {"type": "string"},
            "list": {"type": "array", "items": {"type": "integer"}},
            "maybe": {"type": ["integer", "null"]},
            "count": {"type": "integer"},
            "absent": {"type": "integer"},
        },
    }
    found = many(schema, mode="boundary")
    assert {0, 1_000} <= {len(value["text"]) for value in found}
    assert [] in [value["list"] for value in found]
    assert None in [value["maybe"] for value in found]
    assert {2**53 - 1, -(2**53 - 1)} <= {value["count"] for value in found}
    assert {"absent" in value for value in found} == {True, False}


@pytest.mark.parametrize(("asked", "got"), [(0, 2), (3, 3), (40, 5)])
def test_lists_have_the_size_asked_for_within_their_limits(asked: int, got: int) -> None:
    inner = {"type": "array", "items": {"type": "integer"}}
    schema = {"type": "array", "items": inner, "minItems": 2, "maxItems": 5}
    value = made(schema, items=asked)
    assert len(value) == got
    assert all(len(item) <= 3 for item in value)


def test_a_long_list_has_whole_items() -> None:
    users = made({"type": "array", "items": USER}, items=500)
    assert len(users) == 500
    assert sum(len(user) for user in users) > 500 * 9


@pytest.mark.parametrize(("direction", "kept"), [("reply", "id"), ("request", "password")])
def test_what_is_for_the_other_direction_is_left_out(direction: Direction, kept: str) -> None:
    secret = {"$ref": "#/$defs/Secret"}
    properties = {"id": {"type": "integer", "readOnly": True}, "password": secret}
    defs = {"Secret": {"type": "string", "writeOnly": True}}
    schema = {"type": "object", "properties": properties, "$defs": defs}
    assert made(schema, direction=direction, mode="maximal").keys() == {kept}


WITH_ID = {"type": "object", "properties": {"id": {"type": "integer"}}}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (WITH_ID, {"id": 7}),
        ({"properties": {"id": {"type": "string"}}}, {"id": None}),
        ({"properties": {"data": WITH_ID}}, {"data": {"id": 7}}),
        ({"properties": {"owner": WITH_ID}}, {"owner": {"id": None}}),
        ({"oneOf": [{"type": "null"}, WITH_ID]}, {"id": 7}),
        ({"properties": {"id": {"type": "integer", "maximum": 5}}}, {"id": None}),
    ],
    ids=["object", "other-type", "wrapper", "other-object", "choice", "out-of-bounds"],
)  # fmt: skip
def test_what_is_known_is_carried_where_it_fits(schema: Any, value: Any) -> None:
    def carried(found: Any, expected: Any) -> bool:
        if isinstance(expected, dict):
            return all(carried(found[name], expected[name]) for name in expected)
        return bool((found == 7) is (expected == 7))

    shape = Shape(mode="maximal")
    generator, plain = Generator(), Plain(schema)
    for seed in SEEDS:
        assert carried(generator.value(plain, seed, shape=shape, known={"id": 7}), value)


def test_items_of_a_list_do_not_share_what_is_known() -> None:
    item = {"properties": {"id": {"type": "integer"}}, "required": ["id"]}
    assert {found["id"] for found in made({"items": item}, items=5, known={"id": 7})} != {7}


# Recursion --------------------------------------------------------------------------------------

TREE = {
    "$ref": "#/$defs/Node",
    "$defs": {
        "Node": {
            "type": "object",
            "required": ["children"],
            "properties": {
                "children": {"type": "array", "items": {"$ref": "#/$defs/Node"}},
                "parent": {"$ref": "#/$defs/Node"},
            },
        }
    },
}
LEAST = {
    "$ref": "#/$defs/Term",
    "$defs": {
        "Term": {"oneOf": [{"$ref": "#/$defs/Sum"}, {"type": "integer"}]},
        "Sum": {
            "type": "object",
            "required": ["left", "right"],
            "properties": {"left": {"$ref": "#/$defs/Term"}, "right": {"$ref": "#/$defs/Term"}},
        },
    },
}


@pytest.mark.parametrize("schema", [TREE, LEAST], ids=["tree", "term"])
@pytest.mark.parametrize("mode", MODES)
def test_recursion_ends(schema: Any, mode: Mode) -> None:
    for value in many(schema, 20, mode=mode):
        assert not faults(schema, value)
        assert len(json.dumps(value)) < 50_000


def test_a_reference_to_itself_says_nothing() -> None:
    schema = {"type": "integer", "allOf": [{"$ref": "#"}]}
    plain = Plain(schema)
    plain.is_valid = lambda value, /: isinstance(value, int)  # type: ignore[method-assign]
    assert isinstance(Generator().value(plain, "seed"), int)


IMPOSSIBLE = [
    (False, "its schema is false"),
    ({"not": {}}, "excludes every value"),
    ({"allOf": [{"type": "string"}, {"type": "integer"}]}, "different types"),
    ({"enum": ["a", "b"], "type": "integer"}, "enum"),
    ({"type": "integer", "minimum": 2, "maximum": 1}, "bounds"),
    ({"type": "string", "minLength": 3, "maxLength": 2}, "at least 3 and at most 2"),
    ({"type": "array", "minItems": 2, "maxItems": 1}, "at least 2 and at most 1 items"),
    ({"type": "array", "items": {"const": 1}, "minItems": 2, "uniqueItems": True}, "1 different"),
    ({"type": "object", "required": ["a", "b"], "maxProperties": 1}, "at most 1 properties"),
    ({"type": "object", "additionalProperties": False, "minProperties": 1}, "only 0"),
    ({"type": "object", "required": ["a"], "additionalProperties": False}, "false"),
    ({"oneOf": [{"type": "string"}, {"type": "string"}]}, "oneOf"),
    ({"required": ["a"], "properties": {"a": {"$ref": "#"}}}, "contain itself without end"),
    ({"items": {"$ref": "#"}, "minItems": 1}, "contain itself without end"),
    ({"$ref": "elsewhere.json"}, "there is no elsewhere.json"),
    ({"allOf": [{"pattern": "^a$"}, {"pattern": "^b$"}], "type": "string"}, "none was valid"),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "words"), IMPOSSIBLE, ids=[words for _, words in IMPOSSIBLE])
def test_what_has_no_value_is_refused_with_the_reason(schema: Any, words: str) -> None:
    with pytest.raises(Unsatisfiable) as caught:
        made(schema)
    assert words in caught.value.reason
    assert caught.value.schema_uri == "mem:///contract.json#"


def test_no_value_leaves_that_the_schema_does_not_accept() -> None:
    plain = Plain({"type": "string"})
    plain.is_valid = lambda value, /: False  # type: ignore[method-assign]
    with pytest.raises(Unsatisfiable, match="none was valid"):
        Generator().value(plain, "seed")


def test_an_optional_property_without_a_value_is_left_out() -> None:
    schema = {"type": "object", "properties": {"a": {"$ref": "#"}, "b": {"type": "integer"}},
              "required": ["b"], "dependentSchemas": {"a": False}}  # fmt: skip
    assert all(value.keys() == {"b"} for value in many(schema))


def test_a_wide_schema_stays_small() -> None:
    wide: dict[str, Any] = {"type": "integer"}
    for _ in range(6):
        wide = {"type": "object", "properties": dict.fromkeys("abcde", wide)}
    assert len(json.dumps(made(wide, mode="maximal"))) < 100_000
