"""Methods of faker.js that take arguments (https://fakerjs.dev/api/).

Each raises ValueError for arguments that it can't use.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from mock_server.generation.values.keywords import SizeLimits
from mock_server.generation.values.random_source import Leaf, Source
from mock_server.generation.values.regex_pool import Pool
from mock_server.generation.values.texts import faked, word
from mock_server.patterns import UnreadPattern, parsed

LETTERS = "abcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"
_MOST = 2**53 - 1


class Given(NamedTuple):
    """The arguments of one call."""

    values: Sequence[Any] = ()

    def at(self, index: int, default: Any = None) -> Any:
        """Return the argument at an index; the default if it is missing or a mapping of options."""
        found = self.values[index] if index < len(self.values) else None
        return default if found is None or isinstance(found, dict) else found

    def option(self, name: str, default: Any = None) -> Any:
        """Return an option from the last argument, if that is a mapping; else the default."""
        options = self.values[-1] if self.values and isinstance(self.values[-1], dict) else {}
        return options.get(name, default)

    def number(self, name: str, index: int, default: float) -> float:
        """Return a number by its option name or index. Raises ValueError if it isn't a number."""
        told = self.option(name, self.at(index, default))
        if isinstance(told, bool) or not isinstance(told, int | float):
            raise ValueError(f"{name} is no number")
        return told

    def list(self, index: int = 0) -> Sequence[Any]:
        """Return the list at an index. Raises ValueError if it is empty or no list."""
        told = self.values[index] if index < len(self.values) else None
        if not isinstance(told, list) or not told:
            raise ValueError("a list with something in it is expected")
        return told


# From the arguments of a call to its leaf. Raises ValueError for arguments that it can't use.
Method = Callable[[Given], Leaf]


def just(leaf: Leaf) -> Method:
    """Return the method that ignores its arguments and gives this leaf."""
    return lambda given: leaf


def _count(given: Given, default: int, name: str = "length") -> Callable[[Source], int]:
    """Return a leaf of counts, from a number or a range. Raises ValueError if it is neither."""
    told = given.option(name, given.at(0, default))
    bounds = told if isinstance(told, dict) else given.option("length", {}) or {}
    if isinstance(bounds, dict) and bounds:
        low, high = int(bounds.get("min", 0)), int(bounds.get("max", default))
    elif isinstance(told, int):
        low = high = told
    else:
        raise ValueError(f"{name} is no number")
    if not 0 <= low <= high <= 100_000:
        raise ValueError(f"{name} is no number that can be")
    return lambda source: source.between(low, high)


def characters(alphabet: str) -> Method:
    """Return the method for texts made of an alphabet; its first argument is their length."""

    def method(given: Given) -> Leaf:
        count = _count(given, 1)
        of_case = {"upper": str.upper, "lower": str.lower}.get(given.option("casing", ""), str)
        return lambda s: of_case("".join(s.pick(alphabet) for _ in range(count(s))))

    return method


