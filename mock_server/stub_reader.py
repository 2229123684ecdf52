"""Canned replies and conditions that a program gives, read as those in files are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from mock_server.contract import Contract, Operation
from mock_server.document import Document, Documents, Node
from mock_server.errors import Finding, WrongUse
from mock_server.fixture_reader import meant
from mock_server.replies import Conditions
from mock_server.reply_files import ReplyReader
from mock_server.sessions import Stub, stub_of

# pytest shows the line of the test instead.
__tracebackhide__ = True


class StubReader:
    """Reads what tests set, by the operations of a contract."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._operations = {operation.id: operation for operation in contract.operations}

    def operation(self, name: str) -> Operation:
        """The operation of that id. Raises WrongUse."""
        found = self._operations.get(name)
        if found is None:
            near = meant(name, self._operations)
            raise WrongUse(f"no operation of the contract has the id {name}{near}")
        return found

    def stub(self, operation: str, name: str, members: Mapping[str, Any]) -> Stub:
        """The stub of those members, which are those of a canned reply in a file.

        Without a status it has that of the operation's lowest success. Raises WrongUse with each
        way in which the contract forbids it, with its JSON pointer and the rule.
        """
        found = self.operation(operation)
        usual = found.lowest_success
        if usual is not None and not {"status", "sequence"} & members.keys():
            members = {"status": usual[0], **members}
        reader = ReplyReader(self._contract)
        (*_, reply) = (None, *reader.reply(name, _node(members), found))
        _raise(reader.findings)
        assert reply is not None, "what can't be read is a finding"
        return stub_of(operation, reply)

    def conditions(self, operation: str, when: Mapping[str, Any]) -> Conditions:
        """The conditions on requests of an operation. Raises WrongUse."""
        found = self.operation(operation)
        reader = ReplyReader(self._contract)
        conditions = reader.conditions(_node(when), found)
        _raise(reader.findings)
        return conditions


def _node(value: Mapping[str, Any]) -> Node:
    """A value of the program as one that was read from a file of JSON."""
    try:
        text = orjson.dumps(value)
    except TypeError as error:
        raise WrongUse(f"this can't be written as JSON: {error}") from None
    path = Path("stub.json").absolute()
    return Documents(Document(path, text, text.decode(), orjson.loads(text), True)).top


def _raise(findings: list[Finding | str]) -> None:
    if findings:
        raise WrongUse(map(_told, findings))


def _told(finding: Finding | str) -> str:
    """A finding without the place in a file: there is none."""
    if isinstance(finding, str):
        return finding
    details = [f"at {finding.pointer}" if finding.pointer else "", f"rule {finding.rule}"]
    return f"{finding.message} ({', '.join(filter(None, details))})"
