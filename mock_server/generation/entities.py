"""Things with an id are the same wherever a reply shows them: in a list as by themselves."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, NamedTuple

from mock_server.documents import BrokenRef
from mock_server.fixtures import Dictionary
from mock_server.generation.echo import Echo, Echoed
from mock_server.generation.relations import Relations, Setting
from mock_server.generation.schema import (
    TYPICAL,
    Budget,
    Generator,
    ReplyLimits,
    Unsatisfiable,
    ValueShape,
)
from mock_server.generation.schema.composition import component, opened
from mock_server.generation.schema.examples import fresh
from mock_server.generation.schema.related_numbers import is_position
from mock_server.generation.schema.schema import SchemaSource
from mock_server.generation.series import Series
from mock_server.generation.values.words import plain
from mock_server.schemas import types_of

# Nothing was sent that a value could show.
NOTHING_SENT = object()
# The members of values in other modes are at the limits of their schemas, and stay there.
_RELATED = ("typical", "maximal")
_NOTHING_DONE: Mapping[int, Any] = {}
_NO_WORDS = Dictionary()
# How deep a thing may be wrapped: {"data": {"items": [thing]}} is three levels.
MOST_LEVELS = 3
# As many lists are remembered, with the ids of their items.
_MOST_SERIES = 64
# By what things are told apart, beside their own name.
KEYS = ("uuid", "guid", "gid", "sid", "slug")
# What may stand beside a `$ref` without making its schema another one.
_REMARKS = {"$comment", "default", "deprecated", "description", "example", "examples", "summary",
            "readOnly", "title", "writeOnly"}  # fmt: skip


class _Key(NamedTuple):
    """The property by which a thing is told from others, and whether it's always there."""

    name: str
    schema: SchemaSource
    is_required: bool


@dataclass(frozen=True)
class _Members:
    """What an object of one schema has in it, by the schema and all that its `allOf`s add."""

    schema: SchemaSource

    @cached_property
    def _parts(self) -> Sequence[SchemaSource]:
        """Raises BrokenRef."""
        return [part for part in opened([self.schema]) if isinstance(part.raw, dict)]

    @cached_property
    def properties(self) -> Mapping[str, SchemaSource]:
        """The schema of each declared property: the first that speaks of it."""
        found: dict[str, SchemaSource] = {}
        for part in self._parts:
            for name in part.raw.get("properties", ()):
                found.setdefault(name, part.child("properties", name))
        return found

    @cached_property
    def key(self) -> _Key | None:
        """The key of the thing, or the one that all alternatives share."""
        if (own := self._own_key) is not None:
            return own
        keys = [_Members(schema)._own_key for schema in self._alternatives()]
        known = [key for key in keys if key is not None]
        if not known or len({key.name for key in known}) > 1 or len(known) < len(keys):
            return None
        return known[0]._replace(is_required=all(key.is_required for key in known))

    @property
    def _own_key(self) -> _Key | None:
        """`id`, or a property that names it so."""
        own = f"{plain(component(self.schema) or '')}_id"
        names = {plain(name): name for name in reversed(list(self.properties))}
        for name in (names[key] for key in ("id", own, *KEYS) if key in names):
            is_required = any(name in part.raw.get("required", ()) for part in self._parts)
            return _Key(name, self.properties[name], is_required)
        return None

    def _alternatives(self) -> Iterator[SchemaSource]:
        for part in self._parts:
            for keyword in ("oneOf", "anyOf"):
                for index in range(len(part.raw.get(keyword, ()))):
                    yield part.child(keyword, index)


