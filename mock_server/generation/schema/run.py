"""The making of one value: the wanted kind, and the state of the run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, Protocol

from mock_server.generation.schema.budget import MOST_LEVELS, Budget
from mock_server.generation.values.fakes import Fakes
from mock_server.generation.values.random_source import Source

Mode = Literal["typical", "minimal", "maximal", "boundary"]
Direction = Literal["reply", "request"]

# The most levels, and the most properties and items, of a value, unless its schema requires more.
_MOST_LEVELS = 10
_MOST_MEMBERS = 500
# How often a place is opened within itself.
_MOST_WITHIN_ITSELF = 2
NO_VALUES: Mapping[str, Any] = MappingProxyType({})
NOTHING_NEEDED: frozenset[str] = frozenset()
# How often an optional property is present.
_EAGERNESS = {"typical": 1.0, "minimal": 0.0, "maximal": 1.0, "boundary": 0.5}
# How often null is taken if another value is possible.
_NULLS = {"typical": 0.0, "minimal": 0.2, "maximal": 0.0, "boundary": 0.5}


@dataclass(frozen=True, slots=True)
class ValueShape:
    """The kind of value that is wanted.

    `items` is the size of lists that aren't within other lists, within `minItems` and `maxItems`.
    `direction` decides which optional properties are left out: a reply has no `writeOnly` ones, a
    request no `readOnly` ones. With `defaults` every `default` is taken. With `exemplary` the
    schemas' own examples are taken, as they are for the first item of a list. `position` is the
    index of the value in its list. `today` is the day of the clock in days since 1970, behind
    which moments of a future kind lie.
    """

    mode: Mode = "typical"
    items: int | None = None
    direction: Direction = "reply"
    defaults: bool = False
    exemplary: bool = True
    position: int | None = None
    today: int | None = None


TYPICAL = ValueShape()


class Opened(Protocol):
    """The maker of a list or object; `place` is the same wherever its schema is used."""

    place: str


class GenerationRun(Source):
    """The making of one value: its random stream, and the current place in the value.

    `known` are values by property name for the next object. `first` is true until a list or map
    has its first item. `open` are the makers of the lists and objects around. `position` is the
    index of a list's item, for the next object. `needed` are the required properties of the object
    made last. Three limits keep the value small: `reach` (its depth), `budget` (properties and
    items left) and `tries` (at choices, left). Everything made is `spent` from the budget of the
    reply, whether these limits allow it or not.
    """

    def __init__(
        self,
        seed: str,
        fakes: Fakes,
        shape: ValueShape,
        known: Mapping[str, Any],
        is_simple: bool,
        spent: Budget,
    ) -> None:
        super().__init__(seed, fakes, "typical" if is_simple else shape.mode, fakes.rng)
        self.items = shape.items
        self.known = NO_VALUES if is_simple else known
        self.defaults = shape.defaults and self.mode == "typical"
        self.eagerness = _EAGERNESS[self.mode]
        self.reach = -1 if is_simple or shape.mode == "minimal" else _MOST_LEVELS
        self.budget = _MOST_MEMBERS
        self.tries = 200
        self.first = shape.exemplary
        self.position = shape.position
        self.open: list[Opened] = []
        self.needed = NOTHING_NEEDED
        self.spent = spent

    def enter(self, maker: Opened) -> None:
        """Open a list or object. Raises Exhausted."""
        if len(self.open) >= MOST_LEVELS:
            raise self.spent.too_deep()
        self.open.append(maker)

    @property
    def lean(self) -> bool:
        """Return whether only required parts are made: the value is deep or large enough."""
        return len(self.open) > self.reach or self.budget < 0

    @property
    def is_whole(self) -> bool:
        """Return whether all properties are wanted that are valid together."""
        return self.eagerness == 1.0

    def is_lean_in(self, maker: Opened) -> bool:
        """Return whether only required parts are made by this maker, which may be within itself."""
        around = self.open
        if len(around) > self.reach or self.budget < 0:
            return True
        if len(around) <= _MOST_WITHIN_ITSELF:
            return False
        place = maker.place
        return sum(m.place == place for m in around) > _MOST_WITHIN_ITSELF

    def rarely(self) -> bool:
        """Draw and return whether null is taken although another value is possible."""
        return self.random() < _NULLS[self.mode]


Maker = Callable[[GenerationRun], Any]
