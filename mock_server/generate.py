"""Schema and seed to a value: realistic, the same on every machine, and always valid.

A schema is compiled once, into nodes. A node is one place in a value together with all schemas
that hold there, references followed and `allOf` opened. Where there's a choice (`oneOf`, `anyOf`,
`if`, `not`, several types) a node has a branch for each way to go, itself a node that holds one
schema more; a branch that contradicts the rest is never taken.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from itertools import chain, pairwise, product
from math import inf
from threading import Lock
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, Protocol
from urllib.parse import unquote

from mock_server import leaves
from mock_server.document import BrokenRef
from mock_server.errors import MockServerError
from mock_server.leaves import Fakes, Pool, Raw, Source

Mode = Literal["typical", "minimal", "maximal", "boundary"]
Direction = Literal["reply", "request"]
Maker = Callable[["Run"], Any]

ATTEMPTS = 20
_NO_VALUES: Mapping[str, Any] = MappingProxyType({})
_MISSING = object()
# How often what's optional is there.
_EAGERNESS = {"typical": 0.9, "minimal": 0.0, "maximal": 1.0, "boundary": 0.5}


class Schema(Protocol):
    """What is asked of a schema; `mock_server.schemas.Schema` is one."""

    @property
    def uri(self) -> str:
        """Its absolute address, which no other schema has."""

    @property
    def raw(self) -> Any:
        """True, False, or a mapping in the words of JSON Schema 2020-12."""

    def child(self, *tokens: str | int) -> Schema:
        """The schema at those steps below this one."""

    def follow(self, ref: str) -> Schema:
        """The schema that a reference in this one leads to."""

    def is_valid(self, value: Any, /) -> bool:
        """Whether the value satisfies the schema, formats included."""


class Unsatisfiable(MockServerError):
    """No value was found for a schema; `reason` says why in plain words."""

    def __init__(self, schema_uri: str, reason: str) -> None:
        super().__init__(f"No value satisfies {schema_uri}: {reason}")
        self.schema_uri = schema_uri
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Shape:
    """What kind of value is wanted.

    `items` is the size of lists that aren't within other lists, as far as `minItems` and
    `maxItems` let it be; `direction` says whose optional properties are left out: a reply has no
    `writeOnly` ones, a request no `readOnly` ones.
    """

    mode: Mode = "typical"
    items: int | None = None
    direction: Direction = "reply"


TYPICAL = Shape()


class Generator:
    """Makes values. Have one for each contract: what it has compiled, and Faker, are its own."""

    def __init__(self) -> None:
        self._fakes = Fakes()
        self._nodes = {"reply": Nodes("writeOnly"), "request": Nodes("readOnly")}
        self._lock = Lock()  # Faker reads one stream at a time

    def value(
        self,
        schema: Schema,
        seed: str,
        *,
        shape: Shape = TYPICAL,
        known: Mapping[str, Any] = _NO_VALUES,
    ) -> Any:
        """A value that satisfies the schema, always the same for one seed and shape.

        `known` are values by property name that the object itself, or the one in its `data`,
        carries where they fit. Raises Unsatisfiable.
        """
        with self._lock:
            node = self._nodes[shape.direction].node((schema,))
            reason = f"{ATTEMPTS} values were made, and none was valid"
            for attempt in range(ATTEMPTS):
                run = Run(f"{seed}/{attempt}", self._fakes, shape, known, attempt)
                try:
                    value = node.make(run)
                except Unsatisfiable as problem:
                    reason = problem.reason
                    if node.height == inf:
                        break
                    continue
                if schema.is_valid(value):
                    return value
        raise Unsatisfiable(schema.uri, reason)


class Run(Source):
    """The making of one value: its stream, and where in the value it is."""

    def __init__(
        self, seed: str, fakes: Fakes, shape: Shape, known: Mapping[str, Any], attempt: int
    ) -> None:
        super().__init__(seed, fakes, shape.mode if attempt < ATTEMPTS // 2 else "typical")
        self.items = shape.items
        self.known = known if attempt < ATTEMPTS // 2 else _NO_VALUES
        self.eagerness = _EAGERNESS[self.mode]
        simple = shape.mode == "minimal" or attempt >= ATTEMPTS // 2
        self.reach = -1 if simple else 6
        self.budget = 400
        self.tries = 200
        self.first = True
        self.open: list[object] = []

    @property
    def lean(self) -> bool:
        """Whether only what must be there is made: the value is deep or large enough."""
        return len(self.open) > self.reach or self.budget < 0

    def is_lean_in(self, maker: object) -> bool:
        """Whether it's so in this place, which may be within itself already."""
        return self.lean or self.open.count(maker) > 2

    def rarely(self) -> bool:
        """Whether null is taken although there's another way."""
        return self.random() < {"boundary": 0.5, "maximal": 0.0}.get(self.mode, 0.2)


# Nodes -----------------------------------------------------------------------------------------


class Plan(NamedTuple):
    """How a node makes its values.

    `needs` are groups of nodes, one of which must have a value each; where there's no group there
    is no value, and `reason` says why. `build` is called when those nodes' heights are known.
    """

    needs: Sequence[Sequence[Node]]
    build: Callable[[], Maker]
    reason: str = ""
    is_null: bool = False


