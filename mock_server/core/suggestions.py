"""What a misspelt name may have meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from itertools import islice

# Of many misspelt names the first few are looked up, and none that is longer than this.
MOST_NAMES, MOST_CHARACTERS = 8, 60


def did_you_mean(name: str | Iterable[str], known: Iterable[str], form: str = "{}") -> str:
    """Return `; did you mean KNOWN?` to end a message with, or nothing if no name is close.

    Several names are looked up one by one. `form` writes each known name, such as in quotes.
    """
    names = [name] if isinstance(name, str) else list(islice(name, MOST_NAMES))
    candidates = list(known)
    near = [match for one in names if (match := nearest(one, candidates)) is not None]
    return suggestion([form.format(match) for match in near])


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is closest to a misspelt one; None if none is close."""
    if len(name) > MOST_CHARACTERS:
        return None
    return next(iter(get_close_matches(name, list(known), 1)), None)


def suggestion(near: Sequence[str]) -> str:
    """Return `; did you mean A, B or C?`, or nothing for no names."""
    if not near:
        return ""
    *others, last = near
    return f"; did you mean {', '.join(others)}{' or ' if others else ''}{last}?"
