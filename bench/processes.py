"""Running servers: started on cores of their own, awaited, stopped."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import machine
import orjson
from failure import Failed
from job import HOST, Job
from material import WORK
from servers import PORT, Server

PATIENCE = 60.0  # seconds for a start, and for what a server does beside its requests at first
PAUSE = 0.005  # seconds between two looks
TOO_MUCH = 4096.0  # MiB; what takes more is stopped before it takes the machine down


@dataclass(frozen=True, slots=True)
class Running:
    """A server's process; `began` is the reading of the clock right before its start."""

    server: Server
    port: int
    process: subprocess.Popen[bytes]
    log: Path
    began: float

    @property
    def name(self) -> str:
        return self.server.name

    def until_ready(self, job: Job) -> None:
        """Wait for the line that the server prints, if it prints one, then for its first answer."""
        wanted = self.server.announcement
        self.wait(lambda: wanted in self.output(), f"printed {wanted!r}")
        self.until_answered(job)

    def until_answered(self, job: Job) -> float:
        """Return the seconds from the start to the first 200."""

        self.wait(
            lambda: job.is_done_by(job.ask(self.port)), f"answered {job.wanted or 'anything'}"
        )
        return time.perf_counter() - self.began

    def until_alone(self) -> float:
        """Wait until all that the server started has ended; return the most MiB that all took."""
        most = 0.0

        def alone() -> bool:
            nonlocal most
            pids = machine.group(self.process.pid)
            most = max(most, sum(map(machine.resident, pids)))
            if most > TOO_MUCH:
                raise Failed(f"{self.name} takes over {TOO_MUCH:,.0f} MiB with what it started")
            return len(pids) == 1

        self.wait(alone, "ended what it started", pause=0.05)
        return most

    def wait(self, happened: Callable[[], bool], what: str, pause: float = PAUSE) -> None:
        began = time.perf_counter()
        while not happened():
            code = self.process.poll()
            if code is not None:
                raise Failed(f"{self.name} exited with {code} before it {what}:\n{self.tail()}")
            if time.perf_counter() - began > PATIENCE:
                raise Failed(f"{self.name} hasn't {what} in {PATIENCE:.0f} s:\n{self.tail()}")
            time.sleep(pause)

    def reply(self, job: Job, number: int = 1) -> object:
        """Return the body of the server's answer; raise Failed if that isn't a 200 with JSON."""
        answer = job.ask(self.port, number)
        if answer is None:
            raise Failed(f"{self.name} gave no answer:\n{self.tail()}")
        if answer.status != 200:
            raise Failed(f"{self.name} answered {answer.status}: {answer.body[:500]!r}")
        return orjson.loads(answer.body)

    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def tail(self) -> str:
        return "\n".join(f"  {line}" for line in self.output().splitlines()[-15:])


@contextmanager
def running(server: Server, cores: machine.Cores) -> Iterator[Running]:
    """Start a server on these cores; it is stopped even if the block fails."""
    port = free_port()
    log = WORK / f"{server.name}.log"
    command = [part.replace(PORT, str(port)) for part in server.command]
    with log.open("wb") as output:
        began = time.perf_counter()
        try:
            process = subprocess.Popen(
                command,
                cwd=server.folder,
                env={**environment(), **server.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for this script, which then stops them all
                preexec_fn=partial(machine.pin, cores),
            )
        except OSError as error:
            raise Failed(f"{server.name} can't be started: {error}") from error
    try:
        yield Running(server, port, process, log, began)
    finally:
        stop(process)


def environment() -> dict[str, str]:
    """Little of the caller's: MOCK_SERVER_* and NODE_ENV would change what is measured."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
    return {name: os.environ[name] for name in kept if name in os.environ}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
        return port


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the process and the processes that it started, gently first."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)
            return
