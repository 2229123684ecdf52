"""The file of rules by which answers go wrong, each checked when it is read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mock_server.contract import Contract
from mock_server.document import Node
from mock_server.faults import MEMBERS, Rule, WrongRule, read_rule
from mock_server.fixture_reader import FixtureReader


class FaultReader(FixtureReader):
    """Reads files of rules."""

    def __init__(self, contract: Contract) -> None:
        super().__init__(contract)
        self._operations = {operation.id for operation in contract.operations}

    def rules(self, path: Path) -> Iterator[Rule]:
        """The rules in a file, a list of mappings."""
        top = self.top(path)
        if top is None or top.value is None:
            return
        if not isinstance(top.value, list):
            self.finding(top, "expected a list of faults", "type")
            return
        for node in top.elements():
            if self.is_mapping(node, MEMBERS):
                yield from self._rule(node)

    def _rule(self, node: Node) -> Iterator[Rule]:
        try:
            yield read_rule(node.value, self._operations)
        except WrongRule as error:
            for member, message in error.wrong:
                self.finding(node.get(member) or node, message, "fault")
