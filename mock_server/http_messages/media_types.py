"""Media types: parse them, match them, rank them.

RFC 9110, sections 8.3.1 (media types) and 12.5.1 (Accept); RFC 6839 (suffixes such as +json).
What is read here comes from outside, so each pattern is possessive: it runs in linear time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from operator import itemgetter

TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]++"
QUOTED = r'"(?P<quoted>(?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\[^\x00-\x08\x0a-\x1f\x7f])*+)"'
_FIELD_VALUE = re.compile(r"[\t -~\x80-\xff]*")
ESSENCE = re.compile(rf"({TOKEN})/({TOKEN})")
PARAMETER = re.compile(
    rf"[ \t]*+;[ \t]*+(?:(?P<name>{TOKEN})=(?:(?P<token>{TOKEN})|{QUOTED}))?",
)
# An unclosed quote takes in the rest: whatever it was to be, it is one malformed member.
LIST_MEMBER = re.compile(r'(?:[^",]++|"(?:[^"\\]++|\\.)*+"?)++', re.DOTALL)
# More than the grammar allows: clients do send `.2` and `0.33333`.
WEIGHT = re.compile(r"[01]\.?|[01]?\.[0-9]{1,17}")

# What is sent for a declared range when Accept doesn't say; the first that fits.
USUAL = (
    "application/json",
    "text/plain",
    "image/png",
    "audio/mpeg",
    "video/mp4",
    "font/woff2",
    "model/gltf+json",
    "multipart/mixed",
    "application/octet-stream",
)


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type or a range of them, such as `image/*`.

    Names are lower case, and so is the value of charset, the one value that RFC 9110 calls
    case-insensitive.
    """

    type: str
    subtype: str
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def essence(self) -> str:
        """The type without its parameters: `application/json`."""
        return f"{self.type}/{self.subtype}"

    @property
    def suffix(self) -> str:
        """What follows the last plus sign, `json` in `application/problem+json`; else empty."""
        return self.subtype.rpartition("+")[2] if "+" in self.subtype else ""

    @property
    def is_range(self) -> bool:
        """Whether it stands for many types."""
        return self.subtype == "*"

    @property
    def is_json(self) -> bool:
        """Whether its body is one JSON text."""
        return self.suffix == "json" or self.essence in ("application/json", "text/json")

    @property
    def is_xml(self) -> bool:
        """Whether its body is an XML document."""
        return self.suffix == "xml" or self.essence in ("application/xml", "text/xml")

    @property
    def is_markup(self) -> bool:
        """Whether a browser reads its body as markup: HTML, XHTML, SVG, any XML."""
        return self.is_xml or self.essence == "text/html"

    @property
    def is_text(self) -> bool:
        """Whether it is one of the `text` types."""
        return self.type == "text"

    @property
    def charset(self) -> str | None:
        """The declared character encoding, in lower case; None where there is none."""
        return dict(self.parameters).get("charset")

    @property
    def family(self) -> str:
        """Which of JSON and XML a document of that type is, whatever it describes; else empty."""
        if self.type not in ("application", "text"):
            return ""
        return "json" if self.is_json else "xml" if self.is_xml else ""

    def covers(self, other: MediaType) -> bool:
        """Whether the other lies within this one, parameters aside."""
        return self.type in ("*", other.type) and self.subtype in ("*", other.subtype)

    def __str__(self) -> str:
        return self.essence + "".join(
            f";{name}={_written_parameter(v)}" for name, v in self.parameters
        )


# The members of Accept with their weights, by essence.
Ranges = Mapping[str, Sequence[tuple[MediaType, float]]]


