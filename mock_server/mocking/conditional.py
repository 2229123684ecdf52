"""Versions of what is replied: entity tags, conditions on them, and ranges of bytes.

`Versions.validated` is the one place that decides which validators a reply has. Who knows better
which version is sent, as the items of `--stateful` do, gives the reply an ETag before that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mock_server.contract import Operation, is_conditional
from mock_server.errors import NotServable, PreconditionFailed, RangeNotSatisfiable
from mock_server.generation import query_types
from mock_server.http_messages import (
    READING,
    ByteRange,
    Preconditions,
    Reply,
    Request,
    Validators,
    byte_range,
    encoded_headers,
    etag_of,
    find_media_type,
    fits_range,
    header_map,
    parse_media_type,
)
from mock_server.mocking.drafts import Maker
from mock_server.sessions import Session

# The methods that read or write what a path stands for.
_OF_ITEMS = frozenset({"GET", "HEAD", "PUT", "PATCH", "DELETE"})
# Headers of a request that a look at the present representation goes without.
_NOT_TO_LOOK = (b"if-", b"prefer", b"range", b"content-", b"transfer-", b"expect", b"idempotency")
# What of a reply isn't sent with 304 (RFC 9110, section 15.4.5), and what is nevertheless.
_OF_BODIES = (b"content-", b"x-content-type-options", b"transfer-encoding", b"accept-ranges")
_OF_304 = b"content-location"
_NO_RANGES = ("json", "xml", "event-stream")


class Versions:
    """What one operation has to do with versions and ranges, found when it is compiled."""

    def __init__(
        self, operation: Operation, maker: Maker, has_validators: bool, types: tuple[str, ...]
    ) -> None:
        self._operation = operation
        self._maker = maker
        self._reads = operation.method in READING
        self._part = operation.responses.get("206") if operation.method == "GET" else None
        self._has_validators = has_validators or self._part is not None
        # What QUERY on the same path takes.
        self.accept_query = query_types(types).encode() if types else None

    @classmethod
    def of(
        cls, operation: Operation, siblings: Sequence[Operation], maker: Maker
    ) -> Versions | None:
        """Return what an operation has to do with them; None if that is nothing.

        `siblings` are the operations of the same path, itself among them.
        """
        whole = [operation, *(one for one in siblings if one.method in _OF_ITEMS)]
        concerned = whole if operation.method in _OF_ITEMS else [operation]
        has_validators = any(map(is_conditional, concerned))
        queries = (one for one in siblings if one.method == "QUERY" and one.body is not None)
        query = next(queries, None) if operation.method in ("GET", "QUERY") else None
        types = tuple(query.body.content) if query is not None and query.body is not None else ()
        has_ranges = operation.method == "GET" and "206" in operation.responses
        if not (has_validators or has_ranges or types):
            return None
        return cls(operation, maker, has_validators, types)

    def validated(
        self, status: int, headers: list[tuple[bytes, bytes]], body: bytes
    ) -> list[tuple[bytes, bytes]]:
        """Return a reply's headers with the validators that conditions are about.

        One that the document declares is there already.
        """
        if not 200 <= status <= 299:
            return headers
        names = {name for name, _ in headers}
        found = [*headers]
        if self._has_validators and self._reads and b"etag" not in names:
            found.append((b"etag", etag_of(body).encode()))
        if self._part is not None and b"accept-ranges" not in names:
            found.append((b"accept-ranges", b"bytes"))
        if self.accept_query is not None and b"accept-query" not in names:
            found.append((b"accept-query", self.accept_query))
        return found

    def is_checked_first(self, request: Request) -> bool:
        """Return whether a request that writes has conditions on what is there before it."""
        is_theirs = self._has_validators and not self._reads
        return is_theirs and Preconditions.of(request.headers) is not None

    def check(self, request: Request, there: Reply | None, session: Session) -> None:
        """Check the conditions of a request that writes. Raises PreconditionFailed.

        `there` is what GET is answered on the path; None if nobody knows.
        """
        conditions = Preconditions.of(request.headers)
        if conditions is None or there is None:
            return
        is_there = 200 <= there.status <= 299
        is_absent = there.status in (404, 410)
        if not is_there and not (is_absent and request.method == "PUT"):
            return
        found = Validators.of(header_map(there.headers)) if is_there else None
        sent = session.sent_tag(request.path)
        outcome = conditions.outcome(request.method, found, *([sent] if sent and is_there else []))
        if outcome != "go on":
            raise _failed(found)

    def applied(self, reply: Reply, request: Request, session: Session) -> Reply:
        """Return what a request with conditions or a range is answered in place of a reply.

        Raises PreconditionFailed and RangeNotSatisfiable.
        """
        if not 200 <= reply.status <= 299:
            return reply
        if not self._reads:
            self._note(reply, request, session)
            return reply
        conditions = Preconditions.of(request.headers) if self._has_validators else None
        if conditions is not None:
            found = Validators.of(header_map(reply.headers))
            outcome = conditions.outcome(request.method, found)
            if outcome == "failed":
                raise _failed(found)
            if outcome == "not modified":
                return self._not_modified(reply, request, session)
        if self._part is not None and b"range" in request.headers and request.method == "GET":
            return self._ranged(reply, request, session)
        return reply

    def _note(self, reply: Reply, request: Request, session: Session) -> None:
        """Note the tag of what was written, which the client will name next."""
        tag = header_map(reply.headers).get(b"etag")
        if tag is not None:
            session.note_tag(request.path, tag.decode("latin-1"))

    def _not_modified(self, reply: Reply, request: Request, session: Session) -> Reply:
        kept = [
            (name, value)
            for name, value in reply.headers
            if name == _OF_304 or not name.startswith(_OF_BODIES)
        ]
        is_declared = self._operation.response_for(304) is not None
        why = f"{reply.why}; the client has this version"
        if not is_declared:
            why += "; 304 isn't declared, and answers a condition of the request"
        return reply._replace(
            status=304,
            headers=[*kept, *self._others(304, kept, reply, request, session)],
            body=b"",
            pieces=(),
            why=why,
            is_undeclared=reply.is_undeclared or not is_declared,
        )

    def _others(
        self,
        status: int,
        kept: Sequence[tuple[bytes, bytes]],
        reply: Reply,
        request: Request,
        session: Session,
    ) -> list[tuple[bytes, bytes]]:
        """The headers that the response of another status declares beside those that are kept."""
        response = self._operation.response_for(status)
        if response is None or response.code == "default":
            return []
        try:
            made = self._maker.headers_of(response, status, request, session, reply.body)
        except NotServable:
            return []
        names = {name for name, _ in kept}
        return [pair for pair in encoded_headers(made) if pair[0] not in names]

    def _ranged(self, reply: Reply, request: Request, session: Session) -> Reply:
        """The part of a body that is asked for; the whole if no one part is."""
        headers = header_map(reply.headers)
        asked = request.header("range") or ""
        if reply.pieces or reply.status not in (200, 206) or not self._may_be_cut(headers):
            return reply
        if not fits_range(request.header("if-range"), Validators.of(headers)):
            return reply
        size = len(reply.body)
        found = byte_range(asked, size)
        if found is None:
            return reply
        if found == "unsatisfiable":
            message = f"{asked} lies behind the end of the body, which has {size} bytes."
            raise RangeNotSatisfiable(message, headers=[("Content-Range", f"bytes */{size}")])
        return self._part_of(reply, found, request, session)

    def _may_be_cut(self, headers: Mapping[bytes, bytes]) -> bool:
        """Whether parts of a body of that type are sent: what is read as a whole has none."""
        text = headers.get(b"content-type", b"").decode("latin-1")
        if not text or any(word in text.lower() for word in _NO_RANGES):
            return False
        content = self._part.content if self._part is not None else {}
        return not content or find_media_type(content, parse_media_type(text)) is not None

    def _part_of(self, reply: Reply, found: ByteRange, request: Request, session: Session) -> Reply:
        body = reply.body[found.first : found.last + 1]
        replaced = (b"content-length", b"content-range")
        kept = [pair for pair in reply.headers if pair[0] not in replaced]
        own = [
            (b"content-length", b"%d" % len(body)),
            (b"content-range", b"bytes %d-%d/%d" % (*found, len(reply.body))),
        ]
        others = self._others(206, [*kept, *own], reply, request, session)
        why = f"{reply.why}; bytes {found.first} to {found.last} of it"
        return reply._replace(status=206, headers=[*kept, *own, *others], body=body, why=why)


def unconditional(request: Request) -> Request:
    """Return a GET of what a request is about, without its body and its conditions."""
    kept = {n: v for n, v in request.headers.items() if not n.startswith(_NOT_TO_LOOK)}
    return request._replace(method="GET", query="", headers=kept, body=b"")


def _failed(found: Validators | None) -> PreconditionFailed:
    if found is None:
        return PreconditionFailed("There is nothing yet of which the condition could hold.")
    tag = f" Its entity tag is {found.etag}." if found.etag is not None else ""
    return PreconditionFailed(f"What is there isn't the version that the request names.{tag}")
