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
        """The argument at a place that is no mapping of options."""
        found = self.values[index] if index < len(self.values) else None
        return default if found is None or isinstance(found, dict) else found

    def option(self, name: str, default: Any = None) -> Any:
        """An option, of which the last argument may be a mapping."""
        options = self.values[-1] if self.values and isinstance(self.values[-1], dict) else {}
        return options.get(name, default)

    def number(self, name: str, index: int, default: float) -> float:
        """A number by its name or place. Raises ValueError for what is none."""
        told = self.option(name, self.at(index, default))
        if isinstance(told, bool) or not isinstance(told, int | float):
            raise ValueError(f"{name} is no number")
        return told

    def list(self, index: int = 0) -> Sequence[Any]:
        """A list that isn't empty. Raises ValueError."""
        told = self.values[index] if index < len(self.values) else None
        if not isinstance(told, list) or not told:
            raise ValueError("a list with something in it is expected")
        return told


# From the arguments of a call to what makes its values. Raises ValueError for those of no use.
Method = Callable[[Given], Leaf]


def just(leaf: Leaf) -> Method:
    """What takes no arguments."""
    return lambda given: leaf


def _count(given: Given, default: int, name: str = "length") -> Callable[[Source], int]:
    """How many: a number, or a range of them."""
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
    """Texts of so many characters of an alphabet."""

    def method(given: Given) -> Leaf:
        count = _count(given, 1)
        of_case = {"upper": str.upper, "lower": str.lower}.get(given.option("casing", ""), str)
        return lambda s: of_case("".join(s.pick(alphabet) for _ in range(count(s))))

    return method


def integer(given: Given) -> Leaf:
    """`number.int({min, max, multipleOf})`."""
    low = int(given.option("min", 0))
    high = int(given.number("max", 0, max(low, _MOST)))
    step = int(given.option("multipleOf", given.option("precision", 1)) or 1)
    first, last = -(-low // step), high // step
    if first > last:
        raise ValueError("no integer lies between min and max")
    return lambda source: source.between(first, last) * step


def real(given: Given) -> Leaf:
    """`number.float({min, max, fractionDigits, multipleOf})`."""
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
    """`finance.amount({min, max, dec, symbol})`, and `commerce.price`."""
    low, high = given.number("min", 0, 0 if given.values else 1), given.number("max", 1, 1000)
    places, symbol = (
        int(given.option("dec", given.at(2, 2))),
        given.option("symbol", given.at(3, "")),
    )
    return lambda source: f"{symbol}{low + source.random() * (high - low):.{places}f}"


def element(given: Given) -> Leaf:
    """`helpers.arrayElement([…])`."""
    options = given.list()
    return lambda source: source.pick(options)


def elements(given: Given) -> Leaf:
    """`helpers.arrayElements([…], count)`."""
    options = list(given.list())
    count = given.at(1)

    def leaf(source: Source) -> Any:
        wanted = count if isinstance(count, int) else source.between(1, len(options))
        return source.rng.sample(options, min(wanted, len(options)))

    return leaf


def weighted(given: Given) -> Leaf:
    """`helpers.weightedArrayElement([{weight, value}])`."""
    options = given.list()
    if not all(isinstance(o, dict) and {"weight", "value"} <= o.keys() for o in options):
        raise ValueError("each has a weight and a value")
    values, weights = [o["value"] for o in options], [o["weight"] for o in options]
    return lambda source: source.rng.choices(values, weights)[0]


def by_expression(given: Given) -> Leaf:
    """`helpers.fromRegExp("…")`."""
    pattern = str(given.at(0, "")).strip("/")
    try:
        parsed(pattern)
    except UnreadPattern as error:
        raise ValueError(f"{pattern} can't be read") from error
    return Pool([f"^(?:{pattern})$"], SizeLimits(0, None), lambda _: True).draw


def symbols(given: Given) -> Leaf:
    """`helpers.replaceSymbols("##-??")`: digits, letters, and either for a star."""
    pattern = str(given.at(0, "######"))
    made = {"#": DIGITS, "?": LETTERS.upper(), "*": LETTERS.upper() + DIGITS}
    return lambda s: "".join(s.pick(made[c]) if c in made else c for c in pattern)


def member(pick: Callable[[Mapping[str, Any]], Sequence[Any]]) -> Method:
    """`helpers.objectKey({…})` and `objectValue`."""

    def method(given: Given) -> Leaf:
        told = given.values[0] if given.values else None
        if not isinstance(told, dict) or not told:
            raise ValueError("a mapping with something in it is expected")
        options = list(pick(told))
        return lambda source: source.pick(options)

    return method


def moment(first: datetime, seconds: int) -> Leaf:
    """A moment within so many seconds from the first."""
    return lambda source: _utc_text(first + timedelta(seconds=source.below(seconds + 1)))


def _utc_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()[:19] + "Z"


def _read(told: Any) -> datetime:
    if isinstance(told, int | float) and not isinstance(told, bool):
        return datetime.fromtimestamp(told / 1000, UTC)
    moment = datetime.fromisoformat(str(told))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def between(given: Given) -> Leaf:
    """`date.between({from, to})`."""
    first = _read(given.option("from", given.at(0)))
    last = _read(given.option("to", given.at(1)))
    if first > last:
        raise ValueError("from comes after to")
    return moment(first, int((last - first).total_seconds()))


def birth(given: Given) -> Leaf:
    """By ages, reckoned from 2024, or by years."""
    low, high = int(given.option("min", 18)), int(given.option("max", 80))
    if low > high:
        raise ValueError("min is more than max")
    is_year = given.option("mode", "age") == "year"
    years = (low, high) if is_year else (2024 - high, 2024 - low)
    return lambda s: f"{s.between(*years)}-{s.between(1, 12):02}-{s.between(1, 28):02}T00:00:00Z"


def words(default: int) -> Method:
    """`lorem.words(count)`."""

    def method(given: Given) -> Leaf:
        count = _count(given, default)
        return lambda source: " ".join(word(source) for _ in range(count(source)))

    return method


def sentences(default: int, mark: str = " ") -> Method:
    """`lorem.sentences(count)`."""

    def method(given: Given) -> Leaf:
        count = _count(given, default)
        sentence = faked("sentence")
        return lambda source: mark.join(sentence(source) for _ in range(count(source)))

    return method
