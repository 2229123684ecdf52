"""Sequences of values become lists and back: JSON Lines, JSON texts, server-sent events."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from email import policy
from email.parser import BytesParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.bodies.json_text import UnreadableBody
from mock_server.bodies.sequences import is_stream, item_encoder, stream_decoder
from mock_server.http_messages.media_types import parse_media_type
from tests.helpers.effort import is_linear
from tests.helpers.judge import faults
from tests.helpers.running import Mock, Serve, request, thing

LINES, TEXTS, EVENTS = "application/jsonl", "application/json-seq", "text/event-stream"


def decoded(media_type: str, body: bytes) -> list[Any]:
    return stream_decoder(parse_media_type(media_type))(body)


def encoded(media_type: str, items: list[Any]) -> bytes:
    return b"".join(map(item_encoder(parse_media_type(media_type)), items))


@pytest.mark.parametrize(
    ("media_type", "is_one"),
    [
        ("application/jsonl", True),
        ("application/x-ndjson", True),
        ("application/x-ndjson; charset=utf-8", True),
        ("application/json-seq", True),
        ("application/geo+json-seq", True),
        ("text/event-stream", True),
        ("application/json", False),
        ("text/plain", False),
        ("multipart/mixed", False),
    ],
)
def test_sequences_are_told_from_other_bodies(media_type: str, is_one: bool) -> None:
    assert is_stream(parse_media_type(media_type)) is is_one


def test_what_is_no_sequence_has_no_decoder() -> None:
    with pytest.raises(ValueError, match="application/json is no sequence"):
        stream_decoder(parse_media_type("application/json"))


@pytest.mark.parametrize(
    ("media_type", "body", "values"),
    [
        pytest.param(
            LINES, b'{"a": 1}\n[2]\n"\xc3\x9f"\nnull\n', [{"a": 1}, [2], "ß", None], id="lines"
        ),
        pytest.param(LINES, b"1\r\n2", [1, 2], id="lines as they come"),
        pytest.param(LINES, b"1\n\n \n2\n", [1, 2], id="empty lines"),
        pytest.param(LINES, b"", [], id="no lines"),
        pytest.param(TEXTS, b'\x1e{"a": 1}\n\x1e2\n', [{"a": 1}, 2], id="texts"),
        pytest.param(
            TEXTS, b'\x1e{\n"a": 1}\n\x1e[]', [{"a": 1}, []], id="texts over several lines"
        ),
        pytest.param(TEXTS, b"\x1e\x1e1\n\x1e", [1], id="separators with nothing between"),
        pytest.param(
            EVENTS,
            # The example of OAS 3.2.1, "Server-Sent Event Streams".
            b"event: addString\ndata: This data is formatted\ndata: across two lines\nretry: 5\n\n"
            b"event: addInt64\ndata: 1234\nunknownField: this is ignored\n\n"
            b': This is a comment\nevent: addJSON\ndata: {"foo": 42}\n',
            [
                {
                    "event": "addString",
                    "data": "This data is formatted\nacross two lines",
                    "retry": 5,
                },
                {"event": "addInt64", "data": "1234"},
                {"event": "addJSON", "data": '{"foo": 42}'},
            ],
            id="events",
        ),
        pytest.param(
            EVENTS,
            b"\xef\xbb\xbfdata:a\r\ndata:  b\r\rdata\nid: 1\nid: \0\nretry: x\n\nid: 2\n\n",
            [{"data": "a\n b"}, {"data": "", "id": "1"}],
            id="events to the letter",
        ),
    ],
)
def test_a_body_is_the_list_of_its_values(media_type: str, body: bytes, values: list[Any]) -> None:
    assert decoded(media_type, body) == values


@pytest.mark.parametrize(
    ("media_type", "body", "told"),
    [
        (LINES, b'1\n{"a":\n3\nx\n', "line 2 is no JSON: .* at column .*; line 4 is no JSON"),
        (LINES, b"x\n" * 8, "line 5 is no JSON: .*; and 3 more$"),
        (LINES, b"\xff\n", "line 1 is no JSON"),
        (LINES, b"1 2\n", "line 1 is no JSON"),
        (LINES, b"[" * 5_000 + b"]" * 5_000, "line 1 is no JSON: .*depth"),
        (TEXTS, b"1\n\x1e2\n", "doesn't start with a record separator"),
        (TEXTS, b"\x1e1\n\x1e{]\n", "text 2 is no JSON"),
        (TEXTS, b"\x1e1\n\x1e12", "text 2 may be cut off; expected a line feed"),
        (TEXTS, b"\x1e1\n\x1etru", "text 2 may be cut off"),
        (EVENTS, b"data: \xff\n\n", "the body is no utf-8: byte 6 is wrong"),
    ],
)
def test_each_wrong_value_is_named_by_its_number(media_type: str, body: bytes, told: str) -> None:
    with pytest.raises(UnreadableBody, match=told):
        decoded(media_type, body)


HOSTILE: dict[str, tuple[str, Callable[[int], bytes]]] = {
    "lines": (LINES, lambda n: b"\n" * n),
    "values": (LINES, lambda n: b"1\n" * n),
    "wrong lines": (LINES, lambda n: b"x\n" * n),
    "separators": (TEXTS, lambda n: b"\x1e" * n),
    "digits": (TEXTS, lambda n: b"\x1e" + b"1" * n + b"x"),
    "returns": (EVENTS, lambda n: b"\r" * n),
    "data": (EVENTS, lambda n: b"data\n" * n),
    "a number": (EVENTS, lambda n: b"data: a\nretry: " + b"9" * n + b"\n\n"),
}


@pytest.mark.parametrize(("media_type", "body"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_body_costs_no_more_than_its_length(
    media_type: str, body: Callable[[int], bytes]
) -> None:
    def read(body: bytes) -> None:
        with suppress(UnreadableBody):
            decoded(media_type, body)

    assert is_linear(body, read, 4_000)


@pytest.mark.parametrize(
    ("media_type", "items", "body"),
    [
        (LINES, [{"a": "ß\n"}, 1, None], '{"a":"ß\\n"}\n1\nnull\n'.encode()),
        (TEXTS, [{"a": 1}, 2], b'\x1e{"a":1}\n\x1e2\n'),
        (EVENTS, [{"a": 1}, "x\ny", None], b'data: {"a":1}\n\ndata: x\ndata: y\n\ndata: null\n\n'),
        (
            EVENTS,
            [{"data": {"n": 1}, "event": "add", "id": "7", "retry": 10}],
            b'event: add\nid: 7\nretry: 10\ndata: {"n":1}\n\n',
        ),
        (EVENTS, [{"data": "a\r\nb\rc", "event": None}], b"data: a\ndata: b\ndata: c\n\n"),
        (EVENTS, [{"data": "", "user": 1}], b'data: {"data":"","user":1}\n\n'),
        (EVENTS, [], b""),
    ],
)
def test_values_are_written_one_after_another(
    media_type: str, items: list[Any], body: bytes
) -> None:
    assert encoded(media_type, items) == body


@pytest.mark.parametrize("field", ["event", "id"])
@pytest.mark.parametrize("text", ["a\nb", "a\0"])
def test_a_field_that_would_be_another_event_is_refused(field: str, text: str) -> None:
    with pytest.raises(ValueError, match=f"an event's {field} is one line without NUL"):
        encoded(EVENTS, [{"data": "", field: text}])


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize("media_type", [LINES, TEXTS])
@given(items=st.lists(JSON, max_size=4))
def test_values_come_back_as_they_went_out(media_type: str, items: list[Any]) -> None:
    body = encoded(media_type, items)
    assert decoded(media_type, body) == items
    assert [json.loads(line.strip("\x1e")) for line in body.decode().split("\n")[:-1]] == items


ONE_LINE = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"))
EVENT = st.fixed_dictionaries(
    {"data": st.text(st.characters(codec="utf-8", exclude_characters="\r"))},
    optional={"event": ONE_LINE, "id": ONE_LINE, "retry": st.integers(0, 10**9)},
)


@given(st.lists(EVENT))
def test_events_come_back_as_they_went_out(events: list[dict[str, Any]]) -> None:
    assert decoded(EVENTS, encoded(EVENTS, events)) == events


# Replies ---------------------------------------------------------------------------------------

OBJECT = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
LISTED = {"type": "array", "items": OBJECT}
STARTS = {LINES: b"{", TEXTS: b"\x1e{", EVENTS: b"data: {", "multipart/mixed": b"--"}


def streaming(serve: Serve, media_type: str, **entry: Any) -> Mock:
    """Return a server of OAS 3.2 whose one operation answers with that sequence."""
    responses = {"200": {"content": {media_type: entry}}}
    return serve({"openapi": "3.2.0", **thing(responses)})


@pytest.mark.parametrize("media_type", STARTS)
@pytest.mark.parametrize(
    "entry", [{"itemSchema": OBJECT}, {"schema": LISTED}], ids=["itemSchema", "schema"]
)
def test_each_item_is_sent_as_a_chunk_of_its_own(
    serve: Serve, media_type: str, entry: dict[str, Any]
) -> None:
    mock = streaming(serve, media_type, **entry)
    with mock.wire() as wire:
        wire.send(request("/thing", b"", "prefer: items=4", method="GET"))
        answer = wire.answer()
    items = answer.chunks[:-1] if media_type == "multipart/mixed" else answer.chunks
    assert [item[: len(STARTS[media_type])] for item in items] == [STARTS[media_type]] * 4
    assert "content-length" not in answer.headers
    assert [e.reply and e.reply.body for e in mock.exchanges] == [answer.body]


def test_a_client_reads_events_line_by_line(serve: Serve) -> None:
    mock = streaming(serve, EVENTS, itemSchema=OBJECT)
    with mock.client.stream("GET", "/thing", headers={"prefer": "items=3"}) as reply:
        lines = [line for line in reply.iter_lines() if line]
    values = [json.loads(line.removeprefix("data: ")) for line in lines]
    assert len(values) == 3
    assert [faults(OBJECT, value) for value in values] == [[]] * 3


def test_the_parts_of_a_multipart_stream_are_read_by_another_reader(serve: Serve) -> None:
    reply = streaming(serve, "multipart/mixed", itemSchema=OBJECT).get()
    head = f"Content-Type: {reply.headers['content-type']}\r\n\r\n".encode()
    message = BytesParser(policy=policy.HTTP).parsebytes(head + reply.content)
    values = [json.loads(part.get_content()) for part in message.iter_parts()]
    assert [faults(OBJECT, value) for value in values] == [[]] * 3


@pytest.mark.parametrize("media_type", [LINES, TEXTS, EVENTS])
def test_a_schema_from_before_3_2_that_is_no_list_is_of_each_item(
    serve: Serve, media_type: str
) -> None:
    reply = streaming(serve, media_type, schema=OBJECT).get(headers={"prefer": "items=2"})
    texts = [line.lstrip("\x1e").removeprefix("data: ") for line in reply.text.split("\n") if line]
    assert [faults(OBJECT, json.loads(text)) for text in texts] == [[], []]


def test_an_example_that_is_a_list_is_streamed_and_one_that_is_a_text_is_the_body(
    serve: Serve,
) -> None:
    text = "event: tick\ndata: 1\n\n: bye\n\n"
    examples = {"list": {"value": [{"n": 1}, {"n": 2}]}, "text": {"value": text}}
    mock = streaming(serve, EVENTS, examples=examples)
    with mock.wire() as wire:
        for name in examples:
            wire.send(request("/thing", b"", f"prefer: example={name}", method="GET"))
        assert wire.answer().chunks == (b'data: {"n":1}\n\n', b'data: {"n":2}\n\n')
        assert wire.answer().body == text.encode()


def test_head_and_an_empty_sequence_have_no_body(serve: Serve) -> None:
    mock = streaming(serve, LINES, itemSchema=OBJECT)
    assert mock.client.head("/thing").content == b""
    empty = mock.get(headers={"prefer": "items=0"})
    assert (empty.status_code, empty.headers["content-length"]) == (200, "0")
