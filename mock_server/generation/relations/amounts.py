"""Amounts of money: numbers, decimal texts, and objects with an amount and a currency."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from mock_server.generation.values.words import plain

_INNER = ("amount", "value", "units")


def read_amount(value: Any) -> Decimal | None:
    """Return an amount; None for what is none."""
    kind = type(value)
    if kind is int or kind is float:
        found = Decimal(value if kind is int else repr(value))
        return found if found.is_finite() else None
    if kind is str:
        try:
            found = Decimal(value)
        except InvalidOperation:
            return None
        return found if found.is_finite() else None
    if isinstance(value, dict):
        return next((read_amount(value[n]) for n in value if plain(n) in _INNER), None)
    return None


def amount_forms(old: Any, amount: Decimal) -> Iterator[Any]:
    """Yield the amount in the form of an old value: a number, a text, or an object."""
    if isinstance(old, str):
        digits = len(old.partition(".")[2]) if "." in old else 0
        yield f"{amount:.{max(digits, -_exponent(amount), 0)}f}"
    elif isinstance(old, dict):
        inner = next((name for name in old if plain(name) in _INNER), None)
        if inner is not None:
            yield from ({**old, inner: form} for form in amount_forms(old[inner], amount))
    elif amount == amount.to_integral_value() and isinstance(old, int):
        yield int(amount)
    else:
        yield float(amount)
        if amount == amount.to_integral_value():
            yield int(amount)


def _exponent(amount: Decimal) -> int:
    exponent = amount.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def rounded(amount: Decimal, like: Any) -> Decimal:
    """Return an amount with the digits that amounts like that one have: two, or none for cents."""
    inner = like
    while isinstance(inner, dict):
        inner = next((inner[name] for name in inner if plain(name) in _INNER), 0)
    is_whole = isinstance(inner, int) or (isinstance(inner, str) and "." not in inner)
    return amount.quantize(Decimal(1) if is_whole else Decimal("0.01"))
