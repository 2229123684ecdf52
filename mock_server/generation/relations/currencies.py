"""One currency for all amounts of a reply."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from zlib import crc32

from mock_server.generation.relations.members import Members, ObjectPlan
from mock_server.generation.values.words import word_set

NAMES = word_set("currency currency_code currency_iso ccy")
# Currencies with two decimals, as the amounts have.
_MOST_CHOSEN = 1_024
_USUAL = ("USD", "EUR", "GBP", "CHF", "CAD", "AUD", "SEK", "NZD")


def has_currency(plan: ObjectPlan) -> bool:
    """Return whether an object names a currency."""
    return bool(plan.named(NAMES))


class Chosen:
    """The currencies that were chosen for replies alike, with the forms that their members have."""

    def __init__(self) -> None:
        self._forms: dict[tuple[Any, ...], tuple[list[ObjectPlan], list[str]]] = {}

    def forms(self, key: tuple[Any, ...]) -> list[str] | None:
        """Return the forms for the members of a reply; None if none were chosen yet."""
        found = self._forms.get(key)
        return None if found is None else found[1]

    def keep(self, key: tuple[Any, ...], plans: list[ObjectPlan], forms: list[str]) -> None:
        """Keep forms; the plans, which the key names by their identity, live as long as they."""
        if len(self._forms) >= _MOST_CHOSEN:
            self._forms.clear()
        self._forms[key] = plans, forms


class Currencies:
    """The members of a reply that name a currency."""

    def __init__(self, chosen: Chosen) -> None:
        self._chosen = chosen
        self._found: list[tuple[Members, str]] = []

    def add(self, members: Members) -> None:
        """Note the members of an object that name a currency."""
        for _, own in members.plan.named(NAMES):
            if isinstance(members.value.get(own), str):
                self._found.append((members, own))

    def agree(self, world: str) -> bool:
        """Give all of them a currency that they may have; return whether one was changed.

        A fixed one goes first.
        """
        if not self._found:
            return False
        if not all(members.may_change(own) for members, own in self._found):
            self._choose(world)
        else:
            alike = ((id(m.plan), own, m.value[own].islower()) for m, own in self._found)
            key = (world, *alike)
            forms = self._chosen.forms(key)
            if forms is None:
                self._choose(world)
                plans = [members.plan for members, _ in self._found]
                self._chosen.keep(key, plans, [m.value[own] for m, own in self._found])
            else:
                for (members, own), form in zip(self._found, forms, strict=True):
                    members.put_known(own, form)
        return any(members.is_changed for members, _ in self._found)

    def _choose(self, world: str) -> None:
        fixed = [m.value[own] for m, own in self._found if not m.may_change(own)]
        start = crc32(world.encode()) % len(_USUAL)
        usual = (*_USUAL[start:], *_USUAL[:start])
        listed = [one for m, own in self._found for one in m.plan.enum(own) if isinstance(one, str)]
        chosen = self._best([*fixed[:1], *usual, *listed])
        for members, own in self._found:
            members.put(own, *_forms(chosen, members.value[own]))

    def _best(self, candidates: Sequence[str]) -> str:
        for one in candidates:
            if all(_may_be(m, own, one) for m, own in self._found):
                return one
        return candidates[0]


def _may_be(members: Members, name: str, currency: str) -> bool:
    old = members.value[name]
    if not members.may_change(name):
        return bool(old.upper() == currency.upper())
    return any(members.plan.accepts(name, form) for form in _forms(currency, old))


def _forms(currency: str, old: str) -> Iterable[str]:
    upper, lower = currency.upper(), currency.lower()
    return (lower, upper) if old.islower() else (upper, lower)
