"""The only access to the library Faker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from random import Random
from typing import Any

# The number of different values that each provider makes.
_POOLED = 1_024


class Fakes:
    """Faker for English, made when first needed: importing it takes a tenth of a second.

    `origin` is the origin of the mock, which the addresses of its own files begin with.
    """

    def __init__(self, origin: str = "http://localhost") -> None:
        self._generator: Any = None
        # It is seeded anew for each stream.
        self.rng = Random(0)
        self._pools: dict[str, list[Any]] = {}
        self.origin = origin

    def prepare(self) -> None:
        """Make Faker's generator, if it isn't made yet."""
        if self._generator is None:
            from faker import Factory

            self._generator = Factory.create("en_US", use_weighting=False)

    def pooled(self, name: str, share: float) -> Any:
        """Return one of the values in the pool of a provider, at a share of its length.

        The share is from 0 up to 1. A value depends only on its place in the pool. It is made when
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
        """Return Faker's generator, which draws from the given stream until the next call."""
        self.prepare()
        self._generator.random = rng
        return self._generator

    def has(self, name: str) -> bool:
        """Return whether there is a provider of that name."""
        self.prepare()
        is_public = not name.startswith("_")
        return is_public and any(hasattr(p, name) for p in self._generator.get_providers())

    def provided(
        self, name: str, rng: Random, values: Sequence[Any], options: Mapping[str, Any]
    ) -> Any:
        """Return the value that a provider makes from its arguments.

        Raises ValueError for arguments that it can't use, and for a value that isn't JSON.
        """
        try:
            made = getattr(self.drawing_from(rng), name)(*values, **options)
        except Exception as error:  # a provider may raise any kind of error
            raise ValueError(f"{name}: {error}") from error
        made = float(made) if isinstance(made, Decimal) else made
        made = list(made) if isinstance(made, tuple | set) else made
        if made is not None and not isinstance(made, str | int | float | list | dict):
            raise ValueError(f"{name} makes a {type(made).__name__}, which JSON doesn't have")
        return made
