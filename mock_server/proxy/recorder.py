"""Exchanges as canned replies in a folder of fixtures, written while they happen."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from mock_server.bodies import body_codec
from mock_server.contract import Contract, Operation, Response
from mock_server.documents import shown_path
from mock_server.errors import WrongUse
from mock_server.generation import Generator
from mock_server.http_messages import CONNECTION_HEADERS, Request, decoded, parse_media_type
from mock_server.proxy.bodies import Kept
from mock_server.proxy.hops import OF_THE_UPSTREAM
from mock_server.proxy.masks import without_secrets
from mock_server.proxy.recordable import RecordableRequest
from mock_server.proxy.reply_file import NOT_RECORDED, Recorded, ReplyFile
from mock_server.proxy.reply_masks import ReplyMasks
from mock_server.proxy.upstream import Answer
from mock_server.proxy.yaml_text import as_yaml
from mock_server.secrecy import OperationSecrets, Secrets, secret_places
from mock_server.validation import ABSENT, Arguments, Judged, entry_for

log = logging.getLogger("mock_server")

# Headers by which a server describes itself, and those that describe how the body is written.
_OF_A_SERVER = CONNECTION_HEADERS | {"content-type", "server", "via", "alt-svc"}
_OF_A_MOCK = tuple(OF_THE_UPSTREAM.decode() + name for name in ("mock-", "sl-violations"))
# A reply is recorded from another origin than the one that it is sent to again (Fetch, section
# 3.3).
_CORS = "access-control-"


class Recorder:
    """A writer of `replies/<operationId>.yaml` in a folder; the answers come from `source_url`.

    With `keeps_all` answers that break the contract are kept too, marked so. `left_out` counts the
    exchanges that aren't kept.
    """

    def __init__(
        self,
        folder: Path,
        contract: Contract,
        source_url: str,
        secrets: Secrets,
        keeps_all: bool = False,
    ) -> None:
        self.keeps_all, self.left_out = keeps_all, 0
        self.folder, self._contract, self._source_url = folder, contract, source_url
        self._files: dict[str, ReplyFile] = {}
        self._secrets = secrets
        self._generator = Generator()
        try:
            (folder / "replies").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WrongUse(f"{shown_path(folder)} can't be written to: {error.strerror}") from None

    def of(self, contract: Contract, secrets: Secrets) -> Recorder:
        """Return a recorder for another contract, which reads the files anew."""
        renewed = Recorder(self.folder, contract, self._source_url, secrets, self.keeps_all)
        renewed.left_out = self.left_out
        return renewed

    def record(self, asked: RecordableRequest, answer: Answer, judged: Judged, body: Kept) -> None:
        """Write an exchange down; one that can't be written is noted and logged.

        `body` is the answer's, with its codings.
        """
        operation = asked.operation
        try:
            self._add(asked, *self._kept(operation, answer, judged, body))
        except (OSError, WrongUse) as error:
            self.left_out += 1
            log.error("Not recorded: %s; %s", operation.id, error)
        except ValueError as error:
            self.leave_out(asked, f"{operation.id} {answer.status}; {error}", str(error))

    def _kept(
        self, operation: Operation, answer: Answer, judged: Judged, body: Kept
    ) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Return a canned reply and its notes.

        The canned reply is undeclared if the contract has no form for the answer. Raises
        ValueError.
        """
        if judged.violations:
            return self._undeclared(operation, answer, body)
        try:
            return self._reply(operation, answer, judged)
        except ValueError:
            if not self.keeps_all:
                raise
            return self._undeclared(operation, answer, body)

    def leave_out(self, asked: RecordableRequest | None, what: str, reason: str = "") -> None:
        """Count an exchange that isn't kept, and note the reason in the file of its operation.

        `what` is for the log. Nothing is noted for a request that can't be distinguished from
        others.
        """
        self.left_out += 1
        if what:
            log.warning("Not recorded: %s", what)
        if asked is None or not reason:
            return
        try:
            self._add(asked, {NOT_RECORDED: reason})
        except (OSError, WrongUse, ValueError) as error:
            log.error("Not noted: %s; %s", asked.operation.id, error)

    def _add(
        self, asked: RecordableRequest, reply: Mapping[str, Any], notes: tuple[str, ...] = ()
    ) -> None:
        operation, request, arguments, is_valid = asked
        when = self._conditions(operation, request, arguments)
        if not is_valid:
            when["valid"] = False
        self._file(operation).add(Recorded(when, request, arguments, reply, notes))

    def _file(self, operation: Operation) -> ReplyFile:
        if operation.id not in self._files:
            replies = self.folder / "replies"
            self._files[operation.id] = ReplyFile(
                replies, operation.id, self._contract, self._source_url
            )
        return self._files[operation.id]

    # Conditions

    def _conditions(
        self, operation: Operation, request: Request, arguments: Arguments
    ) -> dict[str, Any]:
        """Return what distinguishes a request from others, without its secrets."""
        secrets = self._secrets.of_operation(operation)
        body = _without_files(operation, request, arguments.body)
        if secrets.hides_in_body(()) or (isinstance(body, str) and _is_masked(request, secrets)):
            body = ABSENT
        elif secrets.is_on:
            body = without_secrets(body, secrets.request)
        is_known = body is not ABSENT and _is_json(body)
        parts = {
            "path": arguments.path,
            "query": self._query(operation, request, arguments),
            "headers": self._headers(operation, request),
        }
        locations = {"headers": "header"}
        shown = {
            part: _named_without(values, locations.get(part, part), secrets)
            for part, values in parts.items()
        }
        found = {name: values for name, values in shown.items() if values}
        return {**found, **({"body": body} if is_known else {})}

    def _query(
        self, operation: Operation, request: Request, arguments: Arguments
    ) -> dict[str, Any]:
        """Return every declared parameter, None if it wasn't sent, and the undeclared ones."""
        declared: dict[str, Any] = {p.name: None for p in operation.parameters if _in_query(p)}
        others = {
            name: value
            for name, value in parse_qsl(request.query, keep_blank_values=True)
            if name.partition("[")[0] not in declared
        }
        sent = {n: v for n, v in arguments.query.items() if _is_json(v)}
        raw = dict(parse_qsl(request.query, keep_blank_values=True))
        unread = {n: raw[n] for n in declared if n in raw}  # values that break the contract
        together = {**declared, **unread, **others, **sent}
        unknown = arguments.query.keys() - sent.keys()
        return {name: value for name, value in together.items() if name not in unknown}

    def _headers(self, operation: Operation, request: Request) -> dict[str, str]:
        """Return the declared header parameters, as they were sent."""
        names = [p.name.lower() for p in operation.parameters if p.location == "header"]
        sent = {name: request.header(name) for name in names}
        return {name: value for name, value in sent.items() if value is not None}

    # Replies

    def _reply(
        self, operation: Operation, answer: Answer, judged: Judged
    ) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Return a canned reply as its file has it, and the notes on it.

        Raises ValueError for an answer that can't stand in a file.
        """
        response = operation.response_for(answer.status)
        assert response is not None, "what isn't declared is a violation"
        masks = ReplyMasks(self._secrets.of_operation(operation), self._generator)
        headers = masks.headers(response, _own_headers(answer, response))
        body = masks.body(response, answer, judged)
        parts = {
            "status": answer.status,
            **({"headers": headers.value} if headers.value else {}),
            **body.value,
        }
        notes = (
            *(f"The header {name} was left out: it is secret." for name in headers.left_out),
            *(f"The body's {pointer} was left out: it is secret." for pointer in body.left_out),
        )
        return parts, notes

    def _undeclared(
        self, operation: Operation, answer: Answer, body: Kept
    ) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Return a canned reply that breaks the contract, as its file has it, and the notes on it.

        Raises ValueError for an answer that can't stand in a file.
        """
        response = operation.response_for(answer.status)
        masks = ReplyMasks(self._secrets.of_operation(operation), self._generator)
        sent = _own_headers(answer, response)
        headers = masks.headers(response, sent)
        parts = {
            "status": answer.status,
            "undeclared": True,
            **({"headers": headers.value} if headers.value else {}),
            **masks.undescribed_body(answer, body),
        }
        notes = (f"The header {name} was left out: it is secret." for name in headers.left_out)
        return parts, tuple(notes)


