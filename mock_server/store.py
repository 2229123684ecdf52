"""Records and canned replies from a folder of fixtures, checked against the contract when read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import orjson

from mock_server import contents, wording
from mock_server.contract import Contract, Header, Operation, Response
from mock_server.document import (
    BrokenRef,
    Documents,
    Node,
    pointer_of,
    read_document,
    shown,
    tokens_of,
)
from mock_server.errors import Finding, Place, StartError, Violation, WrongUse
from mock_server.fragments import Fragments
from mock_server.frozen import frozen
from mock_server.media_types import TOKEN, find, parse
from mock_server.messages import header_bytes
from mock_server.parameters import encode, shape_of
from mock_server.schemas import Schema

T = TypeVar("T")
SUFFIXES = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class Record:
    """Something that the mocked service knows: a value, and labels to look it up by.

    Both are frozen: every request shares them.
    """

    value: Any
    labels: Mapping[str, Any]


class Records:
    """All records, by the name of the file that they stand in."""

    def __init__(self, files: Mapping[str, tuple[Record, ...]]) -> None:
        self._files = files
        self._derived: dict[Callable[[Records], Any], Any] = {}

    def __getitem__(self, name: str) -> tuple[Record, ...]:
        """The records of `records/NAME.yaml` in the file's order; none where there is no file."""
        return self._files.get(name, ())

    def derived(self, build: Callable[[Records], T]) -> T:
        """What `build` makes of the records (an index, say), made once and kept."""
        if build not in self._derived:
            self._derived[build] = build(self)
        found: T = self._derived[build]
        return found


@dataclass(frozen=True, slots=True)
class Conditions:
    """When a canned reply applies. None for a path, query or header value means: not sent."""

    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    has_body: bool = False


@dataclass(frozen=True, slots=True)
class CannedReply:
    """A named answer of one operation, with its conditions."""

    name: str
    conditions: Conditions
    status: int
    media_type: str | None
    headers: tuple[tuple[str, str], ...]
    body: Any
    has_body: bool


@dataclass(frozen=True)
class Store:
    """What the fixtures say: records, their bytes, and canned replies by operation id."""

    records: Records = field(default_factory=lambda: Records({}))
    fragments: Fragments = field(default_factory=lambda: Fragments(()))
    replies: Mapping[str, tuple[CannedReply, ...]] = field(default_factory=dict)


def read_store(folder: Path, contract: Contract) -> Store:
    """Read the fixtures in a folder. Raises StartError with every finding in them."""
    if not folder.is_dir():
        raise WrongUse(f"{shown(folder)}: there is no such folder of fixtures")
    reader = _Reader(contract)
    reader.check_entries(folder)
    records = {p.stem: tuple(reader.records(p)) for p in _files(folder / "records")}
    reader.check_references(records)
    replies = {p.stem: tuple(reader.replies(p)) for p in _files(folder / "replies")}
    if reader.findings:
        raise StartError(reader.findings)
    return Store(Records(records), Fragments(reader.judged), replies)


def _entries(folder: Path) -> list[Path]:
    """What is in a folder; what is hidden is an editor's own."""
    return sorted(folder.glob("[!.]*"))


def _files(folder: Path) -> list[Path]:
    return [p for p in _entries(folder) if p.suffix in SUFFIXES and p.is_file()]


