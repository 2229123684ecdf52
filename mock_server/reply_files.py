"""Files of canned replies, each reply checked against the operation that it answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from mock_server import contents, wording
from mock_server.contract import Contract, Header, Operation, Response
from mock_server.document import Node
from mock_server.faults import Fault, WrongRule, read_rule
from mock_server.fixture_reader import FixtureReader, finding_of, meant, rule_of
from mock_server.media_types import TOKEN, find, parse
from mock_server.messages import header_bytes, header_lines
from mock_server.parameters import encode, shape_of
from mock_server.replies import CannedReply, Conditions, Scenario

_BODY = ("fixture", "body")
_FAULT_MEMBERS = ("fault", "delay")
_ANSWER = ("status", "media_type", "headers", "body", *_FAULT_MEMBERS)
_SCENARIO = ("scenario", "state", "next_state")
_MEMBERS = ("when", *_SCENARIO, *_ANSWER, "timeline")
_SEQUENCE_MEMBERS = ("when", *_SCENARIO, "sequence")
_CONDITION_MEMBERS = ("path", "query", "headers", "body")
_HEADER_NAME = re.compile(TOKEN)
_OWN_HEADERS = {
    "content-type": "the content type is said by `media_type`",
    "content-length": "the length is counted when the reply is sent",
}


class ReplyReader(FixtureReader):
    """Reads files of canned replies."""

    def __init__(self, contract: Contract) -> None:
        super().__init__(contract)
        self._operations = {operation.id: operation for operation in contract.operations}

    def replies(self, path: Path) -> Iterator[CannedReply]:
        """The canned replies in a file, which is named by the operation that they answer."""
        operation = self._operations.get(path.stem)
        if operation is None:
            message = f"no operation of the contract has the id {path.stem}"
            self.file_finding(path, message + meant(path.stem, self._operations), "operationId")
            return
        top = self.top(path)
        if top is None or top.value is None or not self.is_mapping(top):
            return
        for name, node in top.items():
            if self.is_mapping(node, _MEMBERS):
                yield from self.reply(name, node, operation)

    def reply(self, name: str, node: Node, operation: Operation) -> Iterator[CannedReply]:
        """The canned reply at a node; none where it has no status that is declared."""
        in_turn = "sequence" in node.value
        known = _SEQUENCE_MEMBERS if in_turn else _MEMBERS
        self.check_members(node, ("sequence",) if in_turn else ("status",), known)
        stages = self._in_turn(name, node, operation) if in_turn else []
        after: tuple[float, ...] = ()
        if not in_turn and (first := self._answer(name, node, operation)) is not None:
            later, after = self._later(name, node.get("timeline"), operation)
            stages = [first, *later]
        conditions = self.conditions(node.get("when"), operation)
        scenario = self._scenario(node)
        if stages:
            yield replace(
                stages[0],
                conditions=conditions,
                scenario=scenario,
                stages=tuple(stages) if in_turn or after else (),
                after=(0.0, *after) if after else (),
                node=node,
            )

    def _in_turn(self, name: str, node: Node, operation: Operation) -> list[CannedReply]:
        """The replies of a sequence."""
        entries = self.elements(node.get("sequence"), "replies, each with its `status`")
        for entry in entries:
            self.check_members(entry, ("status",), _ANSWER)
        answers = [self._answer(name, entry, operation) for entry in entries]
        return [answer for answer in answers if answer is not None]

    def _later(
        self, name: str, timeline: Node | None, operation: Operation
    ) -> tuple[list[CannedReply], tuple[float, ...]]:
        """What a reply becomes, and after how many seconds."""
        entries = self.elements(timeline, "stages, each with its `after` and `status`")
        for entry in entries:
            self.check_members(entry, ("after", "status"), ("after", *_ANSWER))
        answers = [self._answer(name, entry, operation) for entry in entries]
        return [a for a in answers if a is not None], tuple(self.afters(entries))

    def _answer(self, name: str, node: Node, operation: Operation) -> CannedReply | None:
        """A status, headers and a body; none where the status isn't declared."""
        response = self._response(node.get("status"), operation)
        if response is None:
            return None
        body = node.get("body")
        self._check_body(node, body, response)
        return CannedReply(
            name=name,
            conditions=Conditions(),
            status=node.value["status"],
            media_type=node.value.get("media_type"),
            headers=tuple(self._headers(node, response)),
            body=body.value if body else None,
            has_body=body is not None,
            fault=self._fault(node),
        )

    def _scenario(self, node: Node) -> Scenario | None:
        """The scenario that a reply belongs to, with its states."""
        values = {name: found for name in _SCENARIO if (found := node.get(name)) is not None}
        for name, found in values.items():
            if not isinstance(found.value, str) or not found.value:
                self.finding(found, f"`{name}` is a name; expected a string", "type")
        if not values:
            return None
        if "scenario" not in values:
            first = next(iter(values.values()))
            self.finding(first, "`scenario` is missing; expected the name of one", "required")
            return None
        states = (found.value if (found := values.get(n)) else None for n in _SCENARIO[1:])
        return Scenario(values["scenario"].value, *states)

    def _fault(self, node: Node) -> Fault | None:
        """What goes wrong with a reply, by the members of a rule that it may have."""
        members = {name: node.value[name] for name in _FAULT_MEMBERS if name in node.value}
        try:
            return read_rule(members, ()).fault if members else None
        except WrongRule as error:
            for member, message in error.wrong:
                self.finding(node.get(member) or node, message, "fault")
            return None

    def _response(self, status: Node | None, operation: Operation) -> Response | None:
        """What the contract says of a reply's status."""
        if status is None:
            return None
        code = status.value
        if isinstance(code, bool) or not isinstance(code, int) or not 100 <= code <= 599:
            self.finding(status, "expected a status between 100 and 599", "type")
            return None
        response = operation.response_for(code)
        if response is None:
            message = (
                f"the operation {operation.id} declares no response {code};"
                f" it declares {', '.join(operation.responses) or 'none'}"
            )
            self.finding(status, message, rule_of(operation.node, "responses"))
        return response

    def _check_body(self, node: Node, body: Node | None, response: Response) -> None:
        rule = rule_of(response.node, "content")
        if body is None:
            if response.content:
                message = f"`body` is missing; the contract's {response.code} has one"
                self.finding(node, message, rule)
            return
        if not response.content:
            message = f"the contract's response {response.code} has no body"
            self.finding(body, message, rule_of(response.node))
            return
        media_type = node.value.get("media_type")
        key = _content_key(media_type, response)
        if key is None:
            message = f"{media_type} isn't declared; expected one of {', '.join(response.content)}"
            self.finding(node.get("media_type") or node, message, rule)
            return
        for violation in contents.violations(response.content[key], body.value, _BODY):
            self.findings.append(finding_of(violation, body))

    def _headers(self, node: Node, response: Response) -> Iterator[tuple[str, str]]:
        """The headers of a reply, each as it stands on the wire."""
        headers = node.get("headers")
        declared = {header.name.lower(): header for header in response.headers}
        if headers is not None and self.is_mapping(headers):
            for name, member in headers.items():
                text = self._header_text(name, member, declared.pop(name.lower(), None))
                if text is not None:
                    yield name, text
        for header in declared.values():
            if header.required:
                message = f"the required header {header.name} is missing"
                self.finding(headers or node, message, rule_of(response.node, "headers"))

    def _header_text(self, name: str, node: Node, header: Header | None) -> str | None:
        if not _HEADER_NAME.fullmatch(name) or name.lower() in _OWN_HEADERS:
            why = _OWN_HEADERS.get(name.lower(), "no header may have that name")
            self.finding(node, why, "headers")
            return None
        shape = header.shape if header else shape_of(name, "header")
        try:
            if node.value is None:
                raise ValueError("null can't stand in a header; expected a value")
            text = node.value if isinstance(node.value, str) else encode(shape, node.value)
            if any(header_bytes(t).decode("latin-1") != t for t in header_lines(name, text)):
                raise ValueError(f"{wording.shown(text)} can't stand in a header")
            if header is not None:
                self.judge(replace(node, value=header.decode(text)), header.schema)
        except ValueError as error:
            self.finding(node, str(error), "style")
            return None
        return text

    def conditions(self, when: Node | None, operation: Operation) -> Conditions:
        """The conditions at a node, on the requests of an operation."""
        if when is None or not self.is_mapping(when, _CONDITION_MEMBERS):
            return Conditions()
        self.check_members(when, (), _CONDITION_MEMBERS)
        parts = {part: self._named(when.get(part)) for part in ("path", "query", "headers")}
        self._check_path_names(when.get("path"), operation)
        return Conditions(
            path=parts["path"],
            query=parts["query"],
            headers={name.lower(): value for name, value in parts["headers"].items()},
            body=when.value.get("body"),
            has_body="body" in when.value,
        )

    def _named(self, node: Node | None) -> dict[str, Any]:
        return dict(node.value) if node is not None and self.is_mapping(node) else {}

    def _check_path_names(self, node: Node | None, operation: Operation) -> None:
        """A condition on a parameter that isn't there would never hold."""
        names = [p.name for p in operation.parameters if p.location == "path"]
        for name, member in node.items() if node else ():
            if name not in names:
                message = f"{operation.path} has no parameter {name}" + meant(name, names)
                self.finding(member, message, rule_of(operation.node, "parameters"))


def _content_key(media_type: Any, response: Response) -> str | None:
    """The entry of a response's content that a body of that type belongs to."""
    if media_type is None:
        return next(iter(response.content))
    try:
        return find(response.content, parse(str(media_type)))
    except ValueError:
        return None
