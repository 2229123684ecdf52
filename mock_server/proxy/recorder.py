"""Exchanges as canned replies in a folder of fixtures, written while they happen."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from mock_server.bodies import body_codec
from mock_server.contract import Contract, Operation, Response
from mock_server.documents import shown_path
from mock_server.errors import WrongUse
from mock_server.http_messages import CONNECTION_HEADERS, Request, parse_media_type
from mock_server.proxy.judging import Judged
from mock_server.proxy.reply_file import Recorded, ReplyFile
from mock_server.proxy.secrets import MASKED, api_keys, is_secret, masked, without_secrets
from mock_server.proxy.upstream import Answer
from mock_server.proxy.yaml_text import as_yaml
from mock_server.validation import ABSENT, Arguments

log = logging.getLogger("mock_server")

# What the server that sends a reply says for itself, and what says how its body is written.
_OF_A_SERVER = CONNECTION_HEADERS | {"content-type", "server", "via", "alt-svc", "sl-violations"}
# Who records a reply reads it from another origin than who is sent it again (Fetch, section 3.3).
_CORS = "access-control-"


class Recorder:
    """Writes `replies/<operationId>.yaml` in a folder; `whence` is where the answers come from."""

    def __init__(self, folder: Path, contract: Contract, whence: str) -> None:
        self.folder, self._contract, self._whence = folder, contract, whence
        self._files: dict[str, ReplyFile] = {}
        schemes = contract.security_schemes
        self._keys = {part: api_keys(schemes, part) for part in ("query", "header")}
        try:
            (folder / "replies").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WrongUse(f"{shown_path(folder)} can't be written to: {error.strerror}") from None

    def of(self, contract: Contract) -> Recorder:
        """One for another contract, which reads what is there anew."""
        return Recorder(self.folder, contract, self._whence)

    def record(
        self,
        operation: Operation,
        request: Request,
        arguments: Arguments,
        answer: Answer,
        judged: Judged,
    ) -> None:
        """Write an exchange down; what can't be is said in the log, by method and path alone."""
        try:
            when = self._conditions(operation, request, arguments)
            reply = self._reply(operation, answer, judged)
            self._file(operation).add(Recorded(when, request, arguments, reply))
        except OSError as error:
            log.error("Not recorded: %s; %s", operation.id, error)
        except ValueError as error:
            log.warning("Not recorded: %s %s; %s", operation.id, answer.status, error)

    def _file(self, operation: Operation) -> ReplyFile:
        if operation.id not in self._files:
            replies = self.folder / "replies"
            self._files[operation.id] = ReplyFile(
                replies, operation.id, self._contract, self._whence
            )
        return self._files[operation.id]

    # When

    def _conditions(
        self, operation: Operation, request: Request, arguments: Arguments
    ) -> dict[str, Any]:
        """What tells a request from others, without what is secret in it."""
        body = without_secrets(arguments.body)
        is_known = body is not ABSENT and _is_json(body)
        parts = {
            "path": {n: v for n, v in arguments.path.items() if not is_secret(n)},
            "query": self._query(operation, request, arguments),
            "headers": self._headers(operation, request),
            **({"body": body} if is_known else {}),
        }
        return {name: part for name, part in parts.items() if part != {} or name == "body"}

    def _query(
        self, operation: Operation, request: Request, arguments: Arguments
    ) -> dict[str, Any]:
        """Every declared parameter, None where it wasn't sent, and those that aren't declared."""
        declared: dict[str, Any] = {p.name: None for p in operation.parameters if _in_query(p)}
        others = {
            name: value
            for name, value in parse_qsl(request.query, keep_blank_values=True)
            if name.partition("[")[0] not in declared
        }
        sent = {n: v for n, v in arguments.query.items() if _is_json(v)}
        hidden = self._keys["query"]
        together = {**declared, **others, **sent}
        unknown = arguments.query.keys() - sent.keys()
        return {
            name: value
            for name, value in together.items()
            if name not in unknown and not is_secret(name) and name.lower() not in hidden
        }

    def _headers(self, operation: Operation, request: Request) -> dict[str, str]:
        """The declared header parameters, as they were sent."""
        names = [p.name.lower() for p in operation.parameters if p.location == "header"]
        hidden = self._keys["header"]
        sent = {n: request.header(n) for n in names if not is_secret(n) and n not in hidden}
        return {name: value for name, value in sent.items() if value is not None}

    # What then

    def _reply(self, operation: Operation, answer: Answer, judged: Judged) -> dict[str, Any]:
        """A canned reply as its file has it. Raises ValueError for what can't stand in one."""
        response = operation.response_for(answer.status)
        assert response is not None, "what isn't declared is a violation"
        headers = self._reply_headers(answer, response)
        return {
            "status": answer.status,
            **({"headers": headers} if headers else {}),
            **_body(response, answer, judged),
        }

    def _reply_headers(self, answer: Answer, response: Response) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, text in _kept_headers(answer, response):
            if name == "set-cookie":
                found[name] = _with_cookie(found.get(name), _masked_cookie(text))
            elif name in self._keys["header"] or (is_secret(name) and not name.startswith(_CORS)):
                found[name] = MASKED
            else:
                found[name] = f"{found[name]}, {text}" if name in found else text
        return found


