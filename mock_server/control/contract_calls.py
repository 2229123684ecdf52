"""The calls about the contract that is served."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from mock_server.contract import Operation
from mock_server.control.journal_calls import check_operation
from mock_server.core import child_command, child_input, parse_json
from mock_server.coverage import Account
from mock_server.errors import Problem
from mock_server.generation import reply_examples
from mock_server.http_messages import Request
from mock_server.project import Project
from mock_server.settings import PREFIX, Settings, environment_of


class ContractCalls:
    """The control API's calls about the contract."""

    def __init__(self, parts: Project, settings: Settings, coverage: Account) -> None:
        self._parts = parts
        self._settings = settings
        self._coverage = coverage
        # Each process takes a core and memory, so only one runs at a time, however many calls there
        # are.
        self._worker = ThreadPoolExecutor(max_workers=1)

    def get_contract(self) -> dict[str, Any]:
        """Return what is served: every operation, and where its replies come from."""
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
        """Return what of the contract was met by now, in all sessions."""
        return self._coverage.report().as_json()

    def _operation(self, operation: Operation) -> dict[str, Any]:
        return {
            "id": operation.id,
            "method": operation.method,
            "path": operation.path,
            "statuses": list(operation.responses),
            "deprecated": operation.deprecated,
            "sources": self._parts.sources(operation),
            "examples": list(_examples(operation)),
        }

    async def list_errors(self, request: Request, operation: str | None = None) -> dict[str, Any]:
        """Return the requests that lead to each status, as `mock-server errors` shows them.

        Trying them takes seconds for a large document, so a separate process does it.
        """
        check_operation(operation, [known.id for known in self._parts.contract.operations])
        url = f"http://{request.header('host') or 'localhost'}"
        named = () if operation is None else ("--operation", operation)
        command = child_command("errors", "--format", "json", "--url", url, *named)
        return {"operations": parse_json(await self._printed(command))}

    async def _printed(self, command: Sequence[str]) -> bytes:
        root = self._parts.contract.documents.root
        settings, given = self._settings, b""
        if root.stream is not None:  # a stream can't be read a second time
            settings, given = replace(settings, document=Path("-")), root.source
        printing = _Printing(command, settings, given)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._worker, printing.output)
        except asyncio.CancelledError:
            printing.give_up()
            raise


def _examples(operation: Operation) -> Iterator[dict[str, str]]:
    """Yield the examples of an operation's replies, by status and media type."""
    for code, response in operation.responses.items():
        for key, content in response.content.items():
            for name in content.once(reply_examples):
                yield {"status": code, "media_type": key, "name": name}


class _Printing:
    """A command whose output is wanted, unless the caller gives up before the output is there."""

    def __init__(self, command: Sequence[str], settings: Settings, given: bytes) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        self._command, self._given = command, given
        self._environment = {**clean, **environment_of(settings)}
        self._process: subprocess.Popen[bytes] | None = None
        self._is_given_up = False

    def output(self) -> bytes:
        """Return what the command prints. Raises Problem if it fails."""
        pipe = subprocess.PIPE
        with subprocess.Popen(
            self._command,
            env=self._environment,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
        ) as self._process:
            if self._is_given_up:
                self._process.kill()
            # `communicate` would close the pipe by which the command sees that this process still
            # runs.
            own_end, self._process.stdin = self._process.stdin, None
            assert own_end is not None
            with own_end:
                with suppress(BrokenPipeError):
                    own_end.write(child_input(self._given))
                    own_end.flush()
                out, err = self._process.communicate()
        if self._process.returncode:
            raise Problem(err.decode("utf-8", "replace").strip())
        return out

    def give_up(self) -> None:
        """End the command; may be called from another thread."""
        self._is_given_up = True
        if self._process is not None:
            self._process.kill()
