"""Records and canned replies from a folder of fixtures, checked against the contract when read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from mock_server import wording
from mock_server.contract import Contract, Operation, Response
from mock_server.document import BrokenRef, Documents, Node, read_document, shown
from mock_server.errors import Finding, StartError, Violation, WrongUse
from mock_server.fragments import Fragments
from mock_server.frozen import frozen
from mock_server.media_types import find, parse
from mock_server.schemas import Schema

T = TypeVar("T")
_SUFFIXES = (".yaml", ".yml", ".json")


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
    reader.unknown_entries(folder)
    records = {p.stem: tuple(reader.records(p)) for p in _files(folder / "records")}
    reader.check_references(records)
    replies = {p.stem: tuple(reader.replies(p)) for p in _files(folder / "replies")}
    if reader.findings:
        raise StartError(reader.findings)
    return Store(Records(records), Fragments(reader.judged), replies)


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.glob("*") if p.suffix in _SUFFIXES)


class _Reader:
    """Reads files of fixtures and gathers what is wrong with them."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.operations = {operation.id: operation for operation in contract.operations}
        self.findings: list[Finding | str] = []
        self.judged: list[tuple[Schema, Any]] = []
        # Labels that name a record of another file, to be checked when all are read.
        self._references: list[tuple[Node, str]] = []

    def check_references(self, files: Mapping[str, tuple[Record, ...]]) -> None:
        """A label that names a record must name one that is there."""
        for node, name in self._references:
            known = [record.value for record in files.get(name, ())]
            if node.value not in known:
                self._finding(node, f"no record of {name} is {wording.shown(node.value)}")

    def unknown_entries(self, folder: Path) -> None:
        """A misspelt folder would be silently without effect."""
        for entry in sorted(folder.iterdir()):
            if entry.is_dir() and entry.name not in ("records", "replies", "__pycache__"):
                self.findings.append(
                    f"{shown(entry)}: expected `records` and `replies` in a folder of fixtures"
                    + _meant(entry.name, ["records", "replies"])
                )

    def records(self, path: Path) -> Iterator[Record]:
        top = self._top(path, required=("schema", "records"), known=("schema", "labels", "records"))
        if top is None:
            return
        schema = self._named_schema(top.get("schema"))
        labels = top.get("labels")
        judges = {name: self._judge_of(node) for name, node in labels.items()} if labels else {}
        listed = top.get("records")
        if listed is None or not isinstance(listed.value, list):
            self._finding(listed or top, "expected a list of records")
            return
        for node in listed.elements():
            yield from self._record(node, schema, judges)

    def _record(
        self, node: Node, schema: Schema | None, judges: Mapping[str, Schema | str | None]
    ) -> Iterator[Record]:
        if not self._is_mapping(node, required=("value", *judges), known=("value", *judges)):
            return
        members = dict(node.items())
        value = members.pop("value")
        self._judge(value, schema)
        for name, member in members.items():
            judge = judges[name]
            if isinstance(judge, str):
                self._references.append((member, judge))
            else:
                self._judge(member, judge)
        record = Record(frozen(value.value), {n: frozen(m.value) for n, m in members.items()})
        if schema is not None:
            self.judged.append((schema, record.value))
        yield record

    def _judge_of(self, node: Node) -> Schema | str | None:
        """What a label has to be: by a schema of the contract, or a record of another file."""
        if isinstance(node.value, str) and not node.value.lstrip("#").startswith("/"):
            return node.value
        return self._named_schema(node)

    def _named_schema(self, node: Node | None) -> Schema | None:
        """The schema in the contract that a fixture names by its JSON pointer."""
        if node is None:
            return None
        if not isinstance(node.value, str) or not node.value.lstrip("#").startswith("/"):
            self._finding(node, "expected a JSON pointer into the contract, such as /components/…")
            return None
        root = self.contract.documents.root
        try:
            ref = "#" + node.value.removeprefix("#")
            return self.contract.replies.at(self.contract.documents.node(ref, root.uri))
        except BrokenRef:
            self._finding(node, f"the contract {root.name} has nothing at {node.value}")
            return None

    def replies(self, path: Path) -> Iterator[CannedReply]:
        operation = self.operations.get(path.stem)
        if operation is None:
            self.findings.append(
                f"{shown(path)}: no operation of the contract has the id {path.stem}"
                + _meant(path.stem, list(self.operations))
            )
            return
        top = self._top(path, required=(), known=None)
        for name, node in top.items() if top else ():
            if self._is_mapping(node, required=("status",), known=_REPLY_MEMBERS):
                yield from self._reply(name, node, operation)

    def _reply(self, name: str, node: Node, operation: Operation) -> Iterator[CannedReply]:
        status = node.value["status"]
        if isinstance(status, bool) or not isinstance(status, int) or not 100 <= status <= 599:
            self._finding(node.get("status") or node, "expected a status between 100 and 599")
            return
        response = operation.response_for(status)
        if response is None:
            self._finding(
                node.get("status") or node,
                f"the operation {operation.id} declares no response {status};"
                f" it declares {', '.join(operation.responses) or 'none'}",
                rule=f"{operation.node.document.name}#{operation.node.pointer}/responses",
            )
            return
        body = node.get("body")
        self._check_body(node, body, response)
        self._check_headers(node, response)
        headers = node.value.get("headers") or {}
        yield CannedReply(
            name=name,
            conditions=self._conditions(node.get("when"), operation),
            status=status,
            media_type=node.value.get("media_type"),
            headers=tuple((str(k), str(v)) for k, v in headers.items())
            if isinstance(headers, dict)
            else (),
            body=body.value if body else None,
            has_body=body is not None,
        )

    def _check_body(self, node: Node, body: Node | None, response: Response) -> None:
        media_type = node.value.get("media_type")
        if body is None:
            if response.content:
                self._finding(node, f"`body` is missing; the contract's {response.code} has one")
            return
        if not response.content:
            self._finding(body, f"the contract's response {response.code} has no body")
            return
        key = self._content_key(media_type, response)
        if key is None:
            self._finding(
                node.get("media_type") or node,
                f"{media_type} isn't declared; expected one of {', '.join(response.content)}",
            )
            return
        self._judge(body, response.content[key].schema)

    @staticmethod
    def _content_key(media_type: Any, response: Response) -> str | None:
        if media_type is None:
            return next(iter(response.content))
        try:
            return find(response.content, parse(str(media_type)))
        except ValueError:
            return None

    def _check_headers(self, node: Node, response: Response) -> None:
        headers = node.get("headers")
        if headers is not None and not isinstance(headers.value, dict):
            self._finding(headers, "expected the headers as a mapping of name to value")
            return
        sent = {name.lower(): member for name, member in (headers.items() if headers else ())}
        for header in response.headers:
            member = sent.get(header.name.lower())
            if member is not None:
                self._judge(member, header.schema)
            elif header.required:
                self._finding(headers or node, f"the required header {header.name} is missing")

    def _conditions(self, when: Node | None, operation: Operation) -> Conditions:
        if when is None:
            return Conditions()
        if not self._is_mapping(when, required=(), known=_CONDITION_MEMBERS):
            return Conditions()
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
        if node is None:
            return {}
        if not isinstance(node.value, dict):
            self._finding(node, "expected a mapping of name to value")
            return {}
        return dict(node.value)

    def _check_path_names(self, node: Node | None, operation: Operation) -> None:
        """A condition on a parameter that isn't there would never hold."""
        names = [p.name for p in operation.parameters if p.location == "path"]
        for name, member in node.items() if node else ():
            if name not in names:
                message = f"{operation.path} has no parameter {name}" + _meant(name, names)
                self._finding(member, message)

    def _top(
        self, path: Path, required: tuple[str, ...], known: tuple[str, ...] | None
    ) -> Node | None:
        try:
            top = Documents(read_document(path)).top
        except StartError as error:
            self.findings.extend(error.lines)
            return None
        if top.value is None and not required:
            return None
        return top if self._is_mapping(top, required, known) else None

    def _is_mapping(
        self, node: Node, required: tuple[str, ...], known: tuple[str, ...] | None
    ) -> bool:
        """Whether a node is a mapping with those members; each that is off is a finding."""
        if not isinstance(node.value, dict):
            members = f" with {', '.join(f'`{m}`' for m in known)}" if known else ""
            self._finding(node, f"expected a mapping{members}")
            return False
        before = len(self.findings)
        for name in required:
            if name not in node.value:
                self._finding(node, f"`{name}` is missing")
        for name, member in node.items():
            if known is not None and name not in known:
                expected = ", ".join(f"`{k}`" for k in known)
                self._finding(
                    member, f"`{name}` isn't known here; expected {expected}" + _meant(name, known)
                )
        return len(self.findings) == before

    def _judge(self, node: Node, schema: Schema | None) -> None:
        """Every way in which a value breaks its schema is a finding where that stands."""
        where = ("fixture", str(node.tokens[-1]))
        for violation in schema.violations(node.value, where) if schema else ():
            self.findings.append(_finding_of(violation, node))

    def _finding(self, node: Node, message: str, rule: str = "") -> None:
        self.findings.append(Finding(node.place, message, node.pointer, rule))


def _finding_of(violation: Violation, node: Node) -> Finding:
    tokens = (*node.tokens, *violation.location[2:])
    pointer = f"{node.pointer}{violation.pointer}"
    return Finding(node.document.place(tokens), violation.message, pointer, violation.rule)


_REPLY_MEMBERS = ("when", "status", "media_type", "headers", "body")
_CONDITION_MEMBERS = ("path", "query", "headers", "body")


def _meant(name: str, known: tuple[str, ...] | list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]}?" if near else ""
