"""The forms in which a report is shown, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import orjson

from mock_server.core import write_json
from mock_server.coverage.github import as_github
from mock_server.coverage.html import as_html
from mock_server.coverage.junit import as_junit
from mock_server.coverage.report import Report
from mock_server.coverage.sarif import as_sarif
from mock_server.coverage.text import as_text


def _joined_lines(lines: Iterable[str]) -> str:
    return "\n".join(lines)


def _indented_json(value: object) -> str:
    return write_json(value, option=orjson.OPT_INDENT_2).decode()


FORMATS: Mapping[str, Callable[[Report], str]] = {
    "text": lambda report: _joined_lines(as_text(report)),
    "json": lambda report: _indented_json(report.as_json()),
    "junit": as_junit,
    "sarif": lambda report: _indented_json(as_sarif(report)),
    "github": lambda report: _joined_lines(as_github(report)),
    "html": as_html,
}
