"""The progress of work that takes long, for who watches it in a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import click

Item = TypeVar("Item")


def progressed(
    label: str, items: Sequence[Item], name: Callable[[Item], str] = str
) -> Iterator[Item]:
    """Yield each item; a bar on stderr shows how many are done, and the name of the next one.

    Nothing is shown if stderr is no terminal, or if there is a single item.
    """
    if sys.stderr is None or not sys.stderr.isatty() or len(items) < 2:
        yield from items
        return

    def shown(item: Item | None) -> str | None:
        return name(item) if item is not None else None

    with click.progressbar(
        items, label=label, file=sys.stderr, show_pos=True, item_show_func=shown
    ) as bar:
        yield from bar
