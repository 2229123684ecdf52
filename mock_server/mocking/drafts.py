"""A choice to a draft: the value, status and headers of a reply, before they are checked."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property, partial
from hashlib import blake2b
from inspect import isawaitable
from typing import Any, NamedTuple

from mock_server.bodies import EventStream, is_stream
from mock_server.bodies import Sequence as BodySequence
from mock_server.contract import Content, Example, Header, Operation, Response
from mock_server.core import Background
from mock_server.errors import HandlerFailed, InvalidReply, NotServable, Problem, Violation
from mock_server.fixtures import CannedReply
from mock_server.generation import (
    AT_ONCE,
    DAY,
    KEYS,
    NOTHING_SENT,
    TYPICAL,
    Budget,
    Entities,
    Mode,
    Unsatisfiable,
    ValueShape,
    marked_properties,
    plain,
    reply_examples,
    sample,
)
from mock_server.http_messages import (
    CONNECTION_HEADERS,
    MediaType,
    Preference,
    Request,
    find_media_type,
    parse_media_type,
    problem_of,
    status_phrase,
)
from mock_server.mocking.error_bodies import ErrorDetails, describing_properties
from mock_server.mocking.markup import repeatable, takes_text_as_markup
from mock_server.mocking.negotiation import (
    UNDECLARED,
    Ranked,
    ReplyChoice,
    loosened,
    made,
    rank_content,
    response_of,
)
from mock_server.mocking.pages import PagedDraft, Pager, PageRequest
from mock_server.mocking.standard_headers import StandardHeaders
from mock_server.paging import PagedList
from mock_server.parameters import ParameterShape as WireShape
from mock_server.parameters import encode as wire_text
from mock_server.parameters import shape_of
from mock_server.project import Handler
from mock_server.schemas import Schema, property_schemas, schemas_within
from mock_server.secrecy import Secrets
from mock_server.sessions import Changes, Items, Session
from mock_server.state import UNMADE, Asked, ListedItems, StatefulOperation
from mock_server.validation import Arguments, one_of_types, summary, without_preferences

log = logging.getLogger("mock_server")

_LAST_VARIABLE = re.compile(r"/\{([^{}]+)\}$")
# How many values a generated sequence has.
_ITEMS_IN_A_STREAM = 3
_MOST_AROUND = 64
# What a list tells of itself as it was asked for.
_PAGE_SIZES = {"limit", "per_page", "page_size", "size", "take", "max_results"}
_PAGING = {"page", "page_number", "offset", "skip", *_PAGE_SIZES}
_USUAL_ITEMS = 3
_MODES: Mapping[str, Mode] = {
    "minimal": "minimal",
    "maximal": "maximal",
    "boundary": "boundary",
}
# The methods whose replies show what was sent.
_WRITING = frozenset({"POST", "PUT", "PATCH"})
_PLAIN = ValueShape(defaults=True)
_NO_HEADERS: dict[str, str] = {}
# How a header is made, one after the other; only "typical" takes the examples of its schema.
_HEADER_MODES: tuple[Mode, ...] = ("typical", "typical", "maximal", "maximal", "minimal")
# What handlers mostly give: nothing of these types is to be awaited.
_VALUES = frozenset({dict, list, tuple, str})
_NOTHING: Mapping[str, Any] = {}


class Draft(NamedTuple):
    """A reply that isn't checked and written yet: `headers` are those beside the choice's own.

    `declared` are the names of those that nobody gave for this reply: examples, and made-up ones.
    `changes` are those of items that are to be committed when the reply is checked.
    `is_large` says that all that is done with it takes long, `is_judged` that its value is valid.
    """

    choice: ReplyChoice
    value: Any
    headers: Mapping[str, str] = _NO_HEADERS
    declared: Collection[str] = ()
    is_large: bool = False
    is_judged: bool = False
    changes: Changes | None = None


class HandlerAnswer(NamedTuple):
    """What a handler answers: a body, a status and headers."""

    value: Any
    status: Any
    headers: Any


class Maker:
    """Makes the drafts of one operation's replies."""

    def __init__(
        self,
        operation: Operation,
        entities: Entities,
        seed: str,
        items: int | None = None,
        *,
        invalid_examples: bool = False,
        allow_undeclared: bool = False,
        is_strict: bool = False,
        secrets: Secrets | None = None,
        small: Entities | None = None,
        background: Background | None = None,
        siblings: Sequence[Operation] = (),
    ) -> None:
        """Take what makes bodies, and what makes the `small` values that are waited for.

        `siblings` are the operations of the same path, this one among them.

        In the `background` bodies are made that take long; without it none is.
        """
        self.secrets = (secrets or Secrets()).of_operation(operation)
        self._operation = operation
        self._entities = entities
        self._small = small or entities
        self.background = background
        # The replies of which one was made in a moment: by code, media type and mode.
        self._quick: set[tuple[str, str | None, str | None]] = set()
        self._seed = seed
        self._items = items
        self._invalid_examples = invalid_examples
        self._allow_undeclared = allow_undeclared
        self._declared: dict[tuple[str, tuple[str, ...]], dict[str, str]] = {}
        self._pager = Pager(operation, entities, is_strict)
        self.siblings = siblings or (operation,)
        self._standard = StandardHeaders(operation, self.siblings)
        # What stands around stored lists, by the session's seed and the response.
        self._around_lists: dict[tuple[str, str], Any] = {}

    def make(
        self, choice: ReplyChoice, request: Request, arguments: Arguments, session: Session
    ) -> Draft | Awaitable[Draft]:
        """The draft of a choice; one to be awaited where the handler's result is.

        Raises NotServable where no value satisfies the schema, HandlerFailed where the handler
        did, whatever Problem the handler raised itself, InvalidReply for a status that isn't
        declared, and the problem that the choice's fault is.
        """
        if choice.fault is not None and choice.fault.status is not None:
            raise problem_of(choice.fault)
        origin = choice.origin
        if choice.instead is not None:
            return self._asked(choice, choice.instead, request, arguments, session)
        if type(origin) is Handler:
            return self._handled(origin, choice, request, arguments, session)
        if type(origin) is StatefulOperation:
            return self._stateful(origin, choice, request, arguments, session)
        if origin is UNDECLARED:
            return Draft(choice, _status_document(choice) if choice.media_type else None)
        if isinstance(origin, CannedReply) and choice.may_be_undeclared:
            return Draft(choice, origin.body, dict(origin.headers))
        if isinstance(origin, CannedReply):
            body = origin.body if choice.key is not None else None
            return self._draft(choice, body, dict(origin.headers))
        if isinstance(origin, Example):
            return self._exemplary(choice, origin, request, arguments)
        return self._generated(choice, request, arguments, session)

    async def _asked(
        self,
        choice: ReplyChoice,
        instead: ReplyChoice,
        request: Request,
        arguments: Arguments,
        session: Session,
    ) -> Draft:
        """What a handler gives where that has the status that was asked for."""
        with suppress(Problem):
            draft = self.make(choice._replace(instead=None), request, arguments, session)
            if not isinstance(draft, Draft):
                draft = await draft
            if draft.choice.status == choice.status:
                return draft
        written = self.make(instead, request, arguments, session)
        return written if isinstance(written, Draft) else await written

    def _handled(
        self,
        handler: Handler,
        choice: ReplyChoice,
        request: Request,
        arguments: Arguments,
        session: Session,
    ) -> Draft | Awaitable[Draft]:
        try:
            result = handler.call(request, arguments, session)
        except (Exception, SystemExit) as error:
            raise self._failure(handler, request, error) from None
        if type(result) not in _VALUES and isawaitable(result):
            return self._awaited(handler, choice, request, result)
        return self._answered(handler, choice, result, request)

    def _failure(self, handler: Handler, request: Request, error: BaseException) -> Problem:
        """A handler's own Problem, or that it failed, which the log tells with the traceback."""
        if isinstance(error, Problem):
            error.source = "handler"
            return error
        target = self.secrets.target(request)
        trace = self.secrets.traceback(error)
        log.error("The handler %s failed on %s\n%s", handler.name, target, trace)
        return _failed(f"the handler {handler.name} raised {type(error).__name__}: {error}")

    async def _awaited(
        self, handler: Handler, choice: ReplyChoice, request: Request, result: Awaitable[Any]
    ) -> Draft:
        try:
            value = await result
        except (Exception, SystemExit) as error:
            raise self._failure(handler, request, error) from None
        return self._answered(handler, choice, value, request)

    def _draft(
        self, choice: ReplyChoice, value: Any, headers: dict[str, str] = _NO_HEADERS
    ) -> Draft:
        if not choice.response.headers:
            return Draft(choice, value, headers)
        given = {name.lower() for name in headers}
        declared = self.declared_headers(choice.response, _example_names(choice))
        own = {name: text for name, text in declared.items() if name.lower() not in given}
        return Draft(choice, value, own | headers, own.keys())

    def _answered(
        self, handler: Handler, choice: ReplyChoice, result: Any, request: Request
    ) -> Draft:
        """A handler may answer as Connexion's do: a body, with a status, with headers."""
        if type(result) is not tuple:
            return self._draft(choice, result)
        value, status, headers = (*result, None, None)[:3]
        answer = HandlerAnswer(value, choice.status if status is None else status, headers)
        try:
            return self._declared_answer(handler, choice, answer)
        except InvalidReply:
            if not self._allow_undeclared:
                raise
            return self._undeclared_answer(handler, choice, answer)

    def _undeclared_answer(
        self, handler: Handler, choice: ReplyChoice, answer: HandlerAnswer
    ) -> Draft:
        """What a handler answers with a status or a type that isn't declared."""
        response = response_of(self._operation, answer.status)
        texts = _header_texts(handler, response, answer.headers)
        types = [text for name, text in texts.items() if name.lower() == "content-type"]
        ranked = Ranked(None, "")
        choice = made(answer.status, response, ranked, handler, choice.why, choice.preference)
        return Draft(loosened(choice, answer.value, next(iter(types), None)), answer.value, texts)

    def _declared_answer(
        self, handler: Handler, choice: ReplyChoice, answer: HandlerAnswer
    ) -> Draft:
        value, status, headers = answer
        if not isinstance(status, int) or not 200 <= status <= 599:
            raise _failed(
                f"the handler {handler.name} answered with the status {status!r}; expected a body,"
                " or a tuple of body, status (200 to 599) and headers"
            )
        response = self._operation.response_for(status)
        if response is None:
            raise self._undeclared(status)
        texts = _header_texts(handler, response, headers)
        own_type = next((texts[name] for name in texts if name.lower() == "content-type"), None)
        if own_type is not None and response.content:
            _check_type(response, own_type)
        ranked = rank_content(status, response, choice.acceptance, own_type)
        choice = made(
            int(status), response, ranked, handler, choice.why, choice.preference, choice.acceptance
        )
        return self._draft(choice, value, texts)

    def _undeclared(self, status: int) -> InvalidReply:
        declared = ", ".join(self._operation.responses)
        message = f"the reply's status is {status}; expected a declared one: {declared}"
        node = self._operation.node
        rule = f"{node.document.label}#{node.pointer}/responses"
        violation = Violation(("response", "status"), "", "status", message, rule)
        return InvalidReply(summary([violation]), [violation])

    def _stateful(
        self,
        origin: StatefulOperation,
        choice: ReplyChoice,
        request: Request,
        arguments: Arguments,
        session: Session,
    ) -> Draft | Awaitable[Draft]:
        """What the session's items answer; to be awaited if they aren't in memory."""
        items = session.items.begin(origin.names)
        asked = Asked(request, arguments, session, items) if isinstance(items, Items) else None
        if asked is not None:
            return self._of_items(origin, choice, asked)
        return self._of_items_elsewhere(origin, choice, request, arguments, session)

    async def _of_items_elsewhere(
        self,
        origin: StatefulOperation,
        choice: ReplyChoice,
        request: Request,
        arguments: Arguments,
        session: Session,
    ) -> Draft:
        found = session.items.begin(origin.names)
        items = found if isinstance(found, Items) else await found
        return self._of_items(origin, choice, Asked(request, arguments, session, items))

    def _of_items(self, origin: StatefulOperation, choice: ReplyChoice, asked: Asked) -> Draft:
        """What items answer, with the changes that go with it."""
        request, arguments, session, _ = asked
        answer = origin.answer(asked)
        why = "; ".join((choice.why, *answer.touched))
        status = choice.status if answer.status is None else answer.status
        response = self._operation.response_for(status)
        if response is None:
            raise self._undeclared(status)
        ranked = rank_content(status, response, choice.acceptance)
        choice = made(status, response, ranked, origin, why, choice.preference, choice.acceptance)
        if answer.items is not None:
            return self._stored_list(answer.items, PageRequest(choice, request, arguments), session)
        value = answer.value if choice.key is not None else None
        if value is UNMADE:
            value = self._body(choice, request, arguments, session)
        return self._draft(choice, value, answer.headers)._replace(changes=answer.changes)

    def _stored_list(self, items: ListedItems, asked: PageRequest, session: Session) -> Draft:
        """A draft with the page of a stored list that is asked for."""
        choice, preference = asked.choice, asked.choice.preference
        paged = self._pager.plan_of_stored(choice.response, choice.key)
        if paged is None:
            return self._draft(choice, items.shown(0, len(items.numbers)))
        body, schema = None, choice.response.content[choice.key or ""].schema
        if paged.layout.steps and schema is not None:
            key = (session.seed, choice.response.code)
            body = self._around_lists.get(key)
            if body is None:
                around = ValueShape(items=0, defaults=True)
                seeds = (session.seed, f"state {self._operation.id}")
                body = self._value(schema, seeds, _NOTHING, around)
                if len(self._around_lists) < _MOST_AROUND:
                    self._around_lists[key] = body
        size = self._items if preference.items is None else preference.items
        return self._paged(choice, self._pager.stored(asked, paged, body, items, size))

    def _exemplary(
        self, choice: ReplyChoice, example: Example, request: Request, arguments: Arguments
    ) -> Draft:
        """An example: of a list, the page that is asked for."""
        asked = PageRequest(choice, request, repeatable(arguments, choice.media_type))
        paged = self._pager.example(asked, example) if choice.status < 300 else None
        return self._draft(choice, example.value) if paged is None else self._paged(choice, paged)

    def _paged(self, choice: ReplyChoice, paged: PagedDraft) -> Draft:
        """A draft with one page of a list, and the headers that speak of it."""
        choice = choice._replace(why=f"{choice.why}; {paged.why}")
        value, headers = paged.value, dict(paged.headers)
        left_out = {name for name, text in headers.items() if text is None}
        draft = self._draft(choice, value, {n: text or "" for n, text in headers.items()})
        kept = {name: text for name, text in draft.headers.items() if name not in left_out}
        return draft._replace(headers=kept)

    def _generated(
        self, choice: ReplyChoice, request: Request, arguments: Arguments, session: Session
    ) -> Draft | Awaitable[Draft]:
        """A made-up reply; in the background if it is the first of its kind, or takes long."""
        make = partial(self._made_up, choice, request, arguments, session)
        if self.background is None:
            with self._entities.one_reply():
                return make()
        kind = (choice.response.code, choice.key, choice.preference.dynamic)
        if kind in self._quick:
            with self._entities.one_reply(AT_ONCE, wait=False) as budget:
                draft = _within(budget, make) if budget is not None else None
            if draft is not None:
                return draft
        return self._made_beside(self.background, kind, make)

    async def _made_beside(
        self,
        background: Background,
        kind: tuple[str, str | None, str | None],
        make: Callable[[], Draft],
    ) -> Draft:
        """A reply that is made in the background."""

        def call() -> Draft:
            with self._entities.one_reply() as budget:
                assert budget is not None, "it is waited for"
                draft = make()
                return draft._replace(is_large=budget.is_large)

        draft = await background.run(call)
        if draft.is_large:
            self._quick.discard(kind)
        else:
            self._quick.add(kind)
        return draft

    def _made_up(
        self, choice: ReplyChoice, request: Request, arguments: Arguments, session: Session
    ) -> Draft:
        arguments = repeatable(arguments, choice.media_type)
        preference = choice.preference
        is_usual = choice.status < 300 and preference.dynamic not in ("minimal", "boundary")
        if is_usual and (plan := self._pager.plan(choice.response, choice.key)) is not None:
            asked = PageRequest(choice, request, arguments)
            paged = self._paged_list(asked, plan, session)
            if paged is not None:
                return self._paged(choice, paged)
            why = f"{choice.why}; not paged: no page would keep to the schema"
            choice = choice._replace(why=why)
        draft = self._draft(choice, self._body(choice, request, arguments, session))
        is_made_valid = choice.media_type == "application/json" and choice.status < 400
        return draft._replace(is_judged=is_made_valid)

    def _paged_list(
        self, asked: PageRequest, plan: PagedList, session: Session
    ) -> PagedDraft | None:
        """A made-up body with the page that is asked for."""
        choice, preference = asked.choice, asked.choice.preference
        seed = session.seed if preference.seed is None else preference.seed
        items = self._items if preference.items is None else preference.items
        mode = _MODES.get(preference.dynamic or "", "typical")
        seeds = (seed, asked.seed(plan, self._operation.method))
        schema = choice.response.content[choice.key or ""].schema
        body = None
        if plan.layout.steps and schema is not None:
            # All that a body may say of its page is there, and its list comes later.
            around = ValueShape(
                items=None if plan.layout.has_other_lists else 0,
                defaults=_is_plain(preference),
                today=_today(session),
            )
            body = self._value(schema, seeds, self._request_values(asked.arguments), around)
        try:
            shape = ValueShape(mode, items, defaults=_is_plain(preference), today=_today(session))
            return self._pager.made_up(asked, plan, body, seeds, shape)
        except Unsatisfiable as error:
            raise NotServable(f"Nothing can be made for an item: {error.reason}.") from None

    def _body(
        self, choice: ReplyChoice, request: Request, arguments: Arguments, session: Session
    ) -> Any:
        """A made-up body."""
        content = choice.response.content[choice.key] if choice.key is not None else None
        if content is None:
            return None
        preference = choice.preference
        seed = session.seed if preference.seed is None else preference.seed
        items = self._items if preference.items is None else preference.items
        items = _page_size(arguments) if items is None else items
        mode = _MODES.get(preference.dynamic or "", "typical")
        shape = ValueShape(
            mode=mode, items=items, defaults=_is_plain(preference), today=_today(session)
        )
        known = self._request_values(arguments)
        seeds = (seed, _derived(choice, request, self._operation.method))
        if choice.media_type != "application/json":
            media_type = parse_media_type(choice.media_type)
            is_multipart = media_type.type == "multipart" and content.item_schema is not None
            if is_multipart or is_stream(media_type):
                return self._items_of(content, seeds, shape)
            if (file := _file(content, media_type)) is not None:
                return file
        if content.schema is None:
            return None
        sent = self._sent(choice, request, arguments)
        value = self._value(content.schema, seeds, known, shape, sent)
        if choice.status < 400:
            return value
        told = ErrorDetails.by_status(choice.status, request.path)
        if takes_text_as_markup(choice.media_type, value):
            told = told.escaped()
        return describing_properties(value, told, content.schema.is_valid)[0]

    def _items_of(self, content: Content, seeds: tuple[str, str], shape: ValueShape) -> Any:
        """The values of a sequence: of the schema of its items, or of a list's."""
        item, whole, _ = content.once(BodySequence.of)
        if item is None:
            return [] if whole is None else self._value(whole, seeds, _NOTHING, shape)
        count = _ITEMS_IN_A_STREAM if shape.items is None else shape.items
        world, seed = seeds
        seeds_of = ((world, f"{seed}\n{n}") for n in range(count))
        complete = content.once(_event_members)
        return [self._event(item, complete, each, shape) for each in seeds_of]

    def _event(
        self,
        item: Schema,
        members: Mapping[str, list[Schema]],
        seeds: tuple[str, str],
        shape: ValueShape,
    ) -> Any:
        """A value of a sequence; of an event what a client can't do without is always there."""
        value = self._value(item, seeds, _NOTHING, shape)
        for name, schemas in members.items() if isinstance(value, dict) else ():
            for schema in schemas if name not in value else ():
                whole = {**value, name: self._value(schema, seeds, _NOTHING, shape)}
                if item.is_valid(whole):
                    value = whole
                    break
        return value

    def _request_values(self, arguments: Arguments) -> Mapping[str, Any]:
        """What a request tells of the reply's body: what it sent, and what its path says.

        `{petId}` at the end of a path is the `id` of what is there, `{task_gid}` its `gid` too. Of
        what was sent only single values are taken over: inside the others may be some that are only
        written. What is only read isn't a client's to give (JSON Schema 2020-12 validation, section
        9.4).
        """
        body = arguments.body if isinstance(arguments.body, dict) else {}
        sent = {
            name: value
            for name, value in body.items()
            if not isinstance(value, dict | list) and name not in self._read_only
        }
        found = _LAST_VARIABLE.search(self._operation.path)
        last = arguments.path.get(found.group(1)) if found else None
        paging = {name: told for name, told in arguments.query.items() if plain(name) in _PAGING}
        named = {} if found is None or last is None else _keys_of(found[1], last)
        return {**paging, **sent, **named, **arguments.path}

    def _sent(self, choice: ReplyChoice, request: Request, arguments: Arguments) -> Any:
        """What a reply shows of the request's body: all of it, unless it describes a change."""
        if choice.status >= 300 or self._operation.method not in _WRITING:
            return NOTHING_SENT
        is_patch = b"patch+json" in request.headers.get(b"content-type", b"")
        is_shown = isinstance(arguments.body, dict | list) and not is_patch
        return arguments.body if is_shown else NOTHING_SENT

    @cached_property
    def _read_only(self) -> set[str]:
        """The properties of a request's body, or of a successful reply's, that the server sets."""
        body = self._operation.body
        contents = [*body.content.values()] if body else []
        for code, response in self._operation.responses.items():
            contents += response.content.values() if code[0] == "2" else ()
        schemas = [content.schema for content in contents]
        return {name for s in schemas if s for name in marked_properties(s, "readOnly")}

    def _value(
        self,
        schema: Schema,
        seeds: tuple[str, str],
        known: Mapping[str, Any],
        shape: ValueShape,
        sent: Any = NOTHING_SENT,
    ) -> Any:
        try:
            return self._entities.value(schema, seeds, known, shape, sent)
        except Unsatisfiable as error:
            raise _nothing(schema, error) from None

    def _small_value(self, schema: Schema, seeds: tuple[str, str], shape: ValueShape) -> Any:
        try:
            return self._small.value(schema, seeds, _NOTHING, shape)
        except Unsatisfiable as error:
            raise _nothing(schema, error) from None

    def declared_headers(
        self, response: Response, examples: tuple[str, ...] = ()
    ) -> dict[str, str]:
        """A value for each header that a response declares, found once.

        That is the first example of those names, else the first of all, else one by the grammar of
        a standard header, else one made from the schema. Raises NotServable for a required header
        that nothing can be made for.
        """
        key = (response.code, examples)
        if key not in self._declared:
            self._declared[key] = dict(self._header_texts(response, examples))
        return dict(self._declared[key])

    def of_message(self, draft: Draft, request: Request, session: Session | None) -> Draft:
        """A draft with the standard headers that depend on its request and its value."""
        if not draft.declared:
            return draft
        choice = draft.choice
        seed = choice.preference.seed
        found = self._standard.of_message(
            choice.response,
            choice.status,
            draft.declared,
            request,
            time.time() if session is None else session.clock.now(),
            seed if seed is not None else self._seed if session is None else session.seed,
            draft.value,
            choice.media_type,
        )
        return draft._replace(headers={**draft.headers, **found}) if found else draft

    def of_body(self, draft: Draft, body: bytes) -> Mapping[str, str]:
        """The headers of a draft, with those that depend on the bytes of its body."""
        choice = draft.choice
        found = self._standard.of_body(
            choice.response, choice.status, draft.declared, draft.value, body
        )
        return {**draft.headers, **found} if found else draft.headers

    def headers_of(
        self,
        response: Response,
        status: int,
        request: Request,
        session: Session | None,
        body: bytes,
    ) -> dict[str, str]:
        """The headers that a response declares, for a reply that isn't made from a draft.

        Raises NotServable.
        """
        headers = self.declared_headers(response)
        if not headers:
            return headers
        now = time.time() if session is None else session.clock.now()
        seed = self._seed if session is None else session.seed
        of_message = self._standard.of_message(response, status, headers, request, now, seed)
        of_body = self._standard.of_body(response, status, headers, None, body)
        return {**headers, **of_message, **of_body}

    def _header_texts(
        self, response: Response, examples: tuple[str, ...]
    ) -> Iterable[tuple[str, str]]:
        for header in response.headers:
            if header.name.lower() in CONNECTION_HEADERS:
                continue
            text = self._example_text(header, examples)
            if text is None:
                text = self._standard.value(header, response)
            if text is None and header.schema is not None:
                text = self._made_text(header, header.schema, response)
            if text is not None:
                yield header.name, text

    def _example_text(self, header: Header, names: tuple[str, ...]) -> str | None:
        """The first example that a field can carry and the schema accepts, the named before all."""
        own = header.own_examples
        named = [own[name] for name in names if name in own]
        for example in (*named, *own.values()):
            with suppress(ValueError):  # a finding of the check
                text = wire_text(header.shape, example.value)
                if self._invalid_examples or _is_accepted(header, text):
                    return text
        return None

    def _made_text(self, header: Header, schema: Schema, response: Response) -> str | None:
        """One made from the schema; what of that no field can carry gives way to another."""
        seed = f"{self._operation.id} {response.code} {header.name}"
        problem = ""
        for number, mode in enumerate(_HEADER_MODES):
            seeds = (self._seed, f"{seed} {number}" if number else seed)
            try:
                shape = ValueShape(mode, defaults=True)
                return wire_text(header.shape, self._small_value(schema, seeds, shape))
            except (NotServable, ValueError) as error:
                problem = problem or str(error)
        if header.required:
            message = f"Nothing can be made for the header {header.name}: {problem}"
            raise NotServable(message)
        return None

    def id_value(self, schema: Schema) -> Any:
        """The id of a thing that isn't there to be asked for it; None if none can be made."""
        with suppress(NotServable):
            value = self._small_value(schema, (self._seed, f"{self._operation.id} id"), TYPICAL)
            return value if isinstance(value, str | int) and value != "" else None
        return None

    def error_value(self, status: int, response: Response, key: str, mode: Mode) -> Any:
        """An error body to put a message into: the first example, else one from the schema."""
        content = response.content[key]
        for example in content.once(reply_examples).values():
            return example.value
        if content.schema is None:
            return None
        seeds = (self._seed, f"{self._operation.id} {status}")
        return self._small_value(content.schema, seeds, ValueShape(mode, defaults=True))


