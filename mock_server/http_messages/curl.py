"""A request to one line for sh that makes curl send it.

The options are those of every curl since 7.43 (2015); `--json`, say, is younger.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from mock_server.http_messages.messages import Request

# Linux takes no longer argument (MAX_ARG_STRLEN).
MOST_BYTES = 100_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_GLOBS = re.compile(r"[\[\]{}]")
_DOT_SEGMENTS = re.compile(r"/(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)


def curl_line(request: Request, url: str) -> str:
    """The line that sends a request to the server at that address and shows the reply's headers.

    Raises ValueError for a request that no line can send.
    """
    words = ["curl", "-I" if request.method == "HEAD" else "-i", *_method(request)]
    address = f"{url.rstrip('/')}{request.path}{'?' if request.query else ''}{request.query}"
    if _GLOBS.search(address):
        words.append("-g")
    if _DOT_SEGMENTS.search(request.path):
        words.append("--path-as-is")
    words.append(shlex.quote(address))
    for text in _headers(request):
        words += ["-H", shlex.quote(text)]
    before, data = _body(request)
    line = " ".join([*words, *data])
    if len(line) + len(before) > MOST_BYTES:
        raise ValueError("the request is longer than a command line may be")
    return before + line


def _method(request: Request) -> list[str]:
    """`-X` where curl would take another method by itself."""
    usual = "POST" if _has_body(request) else "GET"
    if request.method == "HEAD" and not _has_body(request):
        return []
    return [] if request.method == usual else ["-X", shlex.quote(request.method)]


def _has_body(request: Request) -> bool:
    """An empty body with a type is one."""
    return bool(request.body) or b"content-type" in request.headers


def _headers(request: Request) -> Iterator[str]:
    for name, value in request.headers.items():
        text = value.decode("ascii")
        spelled = name.decode("ascii").title()
        # Nothing behind the colon would take the header away.
        yield f"{spelled}: {text}" if text.strip() else f"{spelled};"
    if request.body and b"content-type" not in request.headers:
        yield "Content-Type:"  # which `-d` would set


def _body(request: Request) -> tuple[str, list[str]]:
    """What stands before the line, and the options that send the body."""
    if not _has_body(request):
        return "", []
    try:
        text = request.body.decode()
    except UnicodeDecodeError:
        text = "\0"
    if _CONTROL.search(text):
        return f"printf {_octal(request.body)} | ", ["--data-binary", "@-"]
    option = "--data-raw" if text.startswith("@") else "-d"
    return "", [option, shlex.quote(text)]


def _octal(body: bytes) -> str:
    """The format that makes printf write these bytes; \\0 and the like have three digits."""
    plain = {byte: chr(byte) for byte in range(0x20, 0x7F)} | {0x25: "%%", 0x5C: "\\\\"}
    named = {0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t"}
    pieces = [(plain | named).get(byte, f"\\{byte:03o}") for byte in body]
    if body[:1] == b"-":  # or it would be an option
        pieces[0] = "\\055"
    return shlex.quote("".join(pieces))
