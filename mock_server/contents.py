"""The bodies of one Media Type Object, whatever its type: bytes to values and back, and judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mock_server import bodies
from mock_server.bodies import Decoder, UnreadableBody
from mock_server.contract import Content
from mock_server.errors import Violation
from mock_server.forms import Form, is_form
from mock_server.media_types import MediaType, parse
from mock_server.streams import is_stream, stream_decoder, stream_encode
from mock_server.xml_bodies import xml_decoder, xml_encode


def decoder(content: Content, media_type: MediaType) -> Decoder:
    """What makes a value of a body that came with that Content-Type; raises UnreadableBody.

    JSON, forms, XML and sequences give their values, text a string; of any other type the bytes
    are handed on.
    """
    if is_stream(media_type):
        return stream_decoder(media_type)
    if is_form(media_type):
        return Form.of(content, content.item_schema).decoder(media_type)
    if media_type.is_xml:
        return xml_decoder(content.schema, media_type.charset)
    return bodies.decoder(media_type)


def encode(value: Any, content: Content, media_type: str) -> tuple[bytes, str]:
    """The body that stands for a value, and its Content-Type with what belongs there.

    A text is taken as the body itself where the type isn't JSON. Raises TypeError or ValueError
    for a value that the type can't say.
    """
    if type(value) is bytes or media_type == "application/json":
        return bodies.encode(value, media_type), media_type
    plain = parse(media_type)
    if plain.is_json:
        return bodies.encode(value, media_type), media_type
    if value is None or type(value) is str:
        return (value or "").encode(), media_type
    if is_stream(plain):
        return stream_encode(value if isinstance(value, list) else [value], plain), media_type
    if is_form(plain):
        return Form.of(content, content.item_schema).encode(value, plain)
    if plain.is_xml:
        return xml_encode(value, content.schema), media_type
    return bodies.encode(value, media_type), media_type


def violations(content: Content, value: Any, where: tuple[str, ...]) -> list[Violation]:
    """Every way in which a body's value breaks what its Media Type Object says.

    Bytes are not judged; a text where the type isn't JSON is judged as what it stands for.
    """
    if type(value) is bytes:
        return []
    if type(value) is str and "json" not in content.key and (read := _reader(content)) is not None:
        try:
            value = read(value.encode())
        except UnreadableBody as error:
            return [Violation(where, "", "syntax", str(error))]
    schema = content.schema
    found = [] if schema is None or schema.is_valid(value) else schema.violations(value, where)
    if content.item_schema is not None and isinstance(value, list):
        for index, item in enumerate(value):
            found += content.item_schema.violations(item, (*where, str(index)))
    return found


def _reader(content: Content) -> Callable[[bytes], Any] | None:
    """What reads a text of the content's type, where that is more than text."""
    media_type = parse(content.key)
    if media_type.is_xml or is_form(media_type) or is_stream(media_type):
        return decoder(content, media_type)
    return None
