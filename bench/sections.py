"""The sections of the report: each measures, shows its table and returns its targets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import documents
import jsonschema_rs
import machine
import material
import records
import servers
from documents import Document
from failure import Failed
from figures import Series, Target, ratio, show, spread
from job import LatestByKeys, latest_by_keys
from load import drive
from processes import Running, running
from rounds import Plan, Runner, in_turn, started
from servers import Server
from sizes import size
from waiting import END_MS, WAIT_MS, slowest, waits

FEW, MANY = 5, 10_000  # keys in a request
COUNTS = (1, 100, 1_000)  # operations in a document
CONNECTIONS = 32
MARKS = (100_000, 1_000_000)  # answers after which memory is read
MEBIBYTES = 90
GROWTH = 1.0  # MiB; what an allocator gives and takes back without any leak


def throughput(plan: Plan) -> list[Target]:
    """Measure requests per second with a few keys, for all servers."""
    known = records.read(material.FIXTURES)
    asked = latest_by_keys(known, FEW)
    compared = [servers.bare(material.FIXTURES), servers.mock_server()]
    if not plan.no_npm:
        compared += [servers.prism_with(asked, known), servers.openapi_backend(known)]
    rates = key_rates(plan, compared, asked, CONNECTIONS)
    show(f"Throughput, {FEW} keys, {CONNECTIONS} connections", "requests/s", [*rates.values()])
    bounds = {"bare": 0.7, "prism": 4.5, "openapi-backend": 1.4}
    return [
        ratio(rates["mock-server"], rates[name], bound, of="throughput")
        for name, bound in bounds.items()
        if name in rates
    ]


def keys(plan: Plan) -> list[Target]:
    """Measure requests per second with many keys, all found, against the bare app."""
    fixtures = material.many_fixtures(MANY)
    asked = latest_by_keys(records.read(fixtures), MANY)
    compared = [servers.bare(fixtures), servers.mock_server_with(fixtures)]
    rates = key_rates(plan, compared, asked, connections=4)
    show(f"Many keys: {MANY:,} in a request, 4 connections", "requests/s", [*rates.values()], 1)
    return [ratio(rates["mock-server"], rates["bare"], 0.8, of="many keys")]


def key_rates(
    plan: Plan, compared: Sequence[Server], asked: LatestByKeys, connections: int
) -> dict[str, Series]:
    """Return requests per second by name of server, after a check that all do the same job."""
    with started(compared) as all_running:
        same_reply(all_running, asked)
        runners = [(server.name, server, asked.job) for server in all_running]
        return {series.name: series for series in in_turn(plan, runners, connections)}


def same_reply(all_running: Sequence[Running], asked: LatestByKeys) -> None:
    """Check that every server answers as the first does, so that all are measured at one job."""
    for server in all_running:
        server.until_ready(asked.job)
    first, *others = all_running
    wanted = first.reply(asked.job)
    if not isinstance(wanted, dict) or set(wanted) != set(asked.keys):
        raise Failed(f"{first.name} hasn't answered all {len(asked.keys):,} keys")
    for server in others:
        got = server.reply(asked.job)
        if got != wanted:
            raise Failed(f"{server.name} answers otherwise than {first.name}:\n{got!r:.1000}")


def start(plan: Plan) -> list[Target]:
    """Measure the seconds from the start of the process to its first 200, against Prism."""
    known = records.read(material.FIXTURES)
    asked = latest_by_keys(known, FEW)
    compared = [servers.mock_server()]
    if not plan.no_npm:
        compared.append(servers.prism_with(asked, known))
    times = {server.name: Series(server.name) for server in compared}
    for _ in range(plan.rounds):
        for server in compared:
            # Not pinned: what a server does beside its main thread at its start may help it.
            with running(server, machine.ALL) as one:
                times[server.name].values.append(one.until_answered(asked.job))
    show("Start, to the first 200", "seconds", list(times.values()), 2)
    ours = times["mock-server"]
    targets = [Target("start: mock-server, seconds", ours.median, 0.7, at_most=True)]
    if "prism" in times:
        targets.append(ratio(ours, times["prism"], 1.0, of="start", at_most=True))
    return targets


def dynamic(plan: Plan) -> list[Target]:
    """Measure generated replies per second, a different one for each request, against Prism's."""
    document = documents.order()
    compared = [servers.mock_server(str(document.file))]
    if not plan.no_npm:
        compared.append(servers.prism(document.file, "--dynamic"))
    with started(compared) as all_running:
        for server in all_running:
            makes_orders(server, document)
        runners = [(server.name, server, document.jobs[0]) for server in all_running]
        rates = in_turn(plan, runners, CONNECTIONS)
    show(f"Dynamic replies, 17 properties, {CONNECTIONS} connections", "requests/s", rates)
    return [ratio(rates[0], other, 5, of="dynamic") for other in rates[1:]]


