"""One request on its way to the real service, and the answer on its way back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import aclosing, contextmanager, nullcontext

from mock_server.errors import BadGateway, GatewayTimeout, Problem, ServerEnds
from mock_server.gateway import ClientLeft, Exchanged, cut_connection
from mock_server.proxy.answered import Answered
from mock_server.proxy.asked import Asked
from mock_server.proxy.relay import Relay
from mock_server.proxy.service import Service
from mock_server.proxy.upstream import CutOff
from mock_server.validation import Judged, summary


async def pass_on(service: Service, exchanged: Exchanged) -> None:
    """Pass a request on and its answer back, as long as the client is there.

    The journal gets the exchange, however it ends.
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
            await cut_connection(exchanged)  # a stream was under way, and the server ends
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
        if isinstance(problem, BadGateway | GatewayTimeout):
            _leave_out(service, asked, problem.detail)
        await relay.answer_for_service(problem)
        return
    async with aclosing(answer):
        if answer.status == 501 and relay.can_fall_back(501):
            _leave_out(service, asked, "the service answered 501, and the mock instead of it")
            await relay.mock()
            return
        answered = Answered(asked, answer, service.upstream.name, service.body_limit)
        await _send(service, exchanged, answered, relay)


async def _send(service: Service, exchanged: Exchanged, answered: Answered, relay: Relay) -> None:
    """Send what the service answers, in pieces as they come or once it is whole."""
    held = answered.most_held(service.enforce or relay.fault is not None)
    if held is None and service.enforce:
        judged = answered.judge_head()
        if judged.violations:
            _leave_out(service, answered.asked, summary(judged.violations, 1))
            await relay.refuse(answered.refusal(judged))
            return
    try:
        with _ending_with(exchanged) if answered.answer.is_stream else nullcontext():
            is_held = await _pass_pieces(answered, relay, held)
    except CutOff as ending:
        _leave_out(service, answered.asked, f"the answer ended too early: {ending}")
        await _cut_off(answered, relay, str(ending))
        return
    judged = answered.judge()
    relay.note(answered, judged)
    _record(service, answered, judged)
    if is_held and judged.violations and service.enforce:
        await relay.refuse(answered.refusal(judged))
        return
    await (relay.held(answered, judged) if is_held else relay.end())


async def _pass_pieces(answered: Answered, relay: Relay, held: int | None) -> bool:
    """Send the pieces, or hold up to `held` bytes back. Return whether all are still held.

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
    """Cut the answer off for the client in the middle of the body, as the service did."""
    if relay.reply is None:  # all was held back
        await relay.head(answered)
        await relay.part(answered.kept.data)
    relay.note(answered, answered.cut_off(how))
    await relay.cut()


def _record(service: Service, answered: Answered, judged: Judged) -> None:
    """Write the exchange into the folder of fixtures, or note there why it can't be kept."""
    recorder, asked = service.recorder, answered.asked
    if recorder is None:
        return
    request = asked.recordable
    violations = (*asked.violations, *judged.violations)
    unkept = judged.unchecked or (summary(violations, 1) if violations else "")
    is_error = bool(judged.violations) or answered.answer.status >= 400
    may_break = recorder.keeps_all and not judged.unchecked and (is_error or not asked.violations)
    if request is not None and (not unkept or may_break):
        recorder.record(request, answered.answer, judged, answered.kept)
    elif asked.target is None:
        target = asked.secrets.target(asked.request)
        recorder.leave_out(None, f"{target}; the contract has no such operation")
    elif asked.method == "HEAD":
        recorder.leave_out(None, "")
    else:
        path = asked.secrets.path(asked.path)
        why = asked.secrets.text(unkept or answered.reply(judged).why).rstrip(".")
        recorder.leave_out(request, f"{asked.method} {path}; {why}", why)


def _leave_out(service: Service, asked: Asked, why: str) -> None:
    """Note that a request brought no answer that could be kept."""
    if service.recorder is not None and asked.target is not None:
        path = asked.secrets.path(asked.path)
        reason = asked.secrets.text(why).rstrip(".")
        service.recorder.leave_out(asked.recordable, f"{asked.method} {path}; {reason}", reason)


def _cancel(passing: asyncio.Task[None]) -> None:
    """Cancel a passage only once: a second time would interrupt the close of its connection."""
    if not passing.cancelling():
        passing.cancel()


@contextmanager
def _ending_with(exchanged: Exchanged) -> Iterator[None]:
    """Cancel the current task if the server ends, since the answer has no end of its own."""
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
