"""What the servers of one run, or of its parallel workers, have met of each contract."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from mock_server.coverage.report import Report, merged
from mock_server.coverage.report_files import parsed, write_report
from mock_server.coverage.text import as_text
from mock_server.coverage.thresholds import Threshold, shortfalls


class Runs:
    """Reports of servers, merged by contract; each may have a file that it is written to."""

    def __init__(self) -> None:
        self._reports: list[tuple[str, Report]] = []

    def add(self, report: Report, file: Path | None) -> None:
        """Take the report of a server that ended."""
        self._reports.append((str(file) if file is not None else "", report))

    def as_json(self) -> list[dict[str, Any]]:
        """Return the reports as JSON that another process can read."""
        return [{"file": file, "report": report.as_json()} for file, report in self._reports]

    def read(self, written: Iterable[dict[str, Any]]) -> None:
        """Take what another process has told. Raises WrongUse."""
        self._reports += [(one["file"], parsed(one["report"], "a worker")) for one in written]

    @property
    def reports(self) -> list[Report]:
        """A report for each contract."""
        return [_merged(found) for found in self._by(lambda _, report: report.subject.digest)]

    def lines(self) -> Iterator[str]:
        """Yield the reports as text for people."""
        for report in self.reports:
            yield from as_text(report)

    def shortfalls(self, thresholds: Iterable[Threshold]) -> list[str]:
        """Return a line for each threshold that isn't reached."""
        wanted = list(thresholds)
        return [line for report in self.reports for line in shortfalls(report, wanted)]

    def write(self) -> None:
        """Write each file, with all that belongs there. Raises WrongUse."""
        for found in self._by(lambda file, _: file):
            if file := found[0][0]:
                write_report(_merged(found), Path(file))

    def _by(self, key: Callable[[str, Report], str]) -> list[list[tuple[str, Report]]]:
        groups: dict[str, list[tuple[str, Report]]] = {}
        for file, report in self._reports:
            groups.setdefault(key(file, report), []).append((file, report))
        return list(groups.values())


def _merged(found: list[tuple[str, Report]]) -> Report:
    return merged({f"server {n}": report for n, (_, report) in enumerate(found, 1)})
