"""Tables and notes in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MADE = "<!-- Written by `make support`. Change the table in the code, not this page. -->\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a bar inside a cell is escaped."""
    lines = [_row(head), "|" + "---|" * len(head), *map(_row, rows)]
    return "\n".join(lines) + "\n"


def code(text: str) -> str:
    """A text as code."""
    return f"`{text}`"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"
