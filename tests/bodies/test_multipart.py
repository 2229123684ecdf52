"""Multipart bodies, their parts and the reports of flawed ones; httpx writes most of the bodies."""

from __future__ import annotations

from collections.abc import Callable
from email import policy
from email.parser import BytesParser

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.bodies.json_text import UnreadableBody
from mock_server.bodies.multipart import MOST_PARTS, Part, new_part, read_parts, write_parts
from mock_server.http_messages.media_types import parse_media_type
from tests.helpers.effort import calls, is_linear

HEAD = b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
END = b"\r\n--B--\r\n"


def sent(files: dict[str, tuple[str | None, bytes, str]]) -> list[Part]:
    """Return the parts of a form as a client sends it."""
    request = httpx.Request("POST", "http://mock", files=files)
    media_type = parse_media_type(request.headers["content-type"])
    return read_parts(request.read(), dict(media_type.parameters)["boundary"])


def test_a_part_has_its_name_its_file_its_type_and_its_bytes() -> None:
    (part,) = sent({"photo": ("ä.png", b"\x89\r\n--\x00", "image/png")})
    assert (part.name, part.filename, str(part.media_type)) == ("photo", "ä.png", "image/png")
    assert part.content() == b"\x89\r\n--\x00"


@pytest.mark.parametrize("name", ["größe", 'a"b', "a\r\nb", "a b", "100%"])
def test_a_name_comes_as_the_client_meant_it(name: str) -> None:
    assert sent({name: (None, b"1", "text/plain")})[0].name == name


@pytest.mark.parametrize(
    ("encoding", "body", "content"),
    [
        ("base64", b"aGVs\r\nbG8=", b"hello"),
        ("Quoted-Printable", b"gr=C3=B6=\r\n\xc3\x9fe", "größe".encode()),
        ("8bit", "größe".encode(), "größe".encode()),
        ("binary", b"\x00\xff", b"\x00\xff"),
    ],
)
def test_a_transfer_encoding_is_taken_off(encoding: str, body: bytes, content: bytes) -> None:
    head = HEAD[:-2] + f"Content-Transfer-Encoding: {encoding}\r\n\r\n".encode()
    assert read_parts(head + body + END, "B")[0].content() == content


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("base64", "the part is no base64"), ("x-uuencode", 'transfer encoding "x-uuencode" isn')],
)
def test_a_transfer_encoding_that_can_not_be_read_is_told(encoding: str, told: str) -> None:
    part = Part({"content-transfer-encoding": encoding}, b"a")
    with pytest.raises(ValueError, match=told):
        part.content()


@pytest.mark.parametrize(
    "body",
    [
        b"a preamble\r\n--B\r\n\r\nx" + END,
        b"\r\n--B\r\n\r\nx" + END + b"an epilogue",
        b"--B\r\n\r\nx\r\n--B--",
    ],
    ids=["before", "after", "no line end at the end"],
)
def test_what_is_around_the_parts_means_nothing(body: bytes) -> None:
    assert [part.body for part in read_parts(body, "B")] == [b"x"]


def test_a_body_may_have_no_parts() -> None:
    assert read_parts(b"--B--\r\n", "B") == []


REFUSED: dict[str, tuple[bytes, str | None, str]] = {
    "no boundary": (HEAD + b"x" + END, None, "the Content-Type has no boundary"),
    "another boundary": (HEAD + b"x" + END, "C", 'the boundary "C" of the Content-Type isn\'t in'),
    "a boundary that is too long": (b"--" + b"x" * 500 + END, "x" * 500, "length 500 exceeds"),
    "an empty body": (b"", "B", 'the boundary "B"'),
    "cut off in the headers": (HEAD[:20], "B", "cut off; expected it to end with --B--"),
    "cut off in a part": (HEAD + b"x", "B", "cut off; expected it to end with --B--"),
    "cut off before the end": (HEAD + b"x\r\n--B", "B", "cut off"),
    "bare line feeds": (HEAD.replace(b"\r", b"") + END, "B", "broken at byte 3: .*CRLF"),
    "a line that is no header": (b"--B\r\nnonsense\r\n\r\nx" + END, "B", "headers as Name: value"),
    "many headers": (b"--B\r\n" + b"A: b\r\n" * 100 + END, "B", "maximum header count"),
    "a long header": (b"--B\r\nA: " + b"b" * 10_000 + END, "B", "maximum header size"),
    "a header without end": (b"--B\r\n" + b"A" * 10_000, "B", "maximum header size"),
    "many large headers": (
        (b"--B\r\n" + (b"A: " + b"b" * 4_000 + b"\r\n") * 10 + b"\r\n\r\n") * 200 + END,
        "B",
        "headers of the parts exceed 1,048,576 bytes",
    ),
    "many parts": ((HEAD + b"\r\n") * (MOST_PARTS + 1) + b"--B--", "B", "more than 1,000 parts"),
}