class Node:
    """One place in a value, with the schemas (`roots`) that hold there.

    `hint` is the property's name; `done` are the choices already made, of which there are `width`
    combinations. `height` is how deep its flattest value is, and infinite where there's none.
    """

    def __init__(self, nodes: Nodes, roots: tuple[Schema, ...], hint: str) -> None:
        self.nodes, self.roots, self.hint = nodes, roots, hint
        self.done: frozenset[str] = frozenset()
        self.width = 1
        self.height = inf
        self.settled = False
        self.make: Maker = self._first_make
        self._plan: Plan | None = None
        self._parts: tuple[Schema, ...] | None = None

    @property
    def parts(self) -> tuple[Schema, ...]:
        """The roots and all that they stand for. Raises BrokenRef."""
        if self._parts is None:
            self._parts = tuple(_opened(self.roots))
        return self._parts

    @property
    def raws(self) -> list[Raw]:
        """The keywords of each part."""
        return [part.raw for part in self.parts if isinstance(part.raw, dict)]

    @property
    def uri(self) -> str:
        """The address of the first schema."""
        return self.roots[0].uri if self.roots else ""

    @property
    def plan(self) -> Plan:
        """How values are made here."""
        if self._plan is None:
            try:
                self._plan = _hinted(self, _plan(self))
            except BrokenRef as error:
                self._plan = _impossible(str(error))
        return self._plan

    def accepts(self, value: Any) -> bool:
        """Whether all schemas that hold here accept the value."""
        return all(root.is_valid(value) for root in self.roots)

    def node(self, schemas: Iterable[Schema], hint: str = "") -> Node:
        """The node for these schemas, below this one."""
        return self.nodes.node(tuple(schemas), hint)

    def branch(self, choice: str, extra: Iterable[Schema], width: int) -> Node:
        """This place with one choice made, in which the extra schemas hold too."""
        branch = Node(self.nodes, (*self.roots, *extra), self.hint)
        branch.done, branch.width = self.done | {choice}, width
        return branch

    def __call__(self, run: Run) -> Any:
        """A value for the run. Raises Unsatisfiable."""
        return self.make(run)

    def _first_make(self, run: Run) -> Any:
        _settle(self)
        self.make = self.plan.build() if self.height < inf else self._refuse
        return self.make(run)

    def _refuse(self, run: Run) -> Any:
        raise Unsatisfiable(self.uri, _why(self, set()))


class Nodes:
    """The nodes of one direction, each made once; `hides` is the keyword it leaves out."""

    def __init__(self, hides: str) -> None:
        self.hides = hides
        self._nodes: dict[tuple[tuple[str, ...], str], Node] = {}
        self._patterns: dict[str, re.Pattern[str] | None] = {}

    def node(self, roots: tuple[Schema, ...], hint: str = "") -> Node:
        """The node for those schemas under that name."""
        key = tuple(root.uri for root in roots), hint
        if key not in self._nodes:
            self._nodes[key] = Node(self, roots, hint)
        return self._nodes[key]

    def matches(self, pattern: str, name: str) -> bool:
        """Whether the pattern is found in the name; never where Python can't read it."""
        if pattern not in self._patterns:
            try:
                compiled = re.compile(leaves.python_pattern(pattern), re.ASCII)
            except re.error:
                compiled = None
            self._patterns[pattern] = compiled
        regex = self._patterns[pattern]
        return regex is not None and regex.search(name) is not None


def _opened(roots: Iterable[Schema]) -> Iterator[Schema]:
    """The schemas and what their references and `allOf` bring, each once."""
    seen: set[str] = set()
    waiting = list(roots)
    while waiting:
        schema = waiting.pop(0)
        raw = schema.raw
        if schema.uri in seen or raw is True or raw == {}:
            continue
        seen.add(schema.uri)
        yield schema
        if isinstance(raw, dict):
            refs = [raw[key] for key in ("$ref", "$dynamicRef") if key in raw]
            waiting += [schema.follow(ref) for ref in refs]
            waiting += [schema.child("allOf", i) for i in range(len(raw.get("allOf", ())))]


def _settle(start: Node) -> None:
    """Find the height of the node and of all it depends on: a least fixed point."""
    found = list(_unsettled(start))
    changed = True
    while changed:
        changed = False
        for node in reversed(found):
            heights = (1 + max((n.height for n in group), default=0) for group in node.plan.needs)
            height = min(heights, default=inf)
            if height < node.height:
                node.height, changed = height, True
    for node in found:
        node.settled = True


def _unsettled(start: Node) -> Iterator[Node]:
    seen: set[int] = set()
    waiting = [start]
    while waiting:
        node = waiting.pop()
        if not node.settled and id(node) not in seen:
            seen.add(id(node))
            yield node
            waiting += chain.from_iterable(node.plan.needs)


def _why(node: Node, seen: set[int]) -> str:
    """What keeps a node of infinite height from having a value."""
    if node.plan.reason:
        return node.plan.reason
    seen.add(id(node))
    culprits = [n for n in chain.from_iterable(node.plan.needs) if n.height == inf]
    reasons = (_why(n, seen) for n in culprits if id(n) not in seen)
    return next(filter(None, reasons), "its value would have to contain itself without end")


# From keywords to plans ------------------------------------------------------------------------

