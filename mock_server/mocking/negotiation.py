"""Operation, preference and candidates to a choice: what is sent, where it comes from, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from mock_server.contract import Example, Operation, Response
from mock_server.core import shortened
from mock_server.errors import (
    InvalidReply,
    NotAcceptable,
    NotFound,
    NotRecorded,
    NotServable,
    UndeclaredStatus,
    Violation,
)
from mock_server.fixtures import CannedReply, Matcher
from mock_server.generation import reply_examples, sent_examples
from mock_server.http_messages import (
    BODYLESS,
    NO_PREFERENCE,
    Fault,
    Preference,
    Request,
    accepted,
    concrete,
    find_media_type,
    header_bytes,
    parse_media_type,
    preference_headers,
    read_preference,
    related,
    told_bytes,
)
from mock_server.mocking.markup import NOSNIFF
from mock_server.project import Handler
from mock_server.sessions import Session, StateSnapshot
from mock_server.state import StatefulOperation
from mock_server.validation import Arguments

# As many Accept values as clients in their right mind send; others are ranked anew.
MOST_ACCEPTS = 64
# As many wishes are remembered, the newest, where they aren't longer than so many bytes.
MOST_WISHES = 256
MOST_WISH_BYTES = 512
Candidate = tuple[CannedReply, Matcher]


@dataclass(frozen=True, slots=True)
class Generated:
    """A body made from the schema."""


@dataclass(frozen=True, slots=True)
class Undeclared:
    """A problem document, for a status that was asked for and isn't declared."""


GENERATED = Generated()
UNDECLARED = Undeclared()
Origin = CannedReply | Handler | StatefulOperation | Example | Generated | Undeclared


class Acceptance(NamedTuple):
    """Which media types a client takes: `text` is as Accept writes it.

    Under leniency anything is sent that there is, with a violation if Accept forbids it. Who asks
    for a stream otherwise takes it whatever Accept says.
    """

    text: str = ""
    is_lenient: bool = False
    is_streamed: bool = False


ANYTHING = Acceptance()


class ReplyChoice(NamedTuple):
    """What negotiation picked: status, response, media type, where the body comes from, and why.

    `key` is the entry of the response's `content`, None for a response without a body;
    `media_type` the concrete type to send; `source` is the value of `Mock-Source`, `headers` are
    those that follow from the choice; `instead` is what to choose where a handler doesn't give the
    status; `fault` is what goes wrong with the answer; `violations` are those of the request that
    the choice was made in spite of. One that `may_be_undeclared` is sent as it stands: `key` may be
    missing then for a type that isn't declared, and `response` is an empty one for such a status.
    """

    status: int
    response: Response
    key: str | None
    media_type: str
    origin: Origin
    why: str
    preference: Preference
    source: str
    headers: tuple[tuple[bytes, bytes], ...]
    instead: ReplyChoice | None = None
    fault: Fault | None = None
    acceptance: Acceptance = ANYTHING
    violations: tuple[Violation, ...] = ()
    may_be_undeclared: bool = False


@dataclass(slots=True)
class ResolvedPreference:
    """What was preferred, with the status and response that stand for it.

    There is no response for a status that isn't declared.
    `choice` is what is sent where no canned reply applies, once that was asked for.
    """

    preference: Preference
    acceptance: Acceptance
    status: int
    response: Response | None
    choice: ReplyChoice | None = None


# Prefer, the query if it may hold preferences, Accept, and whether leniency and a stream are due.
WishKey = tuple[bytes, str, bytes | None, bool, bool]


def source_of(origin: Origin) -> str:
    """Where a reply comes from, as `Mock-Source` says it."""
    if isinstance(origin, CannedReply):
        return f"{'stub' if origin.is_stub else 'reply'}:{origin.name}"
    if isinstance(origin, Example):
        return f"example:{origin.name}"
    if isinstance(origin, StatefulOperation):
        return "state"
    if isinstance(origin, Undeclared):
        return "undeclared"
    return "handler" if isinstance(origin, Handler) else "generated"


