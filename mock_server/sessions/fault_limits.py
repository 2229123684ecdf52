"""The rules of one session by which answers go wrong, with their counts."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from mock_server.core import Delay
from mock_server.http_messages import Fault, FaultRule, Limit
from mock_server.sessions.clock import Clock

# The most clients that a limit counts. The first to be forgotten are those whose time is over, then
# the oldest.
MOST_CLIENTS = 10_000


class Allowance(NamedTuple):
    """What a limit leaves to a client; `left` is below zero for an answer that is refused."""

    limit: Limit
    left: int
    reset: float

    @property
    def headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """Return the headers about the limit.

        `RateLimit` and `RateLimit-Policy` are those of draft-ietf-httpapi-ratelimit-headers-12,
        the other three of its fifth version.
        """
        left, reset = max(self.left, 0), math.ceil(self.reset)
        window = math.ceil(self.limit.seconds)
        return (
            (b"ratelimit-limit", b"%d" % self.limit.most),
            (b"ratelimit-remaining", b"%d" % left),
            (b"ratelimit-reset", b"%d" % reset),
            (b"ratelimit", b'"default";r=%d;t=%d' % (left, reset)),
            (b"ratelimit-policy", b'"default";q=%d;w=%d' % (self.limit.most, window)),
        )


class FaultPick(NamedTuple):
    """What the rules have for one answer: a fault, and headers that are sent with or without it."""

    fault: Fault | None
    headers: tuple[tuple[bytes, bytes], ...]


class RuleView(NamedTuple):
    """A rule as a session has it; `left` is how many answers it has left, if it counts them."""

    id: int
    rule: FaultRule
    left: int | None


@dataclass
class _Window:
    """The time in which the answers to a client are counted."""

    start: float
    used: int = 0


@dataclass
class _Counted:
    """A rule with its counts."""

    rule: FaultRule
    left: int | None
    seen: int = 0
    random: Random | None = None
    seed: str = ""
    windows: dict[object, _Window] = field(default_factory=dict)

    def covers(self, operation: str) -> bool:
        return self.rule.operation in (None, operation)

    def is_met(self, seed: str) -> bool:
        """Return whether the rule holds for its next answer."""
        if self.rule.every is not None:
            self.seen += 1
            return self.seen % self.rule.every == 0
        return self.rule.one_in is None or self._random(seed).randrange(self.rule.one_in) == 0

    def _random(self, seed: str) -> Random:
        """Return the rule's random numbers, which are the same for the same seed and rule."""
        if self.random is None or self.seed != seed:
            text = json.dumps(self.rule.as_json(), sort_keys=True)
            self.random, self.seed = Random(f"{seed}\n{text}"), seed
        return self.random

    def allowance(self, limit: Limit, client: object, now: float) -> Allowance:
        window = self.windows.get(client)
        if window is None or not window.start <= now < window.start + limit.seconds:
            window = self._opened(limit, client, now)
        window.used += 1
        return Allowance(limit, limit.most - window.used, window.start + limit.seconds - now)

    def _opened(self, limit: Limit, client: object, now: float) -> _Window:
        self.windows.pop(client, None)  # so that the oldest stand first
        if len(self.windows) >= MOST_CLIENTS:
            over = [c for c, w in self.windows.items() if w.start + limit.seconds <= now]
            for other in over or [next(iter(self.windows))]:
                del self.windows[other]
        return self.windows.setdefault(client, _Window(now))


class Faults:
    """The rules of one session: those of the start, and those added to it.

    `rules` is empty if nothing goes wrong. Counts are only made when a fault is picked for the
    first answer. So an unused session costs next to nothing.
    """

    __slots__ = ("_clock", "_counts", "_delays", "_last", "_start", "rules")

    def __init__(self, start: tuple[FaultRule, ...], clock: Clock) -> None:
        self._start, self._clock = start, clock
        self.reset()

    def begin_with(self, start: tuple[FaultRule, ...]) -> None:
        """Set the rules of the start; if they differ from those before, reset to them at once."""
        if start != self._start:
            self._start = start
            self.reset()

    def reset(self) -> None:
        """Reset to the rules of the start, with nothing counted yet."""
        self.rules: tuple[FaultRule, ...] = self._start
        self._counts: Mapping[int, _Counted] | None = None
        self._delays: Random | None = None
        self._last = len(self._start)

    def clear(self) -> None:
        """Remove all rules, those of the start too."""
        self._put({})

    def add(self, rule: FaultRule) -> int:
        """Put a rule before the others; return the number by which it's known."""
        counts = self._counted()
        self._last += 1
        self._put({self._last: _Counted(rule, rule.next), **counts})
        return self._last

    def remove(self, id: int) -> bool:
        """Remove a rule; return whether it was there."""
        counts = self._counted()
        self._put({known: counted for known, counted in counts.items() if known != id})
        return id in counts

    def list(self) -> list[RuleView]:
        """Return the rules in the order in which they are tried."""
        return [RuleView(id, c.rule, c.left) for id, c in self._counted().items()]

    def pick(self, operation: str, client: object, seed: str) -> FaultPick:
        """Return what the rules have for the next answer of an operation to a client.

        A limit that is reached comes before all else. Then come the first rule that has a fault,
        and the first that has a delay. `next` counts the answers that the rule was used for;
        `every` and `one_in` count all that it covers.
        """
        covering = [c for c in self._counted().values() if c.covers(operation)]
        allowance = self._allowance(covering, client)
        fault = _refused(allowance)
        for counted in covering:
            if counted.rule.fault is not None and counted.is_met(seed):
                fault = self._taken(counted, counted.rule.fault, fault)
        return FaultPick(fault, allowance.headers if allowance else ())

    def seconds(self, delay: Delay, seed: str) -> float:
        """Return how long a delay takes this time, in seconds."""
        if self._delays is None:
            self._delays = Random(f"{seed}\ndelays")
        return delay.seconds(self._delays)

    def _allowance(self, covering: Sequence[_Counted], client: object) -> Allowance | None:
        """Return what the tightest limit leaves."""
        limits = [(counted, counted.rule.limit) for counted in covering]
        now = self._clock.now()
        left = [c.allowance(limit, client, now) for c, limit in limits if limit is not None]
        return min(left, key=lambda allowance: allowance.left, default=None)

    def _taken(self, counted: _Counted, wanted: Fault, before: Fault | None) -> Fault:
        """Return the fault so far with what a rule adds to it.

        A rule that has no answers left is removed.
        """
        fault = wanted if before is None else before.or_else(wanted)
        if counted.left is not None and fault != before:
            counted.left -= 1
            if not counted.left:
                counts = self._counted()
                self._put({id: c for id, c in counts.items() if c is not counted})
        return fault

    def _counted(self) -> Mapping[int, _Counted]:
        if self._counts is None:
            self._counts = {id: _Counted(rule, rule.next) for id, rule in enumerate(self._start, 1)}
        return self._counts

    def _put(self, counts: Mapping[int, _Counted]) -> None:
        self._counts = counts
        self.rules = tuple(counted.rule for counted in counts.values())


def _refused(allowance: Allowance | None) -> Fault | None:
    if allowance is None or allowance.left >= 0:
        return None
    return Fault("429", retry_after=allowance.reset)
