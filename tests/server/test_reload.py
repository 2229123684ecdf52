"""A file that is changed while the server runs: its new content is served."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.helpers.processes import SECONDS, Running, checks_in, serving, without_requests
from tests.helpers.running import until

DOCUMENT = """\
openapi: 3.1.0
info: {title: Things, version: '1'}
paths:
  /example:
    get:
      operationId: example
      responses:
        '200':
          description: ok
          content: {application/json: {schema: {type: string}, example: WORD}}
  /canned:
    get:
      operationId: canned
      responses:
        '200':
          description: ok
          content: {application/json: {schema: {type: string}, example: none}}
  /handled:
    get:
      operationId: handled
      responses:
        '200': {description: ok, content: {application/json: {schema: {type: string}}}}
"""
REPLIES = "only:\n  status: 200\n  body: WORD\n"
HANDLERS = "def handled():\n    return 'WORD'\n"


@dataclass(frozen=True)
class Mock:
    """A server of files in a folder, which a test changes."""

    folder: Path
    server: Running
    client: httpx.Client

    def says(self, path: str) -> str:
        reply = self.client.get(path)
        return str(reply.json()) if reply.status_code == 200 else reply.text

    def serves(self, path: str, word: str) -> None:
        """Wait until the reply on a path is a word."""
        until(lambda: self.says(path) == word, f"{word!r} on {path}")


Start = Callable[..., Mock]


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[Mock]:
    with (
        serving("api.yaml", *arguments, cwd=folder) as server,
        httpx.Client(base_url=server.url, timeout=SECONDS) as client,
    ):
        yield Mock(folder, server, client)


ALL = ("--fixtures", "fixtures", "--handlers", "handlers.py")
FILES = {
    "/example": ("api.yaml", DOCUMENT),
    "/canned": ("fixtures/replies/canned.yaml", REPLIES),
    "/handled": ("handlers.py", HANDLERS),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a document, a canned reply and a handler; each has the text "first"."""
    for name, text in FILES.values():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text.replace("WORD", "first"))
    return tmp_path


def renamed(path: Path, text: str) -> None:
    """Change a file as careful editors do: write another, and put it in its place."""
    other = path.with_name(f".{path.name}.new")
    other.write_text(text)
    other.replace(path)


WRITERS = {"written": Path.write_text, "renamed": renamed}


# What is changed is served


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_a_changed_file_is_served(write: Callable[[Path, str], object], folder: Path) -> None:
    with started(folder, *ALL) as mock:
        for path, (name, text) in FILES.items():
            mock.serves(path, "first")
            write(folder / name, text.replace("WORD", "second"))
            mock.serves(path, "second")
            mock.server.logged(rf"^INFO Reloaded after a change of .*{name}")


def test_a_module_that_is_named_by_its_dotted_name_is_read_anew(folder: Path) -> None:
    with started(folder, "--handlers", "handlers") as mock:
        for word in ("third", "forth", "fifth"):  # of one length, in one second
            (folder / "handlers.py").write_text(HANDLERS.replace("WORD", word))
            mock.serves("/handled", word)


def test_a_new_fixture_is_served_and_one_that_is_removed_is_not(folder: Path) -> None:
    replies = folder / "fixtures/replies"
    with started(folder, "--fixtures", "fixtures") as mock:
        (replies / "example.yaml").write_text(REPLIES.replace("WORD", "new"))
        mock.serves("/example", "new")
        (replies / "canned.yaml").unlink()
        mock.serves("/canned", "none")


def test_a_folder_that_is_made_later_is_seen(folder: Path) -> None:
    late = folder / "late"
    late.mkdir()
    with started(folder, "--fixtures", "late") as mock:
        (late / "replies").mkdir()
        mock.serves("/canned", "none")
        (late / "replies/canned.yaml").write_text(REPLIES.replace("WORD", "late"))
        mock.serves("/canned", "late")


def test_a_folder_that_is_replaced_is_still_watched(folder: Path) -> None:
    replies = folder / "deep/fixtures/replies"
    replies.mkdir(parents=True)
    with started(folder, "--fixtures", "deep/fixtures") as mock:
        (folder / "deep").rename(folder / "before")
        replies.mkdir(parents=True)
        for word in ("other", "third"):
            (replies / "canned.yaml").write_text(REPLIES.replace("WORD", word))
            mock.serves("/canned", word)


def test_a_link_that_is_turned_to_another_file_is_followed(folder: Path) -> None:
    versions = folder / "versions"
    versions.mkdir()
    for word in ("one", "two"):
        (versions / word).write_text(DOCUMENT.replace("WORD", word))
    (folder / "api.yaml").unlink()
    (folder / "api.yaml").symlink_to(versions / "one")
    with started(folder) as mock:
        mock.serves("/example", "one")
        (folder / "turned").symlink_to(versions / "two")
        (folder / "turned").replace(folder / "api.yaml")
        mock.serves("/example", "two")


