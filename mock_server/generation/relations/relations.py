"""Relations between the members of a generated value: places, money, moments, counts, people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from functools import partial
from typing import Any, NamedTuple
from zlib import crc32

from mock_server.core import write_json
from mock_server.documents import BrokenRef
from mock_server.fixtures import Dictionary, Step, Wanted, bare_name
from mock_server.generation.relations.codes import agree_on_codes, has_codes
from mock_server.generation.relations.counts import (
    agree_in_history,
    agree_on_counts,
    agree_on_progress,
    has_counts,
    has_progress,
)
from mock_server.generation.relations.currencies import Chosen, Currencies, has_currency
from mock_server.generation.relations.events import agree_on_events, has_events
from mock_server.generation.relations.members import Members, ObjectPlan
from mock_server.generation.relations.money import (
    agree_beside,
    agree_on_money,
    agree_on_price,
    has_amounts,
    has_products,
    has_summary,
)
from mock_server.generation.relations.people import (
    agree_on_organisation,
    agree_on_people,
    has_organisation,
    has_people,
)
from mock_server.generation.relations.places import agree_on_places, has_places
from mock_server.generation.schema.composition import component, opened
from mock_server.generation.schema.schema import SchemaSource
from mock_server.generation.values.words import word_set

# What of a value stays as it is: by name or index, True for all that is there.
Kept = Mapping[Any, Any]
_NOTHING_KEPT: Kept = {}
_NOTHING_DONE: Mapping[int, Any] = {}
# As many sets of members are planned for each schema.
_MOST_PLANS = 256
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

    def __init__(self, dictionary: Dictionary) -> None:
        """Take the values that are wanted for some properties."""
        self.dictionary = dictionary
        self._described: dict[tuple[str, bool, bool], _Description] = {}
        self._by_members: dict[str, bool] = {}
        self.currencies = Chosen()

    def agree(
        self,
        schema: SchemaSource,
        value: Any,
        setting: Setting,
        kept: Kept,
        done: Mapping[int, Any] = _NOTHING_DONE,
    ) -> bool:
        """Change the members of a value, and of those inside it, so that they agree.

        Each member is still valid by its own schema. Fixed ones stay: constants, examples, and
        those that are `kept`. What is `done`, by its identity, agrees already. Return whether a
        member was changed.
        """
        # A path of the dictionary may lead into what is done.
        walk = _Walk(self, setting, _NOTHING_DONE if self.dictionary else done)
        walk.value(schema, value, kept, 0)
        return walk.currencies.agree(setting.world) or walk.is_changed

    def is_by_members(self, schema: SchemaSource) -> bool:
        """Return whether a value is valid if each member is, at any depth.

        So a change of members that each are valid needs no look at the whole.
        """
        found = self._by_members.get(schema.uri)
        if found is None:
            found = self._by_members[schema.uri] = _is_by_members(schema)
        return found

    def plan(
        self, schema: SchemaSource | None, value: Mapping[str, Any], setting: Setting
    ) -> ObjectPlan:
        """Return what holds for an object of a schema; without one its members may be anything."""
        uri = "" if schema is None else schema.uri
        key = (uri, setting.has_examples, setting.has_defaults)
        found = self._described.get(key)
        if found is None:
            found = self._described[key] = _Description.of(schema, setting)
        return found.plan(value)


def _kept(kept: Kept, step: str | int) -> Any:
    """Return what of a member or item is kept: True for all of it."""
    return kept.get(step, _NOTHING_KEPT) if isinstance(kept, Mapping) else _NOTHING_KEPT


class _Picks(NamedTuple):
    """Values that are picked for one member; the same for the same seed."""

    wanted: Wanted
    seed: bytes

    def at(self, number: int) -> Any:
        """Return the value with a number: a copy, because it may be changed."""
        return deepcopy(self.wanted.pick(crc32(self.seed + b"%d" % number) / 2**32))


class _Walk:
    """One walk through a value, its innermost objects first."""

    def __init__(self, relations: Relations, setting: Setting, done: Mapping[int, Any]) -> None:
        self._relations = relations
        self.setting = setting
        self._done = done
        self.currencies = Currencies(relations.currencies)
        self.is_changed = False
        self._trail: list[Step] = []

    def value(self, schema: SchemaSource | None, value: Any, kept: Kept, level: int) -> None:
        """Let what is in a value agree."""
        if level > _MOST_LEVELS or id(value) in self._done:
            return
        if isinstance(value, dict):
            self._object(schema, value, kept, level)
        elif value and isinstance(value[0], dict | list):
            item = _items_of(schema)
            for index, one in enumerate(value):
                if isinstance(one, dict | list):
                    own = _kept(kept, index) if kept else _NOTHING_KEPT
                    if own is not True:
                        self.value(item, one, own, level + 1)

    def _object(
        self, schema: SchemaSource | None, value: dict[str, Any], kept: Kept, level: int
    ) -> None:
        plan = self._relations.plan(schema, value, self.setting)
        if self._relations.dictionary:
            kept = self._put_wanted(plan, value, kept)
        for name in plan.deep:
            member = value.get(name)
            kind = type(member)
            if (kind is dict or kind is list) and name not in plan.fixed:
                own = _kept(kept, name) if kept else _NOTHING_KEPT
                if own is not True:
                    self._trail.append((bare_name(name), plan.owners))
                    self.value(plan.schemas.get(name), member, own, level + 1)
                    self._trail.pop()
                    if not own and isinstance(member, list):
                        agree_in_history(name, member)
        if plan.rules is None:
            plan.rules = [rule for has, rule in _RULES if has(plan)]
        if plan.rules:
            members = Members(plan, value, kept)
            for rule in plan.rules:
                rule(self, members)
            self.is_changed |= members.is_changed

    def _put_wanted(self, plan: ObjectPlan, value: dict[str, Any], kept: Kept) -> Kept:
        """Give members the values that are wanted for them; return all that is kept then."""
        dictionary, written = self._relations.dictionary, b""
        for name in plan.members:
            bare = bare_name(name)
            if not dictionary.has(bare) or name not in value or kept.get(name):
                continue
            wanted = dictionary.wanted([*self._trail, (bare, plan.owners)])
            if wanted is None:
                continue
            written = written or write_json(value)
            picks = _Picks(wanted, f"{self.setting.world}\n{name}".encode() + written)
            if self._is_put(plan, value, name, picks):
                self.is_changed, kept = True, {**kept, name: True}
        return kept

    @staticmethod
    def _is_put(plan: ObjectPlan, value: dict[str, Any], name: str, picks: _Picks) -> bool:
        picked = picks.at(0)
        if plan.accepts(name, picked):
            value[name] = picked
            return True
        old = value[name]
        if not isinstance(old, list):
            return False
        items = [picks.at(number) for number in range(len(old))]
        if plan.accepts(name, items):
            value[name] = items
            return True
        return False

    def child(self, members: Members) -> Callable[[str], Members | None]:
        """Return a function that gives the members of an object inside, by its name."""
        return partial(self._child, members)

    def _child(self, members: Members, name: str) -> Members | None:
        """Return the members of an object inside; None for what may not be changed, or is none."""
        value, kept = members.value.get(name), _kept(members.kept, name)
        if not isinstance(value, dict) or kept is True or name in members.plan.fixed:
            return None
        plan = self._relations.plan(members.plan.schemas.get(name), value, self.setting)
        return Members(plan, value, kept, members)


Rule = Callable[[_Walk, Members], None]
# What lets members agree, each for the objects that have such members.
_RULES: Sequence[tuple[Callable[[ObjectPlan], bool], Rule]] = (
    (has_people, lambda walk, members: agree_on_people(members)),
    (has_organisation, lambda walk, members: agree_on_organisation(members)),
    (has_codes, lambda walk, members: agree_on_codes(members)),
    (has_places, lambda walk, members: agree_on_places(members, walk.child(members))),
    (has_events, lambda walk, members: agree_on_events(members, walk.setting.today)),
    (has_counts, lambda walk, members: agree_on_counts(members)),
    (has_progress, lambda walk, members: agree_on_progress(members)),
    (has_products, lambda walk, members: agree_on_price(members, walk.child(members))),
    (has_amounts, lambda walk, members: agree_on_money(members)),
    (has_summary, lambda walk, members: agree_beside(members, walk.child(members))),
    (has_currency, lambda walk, members: walk.currencies.add(members)),
)


class _Description:
    """What a schema says of the members of its objects, with a plan for each set of members."""

    def __init__(
        self,
        schemas: Mapping[str, SchemaSource],
        required: frozenset[str],
        fixed: frozenset[str],
        owners: frozenset[str],
    ) -> None:
        self._schemas = schemas
        self._required = required
        self._fixed = fixed
        self._owners = owners
        self._plans: dict[tuple[str, ...], ObjectPlan] = {}

    @classmethod
    def of(cls, schema: SchemaSource | None, setting: Setting) -> _Description:
        """Read a schema, and its alternatives for the members that they alone name."""
        schemas: dict[str, SchemaSource] = {}
        required: set[str] = set()
        for part in _parts(schema):
            listed = part.raw.get("required")
            required.update(listed if isinstance(listed, list) else ())
            for one in (part, *_alternatives(part)):
                named = one.raw.get("properties")
                for name in named if isinstance(named, dict) else ():
                    schemas.setdefault(name, one.child("properties", name))
        fixed = {name for name, own in schemas.items() if _is_fixed(own, setting)}
        owners = {name for part in _parts(schema) if (name := component(part)) is not None}
        return cls(schemas, frozenset(required), frozenset(fixed), frozenset(owners))

    def plan(self, value: Mapping[str, Any]) -> ObjectPlan:
        """Return the plan for an object: names that the schema doesn't know are no part of it."""
        members = tuple(value)
        found = self._plans.get(members)
        if found is None:
            known = tuple(name for name in members if name in self._schemas)
            found = self._plans.get(known)
            if found is None:
                if len(self._plans) >= _MOST_PLANS:
                    self._plans.clear()
                plan = ObjectPlan(known, self._schemas, self._required, self._fixed, self._owners)
                found = self._plans[known] = plan
        return found