class Entities:
    """Makes the values of a contract's schemas, with the same thing for the same id."""

    def __init__(self, generator: Generator, dictionary: Dictionary = _NO_WORDS) -> None:
        """Take what makes values, and the values that are wanted for some properties."""
        self._dictionary = dictionary
        self._generator = generator
        self._members: dict[str, _Members] = {}
        self._series: dict[Hashable, Series] = {}
        self._relations = Relations(dictionary)

    @property
    def generator(self) -> Generator:
        """Return the generator of the values."""
        return self._generator

    def one_reply(
        self, limits: ReplyLimits | None = None, wait: bool = True
    ) -> AbstractContextManager[Budget | None]:
        """Let all that this thread makes until the end be one reply, as `Generator.one_reply`."""
        return self._generator.one_reply(limits, wait)

    def prepare(self) -> None:
        """Have ready what the first value would wait for."""
        self._generator.prepare()

    def value(
        self,
        schema: SchemaSource,
        seeds: tuple[str, str],
        known: Mapping[str, Any],
        shape: ValueShape = TYPICAL,
        sent: Any = NOTHING_SENT,
    ) -> Any:
        """A value of a schema, whose members agree, with what was sent wherever that fits.

        `seeds` are that of the whole world, which things are made from, and that of this value.
        Raises Unsatisfiable.
        """
        value = self._made(schema, seeds, known, shape)
        if sent is NOTHING_SENT:
            return value
        echoed = self._echoed(schema, value, seeds, shape, sent)
        if not echoed.kept:
            return value
        world = seeds[0]
        again = partial(self._made, schema, seeds, known, shape)
        kept = {**dict.fromkeys(known, True), **echoed.kept}
        return self._agreed(schema, echoed.value, again, world, kept, shape)

    def _echoed(
        self,
        schema: SchemaSource,
        value: Any,
        seeds: tuple[str, str],
        shape: ValueShape,
        sent: Any,
    ) -> Echoed:
        """The value with what was sent; as it is if that breaks the schema as a whole."""
        world, seed = seeds

        def item(own: SchemaSource, index: int) -> Any:
            return self._made(own, (world, f"{seed}\n{own.uri}\n{index}"), {}, shape)

        try:
            found = Echo(item).put(schema, value, sent)
        except (BrokenRef, Unsatisfiable):
            return Echoed(value, {})
        return found if schema.is_valid(found.value) else Echoed(value, {})

    def _agreed(
        self,
        schema: SchemaSource,
        value: Any,
        again: Callable[[], Any],
        world: str,
        kept: Mapping[str, Any],
        shape: ValueShape,
        done: Mapping[int, Any] = _NOTHING_DONE,
    ) -> Any:
        """The value with members that agree; made `again` if it isn't valid as a whole then.

        What is `done`, by its identity, agrees already.
        """
        if shape.mode not in _RELATED or not isinstance(value, dict | list):
            return value
        has_examples = shape.exemplary and shape.mode == "typical"
        setting = Setting(world, shape.today, has_examples, shape.defaults)
        is_changed = self._relations.agree(schema, value, setting, kept, done)
        is_doubtful = is_changed and not self._relations.is_by_members(schema)
        return again() if is_doubtful and not schema.is_valid(value) else value

    def _made(
        self,
        schema: SchemaSource,
        seeds: tuple[str, str],
        known: Mapping[str, Any],
        shape: ValueShape,
    ) -> Any:
        """A value of a schema; a thing with an id is made from that."""
        world, seed = seeds
        thing = self._thing(schema, known, f"{world}\n{seed}")
        if thing is not None:
            return self._of(*thing, world, known, shape)
        first = partial(self._generator.value, schema, f"{world}\n{seed}", shape=shape, known=known)
        value = first()
        done: dict[int, Any] = {}
        settled = self._settled(schema, value, world, known, shape, MOST_LEVELS, done)
        if settled is not value and not schema.is_valid(settled):
            settled, done = value, {}
        return self._agreed(schema, settled, first, world, dict.fromkeys(known, True), shape, done)

    def series(
        self,
        schema: SchemaSource,
        seeds: tuple[str, str],
        shape: ValueShape = TYPICAL,
        apart: bool = False,
    ) -> Series:
        """The items of a list, by the schema of an item; `apart` lets no two be equal.

        `seeds` are that of the whole world and that of the list. One list is put together once.
        """
        key = (schema.uri, seeds, shape, apart)
        if key not in self._series:
            while len(self._series) >= _MOST_SERIES:
                del self._series[next(iter(self._series))]
            self._series[key] = self._new_series(schema, seeds, shape, apart)
        return self._series[key]

    def _new_series(
        self, schema: SchemaSource, seeds: tuple[str, str], shape: ValueShape, apart: bool
    ) -> Series:
        world, seed = seeds
        with suppress(BrokenRef):
            schema = _followed(schema)
            if (key := self._members_of(schema).key) is not None:
                make = partial(self._at, schema, world, shape)
                draw = partial(self._drawn, key.schema, f"{world}\n{seed}", hint=key.name)
                is_alike = _has_plain_example(key.schema)
                return Series(draw, key.schema.is_valid, make, is_alike)
        if apart or not types_of(schema).names & {"object", "array"}:
            draw = partial(self._drawn, schema, f"{world}\n{seed}", shape=shape)
            return Series(draw, schema.is_valid, lambda _, own: fresh(own))
        return Series(None, schema.is_valid, partial(self._item, schema, seeds, shape))

    def _at(self, schema: SchemaSource, world: str, shape: ValueShape, index: int, own: Any) -> Any:
        """The thing of an id at an index of a series."""
        return self._of(schema, own, world, {}, replace(shape, position=index))

    def _drawn(
        self,
        schema: SchemaSource,
        seed: str,
        index: str,
        shape: ValueShape = TYPICAL,
        hint: str = "",
    ) -> Any:
        """A value for an index of a series: of them the first alone is the document's example."""
        shape = replace(shape, exemplary=shape.exemplary and index == "0")
        return self._generator.value(schema, f"{seed}\n{index}", shape=shape, name=hint)

    def _item(
        self, schema: SchemaSource, seeds: tuple[str, str], shape: ValueShape, index: int, own: Any
    ) -> Any:
        world, seed = seeds
        shape = replace(shape, exemplary=shape.exemplary and not index, position=index)
        value = self.value(schema, (world, f"{seed}\n{index}"), {}, shape)
        named = _named_apart(value, index)
        return named if named is not None and schema.is_valid(named) else value

    def _thing(
        self, schema: SchemaSource, known: Mapping[str, Any], seed: str
    ) -> tuple[SchemaSource, Any] | None:
        """The schema of a thing with an id, and the id: the known one, or one from the seed."""
        try:
            schema = _followed(schema)
            if (key := self._members_of(schema).key) is None:
                return None
            told = {plain(name): value for name, value in known.items()}
            for name in (plain(key.name), "id"):
                if name in told and key.schema.is_valid(told[name]):
                    return schema, told[name]
            if not key.is_required:
                return None
            return schema, self._generator.value(key.schema, seed, name=key.name)
        except (BrokenRef, Unsatisfiable):
            return None

    def _members_of(self, schema: SchemaSource) -> _Members:
        return self._members.setdefault(schema.uri, _Members(schema))

    def _of(
        self,
        schema: SchemaSource,
        own: Any,
        world: str,
        known: Mapping[str, Any],
        shape: ValueShape,
    ) -> Any:
        """The thing of that id."""
        seed = f"{world}\n{schema.uri}\n{own}"
        key = self._members_of(schema).key
        told = {**known, key.name: own} if key else known
        make = partial(self._generator.value, schema, seed, shape=shape, known=told)
        return self._agreed(schema, make(), make, world, dict.fromkeys(told, True), shape)

    def _settled(
        self,
        schema: SchemaSource,
        value: Any,
        world: str,
        known: Mapping[str, Any],
        shape: ValueShape,
        levels: int,
        done: dict[int, Any],
    ) -> Any:
        """The value with each thing in it that has an id made from that; these are `done`."""
        if not levels or not isinstance(value, dict | list):
            return value
        try:
            schema = _followed(schema)
            if isinstance(value, list):
                items, shape = schema.child("items"), replace(shape, items=None)
                return [self._settled(items, v, world, {}, shape, levels - 1, done) for v in value]
            return self._settled_object(schema, value, world, known, shape, levels, done)
        except (BrokenRef, Unsatisfiable):
            return value

    def _settled_object(
        self,
        schema: SchemaSource,
        value: dict[str, Any],
        world: str,
        known: Mapping[str, Any],
        shape: ValueShape,
        levels: int,
        done: dict[int, Any],
    ) -> Any:
        members = self._members_of(schema)
        if members.key is not None and members.key.name in value:
            # Where in a list a thing stands is the list's.
            placed = {name: value[name] for name in value if is_position(name)}
            own = value[members.key.name]
            thing = self._of(schema, own, world, {**known, **placed}, shape)
            done[id(thing)] = thing  # as long as it is kept here, no other value has its identity
            return thing
        declared = members.properties
        return {
            name: self._settled(declared[name], member, world, known, shape, levels - 1, done)
            if name in declared
            else member
            for name, member in value.items()
        }


