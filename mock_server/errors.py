"""What can be wrong, and where.

MockServerError
├── StartError            what stops the start or a reload: one finding or more
│   └── WrongUse              what was asked for can't be: a missing file, a port in use
└── Problem               an error with an HTTP form (RFC 9457)
    ├── InvalidRequest        422, 400   the request breaks the contract
    │   ├── Unauthorized          401
    │   ├── Forbidden             403
    │   ├── UnsupportedMediaType  415, 422, 400
    │   ├── MissingMediaType      400, 415, 422
    │   └── UnreadableContent     400, 422
    ├── NotFound              404   what was asked for isn't known
    │   └── UndeclaredStatus      404   the status that was asked for isn't declared
    ├── NotRecorded           501   the recording has no reply to the request
    ├── TooFew                504   what was waited for didn't come in time
    ├── PreconditionFailed    412   what is there isn't the version that is meant
    ├── PreconditionRequired  428
    ├── RangeNotSatisfiable   416
    ├── KeyUnderWay           409   the first request with an idempotency key isn't answered yet
    ├── KeyReused             422, 409, 400   the key comes with another request
    ├── MethodNotAllowed      405
    ├── UnknownMethod         501   a method that no path could have
    ├── NotAcceptable         406
    ├── ContentTooLarge       413
    ├── HeadTooLarge          431
    ├── WrongHost             400   no host, or several
    ├── RequestTimeout        408
    ├── PlayedStatus          4xx, 5xx   on purpose
    │   ├── TooManyRequests       429   on purpose
    │   └── Unavailable           503   on purpose
    ├── HandlerFailed         500
    ├── InvalidReply          500   the reply breaks the contract
    ├── NotServable           501   the contract doesn't say enough to answer
    │   └── TooManySteps          501   or takes too long to judge by
    ├── BadGateway            502   the service behind the proxy gives no answer
    │   └── WrongReply            502   it gives one that breaks the contract
    ├── GatewayTimeout        504   it gives none in time
    └── ServerEnds            503   the server ends before the reply is there

`respond.declared_error` is the one place that turns a Problem into a reply.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class FilePlace:
    """A position in a file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in a file that the user wrote: where, what, and by which rule."""

    place: FilePlace
    message: str
    pointer: str = ""
    rule: str = ""

    def __str__(self) -> str:
        details = [f"at {self.pointer}" if self.pointer else "", self.rule and f"rule {self.rule}"]
        shown = ", ".join(filter(None, details))
        line = f"{self.place}: {self.message}" + (f" ({shown})" if shown else "")
        # One finding is one line, whatever names stand in the document.
        return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", line)


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which a message breaks the contract.

    `location` starts with "request" or "response", then the part ("path", "query", "header",
    "cookie", "body", "status"), then the name or the steps inside; `pointer` is the JSON pointer
    inside that part (RFC 6901); `keyword` the rule's name ("required", "type", …); `rule` the
    place of the rule in the contract, a file and a pointer.
    """

    location: tuple[str, ...]
    pointer: str
    keyword: str
    message: str
    rule: str = ""

    def mapped(self, change: Callable[[str], str]) -> Violation:
        """The violation with each of its texts changed."""
        location = tuple(map(change, self.location))
        return Violation(
            location,
            change(self.pointer),
            change(self.keyword),
            change(self.message),
            change(self.rule),
        )

    def as_json(self) -> dict[str, Any]:
        """The violation as Prism's users know it, with the rule's place added."""
        shown: dict[str, Any] = {
            "location": list(self.location),
            "severity": "Error",
            "code": self.keyword,
            "message": self.message,
        }
        return shown | {"rule": self.rule} if self.rule else shown


class MockServerError(Exception):
    """The root of the errors that this package raises on purpose."""


class StartError(MockServerError):
    """What stops the start: one finding, or line, for each thing wrong."""

    def __init__(self, found: str | Iterable[Finding | str]) -> None:
        self.found = [found] if isinstance(found, str) else list(found)
        super().__init__("\n".join(self.lines))

    @property
    def lines(self) -> list[str]:
        """The lines to show on stderr."""
        return [str(one) for one in self.found]


class WrongUse(StartError):
    """What the command line or a setting asks for can't be had."""


