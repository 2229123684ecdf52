"""The calls about the contract that is served."""

from __future__ import annotations

from typing import Any

from mock_server.contract import Operation
from mock_server.parts import Parts


class ContractCalls:
    """What the control API tells of the contract."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def get_contract(self) -> dict[str, Any]:
        """What is served: every operation, and where its replies come from."""
        contract = self._parts.contract
        info = contract.documents.root.data.get("info")
        version = info.get("version") if isinstance(info, dict) else None
        return {
            "title": contract.title,
            "version": None if version is None else str(version),
            "openapi": contract.version,
            "operations": [self._operation(operation) for operation in contract.operations],
        }

    def _operation(self, operation: Operation) -> dict[str, Any]:
        return {
            "id": operation.id,
            "method": operation.method,
            "path": operation.path,
            "statuses": list(operation.responses),
            "deprecated": operation.deprecated,
            "sources": self._parts.sources(operation),
        }
