"""A report as workflow commands of GitHub Actions, which annotate the lines of the contract."""

from __future__ import annotations

from collections.abc import Iterator

from mock_server.core import workflow_command
from mock_server.coverage.parts import KINDS
from mock_server.coverage.report import Entry, Report
from mock_server.coverage.text import said


def as_github(report: Report) -> Iterator[str]:
    """Yield a warning for each part that wasn't met, and the figure of the whole."""
    for kind in KINDS:
        for entry in report.missing(kind):
            yield _warning(entry)
    met, of = report.figures["all"]
    told = f"{met} of {of} parts of {report.subject.title} met by"
    yield workflow_command("notice", {}, f"{told} {said(report.exchanges.counted)}")


def _warning(entry: Entry) -> str:
    place = entry.place
    where = {"file": place.file, "line": place.line, "col": place.column} if place else {}
    properties = {**where, "title": f"Coverage: {entry.kind}"}
    return workflow_command("warning", properties, f"Not met: {entry.text}")
