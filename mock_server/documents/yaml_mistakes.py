"""What is wrong with a text that is no YAML, in plain words rather than in the parser's."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import yaml

from mock_server.documents.positions import Unreadable

_TAB = "a tab stands here; YAML is indented with spaces alone (YAML 1.2.2, section 6.1)"
_QUOTE = "the text in quotes that begins here has no closing quote"
_INDENT = "this line is indented unlike those before it; expected it to begin in column {columns}"
_BEHIND = (
    "a text in quotes has ended, and the line goes on; expected its end: is a quote before this"
    " one never closed?"
)
_COLON = "`: ` begins a value, and this one has begun already; put the text into quotes"
_OPEN = "the {what} that begins here isn't closed, or a comma is missing; expected {close}"
# Characters with a meaning of their own, which no plain text begins with (YAML 1.2.2, 5.3).
_NAMED = {
    "@": "`@` is reserved", "`": "a backtick is reserved", "%": "`%` begins a directive",
    "*": "`*` begins an alias", "&": "`&` begins an anchor", "!": "`!` begins a tag",
    "|": "`|` begins a text of several lines", ">": "`>` begins a text of several lines",
    "]": "`]` closes a list that isn't open", "}": "`}` closes a mapping that isn't open",
    ",": "`,` separates the items of a list in brackets",
    "{": "`{` begins a mapping in braces", "[": "`[` begins a list in brackets",
}  # fmt: skip
_IN_QUOTES = "put the text into quotes if that isn't meant"


class _Spot(NamedTuple):
    """A position in a text; line and column count from 0, as the parser's marks do."""

    line: int
    column: int


def yaml_mistake(text: str, error: Any) -> Unreadable:
    """What is wrong and where, of an error of PyYAML with marks."""
    lines = text.splitlines() or [""]
    if (open_quote := _open_quote(text, lines)) is not None:
        return open_quote
    problem, context = str(error.problem or ""), str(error.context or "")
    at = _spot(error.problem_mark) or _spot(error.context_mark) or _Spot(0, 0)
    begins = _spot(error.context_mark) or at
    message, spot = _explained(lines, problem, context, at, begins)
    return Unreadable(message, spot.line + 1, spot.column + 1)


def _open_quote(text: str, lines: list[str]) -> Unreadable | None:
    """The first text in quotes that takes in whole members of what comes after it."""
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if not isinstance(token, yaml.ScalarToken) or token.style not in ("'", '"'):
                continue
            begin, end = token.start_mark, token.end_mark
            if any(
                re.match(r"\s*[\w$-]+:(\s|$)", line)
                for line in lines[begin.line + 1 : end.line + 1]
            ):
                message = f"{_QUOTE} before line {end.line + 1}"
                return Unreadable(message, begin.line + 1, begin.column + 1)
    except yaml.YAMLError:
        pass
    return None


def _spot(mark: Any) -> _Spot | None:
    return _Spot(mark.line, mark.column) if mark is not None else None


def _explained(
    lines: list[str], problem: str, context: str, at: _Spot, begins: _Spot
) -> tuple[str, _Spot]:
    if (tab := _tab(lines, at)) is not None:
        return _TAB, tab
    if "quoted scalar" in context:
        return _quoted(problem, at, begins)
    if "flow" in context:
        return _flow(lines, context, at, begins)
    if "alias" in context or "anchor" in context:
        mark = _text_at(lines, begins)[:1]
        return f"{_NAMED.get(mark, 'this begins a name')}; {_IN_QUOTES}", begins
    if "tag" in context or "tag" in problem:
        return f"{_NAMED['!']}; {_IN_QUOTES}", begins
    if "mapping values" in problem:
        return _second_colon(lines, at)
    if "sequence entries" in problem:
        return "`- ` begins an item of a list; expected it in a line of its own", at
    if "':'" in problem:
        return _without_colon(lines, begins)
    if "block scalar" in context:
        return "behind `|` or `>` the text begins in the next line; expected nothing here", at
    if "block" in context:
        return _block(lines, context, at, begins)
    return _other(lines, at)


def _tab(lines: list[str], at: _Spot) -> _Spot | None:
    """The tab in the indentation of the line, or in what comes right before it."""
    for number in (at.line, at.line - 1):
        line = lines[number] if 0 <= number < len(lines) else ""
        blank = line[: len(line) - len(line.lstrip(" \t"))]
        if "\t" in blank and line.strip():
            return _Spot(number, blank.index("\t"))
    return at if _text_at(lines, at).startswith("\t") else None