class Negotiator:
    """Chooses the replies of one operation; `invalid_examples` may be chosen, too.

    With `allow_undeclared` any status may be asked for.
    """

    def __init__(
        self,
        operation: Operation,
        canned: Sequence[CannedReply],
        handler: Handler | None,
        invalid_examples: bool = False,
        lenient: bool = False,
        allow_undeclared: bool = False,
        stateful: StatefulOperation | None = None,
    ) -> None:
        self._operation = operation
        self._computed: Handler | StatefulOperation | None = handler or stateful
        self._allow_undeclared = allow_undeclared
        self._invalid_examples = invalid_examples
        self._lenient = lenient
        self._canned = [(reply, Matcher(reply)) for reply in canned]
        self._handler = handler
        self._success = operation.lowest_success
        # What is sent where nothing was preferred and no canned reply applies, by Accept.
        self._usual: dict[bytes | None, ReplyChoice] = {}
        self._usual_streams: dict[bytes | None, ReplyChoice] = {}
        self._can_stream = any(map(stream_key, operation.responses.values()))
        self._wishes: dict[WishKey, ResolvedPreference] = {}

    def candidates(self, path: Mapping[str, Any]) -> list[Candidate]:
        """The canned replies whose conditions on the path hold."""
        return [(reply, m) for reply, m in self._canned if not m.path_difference(path)]

    def _stubs(self, session: Session, path: Mapping[str, Any]) -> Iterator[Candidate]:
        """The session's stubs whose conditions on the path hold."""
        for stub in session.met.stubs.get(self._operation.id, ()):
            if not stub.matcher.path_difference(path):
                yield stub.reply, stub.matcher

    def sources(self, met: StateSnapshot) -> Iterator[tuple[str, CannedReply | None]]:
        """All that a reply may come from where nothing is preferred, in that order."""
        stubs = (stub.reply for stub in met.stubs.get(self._operation.id, ()))
        for reply in (*stubs, *(canned for canned, _ in self._canned)):
            yield source_of(reply), reply
        if self._computed is not None:
            yield source_of(self._computed), None
        if self._handler is not None:
            return
        if self._success is not None:
            for content in self._success[1].content.values():
                examples = sent_examples(content, self._invalid_examples).values()
                yield from ((source_of(example), None) for example in examples)
            yield source_of(GENERATED), None

    def choose(
        self,
        request: Request,
        arguments: Arguments,
        candidates: Sequence[Candidate],
        session: Session,
        lenient: bool = False,
    ) -> ReplyChoice:
        """The reply for a request; `lenient` for one that doesn't keep to the contract.

        What the session knows is taken note of: scenarios move, sequences go on.

        Raises NotFound for a preference that names what isn't declared, NotAcceptable where
        nothing satisfies Accept, InvalidRequest for a preference that can't be read, NotRecorded
        for a request whose answer wasn't kept.
        """
        if session.met.stubs:
            candidates = [*self._stubs(session, arguments.path), *candidates]
        is_streamed = self._can_stream and _asks_stream(arguments)
        if lenient or b"prefer" in request.headers or "__" in request.query:
            return self._preferred(request, arguments, candidates, session, lenient, is_streamed)
        for canned, matcher in candidates:
            if not canned.conditions.is_valid:
                continue
            if not matcher.difference(request, arguments, session.met.scenarios):
                acceptance = self._acceptance(request, is_streamed)
                return self._applying(canned, NO_PREFERENCE, acceptance, session)
        known = self._usual_streams if is_streamed else self._usual
        accept = request.headers.get(b"accept")
        choice = known.get(accept)
        if choice is None:
            choice = self._first_usual(self._acceptance(request, is_streamed))
            if len(known) < MOST_ACCEPTS:
                known[accept] = choice
        return choice

    def for_invalid(
        self,
        request: Request,
        arguments: Arguments,
        candidates: Sequence[Candidate],
        session: Session,
    ) -> ReplyChoice | None:
        """The canned reply that is for requests that break the contract, if there is one."""
        for canned, matcher in (*self._stubs(session, arguments.path), *candidates):
            if canned.conditions.is_valid or canned.not_recorded:
                continue
            if not matcher.difference(request, arguments, session.met.scenarios):
                acceptance = self._acceptance(request, False)
                return self._applying(canned, NO_PREFERENCE, acceptance, session)
        return None

    def _acceptance(
        self, request: Request, is_streamed: bool, handling: str | None = None
    ) -> Acceptance:
        is_lenient = self._lenient or handling == "lenient"
        return Acceptance(request.header("accept") or "", is_lenient, is_streamed)

    def _first_usual(self, acceptance: Acceptance) -> ReplyChoice:
        status, response = self._lowest_success()
        if self._computed is None:
            return self._body_choice(status, response, NO_PREFERENCE, acceptance)
        why = "bound" if self._handler is not None else "kept"
        return self._choice(status, response, self._computed, why, NO_PREFERENCE, acceptance)

    def _preferred(
        self,
        request: Request,
        arguments: Arguments,
        candidates: Sequence[Candidate],
        session: Session,
        lenient: bool,
        is_streamed: bool,
    ) -> ReplyChoice:
        wish = self._wish(request, lenient, is_streamed)
        preference = wish.preference
        if preference.example is None and not preference.is_dynamic:
            for canned, matcher in candidates:
                if not (canned.conditions.is_valid or lenient):
                    continue
                status_now = session.stage(self._operation.id, canned).status
                is_asked = preference.code in (None, status_now)
                if is_asked and not matcher.difference(request, arguments, session.met.scenarios):
                    return self._applying(canned, preference, wish.acceptance, session)
        if wish.choice is None:
            wish.choice = self._otherwise(wish, lenient)
        return wish.choice

    def _wish(self, request: Request, lenient: bool, is_streamed: bool) -> ResolvedPreference:
        """What a request prefers: clients ask for the same again and again."""
        headers, query = request.headers, request.query if "__" in request.query else ""
        texts = (headers.get(b"prefer", b""), query, headers.get(b"accept"))
        key = (*texts, lenient, is_streamed)
        wish = self._wishes.get(key)
        if wish is None:
            preference = read_preference(request)
            acceptance = self._acceptance(request, is_streamed, preference.handling)
            status = self._asked_status(preference.code)
            wish = ResolvedPreference(preference, acceptance, *status)
            if sum(map(len, (key[0], query, key[2] or b""))) <= MOST_WISH_BYTES:
                while len(self._wishes) >= MOST_WISHES:
                    del self._wishes[next(iter(self._wishes))]
                self._wishes[key] = wish
        return wish

    def _otherwise(self, wish: ResolvedPreference, lenient: bool) -> ReplyChoice:
        """What is sent where no canned reply applies."""
        status, response, preference = wish.status, wish.response, wish.preference
        if response is None:
            return self._undeclared(status, preference, wish.acceptance)
        written = self._body_choice(status, response, preference, wish.acceptance)
        is_made = preference.example is not None or preference.is_dynamic
        if not is_made and self._handler is None and self._computed is not None:
            if 200 <= status <= 299:
                return self._choice(
                    status, response, self._computed, "kept", preference, wish.acceptance
                )
            return written
        if is_made or self._handler is None or status != self._lowest_success()[0]:
            return written
        choice = self._choice(status, response, self._handler, "bound", preference, wish.acceptance)
        must_have = lenient or preference.code is not None
        return choice._replace(instead=written) if must_have else choice

    def _lowest_success(self) -> tuple[int, Response]:
        if self._success is None or self._success[0] < 200:
            raise NotServable(f"{self._operation.id} declares no response that could be sent.")
        return self._success

    def _asked_status(self, code: int | None) -> tuple[int, Response | None]:
        """The status that was asked for: declared, or covered by a range or `default`."""
        if code is None:
            return self._lowest_success()
        return code, self._operation.response_for(code)

    def _undeclared(
        self, status: int, preference: Preference, acceptance: Acceptance
    ) -> ReplyChoice:
        """What is sent for a status that isn't declared: a canned reply, else a problem document.

        Raises UndeclaredStatus if nothing says that it is meant.
        """
        canned = [c for c, _ in self._canned if c.status == status and not c.not_recorded]
        if preference.example is not None:
            canned = [c for c in canned if c.name == preference.example]
            if not canned:
                raise self._unknown_example(preference.example, status, ())
        if canned:
            asked = "status" if preference.example is None else "name"
            why = f"its {asked} was asked for"
            return self._canned_choice(canned[0], preference, acceptance, why)
        if not (preference.may_be_undeclared or self._allow_undeclared):
            raise _not_marked(status, self._operation)
        media_type = "application/problem+json" if status >= 400 else ""
        why = "its status was asked for"
        choice = self._standing(status, UNDECLARED, preference, why)
        return loosened(choice, None, media_type)

    def _standing(
        self, status: int, origin: Origin, preference: Preference, why: str
    ) -> ReplyChoice:
        response = response_of(self._operation, status)
        return made(status, response, Ranked(None, ""), origin, why, preference)

    def _unknown_example(self, name: str, status: int, known: Iterable[str]) -> NotFound:
        return NotFound(
            f"{self._operation.id} has no example {name!r} for the status {status};"
            f" it has {', '.join(known) or 'none'}."
        )

    def _body_choice(
        self, status: int, response: Response, preference: Preference, acceptance: Acceptance
    ) -> ReplyChoice:
        """A body by example, else by a canned reply of that status, else generated."""
        why = "asked for" if preference.is_dynamic else "there is nothing else"
        choice = self._choice(status, response, GENERATED, why, preference, acceptance)
        examples = self._examples(response, choice.key)
        if preference.example is not None:
            named = self._named_example(preference.example, choice, examples)
            if named is not None:
                return named
        if preference.is_dynamic:
            return choice
        if (example := self._first_example(response, choice.key)) is not None:
            return self._from(example, "the first example", choice)
        for canned, _ in self._canned:
            if canned.status == preference.code and not canned.not_recorded:
                return self._canned_choice(
                    canned, preference, acceptance, "its status was asked for"
                )
        return choice

    @staticmethod
    def _examples(response: Response, key: str | None) -> Mapping[str, Example]:
        return {} if key is None else response.content[key].once(reply_examples)

    def _first_example(self, response: Response, key: str | None) -> Example | None:
        """The first example of those that are sent."""
        if key is None:
            return None
        examples = sent_examples(response.content[key], self._invalid_examples)
        return next(iter(examples.values()), None)

    def _named_example(
        self, name: str, choice: ReplyChoice, examples: Mapping[str, Example]
    ) -> ReplyChoice | None:
        """The body of that name; None where only headers have an example of it."""
        if name in examples:
            return self._from(examples[name], "its name was asked for", choice)
        asked = choice.preference.code
        known = [c for c, _ in self._canned if asked in (None, c.status) and not c.not_recorded]
        canned = {c.name: c for c in known}
        if name in canned:
            why = "its name was asked for"
            return self._canned_choice(canned[name], choice.preference, choice.acceptance, why)
        in_headers = [n for header in choice.response.headers for n in header.own_examples]
        if name in in_headers:
            return None
        others = dict.fromkeys([*examples, *canned, *in_headers])
        raise self._unknown_example(name, choice.status, others)

    def _applying(
        self, canned: CannedReply, preference: Preference, acceptance: Acceptance, session: Session
    ) -> ReplyChoice:
        """A canned reply whose conditions hold, as it is now in the session."""
        if canned.not_recorded:
            raise _not_recorded(canned)
        now = session.stage(self._operation.id, canned)
        why = "its conditions hold"
        if canned.stages:
            why += f"; stage {canned.stages.index(now) + 1} of {len(canned.stages)}"
        choice = self._canned_choice(now, preference, acceptance, why)
        session.sent(self._operation.id, canned)
        return choice

    def _canned_choice(
        self, canned: CannedReply, preference: Preference, acceptance: Acceptance, why: str
    ) -> ReplyChoice:
        if canned.may_be_undeclared:
            choice = self._standing(canned.status, canned, preference, why)
            return loosened(choice, canned.body, canned.media_type)
        response = self._operation.response_for(canned.status)
        if response is None:  # a stub outlives the contract that it was checked against
            raise _undeclared(canned, self._operation)
        choice = self._choice(canned.status, response, canned, why, preference, acceptance)
        if choice.key is None and canned.has_body and canned.status not in BODYLESS:
            raise _undeclared_body(canned, response)
        return choice

    def _from(self, example: Example, why: str, choice: ReplyChoice) -> ReplyChoice:
        ranked = Ranked(choice.key, choice.media_type, choice.violations)
        return made(
            choice.status, choice.response, ranked, example, why, choice.preference,
            choice.acceptance,
        )  # fmt: skip

    def _choice(
        self,
        status: int,
        response: Response,
        origin: Origin,
        why: str,
        preference: Preference,
        acceptance: Acceptance,
    ) -> ReplyChoice:
        only = None
        if isinstance(origin, CannedReply):
            # Where it names none, it was checked as the first that is declared.
            only = origin.media_type or next(iter(response.content), None)
        ranked = rank_content(status, response, acceptance, only)
        return made(status, response, ranked, origin, why, preference, acceptance)


