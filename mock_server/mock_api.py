"""What a test holds: a mock of its own, in which nothing has happened yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any, ParamSpec, TypeVar

from mock_server import in_process
from mock_server.calls import Calls
from mock_server.durations import seconds
from mock_server.errors import WrongUse
from mock_server.faults import WrongRule, members_of, read_rule
from mock_server.fixture_reader import meant
from mock_server.journal import Exchange
from mock_server.server import ASGIApp
from mock_server.stub_reader import StubReader
from mock_server.worlds import World, Worlds

# pytest shows the line of the test instead.
__tracebackhide__ = True

Given = ParamSpec("Given")
Result = TypeVar("Result")


class MockApi:
    """A mock of one contract with a state of its own: nobody else's requests are seen in it.

    Any client that is pointed at `url` is in it; `client`, `async_client` and `app` need no socket.
    What the contract forbids raises WrongUse, with the JSON pointer and the rule.
    """

    def __init__(self, worlds: Worlds, world: World, address: Callable[[], str]) -> None:
        self._worlds, self._world, self._address = worlds, world, address
        self._contract = worlds.app.parts.contract
        self._stubs = StubReader(self._contract)
        self._stack = ExitStack()
        self._named = 0
        self.clock = MovedClock(self)

    def __repr__(self) -> str:
        return f"<mock_server.mock_api.MockApi of {self._contract.title}>"

    def close(self) -> None:
        """Close the clients that were handed out, and forget all that happened."""
        self._stack.close()
        self._worlds.close(self._world)

    def change(
        self, function: Callable[Given, Result], *args: Given.args, **named: Given.kwargs
    ) -> Result:
        """Call a function where the requests are served, so that it meets none half-way."""
        return self._worlds.loop.call(function, *args, **named)

    # How a client reaches it

    @property
    def url(self) -> str:
        """The base URL for any client; what it asks for is in this mock's own session."""
        return f"{self._address()}/_session/{self._world.name}"

    @property
    def app(self) -> ASGIApp:
        """An ASGI app (version 3) whose every request is in the session."""
        return self._world.bridged

    def client(self, **options: Any) -> in_process.Client:
        """A client without a socket, with options of httpx; it is closed with the test."""
        client = in_process.client(self._world, self._worlds.loop, **options)
        self._stack.callback(client.close)
        return client

    def async_client(self, **options: Any) -> in_process.AsyncClient:
        """An async client without a socket, with options of httpx."""
        return in_process.async_client(self._world, self._worlds.loop, **options)

    # What it does

    def reply(self, operation: str, /, **members: Any) -> None:
        """Answer an operation with a reply, before all others.

        The members are those of a canned reply in a file: status, body, headers, media_type, when,
        scenario, state, next_state, sequence, timeline, fault, delay. The status may be left out
        for that of the operation's lowest success.
        """
        self._named += 1
        stub = self._stubs.stub(operation, f"stub-{self._named}", members)
        self.change(self._world.session.add_stub, stub)

    def fault(self, rule: str = "", /, **members: Any) -> None:
        """Let answers go wrong by a rule, such as `503; next=2`; its members may be keywords."""
        operations = {operation.id for operation in self._contract.operations}
        try:
            read = read_rule({**(members_of(rule) if rule else {}), **members}, operations)
        except WrongRule as error:
            raise WrongUse(message for _, message in error.wrong) from None
        self.change(self._world.session.faults.add, read)

    def scenario(self, name: str, state: str, /) -> None:
        """Put a scenario into a state."""
        known = self._scenarios()
        if name not in known:
            raise WrongUse(f"no reply belongs to the scenario {name}{meant(name, known)}")
        self.change(self._world.session.move, name, state)

    def _scenarios(self) -> set[str]:
        """The scenarios of the canned replies and of the stubs so far."""
        canned = [r for replies in self._worlds.app.parts.store.replies.values() for r in replies]
        stubs = [stub.reply for many in self._world.session.met.stubs.values() for stub in many]
        return {reply.scenario.name for reply in [*canned, *stubs] if reply.scenario is not None}

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
        wanted = self._stubs.conditions(self._stubs.operation(operation).id, conditions)

        def complaint() -> str:
            return Calls(self._worlds.app, self.exchanges, operation, wanted).complaint(times)

        found = complaint()
        if found:  # one that is still in hand may be what was expected
            self._world.settled(all_of_them=True)
            found = complaint()
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

    def __init__(self, mock_api: MockApi) -> None:
        self._session = mock_api._world.session
        self._change = mock_api.change

    def now(self) -> datetime:
        """The time that it shows."""
        return datetime.fromtimestamp(self._session.clock.now(), UTC)

    def freeze(self) -> None:
        """Let it stand where it is."""
        self._change(self._session.clock.freeze)

    def resume(self) -> None:
        """Let it run on from where it stands."""
        self._change(self._session.clock.resume)

    def advance(self, length: str, /) -> None:
        """Put it forward by a length of time such as 250ms, 5s, 2m, 1h or 1d."""
        try:
            self._change(self._put, self._session.clock.now() + seconds(length))
        except ValueError as error:
            raise WrongUse(str(error)) from None

    def set(self, moment: datetime, /) -> None:
        """Let it show a moment, which has a time zone."""
        if moment.tzinfo is None:
            raise WrongUse(f"{moment.isoformat()} has no time zone; expected one, such as UTC")
        self._change(self._put, moment.timestamp())

    def _put(self, moment: float) -> None:
        """A session whose clock was put on is in use: the time that it skipped isn't idle."""
        self._session.clock.set(moment)
        self._session.used = self._session.clock.now()
