"""One text that holds a value: its escapes, its delimiters, and an array or object inside it.

These are the pieces that `style` and `explode` put together (OAS 3.1.1, section 4.8.12.3, after
RFC 6570). A text is split first and unescaped then, so a delimiter that is encoded is data.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

import orjson

from mock_server.core import parse_json, shown_value
from mock_server.documents import json_mistake
from mock_server.schemas import Types, coerce

Read = Callable[[str], Any]
Split = Callable[[str], list[str]]
Unescape = Callable[[str], str]
Pairs = Iterable[tuple[str, str]]

_BROKEN_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_JSON = re.compile(r"\s*[^/;]+/(?:[^;]*\+)?json\s*(?:;|$)", re.IGNORECASE)


def percent_decoded(text: str) -> str:
    """The text without its percent-encoding (RFC 3986, section 2.1); it has to be UTF-8."""
    if "%" not in text:
        return text
    if _BROKEN_PERCENT.search(text):
        raise ValueError(
            f"{shown_value(text)} has a % without two hexadecimal digits; expected %25"
        )
    return loosely_decoded(text)


def loosely_decoded(text: str) -> str:
    """The same where a % that starts no escape stands for itself (WHATWG URL, section 1.3)."""
    if "%" not in text:
        return text
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeError:
        raise ValueError(f"{shown_value(text)} is no UTF-8 once percent-decoded") from None


def form_decoded(text: str) -> str:
    """The same where + is a space (application/x-www-form-urlencoded, WHATWG URL, section 5.1)."""
    return loosely_decoded(text.replace("+", " "))


def cookie_decoded(text: str) -> str:
    """The same without the quotes that a cookie's value may have (RFC 6265, section 4.1.1)."""
    quoted = len(text) > 1 and text[0] == text[-1] == '"'
    return loosely_decoded(text[1:-1] if quoted else text)


def as_sent(text: str) -> str:
    """The text itself, where a style knows no escapes."""
    return text


def at(delimiter: str) -> Split:
    """Split at that delimiter."""
    return lambda text: text.split(delimiter)


def whole(text: str) -> list[str]:
    """Don't split: every member has a name of its own."""
    return [text]


def at_commas(types: Types, encoded_too: bool = False) -> Split:
    """An encoded comma is data, unless the members can't be strings: it can only be a comma then.

    `encoded_too` says that it separates all the same.
    """
    no_strings = "array" in types.names and "string" not in types.inside.items.names
    return re.compile(",|%2[Cc]").split if no_strings or encoded_too else at(",")


def at_commas_or_dots(text: str) -> list[str]:
    """Label style: RFC 6570 has commas, the table of OAS 3.0.3 and 3.1.0 had dots."""
    return text.split("," if "," in text else ".")


def at_listed_commas(text: str) -> list[str]:
    """A list in a header may have white space (RFC 9110, section 5.6.1)."""
    return [piece.strip(" \t") for piece in text.split(",")]


at_spaces: Split = re.compile(r"%20|\+| ").split
at_pipes: Split = re.compile(r"%7[Cc]|\|").split


def flat(pieces: Sequence[str]) -> Pairs:
    """`R,100,G,200`."""
    if len(pieces) % 2:
        raise ValueError(
            f"{shown_value(pieces[-1])} has no value after it; expected name,value pairs"
        )
    return zip(pieces[::2], pieces[1::2], strict=True)


def named(pieces: Sequence[str]) -> Pairs:
    """`R=100,G=200`."""
    for piece in pieces:
        name, equals, value = piece.partition("=")
        if not equals:
            raise ValueError(f"{shown_value(piece)} has no =; expected name=value")
        yield name, value


def named_or_bare(pieces: Sequence[str]) -> Pairs:
    """`R=100;G`, where G is the empty string (RFC 6570, section 3.2.7)."""
    for piece in pieces:
        name, _, value = piece.partition("=")
        yield name, value


def apart(pieces: Sequence[str]) -> Pairs:
    """No text holds an object: its properties have names of their own."""
    raise ValueError(f"{shown_value(pieces[0])} is no object; expected name[property]=value")


@dataclass(frozen=True, slots=True)
class StyleLayout:
    """How a style writes an array or an object in one text."""

    split: Split
    pairs: Callable[[Sequence[str]], Pairs]
    unescape: Unescape

    def read(self, text: str, types: Types) -> Any:
        """The plainest value that the schema allows and the text can be."""
        if types.plain:
            return coerce(self.unescape(text), types)
        objects = "object" in types.names
        has_names = objects and "=" in text and self.pairs in (named, named_or_bare)
        if not has_names and len(self.split(text)) == 1:
            value = coerce(self.unescape(text), types)
            if not isinstance(value, str) or types.takes(value):
                return value
        if "array" in types.names and not has_names:
            return self.array(self._pieces(text, types), types)
        return self._object(text, types)

    def array(self, pieces: Sequence[str], types: Types) -> list[Any]:
        """The array of these pieces."""
        item = types.inside.item
        return [coerce(self.unescape(piece), item(index)) for index, piece in enumerate(pieces)]

    def _pieces(self, text: str, types: Types) -> list[str]:
        """Nothing is an empty array, but for a string that has a name of its own."""
        if text or (self.split is whole and "string" in types.inside.items.names):
            return self.split(text)
        return []

    def _object(self, text: str, types: Types) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, value in self._unescaped(text):
            if name in values:
                raise ValueError(f"{shown_value(name)} is given twice; expected once")
            values[name] = coerce(value, types.inside.property(name))
        return values

    def _unescaped(self, text: str) -> Iterator[tuple[str, str]]:
        for name, value in self.pairs(self.split(text)) if text else ():
            yield self.unescape(name), self.unescape(value)


def is_json(media_type: str) -> bool:
    """Whether texts of that media type are JSON: `application/json`, or the suffix `+json`."""
    return _JSON.match(media_type) is not None


def content_reader(media_type: str, types: Types, unescape: Unescape) -> Read:
    """How a text of that media type is read: parsed where it's JSON, else taken as text."""
    if is_json(media_type):
        return lambda text: _parsed_json(unescape(text))
    return lambda text: coerce(unescape(text), types)


def _parsed_json(text: str) -> Any:
    try:
        return parse_json(text)
    except orjson.JSONDecodeError as error:
        mistake = json_mistake(text, error)
        where = f"line {mistake.line}, column {mistake.column}"
        raise ValueError(f"{shown_value(text)} {mistake.told(where)}") from None
