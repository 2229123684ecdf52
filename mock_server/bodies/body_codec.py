"""The bodies of one Media Type Object, whatever its type: bytes to values and back, and judged."""

from __future__ import annotations

from typing import Any

from mock_server.bodies import json_text
from mock_server.bodies.events import EventStream
from mock_server.bodies.forms import Form, is_form
from mock_server.bodies.json_text import Decoder, UnreadableBody, Written
from mock_server.bodies.sequences import (
    Sequence,
    is_events,
    is_stream,
    item_encoder,
    stream_decoder,
)
from mock_server.bodies.xml.codec import Xml
from mock_server.contract import Content
from mock_server.errors import Violation
from mock_server.http_messages import MediaType, parse_media_type


def decoder(content: Content, media_type: MediaType) -> Decoder:
    """What makes a value of a body that came with that Content-Type; raises UnreadableBody.

    JSON, forms, XML and sequences give their values, text a string, as does a sequence that is
    described as one; of any other type the bytes are handed on.
    """
    if is_stream(media_type):
        if content.once(Sequence.of).is_text:
            return json_text.text_decoder(media_type)
        if is_events(media_type):
            return content.once(EventStream.of).decode
        return stream_decoder(media_type)
    if is_form(media_type):
        return content.once(Form.of).decoder(media_type)
    if media_type.is_xml:
        return content.once(Xml.of).decoder(media_type.charset)
    return json_text.decoder(media_type)


def files(content: Content, media_type: MediaType, body: bytes) -> frozenset[str]:
    """The names of the parts of a multipart body that hold files; none of any other body."""
    return content.once(Form.of).files(body, media_type) if is_form(media_type) else frozenset()


def encode(value: Any, content: Content, media_type: str) -> Written:
    """The body that stands for a value, and its Content-Type with what belongs there.

    A text is taken as the body itself where the type isn't JSON. Raises TypeError or ValueError
    for a value that the type can't say.
    """
    if type(value) is bytes or media_type == "application/json":
        return Written(json_text.encode(value, media_type), media_type)
    plain = parse_media_type(media_type)
    if plain.is_json:
        return Written(json_text.encode(value, media_type), media_type)
    if value is None or type(value) is str:
        return Written((value or "").encode(), media_type)
    if is_events(plain):
        return Written.of_pieces(content.once(EventStream.of).pieces(value), media_type)
    if is_stream(plain):
        items = value if isinstance(value, list) else [value]
        return Written.of_pieces(tuple(map(item_encoder(plain), items)), media_type)
    if is_form(plain):
        return content.once(Form.of).encode(value, plain)
    if plain.is_xml:
        return Written(content.once(Xml.of).encode(value), media_type)
    return Written(json_text.encode(value, media_type), media_type)


def violations(content: Content, value: Any, where: tuple[str, ...]) -> list[Violation]:
    """Every way in which a body's value breaks what its Media Type Object says.

    Bytes are not judged; a text where the type isn't JSON is judged as what it stands for.
    """
    if type(value) is bytes:
        return []
    if type(value) is str and (read := content.once(text_reader)) is not None:
        try:
            value = read(value.encode())
        except UnreadableBody as error:
            return [Violation(where, "", "syntax", str(error))]
    if content.done is not None and isinstance(value, list):
        value = content.once(EventStream.of).values(value)
    item, whole, _ = content.once(rules)
    found = [] if whole is None or whole.is_valid(value) else whole.violations(value, where)
    if item is not None:
        listed = isinstance(value, list)
        for index, one in enumerate(value if listed else [value]):
            found += item.violations(one, (*where, str(index)) if listed else where)
    return found


def rules(content: Content) -> Sequence:
    """What a body's value has to be, and each of a sequence's."""
    if is_stream(parse_media_type(content.key)):
        return Sequence.of(content)
    return Sequence(content.item_schema, content.schema)


def text_reader(content: Content) -> Decoder | None:
    """What reads a text of the content's type, where that is more than text."""
    media_type = parse_media_type(content.key)
    if media_type.is_xml or is_form(media_type) or is_stream(media_type):
        return decoder(content, media_type)
    return None
