"""Sequential media types: bodies that hold one value after another, to lists and back.

JSON Lines and NDJSON, JSON text sequences (RFC 7464, RFC 8091) and server-sent events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import orjson

from mock_server.bodies.events import EventStream
from mock_server.bodies.json_text import UnreadableBody
from mock_server.contract import Content
from mock_server.core import parse_json, write_json
from mock_server.documents import json_mistake
from mock_server.http_messages import MediaType
from mock_server.schemas import Schema, types_of

_JSON_LINES = frozenset({
    "application/jsonl", "application/x-jsonl", "application/jsonlines", "application/x-jsonlines",
    "application/json-lines", "application/ndjson", "application/x-ndjson", "text/x-ndjson",
    "application/x-json-stream", "application/stream+json", "text/jsonl",
})  # fmt: skip
# A message names this many wrong values, so that a long body of them stays readable.
_MOST_NAMED = 5

_RECORD_SEPARATOR = b"\x1e"
# What ends in none of these is a number or a name, which may have been cut off (RFC 7464, 2.4).
_WHOLE = b'}]" \t\r\n'

Items = list[Any]


class Sequence(NamedTuple):
    """What the values of a sequence have to be: each of them, and the list of all.

    OAS 3.2.1, section "Sequential Media Types": `itemSchema` sees each value, `schema` the whole
    list. Documents from before have a `schema` alone. Where that can't be a list it means each
    value, and where it is a string a body may be taken as it is: `is_text`.
    """

    item: Schema | None
    whole: Schema | None
    is_text: bool = False

    @classmethod
    def of(cls, content: Content) -> Sequence:
        """That of a content."""
        schema = content.schema
        if schema is None or content.item_schema is not None:
            return cls(content.item_schema, schema)
        names = types_of(schema).names
        if "array" in names:
            return cls(None, schema)
        return cls(schema, None, is_text=names <= {"string", "null"})


def is_stream(media_type: MediaType) -> bool:
    """Whether a body of that type is a sequence of values; multipart types are not among them."""
    return _kind(media_type) is not None


def is_events(media_type: MediaType) -> bool:
    """Whether a body of that type is a stream of server-sent events."""
    return _kind(media_type) == "events"


def stream_decoder(media_type: MediaType) -> Callable[[bytes], Items]:
    """What makes a list of a body of that sequential type.

    The decoder raises UnreadableBody, which names each wrong value by its number.
    """
    return _DECODERS[_known_kind(media_type)]


def item_encoder(media_type: MediaType) -> Callable[[Any], bytes]:
    """What makes the bytes of one value of a sequence, so that they can be sent one by one."""
    return _ENCODERS[_known_kind(media_type)]


def _kind(media_type: MediaType) -> str | None:
    if media_type.essence in _JSON_LINES:
        return "lines"
    if media_type.essence == "application/json-seq" or media_type.suffix == "json-seq":
        return "texts"
    return "events" if media_type.essence == "text/event-stream" else None


def _known_kind(media_type: MediaType) -> str:
    kind = _kind(media_type)
    if kind is None:
        raise ValueError(f"{media_type.essence} is no sequence of values")
    return kind


def _json_lines(body: bytes) -> Items:
    """JSON Lines; an empty line is skipped, as NDJSON lets a reader do."""
    lines = enumerate(body.split(b"\n"), 1)
    return _values("line", ((number, line) for number, line in lines if line.strip()))


def _texts(body: bytes) -> Items:
    """A JSON text sequence: each text stands between a record separator and a line feed."""
    before, *texts = body.split(_RECORD_SEPARATOR)
    if before.strip():
        raise UnreadableBody("the body doesn't start with a record separator (0x1E)")
    cut = [number for number, text in enumerate(texts, 1) if text[-1:] not in _WHOLE]
    if cut:
        raise UnreadableBody(f"text {cut[0]} may be cut off; expected a line feed after it")
    return _values("text", ((number, text) for number, text in enumerate(texts, 1) if text.strip()))


def _values(noun: str, numbered: Iterable[tuple[int, bytes]]) -> Items:
    """The values of JSON texts; all those that are none are named."""
    values: Items = []
    wrong: list[str] = []
    for number, text in numbered:
        try:
            values.append(parse_json(text))
        except orjson.JSONDecodeError as error:
            mistake = json_mistake(text.decode(errors="replace"), error)
            wrong.append(f"{noun} {number} {mistake.told(f'column {mistake.column}')}")
    if wrong:
        raise UnreadableBody(_joined(wrong))
    return values


def _joined(sentences: list[str]) -> str:
    more = len(sentences) - _MOST_NAMED
    return "; ".join(sentences[:_MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")


def _line(value: Any) -> bytes:
    return write_json(value, option=orjson.OPT_APPEND_NEWLINE)


def _json_text_record(value: Any) -> bytes:
    return _RECORD_SEPARATOR + _line(value)


# Of a stream that no schema is known of.
_ANY_EVENTS = EventStream()
_DECODERS: dict[str, Callable[[bytes], Items]] = {
    "lines": _json_lines, "texts": _texts, "events": _ANY_EVENTS.decode,
}  # fmt: skip
_ENCODERS: dict[str, Callable[[Any], bytes]] = {
    "lines": _line, "texts": _json_text_record, "events": _ANY_EVENTS.encode,
}  # fmt: skip
