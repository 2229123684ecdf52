"""Made-up URLs that name themselves links of the same API: to a page, or to the thing itself.

A made-up address leads nowhere, and a client that follows one to the next page leaves the mock.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from mock_server.core import Tokens, value_at, with_value

# The host of every URL that is made up (RFC 2606, section 3).
_MADE_UP = "https://example.com/"
_NAME = re.compile(
    r"(?:(next|prev|previous)|first|last|self|current)(?:page)?(?:ur[il]|link|href)?"
)
_ADDRESS = frozenset({"href", "url", "uri"})


def with_own_links(value: Any, own: str, is_valid: Callable[[Any], bool]) -> Any:
    """The value with such URLs replaced by `own`, the address of what was asked for.

    There is no other page: such a link becomes null, or else goes, if its schema accepts that.
    """
    for tokens, is_other in _places(value):
        changes = _ends(value, tokens) if is_other else iter(())
        whole = next(filter(is_valid, (*changes, with_value(value, tokens, own))), value)
        value = whole
    return value


def _ends(value: Any, tokens: Tokens) -> Iterator[Any]:
    yield with_value(value, tokens, None)
    owner = value_at(value, tokens[:-1])
    left = {name: member for name, member in owner.items() if name != tokens[-1]}
    yield with_value(value, tokens[:-1], left)


def _places(value: Any, tokens: Tokens = ()) -> list[tuple[Tokens, bool]]:
    """The steps to each such URL, and whether it leads to another page.

    What stands in a list is a thing of its own, with an address of its own.
    """
    found: list[tuple[Tokens, bool]] = []
    for name, member in value.items() if isinstance(value, dict) else ():
        steps = (*tokens, name)
        if isinstance(member, dict):
            found += _places(member, steps)
        elif isinstance(member, str) and member.startswith(_MADE_UP):
            links = filter(None, [_NAME.fullmatch(_link_name(steps))])
            found += [(steps, link[1] is not None) for link in links]
    return found


def _link_name(steps: Tokens) -> str:
    """The plain name of a link; `href` and the like have that of what they stand in."""
    names = ["".join(filter(str.isalnum, str(step).lower())) for step in steps[-2:]]
    return names[0] if names[-1] in _ADDRESS else names[-1]
