"""Parameters: text on the wire to values by style and explode, and back.

`shape_of` says how one parameter is written (OAS 3.1.1, section 4.8.12; OAS 3.2 adds the location
`querystring` and the style `cookie`). A decoder is compiled from shapes at start; a request only
runs it. What can't be read is a ValueError, or stands in `Query.errors`; whether a value fits its
schema is for the validator to say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from mock_server.core import shown_value
from mock_server.parameters import styles
from mock_server.parameters.fields import Field, Fields, Query
from mock_server.parameters.styles import (
    Pairs,
    Read,
    StyleLayout,
    Unescape,
    content_reader,
    loosely_decoded,
    percent_decoded,
)
from mock_server.schemas import ANY, SchemaView, Types, types_of

__all__ = [
    "CookieDecoder",
    "HeaderDecoder",
    "ParameterShape",
    "PathDecoder",
    "Query",
    "QueryDecoder",
    "encode",
    "shape_of",
]

# By location; the first is the default.
STYLES = {
    "path": ("simple", "label", "matrix"),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "querystring": ("form",),
    "header": ("simple",),
    "cookie": ("form", "cookie"),
}
ARRAY_FORMATS = ("auto", "comma", "repeat", "brackets", "space", "pipe")
OBJECT_FORMATS = ("auto", "flat", "brackets", "dots")


@dataclass(frozen=True, slots=True)
class ParameterShape:
    """How one parameter stands on the wire.

    `media_type` is that of one with `content`, and `parse` reads its texts where they are more
    than JSON or text.
    """

    name: str
    location: str
    style: str
    explode: bool
    types: Types
    media_type: str | None = None
    allow_empty_value: bool = False
    parse: Read | None = None

    @property
    def is_lines(self) -> bool:
        """Whether its members are headers of their own: cookies, one a line (RFC 6265, 3)."""
        return self.location == "header" and self.name.lower() == "set-cookie"

    def reader(self, unescape: Unescape) -> Read:
        """What reads a text of its media type."""
        if (parse := self.parse) is None:
            return content_reader(str(self.media_type), self.types, unescape)
        return lambda text: parse(unescape(text))


def shape_of(
    name: str,
    location: str,
    schema: SchemaView | None = None,
    *,
    style: str | None = None,
    explode: bool | None = None,
    media_type: str | None = None,
    allow_empty_value: bool = False,
) -> ParameterShape:
    """The shape of a parameter, by the specification's defaults where nothing is said.

    Raises ValueError for a style that the location doesn't have.
    """
    known = STYLES[location]
    style = style or known[0]
    if style not in known:
        raise ValueError(f"{location} parameters have no style {style}; use {' or '.join(known)}")
    if explode is None:
        explode = style in ("form", "cookie")
    types = ANY if schema is None else types_of(schema)
    return ParameterShape(name, location, style, explode, types, media_type, allow_empty_value)


class PathDecoder:
    """Reads one path parameter, still percent-encoded."""

    __slots__ = ("decode",)

    def __init__(self, shape: ParameterShape, encoded_commas: bool = False) -> None:
        self.decode: Read = _path_reader(shape, encoded_commas)


class HeaderDecoder:
    """Reads one header, in which nothing is percent-encoded (OAS 3.2, appendix D)."""

    __slots__ = ("decode",)

    def __init__(self, shape: ParameterShape) -> None:
        self.decode: Read = _header_reader(shape)


def _path_reader(shape: ParameterShape, encoded_commas: bool) -> Read:
    types = shape.types
    if shape.media_type:
        return shape.reader(percent_decoded)
    if shape.style == "simple" and types.plain and "string" in types.names and not types.texts:
        return percent_decoded
    commas = styles.at_commas(types, encoded_commas)
    exploded = {
        "simple": (commas, styles.named),
        "label": (styles.at("."), styles.named),
        "matrix": (styles.at(";"), styles.named_or_bare),
    }
    together = {"simple": commas, "label": styles.at_commas_or_dots, "matrix": commas}
    split, pairs = exploded[shape.style] if shape.explode else (together[shape.style], styles.flat)
    layout = StyleLayout(split, pairs, percent_decoded)
    if shape.style == "simple":
        return lambda raw: layout.read(raw, types)
    if shape.style == "label":
        return lambda raw: layout.read(_after_dot(raw), types)
    return lambda raw: layout.read(_after_name(raw, shape), types)


def _after_dot(raw: str) -> str:
    if not raw.startswith("."):
        raise ValueError(f"label style starts with '.'; found {shown_value(raw)}")
    return raw[1:]


def _after_name(raw: str, shape: ParameterShape) -> str:
    """What follows `;color=`: every member of an exploded array, all of an exploded object."""
    opening, *pieces = raw.split(";")
    pairs = [piece.partition("=") for piece in pieces]
    ours = all(percent_decoded(name) == shape.name for name, _, _ in pairs)
    if pieces and not opening:
        objects = shape.explode and "object" in shape.types.names
        if objects and (shape.types.only_object or not ours):
            return raw[1:]
        if ours and (shape.explode or len(pieces) == 1):
            return ";".join(value for _, _, value in pairs)
    raise ValueError(f"matrix style starts with ';{shape.name}='; found {shown_value(raw)}")


def _header_reader(shape: ParameterShape) -> Read:
    if shape.media_type:
        return shape.reader(styles.as_sent)
    pairs = styles.named if shape.explode else styles.flat
    split = str.splitlines if shape.is_lines else styles.at_listed_commas
    layout = StyleLayout(split, pairs, styles.as_sent)
    return lambda raw: layout.read(raw.strip(" \t"), shape.types)


class QueryDecoder:
    """Reads a query string, all parameters of an operation at once.

    `array_format` and `object_format` say how a client's generator writes arrays and objects,
    whatever the document says. "auto" is what the document says, and brackets where they can't
    be mistaken: `a[]=1`, `a[0]=1` or `a[b]=1` for `a`, unless a parameter has that very name.
    With "comma" an encoded comma separates too, as it does with `encoded_commas`.
    """

    def __init__(
        self,
        shapes: Sequence[ParameterShape],
        array_format: str = "auto",
        object_format: str = "auto",
        encoded_commas: bool = False,
    ) -> None:
        if array_format not in ARRAY_FORMATS or object_format not in OBJECT_FORMATS:
            raise ValueError(f"unknown formats: arrays {array_format}, objects {object_format}")
        self._fields = Fields(
            [_query_field(shape, array_format, object_format, encoded_commas) for shape in shapes]
        )
        self._whole = next((s for s in shapes if s.location == "querystring"), None)

    def decode(self, query_string: str) -> Query:
        """The values in a query string, given without its question mark."""
        if self._whole:
            return self._fields.read([(self._whole.name, query_string)] if query_string else [])
        return self._fields.read(_pairs(query_string, styles.form_decoded))


class CookieDecoder:
    """Reads a Cookie header (RFC 6265, section 4.2.1), all parameters of an operation at once."""

    def __init__(self, shapes: Sequence[ParameterShape], encoded_commas: bool = False) -> None:
        fields = [_cookie_field(shape, encoded_commas) for shape in shapes]
        forms = [
            field for field, shape in zip(fields, shapes, strict=True) if shape.style == "form"
        ]
        self._fields = Fields(fields)
        self._unescape = loosely_decoded if forms else styles.as_sent
        self._joined = {field for field in forms if field.repeats and not field.types.plain}

    def decode(self, cookie_header: str) -> Query:
        """The values in a Cookie header."""
        return self._fields.read(self._pairs(cookie_header))

    def _pairs(self, cookie_header: str) -> Iterator[tuple[str, str]]:
        for cookie in cookie_header.split(";"):
            name, equals, text = cookie.strip(" \t").partition("=")
            if equals:
                yield from self._parts(_readable(name, self._unescape), text)

    def _parts(self, name: str, text: str) -> Pairs:
        """OAS 3.0 and 3.1 have `&` between the parts of an exploded form, OAS 3.2 a semicolon."""
        if "&" not in text or self._fields.owner(name) not in self._joined:
            return [(name, text)]
        first, _, others = text.partition("&")
        return [(name, first), *_pairs(others, loosely_decoded)]


def _pairs(text: str, unescape: Unescape) -> Iterator[tuple[str, str]]:
    """Names, unescaped, and their texts, as sent."""
    for pair in text.split("&"):
        if pair:
            name, _, value = pair.partition("=")
            yield _readable(name, unescape), value


def _readable(name: str, unescape: Unescape) -> str:
    """The name, unescaped; as sent where it can't be, so that it's nobody's."""
    try:
        return unescape(name)
    except ValueError:
        return name


