"""Everyday texts, a leaf for each kind."""

from __future__ import annotations

import base64

from mock_server.generation.values.random_source import Source, Text

_ADJECTIVES = (
    "amber", "brisk", "calm", "clear", "coastal", "early", "gentle", "golden", "green", "hidden",
    "quiet", "rapid", "silver", "steady", "sunny", "upper", "vivid", "warm", "western", "young",
)  # fmt: skip
_NOUNS = (
    "anchor", "beacon", "bridge", "canyon", "cedar", "delta", "ember", "field", "forest", "garden",
    "harbor", "island", "lantern", "meadow", "orchard", "prairie", "ridge", "river", "summit",
    "valley",
)  # fmt: skip
# Names for the properties of an object whose schema names none.
LABELS = ("region", "team", "environment", "owner", "language", "version", "priority", "plan",
          "branch", "color")  # fmt: skip
AWKWARD_LABELS = ("", "__proto__", "a b", "naïve", "שם", "\U0001f600", "$ref", "0")


def one_of(*options: str) -> Text:
    """Return a leaf that picks one of these options."""
    return lambda source: source.pick(options)


def faked(provider: str) -> Text:
    """Return a leaf of texts that a provider of Faker makes."""
    return lambda source: str(source.fakes.pooled(provider, source.random()))


def word(source: Source) -> str:
    """Return a plain word."""
    return source.pick(_NOUNS)


def slug(source: Source) -> str:
    """Return two words with a hyphen, `silver-harbor`."""
    return f"{source.pick(_ADJECTIVES)}-{source.pick(_NOUNS)}"


_MATERIALS = ("Bamboo", "Canvas", "Ceramic", "Copper", "Cotton", "Glass", "Leather", "Linen", "Oak",
              "Steel", "Walnut", "Wool")  # fmt: skip
_GOODS = ("Backpack", "Bench", "Blanket", "Bowl", "Chair", "Clock", "Desk Lamp", "Jacket", "Mug",
          "Notebook", "Shelf", "Tray", "Vase", "Water Bottle")  # fmt: skip


def product(source: Source) -> str:
    """Return the name of a thing that is sold."""
    return f"{source.pick(_MATERIALS)} {source.pick(_GOODS)}"


def title(source: Source) -> str:
    """Return two words, `Silver Harbor`."""
    return f"{source.pick(_ADJECTIVES)} {source.pick(_NOUNS)}".title()


def uuid(source: Source) -> str:
    """Return a UUID of version 4 (RFC 9562, section 5.4), which strict clients insist on."""
    digits = source.hexes(32)
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def hexes(count: int) -> Text:
    """Return a leaf of so many hexadecimal digits."""
    return lambda source: source.hexes(count)


def person(source: Source) -> str:
    """Return a full name."""
    return " ".join(source.somebody())


def login(source: Source) -> str:
    """Return a user name."""
    first, last = source.somebody()
    return f"{first}.{last}".lower()


def email(source: Source) -> str:
    """Return an email address at a domain for documentation (RFC 2606)."""
    return f"{login(source)}@example.com"


def url(source: Source) -> str:
    """Return the address of a page."""
    return f"https://example.com/{slug(source)}"


def phone(source: Source) -> str:
    """Return a phone number from the block reserved for fiction, 555-0100 to 555-0199."""
    return f"+1-{source.pick(('202', '303', '415', '617'))}-555-01{source.below(100):02}"


def ipv4(source: Source) -> str:
    """Return an address from the blocks for documentation (RFC 5737)."""
    return f"{source.pick(('192.0.2', '198.51.100', '203.0.113'))}.{source.between(1, 254)}"


def ipv6(source: Source) -> str:
    """Return an address from the block for documentation (RFC 3849)."""
    return f"2001:db8::{source.between(1, 0xFFFF):x}"


def base64_text(source: Source) -> str:
    """Return two words in base64."""
    return base64.b64encode(slug(source).encode()).decode()


def time(source: Source) -> str:
    """Return a time of day in UTC."""
    return f"{source.below(24):02}:{source.below(60):02}:{source.below(60):02}Z"


def duration(source: Source) -> str:
    """Return a duration in minutes (RFC 3339, appendix A)."""
    return f"PT{source.between(1, 59)}M"


def host(source: Source) -> str:
    """Return a host name in a domain for documentation (RFC 2606)."""
    return f"{slug(source)}.example.com"


def password(source: Source) -> str:
    """Return two words and four digits."""
    return f"{slug(source)}-{source.between(1000, 9999)}"


def file_name(source: Source) -> str:
    """Return the name of a file, `silver-harbor.pdf`."""
    return f"{slug(source)}.{source.pick(('md', 'pdf', 'csv', 'txt'))}"


error = one_of("invalid_request", "not_found", "conflict", "unauthorized", "timeout")


def digits(pattern: str) -> Text:
    """Return a leaf that replaces each 0 of the pattern by a digit.

    The first digit of a run is never 0.
    """

    def digit(source: Source, before: str) -> str:
        return str(source.below(10) if before.isdigit() else source.between(1, 9))

    return lambda source: "".join(
        digit(source, pattern[i - 1 : i]) if c == "0" else c for i, c in enumerate(pattern)
    )
