"""Files of canned callbacks and webhooks, each checked against what the contract declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mock_server.contract import Contract, OutgoingRequest
from mock_server.core import did_you_mean, parse_duration
from mock_server.documents import DocumentNode
from mock_server.errors import StartError
from mock_server.fixtures import SUFFIXES, FixtureReader
from mock_server.outgoing.messages import USUAL_RETRIES, Canned, StateChange
from mock_server.validation import ABSENT

FOLDER, WEBHOOKS = "callbacks", "webhooks"
_MEMBERS = ("body", "headers", "delay", "retries", "send")
_MOST_RETRIES = 20
CHANGES = ("created", "updated", "deleted")


class CannedRequests:
    """What the fixtures say of callbacks, by operation and event, and of webhooks by event."""

    def __init__(
        self,
        callbacks: Mapping[tuple[str, str], Canned] | None = None,
        webhooks: Mapping[str, Canned] | None = None,
    ) -> None:
        self._callbacks = callbacks or {}
        self._webhooks = webhooks or {}

    def callback(self, operation: str, event: str) -> Canned:
        """Return what is said of a callback; the usual if nothing is."""
        return self._callbacks.get((operation, event), Canned())

    def webhook(self, event: str) -> Canned:
        """Return what is said of a webhook; the usual if nothing is."""
        return self._webhooks.get(event, Canned())

    def told_changes(self) -> Iterator[tuple[str, StateChange]]:
        """Yield each webhook that tells of a change of items, with the change."""
        for event, canned in self._webhooks.items():
            if canned.on is not None:
                yield event, canned.on


def read_canned_requests(folder: Path, contract: Contract) -> CannedRequests:
    """Read `callbacks/<operationId>.yaml` and `webhooks.yaml` of a folder of fixtures.

    Raises StartError with every finding in them.
    """
    reader = _Reader(contract)
    callbacks = {
        (path.stem, event): canned
        for path in _files(folder / FOLDER)
        for event, canned in reader.callbacks(path)
    }
    named = [path for path in _files(folder) if path.stem == WEBHOOKS]
    webhooks = {event: canned for path in named for event, canned in reader.webhooks(path)}
    if reader.findings:
        raise StartError(reader.findings)
    return CannedRequests(callbacks, webhooks)


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.glob("[!.]*") if p.suffix in SUFFIXES and p.is_file())


class _Reader(FixtureReader):
    """A reader of canned callbacks and webhooks."""

    def callbacks(self, path: Path) -> Iterator[tuple[str, Canned]]:
        """Yield what a file says of the callbacks of the operation that it is named after."""
        operations = {one.id: one for one in self.contract.operations}
        operation = operations.get(path.stem)
        if operation is None or not operation.callbacks:
            with_some = [one.id for one in self.contract.operations if one.callbacks]
            what = "has no callbacks" if operation else "isn't known"
            message = f"the operation {path.stem} {what}{did_you_mean(path.stem, with_some)}"
            self.file_finding(path, message, "callbacks")
            return
        yield from self._events(path, operation.callbacks, f"{path.stem} has no callback")

    def webhooks(self, path: Path) -> Iterator[tuple[str, Canned]]:
        """Yield what a file says of webhooks."""
        known = (*_MEMBERS, "on")
        yield from self._events(path, self.contract.webhooks, "the contract has no webhook", known)

    def _events(
        self,
        path: Path,
        declared: tuple[OutgoingRequest, ...],
        missing: str,
        members: tuple[str, ...] = _MEMBERS,
    ) -> Iterator[tuple[str, Canned]]:
        top = self.top(path)
        if top is None or top.value is None or not self.is_mapping(top):
            return
        known = {one.name: one for one in declared}
        for name, node in top.items():
            if name not in known:
                self.finding(node, f"{missing} {name}{did_you_mean(name, known)}", "event")
            elif self.is_mapping(node, members):
                self.check_members(node, (), members)
                yield name, self._canned(node, known[name])

    def _canned(self, node: DocumentNode, declared: OutgoingRequest) -> Canned:
        self._check_body(node.get("body"), declared)
        return Canned(
            node.value.get("body", ABSENT),
            dict(self._headers(node.get("headers"))),
            self._delay(node.get("delay")),
            self._retries(node.get("retries")),
            self._switch(node.get("send")),
            self._change(node.get("on")),
        )

    def _change(self, node: DocumentNode | None) -> StateChange | None:
        if node is None:
            return None
        collection, _, kind = str(node.value).rpartition(".")
        if not collection or kind not in CHANGES:
            expected = ", ".join(f"NAME.{kind}" for kind in CHANGES)
            self.finding(node, f"expected one of {expected}", "on")
            return None
        return StateChange(collection, kind, str(node.place))

    def _check_body(self, node: DocumentNode | None, declared: OutgoingRequest) -> None:
        if node is None:
            return
        body = declared.operation.body
        if body is None or not body.content:
            self.finding(node, f"{declared.name} has no body in the contract", "requestBody")
            return
        content = next(iter(body.content.values()))
        self.judge(node, content.schema)

    def _headers(self, node: DocumentNode | None) -> Iterator[tuple[str, str]]:
        for name, member in node.items() if node is not None and self.is_mapping(node) else ():
            if isinstance(member.value, str | int | float) and not isinstance(member.value, bool):
                yield name, str(member.value)
            else:
                self.finding(member, "expected a text", "type")

    def _delay(self, node: DocumentNode | None) -> float:
        if node is None:
            return 0.0
        try:
            return parse_duration(str(node.value))
        except ValueError as error:
            self.finding(node, str(error), "delay")
            return 0.0

    def _retries(self, node: DocumentNode | None) -> int:
        value: Any = USUAL_RETRIES if node is None else node.value
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_RETRIES:
            return value
        assert node is not None
        self.finding(node, f"expected a number from 0 to {_MOST_RETRIES}", "retries")
        return USUAL_RETRIES

    def _switch(self, node: DocumentNode | None) -> bool:
        if node is None or isinstance(node.value, bool):
            return node is None or bool(node.value)
        self.finding(node, "expected true or false", "type")
        return True