def _alternatives(schema: SchemaSource) -> Iterator[SchemaSource]:
    for keyword in ("oneOf", "anyOf"):
        listed = schema.raw.get(keyword)
        for index in range(len(listed) if isinstance(listed, list) else 0):
            yield from _parts(schema.child(keyword, index))


# Keywords of objects and lists that say no more than what their members have to be.
_OF_MEMBERS = word_set(
    "$ref type properties required items title description format enum const minimum maximum"
    " exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern minItems maxItems"
    " default example examples readOnly writeOnly deprecated $comment nullable xml externalDocs"
)
_MOST_SCHEMAS = 500


def _is_by_members(schema: SchemaSource) -> bool:
    """Return whether a schema, and all that it leads to, has only keywords of that kind.

    An `enum` or `const` has to stand in a schema of single values, and a `$ref` alone.
    """
    waiting = [schema]
    seen: set[str] = set()
    while waiting:
        one = waiting.pop()
        if one.uri in seen or len(seen) > _MOST_SCHEMAS:
            continue
        seen.add(one.uri)
        raw = one.raw
        if raw is True:
            continue
        is_known = isinstance(raw, dict) and raw.keys() <= _OF_MEMBERS
        if not is_known or (raw.keys() & {"enum", "const"} and "properties" in raw):
            return False
        try:
            if "$ref" in raw:
                waiting.append(one.follow(raw["$ref"]))
        except BrokenRef:
            return False
        waiting += [one.child("properties", name) for name in raw.get("properties", ())]
        waiting += [one.child("items")] if isinstance(raw.get("items"), dict) else []
    return len(seen) <= _MOST_SCHEMAS


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
