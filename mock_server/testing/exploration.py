"""A client's test, run against reply after reply that the contract allows."""

from __future__ import annotations

import inspect
import json
import os
import re
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, Protocol
from urllib.request import Request as HttpRequest
from urllib.request import urlopen

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.control import current_build_context
from hypothesis.strategies import SearchStrategy

from mock_server.contract import Contract
from mock_server.documents import shown_path
from mock_server.settings import environment_name
from mock_server.testing.answers import AllowedReply, allowed_replies
from mock_server.testing.canned import save as save_reply
from mock_server.testing.canned import written
from mock_server.testing.operations import contract_of, operation_of

Test = Callable[..., Any]
FIXTURE = "mock_api"
_SECONDS = 30
# A client's test goes over HTTP, and a whole reply is drawn for it: that takes its time.
_USUAL = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)
_OWN = "_hypothesis_internal"


class Answering(Protocol):
    """What lets an operation answer with a reply; the fixture `mock_api` does."""

    def reply(self, operation: str, /, **members: Any) -> None:
        """Answer an operation with a reply, whose members are those of a canned one."""


class RunningMock:
    """A mock server that runs elsewhere, and the session in it whose replies are set.

    The client that is explored names that session: by the header `Mock-Session`, or by a path
    that begins with `/_session/NAME`. Without one it is everybody's. The token of its control API
    is `token`, or what `MOCK_SERVER_CONTROL_TOKEN` says.
    """

    def __init__(self, url: str, session: str | None = None, token: str | None = None) -> None:
        self._stubs = f"{url.rstrip('/')}/_mock/stubs"
        token = token or os.environ.get(environment_name("control_token"))
        own = {"Mock-Session": session, "Authorization": token and f"Bearer {token}"}
        self._headers = {name: value for name, value in own.items() if value}

    def reply(self, operation: str, /, **members: Any) -> None:
        """Answer an operation with a reply; the one before gives way."""
        stub = {"operation": operation, "name": "explored", **members}
        headers = {**self._headers, "Content-Type": "application/json"}
        body = json.dumps(stub).encode()
        request = HttpRequest(self._stubs, body, headers, method="POST")
        with urlopen(request, timeout=_SECONDS) as answer:
            answer.read()


def explore(
    operation: str,
    *,
    statuses: Sequence[int] | None = None,
    contract: Contract | Path | str | None = None,
    mock: Answering | None = None,
    save: Path | str | None = None,
) -> Callable[[Test], Test]:
    """Run a client's test against the replies that the contract allows an operation.

    What breaks the client is shrunk to the smallest reply that does, which is told in the error's
    notes, ready to paste among the canned replies, and added there where `save` names a folder of
    fixtures. The replies have every declared status, or those named. They are set in `mock`;
    without one in the fixture `mock_api`, whether or not the test asks for it, and then they are
    of its contract. Hypothesis' `@settings` and `@seed` stand below.
    """

    def decorate(test: Test) -> Test:
        if inspect.iscoroutinefunction(test):
            raise TypeError(f"{test.__name__} is async; explore runs a test that isn't")
        asked = inspect.signature(test).parameters
        given_fixture = mock is None and FIXTURE not in asked

        @wraps(test)
        def explored(*args: Any, **named: Any) -> None:
            answering = mock if mock is not None else named[FIXTURE]
            if given_fixture:
                del named[FIXTURE]
            known = contract if contract is not None else getattr(answering, "contract", None)
            found = operation_of(contract_of(known), operation)
            keeper = Keeper(operation, test.__name__, save)
            replies = allowed_replies(found, statuses)
            _run(test, replies, lambda reply: answering.reply(operation, **reply.members()),
                 keeper, args, named)  # fmt: skip

        # To pytest this is a plain test, which may have a fixture of its own for each run.
        for name in [name for name in vars(explored) if name.startswith(_OWN)]:
            delattr(explored, name)
        extra = [_parameter(FIXTURE)] if given_fixture else []
        signature = inspect.Signature([*asked.values(), *extra])
        explored.__signature__ = signature  # type: ignore[attr-defined]
        return explored

    return decorate


class Named:
    """The fixture by its name, before there is one: `@mock_api.explore("operationId")`."""

    explore = staticmethod(explore)


mock_api = Named()


class Keeper:
    """Tells, and keeps if asked to, the replies that broke a client."""

    def __init__(self, operation: str, test: str, folder: Path | str | None) -> None:
        self._operation = operation
        self._title = re.sub(r"[^a-z0-9]+", "-", test.lower().removeprefix("test_")).strip("-")
        self._folder = folder

    def told(self, reply: AllowedReply) -> str:
        """Return a message about the smallest reply that breaks the client; keep it if asked."""
        members = reply.members()
        text = written({self._title: members})
        told = f"The smallest reply to {self._operation} that breaks the client:\n\n{text}\n"
        if self._folder is None:
            return f"{told}To keep it, add it to replies/{self._operation}.yaml of the fixtures."
        name, path = save_reply(Path(self._folder), self._operation, self._title, members)
        return f"{told}It is kept as {name} in {shown_path(path)}."


def _run(
    test: Test,
    replies: SearchStrategy[AllowedReply],
    answer: Callable[[AllowedReply], None],
    keeper: Keeper,
    args: tuple[Any, ...],
    named: dict[str, Any],
) -> None:
    """Run a test with reply after reply; what fails at last is told of."""

    # Its name and source are the test's: they are the key under which failures are remembered.
    @wraps(test)
    def once(reply: AllowedReply) -> None:
        answer(reply)
        try:
            test(*args, **named)
        except BaseException as error:
            if current_build_context().is_final:
                error.add_note(keeper.told(reply))
            raise

    once.__signature__ = inspect.Signature([_parameter("reply")])  # type: ignore[attr-defined]
    wanted: settings = getattr(test, f"{_OWN}_use_settings", None) or settings()
    unchecked = (*wanted.suppress_health_check, *_USUAL)
    # What Hypothesis would explain a failure by are lines of this module.
    phases = [phase for phase in wanted.phases if phase is not Phase.explain]
    setting = settings(wanted, deadline=None, suppress_health_check=unchecked, phases=phases)
    # What stood on the test stands on this in its place.
    once.__dict__.pop(f"{_OWN}_settings_applied", None)
    setting(given(reply=replies)(once))()


def _parameter(name: str) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY)