class _Reader:
    """Reads files of fixtures and gathers what is wrong with them."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.operations = {operation.id: operation for operation in contract.operations}
        self.findings: list[Finding | str] = []
        self.judged: list[tuple[Schema, Any]] = []
        # Labels that name a record of another file, to be checked when all are read: where they
        # say so, and where they do it.
        self._referring: list[tuple[Node, str]] = []
        self._references: list[tuple[Node, str]] = []

    def check_entries(self, folder: Path) -> None:
        """What is misspelt, or in another place, would be silently without effect."""
        for entry in _entries(folder):
            if entry.name in _FOLDERS and entry.is_dir():
                self._check_names(entry)
            elif entry.suffix in SUFFIXES or (entry.is_dir() and entry.name != "__pycache__"):
                message = "expected `records` and `replies` in a folder of fixtures"
                self._file_finding(entry, message + _meant(entry.name, _FOLDERS))

    def _check_names(self, folder: Path) -> None:
        names: dict[str, Path] = {}
        for path in _files(folder):
            first = names.setdefault(path.stem, path)
            if first is not path:
                self._file_finding(path, f"expected one file of that name; there is {first.name}")
        for entry in _entries(folder):
            if entry.is_dir():
                self._file_finding(entry, "expected files here; what is in a folder isn't read")

    def check_references(self, files: Mapping[str, tuple[Record, ...]]) -> None:
        """A label that names a record must name one that is there."""
        known = {name: {_written(r.value) for r in records} for name, records in files.items()}
        for node, name in self._referring:
            if name not in known:
                self._finding(node, f"there is no file of records {name}" + _meant(name, known))
        for node, name in self._references:
            if name in known and _written(node.value) not in known[name]:
                self._finding(node, f"no record of {name} is {wording.shown(node.value)}")

    def records(self, path: Path) -> Iterator[Record]:
        top = self._top(path)
        if top is None or not self._is_mapping(top, _RECORDS_MEMBERS):
            return
        self._check_members(top, ("schema", "records"), _RECORDS_MEMBERS)
        schema = self._named_schema(top.get("schema"))
        judges = dict(self._judges(top.get("labels")))
        listed = top.get("records")
        if listed is not None and not isinstance(listed.value, list):
            self._finding(listed, "expected a list of records", "type")
        for node in listed.elements() if listed else ():
            yield from self._record(node, schema, judges)

    def _judges(self, labels: Node | None) -> Iterator[tuple[str, Schema | str | None]]:
        """What each label has to be."""
        if labels is None or not self._is_mapping(labels):
            return
        for name, node in labels.items():
            if name == "value":
                self._finding(node, "`value` is the record itself; name the label otherwise")
            else:
                yield name, self._judge_of(node)

    def _judge_of(self, node: Node) -> Schema | str | None:
        """What a label has to be: by a schema of the contract, or a record of another file."""
        if isinstance(node.value, str) and not node.value.lstrip("#").startswith("/"):
            self._referring.append((node, node.value))
            return node.value
        return self._named_schema(node)

    def _record(
        self, node: Node, schema: Schema | None, judges: Mapping[str, Schema | str | None]
    ) -> Iterator[Record]:
        names = ("value", *judges)
        if not self._is_mapping(node, names):
            return
        self._check_members(node, names, names)
        labels = {name: member for name, member in node.items() if name in judges}
        for name, member in labels.items():
            judge = judges[name]
            if isinstance(judge, str):
                self._references.append((member, judge))
            else:
                self._judge(member, judge)
        if (value := node.get("value")) is None:
            return
        self._judge(value, schema)
        record = Record(frozen(value.value), {n: frozen(m.value) for n, m in labels.items()})
        if schema is not None:
            self.judged.append((schema, record.value))
        yield record

    def _named_schema(self, node: Node | None) -> Schema | None:
        """The schema in the contract that a fixture names by its JSON pointer."""
        if node is None:
            return None
        if not isinstance(node.value, str) or not node.value.lstrip("#").startswith("/"):
            message = "expected a JSON pointer into the contract, such as /components/…"
            self._finding(node, message, "type")
            return None
        documents = self.contract.documents
        pointer = node.value if node.value.startswith("#") else f"#{quote(node.value)}"
        try:
            target = documents.node(pointer, documents.root.uri)
            if self.contract.replies.translation.is_schema(target):
                return self.contract.replies.at(target)
            self._finding(node, f"what the contract has at {node.value} is no schema", "schema")
        except BrokenRef:
            message = f"the contract {documents.root.name} has nothing at {node.value}"
            self._finding(node, message + _meant_place(documents.top, pointer), "schema")
        return None

    def replies(self, path: Path) -> Iterator[CannedReply]:
        operation = self.operations.get(path.stem)
        if operation is None:
            message = f"no operation of the contract has the id {path.stem}"
            self._file_finding(path, message + _meant(path.stem, self.operations), "operationId")
            return
        top = self._top(path)
        if top is None or top.value is None or not self._is_mapping(top):
            return
        for name, node in top.items():
            if self._is_mapping(node, _REPLY_MEMBERS):
                yield from self._reply(name, node, operation)

    def _reply(self, name: str, node: Node, operation: Operation) -> Iterator[CannedReply]:
        self._check_members(node, ("status",), _REPLY_MEMBERS)
        conditions = self._conditions(node.get("when"), operation)
        response = self._response(node.get("status"), operation)
        if response is None:
            return
        body = node.get("body")
        self._check_body(node, body, response)
        yield CannedReply(
            name=name,
            conditions=conditions,
            status=node.value["status"],
            media_type=node.value.get("media_type"),
            headers=tuple(self._headers(node, response)),
            body=body.value if body else None,
            has_body=body is not None,
        )

    def _response(self, status: Node | None, operation: Operation) -> Response | None:
        """What the contract says of a reply's status."""
        if status is None:
            return None
        code = status.value
        if isinstance(code, bool) or not isinstance(code, int) or not 100 <= code <= 599:
            self._finding(status, "expected a status between 100 and 599", "type")
            return None
        response = operation.response_for(code)
        if response is None:
            message = (
                f"the operation {operation.id} declares no response {code};"
                f" it declares {', '.join(operation.responses) or 'none'}"
            )
            self._finding(status, message, _rule(operation.node, "responses"))
        return response

    def _check_body(self, node: Node, body: Node | None, response: Response) -> None:
        rule = _rule(response.node, "content")
        if body is None:
            if response.content:
                message = f"`body` is missing; the contract's {response.code} has one"
                self._finding(node, message, rule)
            return
        if not response.content:
            message = f"the contract's response {response.code} has no body"
            self._finding(body, message, _rule(response.node))
            return
        media_type = node.value.get("media_type")
        key = _content_key(media_type, response)
        if key is None:
            message = f"{media_type} isn't declared; expected one of {', '.join(response.content)}"
            self._finding(node.get("media_type") or node, message, rule)
            return
        for violation in contents.violations(response.content[key], body.value, _BODY):
            self.findings.append(_finding_of(violation, body))

    def _headers(self, node: Node, response: Response) -> Iterator[tuple[str, str]]:
        """The headers of a reply, each as it stands on the wire."""
        headers = node.get("headers")
        declared = {header.name.lower(): header for header in response.headers}
        if headers is not None and self._is_mapping(headers):
            for name, member in headers.items():
                text = self._header_text(name, member, declared.pop(name.lower(), None))
                if text is not None:
                    yield name, text
        for header in declared.values():
            if header.required:
                message = f"the required header {header.name} is missing"
                self._finding(headers or node, message, _rule(response.node, "headers"))

    def _header_text(self, name: str, node: Node, header: Header | None) -> str | None:
        if not _HEADER_NAME.fullmatch(name) or name.lower() in _OWN_HEADERS:
            why = _OWN_HEADERS.get(name.lower(), "no header may have that name")
            self._finding(node, why, "headers")
            return None
        shape = header.shape if header else shape_of(name, "header")
        try:
            if node.value is None:
                raise ValueError("null can't stand in a header; expected a value")
            text = node.value if isinstance(node.value, str) else encode(shape, node.value)
            if header_bytes(text).decode("latin-1") != text:
                raise ValueError(f"{wording.shown(text)} can't stand in a header")
            if header is not None:
                self._judge(replace(node, value=header.decode(text)), header.schema)
        except ValueError as error:
            self._finding(node, str(error), "style")
            return None
        return text

    def _conditions(self, when: Node | None, operation: Operation) -> Conditions:
        if when is None or not self._is_mapping(when, _CONDITION_MEMBERS):
            return Conditions()
        self._check_members(when, (), _CONDITION_MEMBERS)
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
        return dict(node.value) if node is not None and self._is_mapping(node) else {}

    def _check_path_names(self, node: Node | None, operation: Operation) -> None:
        """A condition on a parameter that isn't there would never hold."""
        names = [p.name for p in operation.parameters if p.location == "path"]
        for name, member in node.items() if node else ():
            if name not in names:
                message = f"{operation.path} has no parameter {name}" + _meant(name, names)
                self._finding(member, message, _rule(operation.node, "parameters"))

    def _top(self, path: Path) -> Node | None:
        try:
            return Documents(read_document(path)).top
        except StartError as error:
            self.findings.extend(error.lines)
            return None

    def _is_mapping(self, node: Node, known: Iterable[str] = ()) -> bool:
        if isinstance(node.value, dict):
            return True
        members = ", ".join(f"`{name}`" for name in known)
        self._finding(node, "expected a mapping" + (f" with {members}" if known else ""), "type")
        return False

    def _check_members(self, node: Node, required: Iterable[str], known: Iterable[str]) -> None:
        """Each member that is missing, and each that nobody knows, is a finding."""
        for name in required:
            if name not in node.value:
                self._finding(node, f"`{name}` is missing", "required")
        expected = ", ".join(f"`{name}`" for name in known)
        for name, member in node.items():
            if name not in known:
                message = f"`{name}` isn't known here; expected {expected}" + _meant(name, known)
                self._finding(member, message, "additionalProperties")

    def _judge(self, node: Node, schema: Schema | None) -> None:
        """Every way in which a value breaks its schema is a finding where that stands."""
        where = ("fixture", str(node.tokens[-1]))
        for violation in schema.violations(node.value, where) if schema else ():
            self.findings.append(_finding_of(violation, node))

    def _finding(self, node: Node, message: str, rule: str = "") -> None:
        self.findings.append(Finding(node.place, message, node.pointer, rule))

    def _file_finding(self, path: Path, message: str, rule: str = "") -> None:
        self.findings.append(Finding(Place(shown(path), 1, 1), message, "", rule))


