"""Where the values of a text stand, and what no text may hold."""

from __future__ import annotations

from mock_server.core import Tokens

# By the steps to a value, its line and column, counted from 1.
Marks = dict[Tokens, tuple[int, int]]

# Deep enough for any document a person wrote, and shallow enough to be written as JSON again.
MOST_LEVELS = 254
TOO_DEEP = (
    f"nested deeper than {MOST_LEVELS} levels; expected no more:"
    " in an OpenAPI document, move the inner part to a component and refer to it with $ref"
)


class Unreadable(Exception):
    """A text that is no YAML 1.2 or JSON; line and column count from 1."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.line, self.column = line, column


def end_of(text: str) -> tuple[int, int]:
    """The line and column that come behind a text."""
    return text.count("\n") + 1, len(text) - text.rfind("\n")
