"""The one door to Faker."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any


class Fakes:
    """Faker for English, made when first needed: importing it takes a tenth of a second.

    `origin` is where the mock is said to be: what addresses of its own files begin with.
    """

    def __init__(self, origin: str = "http://localhost") -> None:
        self._generator: Any = None
        self.origin = origin

    def prepare(self) -> None:
        """Make it now, if it isn't there."""
        if self._generator is None:
            from faker import Factory

            self._generator = Factory.create("en_US", use_weighting=False)

    def drawing_from(self, rng: Random) -> Any:
        """Faker's generator, reading the given stream until the next call."""
        self.prepare()
        self._generator.random = rng
        return self._generator

    def provided(self, name: str, rng: Random) -> Any:
        """What the provider of that name makes; None where there's none or it makes no scalar."""
        faker = self.drawing_from(rng)
        if name.startswith("_") or not any(hasattr(p, name) for p in faker.get_providers()):
            return None
        try:
            made = getattr(faker, name)()
        except Exception:  # a provider that needs arguments, or another package
            return None
        made = float(made) if isinstance(made, Decimal) else made
        return made if isinstance(made, str | int | float) else None