def test_files_that_the_document_refers_to_are_watched(folder: Path) -> None:
    """Those as well that a reference in a reference leads to, and one that isn't there yet."""
    text = DOCUMENT.replace("WORD", "{a: 1}").replace("{type: string}", "{$ref: a.yaml}", 1)
    (folder / "far").mkdir()
    files = {"api": text, "a": "$ref: far/b.yaml", "far/b": "{const: one}", "c": "{const: three}"}
    for name, written in files.items():
        (folder / f"{name}.yaml").write_text(written)
    with started(folder) as mock:
        mock.serves("/example", "one")
        renamed(folder / "far/b.yaml", "{const: two}")
        mock.serves("/example", "two")
        renamed(folder / "api.yaml", text.replace("a.yaml", "c.yaml"))
        mock.serves("/example", "three")
        renamed(folder / "c.yaml", "$ref: d.yaml")
        mock.server.logged(r"change of c\.yaml")
        mock.server.logged(r"d\.yaml: there is no such file")
        mock.says("/example")  # a file is first read when it is needed
        renamed(folder / "d.yaml", "[broken")
        mock.server.logged(r"d\.yaml:1:1: ")
        mock.server.logged(r"change of d\.yaml")
        renamed(folder / "d.yaml", "{const: four}")
        mock.serves("/example", "four")
        mock.server.logged(r"change of d\.yaml\n(.*\n)*.*change of d\.yaml")
    changes = re.findall("Reloaded after a change of (.*)", mock.server.err.text)
    assert changes == ["far/b.yaml", "api.yaml", "c.yaml", "d.yaml", "d.yaml"]


def test_without_reload_what_was_read_at_the_start_stays(folder: Path) -> None:
    with started(folder) as mock, started(folder, "--no-reload") as still:
        for word in ("second", "third"):
            (folder / "api.yaml").write_text(DOCUMENT.replace("WORD", word))
            mock.serves("/example", word)
        assert still.says("/example") == "first"
        assert without_requests(still.server.err.text) == ""


# What is broken is not


BROKEN = {
    "document": ("/example", "openapi: [\n", r"api\.yaml:1:10: "),
    "fixture": (
        "/canned",
        "only:\n  status: 200\n  body: 7\n",
        r"canned\.yaml:3:9: .*expected a string",
    ),
    "handlers": ("/handled", "def handled():\n    return 'no'\n1/0\n", r"handlers\.py:3:1: Zero"),
}


