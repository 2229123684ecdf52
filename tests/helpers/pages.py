"""A page of the docs as its reader follows it: its files, its commands, and what they print."""

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
DOCS = ROOT / "docs"
PETS = "pets.yaml"
BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
LISTENING = re.compile(r"is listening on http://127\.0\.0\.1:(\d+)$", re.MULTILINE)
# The title of a command that goes on, and is ended when the next one starts.
SERVER = "server"
# Where the server of a page is; here each is on a port that is free.
PORT = 4010
SECONDS = 60


def pages() -> list[Path]:
    """Return the pages that show commands or files: the README, and those of the docs."""
    found = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
    return [page for page in found if any(b.title or b.language == "sh" for b in blocks(page))]


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    language: str
    title: str | None
    text: str

    @property
    def is_server(self) -> bool:
        """Return whether it is a command that goes on."""
        return self.title == SERVER

    @property
    def file(self) -> str | None:
        """Return the name of the file that it shows."""
        return None if self.is_server else self.title


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of a page."""
    text = page.read_text(encoding="utf-8")
    return [Block(language, title or None, body) for language, title, body in BLOCK.findall(text)]


@dataclass
class Reader:
    """A reader who runs what a page shows, in a checkout and in a folder beside it."""

    folder: Path
    port: int = PORT

    @cached_property
    def checkout(self) -> Path:
        """Return a copy of this project with a ready environment; making one needs the network."""
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
        """Yield what the server prints until it listens; it is ended at the end."""
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


def reader_of(page: Path, folder: Path) -> Reader:
    """Return a reader who has made every file that a page shows or links to, in a folder."""
    folder.mkdir()
    if PETS in page.read_text(encoding="utf-8"):
        # A page of the docs links to it; the README is read in the checkout.
        target = folder / "docs" if page.parent == ROOT else folder
        target.mkdir(exist_ok=True)
        shutil.copy(DOCS / PETS, target / PETS)
    for block in blocks(page):
        if block.file:
            path = folder / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
    return Reader(folder)


def try_out(page: Path, reader: Reader) -> None:
    """Run the commands of a page, and compare what they print with what it shows."""
    for server, shown, followers in conversations(blocks(page)):
        if server is None:
            follow(reader, followers)
            continue
        with reader.serving(server.text) as printed:
            if shown is not None:
                assert matches(reader.told(shown.text), printed), printed
            follow(reader, followers)


Conversation = tuple[Block | None, Block | None, list[Block]]


def conversations(all_blocks: list[Block]) -> list[Conversation]:
    """Return the blocks by the server that runs while they do, with what it prints."""
    found: list[Conversation] = [(None, None, [])]
    shown = [b for b in all_blocks if b.file is None]
    for before, block in zip([None, *shown], shown, strict=False):
        if block.is_server:
            found.append((block, None, []))
        elif before is not None and before.is_server and block.language == "text":
            found[-1] = (before, block, [])
        else:
            found[-1][2].append(block)
    return found


def follow(reader: Reader, followers: list[Block]) -> None:
    """Run those commands, and compare what each prints with the block after it."""
    output = ""
    for block in followers:
        if block.language == "sh":
            output = dry(reader) if block.text == "make test\n" else reader.run(block.text)
        elif block.language not in ("json", "text"):
            continue
        elif block.language == "json":
            assert resembles(json.loads(block.text), json.loads(output)), output
        else:
            assert matches(reader.told(block.text), output), output


def dry(reader: Reader) -> str:
    """Return what `make test` would run: it would run this test, too."""
    planned = reader.run("make -n test")
    assert "-m pytest" in planned
    return planned


def matches(expected: str, actual: str) -> bool:
    """Return whether a text is as shown; `…` stands for anything."""
    pattern = ".*".join(map(re.escape, expected.strip().split("…")))
    return re.fullmatch(pattern, actual.strip(), re.DOTALL) is not None


def resembles(expected: Any, actual: Any) -> bool:
    """Return whether JSON is as shown; `…` stands for any value, and for any members."""
    if expected == "…" or expected == {"…": "…"}:
        return True
    if isinstance(expected, dict) and isinstance(actual, dict):
        return all(k in actual and resembles(v, actual[k]) for k, v in expected.items())
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(resembles, expected, actual))
    return bool(expected == actual)