_FORMAT_OF_STYLE = {"spaceDelimited": "space", "pipeDelimited": "pipe", "deepObject": "repeat"}


def _query_field(
    shape: ParameterShape, array_format: str, object_format: str, encoded_commas: bool
) -> Field:
    if shape.media_type:
        return _content_field(shape, _content_escapes(shape))
    types, deep = shape.types, shape.style == "deepObject"
    in_one_text = not shape.explode and not deep and object_format == "auto"
    written = array_format
    if array_format == "auto" or (in_one_text and "array" not in types.names):
        written = _FORMAT_OF_STYLE.get(shape.style, "repeat" if shape.explode else "comma")
    commas = styles.at_commas(types, encoded_commas or array_format == "comma")
    splits = {"comma": commas, "space": styles.at_spaces, "pipe": styles.at_pipes}
    pairs = styles.flat if in_one_text else styles.apart
    return Field(
        shape.name,
        types,
        StyleLayout(splits.get(written, styles.whole), pairs, styles.form_decoded),
        repeats=written in ("repeat", "brackets") or (array_format == "auto" and shape.explode),
        spread=object_format == "flat" or (object_format == "auto" and shape.explode and not deep),
        marks=_marks(types, array_format, object_format),
        # The other styles have no way to be empty (OAS 3.1.1, `allowEmptyValue`).
        may_be_empty=shape.allow_empty_value and shape.style == "form" and not types.takes(""),
    )


