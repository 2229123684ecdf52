"""The fenced blocks of a page, and a reader who types what it shows.

A block with a title is a file, or a command that keeps running. Of the others `sh` is run, and
`json` or `text` is what the command before it prints; `…` stands for anything.
"""

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
from pathlib import Path
from typing import Any

from tests.helpers.forks import Fork
from tests.helpers.processes import Process

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").rglob("*.md"))]
# The document that most pages use; they link to it.
PETS = ROOT / "docs" / "pets.yaml"
BLOCK = re.compile(r'^```(\w+)(?: title="([^"\n]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
FENCE = re.compile(r"^ *(?:```|~~~)", re.MULTILINE)
SERVER = "In a terminal of its own"
# What is shown without being run: commands that need a network or another machine.
SHOWN = "console"
LISTENING = re.compile(r"is listening on http://127\.0\.0\.1:(\d+)$", re.MULTILINE)
# The port in the pages; each test's server is on one that is free.
PORT = 4010
SECONDS = 60


@dataclass(frozen=True)
class Block:
    """A fenced block."""

    language: str
    title: str | None
    text: str

    @property
    def is_server(self) -> bool:
        """Whether it is a command that keeps running."""
        return self.title == SERVER

    @property
    def is_file(self) -> bool:
        """Whether it is a file to save by its title."""
        return self.title is not None and not self.is_server


def blocks(page: Path) -> list[Block]:
    """The blocks of a page, in their order."""
    found = BLOCK.findall(page.read_text(encoding="utf-8"))
    return [Block(language, title or None, text) for language, title, text in found]


def page_name(page: Path) -> str:
    """A page's path below the project."""
    return page.relative_to(ROOT).as_posix()


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

    def with_port(self, text: str) -> str:
        return text.replace(str(PORT), str(self.port))

    def cwd(self, command: str) -> Path:
        return self.checkout if command.startswith("make ") else self.folder

    def run(self, command: str) -> str:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.with_port(command)],
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


def made(page: Path, folder: Path) -> Reader:
    """A reader who has saved every file that a page shows or links to, in a folder."""
    folder.mkdir()
    if "pets.yaml](" in page.read_text(encoding="utf-8"):
        shutil.copy(PETS, folder)
    for block in blocks(page):
        if block.is_file:
            path = folder / str(block.title)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
    return Reader(folder)


Conversation = tuple[Block | None, Block | None, list[Block]]


def conversations(all_blocks: list[Block]) -> list[Conversation]:
    """The blocks by the server that runs while they do, with what it prints."""
    found: list[Conversation] = [(None, None, [])]
    shown = [b for b in all_blocks if not b.is_file and b.language != SHOWN]
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
            assert matches(reader.with_port(block.text), output), output


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
