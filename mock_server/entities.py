"""Things with an id are the same wherever a reply shows them: in a list as by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mock_server.document import BrokenRef
from mock_server.generate import TYPICAL, Generator, Shape, Unsatisfiable
from mock_server.generate.parts import component
from mock_server.leaves.words import plain
from mock_server.schemas import Schema

# How deep a thing may be wrapped: {"data": {"items": [thing]}} is three levels.
MOST_LEVELS = 3


class Entities:
    """Makes the values of a contract's schemas, with the same thing for the same id."""

    def __init__(self, generator: Generator) -> None:
        self._generator = generator
        self._keys: dict[str, str | None] = {}

    def prepare(self) -> None:
        """Have ready what the first value would wait for."""
        self._generator.prepare()

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
            key = self._key(schema)
            if key is None:
                return None
            own = schema.child("properties", key)
            told = {plain(name): value for name, value in known.items()}
            for name in (plain(key), "id"):
                if name in told and own.is_valid(told[name]):
                    return schema, told[name]
            required = schema.raw.get("required", ())
            return (schema, self._generator.value(own, seed)) if key in required else None
        except (BrokenRef, Unsatisfiable):
            return None

    def _key(self, schema: Schema) -> str | None:
        if schema.uri not in self._keys:
            self._keys[schema.uri] = _key(schema)
        return self._keys[schema.uri]

    def _of(
        self, schema: Schema, own: Any, world: str, known: Mapping[str, Any], shape: Shape
    ) -> Any:
        """The thing of that id."""
        seed = f"{world}\n{schema.uri}\n{own}"
        key = self._key(schema) or "id"
        return self._generator.value(schema, seed, shape=shape, known={**known, key: own})

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
                items, shape = schema.child("items"), replace(shape, items=None)
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
        key = self._key(schema)
        if key is not None and key in value:
            return self._of(schema, value[key], world, known, shape)
        return {
            name: self._settled(
                schema.child("properties", name), member, world, known, shape, levels - 1
            )
            if name in declared
            else member
            for name, member in value.items()
        }


def _key(schema: Schema) -> str | None:
    """The property by which a thing is told from others: `id`, or one that names it so."""
    own = f"{plain(component(schema) or '')}_id"
    names = {plain(name): name for name in reversed(list(_declared(schema)))}
    return next((names[key] for key in ("id", own, "uuid", "slug") if key in names), None)


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
