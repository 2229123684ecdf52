"""`x-faker`: a value asked for by the name that faker.js or Faker has for it.

`internet.email`, or with arguments `{number.int: {min: 1, max: 6}}` and
`{helpers.arrayElement: [[a, b]]}`, as json-schema-faker reads it. Of Faker the providers are known
by their bare names: `ean13`, `{random_int: {min: 1, max: 6}}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from mock_server.core import did_you_mean
from mock_server.generation.values.dates import date, date_time
from mock_server.generation.values.faker_js import METHODS, snake
from mock_server.generation.values.faker_methods import Given
from mock_server.generation.values.fakes import Fakes
from mock_server.generation.values.keywords import Raw
from mock_server.generation.values.random_source import Leaf, Source, Text

# Providers of Faker that read the clock, or are called otherwise here.
_OWN: dict[str, Text] = {
    **dict.fromkeys(
        ("date_time", "iso8601", "past_datetime", "date_time_this_year", "date_time_this_month",
         "date_time_this_decade", "date_time_this_century", "date_time_between", "date_time_ad"),
        date_time(""),
    ),
    **dict.fromkeys(
        ("date", "past_date", "date_this_year", "date_this_month", "date_this_decade",
         "date_this_century", "date_between", "date_object"),
        date(""),
    ),
    "date_of_birth": date("birth_date"),
}  # fmt: skip
_FUTURE = {"future_date", "future_datetime"}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
# What names and arguments of no use lead to.
UNUSABLE = (ValueError, TypeError, KeyError, IndexError, OverflowError)


class FakerCall(NamedTuple):
    """What an `x-faker` asks for, as it was read: a name and its arguments."""

    name: str
    given: Given

    @classmethod
    def of(cls, asked: Any) -> FakerCall:
        """Raises ValueError for what is no name, with or without arguments."""
        if isinstance(asked, str) and asked:
            return cls(snake(asked), Given())
        if isinstance(asked, dict) and len(asked) == 1:
            (name, told), *_ = asked.items()
            values = told if isinstance(told, list) else [] if told is None else [told]
            return cls(snake(str(name)), Given(values))
        raise ValueError("expected a name such as internet.email, or {name: arguments}")

    def leaf(self) -> Leaf:
        """What makes the values. Raises ValueError for a name or arguments of no use."""
        if self.name in METHODS:
            return METHODS[self.name](self.given)
        if self.name in _OWN:
            return _OWN[self.name]
        if self.name in _FUTURE:
            return METHODS["date.future"](Given())
        if "." not in self.name:
            return self._provided
        raise self._unknown()

    def _provided(self, source: Source) -> Any:
        """What the provider of Faker makes. Raises ValueError."""
        if not source.fakes.has(self.name):
            raise self._unknown()
        positional = [value for value in self.given.values if not isinstance(value, dict)]
        options: dict[str, Any] = {}
        for told in self.given.values:
            options |= told if isinstance(told, dict) else {}
        return source.fakes.provided(self.name, source.rng, positional, options)

    def _unknown(self) -> ValueError:
        hint = did_you_mean(self.name, METHODS)
        return ValueError(f"neither faker.js nor Faker has {self.name}{hint}")


def faker_leaf(raws: Iterable[Raw]) -> Leaf | None:
    """What makes the values that `x-faker` asks for; None if nothing known is asked.

    It raises ValueError if that turns out to be of no use.
    """
    for raw in raws:
        if "x-faker" in raw:
            try:
                return FakerCall.of(raw["x-faker"]).leaf()
            except UNUSABLE:
                return None  # whoever checks the document reports it
    return None


def faker_fault(asked: Any, fakes: Fakes) -> str | None:
    """What keeps an `x-faker` from being followed, if anything does."""
    try:
        FakerCall.of(asked).leaf()(Source("0", fakes))
    except UNUSABLE as error:
        return str(error)
    return None


def forms(made: Any) -> Iterator[Any]:
    """What was made, as a schema may have it: a moment also as a date or in seconds."""
    yield made
    if isinstance(made, str):
        if _MOMENT.match(made):
            yield made[:10]
            yield int(datetime.fromisoformat(made).timestamp())
        yield from _numbers(made)
    elif isinstance(made, int | float) and not isinstance(made, bool):
        yield str(made)


def _numbers(made: str) -> Iterator[Any]:
    try:
        yield int(made)
        yield float(made)
    except ValueError:
        return
