"""Numbers within their bounds."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction

from mock_server.generation.values.dates import unix_time
from mock_server.generation.values.keywords import Raw, formats_of
from mock_server.generation.values.names import text_by_name
from mock_server.generation.values.number_range import EXACT, NumberRange, Range, bounds
from mock_server.generation.values.random_source import Leaf, Source, Text, Valid
from mock_server.generation.values.words import by_name, table
from mock_server.schemas import FORMAT_RANGES, INTEGER_FORMATS

_RANGES: dict[str, Range] = table(
    ("id", (1, 99_999, 0)),
    ("age", (18, 90, 0)),
    ("price amount cost total subtotal tax fee balance salary", (1, 500, 2)),
    ("nightly_rate daily_rate price_per_night rate_per_night", (40, 400, 2)),
    ("hourly_rate", (15, 150, 2)),
    ("count quantity qty number stock", (0, 40, 0)),
    ("page", (1, 5, 0)),
    ("total_count total_pages pages items results", (1, 200, 0)),
    ("limit per_page page_size", (10, 100, 0)),
    ("offset skip index position", (0, 50, 0)),
    ("latitude lat", (-60, 70, 5)),
    ("longitude lng lon", (-180, 180, 5)),
    ("duration_ms latency_ms elapsed_ms duration ms", (50, 90_000, 0)),
    ("seconds timeout retry_after ttl expires_in", (1, 3_600, 0)),
    ("year", (2020, 2025, 0)),
    ("month", (1, 12, 0)),
    ("day", (1, 28, 0)),
    ("hour", (0, 23, 0)),
    ("minute second", (0, 59, 0)),
    ("rating stars", (1, 5, 1)),
    ("percent percentage progress discount", (0, 100, 0)),
    ("score probability confidence ratio rate similarity", (0, 1, 3)),
    ("size bytes content_length file_size", (1_000, 5_000_000, 0)),
    ("port", (8_000, 9_000, 0)),
    ("status status_code http_status", (200, 204, 0)),
    ("code error_code", (1_000, 1_099, 0)),
    ("width height", (100, 1_920, 0)),
    ("weight distance length", (1, 100, 1)),
    ("version revision", (1, 9, 0)),
    ("temperature", (-10, 35, 1)),
    ("priority level", (1, 5, 0)),
)
_FORMATS: dict[str, Raw] = {
    name: {"minimum": low, "maximum": high} for name, (low, high) in FORMAT_RANGES.items()
}
# The formats that count the seconds since 1970.
UNIX_TIMES = frozenset({"unixtime", "unix-time", "epoch"})
_LARGEST = Fraction(1e308)
# Integers outside this range become floats, unless the bounds themselves are such integers.
_WRITTEN = range(-(2**63), 2**64)
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")


def is_number_name(name: str) -> bool:
    """Return whether a property with that name is a number if its schema states no type."""
    return by_name(_RANGES, name) is not None and text_by_name(name) is None


def number_text(name: str, hints: Sequence[str]) -> Text:
    """Return a leaf of numbers of a format as texts; `hints` are the names of the property."""
    raws: list[Raw] = [{"format": name, "minimum": 0}]
    leaf = number(raws, hints, lambda _: True, integer=name in INTEGER_FORMATS)
    assert leaf is not None, "every format has numbers from 0 on"
    digits = 0 if name in INTEGER_FORMATS else 2
    return lambda source: f"{leaf(source):.{digits}f}"


def number(raws: Sequence[Raw], hints: Sequence[str], valid: Valid, integer: bool) -> Leaf | None:
    """Return a leaf of numbers that satisfy all `raws`; None if there can't be one."""
    formats = formats_of(raws)
    integer = integer or not INTEGER_FORMATS.isdisjoint(formats)
    raws = [*raws, *(_FORMATS[name] for name in formats if name in _FORMATS)]
    named = next(filter(None, (by_name(_RANGES, hint) for hint in hints)), None)
    grid = _grid(raws, named, integer)
    if grid.empty:
        return None
    low, high = grid.usual(named)
    multiples = [raw["multipleOf"] for raw in raws if "multipleOf" in raw]
    is_timely = integer and not multiples and _has_room_for_unix_time(grid)
    times = unix_time(hints[0], not UNIX_TIMES.isdisjoint(formats)) if is_timely else None
    written = _exactly if _has_long_bounds(raws) else _float_if_long
    extremes = list(map(written, _extremes(grid, integer)))

    def drawn(source: Source) -> float:
        if source.mode == "boundary":
            return source.pick(extremes)
        if source.mode == "minimal":
            return grid.at(grid.clamped(0))
        return times(source) if times else grid.at(source.between(low, high))

    if multiples or grid.reaches_beyond(_WRITTEN):
        return _exact(lambda source: written(drawn(source)), multiples, valid)
    return drawn


def _has_long_bounds(raws: Sequence[Raw]) -> bool:
    """Return whether some bounds lie beyond 64 bits, and all of these are integers."""
    bounds = [raw[keyword] for raw in raws for keyword in _BOUNDS if keyword in raw]
    long = [bound for bound in bounds if _is_long(bound)]
    return bool(long) and all(isinstance(bound, int) for bound in long)


def _has_room_for_unix_time(grid: NumberRange) -> bool:
    return grid.clamped(0) == 0 and grid.clamped(2**31) > 2**30


def _grid(raws: Sequence[Raw], named: Range | None, integer: bool) -> NumberRange:
    steps = bounds(raws, "multipleOf") + [Fraction(1)] * integer
    if steps:
        numerators, denominators = zip(*(step.as_integer_ratio() for step in steps), strict=True)
        return NumberRange.of(raws, Fraction(math.lcm(*numerators), math.gcd(*denominators)))
    digits = named[2] if named else 2
    grids = (NumberRange.of(raws, Fraction(1, 10**n)) for n in (digits, 2, 4, 8, 16, 320))
    return next((grid for grid in grids if not grid.empty), NumberRange(Fraction(1), 1, 0))


def _extremes(grid: NumberRange, integer: bool) -> list[float]:
    most = int((EXACT if integer else _LARGEST) / grid.step)
    low = -most if grid.low is None else grid.low
    high = most if grid.high is None else grid.high
    return [grid.at(count) for count in (low, grid.clamped(0), max(low, high))]


def _exact(drawn: Callable[[Source], float], multiples: Sequence[float], valid: Valid) -> Leaf:
    """Return a leaf of multiples that are exact in binary floats too, as many clients reckon."""

    def leaf(source: Source) -> float:
        for _ in range(40):
            made = drawn(source)
            if all(_is_multiple(made, m) for m in multiples) and valid(made):
                break
        return made

    return leaf


def _is_multiple(number: float, step: float) -> bool:
    return number % step == 0 or (isinstance(step, float) and number / step == number // step)


def _is_long(number: float) -> bool:
    return not _WRITTEN[0] <= number <= _WRITTEN[-1]


def _exactly(number: float) -> float:
    return number


def _float_if_long(number: float) -> float:
    """Return a float for an integer beyond 64 bits, as most readers of JSON have it."""
    return number if isinstance(number, float) or not _is_long(number) else float(number)
