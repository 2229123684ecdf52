"""The files of the console's page, by the paths that they are served on."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

CONSOLE = "/_mock/"
_FOLDER = Path(__file__).parent / "page"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
# CSP Level 3: what a request brought can be no script here, even if it were taken for markup.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
    " require-trusted-types-for 'script'; trusted-types 'none'"
)


class ConsoleFile(NamedTuple):
    """A file of the page as it is served: its headers but for the length, and its bytes."""

    headers: tuple[tuple[bytes, bytes], ...]
    content: bytes


@cache
def console_files() -> Mapping[str, ConsoleFile]:
    """Return the files by path: the page itself on `/_mock/`, what it loads below."""
    return MappingProxyType({_path_of(file): _read(file) for file in sorted(_FOLDER.iterdir())})


def _path_of(file: Path) -> str:
    return CONSOLE if file.name == "index.html" else f"{CONSOLE}console/{file.name}"


def _read(file: Path) -> ConsoleFile:
    headers = (
        (b"content-type", _TYPES[file.suffix].encode()),
        (b"content-security-policy", _POLICY.encode()),
        (b"referrer-policy", b"no-referrer"),
        (b"cache-control", b"no-cache"),
    )
    return ConsoleFile(headers, file.read_bytes())
