"""What is written to a path replaces nothing but a regular file, and is there as a whole."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from mock_server.documents.written_files import check_writable, write_text
from mock_server.errors import WrongUse
from tests.helpers.processes import COMMAND, SECONDS, environment, run, serving


def test_a_regular_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("before")
    with path.open() as reader:  # a reader that has it open keeps the old one
        write_text("after", path)
        assert (reader.read(), path.read_text()) == ("before", "after")
    assert [found.name for found in tmp_path.iterdir()] == ["a.json"]


@pytest.mark.parametrize("is_there", [True, False])
def test_a_link_stays_and_what_it_leads_to_is_written(tmp_path: Path, is_there: bool) -> None:
    (tmp_path / "real").mkdir()
    target, link = tmp_path / "real/a.json", tmp_path / "a.json"
    if is_there:
        target.write_text("before")
    link.symlink_to(target)
    write_text("after", link)
    assert link.is_symlink() and target.read_text() == "after"


def test_a_pipe_gets_what_is_written_and_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_text("all of it", pipe)
    assert os.read(reading, 100) == b"all of it"
    os.close(reading)
    assert pipe.is_fifo()


def test_more_than_a_pipe_holds_waits_for_its_reader(tmp_path: Path) -> None:
    pipe, text, got = tmp_path / "pipe", "x" * 1_000_000, []
    os.mkfifo(pipe)
    # Held open for both, so that neither end waits for the other to be opened.
    held = os.open(pipe, os.O_RDWR)

    def read() -> None:
        with os.fdopen(held) as reader:
            got.append(reader.read(len(text)))

    reading = threading.Thread(target=read)
    reading.start()
    write_text(text, pipe)
    reading.join(SECONDS)
    assert got == [text]


def test_a_pipe_that_nobody_reads_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(WrongUse, match="can't be written: No such device or address"):
        write_text("x", tmp_path / "pipe")


def test_a_device_is_written_to_and_stays_one() -> None:
    write_text("x", Path("/dev/null"))
    assert Path("/dev/null").is_char_device()


def test_what_stands_on_standard_output_stays_there(tmp_path: Path) -> None:
    """Standard output that goes to a file is written on; the file isn't replaced."""
    program = "print('before', flush=True); write_text('after', Path('/dev/stdout'))"
    imports = "from pathlib import Path; from mock_server.documents import write_text"
    with (tmp_path / "out").open("w") as out:
        subprocess.run([COMMAND[0], "-c", f"{imports}; {program}"], stdout=out, check=True)
    assert (tmp_path / "out").read_text() == "before\nafter"


def listening(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(path))


@pytest.mark.parametrize(
    ("make", "told"),
    [
        pytest.param(Path.mkdir, "it is a folder", id="a folder"),
        pytest.param(listening, "it is a socket", id="a socket"),
        pytest.param(
            lambda path: path.symlink_to("none/x"),
            "there is no such folder",
            id="a link to nowhere",
        ),
    ],
)
def test_what_can_not_be_written_to_is_refused_before_and_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], None], told: str
) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket is short
    make(Path("odd"))
    before = os.lstat("odd").st_mode
    with pytest.raises(WrongUse, match=told):
        check_writable(Path("odd"))
    with pytest.raises(WrongUse, match=told):
        write_text("x", Path("odd"))
    assert os.lstat("odd").st_mode == before


def test_a_descriptor_that_is_not_open_is_refused_before() -> None:
    with pytest.raises(WrongUse, match="/dev/fd/987: this file descriptor isn't open"):
        check_writable(Path("/dev/fd/987"))


# What the commands write


DOCUMENT = '{"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}}'


def test_the_report_of_a_server_goes_to_standard_output(tmp_path: Path) -> None:
    (tmp_path / "api.json").write_text(DOCUMENT)
    with serving("api.json", "--coverage", "/dev/stdout", cwd=tmp_path) as server:
        assert server.end() == 0
    assert '"format": "mock-server coverage"' in server.out.complete()


def test_a_socket_in_the_place_of_the_report_ends_the_start(tmp_path: Path) -> None:
    (tmp_path / "api.json").write_text(DOCUMENT)
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(f"/proc/self/fd/{os.open(tmp_path, os.O_RDONLY)}/odd")
        served = run("serve", "api.json", "-p", "0", "--coverage", "odd", cwd=tmp_path)
    assert served.returncode == 2
    assert served.stderr == "odd: it is a socket; expected a file, a pipe or a terminal\n"


def test_a_shown_report_goes_into_a_pipe(tmp_path: Path) -> None:
    (tmp_path / "api.json").write_text(DOCUMENT)
    with serving("api.json", "--coverage", "met.json", cwd=tmp_path) as server:
        server.end()
    os.mkfifo(tmp_path / "pipe")
    held = os.open(tmp_path / "pipe", os.O_RDWR)
    shown = subprocess.run(
        [*COMMAND, "coverage", "met.json", "--format", "json", "-o", "pipe"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        timeout=SECONDS,
    )
    assert shown.returncode == 0 and os.read(held, 65_536).startswith(b"{")
    os.close(held)
    assert (tmp_path / "pipe").is_fifo()
