"""Files of records, each record checked against the schema that its file names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson

from mock_server import wording
from mock_server.contract import Contract
from mock_server.document import BrokenRef, Node
from mock_server.fixture_reader import FixtureReader, meant
from mock_server.frozen import frozen
from mock_server.pointers import tokens_of
from mock_server.records import Record, Timeline, moment
from mock_server.schemas import Schema

_MEMBERS = ("schema", "labels", "records")
# What a record becomes with time, and the moment in its values that counts as the beginning.
_IN_TIME = ("starts", "timeline")


class RecordReader(FixtureReader):
    """Reads files of records; `judged` are the values with the schemas they were judged by."""

    def __init__(self, contract: Contract) -> None:
        super().__init__(contract)
        self.judged: list[tuple[Schema, Any]] = []
        # Labels that name a record of another file, to be checked when all are read: where they
        # say so, and where they do it.
        self._referring: list[tuple[Node, str]] = []
        self._references: list[tuple[Node, str]] = []

    def records(self, path: Path) -> Iterator[Record]:
        """The records in a file."""
        top = self.top(path)
        if top is None or top.value is None or not self.is_mapping(top, _MEMBERS):
            return
        self.check_members(top, ("schema", "records"), _MEMBERS)
        schema = self._named_schema(top.get("schema"))
        judges = dict(self._judges(top.get("labels")))
        listed = top.get("records")
        if listed is not None and not isinstance(listed.value, list):
            self.finding(listed, "expected a list of records", "type")
        for node in listed.elements() if listed else ():
            yield from self._record(node, schema, judges)

    def _judges(self, labels: Node | None) -> Iterator[tuple[str, Schema | str | None]]:
        """What each label has to be."""
        if labels is None or not self.is_mapping(labels):
            return
        for name, node in labels.items():
            if name in ("value", *_IN_TIME):
                self.finding(node, f"`{name}` is the record's own; name the label otherwise")
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
        if not self.is_mapping(node, names):
            return
        self.check_members(node, names, (*names, *_IN_TIME))
        labels = {name: member for name, member in node.items() if name in judges}
        for name, member in labels.items():
            judge = judges[name]
            if isinstance(judge, str):
                self._references.append((member, judge))
            else:
                self.judge(member, judge)
        if (value := node.get("value")) is None:
            return
        self.judge(value, schema)
        timeline = self._timeline(node, value, schema)
        frozen_labels = {n: frozen(m.value) for n, m in labels.items()}
        record = Record(frozen(value.value), frozen_labels, timeline)
        if schema is not None:
            self.judged.append((schema, record.value))
        yield record

    def _timeline(self, node: Node, value: Node, schema: Schema | None) -> Timeline | None:
        """What a record becomes, and the moment in its values that its session begins at."""
        starts = self._starts(node.get("starts"))
        entries = self.elements(node.get("timeline"), "stages, each with its `after` and `value`")
        for entry in entries:
            self.check_members(entry, ("after", "value"), ("after", "value"))
            if (later := entry.get("value")) is not None:
                self.judge(later, schema)
        after = self.afters(entries)
        if starts is None and not entries:
            return None
        values = [value.value, *(entry.value.get("value") for entry in entries)]
        return Timeline((0.0, *after), tuple(values), starts)

    def _starts(self, node: Node | None) -> float | None:
        """A moment, in seconds since the epoch."""
        if node is None:
            return None
        try:
            return moment(str(node.value))
        except ValueError as error:
            self.finding(node, str(error), "starts")
            return None

    def _named_schema(self, node: Node | None) -> Schema | None:
        """The schema in the contract that a fixture names by its JSON pointer."""
        if node is None:
            return None
        if not isinstance(node.value, str) or not node.value.lstrip("#").startswith("/"):
            message = "expected a JSON pointer into the contract, such as /components/…"
            self.finding(node, message, "type")
            return None
        documents = self.contract.documents
        pointer = node.value if node.value.startswith("#") else f"#{quote(node.value)}"
        try:
            target = documents.node(pointer, documents.root.uri)
            if self.contract.replies.translation.is_schema(target):
                return self.contract.replies.at(target)
            self.finding(node, f"what the contract has at {node.value} is no schema", "schema")
        except BrokenRef:
            message = f"the contract {documents.root.name} has nothing at {node.value}"
            self.finding(node, message + _meant_place(documents.top, pointer), "schema")
        return None

    def check_references(self, files: Mapping[str, tuple[Record, ...]]) -> None:
        """A label that names a record must name one that is there."""
        known = {name: {_written(r.value) for r in records} for name, records in files.items()}
        for node, name in self._referring:
            if name not in known:
                self.finding(node, f"there is no file of records {name}" + meant(name, known))
        for node, name in self._references:
            if name in known and _written(node.value) not in known[name]:
                self.finding(node, f"no record of {name} is {wording.shown(node.value)}")


def _written(value: Any) -> bytes:
    """The same for values that JSON takes for one."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


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