def integer(given: Given) -> Leaf:
    """Return the leaf of `number.int({min, max, multipleOf})`."""
    low = int(given.option("min", 0))
    high = int(given.number("max", 0, max(low, _MOST)))
    step = int(given.option("multipleOf", given.option("precision", 1)) or 1)
    first, last = -(-low // step), high // step
    if first > last:
        raise ValueError("no integer lies between min and max")
    return lambda source: source.between(first, last) * step


def real(given: Given) -> Leaf:
    """Return the leaf of `number.float({min, max, fractionDigits, multipleOf})`."""
    low, high = given.option("min", 0.0), given.number("max", 0, 1.0)
    places = given.option("fractionDigits", given.option("dec", 4))
    step = given.option("multipleOf", given.option("precision"))
    if low > high:
        raise ValueError("no number lies between min and max")
    if step:
        first, last = int(-(-low // step)), int(high // step)
        return lambda source: round(source.between(first, last) * step, 10)
    return lambda source: round(low + source.random() * (high - low), places)


def amount(given: Given) -> Leaf:
    """Return the leaf of `finance.amount({min, max, dec, symbol})` and of `commerce.price`."""
    low, high = given.number("min", 0, 0 if given.values else 1), given.number("max", 1, 1000)
    places, symbol = (
        int(given.option("dec", given.at(2, 2))),
        given.option("symbol", given.at(3, "")),
    )
    return lambda source: f"{symbol}{low + source.random() * (high - low):.{places}f}"


def element(given: Given) -> Leaf:
    """Return the leaf of `helpers.arrayElement([…])`."""
    options = given.list()
    return lambda source: source.pick(options)


def elements(given: Given) -> Leaf:
    """Return the leaf of `helpers.arrayElements([…], count)`."""
    options = list(given.list())
    count = given.at(1)

    def leaf(source: Source) -> Any:
        wanted = count if isinstance(count, int) else source.between(1, len(options))
        return source.rng.sample(options, min(wanted, len(options)))

    return leaf


def weighted(given: Given) -> Leaf:
    """Return the leaf of `helpers.weightedArrayElement([{weight, value}])`."""
    options = given.list()
    if not all(isinstance(o, dict) and {"weight", "value"} <= o.keys() for o in options):
        raise ValueError("each has a weight and a value")
    values, weights = [o["value"] for o in options], [o["weight"] for o in options]
    return lambda source: source.rng.choices(values, weights)[0]


def by_expression(given: Given) -> Leaf:
    """Return the leaf of `helpers.fromRegExp("…")`."""
    pattern = str(given.at(0, "")).strip("/")
    try:
        parsed(pattern)
    except UnreadPattern as error:
        raise ValueError(f"{pattern} can't be read") from error
    return Pool([f"^(?:{pattern})$"], SizeLimits(0, None), lambda _: True).draw


def symbols(given: Given) -> Leaf:
    """Return the leaf of `helpers.replaceSymbols("##-??")`.

    `#` becomes a digit, `?` a capital letter, `*` either of them.
    """
    pattern = str(given.at(0, "######"))
    made = {"#": DIGITS, "?": LETTERS.upper(), "*": LETTERS.upper() + DIGITS}
    return lambda s: "".join(s.pick(made[c]) if c in made else c for c in pattern)


def member(pick: Callable[[Mapping[str, Any]], Sequence[Any]]) -> Method:
    """Return the method of `helpers.objectKey({…})` or `objectValue`, by what it picks from."""

    def method(given: Given) -> Leaf:
        told = given.values[0] if given.values else None
        if not isinstance(told, dict) or not told:
            raise ValueError("a mapping with something in it is expected")
        options = list(pick(told))
        return lambda source: source.pick(options)

    return method


def moment(first: datetime, seconds: int) -> Leaf:
    """Return a leaf of moments from the first one to so many seconds later."""
    return lambda source: _utc_text(first + timedelta(seconds=source.below(seconds + 1)))


def _utc_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()[:19] + "Z"


def _read(told: Any) -> datetime:
    if isinstance(told, int | float) and not isinstance(told, bool):
        return datetime.fromtimestamp(told / 1000, UTC)
    moment = datetime.fromisoformat(str(told))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def between(given: Given) -> Leaf:
    """Return the leaf of `date.between({from, to})`."""
    first = _read(given.option("from", given.at(0)))
    last = _read(given.option("to", given.at(1)))
    if first > last:
        raise ValueError("from comes after to")
    return moment(first, int((last - first).total_seconds()))


def birth(given: Given) -> Leaf:
    """Return the leaf of `date.birthdate`, by ages in 2024 or by years."""
    low, high = int(given.option("min", 18)), int(given.option("max", 80))
    if low > high:
        raise ValueError("min is more than max")
    is_year = given.option("mode", "age") == "year"
    years = (low, high) if is_year else (2024 - high, 2024 - low)
    return lambda s: f"{s.between(*years)}-{s.between(1, 12):02}-{s.between(1, 28):02}T00:00:00Z"


def words(default: int) -> Method:
    """Return the method of `lorem.words(count)`."""

    def method(given: Given) -> Leaf:
        count = _count(given, default)
        return lambda source: " ".join(word(source) for _ in range(count(source)))

    return method


def sentences(default: int, mark: str = " ") -> Method:
    """Return the method of `lorem.sentences(count)`."""

    def method(given: Given) -> Leaf:
        count = _count(given, default)
        sentence = faked("sentence")
        return lambda source: mark.join(sentence(source) for _ in range(count(source)))

    return method
