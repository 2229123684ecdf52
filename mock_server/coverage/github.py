"""A report as workflow commands of GitHub Actions, which annotate the lines of the contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mock_server.coverage.parts import KINDS
from mock_server.coverage.report import Entry, Report
from mock_server.coverage.text import said

# As GitHub's own toolkit escapes them (actions/toolkit, packages/core/src/command.ts).
_IN_MESSAGES: Mapping[str, str] = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTIES: Mapping[str, str] = {**_IN_MESSAGES, ":": "%3A", ",": "%2C"}


def as_github(report: Report) -> Iterator[str]:
    """A warning for each part that wasn't met, and the figure of the whole."""
    for kind in KINDS:
        for entry in report.missing(kind):
            yield _warning(entry)
    met, of = report.figures["all"]
    told = f"{met} of {of} parts of {report.subject.title} met by"
    yield f"::notice::{_escaped(f'{told} {said(report.exchanges.counted)}', _IN_MESSAGES)}"


def _warning(entry: Entry) -> str:
    place = entry.place
    where = {"file": place.file, "line": place.line, "col": place.column} if place else {}
    properties = {**where, "title": f"Coverage: {entry.kind}"}
    listed = ",".join(f"{k}={_escaped(str(v), _IN_PROPERTIES)}" for k, v in properties.items())
    return f"::warning {listed}::{_escaped(f'Not met: {entry.text}', _IN_MESSAGES)}"


def _escaped(text: str, escapes: Mapping[str, str]) -> str:
    return "".join(escapes.get(character, character) for character in text)
