"""Streams of server-sent events as clients read them: names, data, and the event that ends them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest

from tests.helpers.proxied import Pass
from tests.helpers.running import Mock, Serve, json_of, request, thing
from tests.helpers.service import reply as service_reply

EVENTS = "text/event-stream"
TEXT = {"type": "string"}
PIECE = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
DONE = "data: [DONE]\n\n"


class Event(NamedTuple):
    """What a browser's EventSource dispatches."""

    type: str
    data: str
    id: str


def dispatched(text: str) -> Iterator[Event]:
    """Yield the events of a stream by the steps of the HTML Living Standard, section 9.2.6."""
    data: list[str] = []
    kind = last = ""
    for line in re.split("\r\n|\r|\n", text):
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            if data:
                yield Event(kind or "message", "\n".join(data), last)
            data, kind = [], ""
        elif name == "event":
            kind = value
        elif name == "data":
            data.append(value)
        elif name == "id" and "\0" not in value:
            last = value


def streaming(serve: Serve, entry: Mapping[str, Any], **more: Any) -> Mock:
    version, settings = more.pop("openapi", "3.2.0"), more.pop("settings", {})
    paths = thing({"200": {"content": {EVENTS: entry}}}, **more)
    return serve({"openapi": version, **paths}, **settings)


# The event that ends a stream


def shown(**more: Any) -> dict[str, Any]:
    return {"itemSchema": PIECE, **more}


SAYS = "Streams deltas, and ends with `data: [DONE]`."
STREAM = {"type": "boolean", "description": SAYS}
BODY = json_of({"type": "object", "properties": {"stream": STREAM}})


@pytest.mark.parametrize(
    ("entry", "operation"),
    [
        (shown(**{"x-sse-done": "[DONE]"}), {}),
        (shown(), {"settings": {"sse_done": "[DONE]"}}),
        (shown(), {"description": "Ends so:\n\n    data: [DONE]\n"}),
        (shown(), {"description": SAYS}),
        (shown(), {"method": "post", "requestBody": BODY}),
        (shown(description=SAYS), {}),
        (shown(example=[{"n": 1}, "[DONE]"]), {}),
        (shown(example=[{"n": 1}, {"data": "[DONE]"}]), {}),
        (shown(examples={"a": {"value": 'data: {"n":1}\n\ndata: [DONE]\n\n'}}), {}),
        (shown(examples={"a": {"serializedValue": 'data: {"n":1}\n\ndata: [DONE]\n\n'}}), {}),
        (shown(examples={"a": {"summary": SAYS, "value": [{"n": 1}]}}), {}),
    ],
    ids=str,
)
def test_the_event_that_ends_a_stream_is_sent_once_after_the_last(
    serve: Serve, entry: Any, operation: Any
) -> None:
    mock = streaming(serve, entry, **operation)
    method = operation.get("method", "get").upper()
    for prefer in ("", "dynamic=true"):
        got = mock.client.request(method, "/thing", headers={"prefer": prefer})
        assert got.status_code == 200, got.text
        *pieces, last = dispatched(got.text)
        assert last.data == "[DONE]" and pieces
        assert all(isinstance(json.loads(piece.data)["n"], int) for piece in pieces)


@pytest.mark.parametrize(
    ("entry", "operation"),
    [
        (shown(), {}),
        (shown(**{"x-sse-done": ""}), {"settings": {"sse_done": "[DONE]"}}),
        (shown(), {"description": "When it is [DONE] it ends; metadata:[DONE] is none."}),
    ],
    ids=str,
)
def test_a_stream_that_shows_no_end_has_none(serve: Serve, entry: Any, operation: Any) -> None:
    assert "DONE" not in streaming(serve, entry, **operation).get().text


def test_another_text_may_end_a_stream_and_stubs_and_handlers_end_so_too(serve: Serve) -> None:
    entry = shown(**{"x-sse-done": "over\nand out"})
    end = "data: over\ndata: and out\n\n"
    handlers = "def thing():\n    return [{'n': 1}]\n"
    handled = streaming(serve, entry, settings={"handlers": handlers})
    assert handled.get().text == 'data: {"n":1}\n\n' + end
    stubbed = streaming(serve, entry)
    stub = {"operation": "thing", "status": 200, "body": [{"n": 2}]}
    assert stubbed.post("/_mock/stubs", json=stub).status_code == 201
    assert stubbed.get().text == 'data: {"n":2}\n\n' + end


