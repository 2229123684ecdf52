"""Forms whose values go by name, urlencoded or multipart: names with their texts to an object.

A name is a property, and one that comes several times an array (OAS 3.2.1, "Encoding By Name").
Names in brackets (`a[]=1`, `a[b]=1`) lead inside, as they do in a query. A property whose Encoding
Object has `style`, `explode` or `allowReserved` is written like a query parameter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import quote, quote_plus, unquote

from mock_server.bodies.encoding import Encoding, Nested
from mock_server.bodies.json_text import UnreadableBody
from mock_server.bodies.multipart import Part, new_part
from mock_server.core import shown_value
from mock_server.documents import DocumentNode
from mock_server.parameters import (
    Field,
    Fields,
    ParameterShape,
    QueryDecoder,
    StyleLayout,
    shape_of,
    styles,
)
from mock_server.parameters import encode as query_text
from mock_server.schemas import (
    ANY,
    PRIMITIVES,
    Schema,
    Types,
    item_schemas,
    only_array,
    property_schemas,
    required_names,
    schemas_within,
)

MOST_FIELDS = 10_000

# The name for all that is no declared property: no field has it by chance.
_REST = "\0"
# What reserved expansion leaves as it is (RFC 6570, section 3.2.3) and a form can bear.
_RESERVED = re.compile("%(?:3A|2F|3F|40|21|24|27|28|29|2A|3B)")

Pairs = Sequence[tuple[str, str]]


class _PartText(str):
    """Stands for a part among texts: names lead to parts as they do to texts."""

    part: Part

    @classmethod
    def of(cls, part: Part) -> _PartText:
        text = cls()
        text.part = part
        return text


@dataclass(frozen=True, slots=True)
class _Contents(StyleLayout):
    """Reads the texts or parts that came under one name."""

    encoding: Encoding

    def read(self, text: str, types: Types) -> Any:
        """The value of what came alone: an array of one, where only an array may be."""
        if not only_array(types):
            return self._one(text, types)
        item = types.inside.item(0)
        if not text and not isinstance(text, _PartText) and "string" not in item.names:
            return []
        value = self._one(text, item)
        # Some clients send all members as one JSON text.
        is_whole = isinstance(value, list) and (not only_array(item) or _holds_lists(value))
        return value if is_whole else [value]

    def array(self, pieces: Sequence[str], types: Types) -> list[Any]:
        """The value of what came several times."""
        item = types.inside.item
        return [self._one(piece, item(index)) for index, piece in enumerate(pieces)]

    def _one(self, text: str, types: Types) -> Any:
        if isinstance(text, _PartText):
            return self.encoding.from_part(text.part, types)
        return self.encoding.from_text(self.unescape(text), types)


def _holds_lists(value: list[Any]) -> bool:
    return bool(value) and isinstance(value[0], list)


@dataclass(frozen=True)
class _Property:
    """A declared property: what it is and how it is written."""

    name: str
    own: Sequence[Schema]
    types: Types
    node: DocumentNode | None  # its Encoding Object
    nested: Nested

    @cached_property
    def encoding(self) -> Encoding:
        """How its value is written; if it is an array, each of its members."""
        whole = Encoding(self.own, self.types, self.node, self.nested)
        if whole.is_nested or not only_array(self.types):
            return whole
        own, types = item_schemas(self.own, 0), self.types.inside.item(0)
        return Encoding(own, types, self.node, self.nested)

    @property
    def may_be_empty(self) -> bool:
        """Whether it is a list that needn't have members, and that requests have."""
        is_told = any(isinstance(s.raw, dict) and s.raw.get("readOnly") is True for s in self.own)
        is_list = only_array(self.types) and not is_told
        return is_list and all(schema.is_valid([]) for schema in self.own)

    def said(self, key: str) -> Any:
        """A field of its Encoding Object."""
        node = self.node.get(key) if self.node else None
        return node.value if node else None

    @cached_property
    def shape(self) -> ParameterShape | None:
        """How it is written where a style is named, or the usual one is asked for."""
        style, explode = self.said("style"), self.said("explode")
        if style is explode is self.said("allowReserved") is None:
            return None
        try:
            shape = shape_of(self.name, "query", style=style, explode=explode)
        except (ValueError, TypeError):
            shape = shape_of(self.name, "query")
        return replace(shape, types=self.types)

    @cached_property
    def field(self) -> Field:
        """The field that its name and what is behind it in brackets lead to."""
        marks = "" if self.types.names <= PRIMITIVES else "["
        return Field(self.name, self.types, _layout(self.encoding), repeats=True, marks=marks)


def _layout(encoding: Encoding) -> StyleLayout:
    return _Contents(styles.whole, styles.apart, styles.form_decoded, encoding)


