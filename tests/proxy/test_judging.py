"""What a real service answers, against the contract: every way in which it can break it."""

from __future__ import annotations

import gzip
import zlib
from typing import Any

import pytest

from tests.helpers.proxied import Pass, told
from tests.helpers.running import json_of, thing
from tests.helpers.service import json_reply, reply

NAME = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
COOKIE = {"type": "string", "pattern": "^[a-z]=[0-9]$"}
COOKIES = {"Set-Cookie": {"schema": {"type": "array", "minItems": 2, "items": COOKIE}}}
HEADER = {"X-Rate": {"required": True, "schema": {"type": "integer"}}}
RESPONSES: dict[str, Any] = {
    "200": json_of(NAME),
    "201": {**json_of(NAME), "headers": HEADER},
    "205": {"headers": COOKIES},
    "202": {"content": {"application/xml": {"schema": NAME}, "text/*": {}}},
    "203": {"content": {"text/csv": {"schema": {"type": "string", "maxLength": 3}}}},
    "204": {},
    "207": {"content": {"*/*": {}, "application/json": {}}},
    "206": {"content": {"application/octet-stream": {}}},
    "4XX": json_of({"type": "object", "required": ["error"]}),
}
GOOD, BAD = b'{"name": "Rex"}', b'{"name": 5}'
PLAIN, XML = "Content-Type: text/plain", "Content-Type: application/xml"
NAME_OF = ("response", "body", "name")
TYPE = ("response", "header", "content-type")
GZIP = "Content-Encoding: gzip"
THIRD = ("response", "header", "Set-Cookie", "2")
SET = ("Set-Cookie: a=1", "Set-Cookie: b=2")


@pytest.mark.parametrize(
    ("answer", "location", "keyword"),
    [
        (json_reply(BAD), NAME_OF, "type"),
        (json_reply(b"{"), ("response", "body"), "syntax"),
        (json_reply(b""), ("response", "body"), "required"),
        (json_reply(b'"\xff"'), ("response", "body"), "syntax"),
        (json_reply(GOOD, status=500), ("response", "status"), "status"),
        (json_reply(GOOD, status=404), ("response", "body", "error"), "required"),
        (reply(200, GOOD, PLAIN), TYPE, "content-type"),
        (reply(200, GOOD, "Content-Type: ?"), TYPE, "content-type"),
        (json_reply(GOOD, status=201), ("response", "header", "X-Rate"), "required"),
        (json_reply(GOOD, "X-Rate: a", status=201), ("response", "header", "X-Rate"), "type"),
        (reply(202, b"<a/>", XML), NAME_OF, "required"),
        (reply(203, b"long", "Content-Type: text/csv"), ("response", "body"), "maxLength"),
        (reply(205, b"", *SET, "Set-Cookie: c"), THIRD, "pattern"),
        (json_reply(gzip.compress(BAD, mtime=0), GZIP), NAME_OF, "type"),
        (json_reply(GOOD, GZIP), ("response", "body"), "content-encoding"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_reply_is_told_with_its_place(
    proxy: Pass, answer: bytes, location: tuple[str, ...], keyword: str
) -> None:
    passed = proxy(thing(RESPONSES), lambda seen, connection: answer)
    with passed.client.stream("GET", "/thing") as got:
        list(got.iter_raw())
    assert told(got) == [location]
    kept = passed.last.reply
    assert kept is not None
    assert [violation.keyword for violation in kept.violations] == [keyword]
    assert passed.client.get("/_mock/exchanges/1/explanation").status_code == 200


@pytest.mark.parametrize(
    "answer",
    [
        json_reply(GOOD),
        reply(200, GOOD),
        reply(200, GOOD, "Content-Type: application/json; charset=utf-8"),
        json_reply(GOOD, "x-rate: 5", status=201),
        reply(202, b"anything", PLAIN),
        reply(202, b"", PLAIN),
        reply(202, b"<a><name>Rex</name></a>", XML),
        reply(203, b"a,b", "Content-Type: text/csv"),
        reply(204, length=False),
        reply(205, b"", *SET),
        reply(207, b"\x00\xff"),
        reply(206, b"\x00\xff", "Content-Type: application/octet-stream"),
        json_reply(b'{"error": 1}', status=418),
        json_reply(gzip.compress(GOOD, mtime=0), GZIP),
        json_reply(zlib.compress(GOOD), "Content-Encoding: deflate"),
    ],
)
def test_a_reply_that_keeps_to_the_contract_is_left_alone(proxy: Pass, answer: bytes) -> None:
    got = proxy(thing(RESPONSES), lambda seen, connection: answer).client.get("/thing")
    assert told(got) == []
    assert "mock-unchecked" not in got.headers


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (json_reply(b"??", "Content-Encoding: zstd"), "its coding zstd isn't known"),
        (
            json_reply(gzip.compress(b" " * 5_000 + GOOD), GZIP),
            "it is larger than 1000 bytes once it is decompressed",
        ),
        (json_reply(b" " * 5_000 + GOOD), "it is larger than 1000 bytes"),
    ],
    ids=["coding", "decompressed", "size"],
)
def test_a_body_that_can_t_be_checked_passes_and_it_is_said(
    proxy: Pass, answer: bytes, why: str
) -> None:
    passed = proxy(thing(RESPONSES), lambda seen, connection: answer, body_limit=1_000)
    with passed.client.stream("GET", "/thing") as got:
        assert b"".join(got.iter_raw()) == answer.partition(b"\r\n\r\n")[2]
    assert got.headers["mock-unchecked"] == "response body"
    kept = passed.last.reply
    assert kept is not None
    assert kept.why.endswith(f"not checked: the reply's body: {why}")
    assert not kept.violations
