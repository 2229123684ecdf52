"""Calls of the control API, each reply judged by the second engine with the API's own document."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx

import mock_server
from tests.helpers.judge import Judge
from tests.helpers.running import Mock

SESSION_PREFIX = re.compile("^/_session/[^/]+")
CONTROL = Judge.of(Path(mock_server.__file__).parent / "control" / "control.yaml")


def call(
    mock: Mock, method: str, path: str, status: int = 200, session: str = "", **request: Any
) -> Any:
    """Return what a call answers, as JSON; None if it answers without a body."""
    reply = reply_to(mock, method, path, session, **request)
    assert reply.status_code == status, reply.text
    return reply.json() if reply.content else None


def reply_to(
    mock: Mock, method: str, path: str, session: str = "", **request: Any
) -> httpx.Response:
    """Return the reply to a call, which keeps to the document."""
    if session:
        request["headers"] = {**request.get("headers", {}), "Mock-Session": session}
    reply = mock.client.request(method, path, **request)
    asked = SESSION_PREFIX.sub("", reply.request.url.raw_path.decode())
    faults = CONTROL.faults(method, asked, reply)
    assert faults == [], (method, path, reply.text)
    return reply


def wrong(mock: Mock, method: str, path: str, status: int = 422, **request: Any) -> list[str]:
    """Return what is wrong with a call: the messages, or the detail if there are none."""
    problem = call(mock, method, path, status, **request)
    return [v["message"] for v in problem.get("validation", [])] or [problem["detail"]]


def exchanges(mock: Mock, query: str = "", session: str = "") -> list[dict[str, Any]]:
    """Return the exchanges that a query names."""
    listed: list[dict[str, Any]] = call(mock, "GET", f"/_mock/exchanges{query}", session=session)[
        "exchanges"
    ]
    return listed
