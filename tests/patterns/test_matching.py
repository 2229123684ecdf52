"""The schema engine decides what an ECMA-262 pattern matches, wherever a pattern is asked."""

from __future__ import annotations

import pytest

from mock_server.patterns import engine_pattern, is_readable, matches
from tests.helpers.running import Serve, document_text

CASES = [
    (r"^.$", "é", True),
    (r"^.$", "\U0001f600", True),
    (r"^.$", "\n", False),
    (r"^.$", "\r", False),
    (r"^.$", "\u2028", False),
    (r"^.$", "\u2029", False),
    (r"^[.]$", ".", True),
    (r"^a\.b$", "axb", False),
    (r"\ba", "éa", True),  # é is no word character in ECMA-262
    (r"\Ba", "éa", False),
    (r"\bfoo\b", "a foo!", True),
    (r"\bfoo\b", "afoo", False),
    (r"^[\b]$", "\b", True),
    (r"^\d$", "٣", False),
    (r"^\w$", "é", False),
    (r"^\p{Script=Cyrillic}+$", "Привет", True),
    (r"^\p{Script=Cyrillic}+$", "Hello", False),
    (r"(?<y>a)\k<y>", "aa", True),
]


@pytest.mark.parametrize(("pattern", "text", "expected"), CASES)
def test_a_pattern_means_what_ecma_262_says(pattern: str, text: str, expected: bool) -> None:
    assert matches(pattern, text) is expected


@pytest.mark.parametrize("pattern", sorted({pattern for pattern, _, _ in CASES}))
def test_a_translated_pattern_is_not_translated_again(pattern: str) -> None:
    assert engine_pattern(engine_pattern(pattern)) == engine_pattern(pattern)


def test_what_can_t_be_read_matches_nothing() -> None:
    assert not is_readable("(")
    assert not matches("(", "(")


SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}, "n": {"type": "integer"}}}


def posting(**body: object) -> str:
    content = {"application/json": {"schema": {**SCHEMA, **body}}}
    operation = {
        "operationId": "post",
        "requestBody": {"content": content, "required": True},
        "responses": {"200": {"description": "", "content": content}},
    }
    return document_text({"/things": {"post": operation}})


def test_a_pattern_that_takes_too_many_steps_is_a_refusal_that_says_so(serve: Serve) -> None:
    slow = {"type": "string", "pattern": r"^(a|a)*(?=b)\1$"}
    mock = serve(posting(properties={"a": slow}))
    reply = mock.post("/things", json={"a": "a" * 40})
    assert reply.status_code == 422
    said = r'"^(a|a)*(?=b)\\1$" takes too many steps on it'
    assert said in reply.json()["validation"][0]["message"]


def test_a_pattern_that_can_t_be_read_switches_off_only_itself(serve: Serve) -> None:
    properties = {"a": {"type": "string", "pattern": "("}, "n": {"type": "integer"}}
    mock = serve(posting(properties=properties))
    assert mock.post("/things", json={"a": "anything"}).status_code == 200
    assert mock.post("/things", json={"a": 1}).status_code == 422
    assert mock.post("/things", json={"n": "x"}).status_code == 422


def test_a_message_shows_the_pattern_as_it_is_written(serve: Serve) -> None:
    mock = serve(posting(properties={"a": {"type": "string", "pattern": r"^.\b$"}}))
    message = mock.post("/things", json={"a": "xyz"}).json()["validation"][0]["message"]
    assert r"^.\b$" in message
    assert "2028" not in message


def test_a_pattern_in_any_script_decides_what_is_only_written(serve: Serve) -> None:
    named = {r"^\p{Script=Cyrillic}+$": {"writeOnly": True, "type": "string"}}
    example = {"имя": "secret", "name": "x"}
    content = {"application/json": {"schema": {"patternProperties": named}, "example": example}}
    operation = {"responses": {"200": {"description": "", "content": content}}}
    mock = serve(document_text({"/things": {"get": operation}}))
    assert mock.get("/things").json() == {"name": "x"}
