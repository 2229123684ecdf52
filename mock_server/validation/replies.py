"""A reply as it stands on the wire, against the contract: what a real service answers, say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from mock_server.bodies import UnreadableBody, body_codec
from mock_server.contract import Operation, Response
from mock_server.errors import (
    ContentTooLarge,
    Problem,
    UnsupportedMediaType,
    Violation,
)
from mock_server.http_messages import BODYLESS, RawHeaders, decoded, header_map, parse_media_type
from mock_server.secrecy import OperationSecrets, discreet_in_reply
from mock_server.validation.messages import entry_for, one_of_types, reply_violations

_EMPTY = ("text/plain", "application/octet-stream")


class Judged(NamedTuple):
    """What is wrong with a reply; `unchecked` says why its body wasn't looked at.

    `key` is the entry of the declared content that the body belongs to, `text` the body without
    its codings.
    """

    violations: Sequence[Violation]
    unchecked: str = ""
    key: str | None = None
    text: bytes = b""
    value: Any = None


def judge(
    operation: Operation,
    status: int,
    headers: RawHeaders,
    body: bytes | None,
    limit: int,
    secrets: OperationSecrets,
) -> Judged:
    """Every way in which a reply breaks what its operation declares; no secret is quoted.

    `body` None is for one that isn't there to be judged: the reply to HEAD, or one too long.
    """
    response = operation.response_for(status)
    if response is None:
        return Judged([undeclared_status(operation, status)])
    texts = {n.decode("latin-1"): v.decode("latin-1") for n, v in header_map(headers).items()}
    in_headers = reply_violations(response, texts, None, None, secrets)
    if body is None:
        return Judged(in_headers)
    judged = _judged_body(response, status, texts, body, limit)
    in_body = [discreet_in_reply(v, secrets, judged.value) for v in judged.violations]
    return judged._replace(violations=[*in_body, *in_headers])


def _judged_body(
    response: Response, status: int, headers: dict[str, str], body: bytes, limit: int
) -> Judged:
    try:
        text = decoded(body, headers.get("content-encoding", ""), limit)
    except ContentTooLarge:
        return Judged([], f"it is larger than {limit} bytes once it is decompressed")
    except UnsupportedMediaType:
        return Judged([], f"its coding {headers['content-encoding']} isn't known")
    except Problem as problem:
        found = problem.violations[0]
        return Judged([_violation(found.keyword, found.message)])
    if not text:
        return Judged(_missing(response, status, headers))
    try:
        key, value = _read(response, headers.get("content-type", ""), text)
        return Judged(
            body_codec.violations(response.content[key], value, ("response", "body")),
            key=key,
            text=text,
            value=value,
        )
    except UnreadableBody as error:
        return Judged([_violation("syntax", str(error))])
    except ValueError as error:
        return Judged([_violation("content-type", str(error), "header", "content-type")])


def _read(response: Response, sent: str, text: bytes) -> tuple[str, Any]:
    """Return the declared entry that a body belongs to, and its value. Raises ValueError."""
    if not response.content:
        raise UnreadableBody(f"the reply has a body; the contract's {response.code} has none")
    media_type = parse_media_type(sent or next(iter(response.content)))
    key = entry_for(response.content, media_type)
    return key, body_codec.decoder(response.content[key], media_type)(text)


def _missing(response: Response, status: int, headers: dict[str, str]) -> list[Violation]:
    """Return the violation of an empty body if one is declared; an empty text is a body."""
    essence = headers.get("content-type", "").partition(";")[0].strip().lower()
    if not response.content or status in BODYLESS or essence in _EMPTY:
        return []
    expected = one_of_types(response.content)
    return [_violation("required", f"the body is missing; expected {expected}")]


def undeclared_status(operation: Operation, status: int) -> Violation:
    """Return the violation of a status that an operation doesn't declare."""
    declared = ", ".join(operation.responses) or "none"
    message = f"the status {status} isn't declared by {operation.id}; it declares {declared}"
    node = operation.node
    rule = f"{node.document.label}#{node.pointer}/responses"
    return Violation(("response", "status"), "", "status", message, rule)


def _violation(keyword: str, message: str, *part: str) -> Violation:
    return Violation(("response", *(part or ("body",))), "", keyword, message)
