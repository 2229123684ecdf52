"""Properties without a name in the schema."""

from __future__ import annotations

import pytest

from mock_server.generation.schema import Generator
from tests.helpers.values import Unjudged, contract_values, faults, made, many


def test_a_map_of_jobs_has_a_few_plausible_keys() -> None:
    jobs = contract_values("HashMap", 20)
    assert {len(value) for value in jobs} == {2, 3}
    assert all(len(key) > 3 for value in jobs for key in value)


def test_an_object_that_says_nothing_has_plausible_keys() -> None:
    for value in many({"type": "object"}):
        assert 2 <= len(value) <= 3
        assert all(isinstance(found, str) for found in value.values())


def test_a_map_has_as_many_keys_as_were_asked_for() -> None:
    assert len(made({"type": "object"}, items=300)) == 300
    assert len(made({"additionalProperties": {"type": "object"}}, items=300)) == 300


def test_names_are_as_the_schema_of_names_asks() -> None:
    for schema in ({"format": "uuid"}, {"enum": ["north", "south"]}, {"pattern": "^[A-Z]{4}$"}):
        whole = {"type": "object", "propertyNames": schema, "minProperties": 1}
        for value in many(whole, 20):
            assert not faults(whole, value)


@pytest.mark.parametrize("least", [0, 1, 12])
def test_as_many_are_added_as_there_must_be(least: int) -> None:
    schema = {"properties": {"a": {"type": "integer"}}, "minProperties": least}
    assert all(len(value) >= least for value in many(schema))


def test_there_are_no_more_than_may_be() -> None:
    schema = {"additionalProperties": {"type": "integer"}, "maxProperties": 2}
    assert {len(value) for value in many(schema)} == {2}


def test_the_values_of_a_map_are_called_after_the_map() -> None:
    named = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
    schema = {"properties": {"buckets": {"additionalProperties": named}}, "required": ["buckets"]}
    for value in many(schema):
        assert all(bucket["name"].endswith("-bucket") for bucket in value["buckets"].values())


def test_names_that_a_client_may_stumble_over_are_tried() -> None:
    found = {name for value in many({"type": "object"}, mode="boundary") for name in value}
    assert {"", "__proto__"} <= found


def test_a_map_of_what_leads_nowhere_is_empty() -> None:
    schema = Unjudged({"additionalProperties": {"$ref": "no.json"}})
    assert Generator().value(schema, "seed") == {}


def test_a_pattern_that_python_cannot_read_speaks_of_no_property() -> None:
    schema = {"properties": {"a": {"type": "integer"}}, "patternProperties": {"(": False}}
    assert isinstance(Generator().value(Unjudged({**schema, "required": ["a"]}), "seed")["a"], int)