def _marks(types: Types, array_format: str, object_format: str) -> str:
    """What may stand behind the parameter's name to lead inside."""
    listed = "array" in types.names and array_format in ("auto", "brackets")
    nested = "object" in types.names and object_format in ("auto", "brackets")
    dotted = "object" in types.names and object_format == "dots"
    return "[" * (listed or nested) + "." * dotted


def _cookie_field(shape: ParameterShape, encoded_commas: bool) -> Field:
    if shape.media_type:
        return _content_field(shape, loosely_decoded)
    unescape = styles.cookie_decoded if shape.style == "form" else styles.as_sent
    if shape.explode:
        layout = StyleLayout(styles.whole, styles.apart, unescape)
        return Field(shape.name, shape.types, layout, repeats=True, spread=True)
    commas = styles.at_commas(shape.types, encoded_commas)
    return Field(shape.name, shape.types, StyleLayout(commas, styles.flat, unescape))


def _content_escapes(shape: ParameterShape) -> Unescape:
    """What undoes the escapes of a query; a form that is the whole of it has its own."""
    if shape.location == "query":
        return styles.form_decoded
    is_form = "x-www-form-urlencoded" in str(shape.media_type)
    return styles.as_sent if is_form else loosely_decoded


def _content_field(shape: ParameterShape, unescape: Unescape) -> Field:
    layout = StyleLayout(styles.whole, styles.apart, unescape)
    return Field(shape.name, shape.types, layout, shape.reader(unescape))


# RFC 6570, appendix A: what opens the text, and what stands between its exploded parts.
_EXPANSIONS = {
    "simple": ("", ","),
    "label": (".", "."),
    "matrix": (";", ";"),
    "form": ("", "&"),
    "spaceDelimited": ("", "&"),
    "pipeDelimited": ("", "&"),
    "cookie": ("", "; "),
}
_GLUES = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}
# Nothing may end the line or lie beyond the charset (RFC 9110, section 5.5; RFC 6265, 4.1.1).
_SENDABLE = {"header": re.compile(r"[\t -~\x80-\xff]*"), "cookie": re.compile("[ -~]*")}


