"""Made-up URLs that name themselves links of the same API: to a page, or to the thing itself.

A made-up address leads nowhere, and a client that follows one to the next page leaves the mock.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from mock_server.core import Tokens, value_at, with_value

# The host of every URL that is made up (RFC 2606, section 3).
_MADE_UP = "https://example.com/"
# That host as JSON has it, and what the names of links begin with.
_WRITTEN_HOST = _MADE_UP.encode()
_WORDS = (b"next", b"prev", b"first", b"last", b"self", b"current")
_NAME = re.compile(
    r"(?:(next|prev|previous)|first|last|self|current)(?:page)?(?:ur[il]|link|href)?"
)
_ADDRESS = frozenset({"href", "url", "uri"})


def may_have_links(text: bytes) -> bool:
    """Whether there may be such links in a value that is written so."""
    if _WRITTEN_HOST not in text:
        return False
    names = text.lower()
    return any(word in names for word in _WORDS)


class MadeUpLink(NamedTuple):
    """The steps to such a URL, and whether it leads to another page."""

    tokens: Tokens
    is_other: bool


def made_up_links(value: Any, tokens: Tokens = ()) -> Iterator[MadeUpLink]:
    """The links of a made-up value.

    What stands in a list is a thing of its own, with an address of its own.
    """
    for name, member in value.items() if isinstance(value, dict) else ():
        steps = (*tokens, name)
        if isinstance(member, dict):
            yield from made_up_links(member, steps)
        elif isinstance(member, str) and member.startswith(_MADE_UP):
            links = filter(None, [_NAME.fullmatch(_link_name(steps))])
            yield from (MadeUpLink(steps, link[1] is not None) for link in links)


def with_own_links(
    value: Any, links: Iterable[MadeUpLink], own: str, is_valid: Callable[[Any], bool]
) -> Any:
    """The value with links replaced by `own`, the address of what was asked for.

    There is no other page: a link to one becomes null, or else goes, if its schema accepts that.
    """
    for tokens, is_other in links:
        changes = _ends(value, tokens) if is_other else iter(())
        value = next(filter(is_valid, (*changes, with_value(value, tokens, own))), value)
    return value


def _ends(value: Any, tokens: Tokens) -> Iterator[Any]:
    yield with_value(value, tokens, None)
    owner = value_at(value, tokens[:-1])
    left = {name: member for name, member in owner.items() if name != tokens[-1]}
    yield with_value(value, tokens[:-1], left)


def _link_name(steps: Tokens) -> str:
    """The plain name of a link; `href` and the like have that of what they stand in."""
    names = ["".join(filter(str.isalnum, str(step).lower())) for step in steps[-2:]]
    return names[0] if names[-1] in _ADDRESS else names[-1]