def _is_masked(request: Request, secrets: OperationSecrets) -> bool:
    """Return whether something in a request's body is secret; the type decides for a text."""
    return secrets.request_body(request.body, list(request.headers.items())) != request.body


def _own_headers(answer: Answer, response: Response | None) -> dict[str, list[str]]:
    """Return the reply's own headers, each with all values that were sent."""
    found: dict[str, list[str]] = {}
    for name, text in _kept_headers(answer, response):
        found.setdefault(name, []).append(text)
    return found


def _named_without(
    values: Mapping[str, Any], location: str, secrets: OperationSecrets
) -> dict[str, Any]:
    """Return the parameters of a location that may be conditions: none of them holds a secret."""
    if not secrets.is_on:
        return dict(values)
    open_ones = {
        name: value
        for name, value in values.items()
        if not (secrets.hides(location, name) or secrets.hides_property(location, name))
    }
    # An authorization code is recognised by the parameters beside it.
    hidden = [t[0] for t in secret_places(open_ones, secrets.request)]
    return {name: value for name, value in open_ones.items() if name not in hidden}


def _without_files(operation: Operation, request: Request, body: Any) -> Any:
    """Return the value of a request's body without uploads; ABSENT if its parts go by position.

    Files are long and private, so they are no way to distinguish requests.
    """
    media_type = parse_media_type(request.header("content-type") or "*/*")
    if media_type.type != "multipart" or operation.body is None:
        return body
    content = operation.body.content[entry_for(operation.body.content, media_type)]
    text = decoded(request.body, request.header("content-encoding") or "", sys.maxsize - 1)
    names = body_codec.files(content, media_type, text)
    if not isinstance(body, dict):
        return ABSENT if names else body
    return {name: value for name, value in body.items() if name not in names}


def _kept_headers(answer: Answer, response: Response | None) -> Iterator[tuple[str, str]]:
    """Yield the reply's own headers: not a server's, a mock's, or CORS's.

    Headers of CORS that the contract requires stay: a reply without them breaks the contract.
    """
    declared = response.headers if response is not None else ()
    required = {header.name.lower() for header in declared if header.required}
    for raw, value in answer.headers:
        name, text = raw.decode("latin-1"), value.decode("latin-1")
        is_cors = name.startswith(_CORS) and name not in required
        if name in _OF_A_SERVER or name.startswith(_OF_A_MOCK) or is_cors:
            continue
        if name != "vary" or (text := _without_origin(text)):
            yield name, text


def _without_origin(vary: str) -> str:
    """Return the value of `Vary` without the origin, which only matters to CORS."""
    members = (member.strip() for member in vary.split(","))
    return ", ".join(member for member in members if member.lower() not in ("", "origin"))


def _in_query(parameter: Any) -> bool:
    return bool(parameter.location == "query")


def _is_json(value: Any) -> bool:
    """Return whether a value can stand in a file: none of it is bytes or a file."""
    try:
        as_yaml(value)
    except (TypeError, ValueError):
        return False
    return True
