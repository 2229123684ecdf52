"""The calls about the contract that is served."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from typing import Any

import orjson

from mock_server.contract import Operation
from mock_server.control.journal_calls import check_operation
from mock_server.coverage import Account
from mock_server.errors import Problem
from mock_server.messages import Request
from mock_server.parts import Parts
from mock_server.settings import PREFIX, Settings, environment_of


class ContractCalls:
    """What the control API tells of the contract."""

    def __init__(self, parts: Parts, settings: Settings, coverage: Account) -> None:
        self._parts = parts
        self._settings = settings
        self._coverage = coverage

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

    def get_coverage(self) -> dict[str, Any]:
        """What of the contract was met by now, in all sessions."""
        return self._coverage.report().as_json()

    def _operation(self, operation: Operation) -> dict[str, Any]:
        return {
            "id": operation.id,
            "method": operation.method,
            "path": operation.path,
            "statuses": list(operation.responses),
            "deprecated": operation.deprecated,
            "sources": self._parts.sources(operation),
        }

    async def list_errors(self, request: Request, operation: str | None = None) -> dict[str, Any]:
        """The requests that lead to each status, as `mock-server errors` shows them.

        To try them takes seconds for a large document, so a process of its own does.
        """
        check_operation(operation, [known.id for known in self._parts.contract.operations])
        url = f"http://{request.header('host') or 'localhost'}"
        command = [sys.executable, "-m", "mock_server", "errors", "--format", "json", "--url", url]
        command += [] if operation is None else ["--operation", operation]
        return {"operations": orjson.loads(await _printed(command, self._settings))}


async def _printed(command: list[str], settings: Settings) -> bytes:
    """What a command prints that has those settings. Raises Problem where it fails."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    process = subprocess.Popen(
        command,
        env={**clean, **environment_of(settings)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        out, err = await asyncio.to_thread(process.communicate)
    except asyncio.CancelledError:
        process.kill()
        raise
    if process.returncode:
        raise Problem(err.decode("utf-8", "replace").strip())
    return out
