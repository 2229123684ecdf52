"""Secrets inside values: bodies and parameters that are already decoded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mock_server.core import Tokens, resolved, with_value
from mock_server.secrecy.names import Hit
from mock_server.secrecy.texts import MASKED, TextMask, is_grant


def secret_places(value: Any, mask: TextMask, around: Hit | None = None) -> Iterator[Tokens]:
    """Return the steps to each text and number that is secret, or contains a secret.

    `around` is for a value that is itself under a secret name.
    """
    return _places(value, (), mask, around)


def masked_value(value: Any, mask: TextMask) -> Any:
    """Return the value with each of its secrets masked."""
    for tokens in list(secret_places(value, mask)):
        value = with_value(value, tokens, masked_leaf(resolved(value, tokens), mask))
    return value


def masked_leaf(leaf: Any, mask: TextMask) -> str:
    """Return the masked form of a text or number at a secret place; part of a text may stay."""
    hidden = mask.text(leaf) if isinstance(leaf, str) else MASKED
    return hidden if hidden != leaf else MASKED


def _places(value: Any, at: Tokens, mask: TextMask, around: Hit | None) -> Iterator[Tokens]:
    inside = around if around is not None and around.in_containers else None
    if isinstance(value, dict):
        for name, member in value.items():
            hit = inside or mask.hit(str(name)) or _hit_of_code(name, member, value)
            yield from _places(member, (*at, name), mask, hit)
    elif isinstance(value, list):
        for index, element in enumerate(value):
            yield from _places(element, (*at, index), mask, inside)
    elif _is_secret_leaf(value, mask, around):
        yield at


def _hit_of_code(name: str, member: Any, siblings: Any) -> Hit | None:
    return Hit() if name == "code" and isinstance(member, str) and is_grant(siblings) else None


def _is_secret_leaf(value: Any, mask: TextMask, around: Hit | None) -> bool:
    if isinstance(value, str):
        return bool(value) and (around is not None or mask.text(value) != value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and around is not None and around.of_numbers
