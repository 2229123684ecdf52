"""The members of enums and the branches of `oneOf` and `anyOf`, in a schema and in a value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Literal, NamedTuple

from mock_server.core import Tokens, member, pointer_of, shown_value
from mock_server.documents import BrokenRef
from mock_server.patterns import matches
from mock_server.schemas import Schema, listed

Direction = Literal["request", "reply"]
# What only the other side sends.
_OTHER_WAY = {"request": "readOnly", "reply": "writeOnly"}


class Member(NamedTuple):
    """One member of an enum, or one branch; `steps` lead to it from its schema.

    `id` is its address, and what stands there: after a reload that may be something else.
    """

    kind: str
    id: str
    name: str
    steps: Tokens
    value: Any = None
    branch: Schema | None = None

    def is_met(self, value: Any) -> bool:
        """Whether a value is the member, or keeps to the branch."""
        if self.branch is not None:
            return self.branch.is_valid(value)
        # 5 and 5.0 are one number in JSON; true, which Python takes for 1, is none.
        return isinstance(value, bool) is isinstance(self.value, bool) and bool(value == self.value)


class SchemaPlan(NamedTuple):
    """What one schema says of a value and of what is inside it.

    `same` are the schemas that hold for the value itself; `condition` is what its `if`, `then`
    and `else` say.
    """

    members: tuple[Member, ...] = ()
    same: tuple[Schema, ...] = ()
    condition: tuple[Schema | None, Schema | None, Schema | None] = (None, None, None)
    properties: Mapping[str, Schema] = {}
    patterns: tuple[tuple[str, Schema], ...] = ()
    others: Schema | None = None
    names: Schema | None = None
    dependent: Mapping[str, Schema] = {}
    first: tuple[Schema, ...] = ()
    items: Schema | None = None
    contained: Schema | None = None

    def inner(self) -> Iterator[Schema]:
        """Every schema that it refers to or has, but those which only tell values apart."""
        yield from (m.branch for m in self.members if m.branch is not None)
        yield from self.same
        yield from filter(None, self.condition[1:])
        yield from self.properties.values()
        yield from (schema for _, schema in self.patterns)
        yield from self.dependent.values()
        yield from self.first
        yield from filter(None, (self.others, self.names, self.items, self.contained))


_NO_PLAN = SchemaPlan()


class SchemaParts:
    """The plans of schemas as one direction sees them, each made when first needed."""

    def __init__(self, direction: Direction) -> None:
        self._other_way = _OTHER_WAY[direction]
        self._plans: dict[str, SchemaPlan] = {}

    def of(self, schema: Schema) -> SchemaPlan:
        """Return the plan of a schema."""
        plan = self._plans.get(schema.uri)
        if plan is None:
            plan = self._plans[schema.uri] = self._made(schema)
        return plan

    def _made(self, schema: Schema) -> SchemaPlan:
        raw = schema.raw
        if not isinstance(raw, dict):
            return _NO_PLAN
        return SchemaPlan(
            members=(*_enum(schema), *_branches(schema)),
            same=(*_referred(schema), *listed(schema, "allOf")),
            condition=(_one(schema, "if"), _one(schema, "then"), _one(schema, "else")),
            properties={n: s for n, s in _mapped(schema, "properties") if self._is_sent(s)},
            patterns=tuple(_mapped(schema, "patternProperties")),
            others=_one(schema, "additionalProperties") or _one(schema, "unevaluatedProperties"),
            names=_one(schema, "propertyNames"),
            dependent=dict(_mapped(schema, "dependentSchemas")),
            first=tuple(listed(schema, "prefixItems")),
            items=_one(schema, "items") or _one(schema, "unevaluatedItems"),
            contained=_one(schema, "contains"),
        )

    def _is_sent(self, schema: Schema) -> bool:
        """Whether a property is sent in this direction."""
        with suppress(BrokenRef):
            raws = (schema.raw, schema.target().raw)
            return not any(isinstance(r, dict) and r.get(self._other_way) is True for r in raws)
        return True

    def met(self, schema: Schema, value: Any) -> Iterator[Member]:
        """Yield the members and branches that a value meets, at any depth.

        The value has to fit the schema.
        """
        waiting: list[tuple[Schema, Any]] = [(schema, value)]
        seen: set[tuple[str, int]] = set()
        while waiting:
            schema, value = waiting.pop()
            if (schema.uri, id(value)) in seen:
                continue
            seen.add((schema.uri, id(value)))
            plan = self.of(schema)
            for one in plan.members:
                if one.is_met(value):
                    yield one
                    waiting += [(one.branch, value)] if one.branch is not None else []
            waiting += [(same, value) for same in _holding(plan, value)]
            if isinstance(value, dict):
                waiting += _properties(plan, value)
            elif isinstance(value, list):
                waiting += _items(plan, value)


def reachable(roots: Iterable[Schema], plans: SchemaParts) -> Iterator[Schema]:
    """Yield the schemas and all that they lead to, each once."""
    waiting = list(roots)[::-1]
    seen: set[str] = set()
    while waiting:
        schema = waiting.pop()
        if schema.uri not in seen:
            seen.add(schema.uri)
            yield schema
            waiting += reversed(list(plans.of(schema).inner()))


def _enum(schema: Schema) -> Iterator[Member]:
    found = schema.raw.get("enum")
    for index, value in enumerate(found if isinstance(found, list) else ()):
        steps: Tokens = ("enum", index)
        name = f"{_owner(schema)} {shown_value(value)}".lstrip()
        yield Member("enums", _id(schema, steps, name), name, steps, value)


def _branches(schema: Schema) -> Iterator[Member]:
    for keyword in ("oneOf", "anyOf"):
        for index, branch in enumerate(listed(schema, keyword)):
            steps: Tokens = (keyword, index)
            name = f"{_owner(schema)} {keyword} {index + 1}{_called(branch)}".lstrip()
            yield Member("branches", _id(schema, steps, name), name, steps, branch=branch)


def _id(schema: Schema, steps: Tokens, name: str) -> str:
    return f"{schema.uri}{pointer_of(steps)} {name}"


def _owner(schema: Schema) -> str:
    """Return the name of the parameter, the component or the property that a schema is of."""
    name, before, value = "", "", schema.document.data
    for token in map(str, schema.tokens):
        try:
            value = member(value, token)
        except LookupError:  # what isn't written so in the file
            break
        if before == "parameters" and isinstance(value, dict):
            name = str(value.get("name", token))
        elif before in ("schemas", "properties", "$defs"):
            name = token
        before = token
    return name


def _called(branch: Schema) -> str:
    """Return a label of a branch: by its title, reference, only value, or properties."""
    raw = branch.raw if isinstance(branch.raw, dict) else {}
    if isinstance(raw.get("title"), str):
        return f": {raw['title']}"
    if isinstance(raw.get("$ref"), str):
        return f": {raw['$ref'].rsplit('/', 1)[-1]}"
    values = [raw["const"]] if "const" in raw else raw.get("enum")
    if isinstance(values, list) and len(values) == 1:
        return f": {shown_value(values[0])}"
    if isinstance(raw.get("required"), list) and raw["required"]:
        return f": {{{', '.join(map(str, raw['required']))}}}"
    return f": {raw['type']}" if isinstance(raw.get("type"), str) else ""


def _referred(schema: Schema) -> Iterator[Schema]:
    for keyword in ("$ref", "$dynamicRef"):
        ref = schema.raw.get(keyword)
        with suppress(BrokenRef):  # whoever compiles the schema reports it
            if isinstance(ref, str):
                yield schema.follow(ref)


def _one(schema: Schema, keyword: str) -> Schema | None:
    return schema.child(keyword) if isinstance(schema.raw.get(keyword), dict) else None


def _mapped(schema: Schema, keyword: str) -> Iterator[tuple[str, Schema]]:
    found = schema.raw.get(keyword)
    for name in found if isinstance(found, dict) else ():
        yield name, schema.child(keyword, name)


def _holding(plan: SchemaPlan, value: Any) -> Iterator[Schema]:
    """Yield the schemas beside a plan's own that hold for the value itself."""
    yield from plan.same
    condition, then, otherwise = plan.condition
    if condition is not None:
        yield from filter(None, (then if condition.is_valid(value) else otherwise,))
    if plan.dependent and isinstance(value, dict):
        yield from (schema for name, schema in plan.dependent.items() if name in value)


def _properties(plan: SchemaPlan, value: dict[str, Any]) -> Iterator[tuple[Schema, Any]]:
    for name, item in value.items():
        own = [plan.properties[name]] if name in plan.properties else []
        own += [schema for pattern, schema in plan.patterns if matches(pattern, name)]
        if not own and plan.others is not None:
            own = [plan.others]
        yield from ((schema, item) for schema in own)
        if plan.names is not None:
            yield plan.names, name


def _items(plan: SchemaPlan, value: list[Any]) -> Iterator[tuple[Schema, Any]]:
    yield from zip(plan.first, value, strict=False)
    if plan.items is not None:
        yield from ((plan.items, item) for item in value[len(plan.first) :])
    if (contained := plan.contained) is not None:
        yield from ((contained, item) for item in value if contained.is_valid(item))
