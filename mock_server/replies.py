"""Canned replies: named answers of one operation, with their conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from mock_server.document import Node
from mock_server.faults import Fault

# The state of every scenario that nothing has moved yet.
STARTED = "Started"


class Scenario(NamedTuple):
    """The scenario that a reply belongs to: the state in which it applies, and moves it to.

    `state` is None for a reply that applies in any, `next_state` for one that moves nothing.
    """

    name: str
    state: str | None = None
    next_state: str | None = None


@dataclass(frozen=True, slots=True)
class Conditions:
    """When a canned reply applies. None for a path, query or header value means: not sent."""

    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    has_body: bool = False


@dataclass(frozen=True, slots=True)
class CannedReply:
    """A named answer of one operation, with its conditions.

    `stages` are what it is in turn, the last one from then on; with `after`, seconds counted from
    when it was first sent, each is what it has become by then. A stub was added at run time.
    `fault` is what goes wrong with it on purpose, `node` where it is written.
    """

    name: str
    conditions: Conditions
    status: int
    media_type: str | None
    headers: tuple[tuple[str, str], ...]
    body: Any
    has_body: bool
    scenario: Scenario | None = None
    stages: tuple[CannedReply, ...] = ()
    after: tuple[float, ...] = ()
    is_stub: bool = False
    fault: Fault | None = None
    node: Node | None = field(default=None, compare=False, repr=False)