def _quoted(problem: str, at: _Spot, begins: _Spot) -> tuple[str, _Spot]:
    if "escape" in problem or "hexa" in problem or "hexd" in problem:
        return (
            "in double quotes a backslash begins an escape, and there is none such; double the"
            " backslash, or take single quotes"
        ), at
    return _QUOTE, begins


def _flow(lines: list[str], context: str, at: _Spot, begins: _Spot) -> tuple[str, _Spot]:
    is_list = "sequence" in context
    what, close = ("list", "`]`") if is_list else ("mapping", "`}`")
    found = _text_at(lines, at).strip()
    line = f" before {found[:20]!s} in line {at.line + 1}" if found else " at the end"
    return _OPEN.format(what=what, close=f"`,` or {close}{line}"), begins


def _second_colon(lines: list[str], at: _Spot) -> tuple[str, _Spot]:
    before = lines[at.line][: at.column] if at.line < len(lines) else ""
    if re.search(r":\s|\"\s*$|'\s*$", before.removeprefix("- ")):
        return _COLON, at
    indented = len(before) - len(before.lstrip())
    above = _line_above(lines, at.line)
    if above is not None and _column(lines[above]) >= indented:
        return _without_colon(lines, _Spot(above, _column(lines[above])))
    return (
        "this line is indented more deeply than the one before it, which has a value already;"
        " expected it in the same column"
    ), _Spot(at.line, indented)


def _line_above(lines: list[str], number: int) -> int | None:
    """The nearest line before that isn't blank."""
    return next((above for above in range(number - 1, -1, -1) if lines[above].strip()), None)


def _column(line: str) -> int:
    return len(line) - len(line.lstrip())


def _without_colon(lines: list[str], begins: _Spot) -> tuple[str, _Spot]:
    words = _text_at(lines, begins).strip()
    if re.match(r"<(!doctype|html|\?xml)", words, re.IGNORECASE):
        return "this is HTML or XML; expected YAML or JSON: is it the document itself?", begins
    if re.match(r"<<<<<<<|=======|>>>>>>>", words):
        return "a merge of two versions has left its mark here; expected one of them", begins
    shown = words if len(words) <= 40 else f"{words[:39]}…"
    return f"`{shown}` is no member of a mapping; expected a key with `: ` behind it", begins


def _block(lines: list[str], context: str, at: _Spot, begins: _Spot) -> tuple[str, _Spot]:
    text = _text_at(lines, at)
    if _is_behind_quote(lines, at):
        return _BEHIND, at
    if text[:1] in _NAMED and text[:1] in "]},|>@`%":
        return f"{_NAMED[text[0]]}; {_IN_QUOTES}", at
    if "mapping" in context and text.startswith("- "):
        expected = f"a key in column {begins.column + 1}, as in line {begins.line + 1}"
        return f"an item of a list stands among the keys of a mapping; expected {expected}", at
    if "mapping" not in context and at.column == begins.column:
        return f"this is no item of the list; expected `- ` as in line {begins.line + 1}", at
    columns = " or ".join(str(column + 1) for column in _open_columns(lines, at.line))
    return _INDENT.format(columns=columns or begins.column + 1), at


def _open_columns(lines: list[str], number: int) -> list[int]:
    """The columns in which the blocks around a line begin, from 0."""
    columns: list[int] = []
    for line in lines[:number]:
        text = line.lstrip(" ")
        if not text or text.startswith(("#", "---")):
            continue
        column = len(line) - len(text)
        columns = [one for one in columns if one < column]
        columns.append(column)
        while text.startswith("- ") and re.search(r":(?:\s|$)", text):  # a mapping in its line
            inner = text[2:].lstrip(" ")
            column += len(text) - len(inner)
            columns.append(column)
            text = inner
    return columns


def _is_behind_quote(lines: list[str], at: _Spot) -> bool:
    before = lines[at.line][: at.column].rstrip() if at.line < len(lines) else ""
    return before.endswith(("'", '"'))


def _other(lines: list[str], at: _Spot) -> tuple[str, _Spot]:
    mark = _text_at(lines, at)[:1]
    if mark in _NAMED and mark:
        return f"{_NAMED[mark]}; {_IN_QUOTES}", at
    return "this is no part of what stands before it; expected a key with `: ` behind it", at


def _text_at(lines: list[str], at: _Spot) -> str:
    return lines[at.line][at.column :] if at.line < len(lines) else ""
