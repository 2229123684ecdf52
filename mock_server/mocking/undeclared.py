"""Replies that may differ from the contract: sent as they stand, with all that differs beside."""

from __future__ import annotations

import sys

from mock_server.bodies import Written, body_codec, verbatim
from mock_server.contract import Operation
from mock_server.errors import HandlerFailed, InvalidReply, Violation
from mock_server.generation import deprecated_since
from mock_server.http_messages import (
    BODYLESS,
    Reply,
    encoded_headers,
    header_bytes,
    preference_headers,
)
from mock_server.mocking.drafts import Draft
from mock_server.mocking.markup import NOSNIFF
from mock_server.mocking.negotiation import UNDECLARED
from mock_server.project import Handler
from mock_server.secrecy import OperationSecrets
from mock_server.validation import judge, summary, unsendable_headers

# A body that a handler has compressed is read whole.
_MOST_BYTES = sys.maxsize - 1
# What stands behind a source in `Mock-Source`.
UNDECLARED_MARK = "; undeclared"
# RFC 9745, section 2: since when an operation is deprecated, as a date of a structured field.
DEPRECATION = (b"deprecation", b"@%d" % deprecated_since(sys.maxsize))


def standing_reply(draft: Draft, operation: Operation, secrets: OperationSecrets) -> Reply:
    """The reply of a draft as it stands; one that keeps to the contract is as any other.

    Raises InvalidReply for what HTTP has no form for, HandlerFailed for a body that can't be
    written.
    """
    choice = draft.choice
    body, media_type, _ = _written_draft(draft)
    _refuse_unsendable(draft, body)
    own = encoded_headers(draft.headers)
    typed = [(b"content-type", header_bytes(media_type))] if media_type else []
    found = judge(operation, choice.status, [*typed, *own], body, _MOST_BYTES, secrets).violations
    source = choice.source
    if found and choice.origin is not UNDECLARED:
        source += UNDECLARED_MARK
    headers = [(b"mock-source", header_bytes(source))]
    headers += preference_headers(choice.preference, False, bool(found))
    if isinstance(choice.origin, Handler) and typed:
        headers.append(NOSNIFF)
    headers += typed
    if choice.status not in BODYLESS:
        headers.append((b"content-length", b"%d" % len(body)))
    headers += own
    if operation.deprecated and b"deprecation" not in {name for name, _ in headers}:
        headers.append(DEPRECATION)
    return Reply(
        choice.status,
        headers,
        body,
        source,
        (*choice.violations, *found),
        choice.why,
        fault=choice.fault,
        is_undeclared=bool(found),
    )


def _written_draft(draft: Draft) -> Written:
    choice, value = draft.choice, draft.value
    try:
        if choice.key is not None and not isinstance(value, str | bytes | None):
            content = choice.response.content[choice.key]
            return body_codec.encode(value, content, choice.media_type)
    except (TypeError, ValueError):  # of no form that the type has: then as JSON
        pass
    try:
        return Written(verbatim(value, choice.media_type), choice.media_type)
    except (TypeError, ValueError) as error:
        message = f"the reply can't be written as {choice.media_type}: {error}"
        violation = Violation(("response", "body"), "", "encoding", message)
        raise HandlerFailed(f"{message}.", [violation]) from None


def _refuse_unsendable(draft: Draft, body: bytes) -> None:
    """Raise InvalidReply for what no mark makes possible."""
    status = draft.choice.status
    wrong = list(unsendable_headers(draft.headers))
    if body and status in BODYLESS:
        message = f"the reply has a body; a status {status} has none (RFC 9110, section 6.4.1)"
        wrong.append(Violation(("response", "body"), "", "content", message))
    if wrong:
        raise InvalidReply(summary(wrong), wrong)
