"""The page of names that decide what a generated value looks like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import TypeVar

from mock_server.generation import Fakes, Source
from mock_server.generation.values.names import NAMES
from mock_server.generation.values.numbers import _RANGES
from tools.reference.markdown import MADE, code, table

T = TypeVar("T")
_HEAD = f"""# Generated values: names

{MADE}
What a property is called decides what its generated value looks like, if its schema leaves that
open. Case, hyphens and underscores make no difference: `firstName` is `first_name`. A longer name
counts by its last words: `billing_email` is an `email`. How values are chosen:
[the guide](../guides/generated-data.md).

"""


def page() -> str:
    """Return the whole page."""
    texts = table(("names", "example"), _text_rows())
    numbers = table(("names", "from", "to", "decimal places"), _number_rows())
    return f"{_HEAD}## Texts\n\n{texts}\n## Numbers\n\n{numbers}"


def _text_rows() -> Iterator[list[str]]:
    fakes = Fakes("http://127.0.0.1:4010")
    for names, text in _grouped(NAMES):
        yield [_listed(names), code(str(text(Source(names[0], fakes)))[:60])]


def _number_rows() -> Iterator[list[str]]:
    for names, (low, high, places) in _grouped(_RANGES):
        yield [_listed(names), str(low), str(high), str(places)]


def _grouped(entries: Mapping[str, T]) -> Iterator[tuple[list[str], T]]:
    """Yield each row of a table with its names."""
    for _, row in groupby(entries.items(), key=lambda entry: id(entry[1])):
        read = list(row)
        yield [name for name, _ in read], read[0][1]


def _listed(names: list[str]) -> str:
    return ", ".join(map(code, names))
