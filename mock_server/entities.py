"""Things with an id are the same wherever a reply shows them: in a list as by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mock_server.document import BrokenRef
from mock_server.generate import TYPICAL, Generator, Shape, Unsatisfiable
from mock_server.schemas import Schema

# How deep a thing may be wrapped: {"data": {"items": [thing]}} is three levels.
MOST_LEVELS = 3


class Entities:
    """Makes the values of a contract's schemas, with the same thing for the same id."""

    def __init__(self, generator: Generator) -> None:
        self._generator = generator

    def value(
        self,
        schema: Schema,
        seeds: tuple[str, str],
        known: Mapping[str, Any],
        shape: Shape = TYPICAL,
    ) -> Any:
        """A value of a schema.

        `seeds` are that of the whole world, which things are made from, and that of this value.
        Raises Unsatisfiable.
        """
        world, seed = seeds
        value = self._generator.value(schema, f"{world}\n{seed}", shape=shape, known=known)
        settled = self._settled(schema, value, world, known, shape, MOST_LEVELS)
        return settled if settled is value or schema.is_valid(settled) else value

    def _settled(
        self,
        schema: Schema,
        value: Any,
        world: str,
        known: Mapping[str, Any],
        shape: Shape,
        levels: int,
    ) -> Any:
        """The value with each thing in it that has an id made from that."""
        if not levels or not isinstance(value, dict | list):
            return value
        try:
            schema = _followed(schema)
            if isinstance(value, list):
                items = schema.child("items")
                return [self._settled(items, v, world, {}, shape, levels - 1) for v in value]
            return self._settled_object(schema, value, world, known, shape, levels)
        except (BrokenRef, Unsatisfiable):
            return value

    def _settled_object(
        self,
        schema: Schema,
        value: dict[str, Any],
        world: str,
        known: Mapping[str, Any],
        shape: Shape,
        levels: int,
    ) -> Any:
        declared = schema.raw.get("properties", {}) if isinstance(schema.raw, dict) else {}
        if "id" in value and "id" in declared:
            seed = f"{world}\n{schema.uri}\n{value['id']}"
            known = {**known, "id": value["id"]}
            return self._generator.value(schema, seed, shape=shape, known=known)
        return {
            name: self._settled(
                schema.child("properties", name), member, world, known, shape, levels - 1
            )
            if name in declared
            else member
            for name, member in value.items()
        }


def _followed(schema: Schema) -> Schema:
    """The schema that a chain of `$ref`s leads to."""
    for _ in range(20):
        if not isinstance(schema.raw, dict) or not isinstance(schema.raw.get("$ref"), str):
            return schema
        schema = schema.follow(schema.raw["$ref"])
    raise BrokenRef(f"{schema.uri} leads back to itself")
