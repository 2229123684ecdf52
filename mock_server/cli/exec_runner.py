"""A command run beside a server, for tests in any language."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from types import FrameType

from mock_server.app import App, create_app
from mock_server.coverage import Threshold, shortfalls, write_report
from mock_server.server import BackgroundLoop, BackgroundServer, new_loop
from mock_server.sessions import Verdict
from mock_server.settings import Settings, environment_name

# Where the command finds the server.
URL_VARIABLE = "MOCK_SERVER_URL"
# How a shell says that a command isn't there, or is none (POSIX, Shell Command Language, 2.8.2).
NOT_FOUND, NOT_EXECUTABLE = 127, 126
_PASSED_ON = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH")


class NotRun(Exception):
    """A command that could not be started: why, and the exit code that says so."""

    def __init__(self, command: str, why: str, code: int) -> None:
        super().__init__(f"{command}: {why}")
        self.code = code


def judged_beside(
    settings: Settings,
    command: Sequence[str],
    least: Sequence[str],
    tell: Callable[[object], None],
    logged: Callable[[App], AbstractContextManager[None]] = lambda app: nullcontext(),
) -> tuple[int, list[str], bool]:
    """Run a command beside a server of its own: its exit code, the verdict, whether that is good.

    The contract has to be kept, and as much of it met as the thresholds of coverage say. What is
    wrong in the document is told before. Raises StartError and NotRun.
    """
    thresholds = [Threshold.read(text) for text in least]
    app = create_app(settings)
    verdict = Verdict(lambda: app.secrets)
    app.sessions.listen(verdict.add)
    if thresholds:
        app.coverage.begin()
    for finding in app.parts.findings:
        tell(finding)
    with logged(app):
        code = run_beside(app, command)
    if settings.coverage is not None:
        write_report(app.coverage.report(), settings.coverage)
    missing = list(shortfalls(app.coverage.report(), thresholds)) if thresholds else []
    first, *others = verdict.lines()
    return code, [f"mock-server: {first}", *others, *missing], not (verdict.is_broken or missing)


def run_beside(app: App, command: Sequence[str]) -> int:
    """Run a command with a server of its own, and return its exit code. Raises NotRun."""
    with BackgroundLoop(new_loop) as loop, BackgroundServer(app, loop=loop) as server:
        return run(command, {**os.environ, **_own_variables(app.settings, server.url)})


def _own_variables(settings: Settings, url: str) -> dict[str, str]:
    """Return the variables for the command: the server's address, and its token if any."""
    token = settings.control_token
    return {URL_VARIABLE: url} | ({environment_name("control_token"): token} if token else {})


def run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command to its end, with this process's stdin, stdout and stderr.

    The signals that this process gets are passed on to the command. Returns the exit code: 128
    plus the signal's number if a signal ended the command, as in a shell. Raises NotRun.
    """
    process: subprocess.Popen[bytes] | None = None
    early: list[int] = []  # signals that came before the command was started

    def pass_on(number: int, _: FrameType | None) -> None:
        if process is None:
            early.append(number)
        elif not (number in _BY_TERMINAL and _is_in_the_foreground()):
            process.send_signal(number)

    with _handled_by(pass_on):
        process = _started(command, environment)
        for number in early:
            process.send_signal(number)
        code = process.wait()
    return code if code >= 0 else 128 - code


def _started(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(command, env=environment)
    except FileNotFoundError:
        raise NotRun(command[0], "there is no such command", NOT_FOUND) from None
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise NotRun(command[0], f"it can't be run: {why}", NOT_EXECUTABLE) from None


# What a terminal sends to all processes in its foreground, so to the command as well.
_BY_TERMINAL = {getattr(signal, name, None) for name in ("SIGINT", "SIGQUIT", "SIGWINCH")}


def _is_in_the_foreground() -> bool:
    """Whether this process and the command are those that the terminal's keys are for."""
    try:
        with Path(os.ctermid()).open("rb", buffering=0) as terminal:
            return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    except (OSError, AttributeError):  # no terminal, or none as POSIX knows them
        return False


@contextmanager
def _handled_by(handler: signal._HANDLER) -> Iterator[None]:
    """Have signals handled for a while; those that are ignored stay so."""
    numbers = [found for name in _PASSED_ON if (found := getattr(signal, name, None)) is not None]
    heard = [number for number in numbers if signal.getsignal(number) != signal.SIG_IGN]
    before = {number: signal.signal(number, handler) for number in heard}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