def _kept_headers(answer: Answer, response: Response) -> Iterator[tuple[str, str]]:
    """The headers that are the reply's own: not a server's, a mock's, or CORS's.

    Those of CORS stay that the contract asks for: without them no reply keeps to it.
    """
    required = {header.name.lower() for header in response.headers if header.required}
    for raw, value in answer.headers:
        name, text = raw.decode("latin-1"), value.decode("latin-1")
        is_cors = name.startswith(_CORS) and name not in required
        if name in _OF_A_SERVER or name.startswith("mock-") or is_cors:
            continue
        if name != "vary" or (text := _without_origin(text)):
            yield name, text


def _without_origin(vary: str) -> str:
    """What a reply depends on, but for the origin that CORS is about."""
    members = (member.strip() for member in vary.split(","))
    return ", ".join(member for member in members if member.lower() not in ("", "origin"))


def _in_query(parameter: Any) -> bool:
    return bool(parameter.location == "query")


def _is_json(value: Any) -> bool:
    """Whether a value can stand in a file: none of it is bytes or a file."""
    try:
        as_yaml(value)
    except (TypeError, ValueError):
        return False
    return True


def _with_cookie(found: Any, cookie: str) -> Any:
    """Several cookies are a list: each is a header of its own (RFC 6265, section 3)."""
    if found is None:
        return cookie
    return [*(found if isinstance(found, list) else [found]), cookie]


def _masked_cookie(text: str) -> str:
    """A cookie without its value, attributes kept (RFC 6265, section 4.1.1)."""
    pair, semicolon, attributes = text.partition(";")
    return f"{pair.partition('=')[0]}={MASKED}{semicolon}{attributes}"


def _body(response: Response, answer: Answer, judged: Judged) -> Mapping[str, Any]:
    """The body of a canned reply, with its media type where that isn't the declared one."""
    if judged.key is None:
        is_empty_text = bool(response.content) and answer.status not in (204, 304)
        return {"body": ""} if is_empty_text else {}
    content = response.content[judged.key]
    sent = answer.by_name.get(b"content-type", b"").decode("latin-1") or judged.key
    if type(judged.value) is bytes:
        raise ValueError(f"a body of {sent} has no form in a file of replies")

    def is_accepted(value: Any) -> bool:
        return not body_codec.violations(content, value, ("response", "body"))

    media_type = parse_media_type(sent)
    value = masked(judged.value, is_accepted)
    if not media_type.is_json and value == judged.value:
        value = judged.text.decode(media_type.charset or "utf-8")
    usual = next(iter(response.content))
    return {**({"media_type": sent} if sent != usual else {}), "body": value}
