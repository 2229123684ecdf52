"""The strings of each `format`."""

from __future__ import annotations

from mock_server.generation.values import openapi_formats, texts
from mock_server.generation.values.dates import date, date_time
from mock_server.generation.values.files import file_by_name
from mock_server.generation.values.names import NAMES
from mock_server.generation.values.random_source import Text
from mock_server.generation.values.texts import one_of, slug, word
from mock_server.generation.values.words import table, words_of

_FORMATS: dict[str, Text] = {
    "byte": texts.base64_text,
    "binary": texts.title,
    "duration": texts.duration,
    "email": texts.email,
    "hostname": texts.host,
    "idn-email": texts.email,
    "idn-hostname": lambda s: f"{s.pick(('bücher', 'café', 'köln'))}.example",
    "ipv4": texts.ipv4,
    "ipv6": texts.ipv6,
    "iri": lambda s: f"https://example.com/{s.pick(('café', 'garçon', 'straße'))}/{word(s)}",
    "iri-reference": lambda s: f"/{s.pick(('café', 'garçon', 'straße'))}/{word(s)}",
    "json-pointer": lambda s: f"/{word(s)}/{s.below(10)}",
    "password": texts.password,
    "regex": one_of("^[a-z]+$", "^[0-9]{3,8}$", "^[A-Z][a-z]*$"),
    "relative-json-pointer": lambda s: f"{s.below(3)}/{word(s)}",
    "time": texts.time,
    "uri": texts.url,
    "uri-reference": lambda s: f"/{word(s)}/{slug(s)}",
    "uri-template": lambda s: f"https://example.com/{word(s)}/{{id}}",
    "uuid": texts.uuid,
    **openapi_formats.TEXTS,
}  # fmt: skip
# The shortest text of a format, for schemas with a small `maxLength`.
LEAST = openapi_formats.LEAST | table(
    ("email idn-email", "a@b.co"), ("hostname idn-hostname", "a.co"), ("uri iri", "a:b"),
    ("uri-reference iri-reference uri-template regex", "a"), ("ipv6", "::1"),
    ("ipv4", "1.1.1.1"), ("duration", "P1D"), ("relative-json-pointer", "0"),
    ("json-pointer byte binary", ""),
)  # fmt: skip
_DAY = r"20\d\d-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])"
_HOUR = r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?"
_ZONE = r"(Z|[+-](0\d|1[0-4]):[0-5]\d)"
_LABEL = r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_BYTE = r"([1-9]?\d|1\d\d|2[0-4]\d|25[0-5])"
_HOST = rf"{_LABEL}(\.{_LABEL})*"
_PATH = r"(/[a-zA-Z0-9._~!$&'()*+,;=:@-]*)*(\?[a-zA-Z0-9._~&=/-]+)?(#[a-zA-Z0-9._~/-]+)?"
_URI = rf"[a-z][a-z0-9+.-]*:(//{_HOST}(:\d{{2,4}})?)?{_PATH}"
# Every text that matches the expression is valid. For texts that must match a `pattern` too.
EXPRESSIONS = openapi_formats.EXPRESSIONS | table(
    ("date", f"^{_DAY}$"), ("time", f"^{_HOUR}{_ZONE}$"), ("date-time", f"^{_DAY}T{_HOUR}{_ZONE}$"),
    ("duration", r"^P(\d+W|\d+D|(\d+[YMD])?T(\d+H|\d+M|\d+S))$"),
    ("email idn-email", rf"^[a-zA-Z0-9_+-]+(\.[a-zA-Z0-9_+-]+)*@{_HOST}$"),
    ("hostname idn-hostname", f"^{_HOST}$"), ("ipv4", rf"^{_BYTE}(\.{_BYTE}){{3}}$"),
    ("ipv6", "^(([0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}"
             "|([0-9a-fA-F]{1,4}:){1,6}(:[0-9a-fA-F]{1,4})|::[0-9a-fA-F]{1,4})$"),
    ("uri iri", f"^{_URI}$"), ("uri-reference iri-reference", f"^({_URI}|{_PATH})$"),
    ("uri-template", rf"^({_URI}|{_PATH}|/\{{[a-z]+\}})$"),
    ("uuid", "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}"
             "-[0-9a-fA-F]{12}$"),
    ("byte", f"^{openapi_formats.BASE64}$"),
    ("json-pointer", "^(/[a-zA-Z0-9_-]*)*$"),
    ("relative-json-pointer", "^(0|[1-9][0-9]*)(#|(/[a-zA-Z0-9_-]*)*)$"),
)  # fmt: skip
# The first, the last and some odd texts of a format.
EXTREMES = {
    **openapi_formats.EXTREMES,
    "date-time": ("2024-01-01T00:00:00Z", "2024-02-29T23:59:59.999Z", "2025-12-31T23:59:59Z"),
    "date": ("2024-02-29", "2025-12-31"),
    "time": ("00:00:00Z", "23:59:59Z"),
    "duration": ("PT0S", "P9999Y"),
}


def text_by_format(name: str, hint: str) -> Text | None:
    """Return a leaf of strings of that format; `hint` is the name of the property.

    An unknown format may have the name of a known property: `phone`, `iban`.
    """
    if name in openapi_formats.NAMED:
        return openapi_formats.NAMED[name](hint)
    if name == "date-time":
        return date_time(hint)
    if name == "date":
        return date(hint)
    if name in ("uri", "iri", "url") and (file := file_by_name(hint)) is not None:
        return file
    return _FORMATS.get(name) or NAMES.get("_".join(words_of(name)))
