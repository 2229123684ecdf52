"""The making of one value: what kind is wanted, and how far it has got."""

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

# So deep is a value, and so many properties and items has it, if no more must be there.
_MOST_LEVELS = 10
_MOST_MEMBERS = 500
# So often is a place opened within itself.
_MOST_WITHIN_ITSELF = 2
NO_VALUES: Mapping[str, Any] = MappingProxyType({})
NOTHING_NEEDED: frozenset[str] = frozenset()
# How often what's optional is there.
_EAGERNESS = {"typical": 1.0, "minimal": 0.0, "maximal": 1.0, "boundary": 0.5}
# How often null is there if something else could be.
_NULLS = {"typical": 0.0, "minimal": 0.2, "maximal": 0.0, "boundary": 0.5}


@dataclass(frozen=True, slots=True)
class ValueShape:
    """What kind of value is wanted.

    `items` is the size of lists that aren't within other lists, as far as `minItems` and
    `maxItems` let it be; `direction` says whose optional properties are left out: a reply has no
    `writeOnly` ones, a request no `readOnly` ones. `defaults` says that a `default` is taken
    wherever there is one; `exemplary` lets the schemas' own examples be taken, as they are for
    the first item of a list. `position` is where in a list the value stands.
    """

    mode: Mode = "typical"
    items: int | None = None
    direction: Direction = "reply"
    defaults: bool = False
    exemplary: bool = True
    position: int | None = None


TYPICAL = ValueShape()


class Opened(Protocol):
    """The maker of a list or object; `place` is the same wherever its schema is used."""

    place: str


class GenerationRun(Source):
    """The making of one value: its stream, and where in the value it is.

    `known` are values by property name for the object that comes next; `first` is true until a
    list or map has its first item; `open` are the makers of the lists and objects around.
    `position` is that of a list's item, for the object that comes next. `needed` are the properties
    that the object made last can't be without. The value is kept small by its `reach` (how deep it
    may be), its `budget` of properties and items, and the `tries` at choices that it has left; what
    has to be made in spite of them is `spent` from the budget of the reply.
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
        """Whether only what must be there is made: the value is deep or large enough."""
        return len(self.open) > self.reach or self.budget < 0

    @property
    def is_whole(self) -> bool:
        """Whether all is wanted that can be there together."""
        return self.eagerness == 1.0

    def is_lean_in(self, maker: Opened) -> bool:
        """Whether it's so in this place, which may be within itself already."""
        around = self.open
        if len(around) > self.reach or self.budget < 0:
            return True
        if len(around) <= _MOST_WITHIN_ITSELF:
            return False
        place = maker.place
        return sum(m.place == place for m in around) > _MOST_WITHIN_ITSELF

    def rarely(self) -> bool:
        """Whether null is taken although there's another way."""
        return self.random() < _NULLS[self.mode]


Maker = Callable[[GenerationRun], Any]