def test_the_end_is_a_piece_of_its_own(serve: Serve) -> None:
    mock = streaming(serve, shown(**{"x-sse-done": "[DONE]"}))
    with mock.wire() as wire:
        wire.send(request("/thing", b"", "prefer: items=2", method="GET"))
        *pieces, last = wire.answer().chunks
    assert (len(pieces), last) == (2, DONE.encode())


def test_an_end_that_is_no_text_is_a_finding(serve: Serve) -> None:
    mock = streaming(serve, shown(**{"x-sse-done": True}))
    (found,) = mock.app.parts.findings
    assert "x-sse-done" in found.message
    assert "DONE" not in mock.get().text


def test_the_end_is_not_judged_in_what_the_service_streams(proxy: Pass) -> None:
    def answer(text: str) -> Any:
        return lambda seen, connection: service_reply(200, text.encode(), f"Content-Type: {EVENTS}")

    entry = {"schema": PIECE, "x-sse-done": "[DONE]"}
    paths = thing({"200": {"content": {EVENTS: entry}}})
    for text, faults in ((f'data: {{"n":1}}\n\n{DONE}', 0), (f'data: {{"n":"x"}}\n\n{DONE}', 1)):
        passed = proxy(paths, answer(text))
        assert passed.client.get("/thing").text == text
        assert len(passed.last.reply.violations) == faults  # type: ignore[union-attr]


# Names and data


def variant(name: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["type", *properties],
        "properties": {"type": {"const": name}, **properties},
    }


MESSAGES = {
    "oneOf": [
        variant("message_start", message=PIECE),
        variant("content_block_delta", index={"type": "integer"}, delta=TEXT),
        {**variant("ping"), "properties": {"type": {"enum": ["ping"]}}},
    ]
}


@pytest.mark.parametrize("mode", ["true", "minimal", "maximal"])
@pytest.mark.parametrize("keyword", ["itemSchema", "schema"])
def test_an_event_is_named_by_the_type_of_its_data(serve: Serve, mode: str, keyword: str) -> None:
    reply = streaming(serve, {keyword: MESSAGES}).get(
        headers={"prefer": f"dynamic={mode}, items=20"}
    )
    events = list(dispatched(reply.text))
    kinds = {event.type for event in events}
    assert len(kinds) > 1 and kinds <= {"message_start", "content_block_delta", "ping"}
    assert all(json.loads(event.data)["type"] == event.type for event in events)


def test_examples_stubs_and_handlers_are_named_too(serve: Serve) -> None:
    entry = {"itemSchema": MESSAGES, "example": [{"type": "ping"}]}
    assert streaming(serve, entry).get().text == 'event: ping\ndata: {"type":"ping"}\n\n'


@pytest.mark.parametrize(
    "schema",
    [PIECE, variant("x") | {"properties": {"type": TEXT}}, True, TEXT, {"type": "integer"}],
    ids=str,
)
def test_an_event_without_a_declared_name_is_a_message(serve: Serve, schema: Any) -> None:
    events = list(dispatched(streaming(serve, {"itemSchema": schema}).get().text))
    assert events and {event.type for event in events} == {"message"}


FIELDS = {
    "event": {"enum": ["added", "removed"]},
    "data": PIECE,
    "id": TEXT,
    "retry": {"type": "integer", "minimum": 0},
}


def of_fields(*names: str, required: tuple[str, ...] = ()) -> dict[str, Any]:
    properties = {name: FIELDS[name] for name in names}
    return {"type": "object", "required": list(required), "properties": properties}


@pytest.mark.parametrize(
    "schema",
    [
        of_fields(*FIELDS),
        of_fields("data", "retry"),
        of_fields("event", "data", required=("event",)),
        of_fields("data"),
        {"allOf": [of_fields("event"), of_fields("data", "id")]},
        {"oneOf": [of_fields("data", required=("data",)), of_fields("retry", required=("retry",))]},
    ],
    ids=str,
)
@pytest.mark.parametrize("mode", ["true", "minimal", "maximal"])
def test_an_event_is_written_by_its_fields_and_always_has_data(
    serve: Serve, schema: Any, mode: str
) -> None:
    reply = streaming(serve, {"itemSchema": schema}).get(
        headers={"prefer": f"dynamic={mode}, items=12"}
    )
    events = list(dispatched(reply.text))
    assert len(events) == 12
    assert all(json.loads(event.data).keys() <= {"n"} for event in events)
    if "event" in json.dumps(schema):
        assert {event.type for event in events} <= {"added", "removed"}
    assert re.search(r"^(?!(data|event|id|retry): |$)", reply.text, re.MULTILINE) is None


