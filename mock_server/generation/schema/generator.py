"""The generator: values of the schemas of one contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import RLock
from typing import Any

from mock_server.errors import TooManySteps
from mock_server.generation.schema.budget import Budget, Exhausted, ReplyLimits
from mock_server.generation.schema.nodes import ValueNode, ValueNodes
from mock_server.generation.schema.planner import plan
from mock_server.generation.schema.run import (
    NO_VALUES,
    TYPICAL,
    Direction,
    GenerationRun,
    ValueShape,
)
from mock_server.generation.schema.schema import SchemaSource, Unsatisfiable
from mock_server.generation.values.fakes import Fakes

DEFAULT_LIMITS = ReplyLimits()
_ATTEMPTS = 20
_TOO_MUCH = "it takes more than {}"
# The first attempts make values as asked for; later ones make simpler values, which fit easier.
_WHOLE_ATTEMPTS = 10


class Generator:
    """A maker of values, one for each contract, with its own compiled schemas and Faker."""

    def __init__(
        self, origin: str = "http://localhost", limits: ReplyLimits = DEFAULT_LIMITS
    ) -> None:
        """Take the origin of the mock's own files, and the limits of a reply."""
        self._fakes = Fakes(origin)
        self._limits = limits
        self._nodes = _new_nodes()
        # The schemas that can't be planned within the limits, with the limit reached.
        self._unplanned: dict[tuple[Direction, str, str], str] = {}
        self._lock = RLock()  # Faker reads one stream at a time
        self._budget: Budget | None = None

    def prepare(self) -> None:
        """Make Faker ready, so that the first value that needs it doesn't wait."""
        self._fakes.prepare()

    def value(
        self,
        schema: SchemaSource,
        seed: str,
        *,
        shape: ValueShape = TYPICAL,
        known: Mapping[str, Any] = NO_VALUES,
        name: str = "",
    ) -> Any:
        """Return a value that satisfies the schema, always the same for one seed and shape.

        `known` are values by property name. The object, or the one in its `data`, has them if they
        fit. `name` is the name of the value. Raises Unsatisfiable.
        """
        with self._lock:
            key = shape.direction, schema.uri, name
            if (limit := self._unplanned.get(key)) is not None:
                raise Unsatisfiable(schema.uri, _TOO_MUCH.format(limit))
            budget = self._budget or Budget(self._limits)
            nodes, is_fresh = self._nodes[shape.direction], not budget.effort
            nodes.budget = budget
            try:
                return self._made(nodes.node((schema,), name), seed, shape, known, budget)
            except Exhausted as error:
                limit = error.limit
                if budget.is_spent_on_plans:
                    # Incomplete plans would lead to other values than complete ones.
                    self._nodes = _new_nodes()
                    if is_fresh and budget.limits == self._limits:
                        self._unplanned[key] = limit
            except TooManySteps as error:
                raise Unsatisfiable(schema.uri, error.detail.rstrip(".")) from None
            except RecursionError:
                limit = budget.too_deep().limit
                self._nodes = _new_nodes()
            raise Unsatisfiable(schema.uri, _TOO_MUCH.format(limit))

    @contextmanager
    def one_reply(
        self, limits: ReplyLimits | None = None, wait: bool = True
    ) -> Iterator[Budget | None]:
        """Make all values of this thread inside the context with one budget, as one reply.

        Without `wait` the budget is None if another thread is making a reply.
        """
        if not self._lock.acquire(blocking=wait):
            yield None
            return
        before, self._budget = self._budget, Budget(limits or self._limits)
        try:
            yield self._budget
        finally:
            self._budget = before
            self._lock.release()

    def _made(
        self,
        node: ValueNode,
        seed: str,
        shape: ValueShape,
        known: Mapping[str, Any],
        budget: Budget,
    ) -> Any:
        reason = f"{_ATTEMPTS} values were made, and none was valid"
        for attempt in range(_ATTEMPTS):
            is_simple = attempt >= _WHOLE_ATTEMPTS
            budget.spend_tries(attempt > 0)
            try:
                value = node.make(
                    GenerationRun(f"{seed}/{attempt}", self._fakes, shape, known, is_simple, budget)
                )
            except Unsatisfiable as problem:
                reason = problem.reason
                if not node.is_possible:
                    break
                continue
            if node.accepts(value):
                return value
        raise Unsatisfiable(node.uri, reason)


def _new_nodes() -> dict[Direction, ValueNodes]:
    return {"reply": ValueNodes("writeOnly", plan), "request": ValueNodes("readOnly", plan)}
