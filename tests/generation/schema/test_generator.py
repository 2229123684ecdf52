"""Generated values: valid by a second engine, and the same on every machine."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.generation.schema import Generator, Mode, Unsatisfiable
from tests.helpers.values import (
    MODES,
    SEEDS,
    USER,
    Plain,
    contract,
    contract_values,
    faults,
    made,
    many,
    printed,
)

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


@settings(max_examples=120)
@given(st.recursive(LEAVES, containers, max_leaves=8), st.sampled_from(MODES), st.text(max_size=3))
def test_any_schema_has_valid_values(schema: Any, mode: Mode, seed: str) -> None:
    value = made(schema, seed, mode=mode)
    assert not faults(schema, value), value
    assert value == made(schema, seed, mode=mode)


@pytest.mark.parametrize("mode", MODES)
def test_every_schema_of_the_shipped_contract_has_valid_values(mode: Mode) -> None:
    for name in contract()["components"]["schemas"]:
        schema = {**contract(), "$ref": f"#/components/schemas/{name}"}
        for value in contract_values(name, 12, mode=mode):
            assert not faults(schema, value), (name, value)


def test_a_seed_gives_the_same_in_every_process() -> None:
    code = """
import json
import sys
from tests.helpers.values import MODES, SEEDS, USER, made
print(json.dumps([[made(USER, seed, mode=mode) for seed in SEEDS] for mode in MODES]))
"""
    runs = {printed(code, PYTHONHASHSEED=seed) for seed in ("1", "2")}
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
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            values = list(pool.map(lambda seed: generator.value(schema, seed), SEEDS * 4))
    finally:
        sys.setswitchinterval(interval)
    assert values == [made(USER, seed) for seed in SEEDS] * 4


def test_no_value_leaves_that_the_schema_does_not_accept() -> None:
    plain = Plain({"type": "string"})
    plain.is_valid = lambda value, /: False  # type: ignore[method-assign]
    with pytest.raises(Unsatisfiable, match="none was valid"):
        Generator().value(plain, "seed")


def test_a_value_is_the_same_whatever_was_made_before() -> None:
    schema = Plain(
        {
            "type": "object",
            "required": ["city", "name", "description"],
            "properties": {
                "city": {"type": "string"},
                "name": {"type": "string"},
                "description": {"type": "string"},
            },
        }
    )
    used = Generator()
    before = [used.value(schema, str(n)) for n in range(300)]
    assert [Generator().value(schema, str(n)) for n in range(0, 300, 50)] == before[::50]
    assert [used.value(schema, str(n)) for n in range(300)] == before
