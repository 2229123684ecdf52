"""What a JSON Schema engine found, in plain words: which field, what is wrong, what is expected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from mock_server.core.exact_json import write_json
from mock_server.core.suggestions import did_you_mean

# Long enough to recognise a value by, short enough for a header and a line of a log.
MOST_SHOWN = 60

_TYPES = {
    "string": "a string", "integer": "an integer", "number": "a number", "boolean": "a boolean",
    "array": "a list", "object": "an object", "null": "null",
}  # fmt: skip
_FORMATS = {
    "uuid": "a UUID such as 3b241101-e2bb-4255-8caf-4136c566a962",
    "date-time": "a date and time such as 2026-01-31T12:00:00Z",
    "date": "a date such as 2026-01-31",
    "time": "a time such as 12:00:00Z",
    "duration": "a duration such as PT1H30M",
    "email": "an e-mail address such as ada@example.com",
    "hostname": "a host name such as api.example.com",
    "ipv4": "an IPv4 address such as 192.0.2.1",
    "ipv6": "an IPv6 address such as 2001:db8::1",
    "uri": "a URI such as https://example.com/a",
    "byte": "base64 text",
    **{f"int{bits}": f"an integer of {bits} bits" for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": f"an integer of {bits} bits, at least 0" for bits in (8, 16, 32, 64)},
    "double-int": "an integer that a double holds exactly",
    "sf-integer": "an integer of at most 15 digits",
    "sf-decimal": "a number of at most 12 digits before the point",
    "decimal": "a decimal number such as 12.50",
    "decimal128": "a decimal number of at most 34 digits",
    "unixtime": "the seconds since 1970",
    "float": "a number that 32 bits can hold",
    "double": "a number that 64 bits can hold",
}


def shown_value(value: Any) -> str:
    """A value as JSON, cut where it is long."""
    try:
        text = write_json(value).decode()
    except TypeError:  # what JSON can't say, or is nested too deeply, is told by its kind
        text = _kind_of(value)
    return shortened(text)


def shortened(text: str) -> str:
    """A text as it is, or its beginning where it is long."""
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"


def expectation(schema: Any) -> str:
    """What a schema asks for, in a few words; the empty string where it doesn't say."""
    if not isinstance(schema, dict):
        return ""
    if "const" in schema:
        return shown_value(schema["const"])
    if isinstance(schema.get("enum"), list):
        return one_of(schema["enum"])
    if isinstance(schema.get("format"), str) and schema["format"] in _FORMATS:
        return _FORMATS[schema["format"]]
    words = _types(schema.get("type"))
    if schema.get("type") == "array" and (items := expectation(schema.get("items"))):
        return f"{words}, each item {items}"
    return words


def one_of(values: Sequence[Any]) -> str:
    """The values in a row: `"a", "b" or "c"`."""
    texts = [shown_value(value) for value in values[:8]]
    if len(values) > 8:
        return ", ".join(texts) + f" or {len(values) - 8} more"
    return " or ".join(filter(None, (", ".join(texts[:-1]), texts[-1]))) if texts else "nothing"


def known_names(names: Sequence[str]) -> str:
    """The names that a discriminator knows: `one of "Cat", "Dog"`."""
    if len(names) < 2:
        return one_of(names)
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return f"one of {', '.join(map(shown_value, names[:8]))}{more}"


def _types(types: Any) -> str:
    names = [types] if isinstance(types, str) else types if isinstance(types, list) else []
    return " or ".join(_TYPES.get(name, str(name)) for name in names)


def _kind_of(value: Any) -> str:
    kinds: tuple[tuple[type | tuple[type, ...], str], ...] = (
        (bool, "boolean"), (str, "string"), (int, "integer"), (float, "number"),
        (list, "array"), (dict, "object"),
    )  # fmt: skip
    return next((_TYPES[name] for kind, name in kinds if isinstance(value, kind)), "null")


Words = tuple[str, str]
_Phrase = Callable[[Any, Any, Mapping[str, Any]], Words]


