"""Reports as JSON: read from files and from running servers, and written whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

import orjson

from mock_server.core import parse_json, write_json
from mock_server.coverage.parts import KINDS
from mock_server.coverage.report import FORMAT, VERSION, Entry, Exchanges, Report, Subject
from mock_server.documents import shown_path, write_text
from mock_server.errors import FilePlace, WrongUse

SECONDS_TO_ANSWER = 30


def read_report(path: Path) -> Report:
    """Return the report in a file. Raises WrongUse if it can't be read."""
    try:
        return _report(path.read_bytes(), shown_path(path))
    except OSError as error:
        raise WrongUse(f"{shown_path(path)}: the file can't be read: {error.strerror}") from None


def fetch_report(url: str, token: str | None) -> Report:
    """Return the report of the running server at an address. Raises WrongUse."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        request = Request(f"{url.rstrip('/')}/_mock/coverage", headers=headers)
        if request.type not in ("http", "https"):
            raise ValueError("expected one that starts with http://")
        # A mock stands on this machine or beside it: no proxy leads there.
        opener = build_opener(ProxyHandler({}))
        with opener.open(request, timeout=SECONDS_TO_ANSWER) as reply:
            return _report(reply.read(), url)
    except HTTPError as error:
        raise WrongUse(f"{url} answers with {error.code}: {_detail(error.read())}") from None
    except URLError as error:
        reason = getattr(error.reason, "strerror", None) or error.reason
        raise WrongUse(f"no mock server can be reached at {url}: {reason}") from None
    except (ValueError, OSError) as error:
        raise WrongUse(f"{url} is no address of a mock server: {error}") from None


def _detail(body: bytes) -> str:
    try:
        return str(parse_json(body)["detail"])
    except (ValueError, TypeError, KeyError):
        return "is it a mock server, and is its control API on?"


def write_report(report: Report, path: Path) -> None:
    """Write a report to a path, as `documents.write_text` does. Raises WrongUse."""
    write_text(write_json(report.as_json(), option=orjson.OPT_INDENT_2).decode() + "\n", path)


def _report(written: bytes, name: str) -> Report:
    try:
        return parsed(parse_json(written), name)
    except ValueError as error:
        raise WrongUse(f"{name}: this is no JSON: {error}") from None


def parsed(read: Any, name: str) -> Report:
    """Return the report of its JSON; `name` is its source. Raises WrongUse."""
    if not isinstance(read, dict) or read.get("format") != FORMAT:
        raise WrongUse(f"{name}: this is no report of coverage; expected one by --coverage")
    if read.get("version") != VERSION:
        raise WrongUse(f"{name}: version {read.get('version')} isn't known; expected {VERSION}")
    try:
        entries = tuple(_report_entry(part) for part in read["parts"])
        return Report(Subject(**read["contract"]), Exchanges(**read["exchanges"]), entries)
    except (LookupError, TypeError, ValueError) as error:
        raise WrongUse(f"{name}: this report is broken: {error!r}") from None


def _report_entry(part: dict[str, Any]) -> Entry:
    """Return the entry of a part. Raises LookupError, TypeError and ValueError."""
    if part["kind"] not in KINDS or type(part["met"]) is not bool:
        raise ValueError(part)
    has_place = part["file"] is not None
    place = FilePlace(part["file"], int(part["line"]), int(part["column"])) if has_place else None
    operation, direction = part["operation"] or "", part["direction"] or ""
    pointer = part["pointer"] or ""
    return Entry(part["kind"], operation, direction, part["name"], place, pointer, part["met"])