_TYPES = ("object", "array", "string", "number", "boolean", "null")
_KEYWORDS = {
    "object": ("properties", "required", "additionalProperties", "patternProperties",
               "propertyNames", "minProperties", "maxProperties", "dependentRequired",
               "dependentSchemas", "unevaluatedProperties"),
    "array": ("items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems",
              "unevaluatedItems"),
    "string": ("minLength", "maxLength", "pattern", "format", "contentEncoding"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}  # fmt: skip
# So many combinations of choices are looked at in one place; then each further choice is settled
# by its first way.
_MOST_COMBINATIONS = 256


def _impossible(reason: str) -> Plan:
    def build() -> Maker:
        raise AssertionError("nothing is made where nothing is possible")

    return Plan((), build, reason)


def _possible(make: Maker, is_null: bool = False) -> Plan:
    return Plan(((),), lambda: make, "", is_null)


def _plan(node: Node) -> Plan:
    """The plan for what is asked of a node: a value given, a choice, or one type."""
    if any(part.raw is False for part in node.parts):
        return _impossible("its schema is false")
    if any("enum" in raw or "const" in raw for raw in node.raws):
        return _literal(node)
    for name, ways in _choices(node.parts):
        if name not in node.done:
            return _choice(node, name, ways)
    types = _types(node.raws)
    if types is None:
        return _anything(node)
    if len(types) > 1:
        return _choice(node, "type", [[Made({"type": name})] for name in types])
    return _PLANS[types[0]](node) if types else _impossible("its parts ask for different types")


def _types(raws: Sequence[Raw]) -> Sequence[str] | None:
    """The types that all parts allow; None where nothing tells."""
    types: Sequence[str] = _TYPES
    for names in (raw["type"] for raw in raws if "type" in raw):
        types = _both(types, [names] if isinstance(names, str) else names)
    if not any("type" in raw for raw in raws):
        told = [
            name for name in _KEYWORDS if any(k in raw for raw in raws for k in _KEYWORDS[name])
        ]
        return told or None
    return types


def _both(types: Sequence[str], names: Sequence[str]) -> list[str]:
    narrowed = ["integer" if t == "number" and "number" not in names else t for t in types]
    return [t for t in narrowed if t in names or (t == "integer" and "number" in names)]


def _literal(node: Node) -> Plan:
    """One of the values that `enum` or `const` lists and everything else accepts."""
    lists = ([raw["const"]] if "const" in raw else raw.get("enum") for raw in node.raws)
    options = [value for value in next(filter(None, lists), ()) if node.accepts(value)]
    if not options:
        return _impossible("none of its enum values satisfies the rest of it")
    others = [value for value in options if value is not None] or options

    def make(run: Run) -> Any:
        if run.mode == "minimal":
            return _fresh(options[0])
        return _fresh(run.pick(options if len(others) < len(options) and run.rarely() else others))

    return _possible(make, is_null=options == [None])


def _fresh(value: Any) -> Any:
    """The value itself or, where a caller could change it, a copy."""
    return deepcopy(value) if isinstance(value, dict | list) else value


def _anything(node: Node) -> Plan:
    """What is asked by name only, or not at all."""
    if node.hint:
        return _number(node) if leaves.is_number_name(node.hint) else _string(node)

    def make(run: Run) -> Any:
        if run.mode == "boundary":
            return _fresh(run.pick(_WRONG))
        if run.lean or run.random() < 0.5:
            return leaves.slug(run)
        return {run.pick(_LABELS): leaves.word(run) for _ in range(2)}

    return _possible(make)


def _hints(node: Node) -> list[str]:
    return [node.hint, *filter(None, map(_component, node.parts))]


def _string(node: Node) -> Plan:
    low, high = leaves.length_limits(node.raws, "Length")
    if high is not None and low > high:
        return _impossible(f"its text has at least {low} and at most {high} characters")
    return _possible(
        leaves.by_faker(node.raws, leaves.text(node.raws, _hints(node), node.accepts), node.accepts)
    )


def _number(node: Node, integer: bool = False) -> Plan:
    leaf = leaves.number(node.raws, _hints(node), node.accepts, integer)
    if leaf is None:
        return _impossible("no number lies within its bounds")
    return _possible(leaves.by_faker(node.raws, leaf, node.accepts))


def _object(node: Node) -> Plan:
    maker = ObjectMaker(node)
    return _impossible(maker.reason) if maker.reason else maker.plan()


def _array(node: Node) -> Plan:
    maker = ArrayMaker(node)
    return _impossible(maker.reason) if maker.reason else maker.plan()


_PLANS: Mapping[str, Callable[[Node], Plan]] = {
    "object": _object,
    "array": _array,
    "string": _string,
    "number": _number,
    "integer": lambda node: _number(node, integer=True),
    "boolean": lambda node: _possible(lambda run: run.random() < 0.5 and run.mode != "minimal"),
    "null": lambda node: _possible(lambda run: None, is_null=True),
}


def _hinted(node: Node, plan: Plan) -> Plan:
    """The plan, with the values that the schema itself gives as examples taken first."""
    if node.done or not plan.needs:
        return plan
    tags = [value for value in _given(node, "x-tag") if node.accepts(value)]
    if tags:
        return _possible(lambda run: tags[0])
    examples = list(filter(node.accepts, chain(_given(node, "examples"), _given(node, "example"))))
    defaults = list(filter(node.accepts, _given(node, "default")))
    if not examples and not defaults:
        return plan

    def build() -> Maker:
        return _preferring(examples or defaults, 1.0 if examples else 0.5, node, plan.build())

    return plan._replace(build=build)


def _given(node: Node, keyword: str) -> Iterator[Any]:
    """Values that the parts give under a keyword; no objects, which aren't made of one piece."""
    for raw in node.raws:
        given = raw.get(keyword, _MISSING)
        for value in given if keyword == "examples" and isinstance(given, list) else [given]:
            if value is not _MISSING and not _holds_objects(value):
                yield value


def _holds_objects(value: Any) -> bool:
    if isinstance(value, list):
        return any(isinstance(item, dict | list) for item in value)
    return isinstance(value, dict)


def _preferring(values: Sequence[Any], chance: float, node: Node, otherwise: Maker) -> Maker:
    """One of the values, at least where the same one isn't seen in a list again and again."""
    telling = {"format", "pattern", "enum", "const"}.intersection(*[chain.from_iterable(node.raws)])
    repeats = len(values) > 1 or not (telling or any(map(leaves.text_by_name, _hints(node))))

    def make(run: Run) -> Any:
        if run.mode == "typical" and (run.first or repeats) and run.random() < chance:
            value = _fresh(run.pick(values))
            if run.items is None or not isinstance(value, list):
                return value
        return otherwise(run)

    return make


# Choices ---------------------------------------------------------------------------------------

_Ways = Sequence[Sequence[Schema]]
_Steps = tuple[str | int, ...]
# What a property may be to be of the wrong type: null reads as if it weren't there.
_WRONG: Sequence[Any] = (None, False, 0, "", [], {})
# What a number, text, list or object that breaks the keyword satisfies instead.
_OPPOSITES = {
    "minimum": ("number", "exclusiveMaximum", 0),
    "maximum": ("number", "exclusiveMinimum", 0),
    "exclusiveMinimum": ("number", "maximum", 0),
    "exclusiveMaximum": ("number", "minimum", 0),
    "minLength": ("string", "maxLength", -1),
    "maxLength": ("string", "minLength", 1),
    "minItems": ("array", "maxItems", -1),
    "maxItems": ("array", "minItems", 1),
    "minProperties": ("object", "maxProperties", -1),
    "maxProperties": ("object", "minProperties", 1),
}


class Made:
    """A schema that no document has: what a choice adds to those around it.

    It judges nothing: the schema in which the choice stands does.
    """

    def __init__(self, raw: Any, children: Mapping[_Steps, Schema] | None = None) -> None:
        self.raw = raw
        self._children = children or {}
        inner = " ".join(child.uri for child in self._children.values())
        self.uri = f"made:{json.dumps(raw)}{inner}"

    def child(self, *tokens: str | int) -> Schema:
        """The schema at those steps below this one."""
        known = self._children.get(tokens)
        if known is not None:
            return known
        raw: Any = self.raw
        for token in tokens:
            raw = raw[token]
        return Made(raw)

    def follow(self, ref: str) -> Schema:
        """Nothing: it has no references."""
        raise BrokenRef(ref)

    def is_valid(self, value: Any, /) -> bool:
        """True."""
        return True


def _opposite(schema: Schema) -> Schema:
    return Made({"not": {}}, {("not",): schema})


def _choices(parts: Iterable[Schema]) -> Iterator[tuple[str, _Ways]]:
    """Every choice among the parts: its name, and for each way what must hold then."""
    for part in parts:
        raw = part.raw
        for keyword in ("oneOf", "anyOf"):
            if keyword in raw:
                branches = [part.child(keyword, i) for i in range(len(raw[keyword]))]
                yield f"{part.uri}/{keyword}", [[b, *_tag(part, b)] for b in branches]
        if "if" in raw and ("then" in raw or "else" in raw):
            yield f"{part.uri}/if", _conditions(part)
        for name in raw.get("dependentSchemas", ()):
            there = [Made({"required": [name]}), part.child("dependentSchemas", name)]
            absent = Made({"properties": {name: False}})
            yield f"{part.uri}/dependentSchemas/{name}", [[absent], there]
        if "not" in raw:
            yield f"{part.uri}/not", list(_ways_against(part.child("not")))


def _conditions(part: Schema, judged: Callable[[Schema], Schema] = lambda s: s) -> _Ways:
    """The condition with its `then`, and its opposite with its `else`, as they are judged."""
    condition = part.child("if")
    then, other = (
        Made(True) if key not in part.raw else part.child(key) for key in ("then", "else")
    )
    return [[condition, judged(then)], [_opposite(condition), judged(other)]]


def _ways_against(schema: Schema) -> Iterator[Sequence[Schema]]:
    """The ways to break a schema; an empty one where only trying tells."""
    raw = schema.raw
    if isinstance(raw, bool):
        yield from () if raw else ((),)
        return
    for keyword, told in raw.items():
        if keyword in _OPPOSITES:
            kind, opposite, more = _OPPOSITES[keyword]
            yield [Made({"type": kind, opposite: told + more})]
        elif keyword in _AGAINST:
            yield from _AGAINST[keyword](schema, told)
        elif keyword in _JUDGED:
            yield ()


def _against_one(schema: Schema, told: Sequence[Any]) -> Iterator[Sequence[Schema]]:
    branches = [schema.child("oneOf", i) for i in range(len(told))]
    yield [_opposite(branch) for branch in branches]
    yield from pairwise(branches)


def _against_properties(schema: Schema, told: Mapping[str, Any]) -> Iterator[Sequence[Schema]]:
    for name in told:
        opposite = _opposite(schema.child("properties", name))
        raw = {"required": [name], "properties": {name: {}}}
        yield [Made(raw, {("properties", name): opposite})]


def _against_type(schema: Schema, told: str | Sequence[str]) -> Iterator[Sequence[Schema]]:
    names = [told] if isinstance(told, str) else told
    yield [Made({"type": [name for name in _TYPES if name not in names]})]


_AGAINST: Mapping[str, Callable[[Schema, Any], Iterable[Sequence[Schema]]]] = {
    "$ref": lambda schema, ref: [[_opposite(schema.follow(ref))]],
    "not": lambda schema, _: [[schema.child("not")]],
    "allOf": lambda schema, told: [[_opposite(schema.child("allOf", i))] for i in range(len(told))],
    "anyOf": lambda schema, told: [[_opposite(schema.child("anyOf", i)) for i in range(len(told))]],
    "oneOf": _against_one,
    "if": lambda schema, _: _conditions(schema, _opposite),
    "required": lambda _, told: [[Made({"properties": {name: False}})] for name in told],
    "properties": _against_properties,
    "type": _against_type,
}
_JUDGED = {
    "const", "enum", "pattern", "format", "multipleOf", "items", "prefixItems", "contains",
    "uniqueItems", "additionalProperties", "patternProperties", "propertyNames",
    "dependentRequired", "dependentSchemas", "unevaluatedItems", "unevaluatedProperties",
}  # fmt: skip
_COMPONENT = re.compile(r"#/(?:components/schemas|\$defs|definitions)/([^/]+)$")


def _component(schema: Schema) -> str | None:
    """The name under which a schema stands among the components."""
    found = _COMPONENT.search(unquote(schema.uri))
    return found and found[1]


def _tag(part: Schema, branch: Schema) -> list[Schema]:
    """What the discriminator asks of a branch (OAS 3.1, section 4.8.25)."""
    if not isinstance(branch.raw, dict) or "$ref" not in branch.raw:
        return []
    return _tagged(part, branch.raw["$ref"].rpartition("/")[2])


def _tagged(part: Schema, component: str) -> list[Schema]:
    told = part.raw.get("discriminator")
    if not isinstance(told, dict) or "propertyName" not in told:
        return []
    mapping = told.get("mapping") or {}
    names = [name for name, ref in mapping.items() if ref.rpartition("/")[2] == component]
    return [Made({"properties": {told["propertyName"]: {"x-tag": [*names, component][0]}}})]


def _choice(node: Node, name: str, ways: _Ways) -> Plan:
    if node.width * len(ways) > _MOST_COMBINATIONS and node.done:
        ways = ways[:1]
    branches = [node.branch(name, extra, node.width * len(ways)) for extra in ways]

    def build() -> Maker:
        usable = [branch for branch in branches if branch.height < inf]
        pick = _picking(usable)
        return pick if node.done or name == "type" else _verified(node, pick, usable)

    reason = "" if branches else "it excludes every value"
    is_null = bool(branches) and all(branch.plan.is_null for branch in branches)
    return Plan([[branch] for branch in branches], build, reason, is_null)


def _picking(branches: Sequence[Node]) -> Maker:
    """All branches alike, but null seldom; the flattest ones where little is to be made."""
    flattest = min(branch.height for branch in branches)
    flat = [branch for branch in branches if branch.height == flattest]
    nulls = [branch for branch in branches if branch.plan.is_null]
    others = [branch for branch in branches if not branch.plan.is_null]

    def make(run: Run) -> Any:
        if run.lean:
            return run.pick(flat).make(run)
        return run.pick(nulls if nulls and (not others or run.rarely()) else others).make(run)

    return make


def _verified(node: Node, pick: Maker, branches: Sequence[Node]) -> Maker:
    """What `pick` makes once it satisfies the whole, else what one of the branches makes."""
    # Other modes make odder values, which may tell alternatives apart that are alike.
    tries: list[tuple[Maker, str]] = [(pick, "")] * 4
    tries += [(branch, mode) for mode in ("", "minimal", "boundary") for branch in branches]
    names = [{name for raw in b.raws for name in raw.get("properties", ())} for b in branches]
    foreign = [sorted(set().union(*names) - own) for own in names]

    def make(run: Run) -> Any:
        known, own_mode = run.known, run.mode
        for maker, mode in tries:
            run.known, run.mode = known, mode or own_mode
            run.tries -= 1
            try:
                value = _told_apart(node, maker(run), foreign)
            except Unsatisfiable:
                value = _MISSING
            run.mode = own_mode
            if value is not _MISSING:
                return value
            if run.tries < 0:
                break
        raise Unsatisfiable(node.uri, _overlap(node))

    return make


def _overlap(node: Node) -> str:
    if any("oneOf" in raw for raw in node.raws):
        return "what fits one alternative of its oneOf was found to fit none or another one too"
    return "no value that was tried satisfies all of it"


def _told_apart(node: Node, value: Any, foreign: Iterable[Sequence[str]]) -> Any:
    """The value once all of the node accepts it, or nothing.

    An object that fits several branches of a `oneOf` is given what the others don't allow.
    """
    if node.accepts(value):
        return value
    if isinstance(value, dict):
        for names, wrong in product(foreign, _WRONG):
            spoiled = {**dict.fromkeys(names, wrong), **value}
            if node.accepts(spoiled):
                return _thinned(node, spoiled, [name for name in names if name not in value])
    return _MISSING


def _thinned(node: Node, value: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    for name in names:
        fewer = {key: item for key, item in value.items() if key != name}
        value = fewer if node.accepts(fewer) else value
    return value


# Objects ---------------------------------------------------------------------------------------

_LABELS = ("region", "team", "environment", "owner", "language", "version", "priority", "plan",
           "branch", "color")  # fmt: skip
_AWKWARD_LABELS = ("", "__proto__", "a b", "naïve", "שם", "\U0001f600", "$ref", "0")
_WRAPPERS = {"data", "result", "item", "payload", "response", "resource", "record"}


def _property_schemas(node: Node, name: str | None) -> list[Schema]:
    """What holds for the property of that name; None is a name that nothing speaks of."""
    found: list[Schema] = []
    rest: list[Schema] = []
    for part in node.parts:
        own = [part.child(*steps) for steps in _speaking_of(name, part.raw, node.nodes)]
        if not own and "additionalProperties" in part.raw:
            own = [part.child("additionalProperties")]
        if not own and "unevaluatedProperties" in part.raw:
            rest.append(part.child("unevaluatedProperties"))
        found += own
    return found or rest


def _speaking_of(name: str | None, raw: Raw, nodes: Nodes) -> Iterator[tuple[str, str]]:
    if name is not None:
        if name in raw.get("properties", ()):
            yield "properties", name
        for pattern in raw.get("patternProperties", ()):
            if nodes.matches(pattern, name):
                yield "patternProperties", pattern


def _is_closed(schemas: Iterable[Schema]) -> bool:
    return any(schema.raw is False for schema in schemas)


class Entry(NamedTuple):
    """One property of an object."""

    name: str
    node: Node
    required: bool
    example: Any


class ObjectMaker:
    """Makes the objects of one node. `reason` says why it can't, where it can't."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.low, self.high = leaves.length_limits(node.raws, "Properties")
        self.together = _together(node.raws)
        self.entries = list(self._entries())
        self.extras = Extras(node, {entry.name for entry in self.entries})
        self.timelines = list(filter(None, map(self._timeline, ("date-time", "date"))))
        self.plain = not self.together and not self.low and self.high is None
        self.reason = self._contradiction()

    def plan(self) -> Plan:
        """An object has at least what is required and so many others as it must have."""
        short = self.low > len(self.entries)
        needs = [entry.node for entry in self.entries if entry.required]
        needs += [self.extras.node] * short
        return Plan([needs], lambda: self)

    def _contradiction(self) -> str:
        least, most = max(self.low, sum(entry.required for entry in self.entries)), self.high
        if most is not None and least > most:
            return f"it has at least {least} and at most {most} properties"
        count = len(self.entries)
        if self.low > count and self.extras.closed:
            return f"it has at least {self.low} properties, but only {count} may be there"
        return ""

    def _entries(self) -> Iterator[Entry]:
        """The properties that are declared or required, but for those that must not be there."""
        raws = self.node.raws
        required = dict.fromkeys(name for raw in raws for name in raw.get("required", ()))
        declared = dict.fromkeys(name for raw in raws for name in raw.get("properties", ()))
        for name in declared | required | dict.fromkeys(chain(*self.together.values())):
            schemas = [*_property_schemas(self.node, name), *self._tags(name)]
            child = self.node.node(schemas, self._hint(name))
            if name in required or not (_is_closed(schemas) or self._is_hidden(child)):
                yield Entry(name, child, name in required, self._example(name, child))

    def _is_hidden(self, child: Node) -> bool:
        try:
            return any(raw.get(self.node.nodes.hides) is True for raw in child.raws)
        except BrokenRef:
            return True  # whoever checks the document tells of it

    def _tags(self, name: str) -> list[Schema]:
        """The value by which a schema that extends this one is told from others that do."""
        component = next(filter(None, map(_component, self.node.parts)), None)
        bases = [p for p in self.node.parts if not {"oneOf", "anyOf"} & p.raw.keys()]
        tags = [tag for part in bases for tag in _tagged(part, component or "") if component]
        return [tag.child("properties", name) for tag in tags if name in tag.raw["properties"]]

    def _hint(self, name: str) -> str:
        if name != "name":
            return name
        owners = (*map(_component, self.node.parts), self.node.hint)
        return f"{next(filter(None, owners), '')}.name"

    def _example(self, name: str, child: Node) -> Any:
        """What an object given as an example has there, if it fits and is no object or list."""
        for raw in self.node.raws:
            given = raw.get("examples")
            for example in [*(given if isinstance(given, list) else ()), raw.get("example")]:
                if isinstance(example, dict) and not isinstance(example.get(name, []), dict | list):
                    return example[name] if child.accepts(example[name]) else _MISSING
        return _MISSING

    def __call__(self, run: Run) -> dict[str, Any]:
        """An object for the run."""
        known, run.known = run.known, _NO_VALUES
        person, run.person = run.person, None
        run.open.append(self)
        run.budget -= len(self.entries)
        try:
            return self._made(run, known)
        finally:
            run.open.pop()
            run.person = person

    def _made(self, run: Run, known: Mapping[str, Any]) -> dict[str, Any]:
        here = self._fitting(known) if known else known
        exemplary = run.mode == "typical" and run.first
        value: dict[str, Any] = {}
        for name, node, required, example in self._chosen(run, here):
            if name in here:
                value[name] = here[name]
            elif exemplary and example is not _MISSING:
                value[name] = example
            else:
                run.known = known if not here and name in _WRAPPERS else _NO_VALUES
                self._put(run, value, name, node, required)
        if len(value) < self.low or (self.extras.wanted and not run.is_lean_in(self)):
            self.extras.add(run, value, self.low, self.high)
        run.known = _NO_VALUES
        for names in self.timelines:
            _put_in_order(value, [name for name in names if name not in here])
        return value

    def _timeline(self, text_format: str) -> list[str]:
        """The properties that tell when something happened, in the order in which it does."""
        stages = {
            entry.name: stage
            for entry in self.entries
            if (stage := leaves.stage(entry.name)) is not None
            and any(raw.get("format") == text_format for raw in entry.node.raws)
            and not any({"enum", "const", "pattern"} & raw.keys() for raw in entry.node.raws)
        }
        return sorted(stages, key=lambda name: stages[name]) if len(stages) > 1 else []

    def _put(self, run: Run, value: dict[str, Any], name: str, node: Node, required: bool) -> None:
        try:
            value[name] = node.make(run)
        except Unsatisfiable:
            if required:
                raise

    def _fitting(self, known: Mapping[str, Any]) -> dict[str, Any]:
        return {
            entry.name: _fresh(known[entry.name])
            for entry in self.entries
            if entry.name in known and entry.node.accepts(known[entry.name])
        }

    def _chosen(self, run: Run, here: Mapping[str, Any]) -> Sequence[Entry]:
        if run.is_lean_in(self):
            chosen = [e for e in self.entries if e.required or e.name in here]
        else:
            random, eagerness = run.random, run.eagerness
            chosen = [
                e for e in self.entries if e.required or random() < eagerness or e.name in here
            ]
        return chosen if self.plain else self._adjusted(chosen)

    def _adjusted(self, chosen: Sequence[Entry]) -> Sequence[Entry]:
        """The chosen ones and what depends on them, no more and no fewer than may be."""
        names: set[str] = set()
        wanted = {entry.name for entry in chosen}
        for entry in sorted(self.entries, key=lambda e: (not e.required, e.name not in wanted)):
            group = names | self._group(entry.name)
            fits = self.high is None or len(group) <= self.high
            if entry.required or (fits and (entry.name in wanted or len(names) < self.low)):
                names = group
        return [entry for entry in self.entries if entry.name in names]

    def _group(self, name: str) -> set[str]:
        """The name and all that have to be there with it."""
        group = [name]
        for member in group:
            group += [other for other in self.together.get(member, ()) if other not in group]
        return set(group)


def _put_in_order(value: dict[str, Any], names: Sequence[str]) -> None:
    """Let what is created be so before it's updated, whatever examples and extremes say."""
    names = [name for name in names if isinstance(value.get(name), str)]
    moments = sorted((value[name] for name in names), key=lambda moment: moment[:19])
    if all(moment[-1:] == "Z" or len(moment) == 10 for moment in moments):
        value.update(zip(names, moments, strict=True))


def _together(raws: Iterable[Raw]) -> dict[str, list[str]]:
    together: dict[str, list[str]] = {}
    for raw in raws:
        for name, others in raw.get("dependentRequired", {}).items():
            together.setdefault(name, []).extend(others)
    return together


class Extras:
    """The properties of an object that aren't declared by name."""

    def __init__(self, node: Node, declared: set[str]) -> None:
        self._owner, self._declared = node, declared
        raws = node.raws
        self._patterns = list(
            dict.fromkeys(p for raw in raws for p in raw.get("patternProperties", ()))
        )
        self._names = [p.child("propertyNames") for p in node.parts if "propertyNames" in p.raw]
        rest = _property_schemas(node, None)
        self.node = node.node(rest, leaves.singular(node.hint) if rest else "label")
        self._is_shut = _is_closed(rest)
        self.closed = self._is_shut and not self._patterns
        self._labelled = self._is_text()
        explicit = any("additionalProperties" in raw for raw in raws) or bool(self._patterns)
        self._explicit = explicit and not self.closed
        self.wanted = not self.closed and (not declared or explicit)
        self._makers = list(self._name_makers())

    def _is_text(self) -> bool:
        with suppress(BrokenRef):
            return _types(self.node.raws) in (None, ["string"])
        return False

    def _name_makers(self) -> Iterator[Maker]:
        accepts = self._is_accepted
        if any(schema.raw not in (True, {}, {"type": "string"}) for schema in self._names):
            yield self._owner.node([Made({"type": "string"}), *self._names], "key")
        for pattern in self._patterns:
            yield Pool([pattern], (0, None), accepts).draw
        if not self._is_shut:
            yield self._label

    def _label(self, run: Run) -> str:
        if run.mode == "boundary":
            return run.pick(_AWKWARD_LABELS)
        return run.pick(_LABELS) if self._labelled else leaves.slug(run)

    def _is_accepted(self, name: str) -> bool:
        return all(schema.is_valid(name) for schema in self._names)

    def add(self, run: Run, value: dict[str, Any], low: int, high: int | None) -> None:
        """Put as many into the value as are wanted, each under a name that may be there."""
        target = max(low, self._target(run, len(value)))
        target = target if high is None else min(target, high)
        first, moment = run.first, run.moment
        for name in self._drawn_names(run, 8 * (target - len(value))):
            if len(value) >= target:
                break
            schemas = None if name in value else self._schemas(name)
            if schemas is not None:
                node = self._owner.node(schemas, name if name in _LABELS else self.node.hint)
                with suppress(Unsatisfiable):
                    value[name] = node.make(run)
                run.first, run.moment = False, run.a_moment()
        run.first, run.moment = first, moment

    def _drawn_names(self, run: Run, tries: int) -> Iterator[str]:
        for attempt in range(tries):
            yield self._makers[attempt // 2 % len(self._makers)](run)
        for _ in range(tries):  # enough of them for any number, though less plausible
            yield f"{leaves.slug(run)}-{run.below(10**6)}"

    def _schemas(self, name: str) -> list[Schema] | None:
        """What holds for a property of that name; None where there mustn't be one."""
        if name in self._declared or not self._is_accepted(name):
            return None
        schemas = _property_schemas(self._owner, name)
        return None if _is_closed(schemas) else schemas

    def _target(self, run: Run, present: int) -> int:
        if run.lean:
            return 0
        if self._declared:
            return present + 1 if run.mode == "maximal" and self._explicit else 0
        if run.items is not None and len(run.open) == 1:
            return run.items
        return run.between(*{"boundary": (0, 2), "maximal": (3, 5)}.get(run.mode, (2, 3)))


# Lists -----------------------------------------------------------------------------------------


def _item_schemas(parts: Iterable[Schema], index: int) -> list[Schema]:
    """What holds for the item at that index."""
    found: list[Schema] = []
    rest: list[Schema] = []
    for part in parts:
        if index < len(part.raw.get("prefixItems", ())):
            found.append(part.child("prefixItems", index))
        elif "items" in part.raw:
            found.append(part.child("items"))
        elif "unevaluatedItems" in part.raw:
            rest.append(part.child("unevaluatedItems"))
    return found or rest


class ArrayMaker:
    """Makes the lists of one node. `reason` says why it can't, where it can't."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.prefix = max((len(raw.get("prefixItems", ())) for raw in node.raws), default=0)
        self.unique = any(raw.get("uniqueItems") is True for raw in node.raws)
        self.limited = any({"contains", "maxContains"} <= raw.keys() for raw in node.raws)
        self.contained: list[Schema] = []
        for part in node.parts:
            if "contains" in part.raw:
                self.contained += [part.child("contains")] * part.raw.get("minContains", 1)
        low, high = leaves.length_limits(node.raws, "Items")
        self.low = max(low, *map(self.contained.count, self.contained), 0)
        self.high = self._closed_at(high)
        self._item_nodes = [self._item_node(index) for index in range(self.prefix + 1)]
        short = self.high is not None and self.low > self.high
        self.reason = f"it has at least {self.low} and at most {self.high} items" if short else ""

    def plan(self) -> Plan:
        """A list may be as short as can be, or longer so that what it must contain has room."""
        longest = max(self.low, self.prefix + len(self.contained) if self.contained else 0)
        sizes = range(self.low, (longest if self.high is None else min(longest, self.high)) + 1)

        def build() -> Maker:
            self.low = next(size for size in sizes if self._is_possible(size))
            return self

        return Plan([list(dict.fromkeys(self._nodes(size))) for size in sizes], build)

    def _is_possible(self, size: int) -> bool:
        nodes = dict.fromkeys(self._nodes(size))
        for node in nodes:
            _settle(node)
        return all(node.height < inf for node in nodes)

    def _closed_at(self, high: int | None) -> int | None:
        closed = [
            i for i in range(self.prefix + 1) if _is_closed(_item_schemas(self.node.parts, i))
        ]
        return min([*closed, *([] if high is None else [high])], default=None)

    def _nodes(self, count: int) -> list[Node]:
        """The node of each item in a list of that size; what must be contained stands last."""
        *first, rest = self._item_nodes
        nodes = [*first[:count], *[rest] * (count - self.prefix)]
        spots: dict[int, list[Schema]] = {}
        for number, extra in enumerate(self.contained if count else ()):
            spots.setdefault(count - 1 - number % count, []).append(extra)
        for index, extras in spots.items():
            nodes[index] = self._item_node(min(index, self.prefix), extras)
        return nodes

    def _item_node(self, index: int, contained: Sequence[Schema] = ()) -> Node:
        schemas = _item_schemas(self.node.parts, index)
        if contained:  # what `contains` finds is evaluated
            schemas = [s for s in schemas if not s.uri.endswith("/unevaluatedItems")]
        return self.node.node([*schemas, *contained], leaves.singular(self.node.hint))

    def __call__(self, run: Run) -> list[Any]:
        """A list for the run."""
        run.known = _NO_VALUES
        first, moment, person = run.first, run.moment, run.person
        count = self._count(run)
        run.open.append(self)
        try:
            return self._items(run, count)
        finally:
            run.open.pop()
            run.first, run.moment, run.person = first, moment, person

    def _count(self, run: Run) -> int:
        count = max(self._wanted(run), self.low)
        count = count if self.high is None else min(count, self.high)
        return count if not self.contained or self._is_possible(count) else self.low

    def _wanted(self, run: Run) -> int:
        outermost = not any(isinstance(maker, ArrayMaker) for maker in run.open)
        if run.items is not None and outermost:
            return run.items
        if run.is_lean_in(self) or self.limited:
            return 0
        if run.mode == "boundary":
            return run.pick((0, 1, 10))
        return self.prefix or run.between(*((4, 6) if run.mode == "maximal" else (2, 3)))

    def _items(self, run: Run, count: int) -> list[Any]:
        made: list[Any] = []
        seen: set[Any] = set()
        if run.items is None:
            run.budget -= count
        budget = run.budget
        for node in self._nodes(count):
            try:
                item = self._item(run, node, seen)
            except Unsatisfiable:
                if len(made) < self.low:
                    raise
                break
            made.append(item)
            run.first, run.moment, run.person = False, run.a_moment(), None
            if run.items is not None:
                run.budget = budget  # the items asked for are as whole as a single one
        return made

    def _item(self, run: Run, node: Node, seen: set[Any]) -> Any:
        """One item; where they are unique, none that was there before."""
        if not self.unique:
            return node.make(run)
        for attempt in range(60):
            item = node.make(run)
            if attempt > 20:
                item = _varied(item, len(seen), node)
            identity = _identity(item)
            if identity not in seen:
                seen.add(identity)
                return item
        raise Unsatisfiable(self.node.uri, f"only {len(seen)} different items were found")


def _varied(item: Any, number: int, node: Node) -> Any:
    """Another number or text than the everyday ones, where it may be."""
    if isinstance(item, str):
        other: Any = f"{item}-{number}"
    else:
        other = item if isinstance(item, bool | dict | list | None) else item + 1_000 * number
    return other if node.accepts(other) else item


def _identity(value: Any) -> Any:
    """What two values share just when JSON Schema takes them for equal."""
    if isinstance(value, dict):
        return frozenset((key, _identity(item)) for key, item in value.items())
    if isinstance(value, list):
        return tuple(map(_identity, value))
    return (bool, value) if isinstance(value, bool) else value
