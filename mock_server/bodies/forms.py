"""Form bodies to values and back: application/x-www-form-urlencoded and multipart.

OAS 3.1.1, sections 4.8.14.3 and 4.8.15; OAS 3.2.1, "Encoding Usage and Restrictions". A form is
an object of its fields; a multipart body that is no form is a list of its parts. What stands for
the content of a file is said in `encodings`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from mock_server.bodies.encoding import Encoding, is_form, is_readable
from mock_server.bodies.form_object import NamedForm, as_object
from mock_server.bodies.json_text import UnreadableBody, Written
from mock_server.bodies.multipart import Part, read_parts, write_parts
from mock_server.contract import Content
from mock_server.core import shown_value
from mock_server.documents import DocumentNode
from mock_server.http_messages import MediaType
from mock_server.schemas import ANY, Schema, Types, item_schemas, listed, schemas_within, types_of

__all__ = ["Form", "is_form"]

Decoder = Callable[[bytes], Any]


class Form:
    """What the bodies of one Media Type Object are, compiled when first needed.

    `item_schema` is its `itemSchema` (OAS 3.2).
    """

    def __init__(
        self, schema: Schema | None, node: DocumentNode | None, item_schema: Schema | None = None
    ) -> None:
        self._types = ANY if schema is None else types_of(schema)
        self._named = NamedForm(schema, self._types, node, Form)
        self._ordered = _OrderedParts(schema, self._types, node, item_schema)

    @classmethod
    def of(cls, content: Content) -> Form:
        """That of a content."""
        return cls(content.schema, content.node, content.item_schema)

    def decoder(self, media_type: MediaType) -> Decoder:
        """What reads a body with that Content-Type; it raises UnreadableBody."""
        if media_type.type != "multipart":
            return self._named.from_text
        boundary = dict(media_type.parameters).get("boundary")
        from_parts = self._from_parts(media_type)
        return lambda body: from_parts(read_parts(body, boundary))

    def _from_parts(self, media_type: MediaType) -> Callable[[Sequence[Part]], Any]:
        """A form's parts go by name unless the schema asks for a list; others do if it doesn't."""
        names = self._types.names
        if media_type.subtype == "form-data":
            return self._ordered.from_form if names == {"array"} else self._named.from_parts
        return self._ordered.from_parts if "array" in names else self._named.from_parts

    def files(self, body: bytes, media_type: MediaType) -> frozenset[str]:
        """The names of the parts that hold files: by a filename, by their type, or by the schema.

        Raises UnreadableBody.
        """
        if media_type.type != "multipart":
            return frozenset()
        parts = read_parts(body, dict(media_type.parameters).get("boundary"))
        return frozenset(part.name or "" for part in parts if self._is_file(part))

    def _is_file(self, part: Part) -> bool:
        return _holds_file(part) or self._named.is_binary(part.name or "")

    def encode(self, value: Any, media_type: MediaType) -> Written:
        """The body that stands for a value, and its Content-Type with the boundary that it needs.

        Decoding gives the value again but for what a form has no way to say: an array without
        members, a null where a text may stand. Raises ValueError for what is no form, and for what
        a declared style can't express.
        """
        if media_type.type != "multipart":
            return Written(self._named.to_text(value), str(media_type))
        if media_type.is_range:
            subtype = "form-data" if isinstance(value, dict) else "mixed"
            media_type = replace(media_type, subtype=subtype)
        pieces, boundary = write_parts(self._parts(value, media_type))
        others = [pair for pair in media_type.parameters if pair[0] != "boundary"]
        whole_type = str(replace(media_type, parameters=(*others, ("boundary", boundary))))
        written = Written.of_pieces(pieces, whole_type)
        return written._replace(pieces=()) if media_type.subtype == "form-data" else written

    def _parts(self, value: Any, media_type: MediaType) -> list[Part]:
        if isinstance(value, dict):
            return self._named.to_parts(value)
        if not isinstance(value, list):
            raise ValueError(f"a multipart body is an object or a list; found {shown_value(value)}")
        is_form = media_type.subtype == "form-data"
        return self._ordered.to_form(value) if is_form else self._ordered.to_parts(value)


class _OrderedParts:
    """Parts that go by their place: the members of an array (OAS 3.2.1, "Encoding By Position")."""

    def __init__(
        self,
        schema: Schema | None,
        types: Types,
        node: DocumentNode | None,
        item_schema: Schema | None,
    ) -> None:
        self._own = [schema] if schema else []
        self._types, self._node, self._item_schema = types, node, item_schema
        self._known: dict[int, Encoding] = {}

    @cached_property
    def _nodes(self) -> list[DocumentNode]:
        first = self._node.get("prefixEncoding") if self._node else None
        return list(first.elements()) if first else []

    @cached_property
    def _listed(self) -> int:
        """How many members are described by their place."""
        schemas = schemas_within(*self._own)
        return max([len(self._nodes), *(len(listed(one, "prefixItems")) for one in schemas)])

    def _encoding(self, index: int) -> Encoding:
        """How the member there is written; beyond those that are listed, all have the same way."""
        index = min(index, self._listed)
        if index not in self._known:
            streamed = [self._item_schema] if self._item_schema else []
            own = item_schemas(self._own, index) or streamed
            rest = self._node.get("itemEncoding") if self._node else None
            node = self._nodes[index] if index < len(self._nodes) else rest
            self._known[index] = Encoding(own, self._item_types(index), node, Form)
        return self._known[index]

    def _item_types(self, index: int) -> Types:
        return types_of(self._item_schema) if self._item_schema else self._types.inside.item(index)

    def from_parts(self, parts: Sequence[Part]) -> list[Any]:
        """The values of parts in their order."""
        return [self._value(i, part, self._item_types(i)) for i, part in enumerate(parts)]

    def from_form(self, parts: Sequence[Part]) -> list[dict[str, Any]]:
        """Each part of a form as an object of one property."""
        values = []
        for index, part in enumerate(parts):
            types = self._item_types(index).inside.property(part.name or "")
            values.append({part.name or "": self._value(index, part, types)})
        return values

    def _value(self, index: int, part: Part, types: Types) -> Any:
        try:
            return self._encoding(index).from_part(part, types)
        except ValueError as error:
            raise UnreadableBody(f"part {index + 1}: {error}") from None

    def to_parts(self, values: list[Any]) -> list[Part]:
        """The parts that stand for the members of a list."""
        return [self._encoding(i).to_part(value) for i, value in enumerate(values)]

    def to_form(self, values: list[Any]) -> list[Part]:
        """The same where each member is an object of one property. Raises ValueError."""
        return [
            self._encoding(i).to_part(member, name)
            for i, value in enumerate(values)
            for name, member in as_object(value).items()
        ]


def _holds_file(part: Part) -> bool:
    """Whether a part has a filename, or is of a type that no field of a form has.

    Browsers name `blob` what isn't a file, such as JSON beside an upload (XMLHttpRequest,
    FormData.append).
    """
    try:
        media_type = part.media_type
    except ValueError:
        return True
    if part.filename is not None:
        return part.filename != "blob" or media_type is None or not media_type.is_json
    is_whole = media_type is None or (is_readable(media_type) and media_type.type != "multipart")
    return not is_whole