def _not_marked(status: int, operation: Operation) -> UndeclaredStatus:
    return UndeclaredStatus(
        f"{operation.id} declares no response {status}; it declares"
        f" {', '.join(operation.responses)}. To have it all the same, ask for"
        f" Prefer: code={status}; undeclared, or for ?__code={status}&__undeclared=true, or start"
        " the server with --allow-undeclared."
    )


def _not_recorded(canned: CannedReply) -> NotRecorded:
    return NotRecorded(
        f"{canned.name}: the service's answer to such a request wasn't recorded:"
        f" {canned.not_recorded}. Record again with --record-all, or write a reply for it."
    )


def _undeclared(canned: CannedReply, operation: Operation) -> InvalidReply:
    message = (
        f"{source_of(canned)} has the status {canned.status}, which {operation.id} doesn't declare;"
        f" it declares {', '.join(operation.responses)}"
    )
    violation = Violation(("response", "status"), "", "status", message)
    return InvalidReply(f"{message}.", [violation])


def _undeclared_body(canned: CannedReply, response: Response) -> InvalidReply:
    of_type = f" of {canned.media_type}" if canned.media_type else ""
    message = (
        f"{source_of(canned)} has a body{of_type}, which the response {response.code} doesn't"
        f" declare; it declares {', '.join(response.content) or 'none'}"
    )
    violation = Violation(("response", "body"), "", "content", message)
    return InvalidReply(f"{message}.", [violation])


