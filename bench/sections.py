"""The sections of the report: each measures, shows its table and returns its targets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TypeAlias

import machine
import material
import records
import servers
from failure import Failed
from figures import Series, Target, ratio, show
from job import Job, new_job
from load import drive
from processes import Running, running
from servers import Server

FEW, MANY = 5, 10_000  # keys in a request
WARM_UP = 4  # seconds; Prism is five times as fast in its fourth second as in its first
MARKS = (100_000, 1_000_000)  # answers after which memory is read
MEBIBYTES = 90
GROWTH = 1.0  # MiB; what an allocator gives and takes back without any leak


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to measure, and why there are no servers on Node.js, if so."""

    rounds: int
    seconds: float
    no_npm: str


def throughput(plan: Plan) -> list[Target]:
    """Requests per second with a few keys, against everyone."""
    known = records.read(material.FIXTURES)
    job = new_job(known, FEW, material.WORK)
    compared = [servers.bare(material.FIXTURES), servers.mock_server()]
    if not plan.no_npm:
        compared += [servers.prism(job, known), servers.openapi_backend(known)]
    rates = measured_rates(plan, compared, job, connections=32)
    show(f"Throughput, {FEW} keys, 32 connections", "requests/s", list(rates.values()))
    bounds = {"bare": 0.7, "prism": 4.5, "openapi-backend": 1.4}
    return [
        ratio(rates["mock-server"], rates[name], bound, of="throughput")
        for name, bound in bounds.items()
        if name in rates
    ]


def keys(plan: Plan) -> list[Target]:
    """Requests per second with many keys, all found, against the bare app."""
    fixtures = material.many_fixtures(MANY)
    job = new_job(records.read(fixtures), MANY, material.WORK)
    compared = [servers.bare(fixtures), servers.mock_server_with(fixtures)]
    rates = measured_rates(plan, compared, job, connections=4)
    show(f"Many keys: {MANY:,} in a request, 4 connections", "requests/s", [*rates.values()], 1)
    return [ratio(rates["mock-server"], rates["bare"], 0.8, of="many keys")]


def start(plan: Plan) -> list[Target]:
    """Seconds from the start of the process to its first 200, against Prism."""
    known = records.read(material.FIXTURES)
    job = new_job(known, FEW, material.WORK)
    compared = [servers.mock_server()]
    if not plan.no_npm:
        compared.append(servers.prism(job, known))
    times = {server.name: Series(server.name) for server in compared}
    for _ in range(plan.rounds):
        for server in compared:
            # Not pinned: what a server does beside its main thread at its start may help it.
            with running(server, machine.ALL) as one:
                times[server.name].values.append(one.until_answered(job))
    show("Start, to the first 200", "seconds", list(times.values()), 2)
    ours = times["mock-server"]
    targets = [Target("start: mock-server, seconds", ours.median, 0.7, at_most=True)]
    if "prism" in times:
        targets.append(ratio(ours, times["prism"], 1.0, of="start", at_most=True))
    return targets


def memory(plan: Plan) -> list[Target]:
    """Resident memory early and late in a million requests."""
    job = new_job(records.read(material.FIXTURES), FEW, material.WORK)
    sizes = []
    with running(servers.mock_server(), machine.server_cores()) as server:
        server.until_ready(job)
        answers = 0
        for mark in MARKS:
            while answers < mark:
                burst = drive(server.port, job, 1, connections=32)
                if burst.flaw:
                    raise Failed(f"memory: {burst.flaw}")
                answers += burst.answers
            sizes.append(machine.resident(server.process.pid))
            show(
                f"Memory after {answers:,} requests", "MiB", [Series("mock-server", sizes[-1:])], 1
            )
    return [
        Target("memory: mock-server, MiB", max(sizes), MEBIBYTES, at_most=True, digits=1),
        Target("memory: growth, MiB", sizes[-1] - sizes[0], GROWTH, at_most=True, digits=1),
    ]


Section: TypeAlias = Callable[[Plan], list[Target]]
SECTIONS: Mapping[str, Section] = {
    "throughput": throughput,
    "keys": keys,
    "start": start,
    "memory": memory,
}
DEFAULT = ("throughput", "keys", "start")


def measured_rates(
    plan: Plan, compared: Sequence[Server], job: Job, connections: int
) -> dict[str, Series]:
    """Start all of them, see that they do the same job, and load them in turn, round by round."""
    rates = {server.name: Series(server.name) for server in compared}
    with ExitStack() as stack:
        all_running = [
            stack.enter_context(running(server, machine.server_cores())) for server in compared
        ]
        same_reply(all_running, job)
        for server in all_running:
            drive(server.port, job, WARM_UP, connections)
        for number in range(1, plan.rounds + 1):
            for server in all_running:
                burst = drive(server.port, job, plan.seconds, connections)
                if burst.flaw:
                    print(f"{server.name}, round {number} is void: {burst.flaw}", flush=True)
                else:
                    rates[server.name].values.append(burst.rate)
    return rates


def same_reply(all_running: Sequence[Running], job: Job) -> None:
    """See that every server answers as the first does, so that all are measured at one job."""
    for server in all_running:
        server.until_ready(job)
    first, *others = all_running
    wanted = first.reply(job)
    if not isinstance(wanted, dict) or set(wanted) != set(job.keys):
        raise Failed(f"{first.name} hasn't answered all {len(job.keys):,} keys")
    for server in others:
        got = server.reply(job)
        if got != wanted:
            raise Failed(f"{server.name} answers otherwise than {first.name}:\n{got!r:.1000}")