@pytest.mark.parametrize(("path", "text", "told"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_leaves_what_was_there_until_it_is_mended(
    path: str, text: str, told: str, folder: Path
) -> None:
    name, good = FILES[path]
    with started(folder, *ALL) as mock:
        (folder / name).write_text(text)
        mock.server.logged(rf"^ERROR Not reloaded, .*{told}")
        assert [mock.says(p) for p in FILES] == ["first"] * 3
        (folder / name).write_text(good.replace("WORD", "mended"))
        mock.serves(path, "mended")


REFERRING = DOCUMENT.replace("schema: {type: string}, example", "schema: {$ref: REF}, example", 1)


def looped(folder: Path) -> None:
    (folder / "loop").symlink_to("loop")


BAD_REFERENCES = {
    "a pipe": ("pipe", lambda folder: os.mkfifo(folder / "pipe"), "it is a pipe"),
    "a loop of links": ("loop", looped, "loop"),
    "a device": ("/dev/zero", lambda folder: None, "outside of the folders"),
    "a null character": ('"%00"', lambda folder: None, "null"),
    "a name without end": ("x" * 5_000, lambda folder: None, "too long"),
}


@pytest.mark.parametrize(("ref", "make", "told"), BAD_REFERENCES.values(), ids=BAD_REFERENCES)
def test_a_reference_to_what_is_no_file_does_not_end_the_reloads(
    ref: str, make: Callable[[Path], None], told: str, folder: Path
) -> None:
    make(folder)
    with started(folder) as mock:
        (folder / "api.yaml").write_text(REFERRING.replace("WORD", "odd").replace("REF", ref))
        mock.serves("/example", "odd")
        mock.server.logged(f"^WARNING api.yaml:10:.*{told}")
        (folder / "api.yaml").write_text(DOCUMENT.replace("WORD", "mended"))
        mock.serves("/example", "mended")


def test_a_document_that_becomes_a_pipe_does_not_end_the_reloads(folder: Path) -> None:
    with started(folder) as mock:
        (folder / "api.yaml").unlink()
        os.mkfifo(folder / "api.yaml")
        mock.server.logged("^ERROR Not reloaded, .*it is a pipe; expected a regular file")
        (folder / "api.yaml").unlink()
        (folder / "api.yaml").write_text(DOCUMENT.replace("WORD", "mended"))
        mock.serves("/example", "mended")


def test_a_broken_module_does_not_reach_into_the_one_before(folder: Path) -> None:
    (folder / "handlers.py").write_text("def handled():\n    return WORD\n\n\nWORD = 'first'\n")
    with started(folder, "--handlers", "handlers") as mock:
        (folder / "handlers.py").write_text("WORD = 'second'\n1/0\n")
        mock.server.logged("^ERROR Not reloaded, .*handlers.py:2:1: ZeroDivisionError")
        assert mock.says("/handled") == "first"


def test_a_document_that_is_gone_leaves_what_was_there_until_it_is_back(folder: Path) -> None:
    with started(folder) as mock:
        (folder / "api.yaml").unlink()
        mock.server.logged(r"^ERROR Not reloaded, .*api\.yaml: there is no such file")
        assert mock.says("/example") == "first"
        (folder / "api.yaml").write_text(DOCUMENT.replace("WORD", "back"))
        mock.serves("/example", "back")


def test_what_nobody_thought_of_does_not_end_the_watch(folder: Path) -> None:
    odd = "handled = type('Odd', (), {'__call__': lambda s: 1, '__signature__': 1})()\n"
    with started(folder, "--handlers", "handlers.py") as mock:
        (folder / "handlers.py").write_text(odd)
        mock.server.logged("^ERROR ")
        (folder / "handlers.py").write_text(HANDLERS.replace("WORD", "mended"))
        mock.serves("/handled", "mended")


# Requests during a reload

SLOW = """\
import asyncio
from pathlib import Path


async def handled():
    Path("called").touch()
    while not Path("go").exists():
        await asyncio.sleep(0.01)
    return 'first' * 10_000
"""


def test_a_request_in_flight_is_answered_by_what_it_began_with(folder: Path) -> None:
    (folder / "handlers.py").write_text(SLOW)
    with started(folder, "--handlers", "handlers.py") as mock, ThreadPoolExecutor(1) as pool:
        reply = pool.submit(httpx.get, f"{mock.server.url}/handled", timeout=SECONDS)
        until((folder / "called").exists, "the handler is called")
        (folder / "handlers.py").write_text(HANDLERS.replace("WORD", "second"))
        mock.server.logged("^INFO Reloaded")
        assert mock.says("/handled") == "second"
        assert not reply.done()
        (folder / "go").touch()
        assert reply.result().json() == "first" * 10_000


def test_no_request_is_lost_while_the_document_changes(folder: Path) -> None:
    words = [f"word {n}" for n in range(10)]
    said: list[str] = []

    def ask(mock: Mock) -> None:
        while words[-1] not in said:
            said.append(mock.says("/example"))

    with started(folder) as mock, ThreadPoolExecutor(2) as pool:
        asking = [pool.submit(ask, mock) for _ in range(2)]
        for word in words:
            renamed(folder / "api.yaml", DOCUMENT.replace("WORD", word))
            mock.serves("/example", word)
        for done in asking:
            done.result()
    assert set(said) == {"first", *words}


# The check of the document


def test_a_changed_document_is_checked_too(folder: Path) -> None:
    with started(folder) as mock:
        (folder / "api.yaml").write_text(DOCUMENT.replace("WORD", "7"))
        mock.server.logged(r"^WARNING api\.yaml:10:\d+: .*7; expected a string")


def test_the_check_of_a_document_does_not_hold_the_next_change_up(folder: Path) -> None:
    """It takes seconds for a large document; the next change ends it."""
    schema = {"properties": {f"p{n}": {"type": "string"} for n in range(20)}}

    def written(word: str, count: int) -> None:
        paths = {"/example": answering({"example": word}), "/wrong": answering(WRONG)}
        components = {"schemas": {f"S{n}": schema for n in range(count)}}
        info = {"title": "Large", "version": "1"}
        text = {"openapi": "3.1.0", "info": info, "paths": paths, "components": components}
        renamed(folder / "api.yaml", json.dumps(text))

    written("first", 500)
    with started(folder) as mock:
        for word, count in (("second", 500), ("third", 1)):
            until(lambda: checks_in(folder), "a check")
            written(word, count)
            mock.serves("/example", word)
        until(lambda: checks_in(folder) == [], "the end of all checks")
        mock.server.logged("^WARNING ")
    told = [line.split()[0] for line in without_requests(mock.server.err.text).splitlines()]
    assert told == ["INFO", "INFO", "WARNING"]


WRONG = {"schema": {"type": "string"}, "example": 7}


def answering(content: dict[str, Any]) -> dict[str, Any]:
    responses = {"200": {"description": "ok", "content": {"application/json": content}}}
    return {"get": {"responses": responses}}