@pytest.mark.parametrize(("body", "boundary", "told"), REFUSED.values(), ids=REFUSED)
def test_what_is_wrong_with_a_body_is_told(body: bytes, boundary: str | None, told: str) -> None:
    with pytest.raises(UnreadableBody, match=told):
        read_parts(body, boundary)


BEYOND: dict[str, Callable[[int], bytes]] = {
    "headers": lambda n: b"--B\r\n" + b"A: b\r\n" * n + END,
    "a header": lambda n: b"--B\r\nA: " + b"b" * 1_000 * n + END,
    "a header without end": lambda n: b"--B\r\n" + b"A" * 1_000 * n,
    "parts with large headers": lambda n: (
        (b"--B\r\n" + (b"A: " + b"b" * 4_000 + b"\r\n") * 10 + b"\r\n\r\n") * n + END
    ),
    "parts": lambda n: (HEAD + b"\r\n") * MOST_PARTS * n + b"--B--",
}


@pytest.mark.parametrize("body", BEYOND.values(), ids=BEYOND)
def test_what_is_beyond_a_limit_is_not_read(body: Callable[[int], bytes]) -> None:
    def effort(length: int) -> int:
        def read() -> None:
            with pytest.raises(UnreadableBody):
                read_parts(body(length), "B")

        return calls(read)

    assert effort(1_000) < effort(100) + 10


def test_as_many_parts_as_are_allowed_are_read() -> None:
    assert len(read_parts((HEAD + b"\r\n") * MOST_PARTS + b"--B--", "B")) == MOST_PARTS


def test_a_broken_body_leaves_nothing_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(UnreadableBody):
        read_parts(b"--B\n", "B")
    assert caplog.records == []


HOSTILE = {
    "near boundaries": b"\r\n--B!",
    "dashes after lines": b"\r\n--",
    "returns": b"\r",
    "dashes": b"-",
    "lines": b"\r\n",
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_body_costs_no_more_than_its_length(piece: bytes) -> None:
    def read(body: bytes) -> None:
        (part,) = read_parts(body, "B")
        assert part.content() == body[len(HEAD) : -len(END)]

    assert is_linear(lambda n: HEAD + piece * n + END, read, 20_000)


PARTS = st.builds(
    new_part,
    st.binary(),
    st.none() | st.just("image/png"),
    st.text(st.characters(codec="utf-8", exclude_characters="%\\\0", exclude_categories=["Cc"])),
    st.none() | st.sampled_from(["a.txt", 'a "b".txt']),
)


@given(st.lists(PARTS, max_size=5))
def test_parts_come_back_as_they_went_out(parts: list[Part]) -> None:
    pieces, boundary = write_parts(parts)
    found = read_parts(b"".join(pieces), boundary)
    assert [(p.name, p.body, p.media_type) for p in found] == [
        (p.name, p.body, p.media_type) for p in parts
    ]


def test_another_reader_finds_the_same_parts() -> None:
    pieces, boundary = write_parts(
        [new_part(b"1", name="a"), new_part(b"\xff", "image/png", "b", "f")]
    )
    head = f"Content-Type: multipart/form-data; boundary={boundary}\r\n\r\n".encode()
    message = BytesParser(policy=policy.HTTP).parsebytes(head + b"".join(pieces))
    first, second = message.iter_parts()
    assert (first["content-disposition"].params["name"], first.get_payload(decode=True)) == (
        "a",
        b"1",
    )
    assert second.get_content_type() == "image/png"
    assert (second.get_filename(), second.get_payload(decode=True)) == ("f", b"\xff")


def test_the_same_parts_make_the_same_body() -> None:
    assert write_parts([new_part(b"1", name="a")]) == write_parts([new_part(b"1", name="a")])
