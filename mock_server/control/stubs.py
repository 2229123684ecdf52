"""Stubs: replies that are added at run time, read and judged like those in files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mock_server.contract import Contract, Operation
from mock_server.core import did_you_mean, tokens_of, write_json
from mock_server.documents import Document, DocumentNode, Documents
from mock_server.errors import Finding, InvalidRequest, Violation
from mock_server.fixtures import REQUEST_MEMBERS, Conditions, ReplyReader
from mock_server.sessions import Session, Stub, stub_of
from mock_server.validation import summary

_OWN = ("operation", "name")
_MARK = "add undeclared: true"


def read_stub(
    members: Mapping[str, Any],
    contract: Contract,
    session: Session,
    allow_undeclared: bool = False,
) -> Stub:
    """Return the stub that those members define; one without a name gets a free one.

    Raises InvalidRequest with everything in it that the contract forbids.
    """
    operation = known_operation(members["operation"], contract)
    name = members.get("name") or _free_name(session.met.stubs.get(operation.id, ()))
    own = {member: value for member, value in members.items() if member not in _OWN}
    reader = ReplyReader(contract, allow_undeclared)
    reply = next(reader.reply(name, _node(own, contract), operation), None)
    _refuse(reader.findings, may_be_marked=True)
    assert reply is not None, "what is no reply is a finding"
    return stub_of(operation.id, reply, {"operation": operation.id, "name": name, **own})


def read_conditions(operation: str, when: Mapping[str, Any], contract: Contract) -> Conditions:
    """Return the conditions on requests of an operation that a stub may have as its `when`.

    Raises InvalidRequest.
    """
    reader = ReplyReader(contract)
    node = _node(when, contract)
    conditions = reader.conditions(node, known_operation(operation, contract), REQUEST_MEMBERS)
    _refuse(reader.findings)
    return conditions


def known_operation(id: str, contract: Contract) -> Operation:
    """Return the operation of that id. Raises InvalidRequest."""
    known = {known.id: known for known in contract.operations}
    if id not in known:
        message = f"no operation of the contract has the id {id}{did_you_mean(id, known)}"
        violation = Violation(
            ("request", "body", "operation"), "/operation", "operationId", message
        )
        raise InvalidRequest(f"{message}.", [violation])
    return known[id]


def _node(value: Mapping[str, Any], contract: Contract) -> DocumentNode:
    """Return a value in the form of one that was read from a file beside the contract."""
    written = write_json(value)
    path = contract.documents.root.path.with_name("stub")
    return Documents(Document(path, written, written.decode(), value, is_json=True)).top


def _refuse(findings: Iterable[Finding | str], may_be_marked: bool = False) -> None:
    """Raise InvalidRequest for findings.

    If `may_be_marked`, the message names the mark that keeps what breaks the contract.
    """
    violations = [_violation(finding) for finding in findings if isinstance(finding, Finding)]
    if not violations:
        return
    detail = summary(violations)
    if may_be_marked and any(v.rule for v in violations) and _MARK not in detail:
        detail += f" A{_MARK[1:]} to send it all the same."
    raise InvalidRequest(detail, violations)


def _violation(finding: Finding) -> Violation:
    """Return a finding in a stub as a violation in a body."""
    steps = (str(token) for token in tokens_of(finding.pointer))
    is_place = "#" in finding.rule
    keyword = "contract" if is_place or not finding.rule else finding.rule
    where = ("request", "body", *steps)
    rule = finding.rule if is_place else ""
    return Violation(where, finding.pointer, keyword, finding.message, rule)


def _free_name(taken: Iterable[Stub]) -> str:
    names = {stub.name for stub in taken}
    return next(name for n in range(1, len(names) + 2) if (name := f"stub-{n}") not in names)
