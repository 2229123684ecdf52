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
        thing = self._thing(schema, known, f"{world}\n{seed}")
        if thing is not None:
            return self._of(*thing, world, known, shape)
        value = self._generator.value(schema, f"{world}\n{seed}", shape=shape, known=known)
        settled = self._settled(schema, value, world, known, shape, MOST_LEVELS)
        return settled if settled is value or schema.is_valid(settled) else value

    def _thing(
        self, schema: Schema, known: Mapping[str, Any], seed: str
    ) -> tuple[Schema, Any] | None:
        """The schema of a thing with an id, and the id: the known one, or one from the seed."""
        try:
            schema = _followed(schema)
            if "id" not in _declared(schema):
                return None
            own = schema.child("properties", "id")
            if "id" in known and own.is_valid(known["id"]):
                return schema, known["id"]
            required = schema.raw.get("required", ())
            return (schema, self._generator.value(own, seed)) if "id" in required else None
        except (BrokenRef, Unsatisfiable):
            return None

    def _of(
        self, schema: Schema, own: Any, world: str, known: Mapping[str, Any], shape: Shape
    ) -> Any:
        """The thing of that id."""
        seed = f"{world}\n{schema.uri}\n{own}"
        return self._generator.value(schema, seed, shape=shape, known={**known, "id": own})

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
        declared = _declared(schema)
        if "id" in value and "id" in declared:
            return self._of(schema, value["id"], world, known, shape)
        return {
            name: self._settled(
                schema.child("properties", name), member, world, known, shape, levels - 1
            )
            if name in declared
            else member
            for name, member in value.items()
        }


def _declared(schema: Schema) -> Mapping[str, Any]:
    found = schema.raw.get("properties", {}) if isinstance(schema.raw, dict) else {}
    return found if isinstance(found, dict) else {}


def _followed(schema: Schema) -> Schema:
    """The schema that a chain of `$ref`s leads to."""
    for _ in range(20):
        if not isinstance(schema.raw, dict) or not isinstance(schema.raw.get("$ref"), str):
            return schema
        schema = schema.follow(schema.raw["$ref"])
    raise BrokenRef(f"{schema.uri} leads back to itself")
