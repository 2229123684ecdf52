"""Requests that may lead an operation to each of its statuses; whether they do is to be tried.

Two kinds: those that name the status by `Prefer`, and ordinary ones, which any client might send.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Literal, NamedTuple
from urllib.parse import quote

from mock_server.contract import Operation, Response
from mock_server.fixtures import CannedReply, Conditions, Record
from mock_server.generation import PARTS, NoRequest, Requests, RequestValues, invalid_requests
from mock_server.http_messages import Request, concrete, header_bytes, preference_word
from mock_server.mocking import UNDECLARED_MARK, rank_content
from mock_server.validation import ABSENT, narrow_credentials

Kind = Literal["preference", "request"]
Fits = Callable[[int, str], bool]
# The first of these that isn't declared stands for `default`.
_FOR_DEFAULT = (500, 503, 400, 404, 409, 418)
NOTHING_OFFERED = "application/x-undeclared"
# So many records are looked through for one that an operation knows.
MOST_RECORDS = 20
_SAYABLE = re.compile(r"[ -~]*")


class CandidateRequest(NamedTuple):
    """A request, what it shows, and what has to come of it to be told at all.

    `fits` judges the status and `Mock-Source`.
    """

    kind: Kind
    shows: str
    request: Request
    fits: Fits


def statuses(operation: Operation) -> Iterator[tuple[int, str]]:
    """The statuses that an operation declares, each with its key; one for a range or `default`."""
    exact = {int(code) for code in operation.responses if code.isdigit()}
    for code in operation.responses:
        if code.isdigit():
            yield int(code), code
        elif code != "default":
            free = range(int(code[0]) * 100, int(code[0]) * 100 + 100)
            yield next(status for status in free if status not in exact), code
    if "default" in operation.responses:
        covered = {code[0] for code in operation.responses if code.endswith("XX")}
        free_ones = (s for s in _FOR_DEFAULT if s not in exact and str(s)[0] not in covered)
        if (status := next(free_ones, None)) is not None:
            yield status, "default"


# By preference


def preferring(
    operation: Operation, request: Request, canned: Sequence[CannedReply]
) -> Iterator[tuple[int, CandidateRequest]]:
    """For each declared status a request that prefers it, and one for each of its examples."""
    for status, code in statuses(operation):
        code_alone = {"code": str(status)}
        yield status, _preference(request, code_alone, _coming(status))
        named = _examples(operation.responses[code])
        named += [(f"reply:{r.name}", r.name, None) for r in canned if r.status == status]
        for source, name, accept in named:
            preferred = {**code_alone, "example": name}
            yield status, _preference(request, preferred, _coming(status, source), accept)


def _examples(response: Response) -> list[tuple[str, str, str | None]]:
    """The source and name of each example, and what to accept where it isn't the usual type."""
    usual = rank_content(200, response).key
    return [
        (f"example:{name}", name, None if key == usual else concrete(key))
        for key, content in response.content.items()
        for name in content.examples
    ]


def _coming(status: int, source: str | None = None) -> Fits:
    told = None if source is None else header_bytes(source).decode("latin-1")

    def fits(came: int, came_from: str) -> bool:
        return came == status and told in (None, came_from.removesuffix(UNDECLARED_MARK))

    return fits


def _preference(
    request: Request, preferred: Mapping[str, str], fits: Fits, accept: str | None = None
) -> CandidateRequest:
    """By `Prefer`; by query where a header can't say it."""
    headers = dict(request.headers)
    if accept is not None:
        headers[b"accept"] = accept.encode()
    prefer = ", ".join(f"{name}={preference_word(value)}" for name, value in preferred.items())
    if _SAYABLE.fullmatch(prefer):
        sent = request._replace(headers={**headers, b"prefer": prefer.encode()})
        return CandidateRequest("preference", f"Prefer: {prefer}", sent, fits)
    pairs = [f"__{name}={quote(value, safe='')}" for name, value in preferred.items()]
    query = "&".join(filter(None, (request.query, *pairs)))
    sent = request._replace(query=query, headers=headers)
    return CandidateRequest("preference", f"?{'&'.join(pairs)}", sent, fits)


# By an ordinary request


def ordinary(
    requests: Requests, canned: Sequence[CannedReply], records: Iterable[Record]
) -> Iterator[Iterator[CandidateRequest]]:
    """Requests that any client might send, in groups: of each the first that fits will do.

    Raises NoRequest.
    """
    yield _successful(requests, records)
    yield _unsuccessful(requests)
    for reply in canned:
        yield _meeting(requests, reply)
    for part in PARTS:
        yield _broken(requests, part)
    yield _unauthorized(requests)
    yield _too_narrow(requests)
    yield _unacceptable(requests)


def _successful(requests: Requests, records: Iterable[Record]) -> Iterator[CandidateRequest]:
    """A valid request; where that isn't enough, one for what a record is known by."""
    own = requests.asked()
    yield from _ordinary(requests, own, "a valid request", _succeeded)
    for asked in _about_records(own, records):
        words = "a valid request for what the records know"
        yield from _ordinary(requests, asked, words, _succeeded)