def _counted(singular: str, bound: str) -> _Phrase:
    def phrase(instance: Any, limit: Any, schema: Mapping[str, Any]) -> Words:
        return f"has {_number(len(instance), singular)}", f"{bound} {_number(limit, singular)}"

    return phrase


def _number(count: int, noun: str) -> str:
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{count} {noun if count == 1 else plural}"


def _compared(bound: str) -> _Phrase:
    return lambda instance, limit, schema: (
        f"is {shown_value(instance)}",
        f"{bound} {shown_value(limit)}",
    )


def _type(instance: Any, types: Any, schema: Mapping[str, Any]) -> Words:
    value = shown_value(instance)
    kind = _kind_of(instance)
    return (f"is {value}" if kind == value else f"is {kind}, {value}"), _types(types)


def _format(instance: Any, name: Any, schema: Mapping[str, Any]) -> Words:
    return f"is {shown_value(instance)}", _FORMATS.get(name, f"the format {name}")


def _unexpected(members: Mapping[str, Any], unexpected: Iterable[str]) -> Words:
    """What isn't declared, and what is; `unexpected` may be as long as the value itself."""
    first = list(islice(unexpected, 8))
    allowed = list(_mapping(members.get("properties")))
    hint = did_you_mean(first, allowed, '"{}"')
    wanted = f"only {one_of(allowed)}" if allowed else ""
    patterns = " or ".join(_mapping(members.get("patternProperties")))
    by_pattern = f"names that match {patterns}" if patterns else ""
    expected = " and ".join(filter(None, (wanted, by_pattern))) or "no properties"
    return f"has the undeclared {', '.join(map(shown_value, first))}", expected + hint


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


_PHRASES: dict[str, _Phrase] = {
    "type": _type,
    "format": _format,
    "enum": lambda instance, options, _: (f"is {shown_value(instance)}", one_of(options)),
    "const": lambda instance, value, _: (f"is {shown_value(instance)}", shown_value(value)),
    "minimum": _compared("at least"),
    "maximum": _compared("at most"),
    "exclusiveMinimum": _compared("more than"),
    "exclusiveMaximum": _compared("less than"),
    "multipleOf": _compared("a multiple of"),
    "minLength": _counted("character", "at least"),
    "maxLength": _counted("character", "at most"),
    "minItems": _counted("item", "at least"),
    "maxItems": _counted("item", "at most"),
    "minProperties": _counted("property", "at least"),
    "maxProperties": _counted("property", "at most"),
    "pattern": lambda instance, regex, _: (
        f"is {shown_value(instance)}",
        f"text that matches {regex}",
    ),
    "uniqueItems": lambda *_: ("has an item twice", "each item once"),
    "contains": lambda *_: ("has no such item as it must contain", "at least one"),
    "minContains": lambda _, least, __: (
        "has too few of the items that it must contain",
        f"at least {least}",
    ),
    "maxContains": lambda _, most, __: (
        "has too many of the items that it may contain",
        f"at most {most}",
    ),
    "unevaluatedItems": lambda *_: ("has items that aren't declared", "no further ones"),
    "not": lambda instance, *_: (
        f"is {shown_value(instance)}",
        "anything but what `not` describes",
    ),
    "falseSchema": lambda *_: ("is there", "nothing: it isn't allowed"),
}

# What is told of these is how much there is of a value, and nothing of what stands in it.
COUNTING = frozenset({"required", "minLength", "maxLength", "minItems", "maxItems"})


def words_for(keyword: str, instance: Any, value: Any, schema: Any, detail: Any) -> Words:
    """What is wrong with an instance, and what was expected of it.

    `value` is the keyword's own value, `schema` the schema that it stands in, `detail` what the
    engine adds (the unexpected properties, say).
    """
    members = schema if isinstance(schema, dict) else {}
    if keyword in ("additionalProperties", "unevaluatedProperties", "propertyNames"):
        return _unexpected(members, detail)
    phrase = _PHRASES.get(keyword)
    if phrase is None:
        return f"is {shown_value(instance)}", f"what the rule {keyword} asks for"
    return phrase(instance, value, members)
