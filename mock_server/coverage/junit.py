"""A report as JUnit XML: a suite for each kind of part, in which what wasn't met has failed."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from mock_server.coverage.parts import KINDS
from mock_server.coverage.report import Entry, Report

# XML 1.0, section 2.2: no other characters may stand in a document.
_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_junit(report: Report) -> str:
    """Return the whole document."""
    whole = Element("testsuites", name=_sound(f"Coverage of {report.subject.title}"))
    for kind in KINDS:
        entries = [entry for entry in report.entries if entry.kind == kind]
        if entries:
            _suite(whole, kind, entries)
    _count(whole, list(report.entries))
    indent(whole)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(whole, encoding="unicode")}'


def _suite(whole: Element, kind: str, entries: list[Entry]) -> None:
    suite = SubElement(whole, "testsuite", name=kind)
    _count(suite, entries)
    for entry in entries:
        name = entry.name if entry.operation else entry.text
        case = SubElement(
            suite, "testcase", classname=_sound(entry.operation or kind), name=_sound(name)
        )
        case.set("time", "0")
        if entry.place is not None:
            case.set("file", entry.place.file)
            case.set("line", str(entry.place.line))
        if not entry.met:
            message = f"not met: {entry.text}"
            failure = SubElement(case, "failure", type="not met", message=_sound(message))
            failure.text = _sound(f"{entry.place}: {message}" if entry.place else message)


def _count(element: Element, entries: list[Entry]) -> None:
    element.set("tests", str(len(entries)))
    element.set("failures", str(sum(not entry.met for entry in entries)))
    element.set("errors", "0")
    element.set("skipped", "0")
    element.set("time", "0")


def _sound(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