def makes_orders(server: Running, document: Document) -> None:
    """Check that a server generates what the schema allows, and another for another number."""
    (job,) = document.jobs
    server.until_ready(job)
    server.until_alone()
    content: Any = records.load(document.file)
    order = {"$ref": "#/components/schemas/Order", "components": content["components"]}
    first, second = (server.reply(job, number) for number in (1, 2))
    for reply in (first, second):
        try:
            jsonschema_rs.Draft202012Validator(order, validate_formats=True).validate(reply)
        except jsonschema_rs.ValidationError as error:
            raise Failed(f"{server.name} breaks the schema: {error}") from None
    if first == second:
        raise Failed(f"{server.name} answers two requests alike")


def operations(plan: Plan) -> list[Target]:
    """Measure requests per second on the first and last operation of documents of many sizes."""
    several = [documents.with_examples(count) for count in COUNTS]
    compared = [
        replace(servers.mock_server(str(document.file)), name=f"operations-{document.label}")
        for document in several
    ]
    with started(compared) as all_running:
        runners = [
            runner
            for server, document in zip(all_running, several, strict=True)
            for runner in first_and_last(server, document)
        ]
        rates = in_turn(plan, runners, CONNECTIONS)
    show(f"Operations: one of so many, {CONNECTIONS} connections", "requests/s", rates)
    return [spread(rates, 0.9, of="operations")]


def first_and_last(server: Running, document: Document) -> list[Runner]:
    """Return the first and last operation, once all answer and the document's check has ended."""
    jobs = document.jobs
    ends = {1: jobs[0], len(jobs): jobs[-1]}
    for job in ends.values():
        server.until_ready(job)
    server.until_alone()
    return [(f"{number:,} of {document.label}", server, job) for number, job in ends.items()]


def memory(plan: Plan) -> list[Target]:
    """Measure resident memory early and late in a million requests."""
    job = latest_by_keys(records.read(material.FIXTURES), FEW).job
    sizes = []
    with running(servers.mock_server(), machine.server_cores()) as server:
        server.until_ready(job)
        answers = 0
        for mark in MARKS:
            while answers < mark:
                burst = drive(server.port, job, 1, CONNECTIONS)
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


def waiting(plan: Plan) -> list[Target]:
    """Measure the waits of plain requests while others ask for too much, and how soon that ends."""
    worst, latest = 0.0, 0.0
    for waited, ended in waits(plan.seconds):
        wait, end = slowest(waited), ended.median
        show(
            f"Waiting: {waited.name}",
            "ms",
            [waited, Series("p99.9", [wait]), Series("end", [end])],
            1,
        )
        worst, latest = max(worst, wait), max(latest, end)
    return [
        Target("waiting: p99.9 of plain requests, ms", worst, WAIT_MS, at_most=True, digits=1),
        Target("waiting: from SIGTERM to the end, ms", latest, END_MS, at_most=True, digits=0),
    ]


Section: TypeAlias = Callable[[Plan], list[Target]]
SECTIONS: Mapping[str, Section] = {
    "throughput": throughput,
    "keys": keys,
    "start": start,
    "dynamic": dynamic,
    "operations": operations,
    "size": size,
    "memory": memory,
    "waiting": waiting,
}
DEFAULT = ("throughput", "keys", "start", "dynamic", "operations")
WITH_NODE = {"throughput", "start", "dynamic", "size"}
