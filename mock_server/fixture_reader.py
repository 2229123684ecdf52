"""What readers of fixtures share: files to nodes, and findings with their places."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from math import inf
from pathlib import Path

from mock_server.contract import Contract
from mock_server.document import Documents, Node, read_document, shown
from mock_server.durations import seconds
from mock_server.errors import Finding, Place, StartError, Violation
from mock_server.pointers import pointer_of
from mock_server.schemas import Schema


class FixtureReader:
    """Reads fixtures of a contract and gathers what is wrong with them."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.findings: list[Finding | str] = []

    def top(self, path: Path) -> Node | None:
        """A file's whole value; none where it can't be read."""
        try:
            return Documents(read_document(path)).top
        except StartError as error:
            self.findings.extend(error.lines)
            return None

    def is_mapping(self, node: Node, known: Iterable[str] = ()) -> bool:
        """Whether a node is a mapping, as it should be."""
        if isinstance(node.value, dict):
            return True
        members = ", ".join(f"`{name}`" for name in known)
        self.finding(node, "expected a mapping" + (f" with {members}" if known else ""), "type")
        return False

    def check_members(self, node: Node, required: Iterable[str], known: Iterable[str]) -> None:
        """Each member that is missing, and each that nobody knows, is a finding."""
        for name in required:
            if name not in node.value:
                self.finding(node, f"`{name}` is missing", "required")
        expected = ", ".join(f"`{name}`" for name in known)
        for name, member in node.items():
            if name not in known:
                message = f"`{name}` isn't known here; expected {expected}" + meant(name, known)
                self.finding(member, message, "additionalProperties")

    def judge(self, node: Node, schema: Schema | None) -> None:
        """Every way in which a value breaks its schema is a finding where that stands."""
        where = ("fixture", str(node.tokens[-1]))
        for violation in schema.violations(node.value, where) if schema else ():
            self.findings.append(finding_of(violation, node))

    def elements(self, node: Node | None, what: str) -> list[Node]:
        """The elements of a list of mappings; none where it is missing."""
        if node is None:
            return []
        if not isinstance(node.value, list) or not node.value:
            self.finding(node, f"expected a list of {what}", "type")
            return []
        return [entry for entry in node.elements() if self.is_mapping(entry)]

    def afters(self, entries: Iterable[Node]) -> list[float]:
        """The seconds after which each stage of a timeline begins, each later than the last."""
        found: list[float] = []
        for entry in entries:
            node = entry.get("after")
            try:
                after = seconds(str(node.value)) if node else inf
                if node is not None and after <= (found[-1] if found else 0.0):
                    raise ValueError(f"{node.value} is no later than the stage before it")
            except ValueError as error:
                self.finding(node or entry, str(error), "after")
            else:
                found.append(after)
        return found

    def finding(self, node: Node, message: str, rule: str = "") -> None:
        """Note what is wrong at a node."""
        self.findings.append(Finding(node.place, message, node.pointer, rule))

    def file_finding(self, path: Path, message: str, rule: str = "") -> None:
        """Note what is wrong with a file."""
        self.findings.append(Finding(Place(shown(path), 1, 1), message, "", rule))


def finding_of(violation: Violation, node: Node) -> Finding:
    """A violation in the value at a node, with the place in the file."""
    tokens = (*node.tokens, *violation.location[2:])
    place = node.document.place(tokens)
    return Finding(place, violation.message, pointer_of(tokens), violation.rule)


def rule_of(node: Node, *steps: str) -> str:
    """The place in the contract that those steps from a node lead to."""
    return f"{node.document.label}#{pointer_of((*node.tokens, *steps))}"


def meant(name: str, known: Iterable[str]) -> str:
    """What a name may have meant, to end a message with."""
    near = get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]}?" if near else ""
