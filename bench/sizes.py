"""The section on the size of a document: its cost until the first answer, and later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import documents
import machine
import material
import records
import servers
from documents import Document
from failure import Failed
from figures import Series, Target, show
from job import latest_by_keys
from processes import TOO_MUCH, Running, running
from rounds import Plan
from servers import Server


class Bounds(NamedTuple):
    seconds: float
    mebibytes: float


class Cost:
    """The time and memory of one server until its first answer, in seconds and in MiB."""

    def __init__(self, name: str) -> None:
        self.seconds, self.mebibytes = Series(name), Series(name)

    def add(self, server: Server, document: Document) -> None:
        # Not pinned: what a server does beside its main thread at its start may help it.
        with running(server, machine.ALL) as one:
            self.seconds.values.append(one.until_answered(document.jobs[0]))
            self.mebibytes.values.append(machine.most_resident(one.process.pid))


def size(plan: Plan) -> list[Target]:
    """Measure start and memory by the size of the document, with Prism beside it."""
    return [
        target for document, bounds in sized(plan) for target in measured(plan, document, bounds)
    ]


def sized(plan: Plan) -> Iterator[tuple[Document, Bounds | None]]:
    """Return the documents from small to large, with the target of each."""
    job = latest_by_keys(records.read(material.FIXTURES), 5).job
    yield Document("the shipped one", material.CONTRACT, [job]), None
    yield documents.without_examples(1_000), Bounds(2, 200)
    yield documents.large(1_200), Bounds(5, 400)
    if plan.document is not None:
        yield documents.given(plan.document), None


def measured(plan: Plan, document: Document, bounds: Bounds | None) -> list[Target]:
    server = mock_server(document)
    ours, prism = Cost("mock-server"), Cost("prism")
    for _ in range(plan.rounds):
        ours.add(server, document)
    if not plan.no_npm:
        # Once: of a large document it may need a minute.
        told_if_failed(lambda: prism.add(servers.prism(document.file.resolve()), document))
    costs = [ours] if plan.no_npm else [ours, prism]
    checked, asked = Series("… with its check"), Series("… all asked")
    told_if_failed(lambda: later(server, document, checked, asked))
    title = f"Size: {document.label}, {document.size}"
    show(f"{title}, to the first answer", "seconds", [cost.seconds for cost in costs], 2)
    several = [*(cost.mebibytes for cost in costs), checked, asked]
    show(f"{title}, resident until then and later", "MiB", several)
    return [] if bounds is None else targets(document, ours, bounds)


def mock_server(document: Document) -> Server:
    shipped = document.file == material.CONTRACT
    return servers.mock_server(*(() if shipped else (str(document.file.resolve()),)))


def told_if_failed(act: Callable[[], None]) -> None:
    """Go on without a figure that isn't needed, and print why it failed."""
    try:
        act()
    except Failed as failure:
        print(failure, flush=True)


def later(server: Server, document: Document, checked: Series, asked: Series) -> None:
    """Measure the most MiB with the document's check, and when every operation was asked."""
    with running(server, machine.ALL) as one:
        one.until_answered(document.jobs[0])
        checked.values.append(one.until_alone())
        ask_all(one, document)
        asked.values.append(machine.resident(one.process.pid))


def ask_all(server: Running, document: Document) -> None:
    for number, job in enumerate(document.jobs, 1):
        if not job.is_done_by(job.ask(server.port)):
            raise Failed(f"{server.name} hasn't answered {job.path}:\n{server.tail()}")
        if machine.resident(server.process.pid) > TOO_MUCH:
            count = f"{number:,} of {len(document.jobs):,} operations"
            raise Failed(f"{server.name} takes over {TOO_MUCH:,.0f} MiB after {count}")


def targets(document: Document, ours: Cost, bounds: Bounds) -> list[Target]:
    of = f"size {document.size}: mock-server"
    seconds, mebibytes = ours.seconds.median, max(ours.mebibytes.values)
    return [
        Target(f"{of}, seconds", seconds, bounds.seconds, at_most=True),
        Target(f"{of}, MiB", mebibytes, bounds.mebibytes, at_most=True, digits=0),
    ]
