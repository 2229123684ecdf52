"""The event that ends a stream of server-sent events, as a document shows it.

No standard has such an event. Clients of language models wait for `data: [DONE]`, and documents
show it in an example or a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from mock_server.documents import BrokenRef, DocumentNode

# The extension of a Media Type Object that names the data of that event.
DONE_EXTENSION = "x-sse-done"
_END = "[DONE]"
_SHOWN = re.compile(r"(?:^|[\s`'\"*(])data:[ \t]?\[DONE\]")
_EXAMPLE_MEMBERS = ("summary", "description", "value", "dataValue", "serializedValue")


def is_event_stream(key: str) -> bool:
    """Whether a key of a `content` is the media type of server-sent events."""
    return key.partition(";")[0].strip().lower() == "text/event-stream"


def shown_end(node: DocumentNode) -> str | None:
    """Return `[DONE]` if an object shows it as data, in a description or an example.

    Of a `content` the descriptions of properties count, such as that of a request's `stream`.
    """
    shows = any(text == _END or _SHOWN.search(text) for text in _texts(node))
    return _END if shows else None


def _texts(node: DocumentNode) -> Iterator[str]:
    yield from _texts_within(_value(node, "description"))
    yield from _last_text(_value(node, "example"))
    with suppress(BrokenRef):
        for example in _members(node, "examples"):
            for member in _EXAMPLE_MEMBERS:
                yield from _last_text(_value(example, member))
    with suppress(BrokenRef):
        for entry in _members(node, "content"):
            schema = entry.get("schema")
            for one in _members(schema.followed(), "properties") if schema else ():
                yield from _texts_within(_value(one, "description"))


def _members(node: DocumentNode, key: str) -> Iterator[DocumentNode]:
    """Yield the members of a mapping, with references followed. Raises BrokenRef."""
    found = node.get(key)
    for _, member in found.items() if found else ():
        yield member.followed()


def _last_text(value: Any) -> Iterator[str]:
    """Yield a text, or the data of the last event of a list."""
    last = value[-1] if isinstance(value, list) and value else value
    yield from _texts_within(last.get("data") if isinstance(last, dict) else last)


def _texts_within(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value


def _value(node: DocumentNode, key: str) -> Any:
    found = node.get(key)
    return found.value if found is not None else None
