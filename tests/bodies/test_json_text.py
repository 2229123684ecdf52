"""Bytes of a body become values and back, by media type; the gateway bounds how many are read."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import httpx
import pytest
from webencodings.labels import LABELS

from mock_server.bodies.charsets import decode_text, known_charset
from mock_server.bodies.json_text import UnreadableBody, decoder, encode
from mock_server.http_messages.media_types import parse_media_type
from tests.helpers.effort import is_linear
from tests.helpers.running import KEYS, LATEST, Mock, Serve, json_of, request, thing

JSON = {"content-type": "application/json"}


def decoded(content_type: str, body: bytes) -> Any:
    return decoder(parse_media_type(content_type))(body)


@pytest.mark.parametrize(
    ("content_type", "body", "value"),
    [
        ("application/json", b'{"a": [1, 2.5, null, true]}', {"a": [1, 2.5, None, True]}),
        ("application/json", '"Größe 😀"'.encode(), "Größe 😀"),
        ("application/json", b'"\\ud83d\\ude00"', "😀"),
        ("application/json;charset=utf-16", '{"a": "ß"}'.encode("utf-16"), {"a": "ß"}),
        ("application/json;charset=utf-16le", '{"a": "ß"}'.encode("utf-16-le"), {"a": "ß"}),
        ("application/json;charset=iso-8859-1", '{"a": "ß"}'.encode("latin-1"), {"a": "ß"}),
        ("application/vnd.api+json", b"[]", []),
        ("text/plain", "Größe".encode(), "Größe"),
        ("text/plain; charset=iso-8859-1", b"Gr\xf6\xdfe", "Größe"),
        ("application/octet-stream", b"\x00\xff", b"\x00\xff"),
    ],
)
def test_a_body_is_read_by_its_type_and_charset(
    content_type: str, body: bytes, value: object
) -> None:
    assert decoded(content_type, body) == value


@pytest.mark.parametrize(
    ("content_type", "body", "told"),
    [
        ("application/json", b'{"a": ', "the body is no JSON: .* line 1, column"),
        ("application/json", b'{\n"a": x}', "line 2, column 6"),
        ("application/json", b'{"a": "\xff"}', "the body is no utf-8: byte 7 is wrong"),
        ("application/json;charset=utf-16", b'{"a": 1', "the body is no utf-16"),
        ("application/json;charset=euc-kr", b"{}\xff", "the body is no euc-kr: byte 2 is wrong"),
        ("text/plain", b"a\xff", "the body is no utf-8: byte 1 is wrong"),
        ("application/json", b"[" * 5_000 + b"]" * 5_000, "the body is no JSON: .*depth"),
    ],
)
def test_a_body_that_is_not_what_its_type_says_is_told_of(
    content_type: str, body: bytes, told: str
) -> None:
    with pytest.raises(UnreadableBody, match=told):
        decoded(content_type, body)


@pytest.mark.parametrize(
    ("value", "media_type", "body"),
    [
        ({"a": "ß"}, "application/json", '{"a":"ß"}'.encode()),
        ("ß", "application/json", '"ß"'.encode()),
        ("ß", "text/plain", "ß".encode()),
        (5, "text/plain", b"5"),
        (b"\xff", "image/png", b"\xff"),
    ],
)
def test_a_value_is_written_by_its_media_type(value: object, media_type: str, body: bytes) -> None:
    assert encode(value, media_type) == body


@pytest.mark.parametrize(
    ("name", "known"),
    [("utf-8", True), ("UTF8", True), ("latin1", True), ("x-sjis", True), ("klingon", False),
     ("hex", False), ("", False), ("a\x00b", False), ("é", False), ("punycode", False),
     ("utf-7", False), ("utf-32", False), ("unicode_escape", False), ("iso-2022-kr", False)],
)  # fmt: skip
def test_a_charset_is_known_that_the_standard_has_a_label_for(name: str, known: bool) -> None:
    assert known_charset(name) is known


@pytest.mark.parametrize("charset", ["punycode", "idna", "utf-7", "utf-32", "replacement"])
def test_a_body_in_no_charset_of_the_standard_is_415(serve: Serve, charset: str) -> None:
    mock = serve(thing({"200": json_of(True, example=1)}, "post", requestBody=json_of(True)))
    headers = {"content-type": f"application/json; charset={charset}"}
    reply = mock.post(content=b"1", headers=headers)
    assert reply.status_code == 415
    assert f"the charset {charset} isn't known" in reply.json()["detail"]


@pytest.mark.parametrize(
    ("label", "body", "text"),
    [
        ("latin1", b"\x80\x81\xdf", "€\x81ß"),
        ("windows-1253", b"\xe1", "α"),
        ("utf-16", "ß".encode("utf-16-le"), "ß"),
        ("utf-16", "ß".encode("utf-16"), "ß"),
        ("utf-16", b"\xfe\xff\x00\xdf", "ß"),
        ("utf-16be", b"\x00\xdf", "ß"),
        ("shift_jis", "日本".encode("shift_jis"), "日本"),
        ("x-user-defined", b"a\xff", "a\uf7ff"),
    ],
)
def test_a_text_is_read_as_the_standard_has_it(label: str, body: bytes, text: str) -> None:
    assert decode_text(body, label) == text


def test_a_byte_that_stands_for_nothing_is_an_error() -> None:
    with pytest.raises(UnicodeDecodeError):
        decode_text(b"\xff", "windows-1253")


@pytest.mark.parametrize("label", sorted(set(LABELS.values()) - {"replacement"}))
@pytest.mark.parametrize("unit", [b"a", b"\xa1\xa1", b"\x1b$B!!", b"-\xff"])
def test_no_charset_takes_more_than_its_length(label: str, unit: bytes) -> None:
    def read(body: bytes) -> None:
        with suppress(UnicodeDecodeError):
            decode_text(body, label)

    assert is_linear(lambda n: unit * n, read, 10_000)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (JSON, b'{"object_keys": ["\xff"]}'),
        (JSON, b"\xff\xfe"),
        (JSON, b"[" * 5_000 + b"]" * 5_000),
        (JSON, b'{"object_keys": ' * 5_000),
        (JSON, b'{"a":' * 900 + b"1" + b"}" * 900),
        ({"content-type": "application/json;charset=utf-16"}, b'{"object_keys": []}'),
        ({"content-type": "application/json;charset=idna"}, b"a..b"),
        ({"content-type": "application/json;charset=punycode"}, b"\xff"),
        ({"content-type": "application/json;charset=unicode_escape"}, b"\\x"),
    ],
    ids=["invalid UTF-8", "a UTF-16 mark", "lists 5,000 deep", "objects 5,000 deep", "900 deep",
         "no UTF-16", "no IDNA", "no punycode", "no escapes"],
)  # fmt: skip
def test_bytes_that_are_no_json_are_the_contracts_400(
    headers: dict[str, str], body: bytes, shipped: Mock
) -> None:
    reply = shipped.post(LATEST, headers=headers, content=body)
    assert reply.status_code == 400
    assert shipped.faults(reply) == []


def test_a_body_without_a_content_type_is_taken_for_the_declared_one(shipped: Mock) -> None:
    good = shipped.post(LATEST, content=json.dumps(KEYS))
    bad = shipped.post(LATEST, content=b"hello")
    assert (good.status_code, bad.status_code) == (200, 400)
    assert "the body is no JSON" in bad.json()["message"]


def test_a_body_in_another_charset_is_understood(shipped: Mock) -> None:
    headers = {"content-type": "application/json; charset=UTF-16"}
    body = json.dumps({"object_keys": ["docs/ja/クイックスタート.md"]}).encode("utf-16")
    reply = shipped.post(LATEST, headers=headers, content=body)
    assert list(reply.json()) == ["docs/ja/クイックスタート.md"]


def test_a_body_may_come_in_chunks(shipped: Mock) -> None:
    pieces = [b'{"object_', b'keys": ["READ', b'ME.md"]}']
    reply = shipped.post(LATEST, headers=JSON, content=iter(pieces))
    assert "content-length" not in reply.request.headers
    assert list(reply.json()) == ["README.md"]


def test_a_body_may_come_byte_by_byte(shipped: Mock) -> None:
    with shipped.wire() as wire:
        for byte in request(LATEST, json.dumps(KEYS).encode(), "content-type: application/json"):
            wire.send(bytes([byte]))
        assert list(json.loads(wire.answer().body)) == ["README.md"]


def test_whoever_asks_before_sending_a_body_is_told_to_go_on(shipped: Mock) -> None:
    body = json.dumps(KEYS).encode()
    with shipped.wire() as wire:
        wire.send(
            request(LATEST, b"", "expect: 100-continue", f"content-length: {len(body)}",
                    length=False)
        )  # fmt: skip
        assert wire.answer().status == 100
        wire.send(body)
        assert wire.answer().status == 200


def test_ten_thousand_keys_are_answered_in_one_request(shipped: Mock) -> None:
    keys = [f"key-{number}" for number in range(10_000)] + ["README.md"]
    reply = shipped.post(LATEST, json={"object_keys": keys})
    assert list(reply.json()) == ["README.md"]


LIMIT = 1_000
AT_THE_LIMIT = b'"' + b"x" * (LIMIT - 2) + b'"'
OVER = b'"' + b"x" * (LIMIT - 1) + b'"'


def limited(serve: Serve) -> Mock:
    paths = thing({"200": json_of(True, example=1)}, "post", requestBody=json_of(True))
    return serve(paths, body_limit=LIMIT)


@pytest.mark.parametrize("chunked", [False, True], ids=["with a length", "in chunks"])
def test_the_limit_of_a_body_is_a_setting(serve: Serve, chunked: bool) -> None:
    mock = limited(serve)
    statuses = [
        mock.post(content=iter([body]) if chunked else body, headers=JSON).status_code
        for body in (AT_THE_LIMIT, OVER, AT_THE_LIMIT)
    ]
    assert statuses == [200, 413, 200]


def test_a_chunk_over_the_limit_is_refused_when_it_comes_in_one_piece(serve: Serve) -> None:
    with limited(serve).wire() as wire:
        chunk = b"%x\r\n%b\r\n0\r\n\r\n" % (len(OVER), OVER)
        head = request("/thing", b"", "transfer-encoding: chunked", length=False)
        wire.send(head + chunk)
        assert wire.answer().status == 413


def test_a_body_over_the_limit_is_a_problem_that_names_the_limit(shipped: Mock) -> None:
    reply = shipped.post(LATEST, headers=JSON, content=b"x" * (10 * 1024 * 1024 + 1))
    assert reply.status_code == 413
    assert reply.headers["connection"] == "close"
    assert "10485760 bytes" in reply.json()["detail"]
    assert shipped.faults(reply) == []


def test_a_length_over_the_limit_is_refused_before_the_body_is_sent(shipped: Mock) -> None:
    length = f"content-length: {10**15}"
    with shipped.wire() as wire:
        wire.send(request(LATEST, b"", length, "expect: 100-continue", length=False))
        assert wire.answer().status == 413
        assert wire.ended()


def taken(mock: Mock, head: bytes, piece: bytes) -> tuple[int, int]:
    """Return the bytes that an endless client can send, and the status that it reads then."""
    sent = 0
    with mock.wire() as wire:
        wire.send(head)
        wire.socket.settimeout(10)
        try:
            while sent < 2**30:
                sent += wire.socket.send(piece)
        except (ConnectionResetError, BrokenPipeError, TimeoutError):
            pass
        return sent, wire.answer().status


@pytest.mark.parametrize("chunked", [False, True], ids=["with a length", "in chunks"])
def test_a_client_that_goes_on_sending_is_read_no_further_and_can_read_the_refusal(
    serve: Serve, chunked: bool
) -> None:
    mock = limited(serve)
    piece = b"x" * 65_536
    line = "transfer-encoding: chunked" if chunked else f"content-length: {2**40}"
    head = request("/thing", b"", line, length=False)
    sent, status = taken(mock, head, b"10000\r\n" + piece + b"\r\n" if chunked else piece)
    assert status == 413
    # What the kernel buffers on both sides of a loopback connection is part of it.
    assert sent < 320 * 2**20


def test_a_client_that_sends_a_little_too_much_gets_the_refusal_and_a_clean_end(
    serve: Serve,
) -> None:
    with limited(serve).wire() as wire:
        wire.send(request("/thing", b"x" * 500_000))
        assert wire.answer().status == 413
        assert wire.socket.recv(1) == b""  # a reset would raise


def test_a_server_that_has_refused_a_body_goes_on(serve: Serve) -> None:
    mock = limited(serve)
    for _ in range(3):
        assert mock.post(content=OVER, headers=JSON).status_code == 413
    assert mock.post(content=b"1", headers=JSON).status_code == 200
    assert [e.reply and e.reply.status for e in mock.exchanges] == [413, 413, 413, 200]


def test_the_declared_413_is_sent_where_there_is_one(serve: Serve) -> None:
    error = {"type": "object", "required": ["msg"], "properties": {"msg": {"type": "string"}}}
    paths = thing({"200": {}, "4XX": json_of(error)}, "post", requestBody=json_of(True))
    mock = serve(paths, body_limit=10)
    reply: httpx.Response = mock.post(content=b"x" * 11, headers=JSON)
    assert reply.status_code == 413
    assert "larger than 10 bytes" in reply.json()["msg"]
    assert mock.faults(reply) == []
