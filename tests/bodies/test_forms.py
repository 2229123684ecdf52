"""Forms, urlencoded and multipart, become values and back; httpx and urllib write most of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.bodies.form_object import MOST_FIELDS
from mock_server.bodies.forms import Form, is_form
from mock_server.bodies.json_text import UnreadableBody
from mock_server.http_messages.media_types import parse_media_type
from tests.helpers.contents import Raw, content_of
from tests.helpers.effort import is_linear
from tests.helpers.judge import faults

URLENCODED = "application/x-www-form-urlencoded"
FORM_DATA = "multipart/form-data"
STRING = {"type": "string"}
INTEGER = {"type": "integer"}
BINARY = {"type": "string", "format": "binary"}
ADDRESS = {"type": "object", "properties": {"street": STRING, "number": INTEGER}}
STRINGS = {"type": "array", "items": STRING}
INTEGERS = {"type": "array", "items": INTEGER}
PNG = b"\x89PNG\r\n\x1a\n\x00\xff"
AS_TEXT = PNG.decode("latin-1")

# What a client's form holds: a text, or a file's name, content and type.
Files = Mapping[str, Any] | list[tuple[str, Any]]


def form(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def entry(raw: Any, encoding: Raw | None = None) -> dict[str, Any]:
    """Return a Media Type Object."""
    return {"schema": raw} | ({"encoding": encoding} if encoding else {})


def urlencoded(text: str | bytes, raw: Any, encoding: Raw | None = None) -> Any:
    """Return the value of an urlencoded form."""
    body = text if isinstance(text, bytes) else text.encode()
    return Form.of(content_of(URLENCODED, entry(raw, encoding))).decoder(
        parse_media_type(URLENCODED)
    )(body)


def multipart(files: Files, raw: Any, encoding: Raw | None = None) -> Any:
    """Return the value of a multipart form as a client sends it."""
    request = httpx.Request("POST", "http://mock", files=files)
    content = content_of(FORM_DATA, entry(raw, encoding))
    return Form.of(content).decoder(parse_media_type(request.headers["content-type"]))(
        request.read()
    )


def there_and_back(value: Any, key: str, given: Raw, version: str = "3.1.0") -> Any:
    """Return the value of the form that stands for a value."""
    content = content_of(key, given, version=version)
    body, content_type, _ = Form.of(content).encode(value, parse_media_type(content.key))
    return Form.of(content).decoder(parse_media_type(content_type))(body)


@pytest.mark.parametrize(
    ("media_type", "is_one"),
    [(URLENCODED, True), (FORM_DATA, True), ("multipart/mixed", True), ("text/plain", False)],
)
def test_forms_are_told_from_other_bodies(media_type: str, is_one: bool) -> None:
    assert is_form(parse_media_type(media_type)) is is_one


URLENCODED_CASES: dict[str, tuple[Any, Raw | None, str, Any]] = {
    "types by the schema": (
        form(id=STRING, n=INTEGER, x={"type": "number"}, b={"type": "boolean"}),
        None,
        "id=1&n=2&x=2.5&b=true",
        {"id": "1", "n": 2, "x": 2.5, "b": True},
    ),
    "what fits no type stays text": (form(n=INTEGER), None, "n=two", {"n": "two"}),
    "escapes": (form(a=STRING), None, "a=x+y%26z%C3%9F&", {"a": "x y&zß"}),
    "escapes in names": (form(**{"a b": STRING}), None, "a+b=1", {"a b": "1"}),
    "nothing": (form(a=STRING), None, "", {}),
    "an empty string": (form(a=STRING), None, "a=", {"a": ""}),
    "null": (form(a={"type": ["integer", "null"]}), None, "a=", {"a": None}),
    "an array by repetition": (form(t=INTEGERS), None, "t=1&t=2", {"t": [1, 2]}),
    "an array of one": (form(t=STRINGS), None, "t=1", {"t": ["1"]}),
    "an array of none": (form(t=INTEGERS), None, "t=", {"t": []}),
    "a lone %": (
        form(a=STRING, b=STRING),
        None,
        "a=100%&b=%zz&%=%41",
        {"a": "100%", "b": "%zz", "%": "A"},
    ),
    "an array in brackets": (form(t=INTEGERS), None, "t[]=1&t%5B%5D=2", {"t": [1, 2]}),
    "an array by number": (form(t=STRINGS), None, "t[1]=b&t[0]=a", {"t": ["a", "b"]}),
    "a string or an array": (form(t={"type": ["string", "array"]}), None, "t=1", {"t": "1"}),
    "an object as JSON": (
        form(address=ADDRESS),
        None,
        "address=%7B%22street%22%3A%22123+Example+Dr.%22%7D",
        {"address": {"street": "123 Example Dr."}},
    ),
    "an object in brackets": (
        form(address=ADDRESS),
        None,
        "address[street]=x&address[number]=3",
        {"address": {"street": "x", "number": 3}},
    ),
    "objects in an array": (
        form(to={"type": "array", "items": ADDRESS}),
        None,
        "to=%7B%22number%22%3A1%7D&to=%7B%22number%22%3A2%7D",
        {"to": [{"number": 1}, {"number": 2}]},
    ),
    "objects in an array, in brackets": (
        form(to={"type": "array", "items": ADDRESS}),
        None,
        "to[0][number]=1&to[1][number]=2",
        {"to": [{"number": 1}, {"number": 2}]},
    ),
    "a JSON value by its contentType": (
        form(id=STRING),
        {"id": {"contentType": "application/json"}},
        "id=%22f81d%22",
        {"id": "f81d"},
    ),
    "an array as one JSON text": (
        form(t=STRINGS),
        {"t": {"contentType": "application/json"}},
        "t=%5B%22a%22%5D",
        {"t": ["a"]},
    ),
    "XML by its contentType": (
        form(extra=form(info=STRING)),
        {"extra": {"contentType": "application/xml"}},
        "extra=%3Cx%3E%3Cinfo%3Eabc%3C/info%3E%3C/x%3E",
        {"extra": {"info": "abc"}},
    ),
    "style form together": (
        form(t=INTEGERS),
        {"t": {"style": "form", "explode": False}},
        "t=1,2",
        {"t": [1, 2]},
    ),
    "style form exploded": (
        form(address=ADDRESS, z=INTEGER),
        {"address": {"style": "form"}},
        "street=x&number=3&z=1",
        {"address": {"street": "x", "number": 3}, "z": 1},
    ),
    "style spaceDelimited": (
        form(t=STRINGS),
        {"t": {"style": "spaceDelimited"}},
        "t=a%20b",
        {"t": ["a", "b"]},
    ),
    "style pipeDelimited": (
        form(t=STRINGS),
        {"t": {"style": "pipeDelimited"}},
        "t=a%7Cb",
        {"t": ["a", "b"]},
    ),
    "style deepObject": (
        form(address=ADDRESS),
        {"address": {"style": "deepObject", "explode": True}},
        "address[street]=x&address[number]=3",
        {"address": {"street": "x", "number": 3}},
    ),
    "a style goes before a contentType": (
        form(t=STRINGS),
        {"t": {"contentType": "application/json", "explode": False}},
        "t=a,b",
        {"t": ["a", "b"]},
    ),
    "a style that forms don't have": (
        form(t=STRINGS),
        {"t": {"style": "matrix"}},
        "t=a&t=b",
        {"t": ["a", "b"]},
    ),
    "names that aren't declared": (
        form(a=STRING),
        None,
        "b=1&c=2&c=3",
        {"b": "1", "c": ["2", "3"]},
    ),
    "a map": (
        {"type": "object", "additionalProperties": INTEGER},
        None,
        "1=1&b=2",
        {"1": 1, "b": 2},
    ),
    "anything": (True, None, "a=1&a=2&b=3", {"a": ["1", "2"], "b": "3"}),
    "a reference": ({"$ref": "#/components/schemas/Form"}, None, "n=1", {"n": 1}),
    "all of several": (
        {"allOf": [form(a=INTEGER), form(b=INTEGER)]},
        None,
        "a=1&b=2",
        {"a": 1, "b": 2},
    ),
    "one of several": ({"oneOf": [form(a=INTEGER), form(b=INTEGER)]}, None, "b=2", {"b": 2}),
}


@pytest.mark.parametrize(
    ("raw", "encoding", "text", "value"), URLENCODED_CASES.values(), ids=URLENCODED_CASES
)
def test_an_urlencoded_form_is_read_by_schema_and_encoding(
    raw: Any, encoding: Raw | None, text: str, value: Any
) -> None:
    content = content_of(URLENCODED, entry(raw, encoding), {"Form": form(n=INTEGER)})
    assert Form.of(content).decoder(parse_media_type(URLENCODED))(text.encode()) == value


ABSENT_LISTS: dict[str, tuple[Any, list[str], Any]] = {
    "a required one": (INTEGERS, ["n"], {"n": []}),
    "one that isn't required": (INTEGERS, [], {}),
    "one that has members": (INTEGERS | {"minItems": 1}, ["n"], {}),
    "one that may be something else": ({"type": ["array", "string"]}, ["n"], {}),
    "no list": (INTEGER, ["n"], {}),
    "one that isn't for requests": (INTEGERS | {"readOnly": True}, ["n"], {}),
}


@pytest.mark.parametrize(("raw", "required", "value"), ABSENT_LISTS.values(), ids=ABSENT_LISTS)
@pytest.mark.parametrize("read", [urlencoded, multipart])
def test_a_required_list_that_is_absent_has_no_members(
    read: Callable[[Any, Any], Any], raw: Raw, required: list[str], value: Any
) -> None:
    schema = form(n=raw, other=STRING) | {"required": required}
    sent = "other=x" if read is urlencoded else {"other": (None, "x")}
    assert read(sent, schema) == {"other": "x"} | value


def test_an_empty_list_comes_back_as_it_went_out() -> None:
    schema = form(n=INTEGERS, m=STRINGS) | {"required": ["n", "m"]}
    value = {"n": [], "m": ["x"]}
    for key in (URLENCODED, FORM_DATA):
        assert there_and_back(value, key, entry(schema)) == value


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("s=%ff", 's in the form: "%ff" is no UTF-8 once percent-decoded'),
        (b"s=\xff", "the form is no utf-8: byte 2 is wrong"),
        ("s=1&s=2", "s in the form: given 2 times; expected once"),
        ("address=street", 'address in the form: "street" is no JSON'),
        ("s=%ff&address=x", "s in the form: .*; address in the form: "),
        ("a&" * MOST_FIELDS, "the form has more than 10,000 fields"),
        ("address" + "[a]" * 100 + "=1", "address in the form: nested 100 deep"),
    ],
)
def test_what_is_wrong_with_an_urlencoded_form_is_told(text: str | bytes, told: str) -> None:
    with pytest.raises(UnreadableBody, match=told):
        urlencoded(text, form(s=STRING, address=ADDRESS))


MULTIPART_CASES: dict[str, tuple[Any, Raw | None, Files, Any]] = {
    "text by the schema": (
        form(id=STRING, n=INTEGER, b={"type": "boolean"}),
        None,
        {"id": (None, "größe"), "n": (None, "5"), "b": (None, "true")},
        {"id": "größe", "n": 5, "b": True},
    ),
    "text in its charset": (
        form(id=STRING),
        None,
        {"id": (None, "größe".encode("latin-1"), "text/plain; charset=iso-8859-1")},
        {"id": "größe"},
    ),
    "a file has a character for each byte": (
        form(file=BINARY),
        None,
        {"file": ("a.png", PNG, "image/png")},
        {"file": AS_TEXT},
    ),
    "a file by contentMediaType": (
        form(file={"type": "string", "contentMediaType": "image/png"}),
        None,
        {"file": ("a.png", PNG, "image/png")},
        {"file": AS_TEXT},
    ),
    "a file without a type": (form(file={}), None, {"file": ("a.png", PNG)}, {"file": AS_TEXT}),
    "a JSON file is a file": (
        form(file=BINARY),
        None,
        {"file": ("a.json", b'{"a": 1}', "application/json")},
        {"file": '{"a": 1}'},
    ),
    "base64 stays as it is": (
        form(file={"type": "string", "contentEncoding": "base64"}),
        None,
        {"file": (None, b"aGVsbG8=")},
        {"file": "aGVsbG8="},
    ),
    "base64 that is wanted stays even where it is called so": (
        form(file={"type": "string", "contentEncoding": "base64"}),
        None,
        {"file": ("a", b"aGVsbG8=", "text/plain", {"Content-Transfer-Encoding": "base64"})},
        {"file": "aGVsbG8="},
    ),
    "base64 that is not wanted is taken off": (
        form(file=BINARY),
        None,
        {"file": ("a", b"aGVsbG8=", "text/plain", {"Content-Transfer-Encoding": "base64"})},
        {"file": "hello"},
    ),
    "several files": (
        form(files={"type": "array", "items": BINARY}),
        None,
        [("files", ("a", PNG)), ("files", ("b", b"2"))],
        {"files": [AS_TEXT, "2"]},
    ),
    "one of several files": (
        form(files={"type": "array", "items": BINARY}),
        None,
        [("files[]", ("a", PNG))],
        {"files": [AS_TEXT]},
    ),
    "an object is JSON": (
        form(address=ADDRESS),
        None,
        {"address": (None, b'{"number": 1}', "application/json")},
        {"address": {"number": 1}},
    ),
    "an object is JSON without a word": (
        form(address=ADDRESS),
        None,
        {"address": (None, b'{"number": 1}')},
        {"address": {"number": 1}},
    ),
    "objects in an array": (
        form(to={"type": "array", "items": ADDRESS}),
        None,
        [("to", (None, b'{"number": 1}')), ("to", (None, b'{"number": 2}', "application/json"))],
        {"to": [{"number": 1}, {"number": 2}]},
    ),
    "an array as one JSON text": (
        form(to={"type": "array", "items": ADDRESS}),
        None,
        {"to": (None, b'[{"number": 1}]', "application/json")},
        {"to": [{"number": 1}]},
    ),
    "text that happens to be JSON": (
        form(note=STRING),
        None,
        {"note": (None, b'{"a": 1}', "application/json")},
        {"note": '{"a": 1}'},
    ),
    "XML by its type": (
        form(address=ADDRESS),
        {"address": {"contentType": "application/xml; charset=utf-8"}},
        {"address": (None, b"<a><number>7</number></a>", "application/xml")},
        {"address": {"number": 7}},
    ),
    "a style": (
        form(t=STRINGS, address=ADDRESS),
        {"t": {"style": "form", "explode": False}, "address": {"style": "deepObject"}},
        {"t": (None, "a%20,b"), "address[number]": (None, "1")},
        {"t": ["a%20", "b"], "address": {"number": 1}},
    ),
    "what isn't declared": (
        form(a=STRING),
        None,
        [
            ("text", (None, "größe")),
            ("file", ("a.png", PNG, "image/png")),
            ("json", (None, b"[1]", "application/json")),
            ("twice", (None, "1")),
            ("twice", (None, "2")),
        ],
        {"text": "größe", "file": AS_TEXT, "json": [1], "twice": ["1", "2"]},
    ),
}


@pytest.mark.parametrize(
    ("raw", "encoding", "files", "value"), MULTIPART_CASES.values(), ids=MULTIPART_CASES
)
def test_a_multipart_form_is_read_by_schema_and_encoding(
    raw: Any, encoding: Raw | None, files: Files, value: Any
) -> None:
    assert multipart(files, raw, encoding) == value


def test_the_bytes_of_a_file_can_be_had_back_and_counted() -> None:
    raw = form(file=BINARY | {"maxLength": len(PNG)})
    value = multipart({"file": ("a.png", PNG)}, raw)
    assert value["file"].encode("latin-1") == PNG
    assert faults(raw, value) == []
    assert faults(raw, multipart({"file": ("a.png", PNG + b"\xff")}, raw)) != []


IMAGES = {"file": {"contentType": "image/png, image/jpeg"}}
LIMITED: dict[str, Any] = {
    "file": {"headers": {"X-Limit": {"required": True, "schema": INTEGER | {"maximum": 9}}}}
}


@pytest.mark.parametrize(
    ("encoding", "files", "told"),
    [
        (None, {"n": (None, b"\xff")}, "n in the form: it is no utf-8: byte 0 is wrong"),
        (None, {"n": (None, b"1", "text/plain; charset=klingon")}, "the charset klingon isn't"),
        (None, {"n": (None, b"1", "nonsense")}, "n in the form: 'nonsense' is no media type"),
        (None, {"address": (None, b'{"number":')}, "address in the form: .* is no JSON"),
        (None, [("n", (None, "1")), ("n", (None, "2"))], "n in the form: given 2 times"),
        (
            IMAGES,
            {"file": ("a.gif", b"GIF", "image/gif")},
            "file in the form: the part is image/gif; expected image/png or image/jpeg",
        ),
        (LIMITED, {"file": ("a", b"")}, "file in the form: the part lacks the header X-Limit"),
        (
            LIMITED,
            {"file": ("a", b"", "image/png", {"X-Limit": "12"})},
            "file in the form: X-Limit in the header is 12; expected at most 9",
        ),
    ],
)
def test_what_is_wrong_with_a_part_is_told(encoding: Raw | None, files: Files, told: str) -> None:
    with pytest.raises(UnreadableBody, match=told):
        multipart(files, form(n=INTEGER, file=BINARY, address=ADDRESS), encoding)


def test_what_an_encoding_allows_is_read() -> None:
    file = ("a", PNG, "image/jpeg", {"X-Limit": "9"})
    encoding = {"file": IMAGES["file"] | LIMITED["file"]}
    assert multipart({"file": file}, form(file=BINARY), encoding) == {"file": AS_TEXT}


def test_a_part_without_a_name_is_told() -> None:
    body = b"--B\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--B\r\n\r\n2\r\n--B--"
    decode = Form.of(content_of(FORM_DATA, entry(form()))).decoder(
        parse_media_type(f"{FORM_DATA};boundary=B")
    )
    with pytest.raises(UnreadableBody, match="part 2 has no name; expected Content-Disposition"):
        decode(body)


def parts(*written: tuple[str, bytes]) -> bytes:
    """Return a multipart body of contents with their types, between lines of B."""
    lines = [f"--B\r\nContent-Type: {kind}\r\n\r\n".encode() + body for kind, body in written]
    return b"\r\n".join([*lines, b"--B--\r\n"])


# OAS 3.2.1, "Example: Ordered, Unnamed Multipart" and "Example: Nested multipart/mixed".
ORDERED: dict[str, Any] = {
    "schema": {"type": "array", "prefixItems": [form(author=STRING), {}]},
    "prefixEncoding": [{}, {"contentType": "image/*"}],
}
NESTED: dict[str, Any] = {
    "schema": {
        "type": "array",
        "prefixItems": [
            {"type": "array"},
            {"type": "array", "prefixItems": [form(n=INTEGER), STRING, {}]},
        ],
    },
    "prefixEncoding": [
        {},
        {
            "contentType": "multipart/mixed",
            "prefixEncoding": [
                {"contentType": "application/xml"},
                {},
                {"contentType": "image/png"},
            ],
        },
    ],
}


def ordered(body: bytes, given: Raw, key: str = "multipart/mixed") -> Any:
    """Return the value of a multipart body by a Media Type Object of OAS 3.2."""
    return Form.of(content_of(key, given, version="3.2.0")).decoder(
        parse_media_type(f"{key};boundary=B")
    )(body)


def test_parts_that_are_no_form_are_a_list() -> None:
    body = parts(("application/json", b'{"author": "Ada"}'), ("image/png", PNG))
    assert ordered(body, ORDERED) == [{"author": "Ada"}, AS_TEXT]


def test_a_part_in_a_list_has_the_type_of_its_place() -> None:
    body = parts(("application/json", b"{}"), ("text/html", b"<p>"))
    with pytest.raises(UnreadableBody, match=r"part 2: the part is text/html; expected image/\*"):
        ordered(body, ORDERED)


def test_parts_that_nobody_describes_are_told_by_their_own_types() -> None:
    body = parts(("application/json", b"[1]"), ("text/plain", b"x"), ("image/png", PNG))
    assert ordered(body, {}) == [[1], "x", AS_TEXT]


def test_a_form_may_be_a_list_of_its_fields() -> None:
    raw = {"type": "array", "items": {"type": "object", "additionalProperties": INTEGER}}
    fields = [
        b"Content-Disposition: form-data; name=%s\r\n\r\n%d" % pair
        for pair in [(b"b", 1), (b"a", 2)]
    ]
    body = b"--B\r\n" + b"\r\n--B\r\n".join(fields) + b"\r\n--B--"
    assert ordered(body, {"schema": raw}, FORM_DATA) == [{"b": 1}, {"a": 2}]


def test_streamed_parts_have_the_type_of_an_item() -> None:
    body = parts(("text/plain", b"1"), ("text/plain", b"2"))
    assert ordered(body, {"itemSchema": INTEGER}) == [1, 2]


@pytest.mark.parametrize(
    ("value", "key", "given"),
    [
        ([{"author": "Ada"}, AS_TEXT], "multipart/mixed", ORDERED),
        ([[1, 2], [{"n": 1}, "text", AS_TEXT]], "multipart/mixed", NESTED),
        (
            [{"b": 1}, {"a": 2}],
            FORM_DATA,
            {"schema": {"type": "array", "items": form(a=INTEGER, b=INTEGER)}},
        ),
        ({"a": "b"}, "multipart/*", entry(form(a=STRING))),
        ({"a": {"n": 1}}, "multipart/related", entry(form(a=form(n=INTEGER)))),
        (
            {"a": ["x", {"n": 1}]},
            FORM_DATA,
            entry(form(a={"type": "array"}), {"a": {"contentType": "multipart/mixed"}}),
        ),
    ],
    ids=["ordered", "nested", "a form in order", "a range", "named parts of no form", "in a form"],
)
def test_a_multipart_value_comes_back_as_it_went_out(value: Any, key: str, given: Raw) -> None:
    assert there_and_back(value, key, given, "3.2.0") == value


@pytest.mark.parametrize(
    ("raw", "encoding", "value", "text"),
    [
        (form(a=STRING, b=INTEGER), None, {"a": "x y&=ß", "b": 1}, "a=x+y%26%3D%C3%9F&b=1"),
        (form(t=STRINGS), None, {"t": ["a", "b"]}, "t=a&t=b"),
        (form(o=ADDRESS), None, {"o": {"number": 1}}, "o=%7B%22number%22%3A1%7D"),
        (form(t=STRINGS), {"t": {"explode": False}}, {"t": ["a", "b"]}, "t=a,b"),
        (form(u=STRING), {"u": {"allowReserved": True}}, {"u": "a/b?c=d&e"}, "u=a/b?c%3Dd%26e"),
        (form(u=STRING), {"u": {"style": "form"}}, {"u": "a/b"}, "u=a%2Fb"),
        (form(a={"type": ["string", "null"]}, b=STRING), None, {"a": None, "b": ""}, "b="),
        (form(a={"type": ["integer", "null"]}), None, {"a": None}, "a=null"),
        (form(a={"type": "boolean"}), None, {"a": True}, "a=true"),
        (form(), None, "a=1&b=2", "a=1&b=2"),
    ],
)
def test_a_value_is_written_as_an_urlencoded_form(
    raw: Any, encoding: Raw | None, value: Any, text: str
) -> None:
    content = content_of(URLENCODED, entry(raw, encoding))
    assert Form.of(content).encode(value, parse_media_type(URLENCODED))[:2] == (
        text.encode(),
        URLENCODED,
    )


def test_the_parts_of_a_form_carry_the_types_of_their_encodings() -> None:
    raw = form(id=STRING, address=ADDRESS, file=BINARY, photo=BINARY)
    content = content_of(FORM_DATA, entry(raw, {"photo": {"contentType": "image/png, image/*"}}))
    value = {"id": "1", "address": {"number": 1}, "file": "x", "photo": AS_TEXT}
    body, content_type, _ = Form.of(content).encode(value, parse_media_type(content.key))
    types = [line for line in body.split(b"\r\n") if line.startswith(b"Content-Type")]
    assert types == [
        b"Content-Type: application/json",
        b"Content-Type: application/octet-stream",
        b"Content-Type: image/png",
    ]
    assert content_type.startswith("multipart/form-data;boundary=")
    assert b"\r\n\r\n" + PNG + b"\r\n--" in body


@pytest.mark.parametrize(("key", "value"), [(URLENCODED, [1]), (FORM_DATA, "x"), (FORM_DATA, [1])])
def test_what_is_no_form_is_refused(key: str, value: Any) -> None:
    with pytest.raises(ValueError, match="found"):
        Form.of(content_of(key, entry(form()))).encode(value, parse_media_type(key))


def test_a_form_keeps_what_it_has_compiled_for_the_next_boundary() -> None:
    compiled = Form.of(content_of(FORM_DATA, entry(form(n=INTEGER))))
    for boundary in ("one", "two"):
        body = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="n"\r\n\r\n1\r\n--{boundary}--'
        )
        assert compiled.decoder(parse_media_type(f"{FORM_DATA};boundary={boundary}"))(
            body.encode()
        ) == {"n": 1}


HOSTILE: dict[str, tuple[Callable[[int], str], int]] = {
    "a long value": (lambda n: "s=" + "a" * n, 100_000),
    "escapes": (lambda n: "s=" + "%41" * n, 20_000),
    "ampersands": (lambda n: "&" * n, MOST_FIELDS // 17),
    "items": (lambda n: "&".join(f"t[]={k}" for k in range(n)), MOST_FIELDS // 17),
    "names": (lambda n: "&".join(f"u{k}=1" for k in range(n)), MOST_FIELDS // 17),
    "brackets": (lambda n: "t" + "[" * n + "=1", 20_000),
    "depth": (lambda n: "o=" + "[" * n, 5_000),
}


@pytest.mark.parametrize(("text", "length"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_form_costs_no_more_than_its_length(
    text: Callable[[int], str], length: int
) -> None:
    raw = form(s=STRING, t=INTEGERS, o=ADDRESS)

    def read(text: str) -> None:
        with suppress(UnreadableBody):
            urlencoded(text, raw)

    assert is_linear(text, read, length)


def test_urllib_writes_what_is_read() -> None:
    fields = {"a": "ß &=+%", "t": ["1", "2"], "n": 5}
    raw = form(a=STRING, t=STRINGS, n=INTEGER)
    assert urlencoded(urlencode(fields, doseq=True), raw) == fields


TEXT = st.text(st.characters(codec="utf-8"))
OBJECTS = st.fixed_dictionaries({}, optional={"street": TEXT, "number": st.integers(-9, 9)})
# Each property with its schema, its Encoding Object, and the values that a form can hold.
PROPERTIES: dict[str, tuple[Any, Any, st.SearchStrategy[Any]]] = {
    "text": (STRING, {}, TEXT),
    "json text": (STRING, {"contentType": "application/json"}, TEXT),
    "whole": (INTEGER, {}, st.integers(-(2**63), 2**63)),
    "number": ({"type": "number"}, {}, st.floats(allow_nan=False, allow_infinity=False)),
    "flag": ({"type": "boolean"}, {}, st.booleans()),
    "maybe": ({"type": ["integer", "null"]}, {}, st.none() | st.integers(-9, 9)),
    "texts": (STRINGS, {}, st.lists(TEXT, min_size=1)),
    "wholes": (INTEGERS, {"explode": False}, st.lists(st.integers(-9, 9), min_size=2)),
    "object": (ADDRESS, {}, OBJECTS),
    "deep": (
        ADDRESS,
        {"style": "deepObject"},
        st.fixed_dictionaries({"street": TEXT, "number": st.integers(-9, 9)}),
    ),
    "objects": ({"type": "array", "items": ADDRESS}, {}, st.lists(OBJECTS, min_size=1)),
    "xml": (
        form(n=INTEGER),
        {"contentType": "application/xml"},
        st.fixed_dictionaries({"n": st.integers(-9, 9)}),
    ),
    "file": (BINARY, {}, st.binary().map(lambda content: content.decode("latin-1"))),
}
RAW = form(**{name: raw for name, (raw, _, _) in PROPERTIES.items()})
ENCODING = {name: said for name, (_, said, _) in PROPERTIES.items() if said}
VALUES = st.fixed_dictionaries({}, optional={n: values for n, (_, _, values) in PROPERTIES.items()})


@pytest.mark.parametrize("key", [URLENCODED, FORM_DATA])
@given(value=VALUES)
def test_a_value_comes_back_as_it_went_out(key: str, value: dict[str, Any]) -> None:
    assert there_and_back(value, key, entry(RAW, ENCODING)) == value
