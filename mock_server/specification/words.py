"""What is wrong with a value, and what was expected, in plain words."""

from __future__ import annotations

import re
from typing import Any

from mock_server.core import did_you_mean, nearest, one_of, shown_value, words_for
from mock_server.specification.objects import ObjectKind, Type

JSON_TYPES = ("array", "boolean", "integer", "number", "object", "string")
# What other languages call the types of JSON Schema.
_OTHER_NAMES = {
    "float": "number", "double": "number", "decimal": "number", "long": "integer",
    "dict": "object", "map": "object", "hash": "object", "list": "array", "text": "string",
    "date": "string", "datetime": "string", "date-time": "string", "uuid": "string",
    "file": "string", "binary": "string", "char": "string",
}  # fmt: skip
_TRUE, _FALSE = ("yes", "on", "true", "y", "1"), ("no", "off", "false", "n", "0")
_SCALARS = {
    "string": "a string",
    "boolean": "a boolean",
    "number": "a number",
    "positive": "a number above 0",
    "count": "an integer, at least 0",
    "any": "any value",
}


def expected(wanted: Type, kinds: dict[str, ObjectKind]) -> str:
    """What a type asks for: `a string`, `a list of strings`, `a Response Object with …`."""
    if wanted.name == "list" and wanted.inner is not None:
        return f"a list, each item {expected(wanted.inner, kinds)}"
    if wanted.name == "map" and wanted.inner is not None:
        return f"a mapping of names, each to {expected(wanted.inner, kinds)}"
    if wanted.name == "type":
        return "the name of a type"
    if wanted.name in _SCALARS:
        return _SCALARS[wanted.name]
    or_boolean = ", or true or false" if wanted.may_be_boolean else ""
    return f"{_article(kinds[wanted.name])}, which is a mapping{or_boolean}"


def _article(kind: ObjectKind) -> str:
    an = kind.title[0] in "AEIO" or kind.title.startswith("XML")
    return f"{'an' if an else 'a'} {kind.title}"


def called(kind: ObjectKind) -> str:
    """An object with its article: `a Response Object`."""
    return _article(kind)


def is_scalar(name: str, value: Any) -> bool:
    """Whether a value is of a scalar type of the table."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if name == "string":
        return isinstance(value, str)
    if name == "boolean":
        return isinstance(value, bool)
    if name == "number":
        return is_number
    if name == "positive":
        return is_number and value > 0
    if name == "count":
        return is_number and value >= 0 and value == int(value)
    return True


def seen(value: Any, *, in_yaml: bool) -> str:
    """What a value is: `is a string, "yes"`."""
    if value is None:
        return "is empty: nothing stands behind it or indented below it" if in_yaml else "is null"
    if isinstance(value, dict | list):
        kind = "a mapping" if isinstance(value, dict) else "a list"
        return f"is {kind}" if value else f"is an empty {kind[2:]}"
    # Whatever type is asked for here, the words of the value are the same.
    return words_for("type", value, "object", {}, None)[0]


def hint(wanted: Type, value: Any) -> str:
    """What the author may have meant by a value of another type."""
    if wanted.may_refer and isinstance(value, str) and re.match(r"#/|\S+\.(ya?ml|json)\b", value):
        return f"; did you mean {{$ref: '{value}'}}?"
    if wanted.name == "Schema" and str(value).lower() in ("true", "false"):
        return f"; did you mean {str(value).lower()}, without quotes?"
    if wanted.name == "boolean" and isinstance(value, str | int):
        text = str(value).lower()
        meant = "true" if text in _TRUE else "false" if text in _FALSE else ""
        reads = "; YAML 1.2 reads it as text" if text in ("yes", "no", "on", "off") else ""
        return f"{reads}; did you mean {meant}?" if meant else ""
    if wanted.name == "string" and isinstance(value, bool | int | float):
        return f"; put it into quotes: '{shown_value(value)}'"
    if wanted.name in ("number", "positive", "count") and isinstance(value, str):
        return f"; did you mean {value}, without quotes?" if _is_number(value) else ""
    if wanted.name == "Schema" and isinstance(value, str):
        meant = meant_type(value)
        return f"; did you mean {{type: {meant}}}?" if meant else ""
    if wanted.name == "list" and wanted.inner is not None and isinstance(value, str):
        return f"; did you mean [{value}]?" if wanted.inner.name in ("string", "any") else ""
    return ""


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def meant_type(name: str) -> str:
    """The type of JSON Schema that a name stands for elsewhere, or is close to."""
    lower = name.lower()
    if lower in JSON_TYPES:
        return lower
    return _OTHER_NAMES.get(lower) or nearest(lower, JSON_TYPES) or ""


def wrong_member(value: Any, options: tuple[str, ...]) -> str:
    """`is "qurey"; expected "path", "query" …; did you mean "query"?`."""
    near = did_you_mean(value, options, '"{}"') if isinstance(value, str) else ""
    return f"is {shown_value(value)}; expected {one_of(options)}{near}"
