"""Everything that the README shows is run as it stands, one block after the other of a chapter."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.forks import Fork
from tests.helpers.processes import Process

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"^```(\w+)(?: (server|title=(\S+)))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^## (.*)$", re.MULTILINE)
LISTENING = re.compile(r"is listening on http://127\.0\.0\.1:(\d+)$", re.MULTILINE)
# Where the README's server is; here each is on a port that is free.
PORT = 4010
SECONDS = 60


@dataclass(frozen=True)
class Block:
    language: str
    is_server: bool
    title: str | None
    text: str
    heading: str

    @property
    def asks(self) -> bool:
        """Whether it is for a server that runs already."""
        return self.language == "sh" and not self.is_server and f":{PORT}" in self.text


README = ROOT / "README.md"


def blocks(page: Path = README) -> list[Block]:
    readme = page.read_text()
    found, heading, end = [], "", 0
    for match in BLOCK.finditer(readme):
        heading = [heading, *HEADING.findall(readme[end : match.start()])][-1]
        language, word, title, text = match.groups()
        found.append(Block(language, word == "server", title, text, heading))
        end = match.end()
    return found


def chapters(page: Path = README) -> dict[str, list[Block]]:
    """The blocks by heading; a heading whose first command asks a server goes on with the last."""
    found: dict[str, list[Block]] = {}
    for heading, own in groupby(blocks(page), key=lambda block: block.heading):
        read = list(own)
        commands = [block for block in read if block.language == "sh"]
        before = next(reversed(found), heading)
        found.setdefault(before if commands and commands[0].asks else heading, []).extend(read)
    return found


@dataclass
class Reader:
    """Someone who types what the README says, in a checkout and in a folder beside it."""

    folder: Path
    port: int = PORT

    @cached_property
    def checkout(self) -> Path:
        """A copy of this project, whose environment is made already: that needs the network."""
        checkout = self.folder.with_name("checkout")
        shutil.copytree(ROOT, checkout, ignore=shutil.ignore_patterns(".*", "node_modules"))
        binaries = checkout / ".venv" / "bin"
        binaries.mkdir(parents=True)
        for name in ("python", "mock-server"):
            (binaries / name).symlink_to(Path(sys.executable).parent / name)
        (checkout / ".venv" / ".ready").touch()
        return checkout

    def environment(self, port: int) -> dict[str, str]:
        binaries = str(Path(sys.executable).parent)
        clean = {
            k: v for k, v in os.environ.items() if not k.startswith(("MOCK_SERVER_", "PYTEST"))
        }
        return clean | {
            "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
            "MOCK_SERVER_PORT": str(port),
            "PYTHONUNBUFFERED": "1",
        }

    def told(self, text: str) -> str:
        return text.replace(str(PORT), str(self.port))

    def cwd(self, command: str) -> Path:
        return self.checkout if command.startswith("make ") else self.folder

    def run(self, command: str) -> str:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.told(command)],
            cwd=self.cwd(command),
            env=self.environment(self.port),
            capture_output=True,
            timeout=SECONDS,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout!r}\n{done.stderr!r}"
        return done.stdout.decode().replace("\r\n", "\n")

    @contextmanager
    def serving(self, command: str) -> Iterator[str]:
        """What the server prints until it listens; it is ended at the end."""
        with self._begun(command.strip()) as process:
            assert process.stdout is not None
            printed = ""
            for line in process.stdout:
                printed += line.decode()
                if found := LISTENING.search(printed):
                    self.port = int(found[1])
                    break
            try:
                yield printed
            finally:
                process.terminate()
                self.port = PORT

    def _begun(self, command: str) -> Process:
        program, *arguments = shlex.split(command)
        if (program, arguments[0]) == ("mock-server", "serve"):
            return Fork("mock_server", arguments, self.folder, self.environment(0))
        return subprocess.Popen(
            ["bash", "-c", f"exec {command}"],
            cwd=self.cwd(command),
            env=self.environment(0),
            stdout=subprocess.PIPE,
        )


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    return reader_of(README, tmp_path / "folder")


def reader_of(page: Path, folder: Path) -> Reader:
    """A reader who has made every file that is shown."""
    folder.mkdir(exist_ok=True)
    for block in blocks(page):
        if block.title:
            path = folder / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text)
    return Reader(folder)


@pytest.mark.parametrize("chapter", chapters().values(), ids=chapters())
def test_every_command_and_snippet_of_the_readme_does_what_it_says(
    chapter: list[Block], reader: Reader
) -> None:
    try_out(chapter, reader)


def try_out(chapter: list[Block], reader: Reader) -> None:
    """Run the blocks, each server as long as the blocks that ask it."""
    for server, shown, followers in conversations(chapter):
        if server is None:
            follow(reader, followers)
            continue
        with reader.serving(server.text) as printed:
            if shown is not None:
                assert matches(reader.told(shown.text), printed), printed
            follow(reader, followers)


def test_no_block_is_left_out() -> None:
    assert [block for chapter in chapters().values() for block in chapter] == blocks()


Conversation = tuple[Block | None, Block | None, list[Block]]


def conversations(all_blocks: list[Block]) -> list[Conversation]:
    """The blocks by the server that runs while they do, with what it prints."""
    found: list[Conversation] = [(None, None, [])]
    shown = [b for b in all_blocks if b.title is None]
    for before, block in zip([None, *shown], shown, strict=False):
        if block.is_server:
            found.append((block, None, []))
        elif before is not None and before.is_server and block.language == "text":
            found[-1] = (before, block, [])
        else:
            found[-1][2].append(block)
    return found


def follow(reader: Reader, followers: list[Block]) -> None:
    output = ""
    for block in followers:
        if block.language == "sh":
            output = dry(reader) if block.text == "make test\n" else reader.run(block.text)
        elif block.language == "json":
            assert resembles(json.loads(block.text), json.loads(output)), output
        else:
            assert matches(reader.told(block.text), output), output


def dry(reader: Reader) -> str:
    """`make test` runs this test; CI calls it by that name."""
    planned = reader.run("make -n test")
    assert "-m pytest" in planned
    return planned


def matches(expected: str, actual: str) -> bool:
    """Whether a text is as shown; `…` stands for anything."""
    pattern = ".*".join(map(re.escape, expected.strip().split("…")))
    return re.fullmatch(pattern, actual.strip(), re.DOTALL) is not None


def resembles(expected: Any, actual: Any) -> bool:
    """Whether JSON is as shown; `…` stands for any value, and for any members."""
    if expected == "…" or expected == {"…": "…"}:
        return True
    if isinstance(expected, dict) and isinstance(actual, dict):
        return all(k in actual and resembles(v, actual[k]) for k, v in expected.items())
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(resembles, expected, actual))
    return bool(expected == actual)


def test_the_readme_has_blocks_of_every_kind_that_is_run() -> None:
    kinds = {(b.language, b.is_server) for b in blocks()}
    assert {("sh", True), ("sh", False), ("json", False), ("text", False)} <= kinds


def test_what_is_shown_is_compared() -> None:
    assert matches("a … c", "a b c")
    assert not matches("a … c", "a b d")
    assert resembles({"a": ["…", 2]}, {"a": [1, 2], "b": 3})
    assert not resembles({"a": ["…", 2]}, {"a": [1, 3]})
