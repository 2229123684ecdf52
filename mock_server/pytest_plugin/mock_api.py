"""What a test holds: a mock of its own, in which nothing has happened yet."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from typing import Any, ParamSpec, TypeVar

from mock_server.contract import Contract
from mock_server.control import ItemCalls, StateCalls, read_conditions
from mock_server.core import parse_json, write_json
from mock_server.errors import Problem, WrongUse
from mock_server.http_messages import WrongRule, members_of
from mock_server.pytest_plugin import transport
from mock_server.pytest_plugin.calls import Calls
from mock_server.pytest_plugin.sent import Sent
from mock_server.pytest_plugin.session_app import SessionApp, SessionApps
from mock_server.server import ASGIApp
from mock_server.sessions import Exchange, Session

# pytest shows the line of the test instead.
__tracebackhide__ = True

Given = ParamSpec("Given")
Result = TypeVar("Result")


# As long as what is being sent may take.
SECONDS_TO_SEND = 15


class MockApi:
    """A mock of one contract with a state of its own: nobody else's requests are seen in it.

    Any client that is pointed at `url` is in it; `client`, `async_client` and `app` need no socket.
    What the contract forbids raises WrongUse, with the JSON pointer and the rule.
    """

    def __init__(self, worlds: SessionApps, world: SessionApp, address: Callable[[], str]) -> None:
        self._worlds, self._world, self._address = worlds, world, address
        self._contract = worlds.app.parts.contract
        replies = worlds.app.parts.store.replies
        allows = worlds.app.settings.allow_undeclared
        self._calls = StateCalls(self._contract, replies, worlds.app.sessions, worlds.app, allows)
        self._stack = ExitStack()
        self.clock = MovedClock(world.session, self._change_clock)

    def _change_clock(self, change: dict[str, Any]) -> None:
        self.change(self._calls.change_clock, self._world.session, change)

    def __repr__(self) -> str:
        return f"<mock_server.pytest_plugin.mock_api.MockApi of {self._contract.title}>"

    @property
    def contract(self) -> Contract:
        """The contract that is served."""
        return self._contract

    def close(self) -> None:
        """Close the clients that were handed out, and forget all that happened."""
        self._stack.close()
        self._worlds.close(self._world)

    def change(
        self, function: Callable[Given, Result], *args: Given.args, **named: Given.kwargs
    ) -> Result:
        """Call a function where the requests are served, so that it meets none half-way.

        Raises WrongUse for what can't be.
        """
        try:
            return self._worlds.loop.call(function, *args, **named)
        except Problem as problem:
            raise WrongUse(_problem_lines(problem)) from None

    # How a client reaches it

    @property
    def url(self) -> str:
        """The base URL for any client; what it asks for is in this mock's own session."""
        return f"{self._address()}/_session/{self._world.name}"

    @property
    def app(self) -> ASGIApp:
        """An ASGI app (version 3) whose every request is in the session."""
        return self._world.bridged

    def client(self, **options: Any) -> transport.Client:
        """Return a client without a socket, with options of httpx; it is closed with the test."""
        client = transport.client(self._world, self._worlds.loop, **options)
        self._stack.callback(client.close)
        return client

    def async_client(self, **options: Any) -> transport.AsyncClient:
        """Return an async client without a socket, with options of httpx."""
        return transport.async_client(self._world, self._worlds.loop, **options)

    # What it does

    def reply(self, operation: str, /, **members: Any) -> None:
        """Answer an operation with a reply, before all others.

        The members are those of a canned reply in a file: status, body, headers, media_type, when,
        scenario, state, next_state, sequence, timeline, fault, delay, undeclared. The status may be
        left out for that of the operation's lowest success. With `undeclared=True` the reply may
        differ from the contract: in its status, body, type and headers.
        """
        usual = {} if "sequence" in members else self._usual_status(operation)
        stub = _as_json({"operation": operation, **usual, **members})
        self.change(self._calls.add_stub, self._world.session, stub)

    def _usual_status(self, operation: str) -> dict[str, int]:
        for found in self._contract.operations:
            if found.id == operation and found.lowest_success is not None:
                return {"status": found.lowest_success[0]}
        return {}

    def fault(self, rule: str = "", /, **members: Any) -> None:
        """Let answers go wrong by a rule, such as `503; next=2`; its members may be keywords."""
        try:
            said = {**(members_of(rule) if rule else {}), **members}
        except WrongRule as error:
            raise WrongUse(message for _, message in error.wrong) from None
        self.change(self._calls.add_fault, self._world.session, said)

    def scenario(self, name: str, state: str, /) -> None:
        """Put a scenario into a state."""
        self.change(self._calls.set_scenario, self._world.session, name, {"state": state})

    def state(self, collection: str, /) -> list[Any]:
        """Return the items of a collection, in the order in which they were added.

        Raises WrongUse if the collection isn't kept.
        """
        calls = ItemCalls(self._worlds.app.kept.stores)
        found: list[Any] = self.change(calls.list_items, self._world.session, collection)["items"]
        return found

    def set_state(self, collection: str, items: list[Any], /) -> None:
        """Put items in the place of all that a collection has."""
        calls = ItemCalls(self._worlds.app.kept.stores)
        body = _as_json({"items": items})
        self.change(calls.fill_collection, self._world.session, collection, body)

    def send(self, event: str, /, url: str | None = None, **members: Any) -> None:
        """Send a webhook to its receiver, by `url` or the setting `webhook_url`.

        The members are `body`, `headers` and `retries`; without a body one is generated. Raises
        WrongUse for an unknown webhook, and for what breaks the contract.
        """
        wanted = _as_json({**({} if url is None else {"url": url}), **members})
        self.change(self._worlds.app.sender.send, self._world.session, event, wanted)

    @property
    def seed(self) -> str:
        """The seed of what is made up."""
        return self._world.session.seed

    @seed.setter
    def seed(self, seed: str) -> None:
        """Have another seed."""
        self.change(setattr, self._world.session, "seed", seed)

    # What happened

    @property
    def exchanges(self) -> list[Exchange]:
        """What was asked and answered so far, the oldest first."""
        self._world.settled()
        return self.change(list, self._world.session.journal)

    def assert_called(
        self, operation: str, /, *, times: int | None = None, **conditions: Any
    ) -> None:
        """Fail unless an operation was called so many times; at least once without `times`.

        The conditions are those of a canned reply's `when`: path, query, headers, body. A body
        holds a part of what was sent, and None for a path, query or header value means: not sent.
        """
        self._assert_calls(operation, times, conditions)

    def assert_not_called(self, operation: str, /, **conditions: Any) -> None:
        """Fail if an operation was called, with those conditions."""
        self._assert_calls(operation, 0, conditions)

    def _assert_calls(self, operation: str, times: int | None, conditions: Any) -> None:
        when = _as_json(conditions)
        wanted = self.change(read_conditions, operation, when, self._contract)

        def complaint() -> str:
            return Calls(self._worlds.app, self.exchanges, operation, wanted).complaint(times)

        found = complaint()
        if found:  # one that is still in hand may be what was expected
            self._world.settled(all_of_them=True)
            found = complaint()
        if found:
            raise AssertionError(found)

    def assert_sent(self, event: str, /, *, times: int | None = None, **conditions: Any) -> None:
        """Fail unless a callback or webhook was sent so many times; at least once without `times`.

        Each attempt counts. A `body` holds a part of what was sent, `headers` are some of those.
        """
        when = _as_json(conditions)
        self._world.settled(all_of_them=True)
        self._worlds.loop.submit(_sent_all(self._world.session)).result()
        found = Sent(self.exchanges, event, when).complaint(times)
        if found:
            raise AssertionError(found)

    @contextmanager
    def allowing_violations(self) -> Iterator[None]:
        """Let the client break the contract in a block on purpose."""
        self._tolerate(True)
        try:
            yield
        finally:
            self._tolerate(False)

    def _tolerate(self, tolerates: bool) -> None:
        self._world.settled(all_of_them=True)
        self.change(setattr, self._world, "tolerates", tolerates)

    def breaches(self) -> str:
        """How the client broke the contract so far, in lines; empty where it didn't.

        Each is told once.
        """
        self._world.settled(all_of_them=True)
        verdict = self.change(self._world.judged)
        return "\n".join(verdict.lines()) if verdict.is_broken else ""


