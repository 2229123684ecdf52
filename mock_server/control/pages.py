"""The pages beside the contract's own paths: the contract itself, the server's health."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from urllib.parse import quote

from mock_server import __version__
from mock_server.console import CONSOLE, console_files
from mock_server.contract import Contract, bundle
from mock_server.control.index_page import index_page
from mock_server.core import write_json
from mock_server.generation import file_at
from mock_server.http_messages import Reply, Request
from mock_server.metrics import Metrics

HEALTH = "/_mock/health"
CONTROL_DOCUMENT = Path(__file__).parent / "control.yaml"


class Pages(Mapping[str, Callable[[], Reply]]):
    """The functions that make the reply of a page or a sample file, by path.

    Any name with the ending of a sample file leads to that file, so only the pages are listed.
    """

    def __init__(self, listed: Mapping[str, Callable[[], Reply]]) -> None:
        self._listed = listed

    def __getitem__(self, path: str) -> Callable[[], Reply]:
        if path in self._listed:
            return self._listed[path]
        if (file := file_at(path)) is None:
            raise KeyError(path)
        return partial(_file, *file)

    def __iter__(self) -> Iterator[str]:
        return iter(self._listed)

    def __len__(self) -> int:
        return len(self._listed)


def pages(contract: Contract, control: bool = True) -> Mapping[str, Callable[[], Reply]]:
    """Return the function that makes the reply of each page about the contract, by path.

    The sample files are among the pages.
    """
    root = contract.documents.root
    one_document = cache(lambda: _page("application/json", _document_json(contract)))
    return Pages(
        {
            **dict(_files(contract)),
            "/": lambda: _page("text/html; charset=utf-8", index_page(contract, control=control)),
            "/openapi.yaml": lambda: _page("application/yaml", root.source),
            "/openapi.json": one_document,
        }
    )


def control_pages(contract: Contract, metrics: Metrics) -> Mapping[str, Callable[[Request], Reply]]:
    """Return the function that makes the reply of each page of the control API, by path."""
    return {
        HEALTH: lambda _: _page("application/json", _health(contract)),
        "/_mock/openapi.yaml": _control_document,
        "/_mock/metrics": lambda request: _page(*metrics.written(request.header("accept") or "")),
        CONSOLE.rstrip("/"): _to_console,
        **dict.fromkeys(console_files(), _console_page),
    }


def is_console(path: str) -> bool:
    """Return whether a path is that of the console's page, or of a file that it loads."""
    return path in console_files()


def _to_console(_: Request) -> Reply:
    """Return a redirect to the page by a relative address, which keeps the session of the path."""
    return Reply(308, [(b"location", b"_mock/"), (b"content-length", b"0")], b"", "page")


def _console_page(request: Request) -> Reply:
    headers, content = console_files()[request.path]
    length = (b"content-length", str(len(content)).encode())
    return Reply(200, [*headers, length], content, "page")


def _files(contract: Contract) -> Iterator[tuple[str, Callable[[], Reply]]]:
    """Yield the contract's files, at the paths to which references from `/openapi.yaml` lead."""
    documents = list(contract.documents)
    folder = documents[0].path.parent
    for document in documents if len(documents) > 1 else ():
        if document.path.is_relative_to(folder):
            path = quote(f"/{document.path.relative_to(folder).as_posix()}")
            media_type = "application/json" if document.is_json else "application/yaml"
            yield path, partial(_page, media_type, document.source)


def _document_json(contract: Contract) -> bytes:
    """Return the contract as one document in JSON, or the source of a contract in one JSON file."""
    root = contract.documents.root
    whole = bundle(contract)
    return root.source if root.is_json and whole is root.data else write_json(whole)


def _health(contract: Contract) -> bytes:
    return write_json(
        {
            "status": "ok",
            "version": __version__,
            "contract": contract.title,
            "operations": len(contract.operations),
        }
    )


def _control_document(_: Request) -> Reply:
    return _page("application/yaml", CONTROL_DOCUMENT.read_bytes())


def _file(media_type: str, content: bytes) -> Reply:
    """Return a sample file, which pages of every origin may show, read and embed."""
    reply = _page(media_type, content)
    headers = [
        (b"access-control-allow-origin", b"*"),
        (b"cross-origin-resource-policy", b"cross-origin"),
        (b"cache-control", b"max-age=3600"),
    ]
    return reply._replace(headers=[*reply.headers, *headers])


def _page(media_type: str, body: bytes) -> Reply:
    headers = [
        (b"content-type", media_type.encode()),
        (b"content-length", str(len(body)).encode()),
    ]
    return Reply(200, headers, body, "page")
