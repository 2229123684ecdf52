"""The command line as a user starts it: a process, what it prints, and how it ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.helpers.forks import Fork
from tests.helpers.running import until

# As long as a process may take on a busy machine.
SECONDS = 180
COMMAND = (sys.executable, "-m", "mock_server")
Process = subprocess.Popen[bytes] | Fork
# A request as the log shows it, and below it what was wrong.
REQUEST_LINES = re.compile(r"^(?:\d\d:\d\d:\d\d| {9}└) .*\n", re.MULTILINE)
LISTENING = re.compile(r"^Mock server is listening on (http://\S+)$", re.MULTILINE)


def without_requests(log: str) -> str:
    """Return the lines of a log that aren't about requests."""
    return REQUEST_LINES.sub("", log)


def environment(**changes: str) -> dict[str, str]:
    """Return this process's environment without settings of the mock, with those changes."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("MOCK_SERVER_")}
    return {**clean, "COLUMNS": "80", **changes}


def run(
    *arguments: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command that ends by itself, and return it with its output."""
    return module("mock_server", *arguments, cwd=cwd, env=env)


def module(
    name: str,
    *arguments: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a module as a program that ends by itself, and return it with its output."""
    process = Fork(name, arguments, cwd, environment() if env is None else env)
    out, err = Printed(process.stdout), Printed(process.stderr)
    try:
        code = process.wait(SECONDS)
    finally:
        process.kill()
    return subprocess.CompletedProcess(arguments, code, out.complete(), err.complete())


class Printed:
    """The output of a stream so far, read by a thread so that the process never waits."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._lines: list[bytes] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with self._stream:
            self._lines.extend(self._stream)

    @property
    def text(self) -> str:
        """Return all that came until now."""
        return b"".join(self._lines).decode()

    def complete(self) -> str:
        """Return all of it; the process has ended."""
        self._thread.join(SECONDS)
        return self.text


@dataclass(frozen=True)
class Running:
    """A server in a process of its own."""

    process: Process
    url: str
    out: Printed
    err: Printed

    def logged(self, pattern: str) -> None:
        """Wait until the log has what a regular expression describes."""
        until(
            lambda: re.search(pattern, self.err.text, re.MULTILINE) is not None,
            f"{pattern!r} in the log",
        )

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal, and wait for the exit code."""
        self.process.send_signal(number)
        return self.process.wait(SECONDS)


@contextmanager
def serving(
    *arguments: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    command: tuple[str, ...] = (),
    name: str = "serve",
) -> Iterator[Running]:
    """`mock-server serve -p 0 …` from its line that it listens until the end of the block.

    A `command` is started anew, with all that it has to import: `COMMAND`, or one that starts it.
    """
    process = _begun(
        command, (name, "-p", "0", *arguments), cwd, environment() if env is None else env
    )
    assert process.stdout is not None and process.stderr is not None
    out, err = Printed(process.stdout), Printed(process.stderr)
    try:
        yield Running(process, _address(process, out, err), out, err)
    finally:
        process.terminate()
        try:
            process.wait(SECONDS)
        finally:
            process.kill()
            process.wait(SECONDS)
            out.complete()
            err.complete()


def _begun(
    command: tuple[str, ...],
    arguments: tuple[str | Path, ...],
    cwd: Path | None,
    env: Mapping[str, str],
) -> Process:
    if not command:
        return Fork("mock_server", arguments, cwd, env)
    return subprocess.Popen(
        [*command, *arguments],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def _address(process: Process, out: Printed, err: Printed) -> str:
    until(
        lambda: LISTENING.search(out.text) is not None or process.poll() is not None,
        "the line that the server listens",
    )
    found = LISTENING.search(out.text)
    assert found, f"the server ended\n{out.complete()}\n{err.complete()}"
    return found[1]


def checks_in(folder: Path) -> list[str]:
    """Return the processes that check a document in a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().split(b"\0")
            if b"check" in command and (process / "cwd").readlink() == folder:
                found.append(process.name)
        except OSError:  # another's, or gone by now
            continue
    return found
