"""The generator: values of the schemas of one contract."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Any

from mock_server.generation.schema.nodes import ValueNode, ValueNodes
from mock_server.generation.schema.planner import plan
from mock_server.generation.schema.run import NO_VALUES, TYPICAL, GenerationRun, ValueShape
from mock_server.generation.schema.schema import SchemaSource, Unsatisfiable
from mock_server.generation.values.fakes import Fakes

_ATTEMPTS = 20
# So many are made as they were asked for; then simpler ones, which more easily fit together.
_WHOLE_ATTEMPTS = 10


class Generator:
    """Makes values. Have one for each contract: what it has compiled, and Faker, are its own."""

    def __init__(self) -> None:
        self._fakes = Fakes()
        self._nodes = {
            "reply": ValueNodes("writeOnly", plan),
            "request": ValueNodes("readOnly", plan),
        }
        self._lock = Lock()  # Faker reads one stream at a time

    def prepare(self) -> None:
        """Have Faker ready; else the first value that needs it waits for that."""
        self._fakes.prepare()

    def value(
        self,
        schema: SchemaSource,
        seed: str,
        *,
        shape: ValueShape = TYPICAL,
        known: Mapping[str, Any] = NO_VALUES,
        hint: str = "",
    ) -> Any:
        """A value that satisfies the schema, always the same for one seed and shape.

        `known` are values by property name that the object itself, or the one in its `data`,
        carries where they fit; `hint` is what the value is called. Raises Unsatisfiable.
        """
        with self._lock:
            node = self._nodes[shape.direction].node((schema,), hint)
            return self._made(node, seed, shape, known)

    def _made(self, node: ValueNode, seed: str, shape: ValueShape, known: Mapping[str, Any]) -> Any:
        reason = f"{_ATTEMPTS} values were made, and none was valid"
        for attempt in range(_ATTEMPTS):
            is_simple = attempt >= _WHOLE_ATTEMPTS
            try:
                value = node.make(
                    GenerationRun(f"{seed}/{attempt}", self._fakes, shape, known, is_simple)
                )
            except Unsatisfiable as problem:
                reason = problem.reason
                if not node.is_possible:
                    break
                continue
            if node.accepts(value):
                return value
        raise Unsatisfiable(node.uri, reason)