class NamedForm:
    """Bodies that are objects, compiled when first needed."""

    def __init__(
        self, schema: Schema | None, types: Types, node: DocumentNode | None, nested: Nested
    ) -> None:
        self._own, self._types, self._node = [schema] if schema else [], types, node
        self._nested = nested

    @cached_property
    def _properties(self) -> dict[str, _Property]:
        named = property_schemas(schemas_within(*self._own), "properties")
        types = self._types.inside.property
        encodings = self._node.get("encoding") if self._node else None
        found = {}
        for name, own in named.items():
            node = encodings.get(name) if encodings else None
            found[name] = _Property(name, own, types(name), node, self._nested)
        return found

    @cached_property
    def _shapes(self) -> dict[str, ParameterShape]:
        return {name: one.shape for name, one in self._properties.items() if one.shape}

    @cached_property
    def _styled(self) -> QueryDecoder:
        return QueryDecoder(list(self._shapes.values()))

    @cached_property
    def _styled_names(self) -> set[str]:
        """The names that lead to a property with a style; those in brackets aside."""
        spread = [s for s in self._shapes.values() if s.explode and s.style == "form"]
        return {*self._shapes, *(n for shape in spread for n in shape.types.inside.properties)}

    @cached_property
    def _fields(self) -> Fields:
        own = [one.field for one in self._properties.values() if not one.shape]
        further = Types(frozenset({"object"}), lambda: self._types.inside)
        rest = Field(_REST, further, _layout(_FREE), repeats=True, takes_all=True)
        return Fields([*own, rest])

    def from_text(self, body: bytes) -> dict[str, Any]:
        """The object that an urlencoded form is (WHATWG URL, section 5.1)."""
        try:
            text = body.decode()
            if text.count("&") >= MOST_FIELDS:
                raise UnreadableBody(f"the form has more than {MOST_FIELDS:,} fields")
            pairs = [pair.partition("=") for pair in text.split("&") if pair]
            named = [(styles.form_decoded(name), value) for name, _, value in pairs]
        except UnicodeDecodeError as error:
            raise UnreadableBody(f"the form is no utf-8: byte {error.start} is wrong") from None
        except UnreadableBody:
            raise
        except ValueError as error:
            raise UnreadableBody(f"a name in the form: {error}") from None
        return self._object(named)

    def from_parts(self, parts: Sequence[Part]) -> dict[str, Any]:
        """The object that the parts of a multipart form are (RFC 7578)."""
        named: list[tuple[str, str]] = []
        for number, part in enumerate(parts, 1):
            if part.name is None:
                expected = "Content-Disposition: form-data; name=…"
                raise UnreadableBody(f"part {number} has no name; expected {expected}")
            named.append((part.name, _PartText.of(part)))
        return self._object(named)

    def is_binary(self, name: str) -> bool:
        """Whether a property is declared as the content of a file, or as base64 of it."""
        one = self._properties.get(name.partition("[")[0])
        return one is not None and (one.encoding.is_binary or one.encoding.is_encoded)

    def _object(self, pairs: Pairs) -> dict[str, Any]:
        styled = [pair for pair in pairs if self._is_styled(pair[0])]
        sent = self._styled.decode("&".join(f"{quote(n, safe='')}={_sent(t)}" for n, t in styled))
        plain = self._fields.read(pair for pair in pairs if not self._is_styled(pair[0]))
        errors = {**sent.errors, **plain.errors}
        if errors:
            raise UnreadableBody(
                "; ".join(_error_text(name, error) for name, error in errors.items())
            )
        values = {**sent.values, **plain.values}
        values = {**values.pop(_REST, {}), **values}
        return {**values, **{name: [] for name in self._implied if name not in values}}

    @cached_property
    def _implied(self) -> list[str]:
        """The required lists that may be empty: without members a list has no name in a form."""
        required = {name for schema in self._own for name in required_names(schema)}
        known = self._properties.items()
        return [n for n, one in known if n in required and one.may_be_empty]

    def _is_styled(self, name: str) -> bool:
        return name in self._styled_names or name.partition("[")[0] in self._shapes

    def to_text(self, value: Any) -> bytes:
        """The urlencoded form of an object; a text is one already. Raises ValueError."""
        if isinstance(value, str):
            return value.encode()
        return "&".join(self._written_pairs(as_object(value))).encode()

    def _written_pairs(self, value: dict[str, Any]) -> Iterator[str]:
        for name, member in value.items():
            one = self._properties.get(name)
            if one and one.shape and member is not None:
                text = query_text(one.shape, member)
                yield _RESERVED.sub(_freed, text) if one.said("allowReserved") is True else text
                continue
            encoding = one.encoding if one else _FREE
            for text in map(encoding.to_text, encoding.members(member)):
                yield f"{quote_plus(name)}={quote_plus(text)}"

    def to_parts(self, value: Any) -> list[Part]:
        """The parts that stand for an object. Raises ValueError."""
        return [
            part for name, member in as_object(value).items() for part in self._parts(name, member)
        ]

    def _parts(self, name: str, value: Any) -> Iterable[Part]:
        one = self._properties.get(name)
        if one and one.shape and value is not None:
            pairs = (pair.partition("=") for pair in query_text(one.shape, value).split("&"))
            return [new_part(unquote(text).encode(), name=unquote(key)) for key, _, text in pairs]
        encoding = one.encoding if one else _FREE
        return [encoding.to_part(member, name) for member in encoding.members(value)]


# How an undeclared property is written.
_FREE = Encoding((), ANY)


def _sent(text: str) -> str:
    """A text as a query has it: a part has no escapes, and its delimiters are what they look."""
    return quote(text.part.text(), safe=",| ") if isinstance(text, _PartText) else text


def _error_text(name: str, error: str) -> str:
    return f"{error} in the form" if name == _REST else f"{name} in the form: {error}"


def _freed(escape: re.Match[str]) -> str:
    return unquote(escape.group())


def as_object(value: Any) -> dict[str, Any]:
    """The value, if it is an object; else raises ValueError."""
    if not isinstance(value, dict):
        raise ValueError(f"a form is an object; found {shown_value(value)}")
    return value
