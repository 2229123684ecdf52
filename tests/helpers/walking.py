"""Clients that go through the pages of a list, each by the rule of one style."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx

from tests.helpers.running import Mock

# No list has so many pages: a client that asks for one more is in a cycle.
MOST_PAGES = 12

# From a reply to the request for the next page: its query, or its address; None at the end.
Step = Callable[[httpx.Response, dict[str, Any]], "dict[str, Any] | str | None"]


def at(body: Any, way: str) -> Any:
    """Return the value at a way such as `meta.next`; None if there is nothing."""
    for name in way.split("."):
        body = body.get(name) if isinstance(body, Mapping) else None
    return body


def by_token(way: str, parameter: str) -> Step:
    """Send a token back under a parameter; null, none and an empty one are the end."""

    def step(reply: httpx.Response, query: dict[str, Any]) -> dict[str, Any] | None:
        token = at(reply.json(), way)
        return {**query, parameter: token} if token not in (None, "") else None

    return step


def by_link(way: str) -> Step:
    """Follow a link in the body; null, none and an empty one are the end."""

    def step(reply: httpx.Response, query: dict[str, Any]) -> str | None:
        return at(reply.json(), way) or None

    return step


def by_header(reply: httpx.Response, query: dict[str, Any]) -> str | None:
    """Follow the header `Link`."""
    return reply.links.get("next", {}).get("url")


def by_last_id(parameter: str, items: str = "data") -> Step:
    """Send the id of the last item back while there is more."""

    def step(reply: httpx.Response, query: dict[str, Any]) -> dict[str, Any] | None:
        body = reply.json()
        return {**query, parameter: body[items][-1]["id"]} if body["has_more"] else None

    return step


def by_number(parameter: str, start: int, items: str = "") -> Step:
    """Count up until a page is empty."""

    def step(reply: httpx.Response, query: dict[str, Any]) -> dict[str, Any] | None:
        body = at(reply.json(), items) if items else reply.json()
        return {**query, parameter: query.get(parameter, start) + 1} if body else None

    return step


def pages(mock: Mock, path: str, step: Step, **query: Any) -> Iterator[httpx.Response]:
    """Yield the replies that a client gets until its rule ends the list."""
    wanted: dict[str, Any] | str = query
    for _ in range(MOST_PAGES):
        if isinstance(wanted, str):
            reply = mock.get(str(httpx.URL(f"{mock.url}{path}").join(wanted)))
        else:
            reply = mock.get(path, params=wanted or None)
        assert reply.status_code == 200, reply.text
        assert mock.faults(reply) == []
        yield reply
        following = step(reply, wanted if isinstance(wanted, dict) else query)
        if following is None:
            return
        assert following != wanted, "the same page is asked for again"
        wanted = following
    raise AssertionError(f"no end after {MOST_PAGES} pages")
