"""A choice to a draft: the value, status and headers of a reply, before they are checked."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Iterable, Mapping
from contextlib import suppress
from hashlib import blake2b
from typing import Any, NamedTuple

from mock_server.contract import Example, Operation, Response
from mock_server.entities import Entities
from mock_server.errors import HandlerFailed, InvalidReply, NotServable, Problem, Violation
from mock_server.generate import TYPICAL, Mode, Shape, Unsatisfiable
from mock_server.handler import Handler
from mock_server.messages import Request
from mock_server.negotiate import Choice, made, rank_content
from mock_server.parameters import encode as wire_text
from mock_server.schemas import Schema
from mock_server.store import CannedReply
from mock_server.validate import Arguments, summary

log = logging.getLogger("mock_server")

# These belong to the connection, or say how bytes are written: a made-up value would break it.
_NOT_MADE_UP = {"content-length", "content-encoding", "transfer-encoding", "connection", "date"}
_LAST_VARIABLE = re.compile(r"/\{([^{}]+)\}$")
_MODES: Mapping[str, Mode] = {
    "minimal": "minimal",
    "maximal": "maximal",
    "boundary": "boundary",
}
_NO_HEADERS: Mapping[str, str] = {}
_NOTHING: Mapping[str, Any] = {}


class Draft(NamedTuple):
    """A reply that isn't checked and written yet: `headers` are those beside the choice's own."""

    choice: Choice
    value: Any
    headers: Mapping[str, str] = _NO_HEADERS


class Maker:
    """Makes the drafts of one operation's replies."""

    def __init__(
        self, operation: Operation, entities: Entities, seed: str, items: int | None = None
    ) -> None:
        self._operation = operation
        self._entities = entities
        self._seed = seed
        self._items = items
        self._made_up: dict[str, dict[str, str]] = {}

    def make(
        self, choice: Choice, request: Request, arguments: Arguments
    ) -> Draft | Awaitable[Draft]:
        """The draft of a choice; one to be awaited where the handler is a coroutine function.

        Raises NotServable where no value satisfies the schema, HandlerFailed where the handler
        did, whatever Problem the handler raised itself, and InvalidReply for a status that isn't
        declared.
        """
        origin = choice.origin
        if choice.instead is not None:
            return self._asked(choice, choice.instead, request, arguments)
        if type(origin) is Handler:
            return self._handled(origin, choice, request, arguments)
        if isinstance(origin, CannedReply):
            return self._draft(choice, origin.body, dict(origin.headers))
        if isinstance(origin, Example):
            return self._draft(choice, origin.value)
        return self._draft(choice, self._generated(choice, request, arguments))

    async def _asked(
        self, choice: Choice, instead: Choice, request: Request, arguments: Arguments
    ) -> Draft:
        """What a handler gives where that has the status that was asked for."""
        with suppress(Problem):
            draft = self.make(choice._replace(instead=None), request, arguments)
            if not isinstance(draft, Draft):
                draft = await draft
            if draft.choice.status == choice.status:
                return draft
        written = self.make(instead, request, arguments)
        assert isinstance(written, Draft), "what stands instead of a handler is no handler"
        return written

    def _handled(
        self, handler: Handler, choice: Choice, request: Request, arguments: Arguments
    ) -> Draft | Awaitable[Draft]:
        try:
            result = handler.call(request, arguments)
        except Exception as error:
            raise _failure(handler, request, error) from None
        if handler.is_async:
            return self._awaited(handler, choice, request, result)
        return self._answered(handler, choice, result, request)

    async def _awaited(
        self, handler: Handler, choice: Choice, request: Request, result: Awaitable[Any]
    ) -> Draft:
        try:
            value = await result
        except Exception as error:
            raise _failure(handler, request, error) from None
        return self._answered(handler, choice, value, request)

    def _draft(self, choice: Choice, value: Any, headers: Mapping[str, str] = _NO_HEADERS) -> Draft:
        if choice.response.headers:
            headers = self.declared_headers(choice.response) | dict(headers)
        return Draft(choice, value, headers)

    def _answered(self, handler: Handler, choice: Choice, result: Any, request: Request) -> Draft:
        """A handler may answer as Connexion's do: a body, with a status, with headers."""
        if type(result) is not tuple:
            return self._draft(choice, result)
        value, status, headers = (*result, None, None)[:3]
        status = choice.status if status is None else status
        if not isinstance(status, int) or not 100 <= status <= 599:
            raise HandlerFailed(
                f"The handler {handler.name} answered with the status {status!r};"
                " expected a body, or a tuple of body, status and headers."
            )
        response = self._operation.response_for(status)
        if response is None:
            raise self._undeclared(status)
        key, media_type = rank_content(response, request.header("accept"))
        choice = made(
            int(status), response, key, media_type, handler, choice.why, choice.preference
        )
        texts = {str(name): str(text) for name, text in dict(headers or {}).items()}
        return self._draft(choice, value, texts)

    def _undeclared(self, status: int) -> InvalidReply:
        declared = ", ".join(self._operation.responses)
        message = f"the reply's status is {status}; expected a declared one: {declared}"
        node = self._operation.node
        rule = f"{node.document.name}#{node.pointer}/responses"
        violation = Violation(("response", "status"), "", "status", message, rule)
        return InvalidReply(summary([violation]), [violation])

    def _generated(self, choice: Choice, request: Request, arguments: Arguments) -> Any:
        schema = choice.response.content[choice.key].schema if choice.key is not None else None
        if schema is None:
            return None
        preference = choice.preference
        seed = self._seed if preference.seed is None else preference.seed
        items = self._items if preference.items is None else preference.items
        mode = _MODES.get(preference.dynamic or "", "typical")
        shape = Shape(mode=mode, items=items)
        known = self._known(arguments)
        return self._value(schema, (seed, _derived(choice, request)), known, shape)

    def _known(self, arguments: Arguments) -> Mapping[str, Any]:
        """What a request tells of the reply's body: what it sent, and what its path says.

        `{petId}` at the end of a path is the `id` of what is there.
        """
        sent = arguments.body if isinstance(arguments.body, dict) else {}
        found = _LAST_VARIABLE.search(self._operation.path)
        last = arguments.path.get(found.group(1)) if found else None
        return {**sent, **({} if last is None else {"id": last}), **arguments.path}

    def _value(
        self,
        schema: Schema,
        seeds: tuple[str, str],
        known: Mapping[str, Any] = _NOTHING,
        shape: Shape = TYPICAL,
    ) -> Any:
        try:
            return self._entities.value(schema, seeds, known, shape)
        except Unsatisfiable as error:
            raise NotServable(f"Nothing can be made for {schema.name}: {error.reason}.") from None

    def declared_headers(self, response: Response) -> dict[str, str]:
        """A value for each header that a response declares, made once."""
        if response.code not in self._made_up:
            self._made_up[response.code] = dict(self._header_values(response))
        return dict(self._made_up[response.code])

    def _header_values(self, response: Response) -> Iterable[tuple[str, str]]:
        for header in response.headers:
            if header.schema is None or header.name.lower() in _NOT_MADE_UP:
                continue
            seeds = (self._seed, f"{self._operation.id} {response.code} {header.name}")
            try:
                value = self._value(header.schema, seeds)
                yield header.name, wire_text(header.shape, value)
            except (NotServable, ValueError):
                if header.required:
                    raise

    def error_value(self, status: int, response: Response, key: str) -> Any:
        """An error body to put a message into: the first example, else one from the schema."""
        content = response.content[key]
        for example in content.examples.values():
            return example.value
        if content.schema is None:
            return None
        return self._value(content.schema, (self._seed, f"{self._operation.id} {status}"))


def _failure(handler: Handler, request: Request, error: Exception) -> Problem:
    """A handler's own Problem, or that it failed, which the log tells with the traceback."""
    if isinstance(error, Problem):
        error.source = "handler"
        return error
    log.error("The handler %s failed on %s", handler.name, request.target, exc_info=error)
    return HandlerFailed(f"The handler {handler.name} raised {type(error).__name__}: {error}.")


def _derived(choice: Choice, request: Request) -> str:
    """One seed for one request: the same again gives the same reply."""
    digest = blake2b(request.body, digest_size=16).hexdigest() if request.body else ""
    return f"{request.target}\n{digest}\n{choice.status} {choice.key}"
