"""Compressed requests: decoded, refused if they can't be, never larger than a body's limit.

No request is inflated beyond the limit of a body.
"""

from __future__ import annotations

import gzip
import json
import tracemalloc
import zlib
from typing import Any

import pytest

from mock_server.errors import ContentTooLarge, UnreadableContent
from mock_server.http_messages.content_coding import MOST_CODINGS, MOST_MEMBERS, decoded
from tests.helpers.effort import grows_with_length
from tests.helpers.running import Mock, Serve, json_of, thing

SENT = {"text": "ß" * 50}
PLAIN = json.dumps(SENT).encode()
LIMIT = 1_000
JSON = {"content-type": "application/json"}


def raw_deflate(data: bytes) -> bytes:
    """Deflated without a header, as some clients send it."""
    return zlib.compress(data, wbits=-15)


@pytest.fixture
def mock(serve: Serve) -> Mock:
    """Return a server that answers with what it was sent."""
    body = json_of({"type": "object"})
    paths = thing({"200": body}, "post", requestBody={"required": True, **body})
    return serve(paths, handlers="def thing(body): return body", body_limit=LIMIT)


def answer(mock: Mock, body: bytes, coding: str, **headers: str) -> Any:
    return mock.post(content=body, headers={**JSON, "content-encoding": coding, **headers})


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        pytest.param("gzip", gzip.compress(PLAIN), id="gzip"),
        pytest.param("x-gzip", gzip.compress(PLAIN), id="an old name"),
        pytest.param("GZip", gzip.compress(PLAIN), id="in any case"),
        pytest.param("gzip", gzip.compress(PLAIN[:9]) + gzip.compress(PLAIN[9:]), id="members"),
        pytest.param("deflate", zlib.compress(PLAIN), id="deflate"),
        pytest.param("deflate", raw_deflate(PLAIN), id="deflate without its header"),
        pytest.param("deflate, gzip", gzip.compress(zlib.compress(PLAIN)), id="one in another"),
        pytest.param("identity", PLAIN, id="none"),
        pytest.param("", PLAIN, id="nothing"),
        pytest.param(",gzip, ,", gzip.compress(PLAIN), id="empty members of the list"),
    ],
)
def test_a_compressed_body_is_read_as_what_was_compressed(
    mock: Mock, coding: str, body: bytes
) -> None:
    reply = answer(mock, body, coding)
    assert (reply.status_code, reply.json()) == (200, SENT)
    assert [e.request_body for e in mock.exchanges] == [body]


def test_what_was_compressed_is_judged(mock: Mock) -> None:
    reply = answer(mock, gzip.compress(b"5"), "gzip")
    assert reply.status_code == 422
    assert "expected an object" in reply.json()["detail"]
    lenient = answer(mock, gzip.compress(b'{"a": 1}'), "gzip", prefer="handling=lenient")
    assert lenient.json() == {"a": 1}


@pytest.mark.parametrize("coding", ["br", "compress", "gzip, zstd", "gzip;q=1"])
def test_an_unknown_coding_is_a_415_that_names_those_that_are_known(
    mock: Mock, coding: str
) -> None:
    reply = answer(mock, PLAIN, coding)
    assert (reply.status_code, reply.headers["accept-encoding"]) == (415, "gzip, deflate")
    assert "expected gzip or deflate" in reply.json()["detail"]
    assert mock.faults(reply) == []


GZIPPED, DEFLATED = gzip.compress(PLAIN), zlib.compress(PLAIN)
BROKEN = {
    "no gzip": ("gzip", PLAIN, "isn't compressed as it says: incorrect header check"),
    "no deflate": ("deflate", b"\xff" * 9, "isn't compressed as it says"),
    "cut off": ("gzip", GZIPPED[:-9], "is cut off"),
    "cut off in the header": ("gzip", GZIPPED[:5], "is cut off"),
    "damaged": ("gzip", GZIPPED[:-6] + b"\0\0" + GZIPPED[-4:], "incorrect data check"),
    "more behind it": ("deflate", DEFLATED + b"x", "has more behind its end"),
    "another thing behind it": ("gzip", GZIPPED + b"x" * 20, "incorrect header check"),
    "too many codings": (", ".join(["gzip"] * (MOST_CODINGS + 1)), GZIPPED, "expected at most 4"),
    "too many members": ("gzip", gzip.compress(b"") * (MOST_MEMBERS + 1), "more behind its end"),
}


@pytest.mark.parametrize(("coding", "body", "told"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_body_is_a_400_that_says_what_is_wrong(
    serve: Serve, coding: str, body: bytes, told: str
) -> None:
    paths = thing({"200": json_of(True)}, "post", requestBody=json_of(True))
    mock = serve(paths)
    reply = answer(mock, body, coding)
    assert reply.status_code == 400
    assert told in reply.json()["detail"]
    assert reply.json()["validation"][0]["location"] == ["request", "body"]
    assert mock.faults(reply) == []


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_the_limit_is_that_of_the_content_not_of_what_is_sent(mock: Mock, coding: str) -> None:
    compress = gzip.compress if coding == "gzip" else zlib.compress
    at_limit, over = (b'{"a":"' + b"x" * (LIMIT - 8 + n) + b'"}' for n in (0, 1))
    assert answer(mock, compress(at_limit), coding).status_code == 200
    reply = answer(mock, compress(over), coding)
    assert reply.status_code == 413
    assert f"larger than {LIMIT} bytes once it is decompressed" in reply.json()["detail"]
    assert answer(mock, compress(PLAIN), coding).status_code == 200


def test_a_bomb_takes_no_more_room_than_the_limit() -> None:
    bomb = gzip.compress(gzip.compress(bytes(20_000_000)))
    tracemalloc.start()
    try:
        with pytest.raises(ContentTooLarge):
            decoded(bomb, "gzip, gzip", 100_000)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_a_body_of_many_members_costs_no_more_than_its_length() -> None:
    def read(count: int) -> None:
        assert decoded(gzip.compress(b"x") * count, "gzip", LIMIT) == b"x" * count

    assert grows_with_length(read, 200)


def test_a_body_of_empty_members_has_an_end() -> None:
    with pytest.raises(UnreadableContent):
        decoded(gzip.compress(b"") * 300_000, "gzip", LIMIT)


def test_an_operation_without_a_body_does_not_ask_how_one_is_coded(serve: Serve) -> None:
    mock = serve(thing({"200": json_of(True, example="ok")}))
    assert mock.get(headers={"content-encoding": "br"}).json() == "ok"


def test_a_body_that_is_not_there_has_no_coding(serve: Serve) -> None:
    paths = thing({"200": json_of(True, example="ok")}, "post", requestBody=json_of(True))
    assert serve(paths).post(headers={"content-encoding": "gzip"}).json() == "ok"