class Problem(MockServerError):
    """An error with an HTTP form.

    `codes` are the statuses it may take, in the order in which an operation's declared replies
    are looked through; the first is sent when none is declared.
    """

    codes: tuple[int, ...] = (500,)
    title: str = "Something is wrong with the mock server"
    # Members of the problem document beyond the usual ones (RFC 9457, section 3.2).
    extensions: Mapping[str, Any] = {}
    source = "refusal"  # the value of `Mock-Source`; "handler" where a handler raised it
    # Whether it is the mock's own word, which no error reply of an operation may stand for.
    is_of_mock = False

    def __init__(
        self,
        detail: str,
        violations: Sequence[Violation] = (),
        headers: Iterable[tuple[str, str]] = (),
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.violations = tuple(violations)
        self.headers = tuple(headers)
        # The fault on purpose that the problem comes of, where it does.
        self.fault: Any = None


class InvalidRequest(Problem):
    """The request breaks the contract; `arguments` are its values as far as they could be read."""

    codes: tuple[int, ...] = (422, 400)
    title = "Invalid request"
    arguments: Any = None


class Unauthorized(InvalidRequest):
    """Credentials are missing or can't be read."""

    codes = (401,)
    title = "Unauthorized"


class Forbidden(InvalidRequest):
    """The credentials don't reach this far."""

    codes = (403,)
    title = "Forbidden"


class UnsupportedMediaType(InvalidRequest):
    """The body's content type is none of the declared ones, or its coding isn't known."""

    codes = (415, 422, 400)
    title = "Unsupported media type"


class MissingMediaType(InvalidRequest):
    """The body has no content type, and its method asks for one (RFC 10008, section 2)."""

    codes = (400, 415, 422)
    title = "Missing media type"


class UnreadableContent(InvalidRequest):
    """The body can't be decompressed."""

    codes = (400, 422)
    title = "Unreadable content"


class NotFound(Problem):
    """What was asked for isn't known."""

    codes = (404,)
    title = "Not found"


class UndeclaredStatus(NotFound):
    """The status that was asked for isn't declared, and nothing says that it is meant."""

    title = "Undeclared status"
    is_of_mock = True


class NotRecorded(Problem):
    """The service answered such a request when it was recorded, but the answer wasn't kept."""

    codes = (501,)
    title = "Not recorded"
    is_of_mock = True


class TooFew(Problem):
    """What was waited for didn't come in time."""

    codes = (504,)
    title = "Too few in time"


class Conflict(Problem):
    """What is to be stored can't stand beside what is there, or was changed by another."""

    codes = (409,)
    title = "Conflict"


class Gone(NotFound):
    """What was asked for was there, and was deleted."""

    codes = (410,)
    title = "Gone"


class PreconditionFailed(Problem):
    """What was asked for isn't any more what the client believes (RFC 9110, section 13)."""

    codes = (412,)
    title = "Precondition failed"


class RangeNotSatisfiable(Problem):
    """The range that was asked for lies behind the end of the body (RFC 9110, section 15.5.17)."""

    codes = (416,)
    title = "Range not satisfiable"


class KeyUnderWay(Problem):
    """The first request with an idempotency key isn't answered yet."""

    codes = (409,)
    title = "The key is under way"


class KeyReused(Problem):
    """An idempotency key comes with another request than its first one."""

    codes = (422, 409, 400)
    title = "The key was used for another request"


class PreconditionRequired(Problem):
    """The request has to say which version it changes (RFC 6585, section 3)."""

    codes = (428,)
    title = "Precondition required"


class NoRoom(Problem):
    """There is no room for another item."""

    codes = (507, 429)
    title = "No room for another item"


class MethodNotAllowed(Problem):
    """The path is known, the method isn't."""

    codes = (405,)
    title = "Method not allowed"


class UnknownMethod(Problem):
    """No path has the method, and no path could have it (RFC 9110, section 15.6.2)."""

    codes = (501,)
    title = "Unknown method"


class NotAcceptable(Problem):
    """Nothing that is declared satisfies Accept (RFC 9110, section 12.5.1)."""

    codes = (406,)
    title = "Not acceptable"


class WrongSession(Problem):
    """What names a session can't be the name of one."""

    codes = (400,)
    title = "Invalid session name"


class ContentTooLarge(Problem):
    """The body is larger than the limit."""

    codes = (413,)
    title = "Content too large"


class HeadTooLarge(Problem):
    """The head of the request is larger than the limit (RFC 6585, section 5)."""

    codes = (431,)
    title = "Request header fields too large"


class WrongHost(Problem):
    """The request doesn't say for which host it is, or says it twice (RFC 9112, section 3.2)."""

    codes = (400,)
    title = "No host, or several"


class RequestTimeout(Problem):
    """The rest of the request doesn't come."""

    codes = (408,)
    title = "Request timeout"


class PlayedStatus(Problem):
    """The service plays one that answers with an error, whatever was asked."""

    source = "fault"


class TooManyRequests(PlayedStatus):
    """The client asks too often, or has to be shown what happens when it does."""

    codes = (429,)
    title = "Too many requests"


class HandlerFailed(Problem):
    """A handler raised something that isn't a Problem."""

    codes = (500,)
    title = "The handler failed"


class InvalidReply(Problem):
    """The mock's own reply breaks the contract, so it isn't sent."""

    codes = (500,)
    title = "The reply breaks the contract"


class NotServable(Problem):
    """The contract doesn't say enough, or says too much, for any reply."""

    codes = (501,)
    title = "This operation can't be served"


class TooManySteps(NotServable):
    """To judge one value by a schema would take more steps than anyone may wait for."""


class BadGateway(Problem):
    """The service behind the proxy gives no answer."""

    codes = (502,)
    title = "Bad gateway"


class WrongReply(BadGateway):
    """The service behind the proxy answers with what the contract forbids."""

    title = "The reply of the service breaks the contract"


class GatewayTimeout(Problem):
    """The service behind the proxy gives no answer in time."""

    codes = (504,)
    title = "Gateway timeout"


class Unavailable(PlayedStatus):
    """The service plays one that can't answer just now."""

    codes = (503,)
    title = "Service unavailable"


class ServerEnds(Problem):
    """The server ends, and waits no longer for what was being answered."""

    codes = (503,)
    title = "Service unavailable"
