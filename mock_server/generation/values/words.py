"""The words in a name, and tables with names as their keys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TypeVar

T = TypeVar("T")

# Digits belong to the word before them: md5, line2.
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+\d*|[A-Z]+\d*|\d+")


def words_of(name: str) -> list[str]:
    """Return the lower-case words of a name in camelCase, snake_case or kebab-case."""
    return [word.lower() for word in _WORD.findall(name)]


@lru_cache(4_096)
def plain(name: str) -> str:
    """Return the name in snake_case: `pet_id` for `petId`, `PetID` and `pet-id`."""
    return _joined("_".join(words_of(name)))


def _joined(name: str) -> str:
    """Return the name with each number joined to the word before it: `line2` for `line_2`."""
    return re.sub(r"(?<=[a-z])_(?=\d)", "", name)


def singular(name: str) -> str:
    """Return the singular of a name: `tag` for `tags`, `category` for `categories`."""
    for ending, single in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ss", "ss"), ("us", "us")):
        if name.lower().endswith(ending):
            return name[: -len(ending)] + single
    return name[:-1] if len(name) > 2 and name[-1] in "sS" else name


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


def by_name(entries: Mapping[str, T], name: str) -> T | None:
    """Return the entry for the longest run of words that the name ends with.

    A number at the end may be part of a name in the table (`md5`) or be a counter (`name2`).
    """
    words = words_of(name)
    tails = [_joined("_".join(words[start:])) for start in range(len(words))]
    forms = (f for tail in tails for f in (tail, singular(tail), tail.rstrip("0123456789")))
    return next((entries[form] for form in forms if form in entries), None)


def table(*rows: tuple[str, T]) -> dict[str, T]:
    """Return a table for `by_name`; each row has its names in one text, and their entry."""
    return {name: entry for names, entry in rows for name in names.split()}
