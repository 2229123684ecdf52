"""Strings within their limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mock_server.generation.values.formats import EXPRESSIONS, EXTREMES, LEAST, text_by_format
from mock_server.generation.values.keywords import Raw, SizeLimits, formats_of
from mock_server.generation.values.names import text_by_name
from mock_server.generation.values.numbers import number_text
from mock_server.generation.values.openapi_formats import NUMERIC
from mock_server.generation.values.random_source import Leaf, Source, Text, Valid
from mock_server.generation.values.regex_pool import Pool
from mock_server.generation.values.texts import word

_LONGEST = 1_000
# The format that describes the texts of each encoding.
_ENCODINGS = {"base64": "byte", "base64url": "base64url", "base16": "base16", "base32": "base32"}
# Right-to-left, beyond the basic plane, combining, and with characters special in markup.
_AWKWARD = (
    "שלום עולם, مرحبا بالعالم ",
    "\U0001d4d0\U0001f9d1\u200d\U0001f680\U0001f1e9\U0001f1ea\U00020bb7 ",
    "Zo\u0308e\u0301 \u202eesrever\u202c ",
    "<b>&amp;\"'\\n</b>{{x}} ",
)


def string(raws: Sequence[Raw], hints: Sequence[str], valid: Valid) -> Leaf:
    """Return a leaf of strings that satisfy all `raws`; `valid` checks keywords that interact.

    `hints` are the names of the property and its schemas, the most specific first.
    """
    limits = SizeLimits.of(raws, "Length")
    formats = list(_formats(raws))
    formatted = next(filter(None, (_by_format(name, hints) for name in formats)), None)
    if formatted:
        is_alone = len(formats) == 1 and limits == (0, None)
        natural = _formatted(formatted, formats, limits.low, valid, is_alone)
    else:
        natural = _fitted(next(filter(None, map(text_by_name, hints)), word), limits)
    patterns = [raw["pattern"] for raw in raws if "pattern" in raw]
    forms = [EXPRESSIONS[name] for name in formats if name in EXPRESSIONS]
    if patterns or (forms and limits != (0, None)):
        pool = Pool([*patterns, *forms], limits, valid)
        # A text chosen by name alone would match the form only by chance.
        made = pool.draw if forms and not formatted else _patterned(natural, pool, valid)
        return made if patterns else _with_extremes(made, formats, valid)
    if formatted:
        return _with_extremes(natural, formats, valid)
    return _with_awkward_ones(natural, limits)


def _by_format(name: str, hints: Sequence[str]) -> Text | None:
    return number_text(name, hints) if name in NUMERIC else text_by_format(name, hints[0])


def _formats(raws: Sequence[Raw]) -> Iterator[str]:
    yield from formats_of(raws)
    for raw in raws:
        if raw.get("contentEncoding") in _ENCODINGS:
            yield _ENCODINGS[raw["contentEncoding"]]


def _fitted(natural: Text, limits: SizeLimits) -> Text:
    low, high = limits
    if not low and high is None:
        return natural

    def leaf(source: Source) -> str:
        made = natural(source)
        while len(made) < low:
            made += " " + word(source)
        return made if high is None or len(made) <= high else made[:high].rstrip().ljust(low, "a")

    return leaf


def _with_awkward_ones(natural: Text, limits: SizeLimits) -> Leaf:
    shortest = max(limits.low, 1)

    def leaf(source: Source) -> str:
        if source.mode == "boundary":
            return _awkward(source, limits)
        made = natural(source)
        return made[:shortest] if source.mode == "minimal" else made

    return leaf


def _awkward(source: Source, limits: SizeLimits) -> str:
    low, top = limits.low, limits.clamped(_LONGEST)
    length = source.pick((low, top, min(top, max(low, 40))))
    some = source.pick((*_AWKWARD, "a"))
    return (some * (length // len(some) + 1))[:length]


def _formatted(
    natural: Text, formats: Sequence[str], low: int, valid: Valid, is_alone: bool
) -> Text:
    """Return a leaf of texts of the formats that satisfy the other limits too, if one is found.

    If `is_alone`, and twelve trials are valid, later texts aren't checked one by one. The check of
    the whole value covers them.
    """
    shortest = [LEAST[name] for name in formats if name in LEAST]
    # Texts of a format without an expression stay valid if letters are added.
    is_free = not any(name in EXPRESSIONS for name in formats)
    fits: bool | None = None if is_alone else False

    def leaf(source: Source) -> str:
        nonlocal fits
        if fits is None:
            trials = (natural(Source(str(n), source.fakes)) for n in range(12))
            fits = all(map(valid, trials))
        made = natural(source)
        if fits or valid(made):
            return made
        more = "a" * (low - len(made)) if is_free else ""
        others = (*shortest, made + more, more + made, *(natural(source) for _ in range(8)))
        return next(filter(valid, others), made)

    return leaf


def _with_extremes(natural: Text, formats: Sequence[str], valid: Valid) -> Leaf:
    least = [LEAST[name] for name in formats if name in LEAST and valid(LEAST[name])]
    extremes = [made for name in formats for made in EXTREMES.get(name, ()) if valid(made)]

    def leaf(source: Source) -> str:
        if source.mode == "minimal" and least:
            return least[0]
        if source.mode == "boundary" and extremes:
            return source.pick(extremes)
        return natural(source)

    return leaf


def _patterned(natural: Text, pool: Pool, valid: Valid) -> Leaf:
    """Return a leaf of natural texts if trials of these are valid; else of texts from the pool."""
    fits: bool | None = None

    def leaf(source: Source) -> str:
        nonlocal fits
        if fits is None:
            trials = (natural(Source(str(n), source.fakes)) for n in range(12))
            fits = all(map(valid, trials))
        made = natural(source) if fits else pool.draw(source)
        return made if not fits or valid(made) else pool.draw(source)

    return leaf
