"""Ranges of bytes (RFC 9110, section 14) of bodies whose operation declares 206."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.helpers.running import Mock, Serve, json_of

BYTES = bytes(range(200))
BINARY = {
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
}
HANDLER = "def file():\n    return bytes(range(200))\n"
TAGGED = "def file():\n    return bytes(range(200)), 200, {'ETag': '\"v1\"'}\n"


def paths(content: Any = BINARY, *codes: str, **headers: Any) -> dict[str, Any]:
    ok = {"description": "ok", "headers": headers, **content}
    answers = {"200": ok, **{code: {**content, "description": code} for code in codes}}
    return {"/file": {"get": {"operationId": "file", "responses": answers}}}


def part(mock: Mock, range: str, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return mock.get("/file", headers={"range": range, **named})


@pytest.mark.parametrize(
    ("range", "first", "last"),
    [
        ("bytes=0-9", 0, 9),
        ("bytes=10-", 10, 199),
        ("bytes=-5", 195, 199),
        ("bytes=-900", 0, 199),
        ("bytes=190-900", 190, 199),
        ("BYTES = 3-3", 3, 3),
    ],
)
def test_one_range_is_sent_with_its_place(serve: Serve, range: str, first: int, last: int) -> None:
    mock = serve(paths(BINARY, "206"), handlers=HANDLER)
    reply = part(mock, range)
    assert (reply.status_code, reply.content) == (206, BYTES[first : last + 1])
    assert reply.headers["content-range"] == f"bytes {first}-{last}/200"
    assert int(reply.headers["content-length"]) == last - first + 1
    assert "mock-violations" not in reply.headers


@pytest.mark.parametrize(
    "range", ["bytes=5-3", "bytes=a-b", "items=0-1", "bytes=0-1,5-6", "bytes=", "bytes=-", "0-1"]
)
def test_what_is_no_single_range_of_bytes_is_ignored(serve: Serve, range: str) -> None:
    mock = serve(paths(BINARY, "206"), handlers=HANDLER)
    reply = part(mock, range)
    assert (reply.status_code, reply.content) == (200, BYTES)
    assert reply.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize("range", ["bytes=200-", "bytes=900-901", "bytes=-0"])
@pytest.mark.parametrize("codes", [("206",), ("206", "416")], ids=["undeclared", "declared"])
def test_a_range_behind_the_end_is_416(serve: Serve, codes: tuple[str, ...], range: str) -> None:
    mock = serve(paths(BINARY, *codes), handlers=HANDLER)
    reply = part(mock, range)
    assert reply.status_code == 416
    assert reply.headers["content-range"] == "bytes */200"


@pytest.mark.parametrize(
    ("condition", "status"),
    [('"v1"', 206), ('"v2"', 200), ('W/"v1"', 200), ("Tue, 05 May 2020 10:00:00 GMT", 200)],
)
def test_if_range_asks_for_the_same_version(serve: Serve, condition: str, status: int) -> None:
    mock = serve(paths(BINARY, "206", ETag={"schema": {"type": "string"}}), handlers=TAGGED)
    assert part(mock, "bytes=0-1", if_range=condition).status_code == status


def test_without_206_there_are_no_ranges(serve: Serve) -> None:
    mock = serve(paths(), handlers=HANDLER)
    reply = part(mock, "bytes=0-1")
    assert (reply.status_code, reply.content) == (200, BYTES)
    assert "accept-ranges" not in reply.headers


def test_json_is_read_as_a_whole(serve: Serve) -> None:
    mock = serve(paths(json_of({"type": "integer"}, example=12345), "206"))
    assert part(mock, "bytes=0-1").json() == 12345


def test_only_get_has_ranges(serve: Serve) -> None:
    mock = serve(paths(BINARY, "206"), handlers=HANDLER)
    reply = mock.client.head("/file", headers={"range": "bytes=0-1"})
    assert (reply.status_code, reply.headers["content-length"]) == (200, "200")


def test_a_client_that_resumes_gets_the_rest(serve: Serve) -> None:
    mock = serve(paths(BINARY, "206", ETag={"schema": {"type": "string"}}), handlers=TAGGED)
    whole = mock.get("/file")
    rest = part(mock, "bytes=120-", if_range=whole.headers["etag"])
    assert whole.content[:120] + rest.content == BYTES
    assert rest.headers["etag"] == whole.headers["etag"]
