"""Stubs: replies that are added at run time, read and judged as those in files are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from mock_server.contract import Contract
from mock_server.document import Document, Documents
from mock_server.errors import Finding, InvalidRequest, Violation
from mock_server.fixture_reader import meant
from mock_server.matching import Matcher
from mock_server.pointers import tokens_of
from mock_server.reply_files import ReplyReader
from mock_server.sessions import Session, Stub
from mock_server.validate import summary

_OWN = ("operation", "name")


def read_stub(members: Mapping[str, Any], contract: Contract, session: Session) -> Stub:
    """The stub that those members say; one without a name gets one that is free.

    Raises InvalidRequest with everything in it that the contract forbids.
    """
    operation = members["operation"]
    known = {known.id: known for known in contract.operations}
    if operation not in known:
        message = f"no operation of the contract has the id {operation}{meant(operation, known)}"
        where = ("request", "body", "operation")
        violation = Violation(where, "/operation", "operationId", message)
        raise InvalidRequest(f"{message}.", [violation])
    name = members.get("name") or _free_name(session.met.stubs.get(operation, ()))
    own = {member: value for member, value in members.items() if member not in _OWN}
    written = orjson.dumps(own)
    path = contract.documents.root.path.with_name("stub")
    document = Document(path, written, written.decode(), own, is_json=True)
    reader = ReplyReader(contract)
    node = Documents(document).top
    reply = next(reader.reply(name, node, known[operation]), None)
    if reader.findings or reply is None:
        violations = [_violation(f) for f in reader.findings if isinstance(f, Finding)]
        raise InvalidRequest(summary(violations), violations)
    return Stub(operation, reply, Matcher(reply), {"operation": operation, "name": name, **own})


def _violation(finding: Finding) -> Violation:
    """What is wrong in a stub, as what is wrong in any body."""
    steps = (str(token) for token in tokens_of(finding.pointer))
    is_place = "#" in finding.rule
    keyword = "contract" if is_place or not finding.rule else finding.rule
    where = ("request", "body", *steps)
    rule = finding.rule if is_place else ""
    return Violation(where, finding.pointer, keyword, finding.message, rule)


def _free_name(taken: Iterable[Stub]) -> str:
    names = {stub.name for stub in taken}
    return next(name for n in range(1, len(names) + 2) if (name := f"stub-{n}") not in names)
