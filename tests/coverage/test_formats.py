"""The forms of a report: each as those who read it expect it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from selenium.webdriver.common.keys import Keys

from mock_server.coverage.formats import FORMATS
from mock_server.coverage.parts import KINDS
from mock_server.coverage.report import Entry, Exchanges, Report, Subject
from mock_server.errors import FilePlace
from tests.helpers.browser import Page
from tests.helpers.judge import faults

ODD = "a, b: 100 %\r\n<b>&\x00"


def entry(kind: str, name: str, met: bool = False, line: int = 3, **changes: Any) -> Entry:
    place = FilePlace("api docs/pets.yaml", line, 5)
    return replace(Entry(kind, "get_pet", "reply", name, place, f"/x/{line}", met), **changes)


REPORT = Report(
    Subject("Pets & <co>", "1", "api docs/pets.yaml", "d"),
    Exchanges(counted=1, cut=1, forgotten=2, astray=3),
    (
        entry("operations", "GET /pets/{id}", met=True, direction=""),
        entry("statuses", "200", met=True, line=7),
        entry("statuses", "404", line=9),
        entry("enums", f'kind "{ODD}"', line=12, operation=""),
        entry("stubs", "late", place=None, pointer=""),
    ),
)
MISSING = ["get_pet 404", f'reply kind "{ODD}"', "get_pet late"]


def shown(form: str) -> str:
    return FORMATS[form](REPORT)


def test_text_fits_a_terminal_and_says_what_keeps_it_from_being_exact() -> None:
    lines = shown("text").splitlines()
    table = lines[: lines.index("statuses not met:")]
    assert max(map(len, table)) <= 80
    assert "Not counted, since they were forgotten before: 2 exchanges." in lines
    assert "Counted in part, since the journal cuts long bodies: 1 exchange." in lines
    assert "On paths that are no operation's: 3 exchanges." in lines
    assert "  api docs/pets.yaml:9:5: get_pet 404" in lines


# JUnit XML


def test_junit_has_a_suite_for_each_kind_and_a_failure_for_what_was_not_met() -> None:
    whole = ElementTree.fromstring(shown("junit"))
    suites = [(s.get("name"), s.get("tests"), s.get("failures")) for s in whole]
    assert suites == [
        ("operations", "1", "0"),
        ("statuses", "2", "1"),
        ("enums", "1", "1"),
        ("stubs", "1", "1"),
    ]
    assert (whole.get("tests"), whole.get("failures"), whole.get("errors")) == ("5", "3", "0")
    cases = list(whole.iter("testcase"))
    assert all(case.get("classname") and case.get("name") for case in cases)
    (missing,) = (case for case in cases if case.get("name") == "404")
    assert (missing.get("file"), missing.get("line")) == ("api docs/pets.yaml", "9")
    assert missing[0].get("message") == "not met: get_pet 404"
    assert missing[0].text == "api docs/pets.yaml:9:5: not met: get_pet 404"


# SARIF 2.1.0: what its sections on these objects ask for

TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
POSITIVE = {"type": "integer", "minimum": 1}
ARTIFACT = {
    "type": "object",
    "required": ["uri"],
    "properties": {"uri": {"format": "uri-reference"}},
}
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "$schema": {"type": "string", "format": "uri"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {"driver": {"type": "object", "required": ["name", "rules"]}},
                    },
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message", "ruleId", "ruleIndex", "level"],
                            "properties": {
                                "message": TEXT,
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "partialFingerprints": {"additionalProperties": {"type": "string"}},
                                "locations": {
                                    "type": "array",
                                    "items": {
                                        "type": "object",
                                        "properties": {
                                            "physicalLocation": {
                                                "type": "object",
                                                "required": ["artifactLocation"],
                                                "properties": {
                                                    "artifactLocation": ARTIFACT,
                                                    "region": {
                                                        "properties": {
                                                            "startLine": POSITIVE,
                                                            "startColumn": POSITIVE,
                                                        }
                                                    },
                                                },
                                            }
                                        },
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}


def test_sarif_keeps_to_its_rules() -> None:
    log = json.loads(shown("sarif"))
    assert faults(SARIF, log) == []
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    prints = [result["partialFingerprints"]["part/v1"] for result in run["results"]]
    assert len(set(prints)) == len(prints)
    assert [r["message"]["text"] for r in run["results"]] == [f"Not met: {m}." for m in MISSING]


def test_sarif_names_file_and_line_in_the_contract() -> None:
    results = json.loads(shown("sarif"))["runs"][0]["results"]
    place = results[0]["locations"][0]["physicalLocation"]
    assert unquote(place["artifactLocation"]["uri"]) == "api docs/pets.yaml"
    assert " " not in place["artifactLocation"]["uri"]
    assert place["region"] == {"startLine": 9, "startColumn": 5}
    assert "locations" not in results[-1]


# GitHub


def unescaped(text: str) -> str:
    """As GitHub's runner reads it (ActionCommand.cs): percent signs last."""
    for escape, character in (
        ("%0D", "\r"),
        ("%0A", "\n"),
        ("%3A", ":"),
        ("%2C", ","),
        ("%25", "%"),
    ):
        text = text.replace(escape, character)
    return text


