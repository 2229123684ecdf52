"""Processes that begin with what they need imported already.

Most of what a command takes is the import of libraries, the same each time. A process is forked
from one that has them (`multiprocessing`'s fork server), and is in all else like any other: it has
its own arguments, folder, environment and streams, gets signals and ends with an exit code.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO

SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(["tests.helpers.preloaded"])


class Fork:
    """A module that runs as a program in a process of its own, as `python -m` would run it."""

    def __init__(
        self,
        module: str,
        arguments: Sequence[str | Path],
        cwd: Path | None,
        env: Mapping[str, str],
    ) -> None:
        out, err = (SERVER.Pipe(duplex=False) for _ in range(2))
        folder = str(cwd or Path.cwd())
        given = (module, [str(a) for a in arguments], folder, dict(env), out[1], err[1])
        self._process = SERVER.Process(target=_program, args=given, daemon=True)
        self._process.start()
        # What the process writes.
        self.stdout, self.stderr = (_stream(ends) for ends in (out, err))

    def __enter__(self) -> Fork:
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of what it writes, and wait for its end, as with `subprocess.Popen`."""
        self.stdout.close()
        self.stderr.close()
        self._process.join()

    @property
    def pid(self) -> int:
        """Return the number of the process."""
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        """Return the exit code, or None while it runs; below 0 it is the signal that ended it."""
        return self._process.exitcode

    def wait(self, timeout: float) -> int:
        """Return the exit code, once it has ended. Raises TimeoutExpired after so many seconds."""
        self._process.join(timeout)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired("a forked process", timeout)
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


def _stream(ends: tuple[Connection, Connection]) -> IO[bytes]:
    """Return the end of a pipe to read from; the other is the process's alone."""
    reading, writing = ends
    writing.close()
    stream = os.fdopen(os.dup(reading.fileno()), "rb")
    reading.close()
    return stream


def _program(
    module: str,
    arguments: Sequence[str],
    folder: str,
    env: dict[str, str],
    out: Connection,
    err: Connection,
) -> None:
    """Run a module as `python -m` does, with nothing on stdin, and no terminal.

    What runs the tests may ignore signals, as nohup and a job in the background do; that isn't
    passed on.
    """
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, end in ((1, out), (2, err)):
        os.dup2(end.fileno(), number)
        end.close()
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", 1, "utf-8", "backslashreplace", closefd=False)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(folder)
    sys.path.insert(0, folder)
    sys.argv[1:] = arguments
    runpy.run_module(module, run_name="__main__", alter_sys=True)
