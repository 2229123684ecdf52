"""The one door to Faker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from random import Random
from typing import Any

# So many values of one kind there are.
_POOLED = 1_024


class Fakes:
    """Faker for English, made when first needed: importing it takes a tenth of a second.

    `origin` is where the mock is said to be: what addresses of its own files begin with.
    """

    def __init__(self, origin: str = "http://localhost") -> None:
        self._generator: Any = None
        # For one stream after the other.
        self.rng = Random(0)
        self._pools: dict[str, list[Any]] = {}
        self.origin = origin

    def prepare(self) -> None:
        """Make it now, if it isn't there."""
        if self._generator is None:
            from faker import Factory

            self._generator = Factory.create("en_US", use_weighting=False)

    def pooled(self, name: str, share: float) -> Any:
        """One of the values that the provider of that name has made once, by a share of their row.

        The share is from 0 up to 1. A value depends on its place in the row alone, and is made when
        it is first asked for.
        """
        pool = self._pools.get(name)
        if pool is None:
            pool = self._pools[name] = [None] * _POOLED
        place = int(share * _POOLED)
        value = pool[place]
        if value is None:
            fake = self.drawing_from(Random(f"{name} {place}"))
            value = pool[place] = getattr(fake, name)()
        return value

    def drawing_from(self, rng: Random) -> Any:
        """Faker's generator, reading the given stream until the next call."""
        self.prepare()
        self._generator.random = rng
        return self._generator

    def has(self, name: str) -> bool:
        """Whether there is a provider of that name."""
        self.prepare()
        is_public = not name.startswith("_")
        return is_public and any(hasattr(p, name) for p in self._generator.get_providers())

    def provided(
        self, name: str, rng: Random, values: Sequence[Any], options: Mapping[str, Any]
    ) -> Any:
        """What the provider of that name makes of arguments.

        Raises ValueError for arguments that it can't use, and if it makes nothing that JSON has.
        """
        try:
            made = getattr(self.drawing_from(rng), name)(*values, **options)
        except Exception as error:  # of a provider, which may be of any kind
            raise ValueError(f"{name}: {error}") from error
        made = float(made) if isinstance(made, Decimal) else made
        made = list(made) if isinstance(made, tuple | set) else made
        if made is not None and not isinstance(made, str | int | float | list | dict):
            raise ValueError(f"{name} makes a {type(made).__name__}, which JSON doesn't have")
        return made
