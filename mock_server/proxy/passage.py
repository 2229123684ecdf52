"""One request on its way to the real service, and the answer on its way back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import aclosing, contextmanager, nullcontext

from mock_server.errors import Problem, ServerEnds
from mock_server.gateway import ClientLeft, Exchanged, cut_connection
from mock_server.proxy.answered import Answered
from mock_server.proxy.asked import Asked
from mock_server.proxy.judging import Judged
from mock_server.proxy.relay import Relay
from mock_server.proxy.service import Service
from mock_server.proxy.upstream import CutOff
from mock_server.validation import summary

log = logging.getLogger("mock_server")


async def pass_on(service: Service, exchanged: Exchanged) -> None:
    """Pass a request on and its answer back, as long as the client is there.

    Every way ends in the journal.
    """
    asked = Asked(service, exchanged)
    relay = Relay(service, exchanged, asked)
    passing = asyncio.create_task(_passed(service, exchanged, asked, relay))
    left = relay.watch()
    try:
        await asyncio.wait({passing, left}, return_when=asyncio.FIRST_COMPLETED)
        if relay.is_sent or left.cancelled():
            await asyncio.wait({passing})
        if passing.cancelled():
            await cut_connection(exchanged)  # a stream, and the server ends
        elif passing.done():
            passing.result()
    except asyncio.CancelledError:
        if exchanged.connection is not None and relay.reply is None:
            await relay.refuse(ServerEnds("The mock server ends."))
        raise
    finally:
        left.cancel()
        _cancel(passing)
        await asyncio.gather(passing, left, return_exceptions=True)
        relay.write_down()


async def _passed(service: Service, exchanged: Exchanged, asked: Asked, relay: Relay) -> None:
    """Find the session, check the request, ask the service, and send what it answers."""
    try:
        relay.find_session()
        if service.enforce:
            await asked.check()
        answer = await asked.answer()
    except ClientLeft:
        return
    except Problem as problem:
        await relay.answer_for_service(problem)
        return
    async with aclosing(answer):
        if answer.status == 501 and relay.can_fall_back(501):
            await relay.mock()
            return
        answered = Answered(asked, answer, service.upstream.name, service.body_limit)
        await _send(service, exchanged, answered, relay)


async def _send(service: Service, exchanged: Exchanged, answered: Answered, relay: Relay) -> None:
    """Send what the service answers, as it comes or when it is whole."""
    held = answered.most_held(service.enforce or relay.fault is not None)
    if held is None and service.enforce:
        judged = answered.judge_head()
        if judged.violations:
            await relay.refuse(answered.refusal(judged))
            return
    try:
        with _ending_with(exchanged) if answered.answer.is_stream else nullcontext():
            is_held = await _pass_pieces(answered, relay, held)
    except CutOff as ending:
        await _cut_off(answered, relay, str(ending))
        return
    judged = answered.judge()
    relay.note(answered, judged)
    if is_held and judged.violations and service.enforce:
        await relay.refuse(answered.refusal(judged))
        return
    _record(service, answered, judged)
    await (relay.held(answered, judged) if is_held else relay.end())


async def _pass_pieces(answered: Answered, relay: Relay, held: int | None) -> bool:
    """Send the pieces, or hold up to so many bytes back. Return whether all are still held.

    Raises CutOff.
    """
    kept = answered.kept
    if held is None:
        await relay.head(answered)
    try:
        async for piece in answered.answer.pieces():
            if held is not None and kept.size + len(piece) > held:
                held = None
                await relay.head(answered)
                await relay.part(kept.data)
            kept.add(piece)
            if held is None:
                await relay.part(piece)
    finally:
        relay.reply_size = kept.size
        if held is None:
            relay.note(answered, Judged((), "the answer didn't end"))
    return held is not None


async def _cut_off(answered: Answered, relay: Relay, how: str) -> None:
    """Let the client meet an end in the middle of the body, as the service made it."""
    if relay.reply is None:  # all was held back
        await relay.head(answered)
        await relay.part(answered.kept.data)
    relay.note(answered, answered.cut_off(how))
    await relay.cut()


def _record(service: Service, answered: Answered, judged: Judged) -> None:
    """Write the exchange into the folder of fixtures, if it is one that can be asked for again."""
    recorder, asked = service.recorder, answered.asked
    if recorder is None or asked.method == "HEAD":
        return
    reply, arguments = answered.reply(judged), asked.judged.arguments
    if asked.target is None:
        target = asked.secrets.target(asked.request)
        log.warning("Not recorded: %s; the contract has no such operation", target)
    elif reply.violations or judged.unchecked or arguments is None:
        why = summary(reply.violations, 1) or reply.why
        path = asked.secrets.path(asked.path)
        log.warning("Not recorded: %s %s; %s", asked.method, path, asked.secrets.text(why))
    else:
        operation = asked.target.responder.operation
        recorder.record(operation, asked.request, arguments, answered.answer, judged)


def _cancel(passing: asyncio.Task[None]) -> None:
    """Cancel it, but once: a second time would interrupt it while it closes its connection."""
    if not passing.cancelling():
        passing.cancel()


@contextmanager
def _ending_with(exchanged: Exchanged) -> Iterator[None]:
    """End what has no end of its own when the server ends."""
    passing = asyncio.current_task()
    connection = exchanged.connection
    if connection is None or passing is None:
        yield
        return

    def end(_: object) -> None:
        _cancel(passing)

    connection.over.add_done_callback(end)
    try:
        yield
    finally:
        connection.over.remove_done_callback(end)