def _within(budget: Budget, make: Callable[[], Draft]) -> Draft | None:
    """The reply if it is made within a budget."""
    try:
        draft = make()
    except NotServable:
        if not budget.spent:
            raise
        return None
    if budget.spent:
        return None
    return draft._replace(is_large=True) if budget.is_large else draft


def _nothing(schema: Schema, error: Unsatisfiable) -> NotServable:
    return NotServable(f"Nothing can be made for {schema.name}: {error.reason}.")


def _status_document(choice: ReplyChoice) -> dict[str, Any]:
    """What a status alone says, as a problem document (RFC 9457)."""
    return {
        "type": "about:blank",
        "title": status_phrase(choice.status),
        "status": choice.status,
        "detail": f"The status {choice.status} is undeclared, and was asked for.",
    }


def _example_names(choice: ReplyChoice) -> tuple[str, ...]:
    """The names that headers' examples are taken by: the one asked for, then the body's."""
    asked = choice.preference.example
    of_body = choice.origin.name if isinstance(choice.origin, Example) else None
    return tuple(dict.fromkeys(name for name in (asked, of_body) if name is not None))


def _is_accepted(header: Header, text: str) -> bool:
    return header.schema is None or header.schema.is_valid(header.decode(text))


def _event_members(content: Content) -> Mapping[str, list[Schema]]:
    """The schemas of an event's data and its name, if a content's values are events."""
    item = content.once(BodySequence.of).item
    if item is None or not content.once(EventStream.of).is_fields:
        return {}
    properties = property_schemas(schemas_within(item), "properties")
    return {name: properties[name] for name in ("event", "data") if name in properties}


