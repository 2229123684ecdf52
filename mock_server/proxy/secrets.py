"""What must not stand in a file that is handed around, and what stands there instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mock_server.core import Tokens, resolved, with_value

MASKED = "***"
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SECRET = re.compile(
    r"(?:.* )?(?:password|passwd|passphrase|pass|pwd|secret|token|jwt|credentials?|authorization"
    r"|cookie|api ?key|apikey|(?:access|private|secret|signing|encryption) key)s?"
)
_HEXADECIMAL = re.compile("[0-9A-Fa-f-]+")  # a UUID, a digest
# A token that says where a list goes on gives nobody access.
_PLACE = frozenset({"page", "next", "previous", "continuation", "cursor", "sync"})


def is_secret(name: str) -> bool:
    """Whether a member, parameter or header of that name is nobody's business."""
    words = [word.lower() for word in _WORDS.findall(name)]
    return _SECRET.fullmatch(" ".join(words)) is not None and not _PLACE.intersection(words)


def api_keys(schemes: Mapping[str, Mapping[str, Any]], location: str) -> frozenset[str]:
    """The names, in lower case, of the API keys that stand in that place."""
    found = (s for s in schemes.values() if s.get("type") == "apiKey" and s.get("in") == location)
    return frozenset(str(scheme.get("name", "")).lower() for scheme in found)


def masked(value: Any, accepts: Callable[[Any], bool]) -> Any:
    """A body's value with its secrets replaced by what is accepted there.

    Raises ValueError where nothing that could stand there is accepted.
    """
    for tokens in list(_secrets(value, (), False)):
        value = _one_masked(value, tokens, accepts)
    return value


def without_secrets(value: Any) -> Any:
    """A body's value without the members that are secret."""
    if isinstance(value, dict):
        return {n: without_secrets(v) for n, v in value.items() if not is_secret(n)}
    return [without_secrets(element) for element in value] if isinstance(value, list) else value


def _one_masked(value: Any, tokens: Tokens, accepts: Callable[[Any], bool]) -> Any:
    for other in _instead_of(resolved(value, tokens)):
        if accepts(changed := with_value(value, tokens, other)):
            return changed
    raise ValueError(f"the contract accepts no mask for {'.'.join(map(str, tokens))}")


def _instead_of(secret: Any) -> Iterator[Any]:
    if not isinstance(secret, str):
        yield from (0, 1)
        return
    yield MASKED
    yield "*" * len(secret)
    if _HEXADECIMAL.fullmatch(secret):
        yield re.sub(r"\w", "0", secret)
    yield re.sub(r"[^\W\d_]", "x", re.sub(r"\d", "0", secret))


def _secrets(value: Any, at: Tokens, is_inside: bool) -> Iterator[Tokens]:
    """Where secrets stand: texts and numbers, by the name of a member around them."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _secrets(member, (*at, name), is_inside or is_secret(name))
    elif isinstance(value, list):
        for index, element in enumerate(value):
            yield from _secrets(element, (*at, index), is_inside)
    elif is_inside and value is not None and not isinstance(value, bool):
        yield at
