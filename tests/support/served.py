"""A document that is asked while its rows are tried, and what a row came to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from urllib.parse import unquote

from mock_server.app import App, create_app
from mock_server.settings import Settings
from tests.helpers.judge import Reply
from tests.helpers.second_reader import SecondReader

MODES = ("true", "minimal", "maximal", "boundary")
# So many bodies are generated in each of the modes.
SEEDS = range(4)
Raw = Mapping[str, Any]
# What an outcome is called; nothing is ever refused for what isn't asserted.
NO, FREE, IGNORED = "**no**", "not asserted", "ignored"


def reason(text: str, is_supported: bool, row: str) -> str:
    """Return why something isn't supported, which has to be stated; nothing if it is."""
    assert is_supported or text, f"{row} isn't supported, and its row says no reason"
    assert not (is_supported and text), f"{row} is supported; take the reason out of its row"
    return text


class Table(NamedTuple):
    """A table of the page: its heading, what stands before it, its columns and its rows."""

    heading: str
    text: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[str]]

    def __str__(self) -> str:
        lines = [self.columns, ["---"] * len(self.columns), *self.rows]
        rows = "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)
        return "\n\n".join(filter(None, [f"## {self.heading}", self.text, rows])) + "\n"


def code(names: str) -> str:
    """Return names in a row, as code; a remark behind a name stays outside."""
    split = (name.partition(" ") for name in names.split(", "))
    return ", ".join(f"`{name}`{space}{rest}" for name, space, rest in split)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


class Got(NamedTuple):
    """A reply in the form that the judges want."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def is_taken(self) -> bool:
        """Return whether the request was answered as a valid one."""
        return self.status_code < 400

    @property
    def is_refused(self) -> bool:
        """Return whether the request was refused; a mistake of the server's own is neither."""
        return 400 <= self.status_code < 500


class Served:
    """An app of one document, asked with targets as they are written."""

    def __init__(self, app: App, reader: SecondReader, loop: asyncio.AbstractEventLoop) -> None:
        self._app, self._loop = app, loop
        self.reader = reader

    def ask(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Got:
        """Return the reply to a request."""
        path, _, query = target.partition("?")
        length = {} if body is None else {"content-length": str(len(body))}
        sent = {**(headers or {}), **length, "host": "mock"}.items()
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in sent],
        }
        return self._loop.run_until_complete(self._answered(scope, body or b""))

    async def _answered(self, scope: dict[str, Any], body: bytes) -> Got:
        got: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        async def send(message: Any) -> None:
            got.append(message)

        await self._app(scope, receive, send)
        start, *parts = got
        headers = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
        return Got(start["status"], headers, b"".join(part["body"] for part in parts))

    def post(self, target: str, value: Any, media_type: str = "application/json") -> Got:
        """Return the reply to a body: JSON of a value, or the bytes themselves."""
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        return self.ask("POST", target, body, {"Content-Type": media_type})

    def made_up(self, path: str, accept: str = "*/*", method: str = "GET") -> Iterator[Got]:
        """Return bodies in every mode."""
        for mode in MODES:
            for seed in SEEDS:
                prefer = {"Prefer": f"dynamic={mode}, seed={seed}", "Accept": accept}
                yield self.ask(method, path, None, prefer)

    def is_wrong(self, path: str, value: Any) -> bool:
        """Return whether a body breaks what is asked for, by the second engine."""
        schema = self.reader.operation(path, "POST")
        for step in ("requestBody", "content", "application/json", "schema"):
            schema = schema.at(step)
        return bool(self.reader.value_faults(schema, value))

    def faults(self, path: str, reply: Reply, method: str = "GET") -> list[str]:
        """Return how a reply breaks the document, by the second engine."""
        if not 200 <= reply.status_code < 300:
            return [f"{reply.status_code}: {reply.content.decode(errors='replace')}"]
        return self.reader.faults(self.reader.operation(path, method), method, reply)


@contextmanager
def served(
    paths: Raw, version: str = "3.1.0", files: Mapping[str, Any] | None = None, **top: Any
) -> Iterator[Served]:
    """Yield the app of a document with those paths, and with other files beside it."""
    whole = {"openapi": version, "info": {"title": "T", "version": "1"}, "paths": paths, **top}
    with TemporaryDirectory() as name:
        folder = Path(name)
        for file, data in {"openapi.json": whole, **(files or {})}.items():
            (folder / file).write_text(json.dumps(data), encoding="utf-8")
        document = folder / "openapi.json"
        app = create_app(Settings(document=document, reload=False))
        with closing(asyncio.new_event_loop()) as loop:
            yield Served(app, SecondReader(document), loop)
            loop.run_until_complete(loop.shutdown_default_executor())


def operation(content: Raw | None = None, code: str = "200", **more: Any) -> dict[str, Any]:
    """Return an operation with one response, of that content."""
    response: dict[str, Any] = {"description": code}
    return {"responses": {code: response if content is None else {**response, "content": content}},
            **more}  # fmt: skip


def json_of(schema: Any) -> dict[str, Any]:
    """Return a content of JSON."""
    return {"application/json": {"schema": schema}}


def body(content: Raw) -> dict[str, Any]:
    """Return a body that is required."""
    return {"required": True, "content": content}
