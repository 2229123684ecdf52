"""The keyword `x-faker`, which names a method of faker.js or a provider of Faker.

Methods of faker.js are written as json-schema-faker reads them: `internet.email`, or with arguments
`{number.int: {min: 1, max: 6}}` and `{helpers.arrayElement: [[a, b]]}`. Providers of Faker have
their bare names: `ean13`, `{random_int: {min: 1, max: 6}}`.
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

# Replacements for providers of Faker that read the clock.
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
# The errors that unknown names and unusable arguments lead to.
UNUSABLE = (ValueError, TypeError, KeyError, IndexError, OverflowError)


class FakerCall(NamedTuple):
    """The parsed value of an `x-faker`: a name and its arguments."""

    name: str
    given: Given

    @classmethod
    def of(cls, asked: Any) -> FakerCall:
        """Parse the value of an `x-faker`. Raises ValueError if it isn't a name or one mapping."""
        if isinstance(asked, str) and asked:
            return cls(snake(asked), Given())
        if isinstance(asked, dict) and len(asked) == 1:
            (name, told), *_ = asked.items()
            values = told if isinstance(told, list) else [] if told is None else [told]
            return cls(snake(str(name)), Given(values))
        raise ValueError("expected a name such as internet.email, or {name: arguments}")

    def leaf(self) -> Leaf:
        """Return the leaf. Raises ValueError for unknown names and unusable arguments."""
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
        """Return what the provider of Faker makes. Raises ValueError if there is none."""
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
    """Return the leaf of the first `x-faker`; None if there is none, or it can't be read.

    The leaf raises one of UNUSABLE if its arguments turn out to be unusable.
    """
    for raw in raws:
        if "x-faker" in raw:
            try:
                return FakerCall.of(raw["x-faker"]).leaf()
            except UNUSABLE:
                return None  # the check of the document reports it
    return None


def faker_fault(asked: Any, fakes: Fakes) -> str | None:
    """Return why an `x-faker` can't be followed; None if it can."""
    try:
        FakerCall.of(asked).leaf()(Source("0", fakes))
    except UNUSABLE as error:
        return str(error)
    return None


def forms(made: Any) -> Iterator[Any]:
    """Yield a value and its other forms: a moment as date and seconds, a text as number."""
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
