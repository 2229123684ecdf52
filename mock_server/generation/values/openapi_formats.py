"""The strings of the formats in OpenAPI's registry that JSON Schema doesn't have.

https://spec.openapis.org/registry/format/; the `sf-…` ones are RFC 9651's.
"""

from __future__ import annotations

import base64
from datetime import timedelta
from email.utils import format_datetime

from mock_server.generation.values import texts
from mock_server.generation.values.dates import date_time, seconds_of
from mock_server.generation.values.random_source import FIRST_MOMENT, Source, Text
from mock_server.generation.values.texts import one_of, slug, word
from mock_server.generation.values.words import table
from mock_server.schemas import FORMAT_RANGES, INTEGER_FORMATS

# The formats whose texts are numbers.
NUMERIC = frozenset({*FORMAT_RANGES, *INTEGER_FORMATS, "epoch", "decimal", "decimal128"})


def base64url_text(source: Source) -> str:
    """Return two words in base64url (RFC 4648, section 5), of a length that needs no padding."""
    text = slug(source)
    return base64.urlsafe_b64encode(f"{text}{'.' * (-len(text) % 3)}".encode()).decode()


def http_date(name: str) -> Text:
    """Return a leaf of HTTP dates (RFC 9110, section 5.6.7) for a property with that name."""
    seconds = seconds_of(name)
    return lambda source: format_datetime(
        FIRST_MOMENT + timedelta(seconds=seconds(source)), usegmt=True
    )


def _local_date_time(name: str) -> Text:
    with_zone = date_time(name)
    return lambda source: with_zone(source)[:-1]