class MovedClock:
    """The clock of a test's session; all that waits on it wakes when it gets there."""

    def __init__(self, session: Session, change: Callable[[dict[str, Any]], Any]) -> None:
        self._session, self._change = session, change

    def now(self) -> datetime:
        """Return the time that the clock shows."""
        return datetime.fromtimestamp(self._session.clock.now(), UTC)

    def freeze(self) -> None:
        """Let it stand where it is."""
        self._change({"frozen": True})

    def resume(self) -> None:
        """Let it run on from where it stands."""
        self._change({"frozen": False})

    def advance(self, length: str, /) -> None:
        """Put it forward by a length of time such as 250ms, 5s, 2m, 1h or 1d."""
        self._change({"advance": length})

    def set(self, moment: datetime, /) -> None:
        """Let it show a moment, which has a time zone."""
        if moment.tzinfo is None:
            raise WrongUse(f"{moment.isoformat()} has no time zone; expected one, such as UTC")
        self._change({"now": moment.isoformat()})


async def _sent_all(session: Session) -> None:
    """Wait until no callback or webhook of a session is being sent, but not for long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(SECONDS_TO_SEND):
            while session.sending:
                await asyncio.sleep(0.002)


def _as_json(value: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of a value by way of JSON, so that later changes don't affect it."""
    try:
        copy: dict[str, Any] = parse_json(write_json(value))
    except TypeError as error:
        raise WrongUse(f"this can't be written as JSON: {error}") from None
    return copy


def _problem_lines(problem: Problem) -> list[str]:
    """Return a line for each violation, with its pointer and rule if it has a rule."""
    return [
        v.message + (f" (at {v.pointer}, rule {v.rule})" if v.rule else "")
        for v in problem.violations
    ] or [problem.detail]