def encode(shape: ParameterShape, value: Any) -> str:
    """The text that stands for a value, as a client sends it: decoding gives the value again.

    That of a query or cookie parameter starts with its name. Raises ValueError for a value that
    the style can't express, such as an exploded array without members.
    """
    if shape.is_lines and isinstance(value, list | str):
        return _header_lines(shape, value.splitlines() if isinstance(value, str) else value)
    text = _encoded(shape, value)
    sendable = _SENDABLE.get(shape.location)
    refused = sendable is not None and not sendable.fullmatch(text)
    if refused or _as_texts(_decoded(shape, text)) != _as_texts({shape.name: value}):
        raise ValueError(f"{shape.style} style can't express {shown_value(value)} as {shape.name}")
    return text


def _header_lines(shape: ParameterShape, value: list[Any]) -> str:
    texts = list(map(_item_text, value))
    if not texts or not all(text and _SENDABLE["header"].fullmatch(text) for text in texts):
        raise ValueError(f"no header {shape.name} can express {shown_value(value)}")
    return "\n".join(texts)


def _encoded(shape: ParameterShape, value: Any) -> str:
    escape = _escape(shape)
    if shape.media_type:
        text = json.dumps(value) if styles.is_json(shape.media_type) else _item_text(value)
        named = shape.location in ("query", "cookie")
        return f"{escape(shape.name)}={escape(text)}" if named else escape(text)
    if shape.style == "deepObject":
        pairs = _deep(shape.name, value)
        return "&".join(f"{escape(name)}={escape(text)}" for name, text in pairs)
    opening, between = _EXPANSIONS["cookie" if shape.location == "cookie" else shape.style]
    return opening + between.join(_parts(shape, value, escape))


def _escape(shape: ParameterShape) -> Unescape:
    if shape.location == "header" or shape.style == "cookie":
        return styles.as_sent
    if shape.style == "label":  # a dot is a delimiter here, and quote() leaves it
        return lambda text: quote(text, safe="").replace(".", "%2E")
    return lambda text: quote(text, safe="")


def _deep(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """The names in brackets that lead to each text."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _deep(f"{name}[{key}]", member)
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _deep(f"{name}[{index}]", member)
    else:
        yield name, _item_text(value)


def _parts(shape: ParameterShape, value: Any, escape: Unescape) -> Iterator[str]:
    """What stands between the delimiters: each member of what is exploded, else everything."""
    if shape.explode and isinstance(value, dict):
        for name, member in value.items():
            yield f"{escape(name)}={escape(_item_text(member))}"
    elif shape.explode and isinstance(value, list):
        for member in value:
            yield _part(shape, escape(_item_text(member)), escape)
    else:
        glue = _GLUES.get(shape.style, ",")
        yield _part(shape, glue.join(escape(_item_text(piece)) for piece in _flat(value)), escape)


def _part(shape: ParameterShape, text: str, escape: Unescape) -> str:
    if shape.style in ("simple", "label"):
        return text
    bare = shape.style == "matrix" and not text
    return escape(shape.name) if bare else f"{escape(shape.name)}={text}"


def _flat(value: Any) -> list[Any]:
    """`R,100,G,200` of an object, the members of an array, or the value alone."""
    if isinstance(value, dict):
        return [piece for pair in value.items() for piece in pair]
    return value if isinstance(value, list) else [value]


def _decoded(shape: ParameterShape, text: str) -> dict[str, Any]:
    if shape.location == "path":
        return {shape.name: PathDecoder(shape).decode(text)}
    if shape.location == "header":
        return {shape.name: HeaderDecoder(shape).decode(text)}
    decoder = CookieDecoder([shape]) if shape.location == "cookie" else QueryDecoder([shape])
    return decoder.decode(text).values


def _as_texts(value: Any) -> Any:
    """The value with the text of every number, boolean and null, which is what is sent of it."""
    if isinstance(value, dict):
        return {name: _as_texts(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_as_texts(member) for member in value]
    return _item_text(value)


def _item_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
