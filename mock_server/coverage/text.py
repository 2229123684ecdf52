"""A report for people, in a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from mock_server.coverage.parts import KINDS
from mock_server.coverage.report import Report


def as_text(report: Report) -> Iterator[str]:
    """Yield the figures as a table, and all that wasn't met, a line each with its place."""
    subject, exchanges = report.subject, report.exchanges
    yield f"{subject.title} {subject.version}".rstrip() + f", {said(exchanges.counted)}"
    yield from doubts(report)
    yield ""
    yield from report.lines()
    for kind in KINDS:
        if missing := report.missing(kind):
            yield ""
            yield f"{kind} not met:"
            yield from (f"  {e.place}: {e.text}" if e.place else f"  {e.text}" for e in missing)


def doubts(report: Report) -> Iterator[str]:
    """Yield the reasons why the figures aren't exact."""
    exchanges = report.exchanges
    if exchanges.forgotten:
        yield f"Not counted, since they were forgotten before: {said(exchanges.forgotten)}."
    if exchanges.cut:
        yield f"Counted in part, since the journal cuts long bodies: {said(exchanges.cut)}."
    if exchanges.astray:
        yield f"On paths that are no operation's: {said(exchanges.astray)}."


def said(count: int) -> str:
    """Return a number of exchanges in words."""
    return f"{count} exchange" if count == 1 else f"{count} exchanges"
