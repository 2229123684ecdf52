"""What goes wrong with an answer on purpose, and the rules by which it does."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from mock_server.core import Delay, did_you_mean, duration_text, parse_duration, read_delay
from mock_server.errors import PlayedStatus, Problem, TooManyRequests, Unavailable

# Every fault, with what it does to an answer.
KINDS: Mapping[str, str] = {
    "reset": "the connection is reset",
    "close": "the connection is closed without an answer",
    "truncated": "the body stops in the middle, and the connection is closed",
    "malformed": "the body is no JSON",
    "content-length": "Content-Length says more than is sent, and the connection is closed",
    "chunk": "the last chunk is missing, and the connection is closed",
    "drip": "the body comes bit by bit",
    "hang": "nothing is answered until the client leaves",
    "429": "too many requests, with Retry-After",
    "503": "the service is unavailable, with Retry-After",
}
# Any status from 400 to 599 is a fault too: a reply of its own. All others are done to the reply
# that there is.
_STATUS = re.compile("[45][0-9][0-9]")
# Those that always say when to come again.
STATUSES: Mapping[str, type[PlayedStatus]] = {"429": TooManyRequests, "503": Unavailable}
# Those of which a client gets no byte.
SILENT = frozenset({"reset", "close", "hang"})
SECONDS_OF_A_DRIP = 5.0
SECONDS_TO_RETRY = 1.0


@dataclass(frozen=True, slots=True)
class Fault:
    """What is done to one answer: a delay, a fault (none if `kind` is empty), or both.

    `kind` is one of KINDS, or a status from 400 to 599.

    `retry_after` is what `Retry-After` says, `over` how long a drip takes; both are seconds.
    """

    kind: str = ""
    delay: Delay | None = None
    retry_after: float | None = None
    over: float = SECONDS_OF_A_DRIP

    @property
    def status(self) -> int | None:
        """The status that is sent in place of any other reply; None for the other faults."""
        return int(self.kind) if _STATUS.fullmatch(self.kind) else None

    def __str__(self) -> str:
        return "; ".join(filter(None, [self.kind, f"delay={self.delay}" if self.delay else ""]))

    def or_else(self, other: Fault | None) -> Fault:
        """This fault, with what it leaves open as the other has it."""
        if other is None:
            return self
        named = self if self.kind else other
        retry_after = other.retry_after if self.retry_after is None else self.retry_after
        return Fault(named.kind, self.delay or other.delay, retry_after, named.over)


def retry_header(seconds: float | None) -> tuple[str, str]:
    """The header that says when to come again, in whole seconds (RFC 9110, section 10.2.3)."""
    return "Retry-After", str(math.ceil(SECONDS_TO_RETRY if seconds is None else seconds))


def problem_of(fault: Fault) -> Problem:
    """The problem that a fault with a status is; 429 and 503 always say when to come again."""
    status = fault.status
    assert status is not None, "other faults are done to a reply"
    is_later = fault.kind in STATUSES or fault.retry_after is not None
    headers = [retry_header(fault.retry_after)] if is_later else []
    detail = f"This is the fault {fault.kind}, on purpose."
    problem = STATUSES.get(fault.kind, PlayedStatus)(detail, headers=headers)
    if fault.kind not in STATUSES:
        problem.codes, problem.title = (status,), status_phrase(status)
    problem.fault = fault
    return problem


def status_phrase(status: int) -> str:
    """The words that stand beside a status (RFC 9110, section 15); "Error" for an unknown one."""
    return HTTPStatus(status).phrase if status in _KNOWN_STATUSES else "Error"


_KNOWN_STATUSES = frozenset(HTTPStatus)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many answers in so many seconds for one client."""

    most: int
    seconds: float

    def __str__(self) -> str:
        return f"{self.most}/{duration_text(self.seconds)}"


@dataclass(frozen=True, slots=True)
class FaultRule:
    """When a fault applies: to the next N replies, every Nth, one in N by chance, or all.

    It is for one operation, or for all of them.
    """

    fault: Fault | None = None
    limit: Limit | None = None
    operation: str | None = None
    next: int | None = None
    every: int | None = None
    one_in: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The members by which the rule can be read again."""
        fault = self.fault or Fault()
        drips, refuses = fault.kind == "drip", fault.retry_after is not None
        members = {
            "fault": fault.kind or None,
            "delay": str(fault.delay) if fault.delay else None,
            "next": self.next,
            "every": self.every,
            "one_in": self.one_in,
            "operation": self.operation,
            "retry_after": duration_text(fault.retry_after or 0) if refuses else None,
            "over": duration_text(fault.over) if drips else None,
            "limit": str(self.limit) if self.limit else None,
        }
        return {name: value for name, value in members.items() if value is not None}


class WrongRule(ValueError):
    """A rule that can't be read: what is wrong, each with its member (empty for the whole)."""

    def __init__(self, wrong: Collection[tuple[str, str]]) -> None:
        self.wrong = tuple(wrong)
        super().__init__("; ".join(message for _, message in wrong))