def parse_media_type(text: str) -> MediaType:
    """Read a media type or a range.

    RFC 9110, sections 8.3.1 and 5.6.6; a parameter named twice is an error by RFC 6838,
    section 4.3. Raises ValueError, with a sentence for whoever sent the text.
    """
    text = text.strip(" \t")
    match = ESSENCE.match(text)
    if match is None:
        raise ValueError(f"{_shown(text)} is no media type; one looks like application/json")
    kind, subtype = (part.lower() for part in match.groups())
    if kind == "*" and subtype != "*":
        raise ValueError(f"{_shown(text)} is no media range; only */* may start with a star")
    parameters: dict[str, str] = {}
    for name, value in _parameters(text, match.end()):
        if name in parameters:
            raise ValueError(f"{_shown(text)} has the parameter {_shown(name)} twice")
        parameters[name] = value
    return MediaType(kind, subtype, tuple(parameters.items()))


def unsendable_media_type(text: str) -> str | None:
    """Why no Content-Type can be that media type, or a range of them; None if one can be.

    RFC 9110, sections 5.5 and 8.3.1.
    """
    try:
        parse_media_type(text)
    except ValueError as error:
        return str(error)
    if not _FIELD_VALUE.fullmatch(text):
        return f"{_shown(text)} has a character that no header can have"
    return None


def find_media_type(declared: Iterable[str], media_type: MediaType) -> str | None:
    """The declared key that a body of that type falls under; None where there is none.

    The most specific key wins (OAS 3.1, `content`). A declared parameter must not be
    contradicted; among keys of one essence, the one with most of them met is nearest. What a
    body's type carries beyond the key, such as its charset, makes no difference.
    """
    fits = ((_fit(_read(key), media_type), key) for key in declared)
    found = [(fit, key) for fit, key in fits if fit is not None]
    return max(found, key=itemgetter(0))[1] if found else None


def accepted(accept: str, offered: Sequence[str]) -> list[str]:
    """The offered keys that Accept allows, best first; those it likes equally keep their order.

    RFC 9110, section 12.5.1: the most specific range that matches gives a type its quality,
    and 0 excludes it. Members that can't be read are skipped; with none left, all is accepted.
    """
    if accept.strip(" \t") in ("", "*/*"):
        return list(offered)
    ranges = _ranges(accept)
    qualities = {key: _best(key, ranges)[0] for key in offered}
    allowed = (key for key in offered if qualities[key])
    return sorted(allowed, key=qualities.__getitem__, reverse=True)


def related(accept: str, offered: Sequence[str]) -> list[str]:
    """The offered keys of a family that Accept asks for under another name, best first.

    `application/vnd.acme+json`, `application/problem+json` and `application/json;version=1` are
    all read by what reads `application/json` (RFC 6839, sections 3.1 and 4.1). What Accept excludes
    is not among them.
    """
    ranges = _ranges(accept)
    qualities = {key: _family_quality(_read(key), ranges) for key in offered}
    found = (key for key in offered if qualities[key])
    return sorted(found, key=qualities.__getitem__, reverse=True)


def concrete(key: str, accept: str = "") -> str:
    """The type to send for an offered key: the key itself unless that is a range.

    For a range it is the type inside it that Accept likes best, and a usual one where Accept
    names none.
    """
    return _best(key, _ranges(accept))[1]


def _parameters(text: str, start: int) -> Iterator[tuple[str, str]]:
    """The parameters from there to the end; empty ones are skipped (RFC 9110, 5.6.6)."""
    while start < len(text):
        match = PARAMETER.match(text, start)
        if match is None:
            raise ValueError(
                f"{_shown(text)} can't be read from {_shown(text[start:])} on; "
                "a parameter looks like ;name=value"
            )
        if match["name"]:
            yield _parameter(match)
        start = match.end()


def _parameter(match: re.Match[str]) -> tuple[str, str]:
    name = match["name"].lower()
    value = match["token"] or re.sub(r"\\(.)", r"\1", match["quoted"])
    return name, value.lower() if name == "charset" else value


def _written_parameter(value: str) -> str:
    """A parameter's value as it is sent: quoted where it is no token."""
    return value if re.fullmatch(TOKEN, value) else '"' + re.sub(r'(["\\])', r"\\\1", value) + '"'


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:59] + "…")


