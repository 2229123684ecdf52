"""How one value stands in a form: by its schema and its Encoding Object, to a value and back.

OAS 3.1.1, sections 4.8.14.3 and 4.8.15; OAS 3.2.1, "Encoding Object". Without `style` a value
is written in its `contentType`: JSON for objects, text for the rest; each item of an array by
itself. The content of a file becomes a string with one character for each byte (latin-1), so
that `maxLength` counts bytes, as OAS 3.1.1, section 4.8.14.4, has it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol
from urllib.parse import quote

import orjson

from mock_server.bodies.json_text import Written
from mock_server.bodies.multipart import Part, decoded, new_part
from mock_server.bodies.xml.codec import Xml
from mock_server.core import one_of, parse_json, shown_value
from mock_server.documents import BrokenRef, DocumentNode, json_mistake
from mock_server.http_messages import (
    LIST_MEMBER,
    TOKEN,
    MediaType,
    concrete,
    find_media_type,
    parse_media_type,
    unsendable_media_type,
)
from mock_server.parameters import HeaderDecoder, shape_of
from mock_server.schemas import EVERYTHING, Schema, Types, coerce, schemas_within

_TEXT = MediaType("text", "plain")
_BINARY = "application/octet-stream"


def is_form(media_type: MediaType) -> bool:
    """Whether bodies of that type are forms, or multipart."""
    return media_type.type == "multipart" or media_type.subtype == "x-www-form-urlencoded"


class NestedForm(Protocol):
    """A value that is a form or multipart itself (OAS 3.2.1, "Nested Encoding")."""

    def decoder(self, media_type: MediaType) -> Callable[[bytes], Any]:
        """What reads a body with that Content-Type."""

    def encode(self, value: Any, media_type: MediaType) -> Written:
        """The body that stands for a value, and its Content-Type."""


# What compiles one from its schema and its Encoding Object.
Nested = Callable[[Schema | None, DocumentNode | None], NestedForm]


@dataclass(frozen=True, slots=True)
class PartHeader:
    """A header that a part has to carry."""

    name: str
    required: bool
    decode: Callable[[str], Any]
    schema: Schema | None

    def fault(self, part: Part) -> str | None:
        """What is wrong with the header of a part, if anything is."""
        text = part.headers.get(self.name.lower())
        if text is None:
            return f"the part lacks the header {self.name}" if self.required else None
        value = self.decode(text)
        if self.schema is None or self.schema.is_valid(value):
            return None
        return self.schema.violations(value, ("request", "header", self.name))[0].message


class Encoding:
    """How one value is written, or each item of one array; compiled when first needed.

    `node` is the Encoding Object.
    """

    def __init__(
        self,
        schemas: Iterable[Schema],
        types: Types,
        node: DocumentNode | None = None,
        nested: Nested | None = None,
    ) -> None:
        self._own, self.types, self._node, self._nested = tuple(schemas), types, node, nested

    @cached_property
    def _schema(self) -> Schema | None:
        return next(iter(self._own), None)

    def _said(self, key: str) -> Any:
        found = self._node.get(key) if self._node else None
        return found.value if found else None

    @cached_property
    def _schemas(self) -> tuple[Schema, ...]:
        return schemas_within(*self._own)

    @cached_property
    def media_types(self) -> tuple[str, ...]:
        """The media types that `contentType` allows; none where nothing is said.

        What no header could say is a finding of the contract, and left out.
        """
        said = self._said("contentType")
        members = LIST_MEMBER.findall(said) if isinstance(said, str) else []
        stripped = (member.strip(" ") for member in members)
        return tuple(one for one in stripped if one and unsendable_media_type(one) is None)

    @property
    def is_nested(self) -> bool:
        """Whether the value is a form or multipart itself."""
        return self._expected is not None and is_form(self._expected) and self._nested is not None

    @cached_property
    def is_encoded(self) -> bool:
        """Whether the value is the text that stands for bytes, such as base64."""
        raws = [schema.raw for schema in self._schemas]
        return any("contentEncoding" in raw or raw.get("format") == "byte" for raw in raws)

    @cached_property
    def is_binary(self) -> bool:
        """Whether the value is the content of a file."""
        if self.is_encoded:
            return False
        return any(map(_is_binary, self._schemas))

    @cached_property
    def headers(self) -> tuple[PartHeader, ...]:
        """The headers that a part may or must carry."""
        headers = self._node.get("headers") if self._node else None
        return tuple(_headers(headers, self._own)) if headers else ()

    def from_text(self, text: str, types: Types) -> Any:
        """The value of a text, once its escapes are gone. Raises ValueError."""
        media_type = self._expected
        if media_type and media_type.is_json:
            return _parsed_json(text)
        if media_type and media_type.is_xml and not types.plain:
            return self._xml.decoder("utf-8")(text.encode())
        return _by_types(text, types)

    @cached_property
    def _expected(self) -> MediaType | None:
        """The one type that `contentType` names."""
        alone = self.media_types[0] if len(self.media_types) == 1 else ""
        return parse_media_type(alone) if alone and "*" not in alone else None

    def from_part(self, part: Part, types: Types) -> Any:
        """The value of a part. Raises ValueError."""
        sent = part.media_type
        if sent and self.media_types and find_media_type(self.media_types, sent) is None:
            expected = one_of(list(self.media_types)).replace('"', "")
            raise ValueError(f"the part is {sent.essence}; expected {expected}")
        faults = [fault for header in self.headers if (fault := header.fault(part))]
        if faults:
            raise ValueError("; ".join(faults))
        media_type = sent or self._expected or _TEXT
        if self._is_file(part, media_type, types):
            return part.content().decode("latin-1")
        # What the schema describes as encoded is wanted as it was sent.
        body = part.body if self.is_encoded else part.content()
        return self._from_bytes(body, media_type, types)

    def _is_file(self, part: Part, media_type: MediaType, types: Types) -> bool:
        """Whether bytes are wanted; where the schema allows anything, what came tells it."""
        if types.names != EVERYTHING:
            return self.is_binary
        return self.is_binary or part.filename is not None or not is_readable(media_type)

    def _from_bytes(self, body: bytes, media_type: MediaType, types: Types) -> Any:
        if is_form(media_type) and self._inner:
            return self._inner.decoder(media_type)(body)
        if media_type.is_xml and not types.plain:
            return self._xml.decoder(media_type.charset)(body)
        text = decoded(body, media_type.charset or "utf-8")
        # A text that happens to be JSON is a text, unless JSON was asked for.
        meant = bool(self.media_types) or "string" not in types.names or types.names == EVERYTHING
        return _parsed_json(text) if media_type.is_json and meant else _by_types(text, types)

    @cached_property
    def _inner(self) -> NestedForm | None:
        return self._nested(self._schema, self._node) if self._nested else None

    @cached_property
    def _xml(self) -> Xml:
        return Xml(self._schema)

    def members(self, value: Any) -> list[Any]:
        """The values that are written one by one; null is left out where a text may stand."""
        members = value if isinstance(value, list) and not self.is_nested else [value]
        return [one for one in members if one is not None or "string" not in self.types.names]

    def to_text(self, value: Any) -> str:
        """The text that stands for a value; what is no string is written as JSON."""
        expected = self._expected
        if expected and expected.is_xml and not self.types.plain:
            return self._xml.encode(value).decode()
        if isinstance(value, bytes):
            return value.decode("latin-1")
        if isinstance(value, str) and not (expected and expected.is_json):
            return value
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)

    def to_part(self, value: Any, name: str | None = None) -> Part:
        """The part that stands for a value; with a name it is a form's, and may be a file."""
        media_type = self._media_type_for(value)
        if self._is_bytes(value):
            return new_part(_bytes(value), media_type, name, filename=name)
        if self._expected and self._inner and self.is_nested and isinstance(value, dict | list):
            inner = self._inner.encode(value, self._expected)
            return new_part(inner.body, inner.media_type, name)
        return new_part(self.to_text(value).encode(), media_type, name)

    def _is_bytes(self, value: Any) -> bool:
        """Whether a value is a file's content: `contentType` tells where the schema doesn't."""
        if isinstance(value, bytes) or self.is_binary:
            return True
        untyped = self.types.names == EVERYTHING and isinstance(value, str)
        return (
            untyped
            and bool(self.media_types)
            and not is_readable(parse_media_type(self.media_types[0]))
        )

    def _media_type_for(self, value: Any) -> str | None:
        """The media type of a part; plain text needs none."""
        if self.media_types:
            return concrete(self.media_types[0])
        if isinstance(value, bytes) or self.is_binary or self.is_encoded:
            return next(filter(None, map(_content_media_type, self._schemas)), _BINARY)
        return "application/json" if isinstance(value, dict | list) else None


