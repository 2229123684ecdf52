"""Server-sent events (HTML Living Standard, section 9.2): their values to bytes and back.

What a schema describes is the event itself, by its fields (OAS 3.2.1, "Special Considerations for
Server-Sent Events"), or the JSON that its `data` holds, as documents from before have it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mock_server.bodies.json_text import UnreadableBody
from mock_server.contract import Content
from mock_server.core import parse_json, write_json
from mock_server.schemas import Schema, item_schemas, property_schemas, schemas_within, types_of

FIELDS = ("event", "id", "retry", "data")
# What is sent for an event without data: clients parse it, and an empty text is no JSON.
NO_DATA = "{}"
# Longer ones are no time to wait for, and too long ones can't be converted.
_DIGITS = re.compile("[0-9]{1,18}")
_LINE_END = re.compile("\r\n|\n|\r")
_FIELD_NAMES = frozenset(FIELDS)
# A schema of an `id` alone may be of either.
_TELLING = frozenset({"data", "event", "retry"})


@dataclass(frozen=True, slots=True)
class EventStream:
    """How the values of one stream stand in its events.

    `is_fields` says whether a value's members are the fields of an event; if not, the value is its
    data, and None is for what the schema doesn't say. `types` are the names that the `type` of the
    data may have, which the event has too. `done` is the data of the event that ends the stream; it
    is no value.
    """

    is_fields: bool | None = None
    types: frozenset[str] = frozenset()
    done: str | None = None

    @classmethod
    def of(cls, content: Content) -> EventStream:
        """The one that a Media Type Object describes."""
        schemas = _item_schemas(content)
        properties = property_schemas(schemas, "properties")
        is_fields = _is_fields(schemas, properties.keys())
        if is_fields:
            within = schemas_within(*properties.get("data", ()))
            properties = property_schemas((*within, *_content_schemas(within)), "properties")
        return cls(is_fields, _listed_names(properties.get("type", ())), content.done)

    def values(self, value: Any) -> list[Any]:
        """The values of a stream, without the event that ends it."""
        values = value if isinstance(value, list) else [value]
        return values if self.done is None else [v for v in values if not self._is_end(v)]

    def _is_end(self, value: Any) -> bool:
        data = value.get("data") if isinstance(value, dict) else value
        return isinstance(data, str) and data == self.done

    def pieces(self, value: Any) -> tuple[bytes, ...]:
        """The bytes of each event, with the one that ends the stream.

        Raises ValueError for a field that would be more than one line.
        """
        written = [self.encode(one) for one in self.values(value)]
        end = () if self.done is None else (_event_bytes({"data": self.done}),)
        return (*written, *end)

    def encode(self, value: Any) -> bytes:
        """The bytes of one event, which always has data."""
        event = value if self._is_event(value) else {"data": value}
        data = event.get("data", NO_DATA)
        named = {"event": self._type(data)} if event.get("event") is None else {}
        return _event_bytes({**event, **named, "data": data})

    def _is_event(self, value: Any) -> bool:
        if not isinstance(value, dict) or not value.keys() <= _FIELD_NAMES:
            return False
        return "data" in value if self.is_fields is None else self.is_fields

    def _type(self, data: Any) -> str | None:
        """The name of an event by its data's `type`, as Anthropic's clients read it."""
        if not self.types:
            return None
        found = _parsed(data)
        name = found.get("type") if isinstance(found, dict) else None
        return name if isinstance(name, str) and name in self.types else None

    def decode(self, body: bytes) -> list[Any]:
        """The values of a stream: events as objects of their fields, or their data alone.

        `retry` is an integer, the others are strings (OAS 3.2.1). Raises UnreadableBody.
        """
        events = self.values(list(_events(body)))
        return events if self.is_fields is not False else [_parsed(one["data"]) for one in events]


def _item_schemas(content: Content) -> tuple[Schema, ...]:
    """The schemas of each value: `itemSchema`, those of a list's items, or `schema`."""
    if content.item_schema is not None:
        return schemas_within(content.item_schema)
    if content.schema is None:
        return ()
    if "array" in types_of(content.schema).names:
        return schemas_within(*item_schemas([content.schema], 0))
    return schemas_within(content.schema)


def _is_fields(schemas: tuple[Schema, ...], names: Any) -> bool | None:
    if names:
        return bool(names & _TELLING) and names <= _FIELD_NAMES
    is_other = any("object" not in types_of(schema).names for schema in schemas)
    return False if is_other and schemas else None


def _content_schemas(schemas: tuple[Schema, ...]) -> tuple[Schema, ...]:
    """The schemas of the JSON that texts hold (JSON Schema 2020-12 validation, section 8.5)."""
    said = [one for one in schemas if isinstance(one.raw.get("contentSchema"), dict)]
    return schemas_within(*(one.child("contentSchema") for one in said))


def _listed_names(schemas: Any) -> frozenset[str]:
    """The strings that `const` and `enum` list."""
    raws = [schema.raw for schema in schemas_within(*schemas)]
    constants = (raw["const"] for raw in raws if "const" in raw)
    listed = (name for raw in raws if isinstance(raw.get("enum"), list) for name in raw["enum"])
    return frozenset(name for name in (*constants, *listed) if _is_line(name))


def _is_line(name: Any) -> bool:
    return isinstance(name, str) and not _LINE_END.search(name) and "\0" not in name


def _parsed(data: Any) -> Any:
    """The value of JSON; the data itself if it is none."""
    try:
        return parse_json(data) if isinstance(data, str) else data
    except ValueError:
        return data


def _events(body: bytes) -> Iterator[dict[str, Any]]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableBody(f"the body is no utf-8: byte {error.start} is wrong") from None
    fields: list[tuple[str, str]] = []
    # The end of the body ends the last event, as in the example of OAS 3.2.1; a browser drops it.
    for line in [*_LINE_END.split(text), ""]:
        if line:
            name, _, value = line.partition(":")
            fields.append((name, value.removeprefix(" ")))
        else:
            yield from _event(fields)
            fields = []


def _event(fields: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """The event that those fields make up; none without data."""
    data = [value for name, value in fields if name == "data"]
    event: dict[str, Any] = {}
    for name, value in fields:
        if name == "event" or (name == "id" and "\0" not in value):
            event[name] = value
        elif name == "retry" and _DIGITS.fullmatch(value):
            event[name] = int(value)
    return [event | {"data": "\n".join(data)}] if data else []


def _event_bytes(event: dict[str, Any]) -> bytes:
    lines = (
        f"{name}: {line}\n"
        for name in FIELDS
        if name == "data" or event.get(name) is not None
        for line in _lines_of(name, event[name])
    )
    return "".join(lines).encode() + b"\n"


def _lines_of(name: str, value: Any) -> list[str]:
    text = value if isinstance(value, str) else write_json(value).decode()
    lines = _LINE_END.split(text)
    if name != "data" and (len(lines) > 1 or "\0" in text):
        raise ValueError(f"an event's {name} is one line without NUL; found {value!r}")
    return lines
