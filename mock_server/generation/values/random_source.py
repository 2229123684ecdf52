"""The random stream that leaves draw from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from random import Random
from typing import Any, TypeVar

from mock_server.generation.values.fakes import Fakes

T = TypeVar("T")

FIRST_MOMENT = datetime(2024, 1, 1, tzinfo=UTC)
_LAST_MOMENT = datetime(2025, 10, 1, tzinfo=UTC)  # so that expiry dates lie within 2025
_MOMENTS = int((_LAST_MOMENT - FIRST_MOMENT).total_seconds())


class Source:
    """The random stream of leaves, seeded by a text and the same on every machine.

    `moment` is the second near which all events of one record lie. `person` is the first and last
    name that the record carries.
    """

    def __init__(
        self, seed: str, fakes: Fakes, mode: str = "typical", rng: Random | None = None
    ) -> None:
        """Take the generator to seed; without one a new one is made, which takes longer."""
        digest = blake2b(seed.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        self.rng = Random() if rng is None else rng
        self.rng.seed(int.from_bytes(digest))
        self.random = self.rng.random
        self.mode = mode
        self.fakes = fakes
        self.origin = fakes.origin
        self.person: tuple[str, str] | None = None
        self.moment = self.a_moment()

    def a_moment(self) -> int:
        """Return the moment of another record, in seconds after the first moment."""
        return self.below(_MOMENTS)

    def below(self, count: int) -> int:
        """Return an integer from 0 to count - 1."""
        return int(self.random() * count) if count < 2**50 else self.rng.randrange(count)

    def between(self, low: int, high: int) -> int:
        """Return an integer from low to high, both included."""
        return low + self.below(high - low + 1)

    def pick(self, options: Sequence[T]) -> T:
        """Return one of the options."""
        return options[int(self.random() * len(options))]

    def hexes(self, count: int) -> str:
        """Return so many hexadecimal digits."""
        return f"{self.rng.getrandbits(4 * count):0{count}x}"

    def somebody(self) -> tuple[str, str]:
        """Return the first and last name of the person in this record."""
        if self.person is None:
            pooled, random = self.fakes.pooled, self.random
            self.person = pooled("first_name", random()), pooled("last_name", random())
        return self.person


Leaf = Callable[[Source], Any]
Text = Callable[[Source], str]
Valid = Callable[[Any], bool]