class Ranked(NamedTuple):
    """The entry of a response's content to send, its concrete media type, and in spite of what."""

    key: str | None
    media_type: str
    violations: tuple[Violation, ...] = ()


def made(
    status: int,
    response: Response,
    ranked: Ranked,
    origin: Origin,
    why: str,
    preference: Preference,
    acceptance: Acceptance = ANYTHING,
) -> ReplyChoice:
    """A choice with the headers that follow from it."""
    source = source_of(origin)
    key, media_type, violations = ranked
    headers = [(b"mock-source", told_bytes(source))]
    if preference is not NO_PREFERENCE:
        headers += preference_headers(preference, isinstance(origin, Generated))
    if key is not None:
        if isinstance(
            origin, Generated | Handler | StatefulOperation
        ):  # they may repeat what was sent
            headers.append(NOSNIFF)
        headers.append((b"content-type", header_bytes(media_type)))
    return ReplyChoice(
        status, response, key, media_type, origin, why, preference, source, tuple(headers),
        fault=_fault(origin, preference), acceptance=acceptance, violations=violations,
    )  # fmt: skip


def response_of(operation: Operation, status: int) -> Response:
    """What the contract says of a status; a response with nothing in it if that is nothing."""
    return operation.response_for(status) or Response(str(status), {}, (), operation.node)