def _finding_of(violation: Violation, node: Node) -> Finding:
    tokens = (*node.tokens, *violation.location[2:])
    place = node.document.place(tokens)
    return Finding(place, violation.message, pointer_of(tokens), violation.rule)


_BODY = ("fixture", "body")
_FOLDERS = ("records", "replies")
_RECORDS_MEMBERS = ("schema", "labels", "records")
_REPLY_MEMBERS = ("when", "status", "media_type", "headers", "body")
_CONDITION_MEMBERS = ("path", "query", "headers", "body")
_HEADER_NAME = re.compile(TOKEN)
_OWN_HEADERS = {
    "content-type": "the content type is said by `media_type`",
    "content-length": "the length is counted when the reply is sent",
}


def _content_key(media_type: Any, response: Response) -> str | None:
    """The entry of a response's content that a body of that type belongs to."""
    if media_type is None:
        return next(iter(response.content))
    try:
        return find(response.content, parse(str(media_type)))
    except ValueError:
        return None


def _written(value: Any) -> bytes:
    """The same for values that JSON takes for one."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _rule(node: Node, *steps: str) -> str:
    return f"{node.document.name}#{pointer_of((*node.tokens, *steps))}"


def _meant(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]}?" if near else ""


def _meant_place(top: Node, pointer: str) -> str:
    """The place that a dangling pointer may have meant, where one step of it is misspelt."""
    node = top
    for token in tokens_of(pointer.removeprefix("#")):
        below = node.get(str(token))
        if below is None:
            near = get_close_matches(str(token), [name for name, _ in node.items()], n=1)
            return f"; did you mean {node.pointer}/{near[0]}?" if near else ""
        node = below
    return ""
