"""Bodies of every type, read and written by their Media Type Object, which is read once."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.bodies import body_codec
from mock_server.contract.model import Content
from mock_server.http_messages.media_types import parse_media_type
from tests.helpers.contents import content_of
from tests.helpers.effort import calls

FORM = "application/x-www-form-urlencoded"
FILES = "multipart/form-data"
# Calls that the interpreter makes on its own account, far fewer than the properties.
A_FEW = 20


def wide(key: str, width: int) -> Content:
    """Return a content whose schema has so many properties."""
    names = [f"p{number}" for number in range(width)]
    raw = {"type": "object", "properties": {name: {"type": "integer"} for name in names}}
    return content_of(key, {"schema": raw})


def body(key: str, boundary: str) -> tuple[str, bytes]:
    """Return a body with one property, and its Content-Type."""
    if key == "application/xml":
        return key, b"<root><p0>1</p0></root>"
    if key == FORM:
        return key, b"p0=1"
    part = f'--{boundary}\r\nContent-Disposition: form-data; name="p0"\r\n\r\n1\r\n--{boundary}--'
    return f"{key}; boundary={boundary}", part.encode()


def read(content: Content, boundary: str) -> Any:
    """Return the value of such a body; its decoder is new, as for an unknown Content-Type."""
    content_type, sent = body(content.key, boundary)
    return body_codec.decoder(content, parse_media_type(content_type))(sent)


@pytest.mark.parametrize("key", ["application/xml", FORM, FILES])
def test_what_a_schema_says_is_read_once_however_many_bodies_are(key: str) -> None:
    narrow, broad = wide(key, 2), wide(key, 400)
    first = calls(lambda: read(broad, "one"))
    assert read(narrow, "one") == read(broad, "two") == {"p0": 1}
    again = calls(lambda: read(broad, "three"))
    assert again < calls(lambda: read(narrow, "three")) + A_FEW
    assert first > 10 * again


@pytest.mark.parametrize("key", ["application/xml", FORM, FILES])
def test_it_is_not_read_again_to_write_or_to_judge(key: str) -> None:
    narrow, broad = wide(key, 2), wide(key, 400)

    def written(content: Content) -> None:
        body, _, _ = body_codec.encode({"p0": 1}, content, key)
        assert body_codec.violations(content, {"p0": 1}, ("response", "body")) == []
        if key != FILES:  # whose text has a boundary that no decoder knows
            assert body_codec.violations(content, body.decode(), ("response", "body")) == []

    for content in (narrow, broad):
        written(content)
    assert calls(lambda: written(broad)) < calls(lambda: written(narrow)) + A_FEW


def test_the_version_of_the_contract_decides_how_xml_is_named() -> None:
    raw = {"type": "object", "properties": {"owner": {"$ref": "#/components/schemas/Person"}}}
    person = {"Person": {"type": "object", "properties": {"id": {"type": "integer"}}}}
    for version, name in (("3.1.0", b"owner"), ("3.2.0", b"Person")):
        content = content_of("application/xml", {"schema": raw}, person, version)
        written = body_codec.encode({"owner": {"id": 1}}, content, "application/xml").body
        assert written.endswith(b"<root><%b><id>1</id></%b></root>" % (name, name))
        assert body_codec.decoder(content, parse_media_type("application/xml"))(written) == {
            "owner": {"id": 1}
        }


ITEM = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
STRING = {"type": "string"}
LINES = "application/jsonl"


def faults(entry: Any, value: Any, key: str = LINES) -> list[str]:
    """Where a value breaks a Media Type Object, and by which rule."""
    found = body_codec.violations(content_of(key, entry), value, ("response", "body"))
    return [f"{'.'.join(v.location[2:])} {v.keyword}" for v in found]


@pytest.mark.parametrize(
    ("entry", "value", "found"),
    [
        pytest.param({"schema": ITEM}, [{"n": 1}, {"n": "x"}, {}], ["1.n type", "2.n required"],
                     id="a schema that is no list is of each value"),
        pytest.param({"schema": {"type": "array", "items": ITEM, "minItems": 3}},
                     [{"n": 1}, {}], [" minItems", "1.n required"], id="a list is of them all"),
        pytest.param({"itemSchema": ITEM, "schema": {"maxItems": 1}}, [{"n": 1}, {}],
                     [" maxItems", "1.n required"], id="both schemas of OAS 3.2"),
        pytest.param({"schema": ITEM}, {"n": "x"}, ["n type"], id="a value alone"),
        pytest.param({"schema": ITEM}, '{"n": 1}\n{"n": null}\n', ["1.n type"], id="a text"),
        pytest.param({"schema": ITEM}, "{", [" syntax"], id="a text that is none"),
        pytest.param({"schema": STRING}, "any: text\n\n", [], id="a text described as one"),
    ],
)  # fmt: skip
def test_the_values_of_a_sequence_are_judged_each_and_together(
    entry: Any, value: Any, found: list[str]
) -> None:
    assert faults(entry, value) == found


def test_a_sequence_that_is_described_as_a_string_is_read_as_one() -> None:
    sent = b"data: 1\n\ndata: 2\n\n"
    events = "text/event-stream"
    as_text = body_codec.decoder(content_of(events, {"schema": STRING}), parse_media_type(events))
    assert as_text(sent) == sent.decode()
    as_events = body_codec.decoder(content_of(events, {}), parse_media_type(events))
    assert as_events(sent) == [{"data": "1"}, {"data": "2"}]