def _read(key: str) -> MediaType:
    """A key of a contract; one that can't be read lies within `*/*` and in nothing else."""
    try:
        return parse_media_type(key)
    except ValueError:
        return MediaType(key, "")


def _fit(declared: MediaType, sent: MediaType) -> tuple[bool, bool, int, int] | None:
    """How near the declared type is to the one sent, the nearest greatest; None if it isn't."""
    carried = dict(sent.parameters)
    given = [(name, value) for name, value in declared.parameters if name in carried]
    if not declared.covers(sent) or any(carried[name] != value for name, value in given):
        return None
    missing = len(declared.parameters) - len(given)
    return declared.type != "*", declared.subtype != "*", -missing, len(given)


def _ranges(accept: str) -> Ranges:
    """The members that can be read; everything where there is none."""
    ranges: dict[str, list[tuple[MediaType, float]]] = {}
    for member in LIST_MEMBER.findall(accept):
        with suppress(ValueError):
            media_range, weight = _weighted(parse_media_type(member))
            ranges.setdefault(media_range.essence, []).append((media_range, weight))
    return ranges or {"*/*": [(MediaType("*", "*"), 1.0)]}


def _weighted(member: MediaType) -> tuple[MediaType, float]:
    """A member without its weight, and the weight: `q`, wherever it stands."""
    weight = dict(member.parameters).get("q", "1")
    if not WEIGHT.fullmatch(weight) or float(weight) > 1:
        raise ValueError(f"a weight lies between 0 and 1, so it can't be {_shown(weight)}")
    parameters = tuple(pair for pair in member.parameters if pair[0] != "q")
    return MediaType(member.type, member.subtype, parameters), float(weight)


def _family_quality(offered: MediaType, ranges: Ranges) -> float:
    """The best weight of a member of the same family; 0 if the type itself is excluded."""
    if not offered.family or _weight(offered, ranges) is not None:
        return 0.0
    named = (pair for members in ranges.values() for pair in members)
    return max((weight for one, weight in named if one.family == offered.family), default=0.0)


def _quality(offered: MediaType, ranges: Ranges) -> float:
    """What the most specific range that matches says; 0 if none does."""
    return _weight(offered, ranges) or 0.0


def _weight(offered: MediaType, ranges: Ranges) -> float | None:
    """The weight of the most specific range that matches; None if none does."""
    for essence in (offered.essence, f"{offered.type}/*", "*/*"):
        matching = [
            (agreed, weight)
            for media_range, weight in ranges.get(essence, ())
            if (agreed := _agreed(media_range, offered)) is not None
        ]
        if matching:
            return max(matching)[1]
    return None


def _agreed(media_range: MediaType, offered: MediaType) -> int | None:
    """How many of the range's parameters the offered type has; None if it lacks one.

    A charset that the contract doesn't declare is no reason to refuse: clients ask for
    `application/json;charset=utf-8`, and JSON has no such parameter.
    """
    has = dict(offered.parameters)
    wanted = [pair for pair in media_range.parameters if pair[0] in has or pair[0] != "charset"]
    return len(wanted) if all(has.get(name) == value for name, value in wanted) else None


def _best(key: str, ranges: Ranges) -> tuple[float, str]:
    """The quality of a key, and the type to send for it."""
    offered = _read(key)
    if not offered.is_range:
        return _quality(offered, ranges), key
    named = [
        (weight, str(member))
        for members in ranges.values()
        for member, weight in members
        if weight and not member.is_range and offered.covers(member)
    ]
    usual = [(_quality(_read(name), ranges), name) for name in _usual(offered)]
    return max(named + usual, key=itemgetter(0))


def _usual(offered: MediaType) -> list[str]:
    within = [name for name in USUAL if offered.covers(parse_media_type(name))]
    return within or [f"{offered.type}/octet-stream"]