def test_a_value_of_fields_alone_has_data_all_the_same(serve: Serve) -> None:
    entry = {"itemSchema": of_fields(*FIELDS), "example": [{"retry": 5}, {"event": "added"}]}
    events = list(dispatched(streaming(serve, entry).get().text))
    assert events == [Event("message", "{}", ""), Event("added", "{}", "")]


def test_data_beside_other_members_is_data_of_its_own(serve: Serve) -> None:
    schema = {"type": "object", "properties": {"data": TEXT, "usage": TEXT}}
    entry = {"itemSchema": schema, "example": [{"data": "x"}]}
    assert streaming(serve, entry).get().text == 'data: {"data":"x"}\n\n'


def test_json_in_a_text_names_its_event(serve: Serve) -> None:
    text = {"type": "string", "contentMediaType": "application/json", "contentSchema": MESSAGES}
    schema = {"type": "object", "required": ["data"], "properties": {"data": text}}
    value = json.dumps({"type": "ping"})
    entry = {"itemSchema": schema, "example": [{"data": value}]}
    (event,) = dispatched(streaming(serve, entry).get().text)
    assert event == Event("ping", value, "")


@pytest.mark.parametrize(
    ("data", "faults"), [('{"type":"ping"}', False), ('{"type":"pong"}', True), ("ping", True)]
)
def test_the_stream_of_a_service_is_judged_by_the_schema_of_its_data(
    proxy: Pass, data: str, faults: bool
) -> None:
    body = f"event: ping\ndata: {data}\n\n".encode()
    paths = thing({"200": {"content": {EVENTS: {"schema": MESSAGES}}}})
    passed = proxy(paths, lambda *_: service_reply(200, body, f"Content-Type: {EVENTS}"))
    passed.client.get("/thing")
    assert bool(passed.last.reply.violations) is faults  # type: ignore[union-attr]


# Real clients

DELTA = {"type": "object", "required": ["content"], "properties": {"content": TEXT}}
CHUNK = {
    "type": "object",
    "required": ["id", "object", "created", "model", "choices"],
    "properties": {
        "id": TEXT,
        "object": {"const": "chat.completion.chunk"},
        "created": {"type": "integer"},
        "model": TEXT,
        "choices": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["index", "delta"],
                "properties": {
                    "index": {"type": "integer"},
                    "delta": DELTA,
                },
            },
        },
    },
}


def chat(serve: Serve, **entry: Any) -> Mock:
    asked = {"type": "object", "properties": {"stream": {"type": "boolean", "description": SAYS}}}
    whole = {"application/json": {"schema": {"type": "object"}}}
    operation = {
        "operationId": "chat",
        "requestBody": json_of(asked),
        "responses": {
            "200": {"description": "ok", "content": {**whole, EVENTS: {"schema": CHUNK, **entry}}}
        },
    }
    return serve({"/chat/completions": {"post": operation}})


def test_openai_s_client_reads_a_stream_to_its_end(serve: Serve) -> None:
    openai = pytest.importorskip("openai", reason="openai, a client of streams, is missing")
    mock = chat(serve)
    client = openai.OpenAI(api_key="x", base_url=mock.url)
    messages = [{"role": "user", "content": "hi"}]
    stream = client.chat.completions.create(model="m", messages=messages, stream=True)
    chunks = list(stream)
    assert len(chunks) == 3
    assert all(isinstance(chunk.choices[0].delta.content, str) for chunk in chunks)


def test_anthropic_s_client_reads_the_events_by_their_names(serve: Serve) -> None:
    anthropic = pytest.importorskip(
        "anthropic", reason="anthropic, whose client reads the stream, is not installed"
    )
    content = {"application/json": {"schema": {"type": "object"}}, EVENTS: {"schema": MESSAGES}}
    operation = {
        "requestBody": json_of({"type": "object"}),
        "responses": {"200": {"description": "ok", "content": content}},
    }
    mock = serve({"/v1/messages": {"post": operation}})
    client = anthropic.Anthropic(
        api_key="x", base_url=mock.url, default_headers={"Prefer": "items=20"}
    )
    messages = [{"role": "user", "content": "hi"}]
    with client.messages.create(model="m", max_tokens=1, messages=messages, stream=True) as stream:
        kinds = {event.type for event in stream}
    assert kinds == {"message_start", "content_block_delta"}  # it keeps pings to itself