def read_kind(kind: str) -> str:
    """The name of a fault. Raises ValueError with all that there are."""
    if kind not in KINDS and not _STATUS.fullmatch(kind):
        raise ValueError(
            f"{kind!r} is no fault; expected {', '.join(k for k in KINDS if k not in STATUSES)},"
            f" or a status from 400 to 599 such as {_one_of(STATUSES)}{did_you_mean(kind, KINDS)}"
        )
    return kind


def read_limit(limit: str) -> Limit:
    """`10/1m`: ten answers a minute. Raises ValueError for anything else."""
    most, _, period = limit.partition("/")
    try:
        found = Limit(_count(most), parse_duration(period))
    except ValueError:
        found = None
    if found is None or not found.seconds:
        raise ValueError(f"{limit!r} is no limit; expected a number in a time, such as 10/1m")
    return found


def members_of(rule: str) -> dict[str, str]:
    """The members of a rule in one line: `503; next=3; retry-after=2s`. Raises WrongRule."""
    members: dict[str, str] = {}
    for number, part in enumerate(rule.split(";")):
        name, equals, value = (side.strip() for side in part.partition("="))
        if name and not equals and number == 0:
            name, value = "fault", name
        name = name.replace("-", "_")
        if name in members:
            raise WrongRule([(name, f"`{name}` is there twice")])
        if name or value:
            members[name] = value
    return members


def read_rule(members: Mapping[str, Any], operations: Collection[str]) -> FaultRule:
    """The rule that a mapping of members says. Raises WrongRule with all that is wrong in it."""
    wrong: list[tuple[str, str]] = []
    read: dict[str, Any] = {}
    for name, value in members.items():
        try:
            read[name] = _member(name, value, operations)
        except ValueError as error:
            wrong.append((name, str(error)))
    wrong += [] if wrong else _contradictions(read)
    if wrong:
        raise WrongRule(wrong)
    return _rule(**read)


def _rule(
    fault: str = "",
    delay: Delay | None = None,
    retry_after: float | None = None,
    over: float = SECONDS_OF_A_DRIP,
    **when: Any,
) -> FaultRule:
    spoils = bool(fault or delay)
    return FaultRule(Fault(fault, delay, retry_after, over) if spoils else None, **when)


def _member(name: str, value: Any, operations: Collection[str]) -> Any:
    if name not in MEMBERS:
        known = _one_of([f"`{known}`" for known in MEMBERS])
        raise ValueError(
            f"`{name}` isn't known here; expected {known}{did_you_mean(name, MEMBERS)}"
        )
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(f"`{name}` is {value!r}; expected a text or a number")
    if name == "operation" and value not in operations:
        near = did_you_mean(str(value), operations)
        raise ValueError(f"no operation of the contract has the id {value}{near}")
    try:
        return MEMBERS[name](str(value))
    except ValueError as error:
        raise ValueError(f"`{name}`: {error}") from None


def _count(number: str) -> int:
    if not re.fullmatch("0*[1-9][0-9]{0,8}", number, re.ASCII):
        raise ValueError(f"{number!r} is no count; expected a number from 1 on")
    return int(number)


# What a rule can say, and how it's read.
MEMBERS: Mapping[str, Callable[[str], Any]] = {
    "fault": read_kind,
    "delay": read_delay,
    "next": _count,
    "every": _count,
    "one_in": _count,
    "operation": str,
    "retry_after": parse_duration,
    "over": parse_duration,
    "limit": read_limit,
}
_WHENS = ("next", "every", "one_in")


def _contradictions(read: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What can't be said together, or says nothing."""
    if "limit" in read:
        beside = [name for name in read if name not in ("limit", "operation")]
        return [(name, f"`{name}` can't stand beside `limit`") for name in beside]
    if "fault" not in read and "delay" not in read:
        return [("", "`fault`, `delay` or `limit` is missing")]
    whens = [name for name in _WHENS if name in read]
    wrong = [(name, f"`{name}` can't stand beside `{whens[0]}`") for name in whens[1:]]
    if "retry_after" in read and Fault(read.get("fault", "")).status is None:
        message = "`retry_after` belongs to a fault that is a status, such as 503"
        wrong.append(("retry_after", message))
    if "over" in read and read.get("fault") != "drip":
        wrong.append(("over", "`over` belongs to the fault drip"))
    return wrong


def _one_of(names: Collection[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}"
