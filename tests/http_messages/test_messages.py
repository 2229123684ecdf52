"""What travels: headers as HTTP has them."""

from __future__ import annotations

import pytest

from mock_server.http_messages import uri_text
from mock_server.http_messages.messages import (
    MOST_TOLD,
    Request,
    encoded_headers,
    header_bytes,
    header_map,
    told_bytes,
)
from tests.helpers.effort import is_linear


@pytest.mark.parametrize(
    ("raw", "headers"),
    [
        ([], {}),
        ([(b"a", b"1"), (b"b", b"2")], {b"a": b"1", b"b": b"2"}),
        ([(b"a", b"1"), (b"b", b"2"), (b"a", b"3")], {b"a": b"1, 3", b"b": b"2"}),
        ([(b"accept", b""), (b"accept", b"x")], {b"accept": b", x"}),
        ([(b"cookie", b"a=1"), (b"cookie", b"b=2")], {b"cookie": b"a=1; b=2"}),
        ([(b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")], {b"set-cookie": b"a=1\nb=2"}),
    ],
)
def test_a_repeated_header_is_one_list(
    raw: list[tuple[bytes, bytes]], headers: dict[bytes, bytes]
) -> None:
    assert header_map(raw) == headers


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("plain text", b"plain text"),
        ("a\tb", b"a\tb"),
        ("Größe", b"Gr\xf6\xdfe"),
        ("a\r\nset-cookie: b", b"a??set-cookie: b"),
        ("日本", b"??"),
        ("\x00\x7f", b"??"),
    ],
)
def test_what_cannot_stand_in_a_header_becomes_a_question_mark(text: str, sent: bytes) -> None:
    assert header_bytes(text) == sent


def test_headers_that_say_how_the_body_is_sent_are_not_up_to_whoever_makes_it() -> None:
    own = {"X-Own": "1", "Content-Length": "9", "content-type": "x", "Transfer-Encoding": "chunked"}
    assert encoded_headers(own) == [(b"x-own", b"1")]


def test_a_request_knows_its_headers_by_name_and_its_target() -> None:
    request = Request("GET", "/a", "b=c", {b"x-a": b"Gr\xf6\xdfe"}, b"")
    assert (request.header("x-a"), request.header("x-b")) == ("Größe", None)
    assert request.target == "GET /a?b=c"
    assert request._replace(query="").target == "GET /a"


def test_a_uri_text_is_a_path_or_a_query_that_no_markup_can_be_made_of() -> None:
    legal = "/a-Z_0.9~!$&()*+,;=:@%20?q=1#x"
    assert uri_text(legal) == legal
    assert uri_text("/a?page[size]=2") == "/a?page%5Bsize%5D=2"
    assert uri_text("/<b> \"'`\\^{|}\xe4") == "/%3Cb%3E%20%22%27%60%5C%5E%7B%7C%7D%E4"


@pytest.mark.parametrize("name", [b"accept", b"cookie"])
def test_repeated_headers_are_joined_in_the_time_of_their_length(name: bytes) -> None:
    assert is_linear(lambda n: [(name, b"x" * 50)] * n, header_map, 2_000)


def test_what_is_told_in_a_header_has_an_end() -> None:
    assert told_bytes("x" * MOST_TOLD) == b"x" * MOST_TOLD
    assert told_bytes("x" * (MOST_TOLD + 1)) == b"x" * (MOST_TOLD - 3) + b"..."