# The formats whose texts depend on the property's name.
NAMED = {"http-date": http_date, "date-time-local": _local_date_time}
TEXTS: dict[str, Text] = {
    "base64url": base64url_text,
    "char": lambda s: "abcdefghijklmnopqrstuvwxyz"[s.below(26)],
    "commonmark": lambda s: f"# {texts.title(s)}\n\nA *{word(s)}* and a **{word(s)}**.\n",
    "html": lambda s: f"<p>A {word(s)} and a <em>{word(s)}</em></p>",
    "ipv4-cidr": one_of("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "10.0.0.0/8"),
    "ipv6-cidr": lambda s: f"2001:db8:{s.between(1, 0xFFFF):x}::/48",
    "language": one_of("en", "en-US", "de-DE", "fr", "ja"),
    "media-range": one_of("application/json", "text/*", "image/png", "text/html;level=1"),
    "sf-binary": lambda s: f":{texts.base64_text(s)}:",
    "sf-boolean": one_of("?0", "?1"),
    "sf-string": lambda s: f'"{texts.title(s)}"',
    "sf-token": slug,
    "time-local": lambda s: texts.time(s)[:-1],
}
LEAST = table(
    ("base64url", ""), ("char", "a"), ("sf-binary", "::"), ("sf-boolean", "?0"),
    ("sf-string", '""'), ("sf-token", "a"), ("media-range", "a/b"), ("language", "en"),
    ("ipv4-cidr", "0.0.0.0/0"), ("ipv6-cidr", "::/0"), (" ".join(NUMERIC), "0"),
    ("sf-decimal", "0.0"),
)  # fmt: skip
_DAY = r"20\d\d-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])"
_HOUR = r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d"
_BYTE = r"([1-9]?\d|1\d\d|2[0-4]\d|25[0-5])"
# The unused bits of the last character are 0 (RFC 4648, section 3.5).
_OF_2, _OF_4 = "[AEIMQUYcgkosw048]", "[AQgw]"
BASE64 = rf"([A-Za-z0-9+/]{{4}})*([A-Za-z0-9+/]{{2}}{_OF_2}=|[A-Za-z0-9+/]{_OF_4}==)?"
_BASE64URL = rf"([A-Za-z0-9_-]{{4}})*([A-Za-z0-9_-]{{2}}{_OF_2}|[A-Za-z0-9_-]{_OF_4})?"
_TOKEN = r"[A-Za-z][A-Za-z0-9!#$%&'*+.^_`|~-]*"
_PARAMETER = rf"(;[a-z]+={_TOKEN})"
_UP_TO = r"-?(0|[1-9]\d"
EXPRESSIONS = table(
    # base16 and base32 are values of `contentEncoding`, not formats.
    ("base16", "^([0-9A-F]{2})*$"), ("base32", "^([A-Z2-7]{8})*$"),
    ("base64url", f"^{_BASE64URL}$"),
    ("char", r"^[^\uD800-\uDFFF]$"),
    ("date-time-local", rf"^{_DAY}T{_HOUR}(\.\d+)?$"), ("time-local", rf"^{_HOUR}(\.\d+)?$"),
    ("http-date", rf"^Thu, (06 Jun|26 Sep|10 Oct) 2024 {_HOUR} GMT$"),
    ("ipv4-cidr", rf"^{_BYTE}(\.{_BYTE}){{2}}\.0/(2[4-9]|3[0-2])$"),
    ("ipv6-cidr", r"^2001:db8:[1-9a-f][0-9a-f]{0,3}::/(4[89]|[56]\d|1[01]\d|12[0-8])$"),
    ("language", "^[a-z]{2,3}(-[A-Z]{2})?$"),
    ("media-range", rf"^(\*/\*|{_TOKEN}/(\*|{_TOKEN})){_PARAMETER}*$"),
    ("sf-binary", f"^:{BASE64}:$"), ("sf-boolean", r"^\?[01]$"),
    ("sf-string", r'^"([ !#-\[\]-~]|\\["\\])*"$'), ("sf-token", rf"^{_TOKEN}$"),
    ("int8", r"^-?(0|[1-9]\d?|1[01]\d|12[0-7])$"), ("int16", rf"^{_UP_TO}{{0,3}})$"),
    ("int32", rf"^{_UP_TO}{{0,8}})$"), ("int64", rf"^{_UP_TO}{{0,17}})$"),
    ("uint8", rf"^{_BYTE}$"), ("uint16", r"^(0|[1-9]\d{0,3})$"), ("uint32", r"^(0|[1-9]\d{0,8})$"),
    ("uint64", r"^(0|[1-9]\d{0,18})$"), ("double-int", rf"^{_UP_TO}{{0,14}})$"),
    ("sf-integer", rf"^{_UP_TO}{{0,14}})$"), ("unixtime unix-time epoch", r"^(0|[1-9]\d{0,9})$"),
    ("decimal decimal128 double float", rf"^{_UP_TO}{{0,14}})(\.\d{{1,9}})?$"),
    ("sf-decimal", rf"^{_UP_TO}{{0,11}})\.\d{{1,3}}$"),
)  # fmt: skip
EXTREMES = {
    "base64url": ("", "-_-_", "AA"),
    "char": ("a", " ", "é", "\U0001f600"),
    "commonmark": ("", "# \n", "<b>&amp;</b> \\* `code`\n"),
    "html": ("", "<br>", "<p dir='rtl'>שלום</p>&amp;"),
    "http-date": ("Thu, 29 Feb 2024 23:59:59 GMT", "Wed, 31 Dec 2025 00:00:00 GMT"),
    "date-time-local": ("2024-02-29T23:59:59.999", "2025-12-31T00:00:00"),
    "time-local": ("00:00:00", "23:59:59.999"),
    "media-range": ("*/*", "a/b;q=0"),
    "sf-binary": ("::", ":/+8=:"),
    "sf-boolean": ("?0", "?1"),
    "sf-string": ('""', '"\\"\\\\"'),
    "sf-token": ("*", "a:b/c"),
    "ipv4-cidr": ("0.0.0.0/0", "255.255.255.255/32"),
    "ipv6-cidr": ("::/0", "::1/128"),
    "language": ("en", "zh-Hant-CN", "de-CH-1996"),
    "decimal": ("0", "-0.01", "12345678901234567890.123456789"),
    "decimal128": ("0", "-0.000000001", "9999999999999999999999999999999999"),
    "double": ("0", "-1.5", "0.1"),
    "float": ("0", "-1.5", "0.25"),
    "sf-decimal": ("0.0", "-999999999999.999", "0.001"),
    **{
        name: tuple(str(limit) for limit in FORMAT_RANGES[name])
        for name in INTEGER_FORMATS & FORMAT_RANGES.keys()
    },
}
