"""Realistic leaves: the strings and numbers that stand at the ends of a generated value.

A leaf is a function from a Source to a value. Which one a schema gets is decided once, by its
`x-faker`, `format`, `pattern` or bounds, and else by the property's name.
"""

from __future__ import annotations

import base64
import math
import re
import string as ascii_text
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from hashlib import blake2b
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")
Raw = Mapping[str, Any]

LONGEST = 1_000
_FIRST_MOMENT = datetime(2024, 1, 1, tzinfo=UTC)
_LAST_MOMENT = datetime(2025, 10, 1, tzinfo=UTC)  # what expires does so within 2025
_MOMENTS = int((_LAST_MOMENT - _FIRST_MOMENT).total_seconds())
_SAFE_INTEGER = 2**53 - 1  # the largest that a JavaScript client reads exactly


class Fakes:
    """Faker for English, made when first needed: importing it takes a tenth of a second."""

    def __init__(self) -> None:
        self._generator: Any = None

    def drawing_from(self, rng: Random) -> Any:
        """Faker's generator, reading the given stream until the next call."""
        if self._generator is None:
            from faker import Factory

            self._generator = Factory.create("en_US", use_weighting=False)
        self._generator.random = rng
        return self._generator

    def provided(self, name: str, rng: Random) -> Any:
        """What the provider of that name makes; None where there's none or it makes no scalar."""
        faker = self.drawing_from(rng)
        if name.startswith("_") or not any(hasattr(p, name) for p in faker.get_providers()):
            return None
        try:
            made = getattr(faker, name)()
        except Exception:  # a provider that needs arguments, or another package
            return None
        made = float(made) if isinstance(made, Decimal) else made
        return made if isinstance(made, str | int | float) else None


