"""The properties of an object that its schemas don't name."""

from __future__ import annotations

from collections.abc import Container, Iterator
from contextlib import suppress
from typing import Any

from mock_server.documents import BrokenRef
from mock_server.generation.schema.composition import forbids
from mock_server.generation.schema.json_types import possible_types
from mock_server.generation.schema.nodes import ValueNode
from mock_server.generation.schema.properties import all_property_schemas, fits_name
from mock_server.generation.schema.run import GenerationRun, Maker
from mock_server.generation.schema.schema import Made, SchemaSource, Unsatisfiable
from mock_server.generation.values.fakes import Fakes
from mock_server.generation.values.keywords import SizeLimits
from mock_server.generation.values.random_source import Source
from mock_server.generation.values.regex_pool import Pool
from mock_server.generation.values.texts import AWKWARD_LABELS, LABELS, slug
from mock_server.generation.values.words import singular

# The least and most of them in an object without declared properties, by mode.
_USUAL = {"typical": (2, 3), "minimal": (2, 3), "maximal": (3, 5), "boundary": (0, 2)}

# The most draws of plausible names for one object.
_MOST_PLAUSIBLE = 320


class Extras:
    """The properties that the schemas of one node don't name, added to its objects.

    `node` makes the values of properties that match no pattern. `closed` states that there can't be
    additional properties, `wanted` that there should be some.
    """

    def __init__(self, owner: ValueNode, declared: Container[str], limits: SizeLimits) -> None:
        self._owner, self._declared, self._limits = owner, declared, limits
        rest = all_property_schemas(owner, None)
        self.node = owner.node(rest, singular(owner.hint) if rest else "label")
        self._patterns = list(
            dict.fromkeys(name for raw in owner.raws for name in raw.get("patternProperties", ()))
        )
        self._names = [
            part.child("propertyNames") for part in owner.parts if "propertyNames" in part.raw
        ]
        self._nodes: dict[tuple[tuple[str, ...], str], ValueNode | None] = {}
        self._only_patterns = forbids(rest)
        self.closed = self._only_patterns and not self._patterns
        is_told = bool(self._patterns) or owner.says("additionalProperties")
        self._invited = is_told and not self.closed
        self.wanted = not self.closed and (self._invited or not declared)
        self._has_labels = self._is_text()
        self._name_makers = list(self._makers_of_names())

    def _is_text(self) -> bool:
        with suppress(BrokenRef):
            return possible_types(self.node) in (None, ["string"])
        return False

    def _makers_of_names(self) -> Iterator[Maker]:
        if any(schema.raw not in (True, {}, {"type": "string"}) for schema in self._names):
            yield self._owner.node([Made({"type": "string"}), *self._names], "key")
        for pattern in self._patterns:
            yield self._pool(pattern).draw
        if not self._only_patterns:
            yield self._label

    def _pool(self, pattern: str) -> Pool:
        """Return the names that match the pattern and the patterns of every `propertyNames`."""
        raws = [schema.raw for schema in self._names if isinstance(schema.raw, dict)]
        patterns = [pattern, *(raw["pattern"] for raw in raws if "pattern" in raw)]
        return Pool(patterns, SizeLimits.of(raws, "Length"), self._is_name)

    def nodes(self) -> Iterator[ValueNode]:
        """Yield the nodes of possible values; one is enough for any number of them."""
        if not self._only_patterns:
            yield self.node
        for pattern in self._patterns:
            name = self._pool(pattern).draw(Source(pattern, Fakes()))
            if (schemas := self._schemas(name)) is not None:
                yield self._owner.node(schemas, self.node.hint)

    def _label(self, run: GenerationRun) -> str:
        if run.mode == "boundary":
            return run.pick(AWKWARD_LABELS)
        return run.pick(LABELS) if self._has_labels else slug(run)

    def _is_name(self, name: str) -> bool:
        return fits_name(self._owner, name)

    def add(self, run: GenerationRun, value: dict[str, Any]) -> None:
        """Add as many properties to the value as are wanted, each under an allowed name."""
        if self.closed:
            return
        target = self._limits.clamped(self._target(run, len(value)))
        first, moment = run.first, run.moment
        failed = 0
        for name in self._drawn_names(run, 8 * (target - len(value))):
            if len(value) >= target:
                break
            before = len(value)
            if name not in value:
                self._put(run, value, name)
            failed = failed + 1 if len(value) == before else 0
            run.spent.spend_tries(failed > 1)
        run.first, run.moment = first, moment

    def _put(self, run: GenerationRun, value: dict[str, Any], name: str) -> None:
        node = self._node_of(name)
        if node is None:
            return
        run.spent.spend_values(1)
        with suppress(Unsatisfiable):
            value[name] = node.make(run)
        run.first, run.moment = False, run.a_moment()

    def _node_of(self, name: str) -> ValueNode | None:
        """Return the node of a value; names that match the same patterns share it."""
        if name in self._declared or not self._is_name(name):
            return None
        matching = tuple(filter(lambda p: self._owner.nodes.matches(p, name), self._patterns))
        key = matching, name if name in LABELS else self.node.hint
        if key not in self._nodes:
            schemas = self._schemas(name)
            self._nodes[key] = None if schemas is None else self._owner.node(schemas, key[1])
        return self._nodes[key]

    def _schemas(self, name: str) -> list[SchemaSource] | None:
        """Return the schemas of a property with that name; None if it is forbidden."""
        if name in self._declared or not self._is_name(name):
            return None
        schemas = all_property_schemas(self._owner, name)
        return None if forbids(schemas) else schemas

    def _drawn_names(self, run: GenerationRun, tries: int) -> Iterator[str]:
        for attempt in range(min(tries, _MOST_PLAUSIBLE)):
            yield self._name_makers[attempt // 2 % len(self._name_makers)](run)
        for attempt in range(tries):  # less plausible names, but enough for any number
            yield f"{slug(run)}-{run.below(10**6)}"
            yield self._name_makers[attempt % len(self._name_makers)](run) + slug(run)

    def _target(self, run: GenerationRun, present: int) -> int:
        if run.lean:
            return 0
        if self._declared:
            return present + 1 if run.mode == "maximal" and self._invited else 0
        if run.items is not None and len(run.open) == 1:
            return run.items
        return run.between(*_USUAL[run.mode])
