"""`mock-server exec`: a command of any language beside a server, with the verdict at its end."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.helpers.forks import Fork
from tests.helpers.processes import COMMAND, SECONDS, environment, run, without_requests
from tests.helpers.running import document_text, until
from tests.pytest_plugin.test_mock_api import PETS

ASK = """\
import os, sys, urllib.error, urllib.request
for path in sys.argv[1:]:
    try:
        urllib.request.urlopen(os.environ["MOCK_SERVER_URL"] + path).read()
    except urllib.error.HTTPError as error:
        print(error.code)
"""
RULE = "pets.json#/paths/~1pets~1{id}/get/parameters/0/schema/type"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pets.json").write_text(document_text(PETS))
    (tmp_path / "ask.py").write_text(ASK)
    return tmp_path


def execute(folder: Path, *command: str) -> tuple[int, str, str]:
    """Return the exit code of a command beside a server, and what is on stdout and on stderr.

    The log of refused requests is left out.
    """
    done = run("exec", "pets.json", "--", *command, cwd=folder)
    return done.returncode, done.stdout, without_requests(done.stderr)


def test_of_the_requests_only_those_that_went_wrong_are_logged(folder: Path) -> None:
    command = ("--", sys.executable, "ask.py", "/pets/1", "/pets/x")
    done = run("exec", "pets.json", *command, cwd=folder)
    line, reason, *verdict = done.stderr.splitlines()
    assert re.match(r"\d\d:\d\d:\d\d GET     /pets/x +422 refusal ", line)
    assert reason.endswith('└ id in the path is a string, "x"; expected an integer')
    assert verdict[0] == "mock-server: 2 requests, 1 broke the contract."


def test_a_client_that_keeps_to_the_contract_ends_with_0(folder: Path) -> None:
    told = execute(folder, sys.executable, "ask.py", "/pets/1", "/pets/2")
    assert told == (0, "", "mock-server: 2 requests, none broke the contract.\n")


def test_a_client_that_breaks_it_ends_with_1_and_the_verdict_on_stderr(folder: Path) -> None:
    paths = ("/pets/x", "/pets/x", "/nowhere", "/_session/one/pets/y")
    assert execute(folder, sys.executable, "ask.py", *paths) == (
        1,
        "422\n422\n404\n422\n",
        "mock-server: 4 requests, 3 broke the contract, 1 led to no operation.\n"
        "  get_pet: GET /pets/x (2 times)\n"
        f'    id in the path is a string, "x"; expected an integer (rule {RULE})\n'
        "  no operation: GET /nowhere\n"
        "    Things has no path /nowhere; did you mean /pets/{id} or /pets?\n"
        "  get_pet: GET /pets/y\n"
        f'    id in the path is a string, "y"; expected an integer (rule {RULE})\n',
    )


def test_less_coverage_than_was_asked_for_ends_with_1(folder: Path) -> None:
    command = ("--", sys.executable, "ask.py", "/pets/1")
    done = run("exec", "pets.json", "--fail-under", "operations=10", *command, cwd=folder)
    assert (done.returncode, done.stderr.count("\n")) == (0, 1)
    asked = ("--fail-under", "operations=100", "--fail-under", "parameters=1")
    done = run("exec", "pets.json", *asked, *command, cwd=folder)
    assert done.returncode == 1
    _, told = done.stderr.splitlines()
    figure = "coverage of operations is 1 of "
    assert told.startswith(figure) and told.endswith(" %; expected at least 100 %")


def test_the_report_of_a_run_is_written_at_its_end(folder: Path) -> None:
    command = ("--coverage", "report.json", "--", sys.executable, "ask.py", "/pets/1")
    assert run("exec", "pets.json", *command, cwd=folder).returncode == 0
    written = json.loads((folder / "report.json").read_text())
    assert written["exchanges"]["counted"] == 1
    assert written["figures"]["operations"]["met"] == 1


@pytest.mark.parametrize("path", ["/pets/1", "/pets/x"])
def test_a_code_of_the_command_s_own_wins(folder: Path, path: str) -> None:
    code = f"import sys; sys.argv.append('{path}'); exec(open('ask.py').read()); sys.exit(7)"
    assert execute(folder, sys.executable, "-c", code)[0] == 7


def test_what_the_command_reads_and_writes_is_untouched(folder: Path) -> None:
    code = "import sys; sys.stdout.write(sys.stdin.read()[::-1]); sys.stderr.write('own\\n')"
    done = subprocess.run(
        [*COMMAND, "exec", "pets.json", "--", sys.executable, "-c", code],
        cwd=folder,
        env=environment(),
        input="abc",
        capture_output=True,
        timeout=SECONDS,
        encoding="utf-8",
    )
    assert (done.returncode, done.stdout) == (0, "cba")
    assert done.stderr == "own\nmock-server: No requests.\n"


def test_options_and_arguments_of_the_command_are_its_own(folder: Path) -> None:
    code = "import sys; print(sys.argv[1:])"
    told = execute(folder, sys.executable, "-c", code, "--seed", "--", "-h")
    assert told[:2] == (0, "['--seed', '--', '-h']\n")


def test_the_settings_are_those_of_serve(folder: Path) -> None:
    done = run(
        *("exec", "pets.json", "--lenient", "--fault", "503; next=1", "--"),
        *(sys.executable, "ask.py", "/pets/1", "/pets/x"),
        cwd=folder,
    )
    assert (done.returncode, done.stdout) == (1, "503\n")


def test_coverage_that_falls_short_ends_with_1(folder: Path) -> None:
    asking = (sys.executable, "ask.py", "/pets/1")
    least = ("--fail-under", "operations=50", "--fail-under", "operations=51")
    done = run("exec", "pets.json", *least, "--", *asking, cwd=folder)
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        "mock-server: 1 request, none broke the contract.\n"
        "coverage of operations is 1 of 2, 50 %; expected at least 51 %\n",
    )


def test_coverage_that_suffices_is_no_matter(folder: Path) -> None:
    asking = (sys.executable, "ask.py", "/pets/1")
    done = run("exec", "pets.json", "--fail-under", "operations=50", "--", *asking, cwd=folder)
    assert (done.returncode, done.stdout) == (0, "")


def test_what_was_met_is_written_for_the_report(folder: Path) -> None:
    asking = (sys.executable, "ask.py", "/pets/1", "/_session/one/pets/2")
    run("exec", "pets.json", "--coverage", "met.json", "--", *asking, cwd=folder)
    shown = run("coverage", "met.json", "--fail-under", "operations=50", cwd=folder)
    assert shown.returncode == 0
    assert re.search(r"^operations +1 of +2 ", shown.stdout, re.MULTILINE), shown.stdout


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--fail-under=all", "'all' is no threshold; expected 80, say, or operations=100\n"),
        ("--coverage=no/met.json", "no/met.json: there is no such folder to write it to\n"),
    ],
)
def test_what_can_t_be_judged_is_refused_before_the_command(
    folder: Path, option: str, message: str
) -> None:
    done = run("exec", "pets.json", option, "--", "touch", "run", cwd=folder)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", message)
    assert not (folder / "run").exists()


NOT_RUN = {
    "it isn't there": ("./nope", 127, "./nope: there is no such command\n"),
    "it is none": ("./ask.py", 126, "./ask.py: it can't be run: Permission denied\n"),
    "it is a folder": (".", 126, ".: it can't be run: Permission denied\n"),
}


@pytest.mark.parametrize(("command", "code", "message"), NOT_RUN.values(), ids=NOT_RUN)
def test_a_command_that_can_t_be_run_ends_as_in_a_shell(
    folder: Path, command: str, code: int, message: str
) -> None:
    assert execute(folder, command) == (code, "", message)


@pytest.mark.parametrize("arguments", [["exec", "pets.json"], ["exec", "pets.json", "--"]])
def test_without_a_command_it_is_wrong_use(folder: Path, arguments: list[str]) -> None:
    done = run(*arguments, cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Usage: python -m mock_server exec [OPTIONS] [DOCUMENT] -- COMMAND..." in done.stderr
    assert "COMMAND is missing; expected it behind --, as in: -- npm test" in done.stderr


def test_a_document_that_isn_t_there_is_wrong_use(folder: Path) -> None:
    done = run("exec", "none.json", "--", "true", cwd=folder)
    assert (done.returncode, done.stderr) == (2, "none.json: there is no such file\n")


# Signals


WAITING = """\
import json, os, signal, sys
def told(number, frame):
    print(signal.Signals(number).name, flush=True)
    if {ends}:
        sys.exit(9)
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1"):
    signal.signal(getattr(signal, name), told)
print(json.dumps([os.getpid(), os.environ["MOCK_SERVER_URL"]]), flush=True)
while True:
    signal.pause()
"""


@contextmanager
def waiting(folder: Path, ends: bool) -> Iterator[Fork]:
    """Yield a command that waits for a signal, and then ends by itself or dies of it."""
    command = (sys.executable, "-c", WAITING.format(ends=ends))
    arguments = ("exec", "pets.json", "--", *command)
    with Fork("mock_server", arguments, folder, environment()) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1"])
@pytest.mark.parametrize("ends", [True, False], ids=["ends", "dies"])
def test_signals_are_passed_on_to_the_command(folder: Path, name: str, ends: bool) -> None:
    number = signal.Signals[name]
    with waiting(folder, ends) as process:
        command, _ = json.loads(process.stdout.readline())
        process.send_signal(number)
        assert process.stdout.read() == f"{name}\n".encode()
        assert process.stderr.read() == b"mock-server: No requests.\n"
        assert process.wait(SECONDS) == (9 if ends else 128 + number)
    until(lambda: not _is_running(command), "the command has ended")


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
