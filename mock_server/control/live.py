"""Exchanges as they happen: a wait for some of them, and a stream of all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from typing import Any

from mock_server.bodies import item_encoder
from mock_server.control.filters import Filter
from mock_server.http_messages import parse_media_type
from mock_server.sessions import Exchange, Journal


async def awaited(journal: Journal, wanted: Filter, count: int, seconds: float) -> list[Exchange]:
    """Return the selected exchanges, as soon as there are `count` of them.

    At the end of the time, or of the session, it returns those that there are.
    """
    found = wanted.found(journal)
    enough = asyncio.Event()

    def listener(exchange: Exchange) -> None:
        if wanted.holds(exchange):
            found.append(exchange)
            if len(found) >= count:
                enough.set()

    leave = journal.listen(listener, enough.set)
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(0 if len(found) >= count else seconds):
                await enough.wait()
    finally:
        leave()
    return found


async def events(
    journal: Journal, wanted: Filter, last: int, written: Callable[[Exchange], dict[str, Any]]
) -> AsyncGenerator[bytes, None]:
    """Yield each exchange after the id `last` as a server-sent event, until the session is dropped.

    Nothing is kept for a client that reads slowly. Exchanges that the journal has forgotten by then
    are left out, which shows in the ids.
    """
    encode = item_encoder(parse_media_type("text/event-stream"))
    more = asyncio.Event()
    leave = journal.listen(lambda exchange: more.set(), more.set)
    try:
        while not journal.has_ended:
            more.clear()
            while (exchange := journal.next_after(last)) is not None:
                last = exchange.id
                if wanted.holds(exchange):
                    yield encode({"id": str(exchange.id), "data": written(exchange)})
                    # A client that asks for thousands of exchanges at once must not delay the
                    # others.
                    await asyncio.sleep(0)
            await more.wait()
    finally:
        leave()
