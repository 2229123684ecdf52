"""The values of items: what a client sends, what is the server's own, and the forms of replies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, NamedTuple

from mock_server.generation import Entities, Unsatisfiable, ValueShape, plain, without
from mock_server.paging import SchemaPlace
from mock_server.schemas import EVERYTHING, schemas_within
from mock_server.state import names

_SHAPE = ValueShape(defaults=True, exemplary=False)
_MANY_SECONDS = 100_000_000_000  # numbers beyond are milliseconds
_STAGES = {"status", "state"}
# How deep something is looked for that never comes back.
_LEVELS = 4
_NO_MEMBERS: Mapping[str, SchemaPlace] = {}


class Form:
    """One form in which an item is shown or stored, compiled once."""

    def __init__(self, place: SchemaPlace) -> None:
        self.place = place
        self.schema = place.possible[0]

    @cached_property
    def key(self) -> tuple[str, ...]:
        """The same for two forms that are of the same schemas."""
        return tuple(schema.referred().uri for schema in self.place.possible)

    @cached_property
    def by_plain(self) -> Mapping[str, str]:
        """The members of the item by their names in snake_case."""
        return {plain(name): name for name in self.place.members}

    @cached_property
    def hidden(self) -> frozenset[str]:
        """The members that never come back to a client."""
        members = self.place.members.items()
        return frozenset(name for name, member in members if member.says("writeOnly", True))

    @cached_property
    def hides_inside(self) -> bool:
        """Whether something further inside never comes back."""
        return any(_hides(member, _LEVELS) for member in self.place.members.values())

    @cached_property
    def rules(self) -> tuple[MemberRule, ...]:
        """What holds for each member of a new item."""
        return tuple(MemberRule.of(name, place) for name, place in self.place.members.items())

    @cached_property
    def is_closed(self) -> bool:
        """Whether it allows no other members than those that it declares."""
        within = schemas_within(*self.place.possible)
        return any(
            s.raw.get("additionalProperties") is False
            or s.raw.get("unevaluatedProperties") is False
            for s in within
        )

    @cached_property
    def created(self) -> tuple[str, ...]:
        """The members that say when an item was made."""
        return self._moments(names.CREATED)

    @cached_property
    def updated(self) -> tuple[str, ...]:
        """The members that say when it was changed last."""
        return self._moments(names.UPDATED)

    def _moments(self, words: frozenset[str]) -> tuple[str, ...]:
        return tuple(name for name in self.place.members if plain(name) in words)

    def moment(self, name: str, now: float) -> Any:
        """A moment as a member has it: a date-time, a date, seconds or milliseconds."""
        place = self.place.members[name]
        if "string" not in place.types and place.types & {"integer", "number"}:
            hints = [hint for hint in place.hints if isinstance(hint, int | float)]
            is_milli = any(hint > _MANY_SECONDS for hint in hints)
            return int(now * 1000) if is_milli else int(now)
        moment = datetime.fromtimestamp(now, UTC)
        if "date" in place.formats:
            return moment.date().isoformat()
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def stamped(self, value: dict[str, Any], now: float, *, is_new: bool) -> dict[str, Any]:
        """A value with the moments that are the server's to give."""
        for name in self.created if is_new else ():
            value = self._with(value, name, now)
        for name in self.updated:
            value = self._with(value, name, now)
        return value

    def _with(self, value: dict[str, Any], name: str, now: float) -> dict[str, Any]:
        moment = self.moment(name, now)
        return {**value, name: moment} if self.place.members[name].accepts(moment) else value

    def made(self, entities: Entities, seeds: tuple[str, str], known: Mapping[str, Any]) -> Any:
        """A whole value of the form. Raises Unsatisfiable."""
        return entities.value(self.schema, seeds, known, _SHAPE)

    def shown(self, value: Any, entities: Entities, seeds: tuple[str, str], own: bool) -> Any:
        """A stored value as this form shows it; `own` says that it is stored in this one."""
        if not isinstance(value, dict):
            return value
        if self.hides_inside:
            value = without(value, list(self.place.possible), "writeOnly")
        elif self.hidden:
            value = {name: one for name, one in value.items() if name not in self.hidden}
        members = self.place.members
        if own or not members:
            return value
        shown = {name: value[name] for name in members if name in value}
        if self.place.accepts(shown):
            return shown
        try:
            return self._completed(shown, self.made(entities, seeds, value))
        except Unsatisfiable:
            return shown

    def _completed(self, shown: dict[str, Any], made: Any) -> Any:
        """A value with what it can't be without."""
        if not isinstance(made, dict):
            return shown
        members = self.place.members
        needed = {n: v for n, v in made.items() if n in members and members[n].required}
        for candidate in ({**needed, **shown}, {**made, **shown}):
            declared = {name: candidate[name] for name in members if name in candidate}
            if self.place.accepts(declared):
                return declared
            if self.place.accepts(candidate):
                return candidate
        fitting = {n: v for n, v in shown.items() if n not in members or members[n].accepts(v)}
        return {**needed, **fitting}


