"""Every status of every operation, each with requests that lead there.

Whatever is told was tried: a request that doesn't lead where it should is left out.
"""

from __future__ import annotations

import asyncio
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from mock_server.app import App, request_options
from mock_server.catalogue.candidates import CandidateRequest, ordinary, preferring, statuses
from mock_server.catalogue.dry_run import DryRun, DryRunner
from mock_server.contract import Operation
from mock_server.core import did_you_mean
from mock_server.errors import WrongUse
from mock_server.generation import Generator, NoRequest, Requests
from mock_server.http_messages import Request, curl_line
from mock_server.settings import Settings

# So many requests of one kind are tried before there is taken to be none that leads anywhere.
MOST_TRIED = 24
# So much is told of a reply that isn't what it should be.
MOST_SHOWN = 200
Progressed = Callable[[Sequence[Operation]], Iterator[Operation]]
_NO_REQUEST = "no ordinary request leads here"


def catalogue(
    settings: Settings,
    operations: Sequence[str] = (),
    url: str | None = None,
    progressed: Progressed = iter,
) -> list[dict[str, Any]]:
    """For each operation its statuses, and for each of them the requests that lead there.

    All operations where none is named by its id; `url` is where the lines for curl go to;
    `progressed` gives the operations back one by one, and may show how many are done. The values
    are ready to be written as JSON. It takes a while, and a loop of its own: call it in a thread
    where a loop runs. Raises StartError where the document can't be read, and WrongUse for an
    operation that isn't there.
    """
    # Handlers may remember what they were asked: those that are tried are nobody else's.
    app = App(replace(settings, strict=False, journal_size=1, callbacks=False))
    wanted = _wanted(app.parts.contract.operations, operations)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = url or f"http://{host}:{settings.port}"
    return asyncio.run(_entries(app, progressed(wanted), address))


def _wanted(known: Sequence[Operation], ids: Sequence[str]) -> list[Operation]:
    by_id = {operation.id: operation for operation in known}
    for name in ids:
        if name not in by_id:
            hint = did_you_mean(name, by_id)
            raise WrongUse(f"the contract has no operation {name}{hint}")
    return [by_id[name] for name in ids] if ids else list(known)


async def _entries(app: App, wanted: Iterator[Operation], url: str) -> list[dict[str, Any]]:
    trial, generator = DryRunner(app), Generator()
    return [await _Entry(app, trial, generator, operation, url).told() for operation in wanted]