def _unsuccessful(requests: Requests) -> Iterator[CandidateRequest]:
    """A valid request that leads to an error by itself, as one for an unknown id does."""
    for examples in (True, False):
        asked = requests.asked(examples=examples)
        words = "a valid request for what isn't known"
        yield from _ordinary(requests, asked, words, lambda status, _: status == 404)
    yield from _ordinary(requests, requests.asked(), "a valid request", _failed)


def _succeeded(status: int, source: str) -> bool:
    return status < 400 and not source.startswith("reply:")


def _failed(status: int, source: str) -> bool:
    return status >= 400 and not source.startswith("reply:")


def _refused(status: int, source: str) -> bool:
    return status >= 400 and source == "refusal"


def _ordinary(
    requests: Requests, asked: RequestValues, shows: str, fits: Fits
) -> Iterator[CandidateRequest]:
    """The request that says this, where it can be written at all."""
    with suppress(ValueError, TypeError, KeyError):
        yield CandidateRequest("request", shows, requests.written(asked), fits)


def _about_records(asked: RequestValues, records: Iterable[Record]) -> Iterator[RequestValues]:
    """The same request for what each of the first records is known by."""
    seen: list[Mapping[str, Any]] = [asked.path]
    for record in records:
        path = {name: _known(name, value, record) for name, value in asked.path.items()}
        if path not in seen:
            seen.append(path)
            yield asked._replace(path=path)
        if len(seen) > MOST_RECORDS:
            return


def _known(name: str, value: Any, record: Record) -> Any:
    """What a record is known by under a parameter's name; the value itself where by nothing.

    `source_id` may be its `source_id`, its label `source`, its `id`, or the record itself.
    """
    members = record.value if isinstance(record.value, Mapping) else {"id": record.value}
    known = {**members, **record.labels}
    fitting = [own for own in known if name.startswith(own) or name.lower().endswith(own.lower())]
    nearest = min(fitting, key=lambda own: (own != name, not name.startswith(own)), default="")
    return known.get(nearest, value)


def _meeting(requests: Requests, reply: CannedReply) -> Iterator[CandidateRequest]:
    """A valid request made to meet the conditions of a canned reply."""
    conditions = reply.conditions
    asked = requests.asked(optional=conditions.has_body)
    shows = f"the conditions of the canned reply {reply.name}"
    fits = _coming(reply.status, f"reply:{reply.name}")
    for found in _ordinary(requests, _met(asked, conditions), shows, fits):
        yield found._replace(request=_met_beside(found.request, asked, conditions))


def _met(asked: RequestValues, conditions: Conditions) -> RequestValues:
    """What meets the conditions on the parts that the contract declares."""
    body = asked.body
    if conditions.has_body:
        body = _merged(None if body is ABSENT else body, conditions.body)
    asks = conditions.query
    query = {n: asks.get(n, v) for n, v in asked.query.items() if asks.get(n, v) is not None}
    return asked._replace(path={**asked.path, **conditions.path}, query=query, body=body)


def _met_beside(request: Request, asked: RequestValues, conditions: Conditions) -> Request:
    """The request with what the conditions ask for beside the parameters that are there."""
    pairs = [
        f"{quote(name, safe='')}={quote(_text(value), safe='')}"
        for name, value in conditions.query.items()
        if value is not None and name not in asked.query
    ]
    asks = {name.encode(): value for name, value in conditions.headers.items()}
    headers = {name: value for name, value in request.headers.items() if name not in asks}
    sent = {n: header_bytes(_text(value)) for n, value in asks.items() if value is not None}
    query = "&".join(filter(None, (request.query, *pairs)))
    return request._replace(query=query, headers={**headers, **sent})


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _merged(value: Any, condition: Any) -> Any:
    """A body that has what a condition names, beside what it has."""
    if isinstance(value, dict) and isinstance(condition, dict):
        return value | {n: _merged(value.get(n), member) for n, member in condition.items()}
    return condition


def _broken(requests: Requests, part: str) -> Iterator[CandidateRequest]:
    """Requests that break one rule of that part; those with the least beside it come first."""
    for asked in _bases(requests):
        for request, violation in invalid_requests(requests, asked, [part]):
            yield CandidateRequest("request", violation.message, request, _refused)


def _bases(requests: Requests) -> Iterator[RequestValues]:
    yield requests.asked()
    with suppress(NoRequest):
        yield requests.asked(optional=True)
        yield requests.asked(mode="maximal", optional=True)


def _unauthorized(requests: Requests) -> Iterator[CandidateRequest]:
    asked = requests.asked()
    if asked.credentials:
        without = asked._replace(credentials=())
        yield from _ordinary(requests, without, "no credentials", _refused)


def _too_narrow(requests: Requests) -> Iterator[CandidateRequest]:
    narrow = narrow_credentials(requests.operation, requests.schemes)
    if narrow is not None:
        scopes, found = narrow
        asked = requests.asked()._replace(credentials=found)
        yield from _ordinary(requests, asked, f"a token without {', '.join(scopes)}", _refused)


def _unacceptable(requests: Requests) -> Iterator[CandidateRequest]:
    shows = f"an Accept that nothing declared satisfies, {NOTHING_OFFERED}"
    for found in _ordinary(requests, requests.asked(), shows, lambda status, _: status == 406):
        headers = {**found.request.headers, b"accept": NOTHING_OFFERED.encode()}
        yield found._replace(request=found.request._replace(headers=headers))