class MemberRule(NamedTuple):
    """What holds for a member of a new item; `is_given` that it's there although nobody sent it.

    `default` is what it has then, None without one; `stage` is the status that a new item has.
    """

    name: str
    plain: str
    is_servers: bool
    is_given: bool
    is_foreign: bool
    default: Any
    stage: Any
    form: Form | None

    @classmethod
    def of(cls, name: str, place: SchemaPlace) -> MemberRule:
        """The rule of one member."""
        key = plain(name)
        default = _default(place)
        stage = None
        if key in _STAGES:
            stage = default if default is not None else _first_listed(place)
        is_foreign = key.rpartition("_")[2] in names.KEYS[:5] and key != "id"
        is_own = is_servers(place)
        form = Form(place) if place.members else None
        return cls(name, key, is_own, is_own or place.required, is_foreign, default, stage, form)


def is_servers(place: SchemaPlace) -> bool:
    """Whether a member is for the server alone to give."""
    return place.says("readOnly", True)


def _hides(place: SchemaPlace, levels: int) -> bool:
    inner = [*place.members.values(), *([place.item] if place.item is not None else [])]
    return levels > 0 and any(
        one.says("writeOnly", True) or _hides(one, levels - 1) for one in inner
    )


def filled(
    form: Form, sent: Mapping[str, Any], made: Any, may_send: Mapping[str, SchemaPlace]
) -> dict[str, Any]:
    """A new item: what was sent, the defaults, and what a reply needs or only the server gives.

    `made` is a whole item that the rest is taken from, `may_send` the members of a request by
    their names in snake_case.
    """
    found: dict[str, Any] = {}
    whole = made if isinstance(made, dict) else {}
    for rule in form.rules:
        name = rule.name
        if name in sent and not rule.is_servers:
            found[name] = _inner(rule, sent[name], whole.get(name), may_send)
        elif name in whole and (rule.is_given or _is_added(rule, may_send)):
            found[name] = whole[name] if rule.stage is None else rule.stage
        elif rule.default is not None:
            found[name] = rule.default
    if not sent.keys() <= form.place.members.keys():
        found |= {name: value for name, value in sent.items() if name not in form.place.members}
    return found


def _inner(rule: MemberRule, sent: Any, made: Any, may_send: Mapping[str, SchemaPlace]) -> Any:
    if rule.form is None or not isinstance(sent, dict) or not isinstance(made, dict):
        return sent
    asked = may_send.get(rule.plain)
    inner = {plain(name): place for name, place in asked.members.items()} if asked else {}
    return filled(rule.form, sent, made, inner)


def _is_added(rule: MemberRule, may_send: Mapping[str, SchemaPlace]) -> bool:
    """Whether a member that no request has is the server's, though nothing says so."""
    return bool(may_send) and rule.plain not in may_send and not rule.is_foreign


def _first_listed(member: SchemaPlace) -> Any:
    for schema in schemas_within(*member.possible):
        listed = schema.raw.get("enum")
        if isinstance(listed, list) and listed and isinstance(listed[0], str):
            return listed[0]
    return None


def _default(member: SchemaPlace) -> Any:
    for schema in schemas_within(*member.possible):
        if "default" in schema.raw:
            return schema.raw["default"]
    return None


def named_as(form: Form, sent: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent by the names of the item's members: `FriendlyName` is `friendly_name`."""
    known = form.place.members
    return {
        name if name in known else form.by_plain.get(plain(name), name): value
        for name, value in sent.items()
    }


def merged(value: Any, patch: Any, place: SchemaPlace | None, keeps_null: bool) -> Any:
    """A value with a merge patch (RFC 7396); `keeps_null` stores null if the schema allows it."""
    if not isinstance(patch, dict):
        return patch
    found = dict(value) if isinstance(value, dict) else {}
    members = place.members if place is not None else _NO_MEMBERS
    for name, change in patch.items():
        member = members.get(name)
        if member is not None and is_servers(member):
            continue
        if change is None and not (keeps_null and member is not None and _takes_null(member)):
            found.pop(name, None)
        elif change is None:
            found[name] = None
        else:
            found[name] = merged(found.get(name), change, member, keeps_null)
    return found


def _takes_null(member: SchemaPlace) -> bool:
    return "null" in member.types and member.types != EVERYTHING


def replaced(
    form: Form, before: Mapping[str, Any], sent: Mapping[str, Any], asked: SchemaPlace | None
) -> dict[str, Any]:
    """An item replaced by what was sent: what is the server's stays, what wasn't sent goes."""
    may_send = {plain(name) for name in asked.members} if asked is not None else set[str]()
    found: dict[str, Any] = {}
    for name, member in form.place.members.items():
        is_own = is_servers(member) or (bool(may_send) and plain(name) not in may_send)
        if is_own:
            found |= {name: before[name]} if name in before else {}
        elif name in sent:
            found[name] = sent[name]
        elif (default := _default(member)) is not None:
            found[name] = default
        elif name in before and (member.required or member.says("writeOnly", True)):
            found[name] = before[name]
    return {**found, **{n: v for n, v in sent.items() if n not in form.place.members}}


def at(value: Any, steps: tuple[str, ...]) -> Any:
    """The value at those steps; None if there is none."""
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def put(value: dict[str, Any], steps: tuple[str, ...], new: Any) -> dict[str, Any]:
    """A copy of a value with another one at those steps."""
    name, rest = steps[0], steps[1:]
    inner = value.get(name)
    return {
        **value,
        name: put(inner if isinstance(inner, dict) else {}, rest, new) if rest else new,
    }