class _Entry:
    """What is told of one operation."""

    def __init__(
        self, app: App, trial: DryRunner, generator: Generator, operation: Operation, url: str
    ) -> None:
        self._operation, self._url, self._trial = operation, url, trial
        self._requests = Requests(
            operation, generator, request_options(app.settings, app.parts.contract)
        )
        canned = app.parts.store.replies.get(operation.id, ())
        self._canned = [reply for reply in canned if not reply.not_recorded]
        self._records = app.parts.store.records if operation.id in app.parts.bound else ()
        self._found: dict[int, list[dict[str, Any]]] = {}
        self._notes: dict[int, list[str]] = {}
        self._outcomes: dict[tuple[Any, ...], DryRun | None] = {}

    async def told(self) -> dict[str, Any]:
        """The operation, its statuses and their requests."""
        declared = dict(statuses(self._operation))
        try:
            for group in ordinary(self._requests, self._canned, self._records):
                await self._first_of(group)
            await self._preferred()
        except (NoRequest, ValueError) as error:
            self._notes = {status: [f"no request can be made: {error}"] for status in declared}
        operation = self._operation
        return {
            "operation": operation.id,
            "method": operation.method,
            "path": operation.path,
            "statuses": [self._status(s) for s in sorted({*declared, *self._found})],
        }

    async def _first_of(self, group: Iterable[CandidateRequest]) -> None:
        """Keep the first of a group that leads somewhere."""
        for provocation in islice(group, MOST_TRIED):
            outcome = await self._outcome(provocation.request)
            if outcome is None:  # to wait for another in vain would take as long again
                return
            if self._fits(provocation, outcome):
                self._keep(outcome.status, provocation, outcome)
                return

    async def _preferred(self) -> None:
        request = self._requests.written(self._requests.asked())
        for status, provocation in preferring(self._operation, request, self._canned):
            outcome = await self._outcome(provocation.request)
            if outcome is not None and self._fits(provocation, outcome):
                self._keep(status, provocation, outcome)
            else:
                told = f"{provocation.shows} leads to {self._where(outcome)}"
                self._notes.setdefault(status, []).append(told)

    def _where(self, outcome: DryRun | None) -> str:
        """What a request led to instead of where it should."""
        if outcome is None:
            wrong = self._trial.faults(self._operation.id)
            return f"no reply{f', by the fault {wrong[0]}' if wrong else ''}"
        if outcome.operation != self._operation.id:
            return f"another operation, {outcome.operation}"
        return f"{outcome.status}: {outcome.detail[:MOST_SHOWN]}"

    async def _outcome(self, request: Request) -> DryRun | None:
        """What a request leads to; the same one is tried once."""
        key = (*request[:3], tuple(request.headers.items()), request.body)
        if key not in self._outcomes:
            self._outcomes[key] = await self._trial.outcome(request)
        return self._outcomes[key]

    def _fits(self, provocation: CandidateRequest, outcome: DryRun) -> bool:
        """Whether it led where it should, and it wasn't another operation that answered."""
        mine = outcome.operation == self._operation.id
        return mine and provocation.fits(outcome.status, outcome.source)

    def _keep(self, status: int, provocation: CandidateRequest, outcome: DryRun) -> None:
        kept = self._found.setdefault(status, [])
        told = _request(provocation.request)
        if all(told != other["request"] for other in kept):
            kept.append(
                {
                    "kind": provocation.kind,
                    "shows": provocation.shows,
                    "source": outcome.source,
                    "request": told,
                    "curl": _line(provocation.request, self._url),
                }
            )

    def _status(self, status: int) -> dict[str, Any]:
        response = self._operation.response_for(status)
        found = sorted(self._found.get(status, []), key=lambda r: r["kind"] == "preference")
        notes = self._notes.get(status, [])
        if self._found and not any(one["kind"] == "request" for one in found):
            notes = [*notes, _NO_REQUEST]
        return {
            "status": status,
            "declared": response.code if response else None,
            "description": _description(response.node.value) if response else "",
            "requests": found,
            "notes": notes,
        }


def _description(response: Any) -> str:
    """A response's description in a line."""
    told = response.get("description") if isinstance(response, dict) else None
    return " ".join(str(told or "").split())


def _request(request: Request) -> dict[str, Any]:
    """A request as JSON says it; a body that is no text in base64."""
    headers = {n.decode("latin-1"): v.decode("latin-1") for n, v in request.headers.items()}
    target = f"{request.path}{'?' if request.query else ''}{request.query}"
    told: dict[str, Any] = {"method": request.method, "target": target, "headers": headers}
    try:
        return told | ({"body": request.body.decode()} if request.body else {})
    except UnicodeDecodeError:
        return told | {"body_base64": b64encode(request.body).decode()}


def _line(request: Request, url: str) -> str | None:
    try:
        return curl_line(request, url)
    except ValueError:
        return None


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def as_text(entries: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The catalogue in lines for people; all but the requests are comments to sh."""
    for entry in entries:
        name = f"{entry['method']} {entry['path']}"
        own = "" if entry["operation"] == name else f" ({entry['operation']})"
        yield f"# {_plain(name + own)}"
        for status in entry["statuses"]:
            yield from _status_lines(status)
        yield ""


def _status_lines(status: dict[str, Any]) -> Iterator[str]:
    declared, code = status["declared"], status["status"]
    words = f" {status['description']}" if status["description"] else ""
    by = "not declared" if declared is None else f"by {declared}"
    yield ""
    yield _plain(f"## {code}{words}{'' if declared == str(code) else f' ({by})'}")
    for request in status["requests"]:
        yield _plain(f"# {request['shows']}")
        yield request["curl"] or "# (no line of curl can send this request)"
    for note in status["notes"]:
        yield _plain(f"# {note}")


def _plain(text: str) -> str:
    """The text in one line."""
    return _CONTROL.sub(" ", text)