def is_readable(media_type: MediaType) -> bool:
    """Whether bodies of that type are text, or what is written as text."""
    structured = media_type.is_json or media_type.is_xml or is_form(media_type)
    return structured or media_type.is_text


def _headers(node: DocumentNode, own: Sequence[Schema]) -> Iterator[PartHeader]:
    """The headers of an Encoding Object; Content-Type is described by `contentType`."""
    for name, entry in node.items():
        with suppress(BrokenRef):  # whoever reads the whole document reports it
            header = entry.followed()
            is_header = name.lower() != "content-type" and re.fullmatch(TOKEN, name)
            if is_header and isinstance(header.value, dict):
                schema = _schema_at(header.get("schema"), own)
                decode = HeaderDecoder(shape_of(name, "header", schema)).decode
                yield PartHeader(name, header.value.get("required") is True, decode, schema)


def _schema_at(node: DocumentNode | None, own: Sequence[Schema]) -> Schema | None:
    """The schema at a node, found by way of any other of the same contract."""
    if node is None or not own:
        return None
    return own[0].follow(f"{node.document.uri}#{quote(node.pointer, safe='/~')}")


def _content_media_type(schema: Schema) -> str | None:
    said = schema.raw.get("contentMediaType")
    return said if isinstance(said, str) else None


def _is_binary(schema: Schema) -> bool:
    """Whether a schema speaks of bytes as they are (OAS 3.1.1, section 4.8.14.4)."""
    if schema.raw.get("format") == "binary":
        return True
    try:
        return not is_readable(parse_media_type(_content_media_type(schema) or "text/plain"))
    except ValueError:
        return True


def _by_types(text: str, types: Types) -> Any:
    """Text by the types of a schema; JSON where only an object or an array may be meant."""
    if types.plain or ("string" in types.names and text[:1] not in ("{", "[")):
        return coerce(text, types)
    if not text and "null" in types.names:
        return None
    try:
        return _parsed_json(text)
    except ValueError:
        if "string" in types.names:
            return text
        raise


def _parsed_json(text: str) -> Any:
    try:
        return parse_json(text)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"{shown_value(text)} {json_mistake(text, error).told()}") from None


def _bytes(value: Any) -> bytes:
    """The content of a file: bytes, or a string with a character for each of them."""
    if isinstance(value, bytes):
        return value
    try:
        return str(value).encode("latin-1")
    except UnicodeEncodeError:
        return str(value).encode()