def media_type_of(value: Any, response: Response) -> str:
    """The type of a body that comes without one: the first declared, else by what it is."""
    if value is None:
        return ""
    usual = next((key for key in response.content if "*" not in key), None)
    return usual or ("text/plain; charset=utf-8" if isinstance(value, str) else "application/json")


def loosened(choice: ReplyChoice, value: Any, media_type: str | None = None) -> ReplyChoice:
    """A choice of a reply that may differ from the contract, and is of that type.

    None is for a body whose type isn't given, the empty text for one that is sent without a type.
    """
    response = choice.response
    if media_type is None:
        media_type = choice.media_type or media_type_of(value, response)
    try:
        key = find_media_type(response.content, parse_media_type(media_type))
    except ValueError:
        key = None
    return choice._replace(key=key, media_type=media_type, may_be_undeclared=True)


def _fault(origin: Origin, preference: Preference) -> Fault | None:
    """What goes wrong with an answer: as it was asked for, else as the canned reply has it."""
    of_reply = origin.fault if isinstance(origin, CannedReply) else None
    asked = preference.wrong if preference is not NO_PREFERENCE else None
    return of_reply if asked is None else asked.or_else(of_reply)


def rank_content(
    status: int, response: Response, acceptance: Acceptance = ANYTHING, only: str | None = None
) -> Ranked:
    """The entry of a response's content to send, by what a client takes.

    `only` is the one media type that there is a body in. Outside of 2xx, and under leniency, the
    best is sent that there is (RFC 9110, section 12.5.1). Raises NotAcceptable if nothing satisfies
    Accept although there is content.
    """
    if not response.content or status in BODYLESS:
        return Ranked(None, "")
    streamed = stream_key(response) if acceptance.is_streamed else None
    only = only or streamed
    offered = _in_order(response.content) if only is None else [only]
    accept = acceptance.text
    fitting = accepted(accept, offered) or related(accept, offered)
    violations: tuple[Violation, ...] = ()
    if not fitting:
        is_free = not 200 <= status <= 299 or (only is not None and _is_events(only))
        problem = f"Accept asks for {shortened(accept)}; there is {', '.join(offered)}."
        if not is_free and not acceptance.is_lenient:
            raise NotAcceptable(problem)
        violations = () if is_free else (_unaccepted(problem),)
        fitting = offered
    chosen = fitting[0]
    key = chosen if only is None else find_media_type(response.content, parse_media_type(only))
    return Ranked(key, concrete(chosen, accept), violations)


def _unaccepted(problem: str) -> Violation:
    return Violation(("request", "header", "accept"), "", "accept", problem.rstrip("."))


def stream_key(response: Response) -> str | None:
    """The entry of a response's content that is a stream of events."""
    return next(filter(_is_events, response.content), None)


def _is_events(key: str) -> bool:
    return key.partition(";")[0].strip().lower() == "text/event-stream"


def _asks_stream(arguments: Arguments) -> bool:
    """Whether a request says `stream: true` in its body or its query, as clients of models do."""
    body = arguments.body
    in_body = isinstance(body, dict) and body.get("stream") is True
    return in_body or arguments.query.get("stream") is True


def _in_order(content: Mapping[str, Any]) -> list[str]:
    """The order where Accept leaves it open: `*/*`, then application/json, then as declared."""
    return sorted(content, key=lambda key: (key != "*/*", key != "application/json"))
