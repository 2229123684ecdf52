"""Secrets in texts, whole and cut."""

from __future__ import annotations

import json

import pytest

from mock_server.secrecy.bodies import masked_body
from mock_server.secrecy.names import SecretNames
from mock_server.secrecy.texts import TextMask
from tests.helpers.effort import grows_with_length

MASK = TextMask(SecretNames.of([]))
CASES = [
    ('{"password":"x\\"y","n":5}', '{"password":"***","n":5}'),
    ('{"token": 12, "ok": "x"}', '{"token": "***", "ok": "x"}'),
    ('{"password":null,"secret":true}', '{"password":null,"secret":true}'),
    ('{"pin":{"lat":1},"pin":1234}', '{"pin":{"lat":1},"pin":"***"}'),
    ('{"code":"a","state":"b"}', '{"code":"***","state":"b"}'),
    ('{"code":"a","x":{"state":"b"}}', '{"code":"a","x":{"state":"b"}}'),
    ('it is "a": {"token": "b"} "c"', 'it is "a": {"token": "***"} "c"'),
    ("https://u:p@h/?token=a&b=c#sig=d", "https://***@h/?token=***&b=c#sig=***"),
    ("a@b.example and c=d", "a@b.example and c=d"),
    ("Server=s;Password=p;Database=d", "Server=s;Password=***;Database=d"),
    ("Authorization: Bearer abc123def456ghi", "Authorization: Bearer ***"),
    ("Bearer authentication is missing", "Bearer authentication is missing"),
    ("eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.sig end", "*** end"),
    ("<a><token x='1'>s<b>t</b></token>u</a>", "<a><token x='***'>***<b>***</b></token>u</a>"),
    ("<a><secret/><b>u</b></a>", "<a><secret/><b>u</b></a>"),
    ("<a><pwd><pwd>s</pwd>t</pwd>u</a>", "<a><pwd><pwd>***</pwd>***</pwd>u</a>"),
    ("1 < 2 and \"b\" = 'c'", "1 < 2 and \"b\" = 'c'"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "shown"), CASES, ids=[text for text, _ in CASES])
def test_secrets_in_a_text_are_masked_and_the_rest_stays(text: str, shown: str) -> None:
    assert MASK.text(text) == shown


FULL = {
    "application/json": '{"a": ["b"], "password": "S3cr3tS3cr3t", "c": {"token": "S3cr3tS3cr3t"}}',
    "application/x-www-form-urlencoded": "a=b&password=S3cr3tS3cr3t&c=d&token=S3cr3tS3cr3t",
    "application/xml": "<a><b>c</b><password>S3cr3tS3cr3t</password><d token='S3cr3tS3cr3t'/></a>",
    "multipart/form-data; boundary=B": (
        '--B\r\nContent-Disposition: form-data; name="password"\r\n\r\nS3cr3tS3cr3t\r\n'
        '--B\r\nContent-Disposition: form-data; name="x"\r\n'
        'Content-Type: application/json\r\n\r\n{"token": "S3cr3tS3cr3t"}\r\n--B--\r\n'
    ),
    "application/yaml": "a: b\npassword: S3cr3tS3cr3t\nsecrets:\n  - S3cr3tS3cr3t\n",
}


@pytest.mark.parametrize("media_type", FULL)
def test_a_body_that_is_cut_anywhere_shows_no_part_of_a_secret(media_type: str) -> None:
    body = FULL[media_type].encode()
    headers = {"content-type": media_type}
    for end in range(len(body) + 1):
        shown = masked_body(body[:end], headers, MASK).decode()
        assert "S3" not in shown, body[:end]


@pytest.mark.parametrize("media_type", FULL)
def test_a_body_without_secrets_stays_as_it_is(media_type: str) -> None:
    plain = FULL[media_type].replace("password", "author").replace("token", "cursor")
    body = plain.replace("secrets", "letters").encode()
    assert masked_body(body, {"content-type": media_type}, MASK) == body


def test_what_is_compressed_and_cannot_be_looked_through_is_masked_whole() -> None:
    for coding in ("br", "gzip"):
        headers = {"content-type": "text/plain", "content-encoding": coding}
        assert masked_body(b"\x8b\x01secret", headers, MASK) == b"***"


def test_bytes_of_a_picture_stay_as_they_are() -> None:
    picture = b"\x89PNG password=abc \xff"
    assert masked_body(picture, {"content-type": "image/png"}, MASK) == picture


def test_masked_json_is_json() -> None:
    value = {"a": [1, {"token": "x\n\u2028"}, "eyJhbGciOiJIUzI1NiJ9.e30.x"], "é": "https://u:p@h"}
    shown = json.loads(MASK.text(json.dumps(value)))
    assert shown == {"a": [1, {"token": "***"}, "***"], "é": "https://***@h"}


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("a=1&api%20key=x&b=2", "a=1&api%20key=***&b=2"),
        ("user[password]=x&credentials[0][a]=y", "user[password]=***&credentials[0][a]=***"),
        ("code=a&state=b", "code=***&state=b"),
        ("code=a", "code=a"),
        ("page_token=a&tokens=5", "page_token=a&tokens=5"),
        ("token=&token", "token=&token"),
    ],
)
def test_the_members_of_a_query_are_masked_by_name(query: str, shown: str) -> None:
    assert MASK.query(query) == shown


LONG = [
    '{"a":',
    '"',
    "<a ",
    "a=",
    "eyJ",
    "eyJaaaaaa.",
    "-----BEGIN A-----",
    "://a",
    "a='",
    "?a&",
    "\\",
]


@pytest.mark.parametrize("piece", LONG)
def test_long_texts_take_effort_in_proportion(piece: str) -> None:
    assert grows_with_length(lambda n: MASK.text(piece * n), 2_000)