class Source:
    """What leaves draw from: one stream seeded by a text, the same on every machine.

    `moment` is the second near which everything in one record happens; `person` is the one whose
    name and address it carries.
    """

    def __init__(self, seed: str, fakes: Fakes, mode: str = "typical") -> None:
        digest = blake2b(seed.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        self.rng = Random(int.from_bytes(digest))
        self.random = self.rng.random
        self.mode = mode
        self.fakes = fakes
        self.person: tuple[str, str] | None = None
        self.moment = self.a_moment()

    def a_moment(self) -> int:
        """When another record's events begin: seconds after the first moment."""
        return self.below(_MOMENTS)

    def below(self, count: int) -> int:
        """An integer from 0 to count - 1."""
        return int(self.random() * count) if count < 2**50 else self.rng.randrange(count)

    def between(self, low: int, high: int) -> int:
        """An integer from low to high, both included."""
        return low + self.below(high - low + 1)

    def pick(self, options: Sequence[T]) -> T:
        """One of the options."""
        return options[int(self.random() * len(options))]

    def hexes(self, count: int) -> str:
        """So many hexadecimal digits."""
        return f"{self.rng.getrandbits(4 * count):0{count}x}"

    @property
    def fake(self) -> Any:
        """Faker, reading this stream."""
        return self.fakes.drawing_from(self.rng)

    def somebody(self) -> tuple[str, str]:
        """The first and last name of the person that this record is about."""
        if self.person is None:
            fake = self.fake
            self.person = fake.first_name(), fake.last_name()
        return self.person


Leaf = Callable[[Source], Any]
Text = Callable[[Source], str]
Valid = Callable[[Any], bool]


# Names -----------------------------------------------------------------------------------------

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")


def words_of(name: str) -> list[str]:
    """The lower-case words of a name in camelCase, snake_case or kebab-case."""
    return [word.lower() for word in _WORD.findall(name)]


def singular(name: str) -> str:
    """The name of one of those: `tags` to `tag`, `categories` to `category`."""
    for ending, single in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ss", "ss"), ("us", "us")):
        if name.lower().endswith(ending):
            return name[: -len(ending)] + single
    return name[:-1] if len(name) > 2 and name[-1] in "sS" else name


def by_name(table: Mapping[str, T], name: str) -> T | None:
    """The entry for the longest run of words that the name ends with."""
    words = words_of(name)
    tails = ["_".join(words[start:]) for start in range(len(words))]
    return next(
        (table[form] for tail in tails for form in (tail, singular(tail)) if form in table), None
    )


def _table(*rows: tuple[str, T]) -> dict[str, T]:
    return {name: entry for names, entry in rows for name in names.split()}


# Moments ---------------------------------------------------------------------------------------

_STAGES = _table(
    ("created creation inserted registered submitted queued requested joined ordered issued", 0),
    ("started start begin began opened since from accepted", 1),
    ("updated update modified changed edited synced seen", 3),
    ("finished finish completed ended end closed resolved cancelled deleted archived until to", 4),
    ("expires expire expiry expiration expired due", 5),
)
_OTHER_STAGE = 2
# From when to when a stage lies after the record's moment: in seconds, and in days for a date.
_SECONDS = ((0, 59), (60, 290), (300, 1700), (1800, 3500), (3600, 20_000), (2_600_000, 5_000_000))
_BIRTHS = {"birth", "birthday", "birthdate", "born", "dob"}


def stage(name: str) -> int | None:
    """When what the name tells of happens in a record's life; None where it doesn't say."""
    return next((_STAGES[word] for word in words_of(name) if word in _STAGES), None)


def _seconds(name: str) -> Callable[[Source], int]:
    told = stage(name)
    low, high = _SECONDS[_OTHER_STAGE if told is None else told]
    return lambda source: source.moment + source.between(low, high)


def _date_time(name: str) -> Text:
    seconds = _seconds(name)

    def leaf(source: Source) -> str:
        moment = _FIRST_MOMENT + timedelta(seconds=seconds(source))
        return moment.isoformat()[:19] + "Z"

    return leaf


def _date(name: str) -> Text:
    if _BIRTHS.intersection(words_of(name)):
        return lambda s: f"{s.between(1955, 2005)}-{s.between(1, 12):02}-{s.between(1, 28):02}"
    days = 2 * (stage(name) or 0)
    return lambda s: (
        (_FIRST_MOMENT + timedelta(days=days + s.below(2), seconds=s.moment)).date().isoformat()
    )


def unix_time(name: str) -> Callable[[Source], int] | None:
    """Seconds since 1970, for a name that says when something happens; else None."""
    words = words_of(name)
    if not words or not (words[-1] in {"at", "timestamp"} or words[-1] in _STAGES):
        return None
    seconds, first = _seconds(name), int(_FIRST_MOMENT.timestamp())
    return lambda source: first + seconds(source)


# Strings by format and by name -----------------------------------------------------------------

_ADJECTIVES = (
    "amber", "brisk", "calm", "clear", "coastal", "early", "gentle", "golden", "green", "hidden",
    "quiet", "rapid", "silver", "steady", "sunny", "upper", "vivid", "warm", "western", "young",
)  # fmt: skip
_NOUNS = (
    "anchor", "beacon", "bridge", "canyon", "cedar", "delta", "ember", "field", "forest", "garden",
    "harbor", "island", "lantern", "meadow", "orchard", "prairie", "ridge", "river", "summit",
    "valley",
)  # fmt: skip
_IMAGES = {"image", "avatar", "thumbnail", "icon", "logo", "photo", "picture", "banner", "cover"}


def one_of(*options: str) -> Text:
    """A leaf that is one of these."""
    return lambda source: source.pick(options)


def _faked(provider: str) -> Text:
    return lambda source: str(getattr(source.fake, provider)())


def word(source: Source) -> str:
    """A plain word."""
    return source.pick(_NOUNS)


def slug(source: Source) -> str:
    """Two words with a hyphen, `silver-harbor`."""
    return f"{source.pick(_ADJECTIVES)}-{source.pick(_NOUNS)}"


def _title(source: Source) -> str:
    return f"{source.pick(_ADJECTIVES)} {source.pick(_NOUNS)}".title()


def uuid(source: Source) -> str:
    """A UUID of version 4 (RFC 9562, section 5.4), which strict clients insist on."""
    digits = source.hexes(32)
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def _hexes(count: int) -> Text:
    return lambda source: source.hexes(count)


def _person(source: Source) -> str:
    return " ".join(source.somebody())


def _login(source: Source) -> str:
    first, last = source.somebody()
    return f"{first}.{last}".lower()


def _email(source: Source) -> str:
    return f"{_login(source)}@example.com"


def _url(source: Source) -> str:
    return f"https://example.com/{slug(source)}"


def _image(source: Source) -> str:
    return f"https://example.com/images/{slug(source)}.png"


def _phone(source: Source) -> str:
    return f"+1-{source.pick(('202', '303', '415', '617'))}-555-01{source.below(100):02}"


def _ipv4(source: Source) -> str:  # the blocks for documentation: RFC 5737, RFC 3849
    return f"{source.pick(('192.0.2', '198.51.100', '203.0.113'))}.{source.between(1, 254)}"


def _ipv6(source: Source) -> str:
    return f"2001:db8::{source.between(1, 0xFFFF):x}"


def _base64(source: Source) -> str:
    return base64.b64encode(slug(source).encode()).decode()


def _time(source: Source) -> str:
    return f"{source.below(24):02}:{source.below(60):02}:{source.below(60):02}Z"


def _file(source: Source) -> str:
    return f"{slug(source)}.{source.pick(('md', 'pdf', 'csv', 'txt'))}"


_error = one_of("invalid_request", "not_found", "conflict", "unauthorized", "timeout")


def _number(pattern: str) -> Text:
    """Each 0 in the pattern becomes a digit, the first in a run never 0."""

    def digit(source: Source, before: str) -> str:
        return str(source.below(10) if before.isdigit() else source.between(1, 9))

    return lambda source: "".join(
        digit(source, pattern[i - 1 : i]) if c == "0" else c for i, c in enumerate(pattern)
    )


_FORMATS: dict[str, Text] = {
    "byte": _base64,
    "binary": _title,
    "duration": lambda s: f"PT{s.between(1, 59)}M",
    "email": _email,
    "hostname": lambda s: f"{slug(s)}.example.com",
    "idn-email": _email,
    "idn-hostname": lambda s: f"{s.pick(('bücher', 'café', 'köln'))}.example",
    "ipv4": _ipv4,
    "ipv6": _ipv6,
    "iri": lambda s: f"https://example.com/{s.pick(('café', 'garçon', 'straße'))}/{word(s)}",
    "iri-reference": lambda s: f"/{s.pick(('café', 'garçon', 'straße'))}/{word(s)}",
    "json-pointer": lambda s: f"/{word(s)}/{s.below(10)}",
    "password": lambda s: f"{slug(s)}-{s.between(1000, 9999)}",
    "regex": one_of("^[a-z]+$", "^[0-9]{3,8}$", "^[A-Z][a-z]*$"),
    "relative-json-pointer": lambda s: f"{s.below(3)}/{word(s)}",
    "time": _time,
    "uri": _url,
    "uri-reference": lambda s: f"/{word(s)}/{slug(s)}",
    "uri-template": lambda s: f"https://example.com/{word(s)}/{{id}}",
    "uuid": uuid,
}  # fmt: skip
# The shortest text of a format, for where there's little room.
_LEAST = _table(
    ("email idn-email", "a@b.co"), ("hostname idn-hostname", "a.co"), ("uri iri", "a:b"),
    ("uri-reference iri-reference uri-template regex", "a"), ("ipv6", "::1"),
    ("ipv4", "1.1.1.1"), ("duration", "P1D"), ("relative-json-pointer", "0"),
    ("json-pointer byte binary", ""),
)  # fmt: skip
_EXTREMES = {
    "date-time": ("2024-01-01T00:00:00Z", "2024-02-29T23:59:59.999Z", "2025-12-31T23:59:59Z"),
    "date": ("2024-02-29", "2025-12-31"),
    "time": ("00:00:00Z", "23:59:59Z"),
    "duration": ("PT0S", "P9999Y"),
}
_AWKWARD = (
    "שלום עולם, مرحبا بالعالم ",
    "\U0001d4d0\U0001f9d1\u200d\U0001f680\U0001f1e9\U0001f1ea\U00020bb7 ",
    "Zo\u0308e\u0301 \u202eesrever\u202c ",
    "<b>&amp;\"'\\n</b>{{x}} ",
)

_NAMES: dict[str, Text] = _table(
    ("id uuid guid uid gid sid", uuid),
    ("error error_code", _error),
    ("code", _number("00-00-00")),
    ("message reason detail details", one_of(
        "The request could not be completed.", "The resource was not found.",
        "A required field is missing.", "The operation timed out.",
    )),
    ("status state", one_of("active", "pending", "completed", "inactive")),
    ("type kind", one_of("standard", "basic", "custom")),
    ("name title subject display_name label_name headline", _title),
    ("first_name given_name forename", lambda s: s.somebody()[0]),
    ("last_name family_name surname", lambda s: s.somebody()[1]),
    ("full_name person user customer author owner creator assignee contact employee member manager"
     " reviewer recipient sender passenger guest patient student teacher created_by updated_by"
     " customer_name author_name contact_name owner_name holder_name", _person),
    ("pet dog cat animal pet_name", _faked("first_name")),
    ("username user_name login handle nickname", _login),
    ("email mail email_address", _email),
    ("phone phone_number mobile telephone tel fax", _phone),
    ("company organization organisation employer vendor brand manufacturer supplier company_name"
     " organization_name", _faked("company")),
    ("job job_title occupation profession", _faked("job")),
    ("street street_address address line1 address_line1", _faked("street_address")),
    ("line2 address_line2", _number("Apt. 00")),
    ("city town city_name", _faked("city")),
    ("province county state_name", _faked("state")),
    ("country country_name", _faked("country")),
    ("country_code", one_of("DE", "FR", "GB", "JP", "US")),
    ("zip zip_code zipcode postal_code postcode", _faked("postcode")),
    ("currency currency_code", one_of("EUR", "USD", "GBP", "JPY", "CHF")),
    ("price amount cost total subtotal tax fee balance", _number("00.00")),
    ("url uri link href website homepage webhook location", _url),
    (" ".join(sorted(_IMAGES)), _image),
    ("host hostname domain server", _FORMATS["hostname"]),
    ("ip ip_address", _ipv4),
    ("mac mac_address", lambda s: ":".join(s.hexes(2) for _ in range(6))),
    ("user_agent", one_of("Mozilla/5.0 (X11; Linux x86_64)", "curl/8.5.0")),
    ("path directory folder object_key key", lambda s: f"{word(s)}/{_file(s)}"),
    ("file filename file_name attachment document", _file),
    ("mime_type content_type media_type", one_of("application/json", "text/plain", "image/png")),
    ("locale language lang", one_of("en-US", "de-DE", "fr-FR")),
    ("timezone time_zone tz", one_of("Europe/Berlin", "America/New_York", "Asia/Tokyo")),
    ("color colour", lambda s: f"#{s.hexes(6)}"),
    ("version", _number("0.0.0")),
    ("token secret api_key access_key signature nonce cursor next_cursor page_token", _hexes(32)),
    ("sha sha1 commit revision", _hexes(40)),
    ("hash digest checksum sha256 fingerprint", _hexes(64)),
    ("md5 etag", _hexes(32)),
    ("password", _FORMATS["password"]),
    ("branch branch_name ref", one_of("main", "develop", "feature/search", "release/2.4")),
    ("bucket bucket_name", lambda s: f"{slug(s)}-bucket"),
    ("collection collection_name index table table_name", one_of(
        "documents", "articles", "products", "support_tickets", "source_code",
    )),
    ("database database_name db schema tenant", one_of("production", "staging", "analytics")),
    ("repository repo project workspace namespace cluster queue topic channel", slug),
    ("region", one_of("eu-west-1", "us-east-1", "ap-south-1")),
    ("environment env", one_of("production", "staging", "development")),
    ("role", one_of("admin", "editor", "viewer")),
    ("team department group", one_of("engineering", "support", "sales", "research")),
    ("priority level severity importance", one_of("low", "medium", "high")),
    ("size", one_of("small", "medium", "large")),
    ("unit", one_of("kg", "cm", "piece")),
    ("plan tier", one_of("free", "team", "enterprise")),
    ("gender", one_of("female", "male", "other")),
    ("method", one_of("GET", "POST", "PUT")),
    ("slug permalink", slug),
    ("sku", _number("SKU-00000")),
    ("reference number code_number", _number("00000000")),
    ("isbn", _faked("isbn13")),
    ("iban", _faked("iban")),
    ("latitude lat", _number("00.0000")),
    ("longitude lng lon", _number("00.0000")),
    ("duration", _FORMATS["duration"]),
    ("description summary comment note caption excerpt question answer", _faked("sentence")),
    ("body text content bio about abstract article review", _faked("paragraph")),
)  # fmt: skip
# Whose names are what a string called like them would be.
_OWNERS = {
    name: _NAMES[name]
    for name in (
        "user", "customer", "author", "owner", "creator", "assignee", "contact", "employee",
        "member", "manager", "reviewer", "person", "pet", "dog", "cat", "animal", "company",
        "organization", "vendor", "supplier", "brand", "city", "country", "file", "bucket",
        "branch", "collection", "database", "repository", "project", "team", "role",
    )
}  # fmt: skip
_TIMES = {"at": _date_time, "timestamp": _date_time, "datetime": _date_time, "time": _date_time,
          "on": _date, "date": _date, "birthday": _date, "dob": _date}  # fmt: skip
# What faker.js calls by another name than Faker, or draws from the clock.
_FAKER_JS: dict[str, Text] = _table(
    ("uuid uuid4", uuid),
    ("full_name find_name", _person),
    ("ip", _ipv4),
    ("phone", _phone),
    ("username", _login),
    ("image image_url avatar", _image),
    ("street", _faked("street_name")),
    ("zip_code", _faked("postcode")),
    ("company_name", _faked("company")),
    ("product_name title", _title),
    ("price amount", _number("00.00")),
    ("past future recent soon anytime between date_time iso8601", _date_time("")),
    ("sentences paragraphs lines", _faked("paragraph")),
)
_CLOCK = {"date", "time", "year", "month", "day", "past", "future", "expire", "full", "unix",
          "birth", "profile", "dates", "dob", "ap", "iso8601"}  # fmt: skip


def _by_format(name: str, hint: str) -> Text | None:
    if name == "date-time":
        return _date_time(hint)
    if name == "date":
        return _date(hint)
    if name in ("uri", "iri", "url") and _IMAGES.intersection(words_of(hint)):
        return _image
    return _FORMATS.get(name) or _NAMES.get("_".join(words_of(name)))


def text_by_name(name: str) -> Text | None:
    """What a string of that name looks like; None where the name tells nothing.

    `user.name` is the name of a user.
    """
    owner, _, name = name.rpartition(".")
    if name.lower() == "code":
        return _error  # that of a coupon, say, has a longer name
    found = by_name(_OWNERS, owner) or by_name(_NAMES, name)
    timed = None if found else by_name(_TIMES, name)
    return timed(name) if timed else found


def by_faker(raws: Iterable[Raw], otherwise: Leaf, valid: Valid) -> Leaf:
    """The leaf that `x-faker` names, as faker.js or Faker call it, where it exists and fits."""
    asked = next((raw["x-faker"] for raw in raws if isinstance(raw.get("x-faker"), str)), "")
    module, _, method = asked.rpartition(".")
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", method).lower()
    own = _FAKER_JS.get(name) or _FAKER_JS.get(module)
    if own is None and (not name or _CLOCK.intersection(name.split("_"))):
        return otherwise

    def leaf(source: Source) -> Any:
        made = own(source) if own else source.fakes.provided(name, source.rng)
        return made if made is not None and valid(made) else otherwise(source)

    return leaf


# Strings within their limits -------------------------------------------------------------------


def text(raws: Sequence[Raw], hints: Sequence[str], valid: Valid) -> Leaf:
    """A string for which the keywords of all `raws` hold; `valid` judges where they interplay.

    `hints` are the names it goes by, the most telling first.
    """
    limits = low, high = length_limits(raws, "Length")
    formats = [raw["format"] for raw in raws if isinstance(raw.get("format"), str)]
    if any(raw.get("contentEncoding") == "base64" for raw in raws):
        formats.append("byte")
    formatted = next(filter(None, (_by_format(name, hints[0]) for name in formats)), None)
    named = next(filter(None, map(text_by_name, hints)), word)
    natural = _valid_format(formatted, formats, low, valid) if formatted else _fitted(named, limits)
    if patterns := [raw["pattern"] for raw in raws if "pattern" in raw]:
        return _patterned(natural, Pool(patterns, limits, valid), valid)
    if formatted:
        return _formatted(natural, formats, valid)

    def leaf(source: Source) -> str:
        if source.mode == "boundary":
            return _awkward(source, low, high)
        return natural(source)[: max(low, 1)] if source.mode == "minimal" else natural(source)

    return leaf


def length_limits(raws: Iterable[Raw], what: str) -> tuple[int, int | None]:
    """The tightest `min…` and `max…` of all; None where there's no upper one."""
    low = max((math.ceil(raw[f"min{what}"]) for raw in raws if f"min{what}" in raw), default=0)
    highs = [math.floor(raw[f"max{what}"]) for raw in raws if f"max{what}" in raw]
    return low, min(highs, default=None)


def _fitted(natural: Text, limits: tuple[int, int | None]) -> Text:
    low, high = limits
    if not low and high is None:
        return natural

    def leaf(source: Source) -> str:
        made = natural(source)
        while len(made) < low:
            made += " " + word(source)
        return made if high is None or len(made) <= high else made[:high].rstrip().ljust(low, "a")

    return leaf


def _valid_format(natural: Text, formats: Sequence[str], low: int, valid: Valid) -> Text:
    """A text of that format that keeps the other limits too, where one is found."""
    shortest = [_LEAST[name].ljust(low, "a") for name in formats if name in _LEAST]

    def leaf(source: Source) -> str:
        made = natural(source)
        if valid(made):
            return made
        more = "a" * (low - len(made))
        others = (*shortest, made + more, more + made, *(natural(source) for _ in range(8)))
        return next(filter(valid, others), made)

    return leaf


def _formatted(natural: Text, formats: Sequence[str], valid: Valid) -> Leaf:
    least = [_LEAST[name] for name in formats if name in _LEAST and valid(_LEAST[name])]
    extremes = [made for name in formats for made in _EXTREMES.get(name, ()) if valid(made)]

    def leaf(source: Source) -> str:
        if source.mode == "minimal" and least:
            return least[0]
        if source.mode == "boundary" and extremes:
            return source.pick(extremes)
        return natural(source)

    return leaf


def _awkward(source: Source, low: int, high: int | None) -> str:
    top = max(low, LONGEST if high is None else min(high, LONGEST))
    length = source.pick((low, top, min(top, max(low, 40))))
    some = source.pick((*_AWKWARD, "a"))
    return (some * (length // len(some) + 1))[:length]


# Strings by pattern ----------------------------------------------------------------------------

_ESCAPE = r"\\u\{[0-9A-Fa-f]+\}|\\[pP]\{[^}]*\}|\\k<\w+>|\\c[A-Za-z]|\\."
_TOKEN = re.compile(
    rf"(?P<escape>{_ESCAPE})|\[(?P<negated>\^?)(?P<members>(?:{_ESCAPE}|[^\]\\])*)\]"
    r"|(?P<named>\(\?<(?![=!]))|(?P<repeat>[*+]|\{(?P<low>\d+),(?P<high>\d*)\})|(?P<any>\.)",
    re.DOTALL,
)
# Python's re would take these for its own set operators.
_MEMBER = re.compile(rf"{_ESCAPE}|[\[&~|]", re.DOTALL)
_LETTERS = "A-Za-zÀ-ÖØ-öø-ÿ"
_PROPERTIES = {"Lu": "A-ZÀ-Þ", "Ll": "a-zß-ÿ", "N": "0-9", "Nd": "0-9", "P": "!-#%-*,-/:;?@_",
               "S": "$+<=>^`|~", "Sc": "$€£", "Z": " ", "Zs": " "}  # fmt: skip
_SHORTHANDS = {"d": "[0-9]", "w": "[a-z0-9]", "s": " ", "D": "[a-z]", "S": "[a-z0-9]", "W": "-"}
_NICE = ascii_text.ascii_lowercase + ascii_text.digits
_OTHERS = ascii_text.ascii_uppercase + " " + ascii_text.punctuation + "\n\té"
_REPEATS = (4, 8, 1, 16, 40)
_POOL = 200


def python_pattern(pattern: str, repeats: int | None = None) -> str:
    """An ECMA-262 pattern as Python's `re` reads it with its ASCII flag.

    With `repeats` it's for making strings, not for matching: what repeats without end does so
    at most that many times more, and large classes shrink to everyday characters.
    """
    return _TOKEN.sub(lambda token: _translated(token, repeats), pattern)


def _translated(token: re.Match[str], repeats: int | None) -> str:
    if token["escape"]:
        return _outside(token["escape"], making=repeats is not None)
    if token["members"] is not None:
        return _class(token["negated"], token["members"], making=repeats is not None)
    if token["named"]:
        return "(?P<"
    if repeats is None:
        return token[0]
    return "[a-z0-9]" if token["any"] else _bounded(token, repeats)


def _bounded(token: re.Match[str], repeats: int) -> str:
    low = {"*": 0, "+": 1}.get(token["repeat"]) if not token["low"] else int(token["low"])
    most = (low or 0) + repeats
    return f"{{{low},{min(int(token['high']), most) if token['high'] else most}}}"


def _outside(escape: str, making: bool) -> str:
    if escape[1] in "pP":
        return f"[{'^' if escape[1] == 'P' else ''}{_inside(escape)}]"
    return _SHORTHANDS.get(escape[1], _inside(escape)) if making else _inside(escape)


def _inside(escape: str) -> str:
    """An escape, or a character, as it may stand inside a class."""
    if escape.startswith("\\u{"):
        return re.escape(chr(int(escape[3:-1], 16)))
    if escape[1:2] in ("p", "P"):
        return _PROPERTIES.get(escape[3:-1].rpartition("=")[2], _LETTERS)
    if escape.startswith("\\k<"):
        return f"(?P={escape[3:-1]})"
    if len(escape) == 3:
        return re.escape(chr(ord(escape[2]) % 32))
    if len(escape) == 1:
        return "\\" + escape
    return escape[1] if escape[1].isalpha() and escape[1] not in "bBdDsSwWnrtfvxu" else escape


def _class(negated: str, members: str, making: bool) -> str:
    if not members:
        return r"[\s\S]" if negated else "(?!)"
    written = f"[{negated}{_MEMBER.sub(lambda found: _inside(found[0]), members)}]"
    return _everyday(written) if making and (negated or "\\" in members) else written


def _everyday(written: str) -> str:
    """The class with its characters written out, the everyday ones alone where it has any.

    rstr draws from a Python set where a class is negated: another order in every process.
    """
    matches = re.compile(written, re.ASCII).match
    found = "".join(filter(matches, _NICE)) or "".join(filter(matches, _OTHERS))
    return f"[{re.escape(found)}]" if found else written


class Pool:
    """Strings in which each of the patterns is found; each is made once, when first drawn.

    Where no try gave a valid one the last is kept, for whoever judges the whole to refuse.
    """

    def __init__(
        self, patterns: Sequence[str], limits: tuple[int, int | None], valid: Valid
    ) -> None:
        self._patterns, self._valid = patterns, valid
        self._low, self._high = limits
        self._made: dict[int, str] = {}

    def draw(self, source: Source) -> str:
        """One of the strings."""
        index = source.below(_POOL)
        if index not in self._made:
            self._made[index] = self._make(index, source.fakes)
        return self._made[index]

    def _make(self, index: int, fakes: Fakes) -> str:
        from rstr import Rstr  # imports a lot, and few contracts need it

        rstr = Rstr(Source(f"{self._patterns} {index}", fakes).rng)
        made = ""
        for repeats in (*_REPEATS, self._low, self._high or 0) * 6:
            for pattern in self._patterns:
                with suppress(re.error, KeyError):  # a pattern that Python or rstr can't read
                    made = self._stretched(rstr.xeger(python_pattern(pattern, min(repeats, 1_000))))
                if self._valid(made):
                    return made
        return made

    def _stretched(self, made: str) -> str:
        """As long as needed: a pattern may be found anywhere in the string."""
        longer = made.ljust(self._low, "a")
        return longer if len(longer) > len(made) and self._valid(longer) else made


def _patterned(natural: Text, pool: Pool, valid: Valid) -> Leaf:
    """What's natural for the string where that always fits the patterns, else what they tell."""
    fits: bool | None = None

    def leaf(source: Source) -> str:
        nonlocal fits
        if fits is None:
            trials = (natural(Source(str(n), source.fakes)) for n in range(12))
            fits = all(map(valid, trials))
        made = natural(source) if fits else pool.draw(source)
        return made if not fits or valid(made) else pool.draw(source)

    return leaf


# Numbers ---------------------------------------------------------------------------------------

# From, to, and the digits after the point.
_RANGES: dict[str, tuple[float, float, int]] = _table(
    ("id", (1, 99_999, 0)),
    ("age", (18, 90, 0)),
    ("price amount cost total subtotal tax fee balance salary", (1, 500, 2)),
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
_LIMITS: dict[str, Raw] = {
    "int32": {"minimum": -(2**31), "maximum": 2**31 - 1},
    "int64": {"minimum": -(2**63), "maximum": 2**63 - 1},
    "float": {"minimum": -3.4e38, "maximum": 3.4e38},
}
_LARGEST = Fraction(1e308)
_WIDTH = 1_000


def is_number_name(name: str) -> bool:
    """Whether a number is expected of what has that name, where its schema doesn't say."""
    return by_name(_RANGES, name) is not None and text_by_name(name) is None


@dataclass(frozen=True, slots=True)
class Grid:
    """The multiples of `step` from `low` to `high`, counted in steps; None is no bound."""

    step: Fraction
    low: int | None
    high: int | None

    @classmethod
    def of(cls, raws: Sequence[Raw], step: Fraction) -> Grid:
        """The multiples of a step that the bounds of all `raws` let through."""
        lows = [math.ceil(b / step) for b in _bounds(raws, "minimum")]
        lows += [math.floor(b / step) + 1 for b in _bounds(raws, "exclusiveMinimum")]
        highs = [math.floor(b / step) for b in _bounds(raws, "maximum")]
        highs += [math.ceil(b / step) - 1 for b in _bounds(raws, "exclusiveMaximum")]
        return cls(step, max(lows, default=None), min(highs, default=None))

    @property
    def empty(self) -> bool:
        """Whether nothing lies between the bounds."""
        return self.low is not None and self.high is not None and self.low > self.high

    def clamped(self, count: int) -> int:
        """The nearest count of steps within the bounds."""
        count = count if self.high is None else min(count, self.high)
        return count if self.low is None else max(count, self.low)

    def usual(self, named: tuple[float, float, int] | None) -> tuple[int, int]:
        """From where to where everyday values lie: where the name says, else near zero."""
        if named:
            low, high = (math.floor(Fraction(edge) / self.step) for edge in named[:2])
            if self.clamped(low) < self.clamped(high):
                return self.clamped(low), self.clamped(high)
        width = max(100, int(_WIDTH / self.step))
        if self.low is not None and self.high is not None and self.high - self.low <= width:
            return self.low, self.high
        low = self.clamped(0)
        return (low - width, low) if low == self.high else (low, self.clamped(low + width))

    def at(self, count: int) -> float:
        """The value after so many steps; an int where the step is one."""
        steps = count * self.step.numerator
        return steps if self.step.denominator == 1 else steps / self.step.denominator


def number(raws: Sequence[Raw], hints: Sequence[str], valid: Valid, integer: bool) -> Leaf | None:
    """A number for which the keywords of all `raws` hold; None where there can't be one."""
    raws = [*raws, *(_LIMITS[raw["format"]] for raw in raws if raw.get("format") in _LIMITS)]
    named = next(filter(None, (by_name(_RANGES, hint) for hint in hints)), None)
    grid = _grid(raws, named, integer)
    if grid.empty:
        return None
    low, high = grid.usual(named)
    multiples = [raw["multipleOf"] for raw in raws if "multipleOf" in raw]
    timely = integer and not multiples and grid.clamped(2**31) > 2**30 and grid.clamped(0) == 0
    times = unix_time(hints[0]) if timely else None
    extremes = _extremes(grid, integer)

    def drawn(source: Source) -> float:
        if source.mode == "boundary":
            return source.pick(extremes)
        if source.mode == "minimal":
            return grid.at(grid.clamped(0))
        return times(source) if times else grid.at(source.between(low, high))

    return _exact(drawn, multiples, valid) if multiples else drawn


def _bounds(raws: Sequence[Raw], keyword: str) -> list[Fraction]:
    return [Fraction(str(raw[keyword])) for raw in raws if keyword in raw]


def _grid(raws: Sequence[Raw], named: tuple[float, float, int] | None, integer: bool) -> Grid:
    steps = _bounds(raws, "multipleOf") + [Fraction(1)] * integer
    if steps:
        numerators, denominators = zip(*(step.as_integer_ratio() for step in steps), strict=True)
        return Grid.of(raws, Fraction(math.lcm(*numerators), math.gcd(*denominators)))
    digits = named[2] if named else 2
    grids = (Grid.of(raws, Fraction(1, 10**n)) for n in (digits, 2, 4, 8, 16, 320))
    return next((grid for grid in grids if not grid.empty), Grid(Fraction(1), 1, 0))


def _extremes(grid: Grid, integer: bool) -> list[float]:
    most = int((_SAFE_INTEGER if integer else _LARGEST) / grid.step)
    low = -most if grid.low is None else grid.low
    high = most if grid.high is None else grid.high
    return [grid.at(count) for count in (low, grid.clamped(0), max(low, high))]


def _exact(drawn: Callable[[Source], float], multiples: Sequence[float], valid: Valid) -> Leaf:
    """Of decimal steps a multiple that is one in binary too: many clients reckon so."""

    def leaf(source: Source) -> float:
        for _ in range(40):
            made = drawn(source)
            if all(made % m == 0 or made / m == made // m for m in multiples) and valid(made):
                break
        return made

    return leaf