def _keys_of(variable: str, value: Any) -> dict[str, Any]:
    """What the last variable of a path says of the thing there: its id, under each usual name."""
    last = plain(variable).rpartition("_")[2]
    return {"id": value, **({last: value} if last in KEYS else {})}


def _is_plain(preference: Preference) -> bool:
    """Whether a reply is the plain one, which has the defaults of its schema."""
    return preference.seed is None and preference.dynamic is None


def _today(session: Session) -> int:
    """The day of a session's clock, in days since 1970."""
    return int(session.clock.now() // DAY)


def _page_size(arguments: Arguments) -> int | None:
    """How many items a list has where the request asks for fewer than there usually are."""
    sizes = [told for name, told in arguments.query.items() if plain(name) in _PAGE_SIZES]
    few = [size for size in sizes if isinstance(size, int) and 0 <= size < _USUAL_ITEMS]
    return min(few, default=None)


def _file(content: Content, media_type: MediaType) -> bytes | None:
    """A small valid file, where the type is one of files and the schema says no more of it."""
    raw = content.schema.raw if content.schema is not None else True
    if media_type.is_json or (isinstance(raw, dict) and raw.get("type", "string") != "string"):
        return None
    return sample(media_type.essence)


def _failed(message: str) -> HandlerFailed:
    violation = Violation(("response", "handler"), "", "handler", message)
    return HandlerFailed(f"{message}.", [violation])


def _header_texts(handler: Handler, response: Response, headers: Any) -> dict[str, str]:
    """The headers that a handler gave, each as it stands on the wire."""
    shapes = {header.name.lower(): header.shape for header in response.headers}
    try:
        given = {str(name): value for name, value in dict(headers or {}).items()}
    except (TypeError, ValueError):
        raise _failed(
            f"the handler {handler.name} answered with the headers {headers!r}; expected a mapping"
        ) from None
    return {
        name: value
        if isinstance(value, str)
        else _header_text(shapes.get(name.lower()) or shape_of(name, "header"), value)
        for name, value in given.items()
    }


def _header_text(shape: WireShape, value: Any) -> str:
    try:
        return wire_text(shape, value)
    except ValueError:  # a list of a header that nobody declared (RFC 9110, section 5.6.1)
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _check_type(response: Response, media_type: str) -> None:
    """Raises InvalidReply for a content type that isn't declared."""
    try:
        key = find_media_type(response.content, parse_media_type(media_type))
    except ValueError:
        key = None
    if key is None:
        expected = one_of_types(response.content)
        message = f"the reply's content type is {media_type}; expected {expected}"
        raise InvalidReply(
            f"{message}.",
            [Violation(("response", "header", "content-type"), "", "content-type", message)],
        )


def _derived(choice: ReplyChoice, request: Request, method: str) -> str:
    """One seed for one request: the same again gives the same reply, and HEAD that of GET."""
    digest = blake2b(request.body, digest_size=16).hexdigest() if request.body else ""
    asked = request._replace(method=method, query=without_preferences(request.query))
    return f"{asked.target}\n{digest}\n{choice.status} {choice.key}"