def test_github_reads_each_warning_with_its_place() -> None:
    *warnings, notice = shown("github").split("\n")
    read = []
    for line in warnings:
        found = re.fullmatch(r"::warning ([^:]*)::(.*)", line)
        assert found is not None, line
        pairs = (pair.split("=", 1) for pair in found[1].split(","))
        read.append(({name: unescaped(value) for name, value in pairs}, unescaped(found[2])))
    assert [message for _, message in read] == [f"Not met: {m}" for m in MISSING]
    assert read[0][0] == {
        "file": "api docs/pets.yaml", "line": "9", "col": "5", "title": "Coverage: statuses",
    }  # fmt: skip
    assert read[-1][0] == {"title": "Coverage: stubs"}
    assert notice == "::notice::2 of 4 parts of Pets & <co> met by 1 exchange"


# HTML


@pytest.fixture
def opened(page: Page, tmp_path: Path) -> Page:
    path = tmp_path / "report.html"
    path.write_text(shown("html"))
    page.open(path.as_uri())
    return page


def visible(page: Page) -> list[str]:
    return [item.text.split("\n")[0] for item in page.all("li") if item.is_displayed()]


def test_html_shows_the_figures_and_what_was_not_met(opened: Page) -> None:
    assert opened.the("h1").text == "Coverage of Pets & <co> 1"
    rows = [row.text for row in opened.all("tbody tr")]
    assert rows == [
        "operations 1 of 1 100 %",
        "statuses 1 of 2 50 %",
        "enums 0 of 1 0 %",
        "stubs 0 of 1 0 %",
        "all 2 of 4 50 %",
    ]
    assert [item.text for item in opened.all("summary")] == [
        "operationsall met", "statuses1 not met", "enums1 not met", "stubs1 not met",
    ]  # fmt: skip
    assert len(visible(opened)) == 3
    assert opened.all("code")[-1].text == "added at run time"


def test_html_is_used_by_the_keyboard(opened: Page) -> None:
    box = opened.the("#missing")
    opened.the("body").send_keys(Keys.TAB)
    assert opened.driver.switch_to.active_element == box
    box.send_keys(Keys.SPACE)
    assert len(visible(opened)) == 4
    box.send_keys(Keys.TAB)
    opened.driver.switch_to.active_element.send_keys(Keys.ENTER)
    assert len(visible(opened)) == 5


def test_html_asks_for_nothing_else_and_runs_nothing(opened: Page) -> None:
    assert {host for host in opened.hosts() if not host.startswith("file:")} == set()
    assert opened.errors() == []
    assert opened.all("script, link, img, iframe") == []
    assert not opened.all("li b b")


MARK = "<b title='x'>\"&amp;</b>"


def test_what_names_say_is_text_in_the_html_page() -> None:
    place = FilePlace(MARK, 1, 1)
    entries = [
        Entry(kind, MARK, "reply", MARK, where, MARK, met=met)
        for kind in KINDS
        for where in (place, None)
        for met in (True, False)
    ]
    counts = Exchanges(counted=1, cut=1, forgotten=2, astray=3)
    shown = FORMATS["html"](Report(Subject(MARK, MARK, MARK, MARK), counts, tuple(entries)))
    assert "<b title" not in shown and "<b>&quot;" not in shown
    assert shown.count("&lt;b title=&#x27;x&#x27;&gt;&quot;&amp;amp;&lt;/b&gt;") >= len(entries)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_html_can_be_read_in_light_and_in_dark(opened: Page, scheme: str) -> None:
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    opened.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    colours = [opened.the(css).value_of_css_property(p) for css, p in (
        ("body", "color"), ("body", "background-color"),
    )]  # fmt: skip
    ink, page = (sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in colours)
    assert (page > 600 > 200 > ink) if scheme == "light" else (ink > 600 > 200 > page)
