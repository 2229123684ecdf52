"""Replies to begin a stub with: examples of the contract, or generated ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from mock_server.core import parse_json, write_json
from mock_server.errors import NotServable
from mock_server.http_messages import Request, parse_media_type
from mock_server.mocking import Draft, Responder
from mock_server.sessions import Session


async def stub_draft(
    responder: Responder,
    session: Session,
    *,
    status: int | None,
    media_type: str | None,
    example: str | None,
    seed: str | None,
) -> dict[str, Any]:
    """Return the members of a stub: the reply of an example, or else a generated one.

    Without a status it is the lowest success; without a seed the session's seed is used. Raises a
    Problem for what the contract doesn't declare, and for what a stub can't state.
    """
    wanted: dict[str, str] = {"__code": str(status)} if status is not None else {}
    wanted |= {"__example": example} if example is not None else {"__dynamic": "true"}
    wanted |= {"__seed": seed} if seed is not None else {}
    headers = {b"accept": media_type.encode()} if media_type is not None else {}
    # Sent by query, because a header can't carry every name of an example.
    operation = responder.operation
    request = Request(operation.method, operation.path, urlencode(wanted), headers, b"")
    return _members(await responder.draft(request, session))


def _members(draft: Draft) -> dict[str, Any]:
    choice = draft.choice
    members: dict[str, Any] = {"status": choice.status}
    headers: Mapping[str, str] = {n: v for n, v in draft.headers.items() if v is not None}
    if headers:
        members["headers"] = headers
    if choice.key is not None:
        members |= {"media_type": choice.media_type, "body": _body(draft)}
    return members


def _body(draft: Draft) -> Any:
    """Return a draft's value as JSON has it; a body that is written already is read back."""
    value, media_type = draft.value, draft.choice.media_type
    try:
        if isinstance(value, bytes):
            is_json = parse_media_type(media_type).is_json
            return parse_json(value) if is_json else value.decode()
        return parse_json(write_json(value))
    except (ValueError, TypeError):
        raise NotServable(f"A stub has no word for a body of the type {media_type}.") from None
