"""Relations between the members of a generated value: places, money, moments, counts, people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from mock_server.documents import BrokenRef
from mock_server.generation.relations.codes import agree_on_codes
from mock_server.generation.relations.counts import (
    agree_in_history,
    agree_on_counts,
    agree_on_progress,
)
from mock_server.generation.relations.currencies import Currencies
from mock_server.generation.relations.events import agree_on_events
from mock_server.generation.relations.members import Members, ObjectPlan
from mock_server.generation.relations.money import agree_beside, agree_on_money
from mock_server.generation.relations.people import agree_on_organisation, agree_on_people
from mock_server.generation.relations.places import agree_on_places
from mock_server.generation.schema.composition import opened
from mock_server.generation.schema.schema import SchemaSource

# What of a value stays as it is: by name or index, True for all that is there.
Kept = Mapping[Any, Any]
_NOTHING_KEPT: Kept = {}
_MOST_PLANS = 4_096
_MOST_LEVELS = 12


class Setting(NamedTuple):
    """What a value is made for: the seed of all values, the day, and whether examples are taken.

    `today` is the day of the clock in days since 1970.
    """

    world: str
    today: int | None = None
    has_examples: bool = True
    has_defaults: bool = False


class Relations:
    """Lets the members of values agree; what holds for a schema is found once."""

    def __init__(self) -> None:
        self._plans: dict[tuple[str, tuple[str, ...], bool, bool], ObjectPlan] = {}

    def agree(self, schema: SchemaSource, value: Any, setting: Setting, kept: Kept) -> bool:
        """Change the members of a value, and of those inside it, so that they agree.

        Each member is still valid by its own schema. Fixed ones stay: constants, examples, and
        those that are `kept`. Return whether one was changed.
        """
        walk = _Walk(self, setting)
        walk.value(schema, value, kept, 0)
        walk.currencies.agree(setting.world)
        return any(members.is_changed for members in walk.walked)

    def plan(
        self, schema: SchemaSource | None, value: Mapping[str, Any], setting: Setting
    ) -> ObjectPlan:
        """Return what holds for an object of a schema; without one its members may be anything."""
        members = tuple(value)
        uri = schema.uri if schema is not None else ""
        key = (uri, members, setting.has_examples, setting.has_defaults)
        plan = self._plans.get(key)
        if plan is None:
            if len(self._plans) >= _MOST_PLANS:
                self._plans.clear()
            plan = self._plans[key] = _new_plan(schema, members, setting)
        return plan


def _kept(kept: Kept, step: str | int) -> Any:
    """Return what of a member or item is kept: True for all of it."""
    return kept.get(step, _NOTHING_KEPT) if isinstance(kept, Mapping) else _NOTHING_KEPT


class _Walk:
    """One walk through a value, its innermost objects first."""

    def __init__(self, relations: Relations, setting: Setting) -> None:
        self._relations = relations
        self._setting = setting
        self.currencies = Currencies()
        self.walked: list[Members] = []

    def value(self, schema: SchemaSource | None, value: Any, kept: Kept, level: int) -> None:
        """Let what is in a value agree."""
        if level > _MOST_LEVELS:
            return
        if isinstance(value, list):
            item = _items_of(schema)
            for index, one in enumerate(value):
                if isinstance(one, dict | list) and (own := _kept(kept, index)) is not True:
                    self.value(item, one, own, level + 1)
        elif isinstance(value, dict):
            self._object(schema, value, kept, level)

    def _object(
        self,
        schema: SchemaSource | None,
        value: dict[str, Any],
        kept: Kept,
        level: int,
    ) -> None:
        members = self._members(schema, value, kept)
        for name, member in list(value.items()):
            own = _kept(kept, name)
            if (
                isinstance(member, dict | list)
                and name not in members.plan.fixed
                and own is not True
            ):
                self.value(members.plan.schemas.get(name), member, own, level + 1)
                if isinstance(member, list) and not own:
                    agree_in_history(name, member)
        self._agree(members)

    def _members(self, schema: SchemaSource | None, value: dict[str, Any], kept: Kept) -> Members:
        members = Members(self._relations.plan(schema, value, self._setting), value, kept)
        self.walked.append(members)
        return members

    def _agree(self, members: Members) -> None:
        agree_on_people(members)
        agree_on_organisation(members)
        agree_on_codes(members)
        agree_on_places(members, lambda name: self._child(members, name))
        agree_on_events(members, self._setting.today)
        agree_on_counts(members)
        agree_on_progress(members)
        agree_on_money(members)
        agree_beside(members, lambda name: self._child(members, name))
        self.currencies.add(members)

    def _child(self, members: Members, name: str) -> Members | None:
        """Return the members of an object inside; None for what may not be changed, or is none."""
        value, kept = members.value.get(name), _kept(members.kept, name)
        if not isinstance(value, dict) or kept is True or name in members.plan.fixed:
            return None
        return self._members(members.plan.schemas.get(name), value, kept)


def _new_plan(
    schema: SchemaSource | None, members: tuple[str, ...], setting: Setting
) -> ObjectPlan:
    parts = list(_parts(schema))
    schemas: dict[str, SchemaSource] = {}
    required: set[str] = set()
    for part in parts:
        named = part.raw.get("properties")
        for name in named if isinstance(named, dict) else ():
            if name in members:
                schemas.setdefault(name, part.child("properties", name))
        listed = part.raw.get("required")
        required.update(listed if isinstance(listed, list) else ())
    fixed = {name for name, own in schemas.items() if _is_fixed(own, setting)}
    return ObjectPlan(members, schemas, required, fixed)


def _parts(schema: SchemaSource | None) -> Sequence[SchemaSource]:
    if schema is None:
        return ()
    try:
        return [part for part in opened([schema]) if isinstance(part.raw, dict)]
    except BrokenRef:
        return ()


def _is_fixed(schema: SchemaSource, setting: Setting) -> bool:
    keywords = list(_giving(setting))
    return any(key in part.raw for part in _parts(schema) for key in keywords)


def _giving(setting: Setting) -> Iterator[str]:
    yield "const"
    yield "x-faker"
    if setting.has_examples:
        yield from ("example", "examples")
    if setting.has_defaults:
        yield "default"


def _items_of(schema: SchemaSource | None) -> SchemaSource | None:
    with suppress(BrokenRef):
        for part in _parts(schema):
            if isinstance(part.raw.get("items"), dict):
                return part.child("items")
    return None
