"""Rounds that load the servers in turn, so that a disturbance of the machine meets all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import machine
from figures import Series
from job import Job
from load import drive
from processes import Running, running
from servers import Server

WARM_UP = 4  # seconds; Prism is five times as fast in its fourth second as in its first

Runner: TypeAlias = tuple[str, Running, Job]


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to measure, why there are no servers on Node.js (if so), and a document to try."""

    rounds: int
    seconds: float
    no_npm: str
    document: Path | None = None


@contextmanager
def started(compared: Sequence[Server]) -> Iterator[list[Running]]:
    """Start all of the servers at once, on the servers' core."""
    with ExitStack() as stack:
        yield [stack.enter_context(running(each, machine.server_cores())) for each in compared]


def in_turn(plan: Plan, runners: Sequence[Runner], connections: int) -> list[Series]:
    """Return each server's requests per second, a figure a round; a round with a flaw is void."""
    rates = [Series(name) for name, _, _ in runners]
    for _, server, job in runners:
        drive(server.port, job, WARM_UP, connections)
    for number in range(1, plan.rounds + 1):
        for series, (name, server, job) in zip(rates, runners, strict=True):
            burst = drive(server.port, job, plan.seconds, connections)
            if burst.flaw:
                print(f"{name}, round {number} is void: {burst.flaw}", flush=True)
            else:
                series.values.append(burst.rate)
    return rates
