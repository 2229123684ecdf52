"""Keywords of a schema that 2020-12 doesn't have, or has with another meaning, in its own words.

OpenAPI 3.0 has a dialect of its own (`nullable`, boolean exclusive bounds, siblings of `$ref`
ignored); 3.1 and 3.2 speak 2020-12 already. In all of them the formats of numbers set bounds, and
a required property may be missing where it is only read or only written.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mock_server.core import Tokens, changed_list
from mock_server.patterns import engine_pattern, is_readable

# What the formats of numbers allow (OpenAPI's format registry; IEEE 754; RFC 9651, section 3.3).
_FLOAT, _DOUBLE, _EXACT = 3.4028234663852886e38, 1.7976931348623157e308, 2**53 - 1
_WIDTHS = (8, 16, 32, 64)
FORMAT_RANGES: dict[str, tuple[float, float]] = {
    **{f"int{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in _WIDTHS},
    **{f"uint{bits}": (0, 2**bits - 1) for bits in _WIDTHS},
    "double-int": (-_EXACT, _EXACT),
    "sf-integer": (-(10**15 - 1), 10**15 - 1),
    "float": (-_FLOAT, _FLOAT),
    "double": (-_DOUBLE, _DOUBLE),
    "sf-decimal": (-999_999_999_999.999, 999_999_999_999.999),
}
# The formats of numbers that have no fraction.
INTEGER_FORMATS = frozenset(
    {name for name in FORMAT_RANGES if "int" in name} | {"unixtime", "unix-time"}
)
_BOUNDS = ("minimum", "maximum")
# What says nothing of which values are valid.
_REMARKS = {"default", "deprecated", "description", "example", "externalDocs", "readOnly", "title",
            "writeOnly"}  # fmt: skip
_NULL = {"type": "null"}
DRAFT_4 = "http://json-schema.org/draft-04/schema"
# JSON Schema's own older dialects.
_OTHER_DIALECTS = {
    *(f"http://json-schema.org/draft-{number}/schema" for number in ("06", "07")),
    DRAFT_4,
    "https://json-schema.org/draft/2019-09/schema",
}


def requires(schema: Any) -> bool:
    """Whether a schema, or one that is written in its `allOf`, requires properties."""
    if not isinstance(schema, dict):
        return False
    inner = schema.get("allOf")
    return "required" in schema or any(map(requires, inner if isinstance(inner, list) else ()))


def lifted(schema: Any, hidden: set[str]) -> Any:
    """A schema that doesn't require these properties, nor do those written in its `allOf`."""
    if not isinstance(schema, dict):
        return schema
    required, inner = schema.get("required"), schema.get("allOf")
    new = dict(schema)
    if isinstance(required, list):
        kept = [name for name in required if not (isinstance(name, str) and name in hidden)]
        new["required"] = required if len(kept) == len(required) else kept
    if isinstance(inner, list):
        new["allOf"] = changed_list(inner, lambda one: lifted(one, hidden))
    return new if any(new[key] is not value for key, value in schema.items()) else schema


def has_discriminators(dialect: str) -> bool:
    """Whether a dialect is one of OpenAPI's, or the one that these extend."""
    return dialect.rstrip("#") not in _OTHER_DIALECTS


# The words that mean something else in 3.0, or may have parts that do.
_OWN_30 = {"nullable", "exclusiveMinimum", "exclusiveMaximum", "anyOf", "oneOf", "allOf"}


def from_30(schema: dict[str, Any], written: dict[str, Any]) -> dict[str, Any]:
    """A 3.0 schema's own words in those of 2020-12 (OAS 3.0.4, section 4.7.24).

    `written` is the schema before those inside it were translated.
    """
    if _OWN_30.isdisjoint(schema):
        return schema
    new = dict(schema)
    if new.pop("nullable", False) is True and isinstance(new.get("type"), str):
        new["type"] = [new["type"], "null"]
    for bound in ("Minimum", "Maximum"):
        exclusive = new.get(f"exclusive{bound}")
        if isinstance(exclusive, bool):
            del new[f"exclusive{bound}"]
            if exclusive and bound.lower() in new:
                new[f"exclusive{bound}"] = new.pop(bound.lower())
    for keyword in ("anyOf", "oneOf", "allOf"):
        if isinstance(new.get(keyword), list):
            marked = list(map(_is_merely_nullable, written[keyword]))
            new[keyword] = _or_null(keyword, new[keyword], marked)
    return schema if new == schema else new


def _or_null(keyword: str, parts: list[Any], marked: list[bool]) -> list[Any]:
    """The parts of a composed schema, of which those that are merely nullable mean null.

    `nullable` says nothing without a `type` beside it (OAS 3.0.4, section 4.7.24.1), so that the
    part would allow everything: what its author means is what the other parts allow, or null.
    """
    if not any(marked) or all(marked):
        return parts
    if keyword != "allOf":
        return [_NULL if is_null else part for part, is_null in zip(parts, marked, strict=True)]
    return [
        {} if is_null else {"anyOf": [part, _NULL]}
        for part, is_null in zip(parts, marked, strict=True)
    ]


def _is_merely_nullable(part: Any) -> bool:
    """Whether a schema says nothing of values but `nullable: true`."""
    return (
        isinstance(part, dict)
        and part.get("nullable") is True
        and all(key in _REMARKS or key.startswith("x-") for key in part.keys() - {"nullable"})
    )


def with_known_patterns(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema whose regular expressions are in the engine's syntax; unreadable ones left out."""
    new = dict(schema)
    if isinstance(pattern := schema.get("pattern"), str):
        new["pattern"] = engine_pattern(pattern)
        if not is_readable(pattern):
            del new["pattern"]
    if isinstance(properties := schema.get("patternProperties"), dict):
        new["patternProperties"] = {
            engine_pattern(key): value for key, value in properties.items() if is_readable(key)
        }
    return schema if new == schema else new


def unreadable_patterns(schema: Any) -> Iterator[tuple[Tokens, str]]:
    """The regular expressions that a schema has and the engine can't read, with their places."""
    if not isinstance(schema, dict):
        return
    if isinstance(pattern := schema.get("pattern"), str) and not is_readable(pattern):
        yield ("pattern",), pattern
    named = schema.get("patternProperties")
    for pattern in named if isinstance(named, dict) else ():
        if not is_readable(pattern):
            yield ("patternProperties", pattern), pattern


def in_format(schema: dict[str, Any], name: str) -> dict[str, Any]:
    """A schema with what a format asks of numbers; of a text it asks nothing."""
    types = schema.get("type", "number")
    types = types if isinstance(types, list) else [types]
    if "number" not in types and "integer" not in types:
        return schema
    new = dict(schema)
    for keyword, limit, tighter in zip(_BOUNDS, FORMAT_RANGES[name], (max, min), strict=True):
        written = schema.get(keyword)
        new[keyword] = tighter(written, limit) if isinstance(written, int | float) else limit
    return new