def _named_apart(value: Any, index: int) -> Any:
    """A resource of Kubernetes under a name that no other in its list has; None for others."""
    metadata = value.get("metadata") if isinstance(value, dict) else None
    if not isinstance(metadata, dict) or not isinstance(name := metadata.get("name"), str):
        return None
    return {**value, "metadata": {**metadata, "name": f"{name}-{index + 1}"}}


def _has_plain_example(schema: SchemaSource) -> bool:
    """Whether only an example says what a text looks like."""
    raw = schema.raw if isinstance(schema.raw, dict) else {}
    examples = raw.get("examples")
    first = examples[0] if isinstance(examples, list) and examples else raw.get("example")
    return isinstance(first, str) and not raw.keys() & {"format", "pattern", "enum", "const"}


def _followed(schema: SchemaSource) -> SchemaSource:
    """The schema that a chain of `$ref`s leads to, with nothing but remarks beside them."""
    for _ in range(20):
        if not _only_refers(schema.raw):
            return schema
        schema = schema.follow(schema.raw["$ref"])
    raise BrokenRef(f"{schema.uri} leads back to itself")


def _only_refers(raw: Any) -> bool:
    if not isinstance(raw, dict) or not isinstance(raw.get("$ref"), str):
        return False
    return all(key in _REMARKS or key.startswith("x-") for key in raw.keys() - {"$ref"})
